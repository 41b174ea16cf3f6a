"""What a student is told of a case's inputs: shapes, and whatever the prompt itself defines.

Arrays and floats are hidden; an integer such as a stride, a switch and the name of an operator are
the prompt's, and are shown by the name that the stub gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.vocabulary import Case, Number, Seeded

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
