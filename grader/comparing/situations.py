"""In which calls a result is wrong: what is true of the inputs of these, and of no others.

Said of all calls of an exercise, so that it is true whatever the cause; it names arguments by the
stub's names, and shows small whole numbers and words alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from grader.comparing.evidence import arguments_of
from grader.comparing.outcomes import Call

WHERE = "It is wrong in every call in which {}, and right in all others."
BOTH = "It is wrong in every call in which {} and in which {}, and right in all others."

_CALLS, _SEVERAL = 3, 2
_CHOICE = re.compile(r"`\w+` is (given|None|True|False|'\w+'|0|1)$")
"""A fact that somebody chose for a call: no other is told by one call alone."""

_LARGE = 20.0
_LONGEST = 20
_GIVEN = "`{}` is given"
_SMALLER = "`{}` is smaller than `{}`"
_MULTIPLE, _DIVIDES = "`{}` is a multiple of `{}`", "`{}` does not divide `{}`"
_SHORT = "axis {} of `{}` has length {}"
_WORDS = ("`{}` is '{}'", "`{}` is '{}' or '{}'", "`{}` is '{}' or '{}' or '{}'")


def situation(wrong: Sequence[Call], right: Sequence[Call], names: Sequence[str]) -> str:
    """Return the sentence that tells wrong calls from right ones, "" if nothing does.

    Args:
        wrong: the calls that fail.
        right: those that pass.
        names: what a student calls the arguments.
    """
    if not wrong or not right or len(wrong) + len(right) < _CALLS:
        return ""
    passed = [{name for name, _ in arguments_of(call, names)} for call in (*wrong, *right)]
    # Of one that some calls leave out nobody can say what it is there.
    always = frozenset.intersection(*map(frozenset, passed)) - {""}
    shared = list(dict.fromkeys(_facts(wrong[0], names, always)))
    for call in wrong[1:]:
        facts = set(_facts(call, names, always))
        shared = [fact for fact in shared if fact in facts]
    for call in right:
        facts = set(_facts(call, names, always))
        shared = [fact for fact in shared if fact not in facts]
    if min(len(wrong), len(right)) < _SEVERAL:
        # One call among others has some size, sign or length of its own by chance.
        shared = [fact for fact in shared if _CHOICE.match(fact)]
    shared = shared or list(_choices(wrong, right, names, always))
    if len(shared) > 1:
        return BOTH.format(*shared[:2])
    return WHERE.format(*shared) if shared else ""


def _choices(
    wrong: Sequence[Call], right: Sequence[Call], names: Sequence[str], always: frozenset[str]
) -> Iterator[str]:
    """An argument that is one of few words in wrong calls, and none of them in the others."""
    for name in sorted(always):
        values, others = (
            [dict(arguments_of(call, names))[name] for call in calls] for calls in (wrong, right)
        )
        words = dict.fromkeys(value for value in values if isinstance(value, str))
        plain = all(isinstance(v, str) and v.isidentifier() and len(v) < _LONGEST for v in values)
        if plain and len(words) <= len(_WORDS) and not any(value in words for value in others):
            yield _WORDS[len(words) - 1].format(name, *words)


def _facts(call: Call, names: Sequence[str], always: frozenset[str]) -> Iterator[str]:
    """What is true of a call's inputs, the plainest first."""
    arguments = [(name, value) for name, value in arguments_of(call, names) if name]
    yield from (_GIVEN.format(name) for name, _ in arguments if name not in always)
    named = [(name, value) for name, value in arguments if name in always]
    for name, value in named:
        if not isinstance(value, np.ndarray):
            yield from (fact.format(name) for fact in _of_plain(value))
            if isinstance(value, str) and value.isidentifier() and len(value) < _LONGEST:
                yield _WORDS[0].format(name, value)
    numbers = [(name, value) for name, value in named if type(value) is int and value > 0]
    for (one, n), (other, m) in permutations(numbers, 2):
        if n < m:
            yield _SMALLER.format(one, other)
        if m > 1 and n % m == 0:
            yield _MULTIPLE.format(one, other)
        elif m > 1:
            yield _DIVIDES.format(other, one)
    for name, value in named:
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            for axis, n in enumerate(value.shape):
                fact = _SHORT if n < 2 else "axis {} of `{}` is longer than 1"
                yield fact.format(axis, name, n)
            yield from (fact.format(name) for fact in _of_array(value))
    if call.case.dtype == "float32":
        yield "the numbers are float32"


def _of_plain(value: Any) -> Iterator[str]:
    match value:
        case None:
            yield "`{}` is None"
        case bool() | np.bool_():
            yield "`{}` is True" if value else "`{}` is False"
        case int() | float():
            for small, equal, above in (
                (0, "`{}` is 0", "`{}` is above 0"),
                (1, "`{}` is 1", "`{}` is above 1"),
            ):
                if value >= small:
                    yield equal if value == small else above
            if value < 0:
                yield "`{}` is negative"
            if type(value) is int and value > 1:
                yield "`{}` is odd" if value % 2 else "`{}` is even"


def _of_array(value: np.ndarray) -> Iterator[str]:
    if value.ndim > 1:
        same = value.shape[-1] == value.shape[-2]
        yield (
            "the last two axes of `{}` are equally long"
            if same
            else "the last two axes of `{}` are of unequal length"
        )
    if value.dtype.kind == "b" or value.size == 0:
        return
    finite = value[np.isfinite(value)]
    if finite.size < value.size:
        yield "`{}` holds what is not finite"
    if (finite < 0).any():
        yield "`{}` holds a negative number"
    elif (finite > 0).all():
        yield "`{}` holds positive numbers alone"
    if (finite == 0).any():
        yield "`{}` holds a 0"
    if (np.abs(finite) > _LARGE).any() and value.dtype.kind == "f":
        yield "`{}` holds large numbers"
    if value.ndim == 1 and value.dtype.kind in "iu":
        repeats = len(np.unique(value)) < value.size
        yield "a number comes twice in `{}`" if repeats else "no number comes twice in `{}`"
