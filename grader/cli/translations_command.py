"""`chainrule translations`: what of the course is translated, what is missing or stale."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import assignment_names
from grader.cli.common import OURS, console, exit_codes, this_course
from grader.cli.next_steps import command, say_next


def translations(
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Assignments to look at; none means all.", autocompletion=assignment_names
        ),
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
            course.plan(name)
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
    again = ["translations", *(assignments or []), "--language", language]
    if wrong and not write:
        say_next(
            f"{command(*again, '--write')} lays out what is missing; translate it, then "
            f"{command(*again)}."
        )
    elif wrong:
        say_next(f"translate what is named above, then {command(*again)}.")
    else:
        say_next(command("release", assignments[0] if assignments else "ASSIGNMENT"))
    if wrong:
        raise typer.Exit(OURS)
