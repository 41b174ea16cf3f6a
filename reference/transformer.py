"""The transformer and the losses of language models (lecture 13, part 2).

"Attention is all you need", sections 3.1, 3.3 and 3.5; "Improving language understanding by
generative pre-training", equation 1.
"""

import numpy as np

from reference import activations, affine, attention, normalization, softmax

Array = np.ndarray


def positional_encoding(n: int, d: int) -> Array:
    """P[pos, 2i] = sin(pos/10000^(2i/d)), P[pos, 2i+1] = cos of the same: (n, d), d even."""
    pos, i = np.arange(n)[:, None], np.arange(d // 2)
    angle = pos / 10000 ** (2 * i / d)
    return np.stack([np.sin(angle), np.cos(angle)], axis=-1).reshape(n, d)


def normalize_positions(x: Array, gamma: Array, beta: Array) -> Array:
    """Layer normalisation of every position's vector of (B, N, D)."""
    return normalization.layernorm(x.reshape(-1, x.shape[-1]), gamma, beta).reshape(x.shape)


def feed_forward(x: Array, W1: Array, c1: Array, W2: Array, c2: Array) -> Array:
    """FFN(x) = relu(x W1 + c1) W2 + c2, the same for every position."""
    return affine.forward(activations.relu(affine.forward(x, W1, c1)), W2, c2)


def block(x: Array, p: dict[str, Array], heads: int, mask: Array | None = None) -> Array:
    """y = LN(x + MHA(x)), out = LN(y + FFN(y)): (B, N, D), normalised after each sum."""
    y = x + attention.multi_head(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = normalize_positions(y, p["g1"], p["b1"])
    out = y + feed_forward(y, p["w1"], p["c1"], p["w2"], p["c2"])
    return normalize_positions(out, p["g2"], p["b2"])


def lm_loss(logits: Array, tokens: Array) -> np.float64:
    """−mean log P(token t+1 | tokens up to t) over B·(N−1): logits (B, N, V), tokens (B, N)."""
    V = logits.shape[-1]
    return softmax.cross_entropy(logits[:, :-1].reshape(-1, V), tokens[:, 1:].reshape(-1))
