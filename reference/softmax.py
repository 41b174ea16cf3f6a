"""Softmax and its cross-entropy (lecture 3; Dive into Deep Learning 4.1).

U is (n, k): a row of logits for each observation. Every loss is a mean over the n observations.
"""

import numpy as np

Array = np.ndarray


def log_softmax(U: Array) -> Array:
    """uᵢⱼ − log Σⱼ exp uᵢⱼ, (n, k); shifting a row by its maximum keeps exp from overflowing."""
    V = U - U.max(axis=1, keepdims=True)
    return V - np.log(np.exp(V).sum(axis=1, keepdims=True))


def softmax(U: Array) -> Array:
    """Exp uᵢⱼ / Σⱼ exp uᵢⱼ, (n, k)."""
    return np.exp(log_softmax(U))


def cross_entropy(U: Array, labels: Array) -> np.float64:
    """−(1/n) Σᵢ log softmax(U)ᵢ,ₗ₍ᵢ₎ for integer labels l (n,)."""
    return -log_softmax(U)[np.arange(len(labels)), labels].mean()


def cross_entropy_grad(U: Array, labels: Array) -> Array:
    """∂/∂U of the mean: (softmax(U) − onehot(labels)) / n, (n, k)."""
    onehot = np.eye(U.shape[1])[labels]
    return (softmax(U) - onehot) / len(labels)


def soft_cross_entropy(U: Array, Y: Array) -> np.float64:
    """−(1/n) Σᵢ Σⱼ yᵢⱼ log softmax(U)ᵢⱼ, each row of Y (n, k) a distribution (D 4.1.2)."""
    return -(Y * log_softmax(U)).sum(axis=1).mean()


def regression_nll(W: Array, X: Array, Y: Array) -> np.float64:
    """Softmax regression, Y | x ~ Multinom(softmax(W x)): W (k, p), X (n, p), one-hot Y (n, k)."""
    return soft_cross_entropy(X @ W.T, Y)


def accuracy(U: Array, labels: Array) -> float:
    """The share of rows whose largest logit is the label's; softmax keeps the order (D 4.1.1)."""
    return float(np.mean(U.argmax(axis=1) == labels))
