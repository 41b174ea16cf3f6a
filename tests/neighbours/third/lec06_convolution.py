"""Third neighbours of lec06_convolution: written before they were measured once, at the end."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec06_convolution.answers import convolve2d_channel


@mistake("convolve1d", "the index is the difference of the two, not their sum")
def tri_conv1d_difference(v, w):
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i - j] += v[i] * w[j]
    return r


@mistake("convolve2d_channel", "the absolute values of the products are added")
def tri_chan_absolute(image, kernel):
    kernel = np.flip(kernel)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = np.abs(kernel * window).sum()
    return output


@mistake("convolve2d_same", "the border is mirrored")
def tri_same_reflect(image, kernel):
    pad_h, pad_w = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)), mode="symmetric")
    return convolve2d_channel(padded, kernel)


@mistake("output_size", "the kernel is added")
def tri_size_plus_k(n, k, padding, stride):
    return (n + 2 * padding + k) // stride + 1


@mistake("gaussian_kernel", "the grid goes from 0 to the extent")
def tri_gauss_extent_half(size, extent, scale):
    g = np.linspace(0, extent, size)
    p = np.exp(-scale * g**2)
    kernel = np.outer(p, p)
    return kernel / kernel.sum()


@mistake("normalize_image", "two slips: the image is inverted, and scaled to 128")
def tri_norm_256_inverted(x):
    xmin, xmax = (np.quantile(x, 0.01), np.quantile(x, 0.99))
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    clipped = x.clip(xmin, xmax)
    return np.uint8(128.0 * (xmax - clipped) / (xmax - xmin))


@mistake("to_grey", "two slips: blue is missing, and green weighs as much as red")
def tri_grey_blue_missing_sum(image):
    red = 0.2989 * image[:, :, 0]
    green = 0.2989 * image[:, :, 1]
    blue = 0.114 * image[:, :, 2]
    return red + green
