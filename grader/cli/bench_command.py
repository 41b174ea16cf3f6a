"""`chainrule bench`: how fast, measured in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from grader.cli.common import complaints, console, exit_codes, this_course

if TYPE_CHECKING:
    from grader.bench.measure import Figures


def bench(
    assignment: Annotated[str, typer.Argument(help="The assignment to measure with.")] = (
        "lec05_backprop"
    ),
    submissions: Annotated[int, typer.Option(min=1, help="Notebooks that we grade.")] = 200,
    peers: Annotated[int, typer.Option(min=1, help="Notebooks that nbgrader grades.")] = 20,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; 0: every core.")] = 0,
    isolation: Annotated[
        Literal["full", "process"], typer.Option(help="How student code is confined.")
    ] = "full",
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure throughput against `nbgrader autograde`, overhead and memory."""
    from grader.bench.measure import measure
    from grader.grading.doctor import require_full
    from grader.grading.machine import cores

    with exit_codes():
        course = this_course()
        if isolation == "full":
            require_full()
        with complaints().status(f"{assignment}: {submissions} and {peers} notebooks"):
            figures = measure(
                course, assignment, submissions, min(peers, submissions), jobs or cores(), isolation
            )
    if json:
        typer.echo(figures.model_dump_json(indent=1))
    else:
        console().print(_table(figures))


def _table(figures: Figures) -> Table:
    table = Table(title=f"Measured in one run: {figures.assignment}")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in figures.model_dump(exclude={"assignment"}).items():
        table.add_row(name.replace("_", " "), str(value))
    return table
