#!/usr/bin/env bash
# ci/measure.sh [-- BENCH ARGS] - runs the bench binary several times, one process after the other: one round.
#
#   --bin DIR          where the programs are (build/release/bin)
#   --out DIR          where process-1.json, process-2.json... go (.warpgauge/last)
#   --processes N      how many, at least 3 (3): one process says nothing about how much processes differ
#   --matrix NAME      smoke, seed, ci... (ci)
#   --help
#
# Exit: 0 all cases checked and timed; 1 a case was wrong or failed; 2 usage. What was measured is kept in any case.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/release/bin out=$root/.warpgauge/last processes=3 matrix=ci
arguments=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    --processes) processes=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    --)
      shift
      arguments=("$@")
      break
      ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ $processes =~ ^[0-9]+$ && $processes -ge 3 ]] || die "--processes is '$processes'; it takes a number, 3 or more"
[[ -x $bin/bench ]] || die "$bin/bench is not there; ci/bench.sh builds it"

mkdir -p "$out"
rm -f "$out"/process-*.json
status=0
for ((i = 1; i <= processes; i++)); do
  say "process $i of $processes"
  code=0
  "$bin/bench" --matrix "$matrix" --benchmark_out="$out/process-$i.json" --benchmark_out_format=json "${arguments[@]}" \
    >"$out/process-$i.log" || code=$?
  case $code in
    0) ;;
    1)
      [[ -s $out/process-$i.json ]] || exit_code=1 die "process $i left no results; see above, and $out/process-$i.log"
      status=1 && say "process $i: a case was wrong or failed; see $out/process-$i.log"
      ;;
    2) die "bench refused its command line" ;;
    *) exit_code=1 die "bench ended with $code; see $out/process-$i.log" ;;
  esac
done
exit "$status"
