"""`chainrule doctor` and `build`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import assignment_names, at_home
from grader.cli.common import USAGE, console, exit_codes, this_course
from grader.cli.left_out import say_left_out
from grader.cli.next_steps import command, say_next


def doctor() -> None:
    """Try every layer of confinement on this machine, look for GPUs, and print what works."""
    from grader.grading.doctor import diagnose, diagnose_gpus

    with exit_codes():
        probes = [*diagnose(), *diagnose_gpus()]
    table = Table(title="What confines student code here, and what GPUs there are")
    for heading in ("layer", "works", "needed", "detail"):
        table.add_column(heading)
    for probe in probes:
        works = "[green]yes[/]" if probe.works else "[red]no[/]"
        table.add_row(probe.layer, works, "yes" if probe.needed else "", escape(probe.detail))
    console().print(table)
    if all(probe.works or not probe.needed for probe in probes):
        console().print("Full isolation works on this machine.")
        say_next(f"{command('new', 'FOLDER')} makes a course; {command('demo')} shows one at work.")
        return
    console().print("Full isolation is not to be had; --isolation process accepts less.")
    say_next("mend what the table names; docs/security.md says why it is needed.")
    raise typer.Exit(USAGE)


def build(
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Assignments to build; none means all.", autocompletion=assignment_names
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where to; build/nbgrader by default.", callback=at_home)
    ] = None,
    language: Annotated[
        str, typer.Option(help="In this language; the course's first by default.")
    ] = "",
) -> None:
    """Compose the nbgrader source notebooks from prompts, stubs, answers and examples."""
    from grader.notebook.build import build as build_notebooks

    with exit_codes():
        course = this_course().in_language(language) if language else this_course()
        names = assignments or list(course.assignments)
        for path in build_notebooks(course, names, out):
            typer.echo(path)
        for name in names:
            say_left_out(course, name)
    say_next(command("release", names[0] if len(names) == 1 else "ASSIGNMENT"))
