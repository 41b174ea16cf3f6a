"""Variational auto-encoders (lecture 14, part 2; Kingma and Welling, 2014).

The latent variable z (d,) is standard normal, q(z | x) = N(μ, diag σ²) with log σ² = logvar, and
the decoder gives either Bernoulli logits or the mean of a normal density. Losses are sums over the
dimensions of one observation and means over the n observations.
"""

import numpy as np

from reference import density, divergence

Array = np.ndarray


def kl_to_standard_normal(mu: Array, logvar: Array) -> np.float64:
    """KL(N(μ, σ²)‖N(0, 1)) = ½ Σ (σ² + μ² − 1 − log σ²) over the latent; mu, logvar (n, d)."""
    each = divergence.gaussian_kl(mu, np.exp(logvar), np.zeros(1), np.ones(1))
    return each.sum(axis=1).mean()


def reparameterize(mu: Array, logvar: Array, eps: Array) -> Array:
    """z = μ + σ ε with σ = exp(½ log σ²), (n, d)."""
    return mu + np.exp(logvar / 2) * eps


def bernoulli_nll(logits: Array, x: Array) -> np.float64:
    """−log p(x | z) = Σ log(1 + e^u) − x u with x of 0 and 1; logits u and x (n, p).

    The fractions of −x log σ(u) − (1 − x) log(1 − σ(u)) are cancelled, so that nothing is rounded
    to 0 before its logarithm is taken.
    """
    return (np.logaddexp(0, logits) - x * logits).sum(axis=1).mean()


def gaussian_nll(mean: Array, x: Array, tau2: float) -> np.float64:
    """−log p(x | z) = Σ ½ log 2πτ² + (x − mean)²/2τ², constant included; mean and x (n, p)."""
    return -density.normal_log(x, mean, tau2).sum(axis=1).mean()


def negative_elbo(x: Array, logits: Array, mu: Array, logvar: Array) -> np.float64:
    """−ELBO = −E log p(x | z) + KL(q(z | x)‖p(z)) ≥ −log p(x), with one z for each x."""
    return bernoulli_nll(logits, x) + kl_to_standard_normal(mu, logvar)


def mixture_log_density(x: Array, z: Array, tau2: float) -> Array:
    """log (1/S) Σₛ N(x; sin zₛ, τ²), the lecture's mixture by Monte Carlo: x (n,), z (S,), (n,).

    Far from every component all densities round to 0; shifting their logarithms by the largest
    keeps one of them at 1.
    """
    L = density.normal_log(x[:, None], np.sin(z), tau2)
    top = L.max(axis=1)
    return top + np.log(np.exp(L - top[:, None]).mean(axis=1))
