"""One submission, from its source to its outcomes.

A session forks a worker, loads the submission into it and runs the exercises one after another.
If the worker hangs or dies, what it was at is noted, and another worker goes on with the rest:
one bad cell or one endless loop costs its own exercise and nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.controller.link import Link, Overdue
from grader.controller.outcomes import Ended, Execution, ExerciseRun, Outcome, Raised, UnitFault
from grader.controller.prepared import Call, PreparedExercise, rules_of
from grader.controller.zygote import Exit, Worker, Zygote
from grader.errors import GraderError
from grader.worker.wire import Array, Closed, ProtocolError, Reader, decode, pack

# A fork and a confinement take milliseconds; a loaded machine may need much longer.
START_SECONDS = 60.0
GRACE_SECONDS = 0.5


@dataclass(frozen=True)
class Program:
    """Source to run: a submission's cells with their numbers, or an answer, mistake or mutant.

    `trusted` source is ours, and is not searched for ways round the audit.
    """

    cells: tuple[tuple[int, str], ...]
    statementwise: bool = False
    trusted: bool = False


@dataclass(frozen=True)
class Allowance:
    """Time and space of one submission: seconds per unit, seconds in all, bytes of output."""

    seconds: float
    total_seconds: float
    output_bytes: int


class _Lost(Exception):
    """The worker hung, died or broke the protocol."""

    def __init__(self, ended: Ended) -> None:
        super().__init__(ended)
        self.ended: Ended = ended


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
    while state.forks == 0 or state.pending:
        if state.forks and time.monotonic() > state.deadline:
            for exercise in state.pending:
                state.runs[exercise.name] = ExerciseRun(ended="timeout")
            break
        _one_worker(zygote, program, exercises, allowance, state)
    return Execution(
        state.runs,
        tuple(state.faults[unit] for unit in sorted(state.faults)),
        state.evasions,
        state.output,
        state.maxrss_kib,
        state.forks,
    )


def _one_worker(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    state: _State,
) -> None:
    worker = zygote.fork()
    state.forks += 1
    link = Link(worker, allowance.output_bytes)
    conversation = _Conversation(zygote, worker, link, allowance, state)
    try:
        names = conversation.load(program, exercises)
        if names is None:
            return
        while state.pending:
            exercise = state.pending.pop(0)
            if exercise.name not in names:
                continue
            run = conversation.run(exercise)
            state.runs[exercise.name] = run
            if run.ended or conversation.lost:
                return
    finally:
        if len(state.output) < allowance.output_bytes:
            state.output += link.output()[: allowance.output_bytes - len(state.output)]
        ended = zygote.kill(worker)
        state.maxrss_kib = max(state.maxrss_kib, ended.maxrss_kib)
        worker.close()


class _Conversation:
    def __init__(
        self, zygote: Zygote, worker: Worker, link: Link, allowance: Allowance, state: _State
    ) -> None:
        self._zygote, self._worker, self._link = zygote, worker, link
        self._allowance, self._state = allowance, state
        self.lost = False

    def load(
        self, program: Program, exercises: Sequence[PreparedExercise]
    ) -> frozenset[str] | None:
        """Load the program; the names it defines, or None if the worker was lost on the way."""
        audited = [e for e in exercises if e.exercise.forbid]
        header = {
            "do": "load",
            "name": "submission" if program.statementwise else "__main__",
            "cells": [list(cell) for cell in program.cells],
            "statementwise": program.statementwise,
            "skip": self._state.skip,
            "seed": 0,
            "rules": {e.name: rules_of(e.exercise) for e in audited},
            "survey": [] if program.trusted else [e.name for e in audited],
            "wanted": [e.name for e in exercises],
        }
        unit, seconds = -1, START_SECONDS
        try:
            self._send(pack(header))
            while True:
                frame, _ = self._receive(seconds)
                if "loaded" in frame:
                    self._state.evasions = _evasions(frame.get("evasions"))
                    return frozenset(map(str, _list(frame["loaded"])))
                if type(frame.get("unit")) is not int:
                    raise _Lost("protocol")
                if "raised" in frame:
                    fault = UnitFault(frame["unit"], _raised(frame["raised"]))
                    self._state.faults[frame["unit"]] = fault
                unit, seconds = frame["unit"], self._allowance.seconds
        except _Lost as lost:
            if unit < 0 or unit in self._state.skip:
                # Nothing of the student's had run yet, unless it overran or forged its frames.
                if lost.ended == "crash" and self._state.forks == 1:
                    raise GraderError("a worker died before it had loaded anything") from lost
                for exercise in self._state.pending:
                    self._state.runs[exercise.name] = ExerciseRun(ended=lost.ended)
                self._state.pending.clear()
                return None
            self._state.faults[unit] = UnitFault(unit, None, lost.ended)
            self._state.skip.append(unit)
            return None

    def run(self, exercise: PreparedExercise) -> ExerciseRun:
        """Run an exercise's calls."""
        outcomes: list[Outcome] = []
        try:
            self._send(exercise.frame)
            for number, call in enumerate(exercise.calls):
                frame, body = self._receive(call.seconds)
                if frame.get("id") != number:
                    raise _Lost("protocol")
                outcomes.append(_outcome(frame, body, call))
            frame, _ = self._receive(self._allowance.seconds)
            if "done" not in frame:
                raise _Lost("protocol")
        except ProtocolError:
            return ExerciseRun(tuple(outcomes), "protocol")
        except _Lost as lost:
            left = exercise.calls[len(outcomes) :]
            if not left or not all(call.fake for call in left):
                return ExerciseRun(tuple(outcomes), lost.ended)
            # Simulated tensors can abort torch; then they have shown nothing.
            self.lost = True
            outcomes += [Outcome(fake="undecided")] * len(left)
        return ExerciseRun(tuple(outcomes))

    def _send(self, frame: bytes) -> None:
        try:
            self._link.send(frame, self._left(START_SECONDS))
        except Overdue:
            raise _Lost("timeout") from None
        except Closed:
            raise _Lost(self._how_it_ended()) from None

    def _receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        try:
            frame, body = self._link.receive(self._left(seconds))
        except Overdue:
            raise _Lost("timeout") from None
        except ProtocolError:
            raise _Lost("protocol") from None
        except Closed:
            raise _Lost(self._how_it_ended()) from None
        if "confinement" in frame and self._state.forks == 1:
            layer, reason = frame["confinement"], frame.get("reason")
            raise GraderError(f"a worker could not be confined ({layer}: {reason})")
        return frame, body

    def _left(self, seconds: float) -> float:
        return max(min(seconds, self._state.deadline - time.monotonic()), 0.01)

    def _how_it_ended(self) -> Ended:
        ended = self._zygote.wait(self._worker, GRACE_SECONDS)
        return _reason(ended) if ended else "crash"


def _reason(ended: Exit) -> Ended:
    if ended.oom:
        return "memory"
    return "timeout" if ended.signal in (24,) else "crash"  # 24: SIGXCPU


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _evasions(data: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        return {}
    return {name: tuple(str(v)[:80] for v in _list(found)) for name, found in data.items() if found}


def _raised(data: Any) -> Raised:
    if not isinstance(data, dict):
        raise _Lost("protocol")
    number = {k: v for k in ("cell", "line") if type(v := data.get(k)) is int}
    return Raised(
        str(data.get("type"))[:80],
        tuple(str(name)[:80] for name in _list(data.get("mro"))[:10]),
        str(data.get("message"))[:500],
        number.get("cell"),
        number.get("line"),
        str(data.get("where"))[:10],
        data.get("network") is True,
    )


def _outcome(frame: dict[str, Any], body: bytes, call: Call) -> Outcome:
    if call.fake:
        devices = tuple(str(device)[:10] for device in _list(frame.get("devices")))
        return Outcome(fake=str(frame.get("fake"))[:10], devices=devices)
    reader = Reader(body)
    seen = tuple(str(name)[:80] for name in _list(frame.get("seen")))
    raised = _raised(frame["raised"]) if "raised" in frame else None
    value = decode(frame.get("value"), reader) if raised is None else None
    mutated = -1 if call.case.mutates else _mutated(call, decode(frame.get("inputs"), reader))
    reader.finish()
    return Outcome(value, raised, mutated, seen)


def _mutated(call: Call, inputs: Any) -> int:
    """Position of the first argument whose arrays are not what was sent, −1 if none."""
    sent = iter(call.inputs)
    match inputs:
        case [list(args), dict(kwargs)]:
            for position, value in enumerate([*args, *kwargs.values()]):
                for array in _arrays(value):
                    before = next(sent, b"")
                    if array.data is None or array.data.tobytes() != before:
                        return position
    # Arrays that are missing were taken out of a list or a dictionary.
    return -1 if next(sent, None) is None else 0


def _arrays(value: Any) -> list[Array]:
    if isinstance(value, Array):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [array for item in value for array in _arrays(item)]
    return []
