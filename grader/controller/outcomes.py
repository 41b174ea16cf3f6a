"""What a submission did with its cases: data that the judge reads. No verdict is here yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Ended = Literal["", "timeout", "memory", "crash", "protocol"]


@dataclass(frozen=True)
class Raised:
    """An exception in the worker, as `grader.worker.faults` describes it.

    `message` is the student's word and may spell out hidden inputs; `shown` is what may be
    repeated of it.
    """

    type: str
    bases: tuple[str, ...]
    message: str
    cell: int | None
    line: int | None
    where: str
    network: bool
    shown: str = ""


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
    rounds: tuple[Round, ...] = ()


@dataclass(frozen=True)
class Round:
    """One race on inputs of its own: what both returned, and the seconds by our clock."""

    mine: Outcome
    rival: Outcome
    seconds: float
    rival_seconds: float


@dataclass(frozen=True)
class ExerciseRun:
    """The outcomes of an exercise's calls, in order; fewer than its calls if it `ended` early."""

    outcomes: tuple[Outcome, ...] = ()
    ended: Ended = ""


@dataclass(frozen=True)
class UnitFault:
    """A cell, or a statement of a script, that did not run to its end; `cell`: where it stands."""

    unit: int
    raised: Raised | None
    ended: Ended = ""
    cell: int = 0


@dataclass(frozen=True)
class Execution:
    """Everything that came of one submission.

    `runs` has no entry for an exercise that the submission does not define. `loaded` says whether
    its cells ran to the last one, those left out that hang or crash.
    """

    runs: dict[str, ExerciseRun]
    faults: tuple[UnitFault, ...]
    evasions: dict[str, tuple[str, ...]]
    output: bytes
    maxrss_kib: int
    forks: int
    loaded: bool = True
