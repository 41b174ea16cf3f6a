"""Judge one outcome against its case, and tell whether two outcomes are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np

from grader.comparing.compare import Asked, as_array, as_float, compare, leaves
from grader.comparing.outcomes import Call, Failure, Outcome, Raised, Round, Weight
from grader.comparing.tolerance import FLOORS, Bound, Bounds, measured, stated
from grader.errors import CourseError
from grader.vocabulary import NOTHING, Faster, Leaner, Number
from grader.worker.devices import is_away
from grader.worker.wire import Array

UNBELIEVED = "right, but in less time than the GPU needs for it: such a time does not count"
OTHER_CALL = "with other inputs of the same shapes the result is wrong"
SLACK_BYTES = 64 << 20
"""What libraries take for themselves when they are first asked for something larger."""


def dtype_of(call: Call, framework: str) -> str:
    """The dtype in which an array's error is measured."""
    return call.case.dtype if framework == "torch" else "float64"


def asked_of(call: Call, framework: str, device: str, bounds: Bounds | None = None) -> Asked:
    """What a case asks of every array of its result."""
    case = call.case
    dtype = dtype_of(call, framework)
    if case.tolerance is not None:
        bounds = Bounds(stated(case.tolerance))
    place = device if call.has_tensors or not is_away(device) else ""
    integers = framework == "numpy" and _no_floats(list(case.args))
    return Asked(
        framework,
        dtype,
        place,
        bounds or Bounds(FLOORS[dtype]),
        structure_only=case.judge is not None,
        integers_pass=integers,
    )


def _no_floats(args: Any) -> bool:
    return not any(
        isinstance(leaf, float | Number) or (hasattr(leaf, "dtype") and leaf.dtype.kind == "f")
        for leaf in leaves(args)
    )


def measured_bounds(call: Call, answer: Outcome, framework: str) -> Bounds:
    """Allowed errors of a case, leaf by leaf, from the model answer's own outcome on it."""
    dtype = dtype_of(call, framework)
    if call.case.raises is not None or answer.raised is not None or call.case.expect is NOTHING:
        return Bounds(FLOORS[dtype])
    errors = [
        _error(w, g) for w, g in zip(leaves(call.case.expect), leaves(answer.value), strict=False)
    ]
    return Bounds(FLOORS[dtype], tuple(measured(dtype, error) for error in errors))


def _error(want: Any, got: Any) -> float:
    if isinstance(want, Number):
        want = want.value
    if isinstance(want, bool) or not isinstance(want, float | np.ndarray | np.generic):
        return 0.0
    w = np.asarray(want)
    g = got.data if isinstance(got, Array) else np.asarray(got)
    if w.dtype.kind != "f" or g is None or g.shape != w.shape or g.dtype.kind not in "fiu":
        return 0.0
    both = np.isfinite(w) & np.isfinite(g)
    return float(np.max(np.abs(np.where(both, g - np.where(both, w, 0), 0)), initial=0.0))


def identical(one: Any, other: Any) -> bool:
    """Whether two decoded values are built alike, of the same types and the same bytes."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Array):
        alike = (one.kind, one.dtype, one.device, one.shape) == (
            other.kind,
            other.dtype,
            other.device,
            other.shape,
        )
        if not alike or one.data is None or other.data is None:
            return False
        return one.data.tobytes() == other.data.tobytes()
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(identical(one[key], other[key]) for key in one)
    return bool(one == other)


def passing(call: Call, outcome: Outcome, asked: Asked) -> Asked:
    """The same with an outcome's value among those that are right, if its value is."""
    if call.fake or call.case.raises is not None or outcome.raised is not None:
        return asked
    if compare(call.case.expect, outcome.value, asked) is not None:
        return asked
    return replace(asked, right=(outcome.value,))


def judge(call: Call, outcome: Outcome, asked: Asked) -> Failure | None:
    """Return why an outcome fails its case, None if it passes.

    Raises:
        CourseError: the check's own `judge` raised.
    """
    case = call.case
    if call.fake:
        return _judge_fake(outcome)
    if case.raises is not None:
        return _judge_exception(call, outcome)
    if outcome.raised is not None:
        return Failure("raised", "")
    if not any(identical(outcome.value, right) for right in asked.right):
        difference = compare(case.expect, outcome.value, asked)
        if difference is not None:
            return Failure("difference", difference.message, difference)
    if case.judge is not None and (complaint := _ask_judge(call, outcome, asked.framework)):
        return Failure("judged", complaint)
    if outcome.mutated >= 0:
        return Failure("mutated", f"argument {outcome.mutated + 1} is changed by the call")
    return None


def speed_ratio(rounds: Sequence[Round]) -> float:
    """How many times as fast as its rival a call is, by the median of the laps of each: to a single
    lap a machine that is short of memory adds milliseconds, which tell nothing."""
    mine = median(lap.seconds for lap in rounds)
    return median(lap.rival_seconds for lap in rounds) / mine


def judge_race(rounds: Sequence[Round], faster: Faster) -> Failure | None:
    """Return why a call that is right loses its race, None if it wins."""
    if not rounds or not all(lap.right for lap in rounds):
        return Failure("slow", OTHER_CALL)
    if any(lap.seconds < lap.floor for lap in rounds):
        return Failure("slow", UNBELIEVED)
    if speed_ratio(rounds) < faster.ratio:
        asked_for = f"at least {faster.ratio:g} times as fast as a plain loop"
        return Failure("slow", f"right, but too slow: {asked_for} is asked")
    return None


def judge_weight(weight: Weight, leaner: Leaner) -> Failure | None:
    """Return why a call that is right holds too much of a GPU's memory, None if it does not."""
    if not weight.right:
        return Failure("heavy", OTHER_CALL)
    if weight.peak > leaner.ratio * weight.rival_peak + SLACK_BYTES:
        asked_for = f"at most {leaner.ratio:g} times what a plain answer holds"
        return Failure("heavy", f"right, but it holds too much of the GPU's memory: {asked_for}")
    return None


def _judge_fake(outcome: Outcome) -> Failure | None:
    if outcome.fake == "mismatch":
        message = "tensors on the CPU meet tensors on the GPU: make new ones on the inputs' device"
        return Failure("device", message)
    if "cpu" in outcome.devices:
        return Failure("device", "with inputs on the GPU, a result is left on the CPU")
    return None


def _judge_exception(call: Call, outcome: Outcome) -> Failure | None:
    asked = call.case.raises
    assert asked is not None
    if outcome.raised is None:
        return Failure("no exception", f"these inputs should raise {asked.__name__}")
    if asked.__name__ not in outcome.raised.bases:
        return Failure("raised", f"these inputs should raise {asked.__name__}")
    if call.case.mentions and call.case.mentions not in outcome.raised.message:
        return Failure("no exception", f"the message of {asked.__name__} should name the culprit")
    return None


def _ask_judge(call: Call, outcome: Outcome, framework: str) -> str:
    assert call.case.judge is not None
    value = _plain(call.case.expect, outcome.value, framework)
    try:
        return call.case.judge(value)
    except Exception as error:
        raise CourseError(f"a check's judge failed: {type(error).__name__}: {error}") from error


def _plain(want: Any, got: Any, framework: str) -> Any:
    """Decoded values as NumPy arrays and Python scalars; `got` has the structure of `want`."""
    if isinstance(want, list | tuple):
        return [_plain(w, g, framework) for w, g in zip(want, got, strict=True)]
    if isinstance(want, dict):
        return {key: _plain(want[key], got[key], framework) for key in want}
    if isinstance(want, np.ndarray | np.generic):
        array = as_array(got, framework, np.shape(want))
        assert array is not None and array.data is not None
        return array.data.astype(np.float64) if array.data.dtype.kind == "f" else array.data
    return got.data.item() if isinstance(got, Array) and got.data is not None else got


def same(one: Outcome, other: Outcome, asked: Asked) -> bool:
    """Whether two outcomes of one call cannot be told apart, up to rounding."""
    if one.fake or other.fake:
        return one.fake == other.fake and one.devices == other.devices
    if one.raised or other.raised:
        return _same_exception(one.raised, other.raised)
    if one.mutated != other.mutated:
        return False
    return _same_value(one.value, other.value, FLOORS[asked.dtype])


def same_leaves(one: Any, other: Any, asked: Asked) -> list[bool] | None:
    """Which arrays and numbers of two values are the same; None if they are built differently."""
    mine, theirs = list(leaves(one)), list(leaves(other))
    if len(mine) != len(theirs):
        return None
    return [_same_value(a, b, FLOORS[asked.dtype]) for a, b in zip(mine, theirs, strict=True)]


def _same_exception(one: Raised | None, other: Raised | None) -> bool:
    """An exception of one type has many causes; its words, with their numbers, tell them apart."""
    if one is None or other is None or one.type != other.type:
        return False
    return one.message == other.message


def _same_value(one: Any, other: Any, bound: Bound) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(
            _same_value(a, b, bound) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(_same_value(one[k], other[k], bound) for k in one)
    # Of a sketch, the data alone does not show the shape.
    if isinstance(one, Array) and isinstance(other, Array) and _kind(one) != _kind(other):
        return False
    a, b = numbers_of(one), numbers_of(other)
    if isinstance(one, Array) and isinstance(other, Array) and (a is None or b is None):
        return a is b
    if a is None or b is None:
        return type(one) is type(other) and one == other
    if a.shape != b.shape:
        return False
    finite = np.isfinite(a)
    scale = float(np.max(np.abs(a[finite]), initial=0.0))
    atol = min(bound.atol, bound.rtol * scale) if scale else bound.atol
    if finite.all() and np.isfinite(b).all():  # what `allclose` does then, in a quarter of its time
        return bool((np.abs(a - b) <= atol + bound.rtol * np.abs(b)).all())
    return bool(np.allclose(a, b, rtol=bound.rtol, atol=atol, equal_nan=True))


def _kind(array: Array) -> tuple[str, tuple[int, ...]]:
    return array.dtype, array.shape


def numbers_of(value: Any) -> np.ndarray | None:
    """A value's numbers in float64 (or complex128); None for what has none."""
    if isinstance(value, Array):
        return (
            None
            if value.data is None
            else value.data.astype(np.complex128 if value.data.dtype.kind == "c" else np.float64)
        )
    if type(value) in (int, float, bool):
        return np.asarray(as_float(value))
    return None
