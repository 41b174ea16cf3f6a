"""Second neighbours of lec06_convolution: written without a look at hints or known mistakes."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec06_convolution.answers import (
    convolve2d_channel,
    convolve2d_same,
    normalize_image,
    to_grey,
)


@mistake("convolve1d", "only the part in which the two overlap fully")
def conv1d_valid(v, w):
    m, n = len(v), len(w)
    out = np.zeros(m - n + 1)
    for i in range(m - n + 1):
        for j in range(n):
            out[i] += v[i + j] * w[n - 1 - j]
    return out


@mistake("convolve1d", "= for +=: each place keeps the last product only")
def conv1d_assigned(v, w):
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] = v[i] * w[j]
    return r


@mistake("convolve1d", "two slips: the kernel is reversed, and the result is one short")
def conv1d_correlation_short(v, w):
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] += v[i] * w[len(w) - 1 - j]
    return r[:-1]


@mistake("convolve2d_channel", "the kernel is flipped along one axis only")
def chan_flip_rows_only(image, kernel):
    kernel = np.flip(kernel, axis=0)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("convolve2d_channel", "the result is one row too short")
def chan_one_short(image, kernel):
    kernel = np.flip(kernel)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("convolve2d_channel", "a mean over the window, not a sum")
def chan_mean_of_window(image, kernel):
    kernel = np.flip(kernel)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).mean()
    return output


@mistake("convolve2d_channel", "two slips: the kernel is not flipped, and the sign is wrong")
def chan_transposed_kernel(image, kernel):
    kernel = -kernel
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("convolve2d", "the channels are summed")
def conv2_channels_summed(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        channels = [convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
        return np.sum(channels, axis=0)
    raise ValueError("an image has two or three axes")


@mistake("convolve2d", "the channels stand first")
def conv2_channels_first(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        channels = [convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
        return np.stack(channels)
    raise ValueError("an image has two or three axes")


@mistake("convolve2d", "the first channel is used for all")
def conv2_first_channel_thrice(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        channels = [convolve2d_channel(image[:, :, 0], kernel) for c in range(image.shape[2])]
        return np.stack(channels, axis=2)
    raise ValueError("an image has two or three axes")


@mistake("convolve2d_same", "the width's padding is used for both axes")
def same_pad_of_width_both(image, kernel):
    pad_h, pad_w = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    padded = np.pad(image, ((pad_w, pad_w), (pad_w, pad_w)))
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "the border is repeated, not zero")
def same_edge_values(image, kernel):
    pad_h, pad_w = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)), mode="edge")
    return convolve2d_channel(padded, kernel)


@mistake(
    "convolve2d_same",
    "two slips: the padding stands at the end only, and the kernel is not flipped",
)
def same_at_the_end_only(image, kernel):
    pad_h, pad_w = (kernel.shape[0] // 2, kernel.shape[1] // 2)
    padded = np.pad(image, ((0, 2 * pad_h), (0, 2 * pad_w)))
    return convolve2d_channel(padded, np.flip(kernel))


@mistake("corr2d", "the kernel is flipped: a convolution")
def corr_is_convolution(x, k):
    return convolve2d_channel(x, k)


@mistake("corr2d", "the kernel is transposed")
def corr_transposed_kernel(x, k):
    return convolve2d_channel(x, np.flip(k.T))


@mistake("output_size", "the padding is counted once")
def size_padding_once(n, k, padding, stride):
    return (n + padding - k) // stride + 1


@mistake("output_size", "the 1 is not added")
def size_no_plus_one(n, k, padding, stride):
    return (n + 2 * padding - k) // stride


@mistake("output_size", "two slips: rounded up, and the padding is counted once")
def size_ceiling(n, k, padding, stride):
    return -((n + padding - k) // -stride) + 1


@mistake("to_grey", "the plain mean of the channels")
def grey_average(image):
    red = 0.2989 * image[:, :, 0]
    green = 0.587 * image[:, :, 1]
    blue = 0.114 * image[:, :, 2]
    return image.mean(axis=2)


@mistake("to_grey", "red and blue are exchanged")
def grey_bgr(image):
    red = 0.2989 * image[:, :, 2]
    green = 0.587 * image[:, :, 1]
    blue = 0.114 * image[:, :, 0]
    return red + green + blue


@mistake("gaussian_kernel", "not divided by its sum")
def gauss_unnormalized(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2)
    kernel = np.outer(p, p)
    return kernel


@mistake("gaussian_kernel", "the exponent has |g|, not its square")
def gauss_no_square(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * np.abs(g))
    kernel = np.outer(p, p)
    return kernel / kernel.sum()


@mistake("gaussian_kernel", "two slips: divided by its largest value, and the exponent halved")
def gauss_half_peak(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2 / 2)
    kernel = np.outer(p, p)
    return kernel / kernel.max()


@mistake("normalize_image", "the least and the largest value, not the quantiles")
def norm_min_max(x):
    xmin, xmax = (x.min(), x.max())
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    clipped = x.clip(xmin, xmax)
    return np.uint8(255.0 * (clipped - xmin) / (xmax - xmin))


@mistake("normalize_image", "not clipped before it is scaled: values wrap around")
def norm_not_clipped(x):
    xmin, xmax = (np.quantile(x, 0.01), np.quantile(x, 0.99))
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    clipped = x
    return np.uint8(255.0 * (clipped - xmin) / (xmax - xmin))


@mistake("normalize_image", "two slips: quantiles at 5 and 95 per cent, and no bytes are returned")
def norm_percent_float(x):
    xmin, xmax = (np.quantile(x, 0.05), np.quantile(x, 0.95))
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    clipped = x.clip(xmin, xmax)
    return 255.0 * (clipped - xmin) / (xmax - xmin)


@mistake("edge_map", "the kernel of four neighbours, 4 in the middle")
def edge_four_neighbours(image):
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    grey = to_grey(image)
    response = convolve2d_channel(grey, kernel)
    return normalize_image(response)


@mistake("edge_map", "the absolute response is shown")
def edge_absolute(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    grey = to_grey(image)
    response = convolve2d_channel(grey, kernel)
    return normalize_image(np.abs(response))


@mistake("edge_map", "two slips: 9 in the middle, and the result has the image's size")
def edge_centre_nine_same(image):
    kernel = np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]])
    grey = to_grey(image)
    response = convolve2d_same(grey, kernel)
    return normalize_image(response)


@mistake(
    "convolve2d_channel",
    "two slips: the kernel is flipped along one axis only; and the result is one row too short",
)
def chan_flip_rows_only_and_one_short(image, kernel):
    kernel = np.flip(kernel, axis=0)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("to_grey", "two slips: the plain mean of the channels; and red and blue are exchanged")
def grey_average_and_bgr(image):
    red = 0.2989 * image[:, :, 2]
    green = 0.587 * image[:, :, 1]
    blue = 0.114 * image[:, :, 0]
    return image.mean(axis=2)


@mistake("convolve2d", "two slips: the channels stand first; and the first channel is used for all")
def conv2_channels_first_and_first_channel_thrice(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        channels = [convolve2d_channel(image[:, :, 0], kernel) for c in range(image.shape[2])]
        return np.stack(channels)
    raise ValueError("an image has two or three axes")


@mistake(
    "edge_map",
    "two slips: the kernel of four neighbours, 4 in the middle; and the absolute response is shown",
)
def edge_four_neighbours_and_absolute(image):
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    grey = to_grey(image)
    response = convolve2d_channel(grey, kernel)
    return normalize_image(np.abs(response))
