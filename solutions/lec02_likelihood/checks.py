"""Hidden cases of lecture 2: likelihoods, divergences and two losses beyond them."""

from collections.abc import Iterator

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, STABILITY, STABLE, Case, case, exercise
from reference import divergence, least_squares, likelihood, logistic, margin, squared_error

Cases = Iterator[Case]
Rng = np.random.Generator
Array = np.ndarray


def regression(rng: Rng, n: int, p: int) -> tuple[Array, Array, Array]:
    """β (p,), X (n, p) and y (n,) of a linear model whose residuals are not small."""
    beta, x = rng.normal(size=p), rng.normal(size=(n, p))
    return beta, x, x @ beta + 1 + rng.normal(size=n)


def both_classes(rng: Rng, n: int) -> Array:
    """n labels of 0.0 and 1.0, half of each, in random order; a single one is 1."""
    return rng.permutation((np.arange(n) + 1.0) % 2)


def distribution(rng: Rng, k: int) -> Array:
    """A distribution over k outcomes, (k,), none of them very unlikely."""
    weights = rng.uniform(0.1, 1, size=k)
    return weights / weights.sum()


@exercise()
def ols_loss(rng: Rng) -> Cases:
    """The mean squared residual."""

    def loss(beta: Array, x: Array, y: Array) -> np.float64:
        return squared_error.loss(x @ beta, y)

    for n, p in [(7, 3), (20, 5)]:
        args = regression(rng, n, p)
        yield case(*args, expect=loss(*args))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        args = regression(rng, n, p)
        yield case(*args, expect=loss(*args), group=SHAPES)
    args = regression(rng, 9, 4)
    yield case(*args, expect=loss(*args), group=DEVICE, dtype="float32")


@exercise()
def normal_equations(rng: Rng) -> Cases:
    """The least-squares estimate of β."""

    def inputs(n: int, p: int) -> tuple[Array, Array]:
        """X with columns that are not orthogonal, but far from dependent."""
        x = rng.normal(size=(n, p)) + np.eye(n, p) + 0.5
        return x, rng.normal(size=n)

    for n, p in [(12, 3), (25, 6)]:
        x, y = inputs(n, p)
        yield case(x, y, expect=least_squares.normal_equations(x, y))
    for n, p in [(7, 1), (9, 2)]:
        x, y = inputs(n, p)
        yield case(x, y, expect=least_squares.normal_equations(x, y), group=SHAPES)
    x, _ = inputs(8, 3)  # without noise β itself comes back
    beta = np.array([2.0, -1.0, 0.5])
    yield case(x, x @ beta, expect=beta, group=EDGES)
    x, y = inputs(15, 4)  # the contract asks for float64 inputs only
    yield case(x, y, expect=least_squares.normal_equations(x, y), group=DEVICE)


@exercise(uses=("ols_loss",))
def gaussian_nll(rng: Rng) -> Cases:
    """The mean negative log-likelihood under normal errors."""
    for n, p, sigma2 in [(7, 3, 2.5), (20, 5, 0.3)]:
        beta, x, y = regression(rng, n, p)
        yield case(beta, sigma2, x, y, expect=likelihood.gaussian_nll(beta, sigma2, x, y))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        beta, x, y = regression(rng, n, p)
        expect = likelihood.gaussian_nll(beta, 1.7, x, y)
        yield case(beta, 1.7, x, y, expect=expect, group=SHAPES)
    beta, x, _ = regression(rng, 5, 2)  # no residual at all: the constant remains
    expect = likelihood.gaussian_nll(beta, 0.01, x, x @ beta)
    yield case(beta, 0.01, x, x @ beta, expect=expect, group=EDGES)
    beta, x, y = regression(rng, 9, 4)
    expect = likelihood.gaussian_nll(beta, 0.6, x, y)
    yield case(beta, 0.6, x, y, expect=expect, group=DEVICE, dtype="float32")


@exercise()
def laplace_nll(rng: Rng) -> Cases:
    """The mean negative log-likelihood under Laplace errors."""
    for n, p, b in [(7, 3, 2.5), (20, 5, 0.3)]:
        beta, x, y = regression(rng, n, p)
        yield case(beta, b, x, y, expect=likelihood.laplace_nll(beta, b, x, y))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        beta, x, y = regression(rng, n, p)
        yield case(beta, 1.7, x, y, expect=likelihood.laplace_nll(beta, 1.7, x, y), group=SHAPES)
    beta, x, _ = regression(rng, 5, 2)  # no residual at all: the constant remains
    expect = likelihood.laplace_nll(beta, 0.1, x, x @ beta)
    yield case(beta, 0.1, x, x @ beta, expect=expect, group=EDGES)
    beta, x, y = regression(rng, 9, 4)
    expect = likelihood.laplace_nll(beta, 0.6, x, y)
    yield case(beta, 0.6, x, y, expect=expect, group=DEVICE, dtype="float32")


@exercise()
def logistic_nll(rng: Rng) -> Cases:
    """The mean negative log-likelihood of logistic regression."""

    def inputs(n: int, p: int) -> tuple[Array, ...]:
        return rng.normal(size=p), rng.normal(size=(n, p)), both_classes(rng, n)

    for n, p in [(7, 3), (20, 5)]:
        args = inputs(n, p)
        yield case(*args, expect=logistic.nll(*args))
    for n, p in [(1, 3), (6, 1), (4, 4)]:
        args = inputs(n, p)
        yield case(*args, expect=logistic.nll(*args), group=SHAPES)
    # Each row's logit is exact in float32. In the first case every label is the likely one, in
    # the second every label is all but impossible.
    x = np.array([[-10000.0], [-150.0], [-20.0], [25.0], [95.0], [10000.0]])
    for right in [True, False]:
        y = ((x[:, 0] > 0) == right).astype(float)
        args = np.array([1.0]), x, y
        yield case(
            *args, expect=logistic.nll(*args), group=STABILITY, dtype="float32", tolerance=STABLE
        )
    args = inputs(9, 4)
    yield case(*args, expect=logistic.nll(*args), group=DEVICE, dtype="float32")


@exercise()
def entropy(rng: Rng) -> Cases:
    """The entropy of a distribution, in nats."""
    for k in [3, 7]:
        p = distribution(rng, k)
        yield case(p, expect=divergence.entropy(p))
    for k in [1, 2]:
        p = distribution(rng, k)
        yield case(p, expect=divergence.entropy(p), group=SHAPES)
    for p in [np.array([0.0, 0.3, 0.0, 0.7]), np.array([0.0, 1.0, 0.0])]:
        yield case(p, expect=divergence.entropy(p), group=EDGES)
    p = distribution(rng, 5)
    yield case(p, expect=divergence.entropy(p), group=DEVICE, dtype="float32")


@exercise(uses=("entropy",))
def cross_entropy(rng: Rng) -> Cases:
    """The cross-entropy of a distribution under another, in nats."""
    for k in [3, 7]:
        p, q = distribution(rng, k), distribution(rng, k)
        yield case(p, q, expect=divergence.cross_entropy(p, q))
    for k in [1, 2]:
        p, q = distribution(rng, k), distribution(rng, k)
        yield case(p, q, expect=divergence.cross_entropy(p, q), group=SHAPES)
    p = np.array([0.0, 0.3, 0.0, 0.7])
    for q in [np.array([0.2, 0.3, 0.1, 0.4]), np.array([0.5, 0.25, 0.0, 0.25])]:
        yield case(p, q, expect=divergence.cross_entropy(p, q), group=EDGES)
    q = np.array([0.5, 0.0, 0.25, 0.25])
    yield case(p, q, expect=np.float64(np.inf), group=EDGES)
    p, q = distribution(rng, 5), distribution(rng, 5)
    expect = divergence.cross_entropy(p, q)
    yield case(p, q, expect=expect, group=DEVICE, dtype="float32")


@exercise(uses=("entropy", "cross_entropy"))
def kl_divergence(rng: Rng) -> Cases:
    """The divergence KL(q‖p) of two distributions, in nats."""
    for k in [3, 7]:
        q, p = distribution(rng, k), distribution(rng, k)
        yield case(q, p, expect=divergence.kl(q, p))
    for k in [1, 2]:
        q, p = distribution(rng, k), distribution(rng, k)
        yield case(q, p, expect=divergence.kl(q, p), group=SHAPES)
    q = np.array([0.0, 0.3, 0.0, 0.7])
    for p in [np.array([0.2, 0.3, 0.1, 0.4]), np.array([0.5, 0.25, 0.0, 0.25]), q]:
        yield case(q, p, expect=divergence.kl(q, p), group=EDGES)
    p = np.array([0.5, 0.0, 0.25, 0.25])
    yield case(q, p, expect=np.float64(np.inf), group=EDGES)
    q, p = distribution(rng, 5), distribution(rng, 5)
    yield case(q, p, expect=divergence.kl(q, p), group=DEVICE, dtype="float32")


@exercise()
def gaussian_kl(rng: Rng) -> Cases:
    """The divergence of univariate normals, elementwise."""

    def inputs(*shape: int) -> tuple[Array, ...]:
        mu_q, mu_p = rng.normal(size=shape), rng.normal(size=shape)
        # Variances on either side of 1, and not close to each other.
        return mu_q, rng.uniform(0.2, 0.8, size=shape), mu_p, rng.uniform(1.5, 4, size=shape)

    args = inputs(7)
    yield case(*args, expect=divergence.gaussian_kl(*args))
    mu_q, var_q, mu_p, var_p = inputs(5)
    args = mu_q, var_p, mu_p, var_q
    yield case(*args, expect=divergence.gaussian_kl(*args))
    for shape in [(), (1,), (3, 4)]:
        args = inputs(*shape)
        yield case(*args, expect=divergence.gaussian_kl(*args), group=SHAPES)
    mu, var = rng.normal(size=4), rng.uniform(0.5, 2, size=4)
    yield case(mu, var, mu, var, expect=np.zeros(4), group=EDGES)
    args = inputs(6)
    yield case(*args, expect=divergence.gaussian_kl(*args), group=DEVICE, dtype="float32")


@exercise()
def hinge_loss(rng: Rng) -> Cases:
    """The mean hinge loss."""

    def inputs(n: int) -> tuple[Array, Array]:
        """Scores on either side, some right by more than the margin and some wrong."""
        y = 2 * both_classes(rng, n) - 1
        margins = np.linspace(-2, 3, n) + rng.uniform(0, 0.3, size=n)
        return y * rng.permutation(margins), y

    for n in [7, 12]:
        score, y = inputs(n)
        yield case(score, y, expect=margin.hinge(score, y))
    for n in [1, 2]:
        score, y = inputs(n)
        yield case(score, y, expect=margin.hinge(score, y), group=SHAPES)
    score, y = inputs(6)
    yield case(score, y.astype(int), expect=margin.hinge(score, y), group=EDGES)
    y = np.array([1.0, -1.0, 1.0])
    yield case(3 * y, y, expect=np.float64(0.0), group=EDGES)
    score, y = inputs(9)
    yield case(score, y, expect=margin.hinge(score, y), group=DEVICE, dtype="float32")


@exercise()
def check_loss(rng: Rng) -> Cases:
    """The mean check loss of quantile regression."""

    def inputs(n: int) -> Array:
        """Residuals of both signs, the positive ones larger; a single one is negative."""
        return rng.permutation(np.linspace(-2, 3, n)) + rng.uniform(-0.3, 0.3, size=n)

    for n, tau in [(7, 0.9), (12, 0.25)]:
        r = inputs(n)
        yield case(r, tau, expect=margin.check(r, tau))
    for n in [1, 2]:
        r = inputs(n)
        yield case(r, 0.8, expect=margin.check(r, 0.8), group=SHAPES)
    r = np.array([0.0, 2.0, -4.0, 0.0, 1.0])
    for tau in [0.5, 0.1]:
        yield case(r, tau, expect=margin.check(r, tau), group=EDGES)
    r = inputs(9)
    yield case(r, 0.7, expect=margin.check(r, 0.7), group=DEVICE, dtype="float32")
