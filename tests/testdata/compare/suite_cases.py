"""Cases of suites: several executables per side, renamed cases, kernels against their peers, other producers."""
import json
import random

from baseline_cases import STORED
from case_folder import case, of, TWO
from documents import (ELSEWHERE, IDENTITY, aggregates, baseline, context, document, failing, fingerprinted,
                       one_row_a_line, warpgauge)

SHARED = {"BM_Find/8": 80.0, "BM_Find/64": 650.0, "BM_Insert/8": 120.0}
SORT = {**SHARED, "BM_Merge/64": 9.1e3}
HASH = {**{name: ns * 3 for name, ns in SHARED.items()}, "BM_Probe": 14.0}
REPORTS = " --json $OUT/rivals.json --markdown $OUT/rivals.md --junit $OUT/rivals.xml --github"


def executable(build, name):
    return context(executable=f"/home/me/{build}/{name}")


def suite(side, folders=None, scale=None, **hows):
    """Three processes of two executables."""
    files = {}
    for place, (name, times) in enumerate((("sort", SORT), ("hash", HASH))):
        where = executable(f"build-{side}", (folders or {}).get(name, f"{name}_bench"))
        for i in range(3):
            seed = {"base": 300, "head": 400}[side] + 10 * place + i
            files[f"{side}/{name}-{i}.json"] = document(seed, where=where, times=times,
                                                        scale=(scale or {}).get(name), **hows)
    return files


def executables():
    slower = {"hash": {"BM_Find/8": 1.5}}
    case("suite", "gate --base base --head head", suite("base") | suite("head", scale=slower))
    case("suite_filter", "gate --base ../suite/base --head ../suite/head --filter '^sort_bench:'", {})
    case("suite_filter_of_plain_names", "gate --base ../suite/base --head ../suite/head --filter '^BM_Find'", {})
    case("suite_show", "show ../suite/base", {})
    folders = {"sort": "sort/bench", "hash": "hash/bench.exe"}
    case("suite_of_one_name", "gate --base base --head head --brief",
         suite("base", folders) | suite("head", folders, slower))
    # The paths within one side differ without a meaning: each process was built in a folder of its own.
    places = {f"{side}{i}.json": document(20 + i, where=executable(f"{side}-{i}", "bench"))
              for side in ("base", "head") for i in range(3)}
    case("suite_of_many_folders", "gate --base base?.json --head head?.json", places)
    plain = {}
    for file, doc in (suite("base") | suite("head", scale=slower)).items():
        if file.endswith("-0.json"):
            del doc["context"]["executable"]
            plain[file.replace("-0", "")] = doc
    case("suite_without_executables", "gate --base base --head head --brief", plain)
    case("suite_one_process", "gate --base base/sort-0.json base/hash-0.json --head head/sort-0.json head/hash-0.json",
         {file: doc for file, doc in (suite("base") | suite("head", scale=slower)).items() if file.endswith("-0.json")})
    case("suite_gained_an_executable", "gate --base ../suite/base/sort-0.json --head ../suite/base", {})
    case("suite_bless", "bless --baseline $OUT --fingerprint lab-1 --head ../suite/base --reason first", {})
    case("suite_baseline", "gate --baseline ../suite_bless/out --fingerprint lab-1 --head ../suite/head", {})
    case("suite_baseline_of_one", "gate --baseline ../suite_bless/out --fingerprint lab-1 --allow-missing "
         "--filter '^BM_Find' --head ../suite/head/hash-0.json", {})
    case("suite_folder_without_results", "gate --base ../suite --head ../suite/head", {})


def renames():
    old = {"old/S:128": 41e3, "old/S:512": 620e3, "naive/S:128": 190e3}
    new = {"new/S:128": 41e3, "new/S:512": 620e3, "naive/S:128": 190e3}
    case("rename", TWO + " --rename 'old/(.*)=new/\\1'",
         {"base.json": document(1, times=old), "head.json": document(2, times=new, scale={"S:512": 2})})
    case("rename_filter", of("rename", TWO) + " --rename 'old/(.*)=new/\\1' --filter '^new/'", {})
    case("rename_in_a_suite", "gate --base ../suite/base --head ../suite/head --rename 'BM_Find/(.*)=BM_Search/\\1' "
         "--allow-missing --brief", {})
    case("usage_rename_nothing", of("rename", TWO) + " --rename 'older/(.*)=new/\\1'", {})
    case("usage_rename_two_to_one", of("rename", TWO) + " --rename 'old/.*=new/S:128'", {})
    case("usage_rename_taken", of("rename", TWO) + " --rename 'old/S:128=naive/S:128'", {})
    case("usage_rename_expression", of("rename", TWO) + " --rename 'old/(=new'", {})
    case("usage_rename_group", of("rename", TWO) + " --rename 'old/.*=new/\\1'", {})
    stored = {STORED: baseline(6, old), "head.json": fingerprinted(9, hour="9", times=new)}
    case("baseline_rename", "gate --baseline $OUT/baselines --head head.json --rename 'old/(.*)=new/\\1'", stored)
    case("bless_rename_many", "bless --baseline $OUT/baselines --head head.json --rename 'old/(.*)=new/\\1' --reason clearer",
         stored)


def rivals():
    kernels = {f"{kernel}/S:{size}": ns * size for kernel, ns in (("flash", 90), ("blas", 100), ("naive", 400))
               for size in (128, 512)}
    kernels["blas/S:128"] = 80 * 128  # the one case that ours loses
    kernels["flash/S:4096"] = 9e6
    files = {f"r{i}.json": failing(document(70 + i, times={**kernels, "naive/S:512x": 1}), "naive/S:512x", "wrong")
             for i in range(5)}
    case("rivals", "rivals r?.json --ours '^flash' --peers '^(blas|naive)'" + REPORTS, files)
    case("rivals_json_to_stdout", "rivals ../rivals/r?.json --ours '^flash' --peers '^naive' --json -", {})
    case("rivals_one_process", "rivals ../rivals/r0.json --ours '^flash' --peers '^naive'", {})
    case("rivals_nothing", "rivals ../rivals/r0.json --ours '^flash' --peers '^cudnn'", {})
    times = {"BM_ours/1024": 1e3, "BM_peer/1024": 1.3e3}
    other = {f"p{i}.json": document(80 + i, where=context(executable="/x/peers"), times={"BM_peer/1024": 1.3e3})
             for i in range(3)}
    ours = {f"o{i}.json": document(90 + i, times={"BM_ours/1024": 1e3}) for i in range(3)}
    case("rivals_of_two_executables", "rivals o?.json p?.json --ours BM_ours --peers BM_peer", {**ours, **other})
    rate = {"metrics": {"items_per_second": lambda ns: 1e9 / ns}}
    case("rivals_higher_is_better", "rivals r?.json --ours ours --peers peer --metric items_per_second --brief",
         {f"r{i}.json": document(70 + i, times=times, **rate) for i in range(3)})
    case("rivals_other_machine", "rivals a.json b.json --ours BM_ours --peers BM_peer", {
        "a.json": document(1, where=context(warpgauge(identity=IDENTITY)), times={"BM_ours/1024": 1e3}),
        "b.json": document(2, where=context(warpgauge(identity=ELSEWHERE)), times={"BM_peer/1024": 1.3e3})})
    case("usage_rivals_expression", "rivals a.json --ours '(' --peers b", {})
    case("usage_rivals_empty", "rivals a.json --ours a --peers '.*'", {})
    case("usage_rivals_peers", "rivals a.json --ours a", {})


def catch2(seed, scale=1.0):
    draw = random.Random(seed)
    results = ""
    for name, ns in (("fib 20", 21e3), ("fib 25 &amp; &lt;more&gt;", 235e3)):
        mean = ns * scale * draw.gauss(1, 0.004)
        results += (f'      <BenchmarkResults name="{name}" samples="100" resamples="100000" iterations="1" '
                    f'clockResolution="18.04" estimatedDuration="{ns * 100:g}">\n'
                    f'        <!-- All values in nano seconds -->\n'
                    f'        <mean value="{mean:g}" lowerBound="{mean * .99:g}" upperBound="{mean * 1.01:g}" ci="0.95"/>\n'
                    f'        <standardDeviation value="{mean * .03:g}" lowerBound="1" upperBound="2" ci="0.95"/>\n'
                    f'        <outliers variance="0.2" lowMild="0" lowSevere="0" highMild="3" highSevere="2"/>\n'
                    f'      </BenchmarkResults>\n')
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Catch2TestRun name="tests" rng-seed="3413175810" catch2-version="3.5.2">\n'
            '  <TestCase name="Fibonacci" tags="[!benchmark]" filename="/src/fib.cpp" line="18">\n'
            f'    <Section name="recursive" filename="/src/fib.cpp" line="20">\n{results}'
            '      <OverallResults successes="0" failures="0" expectedFailures="0"/>\n'
            '    </Section>\n'
            '    <BenchmarkResults name="throws">\n      <failed message="out of memory"/>\n    </BenchmarkResults>\n'
            '    <OverallResult success="true"/>\n  </TestCase>\n'
            '  <OverallResults successes="0" failures="0" expectedFailures="0"/>\n</Catch2TestRun>\n')


def nanobench(seed, scale=1.0):
    draw = random.Random(seed)

    def result(title, name, seconds, batch):
        times = [seconds * scale * (1 + abs(draw.gauss(0, 0.004))) for _ in range(11)]
        measurements = [{"iterations": 100 + i, "elapsed": time, "pagefaults": 0, "cpucycles": time * 3e9,
                         "contextswitches": 0, "instructions": 400.02, "branchinstructions": 80.01, "branchmisses": 0.2}
                        for i, time in enumerate(times)]
        return {"title": title, "name": name, "unit": "op", "batch": batch, "complexityN": -1, "epochs": 11,
                "clockResolution": 1.8e-08, "clockResolutionMultiple": 1000, "maxEpochTime": 0.1, "minEpochTime": 0,
                "minEpochIterations": 1, "epochIterations": 0, "warmup": 0, "relative": 0, "median(elapsed)": sorted(times)[5],
                "medianAbsolutePercentError(elapsed)": 0.004, "median(instructions)": 400.02, "totalTime": sum(times),
                "measurements": measurements}
    return {"results": [result("benchmark", "x += x", 2.1e-9, 1), result("hash", "fnv", 5.3e-8, 16)]}


def hyperfine(seed, scale=1.0):
    draw = random.Random(seed)

    def result(command, seconds):
        times = [seconds * scale * (1 + abs(draw.gauss(0, 0.01))) for _ in range(10)]
        mean = sum(times) / len(times)
        return {"command": command, "mean": mean, "stddev": 0.001, "median": sorted(times)[5], "user": mean * .7,
                "system": mean * .1, "min": min(times), "max": max(times), "times": times, "exit_codes": [0] * 10}
    return {"results": [result("sort words.txt", 0.31), result("grep -c 'a.*b' words.txt", 0.052)]}


def criterion(seed, baseline_name, scale=1.0):
    draw = random.Random(seed)
    files = {}
    for group, ns in (("sort/std/1000", 9e3), ("sort/unstable/1000", 6e3)):
        iterations = [float(10 * i) for i in range(1, 21)]
        times = [n * ns * scale * (1 + abs(draw.gauss(0, 0.004))) for n in iterations]
        folder = f"criterion/{group}/{baseline_name}"
        group_id, function, value = group.split("/")
        names = {"group_id": group_id, "function_id": function, "value_str": value, "throughput": None, "full_id": group,
                 "directory_name": group, "title": group}
        files[f"{folder}/benchmark.json"] = json.dumps(names)
        files[f"{folder}/sample.json"] = json.dumps({"sampling_mode": "Linear", "iters": iterations, "times": times})
        files[f"{folder}/estimates.json"] = "{}"
    return files


def producers():
    case("catch2", "base.xml head.xml", {"base.xml": catch2(1), "head.xml": catch2(2, 1.4)})
    case("catch2_of_another_reporter", "../catch2/base.xml head.xml", {
        "head.xml": '<?xml version="1.0"?>\n<testsuites><testsuite name="tests"/></testsuites>\n'})
    case("catch2_cut_off", "../catch2/base.xml head.xml", {"head.xml": catch2(1)[:900]})
    case("nanobench", TWO, {"base.json": nanobench(1), "head.json": nanobench(2, 1.4)})
    case("nanobench_counter", of("nanobench", TWO) + " --metric instructions --better lower --brief", {})
    case("hyperfine", TWO, {"base.json": hyperfine(1), "head.json": hyperfine(2, 1.4)})
    case("hyperfine_cpu_time", of("hyperfine", TWO) + " --metric cpu_time --brief", {})
    case("criterion", "criterion@base criterion", criterion(1, "base") | criterion(2, "new", 1.4))
    case("criterion_no_such_baseline", "../criterion/criterion@main ../criterion/criterion", {})
    # Every case fits on a line of the CSV; the first lines are the library's.
    case("csv", "../identical/base.json head.csv", {
        "head.csv": "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,"
                    'error_occurred,error_message\n"BM_Find/8",100,80.1,80.0,ns,,,,,\n'})
    case("console_output", "../identical/base.json head.txt", {
        "head.txt": "Run on (2 X 2100 MHz CPU s)\n" + "-" * 53 + "\nBenchmark           Time             CPU   Iterations\n"
                    + "-" * 53 + "\nBM_Find/8        80.1 ns         80.0 ns      8743210\n"})
    lacking = aggregates(document(2))
    lacking["benchmarks"] = [row for row in lacking["benchmarks"] if row["name"] != "naive/S:128_median"]
    case("aggregates_without_a_median", TWO, {"base.json": aggregates(document(1)), "head.json": lacking})
    shares = aggregates(document(3))
    shares["benchmarks"] = [row for row in shares["benchmarks"]
                            if row["aggregate_name"] == "cv" or "naive" not in row["name"]]
    case("aggregates_in_percent_only", TWO, {"base.json": shares, "head.json": shares})
    broken = one_row_a_line(document(1)).replace("/home/me/build/bench", "C:\\work\\bench.exe")
    case("unescaped_backslashes", "../identical/base.json head.json", {"head.json": broken})


ALL = (executables, renames, rivals, producers)
