"""A student's check in an ordinary process: with a course, or with the student's notebook alone.

Without a course the examples are those that stand in the notebook. nbgrader marks the cells of a
release with their names and a checksum, so they can be found, and it shows if one was changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.grading.belonging import siblings
from grader.grading.plainly import Job, run_examples
from grader.languages.spoken import ORIGINAL, machine
from grader.notebook import (
    Notebook,
    demo_sources,
    example_source,
    in_language,
    read_assignment,
)
from grader.submissions import Found, Submission, Unreadable, read
from grader.submissions.model import Cell

EDITED = "this example is not as it was released: take it from a fresh copy of the notebook"
NONE_HERE = (
    "This file holds no examples of a release. Check the notebook that you were given, with your "
    "answers in it; or type the command in the folder of the course."
)
UNCONFINED = "Your notebook ran as it does in Jupyter, without confinement."
_TEST, _EXAMPLE, _DEMO = "test-", "example-", "demo-"


@dataclass(frozen=True)
class Example:
    """A visible example in a notebook: its place, and whether somebody changed it."""

    exercise: str
    cell: int
    source: str
    edited: bool


@dataclass(frozen=True)
class Own:
    """A student's notebook: its own cells, and the examples among them that came with it."""

    submission: Submission
    cells: tuple[tuple[int, str], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Checked:
    """How the visible examples of an exercise went."""

    exercise: str
    passed: bool
    message: str


@dataclass(frozen=True)
class Checks:
    """How all of them went, in the notebook's language, and what to know of the notebook."""

    examples: tuple[Checked, ...]
    notes: tuple[str, ...]
    language: str


def opened(notebook: Path) -> Own:
    """Read a student's notebook.

    Raises:
        UsageError: there is no such file.
        Unreadable: it is no notebook, or holds no examples of a release.
    """
    submission = _read(notebook)
    if notebook.suffix.lower() == ".py":
        raise Unreadable(NONE_HERE)
    released = dict(_released(notebook.read_bytes()))
    examples = tuple(_examples(released))
    if not examples:
        raise Unreadable(NONE_HERE)
    ours = {number for number, cell in released.items() if _is_ours(_name(cell))}
    cells = tuple((c.index, c.source) for c in submission.cells if c.index not in ours)
    return Own(submission, cells, examples)


def check_alone(notebook: Path) -> Checks:
    """Run a notebook's own cells, then the examples that it came with, in an ordinary process.

    Raises:
        UsageError: there is no such file.
        Unreadable: it is no notebook, or holds no examples of a release.
        GraderError: Python cannot be started.
    """
    own = opened(notebook)
    examples = tuple((one.cell, one.source) for one in own.examples)
    folder = Path(notebook).absolute().parent
    said = run_examples(Job(own.cells, examples, own.submission.statementwise, folder))
    told: dict[str, str] = {}
    for one in own.examples:
        message = EDITED if one.edited else said[one.cell]
        told[one.exercise] = told.get(one.exercise) or message
    return _checks(told, own.submission, own.submission.language or ORIGINAL)


def check_plainly(course: Course, name: str, notebook: Path) -> Checks:
    """The same with the examples of a course, where workers cannot be had.

    Raises:
        UsageError: there is no such file.
        CourseError: an unknown assignment.
        Unreadable: it is no submission of this assignment.
        GraderError: Python cannot be started.
    """
    course.plan(name)  # first: whether there is such an assignment
    submission = _read(notebook)
    beside = beside_release(course, name, submission)
    cells = [(c.index, c.source) for c in beside.cells]
    first = max((number for number, _ in cells), default=0) + 1
    numbered = dict(enumerate(course.plan(name).points, first))
    examples = [(number, example_source(beside.released, e)) for number, e in numbered.items()]
    folder = Path(notebook).absolute().parent
    job = Job(tuple(cells), tuple(examples), submission.statementwise, folder)
    said = run_examples(job)
    told = {one: said[number] for number, one in numbered.items()}
    return _checks(told, submission, beside.language)


@dataclass(frozen=True)
class Beside:
    """A submission beside its release, in its language: the student's own cells of it."""

    language: str
    released: Notebook
    cells: tuple[Cell, ...]


def beside_release(course: Course, name: str, submission: Submission) -> Beside:
    """Find what a check runs: all cells but our own demos and examples.

    Raises:
        CourseError: an unknown assignment.
        Unreadable: it is no submission of this assignment.
    """
    whole = read_assignment(course, name)
    if problem := siblings(course, name).problem(submission):
        raise Unreadable(problem)
    language = course.edition(submission.language)
    ours = {source.strip() for source in demo_sources(whole, course.editions)}
    own = tuple(cell for cell in submission.cells if cell.source.strip() not in ours)
    return Beside(language, in_language(whole, language), own)


def _checks(told: Mapping[str, str], submission: Submission, language: str) -> Checks:
    say = machine(language).say
    examples = (Checked(one, not message, say(message)) for one, message in told.items())
    notes = dict.fromkeys([*submission.notes, UNCONFINED])
    return Checks(tuple(examples), tuple(map(say, notes)), language)


def _read(notebook: Path) -> Submission:
    try:
        payload = notebook.read_bytes()
    except OSError as error:
        raise UsageError(f"{notebook} cannot be read: {error.strerror}") from None
    return read(Found(notebook.stem, notebook.name, payload, ""))


def _released(payload: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """The code cells that nbgrader named, by their place among all cells, from 1."""
    for number, cell in enumerate(json.loads(payload.decode("utf-8-sig"))["cells"], 1):
        if cell.get("cell_type") == "code" and _name(cell):
            yield number, cell


def _examples(released: dict[int, dict[str, Any]]) -> Iterator[Example]:
    exercise = ""
    for number, cell in released.items():
        name, source = _name(cell), _source(cell)
        if name.startswith(_TEST):
            exercise = name.removeprefix(_TEST)
        elif not name.startswith(_EXAMPLE):
            continue
        if exercise and not _says_only(source):
            yield Example(exercise, number, source, _is_edited(cell, source))


def _says_only(source: str) -> bool:
    """Whether a cell holds comments alone: that there are hidden cases only."""
    return all(line.startswith("#") or not line.strip() for line in source.splitlines())


def _is_ours(name: str) -> bool:
    return name.startswith((_TEST, _EXAMPLE, _DEMO))


def _marks(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _name(cell: dict[str, Any]) -> str:
    return str(_marks(cell).get("grade_id") or "")


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    text = "".join(source) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_edited(cell: dict[str, Any], source: str) -> bool:
    """Whether a cell differs from what nbgrader released; without a checksum nobody can tell."""
    marks = _marks(cell)
    parts = [source, "code", *(str(bool(marks.get(key))) for key in ("grade", "solution"))]
    parts += [str(bool(marks.get("locked"))), _name(cell)]
    if marks.get("grade"):
        parts.append(str(float(marks.get("points") or 0)))
    digest = hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
    return marks.get("checksum") not in (None, digest)
