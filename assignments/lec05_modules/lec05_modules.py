# %% [markdown]
# # Lecture 5: From gradients to modules
#
# Once a library differentiates for you, fitting a model is always the same loop: predict, take the
# loss, ask for the gradient, take a step. In this notebook you first write that loop with bare
# tensors, then put the parameters where PyTorch looks for them: into modules. Modules can be
# nested, initialised, tied, saved and moved to a GPU, while the loop stays as it is.
#
# **Afterwards you can** write the loop that fits any model; keep parameters where PyTorch finds
# them; tie, initialise, save and move modules; feed them from a data set of your own; tell an
# optimizer which parameters to hold back.
#
# **Time** about 5 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [linear regression from
# scratch](https://d2l.ai/chapter_linear-regression/linear-regression-scratch.html) and on
# [modules](https://d2l.ai/chapter_builders-guide/model-construction.html), with the sections after
# it; PyTorch on [`nn.Module`](https://pytorch.org/docs/stable/generated/torch.nn.Module.html) and
# on [data loaders](https://pytorch.org/docs/stable/data.html).
#
# **Conventions.** Rows are observations: `x` is $(n, p)$. A result keeps the dtype and device of
# the inputs. Parameters are found **by name**, so call the attributes exactly what the docstrings
# say. A function that is given a `torch.Generator` draws from nothing else; the others may draw
# from PyTorch's global one. Automatic differentiation is allowed everywhere.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="5aa8e61d"
# # 第 5 讲：从梯度到模块
#
# 有了会求导的库，拟合任何模型都是同一个循环：预测，算损失，求梯度，走一步。在这份笔记本里，你先用
# 普通的张量写出这个循环，再把参数放到 PyTorch 会去找的地方：模块。模块可以嵌套、初始化、共享、保
# 存，也可以搬到 GPU 上，而循环始终不变。
#
# **学完之后，你能够**写出可以拟合任何模型的循环；把参数放在 PyTorch 找得到的地方；共享、初始化、
# 保存和移动模块；用自己的数据集给它们喂数据；告诉优化器哪些参数该约束。
#
# **用时**约 5 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》的[线性回归的从零开始实
# 现](https://d2l.ai/chapter_linear-regression/linear-regression-scratch.html)，以及[层和
# 块](https://d2l.ai/chapter_builders-guide/model-construction.html)和它后面几节；PyTorch 文档中的
# [`nn.Module`](https://pytorch.org/docs/stable/generated/torch.nn.Module.html) 和[数据加载
# 器](https://pytorch.org/docs/stable/data.html)。
#
# **约定**：一行是一个观测，`x` 的形状是 $(n, p)$。结果与输入的 dtype 和设备相同。参数是**按名
# 字**查找的，所以属性的名字要与文档字符串里写的完全一致。如果函数收到了 `torch.Generator`，随机数
# 就只能从它来；别的函数可以用 PyTorch 的全局生成器。任何地方都可以用自动微分。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Data that we understand
#
# To see whether a method works, let it recover what we put in: $X$ with independent standard
# normal entries and
#
# $$y = Xw + b + \sigma\varepsilon,\qquad \varepsilon_i\sim N(0,1)$$
#
# `noise` is the standard deviation $\sigma$, not the variance. $y$ is a **column**, $(n, 1)$.
# You may draw $X$ and $\varepsilon$ in either order. Hidden checks look at the distribution of
# many rows, and at two draws from one generator: they must differ, while equally seeded
# generators must give equal data.

# %% [markdown] lang="zh" of="36ecaa61"
# ## 1. 知根知底的数据
#
# 想知道一个方法管不管用，就让它把我们放进去的东西找回来：$X$ 的元素相互独立，都服从标准正态分布，
# 并且
#
# $$y = Xw + b + \sigma\varepsilon,\qquad \varepsilon_i\sim N(0,1)$$
#
# `noise` 是标准差 $\sigma$，不是方差。$y$ 是一**列**，形状为 $(n, 1)$。$X$ 和 $\varepsilon$ 先抽
# 哪个都行。隐藏用例会检查很多行数据的分布，还会用同一个生成器抽两次：两次必须不同；而种子相同的生
# 成器必须给出相同的数据。


# %% exercise="synthetic_data"
def synthetic_data(w, b, n, noise, generator):
    """Random data of a linear model.

    Args:
        w: (d,) coefficients; X and y take their dtype and device.
        b: the intercept, a float.
        n: the number of rows, n ≥ 1.
        noise: the standard deviation of the noise, a float ≥ 0.
        generator: a torch.Generator on w's device, the only source of randomness.

    Returns:
        (X, y): (n, d) standard normal inputs, and (n, 1) targets X w + b + noise · N(0, 1).
    """
    raise NotImplementedError


# %% example="synthetic_data"
true_w, true_b = torch.tensor([2.0, -3.4]), 4.2
features, labels = synthetic_data(true_w, true_b, 1000, 0.01, torch.Generator().manual_seed(1))
assert features.shape == (1000, 2), f"X should be (1000, 2), not {tuple(features.shape)}"
assert labels.shape == (1000, 1), f"y is a column, (1000, 1), not {tuple(labels.shape)}"
residual = labels[:, 0] - (2.0 * features[:, 0] - 3.4 * features[:, 1] + 4.2)
assert residual.abs().max() < 0.1, "y is far from X w + b: is the noise scaled by 0.01?"
assert residual.std() > 0.005, "y holds hardly any noise"
again, _ = synthetic_data(true_w, true_b, 1000, 0.01, torch.Generator().manual_seed(1))
assert torch.equal(features, again), "equally seeded generators should give equal data"

# %% [markdown]
# ## 2. Mini-batches
#
# The notes of lecture 7 ask: $n$ observations are cut into mini-batches of $m$; what is left over
# forms a smaller one of its own. How do you compute their number simply?

# %% [markdown] lang="zh" of="dbcd80e2"
# ## 2. 小批量
#
# 讲义的第 7 讲问：把 $n$ 个观测切成大小为 $m$ 的小批量，剩下的单独组成一个较小的。怎样用简单的算
# 法求出一共有几个？


# %% exercise="num_batches"
def num_batches(n, m):
    """The number of mini-batches of size m, where the rest forms one of its own.

    Args:
        n: the number of observations, an int ≥ 1.
        m: the size of a mini-batch, an int ≥ 1; it may exceed n.

    Returns:
        an int.
    """
    raise NotImplementedError


# %% example="num_batches"
assert num_batches(10, 5) == 2, f"10 observations make 2 batches of 5, not {num_batches(10, 5)}"
assert num_batches(11, 5) == 3, f"the 11th observation needs a third, not {num_batches(11, 5)}"

# %% [markdown]
# Now the batches themselves: a random order of $0,\dots,n-1$, cut into pieces of $m$. Give the
# indices only, so that the caller can take `x[index]` and `y[index]` alike. A Python generator
# function (`yield`) is as good as a list.

# %% [markdown] lang="zh" of="f115f779"
# 现在轮到小批量本身：把 $0,\dots,n-1$ 随机排序，再切成段，每段 $m$ 个。只给出索引，这样调用者取
# `x[index]` 和 `y[index]` 用的是同一批。返回列表可以，写成 Python 的生成器函数（`yield`）也可以。


# %% exercise="minibatches"
def minibatches(n, m, generator):
    """Shuffled mini-batches of the indices 0, …, n − 1.

    Args:
        n, m: as in `num_batches`.
        generator: a torch.Generator on the CPU, the only source of randomness. Two calls with one
            generator shuffle differently; equally seeded generators shuffle alike.

    Returns:
        an iterable of 1-d int64 tensors. Each index comes once; all batches have m indices,
        but for the last, which holds the rest if there is one.
    """
    raise NotImplementedError


# %% example="minibatches"
batches = list(minibatches(11, 4, torch.Generator().manual_seed(0)))
assert [len(b) for b in batches] == [4, 4, 3], f"sizes 4, 4, 3, not {[len(b) for b in batches]}"
assert all(b.dtype == torch.int64 for b in batches), "indices are int64 tensors"
assert sorted(torch.cat(batches).tolist()) == list(range(11)), "each index should come once"

# %% [markdown]
# ## 3. Gradient descent with a differentiator
#
# The lecture minimises $L(\hat\beta) = \frac1n\sum_i (y_i - x_i\hat\beta)^2$ from
# $\hat\beta = 0$ by
#
# $$\hat\beta \leftarrow \hat\beta - \eta\,\nabla L(\hat\beta)$$
#
# Three things to keep apart: `backward` **adds** to `.grad`, so the gradient is cleared after
# every step; the update is no part of the model and runs under `torch.no_grad()`; a loss that you
# record is a number (`.item()`), not a tensor that holds its graph alive. The loss goes into the
# list **before** the step, so its first entry belongs to $\hat\beta = 0$.

# %% [markdown] lang="zh" of="fb0c6d11"
# ## 3. 用自动微分做梯度下降
#
# 讲义从 $\hat\beta = 0$ 出发，最小化 $L(\hat\beta) = \frac1n\sum_i (y_i - x_i\hat\beta)^2$：
#
# $$\hat\beta \leftarrow \hat\beta - \eta\,\nabla L(\hat\beta)$$
#
# 有三件事要当心：`backward` 是把梯度**累加**到 `.grad` 上，所以每走一步之后都要清零；参数的更新不
# 属于模型，要放在 `torch.no_grad()` 下进行；记录下来的损失是一个数（`.item()`），而不是张量，否则
# 整张计算图都释放不掉。损失要在走这一步**之前**放进列表，所以第一个值对应 $\hat\beta = 0$。


# %% exercise="fit_gd"
def fit_gd(x, y, lr, epochs):
    """Full-batch gradient descent on the mean squared error, from zeros.

    Args:
        x: (n, p) inputs.
        y: (n,) targets.
        lr: the learning rate, a float.
        epochs: the number of steps, an int ≥ 0.

    Returns:
        (bhat, losses): the (p,) estimate after the last step, detached from any graph, and a list
        of `epochs` Python floats, the loss before each step.
    """
    raise NotImplementedError


# %% example="fit_gd"
torch.manual_seed(123456)  # the lecture's data and its printed results
beta = torch.randn(5)
x = torch.randn(100, 5)
y = torch.matmul(x, beta) + torch.randn(100) * math.sqrt(0.1)
bhat, losses = fit_gd(x, y, 0.01, 500)
printed = [6.666600, 0.889494, 0.204900, 0.114065, 0.099395]
printed += [0.096331, 0.095534, 0.095298, 0.095224, 0.095200]
assert len(losses) == 500, f"one loss for each of 500 steps, not {len(losses)}"
for epoch, value in zip(range(0, 500, 50), printed, strict=True):
    assert abs(losses[epoch] - value) < 1e-5, f"loss {epoch} should be {value}: {losses[epoch]}"
estimate = torch.tensor([1.8304, 0.4262, -1.1998, 0.3770, -1.0890])
assert torch.allclose(bhat, estimate, atol=1e-4), f"the lecture finds {estimate}, not {bhat}"
assert not bhat.requires_grad, "return a detached estimate"

# %% demo=true
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
for rate in [0.001, 0.01, 0.1]:
    left.semilogy(fit_gd(x, y, rate, 500)[1], label=f"learning rate {rate:g}")
left.axhline(0.1, color="grey", linestyle=":", label="variance of the noise")
left.set(xlabel="step", ylabel="loss", title="The same descent, three step sizes")
left.set_ylim(0.06, 60)
left.legend(loc="upper right")
moments = range(0, 301, 20)
lines = right.plot(moments, torch.stack([fit_gd(x, y, 0.01, steps)[0] for steps in moments]))
for line, value in zip(lines, beta.tolist(), strict=True):
    right.axhline(value, color=line.get_color(), linestyle=":")
right.set(xlabel="step", ylabel="coefficient", title="Estimates (—) and the truth (···)")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 4. The same model as a module
#
# A module holds its parameters as attributes of type `nn.Parameter`: that is how
# `model.parameters()`, optimizers, `state_dict` and `.to(device)` find them. A plain tensor is
# overlooked. (`__init__` begins with `super().__init__()`, which makes room for them.) Adding an
# intercept changes the module and nothing else:
#
# $$\hat y = X\hat\beta + b_0$$
#
# Mind the shapes: predictions of shape $(n,)$ minus targets of shape $(n, 1)$ broadcast to
# $(n, n)$ without a word, and the mean of that is not your loss.

# %% [markdown] lang="zh" of="cd5155c4"
# ## 4. 把同一个模型写成模块
#
# 模块把参数存为 `nn.Parameter` 类型的属性：`model.parameters()`、优化器、`state_dict` 和
# `.to(device)` 就是这样找到它们的。普通的张量会被漏掉。（`__init__` 的第一句是
# `super().__init__()`，它给参数备好存放的地方。）加上截距，只需改模块，别的都不动：
#
# $$\hat y = X\hat\beta + b_0$$
#
# 当心形状：形状为 $(n,)$ 的预测减去形状为 $(n, 1)$ 的目标值，会不声不响地广播成 $(n, n)$，再取平
# 均，得到的就不是你要的损失了。


# %% exercise="LinearModel"
class LinearModel(nn.Module):
    """The linear model with two parameters: `bhat` (dim,) and `b0` (1,), both zero at first."""

    def __init__(self, dim):
        """Make the parameters.

        Args:
            dim: the number p of columns of x.
        """
        raise NotImplementedError

    def forward(self, x):
        """Predictions of shape (n,) for x of shape (n, dim)."""
        raise NotImplementedError


# %% example="LinearModel"
model = LinearModel(3)
shapes = {name: tuple(p.shape) for name, p in model.named_parameters()}
assert shapes == {"bhat": (3,), "b0": (1,)}, f"expected bhat (3,) and b0 (1,), found {shapes}"
with torch.no_grad():
    model.bhat.copy_(torch.tensor([1.0, 2.0, 3.0]))
    model.b0.fill_(0.5)
prediction = model(torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]))
assert prediction.shape == (2,), f"two rows make (2,), not {tuple(prediction.shape)}"
assert torch.allclose(prediction, torch.tensor([1.5, 5.5])), f"[1.5, 5.5], not {prediction}"

# %% [markdown]
# ## 5. An optimizer step by hand
#
# Dive into Deep Learning back-propagates the **sum** of the losses in a mini-batch, and divides in
# the step:
#
# $$p \leftarrow p - \frac{\eta}{m}\,\frac{\partial}{\partial p}\sum_{i=1}^m \ell_i$$
#
# The step changes the parameters themselves, in place, outside the graph, and leaves clean
# gradients behind: `None` or zero. `params` may be any iterable, also one that can be walked
# through only once, as `model.parameters()` is.

# %% [markdown] lang="zh" of="efe2dbac"
# ## 5. 手写优化器的一步
#
# 《动手学深度学习》对一个小批量里损失的**和**做反向传播，到更新时才除以观测的个数：
#
# $$p \leftarrow p - \frac{\eta}{m}\,\frac{\partial}{\partial p}\sum_{i=1}^m \ell_i$$
#
# 这一步在计算图之外原地修改参数本身，最后留下干净的梯度：`None` 或零。`params` 可以是任何可迭代对
# 象，也可能只能遍历一次，`model.parameters()` 就是这样。


# %% exercise="sgd_update"
def sgd_update(params, lr, batch_size):
    """One step of mini-batch gradient descent, in place: p ← p − lr · p.grad / batch_size.

    Args:
        params: an iterable of parameters, each of which has a gradient.
        lr: the learning rate, a float.
        batch_size: the number m of rows whose losses were summed.

    Returns:
        nothing. Afterwards each gradient is None or zero, and the parameters are still leaves
        that require gradients.
    """
    raise NotImplementedError


# %% example="sgd_update"
p = nn.Parameter(torch.tensor([1.0, 2.0]))
(p * torch.tensor([10.0, -20.0])).sum().backward()
sgd_update([p], 0.5, 5)
assert torch.allclose(p.detach(), torch.tensor([0.0, 4.0])), f"[0, 4] after the step, not {p}"
assert p.grad is None or not p.grad.any(), "clear the gradient, or the next one is added to it"
assert p.is_leaf and p.requires_grad, "the parameter should still be a leaf that can learn"

# %% demo=true
model = LinearModel(2)
generator = torch.Generator().manual_seed(3)
route, losses = [], []
for _epoch in range(3):
    for index in minibatches(len(features), 10, generator):
        route.append([*model.bhat.detach().tolist(), model.b0.item()])
        error = model(features[index]) - labels[index, 0]
        losses.append((error**2).mean().item() / 2)
        (error**2 / 2).sum().backward()
        sgd_update(model.parameters(), 0.03, len(index))
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
left.semilogy(losses)
left.set(xlabel="mini-batch", ylabel="loss", title="Linear regression, three epochs")
right.plot(route, label=["w₁", "w₂", "b"])
for value in [*true_w.tolist(), true_b]:
    right.axhline(value, color="grey", linestyle=":")
right.set(xlabel="mini-batch", ylabel="parameter", title="Your own data, model and optimizer")
right.legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 6. Layers of your own
#
# A layer needs no parameters. `CenteredLayer` subtracts the mean of **all** entries of its input:
# one number, whatever the shape. The mean is part of the graph: a gradient goes through it too.

# %% [markdown] lang="zh" of="24dffb9f"
# ## 6. 自己写层
#
# 层不一定有参数。`CenteredLayer` 从输入中减去**全部**元素的均值：不管形状如何，均值只有一个。均值
# 也是计算图的一部分：梯度同样要经过它。


# %% exercise="CenteredLayer"
class CenteredLayer(nn.Module):
    """X minus the mean of all its entries; no parameters."""

    def forward(self, x):
        """The centred input, same shape; x itself stays as it is."""
        raise NotImplementedError


# %% example="CenteredLayer"
layer = CenteredLayer()
out = layer(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0]))
assert torch.equal(out, torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])), f"[-2, …, 2], not {out}"
out = layer(torch.tensor([[1.0, 2.0], [3.0, 10.0]]))
assert torch.equal(out, torch.tensor([[-3.0, -2.0], [-1.0, 6.0]])), "one mean for all entries: 4"

# %% [markdown]
# `MyLinear` computes $\operatorname{relu}(XW+b)$ with parameters of its own. The book's version
# multiplies by `self.weight.data`; **that is a mistake**: `.data` is the bare tensor, cut off from
# the graph, so no gradient ever reaches the parameters and the layer cannot learn. Use the
# parameters themselves. How they start is up to you. Note the orientation: `weight` is
# (inputs, units) here, while `nn.Linear` keeps (units, inputs).

# %% [markdown] lang="zh" of="039ded18"
# `MyLinear` 用自己的参数计算 $\operatorname{relu}(XW+b)$。书上的版本乘的是 `self.weight.data`，
# **这是错的**：`.data` 是脱离了计算图的裸张量，梯度永远到不了参数，这一层也就什么都学不到。请直接
# 用参数本身。初值由你定。注意两个轴的次序：这里 `weight` 的形状是 (inputs, units)，而 `nn.Linear`
# 存的是 (units, inputs)。


# %% exercise="MyLinear"
class MyLinear(nn.Module):
    """relu(X W + b) with the parameters `weight` (in_units, units) and `bias` (units,)."""

    def __init__(self, in_units, units):
        """Make the parameters, with any random start.

        Args:
            in_units: the number of columns of X.
            units: the number of outputs.
        """
        raise NotImplementedError

    def forward(self, x):
        """The (n, units) output for x of shape (n, in_units); gradients reach both parameters."""
        raise NotImplementedError


# %% example="MyLinear"
layer = MyLinear(2, 3)
assert layer.weight.shape == (2, 3), f"weight is (in_units, units), not {layer.weight.shape}"
with torch.no_grad():
    layer.weight.copy_(torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]]))
    layer.bias.copy_(torch.tensor([0.0, 1.0, 0.0]))
out = layer(torch.tensor([[2.0, 3.0]]))
assert torch.equal(out, torch.tensor([[2.0, 4.0, 0.0]])), f"expected [[2, 4, 0]], got {out}"
out.sum().backward()
assert layer.weight.grad is not None, "no gradient reaches weight: is the graph cut by .data?"
assert layer.bias.grad is not None, "no gradient reaches bias: is the graph cut by .data?"

# %% [markdown]
# ## 7. Initialising
#
# `net.apply(f)` calls `f` on every module in a net, and on the net itself. Write such an `f`: for
# an `nn.Linear` it draws the weight from Xavier's uniform distribution,
#
# $$W_{ij}\sim U(-a, a),\qquad a = \sqrt{\frac{6}{\text{in}+\text{out}}},$$
#
# and sets the bias to zero, if there is one. Any other module is left alone, and so are a
# module's children: `apply` takes care of those. (PyTorch has `nn.init.xavier_uniform_`; you may
# use it. The book leaves the bias as it was; here it becomes zero.)

# %% [markdown] lang="zh" of="2cf3cf8b"
# ## 7. 初始化
#
# `net.apply(f)` 对网络里的每个模块以及网络自身各调用一次 `f`。写一个这样的 `f`：遇到
# `nn.Linear`，就从 Xavier 均匀分布中抽取权重，
#
# $$W_{ij}\sim U(-a, a),\qquad a = \sqrt{\frac{6}{\text{in}+\text{out}}},$$
#
# 如果有偏置，就把它设为零。其他模块一概不动，模块的子模块也不动：它们由 `apply` 来管。（PyTorch
# 有 `nn.init.xavier_uniform_`，可以用。书上不动偏置；这里要设为零。）


# %% exercise="init_xavier"
def init_xavier(module):
    """Initialise one module, in place: Xavier-uniform weight and zero bias of an nn.Linear.

    Args:
        module: any nn.Module. What is no nn.Linear stays as it is, children included.

    Returns:
        nothing. Draws from PyTorch's global generator.
    """
    raise NotImplementedError


# %% example="init_xavier"
torch.manual_seed(4)
net = nn.Sequential(nn.Linear(40, 60), nn.ReLU(), nn.Linear(60, 20, bias=False))
init_xavier(net)
assert net[0].bias.any(), "called on a Sequential, init_xavier changes nothing: apply recurses"
net.apply(init_xavier)
assert not net[0].bias.any(), "the bias should be zero"
for layer, bound in [(net[0], math.sqrt(6 / 100)), (net[2], math.sqrt(6 / 80))]:
    assert layer.weight.abs().max() <= bound, f"all weights lie within ±{bound:.3f}"
    assert layer.weight.abs().max() > 0.95 * bound, f"the weights should reach out to ±{bound:.3f}"

# %% [markdown]
# ## 8. Tied layers
#
# One module may stand in several places of a net. It then has one set of parameters, and its
# gradient is the sum over all its places. Build
#
# $$\text{Linear} \to \text{ReLU} \to \text{shared} \to \text{ReLU} \to \text{shared} \to
# \text{ReLU} \to \text{Linear}$$
#
# as one `nn.Sequential` of seven, where `net[2]` and `net[4]` are **the same object**.

# %% [markdown] lang="zh" of="27da83e3"
# ## 8. 共享的层
#
# 同一个模块可以放在网络的好几处。它仍只有一组参数，梯度则是各处贡献之和。请搭建
#
# $$\text{Linear} \to \text{ReLU} \to \text{共享层} \to \text{ReLU} \to \text{共享层} \to
# \text{ReLU} \to \text{Linear}$$
#
# 写成由七个模块组成的 `nn.Sequential`，其中 `net[2]` 和 `net[4]` 是**同一个对象**。


# %% exercise="tied_mlp"
def tied_mlp(dim, hidden):
    """A net whose second and third hidden layers are one and the same module.

    Args:
        dim: the number of inputs.
        hidden: the width of all hidden layers.

    Returns:
        nn.Sequential of Linear(dim, hidden), ReLU, shared, ReLU, shared, ReLU, Linear(hidden, 1)
        with shared a Linear(hidden, hidden).
    """
    raise NotImplementedError


# %% example="tied_mlp"
net = tied_mlp(4, 8)
assert len(net) == 7, f"seven modules, not {len(net)}"
assert net[2] is net[4], "net[2] and net[4] should be one object, not two equal ones"
assert net(torch.randn(2, 4)).shape == (2, 1), "two rows and one output make (2, 1)"
count = sum(p.numel() for p in net.parameters())
assert count == (4 * 8 + 8) + (8 * 8 + 8) + (8 + 1), f"121 parameters, not {count}"

# %% demo=true
torch.manual_seed(5)
grid = torch.linspace(-3, 3, 200)[:, None]
inputs = 6 * torch.rand(200, 1) - 3
targets = torch.sin(2 * inputs) + 0.1 * torch.randn(200, 1)
net = tied_mlp(1, 32)
net.apply(init_xavier)
before, losses = net(grid).detach(), []
generator = torch.Generator().manual_seed(6)
for _epoch in range(200):
    for index in minibatches(200, 20, generator):
        loss = ((net(inputs[index]) - targets[index]) ** 2).sum()
        losses.append(loss.item() / len(index))
        loss.backward()
        sgd_update(net.parameters(), 0.1, len(index))
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
left.semilogy(losses, linewidth=0.5)
left.set(xlabel="mini-batch", ylabel="loss", title="One shared layer, two places")
right.scatter(inputs, targets, s=6, color="silver", label="data")
right.plot(grid, before, label="before")
right.plot(grid, net(grid).detach(), label="after")
right.set(xlabel="x", ylabel="y", title="A tied network learns sin 2x")
right.set_ylim(-1.4, 2.4)
right.legend(loc="upper center", ncols=3)
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 9. To disk and back
#
# What is worth keeping of a model are its numbers, not its code: save the **state dict**
# (parameters and buffers by name), never the module itself. A file that holds tensors only can be
# read with `weights_only=True`, which runs no foreign code. The architecture comes from your
# program, the numbers from the file. Here `model` is all that you have: how do you get a second
# module like it, though its class may want arguments that nobody tells you? And when would the two
# share their numbers?

# %% [markdown] lang="zh" of="3f89595f"
# ## 9. 存盘与恢复
#
# 模型里值得保存的是数，不是代码：要存**状态字典**（按名字存放的参数和缓冲区），不要存模块本身。只
# 含张量的文件可以用 `weights_only=True` 读取，这样不会执行来路不明的代码。结构来自你的程序，数来
# 自文件。这里你手上只有 `model`：它的类可能需要参数，却没人告诉你是哪些；怎样才能得到第二个和它一
# 样的模块？又在什么情况下，两者会共用同一份数？


# %% exercise="save_and_restore"
def save_and_restore(model, path):
    """Save a model's state dict, and return a copy of the model that was loaded from the file.

    Args:
        model: any nn.Module; it may hold buffers, and its class may want arguments. It stays
            as it is.
        path: where to write, a string. The file holds the state dict, and can be read with
            weights_only=True.

    Returns:
        another module of the same class with equal parameters and buffers, loaded from the file,
        that shares no storage with `model`.
    """
    raise NotImplementedError


# %% example="save_and_restore"
net = nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.Linear(256, 10))
x = torch.randn(2, 20)
with tempfile.TemporaryDirectory() as folder:
    path = str(Path(folder) / "mlp.params")
    clone = save_and_restore(net, path)
    state = torch.load(path, weights_only=True)
assert sorted(state) == sorted(net.state_dict()), f"the file should hold the state dict: {state}"
assert clone is not net, "return a copy, not the model itself"
assert torch.equal(clone(x), net(x)), "the copy should compute the same"
with torch.no_grad():
    net[0].weight.zero_()
assert clone[0].weight.any(), "the copy changes with the original: they share storage"

# %% [markdown]
# ## 10. Where to compute
#
# GPUs are numbered from 0, as `cuda:0`, `cuda:1` and so on; the computer at hand may have none. If
# PyTorch counts two of them, which numbers exist? Ask PyTorch for the count, and fall back to the
# CPU. (The hidden checks replace PyTorch's count, so they need no GPU.)

# %% [markdown] lang="zh" of="ae47d137"
# ## 10. 在哪里计算
#
# GPU 从 0 开始编号：`cuda:0`、`cuda:1`，依此类推；你手边的电脑也可能一块都没有。如果 PyTorch 数出
# 来有两块，哪些编号存在？有几块，去问 PyTorch；没有就退回 CPU。（隐藏用例会替换 PyTorch 数出的结
# 果，所以不需要真有 GPU。）


# %% exercise="try_gpu"
def try_gpu(i=0):
    """The i-th GPU if it exists, else the CPU.

    Args:
        i: the GPU's number, an int ≥ 0.

    Returns:
        torch.device("cuda:i") with its number, or torch.device("cpu").
    """
    raise NotImplementedError


# %% example="try_gpu"
assert isinstance(try_gpu(), torch.device), "return a torch.device"
assert try_gpu(999) == torch.device("cpu"), "no machine has that many GPUs: cpu"
assert try_gpu().type == ("cuda" if torch.cuda.device_count() > 0 else "cpu")

# %% [markdown]
# ## 11. Data as PyTorch wants it
#
# You wrote `minibatches` by hand, and it is all that a lecture needs. Libraries hand their data
# out in two steps: a *data set* knows how many items it has and what item $i$ is, and a *loader*
# makes mini-batches of any data set, in the given order or shuffled. Then the same loop trains on
# tensors, on a folder of pictures, or on a million names that are read as they come.
#
# A data set is a class with a length and items. It is also the place for a question that nobody
# asks until it is too late: what if there are 1,000 pictures and 999 labels? Python would go on
# until the last item, or never notice. Refuse at once.

# %% [markdown] lang="zh" of="b89fed33"
# ## 11. 按 PyTorch 的要求准备数据
#
# 你手写过 `minibatches`，这一讲有它就够了。PyTorch 则分两步提供数据：*数据集*知道自己有多少项，第
# $i$ 项是什么；*加载器*把任何数据集切成小批量，可以按原来的次序，也可以打乱。这样，同一个循环既能
# 用张量训练，也能用一个文件夹的图片，或者边读边用的一百万个名字。
#
# 数据集是一个类，有长度，也有各项数据。还有一个问题，人们总要等到出了事才想起来，正好在这里解决：
# 如果有 1,000 张图片，却只有 999 个标签，怎么办？Python 会一直跑到最后一项才出错，甚至根本发现不
# 了。要当场拒绝。


# %% exercise="ArrayDataset"
class ArrayDataset(Dataset):
    """Rows of x with their targets in y."""

    def __init__(self, x, y):
        """Keep both.

        Args:
            x: a tensor with a row for each observation.
            y: a tensor with a target for each observation.

        Raises:
            ValueError: there are not as many targets as rows.
        """
        raise NotImplementedError

    def __len__(self):
        """The number of observations."""
        raise NotImplementedError

    def __getitem__(self, i):
        """Observation i: the tuple (x[i], y[i])."""
        raise NotImplementedError


# %% example="ArrayDataset"
data = ArrayDataset(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), torch.tensor([7, 8, 9]))
assert len(data) == 3, f"three rows are three observations, not {len(data)}"
row, target = data[1]
assert row.tolist() == [3.0, 4.0] and target == 8, f"item 1 should be row 1 and 8: {data[1]}"
refused = False
try:
    ArrayDataset(torch.zeros(3, 2), torch.zeros(4))
except ValueError as error:
    refused = True
    print("refused:", error)
assert refused, "three rows and four targets should be refused with a ValueError"

# %% [markdown]
# Now the loader. `DataLoader` does the work, if it is told the right things. What must it know so
# that equally seeded generators make equal epochs, while each epoch of one loader has an order of
# its own?

# %% [markdown] lang="zh" of="67338b1a"
# 现在来写加载器。活由 `DataLoader` 来干，只要把该说的都告诉它。生成器的种子相同，各轮的次序就要相
# 同；而同一个加载器，每一轮又要有自己的次序。要做到这两点，它必须知道什么？


# %% exercise="make_loader"
def make_loader(x, y, batch_size, shuffle, generator):
    """A loader of mini-batches (rows, targets).

    Args:
        x, y: tensors with as many rows.
        batch_size: rows of a mini-batch; the last one may have fewer, and is there.
        shuffle: whether each epoch has a new random order; else it is the given one.
        generator: the torch.Generator that the orders are drawn from.

    Returns:
        a torch.utils.data.DataLoader.
    """
    raise NotImplementedError


# %% example="make_loader"
x = torch.arange(10.0)[:, None]
loader = make_loader(x, x[:, 0] ** 2, 4, False, torch.Generator())
assert isinstance(loader, DataLoader), f"a DataLoader, please, not {type(loader).__name__}"
sizes = [len(rows) for rows, _ in loader]
assert sizes == [4, 4, 2], f"ten rows in fours are 4, 4 and 2, not {sizes}"
orders = []
for seed in [1, 1, 2]:
    loader = make_loader(x, x[:, 0] ** 2, 4, True, torch.Generator().manual_seed(seed))
    for _epoch in range(2):
        rows, targets = (torch.cat(parts) for parts in zip(*loader, strict=True))
        assert torch.equal(targets, rows[:, 0] ** 2), "a row has come apart from its target"
        orders.append(rows[:, 0].tolist())
assert orders[0] == orders[2] and orders[1] == orders[3], "equal seeds, equal epochs"
assert len({tuple(order) for order in orders}) == 4, "each epoch should be shuffled anew"

# %% [markdown]
# ## 12. A container of your own
#
# `nn.Sequential` looks like magic: it is a module that holds modules. Make one. The forward pass
# is a loop of two lines; the rest of the exercise is to be *found*. PyTorch finds parameters, saves
# them, moves them and switches them to evaluation only in what is registered: where must a list of
# modules be kept, so that it is? And beware of a module that stands in the chain twice: some ways
# of going through registered modules meet it only once.

# %% [markdown] lang="zh" of="ad4d17e1"
# ## 12. 自己写容器
#
# `nn.Sequential` 看起来很神奇，其实就是装着模块的模块。自己写一个吧。前向传播不过是两行的循环；其
# 余的功夫，全花在让 PyTorch *找得到*里面的模块上。PyTorch 只在注册过的东西里查找参数，保存、移
# 动、切换到评估模式也都如此：一串模块要存放在哪里，才算注册过？还要当心在链中出现两次的模块：遍历
# 已注册的模块时，有些办法只会遇到它一次。


# %% exercise="MySequential"
class MySequential(nn.Module):
    """Modules that are applied one after another."""

    def __init__(self, *modules):
        """Register the modules, in this order; one may be there more than once."""
        raise NotImplementedError

    def __len__(self):
        """How many modules were given."""
        raise NotImplementedError

    def __getitem__(self, i):
        """Module i, from 0."""
        raise NotImplementedError

    def forward(self, x):
        """The last module's output; each takes what the one before it made."""
        raise NotImplementedError


# %% example="MySequential"
double = nn.Linear(1, 1, bias=False)
with torch.no_grad():
    double.weight.fill_(2.0)
chain = MySequential(double, nn.ReLU(), double)
assert len(chain) == 3 and chain[2] is double, "three modules, the last of them is the first"
out = chain(torch.tensor([[3.0], [-3.0]]))
assert out.tolist() == [[12.0], [0.0]], f"doubled, cut off at 0, and doubled again: not {out}"
assert len(list(chain.parameters())) == 1, "one parameter, although its module stands there twice"
assert not chain.eval()[1].training, "eval() should reach the modules: are they registered?"

# %% [markdown]
# ## 13. Whom weight decay is for
#
# Weight decay pulls parameters towards zero, so that a network prefers smooth functions. It is
# meant for matrices, which decide how steep the function is. A bias only shifts it, and a norm's
# scale has its own purpose: to pull these towards zero says something about the data that nobody
# knows. Optimizers take *groups* of parameters with settings of their own. How can you tell the two
# kinds apart, in any model, without looking at names? And which parameters belong to no group?

# %% [markdown] lang="zh" of="f0ec104b"
# ## 13. 权重衰减该用在谁身上
#
# 权重衰减把参数拉向零，让网络偏爱平滑的函数。它是为矩阵准备的，因为函数有多陡由矩阵决定。偏置只让
# 函数平移，归一化层的缩放系数则另有用处：把它们也拉向零，等于对数据作了毫无根据的假设。优化器可以
# 接受参数的*分组*，每组有自己的设置。不看名字，怎样在任何模型里都能分清这两类参数？哪些参数又不属
# 于任何一组？


# %% exercise="param_groups"
def param_groups(model, weight_decay):
    """The parameters that are trained, in two groups for an optimizer.

    Args:
        model: any nn.Module; it may have frozen parameters, and tied ones.
        weight_decay: a float.

    Returns:
        a list of two dicts with the keys "params" (a list) and "weight_decay": first the
        parameters of two or more axes with `weight_decay`, then the others with 0.0. Each
        parameter is there once, frozen ones not at all, and both dicts even if one is empty.
    """
    raise NotImplementedError


# %% example="param_groups"
net = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))
decayed, free = param_groups(net, 0.1)
assert [p.ndim for p in decayed["params"]] == [2, 2], "two matrices are decayed, and nothing else"
assert len(free["params"]) == 4, "two biases, and a norm's scale and shift, are left alone"
assert (decayed["weight_decay"], free["weight_decay"]) == (0.1, 0.0), "the decays are 0.1 and 0.0"
net[0].requires_grad_(False)
decayed, free = param_groups(net, 0.1)
assert len(decayed["params"]) == 1 and len(free["params"]) == 3, "the first layer is frozen now"

# %% [markdown]
# Put it together: your loader, your container of your layers, your groups, and an optimizer of
# PyTorch's. Twenty points of a curve that lies far from zero. On the left nothing is decayed, and
# the network follows the curve and a little of the noise. In the middle your groups hold the
# matrices down, far harder than one would, to show what is left without them: the biases, and with
# them the height of the data. On the right the biases are decayed as well. Look where that curve
# lies, and where the data do.

# %% [markdown] lang="zh" of="53ef620c"
# 现在合在一起用：你的加载器、装着你的层的容器、你的参数组，再加 PyTorch 的优化器。数据是一条曲线
# 上的二十个点，曲线离零很远。左图完全不衰减，网络跟着曲线走，也跟上了一点噪声。中图用你的参数组压
# 住矩阵，压得比平常狠得多，好看清没了矩阵还剩什么：剩下偏置，数据的高度也就靠它保住了。右图连偏置
# 也一起衰减。看看那条曲线在哪里，数据又在哪里。

# %% demo=true
generator = torch.Generator().manual_seed(3)
x = 4 * torch.rand(20, 1, generator=generator) - 2
y = 10 + torch.sin(2 * x) + 0.4 * torch.randn(20, 1, generator=generator)
grid = torch.linspace(-2.2, 2.2, 200)[:, None]
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
for axes, title in zip(panels, ["no decay", "matrices decay", "everything decays"], strict=True):
    torch.manual_seed(1)
    net = MySequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    groups = param_groups(net, 0.0 if title == "no decay" else 10.0)
    if title == "everything decays":
        groups[1]["weight_decay"] = 10.0
    optimizer = torch.optim.AdamW(groups, lr=3e-3)
    for _epoch in range(1000):
        for rows, targets in make_loader(x, y, 10, True, generator):
            optimizer.zero_grad()
            ((net(rows) - targets) ** 2).mean().backward()
            optimizer.step()
    axes.plot(grid, 10 + torch.sin(2 * grid), "k", alpha=0.3, linewidth=3, label="the truth")
    axes.plot(grid, net(grid).detach(), color="C3", label="the network")
    axes.scatter(x, y, s=14, zorder=3, label="20 points")
    axes.set(title=title, xlabel="x")
panels[0].set_ylabel("y")
panels[0].legend(loc="lower right", fontsize=8)
figure.tight_layout()
plt.show()

# %% [markdown] written="estimate_and_truth"
# ## 14. In your own words
#
# In section 3 the loss settles near 0.095, and the estimate (1.8304, 0.4262, …) near the true
# coefficients (1.8645, 0.4071, …) but not on them, however long you train. Why does the loss not
# fall to 0, and why does the estimate not reach the true coefficients? What would change with ten
# times as many observations, and what with noise of half the standard deviation?

# %% [markdown] lang="zh" of="9b937ef2"
# ## 14. 用自己的话说
#
# 在第 3 节里，损失停在 0.095 附近，估计值 (1.8304, 0.4262, …) 接近真实的系数 (1.8645, 0.4071,
# …)，但无论训练多久，都不会正好等于它们。为什么损失降不到 0，估计值也达不到真实的系数？如果观测增
# 加到十倍，会有什么变化？如果噪声的标准差减半，又会怎样？

# %% [markdown] written="tied_gradients"
# ## 15. In your own words: tied layers
#
# In section 8 the shared layer is used twice in one forward pass. Use the chain rule to explain why
# its gradient is the sum of two parts. What becomes of the two layers under training if `net[4]`
# is instead a copy of `net[2]`, equal at first?

# %% [markdown] lang="zh" of="8f8a951a"
# ## 15. 用自己的话说：共享的层
#
# 在第 8 节里，一次前向传播用到共享层两次。用链式法则解释，为什么它的梯度是两部分之和。如果把
# `net[4]` 换成 `net[2]` 的副本，起初两者相等，训练之后这两层会怎样？

# %% [markdown]
# ## What you can do now
#
# - Fit a model with a differentiator, a data set, a loader, a module and an optimizer, and know
#   what each is for.
# - Build modules that are found, saved, tied and initialised.
# - Say which parameters weight decay is for. Lecture 9 will need your groups.
#
# Next, lecture 6: a layer that looks at pictures.

# %% [markdown] lang="zh" of="bfac05b2"
# ## 现在你会了
#
# - 用自动微分、数据集、加载器、模块和优化器拟合模型，并知道它们各管什么。
# - 写出找得到、能保存、能共享、能初始化的模块。
# - 说清权重衰减该用在哪些参数上。第 9 讲会用到你的参数组。
#
# 下一步，第 6 讲：会看图片的层。
