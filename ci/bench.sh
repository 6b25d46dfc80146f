#!/usr/bin/env bash
# ci/bench.sh - installs what is missing, builds, runs the benchmark matrix, compares with the baseline, says the verdict.
#
#   --processes N      processes to measure with, at least 3 (3)
#   --matrix NAME      smoke, seed, ci... (ci)
#   --filter RE        only cases whose name matches, for example 'blas/.*/S:512/D:64'
#   --preset NAME      release (default): the presets of CMakePresets.json
#   --bin DIR          use the programs in DIR: nothing is installed or built; so does WARPGAUGE_BIN=DIR
#   --need-baseline    skip (77) where this hardware has no baseline
#   --no-install       use what is here
#   --help
#
# CUDA kernels take part where there are nvcc and a GPU. Without a baseline for this hardware the round is kept in
# .warpgauge/ as the first one. Results and reports: .warpgauge/last/.
# Exit: 0 pass, or a first round; 1 regression, a wrong result, or a crash; 2 usage; 3, 4, 5 as `compare`.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=release install=yes bin=${WARPGAUGE_BIN:-} processes=3 matrix=ci filter=''
measure=() judge=()
arguments=("$@")
while [[ $# -gt 0 ]]; do
  case $1 in
    --processes) processes=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --filter) filter=$(value_of "$@"); shift ;;
    --preset) preset=$(value_of "$@"); shift ;;
    --bin) bin=$(value_of "$@"); shift ;;
    --need-baseline) judge+=(--need-baseline) ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
processes=$(whole_number --processes "$processes" 3)
if [[ -n $filter ]]; then
  measure=(-- "--benchmark_filter=$filter")
  judge+=(--filter "$filter")
fi

if [[ -z $bin ]]; then
  prepare "$install"
  continue_as_caller "${arguments[@]}"
  build "$preset" bench compare
  bin=$root/build/$preset/bin
fi

if [[ ${judge[*]} == *--need-baseline* && -z $(find "$root/baselines" "$root/.warpgauge" -name "$(baseline_name "$matrix")" 2>/dev/null) ]]; then
  say "skipped: there is no baseline for any hardware, matrix $matrix"
  exit 77
fi
code=0
"$root/ci/measure.sh" --bin "$bin" --processes "$processes" --matrix "$matrix" "${measure[@]}" || code=$?
if [[ $code -eq 6 ]]; then
  exit_code=1 die "exit 1: $(cat "$root/.warpgauge/last/unfinished"); nothing was judged, and no round is kept"
fi
[[ $code -le 1 ]] || exit "$code"
judged=0
"$root/ci/judge.sh" --bin "$bin" --matrix "$matrix" "${judge[@]}" || judged=$?
# A wrong result outranks a verdict of "pass" or "undecided", and a skip; compare's exit codes have the same order.
if [[ $code -eq 1 && $judged =~ ^(0|4|77)$ ]]; then
  exit_code=1 die "exit 1: a case was wrong or failed while it was measured, see above"
fi
exit "$judged"
