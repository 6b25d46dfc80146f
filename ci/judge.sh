#!/usr/bin/env bash
# ci/judge.sh - holds a round that ci/measure.sh left against the baseline of this hardware, and says the verdict.
#
#   --bin DIR          where the programs are (build/release/bin)
#   --head DIR         the round: its process-*.json (.warpgauge/last); the reports are written beside them
#   --baseline DIR     the stored baselines (baselines); where it has none for this hardware, .warpgauge/ beside it
#   --matrix NAME      smoke, seed, ci... (ci)
#   --filter RE        only cases whose name matches; such a part is never kept as a first round
#   --need-baseline    skip (77) where there is no baseline, instead of keeping the round as the first one
#   --help
#
# Exit: that of `compare gate`: 0 pass or nothing to compare with, 1 regression, wrong result or an unfinished round, 4
# cannot decide...
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

bin=$root/build/release/bin head=$root/.warpgauge/last baselines=$root/baselines matrix=ci need_baseline=no
filter=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --head) head=$(value_of "$@"); shift ;;
    --baseline) baselines=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --filter) filter=(--filter "$(value_of "$@")"); shift ;;
    --need-baseline) need_baseline=yes ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -x $bin/compare ]] || die "$bin/compare is not there; ci/bench.sh builds it"
shopt -s nullglob
files=("$head"/process-*.json)
# Of a round in part, the verdict would be another, and it would be kept as if it were whole.
[[ ! -e $head/unfinished ]] || exit_code=1 die "$(cat "$head/unfinished"): what there is of this round is neither judged nor kept"
[[ ${#files[@]} -gt 0 ]] || die "$head holds no process-*.json; ci/measure.sh leaves them"

fingerprint=$("$bin/compare" fingerprint "${files[0]}")
unblessed=$(dirname "$baselines")/.warpgauge

# The report is left in comparison.{txt,json,md}; its last line is the verdict.
gate() {
  "$bin/compare" gate --baseline "$baselines" --head "${files[@]}" "${filter[@]}" \
    --json "$head/comparison.json" --markdown "$head/comparison.md" >"$head/comparison.txt"
}

stored=$(baseline_file "$fingerprint" "$matrix")
if [[ ! -e $baselines/$stored && ! -e $unblessed/$stored ]]; then
  if [[ $need_baseline == yes ]]; then
    say "skipped: no baseline for $fingerprint, matrix $matrix"
    exit 77
  fi
  say "no baseline for this hardware ($fingerprint, matrix $matrix)"
  if [[ ${#filter[@]} -gt 0 ]]; then
    say "only a part was measured: not kept; run without a filter to keep a first round"
    exit 0
  fi
  code=0
  "$bin/compare" bless --baseline "$unblessed" --head "${files[@]}" --reason "first round on this machine" \
    >"$head/comparison.txt" || code=$?
  if [[ $code -ne 0 ]]; then
    # What it advises where a case is red is for slow-downs; here nothing can be slow, only wrong.
    [[ $code -eq 1 ]] || cat "$head/comparison.txt"
    gate || true
    cat "$head/comparison.txt"
    why="compare bless ended with $code"
    [[ $code -ne 1 ]] || why="a case was wrong or failed"
    say "not kept as a first round: $why"
    exit "$code"
  fi
  gate || true
  say "kept as a first round in ${unblessed#"$root"/}/$stored; the next one is compared with it"
  sed -n '/^smallest detectable change/s/; verdict.*//p' "$head/comparison.txt"
  exit 0
fi

code=0
gate || code=$?
cat "$head/comparison.txt"
exit "$code"
