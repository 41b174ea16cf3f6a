"""What a submission did with its cases: data that the judge reads. No verdict is here yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Ended = Literal["", "timeout", "memory", "crash", "protocol"]


@dataclass(frozen=True)
class Raised:
    """An exception in the worker, as `grader.worker.faults` describes it."""

    type: str
    bases: tuple[str, ...]
    message: str
    cell: int | None
    line: int | None
    where: str
    network: bool


@dataclass(frozen=True)
class Outcome:
    """What came of one call.

    `value` is a decoded value (or None with `raised`), `mutated` the position of the first input
    that was changed (−1: none), `seen` the forbidden operations that ran. `fake` says how
    simulated tensors fared: "" for a real call, else "ran", "mismatch" or "undecided".
    """

    value: Any = None
    raised: Raised | None = None
    mutated: int = -1
    seen: tuple[str, ...] = ()
    fake: str = ""
    devices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExerciseRun:
    """The outcomes of an exercise's calls, in order; fewer than its calls if it `ended` early."""

    outcomes: tuple[Outcome, ...] = ()
    ended: Ended = ""


@dataclass(frozen=True)
class UnitFault:
    """A cell, or a statement of a script, that did not run to its end."""

    unit: int
    raised: Raised | None
    ended: Ended = ""


@dataclass(frozen=True)
class Execution:
    """Everything that came of one submission.

    `runs` has no entry for an exercise that the submission does not define.
    """

    runs: dict[str, ExerciseRun]
    faults: tuple[UnitFault, ...]
    evasions: dict[str, tuple[str, ...]]
    output: bytes
    maxrss_kib: int
    forks: int
