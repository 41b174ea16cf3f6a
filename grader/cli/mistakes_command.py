"""`chainrule mistakes`: wrong answers that nobody has named yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.arguments import Assignment, Isolated, Jobs, at_home
from grader.cli.common import complaints, exit_codes, this_course
from grader.cli.next_steps import command, say_next

if TYPE_CHECKING:
    from grader.grading.unnamed import Entry


def mistakes(
    assignment: Assignment,
    path: Annotated[
        Path | None,
        typer.Argument(
            help="What to grade, as for `grade`; none takes what was collected.", callback=at_home
        ),
    ] = None,
    at_least: Annotated[
        int, typer.Option(min=1, help="Only what so many submissions have in common.")
    ] = 1,
    jobs: Jobs = 0,
    isolation: Isolated = "full",
) -> None:
    """Print wrong answers that no hint explains as entries for mistakes.py, to be named."""
    from grader.grading.doctor import require_full
    from grader.grading.grading import Options
    from grader.grading.keeping import keeping, nobody
    from grader.grading.machine import cores
    from grader.grading.unnamed import unnamed
    from grader.nbgrader.places import places_of

    with exit_codes():
        course = this_course()
        course.plan(assignment)
        if isolation == "full":
            require_full()
        options = Options(jobs or cores(), "cpu", isolation)
        with (
            keeping(course, nobody) as kept,
            complaints().status(f"grading {assignment}"),
        ):
            submitted = path or places_of(course).submitted
            found = unnamed(course, assignment, submitted, options, kept)
    chosen = [entry for entry in found if entry.cluster.size >= at_least]
    for entry in chosen:
        typer.echo(_printed(entry))
    count = f"{len(chosen)} wrong results" if len(chosen) != 1 else "1 wrong result"
    typer.echo(f"# {count} that no hint explains", err=True)
    if chosen:
        say_next(
            f"paste them into solutions/{assignment}/mistakes.py, name each and write its hint; "
            f"then {command('grade', assignment, '--fresh')}."
        )


def _printed(entry: Entry) -> str:
    """An entry below a comment that says how often it was seen; ready to paste."""
    times = f"{entry.cluster.size} submissions" if entry.cluster.size > 1 else "1 submission"
    head = f"# {entry.cluster.exercise}, {times}: {' '.join(entry.message.split())}"
    return f"\n{head}\n{entry.source or '# its code is no plain function or class'}\n"
