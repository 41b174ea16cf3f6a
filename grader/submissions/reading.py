"""Turning a submission's bytes into the cells that can be run."""

import hashlib
import re

from grader.submissions.model import LIMITS, Cell, Found, Limits, Submission, Unreadable
from grader.submissions.notebook import Said, read_notebook
from grader.submissions.python2 import is_python2
from grader.submissions.script import read_script
from grader.submissions.text import decoded, script_text

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def read(found: Found, limits: Limits = LIMITS) -> Submission:
    """Read a submission; raises Unreadable with what its author must do."""
    payload = found.opened()
    if len(payload) > limits.file_bytes:
        raise Unreadable("The file is too large. Clear all outputs, save, and hand it in again.")
    script = found.file.lower().endswith(".py")
    text, read_as = script_text(payload) if script else (decoded(payload), ())
    if script:
        _check_size(len(text), limits)
        (cells, statementwise, notes), said = read_script(text, limits), Said()
        notes = (*read_as, *notes)
    else:
        cells, notes, said = read_notebook(text, limits)
        statementwise = False
    _check(cells, notes, limits)
    return Submission(
        student=found.student,
        file=found.file,
        sha256=hashlib.sha256(payload).hexdigest(),
        cells=cells,
        statementwise=statementwise,
        notes=(*found.notes, *notes),
        assignment=said.assignment,
        language=said.language,
    )


def _check(cells: tuple[Cell, ...], notes: tuple[str, ...], limits: Limits) -> None:
    if not cells:
        raise Unreadable(
            " ".join(("It contains no code cell with code. Answer in code cells.", *notes))
        )
    _check_size(sum(len(cell.source) for cell in cells), limits)
    for cell in cells:
        if _NOT_TEXT.search(cell.source):
            raise Unreadable(
                f"Cell {cell.index} contains characters that are not text. Type it anew, save, "
                "and hand it in again."
            )
    line = is_python2([cell.source for cell in cells])
    if line:
        raise Unreadable(
            f"It is written in Python 2 (`{line}`). Write it in Python 3, for example "
            "print(x), and hand it in again."
        )


def _check_size(characters: int, limits: Limits) -> None:
    if characters > limits.code_bytes:
        raise Unreadable(
            f"It contains more than {limits.code_bytes // 1024} KiB of code. Remove pasted data "
            "and hand it in again."
        )
