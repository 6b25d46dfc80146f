#!/usr/bin/env bash
# ci/measure.sh [-- BENCH ARGS] - runs the bench binary several times, one process after the other: one round.
#
#   --bin DIR          where the programs are (build/release/bin)
#   --out DIR          where process-1.json, process-2.json... go (.warpgauge/last)
#   --processes N      how many, at least 3 (3): one process says nothing about how much processes differ
#   --matrix NAME      smoke, seed, ci... (ci)
#   --help
#
# Exit: 0 all cases checked and timed; 1 a case was wrong or failed; 2 usage; 6 a process crashed, or left no results. What
# was measured is kept in any case; until all processes are through, DIR/unfinished says what is missing.
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
processes=$(whole_number --processes "$processes" 3)
[[ -x $bin/bench ]] || die "$bin/bench is not there; ci/bench.sh builds it"

mkdir -p "$out"
rm -f "$out"/process-*.json "$out"/process-*.log "$out"/process-*.errors

# run I: one process. Its errors are also kept, where they go to no terminal: on one, bench shows its progress.
run() {
  local command=("$bin/bench" --matrix "$matrix" --benchmark_out="$out/process-$1.json" --benchmark_out_format=json
    "${arguments[@]}") log=$out/process-$1.log errors=$out/process-$1.errors
  if [[ -t 2 ]]; then "${command[@]}" >"$log"; else "${command[@]}" 2>&1 >"$log" | tee "$errors" >&2; fi
}

# crashed I HOW: ends the script with what bench said last: the line may be all that a reader of a summary sees.
crashed() {
  local log=$out/process-$1.log words
  words=$(tail -n 1 "$out/process-$1.errors" 2>/dev/null || true)
  echo "process $1 of $processes crashed" >"$out/unfinished"
  exit_code=6 die "process $1 $2; see ${log#"$root"/}${words:+; it said: $words}"
}

status=0
for ((i = 1; i <= processes; i++)); do
  say "process $i of $processes"
  echo "process $i of $processes did not end" >"$out/unfinished"
  log=$out/process-$i.log code=0
  run "$i" || code=$?
  case $code in
    0) ;;
    1)
      [[ -s $out/process-$i.json ]] || crashed "$i" "left no results"
      status=1 && say "process $i: a case was wrong or failed; see ${log#"$root"/}"
      ;;
    2) die "bench refused its command line" ;;
    *) crashed "$i" "crashed: bench ended with $code" ;;
  esac
done
rm "$out/unfinished"
exit "$status"
