"""A student's feedback page: made of our own words and the student's, all of it escaped.

nbgrader's template renders what students wrote as HTML; ours has no place where markup could
come from, runs no script, loads nothing, and never shows the tests or what they expected.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from nbconvert.exporters import Exporter
from nbgrader.api import Gradebook
from traitlets import Unicode, default

from grader.nbgrader import inert
from grader.nbgrader.scores import TEST

if TYPE_CHECKING:
    from nbformat import NotebookNode

Comments = dict[str, tuple[str, str]]
"""nbgrader's own comment and a person's, by cell."""


class PageExporter(Exporter):
    """Renders an autograded notebook, after nbgrader's GetGrades, as a feedback page."""

    language = Unicode("en", help="The page's language.").tag(config=True)
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @cached_property
    def _template(self) -> Template:
        loader = PackageLoader("grader.nbgrader")
        environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        return environment.get_template("feedback.html.j2")

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Return the page and its resources."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        comments = _comments(about)
        page = self._template.render(
            language=nb.metadata.get("chainrule", {}).get("language", self.language),
            assignment=about["assignment"],
            student=about["student"],
            score=_number(about["score"]),
            max_score=_number(about["max_score"]),
            penalty=about["late_penalty"] and _number(about["late_penalty"]),
            about={
                "title": "",
                "status": "",
                "message": "",
                "notes": [],
                **nb.metadata.get("chainrule", {}),
            },
            exercises=exercises(nb, comments),
            questions=questions(nb, comments),
        )
        return page, resources


def exercises(nb: NotebookNode, comments: Comments) -> list[dict[str, Any]]:
    """What the page says of each exercise, in order."""
    answers = {_id(cell): cell.source for cell in nb.cells if _marks(cell).get("solution")}
    found = []
    for cell in nb.cells:
        marks, ours = _marks(cell), cell.metadata.get("chainrule", {})
        if cell.cell_type != "code" or not marks.get("grade"):
            continue
        name = _id(cell).removeprefix(TEST)
        found.append(
            {
                "name": name,
                "title": ours.get("title", name),
                "verdict": ours.get("verdict", "missing"),
                "score": _number(marks.get("score")),
                "points": _number(marks.get("points")),
                "groups": ours.get("groups", []),
                "hint": ours.get("hint", ""),
                "message": ours.get("message", ""),
                "comment": inert.plain(comments.get(name, ("", ""))[1]),
                "answer": inert.plain(answers.get(name, "")),
            }
        )
    return found


def questions(nb: NotebookNode, comments: Comments) -> list[dict[str, Any]]:
    """What the page says of each written question, in order."""
    return [
        {
            "name": _id(cell),
            "text": inert.plain(cell.metadata.get("chainrule", {}).get("text", cell.source)),
            "score": _number(_marks(cell).get("score")),
            "points": _number(_marks(cell).get("points")),
            "comment": inert.plain(
                next(filter(None, reversed(comments.get(_id(cell), ("",)))), "")
            ),
        }
        for cell in nb.cells
        if cell.cell_type == "markdown" and _marks(cell).get("grade")
    ]


def _comments(about: dict[str, Any]) -> Comments:
    with Gradebook(about["db_url"]) as book:
        notebook = book.find_submission_notebook(
            about["notebook"], about["assignment"], about["student"]
        )
        return {c.name: (c.auto_comment or "", c.manual_comment or "") for c in notebook.comments}


def _marks(cell: NotebookNode) -> dict[str, Any]:
    return dict(cell.metadata.get("nbgrader", {}))


def _id(cell: NotebookNode) -> str:
    return str(_marks(cell).get("grade_id", ""))


def _number(value: Any) -> str:
    return f"{round(float(value or 0), 2):g}"
