# %% [markdown]
# # Lecture 10: A network with a memory
#
# Names, sentences and films come in all lengths. A recurrent network reads them step by step and
# keeps a state, in which it sums up what it has seen so far. In this notebook you build one, send
# gradients back through time, and see with your own eyes why they vanish or explode.
#
# **Afterwards you can** run a recurrent network forward and its gradients back through time, by
# hand; say when they vanish and when they explode; hold them with a limit, and train a network that
# remembers.
#
# **Time** about 4 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [recurrent
# networks](https://d2l.ai/chapter_recurrent-neural-networks/rnn.html) and on [back-propagation
# through time](https://d2l.ai/chapter_recurrent-neural-networks/bptt.html); [CS231n on recurrent
# networks](https://cs231n.github.io/rnn/); [On the difficulty of training recurrent neural
# networks](https://arxiv.org/abs/1211.5063), the paper behind sections 4 and 5.
#
# **The network.** One set of parameters serves every step:
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b),\qquad y_t = h_t W_{hy}$$
#
# The slides write states as columns, $W_{hh}h_{t-1}$, and leave out $b$. Here, as in the rest of
# this course, observations are **rows**, and weights stand on the right.
#
# **Conventions.** $T$ is the number of steps, $N$ the batch, $D$ the size of an input and $H$ that
# of a state. Time is the first axis: `x` is $(T, N, D)$ and `h` is $(T, N, H)$, where `h[0]` is
# $h_1$; the initial state `h0`, $(N, H)$, is kept apart. `dh` means $\partial L/\partial h$ for one
# scalar loss $L$, and has the shape of `h`. Inputs are never changed in place; results keep the
# inputs' dtype and device. Inside your functions there is no automatic differentiation
# (`backward`, `torch.autograd`, `torch.func`) and no `nn.RNN` or `nn.RNNCell`; in your own tests,
# use them as much as you like.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="b43f4b3f"
# # 第 10 讲：有记忆的网络
#
# 名字、句子和电影，长短各不相同。循环神经网络一步一步地读它们，并维护一个状态，把到目前为止读到的
# 内容概括在里面。在这份笔记本里，你亲手搭一个这样的网络，让梯度沿时间往回传，亲眼看看梯度为什么会
# 消失或爆炸。
#
# **学完之后，你能够**亲手写出循环神经网络的前向传播，并让梯度沿时间往回传；说清梯度何时消失、何时
# 爆炸；用一个上限管住梯度，训练出一个有记忆的网络。
#
# **用时**约 4 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行全部单元格，保
# 存，然后提交这个文件。没做完也可以交，做对多少算多少分。
#
# **参考阅读**，需要时再看：《动手学深度学习》讲[循环神经网
# 络](https://d2l.ai/chapter_recurrent-neural-networks/rnn.html)和[随时间反向传
# 播](https://d2l.ai/chapter_recurrent-neural-networks/bptt.html)的两节；[CS231n 讲循环神经网络的
# 部分](https://cs231n.github.io/rnn/)；还有 [On the difficulty of training recurrent neural
# networks](https://arxiv.org/abs/1211.5063)，本笔记本的第 4、5 节就出自它。
#
# **网络**：每一步都用同一组参数：
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b),\qquad y_t = h_t W_{hy}$$
#
# 幻灯片把状态写成列，即 $W_{hh}h_{t-1}$，并省去了 $b$。这里和本课程的其他部分一样，一个观测是
# 一**行**，权重写在右边。
#
# **约定**：$T$ 是步数，$N$ 是批量大小，$D$ 是输入的维度，$H$ 是状态的维度。时间是第一个轴：`x` 的
# 形状是 $(T, N, D)$，`h` 的形状是 $(T, N, H)$，其中 `h[0]` 是 $h_1$；初始状态 `h0` 的形状是
# $(N, H)$，单独存放。`dh` 表示某个标量损失 $L$ 的 $\partial L/\partial h$，形状与 `h` 相同。不得
# 原地修改输入；结果的 dtype 和设备与输入相同。你的函数里不能用自动微分（`backward`、
# `torch.autograd`、`torch.func`），也不能用 `nn.RNN` 或 `nn.RNNCell`；自己测试时随便用。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. One step
#
# A step takes one input for every sequence of the batch and the old states, and makes new states.

# %% [markdown] lang="zh" of="a95c5a06"
# ## 1. 一步
#
# 走一步，就是从批量的每个序列里各取一个输入，连同旧的状态，算出新的状态。


# %% exercise="rnn_step"
def rnn_step(x, h, wxh, whh, b):
    """One step of the network: the next state.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        wxh: (D, H) weights of the input.
        whh: (H, H) weights of the state.
        b: (H,) biases.

    Returns:
        (N, H), the new states.
    """
    raise NotImplementedError


# %% example="rnn_step"
x, h = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5]])
h_next = rnn_step(x, h, torch.tensor([[0.1], [0.2]]), torch.tensor([[0.4]]), torch.tensor([0.1]))
assert h_next.shape == (1, 1), f"one sequence and one unit make (1, 1), not {tuple(h_next.shape)}"
assert abs(h_next.item() - math.tanh(0.8)) < 1e-6, f"this should be tanh(0.8), not {h_next.item()}"
torch.manual_seed(0)
h_next = rnn_step(
    torch.randn(5, 3), torch.randn(5, 4), torch.randn(3, 4), torch.randn(4, 4), torch.randn(4)
)
assert h_next.shape == (5, 4), f"five states of size 4 are (5, 4), not {tuple(h_next.shape)}"

# %% [markdown]
# Backward, a step is two affine layers that share their output $z$, and an activation. The stub
# hands you $h_t = \tanh z$ and not $z$: write the slope of $\tanh$ with $h_t$ alone. (It is 1 at
# $h_t = 0$, and nearly 0 where $h_t$ is nearly ±1.)

# %% [markdown] lang="zh" of="c54153fd"
# 从反向传播来看，一步就是两个仿射层（它们共用输出 $z$）再加一个激活函数。函数骨架交给你的是
# $h_t = \tanh z$，而不是 $z$：请只用 $h_t$ 写出 $\tanh$ 的斜率。（它在 $h_t = 0$ 处是 1，在 $h_t$
# 接近 ±1 的地方几乎是 0。）


# %% exercise="rnn_step_backward"
def rnn_step_backward(dh, x, h_prev, h_next, wxh, whh):
    """Gradients of one step h_next = tanh(x wxh + h_prev whh + b).

    Args:
        dh: (N, H), the gradient that arrives at h_next.
        x: (N, D).
        h_prev: (N, H), the old states.
        h_next: (N, H), the new states that the step made.
        wxh, whh: (D, H) and (H, H).

    Returns:
        (dx, dh_prev, dwxh, dwhh, db), shaped as what they belong to.
    """
    raise NotImplementedError


# %% example="rnn_step_backward"
torch.manual_seed(5)
names = ["dx", "dh_prev", "dwxh", "dwhh", "db"]
inputs = [torch.randn(s).double() for s in [(5, 3), (5, 4), (3, 4), (4, 4), (4,)]]
dh, (x, h_prev, wxh, whh, _) = torch.randn(5, 4).double(), inputs
mine = rnn_step_backward(dh, x, h_prev, rnn_step(*inputs), wxh, whh)
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for k, (name, got, value) in enumerate(zip(names, mine, inputs, strict=True)):
    assert got.shape == value.shape, f"{name} should have shape {tuple(value.shape)}"
    way = torch.randn_like(value)  # a tiny step this way, and one back: what do they change?
    ends = [rnn_step(*inputs[:k], value + s * way, *inputs[k + 1 :]) for s in (1e-5, -1e-5)]
    slope = ((ends[0] - ends[1]) * dh).sum() / 2e-5
    assert abs((got * way).sum() - slope) < 1e-5, f"{name} is not the slope of your `rnn_step`"

# %% [markdown]
# ## 2. A whole sequence
#
# Unrolled in time, the network is a deep one: as many layers as there are steps, all with the
# same weights.

# %% [markdown] lang="zh" of="939e51c0"
# ## 2. 整个序列
#
# 沿时间展开，这个网络就成了深层网络：有多少步就有多少层，各层的权重都相同。


# %% exercise="rnn_forward"
def rnn_forward(x, h0, wxh, whh, b):
    """All states of the network.

    Args:
        x: (T, N, D), T ≥ 1.
        h0: (N, H), the states before the first step.
        wxh, whh, b: (D, H), (H, H) and (H,).

    Returns:
        (T, N, H): h₁ … h_T, without h0.
    """
    raise NotImplementedError


# %% example="rnn_forward"
x = torch.tensor([1.0, 0.0, -1.0]).reshape(3, 1, 1)
weights = torch.tensor([[1.0]]), torch.tensor([[0.5]]), torch.tensor([0.0])
states = rnn_forward(x, torch.tensor([[0.2]]), *weights)
assert states.shape == (3, 1, 1), f"three steps make (3, 1, 1), not {tuple(states.shape)}"
first = math.tanh(1.0 + 0.5 * 0.2)
second = math.tanh(0.5 * first)
assert abs(states[0].item() - first) < 1e-6, f"h₁ is tanh(1.1), not {states[0].item()}"
assert abs(states[1].item() - second) < 1e-6, f"h₂ is tanh(0.5 h₁), not {states[1].item()}"
assert abs(states[2].item() - math.tanh(-1 + 0.5 * second)) < 1e-6, "h₃ is off"

# %% [markdown]
# Each state may send an output, $y_t = h_t W_{hy}$. It is linear: what it means (logits, a
# prediction) is for the loss to say.

# %% [markdown] lang="zh" of="d83b0a66"
# 每个状态都可以给出一个输出，$y_t = h_t W_{hy}$。它是线性的：它代表什么（logits，还是预测值），由
# 损失来决定。


# %% exercise="rnn_output"
def rnn_output(h, why):
    """The outputs of all states.

    Args:
        h: (T, N, H).
        why: (H, K).

    Returns:
        (T, N, K).
    """
    raise NotImplementedError


# %% example="rnn_output"
y = rnn_output(torch.ones(4, 2, 3), torch.tensor([[1.0, 0.0], [2.0, 0.0], [3.0, -1.0]]))
assert y.shape == (4, 2, 2), f"the shape should be (4, 2, 2), not {tuple(y.shape)}"
assert torch.equal(y[3, 1], torch.tensor([6.0, -1.0])), f"h why is [6, −1] here, not {y[3, 1]}"

# %% [markdown]
# ## 3. Back through time
#
# A loss may listen to every output, as when each step predicts the next character. So `dh` holds,
# for each $t$, the gradient that arrives at $h_t$ from **its own output**. On top of that, $h_t$
# acts on all that follows through the next step. Both add up. And since the parameters are used
# at every step, their gradients are sums over time, $\partial L/\partial W=\sum_t(\dots)$.

# %% [markdown] lang="zh" of="6721c1cd"
# ## 3. 沿时间往回走
#
# 损失可能要用到每一个输出，例如每一步都预测下一个字符的时候。所以对每个 $t$，`dh` 里存的是 $h_t$
# **自己的输出**传给它的梯度。除此之外，$h_t$ 还通过下一步影响后面的一切。这两份要相加。又因为每一
# 步都用到这些参数，参数的梯度就是对时间求和，$\partial L/\partial W=\sum_t(\dots)$。


# %% exercise="rnn_backward"
def rnn_backward(dh, x, h0, h, wxh, whh):
    """Gradients of the whole network, back through time.

    Args:
        dh: (T, N, H); dh[t] is the gradient that h[t]'s own output sends.
        x: (T, N, D).
        h0: (N, H).
        h: (T, N, H), the states that the forward pass made.
        wxh, whh: (D, H) and (H, H).

    Returns:
        (dx, dh0, dwxh, dwhh, db), shaped as x, h0, wxh, whh and b, which is (H,).
    """
    raise NotImplementedError


# %% example="rnn_backward"
torch.manual_seed(2)
names = ["dx", "dh0", "dwxh", "dwhh", "db"]
inputs = [torch.randn(s).double() for s in [(4, 2, 3), (2, 5), (3, 5), (5, 5), (5,)]]
dh, (x, h0, wxh, whh, _) = torch.randn(4, 2, 5).double(), inputs
mine = rnn_backward(dh, x, h0, rnn_forward(*inputs), wxh, whh)
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for k, (name, got, value) in enumerate(zip(names, mine, inputs, strict=True)):
    assert got.shape == value.shape, f"{name} should have shape {tuple(value.shape)}"
    way = torch.randn_like(value)
    ends = [rnn_forward(*inputs[:k], value + s * way, *inputs[k + 1 :]) for s in (1e-5, -1e-5)]
    slope = ((ends[0] - ends[1]) * dh).sum() / 2e-5
    assert abs((got * way).sum() - slope) < 1e-5, f"{name} is not the slope of your `rnn_forward`"

# %% [markdown]
# ## 4. Where gradients vanish and explode
#
# How much does $h_t$ feel of $h_{t-1}$? The answer is a Jacobian, whose entry $[i, j]$ is
# $\partial h_t[i]/\partial h_{t-1}[j]$. Write one entry before you write the matrix: which entry of
# $W_{hh}$ does $h_{t-1}[j]$ meet on its way to $h_t[i]$, and which slope? (The slides have columns
# and get $\operatorname{diag}(\tanh')\,W_{hh}$. Ours are rows.)

# %% [markdown] lang="zh" of="c2275c11"
# ## 4. 梯度在哪里消失，在哪里爆炸
#
# $h_{t-1}$ 变一点，$h_t$ 会跟着变多少？答案是一个 Jacobian 矩阵，它的元素 $[i, j]$ 是
# $\partial h_t[i]/\partial h_{t-1}[j]$。写矩阵之前，先写一个元素：$h_{t-1}[j]$ 走到 $h_t[i]$，路
# 上遇到 $W_{hh}$ 的哪个元素，又遇到哪个斜率？（幻灯片用列，得到的是
# $\operatorname{diag}(\tanh')\,W_{hh}$。我们用行。）


# %% exercise="state_jacobian"
def state_jacobian(h_next, whh):
    """The Jacobian of one step for one sequence: [i, j] = ∂h_t[i]/∂h_{t−1}[j].

    Args:
        h_next: (H,), the new state h_t.
        whh: (H, H).

    Returns:
        (H, H).
    """
    raise NotImplementedError


# %% example="state_jacobian"
jacobian = state_jacobian(torch.tensor([0.0, 0.5]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
expected = torch.tensor([[1.0, 3.0], [1.5, 3.0]])
assert torch.allclose(jacobian, expected), f"expected {expected}, got {jacobian}"

# %% [markdown]
# Over $k$ steps the Jacobians multiply,
#
# $$\frac{\partial h_T}{\partial h_{T-k}} =
# \frac{\partial h_T}{\partial h_{T-1}}\,\frac{\partial h_{T-1}}{\partial h_{T-2}}\cdots
# \frac{\partial h_{T-k+1}}{\partial h_{T-k}},$$
#
# and the **spectral norm** of the product, its largest singular value, says how much of a gradient
# can be left after $k$ steps back.

# %% [markdown] lang="zh" of="3c79b381"
# 走 $k$ 步，各步的 Jacobian 矩阵就连乘起来：
#
# $$\frac{\partial h_T}{\partial h_{T-k}} =
# \frac{\partial h_T}{\partial h_{T-1}}\,\frac{\partial h_{T-1}}{\partial h_{T-2}}\cdots
# \frac{\partial h_{T-k+1}}{\partial h_{T-k}},$$
#
# 乘积的**谱范数**，也就是它最大的奇异值，告诉我们梯度往回走 $k$ 步之后最多还能剩下多少。


# %% exercise="gradient_norms"
def gradient_norms(h, whh):
    """Spectral norms of ∂h_T/∂h_{T−k} for k = 1, …, T − 1, for one sequence.

    Args:
        h: (T, H), the states h₁ … h_T.
        whh: (H, H).

    Returns:
        a list of T − 1 floats (or 0-d tensors), k = 1 first; empty for T = 1.
    """
    raise NotImplementedError


# %% example="gradient_norms"
whh = torch.diag(torch.tensor([2.0, 0.5]))
norms = [float(n) for n in gradient_norms(torch.zeros(4, 2), whh)]
assert len(norms) == 3, f"T = 4 leaves k = 1, 2, 3; the list has {len(norms)} entries"
assert torch.allclose(torch.tensor(norms), torch.tensor([2.0, 4.0, 8.0])), (
    f"at h = 0 the norms are those of powers of whh, 2, 4 and 8, not {norms}"
)
norms = [float(n) for n in gradient_norms(torch.tensor([[0.9], [0.6], [0.8]]), torch.eye(1))]
assert torch.allclose(torch.tensor(norms), torch.tensor([0.36, 0.36 * 0.64])), (
    f"the slopes at h₃ and h₂ are 0.36 and 0.64: expected 0.36 and 0.2304, got {norms}"
)

# %% demo=true
torch.manual_seed(3)
steps, size = 40, 24
rotation, _ = torch.linalg.qr(torch.randn(size, size, dtype=torch.float64))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for panel, strength, what in [
    (axes[0], 1e-3, "Inputs so weak that tanh' is nearly 1"),
    (axes[1], 1.0, "Inputs so strong that tanh' is often small"),
]:
    x = strength * torch.randn(steps, 1, size, dtype=torch.float64)
    for factor in [0.8, 1.0, 1.25]:
        weights = torch.eye(size, dtype=torch.float64), factor * rotation
        nothing = torch.zeros(size, dtype=torch.float64)
        h = rnn_forward(x, nothing[None], *weights, nothing)
        norms = [float(n) for n in gradient_norms(h[:, 0], weights[1])]
        panel.semilogy(range(1, steps), norms, label=f"singular values {factor}")
    panel.set(xlabel="k, steps back", title=what)
axes[0].set_ylabel("spectral norm of ∂h_T/∂h_{T−k}")
axes[1].legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# On the left the activation is almost linear, and the singular values of $W_{hh}$ decide: below 1
# the gradient vanishes, above 1 it explodes. On the right every step also multiplies by
# $\tanh' \le 1$, and now even weights that stretch may lose the gradient.

# %% [markdown] lang="zh" of="5d4018ba"
# 左图里，激活函数几乎是线性的，结果取决于 $W_{hh}$ 的奇异值：小于 1，梯度消失；大于 1，梯度爆炸。
# 右图里，每一步还要乘以 $\tanh' \le 1$，这时即使权重有放大作用，梯度也可能消失。

# %% [markdown]
# ## 5. Clipping
#
# Against gradients that explode the lecture knows a plain remedy: a limit. Take the norm of *all*
# gradients together, $\lVert g\rVert = \sqrt{\sum_k \lVert g_k\rVert^2}$. If it exceeds the limit,
# every gradient is multiplied by the same factor, `max_norm` $/\lVert g\rVert$, so that the
# direction stays; if not, nothing changes. (PyTorch's `clip_grad_norm_` adds $10^{-6}$ to the norm
# and works in place. Here there is no such number, and the tensors that come in stay as they are;
# below the limit you may return those very tensors.)

# %% [markdown] lang="zh" of="feb98e6e"
# ## 5. 裁剪
#
# 对付梯度爆炸，讲义有一个简单的办法：设上限。取*全部*梯度合起来的范数
# $\lVert g\rVert = \sqrt{\sum_k \lVert g_k\rVert^2}$。如果它超过上限，每个梯度都乘以同一个因子
# `max_norm` $/\lVert g\rVert$，这样方向不变；如果没有超过，就什么都不改。（PyTorch 的
# `clip_grad_norm_` 给范数加上 $10^{-6}$，并且原地修改梯度。这里不加这个数，传进来的张量也保持原
# 样；没有超过上限时，可以直接返回它们。）


# %% exercise="clip_gradients"
def clip_gradients(grads, max_norm):
    """Scale gradients so that their global norm is at most max_norm.

    Args:
        grads: list of tensors of any shapes; they stay as they are.
        max_norm: the limit, a float > 0.

    Returns:
        a list of tensors in the same order: all times max_norm/norm when the norm over all
        entries of all gradients exceeds max_norm, else with unchanged values.
    """
    raise NotImplementedError


# %% example="clip_gradients"
grads = [torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])]
clipped = clip_gradients(grads, 1.0)
assert torch.allclose(clipped[0], torch.tensor([0.6, 0.0])), f"norm 5, limit 1: got {clipped[0]}"
assert torch.allclose(clipped[1], torch.tensor([[0.8]])), f"norm 5, limit 1: got {clipped[1]}"
assert grads[0][0] == 3, "the gradients that came in should stay as they are"
assert torch.equal(clip_gradients(grads, 6.0)[0], grads[0]), "below the limit nothing changes"

# %% [markdown]
# Now all of it at work: a network that must repeat its input three steps late, so that each state
# has to carry the recent past. The same data, the same start, with and without clipping; without
# it the steps grow until the first few batches have thrown the weights away.

# %% [markdown] lang="zh" of="9139331e"
# 现在把这些全都用上：让网络晚三步复述它的输入，所以每个状态都得记住最近几步的内容。数据相同，起点
# 相同，一次裁剪，一次不裁剪；不裁剪时，步子越来越大，才过几个小批量，权重就被甩飞了。

# %% demo=true
torch.manual_seed(4)
delay, steps, batch, size = 3, 12, 16, 24
start = [torch.randn(1, size), torch.randn(size, size) / size**0.5, torch.zeros(size)]
start.append(torch.randn(size, 1) / size**0.5)
batches = [torch.randn(steps, batch, 1) for _ in range(200)]
figure, axes = plt.subplots(figsize=(6.5, 3.8))
for limit, label in [(math.inf, "not clipped"), (0.5, "clipped at norm ½")]:
    params, losses = list(start), []
    for x in batches:
        h0 = torch.zeros(batch, size)
        h = rnn_forward(x, h0, *params[:3])
        error = rnn_output(h, params[3])[delay:] - x[:-delay]
        losses.append(error.square().mean().item())
        if losses[-1] > 1000:
            break
        dy = torch.zeros(steps, batch, 1)
        dy[delay:] = 2 * error / error.numel()
        _, _, *grads = rnn_backward(dy @ params[3].T, x, h0, h, params[0], params[1])
        grads.append(h.flatten(0, 1).T @ dy.flatten(0, 1))
        grads = clip_gradients(grads, limit)
        params = [p - 0.3 * g for p, g in zip(params, grads, strict=True)]
    axes.plot(losses, label=label)
axes.axhline(1, color="grey", linestyle=":", label="always answering 0")
axes.set(xlabel="mini-batch", ylabel="mean squared error", ylim=(0, 2))
axes.set_title("Repeat what you heard, three steps late")
axes.legend()
plt.show()

# %% [markdown] written="one_term_of_many"
# ## 6. In your own words: one term of many
#
# A slide of lecture 11 writes
# $\frac{\partial L_T}{\partial W} = \frac{\partial L_T}{\partial h_T}
# \big(\prod_{t=2}^{T}\frac{\partial h_t}{\partial h_{t-1}}\big)\frac{\partial h_1}{\partial W}$
# and notes below that this is not exact: it is one term of several. Write down the exact sum,
# treating $\partial h_t/\partial W$ with $h_{t-1}$ held fixed. Which line of your `rnn_backward`
# makes it? Which of its terms die out when gradients vanish, and what can the network then not
# learn?

# %% [markdown] lang="zh" of="3a464eb0"
# ## 6. 用自己的话说：许多项中的一项
#
# 讲义第 11 讲的一张幻灯片写道
# $\frac{\partial L_T}{\partial W} = \frac{\partial L_T}{\partial h_T}
# \big(\prod_{t=2}^{T}\frac{\partial h_t}{\partial h_{t-1}}\big)\frac{\partial h_1}{\partial W}$，
# 并在下面注明，这样写并不准确：它只是若干项中的一项。请写出准确的和，其中的
# $\partial h_t/\partial W$ 是固定 $h_{t-1}$ 时的导数。你的 `rnn_backward` 里，是哪一行算出了这个
# 和？梯度消失时，其中哪些项会跟着消失，网络因此学不到什么？

# %% [markdown] written="an_old_acquaintance"
# ## 7. In your own words: an old acquaintance
#
# The lecture asks which classical models of statistics describe sequences. Take the vector
# autoregression $y_t = c + A y_{t-1} + \varepsilon_t$ and show, with $h_t = E[y_t]$, that it is a
# recurrent network: what are its inputs, its activation, its parameters? A stationary one
# has all eigenvalues of $A$ inside the unit circle. What does that say of
# $\partial h_T/\partial h_{T-k}$ for large $k$?

# %% [markdown] lang="zh" of="c23cd60b"
# ## 7. 用自己的话说：一位老相识
#
# 讲义问：有哪些经典的统计模型可以描述序列？考虑向量自回归 $y_t = c + A y_{t-1} + \varepsilon_t$，
# 令
# $h_t = E[y_t]$，说明它就是一个循环神经网络：它的输入、激活函数和参数各是什么？如果它是平稳的，那
# 么 $A$ 的特征值全在单位圆内。由此可知，当 $k$ 很大时，$\partial h_T/\partial h_{T-k}$ 会怎样？

# %% [markdown]
# ## What you can do now
#
# - Send a gradient back through any number of steps, and check it.
# - Read from singular values how far back a network can learn.
# - Clip what explodes, and train a network to remember three steps. Against what vanishes, lecture
#   12 has gates.
#
# Next, lecture 11: names of any length.

# %% [markdown] lang="zh" of="4d91d960"
# ## 现在你会了
#
# - 让梯度往回传过任意多步，并检验它。
# - 从奇异值看出网络能学到多久以前的内容。
# - 裁剪爆炸的梯度，训练网络记住三步之前的输入。至于梯度消失，第 12 讲用门来对付。
#
# 下一步，第 11 讲：任意长度的名字。
