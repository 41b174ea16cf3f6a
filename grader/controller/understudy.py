"""The model answers in a worker that stays from one submission to the next.

It runs our program alone: of students it sees arrays, one call after another, each with its random
streams set anew. So nothing passes from one of them to another but what a model answer returns for
arrays of its asker's own. It is renewed before the kernel's limit on its CPU time could end it, and
whenever a call in it came to no good end.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.controller.conversation import Again, Allowance, Conversation, State
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.zygote import Worker, Zygote
from grader.errors import GraderError

SECONDS = 5.0
"""Of CPU; a worker that has used as many is given to nobody else: its limit is higher by ten."""
TURNS = 200
"""How many submissions may use one worker."""


class Understudy:
    """A worker that has loaded the model answers; one user of a zygote has at most one."""

    def __init__(
        self,
        zygote: Zygote,
        program: Program,
        exercises: Sequence[PreparedExercise],
        allowance: Allowance,
    ) -> None:
        """Fork a worker and load the answers into it.

        Raises:
            GraderError: the machine failed, or the answers do not define the exercises.
        """
        self._zygote, self._program = zygote, program
        self._names = frozenset(exercise.name for exercise in exercises)
        self._turns = 0
        self._worker: Worker = zygote.fork()
        link = Link(self._worker, allowance.output_bytes)
        state = State([], Limit(allowance.total_seconds), forks=1)
        self._conversation = Conversation(zygote, self._worker, link, allowance, state)
        try:
            self._load(exercises)
        except BaseException:
            self.close()
            raise

    def _load(self, exercises: Sequence[PreparedExercise]) -> None:
        try:
            names = self._conversation.load(self._program, [each.unbound() for each in exercises])
        except Again as again:
            raise GraderError(f"the model answers were lost: {again.ended}") from again
        if not self._names.issubset(names or ()):
            raise GraderError("the model answers could not be loaded as stand-ins")

    @classmethod
    def of(
        cls,
        zygote: Zygote,
        program: Program,
        exercises: Sequence[PreparedExercise],
        allowance: Allowance,
    ) -> Understudy:
        """The one that this user of the zygote has, or a new one in its place."""
        kept = zygote.resident
        if isinstance(kept, Understudy) and kept._serves(program, exercises):
            return kept
        if kept is not None:
            kept.close()
        made = zygote.resident = cls(zygote, program, exercises, allowance)
        return made

    def _serves(self, program: Program, exercises: Sequence[PreparedExercise]) -> bool:
        return (
            self._program == program
            and self._names.issuperset(exercise.name for exercise in exercises)
            and self._turns < TURNS
            and self._worker.meter.cpu() < SECONDS
        )

    def conversation(self, total: Limit) -> Conversation:
        """What to ask it by, for as long as `total` allows."""
        self._turns += 1
        self._conversation.go_on(State([], total))
        return self._conversation

    def close(self) -> None:
        """End the worker; safe to call twice."""
        if self._zygote.resident is self:
            self._zygote.resident = None
        try:
            self._zygote.dismiss(self._worker)
        finally:
            self._worker.close()
