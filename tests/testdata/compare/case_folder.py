"""Writes the folder of one case."""
import re
from pathlib import Path

from documents import document, one_row_a_line

HERE = Path(__file__).parent


def case(name, args, files):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "args").write_text(args + "\n")
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else one_row_a_line(content))


def of(folder, words):
    """Arguments that take the files of another case."""
    return re.sub(r"\b(base|head)(\d?)\.json", rf"../{folder}/\1\2.json", words)


def three(**head):
    files = {f"base{i}.json": document(10 + i) for i in range(3)}
    files |= {f"head{i}.json": document(20 + i, **head) for i in range(3)}
    return files


TWO = "base.json head.json"
THREE = "gate --base base0.json base1.json base2.json --head head0.json head1.json head2.json"
