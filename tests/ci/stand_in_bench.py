#!/usr/bin/python3
"""A stand-in for the bench program: takes its flags, writes its JSON, and invents times. A test appends a last line with its
behaviour, as a commit changes a kernel:

  # WORLD: {"cases": {NAME: NANOSECONDS}, "noise": F, "crash": NAME, "crash_at_end": FILE, "wrong": NAME, "cpu": MODEL,
  "commit": SHA}

`noise` is the standard deviation of the speed of a process. `crash_at_end` crashes after all results are written, if their file
name ends with FILE. STAND_IN_DATE sets the date of the results.
"""

import datetime
import json
import os
import pathlib
import random
import re
import signal
import sys

flags = dict(argument.lstrip("-").partition("=")[::2] for argument in sys.argv[1:] if argument.startswith("--"))
if "matrix" in flags and not flags["matrix"]:
    flags["matrix"] = sys.argv[sys.argv.index("--matrix") + 1]
world = json.loads(pathlib.Path(__file__).read_text(encoding="utf-8").splitlines()[-1].removeprefix("# WORLD: "))

if "help" in flags:
    print("stand_in_bench [--matrix NAME] [--process-seconds S]")
    sys.exit(0)
wanted = re.compile(flags.get("benchmark_filter") or ".")
names = [name for name in world["cases"] if wanted.search(name)]
if not names:
    print("stand_in_bench: no case matches", file=sys.stderr)
    sys.exit(2)
if "benchmark_list_tests" in flags:
    print("\n".join(names))
    sys.exit(0)

today = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0).isoformat()
date = os.environ.get("STAND_IN_DATE", today)
process_speed = {name: random.gauss(1, world.get("noise", 0.001)) for name in names}
rows = []
for name in names:
    for repetition in range(5):
        samples = [world["cases"][name] * process_speed[name] * random.gauss(1, 0.001) for _ in range(10)]
        row = {"name": name, "run_name": name, "run_type": "iteration", "repetitions": 5, "repetition_index": repetition,
               "threads": 1, "iterations": 10, "real_time": sum(samples) / 10, "cpu_time": sum(samples) / 10, "time_unit": "ns",
               "samples_ns": samples}
        if name == world.get("wrong"):
            row |= {"error_occurred": True, "error_message": "wrong: max_abs_err 3 is 1e6 times the bound"}
        rows.append(row)

context = {
    "date": date, "host_name": "stand-in", "executable": "bench", "num_cpus": 2, "mhz_per_cpu": 1000,
    "cpu_scaling_enabled": False, "caches": [], "load_avg": [0], "library_build_type": "release",
    "warpgauge": {
        "schema": "warpgauge/context/1", "round": "boot" + date[:10] + "-" + date[11:13],
        "identity": {"architecture": "x86_64", "cpu_vendor": "Stand", "cpu_model": world.get("cpu", "In"), "threads": 2},
        "state": {"compiler": "none"}, "info": {"commit": world.get("commit", "unknown"), "dirty": False},
        "settings": {"matrix": flags.get("matrix", "ci")}}}
with open(flags["benchmark_out"], "w", encoding="utf-8") as out:
    if world.get("crash") in names:
        out.write('{"context": ' + json.dumps(context) + ', "benchmarks": [\n')
        for row in rows[:5 * names.index(world["crash"])]:
            out.write(json.dumps(row) + ",\n")
        out.flush()
        os.kill(os.getpid(), signal.SIGSEGV)
    json.dump({"context": context, "benchmarks": rows}, out, indent=1)
if "crash_at_end" in world and flags["benchmark_out"].endswith(world["crash_at_end"]):
    os.kill(os.getpid(), signal.SIGSEGV)
sys.exit(1 if world.get("wrong") in names else 0)
