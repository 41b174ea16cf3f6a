"""The oracle of lecture 13 against PyTorch's own operators, in float64 and in both layouts."""

import math
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from grader.proofs import Computed, figure
from reference import attention, transformer
from solutions.lec13_attention import answers

Array = np.ndarray
SAME = 1e-12


def apart(one: Any, other: Any) -> float:
    """The largest difference of two results."""
    difference = torch.as_tensor(one, dtype=torch.float64) - torch.as_tensor(other)
    return float(difference.detach().abs().max())


def tensors(*arrays: Array) -> list[torch.Tensor]:
    """The arrays as tensors."""
    return [torch.tensor(array) for array in arrays]


@figure("PyTorch's scaled_dot_product_attention, rows, with a mask", 0, within=SAME)
def rows_with_a_mask() -> Computed:
    """(…, N, D) rows with a causal and a local mask."""
    rng = np.random.default_rng(1)
    Q, K, V = (rng.normal(size=(2, 3, 6, 4)) for _ in range(3))
    for mask in (attention.causal_mask(6), attention.local_mask(6, 1), np.ones((6, 6), bool)):
        q, k, v, m = tensors(Q, K, V, mask)
        theirs = F.scaled_dot_product_attention(q, k, v, attn_mask=m)
        yield "reference", apart(attention.scaled_dot_attention(Q, K, V, mask), theirs)
        yield "answers", apart(answers.scaled_dot_attention(q, k, v, m), theirs)


@figure("PyTorch's scaled_dot_product_attention, the lecture's columns", 0, within=SAME)
def columns() -> Computed:
    """H (D_v, N) is the transpose of what rows give."""
    rng = np.random.default_rng(2)
    X, Wq, Wk, Wv = (rng.normal(size=s) for s in [(3, 5), (4, 3), (4, 3), (2, 3)])
    x, wq, wk, wv = tensors(X, Wq, Wk, Wv)
    theirs = F.scaled_dot_product_attention(x.T @ wq.T, x.T @ wk.T, x.T @ wv.T).T
    yield "reference", apart(attention.self_attention(X, Wq, Wk, Wv), theirs)
    yield "answers", apart(answers.self_attention(x, wq, wk, wv), theirs)


@figure("PyTorch's scores: nn.Bilinear, and one query's attention", 0, within=SAME)
def scores_and_context() -> Computed:
    """Bilinear scores, and the context vector of scaled scores as attention with one query."""
    rng = np.random.default_rng(3)
    X, q, W = rng.normal(size=(5, 4)), rng.normal(size=4), rng.normal(size=(4, 4))
    x, query, w = tensors(X, q, W)
    theirs = F.bilinear(x, query.expand(5, 4).contiguous(), w[None])[:, 0]
    yield "reference", apart(attention.bilinear_score(X, W, q), theirs)
    yield "answers", apart(answers.bilinear_score(x, w, query), theirs)
    theirs = F.scaled_dot_product_attention(query[None], x, x)[0]
    context = attention.context_vector(attention.scaled_dot_score(X, q), X)
    yield "reference", apart(context, theirs)
    yield "answers", apart(answers.context_vector(answers.scaled_dot_score(x, query), x), theirs)
    plain = attention.dot_score(X, q) / math.sqrt(4)
    yield "reference, dot", apart(attention.context_vector(plain, X), theirs)


def encoder_layer(p: dict[str, Array], heads: int) -> nn.TransformerEncoderLayer:
    """PyTorch's post-norm layer with the parameters p; its matrices stand on the left."""
    d, f = p["w1"].shape
    layer = nn.TransformerEncoderLayer(d, heads, f, dropout=0.0, batch_first=True).double()
    values = {
        "self_attn.in_proj_weight": np.concatenate([p["wq"].T, p["wk"].T, p["wv"].T]),
        "self_attn.in_proj_bias": np.zeros(3 * d),
        "self_attn.out_proj.weight": p["wo"].T,
        "self_attn.out_proj.bias": np.zeros(d),
        "linear1.weight": p["w1"].T,
        "linear1.bias": p["c1"],
        "linear2.weight": p["w2"].T,
        "linear2.bias": p["c2"],
        "norm1.weight": p["g1"],
        "norm1.bias": p["b1"],
        "norm2.weight": p["g2"],
        "norm2.bias": p["b2"],
    }
    layer.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
    return layer


@figure("PyTorch's nn.TransformerEncoderLayer and its multi-head attention", 0, within=SAME)
def encoder() -> Computed:
    """Three heads of width four, with a causal mask; PyTorch's mask is True where hidden."""
    rng = np.random.default_rng(4)
    d, f, heads = 12, 7, 3
    P = {name: rng.normal(size=(d, d)) / np.sqrt(d) for name in ("wq", "wk", "wv", "wo")}
    P |= {name: rng.normal(size=d) for name in ("g1", "b1", "g2", "b2", "c2")}
    P |= {"w1": rng.normal(size=(d, f)), "c1": rng.normal(size=f), "w2": rng.normal(size=(f, d))}
    p = {name: torch.tensor(value) for name, value in P.items()}
    X, mask = rng.normal(size=(2, 5, d)), attention.causal_mask(5)
    x, m = tensors(X, mask)
    layer = encoder_layer(P, heads)

    theirs = layer.self_attn(x, x, x, attn_mask=~m)[0]
    mine = attention.multi_head(X, P["wq"], P["wk"], P["wv"], P["wo"], heads, mask)
    yield "reference, heads", apart(mine, theirs)
    answer = answers.multi_head_attention(x, p["wq"], p["wk"], p["wv"], p["wo"], heads, m)
    yield "answers, heads", apart(answer, theirs)
    theirs = layer(x, src_mask=~m)
    yield "reference", apart(transformer.block(X, P, heads, mask), theirs)
    yield "answers", apart(answers.transformer_block(x, p, heads, m), theirs)


@figure("PyTorch's cross_entropy, each token predicted by the position before it", 0, within=SAME)
def next_token() -> Computed:
    """The mean over B (N − 1) predictions, one by one."""
    rng = np.random.default_rng(5)
    U, L = rng.normal(size=(3, 4, 6)), rng.integers(6, size=(3, 4))
    u, tokens = tensors(U, L)
    each = [F.cross_entropy(u[b, t], tokens[b, t + 1]) for b in range(3) for t in range(3)]
    theirs = torch.stack(each).mean()
    yield "reference", apart(transformer.lm_loss(U, L), theirs)
    yield "answers", apart(answers.lm_loss(u, tokens), theirs)


@figure(
    "sin and cos of position 3 with d = 4: 3 and 3/100",
    [0.1411, -0.9900, 0.0300, 0.9996],
    within=5e-5,
)
def one_position() -> Computed:
    """The angles are pos/10000^(2i/d): 3 and 0.03."""
    yield "reference", transformer.positional_encoding(5, 4)[3]
    yield "answers", answers.positional_encoding(5, 4)[3]
