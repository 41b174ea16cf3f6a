"""Speed on a GPU: by our clock, from the request until every result is here.

So work that is left on another stream, an event that lies, a tensor that is computed when it is
looked at and a clock that was put back gain nothing. The kernel's account, which other races go by,
says nothing of a GPU, and nobody could tell whose a kernel is that runs on it: each of the two has
it alone, and its worker is gone, with all its kernels, before the other's begins.

A lap is as many calls as take the rival `LAP_SECONDS`, each on inputs of its own, which the worker
gets with the request; every result is compared. Before a lap the worker empties the card's cache
and fills free memory with NaN. All laps of a submission are alike, and the first, in which kernels
are loaded, does not count. A lap that takes less time than the card needs is not believed.
"""

from __future__ import annotations

import math

import numpy as np

from grader.comparing.compare import leaves
from grader.comparing.outcomes import Call, ExerciseRun, Round
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Allowance, Conversation
from grader.controller.entrants import entered, measured, ours, require_returned, rival
from grader.controller.nvml import Ceiling, NoNvml, Nvml
from grader.controller.prepared import PreparedExercise
from grader.controller.zygote import Zygote
from grader.vocabulary import Faster
from grader.worker.wire import ITEM_BYTES

LAP_SECONDS = 0.05
LAPS = 6
MOST_CALLS = 16
"""Of a lap: the oracle says of each what is right."""


def raced_on_gpu(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    arrivals: Arrivals,
    allowance: Allowance,
) -> ExerciseRun:
    """What came of an exercise, with the races that its cases ask for; what is wrong is not raced.

    The submission's worker is ended where there is a race.

    Raises:
        Again: the worker was killed from outside.
        GraderError: the rival failed, which is ours.
    """

    def race(number: int) -> None:
        conversation.end()
        _race(zygote, conversation, exercise, number, arrivals, allowance)

    return measured(arrivals.races(), arrivals, race)


def _race(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    number: int,
    arrivals: Arrivals,
    allowance: Allowance,
) -> None:
    """The rival's laps, then the submission's, as many and on the same inputs."""
    faster = exercise.calls[number].case.faster
    assert faster is not None
    with rival(zygote, exercise, faster, allowance) as other:
        _rival_heat(other, exercise.lap(number, 0, watched=False))  # loads its kernels
        calls = _calls(_rival_heat(other, exercise.lap(number, 1, watched=False)))
        laps = [exercise.lap(number, n, watched=False, calls=calls) for n in range(LAPS)]
        theirs = [_rival_heat(other, lap) for lap in laps]
    ceiling = _ceiling(zygote)
    rounds: list[Round] = []
    seen: set[str] = set()
    program, skip = conversation.program, conversation.skip
    with entered(zygote, program, exercise, allowance, skip) as mine:
        for n, rival_seconds in enumerate(theirs):
            lap = exercise.lap(number, n, watched=True, calls=calls)
            mine.chill()
            outcomes, seconds = mine.heat(lap)
            seen.update(*(outcome.seen for outcome in outcomes))
            right = all(
                arrivals.is_right(number, call, outcome)
                for call, outcome in zip(lap.calls, outcomes, strict=True)
            )
            rounds.append(Round(right, seconds, rival_seconds, _floor(ceiling, lap.calls, faster)))
            if not right:
                break
    counted = rounds[1:] if len(rounds) > 1 else rounds
    arrivals.add_race(number, tuple(counted), seen)


def _calls(seconds: float) -> int:
    """How many calls make a lap, if one takes so many seconds."""
    return min(max(math.ceil(LAP_SECONDS / max(seconds, 1e-6)), 1), MOST_CALLS)


def _rival_heat(other: Conversation, lap: PreparedExercise) -> float:
    with ours(lap):
        other.chill()
        outcomes, seconds = other.heat(lap)
    require_returned(lap, outcomes)
    return seconds


def _ceiling(zygote: Zygote) -> Ceiling | None:
    """What the card can do at most, if anybody says."""
    try:
        with Nvml() as nvml:
            uuid = zygote.gpu or nvml.devices()[0].uuid
            return nvml.ceiling(uuid)
    except (NoNvml, IndexError):
        return None


def _floor(ceiling: Ceiling | None, calls: tuple[Call, ...], faster: Faster) -> float:
    """Seconds in which a card cannot read the inputs, do the operations and write the results."""
    if ceiling is None:
        return 0.0
    moved = sum(map(len, (blob for call in calls for blob in call.inputs)))
    for call in calls:
        width = ITEM_BYTES[call.case.dtype]
        moved += sum(width * np.size(leaf) for leaf in leaves(call.case.expect) if leaf is not None)
    return ceiling.floor(moved, len(calls) * faster.operations)
