#!/usr/bin/env bash
# ci/refresh.sh - adds one round to the stored baseline of this machine: measures, compares, blesses.
#
#   --bin DIR        the folder with programs.tar of ci/build-programs.sh, or with the programs (required)
#   --baseline DIR   the stored baselines, to which the round is added (baselines)
#   --out DIR        where results and reports go, and a copy of the changed baseline, in DIR/baselines (.warpgauge/refresh)
#   --matrix NAME    the matrix of bench: smoke, seed, ci, full, models (ci)
#   --filter RE      only cases whose name matches
#   --processes N    number of processes, at least 3 (5)
#   --help
#
# The script refuses a round with a regression or a failed case, an undecided round, and a round with which a case would drift.
# It then ends with the exit code of compare. A refused round with a regression or a failed case is stored with the state
# `refused`: it does not count, but it shows which slower speeds a case has. Pass it on like an accepted round.
# A round less than an hour after the last one is skipped; that is not an error.
# Exit: 0 blessed, or skipped; else as `compare`: 1 regression or wrong result, 2 usage, 3, 4, 5.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

bin='' baselines=$root/baselines out=$root/.warpgauge/refresh matrix=ci processes=5 filter=''
parse_arguments "$@" <<'TABLE'
--bin        bin        folder required
--baseline   baselines  output
--out        out        own-output
--matrix     matrix     text
--filter     filter     text
--processes  processes  number 3
TABLE
measure=()
[[ -z $filter ]] || measure=(-- "--benchmark_filter=$filter")

unpack "$bin"
check_selection "$bin" "$matrix" "$filter"
fresh_folder "$out"
take_machine 600
code=0
"$root/ci/measure.sh" --bin "$bin" --out "$out" --processes "$processes" --matrix "$matrix" "${measure[@]}" || code=$?
[[ $code -le 1 ]] || exit "${code/#6/1}" # a crash is a failure like a wrong result
worst=$code                              # 1: a case was wrong or failed
readonly compare=$bin/compare
files=("$out"/process-*.json)
stored=$(baseline_file "$("$compare" fingerprint "${files[0]}")" "$matrix")

gate=0
if [[ -e $baselines/$stored ]]; then
  "$compare" gate --baseline "$baselines" --head "${files[@]}" ${filter:+--filter "$filter"} --json "$out/comparison.json" || gate=$?
fi
[[ $worst -ne 0 ]] || worst=$gate
[[ $gate -le 1 || $gate -eq 4 ]] || die_with "$gate" "compare gate ended with exit code $gate; $stored is unchanged"

# store: blesses the round, and copies the baseline to $out if that changed it. bless refuses what gate refuses, and stores it.
store() {
  local bless before code=0
  bless=("$compare" bless --baseline "$baselines" --head "${files[@]}" --reason "round of $matrix")
  ! offers "$compare" bless --skip-early || bless+=(--skip-early)
  before=$(cat "$baselines/$stored" 2>/dev/null || true)
  "${bless[@]}" || code=$?
  [[ $worst -ne 0 ]] || worst=$code
  if [[ $(cat "$baselines/$stored" 2>/dev/null || true) == "$before" ]]; then
    say "$stored is unchanged"
    return
  fi
  if [[ $code -eq 0 && $worst -ne 0 ]]; then # bless sees all cases, gate those that --filter selects
    printf '%s\n' "$before" >"$baselines/$stored"
    die_with "$worst" "bless accepted a round that failed; $stored is unchanged"
  fi
  mkdir -p "$out/baselines/$(dirname "$stored")"
  cp "$baselines/$stored" "$out/baselines/$stored"
  if [[ $worst -eq 0 ]]; then
    say "added one round to $stored"
  else
    say "added one refused round to $stored; it does not count"
  fi
}
store
[[ $worst -eq 0 ]] || die_with "$worst" "the round is not accepted: exit code $worst; the report above says why"
