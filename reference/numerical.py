"""Numerical differentiation (Dive into Deep Learning 2.4; N, automatic differentiation)."""

from collections.abc import Callable

import numpy as np

Array = np.ndarray


def numerical_gradient(f: Callable[[Array], float], x: Array, h: float = 1e-5) -> Array:
    """∂f/∂xᵢ ≈ (f(x + h eᵢ) − f(x − h eᵢ)) / 2h, of the shape of x.

    Central, because its error is of order h² where the one-sided quotient's is of order h. The
    rounding error is about 1e-16/h, so h = 1e-5 balances the two in float64. (N takes h = 2⁻³²
    in float32, where x + h = x.)
    """
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = h
        gradient[i] = (f(x + e) - f(x - e)) / (2 * h)
    return gradient
