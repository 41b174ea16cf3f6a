"""Model answers, rubrics and comments beside a student's answers in the formgrader.

They are put in when the formgrader renders a notebook, and stand in no file of a student's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.preprocessors import Preprocessor
from nbformat import from_dict
from traitlets import Unicode

from grader import inert
from grader.course.comments import load_comments
from grader.course.syllabus import Course, load_course
from grader.course.written import load_written
from grader.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode


class AtHand(Preprocessor):
    """Puts a note for the person who marks below each answer that there is something to say of."""

    course_root = Unicode(help="The course's folder.").tag(config=True)

    @cached_property
    def _course(self) -> Course:
        return load_course(Path(self.course_root))

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Add the notes where the formgrader asks, which names assignment and submission."""
        name = resources.get("assignment_id")
        if not resources.get("submission_id") or name not in self._course.assignments:
            return nb, resources
        try:
            told = notes_of(self._course, name)
        except CourseError as error:  # the answers can be marked without
            nb.cells.insert(0, _note("error", f"**For the grader.** {inert.literal(str(error))}"))
            return nb, resources
        cells = []
        for cell in nb.cells:
            cells.append(cell)
            marks = cell.metadata.get("nbgrader", {})
            if marks.get("solution") and (said := told.get(marks.get("grade_id"))):
                cells.append(_note(marks["grade_id"], said))
        nb.cells = cells
        return nb, resources


def notes_of(course: Course, name: str) -> Mapping[str, str]:
    """Markdown for whoever marks, by exercise or question.

    Raises:
        CourseError: written.yml or comments.yml is wrong.
    """
    written, comments = load_written(course, name), load_comments(course, name)
    told: dict[str, str] = {}
    for key in [*written, *comments]:
        parts = [f"**For the grader.** {written[key].markdown()}"] if key in written else []
        if sentences := comments.get(key):
            listed = "\n".join(f"- {sentence}" for sentence in sentences)
            parts.append(f"**Comments at hand**\n\n{listed}")
        told[key] = "\n\n".join(parts)
    return told


def _note(name: str, text: str) -> NotebookNode:
    cell = {"cell_type": "markdown", "id": f"at-hand-{name}"[:64], "metadata": {}, "source": text}
    node: NotebookNode = from_dict(cell)
    return node
