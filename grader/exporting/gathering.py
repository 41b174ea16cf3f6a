"""Gathering what an export is made from: results kept here or in a file, gradebook, course."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from grader.course.arrangements import Arranged
from grader.course.catalogue import load_catalogue, translated
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.grading.keeping import opened
from grader.render.figures import median_of
from grader.render.grades import Grades
from grader.render.worth import MISSING, Entry, Offer, Worth, worth
from grader.results import Report, SubmissionResult

if TYPE_CHECKING:
    # It brings nbgrader with it, which takes two seconds to import.
    from grader.exporting.book import Book

ABSENT = "not among these results"


class NoResults(UsageError):
    """Nothing of an assignment has been graded yet."""


def from_report(
    course: Course,
    report: Report,
    titles: Mapping[str, str] | None = None,
    book: Book | None = None,
    roster: Mapping[str, str] | None = None,
    missing: str = ABSENT,
    only: tuple[str, ...] = (),
    held: Arranged | None = None,
    languages: Mapping[str, str] | None = None,
) -> Grades:
    """The grades of a report; see `reckon`. Raises CourseError as that does."""
    return reckon(
        course,
        report.assignment,
        report.submissions,
        titles or {},
        book,
        roster,
        isolation=report.isolation,
        device=report.device,
        missing=missing,
        only=only,
        held=held,
        languages=languages,
    )


def gather(
    course: Course,
    name: str,
    json: Path | None = None,
    with_titles: bool = False,
    book: Book | None = None,
    roster: Mapping[str, str] | None = None,
    held: Arranged | None = None,
    languages: Mapping[str, str] | None = None,
) -> Grades:
    """The grades of an assignment, from `json` or else from the course's store.

    Args:
        course: the course.
        name: an assignment that course.yml lists.
        json: what `chainrule grade --json` wrote.
        with_titles: whether to load the checks for the titles that students read.
        book: what a gradebook holds of it.
        roster: names by student of all who should have handed something in.
        held: what is arranged for single students.
        languages: see `reckon`.

    Raises:
        NoResults: nothing of it has been graded yet.
        UsageError: the file holds no results of this assignment.
        CourseError: course.yml does not list it, or its checks do not load.
    """
    course.plan(name)
    titles = exercise_titles(course, name) if with_titles else {}
    if json is not None:
        report = read_report(json)
        if report.assignment != name:
            raise UsageError(f"--json: {json} holds results of {report.assignment}, not of {name}")
        return from_report(course, report, titles, book, roster, held=held, languages=languages)
    found = stored(course, name)
    if not found and not (book and book.entries):
        raise NoResults(
            f"the class has no results of {name} yet; `chainrule grade {name}` makes them from "
            "what was collected, with `PATH --enter` from other files (or name a file of "
            "results with --json)"
        )
    return reckon(
        course, name, found, titles, book, roster, missing=MISSING, held=held, languages=languages
    )


def stored(course: Course, name: str) -> list[SubmissionResult]:
    """Each student's last result of an assignment in the course's store."""
    with opened(course) as store:
        return store.latest(name)


def reckon(
    course: Course,
    name: str,
    results: Iterable[SubmissionResult],
    titles: Mapping[str, str],
    book: Book | None = None,
    roster: Mapping[str, str] | None = None,
    isolation: str = "",
    device: str = "",
    missing: str = ABSENT,
    only: tuple[str, ...] = (),
    held: Arranged | None = None,
    language: str = "",
    languages: Mapping[str, str] | None = None,
    median: float | None = None,
) -> Grades:
    """What each submission is worth, and who has none.

    Args:
        course: the course.
        name: the assignment.
        results: the grader's, of any part of the class.
        titles: of the exercises, in English or in the language.
        book: what a gradebook holds of the assignment; None where there is none.
        roster: names by student; None where nobody can be missing.
        isolation: how it was graded, "" where that is not known.
        device: where, likewise.
        missing: what to say of those on the roster of whom there is nothing.
        only: the exercises that were graded, where a run was of some alone.
        held: extensions, groups and who is excused; None where nothing is known of these.
        language: what it is told in, the course's own by default.
        languages: of a mixed class the languages of the notebooks, by the digest of the file.
        median: of the whole class in percent, where these results are of a part of it.

    Raises:
        CourseError: course.yml does not list the assignment.
    """
    plan, results, language = course.plan(name), list(results), language or course.language
    offer, catalogue = offer_of(course, name), load_catalogue(course, name, language)
    offer = offer.only(only) if only else offer
    entries: Mapping[str, Entry] = book.entries if book else {}
    found = {one.student: translated(one, catalogue) for one in results}
    came = {s: entries[s].timestamp if s in entries else "" for s in [*found, *entries]}
    by = held.delegates(came) if held else {}

    def one_worth(student: str) -> Worth:
        whose = by.get(student, student)
        result, entry = found.get(whose), entries.get(whose)
        booked = bool(entries) and result is not None
        made = worth(student, offer, result, entry, missing, booked)
        return replace(made, by=by.get(student, ""), **_arranged(student, held))

    worths = [one_worth(s) for s in dict.fromkeys([*found, *entries, *(roster or {})])]
    if course.feedback.median and median is None:
        median = median_of(worths)
    others = {one.student: (languages or {}).get(one.sha256, language) for one in results}
    return Grades(
        assignment=name,
        title=catalogue.name(plan.title),
        worths=tuple(worths),
        offer=offer,
        titles={exercise: catalogue.name(title) for exercise, title in titles.items()},
        names={**(book.names if book else {}), **(roster or {})},
        language=language,
        editions={
            other: reckon(
                course,
                name,
                [one for one in results if others[one.student] == other],
                titles,
                book,
                {student: student for student in by if others.get(by[student]) == other},
                isolation,
                device,
                missing,
                only,
                held,
                other,
                median=median,
            )
            for other in sorted(set(others.values()) - {language})
        },
        hints=course.feedback.hints,
        due=plan.due,
        zone=course.timezone,
        median=median if course.feedback.median else None,
        isolation=isolation,
        device=device,
        late=course.late.policy != "none",
        booked=bool(entries),
    )


def _arranged(student: str, held: Arranged | None) -> dict[str, Any]:
    """What is arranged for one student, as fields of a worth."""
    if held is None:
        return {}
    excused = {"standing": "excused"} if student in held.excused else {}
    return {"due": held.due_of(student), **excused}


def offer_of(course: Course, name: str) -> Offer:
    """The points of an assignment; raises CourseError where course.yml does not list it."""
    plan = course.plan(name)
    return Offer(dict(plan.points), frozenset(plan.bonus), dict(plan.written))


def exercise_titles(course: Course, name: str) -> dict[str, str]:
    """The titles of an assignment's exercises, in English.

    Raises CourseError where its checks do not load.
    """
    return {e.name: e.title for e in load_lesson(course, name).exercises.values()}


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
