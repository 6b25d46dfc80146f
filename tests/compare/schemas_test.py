#!/usr/bin/python3
"""The JSON Schemas of compare/schemas/: they hold for the examples in tests/testdata and for files that the programs write, and
they refuse what the readers refuse.

usage: schemas_test.py COMPARE FAKE_BENCH SOURCE_DIR   (77: Python's jsonschema is missing or has no draft 2020-12)
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

COMPARE, BENCH, SOURCE = [pathlib.Path(path).resolve() for path in sys.argv[1:4]]
SCHEMAS, TESTDATA = SOURCE / "compare/schemas", SOURCE / "tests/testdata"
KINDS = ("baseline", "baseline-1", "comparison", "comparison-1", "context", "policy", "policy-1", "rivals", "run", "smoke")
VERSIONS = {"baseline": 2, "comparison": 2, "policy": 2}  # of the formats that are not at 1
REMOVED = object()

try:
    from jsonschema import Draft202012Validator
except ImportError as error:
    print(f"skipped: {error}; install python3-jsonschema 4 or newer")
    sys.exit(77)


def validator(kind):
    return Draft202012Validator(json.loads((SCHEMAS / f"{kind}.schema.json").read_text()))


def faults(kind, document):
    return [f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(document)]


def documents_in(text):
    """(kind, document) of what `text` holds: one of our formats, or results with our context."""
    try:
        document = json.loads(text)
    except ValueError:
        return
    if not isinstance(document, dict):
        return
    schema = document.get("schema")
    if isinstance(schema, str) and schema.startswith("warpgauge/") and schema.split("/")[1] in KINDS:
        kind, version = schema.split("/")[1:]
        yield f"{kind}-1" if version == "1" and f"{kind}-1" in KINDS else kind, document
    context = document.get("context")
    if isinstance(context, dict) and isinstance(context.get("warpgauge"), dict):
        yield "context", context["warpgauge"]


def is_invalid(path):
    """Whether an example is there to be refused: the case's exit code is 3."""
    if "invalid" in path.parts:
        return True
    return any((folder / "exit").is_file() and (folder / "exit").read_text().strip() == "3" for folder in path.parents)


def changed(document, path, value):
    document = copy.deepcopy(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if value is REMOVED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    return document


def compare(*words):
    return subprocess.run([COMPARE, *map(str, words)], capture_output=True, text=True, check=False)


class Schemas(unittest.TestCase):
    def assert_valid(self, kind, document, where):
        self.assertEqual(faults(kind, document), [], where)

    def test_each_kind_has_a_schema_that_is_one(self):
        self.assertEqual({path.name for path in SCHEMAS.glob("*.json")}, {f"{kind}.schema.json" for kind in KINDS})
        for kind in KINDS:
            schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
            Draft202012Validator.check_schema(schema)
            name = f"warpgauge/{kind.removesuffix('-1')}/{VERSIONS.get(kind, 1)}"
            self.assertEqual(schema["properties"]["schema"], {"const": name})

    def test_the_examples_are_valid(self):
        seen = dict.fromkeys(KINDS, 0)
        for path in sorted([*TESTDATA.rglob("*.json"), *TESTDATA.rglob("stdout"), *(SOURCE / "baselines").rglob("*.json")]):
            if is_invalid(path):
                continue
            for kind, document in documents_in(path.read_text(errors="replace")):
                with self.subTest(path=path):
                    self.assert_valid(kind, document, path)
                seen[kind] += 1
        print(seen)
        for kind in KINDS:
            if kind != "run":  # the next test writes one
                self.assertGreater(seen[kind], 0, kind)

    def test_a_run_and_its_report_are_valid(self):
        with tempfile.TemporaryDirectory() as folder:
            record, report = run_in(folder)
            self.assert_valid("run", record, "run.json")
            self.assert_valid("comparison", report, "comparison.json")


# Of each kind of file, what its reader refuses: (path, value).
REFUSED = {
    "baseline": [
        (["schema"], "warpgauge/baseline/3"), (["metrics", 0, "better"], "sideways"), (["metrics"], []), (["rounds"], []),
        (["rounds", 0, "boot"], 7), (["rounds", 0, "state"], "lost"), (["rounds", 0, "state"], "refused"),
        (["rounds", 0, "noise"], "a"), (["rounds", 0, "failed"], [7]), (["rounds", 0, "environment"], REMOVED),
        (["rounds", 0, "processes"], 1e300), (["rounds", 0, "processes"], 1.7), (["rounds", 0, "processes"], 2**53 + 1),
        (["rounds", 0, "processes"], 0), (["rounds", 0, "statistic"], "q99"), (["rounds", 0, "reason"], REMOVED),
        (["rounds", 0, "extra"], 1), (["cases", 0, "values", "real_time", 0], -1),
        (["cases", 0, "values", "real_time", 0], "x"), (["cases", 0, "values"], {}),
        (["cases", 0, "name"], ""), (["history"], None), (["extra"], 1)],
    "policy": [
        (["schema"], REMOVED), (["alpha"], 0.5), (["alpha"], 0), (["alpha"], None), (["defaults", "fail_above"], 3),
        (["defaults", "fail_above"], "much"), (["defaults", "improve_above"], -1), (["defaults", "same_within"], 0),
        (["rules", 0, "match"], REMOVED), (["rules", 0, "match"], 7), (["rules"], {}), (["controls"], "a"), (["extra"], 1),
        (["rules", 0, "metric"], 7), (["metrics", 0, "metric"], REMOVED), (["metrics", 0, "better"], "sideways"),
        (["metrics", 0, "exact"], "yes"), (["metrics", 0, "extra"], 1), (["metrics", 0, "fail_above", "absolute"], "30 parsecs"),
        (["metrics", 0, "fail_above", "relative"], 2), (["metrics", 0, "fail_above", "extra"], 1), (["metrics"], "real_time")],
    "run": [
        (["schema"], "warpgauge/run/2"), (["plan", "first_blocks"], 1), (["plan", "max_blocks"], 1e300), (["plan", "alpha"], 0.5),
        (["plan", "seed"], -1), (["plan", "process_seconds"], 0), (["better"], "sideways"), (["policy", "same_within"], 0),
        (["policy", "improve_above"], 1), (["policy", "max_mde"], "x"), (["statistic"], "mean"), (["ended_by"], "both"),
        (["cases", 0, "name"], ""), (["cases", 0, "control"], 1), (["looks", 0, "last_block"], 0),
        (["rows", 0, "file"], "../secret.json"), (["rows", 0, "file"], "/etc/passwd"), (["rows", 0, "file"], "a/../../b"),
        (["rows", 0, "position"], 5), (["rows", 0, "timeout"], None), (["rows"], REMOVED)],
    "context": [
        (["schema"], REMOVED), (["schema"], "warpgauge/context/9"), (["identity"], REMOVED), (["identity"], "x"),
        (["identity", "threads"], None), (["state", "compiler"], []), (["round"], 7), (["settings"], 1)],
}


def run_in(folder):
    """A run of two blocks: its record and its report."""
    folder = pathlib.Path(folder)
    for name, flags in (("base", "--cases=5"), ("head", "--cases=6 --error=fake/2 --slow=/3=1.5")):
        (folder / name).write_text(f'#!/bin/sh\nexec {BENCH} {flags} "$@"\n')
        (folder / name).chmod(0o755)
    done = compare("ab", folder / "base", folder / "head", "--blocks", "2", "--process-seconds", "0.05", "--keep",
                   folder / "keep", "--json", folder / "comparison.json")
    assert done.returncode == 1, done.stderr
    return [json.loads((folder / name).read_text()) for name in ("keep/run.json", "comparison.json")]


class RefusedByBoth(unittest.TestCase):
    """What the readers refuse, of the fields that a schema can tell."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def check(self, kind, document, command, file):
        """`command` reads `file`, which holds `document` or a part of it, see `put`."""
        self.put(file, document, kind)
        self.assertNotEqual(compare(*command).returncode, 3, compare(*command).stderr)
        self.assertEqual(faults(kind, document), [])
        for path, value in REFUSED[kind]:
            with self.subTest(path=path, value=value):
                mutated = changed(document, path, value)
                self.put(file, mutated, kind)
                done = compare(*command)
                self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
                self.assertNotEqual(faults(kind, mutated), [], "the schema accepts what the reader refuses")

    def put(self, file, document, kind):
        if kind == "context":
            document = {"context": {"warpgauge": document}, "benchmarks": []}
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document))

    def results(self):
        path = self.folder / "head.json"
        row = {"name": "a", "run_type": "iteration", "real_time": 5, "cpu_time": 5, "time_unit": "ns"}
        path.write_text(json.dumps({"context": {"date": "2026-11-05T10:00:00Z", "num_cpus": 2}, "benchmarks": [row]}))
        return path

    def test_of_a_baseline(self):
        stored = self.folder / "baselines/lab/default.json"
        self.results()
        compare("bless", "--baseline", stored.parent.parent, "--fingerprint", "lab", "--head", self.results(), "--reason", "first")
        self.check("baseline", json.loads(stored.read_text()),
                   ["gate", "--baseline", stored.parent.parent, "--fingerprint", "lab", "--head", self.results()], stored)

    def test_of_a_policy(self):
        file = self.folder / "policy.json"
        policy = {"schema": "warpgauge/policy/2", "alpha": "1%", "max_mde": 0.05, "controls": ["^c"],
                  "defaults": {"fail_above": "3 %", "improve_above": 0.02, "same_within": "1.5e0%"},
                  "metrics": [{"metric": "real_time", "fail_above": {"relative": "2%", "absolute": "30ns"}, "exact": False}],
                  "rules": [{"match": "-a", "metric": "real_time", "fail_above": ".03"}]}
        self.check("policy", policy, ["gate", self.results(), self.results(), "--policy", file], file)

    def test_of_a_run(self):
        record, _ = run_in(self.folder)
        keep = self.folder / "keep"
        self.check("run", record, ["gate", "--run", keep], keep / "run.json")

    def test_of_a_context(self):
        context = {"schema": "warpgauge/context/1", "round": "b-1", "identity": {"threads": 2}, "state": {"compiler": "g++"},
                   "info": {"dirty": False}, "settings": {}}
        file = self.folder / "results.json"
        self.check("context", context, ["fingerprint", file], file)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
