"""Gathering what an export is made from: the results kept here or in a file, and the course."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from grader.course.catalogue import load_catalogue
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.grading.keeping import opened
from grader.render.grades import Grades
from grader.results import Report, SubmissionResult


def from_report(course: Course, report: Report, titles: Mapping[str, str] | None = None) -> Grades:
    """The grades of a report; an assignment that course.yml lacks raises CourseError."""
    return _grades(
        course,
        report.assignment,
        report.submissions,
        titles or {},
        isolation=report.isolation,
        device=report.device,
    )


def gather(
    course: Course, name: str, json: Path | None = None, with_titles: bool = False
) -> Grades:
    """The grades of an assignment, from `json` or else from the course's store.

    Args:
        course: the course.
        name: an assignment that course.yml lists.
        json: what `chainrule grade --json` wrote.
        with_titles: whether to load the checks for the titles that students read.

    Raises:
        UsageError: there are no results, or the file holds none of this assignment.
        CourseError: course.yml does not list it, or its checks do not load.
    """
    course.plan(name)
    titles = exercise_titles(course, name) if with_titles else {}
    if json is None:
        with opened(course) as store:
            found = store.latest(name)
        if not found:
            raise UsageError(
                f"the class has no results of {name} yet; `chainrule grade {name}` makes them from "
                "what was collected, with `PATH --enter` from other files (or name a file of "
                "results with --json)"
            )
        return _grades(course, name, tuple(found), titles)
    report = read_report(json)
    if report.assignment != name:
        raise UsageError(f"--json: {json} holds results of {report.assignment}, not of {name}")
    return from_report(course, report, titles)


def exercise_titles(course: Course, name: str) -> dict[str, str]:
    """The titles of an assignment's exercises; raises CourseError where its checks do not load."""
    say = load_catalogue(course, name).say
    return {e.name: say(e.title) for e in load_lesson(course, name).exercises.values()}


def read_report(path: Path) -> Report:
    """Read results that `chainrule grade --json` wrote.

    Raises:
        UsageError: the file is none.
    """
    try:
        return Report.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"--json: {path} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"--json: {path} is not what `chainrule grade --json` writes: "
            f"{where + ': ' if where else ''}{first['msg']}"
        ) from None


def _grades(
    course: Course,
    name: str,
    submissions: tuple[SubmissionResult, ...],
    titles: Mapping[str, str],
    isolation: str = "",
    device: str = "",
) -> Grades:
    plan, catalogue = course.plan(name), load_catalogue(course, name)
    return Grades(
        assignment=name,
        title=plan.title,
        submissions=tuple(catalogue.translate(result) for result in submissions),
        points=dict(plan.points),
        bonus=frozenset(plan.bonus),
        titles=dict(titles),
        language=course.language,
        isolation=isolation,
        device=device,
        written=bool(plan.written),
    )
