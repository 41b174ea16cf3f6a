"""Copies of one notebook with variations: what a throughput is measured on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.syllabus import Course
from grader.demo.sample import Student, parts_of, student_names, student_of


@dataclass(frozen=True)
class Varied:
    """A student's notebook, and the source of each exercise in it."""

    student: Student
    choices: dict[str, str]


def vary(course: Course, name: str, count: int, seed: int = 1) -> list[Varied]:
    """`count` gradable notebooks, mostly right, none alike; the same seed makes the same."""
    return list(variations(course, name, count, seed))


def variations(course: Course, name: str, count: int, seed: int = 1) -> Iterator[Varied]:
    """The same one after another, for more than one would hold at a time."""
    parts = parts_of(course, name)
    rng = random.Random(f"vary {seed}/{name}")
    for number, student in enumerate(student_names(count)):
        made, choices = student_of(parts, student, number, rng)
        yield Varied(made, {e: f"{s}\n\n# {student}'s" for e, s in choices.items()})
