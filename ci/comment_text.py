"""The comment under a pull request, from a comparison and the timeline of the run that made it.

Everything that comes from data stands in a code span of printable ASCII: GitHub makes no mention, link, image or markup of
it. The rest are our own words and numbers. Never more than LIMIT characters (GitHub refuses above 65,536).
"""

import datetime

import comparison_file

MARKER = "<!-- warpgauge: performance of this change -->"
LIMIT = 60_000
WORST = 10
MOST_REMARKS = 20

MARKS = {"pass": "✅", "regression": "❌", "undecided": "❔"}
TABLE = "| verdict | case | base | head | change (+ is worse) | 95 % interval |\n|---|---|--:|--:|--:|--:|\n"


def code(text, longest=160):
    """A code span in which nothing can happen: what is not plain ASCII, and ` and |, is written as a number."""
    shown = "".join(c if " " <= c <= "~" and c not in "`|" else f"\\u{{{ord(c):x}}}" for c in text[: 4 * longest]).strip()
    if len(shown) > longest:
        shown = shown[: longest // 2] + " ... " + shown[-(longest // 2 - 5):]
    return f"`{shown}`" if shown else "(empty)"


def duration(seconds):
    if seconds >= 60:
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
    return f"{seconds:.0f} s"


def value(side, metric):
    if side["value"] is None:
        return "-"
    number = side["value"]
    units = [(1e9, " s"), (1e6, " ms"), (1e3, " us"), (0, " ns")]
    if metric not in ("real_time", "cpu_time"):
        units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (0, "")]
    scale, unit = next((s, u) for s, u in units if abs(number) >= s)
    return f"{number / (scale or 1):.4g}{unit}"


def change(ratio):
    return "-" if ratio is None else f"{100 * (ratio - 1):+.3g} %"


def interval(ci):
    return "-" if ci is None else f"{100 * (ci[0] - 1):+.3g} .. {100 * (ci[1] - 1):+.3g} %"


def row(cell, metric):
    fields = (cell["verdict"], code(cell["name"]), value(cell["base"], metric), value(cell["head"], metric),
              change(cell["ratio"]), interval(cell["ci"]))
    return "| " + " | ".join(fields) + " |\n"


def counts(comparison):
    parts = [f"{count} {name}{'s' if count > 1 and name in ('regression', 'improvement') else ''}"
             for name, count in comparison["counts"].items() if count]
    return ", ".join(parts) or "no case"


def worst_first(cells):
    order = {name: place for place, name in enumerate(comparison_file.VERDICTS)}
    return sorted(cells, key=lambda cell: (order[cell["verdict"]], -(cell["ratio"] or 0), cell["name"]))


def worst(comparison):
    shown = [c for c in worst_first(comparison["cells"]) if c["verdict"] not in ("new", "unchanged")][:WORST]
    if not shown:
        return ""
    text = "\n" + TABLE + "".join(row(cell, comparison["metric"]) for cell in shown) + "\n"
    for cell in shown:
        if cell["reason"]:
            text += f"- {code(cell['name'])}: {code(cell['reason'], 400)}\n"
        if cell["verdict"] == "regression" and cell["reproduce"]:
            text += f"  - reproduce: {code(cell['reproduce'], 400)}\n"
    return text


def commits(comparison, head_sha):
    head = head_sha or comparison_file.commit(comparison["head"])
    base = comparison_file.commit(comparison["base"])
    text = f"\nhead {code(head[:12]) if head else 'unknown'}, base {code(base[:12]) if base else 'unknown'}"
    made = comparison_file.date(comparison["baseline"])
    measured = comparison_file.date(comparison["head"])
    if made and measured:
        days = (measured - made) / datetime.timedelta(days=1)
        stored = comparison_file.commit(comparison["baseline"])
        text += f"; baseline {days:.1f} days old" + (f", of {code(stored[:12])}" if stored else "")
    else:
        text += "; no stored baseline took part"
    if comparison["mde"] is not None:
        text += f"; smallest detectable change {100 * comparison['mde']:.2g} %"
    return text + "\n"


def environment(comparison):
    if not comparison["differences"]:
        return ""
    text = "\n**Environment differences**\n\n"
    for difference in comparison["differences"][:MOST_REMARKS]:
        text += (f"- {'**other machine**: ' if difference['forbids'] else ''}{code(difference['key'])}: "
                 f"{code(difference['base'])} → {code(difference['head'])}\n")
    return text


def notes(comparison):
    lines = [f"- {code(note, 400)}\n" for note in comparison["notes"][:MOST_REMARKS]]
    if len(comparison["notes"]) > MOST_REMARKS:
        lines.append(f"- and {len(comparison['notes']) - MOST_REMARKS} more\n")
    return "\n**Notes**\n\n" + "".join(lines) if lines else ""


def full_table(comparison, room):
    opening = f"\n<details><summary>all {len(comparison['cells'])} cases</summary>\n\n{TABLE}"
    closing = "\n</details>\n"
    room -= len(opening) + len(closing) + 80
    rows, listed = "", 0
    for cell in worst_first(comparison["cells"]):
        line = row(cell, comparison["metric"])
        if len(rows) + len(line) > room:
            break
        rows += line
        listed += 1
    if listed == 0:
        return ""
    left = len(comparison["cells"]) - listed
    return opening + rows + (f"\n{left} more cases are in comparison.json of the run\n" if left else "") + closing


def _moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def timeline(run, jobs):
    """Where the time went, from GitHub's own record of the run: nothing in it comes from the artifact."""
    ran = [job for job in jobs if job.get("started_at") and job.get("completed_at") and job.get("conclusion") != "skipped"]
    if not ran:
        return ""
    begin = _moment(run["created_at"])
    end = max(_moment(job["completed_at"]) for job in ran)
    text = f"\n**Where the time went**: {duration((end - begin).total_seconds())} from push to result\n\n"
    for job in sorted(ran, key=lambda job: job["started_at"])[:MOST_REMARKS]:
        started, completed = _moment(job["started_at"]), _moment(job["completed_at"])
        text += (f"- {code(job['name'])}: began after {duration((started - begin).total_seconds())}, "
                 f"took {duration((completed - started).total_seconds())}")
        slow = [(step["name"], (_moment(step["completed_at"]) - _moment(step["started_at"])).total_seconds())
                for step in job.get("steps") or [] if step.get("started_at") and step.get("completed_at")]
        slow = sorted((item for item in slow if item[1] >= 5), key=lambda item: -item[1])[:3]
        text += "".join(f"{' (' if i == 0 else ', '}{code(name, 60)} {duration(seconds)}" for i, (name, seconds) in enumerate(slow))
        text += ")\n" if slow else "\n"
    return text


def failures(jobs):
    text = ""
    for job in jobs[:MOST_REMARKS]:
        if job.get("conclusion") in ("failure", "timed_out", "cancelled"):
            steps = [step["name"] for step in job.get("steps") or [] if step.get("conclusion") in ("failure", "cancelled")]
            text += f"- {code(job['name'])}: {code(job['conclusion'])}" + (f" at {code(steps[0])}" if steps else "") + "\n"
    return "\n" + text if text else ""


def render(comparison, run, jobs, head_sha=""):
    """The comment of a run that left a comparison."""
    heading = f"{MARKER}\n### {MARKS[comparison['verdict']]} {comparison['verdict']}: {counts(comparison)}\n"
    top = heading + commits(comparison, head_sha)
    if comparison["verdict"] == "pass" and run.get("conclusion") not in (None, "success"):
        top += "\nThe run itself did not succeed, whatever its comparison says:\n" + failures(jobs)
    top += worst(comparison) + environment(comparison) + notes(comparison)
    bottom = timeline(run, jobs) + (f"\nmethod: {code(comparison['method'], 600)}\n" if comparison["method"] else "")
    return top + full_table(comparison, LIMIT - len(top) - len(bottom)) + bottom


def render_failure(reason, run, jobs, head_sha=""):
    """The comment of a run that left none, or none that can be believed."""
    return (f"{MARKER}\n### ❌ no result: nothing is known about the performance of this change\n\n"
            f"head {code(head_sha[:12]) if head_sha else 'unknown'}; {code(reason, 400)}\n" + failures(jobs) + timeline(run, jobs))


