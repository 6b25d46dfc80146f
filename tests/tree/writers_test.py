#!/usr/bin/python3
"""Only base/console.cc writes to stdout and stderr: it makes every line safe for terminals and logs.

usage: writers_test.py ROOT
"""

import pathlib
import re
import subprocess
import sys

WRITES = re.compile(r"std::(cout|cerr|clog)\b|\b(printf|puts|fputs|putchar|fwrite|perror)\(|\bfmt::print\b"
                    r"|\bfprintf\((stdout|stderr)|\b(write|write_all|dprintf)\((STDOUT_FILENO|STDERR_FILENO|1|2),")
FOLDERS = ("base/", "bench/", "compare/", "fuzz/", "kernels/")
ALLOWED = {
    "base/console.cc": "the place itself",
    "fuzz/crash_note.cc": "a signal handler may only call write(2)",
    "base/out_of_memory.cc": "without memory, only a fixed text can be written",
    "compare/statistics/power/compare_power.cc": "prints figures of its own, for developers",
    "kernels/simt/conformance/main.cc": "prints names and figures of its own, for developers",
}


def main():
    root = pathlib.Path(sys.argv[1])
    files = subprocess.run(["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard"], check=True,
                           capture_output=True, text=True).stdout.split("\n")
    faults, seen = [], set()
    for name in sorted(set(files)):
        if not name.startswith(FOLDERS) or not name.endswith((".cc", ".h", ".cu", ".cuh")) or not (root / name).is_file():
            continue
        for number, line in enumerate((root / name).read_text(encoding="utf-8").split("\n"), 1):
            if WRITES.search(line.split("//")[0]):
                seen.add(name)
                if name not in ALLOWED:
                    faults.append(f"{name}:{number}: writes by itself; call base/console.h: {line.strip()}")
    faults += [f"{name} writes nothing; remove it from ALLOWED" for name in ALLOWED if name not in seen]
    print("\n".join(faults) or "one place writes")
    return 1 if faults else 0


sys.exit(main())
