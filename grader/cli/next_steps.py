"""What to type now: the last line of every command, on standard error, out of a pipe's way."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from rich.markup import escape

from grader.cli.common import complaints
from grader.nbgrader.users_path import users_path


def as_typed(program: str) -> str:
    """How to type a program of this installation: by name where the shell finds it, else by path.

    A path that holds blanks is quoted for the shell.
    """
    ours = shutil.which(program, path=str(Path(sys.executable).parent))
    found = shutil.which(program, path=users_path())
    if not ours or (found and os.path.samefile(found, ours)):
        return program
    return _quoted(ours)


def command(*words: str) -> str:
    """A command of ours as it can be typed in this shell, in backticks."""
    return f"`{as_typed('chainrule')} {_quoted(*words)}`"


def _quoted(*words: str) -> str:
    """Words as the shell takes them: on Windows, single quotes are letters."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def say_next(*steps: str, first: str = "Next:") -> None:
    """Print what to do now, one line for each step, the first after a word in the reader's own."""
    for number, step in enumerate(steps):
        head = first if number == 0 else "  or:"
        complaints().print(f"[bold]{head}[/] {escape(step)}", soft_wrap=True, highlight=False)
