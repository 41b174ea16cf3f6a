"""The function that lecture 3 differentiates to introduce automatic differentiation."""

import numpy as np

Array = np.ndarray


def xlogx_sinxy(x: Array, y: Array) -> Array:
    """f = x log x + sin xy."""
    return x * np.log(x) + np.sin(x * y)


def xlogx_sinxy_grad(x: Array, y: Array) -> tuple[Array, Array]:
    """(∂f/∂x, ∂f/∂y) = (log x + 1 + y cos xy, x cos xy)."""
    return np.log(x) + 1 + y * np.cos(x * y), x * np.cos(x * y)
