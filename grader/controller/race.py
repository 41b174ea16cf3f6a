"""Speed: a submission and its rival run in turn, by the CPU time that the kernel says they used.

Every lap has inputs of its own, drawn as the check draws them; each result is compared. All laps
of a submission are alike: each is watched for forbidden operations, and timed with what watching
costs, so that nothing in the worker, its speed neither, tells one from another. The rival is not.
Whatever a submission uses from the first lap to the last, between laps and while its rival runs, is
its own time: what it computes ahead, and what it only burns to slow its rival down.
It goes on until the ratio is decided.
"""

from __future__ import annotations

from statistics import median

from grader.comparing.judging import speed_ratio
from grader.comparing.outcomes import ExerciseRun, Round
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Allowance, Conversation
from grader.controller.entrants import measured, ours, require_returned, rival
from grader.controller.limit import Starved
from grader.controller.prepared import PreparedExercise
from grader.controller.zygote import Zygote

MARGIN = 1.5
"""Decided is a ratio that is this many times the one that is asked, or as far below it."""
HEAT = 3
"""Laps between two looks at whether the race is decided."""
MAX_HEATS = 4


def raced(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    arrivals: Arrivals,
    allowance: Allowance,
) -> ExerciseRun:
    """What came of an exercise, with the races that its cases ask for; what is wrong is not raced.

    Raises:
        Again: the worker was killed from outside.
        GraderError: the rival failed, which is ours.
    """
    return measured(
        arrivals.races(),
        arrivals,
        lambda number: _race(zygote, conversation, exercise, number, arrivals, allowance),
    )


def _race(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    number: int,
    arrivals: Arrivals,
    allowance: Allowance,
) -> None:
    """Run the submission and its rival in turn, each in a worker of its own."""
    faster = exercise.calls[number].case.faster
    assert faster is not None
    with rival(zygote, exercise, faster, allowance) as other:
        rounds: list[Round] = []
        seen: set[str] = set()
        for lap in range(MAX_HEATS * HEAT):
            rounds.append(_round(conversation, other, exercise, number, lap, arrivals, seen))
            if not rounds[-1].right:
                break
            if (lap + 1) % HEAT == 0 and _decided(rounds, faster.ratio):
                break
        arrivals.add_race(number, tuple(rounds), seen)


def _round(
    conversation: Conversation,
    other: Conversation,
    exercise: PreparedExercise,
    number: int,
    lap: int,
    arrivals: Arrivals,
    seen: set[str],
) -> Round:
    """One lap of both."""
    mine = exercise.lap(number, lap, watched=True)
    outcome, seconds = conversation.lap(mine)
    seen.update(outcome.seen)
    right = arrivals.is_right(number, mine.calls[0], outcome)
    rival_seconds = _rival_lap(other, exercise.lap(number, lap, watched=False))
    seconds += conversation.meanwhile()
    if seconds <= 0 or rival_seconds <= 0:
        raise Starved(f"the kernel told no CPU time for a lap of {mine.name}")
    return Round(right, seconds, rival_seconds)


def _rival_lap(other: Conversation, lap: PreparedExercise) -> float:
    with ours(lap):
        outcome, seconds = other.lap(lap)
    require_returned(lap, [outcome])
    return seconds


def _decided(rounds: list[Round], asked: float) -> bool:
    """Whether it is won; or lost, so that not even the best lap comes near. The first few laps may
    cost anybody ten times as much, where the kernel is short of memory."""
    if speed_ratio(rounds) >= asked * MARGIN:
        return True
    best = min(lap.seconds for lap in rounds)
    near = median(lap.rival_seconds for lap in rounds) / best > asked / MARGIN
    return len(rounds) > HEAT and not near
