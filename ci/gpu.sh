#!/usr/bin/env bash
# ci/gpu.sh - everything that a GPU machine can tell, in one command: set up, build, hold the emulator against the
# GPU, measure a little, fuzz against cuBLAS, check the device code with the sanitizer, time the rivals, measure,
# compare. A stage that fails is told, and does not stop the next.
#
#   --minutes M     for all of it (8)
#   --out DIR       summary.txt, and results.tar.gz: logs, results, reports, recorded vectors/, machine.txt; both are
#                   refreshed after every stage (.warpgauge/gpu-results)
#   --bundle DIR    no registry here: take what ci/offline-bundle.sh packed; without, set-up may take two minutes
#   --no-install    use what is here
#   --help
#
# Needs nvcc; works in a bare copy of the tree, whose commit WARPGAUGE_COMMIT may tell; results name it. Never touches
# clocks, power limits or MIG. Raw files: .warpgauge/gpu.
# Exit: 0 every stage that this machine should do is ok; 1 one of them failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=ci/lib-stage.sh
source "$root/ci/lib-stage.sh"
# shellcheck source=ci/lib-cuda.sh
source "$root/ci/lib-cuda.sh"

# The budget of 8 minutes, for 16 processors and a GPU that works. Shares are of what is left after the tests: a slow
# build takes from all stages alike, and a stage that ends early gives to the large matrix.
#
#   stage                      at most                        expected, s
#   set-up                     120                                  5
#   configure, build           all that is left                   105
#   conform                    60; 10 a primitive                  15
#   bench-smoke                90                                  20
#   test-*                     30 each                             10
#   fuzz-KERNEL                1/18 of what is left, fused ones    65
#                              twice that; and 20 to begin
#   memcheck-, racecheck-      1/36 each; and 25 to begin          70
#   rivals                     1/7, 60 at most; and 15             45
#   bench                      all that is left less compare's    130
#   compare                    20                                   2
minutes=8 results=$root/.warpgauge/gpu-results bundle='' install=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --minutes) minutes=$(value_of "$@"); shift ;;
    --out) results=$(value_of "$@"); shift ;;
    --bundle) bundle=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
minutes=$(whole_number --minutes "$minutes" 1)
results=$(realpath -m -- "$results") # absolute, both: from here on this script stands in the tree
[[ -z $bundle ]] || bundle=$(realpath -m -- "$bundle")
[[ $results/ != "$root/.warpgauge/gpu/"* ]] || die "--out is where the raw files go; name another folder"
open_stages $((minutes * 60)) "$root/.warpgauge/gpu" "$results"

bin=$root/build/cuda/bin
targets=(bench fuzz compare simt_conformance simt_linear_attention_test fuzz_unit_test)
export WARPGAUGE_REQUIRE_GPU=1 # a stage without a GPU has failed, not passed

# briefly COMMAND...: whatever touches the GPU may hang.
briefly() { timeout --kill-after=5 20 "$@"; }

# name_sources: leaves $commit, and the sources' hashes, for a copy without .git: in a checkout of the same commit,
# `sha256sum --check sources.sha256` finds no difference. There, the results name the sources by the hash of these hashes.
name_sources() {
  find CMakeLists.txt CMakePresets.json bench ci cmake compare fuzz kernels tests -type f \
    -not -path '*/__pycache__/*' 2>/dev/null | LC_ALL=C sort | xargs -d '\n' sha256sum >"$raw/sources.sha256" || true
  sources=$(sha256sum <"$raw/sources.sha256" | cut -d ' ' -f 1)
  # Not that of a repository which the copy happens to lie in.
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
    echo "$tool: $("$tool" --version 2>/dev/null | head -n 1 | grep . || echo "not here")"
  done
  nvcc --version | tail -n 2 || echo "no nvcc"
  briefly nvidia-smi || echo "nvidia-smi is not here, or does not answer: is there a GPU?"
}

# compute_capability: of the first GPU, as 90; nothing where there is none.
compute_capability() {
  briefly nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ' |
    grep -xE '[0-9]+' || true
}

# A compiler that nobody has tried may warn of something new: that is no reason to have nothing. The GPU's own
# architecture makes the build short; without a GPU it is all of them.
configure() {
  local flags=(-DWARPGAUGE_WERROR=OFF "${cublas_flags[@]}")
  if [[ -n $capability ]]; then
    flags+=("-DCMAKE_CUDA_ARCHITECTURES=${capability/#90/90a}-real")
  fi
  stage configure "$(left 0)" cmake --preset cuda "${flags[@]}"
}

readonly unfused='cuda/(naive|cublas)'

# cuda_kernels: as cuda/NAME, the fused ones first.
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

# Our own device code alone: cuBLAS would take all of the time. Races only where warps work together: in the fused ones.
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
    skip rivals "no python3 here has torch"
    return
  fi
  seconds=$(between 10 $(($1 / 7)) 60)
  briefly "$bin/bench" --matrix ci --benchmark_filter=^cuda/ --benchmark_list_tests >"$raw/cases.txt" 2>&1 || true
  stage rivals $((seconds + 15)) "$python" ci/torch_peers.py --cases "$raw/cases.txt" --out "$raw/peers.json" \
    --seconds "$seconds"
}

# The first process checks every case in full, which takes the host about 90 s; the others 10 s and their samples' time.
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
  skip set-up "--no-install was given"
fi
configure
stage build "$(left 0)" cmake --build build/cuda --parallel "$(jobs)" --target "${targets[@]}" -- -k 0

stage conform 60 ci/conform.sh --bin "$bin" --record "$raw/vectors"
stage bench-smoke 90 ci/measure.sh --bin "$bin" --matrix smoke --processes 3 --out "$raw/smoke" -- \
  --benchmark_filter=^cuda/
# It is made of what Hopper alone has. Where the GPU does not say what it is, the test says why it does nothing.
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
  stage fuzz 20 "$bin/fuzz" --kernel ^cuda/ --seeds 1 # says why there are none
  skip sanitize "no kernel to check"
fi
rivals "$share"
bench
stage compare 20 ci/judge.sh --bin "$bin" --head "$raw/ci"

if [[ $failed -eq 0 ]]; then
  say "every stage is ok; all of it is in $results"
else
  say "not every stage is ok; see $results/summary.txt, and the logs in results.tar.gz beside it"
fi
exit "$failed"
