"""Hidden cases of lecture 1: lopsided tables, unequal chances, functions of every shape."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import EDGES, SHAPES, Case, Forbid, Number, case, exercise
from reference import numerical, probability, tensors

Cases = Iterator[Case]
Rng = np.random.Generator
Shape = tuple[int, ...]

PRODUCTS = Forbid(
    "@, dot, matmul, einsum, tensordot and inner",
    calls=(
        "dot",
        "matmul",
        "einsum",
        "c_einsum",
        "tensordot",
        "inner",
        "multi_dot",
        "vdot",
        "vecdot",
        "matvec",
        "vecmat",
        "matrix_power",
        "convolve",
        "correlate",
        "correlate2",
        "scipy.linalg.blas",
        "scipy.ndimage",
        "scipy.signal",
        "scipy.sparse._sparsetools",
    ),
    ops=(
        "*mm", "*mm_*", "*matmul*", "mv", "addmv", "*dot", "inner", "*linear", "*linear_*",
        "*conv*", "chain_matmul", "*attention*", "*lstm*", "*gru*", "*rnn*",
    ),
    syntax=("@",),
)  # fmt: skip


@exercise()
def broadcast_shape(rng: Rng) -> Cases:
    """The shape of a sum of two arrays."""

    def probe(a: Shape, b: Shape, group: str = "values") -> Case:
        return case(a, b, expect=tensors.broadcast_shape(a, b), group=group)

    k, m, n = (int(size) for size in 2 + rng.permutation(6)[:3])
    yield probe((k, m), (k, m))
    yield probe((k, 1), (1, m))
    yield probe((k, m, 1), (m, n))
    yield probe((m,), (k, n, 1, m))
    yield probe((1, m, 1, n), (k, 1, 1, 1))
    yield probe((), (k, m), SHAPES)
    yield probe((n,), (), SHAPES)
    yield probe((), (), SHAPES)
    yield probe((1, 1), (1,), SHAPES)
    yield probe((0, 1), (1, k), EDGES)
    yield probe((m, 1), (0,), EDGES)
    for a, b in [((k,), (m,)), ((k, m), (k,)), ((k, 1, m), (n, n)), ((0,), (k,)), ((8,), (4,))]:
        yield case(a, b, raises=ValueError, group=EDGES)


def coding_of(student: Any, labels: Any, num_classes: int) -> Any:
    """The coded labels, once they are known to be float64 (integers would pass elsewhere)."""
    import numpy as np

    coded = student(labels, num_classes)
    assert isinstance(coded, np.ndarray), "return an array"
    assert coded.dtype == np.float64, f"the coding is an array of float64, not of {coded.dtype}"
    return coded


@exercise(driver=coding_of)
def one_hot(rng: Rng) -> Cases:
    """One-hot coding of categories."""

    def probe(labels: np.ndarray, k: int, group: str = "values") -> Case:
        return case(labels, k, expect=tensors.one_hot(labels, k), group=group)

    yield probe(rng.permutation([0, 1, 2, 3, 1, 3, 2]), 4)
    yield probe(rng.permutation([0, 4, 2, 1, 3]), 5)
    yield probe(np.array([2]), 3, SHAPES)
    yield probe(np.zeros(4, dtype=np.int64), 1, SHAPES)
    yield probe(rng.permutation([1, 2, 1]), 6, EDGES)  # the first and the last are absent


@exercise()
def impute_mean(rng: Rng) -> Cases:
    """Holes filled by the mean of the column's other entries."""

    def probe(n: int, d: int, holes: list[tuple[int, int]], group: str = "values") -> Case:
        x = rng.normal(size=(n, d)) + 3 * np.arange(1, d + 1)
        for hole in holes:
            x[hole] = np.nan
        return case(x, expect=tensors.impute_mean(x), group=group)

    yield probe(6, 4, [(0, 0), (2, 0), (5, 1), (2, 3)])
    yield probe(5, 3, [(4, 2), (3, 2), (0, 1)])
    yield probe(4, 4, [(1, 0), (2, 3)], SHAPES)
    yield probe(5, 1, [(2, 0)], SHAPES)
    yield probe(1, 3, [], SHAPES)
    yield probe(3, 5, [], EDGES)
    yield probe(4, 2, [(0, 0), (1, 0), (3, 0)], EDGES)


@exercise()
def standardize(rng: Rng) -> Cases:
    """Columns of mean 0 and standard deviation 1."""

    def probe(n: int, d: int, group: str = "values") -> Case:
        x = rng.normal(size=(n, d)) * np.arange(2, d + 2) - 5 * np.arange(d)
        return case(x, expect=tensors.standardize(x), group=group)

    yield probe(7, 4)
    yield probe(5, 3)
    for n, d in [(9, 1), (4, 4), (3, 6)]:
        yield probe(n, d, SHAPES)
    yield probe(2, 3, EDGES)
    x = np.array([[3, 40], [9, 10], [5, 70], [1, 20]]) + rng.integers(9, size=2)
    yield case(x, expect=tensors.standardize(x), group=EDGES)


@exercise()
def row_share(rng: Rng) -> Cases:
    """Each entry's share of its row."""

    def probe(a: np.ndarray, group: str = "values") -> Case:
        return case(a, expect=tensors.row_share(a), group=group)

    yield probe(rng.uniform(0.5, 3.0, size=(4, 6)))
    yield probe(rng.uniform(0.5, 3.0, size=(5, 5)))
    for shape in [(1, 4), (6, 1), (7, 2)]:
        yield probe(rng.uniform(0.5, 3.0, size=shape), SHAPES)
    yield probe(rng.integers(1, 9, size=(3, 5)), EDGES)
    yield probe(rng.normal(size=(4, 3)) + np.array([9.0, -2.0, -1.0]), EDGES)


@exercise()
def lp_norm(rng: Rng) -> Cases:
    """The p-norm of a vector."""

    def probe(x: np.ndarray, p: float, group: str = "values") -> Case:
        return case(x, p, expect=Number(tensors.lp_norm(x, p)), group=group)

    signs = np.array([1, -1, 1, -1, -1, 1])
    for p in [1, 2, 3, 2.5, np.inf]:
        yield probe(rng.uniform(0.5, 2.0, size=6) * signs, p)
    yield probe(np.array([0.4, -3.0, 2.0]), np.inf)  # the largest magnitude is negative
    yield probe(rng.normal(size=1), 3, SHAPES)
    yield probe(rng.normal(size=40), 1.5, SHAPES)
    yield probe(np.zeros(4), 2, EDGES)
    yield probe(rng.integers(-9, -1, size=5), 1, EDGES)


@exercise(forbid=PRODUCTS)
def matmul(rng: Rng) -> Cases:
    """The matrix product, built from products and sums of entries."""

    def probe(n: int, k: int, m: int, group: str = "values") -> Case:
        a, b = rng.normal(size=(n, k)), rng.normal(size=(k, m))
        return case(a, b, expect=tensors.matmul(a, b), group=group)

    yield probe(3, 4, 5)
    yield probe(6, 2, 3)
    for n, k, m in [(1, 4, 3), (3, 1, 4), (4, 3, 1), (1, 1, 1), (3, 3, 3)]:
        yield probe(n, k, m, SHAPES)
    a, b = rng.integers(-9, 9, size=(4, 3)), rng.normal(size=(3, 5))
    yield case(a, b, expect=tensors.matmul(a, b), group=EDGES)
    yield case(b.T, a.T, expect=tensors.matmul(b.T, a.T), group=EDGES)


@exercise()
def bayes_update(rng: Rng) -> Cases:
    """The probability of being sick, given a positive test."""

    def probe(prior: float, sick: float, well: float, group: str = "values") -> Case:
        expect = Number(probability.bayes_update(prior, sick, well))
        return case(prior, sick, well, expect=expect, group=group)

    for low, high in [(0.001, 0.01), (0.1, 0.3), (0.6, 0.8)]:
        yield probe(rng.uniform(low, high), rng.uniform(0.7, 0.95), rng.uniform(0.05, 0.4))
    yield probe(rng.uniform(0.2, 0.4), rng.uniform(0.1, 0.3), rng.uniform(0.6, 0.9))
    yield probe(0.0, 0.9, 0.2, EDGES)
    yield probe(1.0, 0.9, 0.2, EDGES)
    yield probe(0.3, 0.8, 0.0, EDGES)


@exercise(uses=("bayes_update",))
def bayes_sequence(rng: Rng) -> Cases:
    """The probability of being sick, given several positive tests."""

    def probe(prior: float, count: int, group: str = "values") -> Case:
        tests = [(rng.uniform(0.6, 0.95), rng.uniform(0.1, 0.5)) for _ in range(count)]
        expect = Number(probability.bayes_sequence(prior, tests))
        return case(prior, tests, expect=expect, group=group)

    yield probe(rng.uniform(0.01, 0.05), 2)
    yield probe(rng.uniform(0.1, 0.3), 3)
    yield probe(rng.uniform(0.001, 0.01), 5)
    yield probe(rng.uniform(0.2, 0.6), 1, SHAPES)
    yield probe(0.0, 2, EDGES)
    yield probe(1.0, 3, EDGES)


def draw_variable(rng: Rng, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and unequal probabilities of a variable."""
    weights = rng.uniform(0.2, 2.0, size=k)
    return 1 + 3 * rng.normal(size=k), weights / weights.sum()


@exercise()
def expectation(rng: Rng) -> Cases:
    """The expectation of a discrete variable."""

    def probe(x: np.ndarray, p: np.ndarray, group: str = "values") -> Case:
        return case(x, p, expect=Number(probability.expectation(x, p)), group=group)

    yield probe(*draw_variable(rng, 4))
    yield probe(*draw_variable(rng, 7))
    yield probe(rng.normal(size=1), np.ones(1), SHAPES)
    yield probe(rng.integers(-9, 9, size=3), np.array([0.5, 0.3, 0.2]), EDGES)
    yield probe(np.array([5.0, -2.0, 7.0]), np.array([0, 1, 0]), EDGES)


@exercise(uses=("expectation",))
def variance(rng: Rng) -> Cases:
    """The variance of a discrete variable."""

    def probe(x: np.ndarray, p: np.ndarray, group: str = "values") -> Case:
        return case(x, p, expect=Number(probability.variance(x, p)), group=group)

    yield probe(*draw_variable(rng, 4))
    yield probe(*draw_variable(rng, 6))
    yield probe(rng.normal(size=1), np.ones(1), SHAPES)
    yield probe(rng.integers(-9, 9, size=3), np.array([0.5, 0.3, 0.2]), EDGES)
    yield probe(np.array([5.0, -2.0, 7.0]), np.array([0, 1, 0]), EDGES)


@exercise()
def precision_recall(rng: Rng) -> Cases:
    """Precision and recall of a rule."""

    def probe(hits: int, false: int, missed: int, rest: int, group: str = "values") -> Case:
        kinds = rng.permutation(np.repeat([3, 2, 1, 0], [hits, false, missed, rest]))
        predicted, actual = kinds >= 2, kinds % 2 == 1
        expect = probability.precision_recall(predicted, actual)
        return case(predicted, actual, expect=expect, group=group)

    yield probe(5, 2, 7, 4)
    yield probe(3, 9, 1, 12)
    yield probe(1, 0, 0, 0, SHAPES)
    yield probe(0, 0, 4, 3, EDGES)  # nothing is predicted
    yield probe(0, 5, 0, 2, EDGES)  # nothing is there to be found
    yield probe(0, 0, 0, 6, EDGES)
    yield probe(0, 3, 2, 4, EDGES)


def differentiate(student: Any, name: str, x: Any, w: Any, *h: float) -> Any:
    """Hand the student a function of this name with weights w, and return the gradient at x."""
    import numpy as np

    formulae = {
        "waves": lambda t: np.sum(np.sin(w * t)),
        "cubes": lambda t: np.sum(w * t**3),
        "mixed": lambda t: np.exp(-(np.sum(w * t) ** 2)) + np.sum(w * t**2) * np.sum(t),
    }

    def f(t: Any) -> float:
        assert np.shape(t) == w.shape, "f takes an array of the shape of x"
        return float(formulae[name](t))

    return student(f, x, *h)


@exercise(driver=differentiate)
def numerical_gradient(rng: Rng) -> Cases:
    """The gradient of a function by central differences."""

    def probe(name: str, x: np.ndarray, *h: float, group: str = "values") -> Case:
        w = rng.uniform(0.5, 1.5, size=x.shape)
        expect = differentiate(numerical.numerical_gradient, name, x, w, *h)
        return case(name, x, w, *h, expect=expect, group=group)

    yield probe("waves", rng.normal(size=5))
    yield probe("mixed", rng.uniform(0.1, 0.5, size=(2, 3)))
    yield probe("cubes", rng.uniform(0.5, 1.5, size=4), 0.1)  # 3wx² + wh², exactly
    yield probe("cubes", rng.uniform(0.5, 1.5, size=(3, 2)), 0.02)
    for shape in [(), (1,), (2, 1, 3)]:
        yield probe("waves", rng.normal(size=shape), group=SHAPES)
    yield probe("cubes", rng.integers(1, 4, size=(2, 2)), group=EDGES)
    yield probe("waves", np.zeros(3), group=EDGES)
