# %% [markdown]
# # Lecture 2: Where losses come from
#
# A loss says how bad an answer is. Most losses of machine learning are not invented but derived:
# say how the data came about, write down the density, and take the negative logarithm. In this
# notebook you derive the losses of linear models that way, see what they have to do with the
# divergence between two distributions, and meet two losses that come from elsewhere.
#
# **Afterwards you can** derive a loss from what you believe about the data; write it so that it
# stays finite; say what maximum likelihood has to do with divergence; choose a loss for outliers,
# for margins, for quantiles.
#
# **Time** about 3 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [linear regression and the normal
# distribution](https://d2l.ai/chapter_linear-regression/linear-regression.html) and on
# [cross-entropy](https://d2l.ai/chapter_linear-classification/softmax-regression.html); the chapter
# on [probability and information](https://www.deeplearningbook.org/contents/prob.html) of the Deep
# Learning book; [CS231n on linear classifiers](https://cs231n.github.io/linear-classify/), for the
# hinge loss.
#
# **Conventions.** Rows are observations: $X$ is $(n, p)$, $\beta$ is $(p,)$, $y$ is $(n,)$. Every
# loss is a **mean** over the observations and a 0-d tensor; logarithms are natural. A scale such
# as $\sigma^2$, $b$ or $\tau$ is a Python float. A result has the dtype and the device of the
# input tensors, which are never changed in place.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it.

# %% [markdown] lang="zh" of="79cb9b28"
# # 第 2 讲：损失从哪里来
#
# 损失衡量一个答案有多差。机器学习的损失大多不是凭空想出来的，而是推导出来的：先说清数据是怎样产生
# 的，写出密度，再取负对数。在这份笔记本里，你将这样推导线性模型的各种损失，看看它们与两个分布之间
# 的散度有什么关系，还会认识两个另有来历的损失。
#
# **学完之后，你能够**从你对数据的假设出发推导出损失；把它写成始终有限的形式；说出极大似然与散度有
# 什么关系；针对异常值、间隔、分位数选择合适的损失。
#
# **用时**约 3 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》中[线性回归与正态分
# 布](https://d2l.ai/chapter_linear-regression/linear-regression.html)和[交叉
# 熵](https://d2l.ai/chapter_linear-classification/softmax-regression.html)两节；Deep Learning 一
# 书中[概率与信息论](https://www.deeplearningbook.org/contents/prob.html)那一章；关于合页损失，可
# 以看 [CS231n 的线性分类讲义](https://cs231n.github.io/linear-classify/)。
#
# **约定**：一行是一个观测，$X$ 是 $(n, p)$，$\beta$ 是 $(p,)$，$y$ 是 $(n,)$。每个损失都是对观测
# 取的**均值**，是 0 维张量；对数是自然对数。$\sigma^2$、$b$、$\tau$ 这样的尺度是 Python 浮点数。
# 结果的 dtype 和设备与输入的张量相同；不得原地修改输入。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。

# %%
import math

import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Least squares
#
# The model is $Y = x^\top\beta + \varepsilon$, the loss
#
# $$L(\beta) = \frac1n\sum_{i=1}^n (y_i - x_i^\top\beta)^2 .$$
#
# (Some books put a ½ in front. It changes no minimum; this course leaves it out.)

# %% [markdown] lang="zh" of="5d29bdeb"
# ## 1. 最小二乘
#
# 模型是 $Y = x^\top\beta + \varepsilon$，损失是
#
# $$L(\beta) = \frac1n\sum_{i=1}^n (y_i - x_i^\top\beta)^2 .$$
#
# （有的书在前面加上 ½。这不会改变最小值点；本课程不加。）


# %% exercise="ols_loss"
def ols_loss(beta, x, y):
    """The mean squared residual of y against x @ beta.

    Args:
        beta: (p,) coefficients.
        x: (n, p) inputs, a row for each observation.
        y: (n,) targets.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="ols_loss"
loss = ols_loss(torch.tensor([1.0, 2.0]), torch.eye(2), torch.tensor([0.0, 5.0]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, torch.tensor(5.0)), f"(1² + 3²) / 2 is 5, not {loss}"

# %% [markdown]
# Set the gradient of $L$ to zero, and the best $\beta$ is the solution of a linear system, the
# normal equations. The columns of $X$ are linearly independent here. Solve the system: forming an
# inverse is slower and less accurate.

# %% [markdown] lang="zh" of="9b6e638a"
# 令 $L$ 的梯度为零，得到一个线性方程组，叫作正规方程；它的解就是最好的 $\beta$。这里 $X$ 的各列线
# 性无关。请直接解方程组：先求逆矩阵，既慢，又不够准确。


# %% exercise="normal_equations"
def normal_equations(x, y):
    """The coefficients with the smallest mean squared residual.

    Args:
        x: (n, p), float64, with linearly independent columns.
        y: (n,), float64.

    Returns:
        beta: (p,).
    """
    raise NotImplementedError


# %% example="normal_equations"
torch.manual_seed(0)
x, y = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, dtype=torch.float64)
beta = normal_equations(x, y)
assert beta.shape == (3,), f"one coefficient per column makes (3,), not {tuple(beta.shape)}"
for nudge in 1e-5 * torch.cat([torch.eye(3), -torch.eye(3)]).double():
    better = ols_loss(beta + nudge, x, y) < ols_loss(beta, x, y)
    assert not better, f"this is no minimum: {beta + nudge} has a smaller loss than {beta}"

# %% [markdown]
# ## 2. The same from a likelihood
#
# When is least squares a good idea? Suppose the errors are normal:
# $Y\mid x\sim N(x^\top\beta,\sigma^2)$, where the second parameter is the **variance**. The
# density of one observation is
#
# $$p(y\mid x) = \frac1{\sqrt{2\pi\sigma^2}}\,e^{-(y - x^\top\beta)^2/(2\sigma^2)}.$$
#
# Take its logarithm on paper, and give the negative mean of that, with the constant. As a function
# of $\beta$ it is least squares, shifted and scaled. As a function of $\sigma^2$ it is something
# new, and there the constant matters.

# %% [markdown] lang="zh" of="6fccc3cf"
# ## 2. 从似然得到同样的结果
#
# 最小二乘什么时候是好办法？假设误差服从正态分布：$Y\mid x\sim N(x^\top\beta,\sigma^2)$，其中第二
# 个参数是**方差**。一个观测的密度是
#
# $$p(y\mid x) = \frac1{\sqrt{2\pi\sigma^2}}\,e^{-(y - x^\top\beta)^2/(2\sigma^2)}.$$
#
# 在纸上对它取对数，再取均值的相反数，常数项要保留。看作 $\beta$ 的函数，它就是最小二乘的损失，只
# 是经过了平移和缩放。看作 $\sigma^2$ 的函数，它却是新的损失，常数项这时就要紧了。


# %% exercise="gaussian_nll"
def gaussian_nll(beta, sigma2, x, y):
    """The mean negative log-likelihood of linear regression with normal errors.

    Args:
        beta: (p,) coefficients.
        sigma2: the variance of the errors, a positive float.
        x: (n, p) inputs.
        y: (n,) targets.

    Returns:
        a 0-d tensor, the constant included.
    """
    raise NotImplementedError


# %% example="gaussian_nll"
one, design = torch.ones(1), torch.ones(1, 1)
for value, printed in [(1.0, -1.4682), (2.0, -1.6349), (3.0, -2.1349)]:
    loss = gaussian_nll(one, 3.0, design, torch.tensor([value]))
    assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
    assert abs(-loss - printed) < 1e-4, f"N(1, 3) has log density {printed} at {value}, not {-loss}"

# %% [markdown]
# Now the exercise of the lecture: let the errors have the Laplace density
# $p(r; b) = \frac1{2b}e^{-|r|/b}$ instead. Which loss does the same recipe lead to?

# %% [markdown] lang="zh" of="3676f3a3"
# 现在做讲义里的练习：假设误差服从拉普拉斯分布，密度是 $p(r; b) = \frac1{2b}e^{-|r|/b}$。用同样的
# 办法，会得到什么损失？


# %% exercise="laplace_nll"
def laplace_nll(beta, b, x, y):
    """The mean negative log-likelihood of linear regression with Laplace errors.

    Args:
        beta: (p,) coefficients.
        b: the scale of the errors, a positive float.
        x: (n, p) inputs.
        y: (n,) targets.

    Returns:
        a 0-d tensor, the constant included.
    """
    raise NotImplementedError


# %% example="laplace_nll"
loss = laplace_nll(torch.tensor([1.0]), 2.0, torch.tensor([[1.0], [2.0]]), torch.tensor([4.0, 1.0]))
expected = math.log(4) + (3 + 1) / 2 / 2
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss - expected) < 1e-6, f"residuals 3 and −1, b = 2: {expected:.4f}, not {loss:.4f}"

# %% demo=true
residual = torch.linspace(-4, 4, 321)
zero, no_input = torch.zeros(1), torch.zeros(1, 1)
normal = torch.stack([gaussian_nll(zero, 1.0, no_input, r.reshape(1)) for r in residual])
laplace = torch.stack([laplace_nll(zero, 1.0, no_input, r.reshape(1)) for r in residual])
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
for loss, name in [(normal, "normal"), (laplace, "Laplace")]:
    left.plot(residual, torch.exp(-loss), label=name)
    right.plot(residual, loss, label=name)
left.set(xlabel="error r", ylabel="density p(r)", title="What you believe about the errors …")
right.set(xlabel="residual r", ylabel="−log p(r)", title="… is the loss that you minimise")
left.legend()
right.legend()
plt.show()

# %% [markdown]
# Under the standard normal density an error of 4 is all but impossible, so its loss is large, and
# one such observation pulls hard. The Laplace density has heavier tails. Below, five points of a
# line were recorded wrongly. Your two losses are minimised by following their gradients.

# %% [markdown] lang="zh" of="c393c1fc"
# 在标准正态分布下，几乎不会出现 4 这么大的误差，所以它的损失很大，只要有一个这样的观测，就会把直
# 线用力拉过去。拉普拉斯分布的尾部更重。下图的点本来都在一条直线附近，其中五个记错了。你的两个损失
# 各自沿着梯度降到了最小。

# %% demo=true
torch.manual_seed(7)
x = torch.stack([torch.ones(40), torch.linspace(-2, 2, 40)], dim=1)
y = x @ torch.tensor([1.0, 1.5]) + 0.4 * torch.randn(40)
y[34:39] -= 6


def fitted(loss):
    """The coefficients that minimise a loss, found by Adam."""
    beta = torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.Adam([beta], lr=0.05)
    for _ in range(500):
        optimizer.zero_grad()
        loss(beta).backward()
        optimizer.step()
    return beta.detach()


figure, axes = plt.subplots(figsize=(7, 4))
axes.scatter(x[:, 1], y, s=16, color="grey", label="data")
axes.plot(x[:, 1], x @ torch.tensor([1.0, 1.5]), "k:", label="the truth")
for name, beta in [
    ("normal errors: least squares", fitted(lambda beta: gaussian_nll(beta, 1.0, x, y))),
    ("Laplace errors", fitted(lambda beta: laplace_nll(beta, 1.0, x, y))),
]:
    axes.plot(x[:, 1], x @ beta, label=name)
axes.set(xlabel="input", ylabel="y", title="Five wrong records, two beliefs about errors")
axes.legend()
plt.show()

# %% [markdown]
# ## 3. Two classes
#
# For a label $y\in\{0, 1\}$ take $Y\mid x\sim\text{Bernoulli}(p)$ with
# $p = e^u/(1+e^u)$, $u = x^\top\beta$. One observation has the log-density
# $y\log p + (1-y)\log(1-p)$. Put $p$ in and **simplify as far as you can**: fewer operations, and
# no logarithm of a probability that has been rounded to 0 or 1. The result must be stable, that
# is, finite and right for any $u$ between $-10^4$ and $10^4$ in float32.

# %% [markdown] lang="zh" of="4ad2d2a0"
# ## 3. 两个类别
#
# 对标签 $y\in\{0, 1\}$，设 $Y\mid x\sim\text{Bernoulli}(p)$，其中 $p = e^u/(1+e^u)$，
# $u = x^\top\beta$。一个观测的对数密度是 $y\log p + (1-y)\log(1-p)$。把 $p$ 代进去，并**尽可能化
# 简**：运算越少越好，而且不要对已经舍入成 0 或 1 的概率取对数。结果必须稳定，也就是说，在 float32
# 下，$u$ 取 $-10^4$ 到 $10^4$ 之间的任何值，结果都有限并且正确。


# %% exercise="logistic_nll"
def logistic_nll(beta, x, y):
    """The mean negative log-likelihood of logistic regression; stable.

    Args:
        beta: (p,) coefficients.
        x: (n, p) inputs.
        y: (n,) zeros and ones, in x's dtype.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="logistic_nll"
loss = logistic_nll(torch.zeros(2), torch.ones(3, 2), torch.tensor([0.0, 1.0, 1.0]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss - math.log(2)) < 1e-6, f"a coin toss costs log 2 = 0.6931, not {loss:.4f}"
u = torch.tensor([[math.log(3.0)], [-math.log(3.0)]])  # probabilities ¾ and ¼
loss = logistic_nll(torch.ones(1), u, torch.tensor([1.0, 1.0]))
expected = -(math.log(0.75) + math.log(0.25)) / 2
assert abs(loss - expected) < 1e-6, f"expected {expected:.4f}, got {loss:.4f}"
loss = logistic_nll(torch.ones(1), torch.tensor([[1e4], [-300.0]]), torch.tensor([0.0, 0.0]))
assert abs(loss - 5000) < 1, f"a logit of 10,000 for the wrong class: 5000, not {loss}"

# %% [markdown]
# ## 4. Surprise, entropy and cross-entropy
#
# Someone who gave an event the probability $q$ is surprised by $-\log q$ when it happens. With
# natural logarithms the unit is called *nat*. (One page of the notes puts $-\log 0.1 = 1$; that is
# the logarithm to base 10. In nats it is 2.3026.)
#
# Average the surprise over the events that really happen, with probabilities $p$:
#
# $$H(p, q) = -\sum_j p_j\log q_j, \qquad H[p] = H(p, p) = -\sum_j p_j\log p_j .$$
#
# An event that never happens, $p_j = 0$, adds nothing: we agree that $0\cdot\log 0 = 0$, where
# floating point says `nan`. An event that happens although $q$ excluded it makes $H(p, q)$
# infinite. The events come from the **first** argument.

# %% [markdown] lang="zh" of="54586063"
# ## 4. 惊讶度、熵与交叉熵
#
# 有人认为某个事件的概率是 $q$；事件发生时，他的惊讶度是 $-\log q$。用自然对数时，单位叫作 *nat*。
# （讲义有一页写着 $-\log 0.1 = 1$，那是以 10 为底的对数。用 nat 作单位，它是 2.3026。）
#
# 事件真正发生的概率是 $p$；用它给惊讶度加权平均，就得到
#
# $$H(p, q) = -\sum_j p_j\log q_j, \qquad H[p] = H(p, p) = -\sum_j p_j\log p_j .$$
#
# 从不发生的事件（$p_j = 0$）在求和里没有贡献：我们约定 $0\cdot\log 0 = 0$，而浮点运算在这里会给出
# `nan`。如果 $q$ 认为不可能的事件发生了，$H(p, q)$ 就是无穷大。事件按**第一个**参数的概率发生。


# %% exercise="entropy"
def entropy(p):
    """The entropy of a distribution, in nats.

    Args:
        p: (k,) probabilities that sum to 1; some may be 0.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="entropy"
h = entropy(torch.full((6,), 1 / 6))
assert h.shape == (), f"the entropy is a 0-d tensor, not one of shape {tuple(h.shape)}"
assert abs(h - 1.7918) < 1e-4, f"a fair die has entropy log 6 = 1.7918, not {h:.4f}"
h = entropy(torch.tensor([0.0, 1.0]))
assert h == 0, f"what is certain surprises nobody: 0, not {h}"


# %% exercise="cross_entropy"
def cross_entropy(p, q):
    """The cross-entropy H(p, q), in nats.

    Args:
        p: (k,) probabilities of what happens; some may be 0.
        q: (k,) probabilities that were believed in; some may be 0.

    Returns:
        a 0-d tensor; inf where some p > 0 = q.
    """
    raise NotImplementedError


# %% example="cross_entropy"
fair, loaded = torch.full((6,), 1 / 6), torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])
h = cross_entropy(fair, loaded)
assert h.shape == (), f"the cross-entropy is a 0-d tensor, not one of shape {tuple(h.shape)}"
assert abs(h - 2.0343) < 1e-4, f"a fair die believed to be loaded: 2.0343, not {h:.4f}"
always_six = torch.tensor([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
h = cross_entropy(always_six, loaded)
assert abs(h - 0.693) < 1e-3, f"the surprise of one half is log 2 = 0.693, not {h:.4f}"
h = cross_entropy(fair, always_six)
assert h == math.inf, f"a one was excluded and happens: inf, not {h}"

# %% [markdown]
# ## 5. The Kullback–Leibler divergence
#
# $$\mathrm{KL}(q\,\|\,p) = \sum_j q_j\log\frac{q_j}{p_j}$$
#
# is what the wrong belief $p$ costs more than the right one $q$: it equals $H(q, p) - H[q]$, is
# never negative, and 0 only for $q = p$. Zeros are treated as above. Mind the letters: here the
# first argument is called $q$, as in the lecture, and in the cross-entropy it is $p$. What counts
# is the place: the first argument weighs.

# %% [markdown] lang="zh" of="fafa607b"
# ## 5. Kullback–Leibler 散度
#
# $$\mathrm{KL}(q\,\|\,p) = \sum_j q_j\log\frac{q_j}{p_j}$$
#
# 是把正确的分布 $q$ 误认为 $p$ 时多付出的代价：它等于 $H(q, p) - H[q]$，从不为负，只有 $q = p$
# 时才是 0。遇到零，处理办法同上。注意字母：这里沿用讲义的写法，第一个参数叫 $q$，而交叉熵的第一个
# 参数叫 $p$。要看的是位置：作权重的是第一个参数。


# %% exercise="kl_divergence"
def kl_divergence(q, p):
    """The divergence KL(q‖p) of two distributions, in nats.

    Args:
        q: (k,) probabilities, the weights of the sum; some may be 0.
        p: (k,) probabilities; some may be 0.

    Returns:
        a 0-d tensor; inf where some q > 0 = p.
    """
    raise NotImplementedError


# %% example="kl_divergence"
q, p = torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])
kl = kl_divergence(q, p)
assert kl.shape == (), f"the divergence is a 0-d tensor, not one of shape {tuple(kl.shape)}"
assert abs(kl - math.log(4 / 3) / 2) < 1e-6, f"½ log 2 + ½ log ⅔ is 0.1438, not {kl:.4f}"
assert abs(kl_divergence(p, p)) < 1e-7, "a distribution diverges from itself by 0"
kl = kl_divergence(torch.tensor([0.0, 1.0]), q)
assert abs(kl - math.log(2)) < 1e-6, f"0 · log 0 counts as 0, so this is log 2, not {kl}"
kl = kl_divergence(q, torch.tensor([0.0, 1.0]))
assert kl == math.inf, f"p excludes what q allows: inf, not {kl}"

# %% [markdown]
# Now let $q = p^*$ be the distribution of the data and $p = p_\theta$ the model. In
# $\mathrm{KL}(p^*\|p_\theta) = H(p^*, p_\theta) - H[p^*]$ the entropy does not depend on
# $\theta$. (So training cannot make it smaller, and need not, whatever one of the notes says.)
# What remains, $-E_{p^*}\log p_\theta$, is the mean negative log-likelihood of many observations.
# **Maximum likelihood looks for the model with the smallest divergence from the data.**

# %% [markdown] lang="zh" of="fbdfaaf0"
# 现在令 $q = p^*$ 为数据的分布，$p = p_\theta$ 为模型。在
# $\mathrm{KL}(p^*\|p_\theta) = H(p^*, p_\theta) - H[p^*]$ 中，熵与 $\theta$ 无关。（所以，不管讲
# 义里有一处怎么说，训练没法让熵变小，也用不着让它变小。）剩下的 $-E_{p^*}\log p_\theta$，就是大量
# 观测的平均负对数似然。**极大似然要找的，就是与数据的散度最小的模型**。

# %% demo=true
theta = torch.linspace(0.01, 0.7, 300)
models = [torch.cat([(1 - t) / 5 * torch.ones(5), t.reshape(1)]) for t in theta]
truth = torch.full((6,), 1 / 6)
torch.manual_seed(1)
rolls = torch.randint(6, (2000,))
observed = torch.stack([-m[rolls].log().mean() for m in models])
figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(theta, [cross_entropy(truth, m) for m in models], label="cross-entropy $H(p^*, p_θ)$")
axes.plot(theta, observed, ":", label="mean −log-likelihood of 2000 rolls", color="black")
axes.plot(theta, [kl_divergence(truth, m) for m in models], label="divergence KL$(p^*‖p_θ)$")
axes.axhline(entropy(truth), color="grey", linewidth=0.8)
axes.text(0.45, entropy(truth) - 0.2, "entropy $H[p^*]$ of the fair die", color="grey")
axes.axvline(1 / 6, color="grey", linewidth=0.8, linestyle="--")
axes.set(xlabel="θ: the model's probability of a six", ylabel="nats", ylim=(-0.05, 3))
axes.set(title="Likelihood and divergence agree on the best model")
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# For densities the sum becomes an integral. For two normals it can be solved: give
# $\mathrm{KL}\big(N(\mu_q,\sigma_q^2)\,\|\,N(\mu_p,\sigma_p^2)\big)$. Variances are given, not
# standard deviations. If you do not know where to begin, write
# $\mathrm{KL} = E_q\log q(Z) - E_q\log p(Z)$ and use $E_q(Z-\mu_p)^2 = \sigma_q^2 +
# (\mu_q-\mu_p)^2$.

# %% [markdown] lang="zh" of="289807a5"
# 换成密度，求和就变成积分。两个都是正态分布时，这个积分算得出来：请求出
# $\mathrm{KL}\big(N(\mu_q,\sigma_q^2)\,\|\,N(\mu_p,\sigma_p^2)\big)$。给出的是方差，不是标准差。
# 如果不知道从哪里入手，可以写成 $\mathrm{KL} = E_q\log q(Z) - E_q\log p(Z)$，再利用
# $E_q(Z-\mu_p)^2 = \sigma_q^2 + (\mu_q-\mu_p)^2$。


# %% exercise="gaussian_kl"
def gaussian_kl(mu_q, var_q, mu_p, var_p):
    """The divergence KL(q‖p) of univariate normals, entry by entry.

    Args:
        mu_q, var_q: means and variances of q, tensors of one shape.
        mu_p, var_p: means and variances of p, of the same shape.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="gaussian_kl"
zero, one, two = torch.zeros(1), torch.ones(1), 2 * torch.ones(1)
kl = gaussian_kl(two, one, zero, one)
assert kl.shape == (1,), f"elementwise: the shape is (1,), not {tuple(kl.shape)}"
assert torch.allclose(kl, two), f"means 2 apart, variances 1: the divergence is 2, not {kl}"
assert torch.allclose(gaussian_kl(two, two, two, two), zero), "equal normals: 0"
grid = torch.linspace(-12, 12, 2001, dtype=torch.float64)
cells = [torch.exp(-((grid - m) ** 2) / (2 * v)) for m, v in [(0.5, 0.6), (-1.0, 2.5)]]
by_sum = kl_divergence(cells[0] / cells[0].sum(), cells[1] / cells[1].sum())
kl = gaussian_kl(*(torch.tensor(v, dtype=torch.float64) for v in (0.5, 0.6, -1.0, 2.5)))
assert abs(kl - by_sum) < 1e-6, f"a fine sum gives {by_sum:.6f}, your formula {kl:.6f}"

# %% [markdown]
# The divergence is not symmetric, and the difference can be seen. Let $p$ have two bumps, and
# look for the single normal $q$ that is closest, once by each divergence.

# %% [markdown] lang="zh" of="d2d7380e"
# 散度不对称，画出来就看得见。设 $p$ 有两个峰，用单个正态分布 $q$ 去接近它；两个方向的散度，各找出
# 一个最接近的。

# %% demo=true
grid = torch.linspace(-6, 6, 121, dtype=torch.float64)


def on_grid(mean, deviation):
    """A normal distribution on the grid's cells."""
    weights = torch.exp(-((grid - mean) ** 2) / (2 * deviation**2)) + 1e-30
    return weights / weights.sum()


target = 0.6 * on_grid(-2.0, 0.7) + 0.4 * on_grid(2.5, 0.8)
candidates = [on_grid(m / 4, s / 5) for m in range(-12, 13) for s in range(2, 20)]
covering = min(candidates, key=lambda q: kl_divergence(target, q).item())
seeking = min(candidates, key=lambda q: kl_divergence(q, target).item())
figure, axes = plt.subplots(figsize=(7, 3.8))
axes.fill_between(grid, target, color="lightgrey", label="p, with two bumps")
axes.plot(grid, covering, label="smallest KL(p‖q): q may not exclude what p allows")
axes.plot(grid, seeking, label="smallest KL(q‖p): q may not allow what p excludes")
axes.set(xlabel="z", ylabel="probability of a cell", title="Two ways of being close")
axes.set_ylim(0, 1.5 * float(seeking.max()))
axes.legend(loc="upper right")
plt.show()

# %% [markdown]
# ## 6. Two losses from elsewhere
#
# A support vector machine takes labels $y\in\{-1, +1\}$ and scores $s$, and is content when
# $y\,s$, the margin, is at least 1. The **hinge loss** of one observation is $\max(0, 1 - y s)$.

# %% [markdown] lang="zh" of="de7ecc55"
# ## 6. 两个另有来历的损失
#
# 支持向量机的标签是 $y\in\{-1, +1\}$，得分是 $s$；只要间隔 $y\,s$ 不小于 1，它就满意了。一个观测
# 的**合页损失**是 $\max(0, 1 - y s)$。


# %% exercise="hinge_loss"
def hinge_loss(score, y):
    """The mean hinge loss.

    Args:
        score: (n,) scores.
        y: (n,) labels −1 and +1, floating or integer.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="hinge_loss"
loss = hinge_loss(torch.tensor([2.0, 0.5, 1.0]), torch.tensor([1.0, 1.0, -1.0]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss - 2.5 / 3) < 1e-6, f"(0 + 0.5 + 2) / 3 is 0.8333, not {loss:.4f}"

# %% [markdown]
# The mean squared error leads to the mean, the mean absolute error to the median. The **check
# loss** leads to any quantile: a guess $\hat y$ that is too low costs $\tau$ for each unit that it
# is off, one that is too high costs $1-\tau$. Draw it over the residual $r = y - \hat y$ for
# $\tau = 0.9$: two rays, each of them part of a line. Which of the two lines holds for $r > 0$, and
# which is the larger one at the same $r$?

# %% [markdown] lang="zh" of="6913c975"
# 最小化均方误差，得到均值；最小化平均绝对误差，得到中位数。最小化**分位数损失**（check loss），则
# 可以得到任意分位数：猜测 $\hat y$ 偏低时，每低一个单位付出 $\tau$；偏高时，每高一个单位付出
# $1-\tau$。以残差 $r = y - \hat y$ 为横轴，画出它在 $\tau = 0.9$ 时的图像：两条射线，各在一条直线
# 上。$r > 0$ 时用哪一条直线？在同一个 $r$ 处，哪一条直线的值更大？


# %% exercise="check_loss"
def check_loss(residual, tau):
    """The mean check loss.

    Args:
        residual: (n,) residuals y − ŷ.
        tau: the quantile, a float between 0 and 1.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="check_loss"
loss = check_loss(torch.tensor([2.0, -1.0]), 0.9)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss - 0.95) < 1e-6, f"(0.9 · 2 + 0.1 · 1) / 2 is 0.95, not {loss:.4f}"

# %% demo=true
torch.manual_seed(5)
one = torch.ones(1)
margins = torch.linspace(-3, 3, 241)
logistic = [logistic_nll(one, m.reshape(1, 1), one) for m in margins]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
left.step(margins, (margins < 0).float(), where="mid", color="grey", label="wrong or right")
left.plot(margins, [hinge_loss(m.reshape(1), one) for m in margins], label="hinge")
left.plot(margins, logistic, label="logistic")
left.set(xlabel="margin y·s", ylabel="loss", title="Two classes")
left.legend()
waiting = -torch.log(torch.rand(400))  # skewed: exponential waiting times
guesses = torch.linspace(0, 4, 161)
for tau, colour in [(0.1, "C0"), (0.5, "C1"), (0.9, "C2")]:
    losses = torch.stack([check_loss(waiting - guess, tau) for guess in guesses])
    right.plot(guesses, losses, color=colour, label=f"τ = {tau}")
    right.axvline(waiting.quantile(tau), color=colour, linestyle=":")
right.set(xlabel="one guess for all", ylabel="mean check loss")
right.set(title="The best guess is the τ-quantile (dotted)")
right.legend()
plt.show()

# %% [markdown] written="laplace_and_the_median"
# ## 7. In your own words: the exercise of the lecture
#
# Derive the loss that Laplace errors lead to, and say which part of it matters for $\beta$. Let
# $x_i = 1$ for all observations, so that $\beta$ is one number: which number minimises this loss,
# which one minimises the normal one, and how does that explain the picture with the five wrong
# records?

# %% [markdown] lang="zh" of="042d9207"
# ## 7. 用自己的话说：讲义里的练习
#
# 推导误差服从拉普拉斯分布时的损失，并说明其中哪一部分会影响 $\beta$。设所有观测的 $x_i = 1$，于是
# $\beta$ 只是一个数：哪个数使这个损失最小，哪个数使正态分布的损失最小？有五个点记错的那张图，又怎
# 样由此得到解释？

# %% [markdown] written="other_links"
# ## 8. In your own words: other maps to probabilities
#
# Logistic regression maps $x^\top\beta$ to $(0, 1)$ by $\rho(u) = e^u/(e^u+1)$. Construct two
# other maps $\rho$ that would do. How much do you expect the choice to change the fitted
# probabilities, where most, and what would you look at to decide?

# %% [markdown] lang="zh" of="d6dde8a5"
# ## 8. 用自己的话说：换一个映射得到概率
#
# Logistic 回归用 $\rho(u) = e^u/(e^u+1)$ 把 $x^\top\beta$ 映射到 $(0, 1)$。请再构造两个可用的映射
# $\rho$。换一个映射，你估计拟合出的概率会变多少，在哪里变得最多？选哪一个，你会根据什么来决定？

# %% [markdown]
# ## What you can do now
#
# - Turn a belief about errors into a loss: normal into squares, Laplace into absolute values, coin
#   tosses into the logistic loss.
# - Keep a loss finite where a probability rounds to 0 or 1.
# - Say which loss leads to a mean, a median, a quantile, and which divergence seeks and which
#   covers.
#
# Next, lecture 3: many classes, and the gradient of their loss.

# %% [markdown] lang="zh" of="c7d233c7"
# ## 现在你会了
#
# - 由对误差的假设得出损失：正态分布得出平方，拉普拉斯分布得出绝对值，抛硬币得出 Logistic 损失。
# - 在概率舍入成 0 或 1 的地方，让损失仍然有限。
# - 说出哪个损失得到均值、中位数、分位数，哪个方向的散度只盯住一个峰，哪个方向的散度要把所有峰都盖
#   住。
#
# 下一步，第 3 讲：类别不止两个，还要求出损失的梯度。
