"""One submission, from its source to its outcomes.

A session forks a worker, loads the submission into it and runs the exercises one after another.
If the worker hangs or dies, what it was at is noted, and another worker goes on with the rest:
one bad cell or one endless loop costs its own exercise and nothing else.

Once the source is sent, nothing that the worker says or does is a fault of ours: a frame that no
honest worker sends, or a death, is the submission's. Two are not. A worker that somebody killed:
what it was at is tried again, and if that goes on, the whole is our fault. And one that died before
any of the student's code began: it may not have been the student's doing, and is tried once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.comparing.compare import Asked
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Again, Allowance, Conversation, State
from grader.controller.execution import Execution
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.race import raced
from grader.controller.zygote import Worker, Zygote
from grader.errors import OUT_OF_MEMORY, GraderError

__all__ = ["Allowance", "Program", "execute"]

MAX_KILLS = 4
"""Workers of one submission that somebody may kill before it is given up as our fault."""


def execute(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    connect: Callable[[Worker, int], Link] = Link,
    asked: Mapping[str, Sequence[Asked]] | None = None,
    skip: Sequence[int] = (),
) -> Execution:
    """Run a program's exercises in confined workers, each behind a link that `connect` makes.

    Outcomes are judged when they arrive, by what is `asked` of each exercise's calls; without it
    they are measured: that is for model answers. `skip`: units of the program that are left out.

    Raises:
        GraderError: the machine failed (a dead zygote, a worker that could not be confined, or
            was starved or killed from outside again and again; memory of ours that is used up).
    """
    state = State(list(exercises), Limit(allowance.total_seconds), skip=list(skip))
    try:
        return _executed(zygote, program, exercises, allowance, connect, asked, state)
    except MemoryError as error:
        raise GraderError(OUT_OF_MEMORY) from error


def _executed(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    connect: Callable[[Worker, int], Link],
    asked: Mapping[str, Sequence[Asked]] | None,
    state: State,
) -> Execution:
    going = True
    while going and (state.pending or not state.loaded):
        if state.total.used_up:
            state.give_up("timeout")
            break
        going = _one_worker(zygote, program, exercises, allowance, state, connect, asked)
    return Execution(
        state.runs,
        tuple(state.faults[unit] for unit in sorted(state.faults)),
        state.evasions,
        state.output,
        state.forks,
        state.loaded,
        state.cpu_seconds,
        state.skipped,
        state.total.used,
    )


def _one_worker(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    state: State,
    connect: Callable[[Worker, int], Link],
    asked: Mapping[str, Sequence[Asked]] | None,
) -> bool:
    """Go as far as one worker goes; False if another one would not get further."""
    worker = zygote.fork()
    state.forks += 1
    link = connect(worker, allowance.output_bytes)
    conversation = Conversation(zygote, worker, link, allowance, state)
    try:
        names = conversation.load(program, exercises)
        if names is None:
            return True
        state.loaded = True
        while state.pending:
            exercise = state.pending[0]
            if exercise.name not in names:
                state.pending.pop(0)
                continue
            by = None if asked is None else asked[exercise.name]
            arrivals = Arrivals(exercise, by, state.purse)
            early = conversation.run(exercise, arrivals)
            if early or conversation.lost:
                run = arrivals.run(early)
            else:
                run = raced(zygote, conversation, exercise, arrivals, allowance)
            state.runs[exercise.name] = run
            state.pending.pop(0)
            if run.ended or conversation.lost:
                return True
        return True
    except Again as again:
        return _once_more(again, state)
    finally:
        state.total.end(worker.meter)
        if len(state.output) < allowance.output_bytes:
            state.output += link.output()[: allowance.output_bytes - len(state.output)]
        try:
            state.cpu_seconds += worker.meter.cpu()
            zygote.dismiss(worker)
        finally:
            worker.close()


def _once_more(again: Again, state: State) -> bool:
    """Whether another worker may try what this one was at.

    Raises:
        GraderError: workers are killed from outside again and again.
    """
    if again.killed:
        state.kills += 1
        if state.kills > MAX_KILLS:
            raise GraderError(
                f"{state.kills} workers were killed from outside, one after another: "
                "is the machine short of memory, or does somebody end its processes?"
            )
        return True
    if not state.second_chance:
        state.give_up(again.ended)
    going, state.second_chance = state.second_chance, False
    return going
