# %% [markdown]
# # Lecture 3: Softmax regression, and losses that stay finite
#
# A linear model becomes a classifier when its scores are turned into probabilities. For two
# classes the sigmoid does it, for $k$ classes the softmax. The loss is then the negative
# log-likelihood, and a good half of this notebook is about computing that logarithm without
# losing it to rounding.
#
# **Afterwards you can** turn scores into probabilities and a loss; see where floating point would
# spoil it, and take the logarithm on paper instead; write the gradient down; say what `backward`
# does with leaves, with graphs, and with what you cut off.
#
# **Time** about 5 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [softmax
# regression](https://d2l.ai/chapter_linear-classification/softmax-regression.html) and on
# [automatic differentiation](https://d2l.ai/chapter_preliminaries/autograd.html); [PyTorch on how
# autograd works](https://pytorch.org/docs/stable/notes/autograd.html); [CS231n on linear
# classifiers](https://cs231n.github.io/linear-classify/).
#
# **Conventions.** Rows are observations: $X$ is $(n, p)$, logits are $(n, k)$. Every loss is a
# **mean** over the observations and a 0-d tensor; logarithms are natural. A result has the dtype
# and the device of the inputs, and inputs are never changed in place. *Stable* means: finite and
# right for logits as large as $\pm 10^4$ in float32.
#
# Where an exercise names operations that it forbids, build the answer from elementary ones; any
# building block that is not named (`torch.logsumexp`, say, or a function of your own) is welcome.
# Replace each `raise NotImplementedError` by your answer, and run the example below it.

# %% [markdown] lang="zh" of="6d043f1a"
# # 第 3 讲：softmax 回归，以及始终有限的损失
#
# 把线性模型的得分变成概率，它就成了分类器。两个类别用 sigmoid，$k$ 个类别用 softmax。损失就是负对
# 数似然；这份笔记本有一大半讲的是怎样计算这个对数，才不会被舍入毁掉。
#
# **学完之后，你能够**把得分变成概率，再变成损失；看出浮点运算会在哪里出问题，改在纸上取好对数；写
# 出梯度；说清 `backward` 怎样处理叶子张量、计算图和你切断的部分。
#
# **用时**约 5 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》中 [softmax 回
# 归](https://d2l.ai/chapter_linear-classification/softmax-regression.html)和[自动微
# 分](https://d2l.ai/chapter_preliminaries/autograd.html)两节；[PyTorch 讲 autograd 怎样工
# 作](https://pytorch.org/docs/stable/notes/autograd.html)；[CS231n 的线性分类讲
# 义](https://cs231n.github.io/linear-classify/)。
#
# **约定**：一行是一个观测，$X$ 是 $(n, p)$，logits 是 $(n, k)$。每个损失都是对观测取的**均值**，
# 是 0 维张量；对数是自然对数。结果的 dtype 和设备与输入相同；不得原地修改输入。*稳定*的意思是：在
# float32 下，logits 大到 $\pm 10^4$，结果仍然有限并且正确。
#
# 练习里点名禁止了哪些运算，就用更基本的运算来实现；没有点名的都可以用（比如 `torch.logsumexp`，或
# 者你自己的函数）。把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。

# %%
import math

import matplotlib.pyplot as plt
import numpy as np
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. A warm-up: regression
#
# Random numbers come back the same when the generator's seed is set, and NumPy and PyTorch have a
# generator each. With both seeds at 123456, `torch.randn(2, 3)` gives the numbers that the
# lecture prints.

# %% [markdown] lang="zh" of="a7b3c841"
# ## 1. 热身：回归
#
# 设好生成器的种子，随机数就能重现；NumPy 和 PyTorch 各有一个生成器。两个种子都设为 123456 时，
# `torch.randn(2, 3)` 给出的正是讲义里印的那些数。

# %% demo=true
np.random.seed(123456)
torch.manual_seed(123456)
print(torch.randn(2, 3))

# %% [markdown]
# For a given estimate $\hat\beta$, the mean squared error is
# $\frac1n\sum_i (y_i - x_i^\top\hat\beta)^2$. Write it with products and sums of matrices and
# vectors, and compare it with `torch.nn.MSELoss`. Mind the shapes: a column $(n, 1)$ minus a
# vector $(n,)$ broadcasts to $(n, n)$, and the mean of that is a number, too.

# %% [markdown] lang="zh" of="a869e533"
# 给定估计 $\hat\beta$，均方误差是 $\frac1n\sum_i (y_i - x_i^\top\hat\beta)^2$。请用矩阵和向量的乘
# 积与求和来写，并与 `torch.nn.MSELoss` 比较。注意形状：一列 $(n, 1)$ 减去一个向量 $(n,)$，会广播
# 成 $(n, n)$，再求均值，照样得到一个数。


# %% exercise="loss_fn_reg"
def loss_fn_reg(bhat, x, y):
    """The mean squared error of y against x @ bhat.

    Forbidden: mse_loss and nn.MSELoss.

    Args:
        bhat: (p,) coefficients.
        x: (n, p) inputs, a row for each observation.
        y: (n,) targets.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="loss_fn_reg"
torch.manual_seed(123456)
x = math.sqrt(2) * torch.randn(200, 10)  # N(0, 2): the lecture's second parameter is the variance
beta = 2 * torch.rand(10) - 1
y = x @ beta + math.sqrt(0.1) * torch.randn(200)
bhat = beta + 0.1
loss, theirs = loss_fn_reg(bhat, x, y), torch.nn.MSELoss()(x @ bhat, y)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, theirs), f"nn.MSELoss finds {theirs:.4f}, yours is {loss:.4f}"
small = loss_fn_reg(torch.tensor([1.0, 2.0]), torch.eye(2), torch.tensor([0.0, 5.0]))
assert torch.allclose(small, torch.tensor(5.0)), f"(1² + 3²) / 2 is 5, not {small}"

# %% [markdown]
# ## 2. Two classes: the sigmoid
#
# $$\sigma(x) = \frac{e^x}{1 + e^x} = \frac{1}{1 + e^{-x}}$$
#
# The two forms are equal on paper. In float32, $e^{89}$ is already infinite, and
# $\infty/\infty$ is `nan`: choose the form, or the sign in the exponent, with care.

# %% [markdown] lang="zh" of="ac369632"
# ## 2. 两个类别：sigmoid
#
# $$\sigma(x) = \frac{e^x}{1 + e^x} = \frac{1}{1 + e^{-x}}$$
#
# 在纸上，两种写法完全相等。可是在 float32 里，$e^{89}$ 已经是无穷大，而 $\infty/\infty$ 是
# `nan`：用哪种写法，指数取什么符号，要仔细选。


# %% exercise="sigmoid"
def sigmoid(x):
    """The sigmoid e^x / (1 + e^x), elementwise; stable.

    Down to about x = -20 the relative error counts: the sigmoid is tiny there but not 0, and
    nothing may be clipped. Farther out, on both sides, finite and within 1e-3 is enough.

    Forbidden: torch.sigmoid and expit, under any of their names.

    Args:
        x: a tensor of any shape.

    Returns:
        a tensor of that shape, with entries between 0 and 1.
    """
    raise NotImplementedError


# %% example="sigmoid"
s = sigmoid(torch.tensor([0.0, math.log(3.0), -math.log(3.0)]))
assert torch.allclose(s, torch.tensor([0.5, 0.75, 0.25])), f"expected [0.5, 0.75, 0.25], got {s}"
s = sigmoid(torch.tensor([-1e4, 1e4]))
assert torch.equal(s, torch.tensor([0.0, 1.0])), f"far out σ is 0 and 1; you have {s}"

# %% [markdown]
# With $Y\mid x\sim\text{Bernoulli}(\sigma(x^\top\beta))$, the log-density of one observation is
# $y\log\rho + (1-y)\log(1-\rho)$, $\rho = \sigma(x^\top\beta)$. Its negative mean is the loss.
#
# `torch.nn.BCELoss` computes it from $\rho$, and has to live with what is left of $\rho$: from
# about $u = x^\top\beta = 17$ on, $\rho$ rounds to 1 in float32, $\log(1-\rho)$ is $-\infty$, and
# `BCELoss` puts $-100$ in its place. **Your loss shall be right for any $u$**: put
# $\rho = \sigma(u)$ into the formula and simplify it until no logarithm of a rounded probability
# is left. You will meet $\log(1 + e^u)$, which is called *softplus* (one of the notes prints
# "softmax" over it by mistake) and needs some care itself.

# %% [markdown] lang="zh" of="e3377ddf"
# 设 $Y\mid x\sim\text{Bernoulli}(\sigma(x^\top\beta))$，一个观测的对数密度就是
# $y\log\rho + (1-y)\log(1-\rho)$，其中 $\rho = \sigma(x^\top\beta)$。对它取均值，再取相反数，就是
# 损失。
#
# `torch.nn.BCELoss` 从 $\rho$ 出发计算损失，只能靠 $\rho$ 里剩下的信息：大约从
# $u = x^\top\beta = 17$ 开始，$\rho$ 在 float32 里舍入成 1，$\log(1-\rho)$ 是 $-\infty$，
# `BCELoss` 就换成 $-100$。**你的损失要对任何 $u$ 都正确**：把 $\rho = \sigma(u)$ 代入公式，一直化
# 简到不再对舍入过的概率取对数。你会遇到 $\log(1 + e^u)$，它叫作 *softplus*（讲义里有一处误印
# 成“softmax”），计算它时也要小心。


# %% exercise="loss_fn_logistic"
def loss_fn_logistic(bhat, x, y):
    """The mean negative log-likelihood of logistic regression; stable.

    Args:
        bhat: (p,) coefficients.
        x: (n, p) inputs.
        y: (n,) zeros and ones, in x's dtype.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="loss_fn_logistic"
torch.manual_seed(123456)
x, beta = torch.randn(50, 3), 2 * torch.rand(3) - 1
y = torch.bernoulli(torch.sigmoid(x @ beta))
bhat = beta + 0.5
loss, theirs = loss_fn_logistic(bhat, x, y), torch.nn.BCELoss()(torch.sigmoid(x @ bhat), y)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, theirs), f"BCELoss finds {theirs:.4f}, yours is {loss:.4f}"
far = loss_fn_logistic(torch.tensor([1.0]), torch.tensor([[300.0], [-1e4]]), torch.zeros(2))
assert torch.allclose(far, torch.tensor(150.0)), f"(300 + 0) / 2 is 150, not {far}"

# %% demo=true
logit = torch.linspace(0, 160, 641)
probability = torch.sigmoid(logit)
bce = torch.nn.functional.binary_cross_entropy(probability, torch.zeros(641), reduction="none")
one, zero = torch.tensor([1.0]), torch.tensor([0.0])
mine = [loss_fn_logistic(one, u.reshape(1, 1), zero) for u in logit]
figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(logit, bce, label="BCELoss of σ(u): rounds, then gives up at 100")
axes.plot(logit, mine, "--", label="loss_fn_logistic: u itself")
axes.axvline(17, color="grey", linewidth=0.8)
axes.text(18, 2, "σ(u) is 1 in float32 from here on", color="grey")
axes.set(xlabel="logit u", ylabel="loss of an observation with y = 0", title="A confident error")
axes.legend()
plt.show()

# %% [markdown]
# The slope of the dashed line is 1 far out: the more confident the error, the more it costs. The
# solid line is flat there, its slope is 0, and a model that is badly wrong would learn nothing.
#
# ## 3. Many classes: softmax
#
# $$\operatorname{softmax}(u)_j = \frac{e^{u_j}}{\sum_l e^{u_l}}$$
#
# For logits 2.0, 1.0 and 0.1 this is 0.66, 0.24 and 0.10. Note the exponential: one of the notes
# divides plain scores by their sum and calls that softmax, which it is not, and which makes no
# sense for negative scores.
#
# Adding a constant to all logits of a row changes nothing: why? So you may choose one. Which choice
# makes sure that no exponential overflows, and that not all of them vanish? And why will a single
# constant for the whole matrix not do? (Try it on the rows $(0, 0)$ and $(-10^4, -10^4)$.)

# %% [markdown] lang="zh" of="896d1f16"
# logit 很大时，虚线的斜率是 1：错得越自信，代价越大。实线在那里是平的，斜率是 0，错得离谱的模型什
# 么也学不到。
#
# ## 3. 多个类别：softmax
#
# $$\operatorname{softmax}(u)_j = \frac{e^{u_j}}{\sum_l e^{u_l}}$$
#
# 对 logits 2.0、1.0 和 0.1，它是 0.66、0.24 和 0.10。别漏了指数函数：有一份讲义直接用得分除以它们
# 的和，还把它叫作 softmax；那不是 softmax，得分为负时也毫无意义。
#
# 给一行的所有 logits 加上同一个常数，结果不变：为什么？所以这个常数可以由你来选。怎样选，才能让指
# 数函数一个也不上溢，又不会全都变成零？为什么整个矩阵只用一个常数不行？（用 $(0, 0)$ 和
# $(-10^4, -10^4)$ 这两行试一试。）


# %% exercise="softmax"
def softmax(u):
    """Softmax of every row; stable.

    Forbidden: torch.softmax, torch.log_softmax and F.softmax, under any of their names.

    Args:
        u: (n, k) logits.

    Returns:
        (n, k) probabilities; each row sums to 1.
    """
    raise NotImplementedError


# %% example="softmax"
p = softmax(torch.tensor([[2.0, 1.0, 0.1]]))
assert p.shape == (1, 3), f"one row of three logits gives (1, 3), not {tuple(p.shape)}"
assert torch.allclose(p, torch.tensor([[0.66, 0.24, 0.10]]), atol=5e-3), f"got {p}"
p = softmax(torch.tensor([[1e4, 1e4, 0.0], [-1e4, -1e4, -1e4]]))
expected = torch.tensor([[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
assert torch.allclose(p, expected), f"large logits: expected {expected}, got {p}"

# %% demo=true
scales = [0.1, 1, 3, 10]
figure, panels = plt.subplots(1, len(scales), figsize=(9, 2.6), sharey=True)
for axes, scale in zip(panels, scales, strict=True):
    p = softmax(scale * torch.tensor([[2.0, 1.0, 0.1]]))[0]
    axes.bar(["cat", "dog", "rabbit"], p.tolist(), color=["C0", "C1", "C2"])
    axes.set(title=f"logits × {scale}", ylim=(0, 1))
panels[0].set_ylabel("probability")
figure.suptitle("Softmax between “all alike” and “the winner takes all”", y=1.06)
plt.show()

# %% [markdown]
# ## 4. Log-softmax
#
# The loss needs $\log\operatorname{softmax}(u)_j$. The obvious `softmax(u).log()` is a trap: with
# all the care above, a probability below about $10^{-45}$ is 0 in float32, and its logarithm
# $-\infty$. A small constant inside the logarithm only hides it: it shifts every loss, and a very
# wrong answer has no slope any more. The cure is to take the logarithm on paper: what is left of
# $\log(e^{u_j}/\sum_l e^{u_l})$, and what does it become once the row's constant has been taken off
# all logits? If you chose that well, one term of the sum is exactly 1, and its logarithm is safe.

# %% [markdown] lang="zh" of="7153f7c9"
# ## 4. log-softmax
#
# 损失要用到 $\log\operatorname{softmax}(u)_j$。最容易想到的 `softmax(u).log()` 是个陷阱：哪怕上面
# 要小心的都做到了，小于大约 $10^{-45}$ 的概率在 float32 里还是 0，它的对数是 $-\infty$。在对数里
# 加一个小常数，只是把问题藏起来：每个损失都会偏移，错得离谱时，斜率也没有了。解决的办法是在纸上取
# 对数：$\log(e^{u_j}/\sum_l e^{u_l})$ 还剩下什么？从所有 logits 中减去这一行的常数之后，它又变成
# 什么？如果常数选得好，求和中有一项恰好是 1，取对数就安全了。


# %% exercise="log_softmax"
def log_softmax(u):
    """The logarithm of the softmax of every row; stable.

    Forbidden: torch.softmax, torch.log_softmax and F.softmax, under any of their names.

    Args:
        u: (n, k) logits.

    Returns:
        (n, k) numbers ≤ 0.
    """
    raise NotImplementedError


# %% example="log_softmax"
v = log_softmax(torch.tensor([[2.0, 1.0, 0.1], [0.0, 0.0, 0.0]]))
assert torch.allclose(v.exp().sum(1), torch.ones(2)), "exp of a row should sum to 1"
assert torch.allclose(v[1], torch.full((3,), -math.log(3))), f"log ⅓ is −1.0986, you have {v[1]}"
v = log_softmax(torch.tensor([[0.0, -200.0, 1e4]]))
expected = torch.tensor([[-10000.0, -10200.0, 0.0]])
assert torch.allclose(v, expected), f"large logits: expected {expected}, got {v}"

# %% demo=true
gap = torch.linspace(0, 160, 321)
u = torch.stack([-gap, torch.zeros(321)], dim=1)
figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(gap, log_softmax(u)[:, 0], "--", label="log_softmax(u)", color="C1")
naive = softmax(u)[:, 0].log()
alive = naive.isfinite()
axes.plot(gap[alive], naive[alive], label="softmax(u).log()", color="C0", linewidth=3, alpha=0.5)
axes.plot(gap[~alive], torch.full_like(gap[~alive], -175), "v", markersize=3, color="C0")
axes.text(106, -171, "softmax(u).log() is −∞", color="C0")
epsilon = (softmax(u)[:, 0] + 1e-5).log()
axes.plot(gap, epsilon, ":", label="(softmax(u) + 0.00001).log()", color="C2")
axes.set(xlabel="how far the logit lies below the other one", ylabel="log-probability")
axes.set(title="The logarithm of softmax is not log-softmax")
axes.legend(loc="lower left")
plt.show()

# %% [markdown]
# ## 5. Softmax regression
#
# $Y\mid x\sim\text{Multinom}(\operatorname{softmax}(Wx))$ with a row of $W$ for each class, and
# $y$ one-hot: $k$ entries, a single 1. The log-density is $\sum_j y_j\log p_j$. With
# observations in rows, all the $Wx_i$ at once are the rows of $U = XW^\top$.

# %% [markdown] lang="zh" of="e2ac9468"
# ## 5. softmax 回归
#
# $Y\mid x\sim\text{Multinom}(\operatorname{softmax}(Wx))$，其中 $W$ 的一行对应一个类别，$y$ 是独
# 热编码：$k$ 个元素，只有一个是 1。对数密度是 $\sum_j y_j\log p_j$。观测按行排列时，所有的 $Wx_i$
# 合起来就是 $U = XW^\top$ 的各行。


# %% exercise="loss_fn_softmax"
def loss_fn_softmax(w, x, y):
    """The mean negative log-likelihood of softmax regression; stable.

    Args:
        w: (k, p) weights.
        x: (n, p) inputs.
        y: (n, k) one-hot labels, floating or integer.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="loss_fn_softmax"
torch.manual_seed(123456)
w, x, labels = torch.randn(3, 5), torch.randn(40, 5), torch.randint(3, (40,))
y = torch.nn.functional.one_hot(labels, 3)
loss, theirs = loss_fn_softmax(w, x, y), torch.nn.CrossEntropyLoss()(x @ w.T, labels)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, theirs), f"CrossEntropyLoss finds {theirs:.4f}, yours is {loss:.4f}"
large = loss_fn_softmax(1e3 * torch.eye(2), torch.eye(2), torch.tensor([[1, 0], [1, 0]]))
assert torch.allclose(large, torch.tensor(500.0)), f"(0 + 1000) / 2 is 500, not {large}"

# %% [markdown]
# ## 6. Cross-entropy from labels
#
# Nobody stores one-hot rows for a thousand classes. With integer labels $l_i$ the sum keeps a
# single term:
#
# $$L = -\frac1n\sum_i \log\operatorname{softmax}(u_i)_{l_i}.$$
#
# The function takes **logits**. Where a text starts from probabilities $p$, give it $\log p$: their
# exponentials sum to 1 already, and so softmax makes $p$ of them again.

# %% [markdown] lang="zh" of="48cc5fa5"
# ## 6. 用标签计算交叉熵
#
# 类别上千时，没有人会去存独热编码的行。用整数标签 $l_i$，求和就只剩一项：
#
# $$L = -\frac1n\sum_i \log\operatorname{softmax}(u_i)_{l_i}.$$
#
# 函数接收的是 **logits**。如果题目从概率 $p$ 出发，把 $\log p$ 交给它就行：取指数之后，和已经是
# 1，所以 softmax 正好又变回 $p$。


# %% exercise="cross_entropy"
def cross_entropy(logits, labels):
    """The mean cross-entropy of logits and integer labels; stable.

    Forbidden: F.cross_entropy, nll_loss and their modules.

    Args:
        logits: (n, k).
        labels: (n,) integer classes 0 … k−1.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="cross_entropy"
p = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
loss = cross_entropy(p.log(), torch.tensor([0, 2]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss - 1.4979) < 5e-5, f"−(log 0.1 + log 0.5) / 2 is 1.4979, not {loss:.4f}"
p = torch.tensor([[0.8, 0.2], [0.4, 0.6], [0.7, 0.3]])  # cats and dogs: 0.8, 0.6, 0.7 are right
loss = cross_entropy(p.log(), torch.tensor([0, 1, 0]))
assert abs(-3 * loss + 1.091) < 1e-3, f"the log-likelihood is −1.091, not {-3 * loss:.4f}"
loss = cross_entropy(torch.tensor([[1e4, 0.0]]), torch.tensor([1]))
assert torch.allclose(loss, torch.tensor(1e4)), f"a large logit: expected 10000, got {loss}"

# %% [markdown]
# Differentiate $L$ by $u_{ij}$, once for a $j$ that is not the label and once for the one that is.
# The two cases differ by a single number, and together they are short enough to be remembered for
# life. Check yours: what does a row of the gradient sum to, and why must it? What becomes of it
# when the model is sure and right? And do not forget what kind of loss it is.

# %% [markdown] lang="zh" of="e8678693"
# $L$ 对 $u_{ij}$ 求导，分两种情况：$j$ 不是标签，或者正好是标签。两种情况只差一个数，合在一起短得
# 可以记一辈子。检验你的结果：梯度的一行，各元素之和是多少，为什么必须如此？模型很有把握，而且判对
# 了，这时它会变成什么？还有，别忘了这是哪一种损失。


# %% exercise="cross_entropy_grad"
def cross_entropy_grad(logits, labels):
    """The gradient of cross_entropy(logits, labels) with respect to the logits; stable, too.

    Args:
        logits: (n, k).
        labels: (n,) integer classes.

    Returns:
        (n, k).
    """
    raise NotImplementedError


# %% example="cross_entropy_grad"
g = cross_entropy_grad(torch.zeros(2, 4), torch.tensor([3, 0]))
expected = torch.tensor([[1.0, 1.0, 1.0, -3.0], [-3.0, 1.0, 1.0, 1.0]]) / 8
assert torch.allclose(g, expected), f"at equal logits expected {expected}, got {g}"
torch.manual_seed(3)
logits, labels = torch.randn(6, 3, requires_grad=True), torch.randint(3, (6,))
torch.nn.functional.cross_entropy(logits, labels).backward()
g = cross_entropy_grad(logits.detach(), labels)
assert torch.allclose(g, logits.grad, atol=1e-6), "differs from PyTorch's gradient"

# %% [markdown]
# A target need not be one-hot. It may be any distribution over the classes, such as
# $(0.1, 0.2, 0.7)$ when the people who labelled a picture disagreed, or when another model
# teaches this one. The formula stays as it is: $-\frac1n\sum_i\sum_j y_{ij}\log
# \operatorname{softmax}(u_i)_j$.

# %% [markdown] lang="zh" of="3150c7cf"
# 目标不一定是独热编码。它可以是类别上的任何分布，例如 $(0.1, 0.2, 0.7)$：给一张图片打标签的几个人
# 意见不一，或者由另一个模型来教这个模型，都是这种情形。公式还是原来那个：$-\frac1n\sum_i\sum_j
# y_{ij}\log
# \operatorname{softmax}(u_i)_j$。


# %% exercise="soft_cross_entropy"
def soft_cross_entropy(logits, targets):
    """The mean cross-entropy of logits and target distributions; stable.

    Args:
        logits: (n, k).
        targets: (n, k); each row sums to 1, and no entry is negative. Zeros are possible, also in
            all places of a row but one.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="soft_cross_entropy"
p = torch.tensor([[0.25, 0.75]])  # log p are logits of p: what is softmax(log p)?
loss = soft_cross_entropy(p.log(), torch.tensor([[0.5, 0.5]]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
expected = -(math.log(0.25) + math.log(0.75)) / 2
assert abs(loss - expected) < 1e-6, f"expected {expected:.4f}, got {loss:.4f}"
close = soft_cross_entropy(torch.tensor([[0.1, 0.2, 0.7]]).log(), torch.tensor([[0.0, 0.0, 1.0]]))
far = soft_cross_entropy(torch.tensor([[0.7, 0.2, 0.1]]).log(), torch.tensor([[0.0, 0.0, 1.0]]))
assert close < far, "a model that is closer to the target should have the smaller loss"

# %% [markdown]
# ## 7. The classifier at work
#
# To predict, take the class with the largest logit; softmax keeps the order, so it is not needed
# here. Accuracy is the share of the observations that are predicted right.

# %% [markdown] lang="zh" of="19b4a408"
# ## 7. 分类器上岗
#
# 预测时，取 logit 最大的类别；softmax 不改变大小次序，所以这里用不着它。准确率是预测正确的观测所
# 占的比例。


# %% exercise="accuracy"
def accuracy(logits, labels):
    """The share of rows whose largest logit stands at the label.

    Args:
        logits: (n, k), without ties for the largest entry of a row.
        labels: (n,) integer classes.

    Returns:
        a Python float between 0 and 1.
    """
    raise NotImplementedError


# %% example="accuracy"
logits = torch.tensor([[2.0, 1.0], [0.0, 3.0], [-1.0, -2.0], [5.0, 4.0]])
share = accuracy(logits, torch.tensor([0, 1, 1, 0]))
assert isinstance(share, float), f"a Python float, please, not {type(share).__name__}"
assert share == 0.75, f"three of four rows are right: 0.75, not {share}"

# %% [markdown]
# Now train softmax regression on three clouds of points with your own gradient: since
# $U = XW^\top$, $\partial L/\partial W = (\partial L/\partial U)^\top X$. Each point of the plane
# is painted in the mixture of the three colours that its softmax prescribes.

# %% [markdown] lang="zh" of="8dac79b1"
# 现在用你自己的梯度，在三团点上训练 softmax 回归：因为 $U = XW^\top$，所以
# $\partial L/\partial W = (\partial L/\partial U)^\top X$。平面上每一点的颜色，都由三种颜色按它的
# softmax 调配而成。

# %% demo=true
torch.manual_seed(4)
centres = torch.tensor([[0.0, 2.0], [-1.8, -1.0], [1.8, -1.0]])
labels = torch.randint(3, (300,))
points = centres[labels] + torch.randn(300, 2)
x = torch.cat([points, torch.ones(300, 1)], dim=1)  # a constant input serves as bias
w, losses = torch.zeros(3, 3), []
for _ in range(100):
    u = x @ w.T
    losses.append(cross_entropy(u, labels))
    w = w - cross_entropy_grad(u, labels).T @ x

side = torch.linspace(-5, 5, 200)
grid = torch.cartesian_prod(side, side).flip(1)
colours = torch.tensor([[0.85, 0.2, 0.2], [0.2, 0.6, 0.25], [0.2, 0.35, 0.85]])
plane = softmax(torch.cat([grid, torch.ones(len(grid), 1)], dim=1) @ w.T) @ colours
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2))
left.plot(losses)
left.axhline(math.log(3), linestyle=":", color="grey")
left.text(50, math.log(3) - 0.05, "log 3: guessing", color="grey")
left.set(xlabel="step", ylabel="mean cross-entropy", title="Gradient descent on W")
right.imshow(plane.reshape(200, 200, 3).numpy(), origin="lower", extent=(-5, 5, -5, 5), alpha=0.75)
right.scatter(*points.T, c=0.7 * colours[labels].numpy(), s=14, edgecolors="white", linewidths=0.5)
title = f"Softmax as colour; {accuracy(x @ w.T, labels):.0%} of the points are right"
right.set(xlabel="$x_1$", ylabel="$x_2$", title=title)
plt.show()

# %% [markdown]
# ## 8. Automatic differentiation, and a question about it
#
# PyTorch records what is done with a tensor that requires gradients, and walks back on `backward`.
# For $f(x, y) = x\log x + \sin(xy)$ at $(1, 2)$ you should see the value 0.9093 and the slopes
# 0.1677 and −0.4161.

# %% [markdown] lang="zh" of="c6283cfd"
# ## 8. 自动微分，以及关于它的一个问题
#
# 对需要梯度的张量，PyTorch 会记下用它做过的运算，调用 `backward` 时再沿原路走回去。对
# $f(x, y) = x\log x + \sin(xy)$，在 $(1, 2)$ 处你应当看到值 0.9093，斜率 0.1677 和 −0.4161。

# %% demo=true
x = torch.tensor([1.0], requires_grad=True)
y = torch.tensor([2.0], requires_grad=True)
f = x * torch.log(x) + torch.sin(x * y)
f.backward()
print(f"value {f.item():.4f}, slope in x {x.grad.item():.4f}, slope in y {y.grad.item():.4f}")
with torch.no_grad():
    print(
        f"by hand: {(x.log() + 1 + y * (x * y).cos()).item():.4f}, {(x * (x * y).cos()).item():.4f}"
    )

# %% [markdown]
# For a square matrix $X$ with a positive determinant let $f(X) = \log\det X$. What is
# $\partial f/\partial X$, the matrix with entries $\partial f/\partial X_{ij}$? Find the formula,
# and program the formula (PyTorch's gradient is there to check it).

# %% [markdown] lang="zh" of="f4e8817a"
# 设方阵 $X$ 的行列式为正，$f(X) = \log\det X$。$\partial f/\partial X$ 是什么？它是以
# $\partial f/\partial X_{ij}$ 为元素的矩阵。请找出公式，再把公式写成程序（PyTorch 的梯度可以用来
# 检验）。


# %% exercise="logdet_grad"
def logdet_grad(x):
    """The gradient of log det X with respect to X.

    Args:
        x: (p, p) with a positive determinant.

    Returns:
        (p, p).
    """
    raise NotImplementedError


# %% example="logdet_grad"
torch.manual_seed(123)
x = torch.randn(5, 5)
if x.det() < 0:
    x = -x
assert abs(x.logdet() - 1.1183) < 1e-4, "this is the lecture's matrix"
row = logdet_grad(x)[0]
expected = torch.tensor([0.7673, -0.2915, -0.4447, -1.1218, -0.3021])
assert torch.allclose(row, expected, atol=2e-4), f"the first row should be {expected}, not {row}"

# %% [markdown]
# ## 9. The autograd lab
#
# The rest of this course trusts `backward`. Five small experiments show what it does with the
# things that go wrong later: a formula where a factor is forgotten, gradients that nobody cleared,
# a part that shall not be differentiated, a function with several values, and one with a loop.
#
# **A rule for all five.** Your caller's tensors are your caller's: after the call, an argument has
# the graph, the `requires_grad` and the `grad` that it had before, whatever these were, and a
# second call gives the same. An argument may ask for gradients itself, and may have been computed
# from others. So what do you differentiate with respect to? To a *leaf* of your own: a copy that
# has left its graph. Of `clone`, `detach` and `requires_grad_`, which do you need, and what would
# happen without each?
#
# First the formula. For a vector $x$ and a matrix $A$ that need not be symmetric,
# $x^\top A x = \sum_{ij} x_i A_{ij} x_j$. Write it out for $n = 2$, differentiate by $x_1$, and see
# which row and which column of $A$ take part. Let PyTorch check your result; inside the function
# there is no automatic differentiation.

# %% [markdown] lang="zh" of="3fd32bb4"
# ## 9. autograd 实验室
#
# 本课程后面的内容都依靠 `backward`。这里有五个小实验，让你看清，在日后容易出错的地方，它究竟做了
# 什么：漏了因子的公式，忘了清零的梯度，不该求导的部分，有好几个值的函数，还有带循环的函数。
#
# **五个实验共同的规则**：调用者的张量归调用者所有。调用之后，传进来的张量，计算图、
# `requires_grad` 和 `grad` 都要和原来一样，不管原来是什么；再调用一次，结果也要相同。传进来的张量
# 可能自己就需要梯度，也可能是由别的张量算出来的。那么，应当对什么求导？对你自己的*叶子*：一份脱离
# 了原计算图的副本。`clone`、`detach` 和 `requires_grad_` 三者之中，你需要哪些？少了其中一个，会发
# 生什么？
#
# 先来推公式。对向量 $x$ 和不一定对称的矩阵 $A$，$x^\top A x = \sum_{ij} x_i A_{ij} x_j$。请把
# $n = 2$ 的情形全部展开，对 $x_1$ 求导，看看 $A$ 的哪一行、哪一列参与进来。可以用 PyTorch 检验你
# 的结果，但函数里面不许用自动微分。


# %% exercise="quadratic_grad"
def quadratic_grad(x, a):
    """The gradient of the number xᵀA x with respect to x.

    Forbidden: automatic differentiation.

    Args:
        x: (n,).
        a: (n, n), not necessarily symmetric.

    Returns:
        (n,).
    """
    raise NotImplementedError


# %% example="quadratic_grad"
g = quadratic_grad(torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 4.0], [0.0, 3.0]]))
assert g.shape == (2,), f"a slope for each entry of x: (2,), not {tuple(g.shape)}"
# x₁² + 4 x₁ x₂ + 3 x₂² has the slopes 2 x₁ + 4 x₂ and 4 x₁ + 6 x₂
assert torch.allclose(g, torch.tensor([10.0, 16.0])), f"by hand the slopes are 10 and 16, not {g}"
torch.manual_seed(9)
x, a = torch.randn(4, requires_grad=True), torch.randn(4, 4)
(x @ a @ x).backward()
assert torch.allclose(quadratic_grad(x.detach(), a), x.grad, atol=1e-5), "PyTorch differs"

# %% [markdown]
# `backward` does not *write* into `grad`. Find out what it does: compute the value anew and go
# backward, several times over, without clearing anything between, and return what the leaf then
# holds. (Every training loop that you will write begins a step by clearing. This is why.)

# %% [markdown] lang="zh" of="158d4ad8"
# `backward` 并不是把结果*写进* `grad`。请弄清楚它做的是什么：每次都重新算出函数值，再让它反向传
# 播，这样做几次，中间什么也不清零；最后返回留在叶子里的梯度。（以后你写的每个训练循环，每一步都要
# 先清零，原因就在这里。）


# %% exercise="accumulated_grad"
def accumulated_grad(f, x, times):
    """What the grad of a fresh leaf copy of x holds after several backward passes of f.

    Args:
        f: a function of a tensor of x's shape, whose value is a 0-d tensor.
        x: where the gradient is taken; a tensor of any shape.
        times: the number of passes, at least 1; nothing is cleared between them.

    Returns:
        a tensor of x's shape.
    """
    raise NotImplementedError


# %% example="accumulated_grad"
x = torch.tensor([1.0, 2.0, 3.0])
once = accumulated_grad(lambda t: (t**2).sum(), x, 1)
assert torch.equal(once, 2 * x), f"one pass leaves the gradient of Σ x², which is 2x: got {once}"
again = accumulated_grad(lambda t: (t**2).sum(), x, 1)
assert torch.equal(again, once), "a second call gives something else: was anything left over?"
assert not x.requires_grad and x.grad is None, "your caller's x has changed"
three = accumulated_grad(lambda t: (t**2).sum(), x, 3)
assert three.shape == (3,), f"the gradient has the shape of x, not {tuple(three.shape)}"
print(f"after one pass {once.tolist()}, after three {three.tolist()}")

# %% [markdown]
# What the graph does not know, it cannot differentiate. Let $u = x^2$, entry by entry, be computed
# from $x$ and then *cut off*: from there on $u$ is a number like any other. What is the gradient
# of $\sum_i u_i x_i$ with respect to $x$? At 0, 1, 2, 3 it would be 0, 3, 12, 27 if nothing were
# cut; on paper, what is it now? (A target that is computed by the network itself, a generator's
# picture that only the discriminator shall learn from: later lectures cut like this.)

# %% [markdown] lang="zh" of="0076c24a"
# 计算图里没有记下的东西，没法求导。由 $x$ 逐元素算出 $u = x^2$，然后把它*切断*：从此以后，$u$ 就
# 只是普通的数。$\sum_i u_i x_i$ 对 $x$ 的梯度是什么？如果什么都没切断，在 0, 1, 2, 3 处它是 0, 3,
# 12, 27；请在纸上算一算，现在是多少？（后面几讲也会这样切断：例如网络自己算出来的目标值，又如只用
# 来训练判别器的生成图片。）


# %% exercise="detached_product_grad"
def detached_product_grad(x):
    """The gradient of Σ u x with respect to x, where u = x² is cut from the graph.

    Args:
        x: a tensor of any shape.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="detached_product_grad"
g = detached_product_grad(torch.tensor([0.0, 1.0]))
assert torch.equal(g, torch.tensor([0.0, 1.0])), f"at 0 and 1 the slopes are 0 and 1, not {g}"
g = detached_product_grad(torch.tensor([[2.0, 3.0]]))
assert g.shape == (1, 2), f"the gradient has the shape of x, not {tuple(g.shape)}"
assert not torch.equal(g, torch.tensor([[12.0, 27.0]])), "that is 3x²: u has not been cut off"

# %% [markdown]
# `backward` begins at *one* number. A function $f:\mathbb R^n\to\mathbb R^m$ has $m$ of them, and
# its Jacobian $J_{ij} = \partial f_i/\partial x_j$ a row for each. Build it with one backward pass
# for each row. Two things can spoil a row: the graph is thrown away after a pass unless you ask it
# to stay, and the row before may still lie where the next one arrives.

# %% [markdown] lang="zh" of="07a7d8d0"
# `backward` 从*一个*数开始。而函数 $f:\mathbb R^n\to\mathbb R^m$ 给出 $m$ 个数，它的 Jacobian 矩
# 阵 $J_{ij} = \partial f_i/\partial x_j$ 每个数占一行。请用一次反向传播得到一行，一行一行地拼出整
# 个矩阵。有两件事会让一行出错：反向传播一次，计算图就释放了，除非你要求保留；而下一行到来时，上一
# 行可能还留在原处。


# %% exercise="jacobian_rows"
def jacobian_rows(f, x):
    """The Jacobian of f at x, by a backward pass for each output.

    Forbidden: what returns whole Jacobians: torch.autograd.functional, torch.func, torch.vmap.

    Args:
        f: a function from (n,) to (m,), each of whose outputs depends on its input.
        x: (n,).

    Returns:
        (m, n).
    """
    raise NotImplementedError


# %% example="jacobian_rows"
j = jacobian_rows(lambda t: torch.stack([t[0] * t[1], t.sum()]), torch.tensor([2.0, 5.0, 7.0]))
assert j.shape == (2, 3), f"two outputs and three inputs: (2, 3), not {tuple(j.shape)}"
expected = torch.tensor([[5.0, 2.0, 0.0], [1.0, 1.0, 1.0]])
assert torch.equal(j, expected), f"expected {expected}, got {j}"
w = torch.tensor([[1.0, -2.0], [0.0, 3.0], [4.0, 1.0]])
assert torch.equal(jacobian_rows(lambda t: w @ t, torch.ones(2)), w), "of W x it is W itself"

# %% [markdown]
# A graph is recorded while the program runs, so loops and branches may depend on the data. Take
# $b = 2a$, double it as long as $|b| < 1000$, and return $b$ if it is positive and $100\,b$ if not.
# No formula of $f$ is in sight, and yet its slope at any $a \ne 0$ (but for the points where $f$
# jumps) can be had from two numbers without differentiating anything: which? (Think of what $f$
# does to all the numbers near $a$.) Program $f$, let PyTorch find the slope, and check your idea.

# %% [markdown] lang="zh" of="ba396ff0"
# 计算图是在程序运行时记录的，所以循环和分支都可以由数据决定。取 $b = 2a$，只要 $|b| < 1000$ 就再
# 加倍，如此反复；最后，$b$ 为正就返回它，否则返回 $100\,b$。这里没有 $f$ 的公式可看，可是在任何
# $a \ne 0$ 处（$f$ 跳变的点除外），不求导也能由两个数得到它的斜率：是哪两个数？（想一想 $f$ 对
# $a$ 附近的数都做了什么。）请写出 $f$，让 PyTorch 求出斜率，再检验你的想法。


# %% exercise="control_flow_grad"
def control_flow_grad(a):
    """Value and slope of f at a: b = 2a, doubled while |b| < 1000; b if b > 0, else 100 b.

    Args:
        a: a 0-d tensor, not 0.

    Returns:
        (f(a), f'(a)), two 0-d tensors.
    """
    raise NotImplementedError


# %% example="control_flow_grad"
value, slope = control_flow_grad(torch.tensor(300.0))
assert value.shape == slope.shape == (), "value and slope are 0-d tensors"
assert (value, slope) == (1200, 4), f"300 is doubled twice: 1200 and 4, not {value} and {slope}"
value, slope = control_flow_grad(torch.tensor(-600.0))
assert (value, slope) == (-120000, 200), f"expected −120000 and 200, not {value} and {slope}"

# %% [markdown]
# Now look at both. Left, $f$ and its slope: a saw of straight pieces, whose slope doubles from
# tooth to tooth as $a$ comes closer to 0. Right, your Jacobian of *your* softmax: where one
# class is sure, nothing moves; where classes compete, what one gains the others lose, so that each
# row and each column sums to 0.

# %% [markdown] lang="zh" of="b462f092"
# 现在把这两样都画出来看看。左边是 $f$ 和它的斜率：一段段直线连成的锯齿，$a$ 每向 0 靠近一齿，斜率
# 就加倍。右边是*你的* softmax 的 Jacobian 矩阵：某个类别十拿九稳时，什么都不动；几个类别相争时，
# 一个得到的，正是别的失去的，所以每行、每列的和都是 0。

# %% demo=true
a = torch.logspace(-1, 3, 400)
values, slopes = zip(*(control_flow_grad(point) for point in a), strict=True)
figure = plt.figure(figsize=(11, 3.8), layout="constrained")
left, right = figure.subfigures(1, 2, width_ratios=[1, 1.5])
top, bottom = left.subplots(2, 1, sharex=True)
top.loglog(a, [v.item() for v in values])
top.set(ylabel="$f(a)$", title="A function with a loop")
bottom.loglog(a, [s.item() for s in slopes], color="C1")
bottom.set(xlabel="$a$", ylabel="$f'(a)$")
logits = {"sure": [6.0, 0.0, 0.0], "two compete": [3.0, 3.0, 0.0], "all alike": [0.0, 0.0, 0.0]}
panels = right.subplots(1, len(logits), sharey=True)
for axes, (title, u) in zip(panels, logits.items(), strict=True):
    j = jacobian_rows(lambda t: softmax(t[None])[0], torch.tensor(u))
    axes.imshow(j.numpy(), cmap="RdBu_r", vmin=-0.5, vmax=0.5)
    for (row, column), entry in np.ndenumerate(j.numpy().round(2) + 0.0):
        axes.text(column, row, f"{entry:.2f}".replace("-", "−"), ha="center", va="center")
    axes.set(title=title, xticks=range(3), yticks=range(3), xlabel="logit $u_j$")
panels[0].set_ylabel("probability $p_i$")
right.suptitle("The Jacobian of softmax")
plt.show()

# %% [markdown] written="logistic_by_hand"
# ## 10. In your own words: the logistic loss
#
# Start from $\log p(y;\rho) = y\log\rho + (1-y)\log(1-\rho)$ and derive the loss of
# `loss_fn_logistic` in terms of $u = x^\top\beta$ alone. Then compare your function with `BCELoss`:
# for which logits do the two agree in float32, what happens beyond, and why does it matter for
# training, and not only for the number that is printed?

# %% [markdown] lang="zh" of="327b8073"
# ## 10. 用自己的话说：Logistic 损失
#
# 从 $\log p(y;\rho) = y\log\rho + (1-y)\log(1-\rho)$ 出发，推导 `loss_fn_logistic` 的损失，只用
# $u = x^\top\beta$ 表示。然后把你的函数与 `BCELoss` 比较：在 float32 里，logits 取哪些值时两者一
# 致？超出这个范围会怎样？为什么受影响的不仅是打印出来的那个数，还有训练？

# %% [markdown] written="logdet_by_hand"
# ## 11. In your own words: the determinant
#
# Explain why $\partial\log\det X/\partial X$ is what you programmed. (Expanding $\det X$ along row
# $i$ shows how it depends on $X_{ij}$.) Why does your formula not ask for the sign of the
# determinant, although $f$ itself is undefined when that is negative?

# %% [markdown] lang="zh" of="4a04878d"
# ## 11. 用自己的话说：行列式
#
# 请说明为什么 $\partial\log\det X/\partial X$ 就是你写的那个公式。（把 $\det X$ 按第 $i$ 行展开，
# 就能看出它怎样依赖于 $X_{ij}$。）行列式为负时 $f$ 本身没有定义，为什么你写出的梯度公式却不看行列
# 式的符号？

# %% [markdown]
# ## What you can do now
#
# - Write softmax, log-softmax and cross-entropy that survive logits of 10,000, and say why the
#   naive ones do not.
# - Write the gradient of the cross-entropy from memory, and train a classifier with it.
# - Take gradients on purpose: accumulated or cleared, cut off or not, one row of a Jacobian after
#   the other.
#
# Next, lecture 4: a layer in between.

# %% [markdown] lang="zh" of="118768cc"
# ## 现在你会了
#
# - 写出 softmax、log-softmax 和交叉熵，logits 大到 10,000 也不出错，并说出照公式直接写为什么不
#   行。
# - 凭记忆写出交叉熵的梯度，并用它训练分类器。
# - 求梯度时心中有数：累加还是清零，切断还是不切断，或者一行一行地求 Jacobian 矩阵。
#
# 下一步，第 4 讲：在中间加一层。
