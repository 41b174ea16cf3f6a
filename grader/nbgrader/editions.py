"""The editions of an assignment in a mixed class: one notebook for each language of the course.

All have the same cells by the same ids, so that any is handed in under the same name and its
scores enter the same gradebook. They differ in their texts alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from grader.course.syllabus import Course
from grader.errors import CourseError
from grader.notebook import compose
from grader.notebook.fonts import picture_cell
from grader.submissions import Found, Unreadable, read

if TYPE_CHECKING:
    from nbformat import NotebookNode


def edition_of(course: Course, found: Found) -> str:
    """The language of what was handed in, by its own metadata; the course's where it offers none
    such, or where nobody can tell."""
    if len(course.editions) < 2:
        return course.language
    try:
        return course.edition(read(found).language)
    except Unreadable:
        return course.language


def answered(payload: bytes, released: bytes) -> int:
    """How many cells of a notebook a student has written into; 0 for what is no notebook."""
    blank = dict(_answers(released))
    return sum(blank.get(name) != source for name, source in _answers(payload) if name in blank)


def _answers(payload: bytes) -> Iterator[tuple[str, str]]:
    """The cells that are the student's to fill in: their ids and texts."""
    try:
        cells = json.loads(payload)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for cell in cells if isinstance(cells, list) else ():
        metadata = cell.get("metadata") if isinstance(cell, dict) else None
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        if isinstance(marks, dict) and marks.get("solution"):
            source = cell.get("source", "")
            text = "".join(map(str, source)) if isinstance(source, list) else str(source)
            yield str(marks.get("grade_id", "")), text.strip()


def compose_edition(course: Course, name: str, language: str) -> NotebookNode:
    """The source notebook in one of the course's languages, by the ids of the first.

    Raises:
        CourseError: the sides of the assignment do not fit, or the editions differ in their cells.
    """
    made = compose(course, name, language)
    first = compose(course, name, course.editions[0])
    cells, models = _twins(made, language), _twins(first, course.editions[0])
    if len(cells) != len(models):
        raise CourseError(
            f"{name}: {len(cells)} cells in {language}, {len(models)} in "
            f"{course.editions[0]}; give each cell of one language its twin in the other"
        )
    for number, (cell, model) in enumerate(zip(cells, models, strict=True), 1):
        ours, theirs = cell.metadata.get("nbgrader", {}), model.metadata.get("nbgrader", {})
        alike = [cell.cell_type == model.cell_type]
        alike += [ours.get(key) == theirs.get(key) for key in ("grade", "solution", "points")]
        if not all(alike):
            raise CourseError(
                f"{name}: cell {number} is of another kind in {language} than in "
                f"{course.editions[0]}; put each cell of one language beside its twin"
            )
        cell["id"] = model["id"]
        if ours:
            cell.metadata["nbgrader"]["grade_id"] = theirs["grade_id"]
    return made


def _twins(notebook: NotebookNode, language: str) -> list[NotebookNode]:
    """The cells that each edition has: the one that looks for a language's fonts is its own."""
    fonts = picture_cell(language) or None
    return [cell for cell in notebook.cells if cell.source != fonts]
