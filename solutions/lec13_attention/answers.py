"""Model answers of lecture 13: attention, masks and the transformer."""

import math

import torch
import torch.nn.functional as F


def additive_score(x, q, w, u, v):
    # hint: Look at the tanh and what it is taken of: which matrix meets x, and which meets q?
    hidden = torch.tanh(x @ w.T + u @ q)
    # hint: Look at the last step, vᵀ(…): how do the A entries become one score?
    return hidden @ v


def dot_score(x, q):
    # hint: Compare your line with xᵀq for each row x: which products are added, and is that all?
    return x @ q


def scaled_dot_score(x, q):
    # hint: Compare your line with xᵀq/√D: what is above the bar, what below, and what is D?
    return x @ q / math.sqrt(len(q))


def bilinear_score(x, w, q):
    # hint: Compare your line with xᵀWq for each row x: who stands on which side, and is that all?
    return x @ w @ q


def context_vector(scores, h):
    # hint: Look at the weights: what makes them of the scores, and along what do they sum to 1?
    weights = torch.softmax(scores, dim=0)
    # hint: Look at how the weights meet the states: c = Σ aⱼhⱼ.
    return weights @ h


def self_attention(x, wq, wk, wv):
    # hint: Look at Q, K and V: which matrix makes which, and on which side of X?
    q, k, v = wq @ x, wk @ x, wv @ x
    # hint: Look at the scores KᵀQ/√D_k: who is transposed, what divides, whose size is D_k?
    scores = k.T @ q / math.sqrt(len(k))
    # hint: Look at the softmax: of what is it taken, and does each column of it sum to 1?
    weights = torch.softmax(scores, dim=0)
    # hint: Look at the last product: V stands on the left of the weights, and that is H.
    return v @ weights


def scaled_dot_attention(q, k, v, mask=None):
    # hint: Look at the scores QKᵀ/√D: which axes change places, what divides, whose size is D?
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    # hint: Look at the mask: where does it act, at which entries, and what do those become?
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    # hint: Look at the softmax: is it there, and along which axis do one query's weights lie?
    weights = torch.softmax(scores, dim=-1)
    # hint: Look at the last product: the weights on the left, the values on the right.
    return weights @ v


def causal_mask(n):
    # hint: Look at the three parts of the mask: below the diagonal, above it, and on it.
    return torch.ones(n, n, dtype=torch.bool).tril()


def local_mask(n, window):
    # hint: Look at the positions: how many are there?
    i = torch.arange(n)
    # hint: Look at the distance |i − j|: what becomes of its sign?
    distance = (i[:, None] - i).abs()
    # hint: Look at the comparison with the window: which side of it is True, and what is its end?
    return distance <= window


def multi_head_attention(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        # hint: Look at how the columns are split: which ones form a head, and where is its axis?
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)  # (B, heads, N, D / heads)

    # hint: Look at the projections: which matrix makes queries, which keys, which values?
    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    # hint: Look at what the attention of each head is given: three tensors and the mask.
    attended = scaled_dot_attention(q, k, v, mask)
    # hint: Look at the end: how are the heads joined, and what is the result multiplied by?
    return attended.transpose(1, 2).flatten(2) @ wo


def positional_encoding(n, d):
    # hint: Look at the exponent 2i/d: which values does it take, one for each pair of columns?
    exponent = torch.arange(0, d, 2) / d
    # hint: Look at the angle, pos/10000^(2i/d): which positions, what base, what divides what?
    angle = torch.arange(n)[:, None] / 10000**exponent
    # hint: Look at the columns: which are sines, which cosines, and in which order do they stand?
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


def transformer_block(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        # hint: Look at the layer normalisation itself: its axis, its ε, its scale and its shift.
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    # hint: Look at what attention is given: the input, four matrices in order, heads and mask.
    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    # hint: Look at Y = LN₁(X + MHA(X)): the sum, and which scale and shift LN₁ has.
    y = norm(x + attended, p["g1"], p["b1"])
    # hint: Look at the first layer of the FFN: its input, w1, c1, and what comes after them.
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    # hint: Look at the second layer of the FFN: its input, w2 and c2.
    ffn = hidden @ p["w2"] + p["c2"]
    # hint: Look at LN₂(Y + FFN(Y)): the sum, and which scale and shift LN₂ has.
    return norm(y + ffn, p["g2"], p["b2"])


def lm_loss(logits, tokens):
    # hint: Look at which logits count: which position has nothing to predict?
    predictions = logits[:, :-1].flatten(0, 1)
    # hint: Look at which tokens are targets: which one does nothing predict?
    targets = tokens[:, 1:].flatten()
    # hint: Look at the loss of the predictions: its sign, and what it is a mean over.
    return F.cross_entropy(predictions, targets)


def mask_tokens(tokens, mask_id, rate, generator):
    # hint: Look at the draws: one for each position? From which source? Which ones mean "hidden"?
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    # hint: Look at the inputs: what stands where a token is hidden, and what elsewhere?
    inputs = tokens.masked_fill(masked, mask_id)
    # hint: Look at the labels: what stands where a token is hidden, and what elsewhere?
    labels = tokens.masked_fill(~masked, -100)
    return inputs, labels  # hint: Look at the two results: is each what is asked, in its order?
