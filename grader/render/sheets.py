"""CSV: a table of all results, and files that Canvas and Moodle import grades from.

Every cell is quoted, and no cell can be taken for a formula. Grade imports leave out whoever has
no final score: a missing row changes nothing there, while a blank or a zero would.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.render.grades import Grades, exercise_names, why_open
from grader.render.plain import no_formula, number
from grader.results import ExerciseResult, SubmissionResult

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
MOODLE_ID = "ID number"
_POSSIBLE = "    Points Possible"  # as Canvas's own exports have it, spaces and all


@dataclass(frozen=True)
class Column:
    """One assignment of a grade import: scores by student, out of `possible`."""

    heading: str
    possible: float
    scores: Mapping[str, float]
    feedback: Mapping[str, str] = field(default_factory=dict)


def to_csv(rows: Iterable[Sequence[str | float | None]]) -> str:
    """Rows as CSV: all quoted, formulas disarmed, lines ended as RFC 4180 has them."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(value) for value in row])
    return text.getvalue()


def _written(value: str | float | None) -> str:
    if isinstance(value, str):
        return value if value == _POSSIBLE else no_formula(value)
    return number(value)


def table(grades: Grades) -> str:
    """One row a submission: what became of it, then each exercise's score, verdict and mistake."""
    names = exercise_names(grades)
    headings = ["student", "status", "score", "max_score", "percent", "file", "message", "sha256"]
    for name in names:
        headings += [name, f"{name} verdict", f"{name} mistake"]
    rows: list[list[str | float | None]] = [list(headings)]
    for submission in grades.submissions:
        results = {e.name: e for e in submission.exercises}
        row = _head(grades, submission)
        for name in names:
            row += _cells(results.get(name))
        rows.append(row)
    return to_csv(rows)


def _head(grades: Grades, submission: SubmissionResult) -> list[str | float | None]:
    failed = submission.status == "grader_error"
    return [
        submission.student,
        submission.status,
        None if failed else submission.score,
        submission.max_score,
        grades.percent(submission),
        submission.file,
        submission.message,
        submission.sha256,
    ]


def _cells(result: ExerciseResult | None) -> list[str | float | None]:
    if result is None:
        return [None, "", ""]
    score = None if result.verdict == "grader_error" else result.score
    return [score, result.verdict, result.mistake]


def column(grades: Grades, heading: str = "") -> Column:
    """The assignment as a column of a grade import; a bonus counts up to the maximum.

    Raises:
        UsageError: the scores are out of different maxima.
    """
    final = [s for s in grades.submissions if not why_open(s)]
    maxima = {grades.maximum(s) for s in final}
    if len(maxima) > 1:
        found = ", ".join(number(m) for m in sorted(maxima))
        raise UsageError(
            f"the results of {grades.assignment} are out of different maxima ({found}): the points "
            "changed in between; grade all of it again"
        )
    return Column(
        heading or grades.title,
        maxima.pop() if maxima else 0.0,
        {s.student: grades.capped(s) for s in final},
        {s.student: feedback(s) for s in final},
    )


def feedback(submission: SubmissionResult) -> str:
    """What a student is told in one cell: the exercises that lost points, and why."""
    if submission.status != "graded":
        return submission.message
    parts = [
        f"{e.name} {number(e.score)}/{number(e.max_score)}: {e.hint or e.message or e.verdict}"
        for e in submission.exercises
        if e.score < e.max_score
    ]
    return "; ".join(parts) or "all cases passed"


def canvas(
    columns: Sequence[Column],
    id_column: str = "SIS Login ID",
    names: Mapping[str, str] | None = None,
) -> str:
    """A file for Canvas's Grades > Import.

    Args:
        columns: the assignments; a heading such as "Lecture 5 (1234)", as an export of Canvas has
            it, fills that assignment, any other offers to make a new one.
        id_column: which of Canvas's columns the student ids are.
        names: the students' names by id; the id itself where there is none.

    Raises:
        UsageError: Canvas has no such id column.
    """
    if id_column not in CANVAS_IDS:
        raise UsageError(f"Canvas has no column {id_column!r}; choose {', '.join(CANVAS_IDS)}")
    headings: list[str | float | None] = [
        "Student",
        *CANVAS_IDS,
        "Section",
        *(c.heading for c in columns),
    ]
    possible: list[str | float | None] = [
        _POSSIBLE,
        "",
        "",
        "",
        "",
        *(c.possible for c in columns),
    ]
    rows: list[list[str | float | None]] = [headings, possible]
    for student in _students(columns):
        ids = [student if name == id_column else "" for name in CANVAS_IDS]
        scores = [c.scores.get(student) for c in columns]
        rows.append([(names or {}).get(student, student), *ids, "", *scores])
    return to_csv(rows)


def moodle(columns: Sequence[Column], id_column: str = MOODLE_ID) -> str:
    """A file for Moodle's Grades > Import > CSV, with grade and feedback side by side.

    Moodle asks which column is what: map `id_column` to the users' field of that name, each
    heading to its grade item, each "… feedback" to the feedback of the same item.
    """
    headings = [id_column]
    for column in columns:
        headings += [column.heading, f"{column.heading} feedback"]
    rows: list[list[str | float | None]] = [list(headings)]
    for student in _students(columns):
        row: list[str | float | None] = [student]
        for column in columns:
            row += [column.scores.get(student), column.feedback.get(student, "")]
        rows.append(row)
    return to_csv(rows)


def _students(columns: Sequence[Column]) -> list[str]:
    return sorted({student for column in columns for student in column.scores})
