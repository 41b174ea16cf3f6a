"""The perceptron and the networks made of layers of them (lecture 4; D 5.1)."""

from itertools import pairwise

import numpy as np

from reference import activations, affine

Array = np.ndarray

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""The four inputs of a gate, in the order of its truth table."""

GATES = {
    "and": np.array([0.0, 0.0, 0.0, 1.0]),
    "or": np.array([0.0, 1.0, 1.0, 1.0]),
    "xor": np.array([0.0, 1.0, 1.0, 0.0]),
}
"""Truth tables over `CORNERS`."""


def perceptron(w: Array, X: Array, threshold: float = 0.5) -> Array:
    """[xᵢ·w > threshold], (n,), for X (n, d): Rosenblatt's neuron."""
    return np.where(X @ w > threshold, 1.0, 0.0)


def mlp_forward(X: Array, weights: list[Array], biases: list[Array]) -> list[Array]:
    """[a⁰, …, aᴸ] with a⁰ = X, aˡ = max(0, aˡ⁻¹ Wˡ + bˡ), and no ReLU on the last layer."""
    a = [X]
    for W, b in zip(weights, biases, strict=True):
        z = affine.forward(a[-1], W, b)
        a.append(z if len(a) == len(weights) else activations.relu(z))
    return a


def parameter_count(sizes: list[int]) -> int:
    """Σ (m + 1) p over neighbouring layers of m and p units: weights, and a bias per unit."""
    return sum((m + 1) * p for m, p in pairwise(sizes))
