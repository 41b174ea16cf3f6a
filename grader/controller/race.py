"""Speed: a submission and its rival run in turn, by the CPU time that the kernel says they used.

Every lap has inputs of its own, drawn as the check draws them; each result is compared. In every
few laps one is watched for forbidden operations: watching takes time, so that lap is not timed, and
which one it is nobody in the worker is told before. It goes on until the ratio is decided.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from grader.comparing.outcomes import ExerciseRun, Round
from grader.controller.conversation import Again, Allowance, Conversation, Lost, State
from grader.controller.limit import Limit, Starved
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.zygote import Zygote
from grader.errors import GraderError

MARGIN = 1.5
"""Decided is a ratio that is this many times the one that is asked, or as far below it."""
HEAT = 3
"""Laps between two looks at the ratio; one of them is watched."""
MAX_HEATS = 4


def raced(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    run: ExerciseRun,
    allowance: Allowance,
) -> ExerciseRun:
    """The run with the races that its cases ask for.

    Raises:
        Again: the worker was killed from outside.
        GraderError: the rival failed, which is ours.
    """
    outcomes = list(run.outcomes)
    for number, call in enumerate(exercise.calls):
        if call.case.faster is not None and not call.fake and outcomes[number].raised is None:
            try:
                rounds = _race(zygote, conversation, exercise, number, allowance)
            except Lost as lost:
                if lost.killed:
                    raise Again(lost) from None
                return ExerciseRun(tuple(outcomes[:number]), lost.ended)
            seen = {name for one in rounds for name in one.mine.seen}
            outcomes[number] = replace(
                outcomes[number], rounds=rounds, seen=tuple({*outcomes[number].seen, *seen})
            )
    return ExerciseRun(tuple(outcomes))


def _race(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    number: int,
    allowance: Allowance,
) -> tuple[Round, ...]:
    """Run the submission and its rival in turn, each in a worker of its own."""
    faster = exercise.calls[number].case.faster
    assert faster is not None
    worker = zygote.fork()
    try:
        state = State([], Limit(allowance.total_seconds), forks=1)
        link = Link(worker, allowance.output_bytes)
        rival = Conversation(zygote, worker, link, allowance, state)
        _load_rival(rival, exercise, faster.rival, faster.rival_name)
        rounds: list[Round] = []
        for heat in range(MAX_HEATS):
            watched = secrets.randbelow(HEAT)
            for place in range(HEAT):
                lap = exercise.lap(number, heat * HEAT + place, watched=place == watched)
                rounds.append(_round(conversation, rival, lap, timed=place != watched))
                if _lost(rounds, faster.ratio):
                    return tuple(rounds)
            if _won(rounds, faster.ratio):
                break
        return tuple(rounds)
    finally:
        try:
            zygote.kill(worker)
        finally:
            worker.close()


def _load_rival(
    rival: Conversation, exercise: PreparedExercise, source: str, rival_name: str
) -> None:
    # Postponed annotations, as a driver's are: the names in them need not be there.
    source = f"from __future__ import annotations\n{source}\n{exercise.name} = {rival_name}"
    try:
        names = rival.load(Program(((1, source),), trusted=True), [exercise.unbound()])
    except Again as again:
        raise GraderError(f"the rival of {exercise.name} was lost: {again.ended}") from again
    if exercise.name not in (names or ()):
        raise GraderError(f"the rival of {exercise.name} could not be loaded")


def _round(
    conversation: Conversation, rival: Conversation, lap: PreparedExercise, *, timed: bool
) -> Round:
    """One lap of both; of the submission alone where it is watched."""
    mine, seconds = conversation.lap(lap)
    call = lap.calls[0]
    if not timed:
        return Round(call, mine, 0.0, 0.0)
    rival_seconds = _rival_lap(rival, lap)
    if seconds <= 0 or rival_seconds <= 0:
        raise Starved(f"the kernel told no CPU time for a lap of {lap.name}")
    return Round(call, mine, seconds, rival_seconds)


def _rival_lap(rival: Conversation, lap: PreparedExercise) -> float:
    """A lap of the rival, which is ours: whatever befalls it is no fault of the submission."""
    try:
        outcome, seconds = rival.lap(lap)
    except Lost as lost:
        raise GraderError(f"the rival of {lap.name} was lost: {lost.ended}") from lost
    if outcome.raised is not None:
        raise GraderError(f"the rival of {lap.name} raised {outcome.raised.type}")
    return seconds


def _won(rounds: list[Round], asked: float) -> bool:
    return _ratio(rounds) >= asked * MARGIN


def _lost(rounds: list[Round], asked: float) -> bool:
    timed = [one for one in rounds if one.seconds]
    return len(timed) >= HEAT - 1 and _ratio(timed) <= asked / MARGIN


def _ratio(rounds: list[Round]) -> float:
    return sum(r.rival_seconds for r in rounds) / sum(r.seconds for r in rounds)
