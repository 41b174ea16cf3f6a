"""The whole loop for a sample class: release, submit, collect, grade, feedback, export."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.exchange.default import ExchangeSubmit

from grader.course.roster import members
from grader.course.syllabus import Course, load_course
from grader.demo.damage import DAMAGES, damaged
from grader.demo.sample import Student, make_class
from grader.errors import GraderError
from grader.exporting.files import Format, default_out, export
from grader.exporting.gradebook import SafeCsv
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.nbgrader.arrivals import STAMP
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import Entered, enter_scores
from grader.nbgrader.feedback import Written, write_feedback
from grader.nbgrader.pieces import Unreadable, pieces_of
from grader.nbgrader.places import places_of
from grader.nbgrader.progress import Show, unseen
from grader.nbgrader.rebuild import rebuild
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import api_of, gradebook
from grader.nbgrader.totals import class_grades
from grader.notebook import notebook_text
from grader.results import Report
from grader.submissions import Found

CONFIGS = ("nbgrader_config.py", "jupyter_server_config.py")
SIDES = ("assignments", "solutions", "reference")
WRITTEN = "{}: because every entry of the one has one entry of the other."
KINDS: tuple[Format, ...] = ("html", "csv", "gradescope", "junit")
ENTER = "enter the scores into nbgrader's gradebook"
STEPS = {
    "release": 12, "submit": 1, "collect": 3, "grade": 58, ENTER: 12, "feedback": 9, "export": 5,
}  # fmt: skip
"""Per cent of the loop that each step takes, measured with a class of 24."""
LATE_EVERY = 8
DAMAGED_EVERY = 5


@dataclass(frozen=True)
class Handed:
    """A student's file and when it is handed in."""

    student: Student
    when: datetime


@dataclass(frozen=True)
class Loop:
    """What the loop left behind."""

    course: Course
    assignment: str
    handed: tuple[Handed, ...]
    report: Report
    entered: Entered
    written: Written
    exported: tuple[Path, ...]


def demo_course(course: Course, folder: Path) -> Course:
    """A copy of the course to play with, in an emptied folder; nothing of the real one changes."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for side in SIDES:
        if not (course.root / side).is_dir():
            continue
        shutil.copytree(course.root / side, folder / side, ignore=shutil.ignore_patterns("__py*"))
    kept = [line for line in course.file.read_text(encoding="utf-8").splitlines()
            if not line.startswith(("exchange:", "database:", "roster:", "late:"))]  # fmt: skip
    kept += ["exchange: build/exchange", "roster: roster.csv",
             "late: {policy: deduct, percent_per_day: 10.0, grace_hours: 1.0}"]  # fmt: skip
    (folder / "course.yml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    (folder / "roster.csv").write_text("id,first_name,last_name,email\n", encoding="utf-8")
    for file in (*(course.root / name for name in CONFIGS), *course.root.glob("words.*.yml")):
        if file.is_file():
            shutil.copy(file, folder / file.name)
    return load_course(folder)


def run_loop(
    course: Course,
    name: str,
    count: int,
    options: Options,
    say: Callable[[str], None] = lambda step: None,
    show: Show = unseen,
) -> Loop:
    """Run the loop in a course of its own (see `demo_course`).

    `say` is told each of `STEPS` when it begins; `show`, how far those are that pass over a class.

    Raises:
        CourseError, UsageError, GraderError: what stopped it.
    """
    say("release")
    release(course, name)
    handed = _class(course, name, count)
    _roster(course, handed)
    say("submit")
    submit_all(course, name, handed)
    say("collect")
    collect(course, name)
    say("grade")
    with keeping(course, members(course)) as kept:
        submitted = places_of(course).submitted
        report = grade_class(
            course, name, submitted, options, kept, lambda done, of, last: show(done, of)
        )
    say(ENTER)
    entered = enter_scores(course, name, report, options.isolation, show)
    say("feedback")
    written = write_feedback(course, name, show)
    say("export")
    exported = _export(course, name, report)
    return Loop(course, name, handed, report, entered, written, exported)


def _export(course: Course, name: str, report: Report) -> tuple[Path, ...]:
    """The class's pages and results, and the final grades of nbgrader's gradebook."""
    grades = class_grades(course, name, report=report, with_titles=True)
    files = [export(grades, kind, default_out(course.root, name, kind)).first for kind in KINDS]
    final = course.root / "build" / "exports" / "grades.csv"
    with gradebook(course) as book:
        SafeCsv(to=str(final)).export(book)
    return (*files, final)


def _class(course: Course, name: str, count: int) -> tuple[Handed, ...]:
    """The sample class, its answers filled into the release; some late, some damaged."""
    due = course.plan(name).due
    rng = random.Random(name)
    handed = []
    for number, student in enumerate(make_class(course, name, count)):
        student = filled(course, name, student)
        if number % DAMAGED_EVERY == DAMAGED_EVERY - 1 and student.payload.endswith(b"}\n"):
            damage = DAMAGES[(number // DAMAGED_EVERY) % len(DAMAGES)]
            intent = f"{student.intent}; {damage.__name__.replace('_', ' ')}"
            student = replace(student, payload=damaged(student.payload, damage), intent=intent)
        hours = 30 if number % LATE_EVERY == LATE_EVERY - 1 else -rng.randint(2, 100)
        handed.append(Handed(student, due + timedelta(hours=hours)))
    return tuple(handed)


def filled(course: Course, name: str, student: Student) -> Student:
    """The student's answers in the released notebook, as a student who opened it has them."""
    path = places_of(course).released(name)
    released = nbformat.read(path, as_version=4)
    try:
        pieces = pieces_of(Found(student.name, student.file, student.payload, ""))
    except Unreadable:
        return student
    node = rebuild(released, pieces).notebook
    for cell in node.cells:
        cell.metadata.pop("chainrule", None)
        if cell.cell_type == "markdown" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = WRITTEN.format(student.name)
    return replace(student, payload=notebook_text(node).encode())


def _roster(course: Course, handed: tuple[Handed, ...]) -> None:
    lines = [f"{h.student.name},{h.student.name.title()},," for h in handed]
    text = "\n".join(["id,first_name,last_name,email", *lines]) + "\n"
    (course.root / "roster.csv").write_text(text, encoding="utf-8")


class _SubmitAt(ExchangeSubmit):  # type: ignore[misc]
    """nbgrader's submit, at a time of the demonstration's choice."""

    moment: datetime

    def set_timestamp(self) -> None:
        """Take the time that was set."""
        self.timestamp = self.moment.astimezone(UTC).strftime(STAMP)


def submit_all(course: Course, name: str, handed: tuple[Handed, ...]) -> None:
    """Hand in by nbgrader's own `submit`, each under the student's name.

    Raises:
        GraderError: the exchange refused.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / name
        folder.mkdir()
        api = api_of(course, Exchange={"assignment_dir": home, "cache": f"{home}/cache"})
        for one in handed:
            (folder / f"{name}.ipynb").write_bytes(one.student.payload)
            api.coursedir.assignment_id = name
            api.coursedir.student_id = one.student.name
            more: dict[str, Any] = {"coursedir": api.coursedir, "parent": api}
            submit = _SubmitAt(authenticator=api.authenticator, **more)
            submit.moment = one.when
            try:
                submit.start()
            except Exception as error:  # whatever nbgrader raises
                raise GraderError(f"{one.student.name} cannot submit: {error}") from error
