"""`chainrule term`, `attempts`, `requests`, `answers` and `similar`: a class over its term."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import Assignment, assignment_names, at_home
from grader.cli.common import console, exit_codes, this_course
from grader.cli.next_steps import command, say_next
from grader.errors import UsageError


def attempts(
    assignment: Assignment,
    student: Annotated[str, typer.Option(help="Only this student's.")] = "",
    csv: Annotated[
        Path | None,
        typer.Option(help="Write the record to this file, too.", callback=at_home),
    ] = None,
) -> None:
    """Who handed in when, and what each attempt earned."""
    from grader.inert import plain
    from grader.term import attempts as term

    with exit_codes():
        lines = term.attempts(this_course(), assignment, student)
        if csv is not None:
            try:
                term.write_csv(csv, lines)
            except OSError as error:
                raise UsageError(f"--csv: {csv} cannot be written: {error.strerror}") from error
    table = Table(title=f"{escape(assignment)}: {len(lines)} attempts")
    for heading in term.HEADINGS:
        table.add_column(heading)
    for line in lines:
        table.add_row(*(escape(plain(cell)) for cell in line.cells()))
    console().print(table)
    if csv is not None:
        console().print(f"Written: {escape(str(csv))}", soft_wrap=True)
    say_next(f"{command('requests', assignment)} lists what students ask to be looked at again.")


def requests(
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Assignments to look at; none means all.", autocompletion=assignment_names
        ),
    ] = None,
    open: Annotated[bool, typer.Option("--open", help="Only those without an answer.")] = False,
) -> None:
    """What students ask to be looked at again, and what was answered."""
    from grader.inert import plain
    from grader.nbgrader.requests import requests_with_answers

    table = Table(title="Requests for a regrade", show_lines=True)
    for heading in ("assignment", "student", "about", "they write", "answer"):
        table.add_column(heading)
    waiting = 0
    with exit_codes():
        course = this_course()
        for name in assignments or list(course.assignments):
            for one in requests_with_answers(course, name):
                waiting += not one.answer
                if one.answer and open:
                    continue
                cells = (name, one.student, one.exercise or "?", one.text, one.answer or "open")
                table.add_row(*(escape(plain(cell)) for cell in cells))
    console().print(table)
    if waiting:
        say_next(
            f"{waiting} wait for an answer: open the student's notebook in the formgrader, write "
            f"it as the comment of that exercise, then {command('feedback', 'ASSIGNMENT')}."
        )


def answers(
    assignment: Assignment,
    exercises: Annotated[
        list[str] | None, typer.Argument(help="Exercises or written questions; none means all.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write; below build/exports by default.", callback=at_home),
    ] = None,
) -> None:
    """One exercise across the class: a page with every answer, its verdict, rubric and comments."""
    from grader.term.answers import write_pages

    with exit_codes():
        course = this_course()
        where = out or course.root / "build" / "exports" / f"{assignment}-answers"
        try:
            written = write_pages(course, assignment, exercises or [], where)
        except OSError as error:
            raise UsageError(f"--out: {where} cannot be written: {error.strerror}") from error
    for path in written:
        console().print(escape(str(path)), soft_wrap=True)
    say_next("open them in a browser, and grade in the formgrader.")


def similar(
    assignment: Assignment,
    at_least: Annotated[
        int, typer.Option(min=1, max=100, help="Percent alike from which a pair is shown.")
    ] = 70,
    out: Annotated[
        Path | None,
        typer.Option(help="The page to write; below build/exports by default.", callback=at_home),
    ] = None,
) -> None:
    """Compare what students wrote into the exercises: a page with pairs side by side."""
    from grader.cli.time_left import counted
    from grader.course.catalogue import load_catalogue
    from grader.notebook.build import write_whole
    from grader.term.pages import rendered
    from grader.term.similar import CAUTION, similar

    with exit_codes():
        course = this_course()
        with counted(f"comparing {escape(assignment)}") as show:
            found = similar(course, assignment, at_least, show)
        page = rendered(
            "similar.html.j2", course.language, found=found, caution=CAUTION, at_least=at_least,
            title=load_catalogue(course, assignment).name(course.plan(assignment).title),
        )  # fmt: skip
        path = out or course.root / "build" / "exports" / f"{assignment}-similar.html"
        try:
            write_whole(path, page)
        except OSError as error:
            raise UsageError(f"--out: {path} cannot be written: {error.strerror}") from error
    console().print(f"{len(found.pairs)} pairs: {escape(str(path))}", soft_wrap=True)
    console().print(CAUTION, soft_wrap=True)
    say_next(f"open {path} in a browser.")


def term(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Assignments to show; none means all with results.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The page to write; below build/exports by default.")
    ] = None,
) -> None:
    """Over the term: a page with every student's percent in each assignment."""
    from grader.exporting.files import export_term
    from grader.exporting.gathering import NoResults
    from grader.nbgrader.totals import class_grades

    with exit_codes():
        course = this_course()
        sheets = []
        for name in assignments or list(course.assignments):
            try:
                sheets.append(class_grades(course, name))
            except NoResults:
                if assignments:
                    raise
        if not sheets:
            raise UsageError("the class has no results yet; `chainrule grade` makes them")
        where = out or course.root / "build" / "exports" / "term.html"
        written = export_term(course.title, sheets, where)
    console().print(f"{len(sheets)} assignments: {escape(str(written.first))}", soft_wrap=True)
    say_next(f"open {written.first} in a browser.")
