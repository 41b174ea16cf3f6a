"""Wrong answers of lecture 13, as students write them, to try the hints on."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.lec13_attention import answers
from solutions.lec13_attention.answers import multi_head_attention, scaled_dot_attention


@mistake("additive_score", "tanh covers W x alone; U q is added outside of it")
def tanh_without_the_query(x, q, w, u, v):
    return (torch.tanh(x @ w.T) + u @ q) @ v


@mistake("additive_score", "v is left out: the hidden units are added up with equal weight")
def sums_the_hidden_units(x, q, w, u, v):
    hidden = torch.tanh(F.linear(x, w) + F.linear(q, u))
    return hidden.sum(dim=1)


@mistake("additive_score", "the matrices stand the wrong way round: (N, D) @ (A, D) raises")
def matrices_not_transposed(x, q, w, u, v):
    return torch.tanh(x @ w + q @ u) @ v


@mistake("additive_score", "two slips: W and U change places, and a softmax is taken of the scores")
def w_and_u_swapped_with_softmax(x, q, w, u, v):
    e = torch.tanh(x @ u.T + w @ q) @ v
    return torch.softmax(e, dim=0)


@mistake("additive_score", "the scores keep an axis of size 1: (N, 1) instead of (N,)")
def scores_as_a_column(x, q, w, u, v):
    z = torch.tanh(torch.matmul(x, w.t()) + torch.matmul(u, q))
    return torch.matmul(z, v.unsqueeze(1))


@mistake("dot_score", "the scores are divided by the norms: that is the cosine")
def cosine_of_the_angle(x, q):
    return F.cosine_similarity(x, q[None, :], dim=1)


@mistake("dot_score", "the products are not summed: (N, D) comes out")
def products_are_not_summed(x, q):
    return x * q


@mistake("dot_score", "torch.dot takes two vectors; with a matrix it raises")
def dot_of_a_matrix(x, q):
    return torch.dot(x, q)


@mistake("scaled_dot_score", "it divides by √N, the number of positions, not by √D")
def root_of_the_positions(x, q):
    return x @ q / x.shape[0] ** 0.5


@mistake("scaled_dot_score", "it divides by D: the root is missing")
def divides_by_the_width(x, q):
    return torch.mean(x * q, dim=1)


@mistake("scaled_dot_score", "two slips: it multiplies where it should divide, by D instead of √D")
def multiplies_by_the_width(x, q):
    d = q.shape[0]
    return torch.mv(x, q) * d


@mistake(
    "scaled_dot_score", "two slips: it divides by √N for √D, and a softmax is taken of the scores"
)
def softmax_over_root_n(x, q):
    n = len(x)
    return torch.softmax((x * q).sum(-1) / np.sqrt(n), dim=0)


@mistake("bilinear_score", "W stands between q and x the wrong way round: qᵀ W x, its transpose")
def query_on_the_left(x, w, q):
    return torch.stack([q @ w @ row for row in x])


@mistake("bilinear_score", "two slips: W is transposed, and the scores are divided by √D")
def transposed_and_scaled(x, w, q):
    projected = torch.matmul(x, w.T)
    return torch.mv(projected, q) / math.sqrt(q.numel())


@mistake("bilinear_score", "torch.outer takes two vectors; with a matrix it raises")
def outer_product_of_the_query(x, w, q):
    return torch.outer(x @ w, q).sum(dim=1)


@mistake("context_vector", "the softmax is left out: the bare scores weigh the states")
def bare_scores_as_weights(scores, h):
    return (scores[:, None] * h).sum(dim=0)


@mistake("context_vector", "the states are added up by their weights, then averaged again over N")
def averages_once_too_often(scores, h):
    a = torch.softmax(scores, dim=-1)
    return torch.mean(a.unsqueeze(1) * h, dim=0)


@mistake("context_vector", "the exponentials are not divided by their sum")
def weights_do_not_sum_to_one(scores, h):
    weights = torch.exp(scores - scores.max())
    return weights @ h


@mistake(
    "context_vector",
    "two slips: the scores are normalised by their sum, without exp, and the "
    "weighted states are not added up",
)
def shares_of_the_scores_row_by_row(scores, h):
    a = scores / scores.sum()
    return a[:, None] * h


@mistake(
    "context_vector",
    "two slips: the smallest score gets the largest weight, and exp is not divided",
)
def negative_scores_not_normalised(scores, h):
    weights = torch.exp(-scores)
    return torch.einsum("n,nd->d", weights, h)


@mistake(
    "self_attention", "the softmax runs along the rows: each column of weights should sum to 1"
)
def softmax_along_the_rows(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    a = torch.softmax(k.T @ q / math.sqrt(q.shape[0]), dim=1)
    return v @ a


@mistake("self_attention", "it divides by the root of the input's width D, not of the keys' D_k")
def root_of_the_input_width(x, wq, wk, wv):
    d = x.size(0)
    q, k, v = wq.matmul(x), wk.matmul(x), wv.matmul(x)
    return v @ F.softmax(k.t() @ q / d**0.5, dim=0)


@mistake("self_attention", "keys and queries change places: QᵀK stands for KᵀQ")
def queries_times_keys(x, wq, wk, wv):
    q, k, v = wq @ x, wk @ x, wv @ x
    return v @ torch.softmax(q.T @ k / math.sqrt(k.shape[0]), dim=0)


@mistake(
    "self_attention", "two slips: the scores are not scaled, and the softmax runs along the rows"
)
def unscaled_along_the_rows(x, wq, wk, wv):
    scores = (wk @ x).T @ (wq @ x)
    return wv @ x @ scores.softmax(dim=1)


@mistake(
    "self_attention",
    "two slips: the result keeps the layout of rows, (N, D_v), and the scores are not "
    "divided by √D_k",
)
def answers_in_rows_unscaled(x, wq, wk, wv):
    q, k, v = (wq @ x).T, (wk @ x).T, (wv @ x).T
    return torch.softmax(q @ k.T, dim=-1) @ v


@mistake("self_attention", "x is multiplied from the wrong side: (D, N) @ (D_k, D) raises")
def projects_from_the_right(x, wq, wk, wv):
    q, k, v = x @ wq.T, x @ wk.T, x @ wv.T
    return v @ torch.softmax(k.T @ q / math.sqrt(k.shape[0]), dim=0)


@mistake(
    "scaled_dot_attention", "True is taken to mean hidden: the mask is used the wrong way round"
)
def mask_the_wrong_way_round(q, k, v, mask=None):
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = scores.masked_fill(mask, float("-inf"))
    return torch.softmax(scores, dim=-1) @ v


@mistake(
    "scaled_dot_attention", "the mask acts after the softmax, so that the rows sum to less than 1"
)
def masks_the_weights(q, k, v, mask=None):
    weights = torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, dim=-1)
    if mask is not None:
        weights = weights * mask
    return weights @ v


@mistake("scaled_dot_attention", "hidden scores become 0, not −∞: they keep a weight")
def hidden_scores_are_zero(q, k, v, mask=None):
    d = q.shape[-1]
    scores = torch.einsum("...id,...jd->...ij", q, k) / d**0.5
    if mask is not None:
        scores = torch.where(mask, scores, torch.zeros_like(scores))
    return torch.einsum("...ij,...jd->...id", torch.softmax(scores, -1), v)


@mistake(
    "scaled_dot_attention", "two slips: the softmax runs over the queries, and the scale is missing"
)
def over_the_queries_unscaled(q, k, v, mask=None):
    scores = q @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-2) @ v


@mistake("scaled_dot_attention", "it divides by √N: the size of the axis before the last")
def scales_by_the_length(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-2])
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), -1e30)
    return torch.softmax(scores, dim=-1) @ v


@mistake(
    "scaled_dot_attention",
    "all axes of k are turned round, not the last two: with axes in front it raises",
)
def turns_all_axes_round(q, k, v, mask=None):
    scores = q @ k.permute(*range(k.dim() - 1, -1, -1)) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ v


@mistake("scaled_dot_attention", "two slips: the mask hides what it should show, and by −1, not −∞")
def subtracts_one_where_allowed(q, k, v, mask=None):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores - mask.to(scores.dtype)
    return torch.softmax(scores, dim=-1) @ v


@mistake("causal_mask", "the diagonal is hidden: a position may attend to itself")
def hides_the_diagonal(n):
    return torch.ones(n, n, dtype=torch.bool).tril(diagonal=-1)


@mistake("causal_mask", "the upper triangle is True: the past is hidden, not the future")
def hides_the_past(n):
    i = torch.arange(n)
    return i[:, None] <= i[None, :]


@mistake("causal_mask", "two slips: True marks what is hidden, and the mask is float, not bool")
def floats_that_hide(n):
    return torch.triu(torch.ones(n, n), diagonal=1)


@mistake("causal_mask", "the mask holds 0 and −∞ to be added to the scores, not booleans")
def additive_mask(n):
    return torch.full((n, n), float("-inf")).triu(1)


@mistake("local_mask", "the window's edge is left out: < stands for ≤")
def window_without_its_edge(n, window):
    pos = torch.arange(n)
    return (pos.unsqueeze(0) - pos.unsqueeze(1)).abs() < window


@mistake("local_mask", "the window reaches back only: j from i − window to i")
def window_of_the_past(n, window):
    i = torch.arange(n).unsqueeze(1)
    j = torch.arange(n).unsqueeze(0)
    return (j <= i) & (i - j <= window)


@mistake(
    "local_mask",
    "two slips: the window holds its whole width, not that on each side, and the mask is int64",
)
def half_a_window_in_ints(n, window):
    m = torch.zeros(n, n, dtype=torch.int64)
    for i in range(n):
        for j in range(n):
            if abs(i - j) <= window // 2:
                m[i, j] = 1
    return m


@mistake(
    "local_mask", "i − window is negative near the start, and such a slice counts from the end"
)
def negative_start_of_a_slice(n, window):
    m = torch.zeros(n, n, dtype=torch.bool)
    for i in range(n):
        m[i, i - window : i + window + 1] = True
    return m


@mistake("local_mask", "a NumPy array comes out, not a tensor")
def numpy_band(n, window):
    i = np.arange(n)
    return np.abs(i[:, None] - i[None, :]) <= window


@mistake("local_mask", "two slips: the window reaches forward only, and its edge is left out")
def forward_window_without_its_edge(n, window):
    ones = torch.ones(n, n, dtype=torch.bool)
    return ones.triu(0) & ~ones.triu(window)


@mistake(
    "multi_head_attention",
    "the heads are cut by a view without a transpose: positions are mixed up",
)
def cuts_heads_without_a_transpose(x, wq, wk, wv, wo, heads, mask=None):
    B, N, D = x.shape
    q = (x @ wq).view(B, heads, N, D // heads)
    k = (x @ wk).view(B, heads, N, D // heads)
    v = (x @ wv).view(B, heads, N, D // heads)
    out = scaled_dot_attention(q, k, v, mask)
    return out.reshape(B, N, D) @ wo


@mistake("multi_head_attention", "the heads are joined without a transpose back")
def joins_heads_without_a_transpose(x, wq, wk, wv, wo, heads, mask=None):
    B, N, D = x.shape

    def split(z):
        return z.reshape(B, N, heads, D // heads).permute(0, 2, 1, 3)

    out = scaled_dot_attention(split(x @ wq), split(x @ wk), split(x @ wv), mask)
    return out.reshape(B, N, D) @ wo


@mistake(
    "multi_head_attention", "every head divides by the root of D, not of its own width D / heads"
)
def scales_by_the_whole_width(x, wq, wk, wv, wo, heads, mask=None):
    outs = []
    D = x.shape[-1]
    size = D // heads
    for j in range(heads):
        block = slice(j * size, (j + 1) * size)
        q, k, v = x @ wq[:, block], x @ wk[:, block], x @ wv[:, block]
        scores = q @ k.transpose(1, 2) / math.sqrt(D)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        outs.append(torch.softmax(scores, dim=-1) @ v)
    return torch.cat(outs, dim=-1) @ wo


@mistake("multi_head_attention", "the output projection wo is left out")
def without_the_output_projection(x, wq, wk, wv, wo, heads, mask=None):
    q, k, v = (torch.stack((x @ w).chunk(heads, dim=-1), dim=1) for w in (wq, wk, wv))
    out = scaled_dot_attention(q, k, v, mask)
    return torch.cat(list(out.unbind(dim=1)), dim=-1)


@mistake("multi_head_attention", "two slips: there is one head only, and the mask is not passed on")
def one_head_without_a_mask(x, wq, wk, wv, wo, heads, mask=None):
    return scaled_dot_attention(x @ wq, x @ wk, x @ wv) @ wo


@mistake(
    "multi_head_attention",
    "two slips: head j takes every heads-th column, not a block, and wo is transposed",
)
def interleaved_heads_and_wo_transposed(x, wq, wk, wv, wo, heads, mask=None):
    B, N, D = x.shape

    def split(z):
        return z.view(B, N, D // heads, heads).permute(0, 3, 1, 2)

    out = scaled_dot_attention(split(x @ wq), split(x @ wk), split(x @ wv), mask)
    return out.transpose(1, 2).flatten(2) @ wo.T


@mistake("multi_head_attention", "/ makes a float, which no shape takes: TypeError")
def width_by_true_division(x, wq, wk, wv, wo, heads, mask=None):
    B, N, D = x.shape
    d = D / heads
    q = (x @ wq).view(B, N, heads, d).transpose(1, 2)
    k = (x @ wk).view(B, N, heads, d).transpose(1, 2)
    v = (x @ wv).view(B, N, heads, d).transpose(1, 2)
    return scaled_dot_attention(q, k, v, mask).transpose(1, 2).reshape(B, N, D) @ wo


@mistake(
    "multi_head_attention", "the projections are transposed, as nn.Linear does: x @ w.T for x @ w"
)
def projections_of_nn_linear(x, wq, wk, wv, wo, heads, mask=None):
    return answers.multi_head_attention(x, wq.T, wk.T, wv.T, wo.T, heads, mask)


@mistake(
    "multi_head_attention",
    "two slips: the scores of the heads are not scaled, and wo is left out",
)
def unscaled_heads_without_wo(x, wq, wk, wv, wo, heads, mask=None):
    q, k, v = ((x @ w).unflatten(-1, (heads, -1)) for w in (wq, wk, wv))
    scores = torch.einsum("bihd,bjhd->bhij", q, k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.einsum("bhij,bjhd->bihd", scores.softmax(-1), v).flatten(2)


@mistake("positional_encoding", "all sines come first and all cosines after them")
def sines_then_cosines(n, d):
    pos = torch.arange(n, dtype=torch.float32).unsqueeze(1)
    freq = 10000.0 ** (-torch.arange(0, d, 2) / d)
    return torch.cat([torch.sin(pos * freq), torch.cos(pos * freq)], dim=1)


@mistake("positional_encoding", "sine and cosine change places: the even columns hold cosines")
def cosines_on_even_columns(n, d):
    p = torch.zeros(n, d)
    for pos in range(n):
        for i in range(d // 2):
            angle = pos / 10000 ** (2 * i / d)
            p[pos, 2 * i] = math.cos(angle)
            p[pos, 2 * i + 1] = math.sin(angle)
    return p


@mistake("positional_encoding", "the exponent is i/d, not 2i/d: i counts pairs of columns")
def exponent_without_the_two(n, d):
    pos = torch.arange(n)[:, None]
    i = torch.arange(d // 2)
    angle = pos / torch.pow(10000, i / d)
    p = torch.empty(n, d)
    p[:, 0::2] = angle.sin()
    p[:, 1::2] = angle.cos()
    return p


@mistake("positional_encoding", "each column has its own frequency: a pair should share one")
def own_frequency_of_each_column(n, d):
    pos = np.arange(n)[:, None]
    col = np.arange(d)[None, :]
    angle = pos / 10000 ** (col / d)
    out = np.where(col % 2 == 0, np.sin(angle), np.cos(angle))
    return torch.from_numpy(out.astype(np.float32))


@mistake("positional_encoding", "two slips: positions count from 1, and the result is float64")
def positions_from_one_in_float64(n, d):
    pos = torch.arange(1, n + 1, dtype=torch.float64)[:, None]
    angle = pos / 10000 ** (torch.arange(0, d, 2, dtype=torch.float64) / d)
    return torch.stack([angle.sin(), angle.cos()], dim=2).reshape(n, d)


@mistake(
    "positional_encoding",
    "two slips: the base is 1000, and the frequency multiplies where the power should divide",
)
def grows_with_the_column(n, d):
    pos = torch.arange(n, dtype=torch.float32)[:, None]
    angle = pos * 1000 ** (torch.arange(0, d, 2) / d)
    p = torch.zeros(n, d)
    p[:, ::2], p[:, 1::2] = torch.sin(angle), torch.cos(angle)
    return p


@mistake("positional_encoding", "math.sin takes one number, and gets a tensor: it raises")
def math_sine_of_a_tensor(n, d):
    p = torch.zeros(n, d)
    pos = torch.arange(n)
    for i in range(0, d, 2):
        p[:, i] = math.sin(pos / 10000 ** (i / d))
        p[:, i + 1] = math.cos(pos / 10000 ** (i / d))
    return p


@mistake("transformer_block", "the norms come before each part, not after the sum: pre-norm")
def normalises_before_each_part(x, p, heads, mask=None):
    d = x.shape[-1:]
    z = F.layer_norm(x, d, p["g1"], p["b1"])
    y = x + multi_head_attention(z, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    z = F.layer_norm(y, d, p["g2"], p["b2"])
    return y + torch.relu(z @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]


@mistake(
    "transformer_block",
    "x is not added to what attention makes of it: the first residual is missing",
)
def without_the_first_residual(x, p, heads, mask=None):
    att = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = F.layer_norm(att, att.shape[-1:], p["g1"], p["b1"], 1e-5)
    f = F.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    return F.layer_norm(y + f, y.shape[-1:], p["g2"], p["b2"], 1e-5)


@mistake("transformer_block", "the second sum adds x where it should add y")
def adds_x_twice(x, p, heads, mask=None):
    def ln(z, g, b):
        mu = z.mean(-1, keepdim=True)
        var = z.var(-1, unbiased=False, keepdim=True)
        return g * (z - mu) / torch.sqrt(var + 1e-5) + b

    y = ln(
        x + multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask),
        p["g1"],
        p["b1"],
    )
    ffn = torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    return ln(x + ffn, p["g2"], p["b2"])


@mistake(
    "transformer_block",
    "two slips: the norm uses the unbiased variance, and the mask is not passed on",
)
def unbiased_norm_without_a_mask(x, p, heads, mask=None):
    def ln(z, g, b):
        var = z.var(-1, keepdim=True)
        return g * (z - z.mean(-1, keepdim=True)) / torch.sqrt(var + 1e-5) + b

    y = ln(x + multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads), p["g1"], p["b1"])
    ffn = torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    return ln(y + ffn, p["g2"], p["b2"])


@mistake(
    "transformer_block", "two slips: the hidden layer has no ReLU, and its second bias is left out"
)
def linear_ffn_without_bias(x, p, heads, mask=None):
    d = (x.shape[-1],)
    att = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = F.layer_norm(x + att, d, p["g1"], p["b1"])
    hidden = y @ p["w1"] + p["c1"]
    return F.layer_norm(y + hidden @ p["w2"], d, p["g2"], p["b2"])


@mistake(
    "transformer_block", "layer_norm normalises over (N, D) together, not over each position's D"
)
def normalises_the_whole_sequence(x, p, heads, mask=None):
    def ln(z, g, b):
        return F.layer_norm(z, z.shape[1:]) * g + b

    att = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = ln(x + att, p["g1"], p["b1"])
    ffn = torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]
    return ln(y + ffn, p["g2"], p["b2"])


@mistake("transformer_block", "the dictionary has no key b3: KeyError")
def looks_up_a_missing_key(x, p, heads, mask=None):
    att = multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, mask)
    y = F.layer_norm(x + att, x.shape[-1:], p["g1"], p["b1"])
    ffn = torch.relu(y @ p["w1"] + p["c1"]) @ p["w2"] + p["b3"]
    return F.layer_norm(y + ffn, x.shape[-1:], p["g2"], p["b2"])


@mistake("transformer_block", "two slips: the norms come before the parts, and the ReLU is missing")
def linear_pre_norm(x, p, heads, mask=None):
    def norm(z, k):
        return F.layer_norm(z, (z.shape[-1],), p[f"g{k}"], p[f"b{k}"])

    mats = (p[name] for name in ("wq", "wk", "wv", "wo"))
    x = x + multi_head_attention(norm(x, 1), *mats, heads, mask)
    return x + (norm(x, 2) @ p["w1"] + p["c1"]) @ p["w2"] + p["c2"]


@mistake("lm_loss", "the logits at t are compared with token t itself: nothing is shifted")
def predicts_the_token_itself(logits, tokens):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), tokens.reshape(-1))


@mistake("lm_loss", "the shift goes the wrong way: logits at t + 1 are asked for token t")
def shifts_the_wrong_way(logits, tokens):
    V = logits.shape[2]
    return F.cross_entropy(logits[:, 1:].reshape(-1, V), tokens[:, :-1].reshape(-1))


@mistake("lm_loss", "the losses are summed along the sequence: it divides by B, not by B (N − 1)")
def mean_over_the_batch_only(logits, tokens):
    logp = torch.log_softmax(logits[:, :-1], dim=-1)
    picked = logp.gather(2, tokens[:, 1:, None]).squeeze(2)
    return -picked.sum() / tokens.shape[0]


@mistake("lm_loss", "cross_entropy wants the classes on axis 1; (B, N − 1, V) as it is raises")
def classes_on_the_last_axis(logits, tokens):
    return F.cross_entropy(logits[:, :-1], tokens[:, 1:])


@mistake("lm_loss", "two slips: it divides by B·N, and a softmax is taken before the loss's own")
def softmax_twice_over_bn(logits, tokens):
    B, N, V = logits.shape
    probs = torch.softmax(logits[:, :-1], dim=-1)
    total = F.cross_entropy(probs.reshape(-1, V), tokens[:, 1:].reshape(-1), reduction="sum")
    return total / (B * N)


@mistake("lm_loss", "two slips: the first sequence alone counts, and its tokens are not shifted")
def first_sequence_not_shifted(logits, tokens):
    logp = F.log_softmax(logits[0], dim=-1)
    return -logp[torch.arange(len(logp), device=logp.device), tokens[0]].mean()


@mistake(
    "lm_loss", "two slips: the shift goes the wrong way, and the losses are added, not averaged"
)
def wrong_shift_and_sum(logits, tokens):
    loss = 0.0
    for b in range(tokens.shape[0]):
        for t in range(1, tokens.shape[1]):
            loss = loss - torch.log_softmax(logits[b, t], dim=0)[tokens[b, t - 1]]
    return loss


@mistake("mask_tokens", "the labels hold all tokens: −100 is missing where nothing is hidden")
def labels_everywhere(tokens, mask_id, rate, generator):
    hidden = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    inputs = tokens.clone()
    inputs[hidden] = mask_id
    return inputs, tokens.clone()


@mistake("mask_tokens", "tokens itself is changed: there is no copy")
def hides_in_place(tokens, mask_id, rate, generator):
    hidden = torch.rand(tokens.shape, generator=generator, device=tokens.device) < rate
    labels = torch.where(hidden, tokens, -100)
    tokens[hidden] = mask_id
    return tokens, labels


@mistake("mask_tokens", "rate is the probability to keep: > stands for <")
def keeps_with_probability_rate(tokens, mask_id, rate, generator):
    r = torch.rand(tokens.shape, generator=generator, device=tokens.device)
    hidden = r > rate
    return torch.where(hidden, mask_id, tokens), torch.where(hidden, tokens, -100)


@mistake("mask_tokens", "an exact share of all positions is hidden: they are not independent")
def hides_an_exact_share(tokens, mask_id, rate, generator):
    count = round(rate * tokens.numel())
    order = torch.randperm(tokens.numel(), generator=generator, device=tokens.device)
    hidden = torch.zeros(tokens.numel(), dtype=torch.bool, device=tokens.device)
    hidden[order[:count]] = True
    hidden = hidden.view_as(tokens)
    return tokens.masked_fill(hidden, mask_id), tokens.masked_fill(~hidden, -100)


@mistake(
    "mask_tokens",
    "two slips: one draw per column hides it in all rows, and labels hold mask_id "
    "where nothing is hidden",
)
def hides_whole_columns(tokens, mask_id, rate, generator):
    hidden = torch.rand(tokens.shape[1], generator=generator, device=tokens.device) < rate
    hidden = hidden.expand(tokens.shape)
    return tokens.masked_fill(hidden, mask_id), tokens.masked_fill(~hidden, mask_id)


@mistake("mask_tokens", "two slips: labels and inputs change places, and the generator is not used")
def labels_first_and_global_draws(tokens, mask_id, rate, generator):
    hidden = torch.rand(tokens.shape) < rate
    inputs = tokens.masked_fill(hidden, mask_id)
    labels = tokens.masked_fill(~hidden, -100)
    return labels, inputs


@mistake(
    "mask_tokens",
    "rand_like keeps the tokens' int64, for which there are no uniform draws: it raises",
)
def rand_like_of_integers(tokens, mask_id, rate, generator):
    hidden = torch.rand_like(tokens, generator=generator) < rate
    return tokens.masked_fill(hidden, mask_id), tokens.masked_fill(~hidden, -100)
