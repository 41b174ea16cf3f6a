"""Outcomes judged when they arrive, and dropped: of what passed a sketch is kept, no more.

What failed is kept as it came, because hints look at it, as long as there is room for it in what
one submission may hold; beyond that it, too, is a sketch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.comparing.compare import Asked, leaves
from grader.comparing.judging import asked_of, judge, judge_race, measured_bounds, passing
from grader.comparing.outcomes import Call, Ended, ExerciseRun, Failure, Outcome, Round
from grader.comparing.sketch import sketch
from grader.controller.prepared import PreparedExercise
from grader.errors import CourseError
from grader.worker.wire import Array

KEPT_ENTRIES = 2**22
"""Numbers of wrong results that are kept of one submission, of at most 16 bytes each."""
_LEAF = 16
"""What a leaf takes besides, in the same units."""


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
        self._broken: CourseError | None = None

    @property
    def count(self) -> int:
        """How many have arrived."""
        return len(self._outcomes)

    def add(self, outcome: Outcome) -> None:
        """Judge the next call's outcome, and keep what later steps need of it."""
        number = self.count
        call = self._exercise.calls[number]
        asked = self._measured(call, outcome) if self._given is None else self._given[number]
        self._asked.append(asked)
        if failure := self._judged(call, outcome, asked):
            self._failures[number] = failure
            if self._purse.pays(outcome):
                self._whole.add(number)
                self._outcomes.append(outcome)
                return
        self._outcomes.append(sketch(outcome))

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

    def run(self, ended: Ended = "", calls: int | None = None) -> ExerciseRun:
        """What came of it all, or of the first calls."""
        return ExerciseRun(
            tuple(self._outcomes[:calls]),
            ended,
            {n: failure for n, failure in self._failures.items() if calls is None or n < calls},
            tuple(self._asked[:calls]),
            frozenset(self._whole),
            self._broken,
        )
