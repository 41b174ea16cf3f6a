"""The slopes of lecture 4's reference, against automatic differentiation."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from grader.proofs import Gradient, gradient
from reference import activations

Rng = np.random.Generator

FORWARD: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": torch.nn.functional.softplus,
}


@gradient
def slopes(rng: Rng) -> Iterator[Gradient]:
    """Every activation that has a slope in the reference."""
    for name in activations.SLOPES:
        z, da = 2 * rng.normal(size=(5, 7)), rng.normal(size=(5, 7))
        yield Gradient(FORWARD[name], (z,), da, (da * activations.slope(name, z),))
