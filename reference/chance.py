"""How improbable a sample is under a distribution, by bounds that hold for every sample size.

Every function returns an upper bound of the probability that a right sample looks at least as
extreme as the one given. A check that fails below α therefore accuses a right answer with
probability α at most; no approximation enters.
"""

import math

import numpy as np

Array = np.ndarray


def bernoulli(hits: Array, p: float) -> float:
    """Independent hits, each of probability p: 2 exp(−n KL(k/n ‖ p)) for k of n (Chernoff)."""
    n, share = hits.size, float(hits.mean())
    pairs = [(share, p), (1 - share, 1 - p)]
    kl = sum(q * math.log(q / r) if r else math.inf for q, r in pairs if q)
    return min(1.0, 2 * math.exp(-n * kl))


def chi_square(z: Array) -> float:
    """Σz² of n standard normals: exp(−(n/2)(t − 1 − log t)) on each side, t = Σz²/n (Chernoff)."""
    t = float((z**2).mean())
    return min(1.0, 2 * math.exp(-z.size / 2 * (t - 1 - math.log(t)))) if t else 0.0


def normal(z: Array) -> float:
    """Mean of n standard normals: P(|√n z̄| ≥ s) ≤ exp(−s²/2)."""
    return math.exp(-(float(z.sum()) ** 2) / (2 * z.size))


def kolmogorov(z: Array) -> float:
    """Largest distance D of n standard normals' distribution from Φ: 2 exp(−2nD²) (Massart)."""
    n = z.size
    phi = np.array([math.erfc(-v / math.sqrt(2)) / 2 for v in np.sort(z, axis=None)])
    steps = np.arange(n + 1) / n
    distance = max((steps[1:] - phi).max(), (phi - steps[:-1]).max())
    return min(1.0, 2 * math.exp(-2 * n * distance**2))


def bounded(z: Array, bound: float) -> float:
    """All of n standard normals within ±bound: (2Φ(bound) − 1)ⁿ."""
    inside = math.erf(bound / math.sqrt(2))
    return inside**z.size if float(np.abs(z).max()) <= bound else 1.0
