"""General relations: each planted one is named, and none is found between right values."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.comparing.relations import name_relation

SIZES = [5, 3, 7]


def drawn(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape) + 3


SEEDS = st.integers(0, 10_000)


@given(SEEDS, st.sampled_from([(5,), (5, 3), (3, 5, 7), (1, 4)]))
def test_right_values_have_no_relation(seed: int, shape: tuple[int, ...]) -> None:
    want = drawn(seed, *shape)
    assert name_relation(want, want, SIZES) == ""
    assert name_relation(want, want * (1 + 1e-9), SIZES) == ""


@given(SEEDS)
def test_unrelated_values_have_no_relation(seed: int) -> None:
    assert name_relation(drawn(seed, 5, 3), drawn(seed + 1, 5, 3), SIZES) == ""


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda w: w.T, "transpose"),
        (lambda w: -w, "sign"),
        (lambda w: 2 * w, "factor of 2"),
        (lambda w: w / 2, "factor of ½"),
        (lambda w: 5 * w, "size of the input"),
        (lambda w: w / 7, "size of the input"),
        (lambda w: w * 105, "size of the input"),
        (lambda w: w * 1.7, "constant factor"),
        (lambda w: w[::-1].copy(), "another order"),
        (lambda w: w + 0.5, "same amount everywhere"),
        (lambda w: w.reshape(-1), "not the shape"),
        (lambda w: w[None], "not the shape"),
        (lambda w: np.zeros((w.size, w.size)), "broadcast to a square"),
    ],
)
@given(seed=SEEDS)
def test_a_planted_relation_is_named(make: object, words: str, seed: int) -> None:
    want = drawn(seed, 5, 4)
    assert callable(make)
    assert words in name_relation(want, make(want), SIZES)


@given(SEEDS)
def test_a_square_matrix_may_be_transposed_as_well(seed: int) -> None:
    want = drawn(seed, 4, 4)
    assume(not np.allclose(want, want.T))
    assert "transpose" in name_relation(want, want.T, SIZES)
    symmetric = want + want.T
    assert name_relation(symmetric, symmetric.T, SIZES) == ""


@given(
    st.lists(st.floats(allow_nan=True), min_size=0, max_size=6),
    st.lists(st.floats(allow_nan=True), min_size=0, max_size=6),
)
def test_odd_numbers_raise_nothing_and_name_nothing_of_themselves(
    want: list[float], got: list[float]
) -> None:
    with np.errstate(all="ignore"):
        sentence = name_relation(np.array(want), np.array(got), [])
    assert not any(character.isdigit() and character != "2" for character in sentence) or (
        "(n, 1)" in sentence
    )
