#!/usr/bin/env bash
# ci/refresh.sh --bin DIR - one more round for the stored baseline of this machine: measures, judges, blesses.
#
#   --bin DIR        programs.tar of ci/build-programs.sh, or the programs themselves
#   --baseline DIR   the stored baselines; the round is added there (baselines)
#   --out DIR        results, reports; the baseline file as baselines/FINGERPRINT/MATRIX.json (.warpgauge/refresh)
#   --matrix NAME    (ci)
#   --filter RE      which cases (all)
#   --processes N    at least 3 (5)
#   --help
#
# A round that is red or undecided, or with which a case would have crept up, is never blessed: it ends this script with its
# exit code, for the caller to be told. A round less than an hour after the last one is left out in silence. Exit: 0 blessed, or too early; else as `compare`: 1, 2, 3, 4, 5.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

bin='' baselines=$root/baselines out=$root/.warpgauge/refresh matrix=ci processes=5 filter=''
measure=() gate=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --baseline) baselines=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --filter) filter=$(value_of "$@"); shift ;;
    --processes) processes=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $bin ]] || die "--bin is missing; see $self --help"
processes=$(whole_number --processes "$processes" 3)
if [[ -n $filter ]]; then
  measure=(-- "--benchmark_filter=$filter")
  gate=(--filter "$filter")
fi

unpack "$bin"
fresh_folder "$out"
take_machine 600
code=0
"$root/ci/measure.sh" --bin "$bin" --out "$out" --processes "$processes" --matrix "$matrix" "${measure[@]}" || code=$?
[[ $code -eq 0 ]] || exit "${code/#6/1}" # a crash is a failure like a wrong result
readonly compare=$bin/compare
files=("$out"/process-*.json)
stored=$(baseline_file "$("$compare" fingerprint "${files[0]}")" "$matrix")

if [[ -e $baselines/$stored ]]; then
  code=0
  "$compare" gate --baseline "$baselines" --head "${files[@]}" "${gate[@]}" --json "$out/comparison.json" || code=$?
  [[ $code -eq 0 ]] || exit_code=$code die "this round is not blessed (exit $code): $stored stays as it is"
fi
code=0
said=$("$compare" bless --baseline "$baselines" --head "${files[@]}" --reason "round of $matrix" 2>&1) || code=$?
printf '%s\n' "$said"
if [[ $code -eq 4 && $said =~ refused:\ (it\ was\ measured\ less\ than\ an\ hour|this\ round\ is\ already) ]]; then
  say "too early for another round of $stored"
  exit 0
fi
[[ $code -eq 0 ]] || exit_code=$code die "the round was refused (exit $code): $stored stays as it is"
mkdir -p "$out/baselines/$(dirname "$stored")"
cp "$baselines/$stored" "$out/baselines/$stored"
say "one round more in $stored"
