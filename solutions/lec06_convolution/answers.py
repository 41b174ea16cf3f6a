"""Model answers of lecture 6: convolution, on numbers and on pictures."""

import numpy as np


def convolve1d(v, w):
    # hint: Look at the array that is filled: its length, its first values, and its dtype.
    r = np.zeros(len(v) + len(w) - 1)
    # hint: Look at which pairs of entries of v and w are multiplied: each with each.
    for i in range(len(v)):
        for j in range(len(w)):
            # hint: Look at where each product goes, and what happens to what is there already.
            r[i + j] += v[i] * w[j]
    return r


def convolve2d_channel(image, kernel):
    # hint: Look at what is done to the kernel before it is laid over the image.
    kernel = np.flip(kernel)
    ker_h, ker_w = kernel.shape
    # hint: Look at how many rows the result has.
    out_h = image.shape[0] - ker_h + 1
    # hint: Look at how many columns the result has.
    out_w = image.shape[1] - ker_w + 1
    # hint: Look at the array that is filled: its shape and its dtype.
    output = np.empty((out_h, out_w))
    # hint: Look at the loops: is every place of the result visited, each once?
    for i in range(out_h):
        for j in range(out_w):
            # hint: Look at the window of the image: where does it begin, where does it end?
            window = image[i : i + ker_h, j : j + ker_w]
            # hint: Look at what is done with a window and the kernel, entry by entry, and after.
            output[i, j] = (kernel * window).sum()
    return output


def convolve2d(image, kernel):
    # hint: Look at what is done with a grey image, of two axes.
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    # hint: Look at how a picture of three axes is told from all others.
    if image.ndim == 3:
        # hint: Look at which channels are convolved, and on which axis they lie.
        channels = [convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
        return np.stack(channels, axis=2)  # hint: Look at how the channels are put together.
    # hint: Look at what happens to an image of neither two nor three axes.
    raise ValueError("an image has two or three axes")


def convolve2d_same(image, kernel):
    # hint: Look at how many rows and columns are added on each side, for a kernel of (h, w).
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    # hint: Look at how many rows and columns are added on each side, for a kernel of (h, w).
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)))
    # hint: Look at what is convolved, and with which kernel.
    return convolve2d_channel(padded, kernel)


def corr2d(x, k):
    # hint: Look at the kernel: in which direction does it lie when it meets the image?
    return convolve2d_channel(x, np.flip(k))


def output_size(n, k, padding, stride):
    # hint: How far can the kernel move, and how many strides fit there? The first place counts too.
    return (n + 2 * padding - k) // stride + 1


def to_grey(image):
    # hint: Look at the red channel: its number on the last axis, its weight, its sign.
    red = 0.2989 * image[:, :, 0]
    # hint: Look at the green channel: its number on the last axis, its weight, its sign.
    green = 0.5870 * image[:, :, 1]
    # hint: Look at the blue channel: its number on the last axis, its weight, its sign.
    blue = 0.1140 * image[:, :, 2]
    return red + green + blue  # hint: Look at how the three weighted channels are put together.


def gaussian_kernel(size, extent, scale):
    # hint: Look at the points g: where do they begin and end, and how many are there?
    g = np.linspace(-extent, extent, size)
    # hint: Look at the exponent: its sign, its factor, and the power of g.
    p = np.exp(-scale * g**2)
    # hint: Look at how the square kernel is made of p.
    kernel = np.outer(p, p)
    return kernel / kernel.sum()  # hint: Look at what the weights are divided by.


def normalize_image(x):
    # hint: Look at the two quantiles: of what are they taken, and at which shares?
    xmin, xmax = np.quantile(x, 0.01), np.quantile(x, 0.99)
    # hint: Look at a picture whose entries are all equal: how is it told, and what comes out?
    if xmin == xmax:
        return np.zeros(x.shape, dtype=np.uint8)
    # hint: Look at the clipping: what is clipped, and to which two values?
    clipped = x.clip(xmin, xmax)
    # hint: Look at the map to 0…255: what is subtracted, divided by, multiplied, and in what order?
    return np.uint8(255.0 * (clipped - xmin) / (xmax - xmin))


def edge_map(image):
    # hint: Compare the kernel with the prompt's, entry by entry.
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    # hint: Look at the first step, from colours to grey levels.
    grey = to_grey(image)
    # hint: Look at the second step: the grey levels and the kernel, in the valid region.
    response = convolve2d_channel(grey, kernel)
    return normalize_image(response)  # hint: Look at the last step, from the response to levels.
