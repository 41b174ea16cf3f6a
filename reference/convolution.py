"""Convolution and cross-correlation of vectors and of single-channel images.

Sources: lecture 6 (part one, sections 2, 3 and 5; lec6-conv2d); Dive into Deep Learning 7.1-7.2.
V is an image (H, W), K a kernel (KH, KW).
"""

import numpy as np

Array = np.ndarray


def convolve1d(v: Array, w: Array) -> Array:
    """rᵢ = Σₖ vₖ wᵢ₋ₖ, (m + n − 1,): the coefficients of a product of two polynomials."""
    r = np.zeros(len(v) + len(w) - 1)
    for k, vk in enumerate(v):
        r[k : k + len(w)] += vk * np.asarray(w)
    return r


def corr2d(V: Array, K: Array) -> Array:
    """rᵢⱼ = Σₐᵦ Kₐᵦ Vᵢ₊ₐ,ⱼ₊ᵦ where K lies within V: (H − KH + 1, W − KW + 1)."""
    windows = np.lib.stride_tricks.sliding_window_view(V, K.shape)
    return np.einsum("ijab,ab->ij", windows.astype(float), K)


def convolve2d_channel(V: Array, K: Array) -> Array:
    """rᵢⱼ = Σₐᵦ Kₐᵦ Vᵢ₋ₐ,ⱼ₋ᵦ: the cross-correlation with K turned by half a turn."""
    return corr2d(V, np.flip(K, axis=(0, 1)))


def convolve2d(V: Array, K: Array) -> Array:
    """The same for (H, W), or for each channel of (H, W, C).

    Raises:
        ValueError: V has neither two nor three axes.
    """
    if V.ndim == 2:
        return convolve2d_channel(V, K)
    if V.ndim == 3:
        return np.stack([convolve2d_channel(channel, K) for channel in np.moveaxis(V, 2, 0)], 2)
    raise ValueError(f"an image is (H, W) or (H, W, C), not {V.shape}")


def convolve2d_same(V: Array, K: Array) -> Array:
    """Convolution of V among zeros, (H, W); KH and KW are odd (the grid on the slides)."""
    KH, KW = K.shape
    return convolve2d_channel(np.pad(V, ((KH // 2,), (KW // 2,))), K)


def output_size(n: int, k: int, padding: int, stride: int) -> int:
    """⌊(n + 2·padding − k) / stride⌋ + 1 positions of a kernel of k on n entries (D 7.3)."""
    return (n + 2 * padding - k) // stride + 1
