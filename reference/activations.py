"""Elementwise activations a = σ(z) and their slopes (lecture 4; lecture 5, rule 1; D 5.1).

Every function takes and returns float64 arrays of any one shape.
"""

from collections.abc import Callable

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


def leaky_relu(z: Array, slope: float = 0.01) -> Array:
    """z where z > 0, else slope·z."""
    return np.where(z > 0, z, slope * z)


def elu(z: Array, alpha: float = 1.0) -> Array:
    """z where z > 0, else α (eᶻ − 1); the exponent is kept ≤ 0, so that nothing overflows."""
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def softplus(z: Array) -> Array:
    """log(1 + eᶻ) = max(0, z) + log(1 + e⁻|ᶻ|); the lecture's slide misprints it as softmax."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def tanh(z: Array) -> Array:
    """(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ) = ±(1 − e) / (1 + e) with e = e^(−2|z|)."""
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


SLOPES: dict[str, Callable[[Array], Array]] = {
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "sigmoid": lambda z: sigmoid(z) * sigmoid(-z),
    "tanh": lambda z: 1 - tanh(z) ** 2,
    "softplus": sigmoid,
}
"""σ'(z) by name; the course defines relu'(0) = 0 and leaky_relu'(0) = 0.01."""


def slope(name: str, z: Array) -> Array:
    """σ'(z) of the activation of that name.

    Raises:
        ValueError: the name is none of `SLOPES`.
    """
    if name not in SLOPES:
        raise ValueError(f"no activation is called {name!r}; there are {', '.join(SLOPES)}")
    return SLOPES[name](z)
