"""Figures of lecture 7's homework and of D 7, and the gradients of the layers' reference."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import cnn, conv2d, pooling
from solutions.lec07_cnn import answers

Rng = np.random.Generator
Gradients = Iterator[Gradient]


def shapes_of(*arrays: np.ndarray | torch.Tensor) -> list[int]:
    """All sizes of all arrays, one after another."""
    return [size for array in arrays for size in array.shape]


@figure(
    "L7: shapes through the homework's net",
    [6, 1, 28, 28, 6, 20, 12, 12, 6, 20, 6, 6, 6, 10],
    within=0,
)
def shapes_through_convnet() -> Computed:
    """The net on six images."""
    rng = np.random.default_rng(7)
    x = rng.uniform(size=(6, 1, 28, 28))
    weights = {name: rng.normal(size=shape) for name, shape in cnn.CONVNET_SHAPES.items()}
    yield "reference", shapes_of(x, *cnn.convnet(weights, x))
    net, images = answers.ConvNet(), torch.rand(6, 1, 28, 28)
    convolved = net.conv1(images)
    yield "answers", shapes_of(images, convolved, net.pool1(convolved), net(images))


@figure("D 7.6: LeNet's parameters", 61706, within=0)
def parameters_of_lenet() -> Computed:
    """Weights and biases of all five layers."""
    yield "reference", sum(int(np.prod(shape)) for shape in cnn.LENET_SHAPES)
    yield "answers", sum(p.numel() for p in answers.LeNet().parameters())


@figure("D 7.2: cross-correlation of 0…8 with 0…3", [19, 25, 37, 43], within=0)
def correlation_of_the_first_numbers() -> Computed:
    """The layer with one channel, one kernel and no bias."""
    x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.arange(4.0).reshape(1, 1, 2, 2)
    yield "reference", conv2d.forward(x, w, np.zeros(1)).ravel()
    tensors = torch.tensor(x), torch.tensor(w), torch.zeros(1, dtype=torch.float64)
    yield "answers", answers.conv2d_forward(*tensors).flatten()
    yield "answers, fast", answers.conv2d_fast(*tensors).flatten()


@gradient
def convolution(rng: Rng) -> Gradients:
    """PyTorch's convolution, with overlap, gaps, padding and pixels that no window sees."""
    for shape, (F, KH, KW), stride, padding in [
        ((2, 3, 6, 5), (4, 3, 2), 1, 0),
        ((3, 2, 7, 6), (5, 2, 3), 2, 1),
        ((2, 4, 8, 9), (3, 3, 4), 3, 2),
        ((2, 3, 5, 4), (4, 1, 1), 3, 0),
    ]:
        x, w, b = rng.normal(size=shape), rng.normal(size=(F, shape[1], KH, KW)), rng.normal(size=F)
        dout = rng.normal(size=conv2d.forward(x, w, b, stride, padding).shape)

        def forward(
            x: torch.Tensor,
            w: torch.Tensor,
            b: torch.Tensor,
            stride: int = stride,
            padding: int = padding,
        ) -> torch.Tensor:
            return torch.nn.functional.conv2d(x, w, b, stride, padding)

        claimed = conv2d.backward(dout, x, w, stride, padding)
        yield Gradient(forward, (x, w, b), dout, claimed)


@gradient
def max_pooling(rng: Rng) -> Gradients:
    """PyTorch's max-pooling, with overlap, gaps, rests and ties."""
    for size, stride in [(2, 2), (3, 2), (3, 1), (2, 3)]:
        for x in [rng.normal(size=(2, 3, 7, 9)), rng.integers(3, size=(2, 3, 7, 9)) - 1.0]:
            dout = rng.normal(size=pooling.max_forward(x, size, stride).shape)

            def forward(x: torch.Tensor, size: int = size, stride: int = stride) -> torch.Tensor:
                return torch.nn.functional.max_pool2d(x, size, stride)

            yield Gradient(forward, (x,), dout, (pooling.max_backward(dout, x, size, stride),))
