"""Figures that the notes of lecture 5 print, and the gradients of its reference."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import activations, affine, backprop, scalar_net, softmax, squared_error
from solutions.lec05_backprop import answers

Rng = np.random.Generator
Gradients = Iterator[Gradient]


@figure("M 1.5: gradients of z = (x + y) w at 2, 3, 4", [4, 4, 5], within=0)
def graph_at_2_3_4() -> Computed:
    """The computational graph of the notes."""
    yield "reference", backprop.graph(np.array(2.0), np.array(3.0), np.array(4.0))
    yield "answers", answers.graph_grads(*(torch.tensor(v) for v in (2.0, 3.0, 4.0)))
    x, y, w = (answers.Value(v) for v in (2.0, 3.0, 4.0))
    ((x + y) * w).backward()
    yield "answers, Value", [x.grad, y.grad, w.grad]


@gradient
def affine_layer(rng: Rng) -> Gradients:
    """Z = A W + b."""
    for n, m, p in [(5, 4, 3), (1, 2, 6)]:
        A, W, b = rng.normal(size=(n, m)), rng.normal(size=(m, p)), rng.normal(size=p)
        dZ = rng.normal(size=(n, p))
        yield Gradient(lambda a, w, b: a @ w + b, (A, W, b), dZ, affine.backward(dZ, A, W))


@gradient
def elementwise(rng: Rng) -> Gradients:
    """The sigmoid and the ReLU."""
    z, da = rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    slope = activations.sigmoid_backward(da, activations.sigmoid(z))
    yield Gradient(torch.sigmoid, (z,), da, (slope,))
    yield Gradient(torch.relu, (z,), da, (activations.relu_backward(da, z),))


@gradient
def losses(rng: Rng) -> Gradients:
    """The mean squared error and the softmax cross-entropy, under a random cotangent."""
    yhat, y, c = rng.normal(size=(5, 2)), rng.normal(size=(5, 2)), rng.normal()
    claimed = c * squared_error.backward(yhat, y)
    yield Gradient(lambda t: ((torch.tensor(y) - t) ** 2).mean(), (yhat,), c, (claimed,))
    U, labels = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    yield Gradient(
        lambda u: torch.nn.functional.cross_entropy(u, torch.tensor(labels)),
        (U,),
        c,
        (c * softmax.cross_entropy_grad(U, labels),),
    )


@gradient
def graph(rng: Rng) -> Gradients:
    """z = (x + y) w, entry by entry."""
    x, y, w = (rng.normal(size=7) for _ in range(3))
    yield Gradient(lambda x, y, w: (x + y) * w, (x, y, w), np.ones(7), backprop.graph(x, y, w))


@gradient
def two_layer(rng: Rng) -> Gradients:
    """The network with one sigmoid hidden layer."""
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 1))
    net = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(4, 1)), rng.normal(size=1)

    def forward(
        w1: torch.Tensor, b1: torch.Tensor, w2: torch.Tensor, b2: torch.Tensor
    ) -> torch.Tensor:
        yhat = torch.sigmoid(torch.tensor(x) @ w1 + b1) @ w2 + b2
        return ((torch.tensor(y) - yhat) ** 2).mean()

    yield Gradient(forward, net, 1.0, backprop.two_layer(x, y, *net))


@gradient
def mlp(rng: Rng) -> Gradients:
    """The ReLU network with weight decay."""
    x, labels, lam = rng.normal(size=(7, 4)), rng.integers(3, size=7), 0.6
    net = rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3)), rng.normal(size=3)

    def forward(
        w1: torch.Tensor, b1: torch.Tensor, w2: torch.Tensor, b2: torch.Tensor
    ) -> torch.Tensor:
        u = torch.relu(torch.tensor(x) @ w1 + b1) @ w2 + b2
        loss = torch.nn.functional.cross_entropy(u, torch.tensor(labels))
        return loss + lam / 2 * ((w1**2).sum() + (w2**2).sum())

    _, dW, db = backprop.mlp(x, labels, [net[0], net[2]], [net[1], net[3]], lam)
    yield Gradient(forward, net, 1.0, (dW[0], db[0], dW[1], db[1]))


@gradient
def net_of_scalars(rng: Rng) -> Gradients:
    """The net that `Value` trains: one hidden layer of tanh, logistic loss."""
    h, x, y = 4, rng.normal(size=(7, 2)), rng.choice([-1.0, 1.0], size=7)
    theta = rng.normal(size=4 * h + 1)

    def forward(theta: torch.Tensor) -> torch.Tensor:
        W, b, v = theta[: 2 * h].reshape(2, h), theta[2 * h : 3 * h], theta[3 * h : 4 * h]
        scores = torch.tanh(torch.tensor(x) @ W + b) @ v + theta[-1]
        return torch.nn.functional.softplus(-torch.tensor(y) * scores).mean()

    yield Gradient(forward, (theta,), 1.0, (scalar_net.gradient(theta, x, y, h),))
