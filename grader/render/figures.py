"""How a class did, in figures: its marks, and what each exercise tells of it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.render.clusters import clusters_of
from grader.render.grades import Grades, counted, exercise_names
from grader.render.worth import Worth
from grader.results import ExerciseResult

FEWEST = 5
"""A median of fewer tells one student's mark to another."""
_ENOUGH = 10
"""Of fewer students a correlation says nothing."""


@dataclass(frozen=True)
class Marks:
    """The class's marks in percent; `quarters` are what a quarter, three quarters stay below."""

    count: int
    mean: float
    median: float
    quarters: tuple[float, float]
    deviation: float
    tenths: tuple[int, ...]
    """How many are in each tenth, the lowest first; 100 % is in the last."""


@dataclass(frozen=True)
class Item:
    """What an exercise tells of the class.

    `verdicts` and `groups` are counts, `groups` with how many passed and how many were looked at;
    `share` is the mean share of its points, `discrimination` the correlation of its points with
    those of all the others, None where there are too few, or all alike.
    """

    name: str
    share: float | None
    discrimination: float | None
    verdicts: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Seen:
    """A mistake, and how many made it; `hint` is what they were told."""

    exercise: str
    mistake: str
    hint: str
    count: int


@dataclass(frozen=True)
class Followed:
    """How many had right ones of `given` put under an exercise, and how many then passed it."""

    exercise: str
    given: tuple[str, ...]
    count: int
    passed: int


@dataclass(frozen=True)
class Unexplained:
    """Students with the same wrong result, which no hint explains."""

    exercise: str
    students: tuple[str, ...]


def median_of(worths: Sequence[Worth]) -> float | None:
    """The median of the final marks in percent; None where they are too few for it to be told."""
    percents = [p for one in worths if not one.why_open and (p := one.percent) is not None]
    return round(statistics.median(percents), 2) if len(percents) >= FEWEST else None


def marks_of(percents: Sequence[float]) -> Marks | None:
    """The figures of some marks in percent; None where there is none."""
    if not percents:
        return None
    counts = Counter(min(9, int(p // 10)) for p in percents)
    low, middle, high = (
        statistics.quantiles(percents, n=4, method="inclusive")
        if len(percents) > 1
        else [percents[0]] * 3
    )
    return Marks(
        len(percents),
        round(statistics.fmean(percents), 2),
        round(middle, 2),
        (round(low, 2), round(high, 2)),
        round(statistics.pstdev(percents), 2),
        tuple(counts[tenth] for tenth in range(10)),
    )


def items(grades: Grades) -> dict[str, Item]:
    """What each exercise with results tells, by name, in the order of the course."""
    held = _with_results(grades)
    scores = [{part.name: part.score for part in one.exercises} for one in held]
    totals = [sum(s for s in each.values() if s is not None) for each in scores]
    found = {}
    for name in exercise_names(grades):
        results = [e for one in held for e in _results(one) if e.name == name]
        if not results:
            continue
        pairs = [
            (score, total - score)
            for each, total in zip(scores, totals, strict=True)
            if (score := each.get(name)) is not None
        ]
        of = grades.offer.points.get(name, 0.0)
        found[name] = Item(
            name,
            statistics.fmean(s for s, _ in pairs) / of if pairs and of else None,
            _correlation(pairs),
            tuple(Counter[str](e.verdict for e in results).most_common()),
            _groups(results),
        )
    return found


def seen(grades: Grades) -> list[Seen]:
    """The mistakes that a hint was given for, the most frequent first."""
    told = [e for one in _with_results(grades) for e in _results(one) if e.hint]
    counts = Counter((e.name, e.mistake, e.hint) for e in told)
    return [Seen(*key, count) for key, count in counts.most_common()]


def followed(grades: Grades) -> list[Followed]:
    """What failed first because of what it builds on, in the order of the exercises."""
    every = [e for one in _with_results(grades) for e in _results(one) if e.follow_through]
    found = Counter((e.name, e.follow_through) for e in every)
    passed = Counter((e.name, e.follow_through) for e in every if e.verdict == "passed")
    order = {name: place for place, name in enumerate(exercise_names(grades))}
    keys = sorted(found, key=lambda key: (order.get(key[0], 0), -found[key]))
    return [Followed(*key, found[key], passed[key]) for key in keys]


def unexplained(grades: Grades) -> list[Unexplained]:
    """Wrong results that no hint explains, the most frequent first."""
    held = _with_results(grades)
    whose = {one.result.file: one.student for one in held if one.result}
    clusters = clusters_of([one.result for one in held if one.result])
    return [Unexplained(c.exercise, tuple(whose[file] for file in c.files)) for c in clusters]


def _with_results(grades: Grades) -> list[Worth]:
    return [one for one in counted(grades) if one.result and one.standing != "unreadable"]


def _results(one: Worth) -> tuple[ExerciseResult, ...]:
    return one.result.exercises if one.result else ()


def _groups(results: Sequence[ExerciseResult]) -> tuple[tuple[str, int, int], ...]:
    looked = Counter(group.name for e in results for group in e.groups)
    passed = Counter(group.name for e in results for group in e.groups if group.passed)
    return tuple((name, passed[name], count) for name, count in looked.items())


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < _ENOUGH:
        return None
    try:
        return round(statistics.correlation(*zip(*pairs, strict=True)), 2)
    except statistics.StatisticsError:  # all have the same
        return None
