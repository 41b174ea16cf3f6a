"""Slips that are written as edits of a model answer, so that hundreds of them can be read.

A file `slips/ASSIGNMENT.yml` lists, for each slip, its exercise, what is truly wrong, and the
edits: pairs of a text that stands once in the exercise's source (comments aside), and of what
stands there instead.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from grader.course.lesson import Mistake


def load_slips(path: Path, answers: str) -> tuple[Mistake, ...]:
    """The slips of a file, as programs; their hints are the truth.

    Raises:
        ValueError: an edit's text does not stand exactly once in its exercise, or changes nothing.
    """
    plain = without_comments(answers)
    count: Counter[str] = Counter()
    slips = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        exercise = entry["exercise"]
        count[exercise] += 1
        name = f"{exercise}_{count[exercise]}"
        source = edited(plain, exercise, entry["edits"])
        slips.append(Mistake(name, exercise, entry["truth"], (source,)))
    return tuple(slips)


def edited(source: str, exercise: str, edits: Iterable[Sequence[str]]) -> str:
    """A source whose definition of an exercise is changed by edits, in their order."""
    start, end = _lines_of(source, exercise)
    lines = source.splitlines(keepends=True)
    text = "".join(lines[start:end])
    for old, new in edits:
        if text.count(old) != 1 or old == new:
            raise ValueError(f"{exercise}: {old!r} stands {text.count(old)} times")
        text = text.replace(old, new)
    whole = "".join(lines[:start]) + text + "".join(lines[end:])
    ast.parse(whole)
    return whole


def _lines_of(source: str, name: str) -> tuple[int, int]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return node.lineno - 1, node.end_lineno or node.lineno
    raise ValueError(f"{name} is not defined")


def without_comments(source: str) -> str:
    """A source without its comments, and without the lines that hold nothing else."""
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() + "\n"
            if not lines[row - 1].strip():
                lines[row - 1] = ""
    return "".join(lines)
