"""Wrong answers of lecture 6 that we know, each with the hint it earns."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec06_convolution import answers
from solutions.lec06_convolution.answers import convolve2d_channel


@mistake("convolve1d", "The indices of the factors add up to i: that runs through w backwards.")
def convolve1d_correlates(v, w):
    return answers.convolve1d(v, list(w)[::-1])


@mistake("convolve1d", "The degrees add up: the result has m + n − 1 entries, ends included.")
def convolve1d_valid_only(v, w):
    r = answers.convolve1d(v, w)
    short, long = sorted([len(v), len(w)])
    return r[short - 1 : long]


@mistake("convolve1d", "m + n entries are one too many: the highest index is (m − 1) + (n − 1).")
def convolve1d_one_too_long(v, w):
    return np.append(answers.convolve1d(v, w), 0.0)


@mistake("convolve1d", "Several products share a power of x: add them up instead of overwriting.")
def convolve1d_overwrites(v, w):
    r = np.zeros(len(v) + len(w) - 1)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] = v[i] * w[j]
    return r


@mistake("convolve1d", "The result wraps around: pad before you use a circular convolution.")
def convolve1d_wraps_around(v, w):
    n = max(len(v), len(w))
    return np.fft.irfft(np.fft.rfft(v, n) * np.fft.rfft(w, n), n)


@mistake("convolve1d", "Integers are cut off on the way: the result needs room for fractions.")
def convolve1d_in_the_dtype_of_v(v, w):
    r = np.zeros(len(v) + len(w) - 1, dtype=np.asarray(v).dtype)
    for i in range(len(v)):
        for j in range(len(w)):
            r[i + j] += np.asarray(v[i] * w[j]).astype(r.dtype)
    return r


@mistake("convolve2d_channel", "A convolution flips the kernel; this is a cross-correlation.")
def channel_not_flipped(image, kernel):
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("convolve2d_channel", "Flip the kernel along both axes: it is turned by half a turn.")
def channel_flipped_on_one_axis(image, kernel):
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


@mistake("convolve2d_channel", "Flip along both axes; np.fliplr turns only left and right.")
def channel_flipped_left_right(image, kernel):
    kernel = np.fliplr(kernel)
    ker_h, ker_w = kernel.shape
    out_h = image.shape[0] - ker_h + 1
    out_w = image.shape[1] - ker_w + 1
    output = np.empty((out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            window = image[i : i + ker_h, j : j + ker_w]
            output[i, j] = (kernel * window).sum()
    return output


@mistake("convolve2d_channel", "A kernel as large as the image fits once: H − h + 1 places.")
def channel_one_too_small(image, kernel):
    return answers.convolve2d_channel(image, kernel)[:-1, :-1]


@mistake("convolve2d_channel", "Only the valid region is asked: no zeros around the image.")
def channel_full_region(image, kernel):
    h, w = kernel.shape
    return answers.convolve2d_channel(np.pad(image, ((h - 1, h - 1), (w - 1, w - 1))), kernel)


@mistake("convolve2d_channel", "Add up the products; dividing by their number makes it a mean.")
def channel_averages(image, kernel):
    return answers.convolve2d_channel(image, kernel) / kernel.size


@mistake("convolve2d_channel", "First multiply entry by entry, then add up: not sum times sum.")
def channel_multiplies_sums(image, kernel):
    return answers.convolve2d_channel(image, np.ones(kernel.shape)) * kernel.sum()


@mistake("convolve2d_channel", "An array like an integer image cuts the fractions off.")
def channel_in_the_dtype_of_the_image(image, kernel):
    return answers.convolve2d_channel(image, kernel).astype(image.dtype)


@mistake("convolve2d_channel", "The kernel is flipped in place; np.flip gives you a flipped one.")
def channel_flips_in_place(image, kernel):
    kernel[:] = np.flip(kernel, axis=(0, 1)).copy()
    return answers.corr2d(image, kernel)


@mistake("convolve2d", "The channels are computed and then lost: return them.")
def picture_not_returned(image, kernel):
    if image.ndim == 2:
        return answers.convolve2d_channel(image, kernel)
    if image.ndim == 3:
        [answers.convolve2d_channel(image[:, :, c], kernel) for c in range(image.shape[2])]
        return None
    raise ValueError("invalid image shape")


@mistake("convolve2d", "The channels stay apart: each one is convolved by itself, none is added.")
def picture_adds_channels(image, kernel):
    r = answers.convolve2d(image, kernel)
    return r.sum(axis=2) if r.ndim == 3 else r


@mistake("convolve2d", "Channels stay on the last axis: look at where you stack them.")
def picture_channels_first(image, kernel):
    r = answers.convolve2d(image, kernel)
    return np.moveaxis(r, 2, 0) if r.ndim == 3 else r


@mistake("convolve2d", "A picture may have any number of channels, not only three.")
def picture_three_channels(image, kernel):
    r = answers.convolve2d(image, kernel)
    return r[:, :, :3] if r.ndim == 3 else r


@mistake("convolve2d", "An image of one channel, (H, W, 1), keeps its last axis.")
def picture_squeezes(image, kernel):
    return answers.convolve2d(image, kernel).squeeze()


@mistake("convolve2d", "A convolution flips the kernel, for each channel alike.")
def picture_not_flipped(image, kernel):
    return answers.convolve2d(image, np.flip(kernel, axis=(0, 1)))


@mistake("convolve2d", "An image with any other number of axes should raise ValueError.")
def picture_of_any_shape(image, kernel):
    if image.ndim in (2, 3):
        return answers.convolve2d(image, kernel)
    return None


@mistake("convolve2d_same", "A convolution flips the kernel, also at this size.")
def same_not_flipped(image, kernel):
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)))
    return convolve2d_channel(padded, np.flip(kernel))


@mistake("convolve2d_same", "The image is surrounded by zeros, not by copies of its border.")
def same_repeats_the_border(image, kernel):
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)), mode="edge")
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "Beyond the border there are zeros; the image is not mirrored there.")
def same_mirrors_the_image(image, kernel):
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)), mode="reflect")
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "Beyond the border there are zeros; the image does not start again.")
def same_wraps_around(image, kernel):
    pad_h, pad_w = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(image, ((pad_h, pad_h), (pad_w, pad_w)), mode="wrap")
    return convolve2d_channel(padded, kernel)


@mistake("convolve2d_same", "How many zeros you need depends on the kernel's size.")
def same_pads_by_one(image, kernel):
    return answers.convolve2d_channel(np.pad(image, 1), kernel)


@mistake("convolve2d_same", "The kernel's height decides the rows to add, its width the columns.")
def same_swaps_the_axes(image, kernel):
    h, w = kernel.shape[0] // 2, kernel.shape[1] // 2
    return answers.convolve2d_channel(np.pad(image, ((w, w), (h, h))), kernel)


@mistake("convolve2d_same", "The zeros are needed on both sides, as many on one as on the other.")
def same_pads_on_one_side(image, kernel):
    h, w = kernel.shape
    return answers.convolve2d_channel(np.pad(image, ((h - 1, 0), (w - 1, 0))), kernel)


@mistake("corr2d", "A cross-correlation leaves the kernel as it is: this one is flipped.")
def corr2d_flips(x, k):
    return answers.convolve2d_channel(x, k)


@mistake("corr2d", "The kernel is transposed on the way.")
def corr2d_transposes(x, k):
    return answers.corr2d(x, k.T)


@mistake("corr2d", "A kernel as large as the image fits once: H − h + 1 places.")
def corr2d_one_too_small(x, k):
    return answers.corr2d(x, k)[:-1, :-1]


@mistake("corr2d", "An array like an integer image cuts the fractions off.")
def corr2d_in_the_dtype_of_x(x, k):
    return answers.corr2d(x, k).astype(x.dtype)


@mistake("corr2d", "First multiply entry by entry, then add up: not sum times sum.")
def corr2d_multiplies_sums(x, k):
    return answers.convolve2d_channel(x, np.ones(k.shape)) * k.sum()


@mistake("corr2d", "Add up the products of all the entries; these are the largest ones.")
def corr2d_takes_the_maximum(x, k):
    rows, columns = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
    r = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            r[i, j] = (k * x[i : i + k.shape[0], j : j + k.shape[1]]).max()
    return r


@mistake("output_size", "The padding is on each side: it counts twice.")
def size_pads_one_side(n, k, padding, stride):
    return (n + padding - k) // stride + 1


@mistake("output_size", "The first place counts as well: steps plus one.")
def size_counts_steps(n, k, padding, stride):
    return (n + 2 * padding - k) // stride


@mistake("output_size", "A step that does not fit any more is dropped: round down.")
def size_rounds_up(n, k, padding, stride):
    return -((n + 2 * padding - k) // -stride) + 1


@mistake("output_size", "Divide the way that is left by the stride, then add the first place.")
def size_adds_before_dividing(n, k, padding, stride):
    return (n + 2 * padding - k + 1) // stride


@mistake("output_size", "The stride is missing.")
def size_without_stride(n, k, padding, stride):
    return n + 2 * padding - k + 1


@mistake("to_grey", "The colours do not weigh the same.")
def grey_plain_mean(image):
    return image.mean(axis=2)


@mistake("to_grey", "Channel 0 is red and channel 2 is blue.")
def grey_blue_first(image):
    return answers.to_grey(image[:, :, ::-1])


@mistake("to_grey", "Blue weighs 0.1140, not what the comment in the lecture's notebook prints.")
def grey_as_in_the_comment(image):
    return 0.2989 * image[:, :, 0] + 0.5870 * image[:, :, 1] + 0.1130 * image[:, :, 2]


@mistake("to_grey", "The colours are on the last axis.")
def grey_first_axis(image):
    if len(image) == 3:
        return answers.to_grey(np.moveaxis(image, 0, 2))
    return answers.to_grey(image).T


@mistake("to_grey", "The levels are not rounded: keep the fractions.")
def grey_whole_numbers(image):
    return np.floor(answers.to_grey(image))


@mistake("to_grey", "The levels run to 255; do not scale them to 1.")
def grey_scaled_to_one(image):
    return answers.to_grey(image) / 255


@mistake("gaussian_kernel", "The weights should add up to 1.")
def gaussian_not_normalised(size, extent, scale):
    p = np.exp(-scale * np.linspace(-extent, extent, size) ** 2)
    return np.outer(p, p)


@mistake("gaussian_kernel", "Normalise p before the outer product, or divide by its sum twice.")
def gaussian_normalised_once(size, extent, scale):
    p = np.exp(-scale * np.linspace(-extent, extent, size) ** 2)
    return np.outer(p, p) / p.sum()


@mistake("gaussian_kernel", "The weights add up to 1; here the largest of them is 1.")
def gaussian_peak_of_one(size, extent, scale):
    kernel = answers.gaussian_kernel(size, extent, scale)
    return kernel / kernel.max()


@mistake("gaussian_kernel", "scale is a factor in the exponent, not a variance.")
def gaussian_scale_as_variance(size, extent, scale):
    p = np.exp(-(np.linspace(-extent, extent, size) ** 2) / (2 * scale if scale else 1))
    return np.outer(p, p) / p.sum() ** 2


@mistake("gaussian_kernel", "The distance enters squared.")
def gaussian_of_the_distance(size, extent, scale):
    g = np.linspace(-extent, extent, size)
    p = np.exp(-scale * np.abs(g))
    kernel = np.outer(p, p)
    return kernel / kernel.sum()


@mistake("gaussian_kernel", "The points run evenly from −extent to extent, both included.")
def gaussian_endpoint_left_out(size, extent, scale):
    p = np.exp(-scale * np.linspace(-extent, extent, size, endpoint=False) ** 2)
    return np.outer(p, p) / p.sum() ** 2


@mistake("normalize_image", "Clip to the quantiles first: a few extreme entries spoil the rest.")
def levels_without_clipping(x):
    if x.min() == x.max():
        return np.zeros(x.shape, dtype=np.uint8)
    return np.uint8(255.0 * (x - x.min()) / (x.max() - x.min()))


@mistake("normalize_image", "After clipping, the extremes are the quantiles, not those of x.")
def levels_of_the_old_extremes(x):
    if x.min() == x.max():
        return np.zeros(x.shape, dtype=np.uint8)
    clipped = np.clip(x, np.quantile(x, 0.01), np.quantile(x, 0.99))
    return np.uint8(255.0 * (clipped - x.min()) / (x.max() - x.min()))


@mistake("normalize_image", "Values beyond the quantiles wrap around: clip them first.")
def levels_wrap_around(x):
    low, high = np.quantile(x, 0.01), np.quantile(x, 0.99)
    if low == high:
        return np.zeros(x.shape, dtype=np.uint8)
    return (255.0 * (x - low) / (high - low)).astype(np.int64).astype(np.uint8)


@mistake("normalize_image", "Cut at 1 % and at 99 %.")
def levels_five_percent(x):
    low, high = np.quantile(x, 0.05), np.quantile(x, 0.95)
    if low == high:
        return np.zeros(x.shape, dtype=np.uint8)
    return np.uint8(255.0 * (np.clip(x, low, high) - low) / (high - low))


@mistake("normalize_image", "The levels run to 255: multiply before you convert to uint8.")
def levels_of_zero_and_one(x):
    return np.uint8(answers.normalize_image(x) / 255)


@mistake("normalize_image", "Equal entries: 0/0 is no level. Treat that case by itself.")
def levels_of_a_constant(x):
    low, high = np.quantile(x, 0.01), np.quantile(x, 0.99)
    return np.uint8(255.0 * (np.clip(x, low, high) - low + 1e-12) / (high - low + 1e-12))


@mistake("edge_map", "The valid region is asked: two rows and two columns fewer, no zeros around.")
def edges_same_size(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    return answers.normalize_image(answers.convolve2d_same(answers.to_grey(image), kernel))


@mistake("edge_map", "Stretch the contrast of the response; clipping to 0…255 loses half of it.")
def edges_clipped_to_levels(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    r = answers.convolve2d_channel(answers.to_grey(image), kernel)
    return np.uint8(np.clip(r, 0, 255))


@mistake("edge_map", "Check the signs of the kernel: 8 in the middle, −1 around it.")
def edges_negative(image):
    kernel = np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])
    return answers.normalize_image(answers.convolve2d_channel(answers.to_grey(image), kernel))


@mistake("edge_map", "Grey levels keep their fractions until the very end.")
def edges_of_whole_greys(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    grey = np.floor(answers.to_grey(image))
    return answers.normalize_image(answers.convolve2d_channel(grey, kernel))


@mistake("edge_map", "Grey is not the plain mean of the colours: use to_grey.")
def edges_of_the_mean(image):
    kernel = np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
    return answers.normalize_image(answers.convolve2d_channel(image.mean(axis=2), kernel))


@mistake("edge_map", "The kernel compares with all eight neighbours, the diagonal ones as well.")
def edges_four_neighbours(image):
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    return answers.normalize_image(answers.convolve2d_channel(answers.to_grey(image), kernel))
