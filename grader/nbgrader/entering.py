"""The pass of nbgrader after grading: every result into its gradebook, in one process."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbgrader.api import MissingEntry

from grader.course.syllabus import Course
from grader.errors import GraderError, UsageError
from grader.grading.machine import Isolation
from grader.nbgrader.arrivals import note_arrivals
from grader.nbgrader.asking import Request
from grader.nbgrader.config import PREPROCESSORS
from grader.nbgrader.desk import Desk
from grader.nbgrader.one_session import one_session
from grader.nbgrader.places import places_of
from grader.nbgrader.progress import Show, Tally, unseen
from grader.nbgrader.requests import note_requests
from grader.nbgrader.steps import api_of, gradebook, only_writer, synchronise
from grader.results import Report

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Entered:
    """Students entered, left alone because nothing changed, and failed with the reason."""

    entered: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: dict[str, str]
    rebuilt: dict[str, tuple[str, ...]]
    """What had to be mended, by student."""
    seconds: float


def enter_scores(
    course: Course,
    name: str,
    report: Report | None = None,
    isolation: Isolation = "full",
    show: Show = unseen,
) -> Entered:
    """Enter the class's results into nbgrader's gradebook by `nbgrader autograde`.

    `show` is told of every student. Who has nothing new is left alone. A manual score is never
    touched, that is nbgrader's rule.

    Raises:
        UsageError: nothing was collected, or the assignment was not released.
        GraderError: nbgrader failed as a whole.
    """
    start = time.monotonic()
    if not places_of(course).released(name).is_file():
        raise UsageError(f"{name} was not released; run `chainrule release {name}`, then grade")
    with only_writer(course):
        synchronise(course, [name])
        desk = Desk(course, name, isolation, report)
        failed, todo, same = _sorted(desk)
        if todo:
            _autograde(course, name, desk, [*failed, *same], isolation, Tally(len(todo), show))
        failed |= {s: "nbgrader failed on it" for s in todo if not _is_entered(desk, s)}
    note_arrivals(course, name)
    note_requests(course, name, {s: _requests(desk, s) for s in desk.results})
    rebuilt = {student: _notes(desk, student) for student in desk.results}
    return Entered(
        tuple(s for s in todo if s not in failed),
        tuple(same),
        failed,
        {student: notes for student, notes in rebuilt.items() if notes},
        time.monotonic() - start,
    )


def _sorted(desk: Desk) -> tuple[dict[str, str], list[str], list[str]]:
    """Students whose result is no result (why), those to enter, and those entered before."""
    failed: dict[str, str] = {}
    todo, same = list[str](), list[str]()
    known = _in_gradebook(desk)
    for student in desk.results:
        try:
            desk.stamp(student)
        except GraderError as error:
            failed[student] = str(error)
            continue
        (same if student in known and _is_entered(desk, student) else todo).append(student)
    return failed, todo, same


def _in_gradebook(desk: Desk) -> set[str]:
    with gradebook(desk.course) as book:
        try:
            submissions = book.find_assignment(desk.assignment).submissions
        except MissingEntry:
            return set()
        return {submission.student.id for submission in submissions}


def _autograde(
    course: Course,
    name: str,
    desk: Desk,
    left_out: list[str],
    isolation: Isolation,
    tally: Tally,
) -> None:
    # nbgrader takes a list with commas; a name with one is entered again, which changes nothing.
    exclude = ",".join(student for student in left_out if "," not in student)
    with one_session(places_of(course).database, course.course) as transaction:

        def begin(**about: Any) -> None:
            transaction.drop()  # of the one before, if nbgrader failed on it
            tally.one_more()

        def settle(nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
            transaction.settle()
            return nb, resources

        more: dict[str, Any] = {
            "Autograde": {
                "pre_convert_hook": begin,
                "autograde_preprocessors": [*PREPROCESSORS, settle],
            },
            "CourseDirectory": {"student_id_exclude": exclude},
            "RebuildingExporter": {"report": desk.report},
        }
        result = api_of(course, isolation, **more).autograde(name, "*", force=True)
    if not result["success"] and "NbGraderException" not in str(result.get("error")):
        raise GraderError(f"nbgrader autograde: {_last_line(result)}")


def _last_line(result: dict[str, object]) -> str:
    return str(result.get("error", "")).strip().rpartition("\n")[2][:400]


def _is_entered(desk: Desk, student: str) -> bool:
    return _about(desk, student).get("stamp") == desk.stamp(student)


def _notes(desk: Desk, student: str) -> tuple[str, ...]:
    return tuple(_about(desk, student).get("notes", ()))


def _requests(desk: Desk, student: str) -> tuple[Request, ...]:
    return tuple(Request(*one) for one in _about(desk, student).get("requests", ()))


def _about(desk: Desk, student: str) -> dict[str, Any]:
    """Our metadata in an autograded notebook, {} where there is none."""
    path = desk.places.of("autograded", student, desk.assignment) / f"{desk.assignment}.ipynb"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["metadata"]["chainrule"]
    except (OSError, ValueError, KeyError):
        return {}
    return dict(found)
