"""Wrong answers of lecture 13 that we know, each with the hint it earns.

Most are the model answer with one line changed, so that two of them can be found in one answer.
"""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec13_attention import answers
from solutions.lec13_attention.answers import (
    causal_mask,
    lm_loss,
    multi_head_attention,
    positional_encoding,
    scaled_dot_attention,
    transformer_block,
)


@mistake("additive_score", "The tanh between the two layers is missing.")
def additive_without_tanh(x, q, w, u, v):
    hidden = x @ w.T + u @ q
    return hidden @ v


@mistake("additive_score", "W x and U q are added first; the tanh is taken of their sum.")
def additive_tanh_apart(x, q, w, u, v):
    hidden = torch.tanh(x @ w.T) + torch.tanh(u @ q)
    return hidden @ v


@mistake("additive_score", "v weighs the A entries of the tanh; a plain sum leaves it out.")
def additive_without_v(x, q, w, u, v):
    hidden = torch.tanh(x @ w.T + u @ q)
    return hidden.sum(dim=1)


@mistake("additive_score", "W belongs to x, and U to the query q.")
def additive_matrices_swapped(x, q, w, u, v):
    hidden = torch.tanh(x @ u.T + w @ q)
    return hidden @ v


@mistake("additive_score", "Return the scores: the softmax comes later, in the context vector.")
def additive_softmaxed(x, q, w, u, v):
    hidden = torch.tanh(x @ w.T + u @ q)
    return torch.softmax(hidden @ v, dim=0)


@mistake("dot_score", "The plain dot product is asked here; √D belongs to the scaled one.")
def dot_scaled(x, q):
    return x @ q / math.sqrt(len(q))


@mistake("dot_score", "A score is one number for each position: sum the products over D.")
def dot_not_summed(x, q):
    return x * q


@mistake("dot_score", "Return the scores: the softmax comes later, in the context vector.")
def dot_softmaxed(x, q):
    return torch.softmax(x @ q, dim=0)


@mistake("dot_score", "The vectors are not normalised: this is their cosine.")
def dot_cosine(x, q):
    return x @ q / (x.norm(dim=1) * q.norm())


@mistake("scaled_dot_score", "The dot product is still to be divided by √D.")
def scaled_without_scale(x, q):
    return x @ q


@mistake("scaled_dot_score", "Divide by the root of D, not by D itself.")
def scaled_by_d(x, q):
    return x @ q / len(q)


@mistake("scaled_dot_score", "D is the length of q, not the number of positions.")
def scaled_by_positions(x, q):
    return x @ q / math.sqrt(len(x))


@mistake("scaled_dot_score", "√D makes the scores smaller: divide by it.")
def scaled_up(x, q):
    return x @ q * math.sqrt(len(q))


@mistake("scaled_dot_score", "Return the scores: the softmax comes later, in the context vector.")
def scaled_softmaxed(x, q):
    return torch.softmax(x @ q / math.sqrt(len(q)), dim=0)


@mistake("bilinear_score", "x stands on the left of W, and q on the right.")
def bilinear_transposed(x, w, q):
    return x @ w.T @ q


@mistake("bilinear_score", "W is missing between x and q.")
def bilinear_without_w(x, w, q):
    return x @ q


@mistake("bilinear_score", "The bilinear score has no factor 1/√D.")
def bilinear_scaled(x, w, q):
    return x @ w @ q / math.sqrt(len(q))


@mistake("bilinear_score", "W takes part only once: one of x and q stays as it is.")
def bilinear_twice(x, w, q):
    return (x @ w) @ (w @ q)


@mistake("bilinear_score", "Return the scores: the softmax comes later, in the context vector.")
def bilinear_softmaxed(x, w, q):
    return torch.softmax(x @ w @ q, dim=0)


@mistake("context_vector", "The weights are the softmax of the scores, not the scores themselves.")
def context_of_raw_scores(scores, h):
    return scores @ h


@mistake("context_vector", "The weights must add up to 1: divide by the sum of the exponentials.")
def context_not_normalised(scores, h):
    weights = torch.exp(scores)
    return weights @ h


@mistake("context_vector", "The weights must add up to 1: divide by the sum of the exponentials.")
def context_shifted_not_normalised(scores, h):
    weights = torch.exp(scores - scores.max())
    return weights @ h


@mistake(
    "context_vector", "A share of the scores is no softmax: it takes their exponentials first."
)
def context_without_exponentials(scores, h):
    weights = scores / scores.sum()
    return weights @ h


@mistake("context_vector", "The largest score should get the largest weight: check its sign.")
def context_of_negative_scores(scores, h):
    weights = torch.softmax(-scores, dim=0)
    return weights @ h


@mistake("context_vector", "c is a sum of weighted states; their weights add up to 1 already.")
def context_averaged(scores, h):
    weights = torch.softmax(scores, dim=0)
    return weights @ h / len(h)


@mistake("context_vector", "The scores decide the weights; this is the plain mean of the states.")
def context_uniform(scores, h):
    return h.mean(dim=0)


@mistake("context_vector", "Add up the weighted states: c has shape (D,).")
def context_not_summed(scores, h):
    weights = torch.softmax(scores, dim=0)
    return weights[:, None] * h


@mistake("self_attention", "Column i belongs to query i, so each column of the weights sums to 1.")
def self_softmax_over_rows(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(len(k))
    weights = torch.softmax(scores, dim=1)
    return v @ weights


@mistake("self_attention", "The scores are still to be divided by √D_k.")
def self_without_scale(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("self_attention", "D_k is the size of a key, not that of an input.")
def self_scaled_by_input(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(len(x))
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("self_attention", "D_k is the number of rows of K; its columns are the positions.")
def self_scaled_by_positions(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(x.shape[1])
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("self_attention", "Queries and keys have changed places: the columns of KᵀQ are queries.")
def self_queries_for_keys(x, wq, wk, wv):
    k, q, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(len(k))
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("self_attention", "With columns for positions H is (D_v, N); this is its transpose.")
def self_as_rows(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    scores = k.T @ q / math.sqrt(len(k))
    weights = torch.softmax(scores, dim=0)
    return (v @ weights).T


@mistake("scaled_dot_attention", "The scores are still to be divided by √D.")
def attention_without_scale(q, k, v, mask=None):
    scores = q @ k.mT
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "Divide by the root of D, not by D itself.")
def attention_scaled_by_d(q, k, v, mask=None):
    scores = q @ k.mT / q.shape[-1]
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "D is the length of a query, not the number of positions.")
def attention_scaled_by_positions(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-2])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "The weights of each query sum to 1: take the softmax over keys.")
def attention_softmax_over_queries(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e9)
    weights = torch.softmax(scores, dim=-2)
    return weights @ v


@mistake("scaled_dot_attention", "True means that a query may attend there, not that it may not.")
def attention_mask_inverted(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -1e9)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "True means that a query may attend there, not that it may not.")
def attention_mask_inverted_with_infinity(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake(
    "scaled_dot_attention", "Mask the scores, before the softmax: here rows sum to less than 1."
)
def attention_mask_after_softmax(q, k, v, mask=None):
    weights = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v


@mistake("scaled_dot_attention", "A score of 0 still gets a weight: exp(0) = 1. Use −∞.")
def attention_mask_as_factor(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores * mask
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "Adding the mask shifts a score by 1: hidden ones need −∞.")
def attention_mask_added(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + mask
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake(
    "scaled_dot_attention",
    "Subtracting the mask shifts the scores where it is True, and only by 1.",
)
def attention_mask_subtracted(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores - mask.to(scores.dtype)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake(
    "scaled_dot_attention",
    "With a mask all is NaN: is an infinity multiplied by 0, or every score of a query −∞?",
    "0·(−∞) is NaN: a mask multiplied by −∞ spoils the scores that should stay. Choose between "
    "score and −∞, entry by entry, instead of calculating with both.",
)
def attention_zero_times_infinity(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + (1 - mask.to(scores.dtype)) * -math.inf
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "The mask is not used.")
def attention_ignores_mask(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "mask[i, j] is for query i and key j; here it is transposed.")
def attention_mask_transposed(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask.T, -1e9)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("causal_mask", "True means may attend: the past is True and the future False.")
def causal_inverted(n):
    return torch.ones(n, n, dtype=torch.bool).triu(1)


@mistake("causal_mask", "A position may attend to itself: the diagonal is True.")
def causal_without_diagonal(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)


@mistake("causal_mask", "Row i is a query, which sees the columns up to i: the lower triangle.")
def causal_upper(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


@mistake("causal_mask", "The mask holds truth values: its dtype is torch.bool.")
def causal_of_floats(n):
    return torch.ones(n, n).tril()


@mistake("causal_mask", "The mask says True or False; what is added to scores is made of it later.")
def causal_of_infinities(n):
    return torch.full((n, n), -math.inf).triu(1)


@mistake("local_mask", "A distance of exactly `window` is still inside.")
def local_exclusive(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance < window


@mistake("local_mask", "The window lies on both sides of a position.")
def local_one_sided(n, window):
    i = torch.arange(n)
    distance = i[:, None] - i
    return (distance >= 0) & (distance <= window)


@mistake("local_mask", "The window lies on both sides of a position.")
def local_forward(n, window):
    i = torch.arange(n)
    distance = i - i[:, None]
    return (distance >= 0) & (distance <= window)


@mistake(
    "local_mask",
    "Look at the first rows: does a slice there begin below 0, and so count from the end?",
)
def local_by_slices(n, window):
    mask = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        mask[i, i - window : i + window + 1] = True
    return mask


@mistake("local_mask", "`window` is the distance to each side, not the width of the whole window.")
def local_total_width(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance <= window // 2


@mistake("local_mask", "True means may attend: what is near is True.")
def local_inverted(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance > window


@mistake("local_mask", "The mask holds truth values: its dtype is torch.bool.")
def local_of_floats(n, window):
    return answers.local_mask(n, window).float()


@mistake(
    "multi_head_attention",
    "A reshape alone mixes positions: split the last axis, then move the heads forward.",
)
def heads_without_transpose(x, wq, wk, wv, wo, heads, mask=None):
    b, n, d = x.shape
    q, k, v = ((x @ w).reshape(b, heads, n, d // heads) for w in (wq, wk, wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).reshape(b, n, d) @ wo


@mistake(
    "multi_head_attention",
    "A reshape alone mixes positions: split the last axis, then move the heads forward.",
)
def heads_without_any_transpose(x, wq, wk, wv, wo, heads, mask=None):
    b, n, d = x.shape
    q, k, v = ((x @ w).reshape(b, heads, n, d // heads) for w in (wq, wk, wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.reshape(b, n, d) @ wo


@mistake("multi_head_attention", "Head j takes a block of neighbouring columns, not every h-th.")
def heads_interleaved(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("multi_head_attention", "Head j takes a block of neighbouring columns, not every h-th.")
def heads_interleaved_and_joined_so(x, wq, wk, wv, wo, heads, mask=None):
    b, n, d = x.shape
    q, k, v = ((x @ w).reshape(b, n, -1, heads).permute(0, 3, 1, 2) for w in (wq, wk, wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.permute(0, 2, 3, 1).reshape(b, n, d) @ wo


@mistake("multi_head_attention", "Each head divides by the root of its own width, D / heads.")
def heads_scaled_by_model(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq) / math.sqrt(heads), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("multi_head_attention", "The scores of each head are still to be divided by √(D / heads).")
def heads_without_scale(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq) * math.sqrt(len(wq) // heads), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake(
    "multi_head_attention", "Positions attend within a head: here heads attend within a position."
)
def heads_attend_to_heads(x, wq, wk, wv, wo, heads, mask=None):
    q, k, v = ((x @ w).unflatten(-1, (heads, -1)) for w in (wq, wk, wv))
    return scaled_dot_attention(q, k, v).flatten(2) @ wo


@mistake("multi_head_attention", "The output projection wo is missing.")
def heads_without_output(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2)


@mistake("multi_head_attention", "The mask must reach every head.")
def heads_ignore_mask(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("multi_head_attention", "Move the heads back behind the positions before joining them.")
def heads_not_moved_back(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.reshape(x.shape) @ wo


@mistake("multi_head_attention", "Projections are x @ w: no transpose.")
def heads_transposed_weights(x, wq, wk, wv, wo, heads, mask=None):
    return answers.multi_head_attention(x, wq.T, wk.T, wv.T, wo.T, heads, mask)


@mistake("multi_head_attention", "Projections are x @ w: no transpose.")
def heads_transposed_inputs(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq.T), split(x @ wk.T), split(x @ wv.T)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("multi_head_attention", "The joined heads are multiplied by wo as it is: no transpose.")
def heads_transposed_output(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo.T


@mistake("multi_head_attention", "Each head has a softmax of its own; this is one head.")
def heads_all_in_one(x, wq, wk, wv, wo, heads, mask=None):
    def split(z):
        return z.unflatten(-1, (1, -1)).transpose(1, 2)

    q, k, v = split(x @ wq), split(x @ wk), split(x @ wv)
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("positional_encoding", "Sines and cosines take turns: columns 2i and 2i + 1.")
def positions_in_halves(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] / 10000**exponent
    return torch.cat([angle.sin(), angle.cos()], dim=-1)


@mistake("positional_encoding", "The sine comes first, in the even columns.")
def positions_cosine_first(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] / 10000**exponent
    return torch.stack([angle.cos(), angle.sin()], dim=-1).flatten(1)


@mistake("positional_encoding", "The exponent is 2i/d, where i counts pairs of columns.")
def positions_half_exponent(n, d):
    exponent = torch.arange(d // 2) / d
    angle = torch.arange(n)[:, None] / 10000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("positional_encoding", "Columns 2i and 2i + 1 share one frequency.")
def positions_frequency_per_column(n, d):
    angle = torch.arange(n)[:, None] / 10000 ** (torch.arange(d) / d)
    return torch.where(torch.arange(d) % 2 == 0, angle.sin(), angle.cos())


@mistake("positional_encoding", "Positions count from 0.")
def positions_from_one(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(1, n + 1)[:, None] / 10000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("positional_encoding", "The angle falls from pair to pair: pos is divided by the power.")
def positions_multiplied(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] * 10000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("positional_encoding", "Count the zeros of the base: it is ten thousand.")
def positions_of_base_1000(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] / 1000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("transformer_block", "Normalise after each sum (post-norm), not before each part.")
def block_pre_norm(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    z = norm(x, p["g1"], p["b1"])
    attended = multi_head_attention(z, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = x + attended
    z = norm(y, p["g2"], p["b2"])
    hidden = torch.relu(z @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return y + ffn


@mistake(
    "transformer_block", "Attention reads x as it is: the first normalisation comes after its sum."
)
def block_pre_norm_of_attention(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    normed = norm(x, p["g1"], p["b1"])
    attended = multi_head_attention(normed, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = x + attended
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "Which matrix makes the queries, which the keys, which the values?")
def block_keys_and_values_exchanged(x, p, heads, mask=None):
    return answers.transformer_block(x, p | {"wk": p["wv"], "wv": p["wk"]}, heads, mask)


@mistake("transformer_block", "x is added to what attention returns.")
def block_attention_not_added(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "The second part needs its residual connection, too.")
def block_ffn_not_added(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(ffn, p["g2"], p["b2"])


@mistake("transformer_block", "The second sum adds the first part's result, not x again.")
def block_adds_x_twice(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(x + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "Layer normalisation takes the biased variance, with D below.")
def block_unbiased_variance(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        var = z.var(dim=-1, keepdim=True)
        return gamma * (z - z.mean(dim=-1, keepdim=True)) / torch.sqrt(var + 1e-5) + beta

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "ε is added to the variance, inside the root.")
def block_epsilon_outside_root(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        std = z.var(dim=-1, keepdim=True, unbiased=False).sqrt()
        return gamma * (z - z.mean(dim=-1, keepdim=True)) / (std + 1e-5) + beta

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "The second normalisation has parameters of its own, g2 and b2.")
def block_one_norm_for_both(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g1"], p["b1"])


@mistake("transformer_block", "Between w1 and w2 there is a ReLU.")
def block_without_relu(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = y @ p["w1"] + p["c1"]
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "Hand the mask on to the attention.")
def block_ignores_mask(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-5)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "Normalise each position's vector by itself: over the last axis.")
def block_norm_over_positions(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        mean, var = z.mean(dim=1, keepdim=True), z.var(dim=1, keepdim=True, unbiased=False)
        return gamma * (z - mean) / torch.sqrt(var + 1e-5) + beta

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "Normalise each position's vector by itself: over the last axis.")
def block_norm_of_the_sequence(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, z.shape[1:]) * gamma + beta

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g2"], p["b2"])


@mistake("lm_loss", "Position t predicts token t + 1: shift logits and tokens against each other.")
def lm_not_shifted(logits, tokens):
    predictions = logits.flatten(0, 1)
    targets = tokens.flatten()
    return F.cross_entropy(predictions, targets)


@mistake("lm_loss", "The shift goes the other way: the logits of t belong to the token after t.")
def lm_predicts_the_past(logits, tokens):
    predictions = logits[:, 1:].flatten(0, 1)
    targets = tokens[:, :-1].flatten()
    return F.cross_entropy(predictions, targets)


@mistake("lm_loss", "The loss is a mean over all predictions, not their sum.")
def lm_summed(logits, tokens):
    predictions = logits[:, :-1].flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets, reduction="sum")


@mistake("lm_loss", "N tokens make N − 1 predictions: divide by B (N − 1).")
def lm_divided_by_all(logits, tokens):
    predictions = logits[:, :-1].flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets) * (tokens.shape[1] - 1) / tokens.shape[1]


@mistake("lm_loss", "The last position predicts nothing; the first token does not follow it.")
def lm_wraps_around(logits, tokens):
    return F.cross_entropy(logits.flatten(0, 1), tokens.roll(-1, dims=1).flatten())


@mistake("lm_loss", "The mean runs over the positions, too, not only over the batch.")
def lm_summed_over_time(logits, tokens):
    predictions = logits[:, :-1].flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets) * (tokens.shape[1] - 1)


@mistake("lm_loss", "PyTorch's cross_entropy takes the softmax itself: hand it the bare logits.")
def lm_softmax_twice(logits, tokens):
    predictions = torch.softmax(logits[:, :-1], dim=-1).flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets)


@mistake("lm_loss", "All sequences of the batch count, not only the first one.")
def lm_of_the_first_sequence(logits, tokens):
    logits, tokens = logits[:1], tokens[:1]
    predictions = logits[:, :-1].flatten(0, 1)
    targets = tokens[:, 1:].flatten()
    return F.cross_entropy(predictions, targets)


@mistake("mask_tokens", "Labels are the original tokens where masked, and −100 where not.")
def mask_labels_inverted(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    return tokens.masked_fill(masked, mask_id), tokens.masked_fill(masked, -100)


@mistake("mask_tokens", "Where nothing is hidden there is nothing to guess: the label is −100.")
def mask_labels_everywhere(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    return tokens.masked_fill(masked, mask_id), tokens.clone()


@mistake("mask_tokens", "`rate` is the probability to hide a token, not to keep it.")
def mask_rate_kept(tokens, mask_id, rate, generator):
    return answers.mask_tokens(tokens, mask_id, 1 - rate, generator)


@mistake("mask_tokens", "Every position is drawn by itself: how many are hidden varies.")
def mask_fixed_number(tokens, mask_id, rate, generator):
    order = (
        torch.rand(tokens.shape, generator=generator, device=tokens.device)
        .flatten()
        .argsort()
        .argsort()
    )
    masked = (order < round(rate * tokens.numel())).reshape(tokens.shape)
    return tokens.masked_fill(masked, mask_id), tokens.masked_fill(~masked, -100)


@mistake("mask_tokens", "Every sequence needs draws of its own, not one mask for all rows.")
def mask_same_for_rows(tokens, mask_id, rate, generator):
    masked = (torch.rand(tokens.shape[1], generator=generator, device=tokens.device) < rate).expand(
        tokens.shape
    )
    return tokens.masked_fill(masked, mask_id), tokens.masked_fill(~masked, -100)


@mistake(
    "mask_tokens", "Each position is drawn by itself, with the chance `rate`, from `generator`."
)
def mask_ignores_generator(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, device=tokens.device) < rate
    return tokens.masked_fill(masked, mask_id), tokens.masked_fill(~masked, -100)


@mistake("mask_tokens", "tokens itself is changed: make a copy first.")
def mask_in_place(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    labels = tokens.masked_fill(~masked, -100)
    tokens[masked] = mask_id
    return tokens, labels


@mistake("mask_tokens", "Do not seed the generator yourself: every call should mask anew.")
def mask_reseeded(tokens, mask_id, rate, generator):
    return answers.mask_tokens(tokens, mask_id, rate, generator.manual_seed(0))


@mistake("mask_tokens", "Every masked token becomes mask_id; BERT's random tokens are not asked.")
def mask_as_bert(tokens, mask_id, rate, generator):
    inputs, labels = answers.mask_tokens(tokens, mask_id, rate, generator)
    kept = torch.rand(tokens.shape, generator=generator, device=tokens.device) < 0.1
    return torch.where(kept, tokens, inputs), labels


@mistake("MiniGPT", "Without a causal mask each position sees the token that it should predict.")
class MiniGPTSeesTheFuture(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks:
            x = transformer_block(x, p, self.heads)
        return x @ self.output.T


@mistake("MiniGPT", "Attention knows no order: something has to tell the positions.")
class MiniGPTWithoutPositions(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1])
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        return x @ self.output.T


@mistake("MiniGPT", "More tokens than max_len are refused, by a ValueError.")
class MiniGPTTakesMore(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + positional_encoding(
            n, self.places.shape[1]
        ).to(self.places)
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        return x @ self.output.T


@mistake("MiniGPT", "N ≤ max_len is allowed: exactly max_len tokens, too.")
class MiniGPTOneTooFew(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n >= self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        return x @ self.output.T


@mistake("MiniGPT", "Every block takes part: each reads what the block before it made.")
class MiniGPTOneBlock(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks[:1]:
            x = transformer_block(x, p, self.heads, mask)
        return x @ self.output.T


@mistake("MiniGPT", "`heads` is how many heads each block has: hand it on.")
class MiniGPTOneHead(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks:
            x = transformer_block(x, p, 1, mask)
        return x @ self.output.T


@mistake("MiniGPT", "The loss takes the softmax: return the logits as they are.")
class MiniGPTSoftmaxed(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        return torch.softmax(x @ self.output.T, dim=-1)


@mistake("MiniGPT", "Logits come at every position, not only at the last one.")
class MiniGPTOnlyTheLast(answers.MiniGPT):
    def forward(self, tokens):
        n = tokens.shape[1]
        if n > self.max_len:
            raise ValueError(f"{n} tokens are more than max_len = {self.max_len}")
        mask = causal_mask(n).to(tokens.device)
        x = self.embedding[tokens] * math.sqrt(self.embedding.shape[1]) + self.places[:n]
        for p in self.blocks:
            x = transformer_block(x, p, self.heads, mask)
        return (x @ self.output.T)[:, -1]


@mistake(
    "MiniGPT",
    "Tied, both matrices are one Parameter: not two, even if they are equal at the start.",
)
class MiniGPTTiedByCopy(answers.MiniGPT):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__(size, d, heads, layers, max_len, tie)
        if tie:
            self.output = nn.Parameter(self.embedding.detach().clone())


@mistake("MiniGPT", "With tie=False the output has a matrix of its own.")
class MiniGPTAlwaysTied(answers.MiniGPT):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__(size, d, heads, layers, max_len)


@mistake("MiniGPT", "Each layer has parameters of its own; here one block is used again and again.")
class MiniGPTSameBlock(answers.MiniGPT):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__(size, d, heads, layers, max_len, tie)
        self.blocks = nn.ModuleList([self.blocks[0]] * layers)


@mistake("MiniGPT", "A Python list hides the blocks from PyTorch: nn.ModuleList does not.")
class MiniGPTHiddenBlocks(answers.MiniGPT):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__(size, d, heads, layers, max_len, tie)
        blocks = list(self.blocks)
        del self.blocks
        self.blocks = blocks


@mistake("MiniGPT", "From zero weights nothing learns: the start must tell the parts apart.")
class MiniGPTZeroStart(answers.MiniGPT):
    def __init__(self, size, d, heads, layers, max_len, tie=True):
        super().__init__(size, d, heads, layers, max_len, tie)
        for p in self.parameters():
            nn.init.zeros_(p)


@mistake("train_lm", "Clear the gradients in each step: else they pile up.")
def train_lm_no_zero_grad(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "The logits at t should predict token t + 1; here it is the token just read.")
def train_lm_predicts_itself(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = F.cross_entropy(model(windows).flatten(0, 1), windows.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "The very next token is predicted, not the one after it.")
def train_lm_two_ahead(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows)[:, :-1], windows[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "Gradients alone change nothing: the optimizer has to take its step.")
def train_lm_no_step(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "Downhill: Adam steps against the gradient of the loss, not of its negative.")
def train_lm_uphill(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        (-loss).backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "Windows begin anywhere in the text, drawn at random in each step.")
def train_lm_first_windows(model, tokens, steps, batch_size, context, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.arange(batch_size)[:, None]
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "Draw new windows in each step: these are the same ones again and again.")
def train_lm_same_windows(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
    for _ in range(steps):
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "The windows of a step are drawn each by itself, not one beside the other.")
def train_lm_one_place(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (1, 1), generator=generator)
        begin = (begin + torch.arange(batch_size)[:, None]) % (len(tokens) - context + 1)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "`seed` has to decide the windows; the global stream does here.")
def train_lm_ignores_seed(model, tokens, steps, batch_size, context, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1))
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "`seed` is not used: another seed should draw other windows.")
def train_lm_one_seed_for_all(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "A recorded loss is a float: a tensor keeps its whole graph alive.")
def train_lm_tensor_losses(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@mistake("train_lm", "A window holds consecutive tokens; these are drawn one by one.")
def train_lm_scattered(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, context), generator=generator)
        windows = tokens[begin]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "Each step reads batch_size windows, not one.")
def train_lm_one_window(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (1, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "train_lm",
    "A window is `context` tokens long; this one is longer than the model can read.",
)
def train_lm_too_long(model, tokens, steps, batch_size, context, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context + 1) % len(tokens)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_lm", "The model that is passed in should learn, not a copy of it.")
def train_lm_trains_a_copy(model, tokens, steps, batch_size, context, lr, seed):
    model = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(steps):
        begin = torch.randint(len(tokens) - context + 1, (batch_size, 1), generator=generator)
        windows = tokens[begin + torch.arange(context)]
        loss = lm_loss(model(windows), windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("generate", "Above temperature 0 the next token is drawn.")
def generate_always_largest(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        following = logits.argmax(dim=1, keepdim=True)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "A low temperature makes the likely likelier: divide the logits by it.")
def generate_temperature_multiplied(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits * temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "The temperature is not used: the logits are divided by it.")
def generate_without_temperature(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "Temperature 0 takes the largest: nothing can be divided by it.")
def generate_no_zero(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        p = torch.softmax(logits / temperature, dim=1)
        following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "What comes next is said by the logits at the last position.")
def generate_first_logits(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, 0]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "The model reads max_len tokens at most: hand it the last ones.")
def generate_reads_all(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens)[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "Of a long text the model reads the *last* max_len tokens.")
def generate_reads_the_first(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, : model.max_len])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "The model reads as much as it can, not only the last token.")
def generate_reads_one(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -1:])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "The prompt is part of the result.")
def generate_new_ones_only(model, tokens, steps, temperature, generator):
    n = tokens.shape[1]
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens[:, n:]


@mistake("generate", "Give the model back in the mode that it came in.")
def generate_stays_in_evaluation(model, tokens, steps, temperature, generator):
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    return tokens


@mistake("generate", "The model writes in evaluation mode, whatever mode it came in.")
def generate_in_training_mode(model, tokens, steps, temperature, generator):
    was_training = model.training
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "No graph is needed: it grows with each token.")
def generate_with_graph(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "Draw from `generator`, so that a seed repeats the text.")
def generate_from_global_stream(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "Each text draws for itself: these all get the token of the first one.")
def generate_one_for_all(model, tokens, steps, temperature, generator):
    was_training = model.training
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)[:1].expand(len(p), 1)
        tokens = torch.cat([tokens, following], dim=1)
    model.train(was_training)
    return tokens


@mistake("generate", "Give the model back in the mode that it came in: that may be evaluation.")
def generate_trains_always(model, tokens, steps, temperature, generator):
    model.eval()
    for _ in range(steps):
        with torch.no_grad():
            logits = model(tokens[:, -model.max_len :])[:, -1]
        if temperature == 0:
            following = logits.argmax(dim=1, keepdim=True)
        else:
            p = torch.softmax(logits / temperature, dim=1)
            following = torch.multinomial(p, 1, generator=generator)
        tokens = torch.cat([tokens, following], dim=1)
    model.train()
    return tokens
