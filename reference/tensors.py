"""Arrays and what is done to a table of data before a model sees it (lecture 1).

Sources: Dive into Deep Learning 2.1-2.3; M 1.1-1.3; N, tensors and data. X is a table (n, d):
a row for each observation, a column for each variable.
"""

import numpy as np

Array = np.ndarray


def broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """Shape of a sum of two arrays: shapes are aligned at their ends, a 1 stretches.

    Raises:
        ValueError: two sizes differ and neither is 1.
    """
    longest = max(len(a), len(b))
    sizes = zip((1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b, strict=True)
    shape = []
    for m, n in sizes:
        if m != n and 1 not in (m, n):
            raise ValueError(f"{a} and {b} do not broadcast")
        shape.append(n if m == 1 else m)
    return tuple(shape)


def one_hot(labels: Array, k: int) -> Array:
    """[lᵢ = j], (n, k), for labels l (n,) in 0…k−1."""
    return (labels[:, None] == np.arange(k)).astype(float)


def impute_mean(X: Array) -> Array:
    """X with NaN replaced by the mean of the column's other entries."""
    return np.where(np.isnan(X), np.nanmean(X, axis=0), X)


def standardize(X: Array) -> Array:
    """(X − x̄) / s, column by column, s² = Σ (x − x̄)² / (n − 1) (N's table of wines)."""
    centred = X - X.mean(axis=0)
    return centred / np.sqrt((centred**2).sum(axis=0) / (len(X) - 1))


def row_share(A: Array) -> Array:
    """Aᵢⱼ / Σⱼ Aᵢⱼ (M 1.3)."""
    return A / A.sum(axis=1, keepdims=True)


def lp_norm(x: Array, p: float) -> float:
    """‖x‖ₚ = (Σ |xᵢ|ᵖ)^(1/p); ‖x‖_∞ = max |xᵢ|, its limit."""
    if np.isinf(p):
        return float(np.abs(x).max())
    return float((np.abs(x) ** p).sum() ** (1 / p))


def matmul(A: Array, B: Array) -> Array:
    """cᵢⱼ = Σₖ aᵢₖ bₖⱼ: (n, k) and (k, m) to (n, m)."""
    return np.einsum("ik,kj->ij", A.astype(float), B)
