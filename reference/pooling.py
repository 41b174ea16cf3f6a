"""Pooling over square windows of images (N, C, H, W) (lecture 6; D 7.5).

Windows that would reach over the border are dropped: OH = ⌊(H − size) / stride⌋ + 1.
"""

from collections.abc import Iterator

import numpy as np

from reference.convolution import output_size

Array = np.ndarray


def windows(x: Array, size: int, stride: int) -> Iterator[tuple[int, int, Array]]:
    """Every (i, j) of the output with its window of x as a row, (N, C, size²), row-major."""
    N, C, H, W = x.shape
    for i, j in np.ndindex(output_size(H, size, 0, stride), output_size(W, size, 0, stride)):
        window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        yield i, j, window.reshape(N, C, -1)


def _empty_output(x: Array, size: int, stride: int) -> Array:
    N, C, H, W = x.shape
    return np.zeros((N, C, output_size(H, size, 0, stride), output_size(W, size, 0, stride)))


def max_forward(x: Array, size: int, stride: int) -> Array:
    """The largest entry of every window, (N, C, OH, OW)."""
    out = _empty_output(x, size, stride)
    for i, j, window in windows(x, size, stride):
        out[:, :, i, j] = window.max(axis=2)
    return out


def max_backward(dout: Array, x: Array, size: int, stride: int) -> Array:
    """∂L/∂x: every window's gradient goes to its first maximum in row-major order."""
    dx = np.zeros(x.shape)
    images, channels = np.indices(x.shape[:2])
    for i, j, window in windows(x, size, stride):
        row, column = np.divmod(window.argmax(axis=2), size)
        dx[images, channels, i * stride + row, j * stride + column] += dout[:, :, i, j]
    return dx


def avg_forward(x: Array, size: int, stride: int) -> Array:
    """The mean of every window, (N, C, OH, OW)."""
    out = _empty_output(x, size, stride)
    for i, j, window in windows(x, size, stride):
        out[:, :, i, j] = window.mean(axis=2)
    return out
