"""Reading nbgrader's gradebook: manual scores, written questions, late penalties, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from grader.course.arrangements import Arranged
from grader.course.late import late_penalty
from grader.course.syllabus import Late
from grader.render.worth import Entry, Mark

TEST = "test-"
"""What nbgrader's id of an exercise's grade cell begins with."""


@dataclass(frozen=True)
class Book:
    """What a gradebook holds of one assignment: entries and names by student."""

    entries: Mapping[str, Entry]
    names: Mapping[str, str]


def read_book(gradebook: Gradebook, assignment: str) -> Book:
    """Read an assignment; without entries where the gradebook has none of it."""
    try:
        submissions = gradebook.find_assignment(assignment).submissions
    except MissingEntry:
        submissions = []
    entries = {submission.student.id: entry_of(submission) for submission in submissions}
    return Book(entries, {student.id: _name(student) for student in gradebook.students})


def entry_of(submission: Any) -> Entry:
    """What the gradebook says of a submission (nbgrader's SubmittedAssignment)."""
    marks = {
        grade.name.removeprefix(TEST): Mark(
            float(grade.max_score or 0.0),
            grade.auto_score,
            grade.manual_score,
            float(grade.extra_credit or 0.0),
            bool(grade.needs_manual_grade),
        )
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    penalty = sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks)
    late = float(submission.total_seconds_late)
    return Entry(marks, float(penalty), str(submission.timestamp or ""), late)


def refresh_penalties(
    gradebook: Gradebook, assignment: str, late: Late, held: Arranged | None = None
) -> None:
    """Reckon the late penalties anew from the scores and the extensions as they are now.

    nbgrader does it only when it grades, so that a written question graded afterwards by hand
    would escape the penalty. Who has no time of submission is left alone.
    """
    try:
        submissions = gradebook.find_assignment(assignment).submissions
    except MissingEntry:
        return
    for submission in submissions:
        if held is not None:
            submission.extension = held.extension(submission.student.id)
        if submission.timestamp is None:
            continue
        for notebook in submission.notebooks:
            penalty = late_penalty(late, float(notebook.score), submission.total_seconds_late)
            notebook.late_submission_penalty = penalty or None
    gradebook.db.commit()


def _name(student: Any) -> str:
    parts = [part for part in (student.last_name, student.first_name) if part]
    return ", ".join(parts) or str(student.id)
