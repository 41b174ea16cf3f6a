"""An assignment's `equivalents.py`: library calls that do what an exercise forbids."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError


@dataclass(frozen=True)
class Equivalent:
    """A short cut through a library that must be refused, as a program."""

    name: str
    exercise: str
    cells: tuple[str, ...]


def load_equivalents(path: Path, answers: str, exercises: set[str]) -> tuple[Equivalent, ...]:
    """Read a file as source: each `@equivalent` becomes a program of its own; none without a file.

    Raises:
        CourseError: the file is no Python, or one is of an unknown exercise.
    """
    if not path.exists():
        return ()
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise CourseError(f"{path}: it is no Python: {error}") from error
    found: list[tuple[str, ast.FunctionDef]] = []
    shared: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(
                decorator_list=[ast.Call(ast.Name("equivalent"), [ast.Constant(str() as exercise)])]
            ):
                if exercise not in exercises:
                    raise CourseError(
                        f"{path}:{statement.lineno}: {statement.name} is an equivalent of "
                        f"{exercise!r}, which is no exercise of this assignment that forbids "
                        "anything"
                    )
                found.append((exercise, statement))
            case ast.ImportFrom(module="grader.vocabulary" | "__future__"):
                pass
            case _:
                shared.append(statement)
    before = ast.unparse(ast.Module(shared, []))
    return tuple(_program(answers, before, exercise, each) for exercise, each in found)


def _program(answers: str, shared: str, exercise: str, function: ast.FunctionDef) -> Equivalent:
    function.decorator_list = []
    cells = (answers, shared, ast.unparse(function), f"{exercise} = {function.name}")
    return Equivalent(function.name, exercise, cells)
