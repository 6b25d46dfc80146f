#!/usr/bin/python3
"""faults_test.py COMPARE FAKE_BENCH SHIM TESTDATA [--calls N] [--kinds KIND,...] - makes single system calls of `compare` fail,
one per run: the first N calls (6) of open, read, write, fsync, close, linkat, rename and mkdir, and N allocations. With
`--calls all` every call, and of malloc every 97th. `memory`: from that allocation on, all fail.

After each run: the exit code is 3 or 5 with a message on stderr, or all is as without the fault (some calls may fail: what is
printed to a closed stderr, a way that has a second one). `comment` prints a comment that says that there is no result. Each file
is the old one, or the new one, and never a part. No temporary file is left. Prints tried and failed per kind. Skipped (77) if no
fault can be injected.
"""

import errno
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

KINDS = {"open": errno.EMFILE, "read": errno.EIO, "write": errno.ENOSPC, "cut": "cut", "fsync": errno.EIO, "close": errno.EIO,
         "linkat": errno.EIO, "rename": errno.EIO, "mkdir": errno.ENOSPC, "malloc": errno.ENOMEM, "memory": errno.ENOMEM}
COMPARE, BENCH, SHIM, TESTDATA = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
OPTIONS = dict(zip(sys.argv[5::2], sys.argv[6::2]))
ALL = OPTIONS.get("--calls") == "all"
CALLS = 0 if ALL else int(OPTIONS.get("--calls", 6))
MALLOC_STEP = 97
TIME_LIMIT_S = 60

# name: (folder of the table, whose before/ is copied; arguments; files that hold something old before)
SCENARIOS = {
    "gate": ("slower_by_half", "gate base.json head.json --json $OUT/a.json --markdown $OUT/a.md --junit $OUT/a.xml", ("a.json", "a.md", "a.xml")),
    "pass": ("unchanged_beside_the_margin", "gate $ARGS --github --json $OUT/a.json", ()),
    "bless": ("bless_accept", "$ARGS --json $OUT/a.json", ("a.json",)),
    "first": ("bless_accept", "bless --baseline $OUT/new/baselines --fingerprint lab --head head0.json --reason first", ()),
    "smoke": ("bless_smoke", "$ARGS", ()),
    "merge": ("settle_merge", "$ARGS", ("merged.json",)),
    "note": ("settle_note_in_doubt", "$ARGS", ("noted.json",)),
    "comment": ("slower_by_half", "comment out/comparison.json", ()),
}
AB = f"ab {shlex.quote(str(BENCH))} {shlex.quote(str(BENCH))} --process-seconds 0.02 --blocks 2..2 --keep $OUT/run --json $OUT/a.json"


def arguments_of(folder, text, out):
    own = (TESTDATA / folder / "args").read_text(encoding="utf-8").strip() if "$ARGS" in text else ""
    if text.startswith("gate $ARGS"):
        own = own.removeprefix("gate ")
    return shlex.split(text.replace("$ARGS", own).replace("$OUT", str(out)))


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Run:
    """One run of a scenario in an empty folder."""

    def __init__(self, name, fault=None):
        folder, text, old = SCENARIOS.get(name) or ("slower_by_half", AB, ())
        with tempfile.TemporaryDirectory() as work:
            out, mark = pathlib.Path(work, "out"), pathlib.Path(work, "mark")
            before = TESTDATA / folder / "before"
            if before.is_dir():
                shutil.copytree(before, out)
            else:
                out.mkdir()
            for file in old:
                (out / file).write_text("old", encoding="utf-8")
            self.before = files_in(out)
            environment = {key: value for key, value in os.environ.items() if key != "GITHUB_STEP_SUMMARY"}
            if fault:
                kind, call = fault
                function = {"cut": "write", "memory": "malloc"}.get(kind, kind)
                later = "+" if kind == "memory" else ""
                environment |= {"LD_PRELOAD": str(SHIM), "FAULT_PROGRAM": COMPARE.name, "FAULT_MARK": str(mark),
                                "FAULT": f"{function}:{call}{later}:{KINDS[kind]}"}
            ran = subprocess.run([COMPARE, *arguments_of(folder, text, out)], cwd=TESTDATA / folder, stdin=subprocess.DEVNULL,
                                 capture_output=True, check=False, env=environment, timeout=TIME_LIMIT_S)
            self.code, self.out, self.err = ran.returncode, ran.stdout.replace(work.encode(), b""), ran.stderr.decode(errors="replace")
            self.files, self.came = files_in(out), mark.exists()


def faults_of(name, run, good):
    """What is wrong with a run in which a call failed."""
    if any(".tmp" in file for file in run.files):
        yield "a temporary file is left"
    for file, content in run.files.items():
        if content not in (run.before.get(file), good.files.get(file)) and name != "ab":
            yield f"{file} is neither the old nor the new one"
        if name == "ab" and file.endswith(".json") and run.before.get(file) != content:
            try:
                json.loads(content)
            except ValueError:
                yield f"{file} is torn"
    for file in run.before:
        if file not in run.files:
            yield f"{file} is gone"
    told = name == "comment" and run.code == 0 and b"### \xe2\x9d\x8c no result" in run.out  # the comment is the message
    as_good = told or run.code == good.code and (name == "ab" or (run.out, run.files) == (good.out, good.files))
    if run.code not in (3, 5) and not as_good:
        yield f"exit {run.code}"
    if run.code in (3, 5) and "error: " not in run.err:
        yield f"exit {run.code} without a message"


def sweep(name, kind):
    """(calls that were tried, the text of each fault)."""
    good, tried, found = Run(name), 0, []
    is_allocation = kind in ("malloc", "memory")
    step = MALLOC_STEP if is_allocation else 1
    call = 1
    while ALL or tried < CALLS:
        run = Run(name, (kind, call))
        if not run.came:
            break
        tried += 1
        found += [f"{name}: {kind} {call}: {fault}: {run.err[-200:]}" for fault in faults_of(name, run, good)]
        call = call * 6 if is_allocation and not ALL else call + step  # 1, 6, 36...: to the end of the run
    return tried, found


def main():
    if not Run("gate", ("open", 1)).came:
        print("skipped: no fault can be injected (a sanitizer, or a static program)")
        return 77
    kinds = OPTIONS.get("--kinds", ",".join(KINDS)).split(",")
    names = [*SCENARIOS, "ab"] if ALL else [*SCENARIOS]
    faults = []
    for kind in kinds:
        results = [sweep(name, kind) for name in names]
        found = [fault for _, of_one in results for fault in of_one]
        print(f"{kind}: {sum(tried for tried, _ in results)} tried, {len(found)} failed", flush=True)
        faults += found
    print("\n".join(faults[:40]))
    return 1 if faults else 0


sys.exit(main())
