#!/usr/bin/python3
"""ci/coverage_report.py - prints line and branch coverage of a build that gcc compiled with --coverage.

usage: coverage_report.py BUILD [--at-least N] [--worst N] [--root DIR] [--leave-out FILE]... FOLDER/...

Counts the sources (*.cc) directly in the FOLDERs of the tree, including files that no test ran. Lines and branches are those
of gcov, with these rules:

- A call that may throw ends in two arcs: continue and throw. The source has no branch there, so neither arc is counted.
- A block that is reached only by a throw is not counted if it never ran. Nearly all such blocks are cleanup of temporaries
  that gcc adds. gcov marks these blocks only in its text output, and throw arcs only in its JSON, so both are read.
- All instances of a template count as one, with the sum of their counts. The same applies to a file that was compiled into
  several programs.
- If gcov has no data for an expected file, that is an error.

Exit: 0 branch coverage is at least N %; 1 it is lower, or a file is missing; 2 usage.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

import safe_text

BLOCK = re.compile(r" *(\S+): *(\d+)-block +\d+$")
LINE = re.compile(r" *\S+: *\d+:")
EXCEPTIONAL = "$$$$$"  # gcov's count of a block that never ran and that only a throw reaches


def exceptional_branches(text, name):
    """From gcov's annotated text: each line of file `name` that has branches, and which of these only a throw reaches."""
    lines = []
    here, exceptional = False, False
    for line in text.splitlines():
        block = BLOCK.match(line)
        if "0:Source:" in line:
            here = line.split("0:Source:", 1)[1] == name
        elif here and block:
            exceptional = block[1].rstrip("*") == EXCEPTIONAL
        elif here and LINE.match(line):
            lines.append((int(line.split(":", 2)[1]), []))
        elif here and line.startswith("branch "):
            lines[-1][1].append(exceptional)
    return [(number, branches) for number, branches in lines if branches]


def source_branches(branches, exceptional):
    """Counts of the arcs that are branches of the source. gcov lists the two arcs of a call as fallthrough, throw."""
    kept = []
    for branch, is_exceptional in zip(branches, exceptional):
        if not branch["throw"]:
            kept.append((branch, is_exceptional))
        elif kept and kept[-1][0]["fallthrough"]:
            kept.pop()
    return [branch["count"] for branch, is_exceptional in kept if not is_exceptional]


class Source:
    """The counts of one file, summed over instances and programs."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = {}  # (place of the function, line, how many arcs) -> counts

    def add(self, gcov_file, exceptional):
        """`exceptional`: the result of exceptional_branches(), whose lines have the same order as those of the JSON."""
        places = {f["name"]: (f["start_line"], f["start_column"]) for f in gcov_file["functions"]}
        exceptional = iter(exceptional)
        for line in gcov_file["lines"]:
            number = line["line_number"]
            self.lines[number] += line["count"]
            if not line["branches"]:
                continue
            same_number, which = next(exceptional, (None, []))
            if (same_number, len(which)) != (number, len(line["branches"])):
                safe_text.die(1, f"coverage_report.py: error: text and JSON of gcov disagree: {gcov_file['file']}:{number}")
            counts = source_branches(line["branches"], which)
            key = (places.get(line.get("function_name")), number, len(counts))
            before = self.branches.get(key, [0] * len(counts))
            self.branches[key] = [a + b for a, b in zip(before, counts)]

    def line_figures(self):
        return sum(1 for count in self.lines.values() if count), len(self.lines)

    def branch_figures(self):
        counts = [count for arcs in self.branches.values() for count in arcs]
        return sum(1 for count in counts if count), len(counts)

    def untaken_lines(self):
        return sorted({number for (_, number, _), counts in self.branches.items() if 0 in counts})


def gcov(root, note, *flags):
    """The output of gcov for one object. It runs in the root of the tree, because it annotates only sources that it can read.

    An object that no test ran has notes but no counts; gcov counts it as zero.
    """
    command = ["gcov", "--branch-probabilities", "--stdout", *flags, str(note.resolve())]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode != 0:
        safe_text.die(1, f"coverage_report.py: error: gcov failed: {result.stderr.strip()[-400:]}")
    return result.stdout


def take_counts(build, root, sources):
    """Adds all counts under `build` to `sources`, which has paths in the tree as keys."""
    for note in sorted(build.rglob("*.gcno")):
        for document in filter(None, gcov(root, note, "--json-format").splitlines()):
            for entry in json.loads(document)["files"]:
                # This project's build strips the path of the tree; another one may not.
                name = entry["file"].removeprefix(f"{root}/")
                if name in sources:
                    text = gcov(root, note, "--all-blocks")
                    sources[name].add(entry, exceptional_branches(text, entry["file"]))


def percent(figures):
    hit, total = figures
    return 100.0 * hit / total if total else 100.0


def ranges(numbers):
    """[1, 2, 3, 7] -> 1-3 7"""
    parts = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def row(name, source_lines, source_branches_figures, rest=""):
    (lines, all_lines), (arcs, all_arcs) = source_lines, source_branches_figures
    return (f"{percent(source_lines):6.1f} % {f'{lines}/{all_lines}':>11}"
            f" {percent(source_branches_figures):6.1f} % {f'{arcs}/{all_arcs}':>11}  {name}{rest}")


def total(figures):
    return tuple(sum(column) for column in zip(*figures))


def main():
    parser = safe_text.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--at-least", type=float, default=95)
    parser.add_argument("--worst", type=int, default=10)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--leave-out", action="append", default=[])
    flags = parser.parse_args()

    paths = [path.relative_to(flags.root) for folder in flags.folders
             for path in sorted((flags.root / folder).glob("*.cc"))]
    sources = {str(path): Source() for path in paths if str(path) not in flags.leave_out}
    take_counts(flags.build, flags.root, sources)
    unknown = [name for name, source in sources.items() if not source.lines]
    if unknown or not sources:
        safe_text.die(1, f"coverage_report.py: error: gcov has no data for {', '.join(unknown) or 'these folders'}")

    worst = sorted(sources, key=lambda name: (percent(sources[name].branch_figures()), name))
    safe_text.say(f"{'lines':>20} {'branches':>20}  file: lines with a branch that was not taken")
    for name in worst[: flags.worst]:
        source = sources[name]
        safe_text.say(row(name, source.line_figures(), source.branch_figures(), ": " + ranges(source.untaken_lines())))
    lines = total(source.line_figures() for source in sources.values())
    branches = total(source.branch_figures() for source in sources.values())
    safe_text.say(row(f"all {len(sources)} files", lines, branches))
    return 0 if percent(branches) >= flags.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
