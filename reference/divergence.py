"""Entropy, cross-entropy and divergence, in nats (lecture 2; Dive into Deep Learning 4.1.3).

P and Q are (k,) distributions. A term with weight 0 is 0, as x log x tends to 0; a positive weight
on what the other distribution excludes makes the sum infinite.
"""

import numpy as np

Array = np.ndarray


def _weighted_log(w: Array, p: Array) -> Array:
    """W log p, with 0 log 0 = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(w > 0, w * np.log(p), 0.0)


def entropy(P: Array) -> np.float64:
    """H[P] = −Σⱼ P(j) log P(j)."""
    return -_weighted_log(P, P).sum()


def cross_entropy(P: Array, Q: Array) -> np.float64:
    """H(P, Q) = −Σⱼ P(j) log Q(j): the mean surprise at P's events of someone who believes Q."""
    return -_weighted_log(P, Q).sum()


def kl(Q: Array, P: Array) -> np.float64:
    """KL(Q‖P) = Σⱼ Q(j) log Q(j)/P(j)."""
    return (_weighted_log(Q, Q) - _weighted_log(Q, P)).sum()


def gaussian_kl(mu_q: Array, var_q: Array, mu_p: Array, var_p: Array) -> Array:
    """KL(N(μ_q, σ_q²)‖N(μ_p, σ_p²)) = ½ (σ_q²/σ_p² + (μ_q − μ_p)²/σ_p² − 1 − log σ_q²/σ_p²)."""
    ratio = var_q / var_p
    return (ratio + (mu_q - mu_p) ** 2 / var_p - 1 - np.log(ratio)) / 2
