"""`chainrule new`: a course of one's own to start from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.arguments import at_home
from grader.cli.common import console, exit_codes
from grader.cli.next_steps import command, say_next
from grader.errors import UsageError


def new(
    folder: Annotated[
        Path, typer.Argument(help="Where to make it: a new or an empty folder.", callback=at_home)
    ],
    lectures: Annotated[
        list[str] | None,
        typer.Option(
            help="Assignments to start with, with commas between them; all by default. "
            "May be repeated."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Of notebooks and feedback: en or zh.")] = "en",
    title: Annotated[str, typer.Option(help="What the course is called.")] = "Deep Learning",
    timezone: Annotated[
        str, typer.Option(help="Of all dates, such as Asia/Shanghai; this machine's by default.")
    ] = "",
    example: Annotated[
        bool,
        typer.Option(
            "--example",
            help="Instead: the course of two exercises that the documentation writes, to change.",
        ),
    ] = False,
) -> None:
    """Make a course of your own: assignments, answers, dates, roster, exchange, CI."""
    from datetime import date

    from grader.starting.making import course_name, example_course, new_course, to_look_at
    from grader.starting.plan import Wanted, local_zone

    asked = [name.strip() for part in lectures or [] for name in part.split(",")]
    with exit_codes():
        wanted = Wanted(
            course_name(folder),
            title,
            language,
            timezone or local_zone(),
            tuple(name for name in asked if name),
            date.today(),
        )
        if example and wanted.lectures:
            raise UsageError("--example is a lecture of its own: leave --lectures out")
        made = example_course(folder) if example else new_course(folder, wanted)
    count = len(made.assignments)
    said = f"{count} assignments" if count > 1 else "1 assignment"
    first = next(iter(made.assignments.values()))
    console().print(
        f"{escape(str(made.root))}: {said}, the first due on {first.due:%Y-%m-%d} "
        f"({made.timezone}). {'course.yml' if example else 'README.md'} says what is where.",
        soft_wrap=True,
    )
    name = to_look_at(list(made.assignments))
    near = os.path.relpath(made.root)
    there = shlex.quote(str(made.root) if near.startswith("..") else near)
    first_step = command("validate" if example else "release", name)
    say_next(f"`cd {there}`, then {first_step}.")
