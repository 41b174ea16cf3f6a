"""How much of a worker is read: by what is expected of it, never by what it says.

What is expected is rounded up generously, so that a wrong result comes whole as long as there is
something to be said of it, and so that the cap, which the worker is told, tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from grader.comparing.outcomes import FLOOR, Call, Caps
from grader.vocabulary import NOTHING, Case, Number, Shaped
from grader.worker.cap import Cap
from grader.worker.wire import ITEM_BYTES, MAX_HEADER

TIMES = 8
"""A wrong result may be so many times as large as the right one, and still be looked at."""
SQUARE = 1024
"""Of so many values the square, which (n, 1) and (n,) make, is looked at."""

PLAIN_BYTES = 32 * 2**10
"""Of a header without values: names, a token, an exception."""
Frame = tuple[int, int]
"""The most bytes of a header, and of a body."""

UNIT: Frame = (PLAIN_BYTES, 0)
"""What says how a unit went."""
SURVEY: Frame = (MAX_HEADER, 0)
"""What is sent before any of the student's code runs."""


def caps_of(case: Case, inputs: Any) -> Caps:
    """The caps of what a case's call returns, and of its `inputs` (wire trees) afterwards."""
    expect = None if case.expect is NOTHING else case.expect
    asked = _rounded(_sum(_of_value(expect)), _squares(expect))
    sent = _sum(_of_tree(inputs))
    return Caps(asked, Cap(sent.entries, 2 * sent.nodes + 64, sent.chars + 64))


def stand_in_caps(calls: Iterable[Call]) -> Caps:
    """The caps of what a stand-in returns, and of what it is asked, by an exercise's own cases."""
    both = [call.caps for call in calls]
    asked = _rounded(_largest([caps.inputs for caps in both]), 0)
    return Caps(_largest([caps.value for caps in both]), asked)


@lru_cache(maxsize=4096)
def answer_frame(caps: Caps) -> Frame:
    """The largest frame that an outcome comes in."""
    header = PLAIN_BYTES + caps.value.header_bytes + caps.inputs.header_bytes
    return header, caps.value.body_bytes + caps.inputs.body_bytes


def value_frame(cap: Cap) -> Frame:
    """The largest frame that a value alone comes in."""
    return PLAIN_BYTES + cap.header_bytes, cap.body_bytes


def names_frame(count: int) -> Frame:
    """The largest frame that holds so many names."""
    return PLAIN_BYTES + 200 * count, 0


def _rounded(asked: Cap, square: int) -> Cap:
    entries = max(FLOOR.entries, TIMES * asked.entries, square)
    nodes, chars = max(FLOOR.nodes, TIMES * asked.nodes), max(FLOOR.chars, TIMES * asked.chars)
    return Cap(*(1 << (number - 1).bit_length() for number in (entries, nodes, chars)))


def _largest(caps: list[Cap]) -> Cap:
    return Cap(
        max((cap.entries for cap in caps), default=0),
        max((cap.nodes for cap in caps), default=0),
        max((cap.chars for cap in caps), default=0),
    )


def _sum(parts: Iterable[Cap]) -> Cap:
    listed = list(parts)
    return Cap(
        sum(part.entries for part in listed),
        sum(part.nodes for part in listed),
        sum(part.chars for part in listed),
    )


def _of_value(value: Any) -> Iterable[Cap]:
    """What each part of an expected value takes."""
    if isinstance(value, Number | Shaped):
        value = value.value
    if isinstance(value, list | tuple):
        yield Cap(0, 1 + len(value), 0)
        for item in value:
            yield from _of_value(item)
    elif isinstance(value, dict):
        yield Cap(0, 1 + 2 * len(value), sum(len(str(key)) for key in value))
        for item in value.values():
            yield from _of_value(item)
    elif isinstance(value, np.ndarray | np.generic):
        yield Cap(np.size(value) * (2 if value.dtype.itemsize > 8 else 1), 8 + np.ndim(value), 0)
    elif isinstance(value, str):
        yield Cap(0, 1, len(value))
    else:
        yield Cap(1, 8, 0)


def _squares(value: Any) -> int:
    """Entries of the largest square that broadcasting could make of a leaf."""
    if isinstance(value, list | tuple):
        return max(map(_squares, value), default=0)
    if isinstance(value, dict):
        return max(map(_squares, value.values()), default=0)
    size = np.size(value.value if isinstance(value, Shaped) else value)
    return size**2 if size <= SQUARE else 0


def _of_tree(tree: Any) -> Iterable[Cap]:
    """What each part of a wire tree takes."""
    match tree:
        case ["list" | "tuple", list(items)]:
            yield Cap(0, 1 + len(items), 0)
            for item in items:
                yield from _of_tree(item)
        case ["dict", list(items)]:
            yield Cap(0, 1 + 2 * len(items), sum(len(str(key)) for key, _ in items))
            for _, item in items:
                yield from _of_tree(item)
        case ["array", _, str(dtype), list(shape), _]:
            wide = 2 if ITEM_BYTES[dtype] > 8 else 1
            yield Cap(int(np.prod(shape, dtype=object)) * wide, 8 + len(shape), 0)
        case ["seeded", *_]:
            yield Cap(0, 8, 0)
        case str():
            yield Cap(0, 1, len(tree))
        case int():
            yield Cap(0, 1 + tree.bit_length() // 64, 0)
        case _:
            yield Cap(0, 1, 0)
