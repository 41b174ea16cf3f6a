"""What the demonstration shows at its end, as plain text."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from grader.demo.loop import Loop
from grader.nbgrader.places import places_of
from grader.nbgrader.totals import class_grades
from grader.render.number import number
from grader.render.terminal import standing

SHOWN = 52


@dataclass(frozen=True)
class NextStep:
    """A command that can be typed as it stands, and what for.

    The words are no comment behind it: zsh takes `#` for an argument.
    """

    command: str
    what_for: str = ""


@dataclass(frozen=True)
class Outcome:
    """Rows of the table, where things are, and what to type next."""

    rows: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...]
    next_steps: tuple[NextStep, ...]


def outcome_of(loop: Loop, typed: Callable[[str], str] = str) -> Outcome:
    """Read the demonstration's end from its results and nbgrader's gradebook.

    `typed` says how a program is typed in the user's shell.
    """
    chainrule, jupyter = typed("chainrule"), typed("jupyter")
    grades = class_grades(loop.course, loop.assignment)
    intents = {handed.student.name: handed.student.intent for handed in loop.handed}
    rows = []
    for one in grades.handed_in:
        graded = number(one.raw) if one.standing == "graded" else one.standing
        rows.append(
            (
                one.student,
                _short(intents.get(one.student, "")),
                graded,
                f"−{number(one.penalty)}" if one.penalty else "",
                standing(one),
                f"{len(loop.entered.rebuilt.get(one.student, ()))} notes"
                if one.student in loop.entered.rebuilt
                else "",
            )
        )
    places = places_of(loop.course)
    name, home = loop.assignment, shlex.quote(str(loop.course.root))
    return Outcome(
        tuple(rows),
        (
            f"released   {places.released(name)}",
            f"collected  {places.submitted}",
            f"gradebook  {places.database}",
            f"feedback   {loop.written.example}",
            *(f"exported   {path}" for path in loop.exported),
        ),
        (
            NextStep(f"cd {home}"),
            NextStep(f"{chainrule} grade {name}", "again; what has not changed is kept"),
            NextStep(f"{jupyter} lab --config=jupyter_server_config.py", "Nbgrader > Formgrader"),
            NextStep(f"{chainrule} feedback {name}", "pages with what you graded there"),
        ),
    )


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
