#!/usr/bin/env bash
# ci/bench.sh, ci/measure.sh and ci/judge.sh with stand-ins for the programs: the number of processes, the order of the output,
# the behaviour with and without a baseline, the exit codes. Wrong arguments and crashes leave the last round as it was.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"

mkdir -p "$work/bin" "$work/baselines"
cp -R "$root/ci" "$root/CMakePresets.json" "$work/"

# The stand-ins record their calls. They end with $LIST_EXIT, $BENCH_EXIT, $CHECK_EXIT, $SHOW_EXIT, $COMPARE_EXIT and
# $BLESS_EXIT; $ONLY_PROCESS limits $BENCH_EXIT to one process.
cat >"$work/bin/bench" <<'STAND_IN'
#!/usr/bin/env bash
if [[ $* == *--benchmark_list_tests* ]]; then
  echo "list $*" >>"$RECORD"
  [[ -z ${LIST_EXIT:-} ]] || echo "bench: the matrices are ci, seed" >&2
  exit "${LIST_EXIT:-0}"
fi
echo "bench $*" >>"$RECORD"
for argument in "$@"; do
  [[ $argument != --benchmark_out=* ]] || echo "${ROUND:-{\}}" >"${argument#*=}"
done
[[ -z ${BENCH_HANGS:-} ]] || exec sleep 30
[[ $* == *"/process-${ONLY_PROCESS:-}"* && -n ${BENCH_EXIT:-} ]] || exit 0
echo "last words" >&2
exit "$BENCH_EXIT"
STAND_IN
cat >"$work/bin/compare" <<'STAND_IN'
#!/usr/bin/env bash
case $1 in
  ab) if [[ $2 == --help ]]; then echo "  --check      checks"; exit; fi ;;
  gate) if [[ $2 == --help ]]; then echo "  --brief      verdict only"; exit; fi ;;
esac
echo "compare $*" >>"$RECORD"
case $1 in
  fingerprint) echo cpu-stand-in ;;
  show) echo "a table of results" && exit "${SHOW_EXIT:-0}" ;;
  ab) exit "${CHECK_EXIT:-0}" ;;
  bless)
    [[ -z ${BLESS_EXIT:-} ]] || { echo "refused; --accept RE" && exit "$BLESS_EXIT"; }
    [[ $2 == --baseline ]] && mkdir -p "$3/cpu-stand-in" && echo '{}' >"$3/cpu-stand-in/ci.json"
    ;;
  gate)
    [[ $* != *--brief* ]] || echo "brief"
    while [[ $# -gt 1 ]]; do
      [[ $1 != --json && $1 != --markdown ]] || echo report >"$2"
      shift
    done
    echo "verdict: pass"
    exit "${COMPARE_EXIT:-0}"
    ;;
esac
STAND_IN
chmod +x "$work/bin/bench" "$work/bin/compare"
export RECORD=$work/record

bench=("$work/ci/bench.sh" --bin "$work/bin")
last=$work/.warpgauge/last
calls() { grep -c "^$1" "$RECORD" || true; }
# round: what the files of the last round hold.
round() { cat "$last"/process-*.json | sort -u; }

: >"$RECORD"
expect 77 "skipped: there is no baseline of any hardware for matrix ci" "${bench[@]}" --need-baseline
[[ $(calls bench) -eq 0 && $(calls compare) -eq 0 ]] || fail "a skipped run measured: $(cat "$RECORD")"

expect 0 "not kept, because --filter selected a part" "${bench[@]}" --filter blas
[[ ! -e $work/.warpgauge/cpu-stand-in ]] || fail "a part was kept as a first round"

# A first round with a wrong case: the report is written, the advice for slower cases is not printed, nothing is kept.
: >"$RECORD"
COMPARE_EXIT=1 BLESS_EXIT=1 BENCH_EXIT=1 expect 1 "wrong or failed; the round is not kept as the first one" "${bench[@]}"
[[ -s $last/comparison.json && -s $last/comparison.md ]] || fail "a wrong first round has no report"
if grep -q 'accept' "$last/comparison.txt"; then fail "advice to accept wrong results: $(cat "$last/comparison.txt")"; fi
BLESS_EXIT=5 expect 5 "^refused; --accept RE" "${bench[@]}"
BLESS_EXIT=5 expect 5 "^judge.sh: error: compare bless ended with exit code 5; the round is not kept" "${bench[@]}"

# A process that crashed: there is no verdict, nothing is kept, with or without a baseline, and the last line gives the reason.
: >"$RECORD"
BENCH_EXIT=139 ONLY_PROCESS=2 expect 1 \
  "^bench.sh: error: process 2 of 3 crashed with exit code 139; there is no verdict, and the round is not kept" "${bench[@]}"
[[ $(calls compare) -eq 0 && ! -e $work/.warpgauge/cpu-stand-in ]] || fail "a part of a round was judged: $(cat "$RECORD")"
expect 1 "^judge.sh: error: the last round did not finish: process 2 of 3 crashed" "$work/ci/judge.sh" --bin "$work/bin"
expect 124 "" env BENCH_HANGS=1 timeout 1 "$work/ci/measure.sh" --bin "$work/bin" # nor one that was terminated
expect 1 "^judge.sh: error: the last round did not finish: process 1 of 3 did not end" "$work/ci/judge.sh" --bin "$work/bin"
expect 6 "^measure.sh: error: process 1 of 3 crashed with exit code 139; see .warpgauge/last/unfinished/process-1.log; its \
last line: last words$" env BENCH_EXIT=139 "$work/ci/measure.sh" --bin "$work/bin"

# A first round: the table, where it is kept, and the verdict of compare in its brief form.
rm -r "$work/.warpgauge"
: >"$RECORD"
first=$("${bench[@]}")
[[ $(calls 'bench --matrix ci') -eq 3 ]] || fail "not three processes: $(cat "$RECORD")"
[[ $(calls 'compare bless --baseline .*/\.warpgauge --head .*/process-1.json') -eq 1 ]] || fail "no first round was kept: $(cat "$RECORD")"
grep -A 9 '^a table of results$' <<<"$first" | grep -A 9 '^judge.sh: there is no baseline of this hardware' |
  grep -A 9 '^judge.sh: the round is kept as the first one in .warpgauge/cpu-stand-in/ci.json' |
  grep -A 9 '^brief$' | grep -q '^verdict: pass$' || fail "a first round prints: $first"

# With a baseline: the table, then the report.
: >"$RECORD"
expect 0 "^verdict: pass$" "${bench[@]}" --processes 5
[[ $(calls bench) -eq 5 && $(calls 'compare bless') -eq 0 && $(calls 'compare .*--brief') -eq 0 ]] || fail "with a baseline: $(cat "$RECORD")"
"${bench[@]}" 2>&1 | grep -A 9 '^a table of results$' | grep -q '^verdict: pass$' || fail "no table before the verdict"

# What is refused, or does not finish, leaves the last round and its report as they were.
ROUND=old "${bench[@]}" >/dev/null 2>&1
: >"$RECORD"
export ROUND=new
LIST_EXIT=2 expect 2 "^bench: the matrices are ci, seed" "${bench[@]}" --matrix smok
LIST_EXIT=2 expect 2 "^bench.sh: error: bench does not accept these arguments, see the line above; nothing was measured" \
  "${bench[@]}" --matrix smok
LIST_EXIT=2 expect 2 "^bench.sh: error: bench does not accept" "${bench[@]}" --matrix smok --need-baseline
LIST_EXIT=2 expect 2 "^measure.sh: error: bench does not accept" "$work/ci/measure.sh" --bin "$work/bin" -- --benchmark_filter='['
CHECK_EXIT=2 expect 2 "^bench.sh: error: compare does not accept these arguments" "${bench[@]}" --filter '['
LIST_EXIT=139 expect 1 "^bench.sh: error: bench could not list its cases: it ended with exit code 139" "${bench[@]}"
[[ $(calls bench) -eq 0 ]] || fail "measured with wrong arguments: $(cat "$RECORD")"
[[ $(calls 'list --matrix smok') -eq 3 && $(calls 'compare ab --check .* --filter \[') -eq 1 ]] || fail "not asked: $(cat "$RECORD")"
for trouble in BENCH_EXIT=139 BENCH_EXIT=2; do
  env "$trouble" "${bench[@]}" >/dev/null 2>&1 && fail "$trouble is a success"
done
timeout 1 env BENCH_HANGS=1 "${bench[@]}" >/dev/null 2>&1 && fail "a terminated run is a success"
[[ $(round) == old && -s $last/comparison.json ]] || fail "the last round is gone: $(ls "$last")"
"${bench[@]}" >/dev/null 2>&1
[[ $(round) == new && ! -e $last/unfinished ]] || fail "the new round is not in place: $(ls "$last")"
unset ROUND

for code in 1 3 4 5; do
  COMPARE_EXIT=$code expect "$code" "verdict" "${bench[@]}"
done
SHOW_EXIT=3 expect 3 "a table of results" "${bench[@]}"
for code in 0 4; do # a wrong result outranks these
  BENCH_EXIT=1 COMPARE_EXIT=$code expect 1 "^bench.sh: error: a case was wrong or failed during the measurement" "${bench[@]}"
done
BENCH_EXIT=1 COMPARE_EXIT=3 expect 3 "verdict" "${bench[@]}"
BENCH_EXIT=2 expect 2 "^measure.sh: error: bench does not accept these arguments" "${bench[@]}"
BENCH_EXIT=139 expect 1 "^bench.sh: error: process 1 of 3 crashed with exit code 139" "${bench[@]}"

mkdir -p "$work/baselines/gpu-other" && echo '{}' >"$work/baselines/gpu-other/ci.json"
rm -rf "$work/.warpgauge"
expect 77 "skipped: there is no baseline of cpu-stand-in for matrix ci" "${bench[@]}" --need-baseline
BENCH_EXIT=1 expect 1 "skipped: there is no baseline of cpu-stand-in" "${bench[@]}" --need-baseline
finish
