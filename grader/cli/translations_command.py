"""`chainrule translations`: what of the course is translated, what is missing or stale."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.common import OURS, console, exit_codes, this_course
from grader.errors import UsageError


def translations(
    assignments: Annotated[
        list[str] | None, typer.Argument(help="Assignments to look at; none means all.")
    ] = None,
    language: Annotated[str, typer.Option(help="The language, such as zh.")] = "zh",
    write: Annotated[
        bool, typer.Option("--write", help="Lay out the catalogues, with what is missing empty.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Note that the prompts translate what stands there.")
    ] = False,
) -> None:
    """Count the translated texts by kind, and name each that is missing, stale or unlike."""
    from grader.translations.proving import prove_edition
    from grader.translations.texts import KINDS
    from grader.translations.writing import confirm as confirm_prompts
    from grader.translations.writing import write_catalogues

    table = Table("assignment", title=f"Texts in {language}, of all")
    for kind in KINDS:
        table.add_column(f"{kind}s", justify="right")
    wrong = 0
    with exit_codes():
        course = this_course()
        for name in assignments or list(course.assignments):
            if name not in course.assignments:
                known = ", ".join(course.assignments)
                raise UsageError(f"there is no assignment {name!r}; there are: {known}")
            if write:
                write_catalogues(course, name, language)
            if confirm:
                confirm_prompts(course, name, language)
            edition = prove_edition(course, name, language)
            counts = (f"{edition.translated[kind]}/{edition.texts[kind]}" for kind in KINDS)
            table.add_row(name, *counts)
            for where, reason in edition.complaints:
                console().print(f"{escape(where)}: {escape(reason)}", soft_wrap=True)
            wrong += len(edition.complaints)
    console().print(table)
    if wrong:
        raise typer.Exit(OURS)
