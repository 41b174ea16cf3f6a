"""How lecture 5 judges what is drawn at random.

Every test below has a proven false-alarm probability of at most 1e-11 for a right answer, by the
distribution itself or by an inequality that holds for every n; no exercise adds up more than 50 of
them in all, so a right answer fails with a probability below 1e-9.
"""

import math
from typing import Any

import numpy as np

Array = np.ndarray

Z = 6.9  # P(|N(0, 1)| > 6.9) = 5e-12
T = 26.0  # exp(−26) = 5e-12
GRID = np.linspace(-3, 3, 61)
NORMAL_CDF = np.array([(1 + math.erf(g / math.sqrt(2))) / 2 for g in GRID])


def distance(sample: Array, grid: Array, cdf: Array) -> tuple[float, float]:
    """(sup |Fₙ − F| on the grid, the bound that it exceeds with probability below 1e-11).

    Dvoretzky, Kiefer, Wolfowitz and Massart: P(sup |Fₙ − F| > e) ≤ 2 exp(−2 n e²).
    """
    empirical = np.searchsorted(np.sort(sample), grid, side="right") / sample.size
    bound = math.sqrt((T + math.log(2)) / (2 * sample.size))
    return float(np.abs(empirical - cdf).max()), bound


def not_standard_normal(z: Array) -> str:
    """What is wrong with z (n,) if its entries should be independent N(0, 1), else ""."""
    n = z.size
    if abs(z.sum()) > Z * math.sqrt(n):
        return "their mean is not 0"
    # Laurent and Massart: P(χ² − n ≥ 2√(nt) + 2t) ≤ exp(−t) and P(n − χ² ≥ 2√(nt)) ≤ exp(−t).
    excess = float((z**2).sum()) - n
    if not -2 * math.sqrt(n * T) <= excess <= 2 * math.sqrt(n * T) + 2 * T:
        return "their variance is off"
    found, bound = distance(z, GRID, NORMAL_CDF)
    return "they are not normally distributed" if found > bound else ""


def related(a: Array, b: Array) -> bool:
    """Whether independent standard normal a and b (n,) have too large an inner product.

    Given a, the sum of aᵢbᵢ is normal with variance ‖a‖².
    """
    return bool(abs(a @ b) > Z * np.linalg.norm(a))


class LinearData:
    """Judges draws (X, y) with y = X w + b + noise · N(0, 1)."""

    def __init__(self, w: Array, b: float, noise: float) -> None:
        """Keep the model."""
        self.w, self.b, self.noise = w, b, noise

    def residual(self, draw: Any) -> Array:
        """Y − X w − b, shape (n,)."""
        X, y = draw
        return y[:, 0] - X @ self.w - self.b

    def distribution(self, draws: Any) -> str:
        """Judge one large draw.

        Power: in 1000 simulated draws of 8000 rows and 3 columns, each of these was found every
        time: noise or X with a standard deviation 10 % off, noise or X uniform instead of normal
        (of the right mean and variance), noise with a correlation of 0.15 with a column.
        """
        X, _ = draws[0]
        n, d = X.shape
        e = self.residual(draws[0]) / self.noise
        columns = [X[:, j] for j in range(d)]
        for j, column in enumerate(columns):
            problem = not_standard_normal(column)
            if problem:
                return f"the entries of column {j} of X should be standard normal, but {problem}"
        problem = not_standard_normal(e)
        if problem:
            return f"y − X w − b should be noise · N(0, 1), entry by entry, but {problem}"
        samples = [*columns, e]
        pairs = [(a, b) for i, a in enumerate(samples) for b in samples[:i]]
        pairs += [(a[: n // 2], a[n // 2 : 2 * (n // 2)]) for a in samples]
        if any(related(a, b) for a, b in pairs):
            return "the columns of X and the noise should be independent, row by row"
        return ""

    def reproducible(self, draws: Any) -> str:
        """Judge four draws: twice from one generator, from an equal one, from another one."""
        first, second, again, other = draws
        if any((a != b).any() for a, b in zip(first, again, strict=True)):
            return "equally seeded generators should give equal data: draw from `generator` alone"
        if any(
            (a == b).any() for draw in (second, other) for a, b in zip(first, draw, strict=True)
        ):
            return "every draw should be new: do not seed anything yourself"
        return self.small(draws)

    def small(self, draws: Any) -> str:
        """Judge that each y lies within 8 standard deviations (1e-15 each) of X w + b."""
        allowed = 8 * self.noise + 1e-4
        if any(np.abs(self.residual(draw)).max() > allowed for draw in draws):
            return "y is too far from X w + b for this noise"
        return ""


def covers(epochs: Any) -> str:
    """Judge that each epoch's batches hold every index once; their sizes are compared before."""
    for batches in epochs:
        order = np.concatenate(batches)
        if sorted(order.tolist()) != list(range(order.size)):
            return "each of 0, …, n − 1 should come exactly once"
    return ""


def shuffles(epochs: Any) -> str:
    """Judge four epochs of n = 43, m = 6: twice from one generator, an equal, another one.

    For a uniformly random order: 20 or more neighbours that differ by one have a probability
    below 2²⁰/20! = 4e-13 (a union bound over the sets of neighbours); seven sorted batches of 6,
    720⁻⁷ = 1e-20; seven batches that each hold 6 indices in a row, less than 1e-30; two equal
    epochs, 1/43!.
    """
    problem = covers(epochs)
    if problem:
        return problem
    first, second, again, other = (np.concatenate(batches) for batches in epochs)
    full = [batch for batch in epochs[0] if len(batch) == 6]
    if (np.abs(np.diff(first)) == 1).sum() >= 20 or all((np.diff(b) > 0).all() for b in full):
        return "the order of the indices should be random"
    if all(np.ptp(b) == len(b) - 1 for b in full):
        return "shuffle before cutting: which indices share a batch should be random, too"
    if (first != again).any():
        return "equally seeded generators should shuffle alike: draw from `generator` alone"
    if (first == second).all() or (first == other).all():
        return "every call should shuffle anew: do not seed anything yourself"
    return ""


class XavierUniform:
    """Judges the parameters of an nn.Linear: weight uniform on ±bound, bias (if any) zero."""

    def __init__(self, bound: float) -> None:
        """Keep the bound."""
        self.bound = bound

    def __call__(self, parameters: Any) -> str:
        """Judge one draw.

        Power, exactly: a bound that is 1 % too large or a normal distribution puts one of the 2700
        weights outside but for a probability of (1/1.01)²⁷⁰⁰ = 2e-12; a bound that is 1 % too small
        is always found, because then none comes near enough.
        """
        weight, *bias = parameters
        u = weight.ravel() / self.bound
        # The dtype's rounding of a draw at the very bound.
        if np.abs(u).max() > 1 + 1e-6:
            return "some weights are larger than Xavier's bound"
        # P(max |u| < c) = cⁿ; c is such that this is exp(−26).
        if np.abs(u).max() < math.exp(-T / u.size):
            return "no weight comes near Xavier's bound"
        grid = np.linspace(-1, 1, 41)
        found, allowed = distance(u, grid, (1 + grid) / 2)
        if found > allowed:
            return "the weights should be uniform between −bound and bound"
        if any(b.any() for b in bias):
            return "the bias should be zero"
        return ""


class Loaded:
    """Judges shuffled epochs: two of one loader, one of an equally, one of another seeded one."""

    def __init__(self, x: Array, y: Array) -> None:
        """Keep the rows, whose first column counts them, and their targets."""
        self.x, self.y = x, y

    def judge(self, epochs: Any) -> str:
        """What is wrong with the epochs, else "". Two shuffles of n ≥ 24 rows agree with 1/24!."""
        orders = []
        for batches in epochs:
            x = np.concatenate([batch for batch, _ in batches])
            y = np.concatenate([batch for _, batch in batches])
            order = np.rint(x[:, 0]).astype(int)
            if sorted(order) != list(range(len(self.x))):
                return "an epoch should hold every row once"
            if not np.allclose(x, self.x[order]) or not np.allclose(y, self.y[order]):
                return "a row has come apart from its target"
            orders.append(list(order))
        first, second, again, other = orders
        if first == list(range(len(first))):
            return "the rows are not shuffled"
        if first == second:
            return "a second epoch has the same order: shuffle anew each time"
        if first != again:
            return "equally seeded generators give different epochs: draw from the generator alone"
        return "another seed gives the same epoch" if first == other else ""
