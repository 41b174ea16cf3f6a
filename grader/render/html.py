"""Pages: what a student reads, and what an instructor looks at; each a file of its own.

Nothing in them runs or loads anything: no scripts, styles inside, all text escaped, and a content
security policy that forbids the rest should anything slip through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.render.grades import Grades, exercise_names, why_open
from grader.render.plain import number, plain
from grader.render.words import spoken, word
from grader.results import SubmissionResult

_BUCKETS = 10


def student_page(grades: Grades, submission: SubmissionResult) -> str:
    """One student's feedback: each exercise's title, verdict, points, hint and message."""
    percent = None if why_open(submission) else grades.percent(submission)
    return _render("student.html.j2", grades, s=submission, percent=percent)


def class_page(grades: Grades, pages: Mapping[int, str] | None = None) -> str:
    """The class: how it did by exercise and by student.

    Args:
        grades: the results.
        pages: where the page of a submission, by its position, is; no links where it is not.
    """
    percents = [
        p
        for s in grades.submissions
        if s.status != "grader_error" and (p := grades.percent(s)) is not None
    ]
    return _render(
        "class.html.j2",
        grades,
        statuses=Counter(s.status for s in grades.submissions).most_common(),
        mean=round(sum(percents) / len(percents), 2) if percents else None,
        bars=_bars(percents),
        exercises=[_exercise(grades, name) for name in exercise_names(grades)],
        rows=[
            _row(grades, submission, (pages or {}).get(place, ""))
            for place, submission in enumerate(grades.submissions)
        ],
    )


def _render(template: str, grades: Grades, **values: Any) -> str:
    environment = Environment(
        loader=PackageLoader("grader.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    environment.filters["number"] = number
    language = spoken(grades.language)
    translate = partial(word, language=language)
    return environment.get_template(template).render(g=grades, lang=language, t=translate, **values)


def _bars(percents: list[float]) -> list[tuple[str, int, int]]:
    """Label, count and width in percent of each tenth, the best on top."""
    counts = Counter(min(_BUCKETS - 1, int(p // _BUCKETS)) for p in percents)
    most = max(counts.values(), default=1)
    step = 100 // _BUCKETS
    return [
        (f"{place * step}–{(place + 1) * step}", counts[place], round(80 * counts[place] / most))
        for place in reversed(range(_BUCKETS))
    ]


@dataclass(frozen=True)
class _Exercise:
    name: str
    count: int
    passed: int
    mean: float
    points: float
    verdicts: list[tuple[str, int]]
    mistakes: list[tuple[str, int]]


def _exercise(grades: Grades, name: str) -> _Exercise:
    results = [e for s in grades.submissions for e in s.exercises if e.name == name]
    verdicts = Counter[str](result.verdict for result in results)
    mistakes = Counter(result.mistake for result in results if result.mistake)
    return _Exercise(
        name,
        len(results),
        verdicts["passed"],
        round(sum(r.score for r in results) / len(results), 2),
        max(r.max_score for r in results),
        verdicts.most_common(),
        mistakes.most_common(3),
    )


def _row(grades: Grades, submission: SubmissionResult, page: str) -> dict[str, Any]:
    failed = submission.status == "grader_error"
    return {
        "student": submission.student,
        "page": page,
        "status": submission.status,
        "score": None if failed else submission.score,
        "percent": grades.percent(submission),
        "look": _to_look_at(submission),
    }


def _to_look_at(submission: SubmissionResult) -> str:
    if submission.status != "graded":
        return submission.message
    wrong = [e for e in submission.exercises if e.verdict != "passed"]
    names = [f"{e.name} ({e.mistake or e.verdict})" for e in wrong[:4]]
    return ", ".join(names) + (f", +{len(wrong) - 4}" if len(wrong) > 4 else "")
