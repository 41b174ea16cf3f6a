"""A student's feedback page, made of what nbgrader holds: its notebook and its gradebook.

nbgrader's template renders what students wrote as HTML; ours has no place where markup could
come from, runs no script, loads nothing, and never shows the tests or what they expected.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import Exporter
from nbgrader.api import Gradebook
from traitlets import Float, Unicode, default

from grader import inert
from grader.course.arrangements import arranged
from grader.course.syllabus import Course, load_course
from grader.exporting.book import TEST, Book, entry_of
from grader.exporting.gathering import reckon
from grader.languages import machine
from grader.nbgrader.scores import recorded
from grader.render.html import Beside, student_page

if TYPE_CHECKING:
    from nbformat import NotebookNode

Comments = dict[str, tuple[str, str]]
"""nbgrader's own comment and a person's, by cell."""


class PageExporter(Exporter):
    """Renders an autograded notebook as a feedback page."""

    course_root = Unicode(help="The course's folder.").tag(config=True)
    median = Float(None, allow_none=True, help="The class's, in percent.").tag(config=True)
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @cached_property
    def _course(self) -> Course:
        return load_course(Path(self.course_root))

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Return the page and its resources.

        `resources["nbgrader"]["reader"]` is who reads it, where another of a group handed it in.

        Raises:
            GraderError: the notebook holds no result of ours.
        """
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        result, ours = recorded(nb), nb.metadata["chainrule"]
        with Gradebook(about["db_url"]) as gradebook:
            own = entry_of(gradebook.find_submission(about["assignment"], about["student"]))
            comments = _comments(gradebook, about)
        student, name = about["student"], about["assignment"]
        reader = about.get("reader", student)
        language = self._course.edition(ours.get("language", ""))
        grades = reckon(
            self._course,
            name,
            [result],
            ours["titles"],
            Book({student: own}, {}),
            {reader: reader},
            held=arranged(self._course, name),
            language=language,
            median=self.median,
        )
        read = next(one for one in grades.worths if one.student == reader)
        beside = Beside(
            tuple(ours.get("notes", ())),
            answers(nb),
            texts(nb),
            _said(nb, comments, machine(language).say),
            prompts(nb),
        )
        return student_page(grades, read, beside), resources


def answers(nb: NotebookNode) -> dict[str, str]:
    """What the student wrote to each exercise."""
    return {
        _id(cell): inert.plain(cell.source)
        for cell in nb.cells
        if cell.cell_type == "code" and _marks(cell).get("solution")
    }


def texts(nb: NotebookNode) -> dict[str, str]:
    """What the student wrote to each written question."""
    return {
        _id(cell): inert.plain(cell.metadata.get("chainrule", {}).get("text", cell.source))
        for cell in _questions(nb)
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
            found[_id(cell)] = "\n\n".join(above or section)
            above = []
        elif cell.cell_type == "markdown" and marks.get("locked"):
            # The others are the student's own.
            if cell.source.startswith("#"):
                section, above = [], []
            section, above = [*section, cell.source], [*above, cell.source]
    return {name: text for name, text in found.items() if text}


def _said(nb: NotebookNode, comments: Comments, say: Callable[[str], str] = str) -> dict[str, str]:
    """A person's comments; to a written question also nbgrader's own ("No response.")."""
    said = {name: person for name, (_, person) in comments.items()}
    for name in map(_id, _questions(nb)):
        own, person = comments.get(name, ("", ""))
        said[name] = person or say(own)
    return {name: inert.plain(text) for name, text in said.items() if text}


def _comments(gradebook: Gradebook, about: dict[str, Any]) -> Comments:
    notebook = gradebook.find_submission_notebook(
        about["notebook"], about["assignment"], about["student"]
    )
    return {
        comment.name.removeprefix(TEST): (comment.auto_comment or "", comment.manual_comment or "")
        for comment in notebook.comments
    }


def _questions(nb: NotebookNode) -> list[NotebookNode]:
    return [c for c in nb.cells if c.cell_type == "markdown" and _marks(c).get("grade")]


def _marks(cell: NotebookNode) -> dict[str, Any]:
    return dict(cell.metadata.get("nbgrader", {}))


def _id(cell: NotebookNode) -> str:
    return str(_marks(cell).get("grade_id", ""))
