"""Log-densities of continuous distributions (lecture 2; Dive into Deep Learning 3.1.3)."""

import numpy as np

Array = np.ndarray


def normal_log(x: Array, mu: Array | float, sigma2: Array | float) -> Array:
    """Log N(x; μ, σ²) = −½ log 2πσ² − (x − μ)² / 2σ², elementwise; σ² is the variance."""
    return -np.log(2 * np.pi * sigma2) / 2 - (x - mu) ** 2 / (2 * sigma2)


def laplace_log(x: Array, b: Array | float) -> Array:
    """Log of (1/2b) exp(−|x|/b), elementwise; b > 0."""
    return -np.log(2 * b) - np.abs(x) / b
