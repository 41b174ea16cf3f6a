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

from grader.course.arrangements import arranged
from grader.course.syllabus import Course, load_course
from grader.exporting.book import TEST, Book, entry_of
from grader.exporting.gathering import reckon
from grader.languages import machine
from grader.nbgrader.beside import beside_of, cell_id, questions
from grader.nbgrader.scores import recorded
from grader.render.html import student_page

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
        beside = beside_of(nb, _said(nb, comments, machine(language).say))
        return student_page(grades, read, beside), resources


def _said(nb: NotebookNode, comments: Comments, say: Callable[[str], str] = str) -> dict[str, str]:
    """A person's comments; to a written question also nbgrader's own ("No response.")."""
    said = {name: person for name, (_, person) in comments.items()}
    for name in map(cell_id, questions(nb)):
        own, person = comments.get(name, ("", ""))
        said[name] = person or say(own)
    return said


def _comments(gradebook: Gradebook, about: dict[str, Any]) -> Comments:
    notebook = gradebook.find_submission_notebook(
        about["notebook"], about["assignment"], about["student"]
    )
    return {
        comment.name.removeprefix(TEST): (comment.auto_comment or "", comment.manual_comment or "")
        for comment in notebook.comments
    }
