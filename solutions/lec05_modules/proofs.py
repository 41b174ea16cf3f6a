"""Figures that lecture 5 prints of gradient descent, and the gradients of its layers."""

import math
from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import gradient_descent, modules
from solutions.lec05_modules import answers

Rng = np.random.Generator
Gradients = Iterator[Gradient]

LOSSES = [6.666600, 0.889494, 0.204900, 0.114065, 0.099395]
LOSSES += [0.096331, 0.095534, 0.095298, 0.095224, 0.095200]
ESTIMATE = [1.8304, 0.4262, -1.1998, 0.3770, -1.0890]


def lecture_data() -> tuple[torch.Tensor, torch.Tensor]:
    """X (100, 5) and y (100,) as the lecture draws them: seed 123456, noise √0.1."""
    torch.manual_seed(123456)
    beta = torch.randn(5)
    x = torch.randn(100, 5)
    return x, torch.matmul(x, beta) + torch.randn(100) * math.sqrt(0.1)


@figure("L5: loss of gradient descent at 0, 50, …, 450", LOSSES, within=2e-6)
def losses_of_gradient_descent() -> Computed:
    """500 steps with learning rate 0.01, on the lecture's data."""
    x, y = lecture_data()
    _, losses = gradient_descent.fit(x.double().numpy(), y.double().numpy(), 0.01, 500)
    yield "reference", losses[::50]
    _, losses = answers.fit_gd(x, y, 0.01, 500)
    yield "answers", losses[::50]


@figure("L5: the estimate after 500 steps", ESTIMATE, within=5.1e-5)
def estimate_of_gradient_descent() -> Computed:
    """Where those 500 steps end."""
    x, y = lecture_data()
    bhat, _ = gradient_descent.fit(x.double().numpy(), y.double().numpy(), 0.01, 500)
    yield "reference", bhat
    yield "answers", answers.fit_gd(x, y, 0.01, 500)[0]


@figure("L5: the same losses from the model as a module and an optimizer", LOSSES, within=2e-6)
def losses_of_the_module() -> Computed:
    """The lecture's second program; its intercept is held at zero, as that model has none."""
    x, y = lecture_data()
    _, losses = gradient_descent.fit(x.double().numpy(), y.double().numpy(), 0.01, 500)
    yield "reference", losses[::50]
    model = answers.LinearModel(5)
    model.b0.requires_grad_(False)
    losses = []
    for _ in range(500):
        loss = torch.mean(torch.square(y - model(x)))
        losses.append(loss.item())
        loss.backward()
        answers.sgd_update([model.bhat], 0.01, 1)
    yield "answers", losses[::50]


@gradient
def mean_squared_error(rng: Rng) -> Gradients:
    """The loss that gradient descent steps down."""
    x, y, bhat, c = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3), rng.normal()
    X, Y = torch.tensor(x), torch.tensor(y)
    claimed = c * gradient_descent.gradient(bhat, x, y)
    yield Gradient(lambda b: ((Y - X @ b) ** 2).mean(), (bhat,), c, (claimed,))


@gradient
def linear_model(rng: Rng) -> Gradients:
    """ŷ = x β̂ + b₀."""
    x, dy = rng.normal(size=(6, 4)), rng.normal(size=6)
    X, at = torch.tensor(x), (rng.normal(size=4), rng.normal(size=1))
    yield Gradient(lambda b, b0: X @ b + b0, at, dy, modules.linear_backward(dy, x))


@gradient
def layers(rng: Rng) -> Gradients:
    """The centring layer and the layer relu(X W + b)."""
    X, dZ = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    yield Gradient(lambda x: x - x.mean(), (X,), dZ, (modules.centered_backward(dZ),))
    net = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
    claimed = modules.relu_layer_backward(dZ, *net)
    yield Gradient(lambda x, w, b: torch.relu(x @ w + b), net, dZ, claimed)


@gradient
def tied_network(rng: Rng) -> Gradients:
    """The network that uses one layer twice."""
    x, dZ = rng.normal(size=(6, 2)), rng.normal(size=(6, 1))
    shapes = [(2, 4), (4,), (4, 4), (4,), (4, 1), (1,)]
    w1, b1, ws, bs, w2, b2 = at = tuple(rng.normal(size=shape) for shape in shapes)

    def forward(*p: torch.Tensor) -> torch.Tensor:
        a = torch.tensor(x)
        for weight, bias in [p[:2], p[2:4], p[2:4]]:
            a = torch.relu(a @ weight + bias)
        return a @ p[4] + p[5]

    pairs = modules.tied_mlp_backward(dZ, x, (w1, b1), (ws, bs), (w2, b2))
    yield Gradient(forward, at, dZ, tuple(g for pair in pairs for g in pair))
