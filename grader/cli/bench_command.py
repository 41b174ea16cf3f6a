"""`chainrule bench`: how fast, measured in one run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer
from rich.table import Table

from grader.cli.arguments import Device, Isolated, assignment_names, running_on
from grader.cli.common import console, exit_codes, this_course
from grader.cli.next_steps import command, say_next

if TYPE_CHECKING:
    from pydantic import BaseModel

    from grader.bench.measure import Figures
    from grader.bench.phases import Phases
    from grader.course.syllabus import Course
    from grader.worker.devices import Device as DeviceHere


_CLASS = 200
_FEW = 20
"""Notebooks of each lecture, or of a table by phase."""


class Where(NamedTuple):
    """What the class is graded on."""

    isolation: Literal["full", "process"]
    device: DeviceHere


def bench(
    assignment: Annotated[
        str,
        typer.Argument(help="The assignment to measure with.", autocompletion=assignment_names),
    ] = "lec05_backprop",
    submissions: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            help="Notebooks that we grade: 200, with --phases or --lectures 20. "
            "May be given more than once: 200, then 2000.",
        ),
    ] = None,
    peers: Annotated[int, typer.Option(min=0, help="Notebooks that nbgrader grades.")] = 20,
    otter: Annotated[int, typer.Option(min=0, help="Notebooks that otter grades.")] = 5,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; 0: every core.")] = 0,
    device: Device = "cpu",
    isolation: Isolated = "full",
    phases: Annotated[
        bool, typer.Option("--phases", help="Instead: CPU time of a submission by phase.")
    ] = False,
    lectures: Annotated[
        bool, typer.Option("--lectures", help="Instead: CPU time of a class, for every lecture.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure throughput against nbgrader and otter, overhead and memory."""
    from grader.grading.doctor import require_full
    from grader.grading.machine import choose_device

    with exit_codes():
        course = this_course()
        course.plan(assignment)
        if isolation == "full":
            require_full()
        where, few = Where(isolation, choose_device(device)), (submissions or [_FEW])[0]
        if lectures:
            _lectures(course, few, where, json)
        elif phases:
            _phases(course, assignment, few, where, json)
        else:
            _compare(course, assignment, submissions or [_CLASS], (peers, otter), jobs, where, json)
    if not json:
        more = "--lectures" if phases else "--phases"
        say_next(f"{command('bench', assignment, more)} looks closer.")


def _compare(
    course: Course,
    assignment: str,
    classes: list[int],
    peers: tuple[int, int],
    jobs: int,
    where: Where,
    json: bool,
) -> None:
    from grader.bench.measure import Sizes, measure
    from grader.cli.time_left import counted
    from grader.grading.machine import cores

    nbgrader, otter = (min(few, max(classes)) for few in peers)
    told = f"{assignment}: {classes} notebooks, {nbgrader} by nbgrader, {otter} by otter"
    with counted(told) as show:
        sizes = Sizes(tuple(classes), nbgrader, otter)
        figures = measure(course, assignment, sizes, jobs or cores(), *where, show)
    if json:
        typer.echo(figures.model_dump_json(indent=1))
    else:
        console().print(_figures(figures))


def _phases(course: Course, assignment: str, count: int, where: Where, json: bool) -> None:
    from grader.bench.phases import phases_of
    from grader.cli.time_left import counted

    with counted(f"{assignment}: {count} notebooks, twice") as show:
        found = phases_of(course, assignment, count, *where, show)
    if json:
        typer.echo(found.model_dump_json(indent=1))
    else:
        console().print(_by_phase(found))


def _lectures(course: Course, count: int, where: Where, json: bool) -> None:
    from grader.bench.lectures import lectures
    from grader.cli.time_left import counted

    names = running_on(where.device, course)
    with counted(f"{len(names)} lectures, {count} notebooks of each, twice") as show:
        rows = list(lectures(course, names, count, *where, show))
    if json:
        typer.echo(_json(rows))
    else:
        console().print(_by_lecture([row.model_dump() for row in rows]))


def _json(rows: Iterable[BaseModel]) -> str:
    from json import dumps

    return dumps([row.model_dump() for row in rows], indent=1)


def _figures(figures: Figures) -> Table:
    table = Table(title=f"Measured in one run: {figures.assignment}")
    table.add_column("figure")
    for _ in (figures, *figures.further):
        table.add_column("value", justify="right")
    further = [one.model_dump() for one in figures.further]
    for name, value in figures.model_dump(exclude={"assignment", "further"}).items():
        others = [str(one.get(name, "")) for one in further]
        table.add_row(name.replace("_", " "), str(value), *others)
    return table


def _by_phase(found: Phases) -> Table:
    title = f"{found.assignment}: ms of CPU of a submission ({found.workers:g} workers each)"
    table = Table(title=title, caption="once: in all, however many submissions")
    for column in ("process", "phase"):
        table.add_column(column)
    table.add_column("ms", justify="right")
    for row in found.phases:
        table.add_row(row.process, row.phase, f"{row.cpu_ms:.1f}{' once' if row.once else ''}")
    return table


def _by_lecture(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Seconds of CPU of 100 submissions")
    for number, column in enumerate(rows[0]):
        table.add_column(column, justify="right" if number else "left")
    for row in rows:
        table.add_row(*map(str, row.values()))
    return table
