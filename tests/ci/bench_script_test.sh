#!/usr/bin/env bash
# ci/bench.sh with stand-ins for the two programs: how many processes it runs, what it does with and without a baseline,
# and that no failure of either program gets lost.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p "$work/bin" "$work/baselines"
cp -R "$root/ci" "$work/ci"

# The stand-ins keep a record of how they were called, and end with $BENCH_EXIT, $COMPARE_EXIT and $BLESS_EXIT; bench does in
# the process $ONLY_PROCESS alone where that is set.
cat >"$work/bin/bench" <<'STAND_IN'
#!/usr/bin/env bash
echo "bench $*" >>"$RECORD"
for argument in "$@"; do
  [[ $argument != --benchmark_out=* ]] || echo '{}' >"${argument#*=}"
done
[[ -z ${BENCH_HANGS:-} ]] || exec sleep 30
[[ $* == *"/process-${ONLY_PROCESS:-}"* && -n ${BENCH_EXIT:-} ]] || exit 0
echo "last words" >&2
exit "$BENCH_EXIT"
STAND_IN
cat >"$work/bin/compare" <<'STAND_IN'
#!/usr/bin/env bash
echo "compare $*" >>"$RECORD"
case $1 in
  fingerprint) echo cpu-stand-in ;;
  bless)
    [[ -z ${BLESS_EXIT:-} ]] || { echo "refused; --accept RE" && exit "$BLESS_EXIT"; }
    [[ $2 == --baseline ]] && mkdir -p "$3/cpu-stand-in" && echo '{}' >"$3/cpu-stand-in/ci.json"
    ;;
  gate)
    while [[ $# -gt 1 ]]; do
      [[ $1 != --json && $1 != --markdown ]] || echo report >"$2"
      shift
    done
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
# A first round with a wrong case: the report is written, what to do about a slow-down is not said, nothing is kept.
last=$work/.warpgauge/last
COMPARE_EXIT=1 BLESS_EXIT=1 BENCH_EXIT=1 expect 1 "not kept as a first round: a case was wrong or failed" "${bench[@]}"
[[ -s $last/comparison.json && -s $last/comparison.md ]] || fail "a wrong first round has no report"
if grep -q 'accept' "$last/comparison.txt"; then fail "wrong results are told to be accepted: $(cat "$last/comparison.txt")"; fi
BLESS_EXIT=5 expect 5 "^refused; --accept RE" "${bench[@]}"
# A process that crashed: nothing is judged or kept, with or without a baseline, and the last line says why.
: >"$RECORD"
BENCH_EXIT=139 ONLY_PROCESS=2 expect 1 "^bench.sh: exit 1: process 2 of 3 crashed; nothing was judged, and no round is kept" \
  "${bench[@]}"
[[ $(calls compare) -eq 0 && ! -e $work/.warpgauge/cpu-stand-in ]] || fail "a part of a round was judged: $(cat "$RECORD")"
expect 1 "^judge.sh: process 2 of 3 crashed: what there is of this round is neither judged nor kept" \
  "$work/ci/judge.sh" --bin "$work/bin"
expect 124 "" env BENCH_HANGS=1 timeout 1 "$work/ci/measure.sh" --bin "$work/bin" # nor of one that was cut off
expect 1 "^judge.sh: process 1 of 3 did not end: what there is" "$work/ci/judge.sh" --bin "$work/bin"
expect 6 "^measure.sh: process 1 crashed: bench ended with 139; see .warpgauge/last/process-1.log; it said: last words$" \
  env BENCH_EXIT=139 "$work/ci/measure.sh" --bin "$work/bin"
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
for code in 0 4; do # a wrong result outranks these
  BENCH_EXIT=1 COMPARE_EXIT=$code expect 1 "^bench.sh: exit 1: a case was wrong or failed" "${bench[@]}"
done
BENCH_EXIT=1 COMPARE_EXIT=3 expect 3 "verdict" "${bench[@]}"
BENCH_EXIT=2 expect 2 "bench refused its command line" "${bench[@]}"
BENCH_EXIT=139 expect 1 "^bench.sh: exit 1: process 1 of 3 crashed" "${bench[@]}"

mkdir -p "$work/baselines/gpu-other" && echo '{}' >"$work/baselines/gpu-other/ci.json"
rm -rf "$work/.warpgauge"
expect 77 "skipped: no baseline for cpu-stand-in" "${bench[@]}" --need-baseline
BENCH_EXIT=1 expect 1 "skipped: no baseline for cpu-stand-in" "${bench[@]}" --need-baseline
# Said before anything is installed, built or measured.
expect 2 "^bench.sh: --processes is '2'; it takes a whole number, 3 or more$" "$work/ci/bench.sh" --no-install --processes 2
finish
