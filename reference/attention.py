"""Attention (lecture 13, part 1; "Attention is all you need", section 3.2).

Attention is a weighted average whose weights are a softmax of scores. Two layouts occur. The
lecture's own formula has a *column* for each position, X (D, N); everything after it has a *row*
for each position, (…, N, D), as the paper and PyTorch do.
"""

import numpy as np

from reference import softmax

Array = np.ndarray


def additive_score(x: Array, q: Array, W: Array, U: Array, v: Array) -> Array:
    """s(x, q) = vᵀ tanh(W x + U q) for each row of x: x (N, D), q (D,), W, U (A, D), v (A,)."""
    return np.tanh(x @ W.T + U @ q) @ v


def dot_score(x: Array, q: Array) -> Array:
    """s(x, q) = xᵀ q for each row of x: (N,)."""
    return x @ q


def scaled_dot_score(x: Array, q: Array) -> Array:
    """s(x, q) = xᵀ q / √D; a sum of D products grows like √D, and the root takes it back."""
    return x @ q / np.sqrt(x.shape[1])


def bilinear_score(x: Array, W: Array, q: Array) -> Array:
    """s(x, q) = xᵀ W q for each row of x, W (D, D): (N,)."""
    return x @ W @ q


def attention_weights(scores: Array) -> Array:
    """Softmax along the last axis, any shape; a score of −∞ has the weight 0."""
    return softmax.softmax(scores.reshape(-1, scores.shape[-1])).reshape(scores.shape)


def context_vector(e: Array, h: Array) -> Array:
    """c = Σⱼ aⱼ hⱼ with a = softmax(e): e (N,), h (N, D), c (D,)."""
    return attention_weights(e) @ h


def self_attention(X: Array, Wq: Array, Wk: Array, Wv: Array) -> Array:
    """H = V softmax(KᵀQ/√D_k) with Q = Wq X, K = Wk X, V = Wv X; the lecture's columns.

    X is (D, N), Wq and Wk (D_k, D), Wv (D_v, D), H (D_v, N). Column i of KᵀQ holds the scores of
    query i with every key, so that the softmax runs down each column.
    """
    Q, K, V = Wq @ X, Wk @ X, Wv @ X
    A = attention_weights((K.T @ Q).T / np.sqrt(len(Q))).T
    return V @ A


def scaled_dot_attention(Q: Array, K: Array, V: Array, mask: Array | None = None) -> Array:
    """softmax(Q Kᵀ/√D) V over the last two axes of (…, N, D); each row of weights sums to 1.

    Where mask (N, N) is False the score is −∞, before the softmax, so that the rest sums to 1.
    """
    S = Q @ K.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    if mask is not None:
        S = np.where(mask, S, -np.inf)
    return attention_weights(S) @ V


def causal_mask(n: int) -> Array:
    """M[i, j] = [j ≤ i], bool (n, n): position i attends to itself and to what came before."""
    i, j = np.indices((n, n))
    return j <= i


def local_mask(n: int, window: int) -> Array:
    """M[i, j] = [|i − j| ≤ window], bool (n, n): the lecture's local attention."""
    i, j = np.indices((n, n))
    return np.abs(i - j) <= window


def multi_head(
    x: Array, Wq: Array, Wk: Array, Wv: Array, Wo: Array, heads: int, mask: Array | None = None
) -> Array:
    """Concat(head₁, …, head_h) Wo: x (B, N, D), W… (D, D), mask (N, N), result (B, N, D).

    Head j attends with the j-th block of D/h columns of x Wq, x Wk and x Wv.
    """
    blocks = (np.split(x @ W, heads, axis=-1) for W in (Wq, Wk, Wv))
    attended = [scaled_dot_attention(Q, K, V, mask) for Q, K, V in zip(*blocks, strict=True)]
    return np.concatenate(attended, axis=-1) @ Wo
