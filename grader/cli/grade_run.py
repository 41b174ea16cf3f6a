"""What `chainrule grade` does: it grades, enters the class into the gradebook, and prints."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grader.cli.clusters import Files, cluster_at, wanted
from grader.cli.common import OURS, complaints, console, exit_codes, this_course
from grader.cli.json_file import JsonFile
from grader.cli.loop_commands import enter_into_gradebook
from grader.cli.next_steps import as_typed, command, say_next
from grader.course.roster import members
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.exporting.gathering import from_report
from grader.grading.doctor import require_full
from grader.grading.grading import Elsewhere, Options, grade_class
from grader.grading.keeping import Enters, Keeping, keeping, nobody, unsaved_folder
from grader.grading.machine import Isolation, choose_device, cores
from grader.nbgrader.places import places_of
from grader.nbgrader.totals import class_grades
from grader.render.grades import Grades
from grader.render.terminal import by_exercise, by_student, notes, one_student
from grader.results import Report, SubmissionResult
from grader.worker.devices import Wished


@dataclass(frozen=True)
class Asked:
    """What was typed; see the command."""

    assignment: str
    path: Path | None
    json: Path | None
    jobs: int
    device: Wished
    only: tuple[str, ...]
    isolation: Isolation
    fresh: bool
    enter: bool
    cluster: str | None = None
    tls: Files = (None, None, None)


def run(asked: Asked) -> None:
    """Grade; raises typer.Exit where the exit code is not 0."""
    with exit_codes():
        course = this_course()
        file = None if asked.json is None or str(asked.json) == "-" else JsonFile(asked.json)
        course.plan(asked.assignment)
        _require_collected(course, asked)
        enters = _class_of(course, asked.path, asked.enter)
        with ExitStack() as stack:
            options, machines = _where(course, asked, stack)
            kept = stack.enter_context(keeping(course, enters, asked.fresh))
            with _bar() as bar:
                task = bar.add_task(asked.assignment, total=None)
                reached = (0, 0)

                def show(done: int, of: int, last: SubmissionResult | None) -> None:
                    nonlocal reached
                    reached = done, of
                    bar.update(task, completed=done, total=of)

                submitted = asked.path or places_of(course).submitted
                try:
                    report = grade_class(
                        course, asked.assignment, submitted, options, kept, show,
                        elsewhere=machines,
                    )  # fmt: skip
                except KeyboardInterrupt:
                    raise KeyboardInterrupt(_stopped(*reached, keeps=not asked.only)) from None
            if str(asked.json) == "-":
                typer.echo(report.to_json(), nl=False)
            elif file is not None:
                file.write(report.to_json(), unsaved_folder(course))
            _say_who_is_left_out(kept, ad_hoc=enters is nobody)
    whole_class = asked.path is None and not asked.only
    try:
        if whole_class:
            with exit_codes():
                enter_into_gradebook(course, asked.assignment, report)
    finally:
        if str(asked.json) != "-":
            with exit_codes():
                grades = _grades(course, report, whole_class, options.only)
                _print(grades)
                _say_next(asked, grades, whole_class)
    if any(submission.status == "grader_error" for submission in report.submissions):
        raise typer.Exit(OURS)


def _require_collected(course: Course, asked: Asked) -> None:
    """Say what comes first where nothing was collected."""
    submitted, name = places_of(course).submitted, asked.assignment
    if asked.path is None and not any(submitted.glob(f"*/{name}")):
        raise UsageError(
            f"nothing of {name} was collected yet: run {command('collect', name)} first, or name "
            f"what to grade, as in {command('grade', name, 'FOLDER')}"
        )


def _where(course: Course, asked: Asked, stack: ExitStack) -> tuple[Options, Elsewhere | None]:
    """How to grade, and what grades on other machines; None for this one alone."""
    cluster, jobs = wanted(course, asked.cluster), asked.jobs or cores()
    if cluster is not None:
        from grader.cluster.grading import device_on, on_cluster

        address = stack.enter_context(cluster_at(course, cluster, asked.tls, jobs, asked.device))
        device = device_on(address, course, asked.assignment, asked.device)
        options = Options(jobs, device, asked.isolation, asked.only)
        return options, on_cluster(address, course, _say)
    if asked.isolation == "full":
        require_full()
    return Options(jobs, choose_device(asked.device), asked.isolation, asked.only), None


def _say(text: str) -> None:
    complaints().print(text, soft_wrap=True, markup=False, highlight=False)


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


def _say_next(asked: Asked, grades: Grades, whole_class: bool) -> None:
    if asked.json is not None:
        return
    name = asked.assignment
    if not whole_class:
        entered = [] if asked.only else ["--enter"]
        again = command("grade", name, *map(str, filter(None, [asked.path])), *entered)
        say_next(f"{again} enters the results into the class." if entered else again)
    elif any(one.why_open for one in grades.handed_in):
        desk = f"`{as_typed('jupyter')} lab --config=jupyter_server_config.py`"
        say_next(
            f"grade the written questions in the formgrader ({desk}, Nbgrader > Formgrader), then "
            f"{command('feedback', name)}",
            f"{command('feedback', name)} at once: it says what is not graded yet.",
        )
    else:
        say_next(command("feedback", name))


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
