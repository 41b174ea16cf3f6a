"""Reading an assignment's notebook, a text file of jupytext's percent format.

What a cell is for stands in its metadata:

    # %% exercise="affine_forward"     the stub, one function or class of that name
    # %% example="affine_forward"      its visible checks
    # %% practice="train_vae"          a stub that is not graded, one function or class
    # %% demo=true                     a plot or a small experiment
    # %% [markdown] written="why"      a question that is graded by hand
    # %% [markdown] lang="zh"          text for releases in that language only
    # %% [markdown] lang="zh" of="…"   the same, and which state of its original it translates
"""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

from grader.course.fields import did_you_mean
from grader.course.text import read_course_text
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Practice, Prompt, Stub
from grader.notebook.percent import Raw, cut, refuse

KEYS = {
    "markdown": ("lang", "written", "of"),
    "code": ("exercise", "practice", "example", "demo", "lang"),
}


def read_notebook(path: Path) -> Notebook:
    """Read the cells; what holds between cells is `grader.notebook.rules`.

    Raises:
        CourseError: the file or one of its cells is not as it should be, with file and line.
    """
    text = read_course_text(path)
    cells = [_cell(path, raw) for raw in cut(path, text)]
    return Notebook(path.stem, path, tuple(cells))


def _cell(path: Path, raw: Raw) -> Cell:
    metadata = dict(raw.metadata)
    known = KEYS[raw.kind]
    for key, value in metadata.items():
        if key not in known:
            near = did_you_mean(key, known)
            raise refuse(path, raw.marker, f"unknown {key}= of a {raw.kind} cell{near}")
        wanted, says = (bool, "true") if key == "demo" else (str, "text in quotes")
        if not isinstance(value, wanted) or not value:
            raise refuse(path, raw.marker, f"{key}= of the cell: give {says}")
    lang = metadata.pop("lang", "")
    if raw.kind == "markdown":
        if "of" in metadata and not lang:
            reason = "of= says what a translation translates; give its lang, too"
            raise refuse(path, raw.marker, reason)
        written, of = metadata.get("written", ""), metadata.get("of", "")
        return Prompt(raw.source, raw.line, lang, written, of)
    if len(metadata) > 1:
        both = " and ".join(metadata)
        raise refuse(path, raw.marker, f"{both} in one cell; a cell is for one thing")
    tree = _parse(path, raw.source, raw.line)
    for key, kind in (("exercise", Stub), ("practice", Practice)):
        if key in metadata:
            if lang:
                reason = f"{key}= has no lang; its stub serves all languages"
                raise refuse(path, raw.marker, reason)
            _only_the_stub(path, metadata[key], tree, raw.line)
            return kind(metadata[key], raw.source, raw.line)
    if "example" in metadata:
        return Example(metadata["example"], raw.source, raw.line, lang)
    shown = Demo if "demo" in metadata else Code
    return shown(raw.source, raw.line, lang)


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
            # Here, because it takes a while to import and few notebooks have magics.
            from IPython.core.inputtransformer2 import TransformerManager

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
