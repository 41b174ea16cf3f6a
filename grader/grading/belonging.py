"""Whether a submission answers this assignment at all, or another one of the course."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from grader.course.syllabus import Course
from grader.submissions import Submission

_DEFINED = re.compile(
    r"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?(?P<name>[^\W\d]\w*)[ \t]*(?:[(:]|=(?!=))",
    re.MULTILINE,
)
# So many exercises of another assignment, and none of this one, are no accident.
_CERTAIN = 3


@dataclass(frozen=True)
class Sibling:
    """An assignment of the course: what it is called, and the names of its exercises."""

    title: str
    lecture: int
    exercises: frozenset[str]


@dataclass(frozen=True)
class Siblings:
    """The assignment that is graded, among all of its course."""

    name: str
    known: Mapping[str, Sibling]

    def problem(self, submission: Submission) -> str:
        """Say which other assignment was handed in; "" if it is this one, or nobody can tell.

        A notebook is believed what its metadata says, unless it defines exercises that only this
        assignment has: it may have been the paper on which this one was written.
        """
        defined = {
            match["name"] for cell in submission.cells for match in _DEFINED.finditer(cell.source)
        }
        other = self._said(submission, defined) or self._defined(defined)
        if not other:
            return ""
        found = self.known[other]
        return (
            f"This is the notebook of lecture {found.lecture}, “{found.title}” ({other}). What is "
            f"asked for is {self.name}, “{self.known[self.name].title}”: hand that in."
        )

    def _said(self, submission: Submission, defined: set[str]) -> str:
        said = submission.assignment
        if said == self.name or said not in self.known:
            return ""
        only_here = self.known[self.name].exercises - self.known[said].exercises
        return "" if defined & only_here else said

    def _defined(self, defined: set[str]) -> str:
        if defined & self.known[self.name].exercises:
            return ""
        counts = {name: len(defined & one.exercises) for name, one in self.known.items()}
        most = max(counts.values())
        best = [name for name, count in counts.items() if count == most]
        return best[0] if most >= _CERTAIN and len(best) == 1 else ""


def siblings(course: Course, name: str) -> Siblings:
    """The assignments of a course, seen from one of them."""
    return Siblings(
        name,
        {
            other: Sibling(plan.title, plan.lecture, frozenset(plan.points))
            for other, plan in course.assignments.items()
        },
    )
