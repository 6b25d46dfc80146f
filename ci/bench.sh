#!/usr/bin/env bash
# ci/bench.sh - installs missing packages, builds, runs the benchmark matrix, prints the results and the verdict.
#
#   --processes N      number of processes to measure with, at least 3 (3)
#   --matrix NAME      the matrix of bench: smoke, seed, ci, full, models (ci)
#   --filter RE        only cases whose name matches, for example 'blas/.*/S:512/D:64'
#   --preset NAME      a preset of CMakePresets.json: release (default), cuda
#   --bin DIR          use the programs in DIR; nothing is installed or built ($WARPGAUGE_BIN)
#   --need-baseline    exit 77 (skipped) if this hardware has no baseline
#   --no-install       install nothing
#   --help
#
# CUDA kernels run if there are nvcc and a GPU. The verdict compares this round (the processes of this run) with the baseline of
# this hardware. If there is no baseline, the round is stored as the first one, in .warpgauge/. If cases are inconclusive, the
# line after the verdict names the ci/gate.sh command that decides them, and its duration. Results and reports are in
# .warpgauge/last/; a new round replaces them when it is complete.
# Exit: 0 pass, or a first round; 1 regression, wrong result, or a crash; 2 usage; 3, 4, 5 as `compare`.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

preset=release install=yes bin=${WARPGAUGE_BIN:-} processes=3 matrix=ci filter='' need_baseline=no
parse_arguments "$@" <<'TABLE'
--processes      processes      number 3
--matrix         matrix         text
--filter         filter         text
--preset         preset         preset
--bin            bin            folder
--need-baseline  need_baseline  yes
--no-install     install        no
TABLE

if [[ -z $bin ]]; then
  prepare "$install"
  continue_as_caller
fi
lock_tree "$root"
if [[ -z $bin ]]; then
  build "$preset" bench fuzz compare
  bin=$root/build/$preset/bin
fi
check_selection "$bin" "$matrix" "$filter"

readonly last=$root/.warpgauge/last
measure=() judge=()
if [[ -n $filter ]]; then
  measure=(-- "--benchmark_filter=$filter")
  judge=(--filter "$filter")
fi
if [[ $need_baseline == yes ]]; then
  if [[ -z $(find "$root/baselines" "$root/.warpgauge" -name "$(baseline_name "$matrix")" 2>/dev/null) ]]; then
    say "skipped: there is no baseline of any hardware for matrix $matrix"
    exit 77
  fi
  judge+=(--need-baseline)
fi
code=0
"$root/ci/measure.sh" --bin "$bin" --out "$last" --processes "$processes" --matrix "$matrix" "${measure[@]}" || code=$?
[[ $code -ne 6 ]] || die "$(cat "$last/unfinished/why"); there is no verdict, and the round is not kept"
[[ $code -le 1 ]] || exit "$code"
"$bin/compare" show "$last"/process-*.json
judged=0
"$root/ci/judge.sh" --bin "$bin" --head "$last" --matrix "$matrix" "${judge[@]}" || judged=$?
# A wrong result outranks "pass", "undecided" and a skip. The exit codes of compare have the same order.
if [[ $code -eq 1 && $judged =~ ^(0|4|77)$ ]]; then
  die "a case was wrong or failed during the measurement; see its row above"
fi
exit "$judged"
