"""Model answers of lecture 6: convolution, on numbers and on pictures."""

import numpy as np


def convolve1d(v, w):
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] += v[i] * w[j]
    return r


def convolve2d_channel(image, kernel):
    kernel = np.flip(kernel)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            output[i, j] = (kernel * image[i : i + ker_h, j : j + ker_w]).sum()
    return output


def convolve2d(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        channels = [convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
        return np.stack(channels, axis=2)
    raise ValueError("an image has two or three axes")


def convolve2d_same(image, kernel):
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)))
    return convolve2d_channel(padded, kernel)


def corr2d(x, k):
    return convolve2d_channel(x, np.flip(k))


def output_size(n, k, padding, stride):
    return (n + 2 * padding - k) // stride + 1


def to_grey(image):
    return 0.2989 * image[:, :, 0] + 0.5870 * image[:, :, 1] + 0.1140 * image[:, :, 2]


def gaussian_kernel(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2)
    kernel = np.outer(p, p)
    return kernel / kernel.sum()


def normalize_image(x):
    xmin, xmax = np.quantile(x, 0.01), np.quantile(x, 0.99)
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    return np.uint8(255.0 * (x.clip(xmin, xmax) - xmin) / (xmax - xmin))


def edge_map(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    return normalize_image(convolve2d_channel(to_grey(image), kernel))
