"""Hidden cases of lecture 3: losses at moderate logits and where exp overflows; autograd's ways."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import (
    AUTOGRAD,
    DEVICE,
    EDGES,
    SHAPES,
    STABILITY,
    STABLE,
    Case,
    Dtype,
    Forbid,
    Tolerance,
    case,
    exercise,
)
from reference import activations, calculus, linear_algebra, logistic, squared_error
from reference import softmax as sm
from solutions.lec03_softmax import drivers

Cases = Iterator[Case]
Rng = np.random.Generator
TAIL = Tolerance(1e-4, 0, "far out only the relative error shows: clipped at ±10, σ is 4.5e-5")

Array = np.ndarray

MSE = Forbid(
    "PyTorch's mean squared error",
    ops=("*mse_loss*",),
    calls=(
        "torch.nn.functional.mse_loss", "torch.nn.MSELoss", "torch.nn.functional.gaussian_nll_loss",
        "torch.distributions", "sklearn.metrics",
    ),
)  # fmt: skip
SIGMOID = Forbid(
    "PyTorch's sigmoid",
    ops=("sigmoid", "expit", "*sigmoid*", "*silu*", "glu", "*lstm*", "*gru*"),
    calls=(
        "torch.sigmoid", "torch.special.expit", "torch.nn.functional.sigmoid", "torch.nn.Sigmoid",
        "torch.distributions", "scipy.special.expit", "scipy.special.log_expit",
        "sklearn.neural_network",
    ),
)  # fmt: skip
SOFTMAX = Forbid(
    "PyTorch's softmax and log-softmax",
    ops=("softmax", "log_softmax", "*softmax*", "*cross_entropy_loss*", "*attention*"),
    calls=(
        "torch.softmax", "torch.log_softmax", "torch.special.softmax", "torch.special.log_softmax",
        "torch.nn.functional.softmax", "torch.nn.functional.log_softmax", "torch.nn.Softmax",
        "torch.nn.LogSoftmax", "torch.distributions", "scipy.special.softmax",
        "scipy.special.log_softmax", "sklearn.neural_network", "sklearn.utils.extmath.softmax",
    ),
)  # fmt: skip
CROSS_ENTROPY = Forbid(
    "PyTorch's cross-entropy",
    ops=("*cross_entropy*", "*nll_loss*"),
    calls=(
        "torch.nn.functional.cross_entropy", "torch.nn.functional.nll_loss",
        "torch.nn.CrossEntropyLoss", "torch.nn.NLLLoss", "torch.distributions", "sklearn.metrics",
    ),
)  # fmt: skip
WHOLE_JACOBIANS = Forbid(
    "PyTorch's functions that return whole Jacobians",
    calls=(
        "torch.autograd.functional",
        "torch.func",
        "torch.vmap",
        "torch._functorch.eager_transforms",
        "torch._functorch.apis",
    ),
)


def both_classes(rng: Rng, n: int) -> Array:
    """n labels of 0.0 and 1.0, half of each, in random order; a single one is 1."""
    return rng.permutation((np.arange(n) + 1.0) % 2)


def all_classes(rng: Rng, n: int, k: int) -> Array:
    """n labels among 0 … k−1, each about as often as the others, in random order."""
    return rng.permutation(np.arange(n) % k)


def distributions(rng: Rng, n: int, k: int) -> Array:
    """n distributions over k classes, (n, k)."""
    return rng.dirichlet(np.ones(k), size=n)


def huge_logits() -> Array:
    """Rows that overflow, that underflow once exp is taken, and that are far from one another.

    Every entry is a float32, and most rows hold two close ones, so that no row is one-hot.
    """
    return np.array(
        [
            [10000.0, 9999.0, 9998.5, -10000.0],
            [-10000.0, -9999.5, -9999.0, -9998.0],
            [200.0, -3.0, 199.0, -2.0],
            [0.5, 1.0, -1.0, 0.0],
            [-500.0, -120.0, -700.0, -121.0],
        ]
    )


@exercise(forbid=MSE)
def loss_fn_reg(rng: Rng) -> Cases:
    """The mean squared error of y against Xβ."""

    def inputs(n: int, p: int) -> tuple[Array, ...]:
        return rng.normal(size=p), rng.normal(size=(n, p)), rng.normal(size=n)

    def loss(bhat: Array, x: Array, y: Array) -> np.float64:
        return squared_error.loss(x @ bhat, y)

    for n, p in [(7, 3), (20, 5)]:
        args = inputs(n, p)
        yield case(*args, expect=loss(*args))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        args = inputs(n, p)
        yield case(*args, expect=loss(*args), group=SHAPES)
    args = inputs(9, 4)
    yield case(*args, expect=loss(*args), group=DEVICE, dtype="float32")


@exercise(forbid=SIGMOID)
def sigmoid(rng: Rng) -> Cases:
    """The sigmoid, at any x."""
    x = 3 * rng.normal(size=(5, 3))
    yield case(x, expect=activations.sigmoid(x))
    for shape in [(), (7,), (2, 1, 4)]:
        x = 3 * rng.normal(size=shape)
        yield case(x, expect=activations.sigmoid(x), group=SHAPES)
    x = np.array([-10000.0, -200.0, -90.0, 0.0, 90.0, 200.0, 10000.0])
    yield case(x, expect=activations.sigmoid(x), group=STABILITY, dtype="float32", tolerance=STABLE)
    x = np.array([-17.0, -14.0, -11.0, -10.5])
    yield case(x, expect=activations.sigmoid(x), group=STABILITY, tolerance=TAIL)
    x = 2 * rng.normal(size=(4, 6))
    yield case(x, expect=activations.sigmoid(x), group=DEVICE, dtype="float32")


@exercise(uses=("sigmoid",))
def loss_fn_logistic(rng: Rng) -> Cases:
    """The loss of logistic regression."""

    def inputs(n: int, p: int) -> tuple[Array, ...]:
        return rng.normal(size=p), rng.normal(size=(n, p)), both_classes(rng, n)

    for n, p in [(7, 3), (20, 5)]:
        args = inputs(n, p)
        yield case(*args, expect=logistic.nll(*args))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        args = inputs(n, p)
        yield case(*args, expect=logistic.nll(*args), group=SHAPES)
    # With one input equal to 1 per row, β·x is exact in float32. In the first case every label
    # is the likely one, in the second every label is all but impossible.
    x = np.array([[-10000.0], [-150.0], [-20.0], [25.0], [95.0], [10000.0]])
    for right in [True, False]:
        y = ((x[:, 0] > 0) == right).astype(float)
        args = np.array([1.0]), x, y
        yield case(
            *args, expect=logistic.nll(*args), group=STABILITY, dtype="float32", tolerance=STABLE
        )
    args = inputs(9, 4)
    yield case(*args, expect=logistic.nll(*args), group=DEVICE, dtype="float32")


@exercise(forbid=SOFTMAX)
def softmax(rng: Rng) -> Cases:
    """Softmax of every row."""
    for n, k in [(5, 3), (2, 7)]:
        u = 2 * rng.normal(size=(n, k))
        yield case(u, expect=sm.softmax(u))
    for n, k in [(1, 4), (6, 1), (4, 4)]:
        u = 2 * rng.normal(size=(n, k))
        yield case(u, expect=sm.softmax(u), group=SHAPES)
    u = huge_logits()
    for rows in [u[:1], u]:
        yield case(
            rows, expect=sm.softmax(rows), group=STABILITY, dtype="float32", tolerance=STABLE
        )
    u = 2 * rng.normal(size=(8, 5))
    yield case(u, expect=sm.softmax(u), group=DEVICE, dtype="float32")


@exercise(forbid=SOFTMAX, uses=("softmax",))
def log_softmax(rng: Rng) -> Cases:
    """Log-softmax of every row."""
    for n, k in [(5, 3), (2, 7)]:
        u = 2 * rng.normal(size=(n, k))
        yield case(u, expect=sm.log_softmax(u))
    for n, k in [(1, 4), (6, 1), (4, 4)]:
        u = 2 * rng.normal(size=(n, k))
        yield case(u, expect=sm.log_softmax(u), group=SHAPES)
    u = huge_logits()
    for rows in [u[:1], u]:
        yield case(
            rows, expect=sm.log_softmax(rows), group=STABILITY, dtype="float32", tolerance=STABLE
        )
    u = 2 * rng.normal(size=(8, 5))
    yield case(u, expect=sm.log_softmax(u), group=DEVICE, dtype="float32")


@exercise(uses=("softmax", "log_softmax"))
def loss_fn_softmax(rng: Rng) -> Cases:
    """The loss of softmax regression."""

    def inputs(n: int, p: int, k: int) -> tuple[Array, ...]:
        y = np.eye(k)[all_classes(rng, n, k)]
        return rng.normal(size=(k, p)), rng.normal(size=(n, p)), y

    for n, p, k in [(7, 4, 3), (9, 2, 5)]:
        args = inputs(n, p, k)
        yield case(*args, expect=sm.regression_nll(*args))
    for n, p, k in [(1, 4, 3), (6, 1, 3), (6, 4, 1), (4, 4, 4)]:
        args = inputs(n, p, k)
        yield case(*args, expect=sm.regression_nll(*args), group=SHAPES)
    w, x, y = inputs(6, 4, 3)
    yield case(w, x, y.astype(int), expect=sm.regression_nll(w, x, y), group=EDGES)
    # Integers below 2²⁴ are exact in float32; the logits reach about 10,000.
    for n, p, k in [(8, 3, 4), (5, 2, 6)]:
        w, x, y = inputs(n, p, k)
        w, x = np.rint(40 * w), np.rint(40 * x)
        yield case(
            w,
            x,
            y,
            expect=sm.regression_nll(w, x, y),
            group=STABILITY,
            dtype="float32",
            tolerance=STABLE,
        )
    args = inputs(10, 5, 3)
    yield case(*args, expect=sm.regression_nll(*args), group=DEVICE, dtype="float32")


@exercise(forbid=CROSS_ENTROPY, uses=("softmax", "log_softmax"))
def cross_entropy(rng: Rng) -> Cases:
    """The mean cross-entropy of logits and integer labels."""

    def inputs(n: int, k: int) -> tuple[Array, Array]:
        return 2 * rng.normal(size=(n, k)), all_classes(rng, n, k)

    for n, k in [(7, 3), (9, 5)]:
        u, labels = inputs(n, k)
        yield case(u, labels, expect=sm.cross_entropy(u, labels))
    for n, k in [(1, 4), (6, 1), (4, 4)]:
        u, labels = inputs(n, k)
        yield case(u, labels, expect=sm.cross_entropy(u, labels), group=SHAPES)
    u = huge_logits()
    for labels in [u.argmax(axis=1), u.argmin(axis=1)]:
        yield case(
            u,
            labels,
            expect=sm.cross_entropy(u, labels),
            group=STABILITY,
            dtype="float32",
            tolerance=STABLE,
        )
    u, labels = inputs(10, 6)
    yield case(u, labels, expect=sm.cross_entropy(u, labels), group=DEVICE, dtype="float32")


@exercise(uses=("softmax", "log_softmax"))
def cross_entropy_grad(rng: Rng) -> Cases:
    """The gradient of the mean cross-entropy with respect to the logits."""

    def inputs(n: int, k: int) -> tuple[Array, Array]:
        return 2 * rng.normal(size=(n, k)), all_classes(rng, n, k)

    for n, k in [(7, 3), (9, 5)]:
        u, labels = inputs(n, k)
        yield case(u, labels, expect=sm.cross_entropy_grad(u, labels))
    for n, k in [(1, 4), (6, 1), (4, 4)]:
        u, labels = inputs(n, k)
        yield case(u, labels, expect=sm.cross_entropy_grad(u, labels), group=SHAPES)
    u = huge_logits()
    for labels in [u.argmax(axis=1), u.argmin(axis=1)]:
        yield case(
            u,
            labels,
            expect=sm.cross_entropy_grad(u, labels),
            group=STABILITY,
            dtype="float32",
            tolerance=STABLE,
        )
    u, labels = inputs(10, 6)
    yield case(u, labels, expect=sm.cross_entropy_grad(u, labels), group=DEVICE, dtype="float32")


@exercise(uses=("softmax", "log_softmax"))
def soft_cross_entropy(rng: Rng) -> Cases:
    """The mean cross-entropy of logits and target distributions."""

    def inputs(n: int, k: int) -> tuple[Array, Array]:
        return 2 * rng.normal(size=(n, k)), distributions(rng, n, k)

    for n, k in [(7, 3), (9, 5)]:
        u, targets = inputs(n, k)
        yield case(u, targets, expect=sm.soft_cross_entropy(u, targets))
    for n, k in [(1, 4), (6, 1), (4, 4)]:
        u, targets = inputs(n, k)
        yield case(u, targets, expect=sm.soft_cross_entropy(u, targets), group=SHAPES)
    u, targets = inputs(5, 4)
    targets[1:3] = [[0, 0.25, 0, 0.75], [0, 0, 1, 0]]
    yield case(u, targets, expect=sm.soft_cross_entropy(u, targets), group=EDGES)
    u = huge_logits()
    n, k = u.shape
    for targets in [np.eye(k)[u.argmax(axis=1)], distributions(rng, n, k)]:
        yield case(
            u,
            targets,
            expect=sm.soft_cross_entropy(u, targets),
            group=STABILITY,
            dtype="float32",
            tolerance=STABLE,
        )
    u, targets = inputs(10, 6)
    yield case(u, targets, expect=sm.soft_cross_entropy(u, targets), group=DEVICE, dtype="float32")


@exercise()
def accuracy(rng: Rng) -> Cases:
    """The share of rows whose largest logit is the label's."""

    def inputs(n: int, k: int, hits: int) -> tuple[Array, Array]:
        u = rng.normal(size=(n, k))
        missed = rng.permutation(n) >= hits
        return u, (u.argmax(axis=1) + missed) % k

    for n, k, hits in [(7, 3, 5), (9, 5, 2)]:
        u, labels = inputs(n, k, hits)
        yield case(u, labels, expect=sm.accuracy(u, labels))
    for n, k, hits in [(1, 4, 1), (6, 1, 6), (5, 5, 3)]:
        u, labels = inputs(n, k, hits)
        yield case(u, labels, expect=sm.accuracy(u, labels), group=SHAPES)
    for hits in [0, 8]:
        u, labels = inputs(8, 3, hits)
        yield case(u, labels, expect=sm.accuracy(u, labels), group=EDGES)
    u, labels = inputs(11, 4, 7)
    yield case(u, labels, expect=sm.accuracy(u, labels), group=DEVICE, dtype="float32")


@exercise()
def logdet_grad(rng: Rng) -> Cases:
    """The gradient of log det X with respect to X."""

    def positive(p: int) -> Array:
        """A well-conditioned (p, p) matrix, not symmetric, whose determinant is positive."""
        x = rng.normal(size=(p, p)) / np.sqrt(p) + 2 * np.eye(p)
        x[0] *= np.sign(np.linalg.det(x))
        return x

    for p in [3, 5]:
        x = positive(p)
        yield case(x, expect=linear_algebra.logdet_grad(x))
    for p in [1, 2, 8]:
        x = positive(p)
        yield case(x, expect=linear_algebra.logdet_grad(x), group=SHAPES)
    x = np.array([[0.0, -2.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 3.0]])
    yield case(x, expect=linear_algebra.logdet_grad(x), group=EDGES)
    x = positive(4)
    yield case(x, expect=linear_algebra.logdet_grad(x), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def quadratic_grad(rng: Rng) -> Cases:
    """The gradient of xᵀA x with respect to x."""

    def probe(n: int, group: str = "values", dtype: Dtype = "float64") -> Case:
        x, a = rng.normal(size=n), rng.normal(size=(n, n))
        return case(x, a, expect=linear_algebra.quadratic_grad(x, a), group=group, dtype=dtype)

    yield probe(5)
    yield probe(8)
    for n in (1, 2):
        yield probe(n, SHAPES)
    yield probe(6, DEVICE, "float32")


@exercise(driver=drivers.differentiate)
def accumulated_grad(rng: Rng) -> Cases:
    """The gradient that several backward passes leave behind."""
    gradients = {"waves": calculus.waves_grad, "cubes": calculus.cubes_grad}

    def probe(
        name: str, shape: tuple[int, ...], times: int, history: str = "plain", **more: Any
    ) -> Case:
        w, x = rng.uniform(0.5, 1.5, size=shape), rng.uniform(0.3, 1.2, size=shape)
        expect = [times * gradients[name](w, x)] * 2
        return case(history, x, name, w, times, expect=expect, **more)

    yield probe("waves", (5,), 3)
    yield probe("cubes", (2, 4), 2)
    for shape in [(), (1,), (2, 1, 3)]:
        yield probe("cubes", shape, 4, group=SHAPES)
    yield probe("waves", (3,), 1, group=EDGES)
    for history in ("leaf", "inner"):
        yield probe("cubes", (4,), 2, history, group=EDGES)
    yield probe("waves", (6,), 2, group=DEVICE, dtype="float32")


@exercise(driver=drivers.differentiate)
def detached_product_grad(rng: Rng) -> Cases:
    """The gradient of Σ u x where u = x² is cut from the graph."""

    def probe(shape: tuple[int, ...], history: str = "plain", **more: Any) -> Case:
        x = rng.normal(size=shape)
        return case(history, x, expect=[calculus.detached_cube_grad(x)] * 2, **more)

    yield probe((5,))
    yield probe((2, 3))
    for shape in [(), (1,), (2, 1, 4)]:
        yield probe(shape, group=SHAPES)
    for history in ("leaf", "inner"):
        yield probe((4,), history, group=EDGES)
    yield probe((6,), group=DEVICE, dtype="float32")


@exercise(forbid=WHOLE_JACOBIANS, driver=drivers.differentiate)
def jacobian_rows(rng: Rng) -> Cases:
    """The Jacobian of a function of several values, row by row."""
    jacobians = {
        "tanh_layer": calculus.tanh_layer_jacobian,
        "products": calculus.products_jacobian,
    }

    def probe(name: str, m: int, n: int, history: str = "plain", **more: Any) -> Case:
        w, x = rng.normal(size=(m, n)) / np.sqrt(n), rng.normal(size=n)
        return case(history, x, name, w, expect=[jacobians[name](w, x)] * 2, **more)

    yield probe("tanh_layer", 4, 3)
    yield probe("products", 3, 5)
    for m, n in [(1, 4), (5, 1), (1, 1), (3, 3)]:
        yield probe("products", m, n, group=SHAPES)
    for history in ("leaf", "inner"):
        yield probe("tanh_layer", 2, 3, history, group=EDGES)
    yield probe("tanh_layer", 3, 4, group=DEVICE, dtype="float32")


@exercise(driver=drivers.differentiate)
def control_flow_grad(rng: Rng) -> Cases:
    """Value and slope of a function with a loop and a branch."""

    def probe(a: float, history: str = "plain", **more: Any) -> Case:
        expect = [(np.float64(calculus.control_flow(a)), np.float64(calculus.control_flow_grad(a)))]
        return case(history, np.float64(a), expect=expect * 2, **more)

    yield probe(float(rng.uniform(1, 2)))
    yield probe(float(rng.uniform(-40, -20)))
    yield probe(float(rng.uniform(0.001, 0.01)))
    for a in (-2000.0, 700.0, 500.0, -0.25):
        yield probe(a, group=EDGES)
    for history in ("leaf", "inner"):
        yield probe(float(rng.uniform(-3, -1)), history, group=EDGES)
    yield probe(float(rng.uniform(3, 4)), group=DEVICE, dtype="float32")
