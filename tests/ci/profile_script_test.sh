#!/usr/bin/env bash
# ci/profile.sh with stand-ins for the profilers and the bench: the bottleneck that it names, base beside head, and the exit code
# if nothing can be counted.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p "$work/tools" "$work/head" "$work/base"
for side in head base; do
  cat "$root/tests/ci/stand_in_bench.py" >"$work/$side/bench"
  printf '# WORLD: {"cases": {"cuda/flash/f16/S:64": 1, "cuda/flash/f16/S:64/x": 1, "cpu/blas/f32/S:64": 1}}' >>"$work/$side/bench"
  chmod +x "$work/$side/bench"
done
sed -i 's#"cuda/flash/f16/S:64": 1#"cuda/flash/f16/S:64": 1, "cuda/new/f16/S:64/manual_time": 1#' "$work/head/bench"

# ncu takes its counts from $work/SIDE.csv, perf from $work/perf.csv.
cat >"$work/tools/ncu" <<'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
if [[ $1 == --import ]]; then
  side=$(basename "$2" .ncu-rep)
  cat "$STAND_IN/$side.csv"
else
  printf '%s\n' "$@" >"$STAND_IN/arguments"
  [[ ! -e $STAND_IN/forbidden ]] || { echo "==ERROR== ERR_NVGPUCTRPERM - The user does not have permission"; exit 1; }
  : >"$2.ncu-rep"
fi
STAND_IN
cat >"$work/tools/perf" <<'STAND_IN'
#!/usr/bin/env bash
set -euo pipefail
echo "$@" >>"$STAND_IN/perf-arguments"
while [[ $1 != --output ]]; do shift; done
cp "$STAND_IN/perf.csv" "$2"
if [[ $* == *--benchmark_dry_run* ]]; then sed -i 's/^50000,/20000,/' "$2"; fi # a dry run has fewer misses
STAND_IN
chmod +x "$work/tools"/*

# counts SIDE TENSOR MEMORY SPECIAL STALL-LONG STALL-BARRIER ACTIVE: two launches of the kernel, one launch of a check.
counts() {
  local metrics=(gpu__time_duration.sum sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active
    gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active
    smsp__average_warps_issue_stalled_long_scoreboard_per_issue_active.ratio
    smsp__average_warps_issue_stalled_barrier_per_issue_active.ratio sm__warps_active.avg.pct_of_peak_sustained_active
    launch__occupancy_limit_registers launch__occupancy_limit_shared_mem launch__occupancy_limit_warps)
  {
    echo "==PROF== Connected"
    printf '"ID","Kernel Name"'; printf ',"%s"' "${metrics[@]}"; echo
    printf '"",""'; printf ',"%%"%.0s' "${metrics[@]}"; echo
    printf '"%s","%s","%s","%s","%s","%s","%s","%s","%s","3","2","16"\n' \
      0 'fill(float*)' 900 1 1 1 0 0 90 1 'flash_kernel' 1,000 "${@:2}" 2 'flash_kernel' 1,000 "${@:2}"
  } >"$work/$1.csv"
}
profile=(env "PATH=$work/tools:$PATH" "STAND_IN=$work" "$root/ci/profile.sh" --bin "$work/head" --out "$work/out")

counts head 71.5 30 40 1 1 12.5
counts base 82.5 30 40 1 1 12.5
expect 0 "tensor cores: +base 82.5 %, head 71.5 %" "${profile[@]}" cuda/flash/f16/S:64 --base-bin "$work/base"
expect 0 "kernel flash_kernel" "${profile[@]}" cuda/flash/f16/S:64
expect 0 "limited by shared memory" "${profile[@]}" cuda/flash/f16/S:64
expect 0 "=> the tensor cores are the limit" "${profile[@]}" cuda/flash/f16/S:64
grep -qxF -- '--benchmark_filter=^cuda/flash/f16/S:64$' "$work/arguments" || fail "not only the case: $(cat "$work/arguments")"
for flag in --benchmark_dry_run --profile-from-start '--clock-control'; do
  grep -qxF -- "$flag" "$work/arguments" || fail "without $flag the profiler hangs, or changes the clocks"
done
find "$work/out" -name 'head.ncu-rep' | grep -q . || fail "the report is not kept"
expect 0 "the case is new" "${profile[@]}" cuda/new/f16/S:64 --base-bin "$work/base"
counts head 20 85 40 1 1 12.5
expect 0 "=> memory is the limit" "${profile[@]}" cuda/flash/f16/S:64
counts head 20 30 77 1 1 12.5
expect 0 "=> exponentials are the limit" "${profile[@]}" cuda/flash/f16/S:64
counts head 20 30 40 8 1 12.5
expect 0 "=> latency is the limit, because no unit is busy; warps are mostly waiting for global memory: fetch earlier" "${profile[@]}" cuda/flash/f16/S:64
counts head 20 30 40 1 8 12.5
expect 0 "mostly waiting at a barrier: .*; or run more warps, whose number shared memory limits: use fewer stages" "${profile[@]}" cuda/flash/f16/S:64

printf '%s\n' '1000,msec,task-clock,1,100' '3000000000,,cycles,1,100' '1500000000,,instructions,1,100' '100000,,cache-references,1,1' \
  '50000,,cache-misses,1,1' >"$work/perf.csv"
expect 0 "=> latency is the limit" "${profile[@]}" cpu/blas/f32/S:64
expect 0 "cache misses: +dry run 20.0 %, head 50.0 %" "${profile[@]}" cpu/blas/f32/S:64
expect 0 "^counts of the whole process, including checks" "${profile[@]}" cpu/blas/f32/S:64
expect 0 "cache misses: +dry run 20.0 %, base 50.0 %, head 50.0 %" "${profile[@]}" cpu/blas/f32/S:64 --base-bin "$work/base"
grep -q -- '--process-seconds=1$' "$work/perf-arguments" || fail "perf counted no samples: $(cat "$work/perf-arguments")"
sed -i 's/^50000/50000000/' "$work/perf.csv"
expect 0 "=> memory is the limit" "${profile[@]}" cpu/blas/f32/S:64
printf '<not supported>,,cycles,0,100\n' >"$work/perf.csv"
expect 4 "perf counted nothing for dry run" "${profile[@]}" cpu/blas/f32/S:64

touch "$work/forbidden"
expect 4 "ncu may not count on this machine" "${profile[@]}" cuda/flash/f16/S:64
rm "$work/tools/ncu"
mkdir "$work/bare"
for tool in bash env sed grep sort head dirname basename cut sha256sum python3 cat mkdir tee; do
  ln -s "$(command -v "$tool")" "$work/bare/$tool"
done
expect 4 "ncu is not installed" env "PATH=$work/bare" "$root/ci/profile.sh" --bin "$work/head" cuda/flash/f16/S:64
expect 2 "no case 'cuda/none'" "${profile[@]}" cuda/none
expect 2 "CASE is missing" "${profile[@]}"
finish
