#!/usr/bin/env bash
# ci/gpu.sh - everything that a GPU machine can tell, in one command: set up, build, fuzz against cuBLAS, hold the emulator
# against the GPU, check the device code with the sanitizer, measure, compare. A stage that fails is told, and does not stop
# the next.
#
#   --minutes M     for all of it (8)
#   --out DIR       logs, results, reports, recorded vectors/ and summary.txt (.warpgauge/gpu)
#   --bundle DIR    no registry here: take what ci/offline-bundle.sh packed
#   --no-install    use what is here
#   --help
#
# Needs nvcc; works in a bare copy of the tree. Never touches clocks, power limits or MIG.
# Exit: 0 every stage that this machine should do is ok; 1 one of them failed; 2 usage.
set -euo pipefail
# shellcheck source=ci/lib.sh
source "$(dirname "$0")/lib.sh"

minutes=8 out=$root/.warpgauge/gpu bundle='' install=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --minutes) minutes=$(value_of "$@"); shift ;;
    --out) out=$(value_of "$@"); shift ;;
    --bundle) bundle=$(value_of "$@"); shift ;;
    --no-install) install=no ;;
    -h | --help) usage "$0" && exit 0 ;;
    *) die "unknown argument '$1'; see $self --help" ;;
  esac
  shift
done
[[ $minutes =~ ^[0-9]+$ && $minutes -ge 1 ]] || die "--minutes is '$minutes'; it takes a whole number, 1 or more"
mkdir -p "$out"
out=$(cd "$out" && pwd)
summary=$out/summary.txt
: >"$summary"

readonly deadline=$((SECONDS + minutes * 60))
bin=$root/build/cuda/bin
failed=0
export WARPGAUGE_REQUIRE_GPU=1 # a stage without a GPU has failed, not passed

left() { echo $((deadline > SECONDS ? deadline - SECONDS : 0)); }

# report NAME STATUS SECONDS NOTE
report() { printf '%-10s %-8s %4ss  %s\n' "$@" | tee -a "$summary"; }

# stage NAME LIMIT_S COMMAND...: at most so many seconds, its output in NAME.log. The note is the log's last line.
stage() {
  local name=$1 limit=$2 log=$out/$1.log begin=$SECONDS code=0 note
  shift 2
  if [[ $limit -le 0 ]]; then
    failed=1
    report "$name" failed 0 "no time left of $minutes minutes"
    return
  fi
  timeout --kill-after=5 "$limit" "$@" >"$log" 2>&1 || code=$?
  note=$(grep -v '^[[:space:]]*$' "$log" | tail -n 1 | cut -c 1-160 || true)
  case $code in
    0) report "$name" ok $((SECONDS - begin)) "$note" ;;
    77) report "$name" skipped $((SECONDS - begin)) "$note" && failed=1 ;;
    124 | 137) report "$name" failed $((SECONDS - begin)) "stopped after $limit s: $note" && failed=1 ;;
    *) report "$name" failed $((SECONDS - begin)) "exit $code: $note" && failed=1 ;;
  esac
}

# skip NAME REASON: for what this machine cannot be expected to do.
skip() { report "$1" skipped 0 "$2"; }

describe_machine() {
  date -u +%FT%TZ
  uname -srm
  nvcc --version | tail -n 2 || echo "no nvcc"
  nvidia-smi || echo "no nvidia-smi: is there a GPU?"
}

# The GPU's own architecture makes the build short; without a GPU it is all of them.
configure=(cmake --preset cuda -DWARPGAUGE_TESTS=OFF)
capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -n 1 | tr -d '. ' || true)
if [[ $capability =~ ^[0-9]+$ ]]; then
  configure+=("-DCMAKE_CUDA_ARCHITECTURES=${capability/#90/90a}-real")
fi

cd "$root"
describe_machine >"$out/machine.txt" 2>&1 || true
if [[ -n $bundle ]]; then
  stage set-up "$(left)" ci/setup.sh --bundle "$bundle"
elif [[ $install == yes ]]; then
  stage set-up "$(left)" ci/setup.sh
else
  skip set-up "--no-install was given"
fi
stage configure "$(left)" "${configure[@]}"
stage build "$(left)" cmake --build build/cuda --parallel "$(jobs)"

# What is left is shared out: a quarter for fuzzing, an eighth for the sanitizer, the rest for measuring.
share=$(left)
fuzz=("$bin/fuzz" --kernel "^cuda/" --oracle cublas)
stage fuzz $((share / 4 + 20)) "${fuzz[@]}" --seconds $((share / 4))
stage conform $((share / 8 + 20)) "$bin/simt_conformance" --record "$out/vectors"
if have compute-sanitizer; then
  stage sanitize $((share / 8 + 20)) compute-sanitizer --error-exitcode 1 "${fuzz[@]}" --seconds $((share / 8))
else
  skip sanitize "compute-sanitizer is not installed"
fi
readonly processes=5
share=$((($(left) - 15) / processes))
stage bench $((share < 1 ? 0 : $(left))) ci/measure.sh --bin "$bin" --out "$out" --processes $processes -- \
  --benchmark_filter=^cuda/ --process-seconds=$((share < 15 ? share : 15))
stage compare "$(left)" ci/judge.sh --bin "$bin" --head "$out"

if [[ $failed -eq 0 ]]; then
  say "every stage is ok; all of it is in $out"
else
  say "not every stage is ok; see $summary and the logs beside it"
fi
exit "$failed"
