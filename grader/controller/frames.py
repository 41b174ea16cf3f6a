"""Reading a worker's frames: nothing in them is trusted, and nothing in them is a fault of ours.

Whatever does not have the form that an honest worker sends raises ProtocolError; texts are cut to
a length, and lose what no terminal and no database should see.
"""

from __future__ import annotations

import functools
import math
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
from grader.worker.wire import ITEM_BYTES, ProtocolError, Reader, decode

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
    words = program.words | _words_of_driver(driver)
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


@functools.lru_cache(maxsize=64)
def _words_of_driver(driver: str) -> frozenset[str]:
    return phrases.words_of([driver])


def outcome(
    frame: dict[str, Any], body: bytes | memoryview, call: Call, program: Program, driver: str
) -> Outcome:
    """What came of a call; raises ProtocolError."""
    if call.fake:
        return Outcome(fake=text(frame.get("fake"), 10), devices=texts(frame.get("devices"), 1000))
    reader = Reader(body)
    seen = texts(frame.get("seen"))
    told = frame.get("raised")
    failed = _raised_by_call(told, program, call, driver) if "raised" in frame else None
    value = decode(frame.get("value"), reader, call.caps.value) if failed is None else None
    mutated = -1 if call.case.mutates else _mutated(call, frame.get("inputs"), reader)
    return Outcome(value, failed, mutated, seen)


def _mutated(call: Call, inputs: Any, reader: Reader) -> int:
    """Position of the first argument whose arrays are not what was sent, −1 if none.

    The tree is compared as it came: nothing is made of what it says.
    """
    sent = iter(call.inputs)
    before = [*call.case.args, *call.case.kwargs.values()]
    match inputs:
        case ["list", [["list", list(args)], ["dict", list(kwargs)]]]:
            after = [*args, *(_entry(item)[1] for item in kwargs)]
            for position, (one, other) in enumerate(zip(before, after, strict=False)):
                if not _kept(one, other, sent, reader):
                    return position
            if len(before) == len(after):
                reader.finish()
                return -1
        case _:
            reader.finish()
    return 0


def _kept(before: Any, after: Any, sent: Iterator[bytes], reader: Reader) -> bool:
    """Whether an argument is as it was sent; takes the bytes of its arrays on both sides."""
    match before:
        case np.ndarray() | np.generic():
            return _same_bytes(next(sent), after, reader)
        case list() | tuple():
            items = _items(after)
            return (
                items is not None
                and len(before) == len(items)
                and all(_kept(b, a, sent, reader) for b, a in zip(before, items, strict=True))
            )
        case dict():
            entries = [_entry(item) for item in after[1]] if _is_dict(after) else None
            return (
                entries is not None
                and list(before) == [key for key, _ in entries]
                and all(_kept(before[key], item, sent, reader) for key, item in entries)
            )
        case Seeded():
            return True
    return bool(before == after or before != before)


def _same_bytes(data: bytes, after: Any, reader: Reader) -> bool:
    match after:
        case ["array", str(), str(dtype), list(shape), str()] if dtype in ITEM_BYTES:
            if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
                return False
            if ITEM_BYTES[dtype] * math.prod(shape) == len(data):
                return bytes(reader.skip(len(data))) == data
    return False


def _items(tree: Any) -> list[Any] | None:
    match tree:
        case ["list" | "tuple", list(items)]:
            return items
    return None


def _is_dict(tree: Any) -> bool:
    match tree:
        case ["dict", list()]:
            return True
    return False


def _entry(item: Any) -> tuple[Any, Any]:
    match item:
        case [str() | int() as key, value]:
            return key, value
    raise ProtocolError("a dictionary's entry is malformed")
