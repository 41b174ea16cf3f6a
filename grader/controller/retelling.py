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

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from grader.comparing.outcomes import Call, ExerciseRun, Outcome
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
    """A call on a spare case, and what came of it."""

    call: Call
    outcome: Outcome


@dataclass
class Retelling:
    """Makes failed calls of one submission again, each on its spare case and at most once.

    Args:
        zygote: where the workers come from.
        program: the submission.
        execution: what came of it on the hidden cases.
        exercises: as they were run there, by name.
        allowance: time and output of one submission.
        connect: makes the link to a worker.
    """

    zygote: Zygote
    program: Program
    execution: Execution
    exercises: Mapping[str, PreparedExercise]
    allowance: Allowance
    connect: Connect = Link

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
        left = self.allowance.total_seconds - self.execution.cpu_seconds
        allowance = replace(self.allowance, total_seconds=max(left, self.allowance.seconds))
        done = execute(self.zygote, self.program, calls, allowance, self.connect, hung)
        for name, number in asked.items():
            exercise = spare[name]
            outcomes = done.runs.get(name, ExerciseRun()).outcomes
            self._known[name, number] = (
                Retold(exercise.calls[0], outcomes[0]) if exercise and outcomes else None
            )


def _first(run: ExerciseRun) -> int:
    """Which outcome, counted from 1, is the first that raised what is no stub's; 0 for none."""
    for number, outcome in enumerate(run.outcomes, 1):
        if outcome.raised is not None:
            return 0 if messages.is_stub(outcome.raised) else number
    return 0
