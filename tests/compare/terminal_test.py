#!/usr/bin/python3
"""What compare shows on a terminal, and what it does there when somebody presses Ctrl-C.

usage: terminal_test.py COMPARE FAKE_BENCH CASE_FOLDER   (one with base.json and head.json, which differ)
"""
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest

COMPARE, BENCH, CASE = [os.path.abspath(path) for path in sys.argv[1:4]]
RED, CLEAR = b"\x1b[31m", b"\r\x1b[K"


try:
    for end in pty.openpty():
        os.close(end)
except OSError as error:
    print(f"skipped: there is no terminal to be had here: {error}")
    sys.exit(77)


def on_terminal(words, environment, press=None):
    """Exit code and all that stands on the terminal. `press`: Ctrl-C as soon as this was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(words[0], words, {"PATH": os.environ["PATH"], **environment})
    shown = b""
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # EIO: the last one has closed it
            part = b""
        if not part:
            break
        shown += part
        if press and press in shown:
            os.write(terminal, b"\x03")
            press = None
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def gate(**environment):
    return on_terminal([COMPARE, f"{CASE}/base.json", f"{CASE}/head.json"], environment)


def ab(*words, head="", press=None):
    """`compare ab` of two stand-ins with six cases each."""
    with tempfile.TemporaryDirectory() as folder:
        for side, flags in (("base", ""), ("head", head)):
            with open(f"{folder}/{side}", "w") as script:
                script.write(f'#!/bin/sh\nexec {BENCH} --cases=6 {flags} "$@"\n')
            os.chmod(f"{folder}/{side}", 0o755)
        command = [COMPARE, "ab", f"{folder}/base", f"{folder}/head", "--process-seconds", "0.1", *words]
        return on_terminal(command, {"TERM": "xterm"}, press)


class Terminal(unittest.TestCase):
    def test_a_regression_is_red(self):
        code, shown = gate(TERM="xterm")
        self.assertEqual(code, 1)
        self.assertIn(RED + b"regression", shown)

    def test_no_colour_where_it_is_not_wanted_or_not_known(self):
        for environment in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {}):
            with self.subTest(environment):
                code, shown = gate(**environment)
                self.assertEqual(code, 1)
                self.assertIn(b"regression (2)", shown)
                self.assertNotIn(b"\x1b", shown)

    def test_no_colour_in_a_pipe(self):
        shown = subprocess.run([COMPARE, f"{CASE}/base.json", f"{CASE}/head.json"], capture_output=True,
                               env={"TERM": "xterm"}, check=False).stdout
        self.assertIn(b"regression (2)", shown)
        self.assertNotIn(b"\x1b", shown)

    def test_ab_draws_one_line_anew_with_counts_and_the_time_left(self):
        code, shown = ab("--blocks", "2..4")
        self.assertIn(code, (0, 1, 4), shown)
        self.assertRegex(shown, rb"6 cases, 2 to 4 blocks of 4 processes: about \d+ s to \d+ s")
        line = rb"analysis 1, block 1, process 1 of 4 \| 0 regression, 0 improvement, 0 unchanged, 6 open \| at most \d+ s left"
        self.assertRegex(shown, re.escape(CLEAR) + line)
        self.assertRegex(shown, rb"analysis 1, 2 blocks: \d regression, ")
        # Nothing of it is left in front of the table.
        self.assertIn(b"verdict: ", shown[shown.rindex(CLEAR):])

    def test_ctrl_c_ends_in_a_report_of_what_is_known(self):
        code, shown = ab("--blocks", "2..1000", head="--slow=fake/3=1.2 --noise=0.02", press=b"analysis 2, block")
        self.assertEqual(code, 4, shown)
        self.assertIn(b"the run ends early: interrupted", shown)
        self.assertIn(b"verdict: undecided", shown)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
