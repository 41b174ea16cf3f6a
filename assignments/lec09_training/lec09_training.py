# %% [markdown]
# # Lecture 9: Making a deep network train
#
# Deep learning has been called alchemy: much of what makes a network train was found by trying.
# Most of it, though, follows from one wish, that numbers keep a moderate size on their way
# through many layers, forward and backward. In this notebook you build the lecture's remedies one
# by one: centred data, scaled initial weights, normalisation, residual connections, and the means
# against overfitting. At the end stands a network of twenty layers that does not train, and then
# does.
#
# **Afterwards you can** derive how far initial weights should spread; normalise forward and
# backward; say what dropout, weight decay and early stopping do, in whose convention; build a deep
# net out of these, train and judge it in the right mode; and read a picture of twelve trainings in
# which no single remedy is the best everywhere.
#
# **Time** about 10 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the three questions at the end. **Due** {{due}}. **To hand in:**
# restart the kernel, run all cells from top to bottom (two minutes), save, and submit this file, as
# with the assignments before.
#
# **To read**, where it helps: [Dive into Deep Learning
# 5.4](https://d2l.ai/chapter_multilayer-perceptrons/numerical-stability-and-init.html) on numbers
# that vanish and explode, [8.5](https://d2l.ai/chapter_convolutional-modern/batch-norm.html) on
# batch normalisation, and [CS231n on training](https://cs231n.github.io/neural-networks-2/).
#
# You need numpy, torch and matplotlib, and scikit-learn for its handwritten digits
# (`pip install scikit-learn`). Without it the import below fails; the exercises themselves do not
# use it.
#
# **Conventions.** Rows are observations, images are (N, C, H, W). Inputs are never changed in
# place; results keep the inputs' dtype and device. `dout` means $\partial L/\partial\text{out}$
# for one scalar loss $L$.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="ee0d7dc8"
# # 第 9 讲：让深度网络训练起来
#
# 有人把深度学习叫作炼金术：让网络训练起来的窍门，许多是试出来的。不过，大多数窍门都出自同一个愿
# 望：数值穿过许多层时，无论前向还是反向，都要保持适中的大小。在这份笔记本里，你把讲义里的办法逐一
# 实现：数据的中心化、大小合适的初始权重、归一化、残差连接，以及防止过拟合的手段。最后出场的是一个
# 二十层的网络，它起初训练不起来，后来训练起来了。
#
# **学完之后，你能够**推导初始权重的标准差该取多大；写出归一化的前向传播和反向传播；说清丢弃法、权
# 重衰减和提前停止各做什么，用的是谁的约定；用它们搭出深度网络，并在正确的模式下训练和评估它；看懂
# 一张画着十二次训练的图，其中没有哪种办法单独用就处处最好。
#
# **用时**约 10 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后三道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格（约两分钟），保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：[《动手学深度学
# 习》5.4](https://d2l.ai/chapter_multilayer-perceptrons/numerical-stability-and-init.html) 讲数值
# 的消失与爆炸，[8.5](https://d2l.ai/chapter_convolutional-modern/batch-norm.html) 讲批量归一化；
# 还有 [CS231n 讲训练的部分](https://cs231n.github.io/neural-networks-2/)。
#
# 你需要 numpy、torch 和 matplotlib；手写数字的数据取自 scikit-learn，所以它也要有
# （`pip install scikit-learn`）。没有它，下面的 import 会失败，不过练习本身用不到它。
#
# **约定**：一行是一个观测，图像是 (N, C, H, W)。不得原地修改输入；结果的 dtype 和设备与输入相同。
# `dout` 表示某个标量损失 $L$ 的 $\partial L/\partial\text{out}$。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

# Most tensors here are small: a second thread would wait more than it works.
torch.set_num_threads(1)

# %% [markdown]
# ## 1. Centred data
#
# The lecture centres data in two ways. By observation: every row loses its own mean. By channel:
# every channel of a batch of images loses *its* mean, one number for each channel, taken over all
# images, rows and columns.

# %% [markdown] lang="zh" of="d377b282"
# ## 1. 数据的中心化
#
# 讲义用两种方式把数据中心化。按观测：每一行减去自己的均值。按通道：一批图像的每个通道减去*自己
# 的*均值，每个通道只有一个均值，对所有图像、所有的行和列取。


# %% exercise="center_observations"
def center_observations(x):
    """Subtract from each observation its own mean.

    Args:
        x: (n, d), a row for each observation.

    Returns:
        (n, d); every row has mean 0.
    """
    raise NotImplementedError


# %% example="center_observations"
x = torch.tensor([[1.0, 3.0, 8.0], [0.0, 0.0, 3.0]])
centred = center_observations(x)
expected = torch.tensor([[-3.0, -1.0, 4.0], [-1.0, -1.0, 2.0]])
assert centred.shape == (2, 3), f"the shape stays (2, 3), it is not {tuple(centred.shape)}"
assert torch.allclose(centred, expected), f"the rows' means are 4 and 1; got {centred}"
assert x[0, 0] == 1, "x itself should stay as it is"


# %% exercise="center_channels"
def center_channels(x):
    """Subtract from each channel its mean over the whole batch.

    Args:
        x: (N, C, H, W) images.

    Returns:
        (N, C, H, W); every channel has mean 0 over images, rows and columns together.
    """
    raise NotImplementedError


# %% example="center_channels"
x = torch.arange(24.0).reshape(2, 3, 2, 2)
centred = center_channels(x)
assert centred.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(centred.shape)}"
assert centred[0, 0, 0, 0] == -7.5, "channel 0 holds 0…3 and 12…15: its mean is 7.5"
assert torch.allclose(centred.mean(dim=(0, 2, 3)), torch.zeros(3)), "a channel's mean is not 0"

# %% [markdown]
# ## 2. Initial weights
#
# All weights equal, or even symmetric, would keep the units of a layer alike for ever: the lecture
# proves that they receive the same gradient. So weights start at random, and the question is how
# far they spread. If a linear layer has $n_{\text{in}}$ inputs of variance $\gamma^2$ and weights
# of variance $\sigma^2$, its outputs have variance $n_{\text{in}}\sigma^2\gamma^2$; on the way
# back, gradients meet $n_{\text{out}}\sigma^2$. Both factors, $n_{\text{in}}\sigma^2$ and
# $n_{\text{out}}\sigma^2$, would like to be 1, and where the two numbers differ they cannot.
# **Xavier** initialisation settles in the middle, for activations that are symmetric about zero,
# such as tanh: the *mean* of the two factors is 1. A ReLU sets half of its inputs to zero and with
# them half of the second moment; **Kaiming** initialisation makes up for that on the way forward,
# and lets the way back be as it may.
#
# What is $\sigma$ in either case? Check your formulae where a layer has as many outputs as inputs:
# there both wishes can be fulfilled at once, and Kaiming's $\sigma$ is the larger one. By which
# factor, and why?
#
# *Careful:* the lecture's notebook draws its "Kaiming" weights with standard deviation
# $2/\sqrt{n_{\text{in}}}$, which is too much in every layer, and its "Xavier" weights with
# $1/\sqrt{n_{\text{in}}}$, which forgets $n_{\text{out}}$. What you have derived is right.

# %% [markdown] lang="zh" of="ae734c84"
# ## 2. 初始权重
#
# 如果权重全都相等，或者哪怕只是对称，一层里的单元就会永远一模一样：讲义证明了它们得到的梯度相同。
# 所以权重要从随机值开始，问题是该分散到什么程度。设线性层有 $n_{\text{in}}$ 个输入，方差为
# $\gamma^2$，权重的方差为 $\sigma^2$，那么输出的方差是 $n_{\text{in}}\sigma^2\gamma^2$；反向传播
# 时，梯度遇到的因子是 $n_{\text{out}}\sigma^2$。我们希望 $n_{\text{in}}\sigma^2$ 和
# $n_{\text{out}}\sigma^2$
# 这两个因子都是 1，可是输入和输出的个数一旦不同，就做不到了。**Xavier** 初始化取折中，用于关于零
# 对称的激活函数（例如 tanh）：它让两个因子的*均值*为 1。ReLU 把一半的输入变成零，二阶矩也随之去掉
# 一半；**Kaiming** 初始化在前向传播时把这一半补回来，反向传播就不管了。
#
# 这两种情形下，$\sigma$ 各是多少？请用输出与输入一样多的层检验你的公式：这时两个愿望可以同时实
# 现，而且 Kaiming 的 $\sigma$ 更大。大多少倍，为什么？
#
# *注意*：讲义的笔记本抽取“Kaiming”权重时，标准差用的是 $2/\sqrt{n_{\text{in}}}$，这在每一层都太
# 大；抽取“Xavier”权重时用的是 $1/\sqrt{n_{\text{in}}}$，忘了 $n_{\text{out}}$。你推导出来的才是对
# 的。


# %% exercise="xavier_std"
def xavier_std(fan_in, fan_out):
    """Standard deviation of Xavier's normal initialisation.

    Args:
        fan_in, fan_out: how many inputs and outputs the layer has, ints.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="xavier_std"
assert abs(xavier_std(300, 500) - 0.05) < 1e-9, f"from 300 to 500: 0.05, not {xavier_std(300, 500)}"
assert xavier_std(300, 500) == xavier_std(500, 300), "Xavier treats both directions alike"


# %% exercise="kaiming_std"
def kaiming_std(fan_in):
    """Standard deviation of Kaiming's normal initialisation (for ReLU).

    Args:
        fan_in: how many inputs the layer has, an int.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="kaiming_std"
assert abs(kaiming_std(200) - 0.1) < 1e-9, f"from 200 inputs: 0.1, not {kaiming_std(200)}"
assert abs(kaiming_std(50) - 0.2) < 1e-9, f"from 50 inputs: 0.2, not {kaiming_std(50)}"

# %% [markdown]
# Now draw a weight matrix. Its shape is `(fan_out, fan_in)`, as in `nn.Linear`. All entries are
# independent draws from $N(0, \sigma^2)$. Take them from `generator`, so that a seed repeats them:
# never from PyTorch's global stream, and never re-seed the generator.

# %% [markdown] lang="zh" of="748827e0"
# 现在抽取一个权重矩阵。形状是 `(fan_out, fan_in)`，和 `nn.Linear` 一样。全部元素独立地从
# $N(0, \sigma^2)$ 抽取。随机数要从 `generator` 抽取，这样同一个种子就能重现同样的权重：绝不要用
# PyTorch 的全局随机数，也绝不要给生成器重新设种子。


# %% exercise="init_weight"
def init_weight(shape, scheme, generator):
    """Draw a weight matrix of independent normal entries with mean 0.

    Args:
        shape: (fan_out, fan_in), a tuple of two ints.
        scheme: "xavier" or "kaiming", whose standard deviation the entries have.
        generator: a torch.Generator on the cpu; the only source of randomness.

    Returns:
        a float32 tensor of that shape.
    """
    raise NotImplementedError


# %% example="init_weight"
w = init_weight((300, 200), "kaiming", torch.Generator().manual_seed(1))
assert w.shape == (300, 200), f"the shape is (fan_out, fan_in) = (300, 200), not {tuple(w.shape)}"
assert w.dtype == torch.float32, f"float32, please, not {w.dtype}"
assert abs(w.std().item() - 0.1) < 0.005, f"with 200 inputs σ should be near 0.1, not {w.std():.3f}"
again = init_weight((300, 200), "kaiming", torch.Generator().manual_seed(1))
assert torch.equal(w, again), "the same seed should give the same weights"
v = init_weight((500, 300), "xavier", torch.Generator().manual_seed(2))
assert abs(v.std().item() - 0.05) < 0.003, f"Xavier's σ should be near 0.05 here, not {v.std():.3f}"

# %% [markdown]
# The lecture's experiment: send data through layer after layer, without biases, and watch how far
# the activations spread. After each layer take the standard deviation of all entries of
# $a^\ell = \text{act}(a^{\ell-1} W_\ell)$, with $n-1$ in the denominator ($n$ is the number of
# entries), as `torch.std` does.

# %% [markdown] lang="zh" of="fa0bcdfb"
# 讲义的实验：让数据一层接一层地传下去，各层不带偏置，看激活值有多分散。每过一层，对
# $a^\ell = \text{act}(a^{\ell-1} W_\ell)$ 的全部元素求标准差，分母用 $n-1$（$n$ 是元素个数），和
# `torch.std` 一样。


# %% exercise="activation_stds"
def activation_stds(x, weights, activation):
    """Standard deviation of the activations after each layer.

    Args:
        x: (n, d) data.
        weights: list of (in, out) tensors, first layer first; the first `in` is d.
        activation: "tanh" or "relu", applied after every layer.

    Returns:
        list of floats (or 0-d tensors), one for each layer.
    """
    raise NotImplementedError


# %% example="activation_stds"
stds = activation_stds(torch.tensor([[1.0, 2.0]]), [torch.eye(2), -torch.eye(2)], "relu")
assert len(stds) == 2, f"two layers make two numbers, not {len(stds)}"
assert abs(float(stds[0]) - math.sqrt(0.5)) < 1e-6, f"1 and 2 spread by √½, not {float(stds[0])}"
assert float(stds[1]) == 0, f"after ReLU of −1 and −2 all is 0, not {float(stds[1])}"

# %% demo=true
generator = torch.Generator().manual_seed(123)
depth, width = 8, 400
data = torch.randn(50, width, generator=generator)
normal = [torch.randn(width, width, generator=generator) for _ in range(depth)]
panels = {
    "tanh": {"σ = 0.02": 0.02, "σ = 0.1": 0.1, "Xavier": xavier_std(width, width)},
    "relu": {
        "1/√n": 1 / math.sqrt(width),
        "2/√n (the notebook)": 2 / math.sqrt(width),
        "Kaiming": kaiming_std(width),
    },
}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.7), layout="constrained")
for axis, (activation, schemes) in zip(axes, panels.items(), strict=True):
    for label, sigma in schemes.items():
        stds = activation_stds(data, [sigma * w for w in normal], activation)
        axis.semilogy(range(1, depth + 1), [float(s) for s in stds], marker="o", label=label)
    axis.set(xlabel="layer", ylabel="spread of activations", title=activation)
    axis.legend(fontsize=8)
figure.suptitle("What eight layers make of the same data")
plt.show()

# %% [markdown]
# Too small a $\sigma$ lets the signal die out, and with it every gradient. Too large a one makes
# ReLU activations grow without end; tanh cannot grow, but it is pushed to $\pm1$, where its slope
# is nearly zero: a constant spread alone does not make a good start.

# %% [markdown] lang="zh" of="663bbd9c"
# $\sigma$ 太小，信号会逐渐消失，所有的梯度也跟着消失。如果太大，ReLU 的激活值会无止境地增长；tanh
# 的激活值虽不会增长，却会逼近 $\pm1$，那里的斜率几乎是零：所以，仅仅保持分散程度不变，还算不上好
# 的起点。

# %% [markdown]
# ## 3. Batch normalisation
#
# A layer that centres and scales each column over the mini-batch, and then lets two learnt vectors
# $\gamma, \beta\in\mathbb R^d$ undo it if that is better:
#
# $$\mu_j = \tfrac1n\sum_i x_{ij},\qquad \sigma_j^2 = \tfrac1n\sum_i (x_{ij}-\mu_j)^2,\qquad
# \hat x_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\varepsilon}},\qquad
# \text{out}_{ij} = \gamma_j\hat x_{ij}+\beta_j$$
#
# Meanwhile it keeps running averages for later, with PyTorch's conventions:
#
# - `momentum` is the weight of the **new** batch:
#   running ← (1 − momentum) · running + momentum · batch;
# - the variance that enters the running one is the *unbiased* one, with $n-1$ in the denominator,
#   though $\hat x$ itself uses the biased $\sigma_j^2$ above;
# - $\varepsilon$ stands inside the root.
#
# `F.batch_norm` and the modules built on it may not be used in this section.

# %% [markdown] lang="zh" of="8f2f2d04"
# ## 3. 批量归一化
#
# 这一层在小批量上对每一列做中心化和缩放；如果还原回去更好，就由两个学习得到的向量
# $\gamma, \beta\in\mathbb R^d$ 来还原：
#
# $$\mu_j = \tfrac1n\sum_i x_{ij},\qquad \sigma_j^2 = \tfrac1n\sum_i (x_{ij}-\mu_j)^2,\qquad
# \hat x_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\varepsilon}},\qquad
# \text{out}_{ij} = \gamma_j\hat x_{ij}+\beta_j$$
#
# 同时，它维护滑动平均，留着以后用，约定与 PyTorch 相同：
#
# - `momentum` 是**新**批量的权重：滑动值 ← (1 − momentum) · 滑动值 + momentum · 批量值；
# - 进入滑动方差的是*无偏*方差，分母为 $n-1$，而 $\hat x$ 本身用的是上面有偏的 $\sigma_j^2$；
# - $\varepsilon$ 在根号里面。
#
# 本节不能用 `F.batch_norm`，也不能用建立在它上面的模块。


# %% exercise="batchnorm_train"
def batchnorm_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    """Batch normalisation in training.

    Args:
        x: (n, d), n ≥ 2.
        gamma, beta: (d,), scale and shift.
        running_mean, running_var: (d,), the running statistics so far; they stay as they are.
        momentum: weight of this batch in the new running statistics.
        eps: added to the variance, inside the root.

    Returns:
        (out, new_mean, new_var) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="batchnorm_train"
x = torch.tensor([[1.0, 10.0], [3.0, 10.0]])
out, new_mean, new_var = batchnorm_train(
    x, torch.ones(2), torch.zeros(2), torch.zeros(2), torch.ones(2)
)
assert torch.allclose(out, torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), atol=1e-4), f"got {out}"
assert torch.allclose(new_mean, torch.tensor([0.2, 1.0])), f"0.9·0 + 0.1·mean, not {new_mean}"
assert torch.allclose(new_var, torch.tensor([1.1, 0.9])), (
    f"the unbiased variances are 2 and 0, so 0.9·1 + 0.1·variance is [1.1, 0.9], not {new_var}"
)

# %% [markdown]
# In prediction there may be one observation only, and no batch to average over. The running
# statistics stand in.

# %% [markdown] lang="zh" of="07223e8d"
# 预测时可能只有一个观测，没有批量可供取平均。这时用滑动统计量代替。


# %% exercise="batchnorm_eval"
def batchnorm_eval(x, gamma, beta, running_mean, running_var, eps=1e-5):
    """Batch normalisation in prediction, by the running statistics.

    Args:
        x: (n, d), n ≥ 1.
        gamma, beta, running_mean, running_var: (d,).
        eps: added to the variance, inside the root.

    Returns:
        (n, d).
    """
    raise NotImplementedError


# %% example="batchnorm_eval"
out = batchnorm_eval(
    torch.tensor([[5.0, 1.0]]),
    torch.tensor([2.0, 1.0]),
    torch.tensor([0.0, 3.0]),
    torch.tensor([1.0, 1.0]),
    torch.tensor([4.0, 9.0]),
)
assert torch.allclose(out, torch.tensor([[4.0, 3.0]]), atol=1e-4), f"expected [[4, 3]], got {out}"

# %% [markdown]
# The backward pass in training. Every $\hat x_{ij}$ depends on the whole column, through $\mu_j$
# and $\sigma_j^2$: an entry's gradient therefore has three parts. Write $\hat x$ first, let
# $d\hat x = \text{dout}\odot\gamma$, and follow each path. (A check: $dx$ must not change
# when all of a column's $d\hat x$ move by one constant. Why?)

# %% [markdown] lang="zh" of="7d4ed63c"
# 再看训练时的反向传播。每个 $\hat x_{ij}$ 都通过 $\mu_j$ 和 $\sigma_j^2$ 依赖于整列，所以一个元素
# 的梯度由三部分组成。先写出 $\hat x$，令 $d\hat x = \text{dout}\odot\gamma$，再沿每条路径求导。
# （检验：把某一列的 $d\hat x$ 全都加上同一个常数，$dx$ 不应改变。为什么？）


# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, x, gamma, eps=1e-5):
    """Gradients of batch normalisation in training; no automatic differentiation.

    Args:
        dout: (n, d), the gradient that arrives at out.
        x: (n, d), the layer's input, n ≥ 2.
        gamma: (d,).
        eps: as in the forward pass.

    Returns:
        (dx, dgamma, dbeta) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="batchnorm_backward"
torch.manual_seed(0)
dout, x = torch.randn(6, 3, dtype=torch.float64), torch.randn(6, 3, dtype=torch.float64)
gamma, beta = torch.randn(3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
mine = batchnorm_backward(dout, x, gamma)
leaves = [v.clone().requires_grad_() for v in (x, gamma, beta)]
torch.nn.functional.batch_norm(leaves[0], None, None, *leaves[1:], training=True).backward(dout)
for name, got, leaf in zip(["dx", "dgamma", "dbeta"], mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad), f"{name} differs from PyTorch's gradient"

# %% [markdown]
# For images each *channel* is normalised: its $N\cdot H\cdot W$ pixels play the part of the $n$
# observations, in the mean, in both variances, and in the running statistics.

# %% [markdown] lang="zh" of="05e259c5"
# 图像是按*通道*归一化的：一个通道的 $N\cdot H\cdot W$ 个像素就相当于那 $n$ 个观测，求均值、求两种
# 方差、求滑动统计量都是如此。


# %% exercise="batchnorm2d_train"
def batchnorm2d_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    """Batch normalisation of images in training, channel by channel.

    Args:
        x: (N, C, H, W) with N·H·W ≥ 2.
        gamma, beta, running_mean, running_var: (C,).
        momentum, eps: as in `batchnorm_train`.

    Returns:
        (out, new_mean, new_var) of shapes (N, C, H, W), (C,) and (C,).
    """
    raise NotImplementedError


# %% example="batchnorm2d_train"
torch.manual_seed(1)
x = torch.randn(4, 3, 5, 2) * torch.tensor([1.0, 5.0, 0.2])[:, None, None] + 3
layer = torch.nn.BatchNorm2d(3)
expected = layer(x)
out, new_mean, new_var = batchnorm2d_train(
    x, torch.ones(3), torch.zeros(3), torch.zeros(3), torch.ones(3)
)
assert out.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(out.shape)}"
assert torch.allclose(out, expected, atol=1e-5), "out differs from nn.BatchNorm2d's"
assert torch.allclose(new_mean, layer.running_mean), "new_mean differs from nn.BatchNorm2d's"
assert torch.allclose(new_var, layer.running_var), "new_var differs from nn.BatchNorm2d's"

# %% [markdown]
# ## 4. Layer normalisation
#
# The same formula with the roles exchanged: $\mu_i$ and $\sigma_i^2$ (biased) are those of each
# **row**, so that an observation needs no others, in training or in prediction. $\gamma$ and
# $\beta$ still have an entry for each column. `F.layer_norm` and `nn.LayerNorm` may not be used.

# %% [markdown] lang="zh" of="478a5bb2"
# ## 4. 层归一化
#
# 公式不变，只是行和列互换角色：$\mu_i$ 和 $\sigma_i^2$（有偏）属于每一**行**，所以无论训练还是预
# 测，一个观测都不需要别的观测。$\gamma$ 和 $\beta$ 仍然是每列一个元素。不能用 `F.layer_norm` 和
# `nn.LayerNorm`。


# %% exercise="layernorm"
def layernorm(x, gamma, beta, eps=1e-5):
    """Layer normalisation: each row is centred and scaled by itself.

    Args:
        x: (n, d).
        gamma, beta: (d,).
        eps: added to the biased variance, inside the root.

    Returns:
        (n, d).
    """
    raise NotImplementedError


# %% example="layernorm"
x = torch.tensor([[1.0, 3.0], [10.0, 10.0], [5.0, -5.0]])
out = layernorm(x, torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.0]))
expected = torch.tensor([[-1.0, 3.0], [0.0, 1.0], [1.0, -1.0]])
assert torch.allclose(out, expected, atol=1e-4), f"expected {expected}, got {out}"


# %% exercise="layernorm_backward"
def layernorm_backward(dout, x, gamma, eps=1e-5):
    """Gradients of layer normalisation; no automatic differentiation.

    Args:
        dout: (n, d), the gradient that arrives at the output.
        x: (n, d), the layer's input.
        gamma: (d,).
        eps: as in the forward pass.

    Returns:
        (dx, dgamma, dbeta) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="layernorm_backward"
torch.manual_seed(2)
dout, x = torch.randn(4, 5, dtype=torch.float64), torch.randn(4, 5, dtype=torch.float64)
gamma, beta = torch.randn(5, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
mine = layernorm_backward(dout, x, gamma)
leaves = [v.clone().requires_grad_() for v in (x, gamma, beta)]
torch.nn.functional.layer_norm(leaves[0], (5,), *leaves[1:]).backward(dout)
for name, got, leaf in zip(["dx", "dgamma", "dbeta"], mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad), f"{name} differs from PyTorch's gradient"

# %% demo=true
torch.manual_seed(3)
raw = torch.randn(200, 40) * torch.linspace(0.3, 3, 40) + torch.linspace(-4, 4, 40)
one, zero = torch.ones(40), torch.zeros(40)
views = {
    "as it comes": raw,
    "batch normalised": batchnorm_train(raw, one, zero, zero, one)[0],
    "layer normalised": layernorm(raw, one, zero),
}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True, layout="constrained")
for axis, (title, values) in zip(axes, views.items(), strict=True):
    shown = axis.imshow(values[:60].numpy(), cmap="coolwarm", vmin=-4, vmax=4, aspect="auto")
    axis.set(title=title, xlabel="column (unit)")
axes[0].set_ylabel("row (observation)")
figure.colorbar(shown, ax=axes, label="value")
plt.show()

# %% [markdown]
# ## 5. PReLU
#
# Leaky ReLU with a slope that is learnt:
#
# $$f(z) = \begin{cases} z & z > 0\\ \alpha z & z \le 0\end{cases}$$
#
# (The lecture writes $\max(\alpha z, z)$, which is the same as long as $\alpha\le 1$.) One
# $\alpha$ serves all entries, so its gradient collects from all of them. At $z = 0$ the course
# takes $\alpha$'s branch.

# %% [markdown] lang="zh" of="570475dd"
# ## 5. PReLU
#
# 这是斜率可以学习的 Leaky ReLU：
#
# $$f(z) = \begin{cases} z & z > 0\\ \alpha z & z \le 0\end{cases}$$
#
# （讲义写的是 $\max(\alpha z, z)$，只要 $\alpha\le 1$，两者就相同。）所有元素共用一个 $\alpha$，
# 所以它的梯度要收集所有元素的贡献。在 $z = 0$ 处，本课程取 $\alpha$ 那一支。


# %% exercise="prelu"
def prelu(z, alpha):
    """PReLU, elementwise.

    Args:
        z: any shape.
        alpha: the slope for z ≤ 0, a 0-d tensor.

    Returns:
        same shape as z.
    """
    raise NotImplementedError


# %% example="prelu"
a = prelu(torch.tensor([-2.0, 0.0, 3.0]), torch.tensor(0.1))
assert torch.allclose(a, torch.tensor([-0.2, 0.0, 3.0])), f"expected [-0.2, 0, 3], got {a}"


# %% exercise="prelu_backward"
def prelu_backward(da, z, alpha):
    """Gradients through a = prelu(z, alpha).

    Args:
        da: the gradient that arrives at a, any shape.
        z: the input, same shape.
        alpha: 0-d.

    Returns:
        (dz, dalpha): same shape as z, and 0-d.
    """
    raise NotImplementedError


# %% example="prelu_backward"
dz, dalpha = prelu_backward(
    torch.tensor([5.0, 6.0, 7.0]), torch.tensor([-2.0, 3.0, -1.0]), torch.tensor(0.5)
)
assert torch.allclose(dz, torch.tensor([2.5, 6.0, 3.5])), f"expected [2.5, 6, 3.5], got {dz}"
assert dalpha.shape == (), f"dalpha is 0-d, like alpha, not of shape {tuple(dalpha.shape)}"
assert dalpha.item() == -17, f"5·(−2) + 7·(−1) is −17, not {dalpha.item()}"

# %% [markdown]
# ## 6. A residual block
#
# Very deep plain networks were found to fit even their *training* data worse than shallower ones.
# A residual block starts from the identity, which is easy, and lets two layers fit what is left
# over: an affine layer $W_1, b_1$, a ReLU, an affine layer $W_2, b_2$. The block's input joins what
# comes out of the second one, and a last ReLU follows the sum. Draw it before you write it: what
# does the block make of $x$ if all of its weights and biases are 0?

# %% [markdown] lang="zh" of="2945a013"
# ## 6. 残差块
#
# 人们发现，很深的普通网络连*训练*数据都拟合得不如浅一些的网络。残差块从恒等函数出发（这很容易），
# 让两层去拟合剩下的部分：一个仿射层 $W_1, b_1$，一个 ReLU，一个仿射层 $W_2, b_2$。块的输入与第二
# 个仿射层的输出相加，之后是最后一个 ReLU。动手写之前先画一张图：如果全部权重和偏置都是 0，这个块
# 会把 $x$ 变成什么？


# %% exercise="residual_block"
def residual_block(x, w1, b1, w2, b2):
    """A residual block of two fully connected layers.

    Args:
        x: (n, p).
        w1, b1: (p, d) and (d,).
        w2, b2: (d, p) and (p,).

    Returns:
        (n, p).
    """
    raise NotImplementedError


# %% example="residual_block"
x = torch.tensor([[1.0, -2.0, 3.0]])
out = residual_block(x, torch.zeros(3, 4), torch.zeros(4), torch.zeros(4, 3), torch.zeros(3))
assert torch.equal(out, torch.relu(x)), f"with zero weights the block is relu(x), not {out}"
out = residual_block(
    x, torch.ones(3, 2), torch.tensor([1.0, -9.0]), torch.ones(2, 3), torch.zeros(3)
)
assert torch.equal(out, torch.tensor([[4.0, 1.0, 6.0]])), f"expected [[4, 1, 6]], got {out}"

# %% [markdown]
# ## 7. Dropout, in two forms
#
# In training each entry is set to zero with some probability, independently of all others; in
# prediction nothing is dropped. The expected value should be the same in both.
#
# - **PyTorch's form**: `p` is the probability to **drop**. In training, what is kept is multiplied
#   by $1/(1-p)$; in prediction, `x` stays as it is. With $p = 0$ nothing is dropped, with $p = 1$
#   everything (zeros, not nan).
# - **The lecture's form**: the number is the probability to **keep**. In training
#   $m\odot x$ with $m_i\sim\text{Bernoulli}(\text{keep})$, unscaled; in prediction
#   $\text{keep}\cdot x$.
#
# Both are right, and mixing them up is not: the lecture scales at test time, PyTorch's modules at
# training time, and what they call $p$ are opposite probabilities. Draw from `generator` (it lives
# on `x`'s device: pass `device=x.device` when you draw).

# %% [markdown] lang="zh" of="c46dc919"
# ## 7. 丢弃法的两种形式
#
# 训练时，每个元素以某个概率变成零，彼此独立；预测时什么都不丢。两种情况下的期望应当相同。
#
# - **PyTorch 的形式**：`p` 是**丢弃**的概率。训练时，留下来的乘以 $1/(1-p)$；预测时，`x` 保持原
#   样。$p = 0$ 时什么都不丢，$p = 1$ 时全部丢掉（结果是零，不是 nan）。
# - **讲义的形式**：给出的数是**保留**的概率。训练时是 $m\odot x$，其中
#   $m_i\sim\text{Bernoulli}(\text{keep})$，不缩放；预测时是 $\text{keep}\cdot x$。
#
# 两种形式都对，混用就错了：讲义在测试时缩放，PyTorch 的模块在训练时缩放；两边都叫 $p$，指的却是相
# 反的概率。随机数要从 `generator` 抽取（它在 `x` 所在的设备上：抽取时写上 `device=x.device`）。


# %% exercise="dropout"
def dropout(x, p, training, generator):
    """Dropout that scales in training.

    Args:
        x: any shape.
        p: the probability to drop an entry, a float from 0 to 1, both included.
        training: True drops and scales by 1 / (1 - p); False returns x (the same tensor is fine).
        generator: a torch.Generator on x's device; the only source of randomness.

    Returns:
        same shape as x.
    """
    raise NotImplementedError


# %% example="dropout"
x = torch.full((100, 50), 3.0)
out = dropout(x, 0.25, True, torch.Generator().manual_seed(4))
assert out.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(out.shape)}"
kept = out != 0
assert torch.allclose(out[kept], torch.tensor(4.0)), "kept values are 3 / (1 − 0.25) = 4"
assert abs(kept.float().mean() - 0.75) < 0.05, f"about 75 % are kept, not {kept.float().mean():.0%}"
assert torch.equal(dropout(x, 0.25, False, None), x), "in prediction x stays as it is"
assert torch.equal(dropout(x, 1.0, True, torch.Generator()), 0 * x), "p = 1 drops everything"
assert torch.equal(dropout(x, 0.0, True, torch.Generator()), x), "p = 0 drops nothing"


# %% exercise="dropout_lecture"
def dropout_lecture(x, keep, training, generator):
    """Dropout in the lecture's form, which scales in prediction.

    Args:
        x: any shape.
        keep: the probability to keep an entry, a float, 0 < keep ≤ 1.
        training: True returns m * x with m ~ Bernoulli(keep); False returns keep * x.
        generator: a torch.Generator on x's device; the only source of randomness.

    Returns:
        same shape as x.
    """
    raise NotImplementedError


# %% example="dropout_lecture"
x = torch.full((100, 50), 3.0)
out = dropout_lecture(x, 0.8, True, torch.Generator().manual_seed(5))
kept = out != 0
assert torch.allclose(out[kept], torch.tensor(3.0)), "kept values are not scaled in training"
assert abs(kept.float().mean() - 0.8) < 0.05, f"about 80 % are kept, not {kept.float().mean():.0%}"
assert torch.allclose(dropout_lecture(x, 0.8, False, None), 0.8 * x), "prediction gives keep · x"

# %% demo=true
generator = torch.Generator().manual_seed(6)
signal = torch.sin(torch.linspace(0, 2 * math.pi, 60)) + 1.5
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for axis, title, apply, goal in [
    (axes[0], "PyTorch's form, p = 0.4", lambda v: dropout(v, 0.4, True, generator), signal),
    (
        axes[1],
        "The lecture's form, keep = 0.6",
        lambda v: dropout_lecture(v, 0.6, True, generator),
        0.6 * signal,
    ),
]:
    draws = torch.stack([apply(signal) for _ in range(400)])
    axis.plot(draws[0].numpy(), ".", color="silver", label="one draw")
    axis.plot(draws.mean(0).numpy(), label="mean of 400 draws")
    axis.plot(goal.numpy(), "k--", linewidth=1, label="prediction")
    axis.set(xlabel="unit", title=title)
    axis.legend()
axes[0].set_ylabel("activation")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 8. Weight decay
#
# A penalty $\frac\lambda2\lVert w\rVert^2$ is added to the loss. Write out one step of gradient
# descent on the sum, with rate $\eta$, where $g$ is the gradient of the loss *without* the penalty,
# and gather what stands by $w$: the weights shrink before they follow the loss. By which factor? It
# gave the method its name.

# %% [markdown] lang="zh" of="2d8c84f5"
# ## 8. 权重衰减
#
# 给损失加上惩罚项 $\frac\lambda2\lVert w\rVert^2$。请对两者之和写出梯度下降的一步，学习率为
# $\eta$，其中 $g$ 是损失*不含*惩罚项时的梯度，再把 $w$ 的系数合并起来：权重先缩小，然后才顺着损失
# 走。缩小的因子是多少？这个方法由此得名。


# %% exercise="l2_penalty"
def l2_penalty(w):
    """Half the sum of squared weights.

    Args:
        w: any shape.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="l2_penalty"
penalty = l2_penalty(torch.tensor([[3.0, 0.0], [-4.0, 1.0]]))
assert penalty.shape == (), f"a 0-d tensor, please, not one of shape {tuple(penalty.shape)}"
assert penalty.item() == 13, f"(9 + 16 + 1) / 2 is 13, not {penalty.item()}"


# %% exercise="weight_decay_step"
def weight_decay_step(w, grad, lr, lam):
    """One gradient step on the loss plus (lam / 2) ‖w‖².

    Args:
        w: any shape.
        grad: the gradient of the loss without the penalty, same shape.
        lr: the learning rate η, a float.
        lam: the factor λ, a float.

    Returns:
        the new w, same shape.
    """
    raise NotImplementedError


# %% example="weight_decay_step"
w = weight_decay_step(torch.tensor([2.0, -4.0]), torch.tensor([1.0, 0.0]), 0.5, 0.5)
assert torch.equal(w, torch.tensor([1.0, -3.0])), f"expected [1, -3], got {w}"

# %% [markdown]
# ## 9. Early stopping
#
# Watch the loss on validation data and stop when it no longer falls. Epochs are counted from 0. An
# epoch is *better* if its loss is **less than** best − `min_delta`, where best is the loss of the
# last epoch that was better (the first epoch is always better than nothing). A loss that is lower,
# but not by more than `min_delta`, leaves best as it is. Training stops as soon as `patience`
# epochs in a row were not better. If that never happens, it runs to the end.

# %% [markdown] lang="zh" of="41b34ba1"
# ## 9. 提前停止
#
# 盯住验证集上的损失，它不再下降就停止训练。轮的编号从 0 开始。如果某一轮的损失**小于** best −
# `min_delta`，这一轮就算*更好*，这里的 best 是最近一次算作更好的那一轮的损失（第一轮总是算更
# 好）。损失虽然低了，却没有低出 `min_delta` 以上，best 就不变。一旦连续 `patience` 轮都没有更好，
# 训练就停止。如果一直没有出现这种情况，训练就进行到最后。


# %% exercise="early_stopping"
def early_stopping(val_losses, patience, min_delta=0.0):
    """Which epoch was the best, and after which epoch training stops.

    Args:
        val_losses: list of floats, the validation loss of each epoch; not empty.
        patience: how many epochs in a row may fail to be better, an int ≥ 1.
        min_delta: a loss counts if it is below best by more than this, a float ≥ 0.

    Returns:
        (best_epoch, stop_epoch): ints, counted from 0; stop_epoch is the last epoch that is run.
    """
    raise NotImplementedError


# %% example="early_stopping"
losses = [3.0, 2.0, 2.5, 1.0, 1.5, 1.25, 0.5]
got = early_stopping(losses, 2)
assert tuple(got) == (3, 5), f"epochs 4 and 5 are not better than 3: (3, 5), not {got}"
got = early_stopping(losses, 3)
assert tuple(got) == (6, 6), f"with patience 3 epoch 6 is still reached: (6, 6), not {got}"
got = early_stopping([1.0, 1.0, 1.0], 2)
assert tuple(got) == (0, 2), f"an equal loss is not better: (0, 2), not {got}"

# %% demo=true
generator = torch.Generator().manual_seed(7)
# Five inputs matter, the others are noise.
truth = torch.cat([torch.full((5,), 0.5), torch.zeros(55)])
x, x_val = torch.randn(2, 50, 60, generator=generator)
y, y_val = torch.randn(2, 50, generator=generator) + torch.stack([x @ truth, x_val @ truth])
figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
for lam, colour in [(0.0, "tab:blue"), (2.0, "tab:orange")]:
    w = torch.zeros(60)
    train_losses, val_losses = [], []
    for _ in range(200):
        train_losses.append(((x @ w - y) ** 2).mean().item())
        val_losses.append(((x_val @ w - y_val) ** 2).mean().item())
        w = weight_decay_step(w, 2 * x.T @ (x @ w - y) / len(y), 0.02, lam)
    best, stop = early_stopping(val_losses, 20)
    axis.plot(train_losses, ":", color=colour, label=f"training, λ = {lam}")
    axis.plot(val_losses, color=colour, label=f"validation, λ = {lam}")
    axis.plot(best, val_losses[best], "o", color=colour)
    axis.axvline(stop, color=colour, linewidth=0.7)
axis.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, 3.5))
axis.set_title("Learning the noise (dot: best epoch, thin line: early stopping)")
axis.legend()
plt.show()

# %% [markdown]
# ## 10. Twenty layers
#
# Time to put the remedies together, and to see which of them a deep network needs. From here on
# PyTorch's layers and automatic differentiation do the work.
#
# `sizes` lists the widths, inputs first, logits last. Every **hidden** layer, the first one too, is
# made of these, in this order:
#
# | | part | when |
# | --- | --- | --- |
# | 1 | `nn.Linear` | always |
# | 2 | `nn.BatchNorm1d`, or `nn.LayerNorm` | if `norm` is "batch", or "layer" |
# | 3 | ReLU | always |
# | 4 | `nn.Dropout(p)` | if `p > 0` |
# | 5 | plus the layer's input | if `residual`, and the two widths agree |
#
# (So the shortcut joins *behind* the ReLU, other than in `residual_block`.) After the last hidden
# layer comes one `nn.Linear` alone. The weights of every Linear, the last one too, are drawn from
# $N(0, \sigma^2)$, and every bias starts at 0. With `init="kaiming"`, $\sigma$ is yours from
# section 2; `"lecture"` means $1/\sqrt{n_{\text{in}}}$, as in the lecture's notebook, and `"small"`
# means 0.01. The normalising layers stay as PyTorch makes them. Another `norm` or `init` than these
# is a `ValueError`.

# %% [markdown] lang="zh" of="671a0730"
# ## 10. 二十层
#
# 现在把这些办法合在一起，看看深度网络需要其中的哪些。从这里开始，由 PyTorch 的层和自动微分来干
# 活。
#
# `sizes` 依次列出各个宽度，最前面是输入，最后面是 logits。每个**隐藏**层，包括第一个，都由下面这
# 些部分依次组成：
#
# | | 部分 | 何时有 |
# | --- | --- | --- |
# | 1 | `nn.Linear` | 总是 |
# | 2 | `nn.BatchNorm1d` 或 `nn.LayerNorm` | `norm` 是 "batch" 或 "layer" |
# | 3 | ReLU | 总是 |
# | 4 | `nn.Dropout(p)` | `p > 0` |
# | 5 | 加上这一层的输入 | `residual` 为真，并且两个宽度相同 |
#
# （所以捷径接在 ReLU *之后*，与 `residual_block` 不同。）最后一个隐藏层之后，只有一个
# `nn.Linear`。每个 Linear 的权重都从 $N(0, \sigma^2)$ 抽取，最后一个也不例外，偏置都从 0 开始。
# `init="kaiming"` 时，$\sigma$ 是你在第 2 节得到的；`"lecture"` 表示 $1/\sqrt{n_{\text{in}}}$，和
# 讲义的笔记本一样；`"small"` 表示 0.01。归一化层保持 PyTorch 创建时的初值。`norm` 或 `init` 如果
# 是别的值，就抛出 `ValueError`。


# %% exercise="DeepMLP"
class DeepMLP(nn.Module):
    """A deep fully connected network, with remedies to choose from."""

    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        """Make the layers.

        Args:
            sizes: list of ints: inputs, widths of the hidden layers (perhaps none), classes.
            norm: None, "batch" or "layer".
            residual: whether a hidden layer's input is added to its result where widths agree.
            p: the probability to drop an entry of what a ReLU gives, before the shortcut joins.
            init: "kaiming", "lecture" or "small".

        Raises:
            ValueError: another norm or init.
        """
        raise NotImplementedError

    def forward(self, x):
        """Map (n, sizes[0]) to logits (n, sizes[-1])."""
        raise NotImplementedError


# %% example="DeepMLP"
torch.manual_seed(8)
net = DeepMLP([5, 300, 300, 4], norm="batch", residual=True)
kinds = [type(m) for m in net.modules()]
assert kinds.count(nn.Linear) == 3, f"two hidden layers and the last: 3 Linear, not {kinds}"
assert kinds.count(nn.BatchNorm1d) == 2, f"each hidden layer has its norm: 2, not {kinds}"
assert net(torch.randn(6, 5)).shape == (6, 4), "six rows, four classes"
weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
spread = [w.std().item() * math.sqrt(w.shape[1]) for w in weights]
assert all(1.2 < s < 1.6 for s in spread), f"√in · σ should be near √2 in each layer: {spread}"
assert not any(m.bias.any() for m in net.modules() if isinstance(m, nn.Linear)), "biases are 0"
certain = DeepMLP([3, 3, 3], residual=True, p=1.0)  # drops all: the shortcut alone remains
last = [m for m in certain.modules() if isinstance(m, nn.Linear)][-1]
x = torch.randn(7, 3)
assert torch.allclose(certain(x), last(x)), "with p = 1 the hidden layer should hand on x alone"
try:
    DeepMLP([3, 2], norm="none")
except ValueError:
    pass
else:
    raise AssertionError('norm="none" is not in the list: a ValueError, please')

# %% [markdown]
# Before any training: what does a batch of digits look like on its way through twenty layers? (The
# panels show what goes *into* the layers named. Mind the axes.)

# %% [markdown] lang="zh" of="b3ee2180"
# 训练之前先看看：一批数字一路穿过二十层，会变成什么样子？（每幅小图画的是*进入*标题所示那一层的数
# 值。注意坐标轴。）


# %%
bunch = load_digits()
ORDER = torch.randperm(len(bunch.target), generator=torch.Generator().manual_seed(123456))
IMAGES = torch.tensor(bunch.data / 16, dtype=torch.float32)[ORDER]
NAMES = torch.tensor(bunch.target)[ORDER]
X, Y, X_TEST, Y_TEST = IMAGES[:1400], NAMES[:1400], IMAGES[1400:], NAMES[1400:]
TWENTY = [64] + [64] * 20 + [10]


def inputs_of_layers(net, x):
    """What goes into each Linear of the net, in the order of the forward pass."""
    seen = []
    linears = [m for m in net.modules() if isinstance(m, nn.Linear)]
    hooks = [m.register_forward_pre_hook(lambda _, given: seen.append(given[0])) for m in linears]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return seen


# %% demo=true
kinds = {
    "small": {"init": "small"},
    "lecture": {"init": "lecture"},
    "kaiming": {},
    "kaiming, batch norm": {"norm": "batch"},
    "kaiming, residual": {"residual": True},
}
figure, axes = plt.subplots(len(kinds), 5, figsize=(9, 8), layout="constrained")
for row, (title, options) in zip(axes, kinds.items(), strict=True):
    torch.manual_seed(9)
    seen = inputs_of_layers(DeepMLP(TWENTY, **options), X[:300])
    for axis, layer in zip(row, [1, 2, 5, 10, 20], strict=True):
        values = seen[layer].flatten()
        axis.hist(values.numpy(), bins=40, color="tab:blue", log=True)
        axis.set_title(f"layer {layer + 1}: spread {values.std():.1g}", fontsize=8)
        axis.tick_params(labelsize=6)
        axis.set_yticks([])
    row[0].set_ylabel(title, fontsize=9)
figure.suptitle("Digits on their way down, before any training")
plt.show()

# %% [markdown]
# Now train it. The loss is the mean cross-entropy of the logits; in each epoch the observations are
# shuffled anew and cut into mini-batches, the last one smaller (in the hidden cases it is never a
# single row, which batch normalisation could not train on). The optimizer is yours to choose, if it
# learns as fast as Adam does at Adam's rates; Adam and AdamW are the safest (`torch.optim.AdamW`
# takes groups of parameters with a `weight_decay` each). Three things are easily overlooked:
#
# - **Only tensors of two or more axes decay.** Biases and a norm's $\gamma$ and $\beta$ have one.
#   They are trained like all the rest, and do not shrink.
# - **The mode.** All modules of a net train in training mode, whatever mode they come in, and all
#   go back in the mode in which they came (one and the same for all of them).
# - **The recorded loss** is the cross-entropy of a mini-batch before its step, without the decay.

# %% [markdown] lang="zh" of="0d7c6396"
# 现在训练它。损失是 logits 的平均交叉熵；每一轮都重新打乱观测，再切成小批量，最后一个可能小一些
# （隐藏用例里它不会只有一行：那样批量归一化没法训练）。优化器由你选，只要它在 Adam 常用的学习率下
# 学得和 Adam 一样快；选 Adam 或 AdamW 最稳妥（`torch.optim.AdamW` 接受参数组，每组可以各有自己的
# `weight_decay`）。有三件事容易忽略：
#
# - **至少有两个轴的张量才衰减**：偏置以及归一化层的 $\gamma$ 和 $\beta$ 只有一个轴。它们和其他参
#   数一样要训练，但不缩小。
# - **模式**：网络的全部模块都在训练模式下训练，不论传进来时是什么模式；训练完，全部恢复传进来时的
#   模式（传进来时，各模块的模式都一样）。
# - **记录的损失**：每个小批量走一步之前的交叉熵，不含衰减。


# %% exercise="fit"
def fit(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    """Train a classifier on mini-batches, in place.

    Args:
        model: an nn.Module that maps (n, d) to logits (n, k).
        x: (n, d) data.
        y: (n,) integer classes.
        epochs: how often to go through the data.
        batch_size: size of a mini-batch.
        lr: the optimizer's learning rate.
        weight_decay: the decay λ of tensors w of two or more axes, a float ≥ 0: either λw times
            the rate is subtracted from them in the step, or λw is added to their gradients.
        seed: an int that decides the shuffling, whatever else has drawn random numbers.

    Returns:
        list of floats: the loss of each mini-batch, in order.
    """
    raise NotImplementedError


# %% example="fit"
torch.manual_seed(10)
x = torch.randn(90, 4)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2)).eval()
first = nn.functional.cross_entropy(net.train()(x), y).item()
losses = fit(net.eval(), x, y, epochs=60, batch_size=90, lr=0.01, weight_decay=0.1, seed=1)
assert len(losses) == 60, f"60 epochs of one mini-batch make 60 losses, not {len(losses)}"
assert abs(losses[0] - first) < 1e-4, f"the first loss is {first:.4f}, before any step: {losses[0]}"
assert losses[-1] < 0.3 * losses[0], f"the loss should fall: from {losses[0]:.2f}, {losses[-1]:.2f}"
assert not net.training, "the net came in evaluation mode: give it back so"
assert len(fit(net, x, y, 1, 40, 0.01, 0.0, 1)) == 3, "90 rows in mini-batches of 40: 40, 40, 10"

# %% [markdown]
# To judge a net is a different matter from training it: in evaluation mode, without a graph, and so
# that nothing in the net has changed afterwards, the mode of its modules included (again they come
# in one and the same).

# %% [markdown] lang="zh" of="d58c4c24"
# 评估网络和训练网络是两回事：评估要在评估模式下进行，不建计算图，而且结束后网络里什么都不能变，各
# 模块的模式也不能变（传进来时，各模块的模式也都一样）。


# %% exercise="evaluate"
def evaluate(model, x, y):
    """The accuracy of a classifier.

    Args:
        model: an nn.Module that maps (n, d) to logits (n, k).
        x, y: (n, d) data and (n,) integer classes.

    Returns:
        a float: the share of rows whose largest logit is the right class's.
    """
    raise NotImplementedError


# %% example="evaluate"
layer = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    layer.weight.copy_(torch.eye(2))
net = nn.Sequential(nn.Dropout(0.9), layer)
share = evaluate(net, torch.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]]), torch.tensor([1, 0, 0]))
assert isinstance(share, float), f"a Python float, please, not {type(share).__name__}"
assert abs(share - 2 / 3) < 1e-9, f"two of three are right, and nothing is dropped: not {share}"
assert net.training, "the net came in training mode: give it back so"

# %% [markdown]
# ### Plain, normalised, residual, both
#
# Twenty layers, three ways to start, four ways to build: twelve trainings of the same length, on
# the same digits. Guess first: which will be the best, which will not learn at all?

# %% [markdown] lang="zh" of="0e1cd89c"
# ### 普通、归一化、残差、两者都用
#
# 二十层，三种起点，四种搭法：十二次训练，轮数相同，用的数字也相同。先猜一猜：哪个最好，哪个什么也
# 学不到？

# %% demo=true
builds = {
    "plain": {},
    "batch norm": {"norm": "batch"},
    "residual blocks": {"residual": True},
    "both": {"norm": "batch", "residual": True},
}
figure, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True, layout="constrained")
for axis, init in zip(axes, ["small", "lecture", "kaiming"], strict=True):
    for label, options in builds.items():
        torch.manual_seed(11)
        net = DeepMLP(TWENTY, init=init, **options)
        losses = torch.tensor(fit(net, X, Y, 10, 50, 1e-3, 0.0, 12))
        share = evaluate(net, X_TEST, Y_TEST)
        smooth = losses.unfold(0, 14, 7).mean(dim=1)
        axis.plot(7 * torch.arange(len(smooth)) + 7, smooth, label=f"{label}: {share:.1%}")
    axis.axhline(math.log(10), color="gray", linewidth=0.7, linestyle=":")
    axis.set(xlabel="mini-batch", title=f"start: {init}", yscale="log", ylim=(0.003, 30))
    axis.legend(title="accuracy on new digits", fontsize=8, title_fontsize=8, loc="lower left")
axes[0].set_ylabel("training loss")
figure.suptitle("Twenty layers, ten epochs, twelve trainings")
plt.show()

# %% [markdown]
# ### Dropout, on and off
#
# Two hundred digits, and a net with room for far more: what does it make of digits that it has not
# seen? (The loss on new ones, and `early_stopping` of section 9, which would have stopped there.)

# %% [markdown] lang="zh" of="423a5368"
# ### 丢弃法，用与不用
#
# 两百个数字，配上一个容量绰绰有余的网络：它遇到没见过的数字，会怎么样？（右图是新数字上的损失，竖
# 线是第 9 节的 `early_stopping` 会停下的地方。）

# %% demo=true
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
few, few_names = X[:200], Y[:200]
for p, colour in [(0.0, "tab:blue"), (0.5, "tab:orange")]:
    torch.manual_seed(13)
    net = DeepMLP([64, 256, 256, 10], p=p)
    shares, new = [], []
    for epoch in range(60):
        fit(net, few, few_names, 1, 25, 1e-3, 0.0, epoch)
        shares.append((evaluate(net, few, few_names), evaluate(net, X_TEST, Y_TEST)))
        with torch.no_grad():
            new.append(nn.functional.cross_entropy(net.eval()(X_TEST), Y_TEST).item())
    best, stop = early_stopping(new, 10)
    axes[0].plot([a for a, _ in shares], ":", color=colour, label=f"p = {p}, the 200 digits")
    axes[0].plot([b for _, b in shares], color=colour, label=f"p = {p}, new digits")
    axes[1].plot(new, color=colour, label=f"p = {p}")
    axes[1].plot(best, new[best], "o", color=colour)
    axes[1].axvline(stop, color=colour, linewidth=0.7)
    print(f"p = {p}: {max(b for _, b in shares):.1%} of new digits, lowest loss {min(new):.3f}")
axes[0].set(xlabel="epoch", ylabel="accuracy", ylim=(0.7, 1.01), title="What is learnt by heart")
axes[1].set(xlabel="epoch", ylabel="loss on new digits", title="dot: best, line: stopped")
for axis in axes:
    axis.legend(fontsize=8)
plt.show()

# %% [markdown] written="one_observation"
# ## 11. In your own words: one observation
#
# The lecture asks: batch normalisation depends on which observations share a mini-batch; how, then,
# should it treat a single observation when predicting? It names two answers (statistics of all
# training data, or running averages kept while training). Say what each needs, and how the network
# in prediction can differ from the one that was trained. Would layer normalisation have the same
# problem?

# %% [markdown] lang="zh" of="14a6595b"
# ## 11. 用自己的话说：单个观测
#
# 讲义问：批量归一化的结果取决于哪些观测在同一个小批量里；那么，预测单个观测时它该怎么办？讲义给出
# 两种回答（用全部训练数据的统计量，或者用训练时维护的滑动平均）。请说明两种办法各需要什么，以及预
# 测时的网络与训练时的网络可能有什么不同。层归一化会有同样的问题吗？

# %% [markdown] written="symmetric_start"
# ## 12. In your own words: a symmetric start
#
# Suppose that two hidden units of a layer start with equal weights into them and equal weights out
# of them. Show with the chain rule why gradient descent never tells them apart. Would dropout?

# %% [markdown] lang="zh" of="946c27a4"
# ## 12. 用自己的话说：对称的起点
#
# 假设某一层有两个隐藏单元，一开始，两者的输入权重相同，输出权重也相同。请用链式法则说明，为什么梯
# 度下降永远分不开它们。丢弃法分得开吗？

# %% [markdown] written="no_simple_ranking"
# ## 13. In your own words: no ranking of single remedies
#
# Look at the twelve trainings again, beside the histograms. (a) From which start does the *plain*
# net learn, from which does it not, and why? (b) Normalisation alone is a poor remedy here, though
# each layer's input is as wide as the one before. A residual net without normalisation is slow from
# Kaiming's start and quick from the small one. Explain one of the two; for the other say what you
# would measure to find out. (c) A friend concludes "always use both". What does the picture say for
# it, and what can one picture (one width, one depth, one rate, ten epochs, one seed) not say?

# %% [markdown] lang="zh" of="83323c60"
# ## 13. 用自己的话说：单个办法排不出名次
#
# 对照直方图，再看一遍十二次训练。(a) *普通*网络从哪个起点学得起来，从哪个学不起来，为什么？(b) 只
# 用归一化，在这里效果不好，尽管每一层的输入都和前一层的一样分散。不带归一化的残差网络，从
# Kaiming 的起点出发学得慢，从小权重出发却学得快。请解释这两件事中的一件；对另一件，说说你会测量什
# 么来弄清楚。(c) 一位朋友得出结论：“总是两者都用”。图里有什么支持这句话？而仅凭一张图（一种宽度、
# 一种深度、一个学习率、十轮、一个种子），又有什么是说明不了的？

# %% [markdown]
# ## What you can do now
#
# - Derive how wide weights should start, and see in a histogram when they do not.
# - Normalise by batch and by layer, forward and backward, and keep training and prediction apart.
# - Drop, decay and stop early, knowing which convention a text or a library means.
# - Build a net of any depth from these, train and judge it in the right mode, and compare remedies
#   without a favourite.
#
# Next: networks that are deep in time (lecture 10), where the same product of slopes comes back.

# %% [markdown] lang="zh" of="700dc344"
# ## 现在你会了
#
# - 推导初始权重该分散到什么程度，并能从直方图看出它们取得不合适。
# - 按批量、按层做归一化，前向和反向都会，并把训练与预测分清。
# - 使用丢弃、衰减和提前停止，并知道一篇文章或一个库用的是哪种约定。
# - 用这些部件搭出任意深度的网络，在正确的模式下训练和评估它，不偏不倚地比较各种办法。
#
# 下一步：在时间上很深的网络（第 10 讲），在那里，同样的斜率连乘又会出现。
