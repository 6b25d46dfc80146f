#!/usr/bin/python3
"""ci/settle.py - two comparisons of one change made one: the stored baseline's, and the A/B run over what that left open.

  open BASELINE.json [LIST]                  print the cases that an A/B run must settle, as a filter; nothing: none. LIST
                                             holds base's cases: what it has and the stored baseline has not is one of them
  merge BASELINE.json [AB.json] -o FILE      the A/B run's word on the cases that it ran, the baseline's on the others
  note COMPARISON.json TEXT [--doubt] -o FILE    the comparison with a note more, for which a pass is undecided (--doubt)
  worst COMPARISON.json N                    print the N cases that changed most, regressions first, one a line
  --help

Exit: open, worst: 0; merge, note: what the comparison that they wrote says, 0, 1 or 4; 2 usage; 3 a file is not valid.
"""

import argparse
import json
import re
import sys

OPEN = ("regression", "inconclusive")
SETTINGS = re.compile("(/(repeats|iterations|min_time|min_warmup_time):[^/]+|/(manual_time|real_time|process_time))*$")
CODES = {"pass": 0, "regression": 1, "undecided": 4}


def load(path):
    with open(path, encoding="utf-8") as file:
        comparison = json.load(file)
    if comparison.get("schema") != "warpgauge/comparison/1":
        raise ValueError(f"{path}: not a comparison")
    return comparison


def save(comparison, path):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(comparison, file, indent=1, ensure_ascii=False)
        file.write("\n")


def open_cases(comparison, in_base):
    return [cell["name"] for cell in comparison["cells"]
            if cell["verdict"] in OPEN or cell["verdict"] == "new" and cell["name"] in in_base]


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return {name for line in lines for name in (line, SETTINGS.sub("", line))}


def filter_of(names):
    return "^(" + "|".join(re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", name) for name in names) + ")$"


def verdict_of(counts, undecided):
    if counts["regression"] or counts["failed"]:
        return "regression"
    if undecided or counts["missing"] or counts["errored"]:
        return "undecided"
    return "pass"


def merge(baseline, ab):
    if ab is None:
        return dict(baseline, context=dict(baseline["context"], baseline=baseline["context"]["base"]))
    settled = {cell["name"]: cell for cell in ab["cells"]}
    cells = [settled.pop(cell["name"], cell) for cell in baseline["cells"]]
    counts = {name: sum(cell["verdict"] == name for cell in cells) for name in baseline["counts"]}
    merged = dict(ab)
    merged["cells"], merged["counts"] = cells, counts
    # What the baseline could not decide as a whole, it could not decide for the cases that it alone speaks for.
    unsettled = baseline["verdict"] == "undecided" and not (baseline["counts"]["missing"] or baseline["counts"]["errored"])
    merged["verdict"] = verdict_of(counts, ab["verdict"] == "undecided" or unsettled)
    merged["exit_code"] = CODES[merged["verdict"]]
    merged["context"] = dict(ab["context"], baseline=baseline["context"]["base"])
    run = len(ab["cells"])
    merged["notes"] = ab["notes"] + baseline["notes"] + [
        f"the stored baseline cleared {len(cells) - run} of {len(cells)} cases; {run} were settled by running base and head in turn"]
    return merged


def changed_most(comparison, most):
    cells = [cell for cell in comparison["cells"] if cell["verdict"] in ("regression", "improvement") and cell["ratio"]]
    cells.sort(key=lambda cell: (cell["verdict"] != "regression", -max(cell["ratio"], 1 / cell["ratio"])))
    return [cell["name"] for cell in cells[:most] if "\n" not in cell["name"]]


def main():
    parser = argparse.ArgumentParser(prog="settle.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("open", "merge", "note", "worst"):
        commands.add_parser(name).add_argument("comparison")
    commands.choices["open"].add_argument("list", nargs="?")
    commands.choices["merge"].add_argument("ab", nargs="?")
    commands.choices["note"].add_argument("text")
    commands.choices["note"].add_argument("--doubt", action="store_true")
    commands.choices["worst"].add_argument("most", type=int)
    for name in ("merge", "note"):
        commands.choices[name].add_argument("-o", required=True)
    arguments = parser.parse_args()
    try:
        comparison = load(arguments.comparison)
        if arguments.command == "open":
            names = open_cases(comparison, read_cases(arguments.list) if arguments.list else set())
            print(filter_of(names) if names else "", end="")
        elif arguments.command == "worst":
            print("".join(name + "\n" for name in changed_most(comparison, arguments.most)), end="")
        elif arguments.command == "note":
            comparison["notes"].append(arguments.text)
            if arguments.doubt and comparison["verdict"] == "pass":
                comparison["verdict"], comparison["exit_code"] = "undecided", CODES["undecided"]
            save(comparison, arguments.o)
            return comparison["exit_code"]
        else:
            merged = merge(comparison, load(arguments.ab) if arguments.ab else None)
            save(merged, arguments.o)
            return merged["exit_code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"settle.py: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
