"""Short cuts to what this assignment forbids: each must be refused."""

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import equivalent


@equivalent("convolve1d")
def by_correlation(v, w):
    return np.correlate(v, np.asarray(w)[::-1], mode="full")


@equivalent("convolve1d")
def by_polynomials(v, w):
    return np.polymul(v, w)


@equivalent("convolve2d_channel")
def by_layer(image, kernel):
    x, k = torch.as_tensor(image, dtype=torch.float64), torch.as_tensor(kernel.copy())
    return F.conv2d(x[None, None], k.flip(0, 1)[None, None])[0, 0].numpy()
