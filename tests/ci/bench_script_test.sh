#!/usr/bin/env bash
# ci/bench.sh with stand-ins for the two programs: how many processes it runs, what it does with and without a baseline,
# and that no failure of either program gets lost.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p "$work/bin" "$work/baselines"
cp -R "$root/ci" "$work/ci"

# The stand-ins keep a record of how they were called, and end with $BENCH_EXIT and $COMPARE_EXIT.
cat >"$work/bin/bench" <<'STAND_IN'
#!/usr/bin/env bash
echo "bench $*" >>"$RECORD"
for argument in "$@"; do
  [[ $argument != --benchmark_out=* ]] || echo '{}' >"${argument#*=}"
done
exit "${BENCH_EXIT:-0}"
STAND_IN
cat >"$work/bin/compare" <<'STAND_IN'
#!/usr/bin/env bash
echo "compare $*" >>"$RECORD"
case $1 in
  fingerprint) echo cpu-stand-in ;;
  bless)
    [[ $2 == --baseline ]] && mkdir -p "$3/cpu-stand-in" && echo '{}' >"$3/cpu-stand-in/ci.json"
    ;;
  gate)
    echo "smallest detectable change 4.0 % (processes assumed to deviate); verdict: pass"
    exit "${COMPARE_EXIT:-0}"
    ;;
esac
STAND_IN
chmod +x "$work/bin/bench" "$work/bin/compare"
export RECORD=$work/record

bench=("$work/ci/bench.sh" --bin "$work/bin")
calls() { grep -c "^$1" "$RECORD" || true; }

: >"$RECORD"
expect 77 "skipped: there is no baseline for any hardware" "${bench[@]}" --need-baseline
[[ $(calls .) -eq 0 ]] || fail "a skipped run called a program"

expect 0 "not kept; run without a filter" "${bench[@]}" --filter blas
[[ ! -e $work/.warpgauge/cpu-stand-in ]] || fail "a part was kept as a first round"

: >"$RECORD"
expect 0 "no baseline for this hardware \(cpu-stand-in, matrix ci\)" "${bench[@]}"
said=$(rm -r "$work/.warpgauge" && "${bench[@]}")
grep -q '^smallest detectable change 4.0 % (.*)$' <<<"$said" || fail "a first round does not say what it could show: $said"
: >"$RECORD" && rm -r "$work/.warpgauge" && "${bench[@]}" >/dev/null
[[ $(calls 'bench --matrix ci') -eq 3 ]] || fail "not three processes: $(cat "$RECORD")"
[[ $(calls 'compare bless --baseline .*/\.warpgauge --head .*/process-1.json') -eq 1 ]] || fail "no first round was kept: $(cat "$RECORD")"

: >"$RECORD"
expect 0 "^smallest detectable change 4.0 % .*; verdict: pass$" "${bench[@]}" --processes 5
[[ $(calls bench) -eq 5 && $(calls 'compare bless') -eq 0 ]] || fail "with a baseline: $(cat "$RECORD")"

for code in 1 3 4 5; do
  COMPARE_EXIT=$code expect "$code" "verdict" "${bench[@]}"
done
BENCH_EXIT=1 expect 1 "a case was wrong or failed" "${bench[@]}"
BENCH_EXIT=1 COMPARE_EXIT=4 expect 4 "a case was wrong or failed" "${bench[@]}"
BENCH_EXIT=2 expect 2 "bench refused its command line" "${bench[@]}"
BENCH_EXIT=139 expect 1 "bench ended with 139" "${bench[@]}"

mkdir -p "$work/baselines/gpu-other" && echo '{}' >"$work/baselines/gpu-other/ci.json"
rm -rf "$work/.warpgauge"
expect 77 "skipped: no baseline for cpu-stand-in" "${bench[@]}" --need-baseline
finish
