"""Reading a notebook's code cells, format 4, tolerant of everything that is not code.

The JSON is read by hand: outputs may be enormous, metadata odd and ids missing, and none of
that matters to what will be run.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from grader.submissions.model import Cell, Limits, Unreadable

FORMAT = 4
NEWEST_MINOR = 5
_AGAIN = "Open it in Jupyter, save it, and hand it in again."
_PYTHON_START = re.compile(r"(?:import|from|def|class|async|#|@|\"\"\"|'''|%|\w+ ?=)", re.ASCII)
_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+[ \t]*[(:\[]", re.MULTILINE)
_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.MULTILINE | re.DOTALL)


Read = tuple[tuple[Cell, ...], tuple[str, ...], "Said"]


@dataclass(frozen=True)
class Said:
    """What a released notebook says of itself in its metadata; "" where it says nothing."""

    assignment: str = ""
    language: str = ""


def read_notebook(text: str, limits: Limits) -> Read:
    """The code cells that hold something, notes for the instructor, and what it says of itself.

    Raises Unreadable if the text is not a notebook of format 4.
    """
    notebook = _parsed(text, limits)
    notes = _format_notes(notebook)
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"The notebook has no list of cells. {_AGAIN}")
    if len(cells) > limits.cells:
        raise Unreadable(
            f"The notebook has {len(cells)} cells, more than {limits.cells}. Start from the "
            "released notebook and hand it in again."
        )
    code: list[Cell] = []
    nth = 0
    for index, cell in enumerate(cells, start=1):
        if not isinstance(cell, dict):
            raise Unreadable(f"Cell {index} of the notebook is damaged. {_AGAIN}")
        if cell.get("cell_type") == "code":
            nth += 1
            source = _source(cell, index)
            if source.strip():
                code.append(Cell(index, source, nth=nth))
        else:
            notes += _not_run(cell, index)
    return tuple(code), (*notes, *_kernel_notes(notebook)), _said(notebook)


def _parsed(text: str, limits: Limits) -> dict[str, Any]:
    _reject_other_kinds(text)
    if text.count("[") + text.count("{") > limits.json_containers:
        raise Unreadable(
            "The notebook holds too much structured data. Clear all outputs, save, and hand it "
            "in again."
        )
    try:
        notebook = json.loads(text, object_pairs_hook=_without_duplicates)
    except RecursionError:
        raise Unreadable(f"The notebook's JSON is nested too deeply. {_AGAIN}") from None
    except json.JSONDecodeError as error:
        raise Unreadable(_json_problem(text, error)) from None
    except ValueError:
        # A number of thousands of digits.
        raise Unreadable(f"The notebook contains a number that is too long. {_AGAIN}") from None
    # It begins with a brace, so it is an object.
    return cast(dict[str, Any], notebook)


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # Two programs would read two different notebooks.
        raise Unreadable(f"The notebook's JSON gives a key twice. {_AGAIN}")
    return found


def _reject_other_kinds(text: str) -> None:
    start = text.lstrip()
    if start.startswith("<"):
        raise Unreadable(
            "The file is a web page, not a notebook. Download the .ipynb file itself and hand "
            "it in."
        )
    if _PYTHON_START.match(start):
        raise Unreadable(
            "The file is a Python script named .ipynb. Name it .py, or hand in the notebook."
        )
    if "\0" in text:
        raise Unreadable(
            "The file contains zero bytes: it is damaged, or not UTF-8. Save it, and hand it in "
            "again."
        )
    if not start.startswith("{"):
        raise Unreadable(
            "The file does not begin like a notebook. Hand in the .ipynb file that Jupyter saves."
        )


def _json_problem(text: str, error: json.JSONDecodeError) -> str:
    if re.search(r"^(?:<<<<<<<|>>>>>>>) ", text, re.MULTILINE):
        return "The notebook contains git's conflict marks. Resolve the conflict and hand it in."
    ended = text.rstrip()
    if error.pos >= len(ended) or not ended.endswith("}"):
        return (
            "The notebook ends in the middle: the file was cut off. Save it, and hand it in again."
        )
    return f"The notebook is damaged at line {error.lineno}: {error.msg}. {_AGAIN}"


def _format_notes(notebook: dict[str, Any]) -> tuple[str, ...]:
    major, minor = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if "worksheets" in notebook or (isinstance(major, int) and major < FORMAT):
        raise Unreadable(
            "The notebook is in an old format (3 or older). Convert it with `jupyter nbconvert "
            "--to notebook --nbformat 4 OLD.ipynb --output NEW.ipynb`, and hand that in."
        )
    if isinstance(major, bool) or not isinstance(major, int):
        raise Unreadable(f"The file does not say that it is a notebook (nbformat). {_AGAIN}")
    if major > FORMAT:
        raise Unreadable(
            f"The notebook is in format {major}, newer than this grader reads. Save it in "
            f"format {FORMAT} and hand it in again."
        )
    if isinstance(minor, int) and minor > NEWEST_MINOR:
        return (f"The notebook is in format {FORMAT}.{minor}, read as {FORMAT}.{NEWEST_MINOR}.",)
    return ()


def _source(cell: dict[str, Any], index: int) -> str:
    source = cell.get("source", "")
    if isinstance(source, list) and set(map(type, source)) <= {str}:
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"Cell {index} of the notebook holds no text. {_AGAIN}")
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _not_run(cell: dict[str, Any], index: int) -> tuple[str, ...]:
    kind = cell.get("cell_type")
    try:
        source = _source(cell, index)
    except Unreadable:
        return ()
    if "def" not in source and "class" not in source:  # nine in ten; the searches take longer
        return ()
    if kind == "markdown":
        # Prompts may show code: only what stands outside a fence was meant to be run.
        source = _FENCED.sub("", source)
    if _DEFINITION.search(source) is None:
        return ()
    name = kind if kind in ("markdown", "raw") else "not a code"
    return (f"Cell {index} is {name} cell with a definition in it: it was not run.",)


def _kernel_notes(notebook: dict[str, Any]) -> tuple[str, ...]:
    language = kernel_language(notebook)
    if language in ("", "python", "python3", "ipython"):
        return ()
    shown = re.sub(r"[^\w.+# -]", "?", language[:30])
    return (f"The notebook names the kernel {shown}; its cells were run as Python.",)


def _said(notebook: dict[str, Any]) -> Said:
    metadata = notebook.get("metadata")
    ours = metadata.get("chainrule") if isinstance(metadata, dict) else None
    if not isinstance(ours, dict):
        return Said()
    found = [ours.get(key) for key in ("assignment", "language")]
    return Said(*(text if isinstance(text, str) else "" for text in found))


def kernel_language(notebook: dict[str, Any]) -> str:
    """The language that a notebook's metadata names, in lower case; "" if it names none."""
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        inner = metadata.get(section)
        value = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(value, str) and value:
            return value.lower()
    return ""
