#!/usr/bin/env bash
# ci/judge.sh - compares a round of ci/measure.sh with the baseline of this hardware and prints the verdict.
#
#   --bin DIR          the folder with the programs (build/release/bin)
#   --head DIR         the round: its process-*.json (.warpgauge/last); comparison.{txt,json,md} are written beside them
#   --baseline DIR     the stored baselines (baselines); if DIR has none of this hardware, .warpgauge/ beside DIR is used
#   --matrix NAME      the matrix that was measured: smoke, seed, ci, full, models (ci)
#   --filter RE        only cases whose name matches; the round is then not stored as the first one
#   --need-baseline    exit 77 (skipped) if there is no baseline, instead of storing the round as the first one
#   --help
#
# If cases are inconclusive, the last line names the ci/gate.sh command that decides them, and its duration.
# Exit: as `compare gate`: 0 pass, or nothing to compare with; 1 regression, wrong result, or an unfinished round; 2 usage;
# 3 a file is not valid; 4 cannot decide; 5 an output was not written.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/release/bin head=$root/.warpgauge/last baselines=$root/baselines matrix=ci need_baseline=no filter=''
parse_arguments "$@" <<'TABLE'
--bin            bin            folder
--head           head           folder
--baseline       baselines      text
--matrix         matrix         text
--filter         filter         text
--need-baseline  need_baseline  yes
TABLE
[[ -x $bin/compare ]] || usage_error "--bin: there is no program $bin/compare; ci/bench.sh builds it"
matrix_arguments=()
[[ $matrix == ci ]] || matrix_arguments=(-- --matrix "$matrix")
shopt -s nullglob
files=("$head"/process-*.json)
# The verdict on a part of a round would differ, and the part would be kept like a complete round.
[[ ! -d $head/unfinished ]] ||
  die "the last round did not finish: $(cat "$head/unfinished/why"); measure again, or delete $head/unfinished to use the round before"
[[ ${#files[@]} -gt 0 ]] || usage_error "--head: $head has no process-*.json; ci/measure.sh writes them"

fingerprint=$("$bin/compare" fingerprint "${files[0]}")
unblessed=$(dirname "$baselines")/.warpgauge

# gate FLAGS...: writes comparison.{json,md}, prints the report.
gate() {
  "$bin/compare" gate --baseline "$baselines" --head "${files[@]}" ${filter:+--filter "$filter"} "$@" \
    --json "$head/comparison.json" --markdown "$head/comparison.md"
}

# keep_first_round: stores the round in .warpgauge/. A wrong or failed case is never stored.
keep_first_round() {
  local code=0 brief=()
  : >"$head/comparison.txt" # a redirection that fails would look like a wrong case
  "$bin/compare" bless --baseline "$unblessed" --head "${files[@]}" --reason "first round on this machine" \
    >"$head/comparison.txt" || code=$?
  if [[ $code -eq 1 ]]; then
    # Not what bless prints: its advice is for slower cases. Here a case is wrong.
    gate >"$head/comparison.txt" || true
    cat "$head/comparison.txt"
    die "a case was wrong or failed; the round is not kept as the first one"
  elif [[ $code -ne 0 ]]; then
    cat "$head/comparison.txt"
    die_with "$code" "compare bless ended with exit code $code; the round is not kept as the first one"
  fi
  say "the round is kept as the first one in ${unblessed#"$root"/}/$stored; the next round is compared with it"
  ! offers "$bin/compare" gate --brief || brief=(--brief)
  gate "${brief[@]}" >"$head/comparison.txt" || true
  [[ ${#brief[@]} -eq 0 ]] || cat "$head/comparison.txt"
}

stored=$(baseline_file "$fingerprint" "$matrix")
if [[ -e $baselines/$stored || -e $unblessed/$stored ]]; then
  code=0
  : >"$head/comparison.txt" # a redirection that fails would look like a regression
  gate >"$head/comparison.txt" || code=$?
  cat "$head/comparison.txt"
  "$bin/compare" settle estimate "$head/comparison.json" ci/gate.sh "${matrix_arguments[@]}" || true
  exit "$code"
elif [[ $need_baseline == yes ]]; then
  say "skipped: there is no baseline of $fingerprint for matrix $matrix"
  exit 77
fi
say "there is no baseline of this hardware ($fingerprint) for matrix $matrix"
if [[ -n $filter ]]; then
  say "the round is not kept, because --filter selected a part; run without --filter to keep a first round"
else
  keep_first_round
fi
