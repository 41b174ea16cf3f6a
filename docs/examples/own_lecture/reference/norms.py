"""Root mean square normalisation (arXiv:1910.07467, eq. 4), and a running mean without bias."""

import numpy as np

Array = np.ndarray


def rms_norm(x: Array, gain: Array, eps: float) -> Array:
    """x / √(mean(x²) + ε) · g, row by row: x (n, d), g (d,) → (n, d)."""
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps) * gain


def rms_norm_grad(x: Array, gain: Array, eps: float, dy: Array) -> Array:
    """The gradient with respect to x, (n, d): with r = √(mean(x²) + ε), (g dy − y (y·dy)/d) / r.

    Here y is the result without the gain, and dy already has the gain in it.
    """
    r = np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + eps)
    y, dy = x / r, dy * gain
    return (dy - y * np.mean(y * dy, axis=-1, keepdims=True)) / r


def running_means(xs: Array, decay: float) -> Array:
    """m_t = β m_(t−1) + (1 − β) x_t from m_0 = 0, each divided by 1 − β^t: (T,) → (T,)."""
    m, means = 0.0, []
    for t, x in enumerate(xs, 1):
        m = decay * m + (1 - decay) * x
        means.append(m / (1 - decay**t))
    return np.array(means)
