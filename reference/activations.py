"""Elementwise activations a = σ(z) and their slopes (lecture 4; lecture 5, rule 1).

Every function takes and returns float64 arrays of any one shape.
"""

import numpy as np

Array = np.ndarray


def sigmoid(z: Array) -> Array:
    """σ(z) = 1 / (1 + e⁻ᶻ), written with e⁻|ᶻ| so that nothing overflows."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_backward(da: Array, a: Array) -> Array:
    """∂L/∂z = da ⊙ a (1 − a), where a = σ(z) (lecture 5, rule 1)."""
    return da * a * (1 - a)


def relu(z: Array) -> Array:
    """max(0, z)."""
    return np.maximum(z, 0)


def relu_backward(da: Array, z: Array) -> Array:
    """∂L/∂z = da ⊙ [z > 0]; the course defines relu'(0) = 0."""
    return np.where(z > 0, da, 0.0)
