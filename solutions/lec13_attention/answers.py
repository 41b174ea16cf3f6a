"""Model answers of lecture 13: attention, masks and the transformer."""

import math

import torch
import torch.nn.functional as F


def additive_score(x, q, w, u, v):
    return torch.tanh(x @ w.T + u @ q) @ v


def dot_score(x, q):
    return x @ q


def scaled_dot_score(x, q):
    return x @ q / math.sqrt(len(q))


def bilinear_score(x, w, q):
    return x @ w @ q


def context_vector(scores, h):
    return torch.softmax(scores, dim=0) @ h


def self_attention(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(len(k))
    return v @ torch.softmax(scores, dim=0)


def scaled_dot_attention(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ v


def causal_mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril()


def local_mask(n, window):
    i = torch.arange(n)
    return (i[:, None] - i).abs() <= window


def multi_head_attention(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, heads, N, D / heads)

    attended = scaled_dot_attention(split(x @ wq), split(x @ wk), split(x @ wv), mask)
    return attended.transpose(1, 2).flatten(2) @ wo


def positional_encoding(n, d):
    angle = torch.arange(n)[:, None] / 10000 ** (torch.arange(0, d, 2) / d)
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


def transformer_block(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    ffn = torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


def lm_loss(logits, tokens):
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


def mask_tokens(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    return tokens.masked_fill(masked, mask_id), tokens.masked_fill(~masked, -100)
