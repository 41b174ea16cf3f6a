"""One submission, from its source to its outcomes.

A session forks a worker, loads the submission into it and runs the exercises one after another.
If the worker hangs or dies, what it was at is noted, and another worker goes on with the rest:
one bad cell or one endless loop costs its own exercise and nothing else.

Once the source is sent, nothing that the worker says or does is a fault of ours: a frame that no
honest worker sends, or a death, is the submission's. A worker that was killed, or that died before
any of the student's code began, may not have been the student's doing: it is tried once more.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.controller import frames
from grader.controller.link import Link, Overdue
from grader.controller.outcomes import (
    Ended,
    Execution,
    ExerciseRun,
    Outcome,
    Round,
    UnitFault,
)
from grader.controller.prepared import PreparedExercise, rules_of
from grader.controller.program import Program
from grader.controller.zygote import Worker, Zygote
from grader.errors import GraderError
from grader.worker.wire import Closed, ProtocolError, pack

__all__ = ["Allowance", "Program", "execute"]

# A fork and a confinement take milliseconds; a loaded machine may need much longer.
START_SECONDS = 60.0
GRACE_SECONDS = 0.5
MAX_FAULTS = 200
_SIGKILL, _SIGXCPU = 9, 24
RACE_SCALES = (1.25, 0.5, 0.75)


@dataclass(frozen=True)
class Allowance:
    """Time and space of one submission: seconds per unit, seconds in all, bytes of output."""

    seconds: float
    total_seconds: float
    output_bytes: int


class _Lost(Exception):
    """The worker hung, died or broke the protocol; `killed`: by a signal that somebody sent."""

    def __init__(self, ended: Ended, *, killed: bool = False) -> None:
        super().__init__(ended)
        self.ended: Ended = ended
        self.killed = killed


class _Again(Exception):
    """The worker was lost, perhaps by no doing of the student's; `ended` as it seems."""

    def __init__(self, lost: _Lost) -> None:
        super().__init__(lost.ended)
        self.ended = lost.ended


@dataclass
class _State:
    """What a session knows so far."""

    pending: list[PreparedExercise]
    deadline: float
    runs: dict[str, ExerciseRun] = field(default_factory=dict)
    faults: dict[int, UnitFault] = field(default_factory=dict)
    skip: list[int] = field(default_factory=list)
    evasions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    output: bytes = b""
    maxrss_kib: int = 0
    forks: int = 0
    loaded: bool = False
    second_chance: bool = True

    def give_up(self, ended: Ended) -> None:
        """End what is left the same way."""
        for exercise in self.pending:
            self.runs[exercise.name] = ExerciseRun(ended=ended)
        self.pending.clear()


def execute(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
) -> Execution:
    """Run a program's exercises in confined workers.

    Raises:
        GraderError: the machine failed (a dead zygote, a worker that could not be confined).
    """
    state = _State(list(exercises), time.monotonic() + allowance.total_seconds)
    going = True
    while going and (state.pending or not state.loaded):
        if state.forks and time.monotonic() > state.deadline:
            state.give_up("timeout")
            break
        going = _one_worker(zygote, program, exercises, allowance, state)
    return Execution(
        state.runs,
        tuple(state.faults[unit] for unit in sorted(state.faults)),
        state.evasions,
        state.output,
        state.maxrss_kib,
        state.forks,
        state.loaded,
    )


def _one_worker(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    state: _State,
) -> bool:
    """Go as far as one worker goes; False if another one would not get further."""
    worker = zygote.fork()
    state.forks += 1
    link = Link(worker, allowance.output_bytes)
    conversation = _Conversation(zygote, worker, link, allowance, state)
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
                run = _raced(zygote, conversation, exercise, run, allowance)
            state.runs[exercise.name] = run
            state.pending.pop(0)
            if run.ended or conversation.lost:
                return True
        return True
    except _Again as again:
        if not state.second_chance:
            state.give_up(again.ended)
        going, state.second_chance = state.second_chance, False
        return going
    finally:
        if len(state.output) < allowance.output_bytes:
            state.output += link.output()[: allowance.output_bytes - len(state.output)]
        ended = zygote.kill(worker)
        state.maxrss_kib = max(state.maxrss_kib, ended.maxrss_kib)
        worker.close()


def _raced(
    zygote: Zygote,
    conversation: _Conversation,
    exercise: PreparedExercise,
    run: ExerciseRun,
    allowance: Allowance,
) -> ExerciseRun:
    """The run with the races that its cases ask for."""
    outcomes = list(run.outcomes)
    for number, call in enumerate(exercise.calls):
        if call.case.faster is not None and not call.fake and outcomes[number].raised is None:
            try:
                rounds = _race(zygote, conversation, exercise, number, allowance)
            except _Lost as lost:
                return ExerciseRun(tuple(outcomes[:number]), lost.ended)
            seen = {name for one in rounds for name in one.mine.seen}
            outcomes[number] = replace(
                outcomes[number], rounds=rounds, seen=tuple({*outcomes[number].seen, *seen})
            )
    return ExerciseRun(tuple(outcomes))


def _race(
    zygote: Zygote,
    conversation: _Conversation,
    exercise: PreparedExercise,
    number: int,
    allowance: Allowance,
) -> tuple[Round, ...]:
    """Run the submission and its rival in turn, each in a worker of its own, by our clock."""
    faster = exercise.calls[number].case.faster
    assert faster is not None
    # Postponed annotations, as a driver's are: the names in them need not be there.
    source = f"from __future__ import annotations\n{faster.rival}\n"
    source += f"{exercise.name} = {faster.rival_name}"
    program = Program(((1, source),), trusted=True)
    worker = zygote.fork()
    try:
        state = _State([], time.monotonic() + allowance.total_seconds, forks=1)
        link = Link(worker, allowance.output_bytes)
        rival = _Conversation(zygote, worker, link, allowance, state)
        if exercise.name not in (rival.load(program, [exercise]) or ()):
            raise GraderError(f"the rival of {exercise.name} could not be loaded")
        rounds = []
        for scale in RACE_SCALES:
            mine, seconds = conversation.lap(exercise.lap(number, scale, watched=False))
            theirs, rival_seconds = rival.lap(exercise.lap(number, scale, watched=False))
            rounds.append(Round(mine, theirs, seconds, rival_seconds))
        watched, _ = conversation.lap(exercise.lap(number, RACE_SCALES[0], watched=True))
        rounds[0] = replace(rounds[0], mine=watched)
        return tuple(rounds)
    finally:
        zygote.kill(worker)
        worker.close()


class _Conversation:
    def __init__(
        self, zygote: Zygote, worker: Worker, link: Link, allowance: Allowance, state: _State
    ) -> None:
        self._zygote, self._worker, self._link = zygote, worker, link
        self._allowance, self._state = allowance, state
        self._token = secrets.token_hex(16)
        self._program = Program(())
        self._cell, self._ended = 0, -1
        self.lost = False

    def load(
        self, program: Program, exercises: Sequence[PreparedExercise]
    ) -> frozenset[str] | None:
        """Load the program; the names it defines, or None if the worker was lost in a unit.

        Raises:
            _Again: it was lost, and nothing says by what.
        """
        self._program = program
        unit = -1
        try:
            self._send(pack(self._request(exercises)))
            frame, _ = self._receive(START_SECONDS)
            # Sent before any of the student's code runs, and so believed.
            self._state.evasions = frames.findings(frame.get("surveyed"))
            seconds = START_SECONDS
            while "loaded" not in (frame := self._receive(seconds)[0]):
                unit = self._note(frame, unit)
                seconds = self._allowance.seconds
            return frozenset(frames.texts(frame["loaded"], len(exercises)))
        except ProtocolError:
            self._lost_at(unit, _Lost("protocol"))
        except _Lost as lost:
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
            "survey": [] if program.trusted else [e.name for e in audited],
            "wanted": [e.name for e in exercises],
        }

    def _note(self, frame: dict[str, Any], last: int) -> int:
        """Note what a frame says of a unit. They begin in order, and may say that they raised."""
        unit, begins = frame.get("unit"), "begins" in frame
        if type(unit) is not int or not max(last, 0) <= unit < self._program.units:
            raise _Lost("protocol")
        if unit == self._ended or begins == (unit == last):
            raise _Lost("protocol")
        if begins:
            self._cell = frame["cell"] if type(frame.get("cell")) is int else 0
        else:
            raised = frames.raised(frame.get("raised"), self._program)
            self._fault(UnitFault(unit, raised, cell=self._cell))
            self._ended = unit
        return unit

    def _fault(self, fault: UnitFault) -> None:
        faults = self._state.faults
        if len(faults) >= MAX_FAULTS and fault.unit not in faults:
            faults.popitem()  # the first ones and the last one tell enough
        faults[fault.unit] = fault

    def _lost_at(self, unit: int, lost: _Lost) -> None:
        """Note in which unit the worker was lost; it is left out from now on."""
        if unit < 0 or unit in self._state.skip or (lost.killed and self._state.second_chance):
            raise _Again(lost)
        self._fault(UnitFault(unit, None, lost.ended, self._cell))
        self._state.skip.append(unit)

    def run(self, exercise: PreparedExercise) -> ExerciseRun:
        """Run an exercise's calls."""
        outcomes: list[Outcome] = []
        try:
            self._send(exercise.frame)
            for number, call in enumerate(exercise.calls):
                frame, body = self._receive(call.seconds)
                outcomes.append(self._outcome(frame, body, exercise, number))
            frame, _ = self._receive(self._allowance.seconds)
            if "done" not in frame:
                raise _Lost("protocol")
        except ProtocolError:
            return ExerciseRun(tuple(outcomes), "protocol")
        except _Lost as lost:
            if lost.killed and self._state.second_chance:
                raise _Again(lost) from None
            left = exercise.calls[len(outcomes) :]
            if not left or not all(call.fake for call in left):
                return ExerciseRun(tuple(outcomes), lost.ended)
            # Simulated tensors can abort torch; then they have shown nothing.
            self.lost = True
            outcomes += [Outcome(fake="undecided")] * len(left)
        return ExerciseRun(tuple(outcomes))

    def lap(self, exercise: PreparedExercise) -> tuple[Outcome, float]:
        """Run an exercise's only call; its outcome, and the seconds until it came."""
        self._send(exercise.frame)
        start = time.perf_counter()
        frame, body = self._receive(exercise.calls[0].seconds)
        seconds = time.perf_counter() - start
        try:
            outcome = self._outcome(frame, body, exercise, 0)
        except ProtocolError:
            raise _Lost("protocol") from None
        self._receive(self._allowance.seconds)
        return outcome, seconds

    def _outcome(
        self, frame: dict[str, Any], body: bytes, exercise: PreparedExercise, number: int
    ) -> Outcome:
        if type(frame.get("id")) is not int or frame["id"] != number:
            raise ProtocolError("a case is missing, doubled or out of order")
        driver = exercise.exercise.driver
        return frames.outcome(frame, body, exercise.calls[number], self._program, driver)

    def _send(self, frame: bytes) -> None:
        try:
            self._link.send(frame, self._left(START_SECONDS))
        except Overdue:
            raise _Lost("timeout") from None
        except Closed:
            raise self._how_it_ended() from None

    def _receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        try:
            frame, body = self._link.receive(self._left(seconds))
        except Overdue:
            raise _Lost("timeout") from None
        except ProtocolError:
            raise _Lost("protocol") from None
        except Closed:
            raise self._how_it_ended() from None
        if frame.get("token") != self._token:
            raise _Lost("protocol")
        return frame, body

    def _left(self, seconds: float) -> float:
        left = self._state.deadline - time.monotonic()
        if left <= 0:  # also where frames come so fast that nobody ever waits
            raise _Lost("timeout")
        return min(seconds, left)

    def _how_it_ended(self) -> _Lost:
        ended = self._zygote.wait(self._worker, GRACE_SECONDS)
        if ended is None:
            return _Lost("crash")
        if ended.oom:
            return _Lost("memory")
        if ended.signal == _SIGXCPU:
            return _Lost("timeout")
        return _Lost("crash", killed=ended.signal == _SIGKILL)
