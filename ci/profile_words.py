#!/usr/bin/python3
"""ci/profile_words.py ncu|perf CASE SIDE=FILE... | --metrics - names the bottleneck of a case from the counts of a profiler.

`--metrics` prints the metrics for `ncu --metrics`. FILE is the raw page of an Nsight Compute report as CSV, or the output of
`perf stat --field-separator ,`. SIDE is a name for FILE, such as base or head. With several sides, each row shows the figures
of all sides; the bottleneck is that of the last side.
Exit: 0; 2 usage; 3 a file is not valid; 4 nothing was counted.

Nsight Compute: the report uses the launches of the kernel that took the most time. Figures are means over these launches, in
percent of the peak of the hardware. A unit at 60 % of its peak or more is a bottleneck, as in Nsight Compute's section Speed
Of Light.
"""

import csv
import sys

import safe_text

REACHED = 60.0

LIMITS = {  # unit -> metrics (an architecture may have one or both), and what to do if it is the bottleneck
    "tensor cores": ("sm__pipe_tensor_cycles_active.avg.pct_of_peak_sustained_active "
                     "sm__inst_executed_pipe_tensor.avg.pct_of_peak_sustained_active",
                     "the tensor cores are the limit: reduce the work (skip causal tiles, pad fewer rows)"),
    "memory": ("gpu__dram_throughput.avg.pct_of_peak_sustained_elapsed",
               "memory is the limit: read K and V once for all heads of a group, use larger tiles of Q, use smaller types"),
    "L2 cache": ("lts__t_sectors.avg.pct_of_peak_sustained_elapsed",
                 "the L2 cache is the limit: use larger tiles, or share K and V between the blocks of a cluster"),
    "shared memory": ("l1tex__data_pipe_lsu_wavefronts_mem_shared.avg.pct_of_peak_sustained_elapsed",
                      "shared memory is the limit: look for bank conflicts, keep Q in registers"),
    "special functions": ("sm__inst_executed_pipe_xu.avg.pct_of_peak_sustained_active",
                          "exponentials are the limit: use ex2 with the scale folded in, compute half of them as polynomials, "
                          "overlap the softmax of one tile with the product of another"),
    "issue slots": ("sm__inst_issued.avg.pct_of_peak_sustained_active",
                    "issuing instructions is the limit: use wider loads, unrolled address arithmetic, larger matrix products"),
}
STALLS = {  # middle part of the metric's name -> what warps wait for, remedy
    "long_scoreboard": ("waiting for global memory", "fetch earlier: add a stage of asynchronous copies"),
    "short_scoreboard": ("waiting for shared memory or special functions", "look for bank conflicts; spread the exponentials"),
    "barrier": ("waiting at a barrier", "use fewer or narrower barriers: let independent warps run on"),
    "membar": ("waiting at a memory fence", "use fewer or narrower fences"),
    "math_pipe_throttle": ("waiting for a busy arithmetic unit", "interleave work of other units"),
    "mio_throttle": ("waiting for the queue of shared memory", "use fewer, wider loads of shared memory: ldmatrix instead of single ones"),
    "lg_throttle": ("waiting for the queue of global memory", "use fewer, wider loads: TMA or cp.async"),
    "wait": ("waiting a fixed latency", "unroll, for more independent instructions in a row"),
    "gmma": ("waiting for wgmma", "issue the next product before waiting for the last"),
    "tex_throttle": ("waiting for the texture queue", "use fewer loads through the texture unit"),
    "imc_miss": ("waiting for constants", "use fewer distinct constants, or keep them in registers"),
    "no_instruction": ("waiting for instructions", "unroll less, for shorter code"),
    "dispatch_stall": ("waiting for the dispatcher", "reduce register bank conflicts"),
    "drain": ("waiting for stores at the end", "store whole cache lines, through shared memory"),
}
OCCUPANCY = {
    "launch__occupancy_limit_registers": ("registers", "use fewer registers per thread: smaller tiles, or setmaxnreg per role"),
    "launch__occupancy_limit_shared_mem": ("shared memory", "use fewer stages or smaller tiles"),
    "launch__occupancy_limit_warps": ("warps", "use smaller blocks"),
    "launch__occupancy_limit_blocks": ("blocks", "use larger blocks"),
}
STALL = "smsp__average_warps_issue_stalled_{}_per_issue_active.ratio"
ACTIVE = "sm__warps_active.avg.pct_of_peak_sustained_active"
TIME = "gpu__time_duration.sum"


def number(text):
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def read_ncu(path):
    """{metric: mean} of the kernel with the most time, and its name."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        lines = [line for line in file if line.startswith('"')]
    launches = [row for row in csv.DictReader(lines) if row.get("ID", "").isdigit()]  # the row below the header holds units
    total = {}
    for row in launches:
        total[row["Kernel Name"]] = total.get(row["Kernel Name"], 0) + (number(row.get(TIME, "")) or 0)
    if not total:
        return None
    kernel = max(total, key=total.get)
    values = {"kernel": kernel}
    mine = [row for row in launches if row["Kernel Name"] == kernel]
    for metric in launches[0]:
        known = [value for value in (number(row[metric] or "") for row in mine) if value is not None]
        if known:
            values[metric] = sum(known) / len(known)
    return values


def read_perf(path):
    """{event: count}, or None if nothing was counted."""
    values = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for fields in csv.reader(file):
            if len(fields) > 2 and number(fields[0]) is not None:
                values[fields[2].split(":")[0]] = number(fields[0])
    return values if values.get("cycles") and values.get("instructions") else None


def figures(name, metric, sides, unit=" %"):
    known = [f"{side} {values[metric]:.1f}{unit}" for side, values in sides if metric in values]
    return f"  {name + ':':20}{', '.join(known)}" if known else None


def ncu_words(sides):
    for _, values in sides:
        for name, (metrics, _) in LIMITS.items():
            known = [values[metric] for metric in metrics.split() if metric in values]
            if known:
                values[name] = max(known)
    values = sides[-1][1]
    lines = [f"kernel {values['kernel']}", "percent of the peak of the hardware:"]
    lines += [figures(name, name, sides) for name in LIMITS]
    reached = [(values[name], remedy) for name, (_, remedy) in LIMITS.items() if values.get(name, 0) >= REACHED]
    stalls = sorted(((values.get(STALL.format(part), 0), part) for part in STALLS), reverse=True)[:3]
    lines.append("why warps wait, in cycles per instruction:")
    lines += [figures(STALLS[part][0], STALL.format(part), sides, "") for count, part in stalls if count > 0]
    lines.append("occupancy:")
    lines.append(figures("active warps", ACTIVE, sides))
    limits = {metric: values[metric] for metric in OCCUPANCY if metric in values}
    limit, remedy = OCCUPANCY[min(limits, key=limits.get)] if limits else ("an unknown resource", "")
    lines.append(f"  limited by {limit}")
    if reached:
        verdict = max(reached)[1]
    elif stalls[0][0] > 0:
        verdict = f"latency is the limit, because no unit is busy; warps are mostly {STALLS[stalls[0][1]][0]}: {STALLS[stalls[0][1]][1]}"
        if values.get(ACTIVE, 100) < 25 and remedy:
            verdict += f"; or run more warps, whose number {limit} limit{'s' if limit == 'shared memory' else ''}: {remedy}"
    else:
        verdict = "no unit is busy and no warp waits, so there are too few blocks for the GPU: split the keys"
    return lines + [verdict]


def perf_words(sides):
    for _, values in sides:
        values["per_cycle"] = values["instructions"] / values["cycles"]
        values["clock"] = values["cycles"] / (values["task-clock"] * 1e6) if values.get("task-clock") else 0
        for part, whole in (("branch-misses", "branches"), ("cache-misses", "cache-references")):
            if values.get(whole):
                values[f"{part} share"] = 100 * values.get(part, 0) / values[whole]
        if "cache-misses" in values:
            values["misses per thousand"] = 1000 * values["cache-misses"] / values["instructions"]
    lines = ["counts of the whole process, including checks and ceilings; a dry run takes no samples"]
    lines += [figures("IPC", "per_cycle", sides, ""), figures("clock", "clock", sides, " GHz"),
              figures("branch misses", "branch-misses share", sides), figures("cache misses", "cache-misses share", sides),
              figures("cache misses", "misses per thousand", sides, " per 1000 instructions")]
    values = sides[-1][1]
    if values.get("misses per thousand", 0) >= 10:
        verdict = "memory is the limit: use smaller tiles, so that K and V stay in the cache, and fewer passes over them"
    elif values.get("branch-misses share", 0) >= 5:
        verdict = "mispredicted branches are the limit: use masks instead of branches at the edges of tiles"
    elif values["per_cycle"] < 1:
        verdict = "latency is the limit: use more independent accumulators and wider vectors, avoid dependent exponentials in a row"
    else:
        verdict = "the arithmetic units are the limit: use fewer or wider instructions"
    return lines + [verdict]


def main(arguments):
    if arguments in (["-h"], ["--help"]):
        safe_text.say(__doc__)
        return 0
    if arguments == ["--metrics"]:
        safe_text.say(",".join(metric for metrics, _ in LIMITS.values() for metric in metrics.split()))
        return 0
    if len(arguments) < 3 or arguments[0] not in ("ncu", "perf") or not all("=" in side for side in arguments[2:]):
        safe_text.die(2, __doc__)
    profiler, case, *files = arguments
    sides = []
    for side, path in (item.split("=", 1) for item in files):
        try:
            values = (read_ncu if profiler == "ncu" else read_perf)(path)
        except (OSError, csv.Error, KeyError) as error:
            safe_text.die(3, f"profile_words.py: error: {path}: {error}")
        if values is None:
            safe_text.die(4, f"profile_words.py: error: {profiler} counted nothing for {side}; this machine has no counters, "
                             "or denies access")
        sides.append((side, values))
    lines = (ncu_words if profiler == "ncu" else perf_words)(sides)
    *head, verdict = [line for line in lines if line]
    safe_text.say("\n".join([case, *head, f"=> {verdict}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
