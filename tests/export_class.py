"""A class whose results are of every kind, one of them hostile, and what reads pages."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from grader.results import ExerciseResult, GroupResult, Report, SubmissionResult, Verdict

HOSTILE = (
    "<script>alert(1)</script><iframe src=x></iframe>\"'><img src=x onerror=alert(1)>{{7*7}}"
    "\x1b[31mred\x1b]0;title\x07\u202eevil\x00\ud800]]>&lol;"
)


def result(name: str, verdict: Verdict, score: float, of: float, **more: Any) -> ExerciseResult:
    groups = (GroupResult(name="values", passed=score == of, score=score, max_score=of),)
    return ExerciseResult(
        name=name, verdict=verdict, score=score, max_score=of, groups=groups, **more
    )


def submission(student: str, *exercises: ExerciseResult, **more: object) -> SubmissionResult:
    fields: dict[str, object] = {
        "student": student,
        "file": f"{student}.ipynb",
        "sha256": "ab" * 32,
        "status": "graded",
        "score": sum(e.score for e in exercises),
        "max_score": 5.0,
        "seconds": 0.25,
        "exercises": exercises,
    }
    return SubmissionResult.model_validate(fields | more)


def report(*submissions: SubmissionResult) -> Report:
    return Report(
        assignment="one", isolation="full", device="cpu", checks="c" * 64, submissions=submissions
    )


ALICE = submission("alice", result("double", "passed", 2, 2), result("Counter", "passed", 3, 3))
BOB = submission(
    "bob",
    result("double", "failed", 0, 2, mistake="double_squared", hint="Twice, not squared."),
    result("Counter", "error", 1.5, 3, message="ZeroDivisionError: division by zero"),
)
CAROL = submission("carol", status="unreadable", message="Not JSON. Save it again.")
DAN = submission("dan", status="grader_error", message="the zygote is dead")
EVE = submission("eve", result("double", "deferred", 0, 2), result("Counter", "passed", 3, 3))
MALLORY = submission(
    "=cmd|'/c calc'!A1",
    result("double", "failed", 0, 2, hint=HOSTILE, message=HOSTILE, mistake="@SUM(1)"),
    result("Counter", "passed", 3, 3),
    message=HOSTILE,
    file="+evil.ipynb",
)
CLASS = (ALICE, BOB, CAROL, DAN, EVE, MALLORY)


class _Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def tags_of(page: str) -> _Tags:
    found = _Tags()
    found.feed(page)
    return found
