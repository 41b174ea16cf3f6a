"""Fingerprints of wrong results: equal for results that are, up to rounding, the same.

Theory of operation. All numbers that an exercise returned are laid out in one vector, in units of
the allowed rounding, and projected on a few directions that only the course's secret knows. Each
projection is rounded on two grids that are half a step apart: rounding moves a number over the
edge of one grid at most, so two fingerprints are `alike` if each projection agrees on one of them.
What cannot be rounded (shapes, dtypes, exceptions, which entries are not finite) is hashed as it
is. Every part is keyed with the secret, so that a fingerprint tells nothing of a hidden value.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import numpy as np

from grader.comparing.compare import Asked, leaves, shape_text
from grader.comparing.outcomes import ExerciseRun, Outcome
from grader.comparing.sketch import sketch
from grader.comparing.tolerance import FLOORS
from grader.worker.wire import Array

_DIRECTIONS = 4
_STEP = 16.0
"""Steps of the grids, in allowed roundings of a whole result: rounding stays far below half."""
_MARK = 6


def fingerprint(key: bytes, run: ExerciseRun) -> str:
    """Return the fingerprint of what an exercise did on its calls, "" where it returned nothing.

    Of what passed there is nothing to tell but that.

    Args:
        key: a secret of the course and the exercise.
        run: the outcomes; the dtype of what each call asks says how far rounding goes.
    """
    form: list[str] = [run.ended]
    numbers: list[np.ndarray] = []
    for number, (kept, one) in enumerate(zip(run.outcomes, run.asked, strict=True)):
        if number not in run.failures:
            form.append("passed")
            continue
        outcome = sketch(kept)
        form.append(f"{run.failures[number].trouble} {_form(outcome)}")
        numbers += [_units(values, one) for values in _values(outcome.value)]
        form += [str(_lost(values)) for values in _values(outcome.value)]
    vector = np.concatenate([np.zeros(1), *numbers])
    directions = _directions(key, len(vector))
    marks = [_mark(key, "\n".join(form))]
    for number, direction in enumerate(directions):
        place = float(direction @ vector) / _STEP
        marks += [_mark(key, f"{number} {grid} {np.floor(place + grid / 2)}") for grid in (0, 1)]
    return "-".join(marks) if run.outcomes else ""


def _directions(key: bytes, size: int) -> np.ndarray:
    """Random directions, such that a vector of ones is about as long in each as a single one."""
    rng = np.random.default_rng(int.from_bytes(key[:8], "little"))
    return np.asarray(rng.normal(size=(size, _DIRECTIONS)).T / np.sqrt(size))


def _mark(key: bytes, text: str) -> str:
    raw = text.encode("utf-8", "surrogatepass")  # a text that came back may hold anything
    return hmac.new(key, raw, hashlib.sha256).hexdigest()[: 2 * _MARK]


def _form(outcome: Outcome) -> str:
    if outcome.raised is not None:
        return f"raised {outcome.raised.type} {outcome.raised.gist}"
    kinds = [_kind(leaf) for leaf in leaves(outcome.value)]
    return " ".join([outcome.fake, *sorted(outcome.devices), str(outcome.mutated), *kinds])


def _kind(leaf: object) -> str:
    """What a leaf is; NumPy's scalars and Python's numbers are one thing."""
    if isinstance(leaf, Array) and leaf.kind != "scalar":
        return f"{leaf.kind} {leaf.dtype} {shape_text(leaf.shape)}"
    if isinstance(leaf, Array | int | float):
        return "number"
    return leaf if isinstance(leaf, str) else type(leaf).__name__


def _values(value: object) -> Iterator[np.ndarray]:
    for leaf in leaves(value):
        data = leaf.data if isinstance(leaf, Array) else leaf
        if isinstance(data, np.ndarray | int | float) and np.asarray(data).dtype.kind in "fiub":
            yield np.asarray(data, np.float64).ravel()


def _units(values: np.ndarray, asked: Asked) -> np.ndarray:
    """Numbers by their largest, and its logarithm, in units of the rounding they are allowed."""
    kept = np.where(np.isfinite(values), values, 0.0)
    largest = float(np.max(np.abs(kept), initial=0.0))
    if largest == 0:
        return np.zeros(kept.size + 1)
    return np.append(kept / largest, np.log(largest)) / FLOORS[asked.dtype].rtol


def _lost(values: np.ndarray) -> list[tuple[int, float]]:
    """Which entries are not finite, and what they are: 0 for NaN."""
    places = np.flatnonzero(~np.isfinite(values))
    return [(int(n), float(np.nan_to_num(values[n], nan=0.0, posinf=1, neginf=-1))) for n in places]
