"""General relations: each planted one is named, and what is said is true of every failing call."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from relation_calls import look, told  # type: ignore[import-not-found]

from grader.comparing import forms, patterns, relations, telling
from grader.comparing.evidence import Leaf
from grader.comparing.tolerance import FLOORS
from grader.vocabulary import STABILITY, Number

SEEDS = st.integers(0, 10_000)
FLOATS = st.floats(-4, 4) | st.sampled_from([0.0, 1.0, 2.0, -1.0, 0.5])
Make = Callable[[np.ndarray], np.ndarray]


def drawn(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape) + 3


def shifted(w: np.ndarray) -> np.ndarray:
    return np.concatenate([w[:1] * 0 + 9, w[:-1]])


def wrong_first(w: np.ndarray) -> np.ndarray:
    return np.concatenate([w[:1] + 1 + w[:1] ** 2, w[1:]])


def bordered(w: np.ndarray) -> np.ndarray:
    out = np.random.default_rng(5).normal(size=w.shape)
    out[1:-1, 1:-1] = w[1:-1, 1:-1]
    return out


PLANTED: list[tuple[Make, str]] = [
    (lambda w: w.T, patterns.TRANSPOSE),
    (lambda w: -w, relations.SIGN),
    (lambda w: 2 * w, relations.TWICE),
    (lambda w: w / 2, relations.HALF),
    (lambda w: 7 * w, relations.SUM.format("the length of axis 1 of `x`")),
    (lambda w: w / 7, relations.MEAN.format("the length of axis 1 of `x`")),
    (lambda w: 42 * w, relations.SUM.format("the number of entries of `x`")),
    (lambda w: w * 7 / 6, relations.BESSEL),
    (lambda w: w / np.log(2), relations.LOG_2),
    (lambda w: w * 1.7, relations.FACTOR),
    (lambda w: w * np.array([[1.0], [1.7], [3.1], [0.2], [5.7]]), relations.ROW_FACTOR),
    (lambda w: w * np.array([1.0, 1.7, 3.1, 0.2]), relations.COLUMN_FACTOR),
    (lambda w: w + np.array([[1.0], [1.7], [3.1], [0.2], [5.7]]), relations.ROW_OFFSET),
    (lambda w: w + 0.5, relations.OFFSET),
    (lambda w: w + 1e-4 * w**2, relations.LARGER),
    (lambda w: w - 1e-4 * w**2, relations.SMALLER),
    (lambda w: w * w, relations.SQUARE),
    (lambda w: np.sqrt(np.abs(w)), relations.ROOT),
    (lambda w: np.exp(w), relations.EXP),
    (lambda w: 1 / w, relations.INVERSE),
    (lambda w: 1 - w, relations.REST),
    (lambda w: np.floor(w), relations.WHOLE),
    (lambda w: w * 0, patterns.ZERO),
    (lambda w: w * 0 + 3.3, patterns.EQUAL),
    (lambda w: np.broadcast_to(w[:1], w.shape).copy(), patterns.ROWS),
    (lambda w: w[::-1].copy(), patterns.REVERSED.format(0)),
    (lambda w: np.cumsum(w, 1), patterns.RUNNING.format(1)),
    (lambda w: np.roll(w, 1, 0), patterns.ROLLED.format(0)),
    (shifted, patterns.SHIFTED.format(0)),
    (wrong_first, patterns.FIRST_WRONG.format(0)),
    (bordered, patterns.BORDER),
    (lambda w: w.reshape(-1), forms.SHAPE),
    (lambda w: w[None], forms.SHAPE),
    (lambda w: w.reshape(2, 10), forms.SIZES),
    (lambda w: w[:-1], forms.SHORT.format(0)),
    (lambda w: np.concatenate([w, w]), forms.LONG.format(0)),
    (lambda w: np.stack([w / 4, w * 3 / 4]), forms.LEFT.format(0)),
    (lambda w: np.stack([w, w]), forms.REPEATED),
    (lambda w: w.sum(), forms.REDUCED),
    (lambda w: w * np.nan, forms.ALL_NAN),
    (lambda w: w / 0, forms.INFINITE),
]


@pytest.mark.parametrize(("make", "sentence"), PLANTED)
@given(seed=SEEDS)
@settings(max_examples=10, deadline=None)
def test_a_planted_relation_is_named_first(make: Make, sentence: str, seed: int) -> None:
    want = np.abs(drawn(seed, 5, 4)) + 0.1
    with np.errstate(all="ignore"):
        said = told(look(want, make(want), [drawn(seed, 6, 7)], ["x"]))
    assert said[0] == sentence


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_unrelated_values_have_no_relation(seed: int) -> None:
    assert not told(look(drawn(seed, 5, 3), drawn(seed + 1, 5, 3), [drawn(seed + 2, 5, 3)], ["x"]))


def test_a_sentence_is_dropped_where_another_failing_call_belies_it() -> None:
    a, b = drawn(1, 5, 4), drawn(2, 6, 3)
    assert told(look(a, -a))[0] == relations.SIGN
    assert relations.SIGN not in told(look(a, -a), look(b, drawn(3, 6, 3)))


def test_of_a_result_that_is_judged_nothing_is_said_that_others_show() -> None:
    w, x = drawn(1, 5, 4), drawn(2, 7, 3)
    judged = look(0 * w, drawn(3, 5, 4), [x], ["x"], judge=lambda got: "too few are kept")
    off = look(w, 1.7 * w, [x], ["x"])
    assert told(off)[0] == relations.FACTOR
    assert not told(off, judged) and not told(judged)


def test_the_size_that_a_factor_is_must_be_the_same_everywhere() -> None:
    a, b = drawn(1, 5), drawn(2, 6)
    x, y = drawn(3, 7, 3), drawn(4, 2, 7)
    sentence = relations.SUM.format("the length of axis 0 of `x`")
    assert told(look(a, 7 * a, [x], ["x"]), look(b, 2 * b, [y], ["x"]))[0] == sentence
    # 2 is a size in both, and another one in each: then it is just 2.
    x, y = drawn(3, 2, 3), drawn(4, 5, 2)
    assert told(look(a, 2 * a, [x], ["x"]), look(b, 2 * b, [y], ["x"]))[0] == relations.TWICE
    # 7 is the length of another axis in each.
    x, y = drawn(3, 7, 3), drawn(4, 5, 7)
    assert told(look(a, 7 * a, [x], ["x"]), look(b, 7 * b, [y], ["x"]))[0] == relations.FACTOR


def test_a_whole_number_among_the_arguments_may_be_the_factor() -> None:
    a, b = drawn(1, 5), drawn(2, 6)
    more = look(a, a * 7, [7, 2.0], ["size", "scale"]), look(b, b * 9, [9, 2.0], ["size", "scale"])
    assert told(*more)[0] == relations.SUM.format("`size`")
    assert told(look(a, a * 7, [7], [""]))[0] == relations.FACTOR
    assert told(look(a, a * 2, [True], ["flag"]))[0] == relations.TWICE


def test_a_mean_for_a_sum_is_not_a_sum_for_a_mean() -> None:
    w, x = drawn(1, 5), drawn(2, 7)
    assert "a mean taken where a sum" in told(look(w, w / 7, [x], ["x"]))[0]
    assert "a sum taken where a mean" in told(look(w, w * 7, [x], ["x"]))[0]


def test_the_same_order_is_not_another_order() -> None:
    want = np.array([1.0, 2.0, 3.0, 4.0])
    assert patterns.ORDER not in told(look(want, want * (1 + 2e-5)))
    assert told(look(drawn(1, 6), drawn(1, 6)[[2, 0, 1, 5, 4, 3]]))[0] == patterns.ORDER
    assert not told(look(1.5, 2.5))


def test_coincidences_of_one_number_are_no_relations() -> None:
    assert not told(look(np.float64(2.0), np.float64(4.0)))
    assert not told(look(np.array([1.0]), np.array([1.5])))
    assert not told(look(4, 5))
    assert told(look(np.float64(2.31), np.float64(4.62)))[0] == relations.TWICE


def test_symmetric_and_zero_results() -> None:
    w = drawn(1, 4, 4)
    assert look(w + w.T, (w + w.T).T) is None
    assert relations.FACTOR not in told(look(np.zeros((3, 4)), drawn(1, 3, 4)))
    assert told(look(np.zeros(4), np.ones(4)))[0] == relations.OFFSET


def test_not_a_number_is_said_to_be_that() -> None:
    x, got = drawn(1, 4), drawn(1, 4)
    got[2] = np.nan
    said = told(look(x, got, [np.array([0.0, 1, 2, 3])], group=STABILITY))
    assert said == (forms.NAN,)  # inputs of moderate size: nothing overflows
    said = told(look(x, got, [x * 1e4], group=STABILITY), fine=[[x]])
    assert said[0] == telling.OVERFLOW
    said = told(look(x, got, [np.array([0.0, 1, 2, 3])]), fine=[[x]])
    assert said[0] == telling.AT_ZERO
    kept = np.where(np.arange(4) == 1, np.nan, x)
    assert told(look(x, kept, [kept], ["x"]))[0] == forms.INPUT_NAN.format("`x`")


def test_what_is_false_is_no_zero_among_the_inputs() -> None:
    x, mask = drawn(1, 4), np.array([True, False, True, True])
    lost = np.full(4, np.nan)
    assert telling.AT_ZERO not in told(look(x, lost, [x + 9, mask]), fine=[[x + 9]])
    assert telling.AT_ZERO in told(look(x, lost, [x + 9, mask * 1.0]), fine=[[x + 9]])


def test_a_loss_that_stays_small_where_an_input_is_large() -> None:
    u = np.array([1.0, -1e4])
    capped = look(np.float64(5e3), np.float64(9.2), [u], group=STABILITY)
    larger = look(np.float64(5e3), np.float64(6e3), [u], group=STABILITY)
    assert told(capped, fine=[[u / 1e4], [u]])[0] == telling.CAPPED
    assert telling.CAPPED not in told(larger, fine=[[u / 1e4]])
    assert telling.CAPPED not in told(capped, larger, fine=[[u / 1e4]])
    assert telling.CAPPED not in told(capped, fine=[[u]])


def test_a_nan_that_is_asked_is_compared_first() -> None:
    want = np.array([1.0, np.nan, 2.0, 7.0])
    assert look(want, want) is None
    assert told(look(want, np.array([1.0, np.nan, 2.0, 9.0]))) == ()


def test_inputs_by_name() -> None:
    x, w = drawn(1, 5, 4), drawn(2, 5, 4)
    assert told(look(w, x, [x], ["x"]))[0] == patterns.UNCHANGED.format("`x`")
    assert told(look(w, -x, [x], [""]))[0] == patterns.NEGATED.format("an input")
    z = drawn(3, 5, 4) - 3
    assert told(look(w, np.where(z > 0, w, w + z * w), [z], ["z"]))[0] == (
        patterns.POSITIVE.format("`z`")
    )


def test_an_input_that_is_a_factor_or_a_term_too_many_or_too_few() -> None:
    w, x, b = drawn(1, 5, 4), drawn(2, 5, 4), drawn(3, 4)
    assert told(look(w, w * x, [x], ["x"]))[0] == patterns.TIMES.format("`x`")
    assert told(look(w, w / x, [x], ["x"]))[0] == patterns.OVER.format("`x`")
    assert told(look(w, w + x, [x], ["x"]))[0] == patterns.PLUS.format("`x`")
    assert told(look(w, w - b, [b], ["b"]))[0] == patterns.MINUS.format("`b`")
    # A factor that is 1, or a term that is the same everywhere, is no input's.
    assert not told(look(w, w + 1, [np.ones((5, 4))], ["x"]))[0].startswith("The result is what")
    assert told(look(w, 2 * w, [w * 0 + 2], ["x"]))[0] == relations.TWICE


def test_a_number_for_each_entry_where_one_is_asked() -> None:
    x, w = drawn(1, 5), np.float64(0.7)
    assert told(look(w, drawn(2, 5), [x], ["x"])) == (forms.EACH.format("`x`"),)
    assert told(look(drawn(2, 5).mean(), drawn(2, 5), [x], ["x"]))[0] == forms.LEFT.format(0)
    assert not told(look(w, drawn(2, 4), [x], ["x"]))
    assert not told(look(drawn(3, 3), x, [x * x], ["x"]))


def test_what_is_changed_in_place_is_said_first_and_by_name() -> None:
    w = drawn(1, 5, 4)
    said = told(look(w, 2 * w, [w, w], ["theta", "grad"], mutated=0))
    assert said[0] == telling.CHANGED.format("theta")
    assert told(look(w, w, [w], mutated=0))[0] == telling.SOMETHING_CHANGED
    # Not where another failing call leaves it alone: then it is not what is wrong there.
    both = told(look(w, 2 * w, [w], ["w"], mutated=0), look(w, 2 * w, [w], ["w"]))
    assert both[0] == relations.TWICE


def test_values_of_a_result() -> None:
    a, b, c = drawn(1, 3), drawn(2, 4), drawn(3, 3)
    assert told(look((a, c), (c, a)))[0] == telling.SWAPPED
    assert told(look((a, b), (a, -b)))[0] == relations.SIGN
    assert telling.ONLY.format(2) in told(look((a, b), (a, drawn(7, 4))))
    said = told(look((a, b), (a / 2, -b)))
    assert said[:2] == (
        telling.IN_VALUE.format(1, relations.HALF),
        telling.IN_VALUE.format(2, relations.SIGN),
    )
    assert told(look((a, b), (a,)))[0] == telling.TOO_FEW
    assert told(look((a, b), (a, b, c)))[0] == telling.TOO_MANY
    assert told(look([a, c, drawn(4, 3)], [a, a, a]))[0] == telling.STALE
    zero = np.zeros_like(a)
    assert telling.STALE not in told(look([a, c, drawn(4, 3)], [zero, zero, zero]))
    assert told(look(a, None))[0] == telling.NONE
    assert told(look(a, list(map(float, a))))[0] == telling.FORM
    assert told(look(a, list(map(float, a + 1)))) == ()


@pytest.mark.parametrize("expect", [3.7, Number(3.7)])
def test_a_number_is_related_like_a_float(expect: float | Number) -> None:
    assert told(look(expect, -3.7))[0] == relations.SIGN


CHECKS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], bool]] = {
    relations.SIGN: lambda w, g, x: np.allclose(g, -w, 1e-3, 1e-4),
    relations.TWICE: lambda w, g, x: np.allclose(g, 2 * w, 1e-3, 1e-4),
    relations.HALF: lambda w, g, x: np.allclose(g, w / 2, 1e-3, 1e-4),
    relations.SQUARE: lambda w, g, x: np.allclose(g, w * w, 1e-3, 1e-4),
    relations.REST: lambda w, g, x: np.allclose(g, 1 - w, 1e-3, 1e-4),
    relations.OFFSET: lambda w, g, x: bool(np.ptp(g - w) < 1e-3),
    relations.LARGER: lambda w, g, x: bool((g >= w - 1e-6).all()),
    relations.SMALLER: lambda w, g, x: bool((g <= w + 1e-6).all()),
    relations.NEARLY: lambda w, g, x: bool(np.abs(g - w).max() <= 0.0101 * np.abs(w).max()),
    patterns.ZERO: lambda w, g, x: not g.any(),
    patterns.EQUAL: lambda w, g, x: bool(np.ptp(g) == 0),
    patterns.ROWS: lambda w, g, x: bool((g == g[:1]).all()),
    patterns.TRANSPOSE: lambda w, g, x: np.allclose(g, w.T, 1e-3, 1e-4),
    patterns.ORDER: lambda w, g, x: (
        np.allclose(np.sort(g, None), np.sort(w, None), 1e-3, 1e-4) and not np.allclose(g, w)
    ),
    patterns.REVERSED.format(0): lambda w, g, x: np.allclose(g, w[::-1], 1e-3, 1e-4),
    patterns.UNCHANGED.format("`x`"): lambda w, g, x: np.allclose(g, x, 1e-3, 1e-4),
    patterns.NEGATED.format("`x`"): lambda w, g, x: np.allclose(g, -x, 1e-3, 1e-4),
    patterns.TIMES.format("`x`"): lambda w, g, x: np.allclose(g, w * x, 1e-3, 1e-4),
    patterns.PLUS.format("`x`"): lambda w, g, x: np.allclose(g, w + x, 1e-3, 1e-4),
    patterns.MINUS.format("`x`"): lambda w, g, x: np.allclose(g, w - x, 1e-3, 1e-4),
    patterns.ZEROS: lambda w, g, x: not g[~np.isclose(w, g, 1e-6, 1e-8)].any(),
    patterns.POSITIVE.format("`x`"): lambda w, g, x: np.allclose(w[x > 0], g[x > 0], 1e-6, 1e-8),
    patterns.NEGATIVE.format("`x`"): lambda w, g, x: np.allclose(w[x < 0], g[x < 0], 1e-6, 1e-8),
}
SHAPE = st.shared(st.sampled_from([(1,), (2,), (3, 3), (2, 4), (1, 3)]), key="shape")
SMALL = SHAPE.flatmap(lambda shape: arrays.arrays(np.float64, shape, elements=FLOATS))


@given(st.lists(st.tuples(SMALL, SMALL, SMALL), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_whatever_is_said_of_random_results_is_true(
    calls: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
) -> None:
    failing = [(look(w, g, [x], ["x"]), w, g, x) for w, g, x in calls]
    for sentence in told(*(one for one, *_ in failing)):
        check = CHECKS.get(sentence)
        assert check is None or all(check(w, g, x) for one, w, g, x in failing if one is not None)


@given(
    st.lists(st.floats(allow_nan=True), min_size=0, max_size=6),
    st.lists(st.floats(allow_nan=True), min_size=0, max_size=6),
)
@settings(deadline=None)
def test_odd_numbers_raise_nothing(want: list[float], got: list[float]) -> None:
    said = told(look(np.array(want), np.array(got)))
    assert all(isinstance(sentence, str) for sentence in said)


def _wrong_where(part: np.ndarray) -> np.ndarray:
    return np.where(part, SQUARE + 1.7, SQUARE)


SQUARE = np.random.default_rng(5).normal(size=(6, 6))
OWN = np.arange(6) == np.array([1, 0, 3, 2, 5, 5])[:, None]


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (_wrong_where(np.eye(6) == 1), patterns.DIAGONAL),
        (_wrong_where(np.tril(np.ones((6, 6)), -1) == 1), patterns.BELOW),
        (_wrong_where(np.triu(np.ones((6, 6)), 1) == 1), patterns.ABOVE),
        (_wrong_where(np.arange(6) % 2 == 1), patterns.EVEN),
        (_wrong_where(np.arange(6) > 2), patterns.PART.format(1, "second half")),
        (_wrong_where(np.arange(6)[:, None] // 2 == 1), patterns.PART.format(0, "second third")),
        (_wrong_where(OWN), patterns.OWN_CLASS.format("`y`")),
        (_wrong_where(~OWN), patterns.OTHER_CLASSES.format("`y`")),
        (2 * SQUARE - 1, relations.AFFINE),
        (SQUARE / (1 - SQUARE), relations.ODDS),
        (1 / (1 + np.exp(-SQUARE)), relations.SIGMOID),
        (SQUARE.clip(-0.5, 0.6), patterns.BOUND),
        (SQUARE + np.log(1.7) / 2, patterns.PLUS.format("half of the logarithm of `s`")),
        (SQUARE * 1.7**2, patterns.TIMES.format("the square of `s`")),
    ],
)
def test_where_and_how_a_matrix_is_wrong(got: np.ndarray, sentence: str) -> None:
    args = (np.array([1, 0, 3, 2, 5, 5]), 1.7)
    assert sentence in told(look(SQUARE, got, args, ("y", "s")))
    assert sentence not in told(look(SQUARE, SQUARE + np.sin(40 * SQUARE), args, ("y", "s")))


def test_one_more_is_said_of_whole_numbers_in_two_calls() -> None:
    calls = [look(n, n + 1) for n in (3, 8)]
    assert relations.ONE_MORE in told(*calls)
    assert relations.ONE_MORE not in told(calls[0])


def test_what_many_functions_make_of_one_number_is_not_said() -> None:
    slopes = np.array([1, 0.01, 1, 0.01, 0.01])
    assert relations.ROOT not in told(*[look(slopes[:n], slopes[:n] ** 0.5) for n in (3, 5)])
    several = np.array([1, 0.01, 0.3, 0.7])
    assert relations.ROOT in told(*[look(several[:n], several[:n] ** 0.5) for n in (3, 4)])


AXES = st.lists(st.integers(1, 4), min_size=0, max_size=4).map(tuple)


@given(AXES, st.lists(AXES, max_size=3), st.integers(0, 4), SEEDS)
@settings(max_examples=300, deadline=None)
def test_inputs_of_any_shape_are_looked_at_beside_a_result(
    shape: tuple[int, ...], others: list[tuple[int, ...]], along: int, seed: int
) -> None:
    """Vectors along any axis of the result too: nothing raises, and what is said are sentences."""
    inputs = [drawn(seed + n, *other) for n, other in enumerate(others)]
    inputs += [drawn(seed + 9, shape[along])] if along < len(shape) else []
    want = drawn(seed + 20, *shape)
    got = want + drawn(seed + 30, *shape) * np.random.default_rng(seed).integers(0, 2, size=shape)
    names = [f"x{n}" for n in range(len(inputs))]
    for wrong in (got, want.T, np.zeros(shape)):
        assert all(isinstance(line, str) for line in told(look(want, wrong, inputs, names)))


def test_a_factor_for_each_row_is_found_beside_any_number_of_axes() -> None:
    want, each = drawn(3, 4, 2, 5, 5), drawn(4, 4)
    got = want * each[:, None, None, None]
    assert any("`x`" in line for line in told(look(want, got, [each], ["x"])))


@given(SMALL, st.one_of(SMALL, st.just(None)), st.booleans(), SEEDS)
@settings(max_examples=300, deadline=None)
def test_closeness_is_that_of_all_entries(
    want: np.ndarray, other: np.ndarray | None, whole: bool, seed: int
) -> None:
    """One entry that is far off settles it early, and never otherwise than all of them do."""
    near = want * (1 + 2e-4 * np.random.default_rng(seed).uniform(-1, 1, want.shape))
    leaf = Leaf(want, near if other is None else other, FLOORS["float32"], whole)
    for made in (leaf.got, leaf.want, -leaf.want, leaf.got + 1e-6, leaf.got * np.nan):
        with np.errstate(all="ignore"):
            fits = leaf.finite and bool(np.isfinite(made).all())
            fits = fits and bool((np.abs(leaf.got - made) <= leaf.slack(made)).all())
            assert leaf.close(made) == fits
