"""comparison.json (schema warpgauge/comparison/1) as CI reads it: from an artifact that anybody's change may have written.

Only what is of the right type, finite and within the caps comes through; unknown keys are dropped. Texts stay as they
are: whoever shows them makes them harmless.
"""

import datetime
import json
import math
import re

MAX_BYTES = 8 << 20
MAX_CELLS = 20_000
MAX_LIST = 1_000
MAX_TEXT = 2_000

SCHEMA = "warpgauge/comparison/1"
VERDICTS = ("regression", "failed", "missing", "errored", "inconclusive", "improvement", "new", "unchanged")
EXITS = {"pass": {0}, "regression": {1}, "undecided": {4}}


class Refused(Exception):
    """The file is not what it says it is; the text says where."""


def _refuse(place, what):
    raise Refused(f"comparison.json: {place}: {what}")


def _text(place, value, optional=False):
    if value is None and optional:
        return ""
    if not isinstance(value, str):
        _refuse(place, "is not a text")
    return value[:MAX_TEXT]


def _number(place, value, optional=True):
    if value is None and optional:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        _refuse(place, "is not a number")
    try:
        value = float(value)  # a whole number of JSON has any length
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        _refuse(place, "is not finite")
    return value


def _object(place, value):
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > MAX_LIST:
        _refuse(place, "is not an object of a sensible size")
    return value


def _list(place, value, longest=MAX_LIST):
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > longest:
        _refuse(place, f"is not a list of at most {longest}")
    return value


def _texts(place, value):
    return {key[:MAX_TEXT]: _text(f"{place}.{key[:40]!r}", item, optional=True) for key, item in _object(place, value).items()}


def _interval(place, value):
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 2:
        _refuse(place, "is not a pair of numbers")
    low, high = (_number(place, end) for end in value)
    return None if low is None or high is None else (low, high)


def _side(place, value):
    value = _object(place, value)
    return {key: _number(f"{place}.{key}", value.get(key)) for key in ("value", "median_ns", "p95_ns", "cv", "processes")}


def _cell(place, value):
    value = _object(place, value)
    verdict = _text(f"{place}.verdict", value.get("verdict"))
    if verdict not in VERDICTS:
        _refuse(f"{place}.verdict", "is none of the verdicts")
    return {
        "name": _text(f"{place}.name", value.get("name")),
        "verdict": verdict,
        "ratio": _number(f"{place}.ratio", value.get("ratio")),
        "ci": _interval(f"{place}.ci", value.get("ci")),
        "base": _side(f"{place}.base", value.get("base")),
        "head": _side(f"{place}.head", value.get("head")),
        "reason": _text(f"{place}.reason", value.get("reason"), optional=True),
        "reproduce": _text(f"{place}.reproduce", value.get("reproduce"), optional=True),
    }


def _difference(place, value):
    value = _object(place, value)
    if not isinstance(value.get("forbids", False), bool):
        _refuse(f"{place}.forbids", "is neither true nor false")
    return {key: _text(f"{place}.{key}", value.get(key)) for key in ("key", "base", "head")} | {
        "forbids": value.get("forbids", False)}


def _unique(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _no_constant(text):
    raise ValueError(f"{text} is not JSON")


def parse(data):
    """bytes -> the comparison, checked. Raises Refused."""
    if len(data) > MAX_BYTES:
        _refuse("the file", f"is larger than {MAX_BYTES >> 20} MiB")
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(f"comparison.json: not valid: {str(error)[:200]}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        _refuse("schema", f"is not {SCHEMA}")
    verdict, code = document.get("verdict"), document.get("exit_code")
    if not isinstance(verdict, str) or verdict not in EXITS or isinstance(code, bool) or code not in EXITS[verdict]:
        _refuse("verdict", "does not fit the exit code")
    cells = [_cell(f"cells[{i}]", cell) for i, cell in enumerate(_list("cells", document.get("cells"), MAX_CELLS))]
    counts = {name: sum(cell["verdict"] == name for cell in cells) for name in VERDICTS}
    if (verdict == "regression") != bool(counts["regression"] or counts["failed"]):
        _refuse("verdict", "does not fit the cases")
    context = _object("context", document.get("context"))
    policy = _object("policy", document.get("policy"))
    return {
        "verdict": verdict,
        "cells": cells,
        "counts": counts,
        "metric": _text("policy.metric", policy.get("metric"), optional=True) or "real_time",
        "method": _text("policy.method", policy.get("method"), optional=True),
        "base": _texts("context.base", context.get("base")),
        "head": _texts("context.head", context.get("head")),
        "baseline": _texts("context.baseline", context.get("baseline")),
        "differences": [_difference(f"context.differences[{i}]", item)
                        for i, item in enumerate(_list("context.differences", context.get("differences")))],
        "mde": _number("mde", document.get("mde")),
        "notes": [_text(f"notes[{i}]", note) for i, note in enumerate(_list("notes", document.get("notes")))],
    }


def commit(texts):
    """The commit of a side, or nothing where what stands there is none."""
    found = texts.get("commit", "")
    return found if re.fullmatch(r"[0-9a-f]{7,40}", found) else ""


def date(texts):
    """The date of a side, with its offset (UTC where it has none), or None."""
    try:
        found = datetime.datetime.fromisoformat(texts.get("date", "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.timezone.utc)
