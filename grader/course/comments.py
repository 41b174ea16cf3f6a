"""An assignment's `comments.yml`: what instructors say again and again, by exercise or question.

    affine_backward:
      - Write the shapes beside each line, and the transpose finds its place.

It is the instructor's, as `written.yml` is; both are at hand where answers are marked.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, RootModel, StrictStr

from grader.course.fields import Name, did_you_mean
from grader.course.marked_yaml import load_marked
from grader.course.syllabus import Course
from grader.course.wording import validated
from grader.errors import CourseError

FILE_NAME = "comments.yml"


def _sentence(text: str) -> str:
    if not text.strip():
        raise ValueError("give text that is not empty")
    return " ".join(text.split())


Sentence = Annotated[StrictStr, AfterValidator(_sentence)]


class _File(RootModel[dict[Name, Annotated[list[Sentence], Field(min_length=1)]]]):
    pass


def load_comments(course: Course, name: str) -> dict[str, tuple[str, ...]]:
    """Read the file; nothing where there is none.

    Raises:
        CourseError: a value is wrong, or a key is no exercise or question of the assignment; with
            file, line, key and remedy.
    """
    path, plan = course.root / "solutions" / name / FILE_NAME, course.plan(name)
    if not path.exists():
        return {}
    marked = load_marked(path)
    found = validated(marked, _File, marked.data, lambda place: []).root
    known = [*plan.points, *plan.written]
    for key in found:
        if key not in known:
            reason = f"{key} is no exercise or question of {name} in {course.file}; mend the name"
            raise CourseError(f"{path}:{marked.line((key,))}: {reason}{did_you_mean(key, known)}")
    return {key: tuple(sentences) for key, sentences in found.items()}
