"""The late policy of course.yml, as nbgrader's plugin."""

from __future__ import annotations

import math

from nbgrader.plugins import BasePlugin
from traitlets import Dict

from grader.course.syllabus import Late

DAY = 24 * 3600


def late_penalty(late: Late, score: float, seconds: float) -> float:
    """Points taken off a score for coming `seconds` late; in [0, score].

    Days are counted from the end of the grace time, each one begun as a whole.
    """
    over = seconds - late.grace_hours * 3600
    if late.policy == "none" or over <= 0 or score <= 0:
        return 0.0
    days = math.ceil(over / DAY)
    if late.policy == "zero" or (late.max_days is not None and days > late.max_days):
        return score
    return min(score, round(score * late.percent_per_day / 100 * days, 2))


class LatePolicy(BasePlugin):  # type: ignore[misc]
    """Takes off what course.yml says."""

    policy = Dict(help="`late` of course.yml").tag(config=True)

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float:
        """Called by nbgrader for each late notebook."""
        return late_penalty(Late(**self.policy), score, total_seconds_late)
