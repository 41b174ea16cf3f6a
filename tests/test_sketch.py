"""Sketches: equal for equal outcomes, different where one entry differs."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.comparing.compare import Asked
from grader.comparing.judging import same, same_leaves
from grader.comparing.outcomes import Outcome, Raised
from grader.comparing.sketch import KEPT, sketch
from grader.comparing.tolerance import FLOORS
from grader.worker.wire import Array

ASKED = Asked("numpy", "float64", "cpu", lambda leaf: FLOORS["float64"])
LARGE = (70, 50)


def outcome(*arrays: np.ndarray) -> Outcome:
    leaves = [Array("array", a.dtype.name, "cpu", a.shape, a) for a in arrays]
    return Outcome(leaves[0] if len(leaves) == 1 else leaves)


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    return same(sketch(outcome(one)), sketch(outcome(other)), ASKED)


def test_large_arrays_are_kept_small() -> None:
    kept = sketch(outcome(np.ones(LARGE), np.ones(3)))
    assert kept.value[0].data.size < 2 * KEPT and kept.value[0].shape == LARGE
    assert kept.value[1].data.shape == (3,)


@given(st.integers(0, LARGE[0] * LARGE[1] - 1), st.sampled_from([1e-2, np.nan, np.inf, -np.inf]))
def test_one_entry_makes_a_difference(place: int, by: float) -> None:
    right = np.random.default_rng(1).normal(size=LARGE)
    wrong = right.copy()
    wrong.flat[place] += by
    assert alike(right, right * (1 + 1e-12)) and alike(wrong, wrong.copy())
    assert not alike(right, wrong)


def test_shape_and_kind_make_a_difference() -> None:
    right = np.random.default_rng(1).normal(size=LARGE)
    assert not alike(right, right.reshape(50, 70))
    assert not alike(right, right.astype(np.float32))
    infinite = right.copy()
    infinite[3, 4] = np.nan
    other = right.copy()
    other[3, 4] = np.inf
    assert not alike(infinite, other)


def test_which_leaves_are_the_same() -> None:
    a, b = np.arange(3.0), np.ones(4)
    one, other = outcome(a, b), outcome(a, 2 * b)
    assert same_leaves(one.value, other.value, ASKED) == [True, False]
    assert same_leaves(one.value, outcome(a).value, ASKED) is None


def raised(message: str, kind: str = "ValueError") -> Any:
    return Outcome(raised=Raised(kind, (kind,), message, None, None, "library", False))


@pytest.mark.parametrize(
    ("other", "expected"),
    [("shapes (2,) and (3,)", True), ("shapes (2,) and (4,)", False)],
)
def test_exceptions_are_the_same_by_their_words(other: str, expected: bool) -> None:
    assert same(raised("shapes (2,) and (3,)"), raised(other), ASKED) is expected
    assert not same(raised(other), raised(other, "TypeError"), ASKED)
