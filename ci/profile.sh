#!/usr/bin/env bash
# ci/profile.sh CASE - profiles one case and names its bottleneck: with Nsight Compute for CUDA, with `perf stat` on the CPU.
#
#   CASE             its name, as in the reports
#   --bin DIR        the folder with the programs (build/release/bin)
#   --base-bin DIR   the folder with the programs of base; both are then profiled and shown side by side
#   --matrix NAME    a matrix that has the case: smoke, seed, ci, full, models (ci)
#   --out DIR        where the reports of the profiler go (.warpgauge/profile)
#   --help
#
# `perf stat` counts the whole process, including the checks and the measurement of the roofline. For comparison, the report
# also shows a dry run, which takes no samples.
# Exit: 0; 1 the case does not run; 2 usage, or there is no such case; 4 the profiler is missing, or has no permission to count.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

case_name='' bin=$root/build/release/bin base_bin='' matrix=ci out=$root/.warpgauge/profile
parse_arguments "$@" <<'TABLE'
CASE        case_name  text required
--bin       bin        folder
--base-bin  base_bin   folder
--matrix    matrix     text
--out       out        output
TABLE
readonly settings='(/(repeats|iterations|min_time|min_warmup_time):[^/]+|/(manual_time|real_time|process_time))*'

# literal: turns a text into a regular expression that matches only this text.
literal() { sed 's/[][\.*^$+?(){}|]/\\&/g'; }

# raw_name DIR: the name of the case as Google Benchmark lists it, which may end with settings of the measurement. Prints
# nothing if there is no such case.
raw_name() {
  local names
  names=$("$1/bench" --matrix "$matrix" --benchmark_list_tests=true) || usage_error "$1/bench could not list the cases, see above"
  grep -E -m 1 -- "^$(literal <<<"$case_name")$settings\$" <<<"$names" || true
}

# The profiler serializes launches and replays each one, so times under it are meaningless. A dry run launches the case once,
# without a kernel that waits for the host, and marks this launch for the profiler. The clocks are not changed.
with_ncu() {
  ncu --export "$out/$2" --force-overwrite --profile-from-start off --clock-control none --launch-count 64 --section SpeedOfLight --section WarpStateStats \
    --section Occupancy --section LaunchStats --section ComputeWorkloadAnalysis --section MemoryWorkloadAnalysis \
    --metrics "$("$root/ci/profile_words.py" --metrics)" \
    "$1/bench" "${@:3}" --benchmark_dry_run >"$out/$2.log" 2>&1 || return 1
  ncu --import "$out/$2.ncu-rep" --csv --page raw >"$out/$2.csv" 2>>"$out/$2.log"
}
with_perf() {
  local how=--process-seconds=1
  [[ $2 != dry-run ]] || how=--benchmark_dry_run
  perf stat --field-separator , --output "$out/$2.csv" \
    --event task-clock,cycles,instructions,branches,branch-misses,cache-references,cache-misses \
    "$1/bench" "${@:3}" "$how" >"$out/$2.log" 2>&1
}

# profile DIR SIDE RAW-NAME: writes $out/SIDE.csv.
profile() {
  "with_$profiler" "$1" "$2" --matrix "$matrix" "--benchmark_filter=^$(literal <<<"$3")\$" && return
  if grep -qE 'ERR_NVGPUCTRPERM|No permission|not permitted|perf_event_paranoid' "$out/$2.log"; then
    die_with 4 "$profiler may not count on this machine; see $out/$2.log"
  fi
  tail -n 5 "$out/$2.log" >&2
  die "the case did not run under $profiler; the full output is in $out/$2.log"
}

for folder in "$bin" ${base_bin:+"$base_bin"}; do
  [[ -x $folder/bench ]] || usage_error "there is no program $folder/bench; ci/bench.sh builds it"
done
head_name=$(raw_name "$bin")
[[ -n $head_name ]] || usage_error "CASE: $bin/bench has no case '$case_name' in the matrix $matrix"
if [[ $case_name == cuda/* ]]; then profiler=ncu; else profiler=perf; fi
have "$profiler" || die_with 4 "$profiler is not installed, so $case_name cannot be profiled"
out=$out/$(sha256sum <<<"$case_name" | cut -c 1-12)
mkdir -p "$out"
sides=("head=$out/head.csv")
profile "$bin" head "$head_name"
if [[ -n $base_bin ]]; then
  base_name=$(raw_name "$base_bin")
  if [[ -n $base_name ]]; then
    profile "$base_bin" base "$base_name"
    sides=("base=$out/base.csv" "${sides[@]}")
  else
    say "the case is new: base does not have it"
  fi
fi
if [[ $profiler == perf ]]; then
  profile "$bin" dry-run "$head_name"
  sides=("dry run=$out/dry-run.csv" "${sides[@]}")
fi
code=0
logged_to "$out/words.txt" "$root/ci/profile_words.py" "$profiler" "$case_name" "${sides[@]}" || code=$?
[[ $code -eq 0 ]] || exit "$code"
