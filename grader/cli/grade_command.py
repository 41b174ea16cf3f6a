"""`chainrule grade`: a class in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.cli.common import OURS, complaints, console, exit_codes, this_course
from grader.cli.json_file import JsonFile
from grader.cli.loop_commands import enter_into_gradebook
from grader.course.syllabus import Course
from grader.exporting.gathering import from_report
from grader.grading.doctor import require_full
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Enters, Keeping, keeping, nobody, unsaved_folder
from grader.grading.machine import choose_device, cores
from grader.nbgrader.places import places_of
from grader.nbgrader.roster import members
from grader.nbgrader.totals import class_grades
from grader.render.grades import Grades
from grader.render.terminal import by_exercise, by_student, notes, one_student
from grader.results import Report, SubmissionResult


def grade(
    assignment: Annotated[str, typer.Argument(help="Name of the assignment, as in course.yml.")],
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A notebook or .py file, a folder of them, submitted/, or an LMS zip; "
            "none takes what was collected, and enters the scores into nbgrader's gradebook."
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write the results here as JSON (- for standard output).")
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=0, help="Submissions at a time; 0 takes every core.")
    ] = 0,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="Where torch exercises run.")
    ] = "auto",
    only: Annotated[
        list[str] | None, typer.Option(help="Grade this exercise only; may be repeated.")
    ] = None,
    isolation: Annotated[
        Literal["full", "process"], typer.Option(help="How student code is confined.")
    ] = "full",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Grade again what was graded before.")
    ] = False,
    enter: Annotated[
        bool,
        typer.Option("--enter", help="With PATH: enter the results into the class, for exports."),
    ] = False,
) -> None:
    """Grade submissions in parallel against the hidden cases."""
    with exit_codes():
        course = this_course()
        file = None if json is None or str(json) == "-" else JsonFile(json)
        enters = _class_of(course, path, enter)
        if isolation == "full":
            require_full()
        options = Options(jobs or cores(), choose_device(device), isolation, tuple(only or ()))
        with keeping(course, enters, fresh) as kept:
            with _bar() as bar:
                task = bar.add_task(assignment, total=None)
                reached = (0, 0)

                def show(done: int, of: int, last: SubmissionResult | None) -> None:
                    nonlocal reached
                    reached = done, of
                    bar.update(task, completed=done, total=of)

                submitted = path or places_of(course).submitted
                try:
                    report = grade_class(course, assignment, submitted, options, kept, show)
                except KeyboardInterrupt:
                    raise KeyboardInterrupt(_stopped(*reached, keeps=not only)) from None
            if str(json) == "-":
                typer.echo(report.to_json(), nl=False)
            elif file is not None:
                file.write(report.to_json(), unsaved_folder(course))
            _say_who_is_left_out(kept, ad_hoc=enters is nobody)
    whole_class = path is None and not only
    try:
        if whole_class:
            with exit_codes():
                enter_into_gradebook(course, assignment, report)
    finally:
        if str(json) != "-":
            with exit_codes():
                _print(_grades(course, report, whole_class, options.only))
    if any(submission.status == "grader_error" for submission in report.submissions):
        raise typer.Exit(OURS)


def _class_of(course: Course, path: Path | None, enter: bool) -> Enters:
    """Whose results enter the class: the roster's, of what was collected or by --enter."""
    collected = places_of(course).submitted.resolve()
    if path is not None and not enter:
        whole = path.resolve()
        if whole != collected.parent and not whole.is_relative_to(collected):
            return nobody
    return members(course)


def _say_who_is_left_out(kept: Keeping, ad_hoc: bool) -> None:
    if not kept.left_out:
        return
    if ad_hoc:
        told = "graded ad hoc: not entered into the class; add --enter to do so"
    else:
        names = ", ".join(sorted(kept.left_out))
        told = f"not in the roster, so not entered into the class: {escape(names)}"
    complaints().print(told, soft_wrap=True)


def _grades(course: Course, report: Report, whole_class: bool, only: tuple[str, ...]) -> Grades:
    """What the submissions are worth; of the class with its gradebook and its roster."""
    if whole_class:
        return class_grades(course, report.assignment, report=report)
    return from_report(course, report, only=only)


def _print(grades: Grades) -> None:
    out = console()
    out.print(by_student(grades))
    if len(grades.handed_in) == 1:
        out.print(one_student(grades.handed_in[0], grades.hints))
    else:
        out.print(by_exercise(grades))
    for note in notes(grades):
        out.print(note, soft_wrap=True)


def _stopped(done: int, of: int, *, keeps: bool) -> str:
    if not keeps:
        return f"stopped: {done} of {of} graded; with --only none is kept"
    results = "result is" if done == 1 else "results are"
    return f"stopped: {done} {results} kept of {of}; the next run goes on from there"


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=complaints(),
        transient=True,
    )
