#!/usr/bin/python3
"""attestation.py write DIR COMMIT [PROGRAM...] - writes DIR/attestation.json: an in-toto statement over the hashes of all files of
DIR and of the programs, with the hardware, the state and the rules that the results name.
attestation.py check DIR [PROGRAM...] - compares DIR and the programs with DIR/attestation.json, and prints each difference.

Called by attest.sh and verify.sh, which sign the statement and check the signature. Exit: 0; 1 a difference; 3 a file cannot be
read.
"""

import datetime
import hashlib
import json
import os
import pathlib
import sys

from safe_text import say, warn

STATEMENT = "attestation.json"
SIGNATURE = STATEMENT + ".sig"
TYPE = "https://in-toto.io/Statement/v1"  # https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md
PREDICATE_TYPE = "urn:warpgauge:measurement:1"
PROGRAMS = "program:"  # in front of a subject that is no file of DIR
MOST_JSON_BYTES = 512 << 20


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def files_of(folder):
    """name -> path of each file, without the statement and its signature. A link would attest what lies elsewhere."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in (STATEMENT, SIGNATURE) or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or not path.is_file():
            raise OSError(f"{name}: not a regular file")
        if name.startswith(PROGRAMS):
            raise OSError(f"{name}: a name that begins with '{PROGRAMS}' is a program's")
        files[name] = path
    return files


def subjects(folder, programs):
    named = {PROGRAMS + os.path.basename(program): program for program in programs}
    if len(named) != len(programs):
        raise OSError("two programs have one name")
    files = files_of(folder) | named
    return {name: sha256_of(path) for name, path in files.items()}


def facts_of(path):
    """(context, rule) of a result or a comparison; None where it has none."""
    if path.suffix != ".json" or path.stat().st_size > MOST_JSON_BYTES:
        return None, None
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return None, None
    if not isinstance(content, dict):
        return None, None
    context = content.get("context")
    context = context.get("warpgauge") if isinstance(context, dict) else None
    context = {key: context[key] for key in ("identity", "state", "settings") if key in context} if isinstance(context, dict) else None
    rule = content.get("policy") if str(content.get("schema", "")).startswith("warpgauge/comparison/") else None
    return context, rule


def distinct(values):
    texts = {json.dumps(value, sort_keys=True): value for value in values if value is not None}
    return [texts[text] for text in sorted(texts)]


def write(folder, commit, programs):
    facts = [facts_of(path) for path in files_of(folder).values()]
    hashes = subjects(folder, programs)
    if not hashes:
        raise OSError("there is no file to attest")
    statement = {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(hashes.items())],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "commit": commit,
            "written": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "contexts": distinct(context for context, _ in facts),
            "rules": distinct(rule for _, rule in facts),
        },
    }
    text = json.dumps(statement, indent=1) + "\n"
    unfinished = folder / (STATEMENT + ".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(folder / STATEMENT)
    say(f"attested {len(hashes)} files and programs")
    return 0


def read_statement(folder):
    """name -> digest."""
    try:
        statement = json.loads((folder / STATEMENT).read_bytes())
        if statement["_type"] != TYPE or statement["predicateType"] != PREDICATE_TYPE:
            raise ValueError("another type of statement")
        pairs = [(one["name"], one["digest"]["sha256"]) for one in statement["subject"]]
        if len(dict(pairs)) != len(pairs) or not all(isinstance(text, str) for pair in pairs for text in pair):
            raise ValueError("a subject occurs twice or has no name")
        return dict(pairs)
    except (ValueError, KeyError, TypeError) as error:
        raise OSError(f"{STATEMENT}: not a statement of attest.sh: {error}") from error


def check(folder, programs):
    attested = read_statement(folder)
    found = subjects(folder, programs)
    differences = [f"{name}: changed" for name in attested if name in found and found[name] != attested[name]]
    differences += [f"{name}: added, not attested" for name in found if name not in attested]
    unchecked = [name for name in attested if name not in found and name.startswith(PROGRAMS)]
    differences += [f"{name}: missing" for name in attested if name not in found and name not in unchecked]
    for difference in sorted(differences):
        warn(difference)
    if unchecked and not differences:
        say(f"not compared, because no --program names them: {', '.join(sorted(unchecked))}")
    return 1 if differences else 0


def main(arguments):
    command, folder, *rest = arguments
    try:
        if command == "write":
            return write(pathlib.Path(folder), rest[0], rest[1:])
        return check(pathlib.Path(folder), rest)
    except OSError as error:
        warn(f"{folder}: {error}")
        return 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
