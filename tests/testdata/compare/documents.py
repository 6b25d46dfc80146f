"""What the cases of this folder take: results as Google Benchmark and nvbench write them, and stored baselines."""
import json
import random

TIMES_NS = {"blas/S:128": 41e3, "blas/S:512": 620e3, "naive/S:128": 190e3, "naive/S:512": 3.1e6,
            "flash/S:128": 23e3, "flash/S:512": 310e3}
TFLOPS = {"tflops": lambda ns: 1e6 / ns}
OF_BENCH = {**TFLOPS, "roofline_pct": lambda ns: 4e7 / ns, "err_over_bound": lambda ns: 0.12}
IDENTITY = {"cpu_vendor": "GenuineIntel", "cpu_family": "6", "cpu_model": "143", "cpu_stepping": "8", "threads": "2"}
ELSEWHERE = {**IDENTITY, "cpu_model": "207"}


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


def skipping(doc, name, message):
    row = {"name": name, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0, "threads": 1,
           "skipped": True, "skip_message": message, "iterations": 0, "real_time": 0.0, "cpu_time": 0.0, "time_unit": "ns"}
    doc["benchmarks"].append(row)
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


def second_version(stored, states=None, noise=None):
    """The same baseline in version 2 of the format; `states` and `noise` by the place of a round."""
    rounds = [{"state": (states or {}).get(i, "accepted"), **{k: v for k, v in one.items() if k != "state"},
               "environment": one["state"], **({"noise": noise[i]} if noise and i in noise else {})}
              for i, one in enumerate(stored["rounds"])]
    metric = stored["metric"]
    return {"schema": "warpgauge/baseline/2", "metrics": [metric], "identity": stored["identity"], "rounds": rounds,
            "cases": [{"name": one["name"], "values": {metric["name"]: one["numbers"]}} for one in stored["cases"]],
            "history": stored["history"]}


def two_speeds(stored, name, factor):
    """A case was slower by `factor` in the fifth round, which was refused, and came back."""
    for one in stored["cases"]:
        if one["name"] == name:
            one["numbers"][4] *= factor
    return second_version(stored, {4: "refused"})


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


def drifting(stored, part):
    """Cases whose name contains `part` were two percent slower in each round than in the one before."""
    for one in stored["cases"]:
        if part in one["name"]:
            one["numbers"] = [number * 1.02 ** i for i, number in enumerate(one["numbers"])]
    return stored


def nvbench(scale=1.0, noise="0.0041", samples="1024"):
    """Results of two nvbench benchmarks, keys as its json_printer writes them: summaries with tags, numbers as strings."""
    def data(kind, value):
        return [{"name": "value", "type": kind, "value": value}]

    def state(elements, seconds, index):
        summaries = [("nv/cold/sample_size", "Samples", "sample_size", "int64", samples),
                     ("nv/cold/time/cpu/mean", "CPU Time", "duration", "float64", repr(seconds + 5e-6)),
                     ("nv/cold/time/gpu/mean", "GPU Time", "duration", "float64", repr(seconds)),
                     ("nv/cold/time/gpu/stdev/relative", "Noise", "percentage", "float64", noise),
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
