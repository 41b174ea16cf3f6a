"""Reading an assignment's notebook, a text file of jupytext's percent format.

What a cell is for stands in its metadata:

    # %% exercise="affine_forward"     the stub, one function or class of that name
    # %% example="affine_forward"      its visible checks
    # %% demo=true                     a plot or a small experiment
    # %% [markdown] written="why"      a question that is graded by hand
    # %% [markdown] lang="zh"          text for releases in that language only
"""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path
from typing import Any

import jupytext
from IPython.core.inputtransformer2 import TransformerManager

from grader.course_fields import did_you_mean
from grader.errors import CourseError
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Prompt, Stub

# What jupytext notes of blank lines; no author writes it.
SPACING = ("lines_to_next_cell", "lines_to_end_of_cell_marker")
KEYS = {"markdown": ("lang", "written"), "code": ("exercise", "example", "demo", "lang")}


def refuse(path: Path, line: int, reason: str) -> CourseError:
    """The error of one place in a file."""
    return CourseError(f"{path}:{line}: {reason}")


def read_notebook(path: Path) -> Notebook:
    """Read the cells; what holds between cells is `grader.notebook.rules`.

    Raises:
        CourseError: the file or one of its cells is not as it should be, with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: not UTF-8 text: {error.reason}; save it as UTF-8") from None
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        raw = jupytext.reads(text, fmt="py:percent").cells
    except Exception as error:  # whatever a parser of another project raises
        raise CourseError(f"{path}: jupytext cannot read it: {error}") from None
    lines = _first_lines(path, text, [cell.source for cell in raw])
    cells = [_cell(path, cell, line) for cell, line in zip(raw, lines, strict=True)]
    return Notebook(path.stem, path, tuple(cells))


def _first_lines(path: Path, text: str, sources: list[str]) -> list[int]:
    """The file's line of each cell's first text (jupytext itself forgets it)."""
    lines = text.splitlines()
    markers = [i for i, line in enumerate(lines, 1) if re.match(r"#\s*%%", line)]
    first = next((i for i, line in enumerate(lines, 1) if line.strip()), 1)
    if not markers:
        raise refuse(path, 1, "no cells; start each with a line `# %%`")
    if first != markers[0] and not re.match(r"#\s*---", lines[first - 1]):
        raise refuse(path, first, "text before the first cell; start it with a line `# %%`")
    if len(markers) != len(sources):
        raise refuse(
            path, markers[0], "`# %%` at the start of a line inside a string; write it otherwise"
        )
    found = []
    for marker, source in zip(markers, sources, strict=True):
        line = marker + 1
        while source.strip() and line < len(lines) and not lines[line - 1].strip():
            line += 1
        found.append(line)
    return found


def _cell(path: Path, raw: Any, line: int) -> Cell:
    metadata = {key: raw.metadata[key] for key in raw.metadata if key not in SPACING}
    if raw.cell_type not in KEYS:
        raise refuse(path, line - 1, f"a {raw.cell_type} cell; write code or [markdown]")
    known = KEYS[raw.cell_type]
    for key, value in metadata.items():
        if key not in known:
            near = did_you_mean(key, known)
            raise refuse(path, line - 1, f"unknown {key}= of a {raw.cell_type} cell{near}")
        wanted, says = (bool, "true") if key == "demo" else (str, "text in quotes")
        if not isinstance(value, wanted) or not value:
            raise refuse(path, line - 1, f"{key}={value!r}: give {says}")
    lang = metadata.pop("lang", "")
    if raw.cell_type == "markdown":
        return Prompt(raw.source, line, lang, metadata.get("written", ""))
    if len(metadata) > 1:
        both = " and ".join(metadata)
        raise refuse(path, line - 1, f"{both} in one cell; a cell is for one thing")
    tree = _parse(path, raw.source, line)
    if "exercise" in metadata:
        if lang:
            raise refuse(path, line - 1, "an exercise has no lang; its stub serves all languages")
        _only_the_stub(path, metadata["exercise"], tree, line)
        return Stub(metadata["exercise"], raw.source, line)
    if "example" in metadata:
        return Example(metadata["example"], raw.source, line, lang)
    kind = Demo if "demo" in metadata else Code
    return kind(raw.source, line, lang)


def parse_cell(source: str) -> ast.Module:
    """The syntax tree of a code cell, where `%magic` and `!shell` lines are allowed.

    Raises:
        SyntaxError: it is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        try:
            tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError):
            plain = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
            tree = compile(plain, "<cell>", "exec", flags, dont_inherit=True)
        # The tree alone does not show a `return` outside of a function.
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        compile(tree, "<cell>", "exec", flags, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _parse(path: Path, source: str, line: int) -> ast.Module:
    try:
        return parse_cell(source)
    except SyntaxError as error:
        raise refuse(path, line - 1 + (error.lineno or 1), f"not Python: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise refuse(path, line, f"not Python: {error}") from None


def _only_the_stub(path: Path, exercise: str, tree: ast.Module, line: int) -> None:
    definitions = (ast.FunctionDef, ast.ClassDef)
    names = [node.name for node in tree.body if isinstance(node, definitions)]
    if exercise not in names:
        near = did_you_mean(exercise, names)
        raise refuse(path, line, f"no function or class {exercise} in its exercise cell{near}")
    for node in tree.body:
        if isinstance(node, definitions) and node.name != exercise:
            where = line - 1 + node.lineno
            raise refuse(path, where, f"{node.name} in the cell of {exercise}; one exercise a cell")
        if not isinstance(node, definitions):
            where = line - 1 + node.lineno
            raise refuse(path, where, f"the cell of {exercise} holds its stub alone; move this out")
    if len(names) > 1:
        raise refuse(path, line, f"{exercise} is defined {len(names)} times in its cell")
