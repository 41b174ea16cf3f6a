"""What can be said of a failing call: each value of its result beside the right one.

A sentence about a wrong result is given only where it is true, and "true" is decided here: by the
tolerance that the verdict itself used, made no wider for small numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.comparing.compare import Asked, Difference, leaves
from grader.comparing.outcomes import Call, Failure, Outcome
from grader.comparing.tolerance import Bound
from grader.vocabulary import NOTHING, Number
from grader.worker.wire import NUMPY_DTYPES, Array, Long

_NUMERIC = "fiub"


@dataclass(frozen=True)
class Leaf:
    """One array or number of a result: `want` and `got` in float64, of any shapes."""

    want: np.ndarray
    got: np.ndarray
    bound: Bound
    whole: bool
    """Whether integers or truth values are asked, which must be equal."""

    def close(self, other: np.ndarray) -> bool:
        """Whether `other`, made from the right value, is what came back, by shape and value."""
        if other.shape != self.got.shape or not self.finite or self._misses(other):
            return False
        if not np.isfinite(other).all():
            return False
        return bool((np.abs(self.got - other) <= self.slack(other)).all())

    def _misses(self, other: np.ndarray) -> bool:
        """Whether one entry alone shows that `other` is not what came back: most are shown so."""
        if not other.size:
            return False
        place = self._telling
        value = float(other.item(place))
        widest = 0.0 if self.whole else self.bound.atol + self.bound.rtol * abs(value)
        return abs(float(self.got.item(place)) - value) > widest

    @cached_property
    def _telling(self) -> int:
        """The place of the entry that is furthest off."""
        return int(np.argmax(np.abs(self.got - self.want))) if self.alike else 0

    def slack(self, other: np.ndarray) -> np.ndarray:
        """The error allowed beside `other`: the verdict's, never wide for small numbers."""
        if self.whole:
            return np.zeros(other.shape)
        scale = float(np.max(np.abs(other), initial=0.0))
        atol = min(self.bound.atol, max(self.bound.rtol, 1e-6) * scale)
        return np.asarray(atol + self.bound.rtol * np.abs(other))

    @cached_property
    def finite(self) -> bool:
        """Whether both sides are finite everywhere."""
        return bool(np.isfinite(self.want).all() and np.isfinite(self.got).all())

    @cached_property
    def alike(self) -> bool:
        """Whether both sides have one shape."""
        return self.want.shape == self.got.shape

    @cached_property
    def off(self) -> np.ndarray:
        """Which entries are wrong by the verdict's tolerance; only where the shapes agree."""
        same = (self.want == self.got) | (np.isnan(self.want) & np.isnan(self.got))
        if self.whole:
            return ~same
        both = np.isfinite(self.want) & np.isfinite(self.got)
        want, got = np.where(both, self.want, 0.0), np.where(both, self.got, 0.0)
        return ~np.where(both, np.abs(got - want) <= self.bound.allowed(want), same)

    @cached_property
    def wrong(self) -> bool:
        """Whether anything of it is wrong."""
        return not self.alike or bool(self.off.any())

    @cached_property
    def weight(self) -> int:
        """How much an equation between both sides tells: 2 is enough, 1 asks for a second call.

        Whole numbers and simple fractions meet by chance; drawn ones do not.
        """
        values = self.want[self.off] if self.alike else self.want.ravel()
        values = values[np.isfinite(values)]
        simple = np.abs(values * 12 - np.round(values * 12)) < 1e-9
        if not simple.all():
            return 2
        return min(2, max(0, len(np.unique(values)) - 1))


@dataclass(frozen=True)
class Input:
    """An argument of a call: its name in the stub ("" where it has none) and its array.

    `truth`: whether it holds truth values, whose False is no 0.
    """

    name: str
    value: np.ndarray
    truth: bool = False

    @property
    def called(self) -> str:
        """What it is called in a sentence."""
        return f"`{self.name}`" if self.name else "an input"


@dataclass(frozen=True)
class Seen:
    """A failing call of which the result can be looked at.

    `leaves` has an entry for each scalar and array that is asked, None for what is no number;
    it is empty where the result has another number of values, or is judged: then a sentence about
    numbers, true of other failing calls, is not said.
    """

    group: str
    inputs: tuple[Input, ...]
    returned: Any
    several: int
    leaves: tuple[Leaf | None, ...]
    parts: tuple[np.ndarray, ...]
    """The arrays that came back, however many; none if one of them did not, for its size."""
    right: tuple[np.ndarray, ...]
    """The arrays that are asked."""
    asked: Asked
    difference: Difference | None
    changed: str | None
    """What is changed in place, "" where that has no name, None where nothing is."""
    floating: frozenset[str]
    """Dtypes of the floating inputs, as they arrived."""
    dtypes: frozenset[str]
    """Dtypes of the floating arrays that came back."""
    counts: tuple[tuple[str, int], ...]
    """The whole numbers among the arguments that have a name."""
    numbers: tuple[tuple[str, float], ...] = ()
    """The other numbers among them."""

    @cached_property
    def wrong(self) -> tuple[int, ...]:
        """Which leaves are wrong."""
        return tuple(n for n, leaf in enumerate(self.leaves) if leaf is not None and leaf.wrong)


def seen(
    call: Call, outcome: Outcome, asked: Asked, failure: Failure, names: Sequence[str]
) -> Seen | None:
    """What can be looked at of a failing call; None where no value came to be compared."""
    case = call.case
    if call.fake or case.raises is not None or case.expect is NOTHING or outcome.raised:
        return None
    if failure.trouble not in ("difference", "mutated", "judged"):
        return None
    arguments = arguments_of(call, names)
    changed = arguments[outcome.mutated][0] if 0 <= outcome.mutated < len(arguments) else ""
    want = [w.value if isinstance(w, Number) else w for w in leaves(case.expect)]
    got = list(leaves(outcome.value))
    paired = len(want) == len(got) and case.judge is None
    return Seen(
        case.group,
        inputs_of(call, names),
        outcome.value,
        len(case.expect) if isinstance(case.expect, list | tuple) else 0,
        tuple(_leaf(w, g, asked.bounds(n)) for n, (w, g) in enumerate(zip(want, got, strict=True)))
        if paired
        else (),
        ()
        if any(_is_cut(g) for g in got)
        else tuple(a for g in got if (a := _numbers(g)) is not None),
        _right(want) if case.judge is None else (),
        asked,
        failure.difference,
        changed if outcome.mutated >= 0 else None,
        frozenset(
            case.dtype
            for _, arg in arguments
            for array in leaves(arg)
            if isinstance(array, np.ndarray | np.generic) and array.dtype.kind == "f"
        ),
        frozenset(g.dtype for g in got if isinstance(g, Array) and g.dtype.startswith("float")),
        tuple((name, arg) for name, arg in arguments if name and type(arg) is int),
        tuple((name, arg) for name, arg in arguments if name and type(arg) is float),
    )


def _right(want: Sequence[Any]) -> tuple[np.ndarray, ...]:
    """The arrays that are asked; none where one of them is no number, or is not asked here."""
    arrays = [_numbers(w) for w in want]
    found = [array for array in arrays if array is not None]
    return tuple(found) if len(found) == len(arrays) else ()


def inputs_of(call: Call, names: Sequence[str]) -> tuple[Input, ...]:
    """The arrays among a call's arguments."""
    return tuple(
        Input(name, array.astype(np.float64), array.dtype.kind == "b")
        for name, arg in arguments_of(call, names)
        for array in _arrays_in(arg)
    )


def arguments_of(call: Call, names: Sequence[str]) -> list[tuple[str, Any]]:
    """A call's arguments by what a student calls them, "" where nobody knows."""
    args = call.case.args
    named = [names[n] if n < len(names) else "" for n in range(len(args))]
    return [*zip(named, args, strict=True), *call.case.kwargs.items()]


def _parts(got: Sequence[Any]) -> tuple[np.ndarray, ...]:
    if any(_is_cut(leaf) for leaf in got):
        return ()
    return tuple(array for leaf in got if (array := _numbers(leaf)) is not None)


def _is_cut(got: Any) -> bool:
    """Whether a value did not come for being far too large."""
    too_large = isinstance(got, Array) and got.data is None and got.dtype in NUMPY_DTYPES
    return too_large or isinstance(got, Long)


def _leaf(want: Any, got: Any, bound: Bound) -> Leaf | None:
    w, g = _numbers(want), _numbers(got)
    if w is None or g is None:
        return None
    return Leaf(w, g, bound, np.asarray(want).dtype.kind in "iub")


def _numbers(value: Any) -> np.ndarray | None:
    """A leaf as float64; None for what is no real number or array of them."""
    data = value.data if isinstance(value, Array) else value
    if not isinstance(data, np.ndarray | np.generic | int | float):
        return None
    array = np.asarray(data)
    return array.astype(np.float64) if array.dtype.kind in _NUMERIC else None


def _arrays_in(value: Any) -> list[np.ndarray]:
    arrays = [leaf for leaf in leaves(value) if isinstance(leaf, np.ndarray | np.generic)]
    return [np.asarray(a) for a in arrays if a.dtype.kind in _NUMERIC]
