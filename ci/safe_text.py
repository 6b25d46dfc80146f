"""What the Python scripts of ci/ print. Nothing else here writes to stdout or stderr (tests/ci/python_output_test.py).

Names of jobs, kernels and files, messages of other programs: all of that is foreign text. In the log of a CI run it could start a
workflow command (`::` at the beginning of a line, `##[` anywhere), on a terminal it could move the cursor or hide text. The rules,
and the answers for each input, are those of base/escape.cc: visible() and safe_lines().
"""

import argparse
import re
import sys
import traceback

# White space of Unicode 15, which GitHub's runner trims before it looks for a command, and sequences that set colours.
BLANK = "(?:[ \t-\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]|\x1b\\[[0-9;]*m)"
COMMAND = re.compile(f"({BLANK}*:):")
# Control characters, bidirectional marks, zero widths, line ends, tags, byte order marks, noncharacters.
DECEPTIVE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
                       + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
                       + "\U000e0000-\U000e0fff\ud800-\udfff]")


def text_of(value):
    """Any text or bytes. A byte that is not UTF-8 is a lone surrogate from U+DC80 on, as in sys.argv and in names of files."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    text = str(value)
    if not re.search("[\ud800-\udfff]", text):
        return text
    # JSON can bring other surrogates. Their UTF-8 is not valid, so their bytes are what is shown.
    parts = (c.encode("utf-8", "surrogateescape" if "\udc80" <= c <= "\udcff" else "surrogatepass") for c in text)
    return b"".join(parts).decode("utf-8", "surrogateescape")


def _escape(match):
    value = ord(match[0])
    if 0xDC80 <= value <= 0xDCFF:
        return f"\\x{value - 0xDC00:02x}"
    return f"\\x{value:02x}" if value < 0x100 else f"\\u{{{value:x}}}"


def visible(value):
    """One line: control bytes, invalid UTF-8 and characters that reorder or hide text become \\x.. or \\u{....}."""
    return DECEPTIVE.sub(_escape, text_of(value)).replace("##[", "##\\x5b")


def _safe_line(line):
    command = COMMAND.match(line)
    return f"{_parts(command[1])}\\x3a{_parts(line[command.end():])}" if command else _parts(line)


def _parts(line):
    return "\t".join(visible(part) for part in line.split("\t"))


def safe_lines(value):
    """Lines: as visible(), but tabs and line ends stay, and the second colon of a `::` at the beginning of a line is escaped."""
    return "\n".join(_safe_line(line) for line in text_of(value).split("\n"))


def _write(stream, text):
    stream.flush()
    stream.buffer.write(safe_lines(text).encode("utf-8"))
    stream.flush()


def say(text):
    """Lines on stdout."""
    _write(sys.stdout, text_of(text) + "\n")


def warn(text):
    """Lines on stderr."""
    _write(sys.stderr, text_of(text) + "\n")


def die(code, text):
    """Ends the script."""
    warn(text)
    sys.exit(code)


class ArgumentParser(argparse.ArgumentParser):
    """Its usage, help and errors hold what the caller typed."""

    def _print_message(self, message, file=None):
        if message:
            _write(file or sys.stderr, message)


def _report_crash(kind, error, trace):
    _write(sys.stderr, "".join(traceback.format_exception(kind, error, trace)))


sys.excepthook = _report_crash
