"""Programs in workers of their own, for one exercise: what is measured beside something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from grader.controller.conversation import Again, Allowance, Conversation, Lost, State
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.zygote import Zygote
from grader.errors import GraderError
from grader.vocabulary import Faster, Leaner


@contextmanager
def entered(
    zygote: Zygote,
    program: Program,
    exercise: PreparedExercise,
    allowance: Allowance,
    skip: Sequence[int] = (),
) -> Iterator[Conversation]:
    """A fresh worker that has loaded a program, but for the units in `skip`, for one exercise.

    When the block ends, the worker is gone, with all that a GPU did for it.

    Raises:
        Again: the worker was killed from outside.
        Lost: the program does not define the exercise, though it did before.
    """
    worker = zygote.fork()
    try:
        state = State([], Limit(allowance.total_seconds), skip=list(skip), forks=1)
        link = Link(worker, allowance.output_bytes)
        conversation = Conversation(zygote, worker, link, allowance, state)
        if exercise.name not in (conversation.load(program, [exercise]) or ()):
            raise Lost("crash")
        yield conversation
    finally:
        try:
            zygote.kill(worker)
        finally:
            worker.close()


@contextmanager
def rival(
    zygote: Zygote, exercise: PreparedExercise, asked: Faster | Leaner, allowance: Allowance
) -> Iterator[Conversation]:
    """The rival that a case names, in a worker; nothing is watched in it.

    Raises:
        GraderError: it could not be loaded.
    """
    # Postponed annotations, as a driver's are: the names in them need not be there.
    source = f"from __future__ import annotations\n{asked.rival}\n{exercise.name} = "
    program = Program(((1, source + asked.rival_name),), trusted=True)
    with ExitStack() as stack:
        with ours(exercise):
            entering = entered(zygote, program, exercise.unbound(), allowance)
            conversation = stack.enter_context(entering)
        yield conversation


@contextmanager
def ours(exercise: PreparedExercise) -> Iterator[None]:
    """What a rival does: whatever befalls it is no fault of the submission."""
    try:
        yield
    except (Lost, Again) as lost:
        raise GraderError(f"the rival of {exercise.name} was lost: {lost.ended}") from lost
