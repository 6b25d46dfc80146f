#!/usr/bin/env bash
# ci/gpu.sh with stand-ins for the build and all programs: what it calls, in which order and for how long, and what --out holds
# afterwards. In an empty tree every stage fails with a reason, none stops the next, and the exit code is 1. Also ci/conform.sh.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

export RECORD=$work/record WORK=$work
cp -R "$root/ci" "$work/ci"
summary() { grep -qE "$1" "$work/out/summary.txt" || fail "no '$1' in: $(cat "$work/out/summary.txt")"; }
recorded() { grep -qE -- "$1" "$RECORD" || fail "not called: '$1' in: $(cat "$RECORD")"; }
unpacked() {
  rm -rf "$work/gpu"
  tar -xzf "$work/out/results.tar.gz" -C "$work" || fail "no archive"
  [[ -e $work/gpu/$1 ]] || fail "not in the archive: $1"
}
# before A B: the first call that matches A comes before the first that matches B.
line_of() { grep -nE -m 1 -- "$1" "$RECORD" | cut -d : -f 1; }
before() { [[ $(line_of "$1") -lt $(line_of "$2") ]] || fail "'$1' does not come before '$2': $(cat "$RECORD")"; }

# An empty tree.
expect 1 "a stage failed; see $work/out/summary.txt" "$work/ci/gpu.sh" --no-install --minutes 1 --out "$work/out"
for stage in configure build conform bench-smoke test-linear-attention test-oracle fuzz bench compare; do
  summary "^$stage +failed +[0-9]+s  (exit|stopped)"
  unpacked "$stage.log"
done
summary "^set-up +skipped +0s  ."
unpacked machine.txt

# Everything works. The stand-in of cmake copies the programs to where a build puts them.
mkdir -p "$work/tools" "$work/programs" "$work/site/torch"
touch "$work/site/torch/__init__.py"
cat >"$work/tools/cmake" <<'STAND_IN'
#!/usr/bin/env bash
[[ $1 != --version ]] || exit 0
echo "cmake $*" >>"$RECORD"
[[ -z ${WARPGAUGE_COMMIT:-} ]] || echo "WARPGAUGE_COMMIT=$WARPGAUGE_COMMIT" >>"$RECORD"
[[ $1 != --build ]] || { mkdir -p build/cuda/bin && cp "$WORK/programs"/* build/cuda/bin; }
STAND_IN
cat >"$work/tools/nvidia-smi" <<'STAND_IN'
#!/usr/bin/env bash
[[ -z ${GPU_HANGS:-} ]] || exec sleep 30
echo "${CAPABILITY:-9.0}"
STAND_IN
cat >"$work/tools/timeout" <<STAND_IN
#!/usr/bin/env bash
echo "timeout \$*" >>"\$RECORD"
[[ \${3:-} != nvidia-smi ]] || set -- "\$1" 1 "\${@:3}" # to save time: one second instead of 20
exec $(command -v timeout) "\$@"
STAND_IN
cat >"$work/tools/nvcc" <<'STAND_IN'
#!/usr/bin/env bash
[[ $* != *-lcublas* || -z ${CUBLAS_IS_ABSENT:-} ]]
STAND_IN
cat >"$work/tools/compute-sanitizer" <<'STAND_IN'
#!/usr/bin/env bash
echo "sanitizer $*" >>"$RECORD"
STAND_IN
cat >"$work/programs/fuzz" <<'STAND_IN'
#!/usr/bin/env bash
if [[ $* == *--gtest_list_tests* ]]; then
  printf 'fuzz.\n'; printf '  cuda_%s\n' naive cublas flash_mma decode_split_kv
else
  echo "fuzz $*" >>"$RECORD"; echo "fuzzed"
fi
STAND_IN
cat >"$work/programs/bench" <<'STAND_IN'
#!/usr/bin/env bash
echo "bench $*" >>"$RECORD"
for argument in "$@"; do
  [[ $argument != --benchmark_out=* ]] || echo '{}' >"${argument#*=}"
done
[[ -z ${BENCH_CRASHES:-} || $* != *ci/unfinished/process-2.json* ]] || exit 139
STAND_IN
cat >"$work/programs/compare" <<'STAND_IN'
#!/usr/bin/env bash
echo "compare $*" >>"$RECORD"
case $1 in fingerprint) echo gpu-stand-in ;; gate) echo "verdict: pass" ;; esac
STAND_IN
cat >"$work/programs/simt_conformance" <<'STAND_IN'
#!/usr/bin/env bash
case $* in
  --list) printf '%s\n' "${PRIMITIVES:-shuffle}" ;;
  *hang*) printf 'hang (nop): '; exec sleep 100 ;;
  *crash*) printf 'crash (nop): '; kill -SEGV $$ ;;
  *wrong*) printf 'wrong (nop): WRONG, word 0\n1 primitives on none\n'; exit 1 ;;
  *absent*) printf 'absent (nop): n/a, it needs sm_90a\n'; exit 77 ;;
  *)
    [[ $* != *--record* ]] || { mkdir -p "${!#}" && touch "${!#}/shuffle.json"; }
    printf 'shuffle (nop): ok\n1 primitives on none\n'
    ;;
esac
STAND_IN
for program in simt_linear_attention_test fuzz_unit_test; do
  cat >"$work/programs/$program" <<'STAND_IN'
#!/usr/bin/env bash
echo "$(basename "$0") $*" >>"$RECORD"
echo "${GTEST:-[  PASSED  ] 1 test.}"
STAND_IN
done
cat >"$work/ci/setup.sh" <<'STAND_IN'
#!/usr/bin/env bash
echo "setup $*" >>"$RECORD"
STAND_IN
cat >"$work/ci/torch_peers.py" <<'STAND_IN'
import os, sys
print("rivals", *sys.argv[1:], file=open(os.environ["RECORD"], "a"))
STAND_IN
chmod +x "$work/tools"/* "$work/programs"/*
gpu=(env "PATH=$work/tools:$PATH" "PYTHONPATH=$work/site" "$work/ci/gpu.sh" --minutes 8)

mkdir "$work/bundle"
rm -rf "$work/out"
: >"$RECORD"
cd "$work"
expect 0 "every stage is ok; the results are in $work/out" "${gpu[@]}" --out out --bundle bundle
recorded "^setup --bundle $work/bundle\$"
recorded "^cmake --preset cuda -DWARPGAUGE_WERROR=OFF -DCMAKE_CUDA_ARCHITECTURES=90a-real\$"
recorded "^cmake --build .* fuzz compare simt_conformance simt_linear_attention_test fuzz_unit_test -- -k 0\$"

# Each kernel in its own process, fused kernels first, in total at most half of the time.
seconds=0
for kernel in flash_mma decode_split_kv naive cublas; do
  recorded "^fuzz --kernel \^cuda/$kernel\\$ --oracle cublas --seconds [0-9]+\$"
  seconds=$((seconds + $(sed -n "s/^fuzz .*cuda.$kernel.*--seconds //p" "$RECORD")))
  summary "^fuzz-$kernel +ok "
done
[[ $seconds -gt 60 && $seconds -le 240 ]] || fail "$seconds s of 480 for fuzzing"
[[ $(grep -c '^fuzz ' "$RECORD") -eq 4 ]] || fail "not four processes of fuzz"
before '^fuzz .*flash_mma' '^fuzz .*naive'
before '^fuzz .*decode_split_kv' '^fuzz .*naive'

# The order: small matrix, tests, fuzz, sanitizer, rivals, large matrix.
[[ $(grep -c '^bench --matrix smoke --benchmark_out' "$RECORD") -eq 3 ]] || fail "not three processes of the small matrix"
[[ $(grep -c '^bench --matrix ci --benchmark_out' "$RECORD") -ge 3 ]] || fail "fewer than three processes of ci"
before '^cmake --build' '^bench --matrix smoke'
before '^bench --matrix smoke' '^simt_linear_attention_test --gtest_filter=\*gpu\*'
before '^fuzz_unit_test --gtest_filter=OracleCublas' '^fuzz '
before '^fuzz ' '^sanitizer'
before '^sanitizer' '^rivals --cases'
before '^rivals' '^bench --matrix ci --benchmark_out'
before '^bench --matrix ci --benchmark_out' '^compare'
recorded "--process-seconds=([2-9]|10)\$"
recorded "^sanitizer --tool memcheck .*\^cuda/flash_mma\\$ --oracle cpu"
recorded "^sanitizer --tool racecheck .*\^cuda/decode_split_kv\\$ --oracle cpu"
if grep -E '^sanitizer .*cublas' "$RECORD"; then fail "the sanitizer checks cuBLAS"; fi

# Two files hold all results.
[[ $(ls -A "$work/out") == $'results.tar.gz\nsummary.txt' ]] || fail "in --out: $(ls -A "$work/out")"
for file in summary.txt machine.txt build.log ci/process-1.json smoke/process-3.json vectors/shuffle.json cases.txt; do
  unpacked "$file"
done
expect 2 "name another folder" "${gpu[@]}" --no-install --out "$work/.warpgauge/gpu/out"

# Without a bundle, a slow package source must not take all of the time.
: >"$RECORD"
expect 0 "" "${gpu[@]}" --out out
recorded "^timeout --kill-after=5 120 ci/setup.sh\$"

# machine.txt names the commit and the tools. In a copy without .git, the hashes of the sources identify it, and the build gets
# that name.
unpacked machine.txt
for line in "commit: no git" "sources: sha256 $(sha256sum <"$work/gpu/sources.sha256" | cut -c 1-64) of sources.sha256" "g\+\+: ." \
  "cmake: not installed" "ninja: ."; do
  grep -qE "^$line" "$work/gpu/machine.txt" || fail "no '$line' in: $(cat "$work/gpu/machine.txt")"
done
(cd "$work" && sha256sum --check --quiet gpu/sources.sha256) || fail "hashes of something else"
recorded "^WARPGAUGE_COMMIT=sources-[0-9a-f]{16}\$"
WARPGAUGE_COMMIT=v1 expect 0 "" "${gpu[@]}" --no-install --out out
recorded "^WARPGAUGE_COMMIT=v1\$"
unpacked machine.txt
grep -q "^commit: no git; WARPGAUGE_COMMIT is v1$" "$work/gpu/machine.txt" || fail "no commit: $(cat "$work/gpu/machine.txt")"
git=(git -C "$work" -c user.name=test -c user.email=test@example.org)
"${git[@]}" init --quiet && "${git[@]}" add ci && "${git[@]}" commit --quiet --message first
expect 0 "" "${gpu[@]}" --no-install --out out
unpacked machine.txt
grep -qx "commit: $("${git[@]}" rev-parse HEAD)" "$work/gpu/machine.txt" || fail "no commit: $(cat "$work/gpu/machine.txt")"
rm -rf "$work/.git"

# On another GPU than Hopper, stages that need Hopper are skipped.
: >"$RECORD"
CAPABILITY=8.9 expect 0 "test-linear-attention +skipped +0s  for compute capability 9.0 only" "${gpu[@]}" --no-install --out out
recorded "DCMAKE_CUDA_ARCHITECTURES=89-real\$"

# A hanging driver costs seconds, not all of the time.
begin=$SECONDS
GPU_HANGS=1 expect 0 "" "${gpu[@]}" --no-install --out out
[[ $((SECONDS - begin)) -lt 20 ]] || fail "a hanging nvidia-smi cost $((SECONDS - begin)) s"
unpacked machine.txt
grep -q "^nvidia-smi is not installed or does not answer" "$work/gpu/machine.txt" || fail "not in machine.txt: $(cat "$work/gpu/machine.txt")"

# A process crashed: an incomplete round is not judged.
: >"$RECORD"
BENCH_CRASHES=1 expect 1 "^bench +failed +[0-9]+s  exit code 6: measure.sh: error: process 2 of [0-9]+ crashed with exit code 139" "${gpu[@]}" \
  --no-install --out out
summary "^compare +failed +[0-9]+s  exit code 1: judge.sh: error: the last round did not finish: process 2 of [0-9]+ crashed"
if grep '^compare' "$RECORD"; then fail "a part of a round was judged"; fi

# A skipped test is not ok, although GoogleTest ends with 0.
export GTEST='[  SKIPPED ] OracleCublas.Agrees (0 ms)'
expect 1 "test-oracle +skipped +[0-9]+s" "${gpu[@]}" --no-install --out out
unset GTEST

# cuBLAS from a wheel, under all the names that a linker looks for; and no cuBLAS.
wheel=$work/site/nvidia/cu13
mkdir -p "$wheel/lib" "$wheel/include"
touch "$wheel/lib/libcublas.so.13" "$wheel/lib/libcublasLt.so.13" "$wheel/include"/{cublas_v2,cuda_runtime}.h
export CUBLAS_IS_ABSENT=1
expect 0 "" "${gpu[@]}" --no-install --out out
recorded "-DCUDA_cublas_LIBRARY=$work/.deps/cublas/lib/libcublas.so -DCUDA_cublasLt_LIBRARY=$work/.deps/.*Lt.so"
recorded "-DCMAKE_CUDA_FLAGS=-I$work/.deps/cublas/include"
for file in lib/libcublas.so lib/libcublas.so.13 lib/libcublasLt.so include/cublas_v2.h; do
  [[ -f $work/.deps/cublas/$file ]] || fail "no $file"
done
[[ ! -e $work/.deps/cublas/include/cuda_runtime.h ]] || fail "the headers of the runtime must come from nvcc"
unpacked machine.txt
grep -q "^cuBLAS: the wheel in $wheel" "$work/gpu/machine.txt" || fail "not in machine.txt: $(cat "$work/gpu/machine.txt")"
rm -r "$wheel"
expect 0 "" "${gpu[@]}" --no-install --out out
unpacked machine.txt
grep -q "^cuBLAS: not found" "$work/gpu/machine.txt" || fail "not in machine.txt: $(cat "$work/gpu/machine.txt")"

# Primitives: one that hangs or crashes is named, and the others are still checked.
conform=("$work/ci/conform.sh" --bin "$work/programs" --seconds 1)
export PRIMITIVES=$'hang\ncrash\nwrong\nabsent\nshuffle'
expect 1 "1 primitives agree, 1 are not applicable; wrong or failed: wrong; ended without a result: hang crash\$" \
  "${conform[@]}"
expect 1 "^hang \(nop\): \$" "${conform[@]}"
expect 1 "^hang: stopped after 1 s\$" "${conform[@]}"
expect 1 "^crash: ended with exit code 139\$" "${conform[@]}"
PRIMITIVES=absent expect 77 "no primitive could be checked: absent \(nop\): n/a" "${conform[@]}"
# Terminated, it prints the results so far; 124 is the exit code of timeout.
expect 124 "^shuffle \(nop\): ok" timeout 2 "$work/ci/conform.sh" --bin "$work/programs" --jobs 8
finish
