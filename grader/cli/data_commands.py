"""`chainrule backup`, `restore` and `forget`: a course's data as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.arguments import at_home
from grader.cli.common import console, exit_codes, this_course
from grader.cli.next_steps import command, say_next

File = Annotated[
    Path,
    typer.Argument(help="The backup, such as course-2026-12-01.tar.gz.", callback=at_home),
]


def backup(file: File) -> None:
    """Write results, gradebook, hand-ins, feedback, seed and roster into one new file."""
    from grader.term.backup import backup

    with exit_codes():
        made = backup(this_course(), file)
    out = console()
    out.print(f"{made.count} files in {escape(str(made.path))}", soft_wrap=True)
    out.print("It holds the secret seed and everybody's marks: keep it as you keep those.")
    _say_elsewhere(made.elsewhere)
    say_next(f"in another copy of the course, {command('restore', str(made.path))} puts it back.")


def restore(file: File) -> None:
    """Put a backup back into this course's folder; nothing is written over."""
    from grader.term.backup import restore

    with exit_codes():
        made = restore(this_course(), file)
    console().print(f"{made.count} files are as they were. Next: `chainrule grade ASSIGNMENT`.")
    _say_elsewhere(made.elsewhere)


def forget(
    student: Annotated[str, typer.Argument(help="The student's id.")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Remove it; without this, it is only listed.")
    ] = False,
) -> None:
    """Remove a student from results, gradebook, hand-ins, feedback and exports."""
    from grader.term.forget import forget, traces

    out = console()
    with exit_codes():
        course = this_course()
        found = traces(course, student)
        for name, count in found.rows.items():
            if count:
                out.print(f"{count} in the table {name}")
        if found.in_gradebook:
            out.print("in nbgrader's gradebook")
        for path in found.paths:
            out.print(escape(str(path)), soft_wrap=True)
        if found.group:
            out.print(f"[yellow]look:[/] handed in for {escape(', '.join(found.group))}, too")
        if apply:
            forget(course, student)
    if not found.anything:
        out.print(f"Nothing is kept of {escape(student)}.")
    elif apply:
        out.print("Removed. Exports that named the student are gone: make them again.")
    else:
        out.print("Nothing is removed yet.")
    for place in found.by_hand:
        out.print(f"[yellow]by hand:[/] take the student out of {escape(place)}", soft_wrap=True)
    if apply:
        out.print("Backups, and copies that students or an LMS hold, are out of reach of this.")
        say_next(f"{command('export', 'html', 'ASSIGNMENT')} makes exports of the rest.")
    elif found.anything:
        say_next(f"{command('forget', student, '--apply')} removes it.")


def _say_elsewhere(names: tuple[str, ...]) -> None:
    for name in names:
        console().print(
            f"[yellow]not in it:[/] {name} is on a database server; back it up there (pg_dump)"
        )
