"""`chainrule forget`: a student in no place of a course any more, as far as the course reaches."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.utils import notebook_hash
from sqlalchemy import Connection, delete, select, update

from grader.course.arrangements import arrangements_path, groups_of
from grader.course.roster import roster_of
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.history import PERSONAL
from grader.grading.keeping import opened, unsaved_folder
from grader.grading.store import DELIVERIES, RESULTS
from grader.nbgrader.arrivals import inbound, parted
from grader.nbgrader.exchange import SECRET
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import gradebook, only_writer
from grader.nbgrader.totals import gradebook_exists
from grader.results import SubmissionResult
from grader.term.holdings import holdings

STEPS = ("submitted", "autograded", "feedback")


@dataclass(frozen=True)
class Traces:
    """Where a student is found: rows by table, paths, and lines of files written by hand."""

    rows: dict[str, int]
    paths: tuple[Path, ...]
    in_gradebook: bool
    by_hand: tuple[str, ...]
    """FILE:LINE, for a person to take out."""
    group: tuple[str, ...]
    """Who loses work by it: members of the student's group, for whom the student handed in."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to remove."""
        return bool(self.paths or self.in_gradebook or any(self.rows.values()))


def traces(course: Course, student: str) -> Traces:
    """Look for a student in every place; nothing is changed.

    Raises:
        GraderError: a database cannot be read.
    """
    with opened(course) as store:
        rows = store.database.run(
            lambda connection: _count(connection, student), "the results cannot be read"
        )
    students = roster_of(course) or ()
    mates = groups_of(students).get(student, ())
    folders = (places_of(course).submitted / student).is_dir()
    return Traces(
        rows,
        tuple(_paths(course, student)),
        _in_gradebook(course, student),
        tuple(_by_hand(course, student)),
        tuple(one for one in mates if one != student) if folders else (),
    )


def forget(course: Course, student: str) -> None:
    """Remove a student: results and history, gradebook, files, and exports that name the student.

    Raises:
        GraderError: a database refused; what was removed until then stays removed.
    """
    with only_writer(course):
        paths = tuple(_paths(course, student))  # while the gradebook can still tell which
        with opened(course) as store:
            store.database.run(
                lambda connection: _remove_rows(connection, student),
                f"the results of {student} cannot be removed",
            )
        if _in_gradebook(course, student):
            with gradebook(course) as book:
                book.remove_student(student)
        for path in paths:
            _remove(path)
        for file in holdings(course).databases.values():
            if file is not None and file.is_file():
                _overwrite_free_pages(file)


def _count(connection: Connection, student: str) -> dict[str, int]:
    tables = (DELIVERIES, *PERSONAL)
    found = {
        table.name: len(
            connection.execute(select(table.c.student).where(table.c.student == student)).all()
        )
        for table in tables
    }
    return found | {RESULTS.name: len(list(_results_of(connection, student)))}


def _results_of(connection: Connection, student: str) -> Iterator[tuple[str, SubmissionResult]]:
    """The stored results that were written for a student, by key."""
    named = RESULTS.c.body.contains(student, autoescape=True)
    for key, body in connection.execute(select(RESULTS.c.key, RESULTS.c.body).where(named)).all():
        with suppress(ValueError):
            result = SubmissionResult.model_validate_json(body)
            if result.student == student:
                yield key, result


def _remove_rows(connection: Connection, student: str) -> None:
    for table in (DELIVERIES, *PERSONAL):
        connection.execute(delete(table).where(table.c.student == student))
    for key, result in list(_results_of(connection, student)):
        mine = RESULTS.c.key == key
        other = connection.execute(
            select(DELIVERIES.c.student, DELIVERIES.c.file).where(DELIVERIES.c.key == key)
        ).first()
        if other is None:
            connection.execute(delete(RESULTS).where(mine))
        else:  # the same bytes, handed in by somebody else too
            own = {"student": other.student, "file": other.file}
            body = result.model_copy(update=own).model_dump_json()
            connection.execute(update(RESULTS).where(mine).values(body=body))


def _in_gradebook(course: Course, student: str) -> bool:
    if not gradebook_exists(course):
        return False
    with gradebook(course) as book:
        try:
            book.find_student(student)
        except MissingEntry:
            return False
    return True


def _paths(course: Course, student: str) -> Iterator[Path]:
    """Files and folders that are the student's, and exports that name the student."""
    places = places_of(course)
    for step in STEPS:
        if (places.home / step / student).exists():
            yield places.home / step / student
    exchange = places.exchange / course.course
    handed_in = exchange / "inbound"
    if handed_in.is_dir():
        yield from (path for path in sorted(handed_in.iterdir()) if parted(path).student == student)
    yield from _released_feedback(course, student)
    own = places.home / "feedback" / student
    for folder in (
        course.root / "build" / "exports",
        places.home / "feedback",  # pages of a group name who handed in
        exchange / "feedback",
        unsaved_folder(course),
    ):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_relative_to(own) and _about(path, student):
                yield path
    for log in (course.root / ".nbgrader.log", places.home / ".nbgrader.log"):
        if log.is_file() and _holds(log, student):
            yield log


def _released_feedback(course: Course, student: str) -> Iterator[Path]:
    """Pages in the exchange, which are named by a hash of the hand-in's secret."""
    places = places_of(course)
    folder = places.exchange / course.course / "feedback"
    for name in course.assignments:
        secrets = [places.of(step, student, name) / SECRET for step in ("submitted", "feedback")]
        secrets += [one.folder / SECRET for one in inbound(course, name) if one.student == student]
        hashes = {
            notebook_hash(secret=file.read_text(), notebook_id=name)
            for file in secrets
            if file.is_file()
        }
        yield from (p for one in sorted(hashes) if (p := folder / f"{one}.html").is_file())


def _about(path: Path, student: str) -> bool:
    return _names(path.name, student) or _holds(path, student)


def _holds(path: Path, student: str) -> bool:
    try:
        return _names(path.read_text(encoding="utf-8", errors="replace"), student)
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror}") from None


def _names(text: str, student: str) -> bool:
    """Whether a text holds the id as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(student)}(?![\w-])", text) is not None


def _by_hand(course: Course, student: str) -> Iterator[str]:
    for path in filter(None, (course.roster, arrangements_path(course))):
        if path.is_file():
            lines = path.read_text(encoding="utf-8-sig").split("\n")
            yield from (f"{path}:{n}" for n, line in enumerate(lines, 1) if _names(line, student))


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise GraderError(
            f"{path} cannot be removed: {error.strerror}; let its owner do it, and run this again"
        ) from None


def _overwrite_free_pages(file: Path) -> None:
    """SQLite leaves removed rows in free pages, and in its log: write the file anew without."""
    try:
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            statements: tuple[Any, ...] = ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
            for statement in statements:
                connection.execute(statement)
    except sqlite3.Error as error:
        raise GraderError(
            f"{file} still holds removed rows in its free pages: {error}; run this again when "
            "nobody else uses it"
        ) from None
