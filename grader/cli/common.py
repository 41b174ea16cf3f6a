"""What the commands share: finding the course, and turning errors into exit codes.

The files of commands say what may be typed, for every `--help` and every completion to read at
once: a command imports what does its work when it is called, not before.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape

from grader.errors import OUT_OF_MEMORY, GraderError, SubmissionError, UsageError

if TYPE_CHECKING:
    from grader.course.syllabus import Course

OURS = 1
USAGE = 2
WHOLE = 10_000
"""Columns of what is no terminal: a table takes as many as it needs."""


def console() -> Console:
    """Standard output, for tables; into a pipe or a file they go whole, and without colours."""
    made = Console()
    return made if made.is_terminal else Console(width=WHOLE, color_system=None)


def complaints() -> Console:
    """Standard error, for progress and complaints."""
    made = Console(stderr=True)
    return made if made.is_terminal else Console(stderr=True, width=WHOLE, color_system=None)


def this_course(start: Path | None = None) -> Course:
    """The course of the folder that the command was typed in."""
    from grader.course.secret import mend
    from grader.course.syllabus import find_course, load_course

    course = load_course(find_course(start or Path.cwd()))
    for note in mend(course.root):
        complaints().print(f"[yellow]mended:[/] {escape(note)}", soft_wrap=True)
    return course


@contextmanager
def exit_codes() -> Iterator[None]:
    """Exit 2 for what was typed, the course, the isolation or the memory; 1 for our own faults.

    130 for an interrupt, with its own words if it has any.
    """
    try:
        yield
    except (UsageError, SubmissionError) as error:
        _complain("[bold]chainrule:[/]", error)
        raise typer.Exit(USAGE) from None
    except MemoryError:
        complaints().print(f"[bold]chainrule:[/] {OUT_OF_MEMORY}", soft_wrap=True)
        raise typer.Exit(USAGE) from None
    except GraderError as error:
        _complain("[bold red]chainrule, our fault:[/]", error)
        raise typer.Exit(OURS) from None
    except KeyboardInterrupt as stop:
        kept = "stopped; what was graded is kept, and the next run goes on from there"
        print(f"\n{stop.args[0] if stop.args else kept}", file=sys.stderr)
        gc.freeze()  # looking through all modules for garbage on the way out takes a second
        raise typer.Exit(130) from None


def _complain(who: str, error: Exception) -> None:
    complaints().print(f"{who} {escape(str(error))}", soft_wrap=True)
