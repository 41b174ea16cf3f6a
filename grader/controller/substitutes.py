"""Model answers that stand in for what a submission got wrong, asked over the controller.

Theory of operation. In the student's worker the failed names are bound to stand-ins
(`grader.worker.standins`). A stand-in's arguments come here as a frame; they are read like any
frame of a worker, and go on to a second worker that has loaded the model answers and nothing of
the student's. Its result goes back as it came. So the student's process sees results of
exercises whose marks are settled, on arrays of its own choosing, and no line of an answer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from grader.comparing.compare import leaves
from grader.comparing.outcomes import ExerciseRun
from grader.controller.answered import Answered, question_key
from grader.controller.caps import Frame, answer_frame, value_frame
from grader.controller.conversation import Allowance, Conversation, Lost
from grader.controller.limit import Limit, Watch
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.understudy import Understudy
from grader.controller.zygote import Worker, Zygote
from grader.errors import GraderError
from grader.worker.wire import (
    NUMPY_DTYPES,
    SHOWS_NOTHING,
    Array,
    Long,
    Opaque,
    ProtocolError,
    Reader,
    decode,
    pack,
    parse_header,
)

MAX_QUESTIONS = 20_000
MAX_BYTES = 512 * 2**20


class Substitutes:
    """The model answers to some exercises, in a worker that is started when first asked."""

    def __init__(
        self,
        zygote: Zygote,
        answers: Program,
        exercises: Sequence[PreparedExercise],
        allowance: Allowance,
        company: Sequence[PreparedExercise] = (),
        answered: Answered | None = None,
    ) -> None:
        """Keep what is needed; nothing is started yet.

        `company`: all exercises of the answers, which one worker can answer for. `answered`: what
        they have replied to others.
        """
        self._answered = answered or Answered()
        self._zygote, self._answers, self._allowance = zygote, answers, allowance
        self._company = company or exercises
        self._exercises = {exercise.name: exercise for exercise in exercises}
        self._understudy: Understudy | None = None
        self._conversation: Conversation | None = None
        self._questions = self._bytes = 0
        self._total = Limit(allowance.total_seconds)

    @property
    def spent(self) -> float:
        """Seconds that are gone of its clock."""
        return self._total.used

    @property
    def most(self) -> Frame:
        """The largest frame of a question."""
        frames = [value_frame(one.stand_in_caps.inputs) for one in self._exercises.values()]
        return max(header for header, _ in frames), max(body for _, body in frames)

    def answer(self, frame: dict[str, Any], body: memoryview) -> bytes:
        """The frame that answers a stand-in's question, whatever the question is.

        Raises:
            GraderError: the model answers' worker was killed from outside.
        """
        exercise = self._exercises.get(str(frame.get("ask")))
        if exercise is None or self._used_up(len(body)):
            return _refused("it was asked too much")
        key = question_key(exercise.name, frame.get("inputs"), body)
        reply = self._answered.recall(key)
        if reply is None:
            reply, known = self._replied(exercise, frame, body)
            if known:
                self._answered.keep(key, reply)
        return reply

    def _used_up(self, size: int) -> bool:
        self._questions += 1
        self._bytes += size
        many = self._questions > MAX_QUESTIONS or self._bytes > MAX_BYTES
        return many or self._total.used_up

    def _replied(
        self, exercise: PreparedExercise, frame: dict[str, Any], body: memoryview
    ) -> tuple[bytes, bool]:
        """The frame that answers, and whether the same inputs would be answered so again."""
        caps = exercise.stand_in_caps
        try:
            if _is_partial(decode(frame.get("inputs"), Reader(body), caps.inputs)):
                return _refused("it takes plain values only, and none far too large"), False
            said, result = self._ask(exercise, frame["inputs"], body)
            if "raised" in said:
                return _raised(said["raised"]), True
            if _is_partial(decode(said.get("value"), Reader(result), caps.value)):
                return _refused("it returns plain values only, and none far too large"), False
        except (ProtocolError, Lost) as error:
            self._discard()
            if isinstance(error, Lost) and error.killed:
                raise GraderError("the model answers were killed from outside") from error
            return _refused("no answer came"), False
        return pack({"value": said["value"]}, [result]), True

    def _ask(
        self, exercise: PreparedExercise, inputs: Any, body: memoryview
    ) -> tuple[dict[str, Any], memoryview]:
        match inputs:
            case ["list", [["list", args], ["dict", kwargs]]]:
                request = exercise.question(args, kwargs)
            case _:
                raise ProtocolError("a question has a form that no stand-in sends")
        most = answer_frame(exercise.stand_in_caps)
        return self._ready().exchange(pack(request, [body]), most)

    def _ready(self) -> Conversation:
        if self._understudy is None:
            program = replace(self._answers, trusted=True)
            self._understudy = Understudy.of(self._zygote, program, self._company, self._allowance)
            self._conversation = self._understudy.conversation(self._total)
        assert self._conversation is not None
        return self._conversation

    def _discard(self) -> None:
        if self._understudy is not None:
            self._understudy.close()
        self._understudy = self._conversation = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the worker to the next one, unless something went wrong."""
        if kind is not None:
            self._discard()


def shows_nothing(run: ExerciseRun | None) -> bool:
    """Whether a stand-in could not answer on the way, so that a failure says nothing."""
    return run is not None and any(
        outcome.raised is not None and outcome.raised.message.startswith(SHOWS_NOTHING)
        for outcome in run.outcomes
    )


def _refused(why: str) -> bytes:
    return pack({"raised": "RuntimeError", "message": f"{SHOWS_NOTHING} {why}"})


def _raised(data: dict[str, Any]) -> bytes:
    return pack({"raised": str(data["type"]), "message": str(data["message"])})


def _is_partial(value: Any) -> bool:
    """Whether something of a value did not come: it is no plain one, or too large."""
    return any(
        isinstance(leaf, Opaque | Long)
        or (isinstance(leaf, Array) and leaf.data is None and leaf.dtype in NUMPY_DTYPES)
        for leaf in leaves(value)
    )


class AskingLink(Link):
    """A link to a student's worker whose stand-ins ask: questions are answered on the way."""

    def __init__(self, substitutes: Substitutes, worker: Worker, output_bytes: int) -> None:
        """Take over the worker's socket and output pipe."""
        super().__init__(worker, output_bytes)
        self._substitutes = substitutes

    def receive_bytes(self, watch: Watch, most: Frame) -> tuple[bytes, memoryview]:
        """Return the next frame that is no question; raises what `Link.receive` does."""
        asked = self._substitutes.most
        both = (max(most[0], asked[0]), max(most[1], asked[1]))
        while True:
            header, body = super().receive_bytes(watch, both)
            # No word of a frame is so spelt but a key that says "ask"; it is read to be sure.
            frame = parse_header(header) if b"ask" in header or b"\\u" in header else {}
            if "ask" not in frame:
                return header, body
            begun = time.monotonic()
            answer = self._substitutes.answer(frame, body)
            watch.excuse(time.monotonic() - begun)
            self.send(answer, watch)
