"""Figures that lecture 6 and Dive into Deep Learning 7.2 print."""

import numpy as np

from grader.proofs import Computed, figure
from reference import convolution, images
from solutions.lec06_convolution import answers


@figure("L6: (3 − 2x + x²)(−5 + 4x)", [-15, 22, -13, 4], within=0)
def product_of_polynomials() -> Computed:
    """The product that opens the lecture."""
    v, w = [3, -2, 1], [-5, 4]
    yield "reference", convolution.convolve1d(np.array(v), np.array(w))
    yield "answers", answers.convolve1d(v, w)


@figure(
    "L6: gaussian_kernel(9, 3, 0.2), rows 0 and 4",
    [
        [0.001, 0.002, 0.004, 0.006, 0.006, 0.006, 0.004, 0.002, 0.001],
        [0.006, 0.014, 0.024, 0.034, 0.038, 0.034, 0.024, 0.014, 0.006],
    ],
    within=5e-4,
)
def gaussian_rows() -> Computed:
    """The kernel that blurs the photograph."""
    yield "reference", images.gaussian_kernel(9, 3, 0.2)[[0, 4]]
    yield "answers", answers.gaussian_kernel(9, 3, 0.2)[[0, 4]]


@figure(
    "L6: the grid on the slides, same size",
    [
        [2.9, 6.2, 8.3, 7.5],
        [8.8, 15.7, 16.3, 12.9],
        [11, 15.5, 10.4, 6.8],
        [2.5, -1.4, -13.4, -11.3],
    ],
    within=1e-9,
)
def slide_grid() -> Computed:
    """A (4, 4) image under a (3, 3) kernel, among zeros."""
    V = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, -1, -2, -3], [-4, -5, -6, -7]])
    K = np.arange(1, 10).reshape(3, 3) / 10
    yield "reference", convolution.convolve2d_same(V, K)
    yield "answers", answers.convolve2d_same(V, K)


@figure("D 7.2: corr2d of 0…8 with 0…3", [[19, 25], [37, 43]], within=0)
def cross_correlation() -> Computed:
    """The first cross-correlation of the book."""
    V, K = np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2)
    yield "reference", convolution.corr2d(V, K)
    yield "answers", answers.corr2d(V, K)
