#!/usr/bin/python3
"""The folders include one another only as their READMEs say.

usage: includes_test.py ROOT [--matrix]    (--matrix prints who includes whom)

A folder with a README.md that has a line `May include: ...` is a component; files belong to the nearest component above them.
The line lists, in backticks, the components that it may include beside itself; "nothing of ours" means none.
"""

import pathlib
import re
import subprocess
import sys

SOURCES = (".h", ".cc", ".cu", ".cuh", ".inc")
RULE = re.compile(r"^May include: (.+)$", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
# Tests may look at everything.
FREE = ("tests/",)


def tracked(root):
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (root / name).is_file())


def rules_of(root, files):
    """component -> the components that it may include."""
    rules = {}
    for name in files:
        if not name.endswith("README.md"):
            continue
        found = RULE.findall((root / name).read_text(encoding="utf-8"))
        if len(found) > 1:
            sys.exit(f"{name}: more than one line 'May include:'")
        if found:
            folder = str(pathlib.PurePosixPath(name).parent) + "/"
            rules[folder] = set(re.findall(r"`([^`]+/)`", found[0]))
            if not rules[folder] and found[0].strip() != "nothing of ours":
                sys.exit(f"{name}: 'May include:' lists folders in backticks, or says 'nothing of ours'")
    return rules


def component_of(name, rules):
    return max((folder for folder in rules if name.startswith(folder)), key=len, default=None)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = tracked(root)
    rules = rules_of(root, files)
    faults, arrows = [], {}
    for folder, allowed in rules.items():
        faults += [f"{folder}README.md: may include {one}, which is no component" for one in allowed if one not in rules]
    for name in files:
        if not name.endswith(SOURCES) or name.startswith(FREE):
            continue
        here = component_of(name, rules)
        if here is None:
            faults.append(f"{name}: belongs to no component; its folder's README.md needs a line 'May include:'")
            continue
        for target in INCLUDE.findall((root / name).read_text(encoding="utf-8")):
            there = component_of(target, rules)
            if there is None or there == here:  # a header of a library, or a generated file; its own
                continue
            arrows.setdefault((here, there), []).append(name)
            if there not in rules[here]:
                faults.append(f'{name}: includes "{target}", but {here}README.md does not allow {there}')
    for folder, allowed in rules.items():
        faults += [f"{folder}README.md: may include {one}, but nothing there does" for one in sorted(allowed)
                   if one in rules and (folder, one) not in arrows]
    if "--matrix" in sys.argv[2:]:
        for (here, there), names in sorted(arrows.items()):
            print(f"{here} -> {there}  ({len(names)})")
    faults += [f"{a} and {b} include each other" for a, b in sorted(cycles(rules))]
    for fault in faults:
        print(fault)
    print(f"{len(arrows)} arrows between {len(rules)} components, {len(faults)} faults")
    return 1 if faults else 0


def cycles(rules):
    """Pairs of components that reach each other."""
    reach = {folder: set(allowed) for folder, allowed in rules.items()}
    for _ in rules:
        for folder in reach:
            reach[folder] |= {far for near in reach[folder] for far in reach.get(near, ())}
    return {(a, b) for a in reach for b in reach[a] if a < b and a in reach.get(b, ())}


if __name__ == "__main__":
    sys.exit(main())
