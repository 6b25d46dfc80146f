#!/usr/bin/python3
"""comment_test.py ROOT - ci/comment.py treats the artifact of a run as untrusted: a forged, damaged or too large file is refused
with a reason. It calls GitHub only as needed. Also ci/notify.py, which writes issues through the same API."""

import json
import os
import pathlib
import subprocess
import sys
import unittest
import zipfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path[:0] = [str(ROOT / "ci"), str(ROOT / "tests" / "ci")]
sys.dont_write_bytecode = True
import comment  # noqa: E402
import comment_text  # noqa: E402
import comparison_file  # noqa: E402
from github_stand_in import GitHubStandIn, archive  # noqa: E402

CELL = {"name": "a", "verdict": "regression", "ratio": 1.5, "ci": [1.4, 1.6], "base": {"value": 100.0}, "head": {"value": 150.0}}
RED = {"schema": "warpgauge/comparison/1", "verdict": "regression", "exit_code": 1, "cells": [CELL], "notes": []}


def changed(**keys):
    return json.dumps(RED | keys).encode()


def with_cell(**keys):
    return changed(cells=[CELL | keys])


class Artifact(unittest.TestCase):
    def assert_refused(self, data, why):
        with self.assertRaisesRegex(comparison_file.Refused, why):
            comparison_file.parse(data)

    def test_a_valid_one_is_taken(self):
        self.assertEqual(comparison_file.parse(changed())["counts"]["regression"], 1)

    def test_what_is_no_comparison_is_refused(self):
        for data in (b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"{} {}", b'{"schema": "other"}', b"[" * 100_000):
            self.assert_refused(data, "not valid|schema")

    def test_caps(self):
        self.assert_refused(b" " * (comparison_file.MAX_BYTES + 1), "larger than")
        self.assert_refused(changed(cells=[CELL] * (comparison_file.MAX_CELLS + 1)), "at most 20000")
        self.assert_refused(changed(notes=["x"] * 1001), "at most 1000")

    def test_numbers_are_finite(self):
        self.assert_refused(changed().replace(b"1.5", b"NaN"), "not JSON")
        self.assert_refused(changed().replace(b"1.5", b"-Infinity"), "not JSON")
        self.assert_refused(changed().replace(b"1.5", b"1e999"), r"cells\[0\].ratio: is not finite")
        self.assert_refused(changed().replace(b"1.5", b"9" * 400), r"cells\[0\].ratio: is not finite")
        self.assert_refused(with_cell(ci=[1.0, "2"]), r"cells\[0\].ci: is not a number")
        self.assert_refused(with_cell(ratio=True), "is not a number")

    def test_types(self):
        self.assert_refused(with_cell(name=5), r"cells\[0\].name: is not a text")
        self.assert_refused(with_cell(verdict="fine"), "none of the verdicts")
        self.assert_refused(changed(cells={}), "cells: is not a list")
        self.assert_refused(changed(context={"base": {"commit": ["x"]}}), "is not a text")
        self.assert_refused(b'{"schema": 1, "schema": 2}', "twice")

    def test_a_verdict_that_does_not_fit_is_refused(self):
        self.assert_refused(changed(verdict="pass"), "does not fit")
        self.assert_refused(changed(verdict="pass", exit_code=0), "does not fit the cases")
        self.assert_refused(changed(cells=[]), "does not fit the cases")
        self.assert_refused(changed(exit_code=True), "does not fit the exit code")
        self.assert_refused(changed(verdict=["pass"]), "does not fit")


class Text(unittest.TestCase):
    def render(self, data, run=None, jobs=()):
        return comment_text.render(comparison_file.parse(data), run or {}, list(jobs))

    def test_never_too_long(self):
        cells = [dict(CELL, name="\u2603" * 300 + str(i), reason="x`" * 600, reproduce="y|" * 600) for i in range(900)]
        text = self.render(changed(cells=cells, notes=["\u2603" * 200] * 900,
                                   context={"differences": [{"key": "k" * 500, "base": "b" * 500, "head": "h" * 500}] * 500}))
        self.assertLess(len(text), 65_536)
        self.assertIn("more cases are in comparison.json", text)

    def test_numbers_at_the_edge_are_shown(self):
        for number in (10**308, -10**308, 5e-324, -1.0, 0):
            self.assertIn("| regression | `a` |", self.render(with_cell(ratio=number, ci=[number, number], base={"value": number})))

    def test_a_code_span_holds_its_text(self):
        for text in ("`", "``", "a`b", "\\`", "a\nb", "|", "\u202e", "\ud800", " "):
            span = comment_text.code(text)
            self.assertRegex(span, r"^(`[ -_a-{}~]+`|\(empty\))$")

    def test_slower_is_worse(self):
        self.assertIn("| regression | `a` | 100 ns | 150 ns | +50 % | +40 .. +60 % |", self.render(changed()))
        faster = dict(CELL, verdict="improvement", ratio=0.8, ci=[0.79, 0.81], head={"value": 80.0})
        text = self.render(changed(verdict="pass", exit_code=0, cells=[faster]))
        self.assertIn("| improvement | `a` | 100 ns | 80 ns | -20 % | -21 .. -19 % |", text)

    def test_other_hardware_is_told(self):
        text = self.render(changed(verdict="undecided", exit_code=4, cells=[dict(CELL, verdict="missing")], context={
            "differences": [{"key": "cpu_model", "base": "A", "head": "B", "forbids": True}]}))
        self.assertIn("- **other machine**: `cpu_model`: `A` → `B`", text)

    def test_a_pass_of_a_run_that_failed_is_doubted(self):
        text = self.render(changed(verdict="pass", exit_code=0, cells=[]), {"conclusion": "failure"},
                           [{"name": "measure", "conclusion": "failure", "steps": []}])
        self.assertIn("The run itself did not succeed", text)


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

    def body(self):
        self.assertEqual(len(self.github.comments), 1)
        return self.github.comments[0]["body"]

    def test_no_artifact_tells_what_failed(self):
        self.call("comment.py", "post", "7")
        self.assertIn("no result", self.body())
        self.assertIn("- `measure`: `failure` at `Measure`", self.body())

    def test_a_bad_artifact_is_told_and_not_shown(self):
        for data in (b"no archive", archive({"other.json": "{}"}), archive({"comparison.json": b"0" * (9 << 20)})):
            self.github.artifact = data
            self.call("comment.py", "post", "7")
            self.assertIn("no result", self.body())

    def test_a_damaged_archive_is_refused_wherever_the_damage_is(self):
        for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA):
            whole = archive({"comparison.json": changed()}, kind)
            for place in range(len(whole)):
                for byte in (0, 255):
                    try:
                        comment.read_artifact(whole[:place] + bytes([byte]) + whole[place + 1:])
                    except comparison_file.Refused:
                        pass

    def test_a_large_artifact_is_not_fetched(self):
        self.github.artifact, self.github.stored_artifact_size = archive({"comparison.json": changed()}), 5 << 20
        self.call("comment.py", "post", "7")
        self.assertIn("larger than 4 MiB", self.body())
        self.assertEqual(self.github.tokens_at_store, [])

    def test_a_comment_of_someone_else_is_left_alone(self):
        self.github.comments.append({"id": 1, "number": 12, "body": comment_text.MARKER + "mine", "user": {"login": "someone"}})
        self.github.comments += [{"id": i, "number": 12, "body": "talk", "user": {"login": "x"}} for i in range(2, 250)]
        self.call("comment.py", "post", "7")
        self.assertTrue(self.github.comments[0]["body"].endswith("mine"))
        self.assertIn("no result", self.github.comments[-1]["body"])
        before = len(self.github.comments)
        self.call("comment.py", "post", "7")  # the comment is on the third page
        self.assertEqual(len(self.github.comments), before)

    def test_a_push_since_then_is_left_to_its_own_run(self):
        self.github.pulls[0]["sha"] = "d" * 40
        self.assertIn("no comment is written", self.call("comment.py", "post", "7"))
        self.assertEqual(self.github.comments, [])

    def test_a_skipped_run_says_nothing_but_takes_the_label_off(self):
        self.github.run["conclusion"] = "skipped"
        self.github.labels = ["benchmark"]
        self.call("comment.py", "post", "7")
        self.assertEqual((self.github.comments, self.github.labels), ([], []))

    def test_a_dispatched_run_names_its_pull_request(self):
        self.github.run |= {"event": "workflow_dispatch", "display_title": "gpu: pull request 34 at " + "e" * 40}
        self.github.commits = ["d" * 40, "e" * 40]
        self.call("comment.py", "post", "7")
        self.assertEqual(self.github.comments[0]["number"], 34)

    def test_a_dispatched_run_of_another_commit_is_for_none(self):
        self.github.run |= {"event": "workflow_dispatch", "display_title": "gpu: pull request 34 at " + "e" * 40}
        self.github.commits = ["d" * 40]
        self.call("comment.py", "post", "7")
        self.assertEqual(self.github.comments, [])

    def test_a_title_of_a_pull_request_names_none(self):
        self.github.run |= {"display_title": "gpu: pull request 34 at " + "e" * 40}
        self.call("comment.py", "post", "7")
        self.assertEqual(self.github.comments[0]["number"], 12)

    def test_github_refusing_is_a_failure(self):
        self.assertIn("comment.py: error: GET", self.call("comment.py", "post", "8", exit_code=1))

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
        self.assertIn("- `measure`: `failure`", self.github.issues[0]["body"])
        self.assertEqual(len(self.github.comments), 1)
        self.call("notify.py", "failed", "baseline", "7")
        self.call("notify.py", "passed", "nightly")
        self.assertEqual([issue["state"] for issue in self.github.issues], ["closed", "open"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
