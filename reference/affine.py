"""The affine layer Z = A W + b (lecture 5, rules 1.5 and 2). Rows are observations.

A is (n, m), W (m, p), b (p,), Z (n, p); dZ means ∂L/∂Z and has the shape of Z.
"""

import numpy as np

Array = np.ndarray


def forward(A: Array, W: Array, b: Array) -> Array:
    """Z = A W + b, shape (n, p)."""
    return A @ W + b


def backward(dZ: Array, A: Array, W: Array) -> tuple[Array, Array, Array]:
    """(dA, dW, db) = (dZ Wᵀ, Aᵀ dZ, dZᵀ 1), shapes (n, m), (m, p), (p,)."""
    return dZ @ W.T, A.T @ dZ, dZ.sum(axis=0)
