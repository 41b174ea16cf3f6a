"""What a student is told of a case's inputs: shapes, and whatever the prompt itself defines.

Arrays and floats are hidden; an integer such as a stride, a switch and the name of an operator are
the prompt's, and are shown by the name that the stub gives them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from operator import add, mul, sub
from typing import Any

import numpy as np

from grader.vocabulary import Case, Number, Seeded, Shaped

_LARGEST = 9999
_LONGEST = 20


def about(case: Case, names: Sequence[str]) -> str:
    """Name a case: its group, what its prompt defines, and the shapes of its inputs.

    Args:
        case: the case.
        names: what the stub calls its arguments, by position; "" for one without a name.
    """
    arguments = _named(case, names)
    plain = [f"{name} {value}" for name, value in arguments if name and _told(value)]
    shapes = [
        _shape(value)
        for number, (name, value) in enumerate(arguments)
        if number < len(case.args) and not (name and _told(value))
    ]
    inputs = [f"inputs {', '.join(shapes)}"] if shapes else []
    return ", ".join([case.group, *plain, *inputs])


def texts_told(case: Case, names: Sequence[str]) -> tuple[str, ...]:
    """The strings among a case's arguments that `about` shows."""
    arguments = _named(case, names)
    return tuple(v for name, v in arguments if name and isinstance(v, str) and _told(v))


def sizes_of(case: Case) -> frozenset[int]:
    """The numbers that an honest message of a shape may hold: those that the inputs' sizes make.

    They are 0 to 9, the lengths of the axes of the inputs and of the expected value and of lists,
    the whole numbers among the arguments; sums and differences of two of these, and one more or
    less; products of two, and of all axes of an array or of all but one or two that lie at an end.
    """
    shapes = [*_shapes([case.args, case.kwargs]), *_shapes(case.expect)]
    told = {value for value in _whole([case.args, case.kwargs]) if abs(value) <= _LARGEST}
    plain = {*range(10), *told, *(n for shape in shapes for n in shape)}
    runs = {
        math.prod(s[a:b]) for s in shapes for a in range(len(s)) for b in range(a + 1, len(s) + 1)
    }
    pairs = {f(a, b) for a in plain for b in plain for f in (add, sub, mul)}
    near = {n + one for n in pairs | plain for one in (-1, 0, 1)}
    return frozenset(n for n in near | runs if -_LARGEST <= n <= _LARGEST**2)


def _shapes(value: object) -> Iterator[tuple[int, ...]]:
    if isinstance(value, np.ndarray | np.generic):
        yield np.shape(value)
    elif isinstance(value, Shaped):
        yield from _shapes(value.value)
    elif isinstance(value, list | tuple | dict):
        yield (len(value),)
        for item in value.values() if isinstance(value, dict) else value[:100]:
            yield from _shapes(item)


def _whole(value: object) -> Iterator[int]:
    if type(value) is int:
        yield value
    elif isinstance(value, list | tuple | dict):
        for item in value.values() if isinstance(value, dict) else value[:8]:
            yield from _whole(item)


def _named(case: Case, names: Sequence[str]) -> list[tuple[str, Any]]:
    named = [names[n] if n < len(names) else "" for n in range(len(case.args))]
    return [*zip(named, case.args, strict=True), *case.kwargs.items()]


def _told(value: object) -> bool:
    if isinstance(value, str):
        return value.isidentifier() and len(value) <= _LONGEST
    return type(value) is bool or (type(value) is int and abs(value) <= _LARGEST)


def _shape(value: object) -> str:
    if isinstance(value, np.ndarray | np.generic):
        return str(np.shape(value))
    if isinstance(value, list | tuple):
        inner = [_shape(item) for item in value[:4]]
        return f"[{', '.join(inner)}{', …' if len(value) > 4 else ''}]"
    if isinstance(value, Seeded):
        return "generator"
    if isinstance(value, Number) or value is None:
        return str(value)
    return type(value).__name__
