"""What a student should do next, and what would otherwise be told of many exercises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.render.worth import Worth
from grader.results import ExerciseResult

_NOTHING_TO_MEND = ("passed", "deferred", "grader_error")


@dataclass(frozen=True)
class NextStep:
    """The exercise to begin with, whether it has an answer, and how many others follow from it."""

    name: str
    missing: bool
    followers: int


@dataclass(frozen=True)
class Common:
    """What holds for several exercises alike: its place on the page, the text, their names."""

    place: int
    text: str
    names: tuple[str, ...]


def next_step(one: Worth) -> NextStep | None:
    """Where to begin: what most others follow from, the earliest of these; None if all is well.

    An exercise follows from another if it was looked at with a right one in the other's place.
    """
    results = one.result.exercises if one.result and one.standing == "graded" else ()
    wrong = {e.name: e for e in results if e.verdict not in _NOTHING_TO_MEND}
    if not wrong:
        return None
    follows = Counter(used for e in results for used in e.follow_through if used in wrong)
    name = max(wrong, key=lambda n: follows[n])  # the first of the largest
    return NextStep(name, wrong[name].verdict == "missing", follows[name])


def common(results: Sequence[ExerciseResult], said: str) -> Mapping[str, Common]:
    """What is told of several exercises, or `said` of the file, by text; not of right ones."""
    names: dict[str, list[str]] = {}
    for e in results:
        if e.message and e.verdict != "passed":
            names.setdefault(e.message, []).append(e.name)
    shared = [(text, who) for text, who in names.items() if len(who) > 1 and text != said]
    found = {t: Common(n, t, tuple(who)) for n, (t, who) in enumerate(shared, start=1)}
    return {**found, **({said: Common(0, said, tuple(names[said]))} if said in names else {})}
