# %% [markdown]
# # Lecture 13: Attention
#
# A recurrent network hands its memory on from step to step, a convolution looks at neighbours.
# Attention looks everywhere at once, and lets the data say where it matters: every result is a
# weighted average, and the weights are a softmax of scores. In this notebook you build it from one
# score up to a transformer block. Then you make a small GPT of your blocks, train it, let it write,
# and look at what attention has found.
#
# **Afterwards you can** turn scores into weights, mask them, and run many heads at once; tell a
# model where its tokens stand; build, train and sample a transformer language model; say what it
# knows that a bigram cannot; read an alignment.
#
# **Time** about 8 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the three questions at the end. **Due** {{due}}. **To hand in:**
# restart the kernel, run all cells from top to bottom, save, and submit this file, as with the
# assignments before.
#
# **To read**, where it helps: [Attention is all you need](https://arxiv.org/abs/1706.03762),
# sections 3.1 to 3.5; [Neural machine translation by jointly learning to align and
# translate](https://arxiv.org/abs/1409.0473), section 3, where additive attention comes from; Dive
# into Deep Learning [11](https://d2l.ai/chapter_attention-mechanisms-and-transformers/index.html).
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

# %% [markdown] lang="zh" of="03d19c52"
# # 第 13 讲：注意力
#
# 循环神经网络把记忆一步一步往后传，卷积只看身边的邻居。注意力则一次看遍所有位置，哪里重要由数据说
# 了算：每个结果都是加权平均，权重是得分的 softmax。在这份笔记本里，你从一个得分写起，一直搭到
# Transformer 块；再用这些块做成一个小 GPT，训练它，让它写作，最后看看注意力发现了什么。
#
# **学完之后，你能够**把得分变成权重，加上掩码，让许多头同时工作；告诉模型每个词元在哪里；搭建、训
# 练一个 Transformer 语言模型，并用它采样；说出它知道哪些二元语法不可能知道的东西；看懂一张对齐
# 图。
#
# **用时**约 8 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后三道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格，保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：[Attention is all you need](https://arxiv.org/abs/1706.03762) 的 3.1
# 至 3.5 节；[Neural machine translation by jointly learning to align and
# translate](https://arxiv.org/abs/1409.0473) 的第 3 节，加性注意力就出自那里；《动手学深度学
# 习》[第 11 章](https://d2l.ai/chapter_attention-mechanisms-and-transformers/index.html)。
#
# **两种排法**：幻灯片和论文的写法不一样，所以形状要多看一眼。
#
# - 第 3 节的 `self_attention` 与讲义的公式一字不差：一**列**是一个位置，
#   $X\in\mathbb R^{D\times N}$，权重的每一*列*之和为 1。
# - 其余各处都是一**行**一个位置，即 $(N, D)$，批量和头的轴排在前面，与论文和 PyTorch 相同；权重的
#   每一*行*之和为 1。
#
# **约定**：掩码是布尔张量，**True 表示可以关注**。结果的 dtype 和设备与输入相同；不得改动输入。你
# 的函数里不能用 `F.scaled_dot_product_attention`、`nn.MultiheadAttention` 和 `nn.Transformer` 的
# 各个模块；自己做测试时随便用。`torch.softmax` 和 `F.layer_norm` 可以用。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math
import random
import time

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)  # small networks gain nothing from more

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

# %% [markdown] lang="zh" of="95510fbc"
# ## 1. 两个向量有多匹配？
#
# 注意力是为翻译发明的，用来对齐单词：解码器处在状态 $q$，正要写下一个词，这时源句的每个隐藏状态
# $x$ 都得到一个*得分* $s(x, q)$。讲义列出了四种打分函数。不管用哪一种，参数的个数都与句子的长度无
# 关。**加性**打分是一个小网络：
#
# $$s(x, q) = v^\top\tanh(Wx + Uq),\qquad W, U\in\mathbb R^{A\times D},\quad v\in\mathbb R^{A}$$
#
# 这四个函数都用同一个查询 `q`，给矩阵 `x` 的每一行 $x$ 打分，返回的就是得分本身，不做 softmax。


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

# %% [markdown] lang="zh" of="d1c9c717"
# **点积**不需要参数，但它会变得很大：如果 $x$ 和 $q$ 的元素相互独立，均值为 0，方差为 1，那么
# $x^\top q$ 的方差就是 $D$，这样的得分经过 softmax，几乎所有权重都落在一个位置上。**缩放**点积抵
# 消了这种增长：
#
# $$s(x, q) = x^\top q\qquad\text{和}\qquad s(x, q) = \frac{x^\top q}{\sqrt D}$$


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

# %% [markdown] lang="zh" of="76dbae82"
# **双线性**打分在两者之间放一个矩阵：$s(x, q) = x^\top W q$。注意谁在哪一边。


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

# %% [markdown] lang="zh" of="90b6a172"
# ## 2. 上下文向量
#
# 得分 $e_1,\dots,e_N$ 变成权重，再用这些权重对隐藏状态求平均：
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

# %% [markdown] lang="zh" of="c525568c"
# ## 3. 自注意力：键、查询、值
#
# 现在，每个位置都有自己的问题要问。三个矩阵把每个输入变成三样东西：一个*查询*；一个*键*，供查询来
# 匹配；一个*值*，供求平均之用。照讲义的写法，一列是一个位置：
#
# $$Q = W_q X\in\mathbb R^{D_k\times N},\qquad K = W_k X\in\mathbb R^{D_k\times N},\qquad
# V = W_v X\in\mathbb R^{D_v\times N}$$
#
# $$H = V\,\operatorname{softmax}\!\left(\frac{K^\top Q}{\sqrt{D_k}}\right)
# \in\mathbb R^{D_v\times N}$$
#
# $K^\top Q$ 的元素 $(j, i)$ 是键 $j$ 对查询 $i$ 的得分，$H$ 的第 $i$ 列是各个值的加权平均，权重来
# 自查询 $i$。所以 softmax 的每一**列**之和为 1。


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
# acts on the **scores**, before the softmax, so that the weights that are left still sum to 1.
# Which score has a weight of exactly 0? Every query may attend somewhere, so no row is masked as a
# whole.

# %% [markdown] lang="zh" of="6bec5f3d"
# ## 4. 改成行，再加掩码
#
# 从这里起，一行是一个位置。批量和头是排在前面的轴，公式不去动它们：
#
# $$\operatorname{attention}(Q, K, V)
# = \operatorname{softmax}\!\left(\frac{QK^\top}{\sqrt D}\right)V$$
#
# 其中 $D$ 是一个查询的维数，softmax 沿着每一**行**进行：第 $i$ 行属于查询 $i$。
#
# 掩码规定谁可以看谁：`mask[i, j]` 为 False 时，查询 $i$ 不得看到键 $j$。掩码作用在**得分**上，在
# softmax 之前，这样剩下的权重之和仍然是 1。什么样的得分，权重恰好是 0？每个查询总有可以关注的位
# 置，所以没有哪一行会全是 False。


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

# %% [markdown] lang="zh" of="3de59828"
# 有两种掩码随处可见。一种是**因果**掩码，用于从左往右写的模型：每个位置只看得到自己和前面的位置。
# 另一种是**局部**掩码，也就是讲义里的滑动窗口，它能省下计算：每个位置只看得到左右两边距离不超过
# `window` 的位置。


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
    """The mask of local attention: True for positions that are at most `window` steps apart.

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

# %% [markdown] lang="zh" of="3bad0d2a"
# ## 5. 许多个头
#
# 一个 softmax 很难同时看两个地方。所以把模型分成 $h$ 个头，每个头的宽度是 $D/h$，各做各的注意力：
#
# $$\operatorname{MHA}(X) = \operatorname{concat}(H_1,\dots,H_h)\,W_o,\qquad
# H_j = \operatorname{attention}(Q_j, K_j, V_j)$$
#
# 这里的 $Q_j$ 是 $XW_q$ 的第 $j$ 个**由 $D/h$ 个相邻的列组成的块**；键和值也这样分。每个头的得分
# 除以*它自己*宽度的平方根。行在左，权重在右：投影写作 `x @ w`，没有偏置。


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

# %% [markdown] lang="zh" of="77868918"
# ## 6. 我在哪里？
#
# 注意力是对集合的运算：把各个位置重新排列，结果也跟着同样排列。所以词的次序必须由输入带进来。论文
# 给每个输入加上一个由正弦和余弦组成的向量，波长从 $2\pi$ 一直增长到 $10000\cdot2\pi$：
#
# $$P_{\text{pos},\,2i} = \sin\frac{\text{pos}}{10000^{2i/d}},\qquad
# P_{\text{pos},\,2i+1} = \cos\frac{\text{pos}}{10000^{2i/d}}$$
#
# 位置和列都从 0 数起；$i$ 给*成对的列*编号，同一对里的两列频率相同。有些程序把正弦全放在前面，余
# 弦全放在后面：这里不这样。


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

# %% [markdown] lang="zh" of="cd87af06"
# ## 7. Transformer 块
#
# 注意力让各个位置互相交谈；然后由一个小网络对每个位置单独加工。两者的结果都*加到*原来的输入上，每
# 次相加之后再归一化：
#
# $$Y = \operatorname{LN}_1\bigl(X + \operatorname{MHA}(X)\bigr),\qquad
# \text{out} = \operatorname{LN}_2\bigl(Y + \operatorname{FFN}(Y)\bigr),\qquad
# \operatorname{FFN}(y) = \operatorname{relu}(y W_1 + c_1)W_2 + c_2$$
#
# 这是论文里的次序，叫 **post-norm**（后归一化）；后来的许多模型改为在每一部分之前归一化。层归一化
# 对每个位置的向量 $z\in\mathbb R^D$ 单独进行：
#
# $$\operatorname{LN}(z) = g\odot\frac{z-\mu}{\sqrt{\sigma^2+\varepsilon}} + b$$
#
# 其中用的是这 $D$ 个元素的均值和*有偏*方差（分母为 $D$），$\varepsilon = 10^{-5}$。


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
# and are asked for token $t+1$. Which position has nothing to predict, and which token does nothing
# predict? $N$ tokens make $N-1$ predictions, and the loss is the mean of their cross-entropies over
# all $B\,(N-1)$.

# %% [markdown] lang="zh" of="1b2eba8c"
# ## 8. 学习语言的两种办法
#
# **GPT 续写文本**。有了因果掩码，位置 $t$ 的 logits 知道词元 $0,\dots,t$，要预测的是词元 $t+1$。
# 哪个位置没有东西可预测？哪个词元没有任何位置来预测它？$N$ 个词元给出 $N-1$ 次预测，损失是全部
# $B\,(N-1)$ 次预测的交叉熵的均值。


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

# %% [markdown] lang="zh" of="f98a379d"
# **BERT 做填空**。遮住一些词元，让模型去猜；模型可以朝两边看。每个位置都以概率 `rate` 遮住（BERT
# 用 15%），各位置相互独立。遮住的地方，输入变成 `mask_id`，标签是原来的词元；其余的地方，输入不
# 变，标签是 $-100$，PyTorch 的交叉熵会忽略它。（BERT 对选中的词元有时保留、有时另换一个；我们不这
# 样做。）随机数只从 `generator` 抽取，也不要给它设种子。


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
# ## 9. A language model of your own
#
# Put your pieces together: tokens become vectors, the vectors learn where they stand, some blocks
# let them talk to what came before, and a matrix makes logits of the result. This is GPT, small.
#
# - **Order and future.** Attention alone knows neither. Which of your functions tells the
#   positions, and which hides what is to be predicted?
# - **Tied weights.** The embedding has a row for each token, and so has the matrix that makes
#   logits. With `tie=True` both are **one** `Parameter`, not two that look alike at the start: what
#   a token means when it is read is then what it means when it is written. With `tie=False` the
#   output has a matrix of its own, and nothing else differs in number.
# - **Start.** Parameters are yours to choose, and so are the details of a block (post-norm as
#   in section 7, or pre-norm; biases or none; how wide the small network is). With matrices whose
#   entries have a deviation of about $1/\sqrt d$ it learns. PyTorch's own attention and transformer
#   modules may not run.
#
# Parameters in a Python list or dict are hidden from PyTorch: `nn.ModuleList` and
# `nn.ParameterDict` are not (and your `transformer_block` can read the latter like a dict).

# %% [markdown] lang="zh" of="9461e61a"
# ## 9. 自己的语言模型
#
# 把你写好的零件拼起来：词元变成向量，向量得知自己的位置，若干个块让它们与前面的内容交谈，最后由一
# 个矩阵把结果变成 logits。这就是 GPT，只是小一些。
#
# - **次序与未来**：注意力本身对两者都一无所知。你的哪个函数能告诉它位置？哪个能把要预测的东西藏起
#   来？
# - **权重共享**：嵌入里每个词元占一行，产生 logits 的矩阵也是这样。当 `tie=True` 时，两者是**同一
#   个** `Parameter`，而不是两个只在开头相等的：这样，一个词元读进来时是什么意思，写出去时就是什么
#   意思。当 `tie=False` 时，输出有自己的矩阵，除此之外参数的个数没有任何差别。
# - **初始值**：用哪些参数由你定，块的细节也由你定（像第 7 节那样用 post-norm，或者用 pre-norm；有
#   没有偏置；小网络有多宽）。如果各矩阵元素的标准差在 $1/\sqrt d$ 左右，它就学得动。不能用
#   PyTorch 自带的注意力和 Transformer 模块。
#
# 参数放在 Python 的列表或字典里就没有注册，PyTorch 看不见；放在 `nn.ModuleList` 和
# `nn.ParameterDict` 里就看得见（你的 `transformer_block` 可以把后者当字典来读）。


# %% exercise="MiniGPT"
class MiniGPT(nn.Module):
    """A small language model: causal, knows positions, tied or not."""

    def __init__(self, size, d, heads, layers, max_len, tie=True):
        """Make the parameters; keep `max_len` as an attribute of this name.

        Args:
            size: the number of different tokens.
            d: the width of the model, even and a multiple of heads.
            heads, layers: of each block, and how many blocks there are.
            max_len: the most tokens that can be read.
            tie: whether the output's matrix is the embedding itself.
        """
        raise NotImplementedError

    def forward(self, tokens):
        """The logits of what follows, at each position.

        Args:
            tokens: (B, N) int64.

        Returns:
            (B, N, size); those at t have read the tokens 0, ..., t of their row.

        Raises:
            ValueError: N is larger than max_len.
        """
        raise NotImplementedError


# %% example="MiniGPT"
torch.manual_seed(7)
gpt = MiniGPT(7, 8, 2, 1, 6)
tokens = torch.randint(7, (2, 6))
logits = gpt(tokens)
assert logits.shape == (2, 6, 7), f"(B, N, size) is (2, 6, 7) here, not {tuple(logits.shape)}"
assert torch.allclose(gpt(tokens[:, :3]), logits[:, :3], atol=1e-5), "the future shows through"
same = torch.tensor([[1, 2, 3], [2, 1, 3]])
assert not torch.allclose(*gpt(same)[:, -1], atol=1e-5), (
    "1 2 3 and 2 1 3 look alike: where is what?"
)
count = {tie: sum(p.numel() for p in MiniGPT(7, 8, 2, 1, 6, tie).parameters()) for tie in (0, 1)}
assert count[0] - count[1] == 7 * 8, f"untied, 7 × 8 parameters more: not {count[0]} for {count[1]}"
try:
    gpt(torch.zeros(1, 7, dtype=torch.int64))
    message = "nothing was raised"
except ValueError:
    message = ""
assert not message, f"7 tokens are more than max_len = 6: a ValueError is asked, but {message}"

# %% [markdown]
# ## 10. Training it
#
# A text is one long row of tokens. Each step reads `batch_size` windows of `context` consecutive
# tokens, which begin anywhere, at random and independently of each other; every token in a window
# is predicted from those before it. (Or read a window and use the token after it as the last one's
# target: both are right. The model reads `context` tokens at most.)
# Train in training mode; in which mode you leave the model is up to you.
#
# You are graded by a text that the model has not seen: its perplexity, over all predictions inside
# windows of `context` tokens, must be below **0.7** of that of a bigram that was counted on the
# training text. (In the hidden text three of four tokens repeat the last but one, which no bigram
# sees: right answers come below 0.45 of its perplexity.)

# %% [markdown] lang="zh" of="a1414a75"
# ## 10. 训练它
#
# 文本是一长串词元。每一步读 `batch_size` 个窗口，每个窗口是 `context` 个连续的词元，起点随机，可
# 以在任何地方，各窗口相互独立；窗口里的每个词元都由它前面的词元来预测。（也可以读一个窗口，再用紧
# 跟在后面的词元作为最后一个位置的目标：两种做法都对。模型最多读 `context` 个词元。）训练要在训练
# 模式下进行；训练完把模型留在哪种模式，由你决定。
#
# 批改时用的是模型没见过的文本：文本切成一窗一窗，每窗 `context` 个词元；窗内所有预测合在一起算出
# 的困惑度，必须低于二元语法的 **0.7** 倍，这个二元语法是在训练文本上计数得到的。（隐藏的文本里，
# 平均每四个词元就有三个照抄往前数第二个词元，也就是隔着一个；这是任何二元语法都看不到的：写对的程
# 序在那里能降到二元语法困惑度的 0.45 倍以下。）


# %% exercise="train_lm"
def train_lm(model, tokens, steps, batch_size, context, lr, seed):
    """Train a language model by Adam on random windows of one text.

    Args:
        model: a `MiniGPT` whose max_len is at least `context`; trained in place.
        tokens: (n,) int64, n > context.
        steps: how many steps to take.
        batch_size: the number of windows of a step.
        context: the number of tokens of a window, at least 2.
        lr: Adam's learning rate.
        seed: an int; the same seed draws the same windows, whatever else has drawn random numbers.

    Returns:
        list of floats: the loss of each step, before it.
    """
    raise NotImplementedError


# %% example="train_lm"
torch.manual_seed(8)
gpt, text = MiniGPT(5, 16, 2, 1, 8), torch.arange(200) % 5
losses = train_lm(gpt, text, steps=60, batch_size=8, context=8, lr=0.02, seed=1)
assert len(losses) == 60, f"60 steps make 60 losses, not {len(losses)}"
assert all(isinstance(loss, float) for loss in losses), "losses are Python floats"
assert losses[-1] < 0.3, f"0 1 2 3 4 0 1 … is easy; the loss is still {losses[-1]:.2f}"
assert gpt(torch.tensor([[2, 3]]))[0, -1].argmax() == 4, "after 2 3 comes 4"

# %% [markdown]
# ## 11. Writing
#
# The model says what may come next; take it, and ask again. It can read `max_len` tokens, no more.
# Which ones of a longer text should it see? And at temperature 0, where nothing can be divided,
# the largest logit wins.
#
# Writing is no training: no graph, and the model's evaluation mode. But it is somebody else's
# model: hand it back in the mode in which it came (all of its modules come in the same one).

# %% [markdown] lang="zh" of="f5a6e2b7"
# ## 11. 写作
#
# 模型说出接下来可能是什么；取一个，接着再问。它最多能读 `max_len` 个词元。文本更长时，该让它看哪
# 些？温度为 0 时没法做除法，就取最大的 logit。
#
# 写作不是训练：不要建计算图，用模型的评估模式。但这是别人的模型：来的时候是什么模式，还回去就是什
# 么模式（它的所有模块来时都是同一种模式）。


# %% exercise="generate"
def generate(model, tokens, steps, temperature, generator):
    """Continue texts, token by token.

    Args:
        model: a `MiniGPT` (or another nn.Module with such a forward and an attribute `max_len`).
        tokens: (B, N) int64, the prompts; N >= 1 may be larger than max_len.
        steps: how many tokens to write, an int >= 0.
        temperature: a float >= 0 that divides the logits; 0 takes the largest.
        generator: a torch.Generator on the tokens' device; the only source of randomness.

    Returns:
        int64 (B, N + steps): each prompt and what follows it.
    """
    raise NotImplementedError


# %% example="generate"
draw = torch.Generator().manual_seed(0)
gpt.train()
out = generate(gpt, torch.tensor([[0, 1, 2, 3, 4, 0, 1, 2, 3, 4], [3, 4] * 5]), 3, 0.0, draw)
assert out.shape == (2, 13) and out.dtype == torch.int64, f"int64 (2, 13), not {tuple(out.shape)}"
assert out[0, 10:].tolist() == [0, 1, 2], f"0 1 2 3 4 goes on with 0 1 2, not {out[0, 10:]}"
assert gpt.training, "the model came in training mode, and should go back in it"
assert torch.equal(generate(gpt, out, 0, 1.0, draw), out), "no step, no change"

# %% [markdown]
# A first task: your model reads six random letters and a bar, and has to write the letters
# backwards, as in `fcaebd|dbeacf`. Nothing in it says "backwards"; with a single block it has to
# find out by attending to the right place, which only the positions tell. Afterwards we exchange
# one token at a time, and look which predictions change. What should the picture look like in the
# lower half, and why is it dark in the upper one?

# %% [markdown] lang="zh" of="daa753ad"
# 第一个任务：你的模型先读六个随机字母和一条竖线，然后要把这些字母倒着写出来，例如
# `fcaebd|dbeacf`。模型里没有哪一处写着“倒过来”；它只有一个块，必须自己学会关注正确的地方，而能指
# 出这个地方的只有位置。之后，我们每次换掉一个词元，看哪些预测会变。图的下半部分应该是什么样子？上
# 半部分又为什么是暗的？

# %% demo=true
LETTERS, LENGTH = "abcdefghij|", 6
BAR = LETTERS.index("|")


def puzzles(n, generator):
    """Rows of letters, a bar, and the letters backwards: (n, 13)."""
    words = torch.randint(BAR, (n, LENGTH), generator=generator)
    return torch.cat([words, torch.full((n, 1), BAR), words.flip(1)], dim=1)


@torch.no_grad()
def influence(model, tokens):
    """[i, j] is how much of the probability at i moves if another token stands at j, on average."""
    before, moved = torch.softmax(model(tokens), dim=2), []
    for j in range(tokens.shape[1]):
        other = tokens.clone()
        other[:, j] = (other[:, j] + 1) % BAR
        change = torch.softmax(model(other), dim=2) - before
        moved.append(change.abs().sum(dim=2).mean(dim=0) / 2)
    return torch.stack(moved, dim=1)


torch.manual_seed(6)
generator = torch.Generator().manual_seed(6)
backwards = MiniGPT(len(LETTERS), 32, 2, 1, 2 * LENGTH + 1)
optimizer, losses = torch.optim.Adam(backwards.parameters(), lr=0.01), []
for _ in range(300):
    tokens = puzzles(48, generator)
    loss = lm_loss(backwards(tokens), tokens)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

backwards.eval()
tokens = puzzles(200, generator)
out = generate(backwards, tokens[:, : LENGTH + 1], LENGTH, 0.0, generator)
right = (out == tokens)[:, LENGTH + 1 :].float().mean()
figure, (left, right_axis) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
left.plot(losses, label="your model")
floor = (LENGTH - 1) / (2 * LENGTH) * math.log(BAR)
left.axhline(floor, color="grey", linestyle="--", label="best possible: five of twelve are random")
left.set(xlabel="step", ylabel="loss", title=f"Writing backwards, {right:.0%} of letters right")
left.legend(fontsize=8)
image = right_axis.imshow(influence(backwards, tokens)[:-1], cmap="viridis", vmin=0, vmax=1)
right_axis.set(xlabel="token that is exchanged", ylabel="position that predicts the next one")
right_axis.set_title("Which token does a prediction depend on?")
figure.colorbar(image, ax=right_axis, label="probability that moves")
plt.show()

# %% [markdown]
# Now with words. The next cell makes up a small language: every sentence says who does what, and
# the verb agrees with the first noun, over whatever stands in between. A bigram sees one word back.
# (In the lecture's terms: what does your model have to attend to at the verb?)

# %% [markdown] lang="zh" of="f83de84f"
# 现在换成单词。下一个单元格造了一种小语言：每个句子说谁在做什么，动词的单复数要与第一个名词一致，
# 不管中间隔着什么。二元语法只能往回看一个词。（用讲义的话说：写到动词时，你的模型必须关注什么？）

# %% demo=true
NOUNS, SIDE = ["cat", "dog", "poet", "judge", "bird", "kid"], ["near", "with", "behind"]
VERB = {"": ["sleeps .", "sings .", "laughs ."], "s": ["sleep .", "sing .", "laugh ."]}


def sentence(draw):
    """Some words, among them a noun and, at the end, the verb that agrees with it."""
    number = draw.choice(["", "s"])
    words = ["the", draw.choice(NOUNS) + number]
    while draw.random() < 0.45:
        words += [draw.choice(SIDE), "the", draw.choice(NOUNS) + draw.choice(["", "s"])]
    return [*words, *draw.choice(VERB[number]).split()]


def agrees(words):
    """Whether the verb of a sentence agrees with its first noun."""
    plural = words[1].endswith("s")
    return words[-2].endswith("s") != plural


draw = random.Random(1)
tales = [sentence(draw) for _ in range(2000)]
story = [word for tale in tales for word in tale]
vocab = sorted(set(story))
text = torch.tensor([vocab.index(word) for word in story])
torch.manual_seed(0)
gpt = MiniGPT(len(vocab), 32, 4, 2, 24)
losses = train_lm(gpt, text, steps=500, batch_size=24, context=24, lr=3e-3, seed=0)
gpt.eval()

counts = torch.ones(len(vocab), len(vocab))
counts.index_put_((text[:-1], text[1:]), torch.ones(len(text) - 1), accumulate=True)
bigram = (counts / counts.sum(dim=1, keepdim=True)).log()


class Bigram(nn.Module):
    """The table as a model, so that `generate` can write with it."""

    max_len = 24

    def forward(self, tokens):
        return bigram[tokens]


def written(model, temperature, seed):
    """Sentences that a model writes, each from its own full stop on."""
    start = torch.full((150, 1), vocab.index("."))
    draw = torch.Generator().manual_seed(seed)
    rows = generate(model, start, 20, temperature, draw)[:, 1:].tolist()
    texts = [[vocab[i] for i in row] for row in rows]
    return [words[: words.index(".") + 1] for words in texts if "." in words]


with torch.no_grad():
    unseen = [word for _ in range(500) for word in sentence(draw)]
    windows = torch.tensor([vocab.index(word) for word in unseen])[: len(unseen) // 24 * 24]
    windows = windows.reshape(-1, 24)
    nll = {"bigram": lm_loss(bigram[windows], windows), "your GPT": lm_loss(gpt(windows), windows)}
# Who knows the rules and has read the sentence from its beginning: 9/11 detours on average.
stop = -0.45 * math.log(0.45) - 0.55 * math.log(0.55)
rules = math.log(12) + 9 / 11 * (math.log(3) + math.log(12)) + 20 / 11 * stop + math.log(3)
nll["who knows the rules"] = rules / (4 + 9 / 11 * 3)
temperatures = [0.5, 1.0, 2.0]
right = {}
for who, model in [("bigram", Bigram()), ("your GPT", gpt)]:
    for tau in temperatures:
        texts = written(model, tau, seed=round(10 * tau))
        well = [len(words) > 3 and words[0] == "the" and agrees(words) for words in texts]
        right[who, tau] = sum(well) / 150
        print(f"{who:>8}, temperature {tau}: {' '.join(map(' '.join, texts[:3]))}")

figure, (left, right_axis) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
left.plot([math.exp(loss) for loss in losses], label="your GPT, training")
for (who, loss), style in zip(nll.items(), ["C1--", "C0--", "k:"], strict=True):
    left.plot([0, len(losses)], [math.exp(loss)] * 2, style, label=f"{who}, unseen text")
left.set(xlabel="step", ylabel="perplexity", title="Learning a small language", ylim=(3, 6))
left.legend(fontsize=8)
for shift, who, color in [(-0.2, "bigram", "C1"), (0.2, "your GPT", "C0")]:
    heights = [right[who, tau] for tau in temperatures]
    right_axis.bar([k + shift for k in range(3)], heights, 0.38, color=color, label=who)
right_axis.set_xticks(range(3), [f"temperature {tau}" for tau in temperatures])
right_axis.set(ylabel="share of 150 sentences", title="The verb agrees with the first noun")
right_axis.set(ylim=(0, 1.25))
right_axis.legend(fontsize=8, ncols=2)
plt.show()

# %% [markdown]
# ## 12. An alignment, as it began
#
# Back to the lecture's beginning, where attention was made for translation. The decoder has a state
# $s_i$; it scores each vector $h_j$ of the source with the **additive** score, takes the context
# vector $c_i$, and writes a word. Nobody tells it which word of the source belongs to which of the
# translation. Our two languages have a known answer: an adjective stands before its noun in one and
# after it in the other, much as in English and French (where petit and vieux would stand before it;
# not here); all else keeps its order. Does the alignment find it? Nearly: look for the word that is
# often off its circle. Nothing in the loss asks for the circle, only for the right next word, and
# what the decoder needs it may find elsewhere, too.
#
# The source's vectors are embeddings with your positional encoding, the decoder is a small
# recurrent network, the scores and the context vector are yours. (`torch.vmap` applies a function
# to each sentence of a mini-batch.)

# %% [markdown] lang="zh" of="90469199"
# ## 12. 对齐：注意力的起点
#
# 回到这一讲的开头，注意力是为翻译而造的。解码器有状态 $s_i$；它用**加性**打分给源句的每个向量
# $h_j$ 打分，得到上下文向量 $c_i$，再写出一个词。没有人告诉它，源句的哪个词对应译文的哪个词。我们
# 的两种语言有标准答案：形容词在一种语言里放在名词前，在另一种里放在名词后，大致像英语和法语那样
# （真正的法语里，petit 和 vieux 要放在名词前；这里不是）；其余的次序都不变。对齐能把这个答案找出
# 来吗？差不多能：看看哪个词常常偏离圆圈。损失并不要求落在圆圈上，只要求下一个词写对；解码器需要的
# 东西，也可能从别处找到。
#
# 源句的向量是嵌入加上你的位置编码，解码器是一个小的循环神经网络，得分和上下文向量都由你的函数来
# 算。（`torch.vmap` 把一个函数分别作用到小批量里的每个句子上。）

# %% demo=true
BOTH = """
the le  a un  red rouge  small petit  old vieux  green vert  house maison  car auto  tree arbre
river fleuve  sees voit  likes aime  finds trouve
"""
ENGLISH, FRENCH = BOTH.split()[::2], BOTH.split()[1::2]
GO = len(ENGLISH)  # what the decoder reads before its first word


def phrase(draw):
    """Article, perhaps an adjective, noun, as numbers of words; and their order in French."""
    article, noun = draw.randrange(2), 6 + draw.randrange(4)
    if draw.random() < 0.3:
        return [article, noun], [0, 1]
    return [article, 2 + draw.randrange(4), noun], [0, 2, 1]


def translated(draw):
    """A sentence: numbers of the English words, and which of them each French word translates."""
    (who, first), (whom, second) = phrase(draw), phrase(draw)
    n = len(who) + 1
    return [*who, 10 + draw.randrange(3), *whom], [*first, n - 1, *(n + j for j in second)]


def sentences(n, length, draw):
    """Sentences of one length: English (n, length), French (n, length), their alignment."""
    found = []
    while len(found) < n:
        english, order = translated(draw)
        if len(english) == length:
            found.append((english, [english[j] for j in order], order))
    return [torch.tensor(side) for side in zip(*found, strict=True)]


class Translator(nn.Module):
    """A recurrent decoder with additive attention."""

    def __init__(self, d):
        super().__init__()
        self.english, self.french = nn.Embedding(GO, d), nn.Embedding(GO + 1, d)
        self.cell, self.out = nn.GRUCell(2 * d, d), nn.Linear(2 * d, GO)
        self.w, self.u = (nn.Parameter(torch.randn(d, d) / d**0.5) for _ in range(2))
        self.v = nn.Parameter(torch.randn(d) / d**0.5)

    def score(self, h, s):
        return additive_score(h, s, self.w, self.u, self.v)

    def forward(self, english, french):
        """Logits (n, T, V) of the French words, each given those before it; weights (n, T, N)."""
        h = self.english(english) + positional_encoding(english.shape[1], len(self.v))
        s, word = h.new_zeros(len(english), len(self.v)), torch.full((len(english),), GO)
        logits, weights = [], []
        for following in french.T:
            scores = torch.vmap(self.score)(h, s)
            c = torch.vmap(context_vector)(scores, h)
            s = self.cell(torch.cat([self.french(word), c], dim=1), s)
            logits.append(self.out(torch.cat([s, c], dim=1)))
            weights.append(torch.softmax(scores, dim=1))
            word = following
        return torch.stack(logits, dim=1), torch.stack(weights, dim=1)


torch.manual_seed(0)
draw, net = random.Random(0), Translator(24)
optimizer, losses = torch.optim.Adam(net.parameters(), lr=0.01), []
for step in range(400):
    english, french, _ = sentences(24, 5 + step % 3, draw)
    logits, _ = net(english, french)
    loss = F.cross_entropy(logits.flatten(0, 1), french.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
axes[0].semilogy(losses)
axes[0].set(xlabel="step", ylabel="mean cross-entropy", title="Learning to translate")
for axis, length in zip(axes[1:], (6, 7), strict=True):
    english, french, order = sentences(100, length, draw)
    with torch.no_grad():
        logits, weights = net(english, french)
    words = (logits.argmax(2) == french).float().mean()
    places = (weights.argmax(2) == order).float().mean()
    print(f"{length} words: {words:.0%} translated rightly, {places:.0%} aligned as they should be")
    axis.imshow(weights[0], cmap="viridis", vmin=0, vmax=1)
    axis.plot(order[0], range(length), "o", color="none", markeredgecolor="red", markersize=14)
    axis.set_xticks(range(length), [ENGLISH[i] for i in english[0]], rotation=45)
    axis.set_yticks(range(length), [FRENCH[i] for i in french[0]])
    axis.set_title(f"Weights; circles: the truth\n({places:.0%} of 100 sentences' words)")
plt.show()

# %% [markdown]
# ## 13. Filling gaps
#
# Last, the other way to learn a language: hide some words by your `mask_tokens`, look **both**
# ways, and guess what is hidden. BERT has no causal mask. Your model has one, so it reads each
# sentence twice: the second time it knows the whole of it, and there it is asked for the words
# behind the gaps. The sentences are those of section 11, filled up with full stops (those of more
# than 11 tokens are left out); nobody says what a noun is, or a plural.
#
# What was learnt? Left, the words' embeddings, seen from the two directions in which they differ
# most. Right, a gap is put where the first noun stood: the verb at the end decides between one and
# many, and the model is asked how likely a plural is there.

# %% [markdown] lang="zh" of="a3cfeb39"
# ## 13. 填空
#
# 最后来看学习语言的另一种办法：用你的 `mask_tokens` 遮住一些词，朝**两边**看，猜出遮住的是什么。
# BERT 没有因果掩码，你的模型却有，所以它把每个句子读两遍：读第二遍时，整个句子它已经知道了，这时
# 再问它空格里是什么词。句子就是第 11 节的那些，不够长的用句号补齐（超过 11 个词元的不用）；没有人
# 告诉它什么是名词，什么是复数。
#
# 它学到了什么？左图是各个词的嵌入，投影到方差最大的两个方向上。右图把第一个名词换成空格：是单数还
# 是复数，由句末的动词决定；我们问模型，那里是复数的概率有多大。

# %% demo=true
GAP = len(vocab)
torch.manual_seed(0)
longest = 11
rows = [[*tale, *["."] * (longest - len(tale))] for tale in tales if len(tale) <= longest]
rows = torch.tensor([[vocab.index(word) for word in row] for row in rows])
filler = MiniGPT(len(vocab) + 1, 32, 4, 2, 2 * longest)


def guess(tokens):
    """Logits (B, N, V) of a model that has read the whole sentence before it answers."""
    return filler(torch.cat([tokens, tokens], dim=1))[:, tokens.shape[1] :, :GAP]


optimizer, losses = torch.optim.Adam(filler.parameters(), lr=3e-3), []
generator = torch.Generator().manual_seed(0)
for _ in range(600):
    some = rows[torch.randint(len(rows), (64,), generator=generator)]
    inputs, labels = mask_tokens(some, GAP, 0.15, generator)
    loss = F.cross_entropy(guess(inputs).flatten(0, 1), labels.flatten(), ignore_index=-100)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
filler.eval()
print(f"loss at first {losses[0]:.2f}, of the last 50 steps {sum(losses[-50:]) / 50:.2f}")

SAMPLES = [
    "the ? sleeps .", "the ? sleep .", "the ? near the cats sleeps .", "the ? near the cat sleep .",
]  # fmt: skip
plural = torch.tensor([word in [noun + "s" for noun in NOUNS] for word in vocab])
singular = torch.tensor([word in NOUNS for word in vocab])
chances = {}
for sample in SAMPLES:
    words = [*sample.split(), *["."] * (longest - len(sample.split()))]
    tokens = torch.tensor([[GAP if word == "?" else vocab.index(word) for word in words]])
    with torch.no_grad():
        p = torch.softmax(guess(tokens)[0, 1], dim=0)
    chances[sample] = (p[plural].sum() / (p[plural].sum() + p[singular].sum())).item()

figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
# The tied matrix is known by its size: a row (or a column) for each token, the gap included.
(table,) = (p for p in filler.parameters() if sorted(p.shape) == sorted((GAP + 1, 32)))
embedding = table.detach() if len(table) == GAP + 1 else table.detach().T
centred = embedding[:-1] - embedding[:-1].mean(dim=0)
_, _, axes = torch.linalg.svd(centred, full_matrices=False)
spread = centred @ axes[:2].T
colors = ["C3" if plural[i] else "C0" if singular[i] else "grey" for i in range(len(vocab))]
left.scatter(*spread.T, c=colors)
for word, place, color in zip(vocab, spread.tolist(), colors, strict=True):
    if color == "grey":
        left.annotate(word, place, xytext=(4, 3), textcoords="offset points", fontsize=9)
left.set(title="Words by what they mean to the model\n(blue: one noun, red: many)")
left.set(xticks=[], yticks=[])
right.barh(range(len(chances)), list(chances.values()), color=["C0", "C3", "C0", "C3"])
right.set_yticks(range(len(chances)), [sample.replace("?", "__") for sample in chances])
right.set(xlabel="probability that the gap is a plural", xlim=(0, 1), title="One or many?")
right.invert_yaxis()
plt.show()

# %% [markdown]
# ## 14. Half the bits
#
# How exactly must a network compute? Numbers of 16 bits take half the memory and half the time to
# carry, and processors with units for them multiply many more of them in a second. There are two
# places to save bits, the digits and the range:
#
# | format | bits of exponent, of digits | from (above 0) | to | gap after 1 |
# | --- | --- | --- | --- | --- |
# | float32 | 8, 23 | 1.4e-45 | 3.4e38 | 1.2e-7 |
# | float16 | 5, 10 | 6.0e-8 | 65504 | 0.00098 |
# | bfloat16 | 8, 7 | 9.2e-41 | 3.4e38 | 0.0078 |
#
# [Mixed precision](https://arxiv.org/abs/1710.03740) takes 16 bits for products alone, which are
# most of the work. Under [`torch.autocast`](https://docs.pytorch.org/docs/stable/amp.html) `@` and
# affine layers give bfloat16; the parameters stay what they are, float32.
#
# The next cell trains your `MiniGPT` three times, from the same start on the same windows: in
# float32; with bfloat16 products; and so that the parameters, too, are rounded to bfloat16 after
# each step, as if nobody kept them in float32. Then it measures a step of a narrow and of a wide
# model, and the bytes that the forward pass keeps for the backward pass. Last, it looks at your
# model of section 11: how large are the gradients at its logits? Keep the numbers: section 17 asks
# what they mean.
#
# Where there is a GPU, the cell runs on it. The question can be answered from either, and no mark
# needs a GPU. (Few CPUs have units for bfloat16, and Colab's T4 has them for float16 alone: it may
# well be slower than float32.)

# %% [markdown] lang="zh" of="5111bd05"
# ## 14. 一半的位数
#
# 网络要算得多精确才行？16 位的数只占一半内存，搬运时间也只要一半；处理器如果有专门的单元，每秒能做
# 的乘法还会多出许多倍。位数可以从两处省：尾数，或者范围：
#
# | 格式 | 指数位数、尾数位数 | 最小（大于 0） | 最大 | 1 之后的间隔 |
# | --- | --- | --- | --- | --- |
# | float32 | 8, 23 | 1.4e-45 | 3.4e38 | 1.2e-7 |
# | float16 | 5, 10 | 6.0e-8 | 65504 | 0.00098 |
# | bfloat16 | 8, 7 | 9.2e-41 | 3.4e38 | 0.0078 |
#
# [混合精度](https://arxiv.org/abs/1710.03740)只在乘积上用 16 位，而乘积占了大部分计算量。在
# [`torch.autocast`](https://docs.pytorch.org/docs/stable/amp.html) 之下，`@` 和仿射层得出
# bfloat16；参数不变，仍是 float32。
#
# 下一个单元格把你的 `MiniGPT` 训练三遍，初始值相同，窗口也相同：一遍用 float32；一遍用 bfloat16 的
# 乘积；还有一遍，每一步之后把参数也舍入成 bfloat16，就像没有谁用 float32 保存它们一样。接着分别对一
# 窄一宽两个模型，量一步要多久，以及前向传播为反向传播留下多少字节。最后来看你在第 11 节训练的模型：
# 它的 logits 处，梯度有多大？把这些数留好：第 17 节要问它们说明什么。
#
# 有 GPU 时，这个单元格就在 GPU 上运行。用 CPU 还是 GPU 的数都能回答问题，没有哪一分非要 GPU 才拿得
# 到。（有 bfloat16 单元的 CPU 不多，而 Colab 的 T4 只有 float16 的单元：它比 float32 慢，也很正
# 常。）

# %% demo=true
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def loss_of(model, rows, mixed):
    """The loss in float32; with `mixed`, of logits whose products are in bfloat16."""
    with torch.autocast(DEVICE.type, dtype=torch.bfloat16, enabled=mixed):
        logits = model(rows)
    return lm_loss(logits.float(), rows)


def trained(d, steps, mixed, rounded=False):
    """A model of width d after some steps; the losses, and the median of the seconds of a step."""
    torch.manual_seed(0)
    model = MiniGPT(len(vocab), d, 4, 2, 24).to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
    generator = torch.Generator().manual_seed(0)
    losses, seconds = [], []
    for _ in range(steps):
        begin = torch.randint(len(text) - 23, (24, 1), generator=generator)
        rows = text[begin + torch.arange(24)].to(DEVICE)
        clock = time.perf_counter()
        loss = loss_of(model, rows, mixed)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if rounded:
            with torch.no_grad():
                for p in model.parameters():
                    p.copy_(p.bfloat16())
        losses.append(loss.item())  # a GPU, too, is done with the step when this number is here
        seconds.append(time.perf_counter() - clock)
    return model, losses, sorted(seconds)[steps // 2]


def kept_bytes(model, rows, mixed):
    """Bytes kept for the backward pass, by dtype; the parameters themselves are not counted."""
    known = {p.untyped_storage().data_ptr() for p in model.parameters()}
    found = {torch.float32: 0, torch.bfloat16: 0}

    def note(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in known and tensor.dtype in found:
            found[tensor.dtype] += storage.nbytes()
        known.add(storage.data_ptr())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        loss_of(model, rows, mixed)
    return found


RUNS = {"float32": (False, False), "autocast": (True, False), "autocast, rounded": (True, True)}
held_out = windows.to(DEVICE)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
for (name, (mixed, rounded)), style in zip(RUNS.items(), ["-", "--", "-"], strict=True):
    model, losses, _ = trained(32, 200, mixed, rounded)
    with torch.no_grad():
        print(f"{name}: loss {loss_of(model, held_out, mixed):.4f} on unseen text")
    left.plot(losses, style, label=name)
left.set(xlabel="step", ylabel="loss", title="Three times the same training")
left.legend()
for d in (32, 256):
    for name, (mixed, _) in list(RUNS.items())[:2]:
        model, _, seconds = trained(d, 7, mixed)
        sizes = [size / 2**20 for size in kept_bytes(model, held_out[:24], mixed).values()]
        print(
            f"width {d}, {name}: {1000 * seconds:.1f} ms a step; kept for the backward pass "
            f"{sizes[0]:.2f} MiB in float32 and {sizes[1]:.2f} MiB in bfloat16"
        )

logits = gpt(windows)
logits.retain_grad()
lm_loss(logits, windows).backward()
gradient = logits.grad[logits.grad != 0].abs()
lost = {scale: (gradient * scale).half().eq(0).float().mean() for scale in (1, 1024)}
print(f"of these gradients {lost[1]:.1%} become 0 in float16, {lost[1024]:.1%} of 1024 times them")
right.hist(gradient.log2(), bins=60, label="as they are")
right.hist((1024 * gradient).log2(), bins=60, histtype="step", label="of 1024 times the loss")
right.axvspan(-40, -25, color="grey", alpha=0.3, label="0 in float16")
right.set(xlabel="power of 2", ylabel="entries", title="Gradients of the loss at the logits")
right.set(xlim=(-40, 0))
right.legend(fontsize=8)
plt.show()

# %% [markdown] written="why_hidden_states"
# ## 15. In your own words
#
# The lecture asks why one goes to such lengths to compute hidden representations, when different
# architectures may be able to express the same functions in theory. Compare a fully connected layer
# over the whole sequence, a convolution, a recurrent network and self-attention: on what does the
# number of parameters depend, how many steps does it take to get from one position to another that
# is $N$ away, and what does each assume about the data?

# %% [markdown] lang="zh" of="87eaed52"
# ## 15. 用自己的话说
#
# 讲义问道：不同的架构在理论上也许能表达同样的函数，那么为什么还要费这么大力气去计算隐藏表示？请比
# 较四种做法：覆盖整个序列的全连接层、卷积、循环神经网络和自注意力。参数的个数取决于什么？信息要经
# 过多少步，才能从一个位置传到相距 $N$ 的另一个位置？各自对数据作了什么假设？

# %% [markdown] written="columns_and_rows"
# ## 16. In your own words: columns and rows
#
# Show that `self_attention` (columns) and `scaled_dot_attention` (rows) compute the same thing:
# which transposes turn one formula into the other, and why does the softmax change its axis? What
# would each position receive if the softmax were taken along the wrong axis?

# %% [markdown] lang="zh" of="185c676d"
# ## 16. 用自己的话说：列与行
#
# 请证明 `self_attention`（列）和 `scaled_dot_attention`（行）算的是同一个东西：哪些转置能把一个公
# 式变成另一个？softmax 的轴为什么要换？如果 softmax 沿着错误的轴进行，每个位置会得到什么？

# %% [markdown] written="half_the_bits"
# ## 17. In your own words: half the bits
#
# Use the numbers that section 14 gave you, and say whether it ran on a CPU or a GPU. (a) With
# bfloat16 products the loss is nearly that of float32; with rounded parameters it stays behind. A
# step of Adam moves a parameter by about $3\cdot10^{-4}$. How far apart are neighbouring numbers of
# bfloat16 near 0.2, what becomes of the step there, and what must therefore be kept in float32? (b)
# Do the two widths gain or lose time by bfloat16, and why? Why does the memory that is kept not
# fall to one half? (c) What share of the gradients at the logits would be 0 in float16? Why is the
# loss multiplied by a large number when one trains in float16, what must happen before the step,
# and why does bfloat16 do without? (d) Name two more places where the digits of bfloat16 would not
# do, and say what would go wrong there.

# %% [markdown] lang="zh" of="c795fd78"
# ## 17. 用自己的话说：一半的位数
#
# 请用第 14 节给你的数来回答，并说明它是在 CPU 还是 GPU 上运行的。(a) 用 bfloat16 的乘积，损失与
# float32 几乎一样；把参数舍入，损失就落在后面。Adam 的一步大约让参数移动 $3\cdot10^{-4}$。在 0.2 附
# 近，相邻的两个 bfloat16 数相距多远？这一步到了那里会怎样？因此什么必须用 float32 保存？(b) 对这两
# 种宽度，bfloat16 是省了时间还是多花了时间？为什么？留下的内存为什么没有降到一半？(c) logits 处的梯
# 度，有多大比例在 float16 中会变成 0？用 float16 训练时，为什么要把损失乘以一个很大的数？走这一步之
# 前必须做什么？为什么 bfloat16 不需要这样做？(d) 再举出两处，说明那里只用 bfloat16 的尾数不够，会出
# 什么问题。

# %% [markdown]
# ## What you can do now
#
# - Score, weigh and average: attention in columns and in rows, masked, with one head or many.
# - Give a model positions, and hide the future from it.
# - Build a transformer block, and a language model of blocks, with tied weights.
# - Train it on random windows of a text, judge it beside a bigram, and write with it.
# - Look into it: which word a translation looks at, and what filling gaps has taught.
# - Save bits where it does no harm, and say where it would.
#
# Next: models that generate pictures rather than words.

# %% [markdown] lang="zh" of="36f457b5"
# ## 现在你会了
#
# - 打分、加权、求平均：按列或按行的注意力，带掩码，用一个头或许多头。
# - 把位置告诉模型，把未来对它藏起来。
# - 搭建 Transformer 块，再用块搭成语言模型，并让权重共享。
# - 用文本里的随机窗口训练它，拿二元语法作对照来评估它，并用它写作。
# - 看看模型内部：翻译时它看的是哪个词，填空又教会了它什么。
# - 在无害的地方省下位数，并说出哪里省不得。
#
# 下一步：不写文字、而生成图像的模型。
