"""What the workers of one submission share: its allowance, what is known so far, how it is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from grader.comparing.outcomes import Ended, ExerciseRun
from grader.controller.arrivals import Purse
from grader.controller.execution import Skipped, UnitFault
from grader.controller.limit import Limit
from grader.controller.prepared import PreparedExercise


@dataclass(frozen=True)
class Allowance:
    """Time and space of one submission: seconds per unit, seconds in all, bytes of output.

    Seconds are CPU time; see `grader.controller.limit` for a worker that sleeps.
    """

    seconds: float
    total_seconds: float
    output_bytes: int

    def less(self, seconds: float) -> Allowance:
        """What is left of it once so many seconds are gone; there may be none."""
        return replace(self, total_seconds=self.total_seconds - seconds)


class Lost(Exception):
    """The worker hung, died or broke the protocol; `killed`: from outside, by whomever."""

    def __init__(self, ended: Ended, *, killed: bool = False) -> None:
        super().__init__(ended)
        self.ended: Ended = ended
        self.killed = killed


class Again(Exception):
    """The worker was lost by no doing of the student's: surely if `killed`, perhaps if not."""

    def __init__(self, lost: Lost) -> None:
        super().__init__(lost.ended)
        self.ended, self.killed = lost.ended, lost.killed


@dataclass
class State:
    """What a session knows so far."""

    pending: list[PreparedExercise]
    total: Limit
    purse: Purse = field(default_factory=Purse)
    runs: dict[str, ExerciseRun] = field(default_factory=dict)
    faults: dict[int, UnitFault] = field(default_factory=dict)
    skip: list[int] = field(default_factory=list)
    surveyed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    output: bytes = b""
    cpu_seconds: float = 0.0
    forks: int = 0
    kills: int = 0
    loaded: bool = False
    second_chance: bool = True

    def enter(self, exercises: Sequence[PreparedExercise]) -> None:
        """Begin with the exercises of another room, whose workers load the program anew."""
        self.pending = list(exercises)
        self.faults, self.loaded = {}, False
        for exercise in exercises:
            self.runs.pop(exercise.name, None)

    def give_up(self, ended: Ended) -> None:
        """End what is left the same way."""
        for exercise in self.pending:
            self.runs[exercise.name] = ExerciseRun(ended=ended)
        self.pending.clear()


class Charged:
    """A block of ours whose CPU time a limit counts; raises Lost at its end if that is used up."""

    __slots__ = ("_begun", "_limit")

    def __init__(self, limit: Limit) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        """Begin to count."""
        self._begun = time.thread_time()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Charge what was counted."""
        self._limit.charge(time.thread_time() - self._begun)
        if kind is None and self._limit.used_up:
            raise Lost("timeout")
