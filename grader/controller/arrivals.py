"""Outcomes judged when they arrive, and dropped: of what passed a sketch is kept, no more.

What failed is kept as it came, because hints look at it, as long as there is room for it in what
one submission may hold; beyond that it, too, is a sketch.

Most of a class answers a call with the very same bytes. What is judged is a function of them, of
the call and of what is asked, so bytes that came before are neither read nor judged again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.comparing.compare import Asked, leaves
from grader.comparing.judging import (
    asked_of,
    judge,
    judge_race,
    judge_weight,
    measured_bounds,
    passing,
)
from grader.comparing.outcomes import Call, Ended, ExerciseRun, Failure, Outcome, Round, Weight
from grader.comparing.sketch import sketch
from grader.controller.prepared import PreparedExercise
from grader.errors import CourseError
from grader.worker.wire import Array

KEPT_ENTRIES = 2**22
"""Numbers of wrong results that are kept of one submission, of at most 16 bytes each."""
_LEAF = 16
"""What a leaf takes besides, in the same units."""
REMEMBERED = 32
"""Different answers to a call that are remembered, each by the digest of its bytes."""
_SMALL = 2**12
"""Numbers of the largest wrong result that is remembered."""


@dataclass(frozen=True)
class Judged:
    """What an answer was judged to be, by what was asked; `outcome` as it came if it failed."""

    asked: Asked
    outcome: Outcome
    failure: Failure | None


class Purse:
    """What one submission may still hold."""

    def __init__(self, entries: int = KEPT_ENTRIES) -> None:
        """Begin with all of it."""
        self._left = entries

    def pays(self, outcome: Outcome) -> bool:
        """Whether there is room for an outcome; then it is counted."""
        price = sum(_LEAF + _size(leaf) for leaf in leaves(outcome.value))
        fits = price <= self._left
        self._left -= price if fits else 0
        return fits


def _size(leaf: object) -> int:
    if isinstance(leaf, Array):
        return 0 if leaf.data is None else int(np.size(leaf.data))
    return len(leaf) if isinstance(leaf, str) else 1


class Arrivals:
    """Judges what comes of one exercise's calls, in their order."""

    def __init__(
        self, exercise: PreparedExercise, asked: Sequence[Asked] | None, purse: Purse
    ) -> None:
        """Judge by `asked`; without it by the floors, widened to what a model answer itself errs.

        Without it only for model answers: nothing else may measure itself.
        """
        self._exercise, self._given, self._purse = exercise, asked, purse
        self._outcomes: list[Outcome] = []
        self._asked: list[Asked] = []
        self._failures: dict[int, Failure] = {}
        self._whole: set[int] = set()
        self._deferred: set[int] = set()
        self._broken: CourseError | None = None

    @property
    def count(self) -> int:
        """How many have arrived."""
        return len(self._outcomes)

    def add(self, outcome: Outcome, mark: bytes | None = None) -> None:
        """Judge the next call's outcome, and keep what later steps need of it.

        `mark`: a digest of the answer's bytes, if the outcome is made of nothing else.
        """
        call = self._exercise.calls[self.count]
        asked = self._measured(call, outcome) if self._given is None else self._given[self.count]
        failure = self._judged(call, outcome, asked)
        judged = Judged(asked, outcome if failure else sketch(outcome), failure)
        if mark is not None and self._given is not None and self._broken is None:
            self._remember(call, mark, judged)
        self._keep(judged)

    def add_again(self, mark: bytes) -> bool:
        """Add the next call's outcome if an answer of the same bytes was judged before."""
        if self._given is None:
            return False
        judged = self._exercise.calls[self.count].judged.get((self.count, mark))
        if judged is None or judged.asked is not self._given[self.count]:
            return False
        self._keep(judged)
        return True

    def _remember(self, call: Call, mark: bytes, judged: Judged) -> None:
        if judged.failure and sum(map(_size, leaves(judged.outcome.value))) > _SMALL:
            return
        if len(call.judged) >= REMEMBERED:
            call.judged.clear()
        call.judged[self.count, mark] = judged

    def _keep(self, judged: Judged) -> None:
        number = self.count
        self._asked.append(judged.asked)
        if judged.failure is None:
            self._outcomes.append(judged.outcome)
            return
        self._failures[number] = judged.failure
        fits = self._purse.pays(judged.outcome)
        if fits:
            self._whole.add(number)
        self._outcomes.append(judged.outcome if fits else sketch(judged.outcome))

    def _measured(self, call: Call, outcome: Outcome) -> Asked:
        framework = self._exercise.framework
        bounds = None if call.fake else measured_bounds(call, outcome, framework)
        return passing(call, outcome, asked_of(call, framework, self._exercise.device, bounds))

    def _judged(self, call: Call, outcome: Outcome, asked: Asked) -> Failure | None:
        try:
            return judge(call, outcome, asked)
        except CourseError as error:
            self._broken = error
            return None

    def races(self) -> list[int]:
        """The calls that are right and are to be raced."""
        return [
            number
            for number, call in enumerate(self._exercise.calls[: self.count])
            if call.case.faster is not None and not call.fake and number not in self._failures
        ]

    def weighings(self) -> list[int]:
        """The calls that are right and are to be weighed."""
        return [
            number
            for number, call in enumerate(self._exercise.calls[: self.count])
            if call.case.leaner is not None and not call.fake and number not in self._failures
        ]

    def is_right(self, number: int, call: Call, outcome: Outcome) -> bool:
        """Whether a lap of a call's race has the right result; nothing is kept of it."""
        asked = replace(self._asked[number], right=())  # those are of other inputs
        return self._judged(call, outcome, asked) is None

    def add_race(self, number: int, rounds: tuple[Round, ...], seen: set[str]) -> None:
        """Judge a call's race, once it is over."""
        before = self._outcomes[number]
        faster = self._exercise.calls[number].case.faster
        assert faster is not None
        self._outcomes[number] = replace(
            before, rounds=rounds, seen=tuple(sorted({*before.seen, *seen}))
        )
        if failure := judge_race(rounds, faster):
            self._failures[number] = failure

    def add_weight(self, number: int, weight: Weight | None) -> None:
        """Judge a call's weight; None if this machine tells none."""
        leaner = self._exercise.calls[number].case.leaner
        assert leaner is not None
        self._outcomes[number] = replace(self._outcomes[number], weight=weight)
        if weight is None:
            self._deferred.add(number)
        elif failure := judge_weight(weight, leaner):
            self._failures[number] = failure

    def run(self, ended: Ended = "", calls: int | None = None) -> ExerciseRun:
        """What came of it all, or of the first calls."""
        return ExerciseRun(
            tuple(self._outcomes[:calls]),
            ended,
            {n: failure for n, failure in self._failures.items() if calls is None or n < calls},
            tuple(self._asked[:calls]),
            frozenset(self._whole),
            self._broken,
            frozenset(self._deferred),
        )
