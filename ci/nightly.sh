#!/usr/bin/env bash
# ci/nightly.sh - fuzzes kernels for an hour, then measures the large matrix, compares it with its stored baseline and adds the round
# (ci/refresh.sh). This takes too long for every change. If fuzz fails, the measurement still runs.
#
#   --bin DIR         the folder with programs.tar of ci/build-programs.sh, or with the programs (required)
#   --minutes N       how long to fuzz, in minutes (60)
#   --seed N          fuzz uses the seeds from N million on (the number of days since 1970, so that each night uses others)
#   --kernel RE       only kernels whose name matches are fuzzed
#   --matrix NAME     the matrix of bench: smoke, seed, ci, full, models (full); none: only fuzz
#   --filter RE       only cases whose name matches are measured
#   --baseline DIR    the stored baselines, to which the round is added (baselines)
#   --out DIR         where the logs go; DIR/round/ gets the round, its report and the baseline file (.warpgauge/nightly)
#   --help
#
# Exit: 0 all passed; 1 wrong results, a regression, or nothing was checked; 2 usage; 3, 4, 5 as `compare`. If both parts fail,
# the exit code is that of fuzz.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

bin='' minutes=60 seed=$(($(date +%s) / 86400)) matrix=full filter='' baselines=$root/baselines out=$root/.warpgauge/nightly
kernel=()
parse_arguments "$@" <<'TABLE'
--bin       bin        folder required
--minutes   minutes    number 1
--seed      seed       number 0
--kernel    kernel     pass
--matrix    matrix     text
--filter    filter     text
--baseline  baselines  output
--out       out        own-output
TABLE

unpack "$bin"
code=0
"$bin/fuzz" "${kernel[@]}" --gtest_list_tests >/dev/null || code=$?
[[ $code -ne 2 ]] || usage_error "fuzz does not accept these arguments, see the line above; nothing was run"
[[ $matrix == none ]] || check_selection "$bin" "$matrix" "$filter"
fresh_folder "$out"
[[ $matrix == none ]] || take_machine 600
worst=0

# note_failure NAME CODE. Code 77, nothing could be checked, is a failure here.
note_failure() {
  say "$1 ended with exit code $2"
  [[ $worst -ne 0 ]] || worst=${2/#77/1}
}

# A quarter of the problems are too expensive for ctest: grid limits, long K (--corners).
# The first seeds of two nights are a million apart, so nights do not repeat each other.
code=0
# shellcheck disable=SC2317 # logged_to calls it
fuzz() {
  "$bin/fuzz" "${kernel[@]}" --seed $((seed * 1000000)) --seeds 1000000 --seconds $((minutes * 60)) --corners 2>&1
}
logged_to "$out/fuzz.log" fuzz || code=$?
[[ $code -eq 0 ]] || note_failure fuzz "$code"
if [[ $matrix != none ]]; then
  code=0
  "$root/ci/refresh.sh" --bin "$bin" --out "$out/round" --matrix "$matrix" --baseline "$baselines" ${filter:+--filter "$filter"} || code=$?
  [[ $code -eq 0 ]] || note_failure "the round of matrix $matrix" "$code"
fi
exit "$worst"
