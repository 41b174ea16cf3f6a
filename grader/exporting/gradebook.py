"""Export plugins for nbgrader: final grades, with written questions and late penalties.

    nbgrader export --exporter=grader.exporting.gradebook.SafeCsv --to grades.csv
    nbgrader export --exporter=grader.exporting.gradebook.Canvas --to canvas.csv
    nbgrader export --exporter=grader.exporting.gradebook.Moodle --to moodle.csv

nbgrader's own CSV quotes nothing, so that a name with a comma moves every column after it, and
one that begins with "=" is run by a spreadsheet. `--assignment` and `--student` choose, as there.
The figures are those of `chainrule export`, which has the same files for one assignment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from grader.course.arrangements import arranged
from grader.course.syllabus import Course, find_course, load_course
from grader.errors import CourseError
from grader.exporting.book import TEST, Book, read_book, refresh_penalties
from grader.exporting.files import import_notes
from grader.exporting.gathering import reckon, stored
from grader.notebook.build import write_whole
from grader.render.grades import Grades
from grader.render.sheets import Column, canvas, column, moodle, to_csv
from grader.render.worth import MISSING, Offer, Worth, worth

_HEADINGS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score", "percent", "needs_manual_grade",
    "status", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """One assignment of the gradebook: its grades, and nbgrader's records beside them."""

    grades: Grades
    assignment: Any
    students: Mapping[str, Any]


class _Plugin(ExportPlugin):  # type: ignore[misc]
    default_to = "grades.csv"

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades of the chosen students and assignments, all or nothing."""
        path = Path(self.to or self.default_to)
        sheets = list(self._sheets(gradebook))
        write_whole(path, self.text(sheets))
        count = sum(len(sheet.grades.worths) for sheet in sheets)
        self.log.info("Exported %d grades to %s", count, path)

    def text(self, sheets: list[Sheet]) -> str:
        """The file's text."""
        raise NotImplementedError

    def _sheets(self, gradebook: Gradebook) -> Iterator[Sheet]:
        wanted = {str(name) for name in self.assignment}
        students = {str(name) for name in self.student}
        course = _course()
        for assignment in gradebook.assignments:
            if wanted and assignment.name not in wanted:
                continue
            grades = _grades(gradebook, assignment, course)
            chosen = tuple(w for w in grades.worths if not students or w.student in students)
            records = {student.id: student for student in gradebook.students}
            yield Sheet(replace(grades, worths=chosen), assignment, records)

    def _columns(self, sheets: list[Sheet]) -> list[Column]:
        """The columns of a grade import; says what is not plain in them."""
        columns = []
        for sheet in sheets:
            made = column(sheet.grades, sheet.assignment.name)
            for note in import_notes(sheet.grades, made):
                self.log.warning("%s: %s", sheet.assignment.name, note)
            columns.append(made)
        return columns


class SafeCsv(_Plugin):
    """nbgrader's own columns with percent, status and reason, quoted, without formulas."""

    def text(self, sheets: list[Sheet]) -> str:
        """The file's text."""
        table: list[list[str | float | None]] = [list(_HEADINGS)]
        for sheet in sheets:
            for one in sheet.grades.worths:
                table.append(_row(sheet, one))
        return to_csv(table)


class Canvas(_Plugin):
    """A file for Canvas's grade import: a column an assignment; see `grader.render.sheets`."""

    default_to = "canvas.csv"

    def text(self, sheets: list[Sheet]) -> str:
        """The file's text."""
        names = {student: name for s in sheets for student, name in s.grades.names.items()}
        return canvas(self._columns(sheets), names=names)


class Moodle(_Plugin):
    """A file for Moodle's grade import, with where each grade comes from as feedback."""

    default_to = "moodle.csv"

    def text(self, sheets: list[Sheet]) -> str:
        """The file's text."""
        return moodle(self._columns(sheets))


def _row(sheet: Sheet, one: Worth) -> list[str | float | None]:
    record, known = sheet.students.get(one.student), one.total is not None
    return [
        sheet.assignment.name,
        str(sheet.assignment.duedate or ""),
        one.timestamp,
        one.student,
        (record.last_name if record else "") or "",
        (record.first_name if record else "") or "",
        (record.email if record else "") or "",
        one.raw,
        one.penalty if known else None,
        one.total,
        one.possible,
        one.percent,
        "yes" if known and one.why_open else "no",
        one.standing,
        one.reason,
    ]


def _grades(gradebook: Gradebook, assignment: Any, course: Course | None) -> Grades:
    """An assignment's grades; of a course that lists it with the grader's results as well."""
    if course is None or assignment.name not in course.assignments:
        return _alone(assignment, read_book(gradebook, assignment.name))
    name, held = assignment.name, arranged(course, assignment.name)
    refresh_penalties(gradebook, name, course.late, held)
    book, results = read_book(gradebook, name), stored(course, name)
    found = reckon(course, name, results, {}, book, book.names, missing=MISSING, held=held)
    return replace(found, booked=True)


def _alone(assignment: Any, book: Book) -> Grades:
    """The grades of an assignment that no course.yml lists: nothing is a bonus there."""
    offer = _offer(assignment)
    worths = tuple(worth(s, offer, None, book.entries.get(s), MISSING) for s in book.names)
    return Grades(assignment.name, assignment.name, worths, offer, names=book.names, booked=True)


def _offer(assignment: Any) -> Offer:
    cells = [cell for notebook in assignment.notebooks for cell in notebook.grade_cells]
    points = {c.name: float(c.max_score) for c in cells if c.cell_type == "code"}
    written = {c.name: float(c.max_score) for c in cells if c.cell_type != "code"}
    return Offer({n.removeprefix(TEST): p for n, p in points.items()}, frozenset(), written)


def _course() -> Course | None:
    """The course that the command was typed in; None outside of one, where nothing is a bonus."""
    try:
        root = find_course(Path.cwd())
    except CourseError:
        return None
    return load_course(root)
