"""When training data (the source, q) and new data (the target, p) differ (D 4.7).

The notes write p for the target where they correct covariate shift, and elsewhere the other way
round; here q is always the source and p the target. Rows are observations.
"""

import numpy as np

Array = np.ndarray


def domain_dataset(source: Array, target: Array) -> tuple[Array, Array]:
    """(x, y): the source's rows (y = 0) above the target's (y = 1)."""
    y = np.concatenate([np.zeros(len(source)), np.ones(len(target))])
    return np.concatenate([source, target]), y


def density_ratio(logits: Array, n_source: int, n_target: int) -> Array:
    """p(x)/q(x) = (n_source/n_target)·exp(h(x)), (n,), from the logits h of "x is of the target".

    Bayes: P(target | x)/P(source | x) = n_target p(x) / (n_source q(x)), and its logarithm is h.
    The notes' β = exp(h) is the case n_source = n_target.
    """
    return np.exp(logits) * n_source / n_target


def clip_weights(weights: Array, c: float) -> Array:
    """min(β, c): a little bias for much less variance."""
    return np.minimum(weights, c)


def weighted_risk(losses: Array, weights: Array) -> np.float64:
    """(1/n) Σ βᵢ lᵢ, the source's estimate of the risk under p: E_q[(p/q) l] = E_p[l]."""
    return np.float64(np.mean(weights * losses))


def confusion_matrix(predicted: Array, labels: Array, k: int) -> Array:
    """C (k, k) with C[i, j] = P(predicted i | label j); a label that is absent leaves zeros."""
    counts = np.zeros((k, k))
    np.add.at(counts, (predicted, labels), 1)
    return counts / np.maximum(counts.sum(axis=0), 1)


def label_shift_weights(confusion: Array, source_prior: Array, target_predicted: Array) -> Array:
    """p(y)/q(y), (k,), where C p(y) = μ(ŷ), the shares of the predictions on target data.

    C[i, j] = P(ŷ = i | y = j) is the same in both domains, because P(x | y) is. Where noise makes
    an entry of p negative it becomes 0, and p is normalised again.
    """
    p = np.maximum(np.linalg.solve(confusion, target_predicted), 0)
    return p / p.sum() / source_prior


def online_gradient(w: Array, x: Array, y: float) -> Array:
    """∂/∂w of ½(x·w − y)², (d,)."""
    return (x @ w - y) * x


def online_step(w: Array, x: Array, y: float, lr: float) -> Array:
    """W − η ∂l/∂w for one observation (D 4.7.4, online learning)."""
    return w - lr * online_gradient(w, x, y)
