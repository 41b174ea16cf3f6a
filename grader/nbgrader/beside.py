"""What stands on a student's page besides results, read from the notebook that nbgrader graded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from nbformat.v4 import reads

from grader.course.syllabus import Course
from grader.inert import plain
from grader.nbgrader.places import places_of
from grader.nbgrader.requests import comments_of
from grader.nbgrader.scores import recorded
from grader.render.html import Beside
from grader.render.worth import Worth

if TYPE_CHECKING:
    from nbformat import NotebookNode


def besides(course: Course, name: str) -> Callable[[Worth], Beside]:
    """Finds what stands on the page of each student of a class; nothing where the notebook that
    was graded is not at hand, or is not the one of the result.

    Raises:
        GraderError: the gradebook cannot be read.
    """
    said, places = comments_of(course, name), places_of(course)

    def of(one: Worth) -> Beside:
        student = one.by or one.student
        path = places.of("autograded", student, name) / f"{name}.ipynb"
        if one.result is None or not path.is_file():
            return Beside()
        nb = reads(path.read_text(encoding="utf-8"))  # ours: it need not be validated
        if "chainrule" not in nb.metadata or recorded(nb).sha256 != one.result.sha256:
            return Beside()
        return beside_of(nb, said.get(student, {}))

    return of


def beside_of(nb: NotebookNode, comments: Mapping[str, str]) -> Beside:
    """What a notebook with a result of ours holds besides; `comments`: by exercise or question."""
    notes = tuple(nb.metadata["chainrule"].get("notes", ()))
    said = {name: plain(text) for name, text in comments.items() if text}
    return Beside(notes, answers(nb), texts(nb), said, prompts(nb))


def answers(nb: NotebookNode) -> dict[str, str]:
    """What the student wrote to each exercise."""
    return {
        cell_id(cell): plain(cell.source)
        for cell in nb.cells
        if cell.cell_type == "code" and _marks(cell).get("solution")
    }


def texts(nb: NotebookNode) -> dict[str, str]:
    """What the student wrote to each written question."""
    return {
        cell_id(cell): plain(cell.metadata.get("chainrule", {}).get("text", cell.source))
        for cell in questions(nb)
    }


def prompts(nb: NotebookNode) -> dict[str, str]:
    """What was asked, to each exercise and written question, as Markdown of the release.

    It is the text above the answer, from the last heading on; where there is none since another
    answer, that of the whole section.
    """
    found: dict[str, str] = {}
    section: list[str] = []
    above: list[str] = []
    for cell in nb.cells:
        marks = _marks(cell)
        if marks.get("solution"):
            found[cell_id(cell)] = "\n\n".join(above or section)
            above = []
        elif cell.cell_type == "markdown" and marks.get("locked"):
            # The others are the student's own.
            if cell.source.startswith("#"):
                section, above = [], []
            section, above = [*section, cell.source], [*above, cell.source]
    return {name: text for name, text in found.items() if text}


def questions(nb: NotebookNode) -> list[NotebookNode]:
    """The cells of the written questions."""
    return [c for c in nb.cells if c.cell_type == "markdown" and _marks(c).get("grade")]


def _marks(cell: NotebookNode) -> dict[str, Any]:
    return dict(cell.metadata.get("nbgrader", {}))


def cell_id(cell: NotebookNode) -> str:
    """Which exercise or question a cell is of."""
    return str(_marks(cell).get("grade_id", ""))
