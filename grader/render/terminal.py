"""The result record as tables for a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from grader.inert import plain
from grader.render.grades import Grades, Summary, summaries
from grader.render.number import number
from grader.render.worth import Part, Worth
from grader.results import ExerciseResult

_COLOURS = {
    "passed": "green",
    "failed": "red",
    "error": "red",
    "timeout": "magenta",
    "memory": "magenta",
    "missing": "yellow",
    "forbidden": "red",
    "deferred": "cyan",
    "grader_error": "bold white on red",
    "graded": "green",
    "unreadable": "yellow",
}


def coloured(word: str) -> str:
    """A verdict or status in its colour."""
    return f"[{_COLOURS.get(word, 'white')}]{word}[/]"


def standing(one: Worth) -> str:
    """The total out of what makes 100 %, and whether that is all; "–" where there is none."""
    if one.total is None:
        return f"– / {number(one.possible)}"
    so_far = " so far" if one.why_open else ""
    return f"{number(one.total)} / {number(one.possible)}{so_far}"


def by_student(grades: Grades) -> Table:
    """One row per student: total, status, and what cost the most or is still open."""
    count = len(grades.handed_in)
    table = Table(title=f"{grades.assignment}: {count} submissions", expand=False)
    table.add_column("student")
    table.add_column("score", justify="right")
    table.add_column("status")
    table.add_column("to look at")
    for one in grades.worths:
        table.add_row(
            escape(plain(one.student)),
            standing(one),
            coloured(one.standing),
            escape(plain(_to_look_at(one if grades.booked else one.without_written()))),
        )
    if grades.left_to_say:
        table.caption = grades.left_to_say
    return table


def _to_look_at(one: Worth) -> str:
    if one.standing != "graded":
        return one.reason
    results = one.result.exercises if one.result else ()
    wrong = [e for e in results if e.verdict not in ("passed", "deferred")]
    names = ", ".join(f"{e.name} ({e.mistake or e.verdict})" for e in wrong[:3])
    more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    late = f"{number(one.penalty)} off for lateness" if one.penalty else ""
    return "; ".join(filter(None, [names + more, late, one.why_open]))


def notes(grades: Grades) -> list[str]:
    """What an instructor should know of how graded submissions were read, a line a student.

    First, whether the class is graded by one round's cases.
    """
    mixed = [f"[yellow]look:[/] {grades.rounds}"] if grades.rounds else []
    return mixed + [
        f"[yellow]look:[/] {escape(plain(f'{one.student} ({one.result.file}): {said}'))}"
        for one in grades.handed_in
        if one.result and one.result.status == "graded" and (said := one.result.message)
    ]


def by_exercise(grades: Grades) -> Table:
    """One row per exercise: verdicts, mean score, and the mistakes seen most."""
    table = Table(title="By exercise", expand=False)
    table.add_column("exercise", no_wrap=True, overflow="fold")
    for heading in ("passed", "mean", "verdicts", "mistakes seen most"):
        table.add_column(heading, justify="right" if heading in ("passed", "mean") else "left")
    for row in summaries(grades):
        known = [f"{name} ×{n}" for name, n in row.mistakes[:2]]
        table.add_row(
            escape(row.name),
            f"{row.passed}/{row.count}",
            f"{row.mean:.2f} / {number(row.points)}",
            " ".join(_counted(row, verdict, n) for verdict, n in row.verdicts),
            escape(", ".join([*known, *(f"not explained ×{n}" for n in row.unexplained[:2])])),
        )
    return table


def _counted(row: Summary, verdict: str, count: int) -> str:
    followed = (
        f" ({row.followed} by follow-through)" if verdict == "passed" and row.followed else ""
    )
    return f"{coloured(verdict)} {count}{followed}"


def one_student(one: Worth, hints: str = "folded") -> Table:
    """Every exercise and question of one submission with its hint and message.

    Args:
        one: what it is worth.
        hints: "both" shows the fuller hint as well.
    """
    table = Table(title=f"{escape(plain(one.student))}: {standing(one)}")
    for heading in ("exercise", "verdict", "score", "hint", "message"):
        table.add_column(heading)
    results = {e.name: e for e in one.result.exercises} if one.result else {}
    for part in one.exercises:
        if found := results.get(part.name):
            table.add_row(
                escape(part.name) + (" (bonus)" if part.bonus else ""),
                coloured(found.verdict),
                _of(part),
                escape(plain(_said(found, hints))),
                escape(plain(found.message)),
            )
    for part in one.written:
        table.add_row(escape(part.name), "written", _of(part), "", "")
    return table


def _said(found: ExerciseResult, hints: str) -> str:
    both = [found.hint, found.further] if hints == "both" else [found.hint]
    return "\n".join(filter(None, both))


def _of(part: Part) -> str:
    if part.score is None:
        return f"not graded yet, of {number(part.possible)}"
    return f"{number(part.score)} / {number(part.possible)}"
