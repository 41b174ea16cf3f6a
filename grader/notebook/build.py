"""Building nbgrader's `source` folder, after holding both sides of an assignment together."""

from __future__ import annotations

import ast
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from grader.course.comments import load_comments
from grader.course.fields import did_you_mean
from grader.course.lesson import Lesson, load_lesson
from grader.course.syllabus import Course
from grader.errors import CourseError
from grader.notebook import compose, notebook_text, read_assignment
from grader.notebook.model import Notebook
from grader.notebook.percent import refuse
from grader.notebook.reading import parse_cell
from grader.notebook.signatures import call_signature
from grader.vocabulary import Case, Exercise

_SEED = 0  # which cases are drawn does not matter here, only that they bind


def build(course: Course, names: list[str], out: Path | None = None) -> list[Path]:
    """Write `out`/source/NAME/NAME.ipynb for each assignment; all of them, or none.

    Args:
        course: the course.
        names: assignments that course.yml lists.
        out: nbgrader's course folder, `build/nbgrader` of the course by default.

    Returns:
        the files written, in the order of `names`.

    Raises:
        CourseError: an assignment's sides do not fit together.
    """
    out = out or course.root / "build" / "nbgrader"
    for name in names:
        verify(course, name)
    texts = {name: notebook_text(compose(course, name)) for name in names}
    return [
        write_whole(out / "source" / name / f"{name}.ipynb", text) for name, text in texts.items()
    ]


def write_whole(path: Path, text: str) -> Path:
    """Write a file so that at no moment a part of it can be seen; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def verify(course: Course, name: str) -> None:
    """Hold notebook, answers, checks, mistakes and course.yml against one another.

    Raises:
        CourseError: the first thing that does not fit, with file, line and reason.
    """
    notebook = read_assignment(course, name)
    folder = course.root / "solutions" / name
    _checks_are_of_exercises(folder / "checks.py", notebook)
    _once_each(folder / "mistakes.py", "mistake")
    compose(course, name)
    load_comments(course, name)
    lesson = load_lesson(course, name)
    for exercise in lesson.exercises.values():
        _cases_bind(folder / "checks.py", notebook, exercise)
    _mistakes_are_of_exercises(folder / "mistakes.py", notebook, lesson)


def _decorated(path: Path, decorator: str) -> Iterator[tuple[str, int]]:
    """Top-level definitions with `@decorator(...)`: their names and lines."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{path}: this file is missing") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from None
    except SyntaxError as error:
        raise refuse(path, error.lineno or 1, f"not Python: {error.msg}") from None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(decorator):
                    yield node.name, node.lineno


def _once_each(path: Path, decorator: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for name, line in _decorated(path, decorator):
        if name in lines:
            reason = f"a second {decorator} {name}, first in line {lines[name]}; rename one"
            raise refuse(path, line, reason)
        lines[name] = line
    return lines


def _checks_are_of_exercises(path: Path, notebook: Notebook) -> None:
    checks = _once_each(path, "exercise")
    for name, line in checks.items():
        if name not in notebook.stubs and name not in notebook.left_out:
            near = did_you_mean(name, notebook.stubs)
            raise refuse(path, line, f"a check of {name}, no exercise in {notebook.path}{near}")
    for name, stub in notebook.stubs.items():
        if name not in checks:
            near = did_you_mean(name, checks)
            raise refuse(path, 1, f"no check of {name}, {notebook.path}:{stub.line}{near}")


def _mistakes_are_of_exercises(path: Path, notebook: Notebook, lesson: Lesson) -> None:
    for mistake in lesson.mistakes:
        if mistake.exercise not in notebook.stubs:
            near = did_you_mean(mistake.exercise, notebook.stubs)
            reason = f"{mistake.name} is a mistake of {mistake.exercise}, which is no exercise"
            raise CourseError(f"{path}: {reason}{near}")


def _cases_bind(path: Path, notebook: Notebook, exercise: Exercise) -> None:
    line = exercise.draw.__code__.co_firstlineno
    for number, case in enumerate(_draw(path, line, exercise), 1):
        if not isinstance(case, Case):
            reason = f"check {exercise.name} yields a {type(case).__name__}; yield case(...)"
            raise refuse(path, line, reason)
        # A driver stands between the case and the exercise, and has its own parameters.
        driver = exercise.driver
        (node,) = parse_cell(driver or notebook.stubs[exercise.name].source).body
        called = call_signature(node)
        if called is None:
            continue
        try:
            called.bind(*([None] if driver else []), *case.args, **case.kwargs)
        except TypeError as error:
            name = exercise.driver_name or exercise.name
            reason = f"case {number} of {exercise.name} does not fit {name}{called}: {error}"
            raise refuse(path, line, reason) from None


def _draw(path: Path, line: int, exercise: Exercise) -> list[Case]:
    try:
        cases = exercise.cases(np.random.default_rng(_SEED))
    except Exception as error:  # whatever a check's own code raises
        said = f"{type(error).__name__}: {error}"
        raise refuse(path, line, f"check {exercise.name} cannot draw its cases: {said}") from error
    if not cases:
        raise refuse(path, line, f"check {exercise.name} yields no case")
    return cases
