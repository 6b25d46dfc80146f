#!/usr/bin/env bash
# ci/gpu.sh - runs everything that needs a GPU, in stages: installs, builds, compares the emulator with the GPU, measures a
# small matrix, fuzzes against cuBLAS, runs compute-sanitizer, times PyTorch's attention, measures the matrix ci, and compares
# the times with the baseline. A failed stage is reported and does not stop the next one.
#
#   --minutes M     time for all stages, in minutes (8)
#   --out DIR       where summary.txt and results.tar.gz go, refreshed after every stage (.warpgauge/gpu-results)
#   --bundle DIR    use the bundle of ci/offline-bundle.sh, for a machine without a package registry
#   --no-install    install nothing
#   --help
#
# The archive holds logs, results, reports, recorded test vectors and machine.txt; .warpgauge/gpu has the same files. Needs
# nvcc. In a copy of the tree without .git, results contain $WARPGAUGE_COMMIT as commit. Never changes clocks, power limits or
# MIG. Without --bundle, the installation may take two minutes.
# Exit: 0 every stage that this machine can run is ok; 1 a stage failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-stage.sh
source "$root/ci/lib-stage.sh"
# shellcheck source=ci/lib-cuda.sh
source "$root/ci/lib-cuda.sh"

# The budget of 8 minutes, for 16 processors and a working GPU. Fractions are of the time left after the tests: a slow build
# shortens all later stages alike. Time that a stage does not use goes to the stage bench.
#
#   stage                      limit                          expected, s
#   set-up                     120 s                                5
#   configure, build           all the time left                  105
#   conform                    60 s; 10 s per primitive            15
#   bench-smoke                90 s                                20
#   test-*                     30 s each                           10
#   fuzz-KERNEL                1/18 each, 1/9 for fused kernels,   65
#                              plus 20 s to start
#   memcheck-, racecheck-      1/36 each, plus 25 s to start       70
#   rivals                     1/7, at most 60 s, plus 15 s        45
#   bench                      all the time left but 20 s         130
#   compare                    20 s                                 2
minutes=8 results=$root/.warpgauge/gpu-results bundle='' install=yes
parse_arguments "$@" <<'TABLE'
--minutes     minutes  number 1
--out         results  output
--bundle      bundle   folder
--no-install  install  no
TABLE
results=$(realpath -m -- "$results") # absolute paths, because the script changes to the root of the tree below
[[ -z $bundle ]] || bundle=$(realpath -m -- "$bundle")
[[ $results/ != "$root/.warpgauge/gpu/"* ]] || usage_error "--out: .warpgauge/gpu holds the raw files; name another folder"
open_stages $((minutes * 60)) "$root/.warpgauge/gpu" "$results"

bin=$root/build/cuda/bin
targets=(bench fuzz compare simt_conformance simt_linear_attention_test fuzz_unit_test)
export WARPGAUGE_REQUIRE_GPU=1 # without a GPU, a stage fails instead of being skipped

# briefly COMMAND...: with a time limit, because a command that uses the GPU may hang.
briefly() { timeout --kill-after=5 20 "$@"; }

# name_sources: sets $commit, and writes the hashes of the sources, which identify a copy without .git. In a checkout of the
# same commit, `sha256sum --check sources.sha256` succeeds. Without .git, results name the hash of these hashes as commit.
name_sources() {
  find CMakeLists.txt CMakePresets.json base bench ci cmake compare fuzz kernels tests -type f \
    -not -path '*/__pycache__/*' 2>/dev/null | LC_ALL=C sort | xargs -d '\n' sha256sum >"$raw/sources.sha256" || true
  sources=$(sha256sum <"$raw/sources.sha256" | cut -d ' ' -f 1)
  # Only the repository of this tree, not one in a parent folder.
  if [[ $(git rev-parse --show-toplevel 2>/dev/null) == "$(pwd -P)" ]]; then
    commit=$(git describe --always --dirty --abbrev=40 --exclude='*' || echo "no commit")
  else
    commit="no git${WARPGAUGE_COMMIT:+; WARPGAUGE_COMMIT is $WARPGAUGE_COMMIT}"
    export WARPGAUGE_COMMIT=${WARPGAUGE_COMMIT:-sources-${sources:0:16}}
  fi
}

describe_machine() {
  local tool
  date -u +%FT%TZ
  echo "commit: $commit"
  echo "sources: sha256 $sources of sources.sha256"
  uname -srm
  echo "$(jobs) processors"
  for tool in g++ cmake ninja; do
    echo "$tool: $("$tool" --version 2>/dev/null | head -n 1 | grep . || echo "not installed")"
  done
  nvcc --version | tail -n 2 || echo "nvcc: not installed"
  briefly nvidia-smi || echo "nvidia-smi is not installed or does not answer: is there a GPU?"
}

# compute_capability: prints that of the first GPU, as 90, or nothing.
compute_capability() {
  briefly nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ' |
    grep -xE '[0-9]+' || true
}

# Warnings are not errors here, because an untested compiler may have new ones. Building only for the architecture of the GPU
# keeps the build short; without a GPU it is built for all of them.
configure() {
  local flags=(-DWARPGAUGE_WERROR=OFF "${cublas_flags[@]}")
  if [[ -n $capability ]]; then
    flags+=("-DCMAKE_CUDA_ARCHITECTURES=${capability/#90/90a}-real")
  fi
  stage configure "$(left 0)" cmake --preset cuda "${flags[@]}"
}

readonly unfused='cuda/(naive|cublas)'

# cuda_kernels: prints cuda/NAME of each, fused kernels first.
cuda_kernels() {
  local names
  names=$(briefly "$bin/fuzz" --kernel ^cuda/ --gtest_list_tests 2>/dev/null | sed -n 's#^  cuda_#cuda/#p' || true)
  grep -vxE "$unfused" <<<"$names" | grep . || true
  grep -xE "$unfused" <<<"$names" || true
}

fuzz_each() {
  local kernel seconds unit=$(($1 / 18 + 1))
  for kernel in "${kernels[@]}"; do
    seconds=$((2 * unit))
    [[ ! $kernel =~ ^$unfused$ ]] || seconds=$unit
    stage "fuzz-${kernel#cuda/}" $((seconds + 20)) \
      "$bin/fuzz" --kernel "^$kernel\$" --oracle cublas --seconds "$seconds"
  done
}

# Without cuda/cublas, which would take all of the time. racecheck only for fused kernels, in which warps cooperate.
sanitize_each() {
  local kernel tool seconds=$(($1 / 36 + 1))
  if ! have compute-sanitizer; then
    skip sanitize "compute-sanitizer is not installed"
    return
  fi
  for tool in memcheck racecheck; do
    for kernel in "${kernels[@]}"; do
      [[ $kernel != cuda/cublas && ! ($tool == racecheck && $kernel =~ ^$unfused$) ]] || continue
      stage "$tool-${kernel#cuda/}" $((seconds + 25)) compute-sanitizer --tool "$tool" --error-exitcode 1 \
        "$bin/fuzz" --kernel "^$kernel\$" --oracle cpu --seconds "$seconds"
    done
  done
}

rivals() {
  local python seconds
  python=$(python_with torch)
  if [[ -z $python ]]; then
    skip rivals "no python3 has the module torch"
    return
  fi
  seconds=$(between 10 $(($1 / 7)) 60)
  briefly "$bin/bench" --matrix ci --benchmark_filter=^cuda/ --benchmark_list_tests >"$raw/cases.txt" 2>&1 || true
  stage rivals $((seconds + 15)) "$python" ci/torch_peers.py --cases "$raw/cases.txt" --out "$raw/peers.json" \
    --seconds "$seconds"
}

# The first process checks every case in full, which takes the host about 90 s. The others take 10 s plus the sampling time.
bench() {
  local time processes seconds
  time=$(left 110)
  processes=$(between 3 $((time / 20)) 10)
  seconds=$(between 2 $((time / processes - 10)) 10)
  stage bench "$(left 20)" ci/measure.sh --bin "$bin" --out "$raw/ci" --processes "$processes" -- \
    --benchmark_filter=^cuda/ "--process-seconds=$seconds"
}

cd "$root"
name_sources
capability=$(compute_capability)
{
  describe_machine
  find_cublas "$deps/cublas"
} >"$raw/machine.txt" 2>&1
if [[ -n $bundle ]]; then
  stage set-up 120 ci/setup.sh --bundle "$bundle"
elif [[ $install == yes ]]; then
  stage set-up 120 ci/setup.sh
else
  skip set-up "because of --no-install"
fi
configure
stage build "$(left 0)" cmake --build build/cuda --parallel "$(jobs)" --target "${targets[@]}" -- -k 0

stage conform 60 ci/conform.sh --bin "$bin" --record "$raw/vectors"
stage bench-smoke 90 ci/measure.sh --bin "$bin" --matrix smoke --processes 3 --out "$raw/smoke" -- \
  --benchmark_filter=^cuda/
# The kernel uses Hopper's instructions. If the compute capability is unknown, the test itself reports why it is skipped.
if [[ ${capability:-90} == 90 ]]; then
  stage test-linear-attention 30 "$bin/simt_linear_attention_test" '--gtest_filter=*gpu*'
else
  skip test-linear-attention "for compute capability 9.0 only"
fi
stage test-oracle 30 "$bin/fuzz_unit_test" '--gtest_filter=OracleCublas.*'

mapfile -t kernels < <(cuda_kernels)
share=$(left 0)
if [[ ${#kernels[@]} -gt 0 ]]; then
  fuzz_each "$share"
  sanitize_each "$share"
else
  stage fuzz 20 "$bin/fuzz" --kernel ^cuda/ --seeds 1 # reports why there are none
  skip sanitize "there is no CUDA kernel"
fi
rivals "$share"
bench
stage compare 20 ci/judge.sh --bin "$bin" --head "$raw/ci"

if [[ $failed -eq 0 ]]; then
  say "every stage is ok; the results are in $results"
else
  say "a stage failed; see $results/summary.txt, and the logs in $results/results.tar.gz"
fi
exit "$failed"
