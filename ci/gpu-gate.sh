#!/usr/bin/env bash
# ci/gpu-gate.sh - prints the verdict on a change, from programs that were built elsewhere. Compares head with the stored
# baseline. Runs base and head interleaved for the regressions and the inconclusive cases of that comparison. Then profiles up
# to three cases that changed most.
#
#   --base DIR        programs of the base commit: programs.tar of ci/build-programs.sh, or unpacked (required)
#   --head DIR        programs of the head commit (required)
#   --baseline DIR    the stored baselines (baselines)
#   --out DIR         results, comparison.json, comparison.md, profiles (.warpgauge/gpu-gate)
#   --matrix NAME     the matrix of bench: smoke, seed, ci, full, models (ci)
#   --filter RE       only cases whose name matches
#   --processes N     number of processes for the comparison with the baseline, at least 3 (3)
#   --ab ARGS         more arguments for `compare ab`, as one shell word, for example: --ab '--blocks 6..12'
#   --help
#
# Run this script from a checkout of base, so that a change cannot edit the script or the baselines. `compare` is that of base.
# Waits up to ten minutes for the lock of the machine ($WARPGAUGE_MACHINE_LOCK, /run/lock/warpgauge.lock) and holds it.
# Exit: as `compare`: 0 pass; 1 regression, or wrong results; 2 usage; 3 an input is not valid; 4 undecided; 5 an output cannot
# be written.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-gpu.sh
source "$(dirname "$0")/lib-gpu.sh"

base='' head='' baselines=$root/baselines out=$root/.warpgauge/gpu-gate matrix=ci filter='' processes=3 ab=''
parse_arguments "$@" <<'TABLE'
--base       base       folder required
--head       head       folder required
--baseline   baselines  text
--out        out        own-output
--matrix     matrix     text
--filter     filter     text
--processes  processes  number 3
--ab         ab         text
TABLE
read -ra ab_arguments <<<"$ab"

unpack "$base"
unpack "$head"
readonly compare=$base/compare comparison=$out/comparison.json
readonly measuring_limit_s=300 profiling_limit_s=180
code=0
"$head/bench" --matrix "$matrix" ${filter:+"--benchmark_filter=$filter"} --benchmark_list_tests >/dev/null || code=$?
[[ $code -ne 2 ]] || usage_error "bench of head does not accept these arguments, see the line above; nothing was measured"
# ab FILTER FLAGS...: runs base and head interleaved.
ab() {
  "$compare" ab "$base/bench" "$head/bench" ${1:+--filter "$1"} "${ab_arguments[@]}" "${@:2}" -- --matrix "$matrix"
}
! offers "$compare" ab --check || ab "$filter" --check
fresh_folder "$out"
mkdir "$out/head"
take_machine 600

# measure_head: measures head alone, which also detects wrong results. A wrong or failed case is in the results. Fails if a
# process crashed: it left no complete file, or ended with an error that no row explains.
measure_head() {
  local code=0 files arguments=()
  [[ -z $filter ]] || arguments=(-- "--benchmark_filter=$filter")
  timeout --kill-after=5 "$measuring_limit_s" "$root/ci/measure.sh" --bin "$head" --out "$out/head" --processes "$processes" \
    --matrix "$matrix" "${arguments[@]}" || code=$?
  [[ $code -ne 2 && $code -ne 5 ]] || exit "$code"
  mapfile -t files < <(seq -f "$out/head/process-%g.json" "$processes")
  /usr/bin/python3 -c 'import json, sys
rows = [row for path in sys.argv[2:] for row in json.load(open(path, encoding="utf-8"))["benchmarks"]]
sys.exit(sys.argv[1] != "0" and not any(row.get("error_occurred") for row in rows))' "$code" "${files[@]}" 2>/dev/null
}

# run_ab FILTER: writes ab.json.
run_ab() {
  local code=0
  : >"$out/ab.txt" # a redirection that fails would look like a regression
  ab "$1" --keep "$out/ab" --json "$out/ab.json" >"$out/ab.txt" || code=$?
  cat "$out/ab.txt"
  [[ -s $out/ab.json ]] || die_with "${code/#0/1}" "compare ab wrote no comparison; it ended with exit code $code"
}

# against_baseline: writes baseline.json.
against_baseline() {
  local code=0
  : >"$out/baseline.txt"
  "$compare" gate --baseline "$baselines" --head "$out"/head/process-*.json ${filter:+--filter "$filter"} \
    --json "$out/baseline.json" >"$out/baseline.txt" || code=$?
  cat "$out/baseline.txt"
  [[ -s $out/baseline.json ]] || die_with "${code/#0/1}" "compare gate wrote no comparison; it ended with exit code $code"
}

# no_baseline FINGERPRINT: prints a note for a machine without a baseline.
no_baseline() {
  local others
  others=''
  [[ ! -d $baselines ]] ||
    others=$(find "$baselines" -name "$(baseline_name "$matrix")" -printf '%h\n' | sed 's#.*/##' | sort | paste -sd ' ')
  if [[ -n $others ]]; then
    echo "there is no stored baseline of this hardware ($1), only of: $others"
  else
    echo "there is no stored baseline of any hardware yet; this is $1"
  fi
}

profile_worst() {
  local name
  "$compare" settle worst "$comparison" 3 >"$out/worst.txt"
  [[ -s $out/worst.txt ]] || return 0
  mkdir -p "$out/profiles"
  while IFS= read -r name; do
    timeout --kill-after=5 "$profiling_limit_s" "$root/ci/profile.sh" "$name" --bin "$head" --base-bin "$base" \
      --matrix "$matrix" --out "$out/profiles" || {
      say "no profile of $name: ci/profile.sh ended with exit code $?"
      return 0
    }
  done <"$out/worst.txt"
}

code=0 note='' doubt=()
if measure_head; then
  fingerprint=$("$compare" fingerprint "$out/head/process-1.json")
  [[ -e $baselines/$(baseline_file "$fingerprint" "$matrix") ]] || note=$(no_baseline "$fingerprint")
else
  note="head crashed or hung when it was measured alone" doubt=(--doubt)
fi
if [[ -n $note ]]; then
  say "$note; running base and head interleaved"
  run_ab "$filter"
  "$compare" settle note "$out/ab.json" "$note" "${doubt[@]}" -o "$comparison" || code=$?
else
  against_baseline
  "$base/bench" --matrix "$matrix" --benchmark_list_tests=true >"$out/base-cases.txt"
  open=$("$compare" settle open "$out/baseline.json" "$out/base-cases.txt")
  settled=()
  if [[ -n $open ]]; then
    say "the baseline leaves cases open; running base and head interleaved for them"
    run_ab "$open"
    settled=("$out/ab.json")
  fi
  "$compare" settle merge "$out/baseline.json" "${settled[@]}" -o "$comparison" || code=$?
fi
profile_worst
"$compare" comment "$comparison" >"$out/comparison.md"
exit "$code"
