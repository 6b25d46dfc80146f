#!/usr/bin/env bash
# The rules of ci/lint-workflows.sh: the tree is clean, and each thing that they forbid is found.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

workflow=$work/.github/workflows/ci.yml
fresh() {
  rm -rf "${work:?}"/.[a-z]* "${work:?}"/*
  mkdir -p "$work/tests"
  cp -R "$root/ci" "$root/.ci" "$root/.github" "$root/.yamllint" "$work/"
  cp -R "$root/tests/ci" "$work/tests/ci"
  [[ ! -d $root/.deps ]] || ln -s "$root/.deps" "$work/.deps"
}

# sabotage TEXT SED: with the workflow edited so, the linter fails and says TEXT.
sabotage() {
  fresh
  sed -i -E "$2" "$workflow"
  ! cmp -s "$workflow" "$root/.github/workflows/ci.yml" || fail "the edit '$2' changed nothing"
  expect 1 "$1" "$work/ci/lint-workflows.sh" --own-rules
}

fresh
code=0
said=$("$work/ci/lint-workflows.sh" 2>&1) || code=$?
[[ $code -eq 0 || $code -eq 77 ]] || fail "the tree is not clean: $said"

sabotage "not pinned by a full commit" 's/(checkout)@[0-9a-f]{40}.*/\1@v7/'
sabotage "not pinned by a full commit" 's/(checkout@[0-9a-f]{39})[0-9a-f]/\1/'
sabotage "not pinned by a full commit" 's/(checkout)@[0-9a-f]{40}.*/\1/'
sabotage "an expression inside a run step" 's/run: ci\/reproducible.sh/run: echo $\{\{ github.head_ref }}/'
sabotage "pull_request_target" 's/^  pull_request:/  pull_request_target:/'
sabotage "no 'permissions: \{\}' at the top" 's/^permissions: \{\}/permissions: read-all/'

[[ $failures -eq 0 ]] || exit 1
echo "$said" | tail -n 1
exit "$code"
