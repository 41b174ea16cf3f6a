"""The functions by which automatic differentiation is introduced (lecture 3; D 2.5)."""

import numpy as np

Array = np.ndarray


def xlogx_sinxy(x: Array, y: Array) -> Array:
    """f = x log x + sin xy."""
    return x * np.log(x) + np.sin(x * y)


def xlogx_sinxy_grad(x: Array, y: Array) -> tuple[Array, Array]:
    """(∂f/∂x, ∂f/∂y) = (log x + 1 + y cos xy, x cos xy)."""
    return np.log(x) + 1 + y * np.cos(x * y), x * np.cos(x * y)


def cube_grad(x: Array) -> Array:
    """∂(u x)/∂x with u = x²: 3 x² (D 2.5)."""
    return 3 * x**2


def detached_cube_grad(x: Array) -> Array:
    """∂(u x)/∂x with u = x² taken as a constant, detached from the graph: u = x² (D 2.5)."""
    return x**2
