"""Centring, batch and layer normalisation (lecture 9, sections 2 and 5).

x is (n, d), a row for each observation; images are (N, C, H, W). γ and β have one entry per column
(or channel), dout means ∂L/∂out. Everywhere x̂ = (x − μ) / √(σ² + ε) with the biased variance
σ² = mean (x − μ)²; ε inside the root keeps a constant column finite.
"""

import numpy as np

Array = np.ndarray


def center_observations(x: Array) -> Array:
    """Each observation (row) minus its own mean, (n, d)."""
    return x - x.mean(axis=1, keepdims=True)


def center_channels(x: Array) -> Array:
    """Each channel of (N, C, H, W) minus its mean over all images and pixels."""
    return x - x.mean(axis=(0, 2, 3), keepdims=True)


def batchnorm_train(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    """(γ x̂ + β, new mean, new variance): (n, d), (d,), (d,), statistics of the columns.

    running ← (1 − momentum) running + momentum batch, where the variance that enters is the
    unbiased one, n/(n−1) σ²; x̂ itself is made with the biased one.
    """
    n = len(x)
    mu, var = x.mean(axis=0), x.var(axis=0)
    out = gamma * (x - mu) / np.sqrt(var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mu
    new_var = (1 - momentum) * running_var + momentum * n / (n - 1) * var
    return out, new_mean, new_var


def batchnorm_eval(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float = 1e-5,
) -> Array:
    """γ (x − running mean) / √(running variance + ε) + β, (n, d)."""
    return gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta


def batchnorm_backward(
    dout: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """(dx, dγ, dβ), shapes (n, d), (d,), (d,).

    μ and σ² depend on x as well: dx = (dx̂ − mean dx̂ − x̂ mean(dx̂ ⊙ x̂)) / √(σ² + ε).
    """
    root = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - x.mean(axis=0)) / root
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / root
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def batchnorm2d_train(
    x: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Array, Array]:
    """`batchnorm_train` of each channel of (N, C, H, W): its N·H·W pixels are the observations."""
    N, C, H, W = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, C)
    out, mean, var = batchnorm_train(pixels, gamma, beta, running_mean, running_var, momentum, eps)
    return out.reshape(N, H, W, C).transpose(0, 3, 1, 2), mean, var


def layernorm(x: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    """γ x̂ + β, (n, d), where μ and σ² are those of each row."""
    mu, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return gamma * (x - mu) / np.sqrt(var + eps) + beta


def layernorm_backward(
    dout: Array, x: Array, gamma: Array, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """(dx, dγ, dβ): dx as in `batchnorm_backward`, with the means taken along each row."""
    root = np.sqrt(x.var(axis=1, keepdims=True) + eps)
    xhat = (x - x.mean(axis=1, keepdims=True)) / root
    dxhat = dout * gamma
    inner = (dxhat * xhat).mean(axis=1, keepdims=True)
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * inner) / root
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
