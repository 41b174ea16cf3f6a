"""Neighbours of lecture 6: wrong answers, written without a look at the hints."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec06_convolution.answers import (
    convolve2d_channel,
    gaussian_kernel,
    normalize_image,
    to_grey,
)


@mistake("convolve1d", "w is not flipped: this is the cross-correlation")
def convolve1d_without_flip(v, w):
    v, w = np.asarray(v), np.asarray(w)
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] += v[i] * w[len(w) - 1 - j]
    return r


@mistake("convolve1d", "the result has one entry too few, so the last product has no place")
def convolve1d_too_short(v, w):
    r = np.zeros(len(v) + len(w) - 2)
    for i, a in enumerate(v):
        for j, b in enumerate(w):
            r[i + j] += a * b
    return r


@mistake("convolve1d", "each entry is overwritten, not added to")
def convolve1d_overwrites(v, w):
    m, n = len(v), len(w)
    r = np.zeros(m + n - 1)
    for k in range(m):
        r[k : k + n] = v[k] * np.array(w)
    return r


@mistake("convolve1d", "only the valid region is kept, not the full result")
def convolve1d_valid(v, w):
    if len(v) < len(w):
        v, w = w, v
    flipped = list(w)[::-1]
    size = len(v) - len(w) + 1
    out = np.zeros(size)
    for i in range(size):
        for k in range(len(w)):
            out[i] += v[i + k] * flipped[k]
    return out


@mistake("convolve1d", "two slips: a list is returned, and its entries are cut to integers")
def convolve1d_list_of_ints(v, w):
    r = [0] * (len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] += int(v[i] * w[j])
    return r


@mistake("convolve2d_channel", "the kernel is flipped up and down only")
def channel_flips_rows_only(image, kernel):
    k = kernel[::-1]
    h, w = k.shape
    H, W = image.shape
    out = np.zeros((H - h + 1, W - w + 1))
    for i in range(H - h + 1):
        for j in range(W - w + 1):
            out[i, j] = np.sum(image[i : i + h, j : j + w] * k)
    return out


@mistake("convolve2d_channel", "one row and one column are missing: the + 1 is forgotten")
def channel_without_plus_one(image, kernel):
    kernel = np.flipud(np.fliplr(kernel))
    h, w = kernel.shape
    rows, cols = image.shape[0] - h, image.shape[1] - w
    out = np.zeros((rows, cols))
    for i in range(rows):
        for j in range(cols):
            out[i, j] = (kernel * image[i : i + h, j : j + w]).sum()
    return out


@mistake("convolve2d_channel", "height and width of the kernel are swapped in the window")
def channel_swaps_h_and_w(image, kernel):
    flipped = kernel[::-1, ::-1]
    w, h = flipped.shape
    out = np.empty((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + h, j : j + w] * flipped)
    return out


@mistake("convolve2d_channel", "the output takes the image's dtype: fractions are cut off")
def channel_in_dtype_of_image(image, kernel):
    k = np.rot90(kernel, 2)
    out = np.zeros_like(image)[: image.shape[0] - k.shape[0] + 1, : image.shape[1] - k.shape[1] + 1]
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (image[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return out


@mistake(
    "convolve2d_channel",
    "two slips: the kernel is flipped left and right only, and the products are averaged",
)
def channel_half_flip_and_averaged(image, kernel):
    k = np.fliplr(kernel)
    h, w = k.shape
    out = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i in range(len(out)):
        for j in range(len(out[0])):
            out[i, j] = np.mean(image[i : i + h, j : j + w] * k)
    return out


@mistake("convolve2d", "the channels come first in the result")
def convolve2d_channels_first(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim == 3:
        return np.array([convolve2d_channel(image[..., c], kernel) for c in range(image.shape[-1])])
    raise ValueError("not an image")


@mistake("convolve2d", "the channels are added up, as a network would do")
def convolve2d_adds_channels(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    elif image.ndim == 3:
        total = 0
        for c in range(image.shape[2]):
            total = total + convolve2d_channel(image[:, :, c], kernel)
        return total
    else:
        raise ValueError("image must have 2 or 3 axes")


@mistake("convolve2d", "three channels are written into the function")
def convolve2d_three_channels(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    if image.ndim != 3:
        raise ValueError(f"{image.ndim} axes")
    red, green, blue = (convolve2d_channel(image[:, :, c], kernel) for c in range(3))
    return np.dstack([red, green, blue])


@mistake(
    "convolve2d",
    "two slips: nothing is returned for a colour picture, and a vector ends in an IndexError",
)
def convolve2d_returns_nothing(image, kernel):
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    out = []
    for c in range(image.shape[-1]):
        out.append(convolve2d_channel(image[..., c], kernel))


@mistake("convolve2d", "a vector raises AssertionError instead of ValueError")
def convolve2d_asserts(image, kernel):
    assert image.ndim in (2, 3), "an image has two or three axes"
    if image.ndim == 2:
        return convolve2d_channel(image, kernel)
    layers = [convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
    return np.stack(layers, axis=-1)


@mistake("convolve2d_same", "the border is repeated (edge) instead of filled with zeros")
def same_with_edge_padding(image, kernel):
    ph, pw = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((ph, ph), (pw, pw)), mode="edge")
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "height and width of the padding are swapped")
def same_padding_swapped(image, kernel):
    h, w = kernel.shape
    padded = np.zeros((image.shape[0] + w - 1, image.shape[1] + h - 1))
    padded[w // 2 : w // 2 + image.shape[0], h // 2 : h // 2 + image.shape[1]] = image
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "the kernel is not flipped")
def same_without_flip(image, kernel):
    ph, pw = (kernel.shape[0] - 1) // 2, (kernel.shape[1] - 1) // 2
    padded = np.pad(image, ((ph, ph), (pw, pw)), constant_values=0)
    out = np.zeros(image.shape)
    for i in range(image.shape[0]):
        for j in range(image.shape[1]):
            window = padded[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            out[i, j] = (window * kernel).sum()
    return out


@mistake(
    "convolve2d_same",
    "two slips: all zeros go to the top and left side, and two rows and columns serve any kernel",
)
def same_padding_top_left(image, kernel):
    padded = np.pad(image, ((2, 0), (2, 0)))
    return convolve2d_channel(padded, kernel)


@mistake("corr2d", "the kernel is flipped: this is the convolution")
def corr2d_flipped(x, k):
    return convolve2d_channel(x, k)


@mistake("corr2d", "the sums run over the image's window before multiplying: a product of sums")
def corr2d_product_of_sums(x, k):
    h, w = k.shape
    out = np.zeros((x.shape[0] - h + 1, x.shape[1] - w + 1))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i : i + h, j : j + w].sum() * k.sum()
    return out


@mistake("corr2d", "two slips: the result is as large as the image, and its border is left at zero")
def corr2d_same_size(x, k):
    h, w = k.shape
    out = np.zeros(x.shape)
    for i in range(x.shape[0] - h):
        for j in range(x.shape[1] - w):
            out[i, j] = np.sum(x[i : i + h, j : j + w] * k)
    return out


@mistake("corr2d", "the window is a matrix product with the kernel, which does not fit")
def corr2d_matrix_product(x, k):
    h, w = k.shape
    rows, cols = x.shape[0] - h + 1, x.shape[1] - w + 1
    return np.array(
        [[(x[i : i + h, j : j + w] @ k).sum() for j in range(cols)] for i in range(rows)]
    )


@mistake("output_size", "the padding is counted once, not on each side")
def size_padding_once(n, k, padding, stride):
    return (n + padding - k) // stride + 1


@mistake("output_size", "rounded up: a step that no longer fits is counted")
def size_rounded_up(n, k, padding, stride):
    return int(np.ceil((n + 2 * padding - k) / stride)) + 1


@mistake("output_size", "two slips: the 1 is added before dividing, and a float comes out")
def size_float_plus_one_inside(n, k, padding, stride):
    return (n + 2 * padding - k + 1) / stride


@mistake("to_grey", "the three channels are simply averaged")
def grey_by_mean(image):
    return image.mean(axis=2)


@mistake("to_grey", "the levels are rounded to uint8")
def grey_rounded(image):
    weights = np.array([0.2989, 0.5870, 0.1140])
    return (image * weights).sum(axis=-1).astype(np.uint8)


@mistake("to_grey", "two slips: red and blue are swapped, and the channel axis is kept")
def grey_bgr_kept_axis(image):
    weights = np.array([0.1140, 0.5870, 0.2989])
    return np.sum(image * weights, axis=2, keepdims=True)


@mistake("gaussian_kernel", "the points are not squared in the exponent")
def kernel_of_laplace(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * np.abs(g))
    p /= p.sum()
    return np.outer(p, p)


@mistake("gaussian_kernel", "the kernel is not divided by its sum")
def kernel_not_normalised(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2)
    return p[:, None] * p[None, :]


@mistake("gaussian_kernel", "arange leaves out the right end: the points are not symmetric")
def kernel_of_arange(size, extent, scale):
    g = -extent + 2 * extent / size * np.arange(size)
    p = np.exp(-scale * g**2)
    p = p / p.sum()
    return np.outer(p, p)


@mistake("gaussian_kernel", "p @ p is an inner product: a number instead of a matrix")
def kernel_is_a_number(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * g**2)
    p = p / p.sum()
    return p @ p.T


@mistake(
    "gaussian_kernel",
    "two slips: the scale divides as a variance 2·scale², and the sum is normalised to size",
)
def kernel_scale_as_sigma(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-(g**2) / (2 * scale**2))
    p = p / p.mean()
    kernel = np.outer(p, p)
    return kernel / size


@mistake("normalize_image", "the smallest and largest entry are used, not the quantiles")
def normalize_by_extremes(x):
    low, high = x.min(), x.max()
    if low == high:
        return np.zeros(x.shape, dtype=np.uint8)
    return (255 * (x - low) / (high - low)).astype(np.uint8)


@mistake("normalize_image", "the values are not clipped, so they wrap around in uint8")
def normalize_without_clip(x):
    low, high = np.quantile(x, [0.01, 0.99])
    if high == low:
        return np.zeros_like(x, dtype=np.uint8)
    return (255 * (x - low) / (high - low)).astype(np.int64).astype(np.uint8)


@mistake("normalize_image", "np.quantile is asked for 1 and 99: it wants shares, not per cents")
def normalize_quantile_of_per_cents(x):
    low, high = np.quantile(x, 1), np.quantile(x, 99)
    clipped = np.clip(x, low, high)
    return np.uint8(255 * (clipped - low) / (high - low))


@mistake(
    "normalize_image",
    "two slips: the result stays float, and a constant picture divides zero by zero",
)
def normalize_float_and_nan(x):
    low, high = np.percentile(x, 1), np.percentile(x, 99)
    y = np.clip(x, low, high)
    return 255.0 * (y - low) / (high - low)


@mistake(
    "normalize_image", "two slips: the 5 % and 95 % quantiles, and levels from 0 to 1 in uint8"
)
def normalize_to_unit_interval(x):
    low, high = np.quantile(x, 0.05), np.quantile(x, 0.95)
    if low == high:
        return np.zeros(x.shape, np.uint8)
    return np.uint8((np.clip(x, low, high) - low) / (high - low))


@mistake("edge_map", "the kernel's middle is 9, so flat regions keep their level")
def edges_sharpened(image):
    kernel = -np.ones((3, 3))
    kernel[1, 1] = 9
    return normalize_image(convolve2d_channel(to_grey(image), kernel))


@mistake("edge_map", "the sign of the kernel is turned: bright and dark are exchanged")
def edges_negative(image):
    kernel = np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])
    grey = to_grey(image)
    return normalize_image(convolve2d_channel(grey, kernel))


@mistake(
    "edge_map",
    "grey levels are never taken: the colour picture goes into the convolution of one channel",
)
def edges_of_three_channels(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    return normalize_image(convolve2d_channel(image, kernel))


@mistake(
    "edge_map",
    "two slips: the picture is blurred first, and the responses are taken absolutely",
)
def edges_blurred_absolute(image):
    grey = convolve2d_channel(np.pad(to_grey(image), 1), gaussian_kernel(3, 1, 0.5))
    kernel = np.full((3, 3), -1.0)
    kernel[1, 1] = 8.0
    return normalize_image(np.abs(convolve2d_channel(grey, kernel)))


@mistake("convolve1d", "two slips: no flip, and only the first len(v) entries are returned")
def convolve1d_unflipped_same(v, w):
    v, w = np.array(v, dtype=float), np.array(w, dtype=float)[::-1]
    full = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        full[i : i + len(w)] += v[i] * w
    return full[: len(v)]


@mistake("convolve2d_channel", "two slips: no flip, and the last row and column are left out")
def channel_unflipped_too_small(image, kernel):
    h, w = kernel.shape
    out = np.zeros((image.shape[0] - h, image.shape[1] - w))
    for i in range(image.shape[0] - h):
        for j in range(image.shape[1] - w):
            out[i, j] = (image[i : i + h, j : j + w] * kernel).sum()
    return out


@mistake("output_size", "two slips: the padding is counted once, and the 1 is missing")
def size_padding_once_without_one(n, k, padding, stride):
    return (n - k + padding) // stride


@mistake("convolve2d_same", "two slips: no flip, and the border is reflected instead of zero")
def same_reflected_unflipped(image, kernel):
    ph, pw = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, [(ph, ph), (pw, pw)], mode="reflect")
    return convolve2d_channel(padded, kernel[::-1, ::-1])


@mistake("gaussian_kernel", "two slips: the square is missing, and so is the normalisation")
def kernel_laplace_not_normalised(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * abs(g))
    return np.outer(p, p)
