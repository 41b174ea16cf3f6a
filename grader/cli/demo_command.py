"""`chainrule demo`: the whole loop for a bundled class."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import Isolated, assignment_names
from grader.cli.common import OURS, complaints, console, exit_codes, this_course
from grader.cli.next_steps import as_typed


def demo(
    assignment: Annotated[
        str, typer.Argument(help="Which assignment.", autocompletion=assignment_names)
    ] = "lec05_backprop",
    students: Annotated[int, typer.Option(min=1, help="How large the class is.")] = 24,
    isolation: Isolated = "full",
) -> None:
    """Release, submit, collect, grade and give feedback for a made-up class in build/demo."""
    start = time.monotonic()
    from grader.cli.time_left import Steps, counted
    from grader.demo.loop import STEPS, demo_course, run_loop
    from grader.demo.outcome import outcome_of
    from grader.grading.doctor import require_full
    from grader.grading.grading import Options
    from grader.grading.machine import cores

    with exit_codes():
        if isolation == "full":
            require_full()
        course = this_course()
        course.plan(assignment)
        played = demo_course(course, course.root / "build" / "demo")
        options = Options(cores(), "cpu", isolation)

        with counted(assignment) as show:
            steps = Steps(show, STEPS)

            def say(step: str) -> None:
                complaints().print(f"{time.monotonic() - start:5.0f} s  {step}")
                steps.at(step)

            loop = run_loop(played, assignment, students, options, say, steps.within)
        outcome = outcome_of(loop, as_typed)
    table = Table(title=f"{assignment}: what came of a class of {students}")
    for heading in ("student", "made as", "graded", "late", "total", "mended"):
        table.add_column(heading, justify="right" if heading in ("graded", "late") else "left")
    for row in outcome.rows:
        table.add_row(*(escape(cell) for cell in row))
    out = console()
    out.print(table)
    for line in outcome.paths:
        out.print(escape(line), soft_wrap=True)
    out.print(f"\nAll of it took {time.monotonic() - start:.0f} s. To look around:")
    for step in outcome.next_steps:
        out.print(f"  {escape(step.command)}", soft_wrap=True, highlight=False)
        if step.what_for:
            out.print(f"      {escape(step.what_for)}", soft_wrap=True, highlight=False)
    if loop.entered.failed or loop.written.failed:
        raise typer.Exit(OURS)
