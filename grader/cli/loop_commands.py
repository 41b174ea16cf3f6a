"""`chainrule release`, `collect` and `feedback`: the loop around grading, through nbgrader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from grader.cli.arguments import Assignment, at_home
from grader.cli.common import OURS, complaints, console, exit_codes, this_course
from grader.cli.left_out import say_left_out
from grader.cli.next_steps import command, say_next
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course.syllabus import Course
    from grader.results import Report


def release(
    assignment: Assignment,
    language: Annotated[
        str, typer.Option(help="In this language alone; by default in all of the course's.")
    ] = "",
) -> None:
    """Build an assignment, look for leaks, and release it to nbgrader's exchange."""
    from grader.nbgrader.releasing import release as release_assignment

    with exit_codes():
        course = this_course()
        path = release_assignment(course, assignment, language)
        say_left_out(course, assignment)
    console().print(f"Released: {escape(str(path))}", soft_wrap=True)
    for other in () if language else course.editions[1:]:
        beside = path.parent / other / path.name
        console().print(f"Released in {other}: {escape(str(beside))}", soft_wrap=True)
    say_next(f"students submit; then {command('collect', assignment)}.")


def collect(
    assignment: Assignment,
    before_due: Annotated[
        bool, typer.Option("--before-due", help="The latest before the due date, if there is one.")
    ] = False,
    zip: Annotated[
        Path | None,
        typer.Option(
            help="An LMS download (Canvas, Moodle) in place of the exchange.", callback=at_home
        ),
    ] = None,
) -> None:
    """Collect the latest submission of each student into submitted/."""
    with exit_codes():
        if zip is not None and before_due:
            raise UsageError("--before-due: an LMS download does not say when a file came")
        course = this_course()
        from grader.nbgrader import collecting

        if zip is None:
            found = collecting.collect(course, assignment, before_due)
        else:
            found = collecting.collect_zip(course, assignment, zip)
    out = console()
    for note in found.notes:
        out.print(f"[yellow]look:[/] {escape(note)}", soft_wrap=True)
    for line in found.unassigned:
        out.print(f"[red]nobody's:[/] {escape(line)}", soft_wrap=True)
    out.print(f"{len(found.students)} students have a submission of {escape(assignment)}.")
    if found.unassigned:
        out.print(f"{len(found.unassigned)} files could not be assigned to a student.")
    if found.students:
        say_next(command("grade", assignment))
    else:
        say_next(f"nobody has submitted yet; when they have, {command('collect', assignment)}.")


def enter_into_gradebook(course: Course, assignment: str, report: Report) -> None:
    """Enter a class's results into nbgrader's gradebook, and print what came of it."""
    from grader.cli.time_left import counted
    from grader.nbgrader.entering import enter_scores

    with counted("entering the scores into nbgrader's gradebook") as show:
        entered = enter_scores(course, assignment, report, report.isolation, show)
    out = complaints()
    for student, notes in entered.rebuilt.items():
        out.print(f"[yellow]mended:[/] {escape(student)}: {escape('; '.join(notes))}")
    for student, reason in entered.failed.items():
        out.print(f"[red]not entered:[/] {escape(student)}: {escape(reason)}", soft_wrap=True)
    out.print(
        f"nbgrader's gradebook: {len(entered.entered)} entered, {len(entered.unchanged)} unchanged"
        f" ({entered.seconds:.1f} s)."
    )
    if entered.failed:
        raise typer.Exit(OURS)


def feedback(assignment: Assignment) -> None:
    """Write every student's feedback page and release it to the exchange."""
    from grader.cli.time_left import counted
    from grader.nbgrader.feedback import write_feedback

    with exit_codes():
        course = this_course()
        with counted("writing pages") as show:
            written = write_feedback(course, assignment, show)
    out = console()
    for student, reason in written.failed.items():
        complaints().print(f"[red]{escape(student)}:[/] {escape(reason)}", soft_wrap=True)
    out.print(f"{len(written.pages)} pages, such as {escape(str(written.example))}", soft_wrap=True)
    if written.by_hand:
        out.print(
            f"{len(written.by_hand)} came by an LMS and cannot fetch from the exchange: hand out "
            f"{escape(str(written.folder))}/STUDENT/{escape(assignment)}/{escape(assignment)}.html",
            soft_wrap=True,
        )
    for student, reason in written.without.items():
        out.print(f"[yellow]no page:[/] {escape(student)}: {escape(reason)}", soft_wrap=True)
    say_next(command("export", "csv", assignment), command("export", "html", assignment))
    if written.failed:
        raise typer.Exit(OURS)
