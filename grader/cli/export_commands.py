"""`chainrule export`: results for other programs and for people, and the otter notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from grader.cli.arguments import Assignment, at_home
from grader.cli.common import console, exit_codes, this_course
from grader.cli.next_steps import command, say_next
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course.syllabus import Course
    from grader.otter.bundle import Grading

Kind = Literal["csv", "canvas", "moodle", "gradescope", "junit", "html", "otter"]


def export(
    format: Annotated[
        Kind,
        typer.Argument(
            help="csv: a table. canvas, moodle: files to import grades from. gradescope: "
            "results.json. junit: XML. html: pages for students and class. otter: the "
            "notebooks and the autograder for otter and Gradescope.",
            show_choices=True,
        ),
    ],
    assignment: Assignment,
    json: Annotated[
        Path | None,
        typer.Option(
            help="Results that `chainrule grade --json` wrote; else those kept here.",
            callback=at_home,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File or folder to write; below build/exports by default.", callback=at_home
        ),
    ] = None,
    column: Annotated[
        str, typer.Option(help="canvas, moodle: the grade's column; the title by default.")
    ] = "",
    id_column: Annotated[
        str, typer.Option(help="canvas, moodle: the column that our student ids are.")
    ] = "",
    isolation: Annotated[
        Literal["full", "process"], typer.Option(help="otter: how its autograder confines.")
    ] = "full",
    accept: Annotated[
        Literal["full", "process"],
        typer.Option(help="otter: the least isolation its autograder accepts."),
    ] = "full",
    language: Annotated[
        str, typer.Option(help="otter: the notebooks' language; the course's first by default.")
    ] = "",
) -> None:
    """Export what each submission is worth: with written questions and late penalties once the
    class is in nbgrader's gradebook; until then the output says that they are not in it."""
    with exit_codes():
        course = this_course()
        course.plan(assignment)
        if format == "otter":
            if json is not None:
                raise UsageError("--json: otter's notebooks are made from the course, not results")
            from grader.otter.bundle import Grading

            _otter(course, assignment, out, Grading(isolation=isolation, accept=accept), language)
            return
        if language:
            raise UsageError("--language is for otter; a page is in the language of its notebook")
        if (column or id_column) and format not in ("canvas", "moodle"):
            raise UsageError("--column and --id-column are for canvas and moodle")
        # Not for otter's notebooks to wait for.
        from grader.exporting.files import default_out
        from grader.exporting.files import export as write
        from grader.inert import plain
        from grader.nbgrader.beside import besides
        from grader.nbgrader.totals import class_grades

        titles = format in ("html", "gradescope")
        grades = class_grades(course, assignment, json, with_titles=titles)
        where = out or default_out(course.root, assignment, format)
        more = {"beside": besides(course, assignment)} if format == "html" else {}
        written = write(grades, format, where, column, id_column, **more)
    count = len(grades.handed_in)
    console().print(f"{count} submissions: {escape(str(written.first))}", soft_wrap=True)
    for line in written.said:
        console().print(f"[yellow]note:[/] {escape(plain(line))}", soft_wrap=True)
    say_next(_then(format, written.first, assignment))


def _then(format: Kind, path: Path, assignment: str) -> str:
    """What to do with an export."""
    places = {
        "canvas": f"import {path} into Canvas (Grades > Import).",
        "moodle": f"import {path} into Moodle (Grades > Import > CSV file).",
        "gradescope": f"{path} is what Gradescope reads in /autograder/results/.",
        "junit": f"hand {path} to your CI as a test report.",
        "html": f"open {path} in a browser.",
    }
    return places.get(format, command("export", "html", assignment))


def _otter(
    course: Course,
    name: str,
    out: Path | None,
    grading: Grading,
    language: str,
) -> None:
    from grader.otter.assigning import assign

    folder = f"{name}-otter-{language}" if language else f"{name}-otter"
    where = out or course.root / "build" / "exports" / folder
    made = assign(course, name, where, grading, language)
    shown = console()
    for what, path in (
        ("for students", made.student),
        ("with the answers", made.answers),
        ("otter's source", made.master),
        ("for Gradescope (holds answers and hidden cases)", made.autograder),
    ):
        shown.print(f"{escape(str(path))}  {what}", soft_wrap=True)
    say_next(
        f"hand out {made.student}, and upload {made.autograder} to Gradescope "
        "(Configure Autograder)."
    )
