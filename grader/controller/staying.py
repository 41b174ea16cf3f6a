"""Workers that stay when their exercises have run, for what is to be tried once more in them.

Most exercises that are tried again with right ones under them pass. To see that needs no worker of
their own: the one that ran them has the submission loaded, and lacks no less than theirs would.
What does not pass there is tried in a fresh one, so that nothing left over from the first time can
fail it. And a worker knows the stand-ins of one set alone: it has seen the inputs of all exercises,
and could ask on behalf of one that has no right to the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.comparing.compare import Asked
from grader.comparing.outcomes import ExerciseRun
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Conversation
from grader.controller.limit import Limit
from grader.controller.prepared import PreparedExercise
from grader.controller.state import Again, Allowance, Lost, State
from grader.controller.substitutes import AskingLink, Substitutes
from grader.controller.zygote import Worker, Zygote


@dataclass
class Stayer:
    """A worker that has run a room's exercises, and waits; `names`: what it can call.

    `given`: the exercises whose stand-ins it has known, None before the first.
    """

    zygote: Zygote
    worker: Worker
    conversation: Conversation
    names: frozenset[str] = frozenset()
    given: tuple[str, ...] | None = None

    def may_run(self, exercise: PreparedExercise) -> bool:
        """Whether it can call an exercise, and knows no stand-ins but the exercise's own."""
        return exercise.name in self.names and self.given in (None, exercise.given_names)

    def close(self) -> None:
        """End the worker; whether it lives has shown already."""
        try:
            self.zygote.dismiss(self.worker)
        finally:
            self.worker.close()


class Staying:
    """The workers of one submission that stay until this is closed, as it must be."""

    def __init__(self) -> None:
        """Nobody stays yet."""
        self._stayers: list[Stayer] = []

    def keep(self, stayer: Stayer) -> None:
        """Take over a worker."""
        self._stayers.append(stayer)

    def run(
        self,
        exercise: PreparedExercise,
        substitutes: Substitutes,
        asked: Mapping[str, Sequence[Asked]],
        allowance: Allowance,
    ) -> tuple[ExerciseRun | None, float]:
        """Run an exercise in the last worker that may do so; None if there is none, or if it came
        to no good end. And the seconds of the clock that this took.

        Raises:
            GraderError: the machine failed.
        """
        able = [one for one in self._stayers if one.may_run(exercise)]
        if not able or any(call.is_measured for call in exercise.calls):
            return None, 0.0
        stayer, state = able[-1], State([], Limit(allowance.total_seconds))
        arrivals = Arrivals(exercise, asked[exercise.name], state.purse)
        link = AskingLink(substitutes, stayer.worker, allowance.output_bytes)
        stayer.given = exercise.given_names
        stayer.conversation.go_on(state, link)
        try:
            lost = bool(stayer.conversation.run(exercise, arrivals)) or stayer.conversation.lost
        except (Again, Lost):
            lost = True
        state.total.end(stayer.worker.meter)
        if lost:
            self._stayers.remove(stayer)
            stayer.close()
        return None if lost else arrivals.run(), state.total.used

    def close(self) -> None:
        """End all workers; safe to call twice."""
        while self._stayers:
            self._stayers.pop().close()
