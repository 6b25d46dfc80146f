#!/usr/bin/env python3
"""Writes the inputs (base*.json, head*.json, args, ...) of the cases in this folder; the foreign one is a recording.

What a case must print is in its stdout and exit, written by tests/compare/run_case.sh --update and read by people."""
import json
import random
from pathlib import Path

HERE = Path(__file__).parent
TIMES_NS = {"blas/S:128": 41e3, "blas/S:512": 620e3, "naive/S:128": 190e3, "naive/S:512": 3.1e6,
            "flash/S:128": 23e3, "flash/S:512": 310e3}
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
    if "benchmarks" not in doc:
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
            "cases": [{"name": name, "numbers": [TIMES_NS[name] * (1 + draw.gauss(0.002, 0.004))
                                                 for _ in range(rounds)]} for name in sorted(cases)],
            "history": []}


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
        rate = {"tflops": lambda ns: 1e6 / ns}
        case(name, TWO + " --metric tflops", {"base.json": document(1, metrics=rate),
                                              "head.json": document(2, metrics=rate, scale={"naive": scale})})
    case("metric_unknown", TWO + " --metric nonsense", pair())
    case("policy_rules", THREE + " --policy policy.json", three(scale={"": 1.04}) | {"policy.json": {
        "schema": "warpgauge/policy/1", "defaults": {"fail_above": "1%"},
        "rules": [{"match": "^naive/", "fail_above": "10%", "same_within": "9%"}]}})
    case("policy_max_mde", THREE + " --strict --policy policy.json", three() | {"policy.json": {
        "schema": "warpgauge/policy/1", "max_mde": "0.1%"}})
    case("policy_unknown_key", TWO + " --policy policy.json", pair() | {"policy.json": {
        "schema": "warpgauge/policy/1", "command": "rm -rf /"}})
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


if __name__ == "__main__":
    main()
