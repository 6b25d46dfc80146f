#!/usr/bin/python3
"""comment_test.py ROOT COMPARE - ci/comment.py treats the artifact of a run as untrusted: a forged, damaged or too large file
gives a comment with the reason. It calls GitHub only as needed. Also ci/notify.py, which writes issues through the same API."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
COMPARE = pathlib.Path(sys.argv[2]).resolve()
sys.path[:0] = [str(ROOT / "ci"), str(ROOT / "tests" / "ci")]
sys.dont_write_bytecode = True
import comment  # noqa: E402
from github_stand_in import GitHubStandIn, archive  # noqa: E402

# One that `compare gate` wrote.
RED = json.loads((ROOT / "tests/testdata/compare/three_processes/out/comparison.json").read_text(encoding="utf-8"))
VALID = json.dumps(RED).encode()
MARKER = "<!-- warpgauge: performance of this change -->"
LARGEST_COMMENT = 60_000


def with_cell(**keys):
    return json.dumps(RED | {"cells": [RED["cells"][0] | keys, *RED["cells"][1:]]}).encode()


def changed(**keys):
    return json.dumps(RED | keys).encode()


# (what the artifact holds, what the comment then says)
INVALID = [
    (b"", "cut off|empty|expected"), (b"{", "expected|cut off"), (b"[]", "object"), (b"null", "object"), (b"\xff\xfe{}", "UTF"),
    (VALID + b"{}", "second document"), (b'{"schema": "other"}', "schema"), (b"[" * 100_000, "object"),
    (b" " * ((8 << 20) + 1), "larger than 8 MiB"),
    (with_cell(ratio=float("nan")), "NaN"), (with_cell(ratio=float("-inf")), "Infinity"),
    (with_cell(ratio=12345.5).replace(b"12345.5", b"1e999"), "ratio"), (with_cell(ratio=int("9" * 400)), "ratio"),
    (with_cell(ci=[1.0, "2"]), r"ci"), (with_cell(ratio=True), "ratio"), (with_cell(name=5), "name"),
    (with_cell(verdict="fine"), "verdict"), (changed(cells={}), "cells"),
    (changed(context={"base": {"commit": ["x"]}}), "context"), (b'{"schema": 1, "schema": 2}', "schema"),
    (changed(verdict="pass"), "verdict"), (changed(verdict="pass", exit_code=0), "verdict"), (changed(cells=[]), "verdict"),
    (changed(exit_code=True), "exit_code"), (changed(exit_code=[]), "exit_code"), (changed(verdict=["pass"]), "verdict")]


def edits(document, path=()):
    """For each value in a document, a function that gives the document with another value there."""
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in items:
        place = (*path, key)

        def edited(new, place=place):
            copy = json.loads(VALID)
            holder = copy
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = new
            return copy
        yield edited
        yield from edits(value, place)


class Posting(unittest.TestCase):
    def setUp(self):
        self.github = GitHubStandIn()
        self.addCleanup(self.github.close)
        self.github.run["head_sha"] = "c" * 40
        self.github.pulls = [{"number": 12, "label": "someone:change", "sha": "c" * 40}]
        self.github.jobs = [{"name": "measure", "conclusion": "failure", "started_at": "2026-11-20T10:02:00Z",
                             "completed_at": "2026-11-20T10:04:10Z", "steps": [{"name": "Measure", "conclusion": "failure"}]}]

    def call(self, script, *arguments, exit_code=0):
        ran = subprocess.run([ROOT / "ci" / script, *arguments], capture_output=True, text=True, check=False,
                             env=dict(os.environ) | self.github.environment())
        self.assertEqual(ran.returncode, exit_code, ran.stdout + ran.stderr)
        return ran.stdout + ran.stderr

    def comment(self, run="7", compare=COMPARE, exit_code=0):
        return self.call("comment.py", run, "--compare", compare, exit_code=exit_code)

    def body(self):
        self.assertEqual(len(self.github.comments), 1)
        return self.github.comments[0]["body"]

    def test_no_artifact_tells_what_failed(self):
        self.comment()
        self.assertIn("no result", self.body())
        self.assertIn("- `measure`: `failure` at `Measure`", self.body())

    def test_a_bad_artifact_is_told_and_not_shown(self):
        for data in (b"no archive", archive({"other.json": "{}"}), archive({"comparison.json": b"0" * (9 << 20)})):
            self.github.artifact = data
            self.comment()
            self.assertIn("no result", self.body())

    def test_an_invalid_comparison_is_told_and_replaces_the_last_comment(self):
        self.github.artifact = archive({"comparison.json": VALID})
        self.comment()
        self.assertIn("regression", self.body().splitlines()[1])
        for number, (data, why) in enumerate(INVALID):
            with self.subTest(number):
                self.github.artifact = archive({"comparison.json": data})
                self.comment()
                self.assertIn("no result", self.body().splitlines()[1])
                self.assertRegex(self.body().splitlines()[3], why)

    def test_the_bytes_that_compare_prints_are_posted(self):
        self.github.artifact = archive({"comparison.json": VALID})
        self.comment()
        with tempfile.TemporaryDirectory() as name:
            file, timeline = pathlib.Path(name) / "comparison.json", pathlib.Path(name) / "run.json"
            file.write_bytes(VALID)
            timeline.write_text(json.dumps({"run": self.github.run, "jobs": self.github.jobs}), encoding="utf-8")
            printed = subprocess.run([COMPARE, "comment", file, "--timeline", timeline, "--head", "c" * 40], check=True,
                                     capture_output=True).stdout
        self.assertEqual(self.body(), printed.decode())
        self.assertLess(len(printed), LARGEST_COMMENT)

    def test_a_compare_that_prints_no_comment_is_a_failure_and_the_last_comment_goes(self):
        for program in ("/bin/false", "/bin/echo", "/nowhere"):
            self.github.artifact = archive({"comparison.json": VALID})
            self.comment()
            self.assertNotIn("no result", self.body())
            self.assertIn("printed no comment", self.comment(compare=program, exit_code=1))
            self.assertEqual(self.body(), comment.LAST_RESORT)

    def test_names_of_jobs_that_no_file_can_hold_do_not_keep_the_last_comment(self):
        self.github.artifact = archive({"comparison.json": VALID})
        self.comment()
        self.github.artifact = archive({"comparison.json": changed(exit_code=[])})
        for name in ("\ud800", "x\0y", "::error::x", "##[error]", 7, None, ["x"], {}):
            self.github.jobs = [{"name": name, "conclusion": name, "started_at": name, "completed_at": name, "steps": name}]
            self.comment()
            self.assertIn("no result", self.body().splitlines()[1])
            self.github.comments[0]["body"] = MARKER + "the last one"
        self.github.jobs = None  # the API fails
        self.comment()
        self.assertIn("no result", self.body().splitlines()[1])

    def test_an_artifact_that_cannot_be_fetched_is_told(self):
        self.github.artifact = archive({"comparison.json": VALID})
        self.comment()
        for lost in ("refused", "cut off"):
            self.github.lost_artifact = lost
            self.comment()
            self.assertIn("no result", self.body().splitlines()[1])
            self.assertRegex(self.body(), "could not be fetched|no readable comparison.json")

    def test_a_comment_of_a_deleted_account_is_left_alone(self):
        self.github.comments.append({"id": 1, "number": 12, "body": None, "user": None})
        self.comment()
        self.assertEqual(len(self.github.comments), 2)

    def test_any_edit_of_a_comparison_is_shown_or_refused(self):
        """Each value of the file, replaced by each kind of value: `compare comment` ends with 0, and prints a comment."""
        kinds = [None, True, -1, 1e308, "", "::error::x\n##[error]", [], {}, ["x"], {"x": []}]
        with tempfile.TemporaryDirectory() as name:
            file = pathlib.Path(name) / "comparison.json"
            for i, edited in enumerate(edits(RED)):
                file.write_text(json.dumps(edited(kinds[i % len(kinds)])), encoding="utf-8")
                ran = subprocess.run([COMPARE, "comment", file], capture_output=True, check=False)
                self.assertEqual((ran.returncode, ran.stderr), (0, b""), file.read_text(encoding="utf-8"))
                self.assertTrue(ran.stdout.startswith(MARKER.encode()))

    def test_a_damaged_archive_is_refused_wherever_the_damage_is(self):
        for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
            whole = archive({"comparison.json": VALID}, kind)
            for place in range(len(whole)):
                for byte in (0, 255):
                    try:
                        comment.read_artifact(whole[:place] + bytes([byte]) + whole[place + 1:])
                    except comment.NoResult:
                        pass

    def test_a_large_artifact_is_not_fetched(self):
        self.github.artifact, self.github.stored_artifact_size = archive({"comparison.json": VALID}), 5 << 20
        self.comment()
        self.assertIn("larger than 4 MiB", self.body())
        self.assertEqual(self.github.tokens_at_store, [])

    def test_a_comment_of_someone_else_is_left_alone(self):
        self.github.comments.append({"id": 1, "number": 12, "body": MARKER + "mine", "user": {"login": "someone"}})
        self.github.comments += [{"id": i, "number": 12, "body": "talk", "user": {"login": "x"}} for i in range(2, 250)]
        self.comment()
        self.assertTrue(self.github.comments[0]["body"].endswith("mine"))
        self.assertIn("no result", self.github.comments[-1]["body"])
        before = len(self.github.comments)
        self.comment()  # the comment is on the third page
        self.assertEqual(len(self.github.comments), before)

    def test_a_push_since_then_is_left_to_its_own_run(self):
        self.github.pulls[0]["sha"] = "d" * 40
        self.assertIn("no comment is written", self.comment())
        self.assertEqual(self.github.comments, [])

    def test_a_skipped_run_says_nothing_but_takes_the_label_off(self):
        self.github.run["conclusion"] = "skipped"
        self.github.labels = ["benchmark"]
        self.comment()
        self.assertEqual((self.github.comments, self.github.labels), ([], []))

    def test_a_dispatched_run_names_its_pull_request(self):
        self.github.run |= {"event": "workflow_dispatch", "display_title": "gpu: pull request 34 at " + "e" * 40}
        self.github.commits = ["d" * 40, "e" * 40]
        self.comment()
        self.assertEqual(self.github.comments[0]["number"], 34)

    def test_a_dispatched_run_of_another_commit_is_for_none(self):
        self.github.run |= {"event": "workflow_dispatch", "display_title": "gpu: pull request 34 at " + "e" * 40}
        self.github.commits = ["d" * 40]
        self.comment()
        self.assertEqual(self.github.comments, [])

    def test_a_title_of_a_pull_request_names_none(self):
        self.github.run |= {"display_title": "gpu: pull request 34 at " + "e" * 40}
        self.comment()
        self.assertEqual(self.github.comments[0]["number"], 12)

    def test_github_refusing_is_a_failure(self):
        self.assertIn("comment.py: error: GET", self.comment("8", exit_code=1))

    def test_an_issue_of_someone_else_is_left_alone(self):
        self.github.issues.append({"number": 1, "state": "open", "body": "<!-- warpgauge: nightly failed -->", "user": {"login": "x"}})
        self.call("notify.py", "failed", "nightly", "7")
        self.assertEqual([issue["state"] for issue in self.github.issues], ["open", "open"])
        self.call("notify.py", "passed", "nightly")
        self.assertEqual([issue["state"] for issue in self.github.issues], ["open", "closed"])

    def test_one_issue_for_a_failing_workflow(self):
        self.call("notify.py", "failed", "nightly", "7")
        self.call("notify.py", "failed", "nightly", "7")
        self.assertEqual([issue["title"] for issue in self.github.issues], ["nightly fails"])
        self.assertIn("- `measure`: failure at `Measure`", self.github.issues[0]["body"])
        self.assertEqual(len(self.github.comments), 1)
        self.call("notify.py", "failed", "baseline", "7")
        self.call("notify.py", "passed", "nightly")
        self.assertEqual([issue["state"] for issue in self.github.issues], ["closed", "open"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
