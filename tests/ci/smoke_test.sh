#!/usr/bin/env bash
# The smoke test of a machine: `compare bless --smoke` writes minima from real results, and `bench --assert-min` compares a run
# with them. It fails for a case below its minimum, a case that was not timed, other hardware, and a missing required GPU.
set -euo pipefail
# shellcheck source=tests/ci/lib.sh
source "$(dirname "$0")/lib.sh" "$1"
bench=$2 compare=$3
cd "$work"

smoke=("$bench" --matrix smoke --benchmark_filter=^cpu/ --process-seconds=0.5)
[[ $("${smoke[@]}" --benchmark_list_tests=true 2>/dev/null) == cpu/* ]] || smoke[3]=--benchmark_filter=.
"${smoke[@]}" --benchmark_out=1.json >/dev/null
"${smoke[@]}" --benchmark_out=2.json >/dev/null
bless=("$compare" bless --smoke --baseline baselines --reason first --head 1.json 2.json)

# A margin of 95 %, because this machine may be busy.
expect 0 "has minima for [0-9]+ cases" "${bless[@]}" --margin 95%
minima=$(echo baselines/*/smoke.json)
expect 0 "" "${smoke[@]}" --assert-min "$minima"

# edited PYTHON: runs this code on the minima m, and writes edited.json.
edited() {
  /usr/bin/python3 -c 'import json, sys
m = json.load(open(sys.argv[1]))
exec(sys.argv[2])
json.dump(m, open("edited.json", "w"))' "$minima" "$1"
}
edited 'm["cases"][0]["min_tflops"] = 1e6'
expect 1 "TFLOP/s, below the minimum of" "${smoke[@]}" --assert-min edited.json
edited 'm["cases"].append({"name": "cuda/none/f16/B:1/H:1/S:64/D:64/causal:0", "min_tflops": 1})'
expect 1 "cuda/none.* has a minimum in .*, but was not timed" "${smoke[@]}" --assert-min edited.json
edited 'm["identity"]["gpu_name"] = "another"'
expect 1 "is for other hardware or backends: gpu_name is unset here and another in the file" "${smoke[@]}" --assert-min edited.json
edited 'm["cases"] = []'
expect 2 "cases: is empty" "${smoke[@]}" --assert-min edited.json
edited 'm["cases"][0]["min_tflops"] = 0'
expect 2 "is not greater than 0" "${smoke[@]}" --assert-min edited.json
edited 'm["schema"] = "other"'
expect 2 "expected .warpgauge/smoke/1., found .other." "${smoke[@]}" --assert-min edited.json
expect 2 "none.json: cannot be opened" "${smoke[@]}" --assert-min none.json
nvidia-smi >/dev/null 2>&1 || expect 1 "a GPU is required" env WARPGAUGE_REQUIRE_GPU=1 "${smoke[@]}" --assert-min "$minima"

before=$(cat "$minima")
expect 2 "is 100% or more" "${bless[@]}" --margin 100%
expect 2 "is for --smoke only" "$compare" bless --margin 5% --baseline baselines --reason r --head 1.json
expect 2 "makes all minima again" "${bless[@]}" --accept x
/usr/bin/python3 - <<'PYTHON'
import json
results = json.load(open("2.json"))
for row in results["benchmarks"][:1]:
    row.update(error_occurred=True, error_message="wrong")
json.dump(results, open("2.json", "w"))
PYTHON
expect 2 "the case failed; minima need correct results" "${bless[@]}"
[[ $(cat "$minima") == "$before" ]] || fail "a refused bless changed the minima"

# The minimum is that of the slowest process, minus the margin.
"$compare" bless --smoke --margin 50% --baseline baselines --reason r --head 1.json >/dev/null
/usr/bin/python3 - "$minima" <<'PYTHON' || fail "the minimum is not half of the throughput"
import json, statistics, sys
minimum = json.load(open(sys.argv[1]))["cases"][0]
rows = [row["tflops"] for row in json.load(open("1.json"))["benchmarks"] if row["name"].startswith(minimum["name"]) and "tflops" in row]
sys.exit(abs(minimum["min_tflops"] / statistics.median(rows) - 0.5) > 1e-9)
PYTHON
# The rounds of matrix smoke and its minima are two files.
before=$(cat "$minima")
expect 0 "blessed: .*smoke-rounds.json" "$compare" bless --baseline baselines --reason first --head 1.json
[[ $(cat "$minima") == "$before" ]] || fail "a round of matrix smoke replaced the minima"
expect 0 "has minima" "$compare" bless --smoke --baseline baselines --reason first --head 1.json
expect 0 "" "$compare" gate --baseline baselines --head 1.json
finish
