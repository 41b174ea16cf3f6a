"""What a prompt says of points and dates, filled in from course.yml.

A prompt writes `{{points}}`, `{{due}}` and so on; every way out (build, release, otter, check)
reads the notebook through `read_assignment`, and so sees them filled in. Two braces with a word of
small letters between them are always a placeholder, so that a slip is refused and not handed out;
other braces, such as LaTeX's, are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from grader.course.fields import did_you_mean
from grader.course.syllabus import AssignmentPlan, Course
from grader.languages import date_in
from grader.languages.spoken import ORIGINAL
from grader.notebook.model import Cell, Notebook, Prompt
from grader.notebook.percent import refuse

_PLACEHOLDER = re.compile(r"\{\{([a-z_]{2,})\}\}")


def fillings(course: Course, plan: AssignmentPlan, language: str) -> dict[str, str]:
    """What each placeholder stands for in a language; bonus points are in none but their own."""
    plain = [points for name, points in plan.points.items() if name not in plan.bonus]
    return {
        "points": _sum([*plain, *plan.written.values()]),
        "points_of_exercises": _sum(plain),
        "points_of_questions": _sum(plan.written.values()),
        "points_of_bonus": _sum(plan.points[name] for name in plan.bonus),
        "due": date_in(language, plan.due, course.timezone),
    }


def _sum(points: Iterable[float]) -> str:
    return f"{sum(points):g}"


def filled_in(notebook: Notebook, course: Course) -> Notebook:
    """The notebook with its prompts' placeholders filled in.

    Raises:
        CourseError: an unknown placeholder, with file and line.
    """
    plan = course.plan(notebook.name)
    spoken = {cell.lang or ORIGINAL for cell in notebook.cells if isinstance(cell, Prompt)}
    values = {language: fillings(course, plan, language) for language in spoken}
    return replace(notebook, cells=tuple(_cell(notebook, cell, values) for cell in notebook.cells))


def _cell(notebook: Notebook, cell: Cell, by_language: Mapping[str, Mapping[str, str]]) -> Cell:
    if not isinstance(cell, Prompt):
        return cell
    values = by_language[cell.lang or ORIGINAL]
    for found in _PLACEHOLDER.finditer(cell.markdown):
        if found[1] not in values:
            line = cell.line + cell.markdown.count("\n", 0, found.start())
            near = did_you_mean(found[1], values)
            reason = f"unknown placeholder {found[0]}{near}; in a formula, put a space after {{"
            raise refuse(notebook.path, line, reason)
    return replace(cell, markdown=_PLACEHOLDER.sub(lambda m: values[m[1]], cell.markdown))
