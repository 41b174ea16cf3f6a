"""One worker's side of a session: what it is asked, and what is made of its frames.

Whatever no honest worker sends ends the conversation. Of the rest, arrays are compared; that a
call raised, left its inputs alone or was seen to use nothing forbidden is taken as the submission's
own account, as `docs/security.md` lists.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import Any

from grader.comparing.outcomes import Ended, Outcome, Raised
from grader.controller import caps, frames
from grader.controller.arrivals import Arrivals
from grader.controller.device_faults import breaks_device
from grader.controller.execution import UnitFault
from grader.controller.limit import Limit, Overdue, Watch
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise, rules_of
from grader.controller.program import Program
from grader.controller.state import Again, Allowance, Charged, Lost, State
from grader.controller.zygote import Worker, Zygote
from grader.worker.devices import is_away
from grader.worker.wire import Closed, ProtocolError, pack, parse_header

__all__ = ["Again", "Allowance", "Conversation", "Lost", "State"]

# A fork and a confinement take milliseconds; a loaded machine may need much longer.
START_SECONDS = 60.0
GRACE_SECONDS = 0.5
DYING_TRIES = 60
MAX_FAULTS = 200
_SIGKILL, _SIGXCPU = 9, 24


class Conversation:
    """Requests to one worker and its answers; what is learnt goes into the session's state."""

    def __init__(
        self, zygote: Zygote, worker: Worker, link: Link, allowance: Allowance, state: State
    ) -> None:
        self._zygote, self._worker, self._link = zygote, worker, link
        self._allowance, self._state = allowance, state
        self._token = secrets.token_hex(16)
        self._opening = f'{{"token":"{self._token}",'.encode()
        self._program = Program(())
        self._cell, self._ended = 0, -1
        self._lap_end: float | None = None
        self.lost = False
        state.total.begin(worker.meter)

    @property
    def program(self) -> Program:
        """What was loaded last."""
        return self._program

    @property
    def skip(self) -> Sequence[int]:
        """The units of the program that are left out."""
        return tuple(self._state.skip)

    @property
    def pid(self) -> int | None:
        """The worker's process id as we see it, None if unknown."""
        return self._worker.meter.pid

    def go_on(self, state: State, link: Link | None = None) -> None:
        """Note what the worker does from now on in another state; over another link, if given."""
        self._state = state
        self._link = link or self._link
        state.total.join(self._worker.meter)

    def load(
        self, program: Program, exercises: Sequence[PreparedExercise]
    ) -> frozenset[str] | None:
        """Load the program; the names it defines, or None if the worker was lost in a unit.

        Raises:
            Again: it was lost, and nothing says by what.
        """
        self._program = program
        unit = -1
        try:
            request = self._request(exercises)
            self._send(pack(request))
            frame, _ = self._receive(START_SECONDS, caps.SURVEY)
            # Sent before any of the student's code runs, and so believed.
            found = frames.findings(frame.get("surveyed"))
            self._state.surveyed |= {name: found.get(name, ()) for name in request["survey"]}
            self._state.skipped = frames.skipped(frame.get("skipped"), program)
            seconds, most = START_SECONDS, caps.names_frame(len(exercises))
            while "loaded" not in (frame := self._receive(seconds, most)[0]):
                unit = self._note(frame, unit)
                seconds = self._allowance.seconds
            return frozenset(frames.texts(frame["loaded"], len(exercises)))
        except ProtocolError:
            self._lost_at(unit, Lost("protocol"))
        except Lost as lost:
            self._lost_at(unit, lost)
        return None

    def _request(self, exercises: Sequence[PreparedExercise]) -> dict[str, Any]:
        program = self._program
        audited = [e for e in exercises if e.exercise.forbid]
        return {
            "do": "load",
            "token": self._token,
            "name": "submission" if program.statementwise else "__main__",
            "cells": [list(cell) for cell in program.cells],
            "statementwise": program.statementwise,
            "skip": self._state.skip,
            "seed": 0,
            "rules": {e.name: rules_of(e.exercise) for e in audited},
            "device": next((e.device for e in exercises if is_away(e.device)), "cpu"),
            "trusted": program.trusted,
            "survey": [e.name for e in audited if not program.trusted and not self._knows(e)],
            "gpu": self._zygote.gpu,
            "wanted": [e.name for e in exercises],
        }

    def _knows(self, exercise: PreparedExercise) -> bool:
        """Whether a worker has looked for the exercise's ways round the audit in this program.

        It did before any of the student's code ran in it, so that none need look again.
        """
        return exercise.name in self._state.surveyed

    def _note(self, frame: dict[str, Any], last: int) -> int:
        """Note what a frame says of a unit. They begin in order, and may say that they raised."""
        unit, begins = frame.get("unit"), "begins" in frame
        if type(unit) is not int or not max(last, 0) <= unit < self._program.units:
            raise Lost("protocol")
        if unit == self._ended or begins == (unit == last):
            raise Lost("protocol")
        if begins:
            self._cell = frame["cell"] if type(frame.get("cell")) is int else 0
        else:
            with self._charged():
                raised = frames.raised(frame.get("raised"), self._program)
            _require_device(raised)
            self._fault(UnitFault(unit, raised, cell=self._cell, place=raised.place))
            self._ended = unit
        return unit

    def _fault(self, fault: UnitFault) -> None:
        faults = self._state.faults
        if len(faults) >= MAX_FAULTS and fault.unit not in faults:
            faults.popitem()  # the first ones and the last one tell enough
        faults[fault.unit] = fault

    def _lost_at(self, unit: int, lost: Lost) -> None:
        """Note in which unit the worker was lost; it is left out from now on."""
        if unit < 0 or unit in self._state.skip or lost.killed:
            raise Again(lost)
        place = self._program.place_of_cell(self._cell)
        self._fault(UnitFault(unit, None, lost.ended, self._cell, place))
        self._state.skip.append(unit)

    def run(self, exercise: PreparedExercise, arrivals: Arrivals, share: float = 1.0) -> Ended:
        """Run an exercise's calls; how that ended early, if it did.

        `share`: the part of its time that each call may take.
        """
        try:
            self._send(exercise.frame)
            for call in exercise.calls:
                self._arrive(exercise, arrivals, share * call.seconds)
            frame, _ = self._receive(self._allowance.seconds, caps.UNIT)
            if "done" not in frame:
                raise Lost("protocol")
        except Lost as lost:
            if lost.killed:
                raise Again(lost) from None
            left = exercise.calls[arrivals.count :]
            if lost.ended == "protocol" or not left or not all(call.fake for call in left):
                return lost.ended
            # Simulated tensors can abort torch; then they have shown nothing.
            self.lost = True
            for _ in left:
                arrivals.add(Outcome(fake="undecided"))
        return ""

    def lap(self, exercise: PreparedExercise) -> tuple[Outcome, float]:
        """Run an exercise's only call; its outcome, and the seconds of CPU time that it cost.

        They count from the end of the lap before, so that none is hidden between laps.
        """
        before = self._lap_end if self._lap_end is not None else self._worker.meter.settled()
        (outcome,), _ = self.heat(exercise)
        self._lap_end = self._worker.meter.settled()
        return outcome, self._lap_end - before

    def heat(self, exercise: PreparedExercise) -> tuple[list[Outcome], float]:
        """Run an exercise's calls; their outcomes, and the seconds until all were here.

        By our clock: of what a GPU's work costs the kernel's account says nothing.
        """
        start = time.perf_counter()
        self._send(exercise.frame)
        outcomes = []
        for number, call in enumerate(exercise.calls):
            outcomes.append(outcome := self._outcome(exercise, number, call.seconds))
            _require_device(outcome.raised)
        if "done" not in self._receive(self._allowance.seconds, caps.UNIT)[0]:
            raise Lost("protocol")
        return outcomes, time.perf_counter() - start

    def chill(self) -> None:
        """Have the worker's GPU forget what lies in its caches and in memory that is free."""
        self._send(pack({"do": "chill"}))
        if "chilled" not in self._receive(self._allowance.seconds, caps.UNIT)[0]:
            raise Lost("protocol")

    def meanwhile(self) -> float:
        """Seconds of CPU time that the worker has used since its last lap; they are its own."""
        before = self._lap_end or 0.0
        self._lap_end = self._worker.meter.settled()
        return self._lap_end - before

    def end(self) -> None:
        """End the worker, with all that a GPU did for it; exercises that are left need another."""
        self.lost = True
        self._zygote.kill(self._worker)

    def exchange(self, request: bytes, most: caps.Frame) -> tuple[dict[str, Any], memoryview]:
        """Send a request for one call of a program of ours; the frame that answers it."""
        self._send(request)
        answer = self._receive(self._allowance.seconds, most)
        self._receive(self._allowance.seconds, caps.UNIT)
        return answer

    def _arrive(self, exercise: PreparedExercise, arrivals: Arrivals, seconds: float) -> None:
        """Receive the answer to the next call; one of known bytes needs no second look."""
        number = arrivals.count
        most = caps.answer_frame(exercise.calls[number].caps)
        header, body = self._receive_bytes(seconds, most)
        mark = self._mark(header, body)
        if mark is not None and arrivals.add_again(mark):
            return
        outcome = self._read(exercise, number, self._parsed(header), body)
        # What is said of an exception hangs on the program as well.
        arrivals.add(outcome, None if outcome.raised else mark)
        _require_device(outcome.raised)

    def _mark(self, header: bytes, body: memoryview) -> bytes | None:
        """A digest of a frame without its token; None if that does not stand where we expect it."""
        if not header.startswith(self._opening):
            return None
        digest = hashlib.sha256(memoryview(header)[len(self._opening) :])
        digest.update(body)
        return digest.digest()

    def _outcome(self, exercise: PreparedExercise, number: int, seconds: float) -> Outcome:
        frame, body = self._receive(seconds, caps.answer_frame(exercise.calls[number].caps))
        return self._read(exercise, number, frame, body)

    def _read(
        self, exercise: PreparedExercise, number: int, frame: dict[str, Any], body: memoryview
    ) -> Outcome:
        call, driver = exercise.calls[number], exercise.exercise.driver
        if type(frame.get("id")) is not int or frame["id"] != number:
            raise Lost("protocol")
        try:
            with self._charged():
                return frames.outcome(frame, body, call, self._program, driver)
        except ProtocolError:
            raise Lost("protocol") from None

    def _watch(self, seconds: float) -> Watch:
        return Watch(self._worker.meter, Limit(seconds), self._state.total)

    def _send(self, frame: bytes) -> None:
        try:
            self._link.send(frame, self._watch(START_SECONDS))
        except Overdue:
            raise Lost("timeout") from None
        except Closed:
            raise self._how_it_ended() from None

    def _receive(self, seconds: float, most: caps.Frame) -> tuple[dict[str, Any], memoryview]:
        header, body = self._receive_bytes(seconds, most)
        return self._parsed(header), body

    def _receive_bytes(self, seconds: float, most: caps.Frame) -> tuple[bytes, memoryview]:
        try:
            with self._charged():
                return self._link.receive_bytes(self._watch(seconds), most)
        except Overdue:
            raise Lost("timeout") from None
        except ProtocolError:
            raise Lost("protocol") from None
        except Closed:
            raise self._how_it_ended() from None

    def _parsed(self, header: bytes) -> dict[str, Any]:
        """A frame's header; every frame of the worker carries the token."""
        try:
            with self._charged():
                frame = parse_header(header)
        except ProtocolError:
            raise Lost("protocol") from None
        if frame.get("token") != self._token:
            raise Lost("protocol")
        return frame

    def _charged(self) -> Charged:
        """What we do for the worker counts as its own time: it says how much there is to do."""
        return Charged(self._state.total)

    def _how_it_ended(self) -> Lost:
        ended = None
        for _ in range(DYING_TRIES):
            ended = self._zygote.wait(self._worker, GRACE_SECONDS)
            if ended or not self._worker.meter.ending():
                break
        if ended is None:  # it lives, and has closed its socket
            return Lost("crash")
        if ended.oom:
            return Lost("memory")
        if ended.signal == _SIGXCPU or ended.overran:
            return Lost("timeout")
        # Nothing that a worker may do sends it this one: see `grader.worker.seccomp`.
        return Lost("crash", killed=ended.signal == _SIGKILL)


def _require_device(raised: Raised | None) -> None:
    """Give a worker up whose GPU is broken."""
    if raised is not None and breaks_device(raised):
        raise Lost("device")
