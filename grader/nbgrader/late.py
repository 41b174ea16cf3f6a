"""The late policy of course.yml, as nbgrader's plugin."""

from __future__ import annotations

from nbgrader.plugins import BasePlugin
from traitlets import Dict

from grader.course.late import late_penalty
from grader.course.syllabus import Late


class LatePolicy(BasePlugin):  # type: ignore[misc]
    """Takes off what course.yml says."""

    policy = Dict(help="`late` of course.yml").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float:
        """Called by nbgrader for each late notebook."""
        return late_penalty(Late(**self.policy), score, total_seconds_late)
