"""Layers that lecture 5 and Dive into Deep Learning (3.4, 6.2, 6.5) write as modules.

Rows are observations; dz means ∂L/∂z and has the shape of z.
"""

import math

import numpy as np

from reference import activations, affine

Array = np.ndarray


def linear(x: Array, bhat: Array, b0: Array) -> Array:
    """ŷ = x β̂ + b₀: x (n, p), β̂ (p,), b₀ (1,) → (n,)."""
    return x @ bhat + b0


def linear_backward(dy: Array, x: Array) -> tuple[Array, Array]:
    """(dβ̂, db₀) = (xᵀ dŷ, Σ dŷ), shapes (p,) and (1,)."""
    return x.T @ dy, dy.sum(keepdims=True)


def centered(X: Array) -> Array:
    """X minus the mean of all its entries, any shape (D 6.5.1)."""
    return X - X.mean()


def centered_backward(dZ: Array) -> Array:
    """∂L/∂X = dZ − mean(dZ): every entry of X also moves the mean."""
    return dZ - dZ.mean()


def relu_layer(X: Array, W: Array, b: Array) -> Array:
    """relu(X W + b): X (n, m), W (m, p), b (p,) → (n, p) (D 6.5.2)."""
    return activations.relu(affine.forward(X, W, b))


def relu_layer_backward(dA: Array, X: Array, W: Array, b: Array) -> tuple[Array, Array, Array]:
    """(dX, dW, db) of relu(X W + b)."""
    return affine.backward(activations.relu_backward(dA, affine.forward(X, W, b)), X, W)


def tied_mlp(
    X: Array, first: tuple[Array, Array], shared: tuple[Array, Array], last: tuple[Array, Array]
) -> Array:
    """X → first → ReLU → shared → ReLU → shared → ReLU → last, each a pair (W, b) (D 6.2.2)."""
    A = relu_layer(relu_layer(relu_layer(X, *first), *shared), *shared)
    return affine.forward(A, *last)


def tied_mlp_backward(
    dZ: Array,
    X: Array,
    first: tuple[Array, Array],
    shared: tuple[Array, Array],
    last: tuple[Array, Array],
) -> list[tuple[Array, Array]]:
    """[(dW, db)] of first, shared and last; the two uses of the shared layer add up."""
    A1 = relu_layer(X, *first)
    A2 = relu_layer(A1, *shared)
    A3 = relu_layer(A2, *shared)
    dA3, dW_last, db_last = affine.backward(dZ, A3, last[0])
    dA2, dW_late, db_late = relu_layer_backward(dA3, A2, *shared)
    dA1, dW_early, db_early = relu_layer_backward(dA2, A1, *shared)
    _, dW_first, db_first = relu_layer_backward(dA1, X, *first)
    return [(dW_first, db_first), (dW_late + dW_early, db_late + db_early), (dW_last, db_last)]


def xavier_bound(fan_in: int, fan_out: int) -> float:
    """√(6/(in + out)): uniform on ±this bound has variance 2/(in + out) (D 5.4.2)."""
    return math.sqrt(6 / (fan_in + fan_out))
