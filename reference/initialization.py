"""Random initial weights and what they do to a deep net (lecture 9, section 3; D 5.4)."""

import math
from typing import Literal

import numpy as np

from reference import activations

Array = np.ndarray


def xavier_std(fan_in: int, fan_out: int) -> float:
    """σ = √(2 / (n_in + n_out)), a compromise of n_in σ² = 1 forward and n_out σ² = 1 backward."""
    return math.sqrt(2 / (fan_in + fan_out))


def kaiming_std(fan_in: int) -> float:
    """σ = √(2 / n_in): a ReLU halves the second moment, so n_in σ² / 2 = 1."""
    return math.sqrt(2 / fan_in)


def weight_std(shape: tuple[int, int], scheme: Literal["xavier", "kaiming"]) -> float:
    """The σ of a weight of shape (fan_out, fan_in)."""
    fan_out, fan_in = shape
    return xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)


def activation_stds(
    x: Array, weights: list[Array], activation: Literal["tanh", "relu"]
) -> list[float]:
    """Standard deviation (n−1) of all entries of aˡ = act(aˡ⁻¹ Wˡ), a⁰ = x (n, d), layer by layer.

    The experiment of lec9-weight initialization; each W is (in, out), there are no biases.
    """
    act = np.tanh if activation == "tanh" else activations.relu
    stds = []
    for W in weights:
        x = act(x @ W)
        stds.append(float(x.std(ddof=1)))
    return stds
