"""Every sentence that the machine can say to a student, read out of its source.

As `xgettext` does it: constants and f-strings, with {} where something is filled in. Docstrings,
patterns, what we raise ourselves (instructors read that, in English) and plain words are none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grader

HOUSE = Path(grader.__file__).parent
FILES = (
    "controller/messages.py", "controller/verdicts.py", "controller/arguments.py",
    "controller/explaining.py", "controller/follow_through.py", "controller/retelling.py",
    "controller/program.py", "controller/staging.py", "controller/beside.py",
    "controller/findings.py", "controller/conversation.py", "controller/execution.py",
    "comparing/*.py",
    "course/slips/misreadings.py", "course/slips/transforms.py",
    "submissions/*.py",
    "grading/belonging.py", "grading/checking.py", "grading/grading.py",
    "nbgrader/rebuild.py", "nbgrader/exporter.py", "nbgrader/scores.py", "nbgrader/page.py",
    "nbgrader/config.py",
    "otter/examples.py", "otter/autograde.py", "otter/master.py",
    "render/worth.py", "render/grades.py", "render/gradescope.py", "render/sheets.py",
    "render/html.py", "render/advice.py", "render/term.py", "term/answers.py", "term/similar.py",
    "cli/check_command.py", "grading/alone.py", "grading/slips_of_the_keys.py",
    "nbgrader/blanks.py",
    "exporting/gathering.py", "languages/dates.py",
)  # fmt: skip

_PATTERNS = {"compile", "search", "match", "fullmatch", "sub", "split", "finditer"}
_IN_TEMPLATES = re.compile(r"""\b(?:t|put)\("([^"]+)\"""")
_LINES = re.compile(r"\n+")
_WORDS = re.compile(r"[A-Za-z]{2,}[,:;.]?(?: |\{\})|(?: |\{\})[a-z]{2,}")


def sentences(path: Path) -> Iterator[str]:
    """What a file may say, each line of it."""
    yield from _said(ast.parse(path.read_text(encoding="utf-8")))


def everything() -> dict[str, set[str]]:
    """The sentences by the file that says them."""
    found: dict[str, set[str]] = {}
    for pattern in FILES:
        paths = sorted(HOUSE.glob(pattern))
        assert paths, f"{pattern}: there is no such file"
        for path in paths:
            found[path.relative_to(HOUSE).as_posix()] = set(sentences(path))
    return found


def templates() -> set[str]:
    """What our pages say: the texts that their templates have translated or filled in."""
    texts = [path.read_text(encoding="utf-8") for path in HOUSE.glob("*/templates/*.html.j2")]
    assert texts
    return {found for text in texts for found in _IN_TEMPLATES.findall(text)}


def _said(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Raise) and not _to_students(node):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _PATTERNS:
        return
    if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") in (
        "Literal",
        "Annotated",
    ):
        return
    text = _text(node)
    if text is not None:
        yield from (line.strip() for line in _LINES.split(text) if _WORDS.search(line))
        # What is filled in may be words of its own.
        for part in node.values if isinstance(node, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                yield from _said(part.value)
        return
    for child in ast.iter_child_nodes(node):
        yield from _said(child)


def _to_students(node: ast.Raise) -> bool:
    return isinstance(node.exc, ast.Call) and getattr(node.exc.func, "id", "") == "Unreadable"


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return None
