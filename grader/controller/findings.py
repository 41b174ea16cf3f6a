"""What an exercise is judged by, what is found wrong with it, and what explains that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.comparing.compare import Asked, leaves
from grader.comparing.outcomes import ExerciseRun, Failure, Outcome
from grader.comparing.sketch import sketch
from grader.controller.prepared import PreparedExercise
from grader.results import Verdict
from grader.worker.wire import Array


@dataclass(frozen=True)
class Wrong:
    """A call's outcome, as a sketch, and why it fails; `weak`: many a cause leads to the same."""

    outcome: Outcome
    trouble: str
    weak: bool


@dataclass(frozen=True)
class Evidence:
    """What a program does with an exercise's calls.

    Args:
        name: of the known mistakes in it; "" for mutants, and for a submission.
        hints: what it earns, one for each slip in it.
        calls: how many calls were made and judged.
        wrong: those that fail, by number.
    """

    name: str
    hints: tuple[str, ...]
    calls: int
    wrong: Mapping[int, Wrong]

    @property
    def mistakes(self) -> int:
        """How many known mistakes are in it."""
        return len(self.name.split(" + ")) if self.name else 0


Explained = tuple[str, str, str]
"""Names of known mistakes, the hint, and the fuller one."""


@dataclass(frozen=True)
class Explanations:
    """What may explain a failure, made when first asked for and kept for the run.

    Args:
        answer: sketches of the model answer's outcomes.
        mistakes: the known mistakes.
        mutants: those of the model answer that may do what is shown; some have no hint.
        further: misreadings and insertions that may do it; some have no hint.
        scaled: slips of which a factor may make it.
        halves: mutants that may do some of it.
        pairs: two slips at once that may do it.
        once: what was told of failures of a digest, or what a function tells of them now.
    """

    answer: tuple[Outcome, ...]
    mistakes: Callable[[], Sequence[Evidence]]
    mutants: Callable[[Evidence], Sequence[Evidence]]
    further: Callable[[Evidence], Sequence[Evidence]]
    scaled: Callable[[Evidence], Sequence[Evidence]]
    halves: Callable[[Evidence], Sequence[Evidence]]
    pairs: Callable[[Evidence], Sequence[Evidence]]
    once: Callable[[str, Callable[[], Explained]], Explained]


@dataclass(frozen=True)
class Standard:
    """What an exercise is judged by: what each call asks, and what explains a failure."""

    prepared: PreparedExercise
    asked: tuple[Asked, ...]
    explanations: Explanations | None = None
    show_values: bool = False
    further: Mapping[str, str] = field(default_factory=dict)
    """The fuller hints of the known mistakes that have one, by the mistake's name."""


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong with an exercise."""

    verdict: Verdict
    message: str
    call: int = -1
    failure: Failure | None = None


def evidence(run: ExerciseRun, name: str = "", hints: tuple[str, ...] = ()) -> Evidence:
    """What a run shows, sketched."""
    wrong = {
        number: Wrong(sketch(outcome), failure.trouble, _weak(failure, outcome))
        for number, failure in run.failures.items()
        for outcome in [run.outcomes[number]]
    }
    return Evidence(name, hints, len(run.outcomes), wrong)


def _weak(failure: Failure, outcome: Outcome) -> bool:
    """Wrong numbers have few causes; exceptions, infinities, zeros and a yes for a no have many."""
    if failure.difference is None:
        return failure.trouble not in ("judged", "mutated")
    finiteness = failure.difference.kind == "finiteness"
    return finiteness or not any(_tells(leaf) for leaf in leaves(outcome.value))


_MANY = 100
"""A whole number from here on is hit by few causes."""


def _tells(leaf: object) -> bool:
    data = leaf.data if isinstance(leaf, Array) else leaf
    if isinstance(data, np.ndarray):
        several = data.size > 1 or data.dtype.kind == "f"
        return several and bool((np.isfinite(data) & (data != 0)).any())
    if type(data) is int:
        return abs(data) >= _MANY
    return isinstance(data, float) and np.isfinite(data) and data != 0
