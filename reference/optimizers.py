"""Update rules of lectures 7 and 8: θ the parameters, g their gradient, η the learning rate.

Each rule takes its running quantities and returns (θ, *running quantities), entry by entry.
The lecture writes √(G + ε); PyTorch computes √G + ε. `root` chooses, the lecture's by default.
"""

from collections.abc import Callable

import numpy as np

Array = np.ndarray
Root = Callable[[Array, float], Array]


def inside(G: Array, eps: float) -> Array:
    """√(G + ε): the lecture's."""
    return np.sqrt(G + eps)


def outside(G: Array, eps: float) -> Array:
    """√G + ε: PyTorch's Adagrad, RMSprop and Adam."""
    return np.sqrt(G) + eps


def gd(theta: Array, g: Array, eta: float) -> Array:
    """θ − ηg."""
    return theta - eta * g


def newton(theta: Array, g: Array, H: Array) -> Array:
    """θ − H⁻¹g; solving H d = g costs less and errs less than inverting H."""
    return theta - np.linalg.solve(H, g)


def is_robbins_monro(power: float) -> bool:
    """Whether Σ k⁻ᵖ = ∞ (p ≤ 1) and Σ k⁻²ᵖ < ∞ (p > ½), as lecture 7 demands of η_k = k⁻ᵖ."""
    return 0.5 < power <= 1


def momentum(theta: Array, g: Array, v: Array, eta: float, mu: float) -> tuple[Array, Array]:
    """V ← μv + g, θ ← θ − ηv."""
    v = mu * v + g
    return theta - eta * v, v


def adagrad(
    theta: Array, g: Array, G: Array, eta: float, eps: float, root: Root = inside
) -> tuple[Array, Array]:
    """G ← G + g², θ ← θ − η g/√(G + ε)."""
    G = G + g**2
    return theta - eta * g / root(G, eps), G


def rmsprop(
    theta: Array, g: Array, G: Array, eta: float, gamma: float, eps: float, root: Root = inside
) -> tuple[Array, Array]:
    """G ← γG + (1 − γ)g², θ ← θ − η g/√(G + ε)."""
    G = gamma * G + (1 - gamma) * g**2
    return theta - eta * g / root(G, eps), G


def adadelta(
    theta: Array, g: Array, G: Array, D: Array, gamma: float, eps: float, eta: float = 1.0
) -> tuple[Array, Array, Array]:
    """RMSprop's G; Δθ = −√(D + ε)/√(G + ε)·g with the old D; D ← γD + (1 − γ)Δθ².

    The lecture has no learning rate; PyTorch multiplies Δθ by one (`eta`) as it steps.
    """
    G = gamma * G + (1 - gamma) * g**2
    delta = -np.sqrt(D + eps) / np.sqrt(G + eps) * g
    D = gamma * D + (1 - gamma) * delta**2
    return theta + eta * delta, G, D


def adam(
    theta: Array,
    g: Array,
    m: Array,
    v: Array,
    k: int,
    eta: float,
    beta1: float,
    beta2: float,
    eps: float,
    root: Root = inside,
) -> tuple[Array, Array, Array]:
    """Step k = 1, 2, …: averages m, v of g, g²; θ ← θ − η m̂/√(v̂ + ε), m̂ = m/(1 − β₁ᵏ), v̂ alike."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    mhat, vhat = m / (1 - beta1**k), v / (1 - beta2**k)
    return theta - eta * mhat / root(vhat, eps), m, v


def trajectory(
    rule: Callable[..., tuple[Array, ...]],
    theta: Array,
    grads: Array,
    hyper: tuple[object, ...],
    *,
    running: int,
    counted: bool = False,
) -> Array:
    """θ after each of the steps along `grads` (T, *shape), stacked to (T, *shape).

    `running` is how many running quantities the rule keeps, zeros at first; a `counted` rule is
    told the number of its step before `hyper`, as Adam is.
    """
    kept = [np.zeros_like(theta)] * running
    path = []
    for k, g in enumerate(grads, start=1):
        theta, *kept = rule(theta, g, *kept, *([k] if counted else []), *hyper)
        path.append(theta)
    return np.stack(path)
