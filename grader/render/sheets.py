"""CSV: a table of all results, and files that Canvas and Moodle import grades from.

Every cell is quoted, and no cell can be taken for a formula. To a grade import a blank cell means
"no grade": Canvas and Moodle clear what they hold of that student. So whoever handed nothing in
has a row with a blank cell, an unreadable file is a 0, and whoever has no final score yet has no
row at all, because a missing row changes nothing there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.errors import UsageError
from grader.inert import no_formula
from grader.languages import machine
from grader.render.grades import Grades, exercise_names
from grader.render.number import number
from grader.render.worth import Part, Worth
from grader.results import ExerciseResult

CANVAS_IDS = ("ID", "SIS User ID", "SIS Login ID")
MOODLE_ID = "ID number"
NOT_YET = "not graded yet"
_EXCUSED = "EX"  # as Canvas reads it
_POSSIBLE = "    Points Possible"  # as Canvas's own exports have it, spaces and all


@dataclass(frozen=True)
class Column:
    """One assignment of a grade import: scores by student, out of `possible`.

    A score of None is a blank cell; who is not in `scores` has no row because of this assignment.
    A student of `excused` is asked for no grade: a blank, which Canvas has a mark of its own for.
    `reasons` say why a student's score is blank, 0 for an unreadable file, or left out.
    """

    heading: str
    possible: float
    scores: Mapping[str, float | None]
    feedback: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()


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
    """One row a student: what the work is worth and why, then each exercise and question."""
    names = exercise_names(grades)
    headings = [
        "student", "status", "score", "max_score", "percent", "final", "reason", "exercises",
        "bonus", "written", "late_penalty", "file", "message", "sha256", "due", "submitted",
        "handed_in_by",
    ]  # fmt: skip
    for name in names:
        headings += [name, f"{name} verdict", f"{name} mistake", f"{name} given"]
    headings += grades.offer.written
    rows: list[list[str | float | None]] = [list(headings)]
    for one in grades.worths:
        results = {e.name: e for e in one.result.exercises} if one.result else {}
        row = _head(one)
        for name in names:
            row += _cells(one.part(name), results.get(name))
        rows.append(row + [_question(part, one) for part in one.written])
    return to_csv(rows)


def _head(one: Worth) -> list[str | float | None]:
    result, known = one.result, one.total is not None
    return [
        one.student,
        one.standing,
        one.total,
        one.possible,
        one.percent,
        "no" if one.why_open else "yes",
        one.reason,
        one.exercises_score if known else None,
        one.bonus if known else None,
        one.written_score if known else None,
        one.penalty if known else None,
        result.file if result else "",
        result.message if result else "",
        result.sha256 if result else "",
        f"{one.due:%Y-%m-%d %H:%M}" if one.due else "",
        one.timestamp,
        one.by,
    ]


def _cells(part: Part | None, result: ExerciseResult | None) -> list[str | float | None]:
    score = part.score if part and (result or part.by_hand) else None
    if result is None:
        return [score, "", "", ""]
    return [score, result.verdict, result.mistake, " ".join(result.follow_through)]


def _question(part: Part, one: Worth) -> str | float | None:
    if one.total is None:
        return None
    return NOT_YET if part.score is None else part.score


def column(grades: Grades, heading: str = "") -> Column:
    """The assignment as a column of a grade import; a bonus counts up to the maximum.

    Totals where a gradebook is in the grades. Else the points of the exercises alone, out of
    theirs: nobody knows then what written questions and lateness come to.
    """
    scores: dict[str, float | None] = {}
    told: dict[str, str] = {}
    reasons: dict[str, str] = {}
    possible = 0.0
    for one in grades.worths:
        counted = one if grades.booked else one.without_written()
        possible = counted.possible
        if counted.reason:
            reasons[one.student] = counted.reason
        if counted.why_open and one.standing != "missing":
            continue
        score = None if counted.total is None else min(counted.total, counted.possible)
        scores[one.student] = score
        own, theirs = grades.told(counted)
        if not grades.booked:
            theirs = theirs.without_written()
        say = machine(own.language).say
        parts = [feedback(theirs, say), say(own.left_to_say)]
        told[one.student] = say("; ").join(filter(None, parts))
    excused = frozenset(one.student for one in grades.worths if one.standing == "excused")
    return Column(heading or grades.title, possible, scores, told, reasons, excused)


def feedback(one: Worth, say: Callable[[str], str] = str) -> str:
    """What a student is told in one cell: where the grade comes from, what lost points, and why.

    Args:
        one: what the work is worth, its hints and messages in the student's language.
        say: puts words of ours into it.
    """
    if one.standing != "graded":
        return say(one.reason)
    results = {e.name: e for e in one.result.exercises} if one.result else {}
    parts = []
    for part in one.exercises + one.written:
        if part.score is None or part.score >= part.possible:
            continue
        found = results.get(part.name)
        why = (
            ""
            if found is None or part.by_hand
            else found.hint or found.message or say(found.verdict)
        )
        points = f"{part.name} {number(part.score)}/{number(part.possible)}"
        parts.append(points + say(": ") + why if why else points)
    late = say(f"less {number(one.penalty)} for lateness") if one.penalty else ""
    return say("; ").join(filter(None, [*(parts or [say("all of it is right")]), late]))


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
        scores = [_EXCUSED if student in c.excused else c.scores.get(student) for c in columns]
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


def reasons(column: Column) -> str:
    """Why a student has no plain grade in a grade import, for the person who imports it."""
    rows: list[list[str | float | None]] = [["student", "in the import", "reason"]]
    for student, reason in sorted(column.reasons.items()):
        rows.append([student, _imported(column, student), reason])
    return to_csv(rows)


def _imported(column: Column, student: str) -> str:
    if student in column.excused:
        return "EX in Canvas, a blank in Moodle"
    if student not in column.scores:
        return "no row: nothing changes there"
    score = column.scores[student]
    return "blank: no grade" if score is None else number(score)


def _students(columns: Sequence[Column]) -> list[str]:
    return sorted({student for column in columns for student in column.scores})
