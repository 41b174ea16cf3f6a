"""Speed, judged by the controller's own clock: a submission and its rival, run in turn."""

from __future__ import annotations

import time
from dataclasses import replace

from grader.comparing.outcomes import ExerciseRun, Outcome, Round
from grader.controller.conversation import Allowance, Conversation, Lost, State
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.zygote import Zygote
from grader.errors import GraderError

SCALES = (1.25, 0.5, 0.75)
"""Each round's inputs are the case's own times this: a result that was kept is no use."""


def raced(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    run: ExerciseRun,
    allowance: Allowance,
) -> ExerciseRun:
    """The run with the races that its cases ask for."""
    outcomes = list(run.outcomes)
    for number, call in enumerate(exercise.calls):
        if call.case.faster is not None and not call.fake and outcomes[number].raised is None:
            try:
                rounds = _race(zygote, conversation, exercise, number, allowance)
            except Lost as lost:
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
    """Run the submission and its rival in turn, each in a worker of its own, by our clock."""
    faster = exercise.calls[number].case.faster
    assert faster is not None
    # Postponed annotations, as a driver's are: the names in them need not be there.
    source = f"from __future__ import annotations\n{faster.rival}\n"
    source += f"{exercise.name} = {faster.rival_name}"
    program = Program(((1, source),), trusted=True)
    worker = zygote.fork()
    try:
        state = State([], time.monotonic() + allowance.total_seconds, forks=1)
        link = Link(worker, allowance.output_bytes)
        rival = Conversation(zygote, worker, link, allowance, state)
        if exercise.name not in (rival.load(program, [exercise]) or ()):
            raise GraderError(f"the rival of {exercise.name} could not be loaded")
        rounds = []
        for scale in SCALES:
            mine, seconds = conversation.lap(exercise.lap(number, scale, watched=False))
            theirs, rival_seconds = _rival_lap(rival, exercise.lap(number, scale, watched=False))
            rounds.append(Round(mine, theirs, seconds, rival_seconds))
        watched, _ = conversation.lap(exercise.lap(number, SCALES[0], watched=True))
        rounds[0] = replace(rounds[0], mine=watched)
        return tuple(rounds)
    finally:
        zygote.kill(worker)
        worker.close()


def _rival_lap(rival: Conversation, exercise: PreparedExercise) -> tuple[Outcome, float]:
    """A lap of the rival, which is ours: whatever befalls it is no fault of the submission."""
    try:
        return rival.lap(exercise)
    except Lost as lost:
        raise GraderError(f"the rival of {exercise.name} was lost: {lost.ended}") from lost
