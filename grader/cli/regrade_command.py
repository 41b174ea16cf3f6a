"""`chainrule regrade`: whose marks the present checks would change, and changing them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import Assignment, Device, Isolated, Jobs, at_home
from grader.cli.common import OURS, complaints, console, exit_codes, this_course

if TYPE_CHECKING:
    from grader.term.regrade import Regrade


def regrade(
    assignment: Assignment,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write it; without this, nothing is written.")
    ] = False,
    jobs: Jobs = 0,
    device: Device = "auto",
    json: Annotated[
        Path | None,
        typer.Option(
            help="Write the marks that change to this file, too, as JSON.", callback=at_home
        ),
    ] = None,
    isolation: Isolated = "full",
) -> None:
    """Grade the class again by the present checks; show whose marks change, and why."""
    from grader.cli.json_file import JsonFile
    from grader.cli.loop_commands import enter_into_gradebook
    from grader.grading.doctor import require_full
    from grader.grading.grading import Options
    from grader.grading.keeping import unsaved_folder
    from grader.grading.machine import choose_device, cores
    from grader.term import regrade as term

    with exit_codes():
        course = this_course()
        file = None if json is None else JsonFile(json)
        if isolation == "full":
            require_full()
        options = Options(jobs or cores(), choose_device(device), isolation)
        with complaints().status(f"grading {escape(assignment)} again"):
            found = term.regrade(course, assignment, options)
        _print(assignment, found)
        if file is not None:
            file.write(term.as_json(assignment, found), unsaved_folder(course))
        if apply:
            term.write(course, assignment, found)
    out = console()
    if not apply:
        out.print("Nothing is written. " + _next(assignment, found), soft_wrap=True)
    else:
        out.print(f"Written; {len(found.replaced)} earlier results are kept beside the new ones.")
        with exit_codes():
            enter_into_gradebook(course, assignment, found.report)
    if found.failed:
        raise typer.Exit(OURS)


def _print(assignment: str, found: Regrade) -> None:
    from grader.inert import plain
    from grader.render.number import number

    out = console()
    if found.changes:
        table = Table(title=f"{escape(assignment)}: marks that change")
        for heading in ("student", "before", "after", "by", "why"):
            table.add_column(heading, justify="left" if heading in ("student", "why") else "right")
        for one in found.changes:
            by = "" if None in (one.before, one.after) else f"{one.after - one.before:+.2f}"  # type: ignore[operator]
            before, after = (number(p) or "–" for p in (one.before, one.after))
            why = escape(plain("\n".join(one.reasons)))
            table.add_row(escape(plain(one.student)), before, after, by, why)
        out.print(table)
    out.print(f"{len(found.changes)} marks change, {found.unchanged} stay.")
    for student in found.failed:
        complaints().print(f"[red]the grader failed, the mark stays:[/] {escape(student)}")


def _next(assignment: str, found: Regrade) -> str:
    if not found.changes:
        return "There is nothing to do."
    return f"Next: `chainrule regrade {escape(assignment)} --apply`, then `chainrule feedback`."
