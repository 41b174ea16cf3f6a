"""An assignment's `written.yml`: model answer and rubric of each question graded by hand.

They are the instructor's: the source notebook holds them in a solution region, which a release
strips.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, RootModel, StrictStr

from grader.course.fields import Name, Positive, did_you_mean
from grader.course.marked_yaml import Marked, Place, load_marked
from grader.course.syllabus import Course, Data
from grader.course.wording import validated
from grader.errors import CourseError

FILE_NAME = "written.yml"


def _prose(text: str) -> str:
    if not text.strip():
        raise ValueError("give text that is not empty")
    return text.strip()


Prose = Annotated[StrictStr, AfterValidator(_prose)]


class Criterion(Data):
    """One line of a rubric: so many points, and what they are for."""

    points: Positive
    reason: Prose = Field(alias="for")


class ModelAnswer(Data):
    """What a good student might write to a question, and how it is marked."""

    answer: Prose
    rubric: list[Criterion] = Field(min_length=1)

    @property
    def points(self) -> float:
        """What the rubric adds up to."""
        return math.fsum(criterion.points for criterion in self.rubric)

    def markdown(self) -> str:
        """Answer and rubric as the instructor reads them in the source notebook."""
        lines = [f"- {one.points:g}: {' '.join(one.reason.split())}" for one in self.rubric]
        return "\n".join([self.answer, "", "**Rubric** (points: what for)", "", *lines])


class _File(RootModel[dict[Name, ModelAnswer]]):
    pass


def written_path(course: Course, name: str) -> Path:
    """Where the model answers of an assignment's written questions are."""
    return course.root / "solutions" / name / FILE_NAME


def lines_of_questions(path: Path) -> dict[str, int]:
    """The questions that a file answers, and the lines on which they stand; none without a file.

    Raises:
        CourseError: it is no YAML.
    """
    if not path.exists():
        return {}
    marked = load_marked(path)
    return {str(question): marked.line((question,)) for question in marked.data or {}}


def load_written(course: Course, name: str) -> dict[str, ModelAnswer]:
    """Read the file, and hold it against course.yml; nothing where there is none.

    An answer to a question that course.yml leaves out is passed over.

    Args:
        course: the course.
        name: an assignment that course.yml lists.

    Returns:
        the model answers by question, in the order of course.yml.

    Raises:
        CourseError: a value is wrong, a question is missing, or a rubric does not add up to the
            question's points; with file, line, key and value.
    """
    path, plan = written_path(course, name), course.plan(name)
    if not path.exists():
        return {}
    marked = load_marked(path)
    found = validated(marked, _File, marked.data, _known).root
    where = f"assignments.{name}.written in {course.file}"
    for question, points in plan.written.items():
        _adds_up(marked, found, question, points, where)
    return {question: found[question] for question in plan.written}


def _adds_up(
    marked: Marked, found: Mapping[str, ModelAnswer], question: str, points: float, where: str
) -> None:
    if question not in found:
        near = did_you_mean(question, found)
        reason = f"{question} is missing; {where} gives it {points:g} points{near}"
        raise CourseError(f"{marked.path}:1: {reason}")
    if not math.isclose(found[question].points, points):
        line = marked.line((question, "rubric"))
        reason = f"adds up to {found[question].points:g} points, but has {points:g} under {where}"
        raise CourseError(f"{marked.path}:{line}: {question}.rubric {reason}")


def _known(place: Place) -> list[str]:
    if place[1:2] == ("rubric",):
        return ["points", "for"]
    return list(ModelAnswer.model_fields) if place else []
