#!/usr/bin/env bash
# ci/nightly.sh --bin DIR - what takes too long for every change: fuzz for an hour, then the large matrix, held against its
# stored baseline and blessed into it (ci/refresh.sh). Both are done whatever the first one says.
#
#   --bin DIR         programs.tar of ci/build-programs.sh, or the programs themselves
#   --minutes N       of fuzzing (60)
#   --seed N          where the fuzz begins; a new one each night finds what the last did not (the day's number)
#   --kernel RE       which kernels are fuzzed (all)
#   --matrix NAME     what is measured (full); `none`: only fuzz
#   --filter RE       which cases are measured (all)
#   --baseline DIR    the stored baselines; the round is added there (baselines)
#   --out DIR         logs; the round, its report and the baseline file under round/ (.warpgauge/nightly)
#   --help
#
# Exit: 0; 1 wrong results, a regression, or nothing was checked; 2 usage; else as `compare`: 4 cannot decide...
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

bin='' minutes=60 seed=$(($(date +%s) / 86400)) matrix=full out=$root/.warpgauge/nightly kernel=() refresh=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --minutes) minutes=$(value_of "$@"); shift ;;
    --seed) seed=$(value_of "$@"); shift ;;
    --kernel) kernel=(--kernel "$(value_of "$@")"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --filter | --baseline) refresh+=("$1" "$(value_of "$@")"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $bin ]] || die "--bin is missing; see $self --help"
minutes=$(whole_number --minutes "$minutes" 1)
seed=$(whole_number --seed "$seed" 0)

unpack "$bin"
fresh_folder "$out"
[[ $matrix == none ]] || take_machine 600
worst=0

# note_failure NAME EXIT: nothing that was not checked passes for a success (77).
note_failure() {
  say "$1 ended with $2"
  [[ $worst -ne 0 ]] || worst=${2/#77/1}
}

# A million seeds a day apart: nights do not repeat each other.
code=0
"$bin/fuzz" "${kernel[@]}" --seed $((seed * 1000000)) --seeds 1000000 --seconds $((minutes * 60)) 2>&1 | tee "$out/fuzz.log" || code=$?
[[ $code -eq 0 ]] || note_failure fuzz "$code"
if [[ $matrix != none ]]; then
  code=0
  "$root/ci/refresh.sh" --bin "$bin" --out "$out/round" --matrix "$matrix" "${refresh[@]}" || code=$?
  [[ $code -eq 0 ]] || note_failure "the round of $matrix" "$code"
fi
exit "$worst"
