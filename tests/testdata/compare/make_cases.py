#!/usr/bin/env python3
"""Writes the inputs (base*.json, head*.json, args, ...) of the cases in this folder; the foreign one is a recording.

What a case must print is in its stdout and exit, written by tests/compare/run_case.sh --update and read by people."""
import json
import random
import re
from pathlib import Path

HERE = Path(__file__).parent
TIMES_NS = {"blas/S:128": 41e3, "blas/S:512": 620e3, "naive/S:128": 190e3, "naive/S:512": 3.1e6,
            "flash/S:128": 23e3, "flash/S:512": 310e3}
TFLOPS = {"tflops": lambda ns: 1e6 / ns}
IDENTITY = {"cpu_vendor": "GenuineIntel", "cpu_family": "6", "cpu_model": "143", "cpu_stepping": "8", "threads": "2"}


def context(warpgauge=None, **changes):
    plain = {"date": "2026-11-20T10:00:00+00:00", "host_name": "lab-1", "executable": "/home/me/build/bench",
             "num_cpus": 2, "mhz_per_cpu": 2100, "cpu_scaling_enabled": False,
             "caches": [{"type": "Unified", "level": 2, "size": 2097152, "num_sharing": 1}],
             "load_avg": [0.5], "library_build_type": "release"}
    if warpgauge:
        plain["warpgauge"] = warpgauge
    return {**plain, **changes}


def warpgauge(hour="1", identity=None, state=None, matrix="ci", commit="1111111"):
    return {"schema": "warpgauge/context/1", "round": "b007-" + hour, "identity": identity or IDENTITY,
            "state": state or {"compiler": "g++ 12"}, "info": {"commit": commit}, "settings": {"matrix": matrix}}


def rows(seed, scale=None, times=None, metrics=None, noise=0.004, repetitions=3):
    """Repetitions of each case; `scale` multiplies the times of the cases whose name contains its key."""
    draw = random.Random(seed)
    out = []
    for name, time in (times or TIMES_NS).items():
        factor = 1.0
        for part, by in (scale or {}).items():
            factor *= by if part in name else 1.0
        for index in range(repetitions):
            ns = time * factor * (1 + abs(draw.gauss(0, noise)))
            row = {"name": name, "family_index": 0, "per_family_instance_index": 0, "run_name": name,
                   "run_type": "iteration", "repetitions": repetitions, "repetition_index": index, "threads": 1,
                   "iterations": 100, "real_time": ns, "cpu_time": ns * 0.97, "time_unit": "ns"}
            for metric, make in (metrics or {}).items():
                row[metric] = make(ns)
            out.append(row)
    return out


def document(seed, where=None, **how):
    return {"context": where or context(), "benchmarks": rows(seed, **how)}


def failing(doc, name, message):
    for row in doc["benchmarks"]:
        if row["name"] == name:
            row.update(error_occurred=True, error_message=message, real_time=0, cpu_time=0)
    return doc


def without(doc, name):
    doc["benchmarks"] = [row for row in doc["benchmarks"] if row["name"] != name]
    return doc


def aggregates(doc):
    kept = []
    for row in doc["benchmarks"]:
        if row["repetition_index"] == 0:
            for kind in ("mean", "median", "stddev", "cv"):
                value = row["real_time"] if kind in ("mean", "median") else 0.01
                kept.append({**{k: v for k, v in row.items() if k != "repetition_index"},
                             "name": f"{row['name']}_{kind}", "run_type": "aggregate", "aggregate_name": kind,
                             "aggregate_unit": "percentage" if kind == "cv" else "time", "real_time": value,
                             "cpu_time": value})
    doc["benchmarks"] = kept
    return doc


def one_row_a_line(doc):
    if "context" not in doc:
        return json.dumps(doc) + "\n"
    lines = ",\n  ".join(json.dumps(row) for row in doc["benchmarks"])
    return '{"context": ' + json.dumps(doc["context"]) + ',\n "benchmarks": [\n  ' + lines + "]}\n"


def case(name, args, files):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "args").write_text(args + "\n")
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else one_row_a_line(content))


def of(folder, words):
    """Arguments that take the files of another case."""
    return re.sub(r"\b(base|head)(\d?)\.json", rf"../{folder}/\1\2.json", words)


def pair(**head):
    return {"base.json": document(1), "head.json": document(2, **head)}


def three(**head):
    files = {f"base{i}.json": document(10 + i) for i in range(3)}
    files |= {f"head{i}.json": document(20 + i, **head) for i in range(3)}
    return files


TWO = "base.json head.json"
THREE = "gate --base base0.json base1.json base2.json --head head0.json head1.json head2.json"
REPORTS = " --json $OUT/comparison.json --markdown $OUT/comment.md --junit $OUT/junit.xml --github"
ELSEWHERE = {**IDENTITY, "cpu_model": "207"}
HOSTILE = ["a|b`c``d", "<img src=x onerror=alert(1)>", "@everyone #1 [x](http://evil)", "::error::injected",
           "##[error]old", "esc\x1b[31mred\x1b[0m", "bidi\u202etxt", "line\nbreak", "quote'\"&;$(rm)", "x" * 300]


def fingerprinted(seed, hour="1", **how):
    where = how.pop("where", None) or context(warpgauge(hour))
    return document(seed, where=where, **how)


def baseline(rounds, cases, identity=None):
    """A stored baseline with one number a case and round, around TIMES_NS."""
    draw = random.Random(7)
    return {"schema": "warpgauge/baseline/1", "metric": {"name": "real_time", "better": "lower"},
            "identity": identity or IDENTITY,
            "rounds": [{"round": f"b00{i}-{i}", "boot": f"b00{i}", "date": f"2026-11-{i + 1:02}T10:00:00+00:00",
                        "commit": f"{i:07}", "reason": "nightly", "statistic": "q25", "processes": 3,
                        "state": {"compiler": "g++ 12"}} for i in range(rounds)],
            "cases": [{"name": name, "numbers": [cases[name] * (1 + draw.gauss(0.002, 0.004))
                                                 for _ in range(rounds)]} for name in sorted(cases)],
            "history": []}


def late_joiner(stored):
    """The last case joined in the last round but one, the first has missed one."""
    stored["cases"][-1]["numbers"][:-2] = [None] * (len(stored["rounds"]) - 2)
    stored["cases"][0]["numbers"][1] = None
    return stored


def outlying_round(stored):
    """Everything was slow in the last round, and the last case joined in it."""
    for one in stored["cases"]:
        one["numbers"][-1] *= 1.2
    stored["cases"][-1]["numbers"][:-1] = [None] * (len(stored["rounds"]) - 1)
    return stored


def creeping(stored, part):
    """Cases whose name contains `part` were two percent slower in each round than in the one before."""
    for one in stored["cases"]:
        if part in one["name"]:
            one["numbers"] = [number * 1.02 ** i for i, number in enumerate(one["numbers"])]
    return stored


def nvbench(scale=1.0):
    """Results of two nvbench benchmarks, keys as its json_printer writes them: summaries with tags, numbers as strings."""
    def data(kind, value):
        return [{"name": "value", "type": kind, "value": value}]

    def state(elements, seconds, index):
        summaries = [("nv/cold/sample_size", "Samples", "sample_size", "int64", "1024"),
                     ("nv/cold/time/cpu/mean", "CPU Time", "duration", "float64", repr(seconds + 5e-6)),
                     ("nv/cold/time/gpu/mean", "GPU Time", "duration", "float64", repr(seconds)),
                     ("nv/cold/time/gpu/stdev/relative", "Noise", "percentage", "float64", "0.0041"),
                     ("nv/cold/bw/global/bytes_per_second", "GlobalMem BW", "byte_rate", "float64",
                      repr(8 * elements / seconds)),
                     ("nv/cold/bw/item_rate", "Elem/s", "item_rate", "float64", repr(elements / seconds)),
                     ("nv/batch/time/gpu/mean", "Batch GPU", "duration", "float64", repr(seconds * 0.94))]
        return {"name": f"Device=0 Elements={elements}", "min_samples": 10, "device": 0, "type_config_index": index,
                "axis_values": [{"name": "Elements", "type": "int64", "value": str(elements)}],
                "summaries": [{"tag": tag, "name": name, "description": name, "hint": hint, "data": data(kind, value)}
                              for tag, name, hint, kind, value in summaries],
                "is_skipped": False}

    def benchmark(index, name, states):
        return {"name": name, "index": index, "min_samples": 10, "devices": [0],
                "axes": [{"name": "Elements", "type": "int64", "flags": "pow2",
                          "values": [{"input_string": str(n), "description": "", "value": 2 ** n} for n in (16, 20)]}],
                "states": states}

    version = {"major": 1, "minor": 0, "patch": 0, "string": "1.0.0"}
    skipped = {**state(1 << 16, 1, 0), "summaries": None, "is_skipped": True, "skip_reason": "too small"}
    return {"meta": {"argv": ["./bench", "--json", "out.json"], "version": {"json": version, "nvbench": version}},
            "devices": [{"id": 0, "name": "NVIDIA H200", "sm_version": 900, "ptx_version": 900,
                         "sm_default_clock_rate": 1980000000, "number_of_sms": 132, "max_threads_per_sm": 2048,
                         "global_memory_size": 150109880320, "l2_cache_size": 62914560, "ecc_state": True}],
            "benchmarks": [benchmark(0, "copy", [state(1 << 16, 4.1e-6 * scale, 0), state(1 << 20, 2.72e-5 * scale, 0)]),
                           benchmark(1, "reduce", [skipped, state(1 << 20, 1.83e-5, 0)])]}


STORED = "before/baselines/cpu-intel-6-143-8-2t-c6a4e752/ci.json"


def main():
    case("identical", TWO, {"base.json": document(1), "head.json": document(1)})
    case("slower_by_half", TWO + REPORTS, pair(scale={"naive": 1.5}))
    case("faster_by_fifth", THREE, three(scale={"": 0.8}))
    case("three_processes", THREE + REPORTS, three(scale={"blas/S:512": 1.08, "flash/S:128": 0.9}))
    case("strict_inconclusive", TWO + " --strict", pair())
    case("missing", TWO, {"base.json": document(1), "head.json": without(document(2), "blas/S:128")})
    case("missing_allowed", TWO + " --allow-missing",
         {"base.json": document(1), "head.json": without(document(2), "blas/S:128")})
    case("new", TWO, {"base.json": without(document(1), "flash/S:512"), "head.json": document(2)})
    case("base_errored", TWO, {"base.json": failing(document(1), "blas/S:128", "out of memory"),
                               "head.json": document(2)})
    case("head_failed", TWO, {"base.json": document(1),
                              "head.json": failing(document(2), "blas/S:128", "wrong: row 3 is NaN")})
    case("regression_beats_missing", TWO, {"base.json": document(1),
                                           "head.json": without(document(2, scale={"naive": 2}), "blas/S:128")})
    here, there = context(warpgauge()), context(warpgauge(identity=ELSEWHERE))
    for name, flag in (("other_hardware", ""), ("other_hardware_allowed", " --allow-hardware-mismatch")):
        case(name, TWO + flag, {"base.json": document(1, where=here),
                                "head.json": document(2, where=there, scale={"": 2})})
    case("other_compiler", TWO, {"base.json": document(1, where=here),
                                 "head.json": document(2, where=context(warpgauge(state={"compiler": "g++ 13"})))})
    case("disjoint", TWO, {"base.json": document(1), "head.json": document(2, times={"other/S:1": 1e3})})
    case("empty", TWO, {"base.json": document(1), "head.json": ""})
    case("truncated", TWO, {"base.json": document(1), "head.json": one_row_a_line(document(2))[:2000]})
    case("no_such_file", "base.json nowhere.json", {"base.json": document(1)})
    case("aggregates_only", TWO, {"base.json": aggregates(document(1)),
                                  "head.json": aggregates(document(2, scale={"naive": 1.5}))})
    case("cpu_time", TWO + " --metric cpu_time", pair(scale={"naive": 1.5}))
    for name, scale in (("higher_is_better", 2.0), ("higher_is_better_gain", 0.5)):
        case(name, TWO + " --metric tflops", {"base.json": document(1, metrics=TFLOPS),
                                              "head.json": document(2, metrics=TFLOPS, scale={"naive": scale})})
    case("metric_unknown", TWO + " --metric nonsense --better lower", pair())
    case("metric_of_unknown_direction", of("metric_unknown", TWO) + " --metric arithmetic_intensity", {})
    shares = {"metrics": {"roofline_pct": lambda ns: 1e7 / ns}}
    case("metric_roofline", TWO + " --metric roofline_pct",
         {"base.json": document(1, **shares), "head.json": document(2, **shares, scale={"naive": 2})})
    case("nvbench_item_rate", TWO + " --metric nv/cold/bw/item_rate", {"base.json": nvbench(), "head.json": nvbench(2)})
    for name, slow in (("two_speeds_of_head", (1, 4, 6)), ("one_slow_process_of_eight", (3,))):
        eight = {f"base{i}.json": document(10 + i) for i in range(8)}
        eight |= {f"head{i}.json": document(20 + i, scale={"": 1.5 if i in slow else 1}) for i in range(8)}
        case(name, "gate --base base?.json --head head?.json --strict", eight)
    case("policy_rules", THREE + " --policy policy.json", three(scale={"": 1.04}) | {"policy.json": {
        "schema": "warpgauge/policy/1", "defaults": {"fail_above": "1%"},
        "rules": [{"match": "^naive/", "fail_above": "10%", "same_within": "9%"}]}})
    case("policy_rules_json", of("policy_rules", THREE) + " --policy ../policy_rules/policy.json --json -", {})
    case("policy_rule_and_flag", of("policy_rules", THREE) + " --policy ../policy_rules/policy.json --fail-above 1%", {})
    case("policy_controls", of("policy_rules", THREE) + " --policy policy.json", {
        "policy.json": {"schema": "warpgauge/policy/1", "controls": ["^blas/"]}})
    case("policy_max_mde", THREE + " --strict --policy policy.json", three() | {"policy.json": {
        "schema": "warpgauge/policy/1", "max_mde": "0.1%"}})
    case("policy_unknown_key", TWO + " --policy policy.json", pair() | {"policy.json": {
        "schema": "warpgauge/policy/1", "command": "rm -rf /"}})
    case("policy_unreachable_margin", TWO + " --policy policy.json", pair() | {"policy.json": {
        "schema": "warpgauge/policy/1", "rules": [{"match": "^naive/", "same_within": 0}]}})
    case("filter", TWO + " --filter '^blas/'", pair(scale={"naive": 2}))
    hostile = {name: 1e3 * (i + 1) for i, name in enumerate(HOSTILE)}
    case("hostile_names", TWO + REPORTS, {"base.json": document(1, times=hostile),
                                          "head.json": document(2, times=hostile, scale={"": 2})})
    case("usage_one_file", "base.json", {})
    case("usage_threshold", TWO + " --fail-above 3", {})
    case("usage_unknown_flag", TWO + " --fail-over 3%", {})
    case("usage_nothing", "", {})
    case("usage_no_fingerprint", "gate --baseline $OUT/baselines --head head.json", {"head.json": document(2)})
    case("output_unwritable", TWO + " --json nowhere/comparison.json", pair())
    case("fingerprint", "fingerprint head.json", {"head.json": fingerprinted(2)})

    head = {f"head{i}.json": fingerprinted(20 + i, scale={"naive/S:128": 1.3}) for i in range(3)}
    against = "gate --baseline $OUT/baselines --head head0.json head1.json head2.json"
    case("baseline_none", against, head)
    case("baseline", against, head | {STORED: baseline(10, TIMES_NS)})
    case("baseline_unblessed", against, head | {STORED.replace("baselines", ".warpgauge"): baseline(1, TIMES_NS)})
    case("baseline_conflict", against, head | {STORED: "<<<<<<< HEAD\n" + json.dumps(baseline(1, TIMES_NS))})
    case("bless_red", against.replace("gate", "bless") + " --reason try", head | {STORED: baseline(10, TIMES_NS)})
    case("bless_accept", against.replace("gate", "bless") + " --reason 'more accurate' --accept '^naive/S:128$'",
         head | {STORED: baseline(10, TIMES_NS)})
    case("bless_first", against.replace("gate", "bless") + " --reason first", head)

    case("nvbench", TWO + REPORTS, {"base.json": nvbench(), "head.json": nvbench(1.2)})
    case("nvbench_rate", TWO + " --metric nv/cold/bw/global/bytes_per_second --better higher",
         {"base.json": nvbench(), "head.json": nvbench(1.2)})
    case("nvbench_against_google_benchmark", TWO, {"base.json": document(1), "head.json": nvbench()})

    case("json_to_stdout", of("strict_inconclusive", TWO) + " --json -", {})
    for name, words in (("two_reports", "--json - --markdown -"), ("report_and_github", "--junit - --github")):
        case("usage_stdout_" + name, f"{TWO} {words}", {})
    case("usage_ab_stdout", "ab args args --json - --junit -", {})
    case("statistic", of("policy_max_mde", THREE) + " --statistic min --json -", {})
    case("process_cv", TWO + " --process-cv 1%", pair(scale={"naive": 1.2}))
    case("better_higher", TWO + " --metric score --better higher", {
        "base.json": document(1, metrics={"score": lambda ns: 1e6 / ns}),
        "head.json": document(2, metrics={"score": lambda ns: 1e6 / ns}, scale={"naive": 2})})
    case("policy_and_flags",
         of("policy_rules", THREE) + " --policy policy.json --alpha 5% --fail-above 10% --same-within 9% --strict",
         {"policy.json": {"schema": "warpgauge/policy/1", "alpha": 0.001}})
    case("one_repetition", TWO, {"base.json": document(1, repetitions=1), "head.json": document(2, repetitions=1)})
    case("unchanged_beside_the_margin", THREE + " --same-within 0.45%", three(noise=0.006))

    for name, words in (("better", "--better faster"), ("statistic", "--statistic mean"), ("process_cv", "--process-cv 0"),
                        ("process_cv_tiny", "--process-cv 1e-200"), ("alpha", "--alpha 0"), ("alpha_large", "--alpha 100%"),
                        ("alpha_tiny", "--alpha 1e-300"), ("same_within", "--same-within 0"), ("filter", "--filter '('"),
                        ("twice_base", "--base base.json"), ("twice_head", "--head head.json"),
                        ("files_and_baseline", "--baseline $OUT"), ("run_and_files", "--run $OUT")):
        case("usage_" + name, f"{TWO} {words}", {})
    for name, words in (("run_and_base", "--base a.json"), ("run_and_head", "--head a.json"), ("run_and_filter", "--filter x"),
                        ("run_and_baseline", "--baseline b"), ("run_and_decision", "--strict")):
        case("usage_" + name, f"gate --run $OUT {words}", {})
    case("run_none", "gate --run $OUT", {})
    case("usage_no_side", "gate --head head.json", {})
    case("usage_both_bases", "gate --base base.json --baseline b --head head.json", {})
    case("usage_no_command", "gaet", {})
    case("usage_command_with_a_control_character", "\"$(printf 'g\\033[31mt')\"", {})
    case("usage_fingerprint_name", "gate --baseline $OUT --head head.json --fingerprint ../x", {"head.json": document(2)})
    case("usage_matrix_name", "gate --baseline $OUT --head head.json --matrix a/b", {"head.json": fingerprinted(2)})
    case("matrix_name_in_the_results", "gate --baseline $OUT --head head.json",
         {"head.json": fingerprinted(2, where=context(warpgauge(matrix="../x")))})
    for name, words in (("blocks", "--blocks 6.."), ("blocks_many", "--blocks 6..2000"), ("blocks_few", "--blocks 1..6"),
                        ("statistic", "--statistic min"), ("process_seconds", "--process-seconds 0"),
                        ("process_cv", "--process-cv 1%")):
        case("usage_ab_" + name, f"ab args args {words}", {})
    case("usage_ab_head", "ab args nowhere", {})

    case("baseline_filter", of("baseline", against) + " --filter '^naive/'", {STORED: baseline(10, TIMES_NS)})
    # The stored side knows no settings: what a filter finds by them alone would be "new".
    settings = {f"{name}/repeats:3": ns for name, ns in TIMES_NS.items()}
    case("baseline_filter_on_settings", against.replace(" head1.json head2.json", "") + " --filter 'repeats:3$|^blas/'",
         {"head0.json": fingerprinted(20, times=settings), STORED: baseline(10, TIMES_NS)})
    case("baseline_one_round", of("baseline", against), {STORED: baseline(1, TIMES_NS)})
    case("baseline_named", against.replace("--head", "--fingerprint lab --matrix m --head"),
         {f"head{i}.json": document(20 + i) for i in range(3)} | {"before/baselines/lab/m.json": baseline(2, TIMES_NS)})
    case("baseline_other_metric", of("baseline", against) + " --metric cpu_time", {STORED: baseline(10, TIMES_NS)})
    case("baseline_other_direction", of("baseline", against) + " --metric real_time",
         {STORED: {**baseline(10, TIMES_NS), "metric": {"name": "real_time", "better": "higher"}}})
    case("baseline_other_statistic", of("baseline", against) + " --statistic min", {STORED: baseline(10, TIMES_NS)})
    case("baseline_other_machine", of("baseline", against), {STORED: baseline(10, TIMES_NS, identity=ELSEWHERE)})
    case("baseline_joined_later", of("baseline", against), {STORED: late_joiner(baseline(4, TIMES_NS))})
    case("baseline_outlying_round", of("baseline", against), {STORED: outlying_round(baseline(10, TIMES_NS))})
    failed = {f"head{i}.json": failing(fingerprinted(20 + i), "naive/S:128", "wrong: row 3 is NaN") for i in range(3)}
    case("baseline_none_and_a_failure", against, failed)

    # `samples_ns` count, and not the rows' own times.
    sampled = three(scale={"naive": 1.2})
    for name, doc in sampled.items():
        for row in doc["benchmarks"]:
            row["samples_ns"] = [row["real_time"] * factor for factor in (1, 1.01, 1.02, 1.3)]
            row["real_time"] *= 1 if name.startswith("base") else 3
    case("samples", THREE, sampled)
    case("a_case_that_some_processes_lack", THREE, three() | {"head1.json": without(document(21), "naive/S:128")})

    rates = baseline(10, {name: 1e6 / ns for name, ns in TIMES_NS.items()})
    measured = {f"head{i}.json": fingerprinted(20 + i, metrics=TFLOPS, scale={"naive/S:128": 1.3}) for i in range(3)}
    case("baseline_higher_is_better", against + " --metric tflops",
         measured | {STORED: {**rates, "metric": {"name": "tflops", "better": "higher"}}})
    case("baseline_round_lacks_a_case", of("baseline", against).replace("../baseline/head1", "head1")
         + " --allow-missing", {"head1.json": without(fingerprinted(21, hour="9", where=context(
             warpgauge("9"), date="2026-11-20T18:00:00+00:00")), "naive/S:512"), STORED: baseline(10, TIMES_NS)})
    case("strict_max_mde_of_nothing", TWO + " --strict --policy ../policy_max_mde/policy.json",
         {"base.json": document(1), "head.json": document(2, times={"other/S:1": 1e3})})

    quiet = {f"head{i}.json": fingerprinted(20 + i) for i in range(3)}
    bless = of("bless_missing", against.replace("gate", "bless"))
    gone = {STORED: baseline(3, {**TIMES_NS, "old/S:128": 1e3})}
    case("bless_missing", against.replace("gate", "bless") + " --reason nightly", quiet | gone)
    case("bless_json_to_stdout", bless + " --reason nightly --json -", {STORED: baseline(3, TIMES_NS)})
    case("bless_refused_json_to_stdout", bless + " --reason nightly --json -", gone)
    case("usage_bless_stdout", bless + " --reason nightly --json - --github", {})
    # Each round passes, and after ten of them a case is a fifth slower than in the first.
    crept = {f"head{i}.json": fingerprinted(20 + i, scale={"naive": 1.02 ** 10}) for i in range(3)}
    creep = {STORED: creeping(baseline(10, TIMES_NS), "naive")}
    case("baseline_creep", against, crept | creep)
    # The head is the last stored round: it does not count twice.
    blessed = creeping(baseline(11, TIMES_NS), "naive")
    blessed["rounds"][-1] |= {"round": "b007-1", "boot": "b007", "date": "2026-11-20T10:00:00+00:00"}
    case("baseline_creep_blessed", of("baseline_creep", against), {STORED: blessed})
    creeps = of("baseline_creep", against.replace("gate", "bless"))
    case("bless_creep", creeps + " --reason nightly", creep)
    case("bless_creep_accept", creeps + " --reason 'more accurate' --accept '^naive/'", creep)
    case("bless_remove", bless + " --reason gone --remove '^old/'", gone)
    case("bless_rename", bless.replace("--head", "--rename old/S:128=flash/S:512 --rename naive/S:128=naive/S:1 --head")
         + " --reason clearer --allow-missing", {STORED: baseline(3, {k: v for k, v in {**TIMES_NS, "old/S:128": 31e4}.items()
                                                                             if k != "flash/S:512"})})
    case("bless_rename_onto_another", bless.replace("--head", "--rename old/S:128=flash/S:512 --head") + " --reason x", gone)
    case("bless_remove_nothing", bless + " --reason x --remove nobody", gone)
    case("bless_too_early", bless + " --reason again", {
        STORED: {**baseline(1, TIMES_NS), "rounds": [{**baseline(1, TIMES_NS)["rounds"][0], "boot": "b007",
                                                      "round": "b007-0", "date": "2026-11-20T09:30:00+00:00"}]}})
    # nvbench tells no date: the first round is one, a second could be the first again.
    lab = "before/baselines/lab/default.json"
    undated = baseline(1, {"copy/Elements:65536": 4.1e3, "copy/Elements:1048576": 2.72e4, "reduce/Elements:1048576": 1.83e4},
                       identity={"gpu": "NVIDIA H200 (132 SMs, sm 900, 150109880320 B, ECC true)"})
    undated["rounds"][0] |= {"round": "", "boot": "", "date": ""}
    bless_nvbench = "bless --baseline $OUT/baselines --fingerprint lab --head ../nvbench/base.json --reason nightly"
    case("bless_undated_first", bless_nvbench, {})
    case("bless_undated_again", bless_nvbench, {lab: undated})
    case("bless_undated_with_a_date", bless_nvbench + " --date 2026-12-01T10:00:00+01:00", {lab: undated})
    case("usage_bless_date", bless_nvbench + " --date yesterday", {})
    case("usage_bless_date_told", bless + " --reason x --date 2026-12-01T10:00:00+01:00", {})
    case("bless_without_fingerprint",
         "bless --baseline $OUT/baselines --fingerprint lab --head ../baseline_named/head0.json --reason first", {})
    case("usage_bless_hardware", bless + " --reason other --allow-hardware-mismatch",
         {STORED: baseline(3, TIMES_NS, identity=ELSEWHERE)})
    case("usage_bless_blank_reason", bless + " --reason ' '", {STORED: baseline(3, TIMES_NS)})
    of_smoke = {"head1.json": fingerprinted(21, where=context(warpgauge(matrix="smoke")), times={"other/S:1": 1e3})}
    for name, words in (("bless", bless + " --reason nightly"), ("gate", bless.replace("bless", "gate", 1))):
        case(f"usage_{name}_two_matrices", words.replace("../bless_missing/head1", "../usage_bless_two_matrices/head1"),
             {STORED: baseline(3, TIMES_NS)} | (of_smoke if name == "bless" else {}))
    case("bless_statistic", bless + " --reason first --statistic min --metric cpu_time", {})
    case("bless_matrix_smoke", bless + " --reason first --matrix smoke", {})
    case("usage_bless_nowhere", "bless --head head0.json --reason x", {})
    case("usage_bless_margin", "bless --baseline $OUT --head head0.json --reason x --margin 10%", {})
    case("usage_bless_expression", bless + " --reason x --accept '('", {})

    smoke = {f"head{i}.json": fingerprinted(20 + i, metrics=TFLOPS) for i in range(2)}
    bless_smoke = "bless --baseline $OUT/baselines --smoke --reason smoke --head head0.json head1.json"
    case("bless_smoke", bless_smoke, smoke)
    case("bless_smoke_margin", of("bless_smoke", bless_smoke) + " --margin 50%", {})
    case("usage_bless_smoke_margin", of("bless_smoke", bless_smoke) + " --margin 100%", {})
    case("usage_bless_smoke_margin_text", of("bless_smoke", bless_smoke) + " --margin lots", {})
    for flag in ("accept", "remove", "rename"):
        case("usage_bless_smoke_" + flag, f"{bless_smoke} --{flag} x=y", {})
    case("usage_bless_smoke_failed", of("bless_smoke", bless_smoke).replace("../bless_smoke/head1", "head1"),
         {"head1.json": failing(fingerprinted(21, metrics=TFLOPS), "naive/S:128", "wrong: row 3 is NaN")})
    case("usage_bless_smoke_no_tflops", of("bless_missing", bless_smoke), {})
    case("usage_bless_smoke_other_machine", of("bless_smoke", bless_smoke).replace("../bless_smoke/head0", "head0"),
         {"head0.json": fingerprinted(20, metrics=TFLOPS, where=context(warpgauge(identity=ELSEWHERE)))})
    case("usage_bless_smoke_not_in_both", of("bless_smoke", bless_smoke).replace("../bless_smoke/head0", "head0"),
         {"head0.json": without(fingerprinted(20, metrics=TFLOPS), "naive/S:128")})

    case("usage_trend_name", "trend --baseline $OUT --matrix a/b", {})
    case("trend_no_folder", "trend --baseline $OUT/nowhere", {})
    case("trend_no_file", "trend --baseline $OUT --fingerprint lab", {})


if __name__ == "__main__":
    main()
