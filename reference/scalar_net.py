"""A small net that is trained as lecture 5's `Value` trains it, in matrices: a second opinion.

x is (n, 2), y (n,) of −1 and 1. Parameters θ in one vector: W (2, h) row by row, b (h,), v (h,), c.
"""

import numpy as np

Array = np.ndarray


def split(theta: Array, h: int) -> tuple[Array, Array, Array, float]:
    """(W, b, v, c) of θ, 4h + 1 numbers."""
    return theta[: 2 * h].reshape(2, h), theta[2 * h : 3 * h], theta[3 * h : 4 * h], theta[-1]


def loss(theta: Array, x: Array, y: Array, h: int) -> np.float64:
    """L = (1/n) Σ log(1 + e^(−y s)) with scores s = tanh(x W + b) v + c."""
    W, b, v, c = split(theta, h)
    return np.float64(np.log1p(np.exp(-y * (np.tanh(x @ W + b) @ v + c))).mean())


def gradient(theta: Array, x: Array, y: Array, h: int) -> Array:
    """∂L/∂θ: ds = −y / (1 + e^(y s)) / n, then back through v and the tanh."""
    W, b, v, c = split(theta, h)
    a = np.tanh(x @ W + b)
    ds = -y / (1 + np.exp(y * (a @ v + c))) / len(y)
    dz = ds[:, None] * v * (1 - a**2)
    return np.concatenate([(x.T @ dz).ravel(), dz.sum(axis=0), a.T @ ds, [ds.sum()]])


def train(
    theta: Array, x: Array, y: Array, h: int, steps: int, lr: float
) -> tuple[list[float], Array]:
    """(losses before each step, θ at the end) of gradient descent."""
    losses = []
    for _ in range(steps):
        losses.append(float(loss(theta, x, y, h)))
        theta = theta - lr * gradient(theta, x, y, h)
    return losses, theta
