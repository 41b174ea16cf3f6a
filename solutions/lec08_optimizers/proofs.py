"""Figures that lecture 8 prints, and the gradients of its reference."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import optimizers, xor
from solutions.lec08_optimizers import answers

Rng = np.random.Generator
Array = np.ndarray

EPOCHS, RATE, SEED = 2000, 0.1, 123


def race(
    racer: str, rule: Callable[..., tuple[Array, ...]], *hyper: object, running: int
) -> Computed:
    """The final loss, by the oracle's rule as PyTorch has it, and by PyTorch's optimizer."""
    counted = rule is optimizers.adam
    losses = xor.train(rule, hyper, EPOCHS, SEED, running=running, counted=counted)
    yield "reference", losses[-1]
    yield "answers", answers.train_xor(getattr(torch.optim, racer), EPOCHS, RATE, SEED)[-1]


@figure("L8: XOR, seed 123, final loss of SGD", 0.0526, within=5e-5)
def xor_sgd() -> Computed:
    """Plain gradient descent."""
    yield from race("SGD", lambda p, g, lr: (optimizers.gd(p, g, lr),), RATE, running=0)


@figure("L8: XOR, seed 123, final loss of Adagrad", 0.00436, within=5e-6)
def xor_adagrad() -> Computed:
    """PyTorch's ε is 1e-10, outside the root."""
    yield from race("Adagrad", optimizers.adagrad, RATE, 1e-10, optimizers.outside, running=1)


@figure("L8: XOR, seed 123, final loss of Adadelta", 0.1268, within=5e-5)
def xor_adadelta() -> Computed:
    """PyTorch's γ is 0.9 and ε 1e-6; it moves by lr·Δθ."""
    yield from race("Adadelta", optimizers.adadelta, 0.9, 1e-6, RATE, running=2)


@figure("L8: XOR, seed 123, final loss of Adam", 4.05e-5, within=5e-8)
def xor_adam() -> Computed:
    """PyTorch's ε is 1e-8, outside the root."""
    yield from race("Adam", optimizers.adam, RATE, 0.9, 0.999, 1e-8, optimizers.outside, running=2)


@gradient
def xor_network(rng: Rng) -> Iterator[Gradient]:
    """The mean binary cross-entropy of the network on XOR."""
    net = xor.initial(int(rng.integers(2**31)))
    x, y = torch.tensor(xor.X), torch.tensor(xor.Y)

    def forward(
        w1: torch.Tensor, b1: torch.Tensor, w2: torch.Tensor, b2: torch.Tensor
    ) -> torch.Tensor:
        p = torch.sigmoid(torch.nn.functional.softplus(x @ w1 + b1) @ w2 + b2)
        return torch.nn.functional.binary_cross_entropy(p, y)

    c = rng.normal()
    _, grads = xor.loss_and_grads(net)
    yield Gradient(forward, tuple(net), c, tuple(c * g for g in grads))
