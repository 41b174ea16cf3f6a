"""Two functions of matrices and their gradients (lecture 3; D 2.4)."""

import numpy as np

Array = np.ndarray


def logdet(X: Array) -> np.float64:
    """Log det X of a (p, p) matrix whose determinant is positive."""
    return np.linalg.slogdet(X)[1]


def logdet_grad(X: Array) -> Array:
    """∂ log det X / ∂X = X⁻ᵀ, (p, p): by Jacobi's formula d log det X = tr(X⁻¹ dX)."""
    return np.linalg.inv(X).T


def quadratic_form(x: Array, A: Array) -> np.float64:
    """The number xᵀA x for x (n,) and A (n, n)."""
    return x @ A @ x


def quadratic_grad(x: Array, A: Array) -> Array:
    """∂(xᵀA x)/∂x = (A + Aᵀ) x, (n,) (D 2.4)."""
    return (A + A.T) @ x
