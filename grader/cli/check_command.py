"""`chainrule check`: the student's own check, in a course or with the notebook alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import assignment_names, at_home
from grader.cli.common import OURS, console, exit_codes, this_course
from grader.cli.next_steps import command, say_next

if TYPE_CHECKING:
    from grader.course.syllabus import Course
    from grader.grading import alone


def check(
    notebook: Annotated[
        Path, typer.Argument(help="Your notebook (or .py file).", callback=at_home)
    ],
    assignment: Annotated[
        str,
        typer.Option(
            help="Its assignment, if the file has another name.", autocompletion=assignment_names
        ),
    ] = "",
    isolation: Annotated[
        Literal["full", "process", "none"] | None,
        typer.Option(
            help="How the code is confined, in the folder of a course: by default in a process of "
            "its own on Linux, elsewhere not at all, as in Jupyter."
        ),
    ] = None,
) -> None:
    """Run the visible examples on your own notebook; exit 1 where one fails.

    No hidden case and no answer is used. Without a course around it, the examples are those that
    stand in the notebook.
    """
    from grader.languages import machine

    with exit_codes():
        course = _course_around()
        name = assignment or notebook.stem
        level = isolation or ("process" if sys.platform == "linux" else "none")
        if course is None or level == "none":
            checks = _plainly(course, name, notebook)
        else:
            checks = _confined(course, name, notebook, level)
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
    failed = [result.exercise for result in checks.examples if not result.passed]
    of = len(checks.examples)
    console().print(
        say(f"{of - len(failed)} of {of} examples pass. The hidden cases look further.")
    )
    if failed:
        again = command("check", str(notebook), *(["--assignment", name] if assignment else []))
        say_next(say(f"mend {failed[0]}, save the notebook, and type {again}."), first=say("Next:"))
        raise typer.Exit(OURS)
    say_next(say("save the notebook, and hand it in."), first=say("Next:"))


def _course_around() -> Course | None:
    """The course around the working folder, None where a student has the notebook alone."""
    from grader.course.syllabus import find_course
    from grader.errors import CourseError

    try:
        find_course(Path.cwd())
    except CourseError:
        return None
    return this_course()


def _plainly(course: Course | None, name: str, notebook: Path) -> alone.Checks:
    from grader.grading import alone

    if course is None:
        return alone.check_alone(notebook)
    return alone.check_plainly(course, name, notebook)


def _confined(
    course: Course, name: str, notebook: Path, level: Literal["full", "process"]
) -> alone.Checks:
    from grader.grading import checking

    return checking.check(course, name, notebook, level)
