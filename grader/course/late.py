"""What coming late costs, by the policy of course.yml."""

from __future__ import annotations

import math

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
