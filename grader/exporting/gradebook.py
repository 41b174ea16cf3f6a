"""Export plugins for nbgrader: final grades, with written questions and late penalties.

    nbgrader export --exporter=grader.exporting.gradebook.SafeCsv --to grades.csv
    nbgrader export --exporter=grader.exporting.gradebook.Canvas --to canvas.csv
    nbgrader export --exporter=grader.exporting.gradebook.Moodle --to moodle.csv

nbgrader's own CSV quotes nothing, so that a name with a comma moves every column after it, and
one that begins with "=" is run by a spreadsheet. `--assignment` and `--student` choose, as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

from grader.course.syllabus import Course, find_course, load_course
from grader.errors import CourseError
from grader.notebook.build import write_whole
from grader.render.plain import number
from grader.render.sheets import Column, canvas, moodle, to_csv
from grader.results import total

_HEADINGS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "percent", "needs_manual_grade",
)  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """One student's assignment; `maximum` is the points that make 100 %, without the bonus."""

    assignment: Any
    student: Any
    submitted: bool
    raw: float
    penalty: float
    max_score: float
    maximum: float
    waiting: bool
    timestamp: str

    @property
    def score(self) -> float:
        return max(0.0, total([self.raw, -self.penalty]))


class _Plugin(ExportPlugin):  # type: ignore[misc]
    default_to = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of the chosen students and assignments, all or nothing."""
        path = Path(self.to or self.default_to)
        rows = list(self._rows(gradebook))
        write_whole(path, self.text(rows))
        self.log.info("Exported %d grades to %s", len(rows), path)

    def text(self, rows: list[_Row]) -> str:
        """The file's text."""
        raise NotImplementedError

    def _rows(self, gradebook: Gradebook) -> Iterator[_Row]:
        assignments = {str(name) for name in self.assignment}
        students = {str(name) for name in self.student}
        course = _course()
        for assignment in gradebook.assignments:
            if assignments and assignment.name not in assignments:
                continue
            plan = course.assignments.get(assignment.name) if course else None
            bonus = [plan.points[name] for name in plan.bonus] if plan else []
            for student in gradebook.students:
                if not students or student.id in students:
                    yield _row(gradebook, assignment, student, sum(bonus))

    def _final(self, rows: list[_Row]) -> list[_Row]:
        """The rows that a grade import may carry; says which it may not."""
        waiting = [row for row in rows if row.submitted and row.waiting]
        for row in waiting:
            self.log.warning(
                "Left out: %s of %s has cells to be graded by hand",
                row.assignment.name,
                row.student.id,
            )
        return [row for row in rows if row.submitted and not row.waiting]


class SafeCsv(_Plugin):
    """nbgrader's own columns with percent and what waits for a hand, quoted, without formulas."""

    def text(self, rows: list[_Row]) -> str:
        """The file's text."""
        table: list[list[str | float | None]] = [list(_HEADINGS)]
        for row in rows:
            percent = 100 * row.score / row.maximum if row.maximum else None
            table.append(
                [
                    row.assignment.name,
                    str(row.assignment.duedate or ""),
                    row.timestamp,
                    row.student.id,
                    row.student.last_name or "",
                    row.student.first_name or "",
                    row.student.email or "",
                    row.raw,
                    row.penalty,
                    row.score,
                    row.max_score,
                    None if percent is None else round(min(100.0, percent), 2),
                    "yes" if row.waiting else "no",
                ]
            )
        return to_csv(table)


class Canvas(_Plugin):
    """A file for Canvas's grade import: a column an assignment, those without a grade left out."""

    default_to = "canvas.csv"

    def text(self, rows: list[_Row]) -> str:
        """The file's text."""
        names = {row.student.id: _name(row.student) for row in rows}
        return canvas(_columns(self._final(rows)), names=names)


class Moodle(_Plugin):
    """A file for Moodle's grade import, with where each grade comes from as feedback."""

    default_to = "moodle.csv"

    def text(self, rows: list[_Row]) -> str:
        """The file's text."""
        return moodle(_columns(self._final(rows)))


def _row(gradebook: Gradebook, assignment: Any, student: Any, bonus: float) -> _Row:
    try:
        found = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        found = None
    of = float(assignment.max_score)
    return _Row(
        assignment=assignment,
        student=student,
        submitted=found is not None,
        raw=float(found.score) if found else 0.0,
        penalty=float(found.late_submission_penalty or 0.0) if found else 0.0,
        max_score=of,
        maximum=max(0.0, total([of, -bonus])),
        waiting=bool(found and found.needs_manual_grade),
        timestamp=str(found.timestamp or "") if found else "",
    )


def _columns(rows: list[_Row]) -> list[Column]:
    columns = []
    for name in dict.fromkeys(row.assignment.name for row in rows):
        own = [row for row in rows if row.assignment.name == name]
        scores = {row.student.id: min(row.score, row.maximum) for row in own}
        told = {row.student.id: _told(row) for row in own}
        columns.append(Column(name, own[0].maximum, scores, told))
    return columns


def _told(row: _Row) -> str:
    late = f", less {number(row.penalty)} for lateness" if row.penalty else ""
    return f"{number(row.raw)} of {number(row.maximum)} points{late}"


def _name(student: Any) -> str:
    parts = [part for part in (student.last_name, student.first_name) if part]
    return ", ".join(parts) or str(student.id)


def _course() -> Course | None:
    """The course that the command was typed in; None outside of one, where nothing is a bonus."""
    try:
        root = find_course(Path.cwd())
    except CourseError:
        return None
    return load_course(root)
