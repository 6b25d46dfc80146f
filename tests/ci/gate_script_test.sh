#!/usr/bin/env bash
# ci/gate.sh on a scratch repository, with a stand-in for the benchmark program and its build: which commit is the base, that it
# is built once, the verdicts, the flags that go on to compare, wrong arguments. Also ci/gate-action.sh and ci/plan.sh.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
compare=$2

repository=$work/repository
git=(git -C "$repository" -c user.name=test -c user.email=test@example.org)
git init --quiet --initial-branch=main "$repository"
printf '/build/\n' >"$repository/.gitignore"

# world FACTOR: case b takes FACTOR times as long.
world() {
  printf '{"cases": {"a": 1000, "b": %s, "c": 1000, "d": 2000, "e": 1000, "f": 500}}\n' "$1" >"$repository/world.json"
}
commit() {
  "${git[@]}" add . && "${git[@]}" commit --quiet --message "$1"
}
build_command="mkdir -p build && { cat $root/tests/ci/stand_in_bench.py; printf '# WORLD: '; cat world.json; } >build/suite &&
  chmod +x build/suite && pwd >>$work/builds"
gate=("$root/ci/gate.sh" --repository "$repository" --build "$build_command" --bench build/suite --compare "$compare" --blocks 6..6)
last=$repository/.warpgauge/gate/last

# builds BASE HEAD: how often each side was built since the last call.
builds() {
  local base head
  base=$(grep -c '/tree$' "$work/builds" || true)
  head=$(grep -c '/repository$' "$work/builds" || true)
  [[ $base -eq $1 && $head -eq $2 ]] || fail "base was built $base times and head $head times, not $1 and $2"
  : >"$work/builds"
}

world 1000
commit first
: >"$work/builds"
expect 0 "nothing to compare: the working tree is equal to main" "${gate[@]}"

world 1200 # not committed: main against the working tree
expect 1 "1 regression" "${gate[@]}"
builds 1 1
[[ $(/usr/bin/python3 -c 'import json, sys; print([c["name"] for c in json.load(open(sys.argv[1]))["cells"]
  if c["verdict"] == "regression"])' "$last/comparison.json") == "['b']" ]] || fail "b is not the only regression"
[[ -s $last/comparison.md && -s $last/run/run.json ]] || fail "no report, or no raw results"

expect 1 "1 regression" "${gate[@]}" # the base is not built again
builds 0 1
expect 0 "1 unchanged" "${gate[@]}" --filter '^a$'
builds 0 1

"${git[@]}" switch --quiet --create change
commit slower
first=$("${git[@]}" rev-parse main)
expect 1 "base is $("${git[@]}" rev-parse --short main)" "${gate[@]}"
expect 0 "6 unchanged" "${gate[@]}" HEAD # the working tree is HEAD
world 800
commit faster
expect 0 "1 improvement" "${gate[@]}" main
expect 0 "1 improvement" "${gate[@]}" HEAD~1
for _ in 1 2 3; do
  "${git[@]}" commit --quiet --allow-empty --message again
  "${gate[@]}" HEAD --filter '^a$' >/dev/null 2>&1 || fail "gate HEAD"
done
kept=$(find "$repository/.warpgauge/gate" -mindepth 2 -maxdepth 2 -name built | wc -l)
[[ $kept -eq 3 ]] || fail "$kept base builds are kept, not 3"
[[ $("${git[@]}" worktree list | wc -l) -eq 4 ]] || fail "checkouts are left: $("${git[@]}" worktree list)"

[[ -z $("${git[@]}" status --porcelain) ]] || fail "it leaves files that git sees: $("${git[@]}" status --porcelain)"

mkdir "$work/mine" && touch "$work/mine/thesis"
expect 2 "holds files that this script did not write" "${gate[@]}" HEAD --filter '^a$' --out "$work/mine"
[[ -e $work/mine/thesis ]] || fail "it deleted what it did not write"
for _ in 1 2; do expect 0 "" "${gate[@]}" HEAD --filter '^a$' --out "$work/new"; done
expect 2 "BASE_REF: there is no commit 'nonsense'" "${gate[@]}" nonsense
expect 2 "^gate.sh: error: unknown argument 'b'; see ci/gate.sh --help$" "${gate[@]}" a b
expect 2 "\-\-bench needs --build" "$root/ci/gate.sh" --bench x
expect 1 "building .* failed" "${gate[@]}" --build "false" --bench build/suite
expect 1 "the build left no program .*/build/none" "${gate[@]}" --bench build/none
expect 2 "^gate.sh: error: --compare: '$work/none' is not an executable" "$root/ci/gate.sh" --compare "$work/none"
expect 2 "there is no folder '$work/none'" "$root/ci/gate.sh" --repository "$work/none"
expect 2 "is not a git repository" "$root/ci/gate.sh" --repository "$work"

# A base without the suite: its build leaves no program, has no such target, or fails for another reason.
without_suite="[[ \$PWD == */tree ]] || { $build_command; }"
expect 0 "6 new" "${gate[@]}" HEAD --build "$without_suite"
expect 0 "base does not have this suite, so all cases are new" "${gate[@]}" HEAD --build "$without_suite" # not built again
for message in "ninja: error: unknown target 'suite'" "make: *** No rule to make target 'suite'.  Stop."; do
  no_target="[[ \$PWD != */tree ]] || { echo \"$message\" && exit 2; }; $build_command"
  expect 0 "6 new" "${gate[@]}" HEAD --build "$no_target"
done
other_failure="[[ \$PWD != */tree ]] || { echo \"make: *** No rule to make target 'x.c', needed by 'suite'.  Stop.\" && exit 2; }; $build_command"
expect 1 "building .*/tree failed" "${gate[@]}" HEAD --build "$other_failure"
no_target_in_head="[[ \$PWD == */tree ]] || { echo \"ninja: error: unknown target 'suite'\" && exit 1; }; $build_command"
expect 1 "building .*/repository failed" "${gate[@]}" HEAD --build "$no_target_in_head"

# Flags of `compare ab`, with a compare that records them. Its help is the real one. All of them reach it, also those with a
# value behind `=`.
cat >"$work/recording-compare" <<STAND_IN
#!/usr/bin/env bash
if [[ \$2 == --help ]]; then "$compare" ab --help && echo "  --check                     checks" && exit; fi
printf '%s\n' "--- \$*" "\$@" >>"$work/recorded"
[[ \$* != *--check* ]] || exit \${CHECK_EXIT:-0}
STAND_IN
chmod +x "$work/recording-compare"
recording=("$root/ci/gate.sh" --repository "$repository" --build "$build_command" --bench build/suite --compare "$work/recording-compare")
mapfile -t listed < <("$compare" ab --help | grep -oE -- '^ +(-h,)?--[a-z-]+( [^ ]+)?' | sed 's/^ *//')
[[ ${#listed[@]} -ge 15 ]] || fail "compare ab --help lists only ${listed[*]}"
given=() wanted=()
for flag in "${listed[@]}"; do
  [[ $flag != *--help && $flag != '--keep '* && $flag != --check ]] || continue
  case $flag in
    *' '*) given+=("${flag% *}" "a value of ${flag% *}") && wanted+=("${flag% *}" "a value of ${flag% *}") ;;
    *) given+=("$flag") && wanted+=("$flag") ;;
  esac
done
expect 0 "" "${gate[@]}" HEAD --filter '^a$' # base is built by the usual command again
: >"$work/builds" && : >"$work/recorded"
expect 0 "" "${recording[@]}" "${given[@]}" HEAD -- --matrix seed
for word in "${wanted[@]}" --matrix seed; do
  [[ $(grep -cxF -- "$word" "$work/recorded") -ge 2 ]] || fail "'$word' does not reach compare ab: $(cat "$work/recorded")"
done
builds 0 1
expect 0 "" "${recording[@]}" HEAD --metric=cpu_time
grep -q '^--- .* --metric cpu_time .* --keep .*/run$' "$work/recorded" || fail "--metric=cpu_time: $(cat "$work/recorded")"
expect 2 "^gate.sh: error: unknown argument '--nonsense'; see ci/gate.sh --help$" "${recording[@]}" --nonsense
expect 2 "^gate.sh: error: unknown argument '--keep'; see" "${recording[@]}" --keep "$work/keep"
expect 2 "^gate.sh: error: --metric needs a value; see" "${recording[@]}" HEAD --metric
# Arguments that compare does not accept: nothing is built.
: >"$work/builds"
CHECK_EXIT=2 expect 2 "" "${recording[@]}" HEAD --filter '['
builds 0 0
expect 0 "" "${recording[@]}" HEAD --check
builds 0 0
# Arguments that bench does not accept: base is not built. Only for warpgauge's own suite; cmake is a stand-in.
mkdir "$work/tools"
cat >"$work/tools/cmake" <<STAND_IN
#!/usr/bin/env bash
pwd >>"$work/builds"
mkdir -p build/release/bin
printf '#!/bin/sh\necho "bench: the matrices are ci" >&2\nexit 2\n' >build/release/bin/bench && chmod +x build/release/bin/bench
STAND_IN
chmod +x "$work/tools/cmake"
expect 2 "^gate.sh: error: bench does not accept these arguments: --matrix smok" env "PATH=$work/tools:$PATH" \
  "$root/ci/gate.sh" --repository "$repository" --compare "$work/recording-compare" HEAD~1 -- --matrix smok
grep -q '/tree$' "$work/builds" && fail "base was built: $(cat "$work/builds")"
rm -r "$repository/build/release"
# Arguments that only the bench of head accepts: all cases are new.
cat >"$work/tools/cmake" <<STAND_IN
#!/usr/bin/env bash
mkdir -p build/release/bin
{ [[ \$PWD != */tree ]] && cat "$repository/build/suite" || printf '#!/bin/sh\nexit 2\n'; } >build/release/bin/bench
chmod +x build/release/bin/bench
STAND_IN
expect 0 "6 new" env "PATH=$work/tools:$PATH" "$root/ci/gate.sh" --repository "$repository" --compare "$compare" HEAD -- --matrix=seed
rm -r "$repository/build/release"

# Submodules: both sides get those that they lack. One that has changes stays as it is.
git init --quiet --initial-branch=main "$work/library"
library=(git -C "$work/library" -c user.name=test -c user.email=test@example.org)
echo 1 >"$work/library/version" && "${library[@]}" add . && "${library[@]}" commit --quiet --message one
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=protocol.file.allow GIT_CONFIG_VALUE_0=always
"${git[@]}" submodule --quiet add "$work/library" library
commit "a submodule"
with_library="cat library/version >>$work/versions && { $build_command; }"
"${git[@]}" submodule --quiet deinit --force library
: >"$work/versions"
expect 0 "unchanged" "${gate[@]}" HEAD --build "$with_library"
[[ $(sort "$work/versions" | uniq -c | xargs) == "2 1" ]] || fail "a side lacks the submodule: $(cat "$work/versions")"
echo 2 >"$repository/library/version" && : >"$work/versions"
expect 0 "" "${gate[@]}" HEAD --build "$with_library"
[[ $(cat "$work/versions") == 2 ]] || fail "a changed submodule was replaced: $(cat "$work/versions")"
mv "$work/library" "$work/moved"
"${git[@]}" submodule --quiet deinit --force library && rm -rf "$repository/.git/modules/library"
expect 1 "the submodules of .*/repository could not be checked out: " "${gate[@]}" HEAD --build "$with_library"
mv "$work/moved" "$work/library"
"${git[@]}" reset --quiet --hard HEAD^ && rm -rf "$repository/library"

# A relative path starts from the caller's folder. The results folder has both reports in any case.
mkdir "$work/caller"
echo '{"schema": "warpgauge/policy/1", "rules": [{"match": "b", "fail_above": "50%", "same_within": "40%"}]}' >"$work/caller/policy.json"
world 1000 # 25 % more than in HEAD
in_caller() { (cd "$work/caller" && "${gate[@]}" HEAD "$@"); }
expect 1 "1 regression" in_caller --json here.json
cmp "$work/caller/here.json" "$last/comparison.json" || fail "no copy of --json"
expect 0 "" in_caller --policy policy.json --markdown here.md
cmp "$work/caller/here.md" "$last/comparison.md" || fail "no copy of --markdown"
expect 1 '"schema": *"warpgauge/comparison/2"' in_caller --json -
grep -q '"warpgauge/comparison/2"' "$last/comparison.json" || fail "no copy of --json -"
expect 3 "none.json" in_caller --policy none.json
world 800

# ci/gpu-gate.sh: arguments that bench or compare does not accept leave the previous results as they were.
for side in base head; do
  mkdir -p "$work/$side" "$work/results/old"
  { cat "$root/tests/ci/stand_in_bench.py" && printf '# WORLD: {"cases": {"a": 1}}'; } >"$work/$side/bench"
  chmod +x "$work/$side/bench"
  cp "$work/recording-compare" "$work/$side/compare"
done
touch "$work/results/.made-by-warpgauge"
gpu_gate=("$root/ci/gpu-gate.sh" --base "$work/base" --head "$work/head" --out "$work/results")
CHECK_EXIT=2 expect 2 "" "${gpu_gate[@]}" --ab '--blocks 1..0 --strict'
grep -q '^--- ab .* --blocks 1..0 --strict --check -- --matrix ci$' "$work/recorded" || fail "not checked: $(tail -n 9 "$work/recorded")"
expect 2 "^gpu-gate.sh: error: bench of head does not accept these arguments" "${gpu_gate[@]}" --filter none
[[ -e $work/results/old ]] || fail "a wrong argument deleted the results"

# The action, as the workflow of another repository calls it.
action=(env -u GITHUB_BASE_REF -u GITHUB_EVENT_NAME "GITHUB_WORKSPACE=$repository" "GITHUB_OUTPUT=$work/output" "GITHUB_STEP_SUMMARY=$work/summary"
  "GATE_BUILD=$build_command" GATE_BENCH=build/suite "GATE_COMPARE=$compare" "GATE_ARGUMENTS=--blocks 6..6 --filter '^(a|b)\$'")
expect 0 "1 improvement, 1 unchanged" "${action[@]}" "$root/ci/gate-action.sh"
world 1000
expect 1 "1 regression, 1 unchanged" "${action[@]}" GATE_BASE=HEAD "$root/ci/gate-action.sh"
"${git[@]}" checkout --quiet world.json
grep -q "regression" "$work/summary" || fail "no summary"
summaries=$(grep -c '^### ' "$work/summary")
expect 0 "^::notice" "${action[@]}" GATE_BASE=HEAD "GATE_ARGUMENTS=--blocks 6..6 --filter '^(a|b)\$' --github" "$root/ci/gate-action.sh"
[[ $(grep -c '^### ' "$work/summary") -eq $((summaries + 1)) ]] || fail "not one summary with --github: $(cat "$work/summary")"
[[ -s $(sed -n 's/^comparison=//p' "$work/output" | tail -n 1) ]] || fail "no output: $(cat "$work/output")"
"${git[@]}" update-ref refs/remotes/origin/develop main
expect 0 "base is $("${git[@]}" rev-parse --short main), head" "${action[@]}" GITHUB_BASE_REF=develop "$root/ci/gate-action.sh"
expect 1 "fetch-depth: 0" "${action[@]}" GITHUB_BASE_REF=none "$root/ci/gate-action.sh"
"${git[@]}" update-ref -d refs/remotes/origin/develop
expect 0 "base is $("${git[@]}" rev-parse --short HEAD^), head" "${action[@]}" GITHUB_EVENT_NAME=push "$root/ci/gate-action.sh"
expect 2 "GATE_ARGUMENTS: a shell could not split this text" "${action[@]}" "GATE_ARGUMENTS=--filter 'a" "$root/ci/gate-action.sh"
expect 2 "GATE_BUILD or GATE_BENCH is missing" env -u GATE_BUILD "$root/ci/gate-action.sh"

# ci/plan.sh: the base is the commit where the change left its target, whatever was added to the target since.
head=$("${git[@]}" rev-parse change)
"${git[@]}" switch --quiet main
"${git[@]}" commit --quiet --allow-empty --message "a commit on main"
plan=("$root/ci/plan.sh" --repository "$repository" --target main)
expect 0 "^base=$first" "${plan[@]}" --head "$head"
expect 0 "^head=$head" "${plan[@]}" --head "$head"
merged=$("${git[@]}" rev-parse main)
expect 0 "^base=$("${git[@]}" rev-parse main~1)" "${plan[@]}" --head "$merged" # already merged: its parent
"${git[@]}" switch --quiet change
expect 0 "base is $("${git[@]}" rev-parse --short "$first")" "${gate[@]}" --filter '^a$' # gate.sh has the same default
expect 2 "full name of a commit" "${plan[@]}" --head main
expect 1 "\-\-head: there is no commit" "${plan[@]}" --head "${head//[0-8]/9}"
expect 1 "there is no 'none'" "$root/ci/plan.sh" --repository "$repository" --head "$head" --target none
finish
