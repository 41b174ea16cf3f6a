"""Mean negative log-likelihoods of linear regression, y = Xβ + ε (lecture 2).

X is (n, p), β (p,), y (n,). Constants are kept, so that exp(−n·loss) is the likelihood.
"""

import numpy as np

from reference import density

Array = np.ndarray


def gaussian_nll(beta: Array, sigma2: float, X: Array, y: Array) -> np.float64:
    """−(1/n) Σᵢ log N(yᵢ; xᵢᵀβ, σ²), for normal errors of variance σ²."""
    return -density.normal_log(y, X @ beta, sigma2).mean()


def laplace_nll(beta: Array, b: float, X: Array, y: Array) -> np.float64:
    """−(1/n) Σᵢ log Laplace(yᵢ − xᵢᵀβ; b): the exercise of lecture 2."""
    return -density.laplace_log(y - X @ beta, b).mean()
