"""A call of a student's function, and what came of it: what the judge reads, no verdict yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grader.comparing.compare import Asked, Difference
from grader.errors import CourseError
from grader.vocabulary import Case
from grader.worker.cap import Cap

Ended = Literal["", "timeout", "memory", "crash", "protocol", "device"]
Trouble = Literal[
    "slow", "heavy", "difference", "raised", "judged", "mutated", "no exception", "device"
]

FLOOR = Cap(entries=2**19, nodes=2**12, chars=2**13)
"""What any answer may hold, however little is expected."""


@dataclass(frozen=True)
class Caps:
    """The most that comes back of a call: its value, and its inputs as they are afterwards."""

    value: Cap = FLOOR
    inputs: Cap = FLOOR


@dataclass(frozen=True)
class Failure:
    """Why an outcome does not pass; `difference` where values were compared."""

    trouble: Trouble
    message: str
    difference: Difference | None = None


@dataclass(frozen=True)
class Call:
    """One call that a worker makes: a case on a device, or on simulated CUDA tensors.

    `spare`: its inputs are nobody's secret, so that what is said of them may be repeated.
    `judged`: what came of it before in this process; see `grader.controller.arrivals`.
    """

    case: Case
    fake: bool
    seconds: float
    inputs: tuple[bytes, ...]
    tree: dict[str, Any]
    caps: Caps = Caps()
    spare: bool = False
    judged: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def has_tensors(self) -> bool:
        """Whether tensors are among its inputs: a result belongs on their device."""
        return bool(self.inputs)

    @property
    def is_measured(self) -> bool:
        """Whether it is raced or weighed as well."""
        return not self.fake and (self.case.faster is not None or self.case.leaner is not None)


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
    weight: Weight | None = None

    def unmeasured(self) -> Outcome:
        """The same without what was measured of it."""
        return replace(self, rounds=(), weight=None)


@dataclass(frozen=True)
class Round:
    """One lap on inputs of its own: whether its result was right, and the seconds both took.

    `floor`: the seconds below which the machine cannot do it, as far as that is known.
    """

    right: bool
    seconds: float
    rival_seconds: float
    floor: float = 0.0


@dataclass(frozen=True)
class Weight:
    """Whether a call that was weighed had the right result, and the bytes that both held at most,
    beyond what a small call leaves behind."""

    right: bool
    peak: int
    rival_peak: int


@dataclass(frozen=True)
class ExerciseRun:
    """What came of an exercise's calls, in order; fewer than its calls if it `ended` early.

    Args:
        outcomes: of a call that passed or that was large beyond reason, a sketch.
        ended: what ended it early.
        failures: why calls fail, by number: judged when their outcomes arrived.
        asked: what they were judged by.
        whole: the failing calls whose values are kept as they came.
        broken: a check's own judge failed.
        deferred: calls of which something could not be measured on this machine.
        seconds: CPU seconds that a model answer's calls took; of others nobody asks.
    """

    outcomes: tuple[Outcome, ...] = ()
    ended: Ended = ""
    failures: Mapping[int, Failure] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    whole: frozenset[int] = frozenset()
    broken: CourseError | None = None
    deferred: frozenset[int] = frozenset()
    seconds: float = 0.0
