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
# Exit: that of `compare gate`: 0 pass or nothing to compare with, 1 regression or wrong result, 4 cannot decide...
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
    --filter) filter=(--filter "$2"); shift ;;
    --need-baseline) need_baseline=yes ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -x $bin/compare ]] || die "$bin/compare is not there; ci/bench.sh builds it"
shopt -s nullglob
files=("$head"/process-*.json)
[[ ${#files[@]} -gt 0 ]] || die "$head holds no process-*.json; ci/measure.sh leaves them"

fingerprint=$("$bin/compare" fingerprint "${files[0]}")
unblessed=$(dirname "$baselines")/.warpgauge

# gate OUTPUT: compares; the report is in $head/comparison.{txt,json,md}.
gate() {
  local code=0
  "$bin/compare" gate --baseline "$baselines" --head "${files[@]}" "${filter[@]}" \
    --json "$head/comparison.json" --markdown "$head/comparison.md" >"$1" || code=$?
  return "$code"
}

# verdict_line: the counts, and the smallest change that the median case could have shown.
verdict_line() {
  /usr/bin/python3 - "$head/comparison.json" <<'PYTHON'
import json, statistics, sys
comparison = json.load(open(sys.argv[1]))
counts = ", ".join(f"{n} {name}" for name, n in comparison["counts"].items() if n) or "no case"
detectable = [cell["mde"] for cell in comparison["cells"] if cell.get("mde") is not None]
limit = f"{statistics.median(detectable):.1%}" if detectable else "not known"
print(f"verdict {comparison['verdict']}: {counts}; smallest detectable change {limit} (median case)")
PYTHON
}

if [[ ! -e $baselines/$fingerprint/$matrix.json && ! -e $unblessed/$fingerprint/$matrix.json ]]; then
  if [[ $need_baseline == yes ]]; then
    say "skipped: no baseline for $fingerprint, matrix $matrix"
    exit 77
  fi
  say "no baseline for this hardware ($fingerprint, matrix $matrix)"
  if [[ ${#filter[@]} -gt 0 ]]; then
    say "only a part was measured: not kept; run without a filter to keep a first round"
    exit 0
  fi
  "$bin/compare" bless --baseline "$unblessed" --head "${files[@]}" --reason "first round on this machine" \
    >"$head/comparison.txt"
  gate "$head/comparison.txt" || true
  say "kept as a first round in $unblessed/$fingerprint/$matrix.json; the next one is compared with it"
  say "against this round, $(verdict_line | sed 's/.*; //')"
  exit 0
fi

code=0
gate "$head/comparison.txt" || code=$?
cat "$head/comparison.txt"
[[ ! -s $head/comparison.json ]] || say "$(verdict_line)"
exit "$code"
