"""`chainrule doctor`, `build` and `check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.common import OURS, USAGE, console, exit_codes, this_course


def doctor() -> None:
    """Try every layer of confinement on this machine and print what works."""
    from grader.grading.doctor import diagnose

    with exit_codes():
        probes = diagnose()
    table = Table(title="What confines student code here")
    for heading in ("layer", "works", "needed", "detail"):
        table.add_column(heading)
    for probe in probes:
        works = "[green]yes[/]" if probe.works else "[red]no[/]"
        table.add_row(probe.layer, works, "yes" if probe.needed else "", escape(probe.detail))
    console().print(table)
    if all(probe.works or not probe.needed for probe in probes):
        console().print("Full isolation works on this machine.")
        return
    console().print("Full isolation is not to be had; --isolation process accepts less.")
    raise typer.Exit(USAGE)


def build(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Assignments to build; none means all.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to; build/nbgrader by default.")] = None,
    language: Annotated[
        str, typer.Option(help="In this language; the course's first by default.")
    ] = "",
) -> None:
    """Compose the nbgrader source notebooks from prompts, stubs, answers and examples."""
    from grader.notebook.build import build as build_notebooks

    with exit_codes():
        course = this_course().in_language(language) if language else this_course()
        for path in build_notebooks(course, assignments or list(course.assignments), out):
            typer.echo(path)


def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook (or .py file).")],
    assignment: Annotated[
        str, typer.Option(help="Its assignment, if the file has another name.")
    ] = "",
    isolation: Annotated[
        Literal["full", "process"], typer.Option(help="How the code is confined.")
    ] = "process",
) -> None:
    """Run the visible examples on your own notebook; exit 1 where one fails.

    No hidden case and no answer is used.
    """
    from grader.grading import checking
    from grader.languages import machine

    with exit_codes():
        course = this_course()
        name = assignment or notebook.stem
        checks = checking.check(course, name, notebook, isolation)
    say = machine(checks.language).say
    table = Table(title=say(f"Visible examples of {name}"))
    for heading in ("exercise", "example", "what it says"):
        table.add_column(say(heading))
    for result in checks.examples:
        colour, word = ("green", "passes") if result.passed else ("red", "fails")
        table.add_row(result.exercise, f"[{colour}]{say(word)}[/]", escape(result.message))
    console().print(table)
    for note in checks.notes:
        console().print(escape(note), soft_wrap=True)
    passed, of = sum(result.passed for result in checks.examples), len(checks.examples)
    console().print(say(f"{passed} of {of} examples pass. The hidden cases look further."))
    if passed < of:
        raise typer.Exit(OURS)
