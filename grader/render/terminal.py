"""The result record as tables for a terminal."""

from __future__ import annotations

from collections import Counter

from rich.markup import escape
from rich.table import Table

from grader.results import Report, SubmissionResult

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


def points(score: float) -> str:
    """A score without needless zeros."""
    return f"{score:g}"


def by_student(report: Report) -> Table:
    """One row per submission: score, status, and what cost the most."""
    table = Table(title=f"{report.assignment}: {len(report.submissions)} submissions", expand=False)
    table.add_column("student")
    table.add_column("score", justify="right")
    table.add_column("status")
    table.add_column("to look at")
    for submission in report.submissions:
        table.add_row(
            escape(submission.student),
            f"{points(submission.score)} / {points(submission.max_score)}",
            coloured(submission.status),
            escape(_to_look_at(submission)),
        )
    return table


def _to_look_at(submission: SubmissionResult) -> str:
    if submission.status != "graded":
        return submission.message
    wrong = [e for e in submission.exercises if e.verdict not in ("passed", "deferred")]
    names = [f"{e.name} ({e.mistake or e.verdict})" for e in wrong[:3]]
    more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return ", ".join(names) + more


def notes(report: Report) -> list[str]:
    """What an instructor should know of how graded submissions were read, a line a student."""
    return [
        f"[yellow]look:[/] {escape(f'{one.student} ({one.file}): {one.message}')}"
        for one in report.submissions
        if one.status == "graded" and one.message
    ]


def by_exercise(report: Report) -> Table:
    """One row per exercise: verdicts, mean score, and the mistakes seen most."""
    table = Table(title="By exercise", expand=False)
    for heading in ("exercise", "passed", "mean", "verdicts", "mistakes seen most"):
        table.add_column(heading, justify="right" if heading in ("passed", "mean") else "left")
    graded = [s for s in report.submissions if s.status == "graded"]
    for index, exercise in enumerate(graded[0].exercises if graded else ()):
        results = [submission.exercises[index] for submission in graded]
        verdicts = Counter(result.verdict for result in results)
        mistakes = Counter(result.mistake for result in results if result.mistake)
        table.add_row(
            escape(exercise.name),
            f"{verdicts['passed']}/{len(results)}",
            f"{sum(r.score for r in results) / len(results):.2f} / {points(exercise.max_score)}",
            " ".join(f"{coloured(verdict)} {n}" for verdict, n in verdicts.most_common()),
            escape(", ".join(f"{name} ×{n}" for name, n in mistakes.most_common(2))),
        )
    return table


def one_student(submission: SubmissionResult) -> Table:
    """Every exercise of one submission with its hint and message."""
    table = Table(
        title=f"{submission.student}: {points(submission.score)} / {points(submission.max_score)}"
    )
    for heading in ("exercise", "verdict", "score", "hint", "message"):
        table.add_column(heading)
    for exercise in submission.exercises:
        table.add_row(
            escape(exercise.name),
            coloured(exercise.verdict),
            f"{points(exercise.score)} / {points(exercise.max_score)}",
            escape(exercise.hint),
            escape(exercise.message),
        )
    return table
