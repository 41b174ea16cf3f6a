"""The students of a course: a CSV with `id`, and optionally names, email and group."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.fields import did_you_mean
from grader.course.marked_yaml import load_marked
from grader.course.syllabus import Course
from grader.errors import CourseError
from grader.submissions.names import folded, student_problem

COLUMNS = ("id", "first_name", "last_name", "email", "group")


@dataclass(frozen=True)
class Student:
    """A student as the roster names them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    group: str = ""
    """Who hands in together; "" for who does alone."""


def read_roster(path: Path) -> tuple[Student, ...]:
    """Read the roster; other columns than ours are left alone.

    Raises:
        CourseError: the file, its columns or a line are wrong; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: the roster cannot be read as UTF-8: {error}") from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    names = [name.strip() for name in rows.fieldnames or []]
    if "id" not in names:
        near = did_you_mean("id", names)
        raise CourseError(f"{path}:1: no column `id`; name the columns {', '.join(COLUMNS)}{near}")
    rows.fieldnames = names
    return tuple(_students(path, rows))


def roster_of(course: Course) -> tuple[Student, ...] | None:
    """The students of a course, None where course.yml names no roster.

    Raises:
        CourseError: the roster is missing or wrong; names file and line.
    """
    if course.roster is None:
        return None
    if not course.roster.exists():
        line = load_marked(course.file).line(("roster",))
        raise CourseError(
            f"{course.file}:{line}: roster: there is no file {course.roster}; make it, with the "
            f"columns {', '.join(COLUMNS)}, or take this line out"
        )
    return read_roster(course.roster)


def members(course: Course) -> Callable[[str], bool]:
    """Whether a student is of the class: on the roster or, where there is none, anybody.

    Raises:
        CourseError: the roster is wrong.
    """
    students = roster_of(course)
    if students is None:
        return lambda student: True
    known = {student.id for student in students}
    return lambda student: student in known


def _students(path: Path, rows: csv.DictReader[str]) -> Iterator[Student]:
    seen: dict[str, int] = {}
    before = 1
    for row in rows:
        first_line, before = before + 1, rows.line_num
        if any("\n" in value for value in row.values() if isinstance(value, str)):
            raise CourseError(
                f"{path}:{first_line}: a quote is opened here and not closed on its line; close it"
            )
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        where = f"{path}:{rows.line_num}"
        problem = student_problem(values["id"])
        if problem or "+" in values["id"]:
            reason = problem or "contains a +, which nbgrader's exchange does not take"
            raise CourseError(f"{where}: the id {values['id'][:60]!r} {reason}")
        first = seen.setdefault(folded(values["id"]), rows.line_num)
        if first != rows.line_num:
            raise CourseError(f"{where}: the id {values['id']!r} is in line {first} already")
        yield Student(**values)
