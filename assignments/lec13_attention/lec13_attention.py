# %% [markdown]
# # Lecture 13: Attention
#
# A recurrent network hands its memory on from step to step, a convolution looks at neighbours.
# Attention looks everywhere at once, and lets the data say where it matters: every result is a
# weighted average, and the weights are a softmax of scores. In this notebook you build it from one
# score up to a transformer block, and end with two ways of training a language model.
#
# **Two layouts.** Slides and papers disagree, so look twice at the shapes.
#
# - Section 3, `self_attention`, is the lecture's formula letter by letter: a **column** for each
#   position, $X\in\mathbb R^{D\times N}$, and each *column* of weights sums to 1.
# - Everything else has a **row** for each position, $(N, D)$, with batch and heads in front, as in
#   the paper and in PyTorch, and each *row* of weights sums to 1.
#
# **Conventions.** A mask is a boolean tensor in which **True means "may attend"**. Results keep the
# inputs' dtype and device; inputs are never changed. `F.scaled_dot_product_attention`,
# `nn.MultiheadAttention` and the `nn.Transformer` modules may not run inside your functions; in
# your own tests, use them as much as you like. `torch.softmax` and `F.layer_norm` are allowed.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F

# %% [markdown]
# ## 1. How well do two vectors match?
#
# Attention was invented for translation, as a way to align words: while the decoder, in state $q$,
# writes the next word, each hidden state $x$ of the source gets a *score* $s(x, q)$. The lecture
# lists four scores. Whichever it is, the number of its parameters does not depend on the length
# of the sentence. The **additive** one is a small network:
#
# $$s(x, q) = v^\top\tanh(Wx + Uq),\qquad W, U\in\mathbb R^{A\times D},\quad v\in\mathbb R^{A}$$
#
# All four functions score every row $x$ of a matrix `x` with one query `q`, and return the bare
# scores, without a softmax.


# %% exercise="additive_score"
def additive_score(x, q, w, u, v):
    """Additive scores of all positions: v^T tanh(W x + U q) for each row x.

    Args:
        x: (N, D), a row for each position.
        q: (D,), the query.
        w: (A, D), the matrix of x.
        u: (A, D), the matrix of q.
        v: (A,).

    Returns:
        (N,) scores.
    """
    raise NotImplementedError


# %% example="additive_score"
x, q = torch.tensor([[1.0, 0.0], [0.0, 2.0]]), torch.tensor([0.5, -1.0])
w, u, v = torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0, 1.0]]), torch.tensor([3.0])
s = additive_score(x, q, w, u, v)
expected = 3 * torch.tanh(torch.tensor([1.0, 2.0]))
assert s.shape == (2,), f"two positions have two scores, so (2,), not {tuple(s.shape)}"
assert torch.allclose(s, expected), f"here W x is 1 and 2, U q is 0: expected {expected}, got {s}"

# %% [markdown]
# The **dot product** needs no parameters, but it grows: if the entries of $x$ and $q$ are
# independent with mean 0 and variance 1, $x^\top q$ has variance $D$, and a softmax of such scores
# puts nearly all weight on one position. The **scaled** dot product takes that back:
#
# $$s(x, q) = x^\top q\qquad\text{and}\qquad s(x, q) = \frac{x^\top q}{\sqrt D}$$


# %% exercise="dot_score"
def dot_score(x, q):
    """Dot-product scores of all positions: x^T q for each row x.

    Args:
        x: (N, D).
        q: (D,).

    Returns:
        (N,) scores.
    """
    raise NotImplementedError


# %% example="dot_score"
s = dot_score(torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 0.0]]), torch.tensor([2.0, 1.0]))
assert torch.equal(s, torch.tensor([4.0, 5.0, 0.0])), f"expected [4, 5, 0], got {s}"


# %% exercise="scaled_dot_score"
def scaled_dot_score(x, q):
    """Scaled dot-product scores of all positions: x^T q / sqrt(D) for each row x.

    Args:
        x: (N, D).
        q: (D,).

    Returns:
        (N,) scores.
    """
    raise NotImplementedError


# %% example="scaled_dot_score"
s = scaled_dot_score(torch.ones(2, 4), torch.tensor([1.0, 2.0, 3.0, 4.0]))
assert torch.allclose(s, torch.tensor([5.0, 5.0])), f"10 / √4 is 5, twice; got {s}"

# %% [markdown]
# The **bilinear** score puts a matrix between the two: $s(x, q) = x^\top W q$. Note who stands on
# which side.


# %% exercise="bilinear_score"
def bilinear_score(x, w, q):
    """Bilinear scores of all positions: x^T W q for each row x.

    Args:
        x: (N, D).
        w: (D, D).
        q: (D,).

    Returns:
        (N,) scores.
    """
    raise NotImplementedError


# %% example="bilinear_score"
shift = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
s = bilinear_score(torch.tensor([[3.0, 5.0]]), shift, torch.tensor([7.0, 11.0]))
assert torch.equal(s, torch.tensor([33.0])), f"only x₁ W₁₂ q₂ = 3·11 is left; got {s}"

# %% [markdown]
# ## 2. The context vector
#
# The scores $e_1,\dots,e_N$ become weights, and the weights an average of the hidden states:
#
# $$(a_1,\dots,a_N) = \operatorname{softmax}(e_1,\dots,e_N),\qquad c = \sum_{j=1}^N a_j h_j$$


# %% exercise="context_vector"
def context_vector(scores, h):
    """The average of the hidden states, weighted by the softmax of their scores.

    Args:
        scores: (N,).
        h: (N, D), a hidden state in each row.

    Returns:
        (D,).
    """
    raise NotImplementedError


# %% example="context_vector"
h = torch.tensor([[4.0, 0.0], [0.0, 8.0]])
c = context_vector(torch.zeros(2), h)
assert c.shape == (2,), f"the context vector has the size of a state, (2,), not {tuple(c.shape)}"
assert torch.allclose(c, torch.tensor([2.0, 4.0])), f"equal scores give the mean (2, 4), got {c}"
c = context_vector(torch.tensor([math.log(3.0), 0.0]), h)
assert torch.allclose(c, torch.tensor([3.0, 2.0])), f"the weights are ¾ and ¼ here; got {c}"

# %% [markdown]
# ## 3. Self-attention: keys, queries, values
#
# Now every position asks a question of its own. Three matrices make from each input a *query*, a
# *key* that queries are matched with, and a *value* that is averaged. In the lecture's columns:
#
# $$Q = W_q X\in\mathbb R^{D_k\times N},\qquad K = W_k X\in\mathbb R^{D_k\times N},\qquad
# V = W_v X\in\mathbb R^{D_v\times N}$$
#
# $$H = V\,\operatorname{softmax}\!\left(\frac{K^\top Q}{\sqrt{D_k}}\right)
# \in\mathbb R^{D_v\times N}$$
#
# Entry $(j, i)$ of $K^\top Q$ is the score of key $j$ for query $i$, and column $i$ of $H$ averages
# the values for query $i$. So each **column** of the softmax sums to 1.


# %% exercise="self_attention"
def self_attention(x, wq, wk, wv):
    """Self-attention in the lecture's layout, with a column for each position.

    Args:
        x: (D, N), a position in each column.
        wq, wk: (D_k, D), the matrices of queries and keys.
        wv: (D_v, D), the matrix of values.

    Returns:
        (D_v, N): V softmax(K^T Q / sqrt(D_k)).
    """
    raise NotImplementedError


# %% example="self_attention"
torch.manual_seed(1)
x, wq, wk, wv = torch.randn(3, 5), torch.randn(4, 3), torch.randn(4, 3), torch.randn(2, 3)
h = self_attention(x, wq, wk, wv)
assert h.shape == (2, 5), f"5 positions with values of size 2 make (2, 5), not {tuple(h.shape)}"
rows = [(m @ x).T for m in (wq, wk, wv)]
expected = F.scaled_dot_product_attention(*rows).T
assert torch.allclose(h, expected, atol=1e-5), "this differs from what PyTorch makes of the rows"
h = self_attention(x, 0 * wq, wk, wv)
assert torch.allclose(h, (wv @ x).mean(dim=1, keepdim=True).expand(2, 5), atol=1e-6), (
    "queries of zeros match all keys alike: every column of H is the mean of the values"
)

# %% [markdown]
# ## 4. The same in rows, with a mask
#
# From here on a position is a row. Batch and heads are axes in front, which the formula leaves
# alone:
#
# $$\operatorname{attention}(Q, K, V)
# = \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt D}\right)V$$
#
# with $D$ the size of a query, and the softmax along each **row**: row $i$ belongs to query $i$.
#
# A mask says who may look at whom: where `mask[i, j]` is False, query $i$ must not see key $j$. It
# acts on the **scores**, before the softmax: a score of $-\infty$ has weight 0, and the other
# weights still sum to 1. Every query may attend somewhere, so no row is masked as a whole.


# %% exercise="scaled_dot_attention"
def scaled_dot_attention(q, k, v, mask=None):
    """Scaled dot-product attention in rows, with an optional mask.

    Args:
        q, k, v: (..., N, D) queries, keys and values, with the same axes in front.
        mask: None, or bool (N, N), the same for all axes in front: mask[i, j] is True where query
            i may attend to key j. Every row holds at least one True.

    Returns:
        (..., N, D).
    """
    raise NotImplementedError


# %% example="scaled_dot_attention"
torch.manual_seed(2)
q, k, v = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 5, 4), torch.randn(2, 3, 5, 4)
out = scaled_dot_attention(q, k, v)
assert out.shape == (2, 3, 5, 4), f"the shape stays (2, 3, 5, 4), not {tuple(out.shape)}"
assert torch.allclose(out, F.scaled_dot_product_attention(q, k, v), atol=1e-5), (
    "without a mask this differs from PyTorch's attention"
)
mask = torch.tensor([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0, 0, 1, 1, 1], [0, 1, 0, 1, 0], [1] * 5])
out = scaled_dot_attention(q, k, v, mask.bool())
assert torch.allclose(out[:, :, 0], v[:, :, 0], atol=1e-5), (
    "query 0 may only attend to position 0, so it gets exactly that value"
)
expected = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.bool())
assert torch.allclose(out, expected, atol=1e-5), "with a mask this differs from PyTorch's"

# %% [markdown]
# Two masks are used all the time. A **causal** one, for models that write from left to right: a
# position sees itself and what came before. A **local** one, the lecture's sliding window, which
# saves work: a position sees what is at most `window` steps away, on either side.


# %% exercise="causal_mask"
def causal_mask(n):
    """The mask that hides the future: row i may attend to columns 0, ..., i.

    Args:
        n: the number of positions, an int.

    Returns:
        bool (n, n), True where attention is allowed.
    """
    raise NotImplementedError


# %% example="causal_mask"
m = causal_mask(3)
assert m.dtype == torch.bool, f"a mask is boolean, not {m.dtype}"
assert m.tolist() == [[True, False, False], [True, True, False], [True, True, True]], (
    f"position 0 sees itself only, the last one sees everything; got {m}"
)


# %% exercise="local_mask"
def local_mask(n, window):
    """The mask of local attention: True where |i - j| <= window.

    Args:
        n: the number of positions, an int.
        window: the largest distance that is still seen, an int >= 0.

    Returns:
        bool (n, n), True where attention is allowed.
    """
    raise NotImplementedError


# %% example="local_mask"
m = local_mask(4, 1)
assert m.dtype == torch.bool, f"a mask is boolean, not {m.dtype}"
assert m.sum().item() == 10, f"with window 1, 4 positions see 2 + 3 + 3 + 2, not {m.sum().item()}"
assert m[0].tolist() == [True, True, False, False], f"position 0 sees 0 and 1; got {m[0]}"

# %% demo=true
torch.manual_seed(3)
n = 16
walk = torch.randn(n, n).cumsum(0) / 3
one_hot = torch.eye(n)  # values that show the weights themselves
panels = {
    "no mask": None,
    "causal": causal_mask(n),
    "local, window 2": local_mask(n, 2),
}
figure, axes = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained")
for axis, (name, mask) in zip(axes, panels.items(), strict=True):
    weights = scaled_dot_attention(walk, walk, one_hot, mask)
    image = axis.imshow(weights.numpy(), cmap="viridis", vmin=0, vmax=0.6)
    axis.set(xlabel="key j", ylabel="query i", title=name)
figure.colorbar(image, ax=axes, label="weight (each row sums to 1)")
figure.suptitle("Attention weights of a random walk with itself")
plt.show()

# %% [markdown]
# ## 5. Many heads
#
# One softmax can hardly look at two places at once. So the model is split into $h$ heads of width
# $D/h$, each with an attention of its own:
#
# $$\operatorname{MHA}(X) = \operatorname{concat}(H_1,\dots,H_h)\,W_o,\qquad
# H_j = \operatorname{attention}(Q_j, K_j, V_j)$$
#
# Here $Q_j$ is the $j$-th **block of $D/h$ neighbouring columns** of $XW_q$, and likewise for keys
# and values. Each head divides by the root of *its own* width. Rows on the left, weights on the
# right: projections are `x @ w`, without biases.


# %% exercise="multi_head_attention"
def multi_head_attention(x, wq, wk, wv, wo, heads, mask=None):
    """Multi-head self-attention.

    Args:
        x: (B, N, D), a batch of sequences.
        wq, wk, wv, wo: (D, D); head j works on the j-th block of D / heads columns of x @ wq,
            x @ wk and x @ wv, and the heads, joined in this order, are multiplied by wo.
        heads: the number of heads, an int that divides D.
        mask: None, or bool (N, N), the same for every sequence and every head.

    Returns:
        (B, N, D).
    """
    raise NotImplementedError


# %% example="multi_head_attention"
torch.manual_seed(4)
x, weights = torch.randn(2, 5, 6), [torch.randn(6, 6) / 2 for _ in range(4)]
out = multi_head_attention(x, *weights, 3)
assert out.shape == (2, 5, 6), f"the shape stays (2, 5, 6), not {tuple(out.shape)}"
theirs = torch.nn.MultiheadAttention(6, 3, bias=False, batch_first=True)
theirs.load_state_dict(
    {
        "in_proj_weight": torch.cat([w.T for w in weights[:3]]),
        "out_proj.weight": weights[3].T,
    }
)
assert torch.allclose(out, theirs(x, x, x)[0], atol=1e-5), "PyTorch's heads see something else"
out = multi_head_attention(x, *weights, 3, causal_mask(5))
expected = theirs(x, x, x, attn_mask=~causal_mask(5))[0]  # PyTorch's mask: True means hidden!
assert torch.allclose(out, expected, atol=1e-5), "with a causal mask PyTorch's heads differ"

# %% [markdown]
# ## 6. Where am I?
#
# Attention is a set operation: permute the positions, and the results are permuted along. The
# order of words has to come in with the input. The paper adds to every input a vector of sines and
# cosines, whose wavelengths grow from $2\pi$ to $10000\cdot2\pi$:
#
# $$P_{\text{pos},\,2i} = \sin\frac{\text{pos}}{10000^{2i/d}},\qquad
# P_{\text{pos},\,2i+1} = \cos\frac{\text{pos}}{10000^{2i/d}}$$
#
# Positions and columns count from 0; $i$ counts *pairs* of columns, and both of a pair share one
# frequency. Some programs put all sines first and all cosines after them: not here.


# %% exercise="positional_encoding"
def positional_encoding(n, d):
    """Sines (even columns) and cosines (odd columns) of the positions.

    Args:
        n: the number of positions, an int; they are 0, ..., n - 1.
        d: the number of columns, an even int.

    Returns:
        float32 (n, d).
    """
    raise NotImplementedError


# %% example="positional_encoding"
p = positional_encoding(5, 4)
assert p.shape == (5, 4) and p.dtype == torch.float32, f"float32 (5, 4), not {p.dtype}, {p.shape}"
assert torch.allclose(p[0], torch.tensor([0.0, 1.0, 0.0, 1.0])), f"position 0: 0 1 0 1, not {p[0]}"
expected = torch.tensor([math.sin(3), math.cos(3), math.sin(0.03), math.cos(0.03)])
assert torch.allclose(p[3], expected, atol=1e-6), f"position 3 should be {expected}, not {p[3]}"

# %% demo=true
encoding = positional_encoding(80, 48)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
image = left.imshow(encoding.T.numpy(), cmap="RdBu", aspect="auto")
left.set(xlabel="position", ylabel="column", title="The encoding of 80 positions")
figure.colorbar(image, ax=left)
for position in (10, 40, 65):
    right.plot((encoding @ encoding[position]).numpy(), label=f"with {position}")
right.set(xlabel="position", ylabel="dot product", title="Near positions have similar codes")
right.set_ylim(5, 25)
right.legend(fontsize=8, loc="lower center", ncols=3)
plt.show()

# %% [markdown]
# ## 7. A transformer block
#
# Attention lets positions talk to each other; then a small network thinks about each position by
# itself. Both are *added* to what came in, and each sum is normalised:
#
# $$Y = \operatorname{LN}_1\bigl(X + \operatorname{MHA}(X)\bigr),\qquad
# \text{out} = \operatorname{LN}_2\bigl(Y + \operatorname{FFN}(Y)\bigr),\qquad
# \operatorname{FFN}(y) = \operatorname{relu}(y W_1 + c_1)W_2 + c_2$$
#
# This is the paper's **post-norm** order; many later models normalise before each part instead.
# Layer normalisation treats each position's vector $z\in\mathbb R^D$ by itself:
#
# $$\operatorname{LN}(z) = g\odot\frac{z-\mu}{\sqrt{\sigma^2+\varepsilon}} + b$$
#
# with the mean and the *biased* variance (denominator $D$) of the $D$ entries, and
# $\varepsilon = 10^{-5}$.


# %% exercise="transformer_block"
def transformer_block(x, p, heads, mask=None):
    """One post-norm transformer block.

    Args:
        x: (B, N, D).
        p: a dict of tensors: wq, wk, wv, wo (D, D); g1, b1 (D,), scale and shift of the first
            normalisation; w1 (D, F), c1 (F,), w2 (F, D), c2 (D,); g2, b2 (D,), those of the second.
        heads: the number of heads, an int that divides D.
        mask: None, or bool (N, N).

    Returns:
        (B, N, D).
    """
    raise NotImplementedError


# %% example="transformer_block"
torch.manual_seed(5)
p = {name: torch.randn(6, 6) / 2 for name in ("wq", "wk", "wv", "wo")}
p |= {"g1": torch.ones(6), "b1": torch.zeros(6), "g2": torch.rand(6), "b2": torch.randn(6)}
p |= {"w1": torch.randn(6, 8), "c1": torch.randn(8), "w2": torch.randn(8, 6), "c2": torch.randn(6)}
x = torch.randn(2, 5, 6)
theirs = torch.nn.TransformerEncoderLayer(6, 3, 8, dropout=0.0, batch_first=True)
theirs.load_state_dict(
    {
        "self_attn.in_proj_weight": torch.cat([p["wq"].T, p["wk"].T, p["wv"].T]),
        "self_attn.in_proj_bias": torch.zeros(18),
        "self_attn.out_proj.weight": p["wo"].T,
        "self_attn.out_proj.bias": torch.zeros(6),
        "linear1.weight": p["w1"].T,
        "linear1.bias": p["c1"],
        "linear2.weight": p["w2"].T,
        "linear2.bias": p["c2"],
        "norm1.weight": p["g1"],
        "norm1.bias": p["b1"],
        "norm2.weight": p["g2"],
        "norm2.bias": p["b2"],
    }
)
out = transformer_block(x, p, 3)
assert out.shape == (2, 5, 6), f"the shape stays (2, 5, 6), not {tuple(out.shape)}"
assert torch.allclose(out, theirs(x), atol=1e-4), "this differs from PyTorch's layer"
out = transformer_block(x, p, 3, causal_mask(5))
expected = theirs(x, src_mask=~causal_mask(5))
assert torch.allclose(out, expected, atol=1e-4), "with a mask this differs from PyTorch's layer"

# %% [markdown]
# ## 8. Two ways to learn a language
#
# **GPT continues a text.** With a causal mask, the logits at position $t$ know tokens $0,\dots,t$,
# and are asked for token $t+1$. The last position has nothing to predict, and nothing predicts the
# first token: $N$ tokens make $N-1$ predictions, and the loss is the mean of their cross-entropies
# over all $B\,(N-1)$.


# %% exercise="lm_loss"
def lm_loss(logits, tokens):
    """Mean cross-entropy of predicting each next token.

    Args:
        logits: (B, N, V), N >= 2; those at position t predict token t + 1.
        tokens: (B, N) integers in 0, ..., V - 1.

    Returns:
        a 0-d tensor, the mean over B * (N - 1) predictions.
    """
    raise NotImplementedError


# %% example="lm_loss"
tokens = torch.tensor([[2, 0, 1]])
sure = torch.zeros(1, 3, 3)
sure[0, 0, 0] = sure[0, 1, 1] = 50.0  # 0 comes after 2, and 1 after 0
loss = lm_loss(sure, tokens)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert loss < 1e-6, f"both next tokens are predicted with certainty, so the loss is 0, not {loss}"
loss = lm_loss(torch.zeros(4, 7, 5), torch.ones(4, 7, dtype=torch.int64))
assert abs(loss.item() - math.log(5)) < 1e-6, f"guessing among 5 costs log 5 = 1.609, not {loss}"

# %% [markdown]
# **BERT fills gaps.** Some tokens are hidden, and the model, which may look both ways, guesses
# them. Every position is hidden independently of the others, with probability `rate` (BERT: 15 %).
# There the input becomes `mask_id` and the label is the original token; everywhere else the input
# stays, and the label is $-100$, which PyTorch's cross-entropy ignores. (BERT itself sometimes
# leaves or replaces a chosen token; we do not.) Draw from `generator` alone, and do not seed it.


# %% exercise="mask_tokens"
def mask_tokens(tokens, mask_id, rate, generator):
    """Hide tokens at random, for a model that fills gaps.

    Args:
        tokens: (B, N) int64; it stays as it is.
        mask_id: the token that stands for a gap, an int.
        rate: the probability with which each position is hidden, a float; 0 and 1 are allowed.
        generator: a torch.Generator on the tokens' device, the only source of randomness.

    Returns:
        (inputs, labels), int64 of the tokens' shape: inputs are mask_id where hidden and the token
        elsewhere; labels are the token where hidden and -100 elsewhere.
    """
    raise NotImplementedError


# %% example="mask_tokens"
tokens = torch.arange(1, 2001).reshape(40, 50)
inputs, labels = mask_tokens(tokens, 0, 0.15, torch.Generator().manual_seed(1))
assert inputs.shape == labels.shape == tokens.shape, "inputs and labels have the tokens' shape"
hidden = inputs == 0
share = hidden.float().mean().item()
assert 0.1 < share < 0.2, f"about 15 % should be hidden, not {share:.0%}"
assert torch.equal(labels[hidden], tokens[hidden]), "where hidden, the label is the original token"
assert (labels[~hidden] == -100).all(), "where nothing is hidden, the label is -100"
assert torch.equal(inputs[~hidden], tokens[~hidden]), "where nothing is hidden, nothing changes"
again, _ = mask_tokens(tokens, 0, 0.15, torch.Generator().manual_seed(1))
assert torch.equal(inputs, again), "the same seed should hide the same tokens"

# %% [markdown]
# Now put it together. A model of a single block reads six random letters and a bar, and has to
# write the letters backwards: `fcaebd|dbeacf`. Nothing in it says "backwards"; it has to find out
# by attending to the right place, which only the positional encoding tells.

# %% demo=true
generator = torch.Generator().manual_seed(6)
torch.set_num_threads(1)  # small networks gain nothing from more
length, letters, width, heads = 6, 10, 32, 2


def normal(*shape):
    return torch.randn(shape, generator=generator) / math.sqrt(shape[0])


def draw_words(n):
    words = torch.randint(letters, (n, length), generator=generator)
    return torch.cat([words, torch.full((n, 1), letters), words.flip(1)], dim=1)


p = {name: normal(width, width) for name in ("wq", "wk", "wv", "wo")}
p |= {"g1": torch.ones(width), "b1": torch.zeros(width)}
p |= {"g2": torch.ones(width), "b2": torch.zeros(width)}
p |= {"w1": normal(width, 64), "c1": torch.zeros(64), "w2": normal(64, width)}
p |= {"c2": torch.zeros(width)}
embedding = torch.randn(letters + 1, width, generator=generator)
unembedding = normal(width, letters + 1)
learnt = [*p.values(), embedding, unembedding]
for tensor in learnt:
    tensor.requires_grad_()
places, mask = positional_encoding(2 * length + 1, width), causal_mask(2 * length + 1)


def predict(tokens):
    return transformer_block(embedding[tokens] + places, p, heads, mask) @ unembedding


optimizer, losses = torch.optim.Adam(learnt, lr=0.01), []
for _ in range(160):
    tokens = draw_words(48)
    loss = lm_loss(predict(tokens), tokens)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

with torch.no_grad():
    tokens = draw_words(200)
    right = (predict(tokens)[:, length:-1].argmax(-1) == tokens[:, length + 1 :]).float().mean()
    x = embedding[tokens[:1]] + places
    queries, keys = (
        (x @ p[name])[0].unflatten(-1, (heads, -1)).transpose(0, 1) for name in ("wq", "wk")
    )
    values = torch.eye(2 * length + 1).expand(heads, -1, -1)
    weights = scaled_dot_attention(queries, keys, values, mask).amax(0)
word = ["abcdefghij|"[t] for t in tokens[0].tolist()]
figure, (left, right_axis) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
left.plot(losses, label="your model")
floor = (length - 1) / (2 * length) * math.log(letters)
left.axhline(floor, color="grey", linestyle="--", label="best possible: five of twelve are random")
left.set(xlabel="step", ylabel="loss", title=f"Writing backwards, {right:.0%} of letters right")
left.legend(fontsize=8)
image = right_axis.imshow(weights.numpy(), cmap="viridis")
right_axis.set_xticks(range(len(word)), word)
right_axis.set_yticks(range(len(word)), word)
right_axis.set(
    xlabel="attends to", ylabel="predicts what follows", title="Larger weight of 2 heads"
)
figure.colorbar(image, ax=right_axis)
plt.show()

# %% [markdown] written="why_hidden_states"
# ## 9. In your own words
#
# The lecture asks why one goes to such lengths to compute hidden representations, when different
# architectures may be able to express the same functions in theory. Compare a fully connected
# layer over the whole sequence, a convolution, a recurrent network and self-attention: on what
# does the number of parameters depend, how many steps lie between two positions that are $N$
# apart, and what does each assume about the data?

# %% [markdown] written="columns_and_rows"
# ## 10. Columns and rows
#
# Show that `self_attention` (columns) and `scaled_dot_attention` (rows) compute the same thing:
# which transposes turn one formula into the other, and why does the softmax change its axis? What
# would each position receive if the softmax were taken along the wrong axis?
