"""Logistic regression, Y | x ~ Bernoulli(σ(xᵀβ)) (lecture 2, and lecture 3, exercise 2)."""

import numpy as np

Array = np.ndarray


def nll(beta: Array, X: Array, y: Array) -> np.float64:
    """(1/n) Σᵢ log(1 + exp uᵢ) − yᵢ uᵢ with u = Xβ; X (n, p), β (p,), y (n,) of 0 and 1.

    It is −y log σ(u) − (1 − y) log(1 − σ(u)) with the fractions cancelled, so that no probability
    is rounded to 0 or 1 before its logarithm is taken.
    """
    u = X @ beta
    return np.mean(np.logaddexp(0, u) - y * u)
