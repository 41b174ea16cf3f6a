"""Reading a Python file: jupytext's percent cells, or a plain script."""

import re

from grader.submissions.lexing import without_strings
from grader.submissions.model import Cell, Limits, Unreadable

_MARKER = re.compile(r"^#[ \t]*%%(?P<title>[^\n]*)$", re.MULTILINE)
_TEXT_CELL = re.compile(r"(?:^|[ \t])\[(?:markdown|md|raw)\]", re.IGNORECASE)
_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*[(:\[]", re.MULTILINE)
_NOTEBOOK = re.compile(r'\s*\{.*"(?:cells|nbformat|worksheets)"\s*:', re.DOTALL)

Read = tuple[tuple[Cell, ...], bool, tuple[str, ...]]


def read_script(text: str, limits: Limits) -> Read:
    """The cells of a Python file, whether it is to be run statement by statement, and notes.

    Cells begin at lines `# %%`; text before the first is a cell as well, markdown and raw
    cells are left out. A file without such a line is one cell, run statement by statement.
    Raises Unreadable if it is no Python file.
    """
    _reject_other_kinds(text)
    # A marker inside a string is text.
    markers = list(_MARKER.finditer(without_strings(text)))
    if len(markers) > limits.cells:
        raise Unreadable(
            f"The file has {len(markers)} cells, more than {limits.cells}. Start from the "
            "released notebook and hand it in again."
        )
    if not markers:
        return ((Cell(1, text, line=1),) if _has_code(text) else ()), True, ()
    cells: list[Cell] = []
    notes: list[str] = []
    starts = [(0, 0, ""), *((one.start(), one.end() + 1, one["title"]) for one in markers)]
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    index = 0
    for (_, begin, title), end in zip(starts, ends, strict=True):
        source = text[begin:end]
        if begin == 0 and not _has_code(source):
            continue
        index += 1
        if _TEXT_CELL.search(title):
            if _DEFINITION.search(source):
                notes.append(
                    f"Cell {index} is a text cell with a definition in it: it was not run."
                )
        elif _has_code(source):
            line = 1 + text.count("\n", 0, begin)
            cells.append(Cell(index, source.rstrip("\n"), line=line))
    return tuple(cells), False, tuple(notes)


def _reject_other_kinds(text: str) -> None:
    if _NOTEBOOK.match(text):
        raise Unreadable("The file is a notebook named .py. Name it .ipynb and hand it in again.")
    if text.lstrip().startswith("<"):
        raise Unreadable(
            "The file is a web page, not a Python file. Download the file itself and hand it in."
        )


def _has_code(source: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.split("\n"))
