"""A class over its term: students by assignments."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.render.grades import Grades
from grader.render.worth import Worth


@dataclass(frozen=True)
class Line:
    """A student's work, one `Worth` an assignment; None where nothing is known of it.

    `mean` is that of the percents, "excused" left out and what was not handed in a zero; None
    where there is nothing.
    """

    student: str
    name: str
    worths: tuple[Worth | None, ...]
    mean: float | None


@dataclass(frozen=True)
class Term:
    """The assignments, the students, and of each assignment the median of those who handed in."""

    sheets: tuple[Grades, ...]
    lines: tuple[Line, ...]
    medians: tuple[float | None, ...]


def term_of(sheets: Sequence[Grades]) -> Term:
    """The table of a term, students in the order of their ids."""
    by_student = [{one.student: one for one in sheet.worths} for sheet in sheets]
    names = {student: name for sheet in sheets for student, name in sheet.names.items()}
    students = sorted({student for found in by_student for student in found})
    lines = []
    for student in students:
        worths = tuple(found.get(student) for found in by_student)
        lines.append(Line(student, names.get(student, student), worths, _mean(worths)))
    return Term(tuple(sheets), tuple(lines), tuple(_median(sheet) for sheet in sheets))


def _mean(worths: Sequence[Worth | None]) -> float | None:
    counted = [
        one.percent or 0.0
        for one in worths
        if one is not None and one.standing not in ("excused", "grader_error")
    ]
    return round(statistics.fmean(counted), 2) if counted else None


def _median(sheet: Grades) -> float | None:
    percents = [one.percent for one in sheet.handed_in if one.percent is not None]
    return round(statistics.median(percents), 2) if percents else None
