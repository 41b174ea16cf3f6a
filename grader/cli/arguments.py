"""Arguments that several commands share, and what completes them.

Completion runs at every press of the tab key: it reads course.yml line by line, and loads nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from grader.worker.devices import is_away

if TYPE_CHECKING:
    from grader.course.syllabus import Course

_KEY = re.compile(r"(?P<indent>\s*)(?P<name>\w+)\s*:")


def assignment_names(incomplete: str = "") -> list[str]:
    """The assignments of the course around the working folder, as far as they can be seen."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        try:
            lines = (folder / "course.yml").read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        return [name for name in _listed(lines) if name.startswith(incomplete)]
    return []


def _listed(lines: list[str]) -> list[str]:
    found: list[str] = []
    inside, depth = False, ""
    for line in lines:
        key = _KEY.match(line)
        if not key or line.lstrip().startswith("#"):
            continue
        if not key["indent"]:
            inside, depth = key["name"] == "assignments", ""
        elif inside:
            depth = depth or key["indent"]
            if key["indent"] == depth:
                found.append(key["name"])
    return found


def at_home(path: Path | None) -> Path | None:
    """The path with `~` filled in, which shells leave alone in `--out=~/grades.csv`.

    Raises:
        typer.BadParameter: there is no such user.
    """
    try:
        return None if path is None else path.expanduser()
    except RuntimeError:
        raise typer.BadParameter(f"{path}: ~ stands for nobody's folder here") from None


def running_on(device: str, course: Course) -> list[str]:
    """The assignments that run on a device: all on the CPU, those of torch elsewhere."""
    plans = course.assignments
    return [n for n in plans if not is_away(device) or course.plan(n).framework == "torch"]


Assignment = Annotated[
    str,
    typer.Argument(
        help="Name of the assignment, as in course.yml.", autocompletion=assignment_names
    ),
]

Jobs = Annotated[int, typer.Option(min=0, help="Submissions at a time; 0 takes every core.")]
Device = Annotated[
    Literal["auto", "cpu", "cuda", "standin"],
    typer.Option(help="Where torch exercises run; standin is apart from the CPU, and no GPU."),
]
Isolated = Annotated[Literal["full", "process"], typer.Option(help="How student code is confined.")]
