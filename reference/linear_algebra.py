"""The logarithm of a determinant (lecture 3, the question on automatic differentiation)."""

import numpy as np

Array = np.ndarray


def logdet(X: Array) -> np.float64:
    """Log det X of a (p, p) matrix whose determinant is positive."""
    return np.linalg.slogdet(X)[1]


def logdet_grad(X: Array) -> Array:
    """∂ log det X / ∂X = X⁻ᵀ, (p, p): by Jacobi's formula d log det X = tr(X⁻¹ dX)."""
    return np.linalg.inv(X).T
