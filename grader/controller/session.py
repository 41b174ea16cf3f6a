"""One submission, from its source to its outcomes.

A session forks a worker, loads the submission into it and runs the exercises one after another.
If the worker hangs or dies, what it was at is noted, and another worker goes on with the rest:
one bad cell or one endless loop costs its own exercise and nothing else.

Once the source is sent, nothing that the worker says or does is a fault of ours: a frame that no
honest worker sends, or a death, is the submission's. A worker that was killed, or that died before
any of the student's code began, may not have been the student's doing: it is tried once more.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from grader.controller.conversation import Again, Allowance, Conversation, State
from grader.controller.execution import Execution
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.race import raced
from grader.controller.zygote import Worker, Zygote

__all__ = ["Allowance", "Program", "execute"]


def execute(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    connect: Callable[[Worker, int], Link] = Link,
) -> Execution:
    """Run a program's exercises in confined workers, each behind a link that `connect` makes.

    Raises:
        GraderError: the machine failed (a dead zygote, a worker that could not be confined).
    """
    state = State(list(exercises), time.monotonic() + allowance.total_seconds)
    going = True
    while going and (state.pending or not state.loaded):
        if state.forks and time.monotonic() > state.deadline:
            state.give_up("timeout")
            break
        going = _one_worker(zygote, program, exercises, allowance, state, connect)
    return Execution(
        state.runs,
        tuple(state.faults[unit] for unit in sorted(state.faults)),
        state.evasions,
        state.output,
        state.maxrss_kib,
        state.forks,
        state.loaded,
        state.cpu_seconds,
        state.skipped,
    )


def _one_worker(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    state: State,
    connect: Callable[[Worker, int], Link],
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
            run = conversation.run(exercise)
            if not (run.ended or conversation.lost):
                run = raced(zygote, conversation, exercise, run, allowance)
            state.runs[exercise.name] = run
            state.pending.pop(0)
            if run.ended or conversation.lost:
                return True
        return True
    except Again as again:
        if not state.second_chance:
            state.give_up(again.ended)
        going, state.second_chance = state.second_chance, False
        return going
    finally:
        if len(state.output) < allowance.output_bytes:
            state.output += link.output()[: allowance.output_bytes - len(state.output)]
        ended = zygote.kill(worker)
        state.maxrss_kib = max(state.maxrss_kib, ended.maxrss_kib)
        state.cpu_seconds += ended.cpu_seconds
        worker.close()
