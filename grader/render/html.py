"""Pages: what a student reads, and what an instructor looks at; each a file of its own.

Nothing in them runs or loads anything: no scripts, one style sheet inside, all text escaped, and a
content security policy that knows that sheet by its hash and forbids the rest, should anything
slip through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.inert import plain
from grader.languages import Catalogue, machine, spoken
from grader.render.grades import Grades, summaries
from grader.render.number import number
from grader.render.policy import policy
from grader.render.worth import Worth

_BUCKETS = 10


@dataclass(frozen=True)
class Beside:
    """What stands on a student's page besides results; each mapping by exercise or question."""

    notes: tuple[str, ...] = ()
    """What was mended in the notebook before it was graded."""
    answers: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """What the student wrote to each written question."""
    comments: Mapping[str, str] = field(default_factory=dict)
    """What a person said."""


def student_page(grades: Grades, one: Worth, beside: Beside | None = None) -> str:
    """One student's feedback: the total and what it is made of, then each exercise and question."""
    results = {e.name: e for e in one.result.exercises} if one.result else {}
    return _render("student.html.j2", grades, s=one, results=results, beside=beside or Beside())


def class_page(grades: Grades, pages: Mapping[int, str] | None = None) -> str:
    """The class: how it did by exercise and by student.

    Args:
        grades: the class.
        pages: where the page of a student, by position, is; no links where it is not.
    """
    percents = [one.percent for one in grades.worths if one.percent is not None]
    bars = _bars(percents)
    return _render(
        "class.html.j2",
        grades,
        # A width in an attribute would need a policy that allows any style there.
        rules="".join(
            f".w{width} {{ width: {width}%; }}\n" for width in sorted({b[2] for b in bars})
        ),
        statuses=Counter(one.standing for one in grades.worths).most_common(),
        mean=round(sum(percents) / len(percents), 2) if percents else None,
        open=sum(1 for one in grades.handed_in if one.why_open),
        bars=bars,
        exercises=summaries(grades),
        rows=[
            _row(grades, one, (pages or {}).get(place, ""))
            for place, one in enumerate(grades.worths)
        ],
    )


def _render(template: str, grades: Grades, rules: str = "", **values: Any) -> str:
    css = _style() + rules
    texts = machine(grades.language)
    return (
        _environment()
        .get_template(template)
        .render(
            g=grades,
            lang=spoken(grades.language),
            t=texts.say,
            put=texts.put,
            css=css,
            policy=policy(css),
            **values,
        )
    )


@cache
def _style() -> str:
    return files("grader.render").joinpath("templates", "page.css").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    """What the pages are made with: one, as each compiles a template anew, which takes 70 ms."""
    environment = Environment(
        loader=PackageLoader("grader.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    environment.filters["number"] = number
    environment.filters["standing"] = _standing
    return environment


def _standing(word: str) -> str:
    """A status in words: the verdict "missing" is of an exercise, this one of a whole file."""
    return "nothing handed in" if word == "missing" else word


def _bars(percents: list[float]) -> list[tuple[str, int, int]]:
    """Label, count and width in percent of each tenth, the best on top."""
    counts = Counter(min(_BUCKETS - 1, int(p // _BUCKETS)) for p in percents)
    most = max(counts.values(), default=1)
    step = 100 // _BUCKETS
    return [
        (f"{place * step}–{(place + 1) * step}", counts[place], round(80 * counts[place] / most))
        for place in reversed(range(_BUCKETS))
    ]


def _row(grades: Grades, one: Worth, page: str) -> dict[str, Any]:
    shown = one if grades.booked else one.without_written()
    look = _to_look_at(shown, machine(grades.language))
    return {"worth": one, "page": page, "look": look}


def _to_look_at(one: Worth, texts: Catalogue) -> str:
    if one.standing != "graded":
        return texts.say(one.reason)
    results = one.result.exercises if one.result else ()
    wrong = [e for e in results if e.verdict not in ("passed", "deferred")]
    named = [e.name + texts.put(" ({1})", e.mistake or texts.name(e.verdict)) for e in wrong[:4]]
    named += [f"+{len(wrong) - 4}"] if len(wrong) > 4 else []
    said = [texts.name(", ").join(named), texts.say(one.why_open)]
    return texts.name("; ").join(filter(None, said))
