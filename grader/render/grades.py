"""What every export is a pure function of: results, and what course.yml says of the assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.results import SubmissionResult, total

_OPEN = ("deferred", "grader_error")


@dataclass(frozen=True)
class Grades:
    """The results of one assignment, a submission each.

    `points` are of each exercise, in the order of the course; `titles` what a student reads for
    it, if known. `isolation` and `device` are "" where the results do not say.
    """

    assignment: str
    title: str
    submissions: tuple[SubmissionResult, ...]
    points: Mapping[str, float]
    bonus: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    isolation: str = ""
    device: str = ""
    written: bool = False
    """Whether there are questions graded by hand, whose points are not in here."""

    def maximum(self, submission: SubmissionResult) -> float:
        """The points that make 100 %: those of the exercises that are no bonus."""
        if submission.exercises:
            extra = [e.max_score for e in submission.exercises if e.name in self.bonus]
        else:
            extra = [points for name, points in self.points.items() if name in self.bonus]
        return max(0.0, total([submission.max_score, *(-points for points in extra)]))

    def percent(self, submission: SubmissionResult) -> float | None:
        """min(100, score / maximum) in percent; None where the score is not known, or nothing."""
        of = self.maximum(submission)
        if submission.status == "grader_error" or not of:
            return None
        return round(min(100.0, 100 * submission.score / of), 2)

    def capped(self, submission: SubmissionResult) -> float:
        """The score, at most the maximum: for programs that make a percentage of the two."""
        return min(submission.score, self.maximum(submission))


def why_open(submission: SubmissionResult) -> str:
    """Why a score is not final yet; "" where it is.

    What we failed to grade, or what waits for another device, must never reach a gradebook as a
    zero.
    """
    if submission.status == "grader_error":
        return submission.message or "the grader failed"
    waiting = [e.name for e in submission.exercises if e.verdict in _OPEN]
    return f"not graded yet: {', '.join(waiting)}" if waiting else ""


def exercise_names(grades: Grades) -> list[str]:
    """The exercises that occur, in the order of the course; unknown ones last."""
    seen = {e.name: None for s in grades.submissions for e in s.exercises}
    return [n for n in grades.points if n in seen] + [n for n in seen if n not in grades.points]
