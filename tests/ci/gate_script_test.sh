#!/usr/bin/env bash
# ci/gate.sh on a scratch repository, with a stand-in for the benchmark binary and its build: the right base, built once; a
# verdict of its own; what is wrong on its command line said in a line. ci/plan.sh and the base of a change, too.
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
expect 0 "nothing to compare: the working tree is what main has" "${gate[@]}"

world 1200 # not committed: main against the working tree
expect 1 "1 regression" "${gate[@]}"
builds 1 1
[[ $(/usr/bin/python3 -c 'import json, sys; print([c["name"] for c in json.load(open(sys.argv[1]))["cells"]
  if c["verdict"] == "regression"])' "$last/comparison.json") == "['b']" ]] || fail "not b alone is red"
[[ -s $last/comparison.md && -s $last/run/run.json ]] || fail "no report, or no raw results"

expect 1 "1 regression" "${gate[@]}" # the base is not built again
builds 0 1
expect 0 "1 unchanged" "${gate[@]}" --filter '^a$'
builds 0 1

"${git[@]}" switch --quiet --create change
commit slower
first=$("${git[@]}" rev-parse main)
expect 1 "base $("${git[@]}" rev-parse --short main)" "${gate[@]}"
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
expect 2 "holds what this script did not write" "${gate[@]}" HEAD --filter '^a$' --out "$work/mine"
[[ -e $work/mine/thesis ]] || fail "it deleted what it did not write"
for _ in 1 2; do expect 0 "" "${gate[@]}" HEAD --filter '^a$' --out "$work/new"; done
expect 2 "there is no commit 'nonsense'" "${gate[@]}" nonsense
expect 2 "two base commits, 'a' and 'b'" "$root/ci/gate.sh" a b
expect 2 "\-\-bench goes with --build" "$root/ci/gate.sh" --bench x
expect 1 "building .* failed" "${gate[@]}" --build "false" --bench build/suite
expect 1 "build/none is not there after the build" "${gate[@]}" --bench build/none
expect 2 "^gate.sh: $work/none is no program" "$root/ci/gate.sh" --compare "$work/none"
expect 2 "$work/none is not a folder" "$root/ci/gate.sh" --repository "$work/none"
expect 2 "is not a git repository" "$root/ci/gate.sh" --repository "$work"

# The action, as another repository's workflow calls it.
action=(env -u GITHUB_BASE_REF -u GITHUB_EVENT_NAME "GITHUB_WORKSPACE=$repository" "GITHUB_OUTPUT=$work/output" "GITHUB_STEP_SUMMARY=$work/summary"
  "GATE_BUILD=$build_command" GATE_BENCH=build/suite "GATE_COMPARE=$compare" "GATE_ARGUMENTS=--blocks 6..6 --filter '^(a|b)\$'")
expect 0 "1 improvement, 1 unchanged" "${action[@]}" "$root/ci/gate-action.sh"
world 1000
expect 1 "1 regression, 1 unchanged" "${action[@]}" GATE_BASE=HEAD "$root/ci/gate-action.sh"
"${git[@]}" checkout --quiet world.json
[[ -s $(sed -n 's/^comparison=//p' "$work/output" | tail -n 1) ]] || fail "no output: $(cat "$work/output")"
grep -q "regression" "$work/summary" || fail "no summary"
"${git[@]}" update-ref refs/remotes/origin/develop main
expect 0 "base $("${git[@]}" rev-parse --short main), head" "${action[@]}" GITHUB_BASE_REF=develop "$root/ci/gate-action.sh"
expect 1 "fetch-depth: 0" "${action[@]}" GITHUB_BASE_REF=none "$root/ci/gate-action.sh"
"${git[@]}" update-ref -d refs/remotes/origin/develop
expect 0 "base $("${git[@]}" rev-parse --short HEAD^), head" "${action[@]}" GITHUB_EVENT_NAME=push "$root/ci/gate-action.sh"
expect 2 "is not what a shell could split" "${action[@]}" "GATE_ARGUMENTS=--filter 'a" "$root/ci/gate-action.sh"
expect 2 "GATE_BUILD and GATE_BENCH are needed" env -u GATE_BUILD "$root/ci/gate-action.sh"

# The base of a change: where it left its target, whatever the target did since.
head=$("${git[@]}" rev-parse change)
"${git[@]}" switch --quiet main
"${git[@]}" commit --quiet --allow-empty --message "main goes on"
plan=("$root/ci/plan.sh" --repository "$repository" --target main)
expect 0 "^base=$first" "${plan[@]}" --head "$head"
expect 0 "^head=$head" "${plan[@]}" --head "$head"
merged=$("${git[@]}" rev-parse main)
expect 0 "^base=$("${git[@]}" rev-parse main~1)" "${plan[@]}" --head "$merged" # already merged: what it changed
"${git[@]}" switch --quiet change
expect 0 "base $("${git[@]}" rev-parse --short "$first")" "${gate[@]}" --filter '^a$' # gate.sh's own default is the same
expect 2 "full name of a commit" "${plan[@]}" --head main
expect 1 "there is no commit" "${plan[@]}" --head "${head//[0-8]/9}"
expect 1 "there is no 'none'" "$root/ci/plan.sh" --repository "$repository" --head "$head" --target none
finish
