"""Reading a worker's frames: nothing in them is trusted, and nothing in them is a fault of ours.

Whatever does not have the form that an honest worker sends raises ProtocolError; texts are cut to
a length, and lose what no terminal and no database should see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.comparing.outcomes import Call, Outcome, Raised
from grader.controller import phrases
from grader.controller.arguments import sizes_of
from grader.controller.execution import Skipped
from grader.controller.messages import one_line
from grader.controller.program import Program
from grader.vocabulary import Seeded
from grader.worker.wire import Array, ProtocolError, Reader, decode

_COMMAND = re.compile(r"(?:!|%{1,2})?[\w.-]{0,40}|%%!{0,2}", re.ASCII)


def texts(value: Any, count: int = 100, length: int = 80) -> tuple[str, ...]:
    """The texts of a list, cut to a number and a length; whatever else there is, is left out."""
    items = value[:count] if isinstance(value, list) else []
    return tuple(one_line(item[:length]) for item in items if isinstance(item, str))


def text(value: Any, length: int) -> str:
    """A text on one line, cut to a length; "" for anything else."""
    return one_line(value[:length]) if isinstance(value, str) else ""


def findings(data: Any) -> dict[str, tuple[str, ...]]:
    """The survey's findings, by exercise."""
    if not isinstance(data, dict):
        raise ProtocolError("the survey's findings are missing")
    return {name: found for name, listed in data.items() if (found := texts(listed))}


def skipped(data: Any, program: Program) -> tuple[Skipped, ...]:
    """What was left out of the program, each place once."""
    found = []
    for item in data[:100] if isinstance(data, list) else []:
        match item:
            case [int(cell), int(line), str(what)] if _COMMAND.fullmatch(what):
                if place := program.place(cell, line):
                    found.append(Skipped(what, place))
    return tuple(dict.fromkeys(found))


def raised(data: Any, program: Program) -> Raised:
    """An exception of a cell: it was raised before any hidden input came, so it may be shown.

    Places that the program has not, and words that it has not, are left out.
    """
    one = _raised(data, program)
    return replace(one, shown=one.gist, place=_place(one, program))


def _raised_by_call(data: Any, program: Program, call: Call, driver: str) -> Raised:
    """An exception of a call: shown where its inputs are nobody's secret."""
    if not call.spare:
        return replace(_raised(data, program, driver), network=False)
    one = _raised(data, program, driver, sizes_of(call.case))
    return replace(one, shown=one.gist, place=_place(one, program))


def _place(raised: Raised, program: Program) -> str:
    if raised.cell is None or raised.line is None:
        return ""
    return program.place(raised.cell, raised.line)


def _raised(
    data: Any, program: Program, driver: str = "", sizes: frozenset[int] | None = None
) -> Raised:
    if not isinstance(data, dict):
        raise ProtocolError("an exception is malformed")
    message = text(data.get("message"), 500)
    cell, line = data.get("cell"), data.get("line")
    if type(cell) is not int or type(line) is not int or line not in program.lines_of(cell):
        cell = line = None
    kind = text(data.get("type"), 80)
    words = program.words | phrases.words_of([driver])
    return Raised(
        kind,
        texts(data.get("mro"), 10),
        message,
        cell,
        line,
        text(data.get("where"), 10),
        data.get("network") is True,
        function=text(data.get("function"), 80),
        gist=(
            phrases.key(message, words)
            if kind == "KeyError"
            else phrases.told(message, words, driver, sizes)
        ),
    )


def outcome(
    frame: dict[str, Any], body: bytes, call: Call, program: Program, driver: str
) -> Outcome:
    """What came of a call; raises ProtocolError."""
    if call.fake:
        return Outcome(fake=text(frame.get("fake"), 10), devices=texts(frame.get("devices"), 1000))
    reader = Reader(body)
    seen = texts(frame.get("seen"))
    told = frame.get("raised")
    failed = _raised_by_call(told, program, call, driver) if "raised" in frame else None
    value = decode(frame.get("value"), reader) if failed is None else None
    mutated = -1 if call.case.mutates else _mutated(call, decode(frame.get("inputs"), reader))
    reader.finish()
    return Outcome(value, failed, mutated, seen)


def _mutated(call: Call, inputs: Any) -> int:
    """Position of the first argument whose arrays are not what was sent, −1 if none."""
    sent = iter(call.inputs)
    before = [*call.case.args, *call.case.kwargs.values()]
    match inputs:
        case [list(args), dict(kwargs)] if len(args) + len(kwargs) == len(before):
            for position, (one, other) in enumerate(
                zip(before, [*args, *kwargs.values()], strict=True)
            ):
                if not _kept(one, other, sent):
                    return position
            return -1
    return 0


def _kept(before: Any, after: Any, sent: Iterator[bytes]) -> bool:
    """Whether an argument is as it was sent; takes the bytes of its arrays from `sent`."""
    match before:
        case np.ndarray() | np.generic():
            data = next(sent)
            return (
                isinstance(after, Array) and after.data is not None and after.data.tobytes() == data
            )
        case list() | tuple():
            return (
                isinstance(after, list | tuple)
                and len(before) == len(after)
                and all(_kept(b, a, sent) for b, a in zip(before, after, strict=True))
            )
        case dict():
            return (
                isinstance(after, dict)
                and list(before) == list(after)
                and all(_kept(value, after[key], sent) for key, value in before.items())
            )
        case Seeded():
            return True
    return before == after or before != before
