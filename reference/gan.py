"""Generative adversarial networks (lecture 14, part 3; Goodfellow et al., 2014; Zhu et al., 2017).

A logit u is the discriminator's verdict, P(real) = σ(u); −log σ(u) = log(1 + e⁻ᵘ) is a softplus,
which stays finite where σ(u) rounds to 0.
"""

import numpy as np

from reference import activations

Array = np.ndarray


def discriminator_loss(real: Array, fake: Array) -> np.float64:
    """−mean log σ(real) − mean log(1 − σ(fake)), from logits of any shapes."""
    return activations.softplus(-real).mean() + activations.softplus(fake).mean()


def generator_loss(fake: Array) -> np.float64:
    """−mean log σ(fake): the non-saturating loss, whose slope is largest where the fake fails."""
    return activations.softplus(-fake).mean()


def cycle_loss(x: Array, x_back: Array, y: Array, y_back: Array) -> np.float64:
    """mean |F(G(x)) − x| + mean |G(F(y)) − y|, each mean over all entries."""
    return np.abs(x_back - x).mean() + np.abs(y_back - y).mean()
