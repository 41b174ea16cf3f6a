"""The late policy of course.yml, as nbgrader's plugin, and extensions, as nbgrader keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict

from grader.course.late import late_penalty
from grader.course.syllabus import Late

if TYPE_CHECKING:
    from nbformat import NotebookNode


class LatePolicy(BasePlugin):  # type: ignore[misc]
    """Takes off what course.yml says."""

    policy = Dict(help="`late` of course.yml").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float:
        """Called by nbgrader for each late notebook."""
        return late_penalty(Late(**self.policy), score, total_seconds_late)


class GrantExtensions(NbGraderPreprocessor):  # type: ignore[misc]
    """Before nbgrader reckons what lateness costs, it learns how much longer this student had."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the extension of arrangements.yml into the gradebook, or that there is none."""
        about = resources["nbgrader"]
        held = self.parent.desk(about["assignment"]).held
        with Gradebook(about["db_url"]) as book:
            submission = book.find_submission(about["assignment"], about["student"])
            submission.extension = held.extension(about["student"])
            book.db.commit()
        return nb, resources
