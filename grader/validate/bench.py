"""What the proofs of one assignment share, and what they have come to."""

from __future__ import annotations

from dataclasses import dataclass

from grader.controller.prepared import PreparedExercise
from grader.controller.session import Allowance
from grader.controller.standards import Standards
from grader.course.lesson import Lesson
from grader.course.syllabus import Course
from grader.grading.pool import Slot
from grader.validate.record import Complaint


@dataclass
class Tally:
    """What one assignment's proofs have come to so far."""

    complaints: list[Complaint]
    hinted: int = 0
    refused: int = 0
    figures: int = 0
    gradients: int = 0
    followed: int = 0
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    lines: int = 0
    told: int = 0
    texts: int = 0
    translated: int = 0

    def complain(self, proof: str, subject: str, reason: str) -> None:
        """Note that something does not hold."""
        self.complaints.append(Complaint(proof=proof, subject=subject, reason=reason))


@dataclass(frozen=True)
class Bench:
    """What the proofs of one assignment share."""

    course: Course
    lesson: Lesson
    prepared: dict[str, PreparedExercise]
    standards: Standards
    places: list[Slot]
    allowance: Allowance
