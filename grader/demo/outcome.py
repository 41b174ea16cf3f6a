"""What the demonstration shows at its end, as plain text."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from grader.demo.loop import Loop
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import gradebook

SHOWN = 52


@dataclass(frozen=True)
class Outcome:
    """Rows of the table, where things are, and what to type next."""

    rows: tuple[tuple[str, ...], ...]
    paths: tuple[str, ...]
    next_steps: tuple[str, ...]


def outcome_of(loop: Loop) -> Outcome:
    """Read the demonstration's end from its results and nbgrader's gradebook."""
    totals = _totals(loop)
    intents = {handed.student.name: handed.student.intent for handed in loop.handed}
    rows = []
    for result in loop.report.submissions:
        score, penalty = totals.get(result.student, (0.0, 0.0))
        rows.append(
            (
                result.student,
                _short(intents.get(result.student, "")),
                f"{result.score:g}" if result.status == "graded" else result.status,
                f"−{penalty:g}" if penalty else "",
                f"{score - penalty:g}",
                f"{len(loop.entered.rebuilt.get(result.student, ()))} notes"
                if result.student in loop.entered.rebuilt
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
            f"cd {home}",
            f"chainrule grade {name}    # again: what has not changed is not graded again",
            "jupyter lab    # Nbgrader > Formgrader: grade the written questions",
            f"chainrule feedback {name}    # pages with what you graded",
        ),
    )


def _totals(loop: Loop) -> dict[str, tuple[float, float]]:
    with gradebook(loop.course) as book:
        submissions = book.find_assignment(loop.assignment).submissions
        return {
            s.student.id: (s.score, sum(n.late_submission_penalty or 0.0 for n in s.notebooks))
            for s in submissions
        }


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
