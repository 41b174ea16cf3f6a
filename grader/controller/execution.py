"""What came of one submission: the outcomes of its calls, and the cells that fell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.comparing.outcomes import Ended, ExerciseRun, Raised


@dataclass(frozen=True)
class UnitFault:
    """A cell, or a statement of a script, that did not run to its end; `cell`: where it stands.

    `place` says so in words, "" if there are none.
    """

    unit: int
    raised: Raised | None
    ended: Ended = ""
    cell: int = 0
    place: str = ""


@dataclass(frozen=True)
class Skipped:
    """A magic or a shell line that was left out: `!pip`, `%cd`; `place` in words."""

    what: str
    place: str


@dataclass(frozen=True)
class Execution:
    """Everything that came of one submission.

    `runs` has no entry for an exercise that the submission does not define. `loaded` says whether
    its cells ran to the last one, those left out that hang or crash. `cpu_seconds` is
    what its workers used, all together; `spent` is what is gone of its clock. `surveyed`: what was
    found of each exercise whose ways round the audit were looked for; `evasions` has what there is.
    """

    runs: dict[str, ExerciseRun]
    faults: tuple[UnitFault, ...]
    evasions: dict[str, tuple[str, ...]]
    output: bytes
    forks: int
    loaded: bool = True
    cpu_seconds: float = 0.0
    skipped: tuple[Skipped, ...] = ()
    spent: float = 0.0
    surveyed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
