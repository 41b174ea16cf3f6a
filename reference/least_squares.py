"""Ordinary least squares (lecture 2; Dive into Deep Learning 3.1.1)."""

import numpy as np

Array = np.ndarray


def normal_equations(X: Array, y: Array) -> Array:
    """The β (p,) that solves XᵀX β = Xᵀy; X (n, p) has independent columns, y is (n,)."""
    return np.linalg.solve(X.T @ X, X.T @ y)
