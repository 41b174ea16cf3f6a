"""Pictures as arrays: grey values, blurring, contrast and edges (lecture 6, lec6-conv2d)."""

import numpy as np

from reference import convolution

Array = np.ndarray

GREY = np.array([0.2989, 0.5870, 0.1140])
"""Weights of red, green and blue. (The lecture's comment prints .1130; its code uses .1140.)"""

EDGES = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
"""A pixel against its eight neighbours."""


def to_grey(X: Array) -> Array:
    """0.2989 R + 0.5870 G + 0.1140 B: (H, W, 3) to (H, W)."""
    return X @ GREY


def gaussian_kernel(size: int, extent: float, scale: float) -> Array:
    """p pᵀ, (size, size), with p ∝ exp(−scale·g²), Σp = 1 and g from −extent to extent."""
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2)
    p = p / p.sum()
    return np.outer(p, p)


def normalize_image(X: Array) -> Array:
    """Levels 0…255 (uint8) between the 1 % and 99 % quantiles of all entries; constant: zeros."""
    low, high = np.quantile(X, [0.01, 0.99])
    if low == high:
        return np.zeros(X.shape, dtype=np.uint8)
    return (255 * (np.clip(X, low, high) - low) / (high - low)).astype(np.uint8)


def edge_map(X: Array) -> Array:
    """The edges of a colour picture (H, W, 3), as levels (H − 2, W − 2)."""
    return normalize_image(convolution.convolve2d_channel(to_grey(X), EDGES))
