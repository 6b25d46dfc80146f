#!/usr/bin/python3
"""change_to_comment_test.py ROOT COMPARE - the whole path of a change: a checkout with two commits, the plan, the programs of
each, the gate, the artifact, the comment under the pull request. Only the kernels and GitHub are stand-ins. Prints the comment
of each outcome."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()
COMPARE = pathlib.Path(sys.argv[2]).resolve()
sys.path[:0] = [str(ROOT / "ci"), str(ROOT / "tests" / "ci")]
sys.dont_write_bytecode = True
from github_stand_in import GitHubStandIn, archive  # noqa: E402

CASES = {f"flash/f16/B:1/H:8/S:{s}/D:64/causal:{c}": 1000.0 * s for s in (128, 256, 512) for c in (0, 1)}
SLOWED = "flash/f16/B:1/H:8/S:256/D:64/causal:1"
HOSTILE = [
    "](http://evil.example) ![x](http://evil.example/x.png)", "<script>alert(1)</script><img src=x>", "@everyone #1 owner/project#2",
    "``` `code` ~~x~~ |a|b|", "\u202egnp.exe www.evil.example", "-->\n### pass\n| a | b |", "::error::x ${{ github.token }} $(id) ;rm"]


class Change:
    """A temporary repository with two commits, and the steps of CI for them."""

    def __init__(self, base_world, head_world):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="warpgauge-"))
        self.repository = self.folder / "repository"
        self.git("init", "--quiet", "--initial-branch=main", str(self.repository), there=False)
        self.commit(base_world)
        self.git("switch", "--quiet", "--create", "change")
        self.head = self.commit(head_world)
        self.environment = dict(os.environ, WARPGAUGE_MACHINE_LOCK=str(self.folder / "lock"))

    def git(self, *arguments, there=True):
        place = ["-C", str(self.repository)] if there else []
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        return subprocess.run(["git", *place, *who, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, world):
        (self.repository / "world.json").write_text(json.dumps(world), encoding="utf-8")
        self.git("add", ".")
        self.git("commit", "--quiet", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")

    def plan(self):
        said = subprocess.run([ROOT / "ci/plan.sh", "--repository", self.repository, "--head", self.head, "--target", "main"],
                              check=True, capture_output=True, text=True, env=self.environment).stdout
        return dict(line.split("=") for line in said.split())

    def build(self, name, commit):
        """The output of ci/build-programs.sh, without a compiler."""
        programs = self.folder / name
        programs.mkdir()
        world = json.loads(self.git("show", f"{commit}:world.json")) | {"commit": commit}
        bench = (ROOT / "tests/ci/stand_in_bench.py").read_text(encoding="utf-8")
        (programs / "bench").write_text(bench + "\n# WORLD: " + json.dumps(world), encoding="utf-8")
        (programs / "fuzz").write_text("#!/bin/sh\n", encoding="utf-8")
        shutil.copy(COMPARE, programs / "compare")
        for program in ("bench", "fuzz"):
            (programs / program).chmod(0o755)
        subprocess.run(["tar", "-C", programs, "-cf", programs / "programs.tar", "bench", "fuzz", "compare"], check=True)
        for program in ("bench", "fuzz", "compare"):
            if name != "base":  # base stays unpacked for the rounds of the baseline
                (programs / program).unlink()
        return programs

    def bless_rounds(self, programs, days):
        for day in days:
            results = self.folder / f"round-{day}"
            subprocess.run([ROOT / "ci/measure.sh", "--bin", programs, "--out", results], check=True, capture_output=True,
                           env=self.environment | {"STAND_IN_DATE": f"2026-11-{day:02}T08:00:00+00:00"})
            subprocess.run([COMPARE, "bless", "--baseline", self.folder / "baselines", "--reason", "a round", "--head",
                            *sorted(results.glob("process-*.json"))], check=True, capture_output=True)

    def gate(self, more="--blocks 6..6"):
        return subprocess.run(
            [ROOT / "ci/gpu-gate.sh", "--base", self.folder / "base", "--head", self.folder / "head", "--baseline",
             self.folder / "baselines", "--out", self.folder / "results", "--ab", more],
            capture_output=True, text=True, check=False,
            env=self.environment | {"STAND_IN_DATE": "2026-11-20T10:03:00+00:00"})


class ChangeToComment(unittest.TestCase):
    def outcome(self, head, base=None, stored=None, rounds=(16, 17, 18)):
        """Runs the whole path; returns (exit code, comparison or None, text of the comment)."""
        base = base or {"cases": CASES}
        change = Change(base, head)
        self.addCleanup(shutil.rmtree, change.folder)
        commits = change.plan()
        self.assertEqual(commits["head"], change.head)
        programs = change.build("base", commits["base"])
        change.build("head", commits["head"])
        if stored is not None:
            stored_change = Change(stored, stored)
            self.addCleanup(shutil.rmtree, stored_change.folder)
            stored_change.folder, own = change.folder, stored_change.folder
            programs = stored_change.build("stored", stored_change.head)
            subprocess.run(["tar", "-C", programs, "-xf", programs / "programs.tar"], check=True)
            stored_change.folder, _ = own, change.bless_rounds(programs, rounds)
        elif rounds:
            change.bless_rounds(programs, rounds)
        ran = change.gate()
        comparison = change.folder / "results" / "comparison.json"
        text = self.comment(change.head, ran.returncode, comparison.read_bytes() if comparison.is_file() else None)
        print(f"\n======== {self._testMethodName}: exit {ran.returncode}\n{text}")
        if not comparison.is_file():
            print(ran.stdout, ran.stderr)
            return ran.returncode, None, text
        return ran.returncode, json.loads(comparison.read_text(encoding="utf-8")), text

    def comment(self, head, code, comparison):
        github = GitHubStandIn()
        self.addCleanup(github.close)
        github.run |= {"head_sha": head, "conclusion": "failure" if code else "success"}
        github.pulls = [{"number": 12, "label": "someone:change", "sha": head}]
        github.labels = ["benchmark", "kernels"]
        conclusion = "failure" if code else "success"
        github.jobs = [
            {"name": "build (base)", "started_at": "2026-11-20T10:00:20Z", "completed_at": "2026-11-20T10:01:50Z",
             "conclusion": "success", "steps": []},
            {"name": "measure", "started_at": "2026-11-20T10:02:00Z", "completed_at": "2026-11-20T10:04:10Z",
             "conclusion": conclusion, "steps": [
                 {"name": "Measure, compare, profile", "conclusion": conclusion, "started_at": "2026-11-20T10:02:10Z",
                  "completed_at": "2026-11-20T10:04:05Z"}]}]
        if comparison is not None:
            github.artifact = archive({"comparison.json": comparison})
        for _ in range(2):  # the second call updates the comment
            subprocess.run([ROOT / "ci/comment.py", "7", "--compare", COMPARE], check=True, capture_output=True,
                           env=dict(os.environ) | github.environment())
        self.assertEqual([comment["number"] for comment in github.comments], [12])
        self.assertEqual(github.labels, ["kernels"])
        self.assertNotIn(True, [token is not None for token in github.tokens_at_store])
        return github.comments[0]["body"]

    def cells(self, comparison):
        return {cell["name"]: cell["verdict"] for cell in comparison["cells"]}

    def assert_harmless(self, text):
        self.assertLess(len(text), 65_536)
        marker, rest = text.split("\n", 1)
        self.assertEqual(marker, "<!-- warpgauge: performance of this change -->")
        outside = re.sub(r"(`+)[^`](?:.*?[^`])?\1(?!`)", "", rest)
        for danger in ("http", "www.", "![", "](", "@", "#1", "<script", "<img", "::", "\u202e", "evil", "${{"):
            self.assertNotIn(danger, outside)
        self.assertEqual(re.findall(r"</?(?!details>|summary>)\w[^>]*>", outside), [])

    def test_green(self):
        code, comparison, text = self.outcome({"cases": CASES, "noise": 0.0005})
        self.assertEqual((code, comparison["verdict"]), (0, "pass"))
        self.assertIn("### ✅ pass", text)
        self.assertRegex(text, r"baseline 2\.1 days old")
        self.assertRegex(text, r"\*\*Duration\*\*: 4 min 10 s from push to result")
        self.assertIn("`measure`: began after 2 min 0 s, took 2 min 10 s (`Measure, compare, profile` 1 min 55 s)", text)
        self.assert_harmless(text)

    def test_red(self):
        code, comparison, text = self.outcome({"cases": CASES | {SLOWED: 1.2 * CASES[SLOWED]}})
        self.assertEqual((code, comparison["verdict"]), (1, "regression"))
        self.assertEqual([n for n, verdict in self.cells(comparison).items() if verdict == "regression"], [SLOWED])
        self.assertIn("### ❌ regression: 1 regression", text)
        self.assertIn(f"| regression | `{SLOWED}` |", text)
        self.assertRegex(text, r"\+(19|20|21)(\.\d+)? %")
        self.assert_harmless(text)

    def test_a_machine_that_got_slower_is_not_the_changes_fault(self):
        code, comparison, text = self.outcome({"cases": CASES}, stored={"cases": CASES | {SLOWED: 0.8 * CASES[SLOWED]}})
        self.assertEqual((code, comparison["verdict"]), (0, "pass"))
        self.assertIn("the stored baseline decided 5 of 6 cases; an A/B run of base and head decided the other 1", text)

    def test_inconclusive(self):
        noisy = {"cases": CASES, "noise": 0.05}
        code, comparison, text = self.outcome(noisy, base=noisy, rounds=())
        self.assertEqual((code, comparison["verdict"]), (0, "pass"))
        self.assertGreater(comparison["counts"]["inconclusive"], 0)
        self.assertIn("inconclusive", text.splitlines()[1])
        self.assert_harmless(text)

    def test_crashed(self):
        code, comparison, text = self.outcome({"cases": CASES, "crash": SLOWED})
        self.assertEqual((code, comparison["verdict"]), (1, "regression"))
        self.assertEqual([n for n, verdict in self.cells(comparison).items() if verdict == "failed"], [SLOWED])
        self.assertIn("head crashed or hung when it was measured alone", text)
        self.assertIn(f"| failed | `{SLOWED}` |", text)
        self.assert_harmless(text)

    def test_a_crash_once_at_the_very_end_is_no_pass(self):
        code, comparison, text = self.outcome({"cases": CASES, "crash_at_end": "process-3.json"})
        self.assertEqual((code, comparison["verdict"]), (4, "undecided"))
        self.assertIn("head crashed or hung when it was measured alone", text)

    def test_a_case_that_base_has_and_the_stored_baseline_has_not(self):
        code, comparison, text = self.outcome({"cases": CASES | {SLOWED: 1.2 * CASES[SLOWED]}},
                                              stored={"cases": {n: time for n, time in CASES.items() if n != SLOWED}})
        self.assertEqual((code, comparison["verdict"]), (1, "regression"))
        self.assertEqual([n for n, verdict in self.cells(comparison).items() if verdict == "regression"], [SLOWED])

    def test_a_case_that_base_has_not_is_new(self):
        code, comparison, text = self.outcome({"cases": CASES}, base={"cases": {n: t for n, t in CASES.items() if n != SLOWED}})
        self.assertEqual((code, comparison["verdict"], comparison["counts"]["new"]), (0, "pass", 1))

    def test_wrong_results(self):
        code, comparison, text = self.outcome({"cases": CASES, "wrong": SLOWED})
        self.assertEqual((code, comparison["verdict"]), (1, "regression"))
        self.assertIn(f"| failed | `{SLOWED}` |", text)

    def test_no_baseline(self):
        code, comparison, text = self.outcome({"cases": CASES}, rounds=())
        self.assertEqual((code, comparison["verdict"]), (0, "pass"))
        self.assertIn("there is no stored baseline of any hardware yet", text)
        self.assertIn("; no stored baseline was used", text)

    def test_other_hardware(self):
        code, comparison, text = self.outcome({"cases": CASES | {SLOWED: 1.2 * CASES[SLOWED]}},
                                              stored={"cases": CASES, "cpu": "Other"})
        self.assertEqual((code, comparison["verdict"]), (1, "regression"))
        self.assertIn("there is no stored baseline of this hardware", text)

    def test_hostile_names(self):
        cases = CASES | {name: 5000.0 for name in HOSTILE}
        slowed = {name: 1.2 * time if name in HOSTILE else time for name, time in cases.items()}
        code, comparison, text = self.outcome({"cases": slowed}, base={"cases": cases}, rounds=())
        self.assertEqual(code, 1)
        self.assertIn("regression", text.splitlines()[1])
        self.assert_harmless(text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
