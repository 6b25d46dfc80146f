#!/usr/bin/python3
"""python_output_test.py ROOT [ESCAPE_LINES] - the Python of ci/ prints through ci/safe_text.py only, and that module gives the
same answers as base/escape.cc: on the table of tests/testdata/escapes.tsv and, by the program ESCAPE_LINES, on random text."""

import ast
import pathlib
import random
import subprocess
import sys
import unittest
import urllib.parse

ROOT = pathlib.Path(sys.argv[1]).resolve()
ESCAPE_LINES = sys.argv[2] if len(sys.argv) > 2 else None
sys.path[:0] = [str(ROOT / "ci")]
sys.dont_write_bytecode = True
import safe_text  # noqa: E402

RANDOM_TEXTS = 20_000
PIECES = [b"::", b":", b"##[", b"#", b"[", b" ", b"\t", b"\n", b"\r", b"\x0b", b"a", b"\x1b[1;31m", b"\x1b[", b"\x1b", b"0m", b"\x7f", b"\xff",
          b"\xc2", b"\x85", b"\xe2\x80\xae", b"\xe2\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80",
          b"\xef\xbf\xbf", b"\xf3\xa0\x81\x81", b"\xc2\xa0", b"\xe3\x80\x80", b"\0", b"\xc0\xaf", b"\xef\xbb\xbf"]


def faults_of(source):
    """Lines that write to stdout or stderr."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in ("print", "SystemExit", "input"):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            name = f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else node.attr
            if name in ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__", "os.write", "argparse.ArgumentParser"):
                yield node.lineno, name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in [alias.name for alias in node.names] + [getattr(node, "module", None)]:
                if name in ("logging", "warnings", "traceback", "pprint"):
                    yield node.lineno, name
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "sys.exit" and any(
                isinstance(part, ast.JoinedStr) or isinstance(getattr(part, "value", 0), str) for part in node.args):
            yield node.lineno, "sys.exit of a text"


def table():
    lines = (ROOT / "tests/testdata/escapes.tsv").read_text(encoding="utf-8").splitlines()
    return [[urllib.parse.unquote_to_bytes(field) for field in line.split("\t")] for line in lines if line and line[0] != "#"]


class Output(unittest.TestCase):
    def test_only_safe_text_writes(self):
        for path in sorted((ROOT / "ci").glob("*.py")):
            if path.name != "safe_text.py":
                self.assertEqual(list(faults_of(path.read_text(encoding="utf-8"))), [], path.name)

    def test_each_way_to_write_is_seen(self):
        for source in ("print(1)", "sys.stdout.write('x')", "x = sys.stderr", "os.write(1, b'')", "import logging",
                       "from traceback import print_exc", "raise SystemExit('x')", "sys.exit('x')", "sys.exit(f'{x}')",
                       "argparse.ArgumentParser()"):
            self.assertEqual(len(list(faults_of(source))), 1, source)
        for source in ("sys.exit(1)", "sys.exit(main())", "safe_text.say('x')"):
            self.assertEqual(list(faults_of(source)), [], source)

    def test_the_table(self):
        self.assertGreater(len(table()), 30)
        for given, visible, lines in table():
            self.assertEqual(safe_text.visible(given).encode(), visible, given)
            self.assertEqual(safe_text.safe_lines(given).encode(), lines, given)

    @unittest.skipUnless(ESCAPE_LINES, "the program was not built")
    def test_random_text_has_the_same_answer_in_both_languages(self):
        source = random.Random(15)
        texts = [b"".join(source.choices(PIECES, k=source.randrange(12))) for _ in range(RANDOM_TEXTS)]
        texts += [chr(value).encode("utf-8", "surrogatepass") for value in [*range(0x3100), *range(0xD7F0, 0x10010), *range(0xE0000, 0xE1010)]]
        given = b"".join(text.hex().encode() + b"\n" for text in texts)
        answers = subprocess.run([ESCAPE_LINES], input=given, capture_output=True, check=True).stdout.decode().split("\n")
        self.assertEqual(len(answers), 2 * len(texts) + 1)
        for i, text in enumerate(texts):
            self.assertEqual(safe_text.visible(text).encode().hex(), answers[2 * i], text)
            self.assertEqual(safe_text.safe_lines(text).encode().hex(), answers[2 * i + 1], text)

    def test_what_scripts_print_is_safe(self):
        """Texts of the command line, of errors, and of a crash."""
        script = ("import safe_text; p = safe_text.ArgumentParser(prog='x'); p.add_argument('--n', type=int); p.parse_args()")
        crash = "import safe_text, sys; raise ValueError(sys.argv[1])"
        stop = "import safe_text, sys; safe_text.say(sys.argv[1]); safe_text.die(3, sys.argv[1])"
        hostile = b"\n  ::stop-commands::x ##[error] \x1b[2J \xc2\x9b \xe2\x80\xae \xff"
        for code, arguments, status in ((script, [b"--n", hostile], 2), (script, [hostile], 2), (crash, [hostile], 1), (stop, [hostile], 3)):
            ran = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT / "ci", capture_output=True, check=False)
            self.assertEqual(ran.returncode, status, ran.stderr)
            text = (ran.stdout + ran.stderr).decode("utf-8")
            self.assertIn("stop-commands", text)
            self.assertEqual([line for line in text.split("\n") if line.strip().startswith("::")], [])
            for bad in ("##[", "\x1b", "\x9b", "\u202e"):
                self.assertNotIn(bad, text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
