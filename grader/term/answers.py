"""One exercise or question across the class: every answer, what it earned, what was said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.course.comments import load_comments
from grader.course.fields import did_you_mean
from grader.course.syllabus import Course
from grader.course.written import ModelAnswer, load_written
from grader.errors import UsageError
from grader.nbgrader.beside import answers as code_answers
from grader.nbgrader.beside import texts
from grader.nbgrader.desk import Desk
from grader.nbgrader.pieces import Unreadable, pieces_of
from grader.nbgrader.rebuild import rebuild
from grader.nbgrader.requests import comments_of
from grader.nbgrader.totals import class_grades
from grader.notebook.build import write_whole
from grader.render.grades import Grades
from grader.render.worth import Worth
from grader.term.pages import rendered

NOT_YET, BY_HAND = "not graded yet", "graded by hand"
"""In place of a verdict, of what a person grades."""
Answers = dict[str, dict[str, str]]
"""What each student wrote, by student and by exercise or question."""


@dataclass(frozen=True)
class One:
    """A student, the points of all that are possible, and a person's comment.

    `score` is None where it is not graded yet; `by_hand` says who gave it.
    """

    student: str
    score: float | None
    possible: float
    by_hand: bool
    comment: str


@dataclass(frozen=True)
class Group:
    """Students with the same text and verdict."""

    verdict: str
    hint: str
    message: str
    text: str
    who: tuple[One, ...]


@dataclass(frozen=True)
class Across:
    """Everything about one exercise or question."""

    assignment: str
    title: str
    """Of the assignment."""
    name: str
    heading: str
    model: ModelAnswer | None
    """Of a written question that has one, with its rubric."""
    comments: tuple[str, ...]
    """At hand, from comments.yml."""
    said: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, int], ...]
    groups: tuple[Group, ...]

    @property
    def count(self) -> int:
        """How many answers there are."""
        return sum(len(group.who) for group in self.groups)


def written_by_class(course: Course, name: str) -> Answers:
    """What the class wrote, in the cells of exercises and questions.

    Raises:
        UsageError: nothing was collected.
        GraderError: it was not released.
    """
    desk = Desk(course, name)
    found: Answers = {}
    for student, one in desk.found.items():
        try:
            released = desk.released(desk.language(student))
            notebook = rebuild(released, pieces_of(one)).notebook
        except Unreadable:
            continue
        found[student] = {**code_answers(notebook), **texts(notebook)}
    return found


@dataclass(frozen=True)
class Class:
    """A class that was graded: what it wrote, what that is worth, what was and may be said."""

    name: str
    answers: Answers
    grades: Grades
    said: dict[str, dict[str, str]]
    models: Mapping[str, ModelAnswer]
    comments: Mapping[str, tuple[str, ...]]


def class_of(course: Course, name: str) -> Class:
    """Read all that is to be shown of a class.

    Raises:
        UsageError: nothing was collected, or the class has no results.
        GraderError: it was not released.
    """
    return Class(
        name,
        written_by_class(course, name),
        class_grades(course, name, with_titles=True),
        comments_of(course, name),
        load_written(course, name),
        load_comments(course, name),
    )


def across(of: Class, exercise: str) -> Across:
    """One exercise or question of a class."""
    grades, answers, said = of.grades, of.answers, of.said
    grouped: dict[tuple[str, str, str, str], list[One]] = {}
    for worth in grades.worths:
        if worth.student not in answers:
            continue
        key = (*_told(worth, exercise), answers[worth.student].get(exercise, "").strip())
        one = _one(worth, exercise, said.get(worth.student, {}).get(exercise, ""))
        grouped.setdefault(key, []).append(one)
    groups = [Group(*key, tuple(who)) for key, who in grouped.items()]
    groups.sort(key=lambda one: (one.verdict == "passed", one.verdict, -len(one.who), one.hint))
    comments = Counter(one.comment for group in groups for one in group.who if one.comment)
    verdicts = Counter[str]()
    for group in groups:
        verdicts[group.verdict] += len(group.who)
    return Across(
        of.name,
        grades.title,
        exercise,
        grades.titles.get(exercise, ""),
        of.models.get(exercise),
        of.comments.get(exercise, ()),
        tuple(comments.most_common()),
        tuple(verdicts.most_common()),
        tuple(groups),
    )


def write_pages(course: Course, name: str, exercises: list[str], out: Path) -> list[Path]:
    """Write a page for each of these exercises and questions, or for all; returns them.

    Raises:
        UsageError: the assignment has none of that name; and as `class_of`.
        GraderError: as `class_of`.
    """
    plan = course.plan(name)
    known = [*plan.points, *plan.written]
    for exercise in exercises:
        if exercise not in known:
            near = did_you_mean(exercise, known)
            raise UsageError(f"{name} has no exercise or question {exercise!r}{near}")
    whole = class_of(course, name)
    found = [across(whole, exercise) for exercise in exercises or known]
    return [
        write_whole(
            out / f"{one.name}.html", rendered("answers.html.j2", course.language, found=one)
        )
        for one in found
    ]


def _told(worth: Worth, exercise: str) -> tuple[str, str, str]:
    """Verdict, hint and message."""
    results = worth.result.exercises if worth.result else ()
    for one in results:
        if one.name == exercise:
            return one.verdict, one.hint, one.message
    part = worth.part(exercise)
    return (NOT_YET if part is None or part.score is None else BY_HAND), "", ""


def _one(worth: Worth, exercise: str, comment: str) -> One:
    part = worth.part(exercise)
    if part is None:
        return One(worth.student, None, 0.0, False, comment)
    return One(worth.student, part.score, part.possible, part.by_hand, comment)
