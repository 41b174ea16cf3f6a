"""Second neighbours of lec13_attention: written without a look at hints or known mistakes."""

import math

import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.lec13_attention.answers import multi_head_attention, scaled_dot_attention


@mistake("additive_score", "no tanh")
def add_no_tanh(x, q, w, u, v):
    hidden = x @ w.T + u @ q
    return hidden @ v


@mistake("additive_score", "two slips: the query is subtracted, and ReLU for tanh")
def add_w_u_not_transposed_sign(x, q, w, u, v):
    hidden = torch.relu(x @ w.T - u @ q)
    return hidden @ v


@mistake("dot_score", "divided by the lengths: a cosine")
def dot_cosine(x, q):
    return x @ q / (x.norm(dim=-1) * q.norm())


@mistake("scaled_dot_score", "divided by d, not by its root")
def sds_by_d(x, q):
    return x @ q / len(q)


@mistake("scaled_dot_score", "the root of the number of keys")
def sds_by_n(x, q):
    return x @ q / math.sqrt(len(x))


@mistake("bilinear_score", "W is made symmetric")
def bil_symmetrised(x, w, q):
    return x @ ((w + w.T) / 2) @ q if w.shape[0] == w.shape[1] else x @ w @ q


@mistake("bilinear_score", "two slips: tanh is applied, and it is divided by the root of d")
def bil_scaled_tanh(x, w, q):
    return torch.tanh(x @ w @ q) / math.sqrt(len(q))


@mistake("context_vector", "no softmax: the scores are the weights")
def ctx_not_normalised(scores, h):
    weights = scores
    return weights @ h


@mistake("context_vector", "the scores are divided by their sum")
def ctx_sum_share(scores, h):
    weights = scores / scores.sum()
    return weights @ h


@mistake("context_vector", "two slips: the smallest score weighs most, and it is divided by n")
def ctx_negative_mean(scores, h):
    weights = torch.softmax(-scores, dim=0) / len(scores)
    return weights @ h


@mistake("self_attention", "the softmax runs over the queries")
def self_softmax_queries(x, wq, wk, wv):
    q, k, v = (wq @ x, wk @ x, wv @ x)
    scores = k.T @ q / math.sqrt(len(k))
    weights = torch.softmax(scores, dim=1)
    return v @ weights


@mistake("self_attention", "the root of the input's width")
def self_d_of_model(x, wq, wk, wv):
    q, k, v = (wq @ x, wk @ x, wv @ x)
    scores = k.T @ q / math.sqrt(len(x))
    weights = torch.softmax(scores, dim=0)
    return v @ weights


@mistake("self_attention", "two slips: not scaled, and keys for values")
def self_unscaled_kv(x, wq, wk, wv):
    q, k, v = (wq @ x, wk @ x, wv @ x)
    scores = k.T @ q
    weights = torch.softmax(scores, dim=0)
    return k @ weights if k.shape == v.shape else v @ weights


@mistake("scaled_dot_attention", "the mask is inverted")
def sda_mask_inverted(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, -math.inf)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "the mask is applied after the softmax")
def sda_mask_after(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v


@mistake("scaled_dot_attention", "masked scores are 0, not -inf")
def sda_mask_zero(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, 0.0)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake("scaled_dot_attention", "two slips: scaled by the keys' number, and the mask is ignored")
def sda_sequence_length_scale(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(k.shape[-2])
    return torch.softmax(scores, dim=-1) @ v


@mistake("causal_mask", "the upper triangle")
def causal_upper(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


@mistake("causal_mask", "the diagonal is left out")
def causal_strict(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)


@mistake("local_mask", "strictly less than the window")
def local_strict(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance < window


@mistake("local_mask", "only the past within the window")
def local_causal(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return (distance <= window) & (i[:, None] >= i)


@mistake(
    "local_mask", "two slips: what is outside the window is marked, and with strict comparison"
)
def local_two_sided_outside(n, window):
    i = torch.arange(n)
    distance = (i[:, None] - i).abs()
    return distance >= window


@mistake("multi_head_attention", "the output projection is missing")
def mha_no_output_projection(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = (split(x @ wq), split(x @ wk), split(x @ wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2)


@mistake("multi_head_attention", "the width is split with the heads innermost")
def mha_heads_interleaved(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    q, k, v = (split(x @ wq), split(x @ wk), split(x @ wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("multi_head_attention", "the heads are joined without transposing back")
def mha_merge_without_transpose(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = (split(x @ wq), split(x @ wk), split(x @ wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.reshape(x.shape) @ wo


@mistake("multi_head_attention", "two slips: the mask is not passed on, and keys come from W_v")
def mha_mask_ignored_wv_for_wk(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (heads, -1)).transpose(1, 2)

    q, k, v = (split(x @ wq), split(x @ wv), split(x @ wv))
    attended = scaled_dot_attention(q, k, v)
    return attended.transpose(1, 2).flatten(2) @ wo


@mistake("positional_encoding", "cosine on the even places")
def pe_cos_first(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] / 10000**exponent
    return torch.stack([angle.cos(), angle.sin()], dim=-1).flatten(1)


@mistake("positional_encoding", "sines in the first half, cosines in the second")
def pe_halves(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = torch.arange(n)[:, None] / 10000**exponent
    return torch.cat([angle.sin(), angle.cos()], dim=1)


@mistake("positional_encoding", "two slips: positions start at 1, and the base is 1000")
def pe_from_one_base(n, d):
    exponent = torch.arange(0, d, 2) / d
    angle = (torch.arange(n) + 1)[:, None] / 1000**exponent
    return torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)


@mistake("transformer_block", "the second residual is missing")
def tb_no_residual_ffn(x, p, heads, mask=None):

    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-05)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g1"], p["b1"])
    hidden = torch.relu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(ffn, p["g2"], p["b2"])


@mistake("transformer_block", "normalised before, not after")
def tb_pre_norm(x, p, heads, mask=None):
    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-05)

    y = x + multi_head_attention(
        norm(x, p["g1"], p["b1"]), p["wq"], p["wk"], p["wv"], p["wo"], heads, mask
    )
    z = norm(y, p["g2"], p["b2"])
    return y + torch.relu(z @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]


@mistake("transformer_block", "two slips: GELU for ReLU, and the two norms are exchanged")
def tb_gelu_norms_swapped(x, p, heads, mask=None):

    def norm(z, gamma, beta):
        return F.layer_norm(z, gamma.shape, gamma, beta, eps=1e-05)

    attended = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = norm(x + attended, p["g2"], p["b2"])
    hidden = F.gelu(y @ p["w1"] + p["c1"])
    ffn = hidden @ p["w2"] + p["c2"]
    return norm(y + ffn, p["g1"], p["b1"])


@mistake("lm_loss", "not shifted: each token predicts itself")
def lm_not_shifted(logits, tokens):
    predictions = logits.flatten(0, 1)
    targets = tokens.flatten()
    return F.cross_entropy(predictions, targets)


@mistake("lm_loss", "shifted the wrong way")
def lm_shifted_backwards(logits, tokens):
    predictions = logits[:, 1:].flatten(0, 1)
    targets = tokens[:, :-1].flatten()
    return F.cross_entropy(predictions, targets)


@mistake("lm_loss", "two slips: a sum per sequence, shifted by two")
def lm_sum_not_shifted_two(logits, tokens):
    predictions = logits[:, :-2].flatten(0, 1)
    targets = tokens[:, 2:].flatten()
    return F.cross_entropy(predictions, targets, reduction="sum") / len(tokens)


@mistake("mask_tokens", "every token has a label")
def mt_labels_everywhere(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    inputs = tokens.masked_fill(masked, mask_id)
    labels = tokens.clone()
    return (inputs, labels)


@mistake("mask_tokens", "the labels stand where nothing is masked")
def mt_labels_inverted(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    inputs = tokens.masked_fill(masked, mask_id)
    labels = tokens.masked_fill(masked, -100)
    return (inputs, labels)


@mistake("mask_tokens", "two slips: 0 for -100, and the tokens are changed in place")
def mt_zero_labels_in_place(tokens, mask_id, rate, generator):
    masked = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    inputs = tokens.masked_fill_(masked, mask_id)
    labels = tokens.masked_fill(~masked, 0)
    return (inputs, labels)


@mistake(
    "multi_head_attention",
    "two slips: the width is split with the heads innermost; and the heads are joined without transposing back",
)
def mha_heads_interleaved_and_merge_without_transpose(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    q, k, v = (split(x @ wq), split(x @ wk), split(x @ wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.reshape(x.shape) @ wo


@mistake(
    "self_attention",
    "two slips: the softmax runs over the queries; and the root of the input's width",
)
def self_softmax_queries_and_d_of_model(x, wq, wk, wv):
    q, k, v = (wq @ x, wk @ x, wv @ x)
    scores = k.T @ q / math.sqrt(len(x))
    weights = torch.softmax(scores, dim=1)
    return v @ weights


@mistake(
    "scaled_dot_attention", "two slips: the mask is inverted; and masked scores are 0, not -inf"
)
def sda_mask_inverted_and_mask_zero(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask, 0.0)
    weights = torch.softmax(scores, dim=-1)
    return weights @ v


@mistake(
    "multi_head_attention",
    "two slips: the output projection is missing; and the width is split with the heads innermost",
)
def mha_no_output_projection_and_heads_interleaved(x, wq, wk, wv, wo, heads, mask=None):

    def split(z):
        return z.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2)

    q, k, v = (split(x @ wq), split(x @ wk), split(x @ wv))
    attended = scaled_dot_attention(q, k, v, mask)
    return attended.transpose(1, 2).flatten(2)
