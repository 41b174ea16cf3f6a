"""How well a model will do on new data (D 3.6, 3.7, 4.6 and 5.7).

Rows are observations: x is (n, d), y (n,), weights w (d,).
"""

import math

import numpy as np

Array = np.ndarray


def validation_size(n: int, val_fraction: float) -> int:
    """n · fraction, rounded to the nearest integer."""
    return round(n * val_fraction)


def kfold(n: int, k: int) -> list[tuple[Array, Array]]:
    """k pairs (train, val) of indices: contiguous folds of 0 … n − 1, larger ones first (D 3.6)."""
    indices = np.arange(n)
    folds = np.array_split(indices, k)
    return [(np.setdiff1d(indices, val), val) for val in folds]


def empirical_error(predicted: Array, labels: Array) -> float:
    """(1/n) Σ 1(f(xᵢ) ≠ yᵢ) (D 4.6.1)."""
    return float(np.mean(predicted != labels))


def clt_bound(half_width: float, z: float) -> float:
    """The n at which z·√(0.25/n) equals the half width; 0.25 = max ε(1 − ε) (D 4.6.1)."""
    return 0.25 * (z / half_width) ** 2


def clt_sample_size(half_width: float, z: float = 1.0) -> int:
    """Smallest n with z·√(0.25/n) ≤ half width."""
    return math.ceil(clt_bound(half_width, z))


def hoeffding_bound(t: float, delta: float) -> float:
    """The n at which exp(−2nt²) equals δ (D 4.6.1)."""
    return math.log(1 / delta) / (2 * t**2)


def hoeffding_sample_size(t: float, delta: float) -> int:
    """Smallest n with exp(−2nt²) ≤ δ."""
    return math.ceil(hoeffding_bound(t, delta))


def any_false_discovery(k: int, alpha: float = 0.05) -> float:
    """1 − (1 − α)ᵏ: at least one of k independent tests misleads (D 4.6.2)."""
    return 1 - (1 - alpha) ** k


def bonferroni(k: int, alpha: float = 0.05) -> float:
    """α/k: the level of each of k tests whose union then misleads with probability α at most."""
    return alpha / k


def polynomial_features(x: Array, degree: int) -> Array:
    """(n, degree + 1) with columns xⁱ/i!, for x (n,); the factorial keeps them of one size."""
    return np.stack([x**i / math.factorial(i) for i in range(degree + 1)], axis=1)


def ridge(x: Array, y: Array, lam: float) -> tuple[Array, np.float64]:
    """(w, b) that minimise (1/n) Σ (xᵢ·w + b − yᵢ)² + λ‖w‖² (D 3.7, the norm squared).

    ∂/∂b = 0 gives b = ȳ − x̄·w. What remains is a problem in the centred x̃, ỹ without a b:
    (x̃ᵀx̃/n + λI) w = x̃ᵀỹ/n.
    """
    n, d = x.shape
    x_mean, y_mean = x.mean(axis=0), y.mean()
    xc, yc = x - x_mean, y - y_mean
    w = np.linalg.solve(xc.T @ xc / n + lam * np.eye(d), xc.T @ yc / n)
    return w, np.float64(y_mean - x_mean @ w)


def log_rmse(predicted: Array, y: Array) -> np.float64:
    """√mean (log max(ŷ, 1) − log y)²: errors of house prices count in per cent (D 5.7)."""
    return np.float64(np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(y)) ** 2)))
