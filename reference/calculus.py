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


def waves(w: Array, x: Array) -> np.float64:
    """Σ w sin x, for w and x of one shape."""
    return np.sum(w * np.sin(x))


def waves_grad(w: Array, x: Array) -> Array:
    """∂(Σ w sin x)/∂x = w cos x."""
    return w * np.cos(x)


def cubes(w: Array, x: Array) -> np.float64:
    """Σ w x³, for w and x of one shape."""
    return np.sum(w * x**3)


def cubes_grad(w: Array, x: Array) -> Array:
    """∂(Σ w x³)/∂x = 3 w x²."""
    return 3 * w * x**2


def tanh_layer(W: Array, x: Array) -> Array:
    """Tanh(W x), (m,), for W (m, n) and x (n,)."""
    return np.tanh(W @ x)


def tanh_layer_jacobian(W: Array, x: Array) -> Array:
    """∂ tanh(W x)/∂x = diag(1 − tanh²(W x)) W, (m, n)."""
    return (1 - np.tanh(W @ x) ** 2)[:, None] * W


def products(W: Array, x: Array) -> Array:
    """(W x) (1 + Σ x²), (m,), for W (m, n) and x (n,)."""
    return (W @ x) * (1 + np.sum(x**2))


def products_jacobian(W: Array, x: Array) -> Array:
    """∂((W x) (1 + Σ x²))/∂x = (1 + Σ x²) W + 2 (W x) xᵀ, (m, n)."""
    return (1 + np.sum(x**2)) * W + 2 * np.outer(W @ x, x)


def control_flow(a: float) -> float:
    """The function of D 2.5.4: 2a doubled until it reaches 1,000 in size, times 100 unless > 0."""
    b = 2 * a
    while abs(b) < 1000:
        b = 2 * b
    return b if b > 0 else 100 * b


def control_flow_grad(a: float) -> float:
    """Its slope at a ≠ 0: whatever way it takes, f(a) = k a with one k about a, and k = f(a)/a."""
    return control_flow(a) / a
