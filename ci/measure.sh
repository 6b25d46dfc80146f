#!/usr/bin/env bash
# ci/measure.sh [-- BENCH ARGS] - measures one round: runs the bench program several times, one process after the other.
#
#   --bin DIR          the folder with the programs (build/release/bin)
#   --out DIR          where process-1.json, process-2.json... go (.warpgauge/last)
#   --processes N      number of processes, at least 3 (3), so that the deviation between processes can be measured
#   --matrix NAME      the matrix of bench: smoke, seed, ci, full, models (ci)
#   -- BENCH ARGS      more arguments for bench
#   --help
#
# The processes write to DIR/unfinished/. When all of them have ended, their files replace those of the previous round in
# DIR, and DIR/unfinished/ is removed. If one crashes, DIR/unfinished/ stays. Its file `why` holds the cause.
# Exit: 0 all cases checked and timed; 1 a case was wrong or failed; 2 usage; 5 a file cannot be written; 6 a process crashed or
# left no results.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/release/bin out=$root/.warpgauge/last processes=3 matrix=ci
arguments=()
parse_arguments "$@" <<'TABLE'
--bin        bin        folder
--out        out        output
--processes  processes  number 3
--matrix     matrix     text
--           arguments  rest
TABLE
[[ -x $bin/bench ]] || usage_error "--bin: there is no program $bin/bench; ci/bench.sh builds it"
check_selection "$bin" "$matrix" '' "${arguments[@]}"

readonly new=$out/unfinished
rm -rf "$new"
mkdir -p "$new"

# run I: one process. Its stderr is also kept in a file, unless that is a terminal: there, bench prints its progress.
run() {
  local command=("$bin/bench" --matrix "$matrix" --benchmark_out="$new/process-$1.json" --benchmark_out_format=json
    "${arguments[@]}")
  if [[ -t 2 ]]; then
    "${command[@]}" >"$new/process-$1.log"
  else
    local codes
    "${command[@]}" 2>&1 >"$new/process-$1.log" | tee "$new/process-$1.errors" >&2
    codes=("${PIPESTATUS[@]}")
    [[ ${codes[1]} -eq 0 ]] || return 5
    return "${codes[0]}"
  fi
}

# crashed I WHAT: ends the script. The message holds the last line of bench: a summary may show nothing else.
crashed() {
  local words log=$new/process-$1.log
  words=$(tail -n 1 "$new/process-$1.errors" 2>/dev/null || true)
  echo "process $1 of $processes $2" >"$new/why"
  die_with 6 "process $1 of $processes $2; see ${log#"$root"/}${words:+; its last line: $words}"
}

status=0
for ((i = 1; i <= processes; i++)); do
  say "process $i of $processes"
  echo "process $i of $processes did not end" >"$new/why"
  : >"$new/process-$i.log" # a redirection that fails would look like a wrong case
  code=0
  run "$i" || code=$?
  case $code in
    0) ;;
    1)
      [[ -s $new/process-$i.json ]] || crashed "$i" "left no results"
      status=1
      say "process $i: a case was wrong or failed"
      ;;
    2) usage_error "bench does not accept these arguments, see the line above" ;;
    5) die_with 5 "process $i of $processes could not write its results, see the line above; is the disk full?" ;;
    *) crashed "$i" "crashed with exit code $code" ;;
  esac
done

rm -f "$out"/process-*.{json,log,errors} "$out"/comparison.{json,md,txt} "$new/why"
mv "$new"/* "$out"
rmdir "$new"
exit "$status"
