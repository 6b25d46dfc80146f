#!/usr/bin/env bash
# The tables in tests/ci/README.md and tests/compare/hostile_inputs.md: each test that they name exists.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

named=0
# shellcheck disable=SC2016  # the backticks are Markdown's
references=$(grep -h '^|' "$root/tests/ci/README.md" "$root/tests/compare/hostile_inputs.md" | grep -oE '`[^`]+/[^`]+: [^`]+`' | tr -d '`')
while IFS= read -r reference; do
  file=${reference%%: *} name=${reference#*: }
  named=$((named + 1))
  [[ $file == tests/* ]] || fail "$file is not a test"
  [[ -f $root/$file ]] || { fail "there is no $file" && continue; }
  grep -qF -- "$name" "$root/$file" || fail "$file has no '$name'"
done <<<"$references"
[[ $named -ge 40 ]] || fail "only $named tests are named"
finish
