"""Gradient descent on the mean squared error of a linear model (lecture 5, modules).

Rows are observations: x is (n, p), y (n,), the coefficients β̂ (p,).
"""

import numpy as np

from reference import squared_error

Array = np.ndarray


def gradient(bhat: Array, x: Array, y: Array) -> Array:
    """∂/∂β̂ of the mean of (y − x β̂)², that is −(2/n) xᵀ(y − x β̂), shape (p,)."""
    return x.T @ squared_error.backward(x @ bhat, y)


def fit(x: Array, y: Array, lr: float, epochs: int) -> tuple[Array, list[float]]:
    """(β̂, losses): full-batch steps β̂ ← β̂ − lr·∂L/∂β̂ from zeros, L recorded before each."""
    bhat, losses = np.zeros(x.shape[1]), []
    for _ in range(epochs):
        losses.append(float(squared_error.loss(x @ bhat, y)))
        bhat = bhat - lr * gradient(bhat, x, y)
    return bhat, losses


def sgd_update(p: Array, dp: Array, lr: float, batch_size: int) -> Array:
    """P − lr·dp/m, where dp is the gradient of a loss summed over the m rows (D 3.4)."""
    return p - lr * dp / batch_size


def num_batches(n: int, m: int) -> int:
    """⌈n/m⌉, in integers: the rest of n/m forms a mini-batch of its own (lecture 7)."""
    return (n + m - 1) // m


def batch_sizes(n: int, m: int) -> list[int]:
    """Sizes of the mini-batches of n observations; the last may be smaller than m."""
    return [min(m, n - start) for start in range(0, n, m)]
