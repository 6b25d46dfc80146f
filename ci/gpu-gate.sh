#!/usr/bin/env bash
# ci/gpu-gate.sh --base DIR --head DIR - the verdict on a change, from programs that were built elsewhere: measures head
# against the stored baseline, settles what that leaves open by running base and head in turn, profiles what changed most.
#
#   --base DIR, --head DIR   programs.tar of ci/build-programs.sh, or the programs themselves, of the two commits
#   --baseline DIR           the stored baselines (baselines): of the base commit, like this script, so that a change
#                            cannot edit what judges it; for the same reason it is base's `compare` that judges
#   --out DIR                results, comparison.json, comparison.md, profiles (.warpgauge/gpu-gate)
#   --matrix NAME            (ci)
#   --filter RE              which cases (all)
#   --processes N            for the baseline, at least 3 (3)
#   --ab ARGS                more for `compare ab`, one word or several: --ab '--blocks 6..12'
#   --help
#
# Takes the machine for itself, for ten minutes at most waiting for it ($WARPGAUGE_MACHINE_LOCK, /run/lock/warpgauge.lock).
# Exit: as `compare`: 0 pass; 1 regression, or wrong results; 2 usage; 3, 5 files; 4 cannot decide.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

base='' head='' baselines=$root/baselines out=$root/.warpgauge/gpu-gate matrix=ci filter='' processes=3 ab=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --base) base=$(value_of "$@"); shift ;;
    --head) head=$(value_of "$@"); shift ;;
    --baseline) baselines=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --filter) filter=$(value_of "$@"); shift ;;
    --processes) processes=$(value_of "$@"); shift ;;
    --ab) ab=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ -n $base && -n $head ]] || die "--base and --head are needed; see $self --help"
processes=$(whole_number --processes "$processes" 3)
read -ra ab_arguments <<<"$ab"

unpack "$base"
unpack "$head"
fresh_folder "$out"
mkdir "$out/head"
readonly compare=$base/compare comparison=$out/comparison.json
readonly measuring_limit_s=300 profiling_limit_s=180
take_machine 600

# measure_head: processes of head, which also find wrong results. A case that is wrong or failed stands in the results, and is
# no reason to stop. Fails where a process left no whole file, or ended badly and no row says why: it crashed.
measure_head() {
  local code=0 files arguments=()
  [[ -z $filter ]] || arguments=(-- "--benchmark_filter=$filter")
  timeout --kill-after=5 "$measuring_limit_s" "$root/ci/measure.sh" --bin "$head" --out "$out/head" --processes "$processes" \
    --matrix "$matrix" "${arguments[@]}" || code=$?
  [[ $code -ne 2 ]] || exit 2
  mapfile -t files < <(seq -f "$out/head/process-%g.json" "$processes")
  /usr/bin/python3 -c 'import json, sys
rows = [row for path in sys.argv[2:] for row in json.load(open(path, encoding="utf-8"))["benchmarks"]]
sys.exit(sys.argv[1] != "0" and not any(row.get("error_occurred") for row in rows))' "$code" "${files[@]}" 2>/dev/null
}

# run_ab FILTER: base and head in turn. Leaves ab.json.
run_ab() {
  local code=0 arguments=()
  [[ -z $1 ]] || arguments=(--filter "$1")
  "$compare" ab "$base/bench" "$head/bench" "${arguments[@]}" "${ab_arguments[@]}" --keep "$out/ab" \
    --json "$out/ab.json" -- --matrix "$matrix" >"$out/ab.txt" || code=$?
  cat "$out/ab.txt"
  [[ -s $out/ab.json ]] || exit_code=${code/#0/1} die "compare ab left no comparison (exit $code)"
}

# against_baseline: leaves baseline.json.
against_baseline() {
  local code=0 arguments=()
  [[ -z $filter ]] || arguments=(--filter "$filter")
  "$compare" gate --baseline "$baselines" --head "$out"/head/process-*.json "${arguments[@]}" --json "$out/baseline.json" \
    >"$out/baseline.txt" || code=$?
  cat "$out/baseline.txt"
  [[ -s $out/baseline.json ]] || exit_code=${code/#0/1} die "compare gate left no comparison (exit $code)"
}

# stored_for FINGERPRINT: what is to be said where this machine has no baseline.
stored_for() {
  local others
  others=$(find "$baselines" -name "$(baseline_name "$matrix")" -printf '%h\n' 2>/dev/null | sed 's#.*/##' | sort | paste -sd ' ')
  if [[ -n $others ]]; then
    echo "no stored baseline of this machine, $1: there are some of other hardware, $others"
  else
    echo "no stored baseline of any machine yet; this one is $1"
  fi
}

profile_worst() {
  local name
  "$root/ci/settle.py" worst "$comparison" 3 >"$out/worst.txt"
  [[ -s $out/worst.txt ]] || return 0
  mkdir -p "$out/profiles"
  while IFS= read -r name; do
    timeout --kill-after=5 "$profiling_limit_s" "$root/ci/profile.sh" "$name" --bin "$head" --base-bin "$base" \
      --matrix "$matrix" --out "$out/profiles" || {
      say "no profile of $name (exit $?)"
      return 0
    }
  done <"$out/worst.txt"
}

code=0 note='' doubt=()
if measure_head; then
  fingerprint=$("$compare" fingerprint "$out/head/process-1.json")
  [[ -e $baselines/$(baseline_file "$fingerprint" "$matrix") ]] || note=$(stored_for "$fingerprint")
else
  note="head crashed or hung while it was measured alone" doubt=(--doubt)
fi
if [[ -n $note ]]; then
  say "$note: running base and head in turn"
  run_ab "$filter"
  "$root/ci/settle.py" note "$out/ab.json" "$note" "${doubt[@]}" -o "$comparison" || code=$?
else
  against_baseline
  "$base/bench" --matrix "$matrix" --benchmark_list_tests=true >"$out/base-cases.txt"
  open=$("$root/ci/settle.py" open "$out/baseline.json" "$out/base-cases.txt")
  settled=()
  if [[ -n $open ]]; then
    say "the baseline leaves cases open: running base and head in turn"
    run_ab "$open"
    settled=("$out/ab.json")
  fi
  "$root/ci/settle.py" merge "$out/baseline.json" "${settled[@]}" -o "$comparison" || code=$?
fi
profile_worst
"$root/ci/comment.py" render "$out" >"$out/comparison.md"
exit "$code"
