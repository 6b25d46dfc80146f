#!/usr/bin/env bash
# ci/lint-workflows.sh: the tree has no findings, and each of the project's rules finds exactly the workflows that break it.
# tests/testdata/workflows/RULE.yml and RULE-HOW.yml break RULE in different ways; clean.yml breaks none.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

samples=$root/tests/testdata/workflows
code=0
rules=$("$root/ci/workflow_rules.py" --rules) || code=$?
[[ $code -ne 77 ]] || { echo "skipped: $rules"; exit 77; }

# Repositories of the actions in the samples: OWNER/NAME, each with one commit, tagged.
publish() {
  git init --quiet "$work/github/$1"
  git -C "$work/github/$1" -c user.name=test -c user.email=test@example.org commit --quiet --allow-empty -m first
  git -C "$work/github/$1" rev-parse HEAD
}
own=$(publish owner/action)
online=("$root/ci/workflow_rules.py" --online --from "$work/github")

expect 0 "" "$root/ci/workflow_rules.py" "$samples/clean.yml"
while IFS=: read -r rule _; do
  [[ -f $samples/$rule.yml ]] || fail "no sample breaks the rule $rule"
  for sample in "$samples/$rule"{,-*}.yml; do
    [[ -f $sample ]] || continue
    check=("$root/ci/workflow_rules.py")
    [[ $rule != foreign-commit ]] || check=("${online[@]}")
    expect 1 ": $rule: " "${check[@]}" "$sample"
    others=$("${check[@]}" "$sample" | grep -v ": $rule: " || true)
    [[ -z $others ]] || fail "$(basename "$sample") breaks more than its rule: $others"
  done
done <<<"$rules"

sed "s/@[0-9]*/@$own/" "$samples/foreign-commit.yml" >"$work/own-commit.yml"
expect 0 "" "${online[@]}" "$work/own-commit.yml"
sed "s#owner/action#none/action#" "$samples/foreign-commit.yml" >"$work/no-repository.yml"
expect 2 "none/action cannot be asked" "${online[@]}" "$work/no-repository.yml"

printf 'name: [\n' >"$work/broken.yml"
expect 2 "cannot be read as a workflow" "$root/ci/workflow_rules.py" "$work/broken.yml"
expect 2 "cannot be read as a workflow" "$root/ci/workflow_rules.py" "$work/none.yml"

# A bad sample among the workflows makes the linter fail.
mkdir -p "$work/tree/tests"
cp -R "$root/ci" "$root/.ci" "$root/.github" "$root/.yamllint" "$work/tree/"
cp -R "$root/tests/ci" "$work/tree/tests/ci"
[[ ! -f $root/action.yml ]] || cp "$root/action.yml" "$work/tree/"
cp "$samples/target-trigger.yml" "$work/tree/.github/workflows/"
expect 1 "target-trigger.yml: on: target-trigger" "$work/tree/ci/lint-workflows.sh" --own-rules

# What decides has owners.
for path in /base/ /baselines/ /bench/ /compare/ /ci/ /.ci/ /.github/ /action.yml; do
  grep -qE "^$path +@" "$root/.github/CODEOWNERS" || fail "CODEOWNERS does not name $path"
done

code=0
said=$("$root/ci/lint-workflows.sh" 2>&1) || code=$?
[[ $code -eq 0 || $code -eq 77 ]] || fail "the tree has findings: $said"
[[ $failures -eq 0 ]] || exit 1
tail -n 1 <<<"$said"
exit "$code"
