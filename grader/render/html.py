"""Pages: what a student reads, and what an instructor looks at; each a file of its own.

Nothing in them runs or loads anything: no scripts, one style sheet inside, all text escaped, and a
content security policy that knows that sheet by its hash and forbids the rest, should anything
slip through. Only what a person wrote in Markdown becomes markup; see `grader/render/prose.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.inert import plain
from grader.languages import Catalogue, date_in, machine, spoken
from grader.render.advice import common, next_step
from grader.render.arrival import arrival
from grader.render.charts import columns, segments
from grader.render.figures import followed, items, marks_of, seen, unexplained
from grader.render.grades import Grades, summaries
from grader.render.number import number
from grader.render.policy import policy
from grader.render.prose import prose
from grader.render.term import term_of
from grader.render.worth import Worth

_STAND_IN = "EXERCISE"
"""A word to form a sentence with, as catalogues space words and not tags."""


@dataclass(frozen=True)
class Beside:
    """What stands on a student's page besides results; each mapping by exercise or question."""

    notes: tuple[str, ...] = ()
    """What was mended in the notebook before it was graded."""
    answers: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """What the student wrote to each written question."""
    comments: Mapping[str, str] = field(default_factory=dict)
    """What a person said, in Markdown."""
    prompts: Mapping[str, str] = field(default_factory=dict)
    """What was asked, in Markdown."""


def student_page(grades: Grades, one: Worth, beside: Beside | None = None) -> str:
    """One student's feedback: the total and what it is made of, where to begin mending, then each
    exercise and question."""
    exercises = one.result.exercises if one.result else ()
    due, came = one.due or grades.due, arrival(one)
    return _render(
        "student.html.j2",
        grades,
        s=one,
        results={e.name: e for e in exercises},
        beside=beside or Beside(),
        step=next_step(one),
        common=common(exercises, one.result.message if one.result else ""),
        due=date_in(grades.language, due, grades.zone) if due else "",
        late=bool(due and came and came > due),
        submitted=date_in(grades.language, came, grades.zone) if came else "",
    )


def class_page(grades: Grades, pages: Mapping[int, str] | None = None) -> str:
    """The class: its marks, each exercise, mistakes and what nobody has explained, each student.

    Args:
        grades: the class.
        pages: where the page of a student, by position, is; no links where it is not.
    """
    marks = marks_of([one.percent for one in grades.worths if one.percent is not None])
    told = items(grades)
    return _render(
        "class.html.j2",
        grades,
        statuses=Counter(one.standing for one in grades.worths).most_common(),
        marks=marks,
        columns=columns(marks.tenths) if marks else (),
        open=sum(1 for one in grades.handed_in if one.why_open),
        exercises=[(x, told[x.name], segments(x.verdicts)) for x in summaries(grades)],
        seen=seen(grades),
        followed=followed(grades),
        unexplained=unexplained(grades),
        rows=[
            _row(grades, one, (pages or {}).get(place, ""))
            for place, one in enumerate(grades.worths)
        ],
    )


def term_page(title: str, sheets: Sequence[Grades]) -> str:
    """A term: every student's percent in each assignment.

    Args:
        title: of the course.
        sheets: the grades of its assignments, in the order of the course; at least one.
    """
    return _render("term.html.j2", sheets[-1], title=title, term=term_of(sheets))


def framed(made_with: Environment, template: str, language: str, **values: Any) -> str:
    """A page of a template that extends `page.html.j2`.

    Args:
        made_with: an `environment`, of which the template is one.
        template: its name.
        language: of the page.
        values: what the template asks for; texts to be translated by `t`, forms by `put`.
    """
    texts = machine(language)
    page = made_with.get_template(template)
    return page.render(
        lang=spoken(language), t=texts.say, put=texts.put, css=_style(), policy=_policy(), **values
    )


def _render(template: str, grades: Grades, **values: Any) -> str:
    return framed(_environment(), template, grades.language, g=grades, **values)


@cache
def _style() -> str:
    return files("grader.render").joinpath("templates", "page.css").read_text(encoding="utf-8")


@cache
def _policy() -> str:
    return policy(_style())


@cache
def _environment() -> Environment:
    """What the pages are made with: one, as each compiles a template anew, which takes 70 ms."""
    return environment(PackageLoader("grader.render"))


def environment(loader: BaseLoader) -> Environment:
    """What makes pages of some templates: all text is escaped, and what is no text stripped."""
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    made.filters["number"] = number
    made.filters["standing"] = _standing
    made.filters["prose"] = prose
    made.filters["holding"] = _holding
    made.globals["stand_in"] = _STAND_IN
    return made


def _standing(word: str) -> str:
    """A status in words: the verdict "missing" is of an exercise, this one of a whole file."""
    return "nothing handed in" if word == "missing" else word


def _holding(sentence: str, link: Markup) -> Markup:
    """A sentence with a link where its stand-in is."""
    before, _, after = sentence.partition(_STAND_IN)
    return escape(before) + link + escape(after)


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
