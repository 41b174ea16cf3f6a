"""`chainrule grade`: a class in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.cli.common import OURS, complaints, console, exit_codes, this_course
from grader.cli.loop_commands import enter_into_gradebook
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.exporting.gathering import from_report
from grader.grading.doctor import require_full
from grader.grading.grading import Options, grade_class
from grader.grading.machine import choose_device, cores
from grader.grading.store import Store, default_url
from grader.nbgrader.places import places_of
from grader.nbgrader.totals import class_grades
from grader.notebook.build import write_whole
from grader.render.grades import Grades
from grader.render.terminal import by_exercise, by_student, one_student
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
) -> None:
    """Grade submissions in parallel against the hidden cases."""
    with exit_codes():
        course = this_course()
        if json is not None and str(json) != "-" and not json.absolute().parent.is_dir():
            raise UsageError(f"--json: the folder of {json} does not exist")
        if isolation == "full":
            require_full()
        options = Options(jobs or cores(), choose_device(device), isolation, tuple(only or ()))
        url = course.database or default_url(course.root)
        with Store(url) as store, _bar() as bar:
            task = bar.add_task(assignment, total=None)

            def show(done: int, of: int, last: SubmissionResult | None) -> None:
                bar.update(task, completed=done, total=of)

            submitted = path or places_of(course).submitted
            report = grade_class(
                course, assignment, submitted, options, None if fresh else store, show
            )
    _write(report, json)
    try:
        if path is None and not only:
            with exit_codes():
                enter_into_gradebook(course, assignment, report)
    finally:
        if str(json) != "-":
            with exit_codes():
                _print(_grades(course, report, path is None, tuple(only or ())))
    if any(submission.status == "grader_error" for submission in report.submissions):
        raise typer.Exit(OURS)


def _write(report: Report, json: Path | None) -> None:
    if str(json) == "-":
        typer.echo(report.to_json(), nl=False)
    elif json is not None:
        write_whole(json, report.to_json())


def _grades(course: Course, report: Report, of_class: bool, only: tuple[str, ...]) -> Grades:
    """What the submissions are worth; of the class with its gradebook and its roster."""
    if of_class and not only:
        return class_grades(course, report.assignment, report=report)
    return from_report(course, report, only=only)


def _print(grades: Grades) -> None:
    out = console()
    out.print(by_student(grades))
    if len(grades.handed_in) == 1:
        out.print(one_student(grades.handed_in[0], grades.hints))
    else:
        out.print(by_exercise(grades))


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=complaints(),
        transient=True,
    )
