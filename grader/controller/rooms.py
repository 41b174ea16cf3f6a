"""Which exercises share a worker: what one forbids is absent from the whole of it.

Exercises that forbid something share one worker, from which all of it is taken away, and those that
forbid nothing share another, from which nothing is. Where one asks for what only its neighbours'
rules have taken, it is run again in a worker for its own rules alone, so that sharing accuses
nobody; where none asks, which is the rule, a submission costs one worker less for each set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.comparing.outcomes import ExerciseRun
from grader.controller.execution import UnitFault
from grader.controller.prepared import PreparedExercise, rules_of
from grader.vocabulary import Forbid

ABSENT = "Absent"
"""The exception of `grader.worker.refusals`."""
WATCHED = ("torch.library",)
"""What the watch may report besides the names in the rules."""
# What a statement raises whose names were bound by one that asked for what is absent.
_FOLLOWS = frozenset({ABSENT, "NameError", "UnboundLocalError"})


@dataclass(frozen=True)
class Room:
    """Exercises that share a worker."""

    exercises: tuple[PreparedExercise, ...]

    @property
    def shuts(self) -> bool:
        """Whether anything is taken away in it."""
        return any(each.exercise.forbid for each in self.exercises)

    @property
    def rules(self) -> list[dict[str, Any]]:
        """What is taken away in it, as the worker's audit reads it."""
        return [rules for each in self.exercises if (rules := rules_of(each.exercise))]


def rooms(exercises: Sequence[PreparedExercise]) -> list[Room]:
    """Divide exercises into those that forbid something and the others."""
    shut = tuple(each for each in exercises if each.exercise.forbid)
    free = tuple(each for each in exercises if not each.exercise.forbid)
    return [Room(some) for some in (shut, free) if some] or [Room(())]


def again(room: Room, runs: Mapping[str, ExerciseRun], faults: Iterable[UnitFault]) -> list[Room]:
    """Rooms for the exercises that their neighbours' rules may have kept from their work."""
    if len({each.exercise.forbid for each in room.exercises}) < 2:
        return []
    hindered = any(_type(fault) == ABSENT for fault in faults)
    found: dict[Forbid, list[PreparedExercise]] = {}
    for each in room.exercises:
        own = each.exercise.forbid
        if own and _is_hindered(runs.get(each.name), own, hindered):
            found.setdefault(own, []).append(each)
    return [Room(tuple(some)) for some in found.values()]


def _is_hindered(run: ExerciseRun | None, own: Forbid, loading: bool) -> bool:
    """Whether an exercise asked for what its own rules allow, or lacks what such a call makes."""
    if run is None:
        return loading
    asked = {name for outcome in run.outcomes for name in outcome.seen} - {*WATCHED}
    if any(own.names(name) for name in asked):
        return False
    raised = {outcome.raised.type for outcome in run.outcomes if outcome.raised}
    return bool(asked) or ABSENT in raised or (loading and bool(raised))


def told(faults: Mapping[int, UnitFault]) -> dict[int, UnitFault]:
    """The faults of a room's units without those that are of our making, by unit."""
    first = min((n for n, one in faults.items() if _type(one) == ABSENT), default=None)
    if first is None:
        return dict(faults)
    return {n: one for n, one in faults.items() if n < first or _type(one) not in _FOLLOWS}


def _type(fault: UnitFault) -> str:
    return fault.raised.type if fault.raised else ""
