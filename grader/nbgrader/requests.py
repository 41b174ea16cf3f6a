"""Requests for a regrade, kept beside the results, and their answers from the gradebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    SubmittedAssignment,
    SubmittedNotebook,
)

from grader.course.syllabus import Course
from grader.exporting.book import TEST
from grader.grading.history import Asked, History
from grader.grading.keeping import opened
from grader.nbgrader.asking import Request
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import gradebook_exists


@dataclass(frozen=True)
class Answered:
    """A request and what a person answered: "" while it is open."""

    student: str
    exercise: str
    text: str
    answer: str


def note_requests(course: Course, name: str, requests: Mapping[str, tuple[Request, ...]]) -> None:
    """Keep what students ask; a comment that stands there now is not the answer.

    Raises:
        GraderError: a database refused.
    """
    asking = {student: asked for student, asked in requests.items() if asked}
    if not asking:
        return
    said = comments_of(course, name)
    with opened(course) as store:
        History(store.database).ask(
            name,
            [
                Asked(student, one.exercise, one.text, said.get(student, {}).get(one.exercise, ""))
                for student, asked in asking.items()
                for one in asked
            ],
        )


def requests_with_answers(course: Course, name: str) -> list[Answered]:
    """Every request of an assignment, the oldest first.

    Raises:
        CourseError: course.yml does not list it.
        GraderError: a database cannot be read.
    """
    course.plan(name)
    with opened(course) as store:
        asked = History(store.database).requests(name)
    if not asked:
        return []
    said = comments_of(course, name)
    return [
        Answered(
            one.student,
            one.exercise,
            one.text,
            now
            if (now := said.get(one.student, {}).get(one.exercise, "")) != one.said_before
            else "",
        )
        for one in asked
    ]


def comments_of(course: Course, name: str) -> dict[str, dict[str, str]]:
    """What a person said, by student and by exercise or question.

    Raises:
        GraderError: the gradebook cannot be read.
    """
    if not gradebook_exists(course):
        return {}
    found: dict[str, dict[str, str]] = {}
    with gradebook(course) as book:
        rows = (
            book.db.query(SubmittedAssignment.student_id, BaseCell.name, Comment.manual_comment)
            .select_from(Comment)
            .join(Comment.cell)
            .join(Comment.notebook)
            .join(SubmittedNotebook.assignment)
            .join(SubmittedAssignment.assignment)
            .filter(Assignment.name == name)
        )
        for student, cell, text in rows:
            found.setdefault(student, {})[cell.removeprefix(TEST)] = text or ""
    return found
