"""Hidden cases of the chapters on generalization: splits, folds, sample sizes, ridge regression."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, Case, Number, case, exercise
from reference import generalization
from solutions.d2l_generalization import drivers

Array = np.ndarray
Cases = Iterator[Case]
Rng = np.random.Generator


@exercise(driver=drivers.run_split)
def train_val_split(rng: Rng) -> Cases:
    """A random split into a training and a validation set."""

    def seeds(count: int) -> list[int]:
        return [int(seed) for seed in rng.integers(2**31, size=count)]

    def sizes(n: int, fraction: float, draws: int = 1) -> list[Any]:
        m = generalization.validation_size(n, fraction)
        return [(np.zeros(n - m, dtype=np.int64), np.zeros(m, dtype=np.int64))] * draws

    def probe(n: int, fraction: float, **more: Any) -> Case:
        args = (n, fraction, seeds(1), 1, np.zeros(1))
        return case(*args, expect=sizes(n, fraction), judge=drivers.covers, **more)

    one, other = seeds(2)
    yield case(
        *(43, 0.3, [one, one, other], 2, np.zeros(1)),
        expect=sizes(43, 0.3, 4),
        judge=drivers.comes_from_generator,
    )
    yield case(
        *(12, 0.35, seeds(1), 300, np.zeros(1)),
        expect=[np.zeros((300, 12))],
        judge=drivers.any_subset(generalization.validation_size(12, 0.35)),
    )
    for n, fraction in [(41, 0.3), (29, 0.6)]:
        yield probe(n, fraction)
    for n, fraction in [(1, 0.3), (1, 0.8), (5, 0.0), (7, 1.0), (6, 0.03)]:
        yield probe(n, fraction, group=EDGES)


@exercise(driver=drivers.run_folds)
def kfold(rng: Rng) -> Cases:
    """The folds of cross-validation."""

    def probe(n: int, k: int, **more: Any) -> Case:
        return case(n, k, np.zeros(1), expect=generalization.kfold(n, k), **more)

    k = int(rng.integers(3, 7))
    for rest in (0, 1, k - 1):
        yield probe(k * int(rng.integers(3, 9)) + rest, k)
    yield probe(23, 8)
    yield probe(9, 2)
    for n, k in [(5, 5), (7, 6), (2, 2)]:
        yield probe(n, k, group=EDGES)


@exercise()
def empirical_error(rng: Rng) -> Cases:
    """The share of wrong predictions."""

    def probe(n: int, wrong: int, **more: Any) -> Case:
        labels = rng.integers(7, size=n)
        predicted = labels.copy()
        # Several wrong classes, further off than one, so that no distance counts for the error.
        at = rng.permutation(n)[:wrong]
        predicted[at] = (labels[at] + rng.integers(2, 6, size=wrong)) % 7
        expect = generalization.empirical_error(predicted, labels)
        return case(predicted, labels, expect=expect, **more)

    yield probe(11, 4)
    yield probe(60, 13)
    for n, wrong in [(1, 1), (1, 0), (5, 5), (9, 0)]:
        yield probe(n, wrong, group=EDGES)
    yield probe(17, 5, group=DEVICE, dtype="float32")


def sample_sizes(
    bound: Callable[..., float], inputs: Callable[[], tuple[float, ...]]
) -> Iterator[tuple[tuple[float, ...], Number]]:
    """Inputs away from exact integers, where rounding would decide; two of them for each half."""
    for low, high in [(0.1, 0.4), (0.6, 0.9)] * 2:
        args = inputs()
        while not low < bound(*args) % 1 < high:
            args = inputs()
        yield args, Number(float(np.ceil(bound(*args))))


@exercise()
def clt_sample_size(rng: Rng) -> Cases:
    """How many test examples the central limit theorem asks for."""

    def inputs() -> tuple[float, ...]:
        return float(rng.uniform(0.01, 0.06)), float(rng.uniform(1.3, 3))

    for args, n in sample_sizes(generalization.clt_bound, inputs):
        yield case(*args, expect=n)
    for args, n in sample_sizes(lambda h: generalization.clt_bound(h, 1.0), lambda: inputs()[:1]):
        yield case(*args, expect=n)
    yield case(0.01, 1.0, expect=Number(float(generalization.clt_sample_size(0.01))))
    for half_width in (0.4, 0.9):
        expect = Number(float(generalization.clt_sample_size(half_width)))
        yield case(half_width, expect=expect, group=EDGES)


@exercise()
def hoeffding_sample_size(rng: Rng) -> Cases:
    """How many test examples Hoeffding's inequality asks for."""

    def inputs() -> tuple[float, ...]:
        return float(rng.uniform(0.01, 0.08)), float(rng.uniform(0.01, 0.3))

    for args, n in sample_sizes(generalization.hoeffding_bound, inputs):
        yield case(*args, expect=n)
    yield case(0.01, 0.05, expect=Number(float(generalization.hoeffding_sample_size(0.01, 0.05))))
    for args in [(0.9, 0.5), (0.5, 1e-12)]:
        expect = Number(float(generalization.hoeffding_sample_size(*args)))
        yield case(*args, expect=expect, group=EDGES)


def levels(rng: Rng, rule: Callable[..., float]) -> Cases:
    """Numbers k of tests, with the usual level and with others."""
    for k in (2, 20, int(rng.integers(5, 40))):
        yield case(k, expect=Number(rule(k)))
        alpha = float(rng.uniform(0.1, 0.4))
        yield case(k, alpha, expect=Number(rule(k, alpha)))
    yield case(1, 0.2, expect=Number(rule(1, 0.2)), group=EDGES)


@exercise()
def any_false_discovery(rng: Rng) -> Cases:
    """The probability that some of k tests misleads."""
    yield from levels(rng, generalization.any_false_discovery)


@exercise()
def bonferroni(rng: Rng) -> Cases:
    """The level of each of k tests."""
    yield from levels(rng, generalization.bonferroni)


@exercise()
def polynomial_features(rng: Rng) -> Cases:
    """Powers of x over factorials, as columns."""

    def probe(n: int, degree: int, **more: Any) -> Case:
        x = 2 * rng.normal(size=n)
        return case(x, degree, expect=generalization.polynomial_features(x, degree), **more)

    yield probe(7, 4)
    yield probe(5, 8)
    for n, degree in [(1, 3), (4, 1), (6, 0), (5, 4)]:
        yield probe(n, degree, group=SHAPES)
    x = np.array([0.0, -1.0, 1.0, -9.0, 11.0])
    yield case(x, 20, expect=generalization.polynomial_features(x, 20), group=EDGES)
    yield probe(9, 5, group=DEVICE, dtype="float32")


@exercise()
def ridge_fit(rng: Rng) -> Cases:
    """Linear regression with weight decay and a free intercept."""

    def probe(n: int, d: int, lam: float, **more: Any) -> Case:
        # Means far from 0, so that an intercept is needed, and that a penalty on it would show.
        x = rng.normal(size=(n, d)) + rng.uniform(1, 2, size=d)
        y = x @ rng.normal(size=d) + rng.uniform(3, 5) + 0.5 * rng.normal(size=n)
        return case(x, y, lam, expect=generalization.ridge(x, y, lam), **more)

    yield probe(12, 4, 0.7)
    yield probe(9, 3, 1.6)
    yield probe(5, 8, 0.4)  # more weights than observations
    for n, d in [(1, 3), (7, 1), (4, 4)]:
        yield probe(n, d, 0.9, group=SHAPES)
    yield probe(11, 3, 0.0, group=EDGES)
    yield probe(13, 5, 0.5, group=DEVICE, dtype="float32")


@exercise()
def log_rmse(rng: Rng) -> Cases:
    """The error of house prices, on a logarithmic scale."""

    def prices(n: int) -> Array:
        return np.exp(rng.normal(12, 0.5, size=n))

    def probe(predicted: Array, y: Array, **more: Any) -> Case:
        return case(predicted, y, expect=generalization.log_rmse(predicted, y), **more)

    yield probe(prices(9), prices(9))
    yield probe(rng.uniform(1.5, 4, size=14), rng.uniform(1.5, 4, size=14))
    yield probe(prices(1), prices(1), group=SHAPES)
    yield probe(np.array([0.2, 0.0, -3e5, 1.0, 7.0]), rng.uniform(2, 9, size=5), group=EDGES)
    yield probe(rng.uniform(1.5, 4, size=6), rng.uniform(0.1, 0.9, size=6), group=EDGES)
    y = prices(5)
    yield probe(y, y, group=EDGES)
    yield probe(prices(8), prices(8), group=DEVICE, dtype="float32")
