"""A call of a student's function, and what came of it: what the judge reads, no verdict yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from grader.vocabulary import Case

Ended = Literal["", "timeout", "memory", "crash", "protocol"]


@dataclass(frozen=True)
class Call:
    """One call that a worker makes: a case on a device, or on simulated CUDA tensors.

    `spare`: its inputs are nobody's secret, so that what is said of them may be repeated.
    """

    case: Case
    fake: bool
    seconds: float
    inputs: tuple[bytes, ...]
    tree: dict[str, Any]
    spare: bool = False


@dataclass(frozen=True)
class Raised:
    """An exception in the worker, as `grader.worker.faults` describes it.

    `message` is the student's word and may spell out hidden inputs; `gist` is the known phrase in
    it, and no less the student's choice: both are compared with others', and shown to nobody.
    `shown` is what may be repeated, and `place` says in words where `cell` and `line` are: both are
    "" where hidden inputs were in reach.
    """

    type: str
    bases: tuple[str, ...]
    message: str
    cell: int | None
    line: int | None
    where: str
    network: bool
    shown: str = ""
    function: str = ""
    place: str = ""
    gist: str = ""


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
    """One lap on inputs of its own: what came of it, and the seconds that both took.

    No seconds at all where the lap was watched instead of timed.
    """

    call: Call
    mine: Outcome
    seconds: float
    rival_seconds: float


@dataclass(frozen=True)
class ExerciseRun:
    """The outcomes of an exercise's calls, in order; fewer than its calls if it `ended` early."""

    outcomes: tuple[Outcome, ...] = ()
    ended: Ended = ""
