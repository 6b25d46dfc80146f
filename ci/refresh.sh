#!/usr/bin/env bash
# ci/refresh.sh - adds one round to the stored baseline of this machine: measures, compares, blesses.
#
#   --bin DIR        the folder with programs.tar of ci/build-programs.sh, or with the programs (required)
#   --baseline DIR   the stored baselines, to which the round is added (baselines)
#   --out DIR        where results and reports go, and a copy of the changed baseline, in DIR/baselines (.warpgauge/refresh)
#   --matrix NAME    the matrix of bench: smoke, seed, ci, full (ci)
#   --filter RE      only cases whose name matches
#   --processes N    number of processes, at least 3 (5)
#   --help
#
# The script refuses a round with a regression, an undecided round, and a round with which a case would drift. It then ends
# with the exit code of compare. It skips a round less than an hour after the last one; that is not an error.
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
[[ $code -eq 0 ]] || exit "${code/#6/1}" # a crash is a failure like a wrong result
readonly compare=$bin/compare
files=("$out"/process-*.json)
stored=$(baseline_file "$("$compare" fingerprint "${files[0]}")" "$matrix")

if [[ -e $baselines/$stored ]]; then
  code=0
  "$compare" gate --baseline "$baselines" --head "${files[@]}" ${filter:+--filter "$filter"} --json "$out/comparison.json" || code=$?
  [[ $code -eq 0 ]] || die_with "$code" "compare gate ended with exit code $code; the round is not blessed, $stored is unchanged"
fi
bless=("$compare" bless --baseline "$baselines" --head "${files[@]}" --reason "round of $matrix")
! offers "$compare" bless --skip-early || bless+=(--skip-early)
before=$(sha256sum "$baselines/$stored" 2>/dev/null || true)
code=0
"${bless[@]}" || code=$?
[[ $code -eq 0 ]] || die_with "$code" "compare bless ended with exit code $code; $stored is unchanged"
if [[ $(sha256sum "$baselines/$stored") == "$before" ]]; then
  say "$stored is unchanged"
  exit 0
fi
mkdir -p "$out/baselines/$(dirname "$stored")"
cp "$baselines/$stored" "$out/baselines/$stored"
say "added one round to $stored"
