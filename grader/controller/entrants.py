"""What is measured of an exercise's calls, beside other programs in workers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from grader.comparing.outcomes import ExerciseRun, Outcome
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Again, Allowance, Conversation, Lost, State
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.zygote import Zygote
from grader.errors import GraderError
from grader.vocabulary import Faster, Leaner


def measured(
    numbers: Iterable[int], arrivals: Arrivals, measure: Callable[[int], None]
) -> ExerciseRun:
    """What came of an exercise once calls of it were measured; it ends where a worker is lost.

    Raises:
        Again: a worker was killed from outside.
    """
    for number in numbers:
        try:
            measure(number)
        except Lost as lost:
            if lost.killed:
                raise Again(lost) from None
            return arrivals.run(lost.ended, number)
    return arrivals.run()


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


def require_returned(exercise: PreparedExercise, outcomes: Iterable[Outcome]) -> None:
    """Raises `GraderError` if a call of the exercise's rival raised."""
    for outcome in outcomes:
        if outcome.raised is not None:
            raise GraderError(f"the rival of {exercise.name} raised {outcome.raised.type}")
