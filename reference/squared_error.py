"""The mean squared error L = mean (y − ŷ)² (lectures 2, 3 and 5)."""

import numpy as np

Array = np.ndarray


def loss(yhat: Array, y: Array) -> np.float64:
    """Mean of (y − ŷ)² over all entries."""
    return np.mean((y - yhat) ** 2)


def backward(yhat: Array, y: Array) -> Array:
    """∂L/∂ŷ = −2 (y − ŷ) / N, with N the number of entries."""
    return -2 * (y - yhat) / y.size
