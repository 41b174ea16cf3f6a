# %% [markdown]
# # Lecture 12: Gates, and names that nobody bears
#
# A plain recurrent network forgets: at every step its gradient meets the same matrix and another
# $\tanh' \le 1$. The lecture's remedy is another architecture. Here you build the two best known,
# stack recurrent layers and let them read in both directions. Then you train a network of your own
# on names, beat counting with it, and let it write.
#
# **Afterwards you can** say what each gate is for, and take an LSTM apart in both directions; build
# deeper and bidirectional networks from one step; train a character model on names of unequal
# lengths without fooling yourself by padding; compare it with counting, and with the best that is
# possible; draw from it at any temperature.
#
# **Time** about 7 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, as with the assignments
# before.
#
# **To read**, where it helps: [Understanding LSTM
# networks](https://colah.github.io/posts/2015-08-Understanding-LSTMs/) by C. Olah, Dive into Deep
# Learning [10.1](https://d2l.ai/chapter_recurrent-modern/lstm.html) and
# [10.2](https://d2l.ai/chapter_recurrent-modern/gru.html), and [The unreasonable effectiveness of
# recurrent neural networks](https://karpathy.github.io/2015/05/21/rnn-effectiveness/) on writing.
#
# **Conventions.** As in lecture 10, observations are rows and time is the first axis: `x` is
# $(T, N, D)$, states are $(N, H)$ at one step and $(T, N, H)$ over time, without the initial one.
# `dh` means $\partial L/\partial h$ for one scalar loss $L$. Inputs are never changed in place;
# results keep the inputs' dtype and device. `nn.RNN`, `nn.LSTM`, `nn.GRU` and their cells may not
# run inside your functions; `lstm_step_backward` does without automatic differentiation.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="a3856164"
# # 第 12 讲：门，以及没有人叫的名字
#
# 普通的循环神经网络很健忘：每往回走一步，梯度都要遇到同一个矩阵，再乘上一个 $\tanh' \le 1$。讲义
# 的对策是换一种结构。在这份笔记本里，你要搭出最有名的两种，再把循环层一层层叠起来，让它们从两个方
# 向读序列。然后用名字训练你自己的网络，让它胜过计数，最后由它来写名字。
#
# **学完之后，你能够**说出每个门的用处，手写 LSTM 的前向传播和反向传播；由单步出发，搭出更深的网络
# 和双向网络；在长短不一的名字上训练字符模型，不被填充蒙骗；拿它与计数比，也与可能达到的最好结果
# 比；在任意温度下从模型里抽取名字。
#
# **用时**约 7 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格，保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：C. Olah 的[理解 LSTM 网
# 络](https://colah.github.io/posts/2015-08-Understanding-LSTMs/)；《动手学深度学
# 习》[10.1](https://d2l.ai/chapter_recurrent-modern/lstm.html) 和
# [10.2](https://d2l.ai/chapter_recurrent-modern/gru.html)；想看网络怎样写作，读[循环神经网络不可
# 思议的效果](https://karpathy.github.io/2015/05/21/rnn-effectiveness/)。
#
# **约定**：和第 10 讲一样，一行是一个观测，时间是第一个轴：`x` 是 $(T, N, D)$；状态在一个时间步是
# $(N, H)$，沿时间排列是 $(T, N, H)$，不含初始状态。`dh` 表示某个标量损失 $L$ 的
# $\partial L/\partial h$。不得原地修改输入；结果与输入的 dtype 和设备相同。你的函数里不能用
# `nn.RNN`、`nn.LSTM`、`nn.GRU` 及相应的 Cell 类；`lstm_step_backward` 不用自动微分。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import itertools
import math
import random

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_num_threads(1)  # small networks gain nothing from more

# %% [markdown]
# ## 1. LSTM
#
# Beside the state $h$, *long short-term memory* carries a cell $c$. Three gates say, entry by
# entry, what is written to the cell ($i$), what stays in it ($f$) and what it shows ($o$); $g$ is
# what could be written:
#
# $$\begin{pmatrix} i & f & o & g\end{pmatrix} =
# \begin{pmatrix}\sigma & \sigma & \sigma & \tanh\end{pmatrix}
# \big([h_{t-1}, x_t]\,W + b\big)$$
#
# $$c_t = f\odot c_{t-1} + i\odot g,\qquad h_t = o\odot\tanh(c_t)$$
#
# Two orders are conventions, and here they are the lecture's: the state stands **before** the
# input in $[h, x]$, so that the first $H$ rows of $W$ belong to $h$; and the four blocks of $H$
# columns are **i, f, o, g**. (PyTorch's own LSTM has i, f, g, o, and two matrices.)

# %% [markdown] lang="zh" of="8e8c436c"
# ## 1. LSTM
#
# 除了状态 $h$，*长短期记忆*还带着一个单元（cell）$c$。三个门逐元素地决定：往单元里写什么（$i$），
# 单元里留下什么（$f$），单元露出什么（$o$）；$g$ 是可以写入的内容：
#
# $$\begin{pmatrix} i & f & o & g\end{pmatrix} =
# \begin{pmatrix}\sigma & \sigma & \sigma & \tanh\end{pmatrix}
# \big([h_{t-1}, x_t]\,W + b\big)$$
#
# $$c_t = f\odot c_{t-1} + i\odot g,\qquad h_t = o\odot\tanh(c_t)$$
#
# 有两处次序全凭约定，这里都照讲义：在 $[h, x]$ 里，状态放在输入**之前**，所以 $W$ 的前 $H$ 行属于
# $h$；四块各 $H$ 列，次序是 **i, f, o, g**。（PyTorch 自己的 LSTM 次序是 i, f, g, o，并且有两个矩
# 阵。）


# %% exercise="lstm_step"
def lstm_step(x, h, c, w, b):
    """One step of an LSTM: the next state and the next cell.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        c: (N, H), the old cells.
        w: (H + D, 4H) weights of [h, x]; blocks of columns in the order i, f, o, g.
        b: (4H,) biases in the same order.

    Returns:
        (h, c), the new states and the new cells, (N, H) each.
    """
    raise NotImplementedError


# %% example="lstm_step"
closed, open_, write = -30.0, 30.0, math.atanh(0.5)
nothing, x, h, c = torch.zeros(3, 4), torch.zeros(1, 2), torch.zeros(1, 1), torch.tensor([[0.8]])
h1, c1 = lstm_step(x, h, c, nothing, torch.tensor([closed, open_, open_, write]))
assert abs(c1.item() - 0.8) < 1e-6, f"f open, i closed: the cell stays 0.8, it is {c1.item()}"
assert abs(h1.item() - math.tanh(0.8)) < 1e-6, f"o open: h is tanh(0.8), not {h1.item()}"
h1, c1 = lstm_step(x, h, c, nothing, torch.tensor([open_, closed, closed, write]))
assert abs(c1.item() - 0.5) < 1e-6, f"i open, f closed: the cell becomes g = 0.5, not {c1.item()}"
assert abs(h1.item()) < 1e-6, f"o closed: h is 0, not {h1.item()}"
w, x = torch.zeros(3, 4), torch.tensor([[0.0, -1.0]])
w[0, 3], w[2, 3] = 1.0, 0.5  # the first row belongs to h, the last to x; the last column to g
_, c1 = lstm_step(x, torch.tensor([[2.0]]), c, w, torch.tensor([open_, closed, open_, 0.0]))
assert abs(c1.item() - math.tanh(1.5)) < 1e-6, f"g is tanh(2 − ½) here; the cell is {c1.item()}"
torch.manual_seed(0)
h1, c1 = lstm_step(*[torch.randn(s) for s in [(5, 3), (5, 4), (5, 4), (7, 16), (16,)]])
assert h1.shape == c1.shape == (5, 4), f"(5, 4) each, not {tuple(h1.shape)}, {tuple(c1.shape)}"

# %% [markdown]
# Now backward, by hand. Two gradients arrive: `dh` at the new state, from its output and from the
# next step, and `dc` at the new cell, from the next step alone. The new cell acts on the loss by
# both ways. Follow it through $h = o\odot\tanh(c)$, then through the four gates, then through one
# affine layer.

# %% [markdown] lang="zh" of="a79db454"
# 现在手写反向传播。传来的梯度有两个：`dh` 传到新状态，来自这一步的输出和下一步；`dc` 传到新单元，
# 只来自下一步。新单元沿这两条路影响损失。让梯度先穿过 $h = o\odot\tanh(c)$，再穿过四个门，最后穿
# 过一个仿射层。


# %% exercise="lstm_step_backward"
def lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b):
    """Gradients of one step of an LSTM, without automatic differentiation.

    Args:
        dh: (N, H), the gradient that arrives at the new state.
        dc: (N, H), the gradient that the next step sends to the new cell.
        x: (N, D).
        h_prev, c_prev: (N, H), the old states and cells.
        w, b: (H + D, 4H) and (4H,), as in `lstm_step`.

    Returns:
        (dx, dh_prev, dc_prev, dw, db), shaped as what they belong to.
    """
    raise NotImplementedError


# %% example="lstm_step_backward"
torch.manual_seed(1)
names = ["dx", "dh_prev", "dc_prev", "dw", "db"]
leaves = [torch.randn(s).requires_grad_() for s in [(5, 3), (5, 4), (5, 4), (7, 16), (16,)]]
h1, c1 = lstm_step(*leaves)  # what PyTorch makes of your own forward step
dh, dc = torch.randn(2, 5, 4)
((dh * h1).sum() + (dc * c1).sum()).backward()
mine = lstm_step_backward(dh, dc, *(v.detach() for v in leaves))
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for name, got, leaf in zip(names, mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad, atol=1e-5), f"{name} is not your `lstm_step`'s gradient"


# %% exercise="lstm_forward"
def lstm_forward(x, h0, c0, w, b):
    """All states of an LSTM.

    Args:
        x: (T, N, D), T ≥ 1.
        h0, c0: (N, H), states and cells before the first step.
        w, b: (H + D, 4H) and (4H,), as in `lstm_step`.

    Returns:
        (T, N, H): h₁ … h_T.
    """
    raise NotImplementedError


# %% example="lstm_forward"
h0, c0 = torch.zeros(1, 1), torch.zeros(1, 1)
counting = torch.tensor([30.0, 30.0, 30.0, math.atanh(0.5)])  # all gates open, g = 0.5
h = lstm_forward(torch.zeros(3, 1, 2), h0, c0, torch.zeros(3, 4), counting)
expected = torch.tensor([0.5, 1.0, 1.5]).tanh()
assert h.shape == (3, 1, 1), f"three steps make (3, 1, 1), not {tuple(h.shape)}"
assert torch.allclose(h[:, 0, 0], expected), f"the cell counts 0.5, 1, 1.5: {expected}, not {h}"

# %% [markdown]
# How far does a gradient get? Below, one and the same gradient sets out from the last of 60 steps
# and travels back, through a plain network and through LSTMs whose forget gates differ in their
# bias alone. Having gates is not yet a remedy: one of these LSTMs forgets faster than the plain
# network does.

# %% [markdown] lang="zh" of="261762ae"
# 梯度能走多远？下面让同一个梯度从 60 步的最后一步出发往回走，一次走普通的循环神经网络，另外几次走
# LSTM；这些 LSTM 之间只有遗忘门的偏置不同。光有门还不够：其中一个 LSTM 忘得比普通网络还快。

# %% demo=true
torch.manual_seed(2)
steps, size, inputs = 60, 32, 8
x = torch.randn(steps, 1, inputs)
w = torch.randn(size + inputs, 4 * size) / (size + inputs) ** 0.5
figure, axes = plt.subplots(figsize=(6.8, 4))
for bias in [0.0, 2.0, 5.0]:
    b = torch.zeros(4 * size)
    b[size : 2 * size] = bias
    states = [(torch.zeros(1, size), torch.zeros(1, size))]
    for xt in x:
        states.append(lstm_step(xt, *states[-1], w, b))
    dh, dc = torch.zeros(1, size), torch.ones(1, size) / size**0.5
    norms = [1.0]
    for t in reversed(range(steps)):
        _, dh, dc, *_ = lstm_step_backward(dh, dc, x[t], *states[t], w, b)
        norms.append(dc.norm().item())
    axes.semilogy(norms, label=f"LSTM, forget gate's bias {bias:g}: ∂L/∂c")
whh, wxh = w[:, -size:].split([size, inputs])
h = [torch.zeros(1, size)]
for xt in x:
    h.append(torch.tanh(xt @ wxh + h[-1] @ whh))
dh, norms = torch.ones(1, size) / size**0.5, [1.0]
for ht in reversed(h[1:]):
    dh = (dh * (1 - ht**2)) @ whh.T
    norms.append(dh.norm().item())
axes.semilogy(norms, "k--", label="plain network: ∂L/∂h")
axes.set(xlabel="steps back", ylabel="norm of the gradient", ylim=(1e-12, 30))
axes.set_title("What is left of a gradient")
axes.legend()
plt.show()

# %% [markdown]
# ## 2. GRU
#
# The *gated recurrent unit* does without a cell. A reset gate $r$ decides how much of the old
# state the new candidate $\tilde h$ gets to see; an update gate $z$ decides how much of the old
# state **stays**:
#
# $$r = \sigma(x W_r + h U_r + b_r),\qquad z = \sigma(x W_z + h U_z + b_z)$$
#
# $$\tilde h = \tanh\big(x W_c + (r\odot h)\,U_c + b_c\big),\qquad
# h_t = z\odot h + (1-z)\odot\tilde h$$
#
# (On the slide $U_c$ has lost its index. PyTorch's unit resets after the product with $U_c$, which
# is another function; here the reset comes before it.)

# %% [markdown] lang="zh" of="1f625cd5"
# ## 2. GRU
#
# *门控循环单元*没有 LSTM 那样的单元。重置门 $r$ 决定新的候选状态 $\tilde h$ 能看到多少旧状态；更
# 新门 $z$ 决定旧状态**保留**多少：
#
# $$r = \sigma(x W_r + h U_r + b_r),\qquad z = \sigma(x W_z + h U_z + b_z)$$
#
# $$\tilde h = \tanh\big(x W_c + (r\odot h)\,U_c + b_c\big),\qquad
# h_t = z\odot h + (1-z)\odot\tilde h$$
#
# （幻灯片上的 $U_c$ 漏了下标。PyTorch 的 GRU 在乘 $U_c$ 之后才重置，那是另一个函数；这里先重置，
# 再相乘。）


# %% exercise="gru_step"
def gru_step(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    """One step of a gated recurrent unit: the next state.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        wr, ur, br: (D, H), (H, H) and (H,), the reset gate.
        wz, uz, bz: the same shapes, the update gate.
        wc, uc, bc: the same shapes, the candidate.

    Returns:
        (N, H), the new states.
    """
    raise NotImplementedError


# %% example="gru_step"
w, u, b = torch.zeros(1, 1), torch.ones(1, 1), torch.zeros(1)
x, h, much = torch.zeros(1, 1), torch.tensor([[0.8]]), torch.tensor([30.0])
kept = gru_step(x, h, w, w, b, w, w, much, w, u, b)
assert abs(kept.item() - 0.8) < 1e-6, f"with z = 1 the old state 0.8 stays; got {kept.item()}"
fresh = gru_step(x, h, w, w, much, w, w, -much, w, u, b)
assert abs(fresh.item() - math.tanh(0.8)) < 1e-6, f"z = 0, r = 1: tanh(0.8), not {fresh.item()}"
reset = gru_step(x, h, w, w, -much, w, w, -much, w, u, b)
assert abs(reset.item()) < 1e-6, f"with z = r = 0 nothing of the old state is left: {reset.item()}"
half = gru_step(x, h, w, w, b, w, w, b, w, u, b)
expected = 0.4 + 0.5 * math.tanh(0.4)
assert abs(half.item() - expected) < 1e-6, f"r = z = ½ makes {expected:.4f}, not {half.item()}"

# %% [markdown]
# ## 3. Higher, and in both directions
#
# Recurrent layers can be **stacked**: the states of one layer, at every step, are the inputs of
# the next. Each layer is a plain one, $h_t = \tanh(x_t W_{xh} + h_{t-1}W_{hh} + b)$, with its own
# parameters, initial state and size.

# %% [markdown] lang="zh" of="b2a0a3e8"
# ## 3. 叠得更高，从两头读
#
# 循环层可以**堆叠**：下面一层在每一步的状态，就是上面一层在这一步的输入。这里每一层都是普通的循环
# 层，$h_t = \tanh(x_t W_{xh} + h_{t-1}W_{hh} + b)$，各有自己的参数、初始状态和大小。


# %% exercise="stacked_rnn_forward"
def stacked_rnn_forward(x, h0s, layers):
    """The states of the top layer of a stack of plain recurrent layers.

    Args:
        x: (T, N, D).
        h0s: list of the layers' initial states, the lowest first; (N, H) with each layer's H.
        layers: list of (wxh, whh, b), the lowest first; (H below, H), (H, H) and (H,), where
            the lowest layer has D below it. Layers may differ in size.

    Returns:
        (T, N, H) of the top layer.
    """
    raise NotImplementedError


# %% example="stacked_rnn_forward"
one, none = torch.ones(1, 1), torch.zeros(1, 1)
x = torch.tensor([0.5, -1.0]).reshape(2, 1, 1)
feed = one, none, torch.zeros(1)  # a layer that only applies tanh
top = stacked_rnn_forward(x, [none, none], [feed, feed])
assert torch.allclose(top, x.tanh().tanh()), f"two such layers apply tanh twice; got {top}"
add = one, one, torch.zeros(1)
top = stacked_rnn_forward(x, [none, one], [feed, add])
first = math.tanh(math.tanh(0.5) + 1)
assert abs(top[0].item() - first) < 1e-6, f"the top layer starts from its own h0: {first:.4f}"
second = math.tanh(math.tanh(-1) + first)
assert abs(top[1].item() - second) < 1e-6, f"and carries its own state: {second:.4f}"

# %% [markdown]
# A **bidirectional** network reads the sequence twice: one network from the beginning, another,
# with parameters of its own, from the end. At each time $t$ their states stand side by side,
# $[\overrightarrow{h}_t, \overleftarrow{h}_t]$, so that both belong to the same $x_t$. Both start
# from zero.

# %% [markdown] lang="zh" of="7e349e8f"
# **双向**网络把序列读两遍：一个网络从头读起，另一个网络用自己的参数从末尾读起。在每个时刻 $t$，两
# 者的状态并排放在一起，即 $[\overrightarrow{h}_t, \overleftarrow{h}_t]$，这样两者对应的就是同一个
# $x_t$。两者都从零状态开始。


# %% exercise="bidirectional_rnn"
def bidirectional_rnn(x, forward_params, backward_params):
    """States of a plain recurrent network that reads in both directions.

    Args:
        x: (T, N, D).
        forward_params: (wxh, whh, b) of the network that reads from the beginning: (D, H),
            (H, H) and (H,).
        backward_params: the same of the network that reads from the end.

    Returns:
        (T, N, 2H): at every t the forward state and then the backward one, which has read
        x[T − 1], …, x[t].
    """
    raise NotImplementedError


# %% example="bidirectional_rnn"
x = torch.tensor([1.0, 0.0, 0.0]).reshape(3, 1, 1)
remember = one, one, torch.zeros(1)
both = bidirectional_rnn(x, remember, remember)[:, 0]
assert both.shape == (3, 2), f"(T, N, 2H) is (3, 1, 2) here, not {tuple(both[:, None].shape)}"
ahead = [math.tanh(1), math.tanh(math.tanh(1)), math.tanh(math.tanh(math.tanh(1)))]
assert torch.allclose(both[:, 0], torch.tensor(ahead)), "forward: the 1 is seen at once and fades"
back = torch.tensor([math.tanh(1), 0.0, 0.0])
assert torch.allclose(both[:, 1], back), "backward: the 1 comes last, at t = 0; before it all is 0"

# %% [markdown]
# ## 4. A model of names, in pieces
#
# The lecture's network writes names. It learns from names: at each character it predicts the next
# one, and after the last character it should predict the **end**, a token with an index of its
# own. So a name makes a sequence of inputs and one of targets, equally long.

# %% [markdown] lang="zh" of="aacef475"
# ## 4. 名字的模型，一块一块来
#
# 讲义里的网络会写名字。它从名字里学：每读一个字符就预测下一个；读完最后一个字符，应该预测**结
# 束**，这是一个词元，有自己的索引。所以一个名字给出一个输入序列和一个同样长的目标序列。


# %% exercise="char_targets"
def char_targets(name, vocab, end):
    """What a character model reads, and what it should predict at each step.

    Args:
        name: a string of one character or more, all of them in vocab.
        vocab: list of characters; the index of a character is its place in the list.
        end: the index that stands for the end of a name, an int.

    Returns:
        (inputs, targets): two lists of ints, as long as the name. The inputs are the characters'
        indices; each target is the index of the next character, the last one is `end`.
    """
    raise NotImplementedError


# %% example="char_targets"
inputs, targets = char_targets("anna", ["a", "b", "n"], 3)
assert list(inputs) == [0, 2, 2, 0], f"a n n a is [0, 2, 2, 0], not {inputs}"
assert list(targets) == [2, 2, 0, 3], f"what follows is n n a and the end: not {targets}"

# %% [markdown]
# The model gives a row of logits at each step. Its loss is the mean, over the steps, of
# $-\log\operatorname{softmax}(\text{logits}_t)[\text{target}_t]$.

# %% [markdown] lang="zh" of="cf4f7f4c"
# 模型在每一步给出一行 logits。它的损失是
# $-\log\operatorname{softmax}(\text{logits}_t)[\text{target}_t]$ 对各步的均值。


# %% exercise="char_lm_loss"
def char_lm_loss(logits, targets):
    """Mean cross-entropy over the steps of a sequence.

    Args:
        logits: (T, V), a row for each step.
        targets: T indices, as an int64 tensor (T,) or as a list of ints.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="char_lm_loss"
loss = char_lm_loss(torch.zeros(3, 5), [0, 4, 2])
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - math.log(5)) < 1e-6, f"guessing among 5 costs log 5, not {loss.item()}"
logits = torch.tensor([[0.0, math.log(3.0)], [math.log(4.0), 0.0]])
loss = char_lm_loss(logits, torch.tensor([1, 1]))
expected = -(math.log(0.75) + math.log(0.2)) / 2
assert abs(loss.item() - expected) < 1e-6, f"the mean should be {expected:.4f}, not {loss.item()}"

# %% [markdown]
# To write a name, begin with a character, ask the model for the next one's logits, **draw** from
# $\operatorname{softmax}(\text{logits}/\tau)$, and go on from what was drawn. The *temperature*
# $\tau$ makes the writer careful (below 1) or bold (above 1). When `end` is drawn the name is over,
# and `end` is no part of it.
#
# The model comes as a function: `step(index, state)` returns the logits of what follows the
# character `index`, and a new state, to be passed on at the next call as it is. The first call gets
# the state `None`.

# %% [markdown] lang="zh" of="701fc96b"
# 要写一个名字，先给出一个字符，向模型要下一个字符的 logits，从
# $\operatorname{softmax}(\text{logits}/\tau)$ 里**抽取**，再从抽到的字符继续。*温度* $\tau$ 小于
# 1，下笔就谨慎；大于 1，下笔就大胆。抽到 `end` 时名字就结束了，`end` 本身不属于名字。
#
# 模型以函数的形式给出：`step(index, state)` 返回字符 `index` 之后那个字符的 logits，以及一个新状
# 态，下一次调用时要原样传进去。第一次调用时状态是 `None`。


# %% exercise="sample_name"
def sample_name(step, start, end, max_len, temperature, generator):
    """Draw a name from a model, character by character.

    Args:
        step: function (index, state) -> (logits (V,), state); index is an int, and the state is
            None at the first call.
        start: index of the first character, not `end`.
        end: index whose drawing ends the name.
        max_len: how many characters the name may have, `start` included, an int ≥ 1.
        temperature: a float > 0 that divides the logits.
        generator: a torch.Generator on the logits' device; the only source of randomness.

    Returns:
        a list of ints that begins with start, is at most max_len long and never holds end.
    """
    raise NotImplementedError


# %% example="sample_name"
always = torch.full((4, 4), -1e4)
always[[0, 1, 2], [1, 2, 3]] = 0.0  # 0 is followed by 1, 1 by 2, and 2 by 3
draw = torch.Generator().manual_seed(0)
drawn = sample_name(lambda i, s: (always[i], s), 0, 3, 9, 1.0, draw)
assert list(drawn) == [0, 1, 2], f"only the name 0 1 2 is possible here, and 3 ends it: {drawn}"
drawn = sample_name(lambda i, s: (always[i], s), 0, 3, 2, 1.0, draw)
assert list(drawn) == [0, 1], f"max_len is 2: expected [0, 1], got {drawn}"
drawn = sample_name(
    lambda i, s: (always[2 if s == "over" else 1], "over" if s else "on"), 0, 3, 9, 1.0, draw
)
assert list(drawn) == [0, 2, 2], f"the state has to be passed on: expected [0, 2, 2], got {drawn}"
coin = torch.tensor([0.0, math.log(3.0)])
for tau, expected in [(1.0, 0.75), (0.5, 0.9)]:
    tossed = [len(sample_name(lambda i, s: (coin, s), 0, 1, 2, tau, draw)) for _ in range(2000)]
    share = tossed.count(1) / 2000
    assert abs(share - expected) < 0.07, (
        f"at temperature {tau} the end should come at once in {expected:.0%} of names: {share:.0%}"
    )

# %% [markdown]
# ## 5. Counting
#
# Before a network learns, ask how far counting gets. A *bigram* model knows which character
# follows which, and nothing else: $P(j\mid i)$ is the share of $j$ among all that followed $i$.
# A pair that never occurred would get the probability 0, and a name that holds it an infinite loss.
# So every count starts from **one**.
#
# From here on a name is a list of indices that begins with a *start* index, the same for all
# names; the index `end` follows the last character. `size` counts all indices, both of these
# included.

# %% [markdown] lang="zh" of="baf0e70b"
# ## 5. 计数
#
# 在让网络学习之前，先看看光靠计数能走多远。*二元语法*模型只知道哪个字符跟在哪个字符后面，别的一概
# 不知：$P(j\mid i)$ 是 $i$ 之后出现的所有字符里 $j$ 所占的比例。如果不加处理，从没出现过的一对字
# 符概率就是 0，含有这一对的名字，损失就是无穷大。所以每个计数都从**一**开始。
#
# 从这里起，名字是索引的列表，以*起始*索引开头，所有名字的起始索引都相同；最后一个字符之后是索引
# `end`。`size` 是索引的总数，这两个也算在内。


# %% exercise="bigram_log_probs"
def bigram_log_probs(names, size, end):
    """Log-probabilities of each index after each other, by counting, one added to each count.

    Args:
        names: list of names; a name is a list of ints in 0, ..., size - 1 that begins with the
            start index and does not hold `end`.
        size: the number of indices, start and end included.
        end: the index that follows the last one of each name, an int, not the start.

    Returns:
        float32 (size, size): [i, j] is log P(j follows i).
    """
    raise NotImplementedError


# %% example="bigram_log_probs"
table = bigram_log_probs([[0, 1, 1], [0, 2]], 4, 3)  # start 0, end 3
assert table.shape == (4, 4) and table.dtype == torch.float32, f"{table.shape}, {table.dtype}"
expected = [[1, 2, 2, 1], [1, 2, 1, 2], [1, 1, 1, 2], [1, 1, 1, 1]]
for i, counts in enumerate(expected):
    row = table[i].exp() * sum(counts)
    assert torch.allclose(row, torch.tensor(counts).float()), f"row {i}: {counts}, not {row}"

# %% [markdown]
# ## 6. The loss of many names at once
#
# Names of a mini-batch are unequally long. They stand side by side as columns, and the shorter ones
# are filled up with padding at their end. Padding is no prediction: it must not enter the loss.
# With the names of section 9 it is about a quarter of all targets. If it counted, a network would
# learn to predict it at once, and the loss would look far better than the names.
#
# What does the mean run over: over names, or over predictions? Here it is one mean over all real
# predictions of the mini-batch, so that its exponential is the **perplexity**: among how many
# equally likely characters the model seems to be guessing. A short name and a long one count for as
# many predictions as they make.

# %% [markdown] lang="zh" of="7e43b9bf"
# ## 6. 许多名字一起的损失
#
# 小批量里的名字长短不一。它们各占一列，并排放着，短的在末尾用填充补齐。填充不是预测，不能算进损
# 失。用第 9 节的名字，填充约占全部目标的四分之一。要是算进去，网络一下子就学会预测填充，损失看着
# 很低，写出的名字却没那么好。
#
# 均值对什么取：对名字，还是对预测？这里对小批量里所有真正的预测取一个总的均值，于是它的指数就
# 是**困惑度**：模型就像是在这么多个同样可能的字符里瞎猜。名字不论长短，做了几次预测就算几次。


# %% exercise="masked_lm_loss"
def masked_lm_loss(logits, targets, lengths):
    """Mean cross-entropy over the real predictions of a mini-batch of names.

    Args:
        logits: (T, N, V); at t >= lengths[n] they may be anything, NaN too.
        targets: (T, N) int64; at t >= lengths[n] any integer, also one that is no index.
        lengths: (N,) int64, each >= 1: how many predictions name n makes.

    Returns:
        a 0-d tensor: summed over all t < lengths[n], divided by the sum of the lengths.
    """
    raise NotImplementedError


# %% example="masked_lm_loss"
logits = torch.zeros(3, 2, 4)
logits[0, 0, 1], logits[2, 1] = math.log(5.0), float("nan")
targets = torch.tensor([[1, 2], [0, 3], [2, -100]])
loss = masked_lm_loss(logits, targets, torch.tensor([3, 2]))
expected = (math.log(8 / 5) + 4 * math.log(4)) / 5
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - expected) < 1e-6, f"five predictions cost {expected:.4f}, not {loss}"

# %% [markdown]
# ## 7. A network that reads names
#
# Now the network. It gets tokens $(T, N)$, a name in each column, and returns logits at every step:
# those at $t$ have read the tokens $0,\dots,t$ of their name and say what comes next. Build it on
# your `lstm_step` (or on your `lstm_forward`, which is built on it): choose how a token becomes an
# input, give the module the parameters, and make logits of states.
#
# Each call starts from a zero state and a zero cell and returns the logits alone. So a character is
# drawn by reading the whole name again up to there: a little work, and no state to lose.

# %% [markdown] lang="zh" of="eb5483e7"
# ## 7. 会读名字的网络
#
# 现在轮到网络了。它的输入是词元 $(T, N)$，一列是一个名字；它在每一步返回 logits：时刻 $t$ 的
# logits 是读过这个名字的词元 $0,\dots,t$ 之后得出的，预测接下来是什么。用你的 `lstm_step` 来搭
# （也可以用建立在它之上的 `lstm_forward`）：决定词元怎样变成输入，给模块配上参数，再由状态得出
# logits。
#
# 每次调用都从零状态和零单元开始，只返回 logits。所以要抽取一个字符，就得把名字从头再读到那里：多
# 花一点工夫，但不用保管状态。


# %% exercise="CharLSTM"
class CharLSTM(nn.Module):
    """An LSTM that predicts each next character."""

    def __init__(self, size, hidden):
        """Make the parameters, for `size` indices and states of `hidden` entries."""
        raise NotImplementedError

    def forward(self, tokens):
        """The logits of what follows, at each step.

        Args:
            tokens: (T, N) int64, a name in each column.

        Returns:
            (T, N, size); those at t have read the tokens 0, ..., t.
        """
        raise NotImplementedError


# %% example="CharLSTM"
torch.manual_seed(3)
net = CharLSTM(6, 5)
tokens = torch.randint(6, (4, 3))
logits = net(tokens)
assert logits.shape == (4, 3, 6), f"(T, N, size) is (4, 3, 6) here, not {tuple(logits.shape)}"
assert torch.allclose(net(tokens), logits), "a second call should start from zero again"
assert torch.allclose(net(tokens[:2]), logits[:2], atol=1e-6), "later tokens are not known yet"
assert torch.allclose(net(tokens[:, 1:2]), logits[:, 1:2], atol=1e-6), "a name stands for itself"
assert sum(p.numel() for p in net.parameters()) > 4 * 5 * 6, "are the gates' weights parameters?"

# %% [markdown]
# ## 8. Training
#
# The loop is yours: shuffle the names anew in each epoch, cut them into mini-batches (the last one
# may be smaller), pad, take the loss, step with Adam. What does the model read of a name, and what
# should it predict from it? How many predictions does a name make? Padding of the tokens has to be
# an index that the model knows, whichever; nothing that is read there counts.
#
# You are graded by names that the model has not seen: their perplexity, per character and with
# `end` included, must be below **0.9** of the perplexity of bigrams, counted on the names that the
# model learns from. (The hidden names are made up so that a bigram misses much: right answers come
# below 0.8 of its perplexity there. On the names of the next section the distance is smaller.)

# %% [markdown] lang="zh" of="57e962a6"
# ## 8. 训练
#
# 循环由你来写：每一轮重新打乱名字，切成小批量（最后一个可以小一些），填充，算损失，用 Adam 更新。
# 模型读名字的哪一部分，又该由此预测什么？一个名字要做几次预测？词元的填充必须是模型认识的索引，用
# 哪一个都行；在填充上读到的一概不算。
#
# 批改时用的是模型没见过的名字：在这些名字上，模型的困惑度（按字符计，`end` 也算在内）必须低于二元
# 语法的 **0.9** 倍；二元语法的计数，用的就是模型学习的那些名字。（隐藏的名字是特意编的，其中许多
# 规律二元语法看不到：写对的程序在那里能降到二元语法困惑度的 0.8 倍以下。用下一节的名字，差距会小
# 一些。）


# %% exercise="train_char_lm"
def train_char_lm(model, names, end, epochs, batch_size, lr, seed):
    """Train a character model, by Adam on mini-batches.

    Args:
        model: a `CharLSTM`; trained in place.
        names: list of names, each a list of ints that begins with the start index.
        end: the index that follows the last one of each name.
        epochs: how often to go through the names.
        batch_size: size of a mini-batch.
        lr: Adam's learning rate.
        seed: an int; the same seed shuffles alike, whatever else has drawn random numbers.

    Returns:
        list of floats: the `masked_lm_loss` of each mini-batch before its step, in order.
    """
    raise NotImplementedError


# %% example="train_char_lm"
torch.manual_seed(4)
words, net = [[0, 1, 2, 1], [0, 2, 1, 2, 1, 2], [0, 3]], CharLSTM(5, 12)
losses = train_char_lm(net, words, 4, epochs=60, batch_size=2, lr=0.05, seed=1)
assert len(losses) == 120, f"60 epochs of 2 mini-batches make 120 losses, not {len(losses)}"
assert all(isinstance(loss, float) for loss in losses), "losses are Python floats"
assert 1.2 < losses[0] < 2, f"at first the model guesses among 5, about log 5 = 1.6: {losses[0]}"
with torch.no_grad():
    p = torch.softmax(net(torch.tensor([[0], [3]])), dim=2)[-1, 0]
assert p[4] > 0.9, f"after 3 every name ends; the model gives that a probability of {p[4]:.2f}"
torch.manual_seed(4)
again = train_char_lm(CharLSTM(5, 12), words, 4, epochs=60, batch_size=2, lr=0.05, seed=1)
assert max(abs(a - b) for a, b in zip(losses, again, strict=True)) < 1e-3, "same seed, same losses"

# %% [markdown]
# ## 9. Names that nobody bears
#
# Two kinds of names to learn from, both **made up** from counts that the next cell states; no real
# person stands behind them.
#
# - **Chinese names**, as in the lecture before: a surname, by its share of the population, then a
#   given name of one or two characters.
# - **Foreign names as Chinese newspapers write them.** The lecture draws such names, and lists the
#   fifty characters that are most frequent in them. Ours are put together of 45 of those: a
#   beginning, one or two parts in the middle, an ending. The ending fits the *beginning*: after
#   some it is a man's (-夫, -斯基, …), after others a woman's (-娃, -亚, …), with up to two
#   characters in between.
#
# As we know how the names are made, we know the probability of each, and so the perplexity that
# nobody can beat. (Plots know no Chinese everywhere, so they have no names in them.)

# %% [markdown] lang="zh" of="f18601a7"
# ## 9. 没有人叫的名字
#
# 这里有两类名字可学，都是按下一个单元格里写明的计数**编出来**的，没有用任何真人的名字。
#
# - **中国人的名字**，和上一讲一样：按人口中的比例取一个姓，再配上一两个字的名。
# - **中文报纸上的外国人名**。讲义里的网络写的就是这类名字，还列出了其中最常见的五十个字。我们的名
#   字用其中的 45 个字拼成：一个开头，中间一两段，一个结尾。结尾要与*开头*相配：有些开头配男名的结
#   尾（-夫、-斯基……），另一些配女名的结尾（-娃、-亚……），两者之间最多隔着两个字。
#
# 我们知道名字是怎么编的，所以知道每个名字的概率，也就知道困惑度最低能到多少，谁也无法更低。（不是
# 每台机器的图都能显示汉字，所以图里没有名字。）

# %% demo=true
PARTS = """
王 73 李 72 张 68 刘 54 陈 45 杨 31 赵 23 黄 22 欧阳 12 司马 9 诸葛 8

伟 18 强 14 军 12 杰 12 涛 10 明 18 华 18 文 14 林 10 平 12 玉 14 春 9 芳 14 娟 10 敏 12 静 11
丽 13 秀 11 英 12 兰 9 红 10 梅 8 建 10 国 9 志 9 海 8 小 12 子 8

伊瓦 6 马克 5 巴 4 布 4 格里 5 库 3 普 3 埃德 4 帕维 4 德米 4

阿 6 纳塔 6 莱 4 埃莱 4 萨 4 迪 3 蒂 3 伊里 5 马里 6 耶卡 4

诺 5 拉 5 尼 4 维 5 罗 4 洛 3 里 4 科 3 特 3 米 4 加 3 雷 3 内 2 利 4

夫 6 斯基 5 奇 3 托夫 4 什 2 科夫 4 勒 2 德 3

娃 6 亚 6 斯卡亚 4 蒂 3 西亚 3 托娃 4 塔 3 瓦 2
"""
# Each part is followed by its weight.
SURNAMES, GIVEN, HIS, HERS, MIDDLE, HIS_END, HERS_END = map(str.split, PARTS.split("\n\n"))
LENGTHS = [1, 1, 1, 2, 2, 2, 2, 2, 2, 2]  # of given names


def pick(parts, draw):
    """One of the parts, by its weight."""
    return draw.choices(parts[::2], list(map(float, parts[1::2])))[0]


def share(parts, part):
    """The probability with which `pick` takes this part."""
    weights = dict(zip(parts[::2], map(float, parts[1::2]), strict=True))
    return weights.get(part, 0) / sum(weights.values())


def chinese_name(draw):
    """A surname, and a given name that has one character in three cases of ten."""
    return pick(SURNAMES, draw) + "".join(pick(GIVEN, draw) for _ in range(draw.choice(LENGTHS)))


def chinese_probability(name):
    """The probability of a name under `chinese_name`."""
    total = 0.0
    for cut in (1, 2):
        given = name[cut:]
        chance = share(SURNAMES, name[:cut]) * LENGTHS.count(len(given)) / len(LENGTHS)
        total += chance * math.prod(share(GIVEN, char) for char in given)
    return total


def foreign_name(draw):
    """A beginning, one or two parts, and an ending that fits the beginning."""
    first, last = draw.choice([(HIS, HIS_END), (HERS, HERS_END)])
    middle = "".join(pick(MIDDLE, draw) for _ in range(draw.choice([1, 1, 2])))
    return pick(first, draw) + middle + pick(last, draw)


def foreign_probability(name):
    """The probability of a name under `foreign_name`: summed over all ways to take it apart."""
    total = 0.0
    for first, last in [(HIS, HIS_END), (HERS, HERS_END)]:
        for cut, many in itertools.product(range(1, len(name)), (1, 2)):
            middle, end = name[cut : cut + many], name[cut + many :]
            chance = share(first, name[:cut]) * share(last, end) * (2 / 3 if many == 1 else 1 / 3)
            total += chance / 2 * math.prod(share(MIDDLE, char) for char in middle)
    return total


def made_up(make, n, seed):
    """Draw n names."""
    draw = random.Random(seed)
    return [make(draw) for _ in range(n)]


for make in (chinese_name, foreign_name):
    print(" ".join(made_up(make, 12, seed=1)))

# %% [markdown]
# Both kinds are learnt twice: by your bigrams and by your network. Then each of them writes, with
# your `sample_name`, at three temperatures. A star marks names that it has read.

# %% [markdown] lang="zh" of="52e986ed"
# 两类名字各学两遍：一遍用你的二元语法，一遍用你的网络。然后让它们用你的 `sample_name`，在三种温度
# 下各写一些。带星号的是它读过的名字。


# %% demo=true
def learn(make, probability):
    """Learn 1,500 names by counting and by training; a dict of what came of it."""
    names, unseen = made_up(make, 1500, seed=1), made_up(make, 500, seed=2)
    vocab = [*sorted(set("".join(names + unseen))), START]
    start, end, size = vocab.index(START), len(vocab), len(vocab) + 1
    lists, pairs = (
        [char_targets(START + name, vocab, end) for name in some] for some in (names, unseen)
    )
    lists = [inputs for inputs, _ in lists]
    table = bigram_log_probs(lists, size, end)
    torch.manual_seed(0)
    net = CharLSTM(size, 64)
    losses = train_char_lm(net, lists, end, epochs=12, batch_size=50, lr=0.01, seed=0)

    @torch.no_grad()
    def cost(logits_of):
        """What all unseen names cost together, read one by one."""
        each = [len(ys) * char_lm_loss(logits_of(torch.tensor(xs)), ys) for xs, ys in pairs]
        return sum(each).item()

    total = {
        "bigram": cost(lambda tokens: table[tokens]),
        "your LSTM": cost(lambda tokens: net(tokens[:, None])[:, 0]),
        "best possible": -sum(math.log(probability(name)) for name in unseen),
    }
    predictions = sum(len(targets) for _, targets in pairs)
    nll = {who: loss / predictions for who, loss in total.items()}

    def count(index, state):
        return table[index].index_fill(0, torch.tensor(start), -1e9), state

    @torch.no_grad()
    def read(index, state):
        prefix = [*(state or []), index]
        logits = net(torch.tensor(prefix)[:, None])[-1, 0]
        return logits.index_fill(0, torch.tensor(start), -1e9), prefix

    generator, written = torch.Generator().manual_seed(3), {}
    for who, step in [("bigram", count), ("your LSTM", read)]:
        for tau in TEMPERATURES:
            drawn = [sample_name(step, start, end, 12, tau, generator) for _ in range(150)]
            written[who, tau] = ["".join(vocab[i] for i in name[1:]) for name in drawn]
    return {"names": set(names), "losses": losses, "nll": nll, "written": written}


START = "^"  # stands for the start index in a vocabulary
TEMPERATURES = [0.5, 1.0, 2.0]
WORLDS = {
    "Chinese names": (chinese_name, chinese_probability),
    "foreign names": (foreign_name, foreign_probability),
}
learnt = {world: learn(*how) for world, how in WORLDS.items()}
for world, what in learnt.items():
    print(world, {who: f"perplexity {math.exp(nll):.2f}" for who, nll in what["nll"].items()})
    for (who, tau), some in what["written"].items():
        shown = [name + "*" * (name in what["names"]) for name in some[:9]]
        print(f"  {who:>9}, temperature {tau}: {' '.join(shown)}")

figure, axes = plt.subplots(2, 2, figsize=(11, 7), layout="constrained")
for row, (world, what) in zip(axes, learnt.items(), strict=True):
    probability = WORLDS[world][1]
    row[0].plot([math.exp(loss) for loss in what["losses"]], label="your LSTM, training")
    styles = {"bigram": "C1--", "your LSTM": "C0--", "best possible": "k:"}
    for who, nll in what["nll"].items():
        x = [0, len(what["losses"])]
        row[0].plot(x, [math.exp(nll)] * 2, styles[who], label=f"{who}, unseen names")
    row[0].set(xlabel="mini-batch", ylabel="perplexity", title=f"Learning {world}", ylim=(0, 20))
    row[0].legend(fontsize=8)
    for shift, who, color in [(-0.2, "bigram", "C1"), (0.2, "your LSTM", "C0")]:
        places = [place + shift for place in range(len(TEMPERATURES))]
        written = [what["written"][who, tau] for tau in TEMPERATURES]
        possible = [[name for name in some if probability(name) > 0] for some in written]
        new = [[name for name in some if name not in what["names"]] for some in possible]
        for label, kept, alpha in [("possible", possible, 0.45), ("possible and new", new, 1)]:
            heights = [len(some) / 150 for some in kept]
            row[1].bar(places, heights, 0.38, color=color, alpha=alpha, label=f"{who}: {label}")
    row[1].set_xticks(range(len(TEMPERATURES)), [f"temperature {tau}" for tau in TEMPERATURES])
    row[1].set(ylabel="share of 150 names", ylim=(0, 1.35), title=f"What they write: {world}")
    row[1].legend(fontsize=8, loc="upper center", ncols=2)
plt.show()

# %% [markdown] written="no_middleman"
# ## 10. In your own words: nothing in between
#
# The lecture says that on its way from $c_t$ to $c_{t-1}$ a gradient only meets a product with $f$,
# entry by entry, and no matrix, and likens this to a residual network. Write down
# $\partial c_t/\partial c_{t-1}$ along that direct way, and over $k$ steps. What plays the part of
# the residual network's identity, and when? Then look at your `lstm_step_backward` again: by which
# other way does $c_{t-1}$ act on $c_t$, and does that one meet a matrix? What does the plot
# of section 1 say about the forget gate's initial bias?

# %% [markdown] lang="zh" of="290ceeda"
# ## 10. 用自己的话说：中间什么也没有
#
# 讲义说，梯度从 $c_t$ 到 $c_{t-1}$ 的路上只遇到与 $f$ 的逐元素乘积，没有矩阵，并把这比作残差网
# 络。请写出沿这条直接的路的 $\partial c_t/\partial c_{t-1}$，再写出跨 $k$ 步的结果。残差网络里的
# 恒等函数，在这里由什么充当？在什么情况下？然后再看看你的 `lstm_step_backward`：$c_{t-1}$ 还通过
# 哪一条路影响 $c_t$，那条路上有矩阵吗？关于遗忘门偏置的初始值，第 1 节的图说明了什么？

# %% [markdown] written="what_counting_knows"
# ## 11. In your own words: what counting knows
#
# Look at the pictures of section 9. For which kind of names does the network gain most over the
# bigrams, and what is it that the bigrams cannot know there? What do they get wrong in Chinese
# names, though after each character they know quite well what may follow? And what does a low
# temperature do to both of them? Each writer has two bars, a light one and a dark one in front of
# it: which way does each of them move, and why?

# %% [markdown] lang="zh" of="86705482"
# ## 11. 用自己的话说：计数知道什么
#
# 看看第 9 节的图。在哪一类名字上，网络比二元语法强得最多？那里有什么是二元语法无法知道的？在中国
# 人的名字上，它明明很清楚每个字符之后可以跟什么，却错在哪里？还有，低温对两者有什么影响？每个模型
# 都有两根柱子，浅色的一根，前面叠着深色的一根：它们各朝哪个方向变，为什么？

# %% [markdown]
# ## What you can do now
#
# - Build an LSTM from its formula, forward and backward, and say where its gradient meets no
#   matrix.
# - Stack recurrent layers, and let them read in both directions.
# - Train on sequences of unequal lengths: what is padded, what is counted, what is divided by.
# - Judge a model of text by its perplexity on unseen text, beside counting and beside the best
#   possible.
# - Write with it, carefully or boldly.
#
# Next: attention, which need not carry everything through one state.

# %% [markdown] lang="zh" of="4d768d48"
# ## 现在你会了
#
# - 照公式搭出 LSTM，写出前向传播和反向传播，并说出它的梯度在哪里遇不到矩阵。
# - 堆叠循环层，并让它们从两个方向读。
# - 在长短不一的序列上训练：填充什么，哪些算数，除以什么。
# - 评估文本模型：看它在没见过的文本上的困惑度，既与计数比，也与可能的最好结果比。
# - 用它来写，可谨慎，可大胆。
#
# 下一步：注意力，它不必让所有东西都挤过同一个状态。
