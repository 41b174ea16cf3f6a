"""Losses that are no likelihoods: of support vector machines and quantiles (lecture 2)."""

import numpy as np

Array = np.ndarray


def hinge(score: Array, y: Array) -> np.float64:
    """Mean of max(0, 1 − y s) over scores s (n,) and labels y (n,) in {−1, +1}."""
    return np.maximum(0, 1 - y * score).mean()


def check(residual: Array, tau: float) -> np.float64:
    """Mean of max(τ r, (τ − 1) r), whose best constant prediction is the τ-quantile."""
    return np.maximum(tau * residual, (tau - 1) * residual).mean()
