"""What may be said of a failure: what the submission does on inputs that are nobody's secret.

Theory of operation. Whatever a student's code composes while it holds hidden inputs can spell them
out: which line raises, which exception and with which words, the shape of what it returns. So none
of that is repeated. The call that failed is made once more, in a worker of its own, on a *spare*
case: the check's same case, drawn from a seed that is written down in this file. The worker never
holds a hidden input, so what it says is a function of the submission and of the spare case alone,
and is told if the failure is of the same kind. If it is of another, or none, then what happened
hangs on the inputs' values, and only that is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.comparing.compare import Asked
from grader.comparing.outcomes import Call, ExerciseRun, Failure, Outcome
from grader.controller import messages
from grader.controller.conversation import Allowance
from grader.controller.execution import Execution
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.session import execute
from grader.controller.zygote import Worker, Zygote

Connect = Callable[[Worker, int], Link]


@dataclass(frozen=True)
class Retold:
    """A call on a spare case, what came of it, and why that fails, if it does."""

    call: Call
    outcome: Outcome
    failure: Failure | None


@dataclass
class Retelling:
    """Makes failed calls of one submission again, each on its spare case and at most once.

    Args:
        zygote: where the workers come from.
        program: the submission.
        execution: what came of it on the hidden cases.
        exercises: as they were run there, by name.
        asked: what is asked of each exercise's calls.
        allowance: time and output of one submission.
        connect: makes the link to a worker.
    """

    zygote: Zygote
    program: Program
    execution: Execution
    exercises: Mapping[str, PreparedExercise]
    asked: Mapping[str, Sequence[Asked]]
    allowance: Allowance
    connect: Connect = Link
    spent: float = 0.0
    """Seconds of the submission's clock that it has taken."""

    def __post_init__(self) -> None:
        """Nothing is run before it is asked for."""
        self._known: dict[tuple[str, int], Retold | None] = {}

    def of(self, name: str, number: int) -> Retold | None:
        """What came of an exercise's call on its spare case; None if it never came to an end.

        Raises:
            CourseError: the check cannot be drawn again.
            GraderError: the machine failed.
        """
        if (name, number) not in self._known:
            # Whatever raised is asked for sooner or later: one worker does for all of it.
            raised = {n: first for n, run in self.execution.runs.items() if (first := _first(run))}
            asked = {
                n: first - 1 for n, first in raised.items() if (n, first - 1) not in self._known
            }
            self._make(asked | {name: number})
        return self._known[name, number]

    def _make(self, asked: Mapping[str, int]) -> None:
        spare = {name: self.exercises[name].spare(number) for name, number in asked.items()}
        calls = [exercise for exercise in spare.values() if exercise is not None]
        hung = [fault.unit for fault in self.execution.faults if fault.ended]
        allowance = self.allowance.less(self.execution.spent + self.spent)
        if allowance.total_seconds <= 0:  # there is one clock for it all
            self._known |= dict.fromkeys(asked.items())
            return
        # What is right with the hidden inputs is not with these.
        by = {name: [replace(self.asked[name][n], right=())] for name, n in asked.items()}
        known = self.execution.surveyed
        done = execute(self.zygote, self.program, calls, allowance, self.connect, by, hung, known)
        self.spent += done.spent
        for name, number in asked.items():
            self._known[name, number] = _retold(spare[name], done.runs.get(name, ExerciseRun()))


def _retold(exercise: PreparedExercise | None, run: ExerciseRun) -> Retold | None:
    if exercise is None or not run.outcomes:
        return None
    return Retold(exercise.calls[0], run.outcomes[0], run.failures.get(0))


def _first(run: ExerciseRun) -> int:
    """Which outcome, counted from 1, is the first that raised what is no stub's; 0 for none."""
    for number, outcome in enumerate(run.outcomes, 1):
        if outcome.raised is not None:
            return 0 if messages.is_stub(outcome.raised) else number
    return 0
