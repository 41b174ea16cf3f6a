"""The oracle of lecture 14 against PyTorch's own distributions and losses, in float64."""

from typing import Any

import numpy as np
import torch
from torch import distributions
from torch.nn import functional as F

from grader.proofs import Computed, figure
from reference import gan, vae
from solutions.lec14_generative import answers

Array = np.ndarray
SAME = 1e-12


def apart(one: Any, other: Any) -> float:
    """The largest difference of two results."""
    difference = torch.as_tensor(one, dtype=torch.float64) - torch.as_tensor(other)
    return float(difference.abs().max())


def tensors(*arrays: Array) -> list[torch.Tensor]:
    """The arrays as tensors."""
    return [torch.tensor(array) for array in arrays]


@figure("PyTorch's kl_divergence of normal distributions", 0, within=SAME)
def kl_of_normals() -> Computed:
    """Summed over four dimensions, mean over five observations."""
    rng = np.random.default_rng(1)
    M, L = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    mu, logvar = tensors(M, L)
    q, prior = distributions.Normal(mu, (logvar / 2).exp()), distributions.Normal(0.0, 1.0)
    theirs = distributions.kl_divergence(q, prior).sum(1).mean()
    yield "reference", apart(vae.kl_to_standard_normal(M, L), theirs)
    yield "answers", apart(answers.kl_to_standard_normal(mu, logvar), theirs)
    E = rng.normal(size=(5, 4))
    yield "reference, z", apart(vae.reparameterize(M, L, E), q.mean + q.stddev * torch.tensor(E))


@figure("PyTorch's log-densities of Bernoulli and normal decoders", 0, within=SAME)
def decoders() -> Computed:
    """Summed over the dimensions, mean over the batch."""
    rng = np.random.default_rng(2)
    U, X, T = rng.normal(size=(5, 3)), rng.integers(2, size=(5, 3)) * 1.0, rng.normal(size=(5, 3))
    u, x, t = tensors(U, X, T)
    theirs = -distributions.Bernoulli(logits=u).log_prob(x).sum(1).mean()
    yield "reference, bits", apart(vae.bernoulli_nll(U, X), theirs)
    yield "answers, bits", apart(answers.bernoulli_nll(u, x), theirs)
    theirs = -distributions.Normal(u, 0.3**0.5).log_prob(t).sum(1).mean()
    yield "reference", apart(vae.gaussian_nll(U, T, 0.3), theirs)
    yield "answers", apart(answers.gaussian_nll(u, t, 0.3), theirs)


@figure("PyTorch's MixtureSameFamily of normal components", 0, within=SAME)
def mixture() -> Computed:
    """Six equally likely components centred at sin z."""
    rng = np.random.default_rng(3)
    X, Z = rng.uniform(-2, 2, size=7), rng.normal(size=6)
    x, z = tensors(X, Z)
    components = distributions.Normal(z.sin(), torch.full_like(z, 0.1))
    equally = distributions.Categorical(logits=torch.zeros_like(z))
    theirs = distributions.MixtureSameFamily(equally, components).log_prob(x)
    yield "reference", apart(vae.mixture_log_density(X, Z, 0.01), theirs)
    yield "answers", apart(answers.mixture_log_density(x, z, 0.01), theirs)


@figure("PyTorch's binary_cross_entropy_with_logits and l1_loss", 0, within=SAME)
def adversaries() -> Computed:
    """Real logits with label 1, fake ones with label 0; two cycles."""
    rng = np.random.default_rng(4)
    R, K = 5 * rng.normal(size=6), 5 * rng.normal(size=9)
    real, fake = tensors(R, K)
    bce = F.binary_cross_entropy_with_logits
    theirs = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    yield "reference, discriminator", apart(gan.discriminator_loss(R, K), theirs)
    yield "answers, discriminator", apart(answers.discriminator_loss(real, fake), theirs)
    theirs = bce(fake, torch.ones_like(fake))
    yield "reference, generator", apart(gan.generator_loss(K), theirs)
    yield "answers, generator", apart(answers.generator_loss(fake), theirs)
    four = [rng.normal(size=shape) for shape in [(2, 3), (2, 3), (4, 5), (4, 5)]]
    x, x_back, y, y_back = tensors(*four)
    theirs = F.l1_loss(x, x_back) + F.l1_loss(y, y_back)
    yield "reference", apart(gan.cycle_loss(*four), theirs)
    yield "answers", apart(answers.cycle_loss(x, x_back, y, y_back), theirs)
