#!/usr/bin/env bash
# ci/profile.sh CASE - what holds a case back, in words: Nsight Compute for a CUDA case, `perf stat` for a CPU one.
#
#   CASE             its name, as the reports show it
#   --bin DIR        where the programs are (build/release/bin)
#   --base-bin DIR   the programs of base: both are profiled, and shown side by side
#   --matrix NAME    where the case is in (ci)
#   --out DIR        keeps the profiler's reports (.warpgauge/profile)
#   --help
#
# `perf stat` counts a whole process, the checks and ceilings with the samples: beside it stands a dry run, which has no samples.
# Exit: 0; 1 the case does not run; 2 usage, or no such case; 4 no profiler is installed, or it may not count here.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

case_name='' bin=$root/build/release/bin base_bin='' matrix=ci out=$root/.warpgauge/profile
while [[ $# -gt 0 ]]; do
  case $1 in
    --bin) bin=$(value_of "$@"); shift ;;
    --base-bin) base_bin=$(value_of "$@"); shift ;;
    --matrix) matrix=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    -h | --help) usage "$0" && exit 0 ;;
    -*) die "unknown argument '$1'; see $self --help" ;;
    *)
      [[ -z $case_name ]] || die "two cases, '$case_name' and '$1'; see $self --help"
      case_name=$1
      ;;
  esac
  shift
done
[[ -n $case_name ]] || die "which case? see $self --help"
readonly settings='(/(repeats|iterations|min_time|min_warmup_time):[^/]+|/(manual_time|real_time|process_time))*'

# literal: a text as a regular expression that matches just it.
literal() { sed 's/[][\.*^$+?(){}|]/\\&/g'; }

# raw_name DIR: as Google Benchmark lists the case, which may name settings of the measurement behind it; nothing: no such case.
raw_name() {
  local names
  names=$("$1/bench" --matrix "$matrix" --benchmark_list_tests=true) || exit_code=1 die "$1/bench does not list its cases"
  grep -E -m 1 -- "^$(literal <<<"$case_name")$settings\$" <<<"$names" || true
}

# The profiler serialises launches and replays each one, so that nothing may be timed under it: a dry run launches the case
# once, without a kernel that waits for the host, and shows the profiler that launch alone. The clocks stay as they are.
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

# profile DIR SIDE RAW-NAME: leaves $out/SIDE.csv.
profile() {
  "with_$profiler" "$1" "$2" --matrix "$matrix" "--benchmark_filter=^$(literal <<<"$3")\$" && return
  if grep -qE 'ERR_NVGPUCTRPERM|No permission|not permitted|perf_event_paranoid' "$out/$2.log"; then
    exit_code=4 die "$profiler may not count on this machine; see $out/$2.log"
  fi
  tail -n 5 "$out/$2.log" >&2
  exit_code=1 die "the case did not run under $profiler; all of it is in $out/$2.log"
}

for folder in "$bin" ${base_bin:+"$base_bin"}; do
  [[ -x $folder/bench ]] || die "$folder/bench is not there; ci/bench.sh builds it"
done
head_name=$(raw_name "$bin")
[[ -n $head_name ]] || die "$bin/bench has no case '$case_name' in the matrix $matrix"
if [[ $case_name == cuda/* ]]; then profiler=ncu; else profiler=perf; fi
have "$profiler" || exit_code=4 die "$profiler is not installed: nothing can be said about $case_name"
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
    say "the case is new: there is no base to show beside it"
  fi
fi
if [[ $profiler == perf ]]; then
  profile "$bin" dry-run "$head_name"
  sides=("dry run=$out/dry-run.csv" "${sides[@]}")
fi
"$root/ci/profile_words.py" "$profiler" "$case_name" "${sides[@]}" | tee "$out/words.txt"
