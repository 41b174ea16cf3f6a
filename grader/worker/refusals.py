"""What stands where something was taken away: it notes that it was asked for, and raises.

The notes are no defence: whoever wipes them out has still computed nothing. They tell a student
in good faith which operation it was.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn


class Absent(RuntimeError):
    """Something was asked for that the exercises of this worker do without."""


class Refusals:
    """What was asked for, as the rules name it."""

    def __init__(self) -> None:
        """Nothing has been asked for yet."""
        self._asked: set[str] = set()

    def refuse(self, rule: str) -> NoReturn:
        """Note a rule and raise `Absent`."""
        self._asked.add(rule)
        raise Absent(f"{rule} is not available here")

    def by(self, rule: str) -> Callable[..., NoReturn]:
        """A function of any arguments that refuses."""
        refuse = functools.partial(self.refuse, rule)

        def absent(*_args: Any, **_kwargs: Any) -> NoReturn:
            refuse()

        absent.__name__ = absent.__qualname__ = rule.rpartition(".")[2]
        return absent

    @contextmanager
    def during(self) -> Iterator[set[str]]:
        """What is asked for inside the block, filled in at its end."""
        self._asked = set()
        asked: set[str] = set()
        try:
            yield asked
        finally:
            asked |= self._asked


def _stub(*_args: Any, **_kwargs: Any) -> Any:
    refuse: Any = "<what is put in here>"
    return refuse()


def empty(function: types.FunctionType, refuse: Callable[..., Any]) -> None:
    """Take the code out of a Python function, whoever holds it, and leave a refusal in it.

    A copy made of its parts later on (`types.FunctionType(f.__code__, …)`) has no more in it.
    """
    before = function.__code__
    function.__code__ = _refusing(refuse, before.co_freevars, before.co_name)


@functools.cache
def _refusing(refuse: Callable[..., Any], freevars: tuple[str, ...], name: str) -> types.CodeType:
    """Made once for the many methods of a library that have one name."""
    code = _stub.__code__
    consts = tuple(refuse if isinstance(const, str) else const for const in code.co_consts)
    return code.replace(
        co_consts=consts, co_freevars=freevars, co_name=name, co_filename="<absent>"
    )


def functions_in(thing: Any) -> Iterable[types.FunctionType]:
    """The Python functions of which a callable is made: itself, those it wraps, a class's own."""
    waiting, known = [thing], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in known:
            continue
        known.add(id(one))
        match one:
            case types.FunctionType():
                yield one
                waiting.append(getattr(one, "__wrapped__", None))
            case staticmethod() | classmethod() | types.MethodType():
                waiting.append(one.__func__)
            case property():
                waiting += [one.fget, one.fset]
            case type():
                home = one.__module__
                waiting += [part for part in vars(one).values() if _is_of_library(part, home)]


def _is_of_library(part: Any, home: str) -> bool:
    """Whether a part of a class is of the class's library: an enumeration borrows Python's own."""
    module = getattr(getattr(part, "__func__", part), "__module__", home)
    return str(module).partition(".")[0] == home.partition(".")[0]
