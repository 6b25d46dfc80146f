#!/usr/bin/env bash
# ci/gpu.sh where nothing can work: each stage is told with its reason, none stops the next, and the exit is not 0.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

cp -R "$root/ci" "$work/ci"
expect 1 "not every stage is ok; see $work/out/summary.txt" "$work/ci/gpu.sh" --no-install --minutes 1 --out "$work/out"
for stage in configure build fuzz conform bench compare; do
  grep -qE "^$stage +failed +[0-9]+s  (exit|stopped)" "$work/out/summary.txt" || fail "no failed $stage with its reason"
  [[ -s $work/out/$stage.log ]] || fail "no log of $stage"
done
grep -qE "^set-up +skipped +0s  ." "$work/out/summary.txt" || fail "no skipped set-up with its reason"
[[ -s $work/out/machine.txt ]] || fail "no description of the machine"
[[ $failures -eq 0 ]] || cat "$work/out/summary.txt"
finish
