"""What a class's work is worth, with what nbgrader's gradebook and the roster say of it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from grader.course.arrangements import arranged
from grader.course.roster import roster_of
from grader.course.syllabus import Course
from grader.errors import GraderError, UsageError
from grader.exporting.gathering import exercise_titles, from_report, gather
from grader.nbgrader.editions import edition_of
from grader.nbgrader.places import places_of
from grader.render.grades import Grades
from grader.render.worth import MISSING
from grader.results import Report
from grader.submissions import discover

if TYPE_CHECKING:
    from grader.exporting.book import Book


def class_grades(
    course: Course,
    name: str,
    json: Path | None = None,
    report: Report | None = None,
    with_titles: bool = False,
) -> Grades:
    """The grades of a class: results, manual scores, written questions, lateness, the missing.

    Args:
        course: the course.
        name: the assignment.
        json: results that `chainrule grade --json` wrote, in place of those kept here.
        report: results at hand, in place of both.
        with_titles: whether to load the checks for the titles that students read.

    Raises:
        UsageError: there are no results.
        CourseError: the assignment is not listed, its checks do not load, or the roster is wrong.
        GraderError: the gradebook cannot be read.
    """
    book, roster, held = book_of(course, name), names_of(course), arranged(course, name)
    if roster is None and book is not None and book.entries:
        roster = dict(book.names)
    if report is not None:
        titles = exercise_titles(course, name) if with_titles else {}
        return from_report(
            course, report, titles, book, roster, MISSING, held=held,
            languages=languages_of(course, name),
        )  # fmt: skip
    languages = languages_of(course, name)
    return gather(course, name, json, with_titles, book, roster, held, languages)


def languages_of(course: Course, name: str) -> dict[str, str]:
    """Of a mixed class the languages of what was collected, by the digest of each file."""
    if len(course.editions) < 2:
        return {}
    try:
        collected = discover(places_of(course).submitted, name)
    except UsageError:
        return {}
    return {
        hashlib.sha256(one.opened()).hexdigest(): edition_of(course, one)
        for one in collected
        if not one.problem
    }


def names_of(course: Course) -> dict[str, str] | None:
    """The names on the roster by student, family name first; None without a roster.

    Raises:
        CourseError: the roster is wrong.
    """
    students = roster_of(course)
    if students is None:
        return None
    return {
        student.id: ", ".join(filter(None, [student.last_name, student.first_name])) or student.id
        for student in students
    }


def book_of(course: Course, name: str) -> Book | None:
    """What nbgrader's gradebook holds of an assignment; None where there is no gradebook yet.

    Late penalties are brought up to date with the scores first.

    Raises:
        GraderError: it cannot be read.
    """
    if not gradebook_exists(course):
        return None
    from grader.exporting.book import read_book, refresh_penalties
    from grader.nbgrader.steps import gradebook, only_writer

    with only_writer(course), gradebook(course) as book:
        refresh_penalties(book, name, course.late, arranged(course, name))
        return read_book(book, name)


def gradebook_exists(course: Course) -> bool:
    """Whether nbgrader has tables; opening its gradebook would make them.

    Raises:
        GraderError: that cannot be told.
    """
    url = places_of(course).database
    path = url.removeprefix("sqlite:///").partition("?")[0]
    if url.startswith("sqlite:///") and not Path(path).is_file():
        return False
    try:
        engine = create_engine(url)
        found = bool(inspect(engine).has_table("submitted_assignment"))
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        raise GraderError(f"nbgrader's gradebook: {str(error).splitlines()[0]}") from error
    return found
