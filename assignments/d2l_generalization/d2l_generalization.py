# %% [markdown]
# # Dive into Deep Learning: Will it work on new data?
#
# A model is trained on the data we have, and judged on data we have not. In this notebook you split
# data, count errors, ask how many test examples an honest number needs and what becomes of it when
# many models are tried, and you hold a model back by weight decay when it knows too much.
#
# **Afterwards you can** split data so that nothing leaks; say how many test examples an error
# needs, and what becomes of it when many models are tried; fit a flexible model and hold it back,
# by a penalty that you chose without looking at new data.
#
# **Time** about 3 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on
# [generalization](https://d2l.ai/chapter_linear-regression/generalization.html), [weight
# decay](https://d2l.ai/chapter_linear-regression/weight-decay.html), [how much a test set
# tells](https://d2l.ai/chapter_linear-classification/generalization-classification.html) and [the
# house prices](https://d2l.ai/chapter_multilayer-perceptrons/kaggle-house-price.html).
#
# **Conventions.** Rows are observations: `x` is $(n, d)$ and `y` is $(n,)$. Indices are int64
# tensors that count from 0. Inputs are never changed in place, and results keep the inputs' dtype
# and device.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="9bee8ea7"
# # 动手学深度学习：换了新数据还灵吗？
#
# 模型用我们有的数据训练，却要在我们没有的数据上见高下。在这份笔记本里，你要划分数据，数出错误，弄
# 清一个靠得住的数字需要多少测试样本，试过许多模型之后这个数字又会怎样；模型懂得太多时，再用权重衰
# 减约束它。
#
# **学完之后，你能够**划分数据而不让信息泄漏；说出测准一个误差需要多少测试样本，以及试过许多模型之
# 后它会怎样；用惩罚项约束一个灵活的模型，并且不看新数据就选定惩罚的大小。
#
# **用时**约 3 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行全部单元格，保
# 存，然后提交这个文件，没做完也可以：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》讲[泛
# 化](https://d2l.ai/chapter_linear-regression/generalization.html)、[权重衰
# 减](https://d2l.ai/chapter_linear-regression/weight-decay.html)、[测试集能说明多
# 少](https://d2l.ai/chapter_linear-classification/generalization-classification.html)和[房
# 价](https://d2l.ai/chapter_multilayer-perceptrons/kaggle-house-price.html)的各节。
#
# **约定**：一行是一个观测：`x` 是 $(n, d)$，`y` 是 $(n,)$。索引是 int64 张量，从 0 数起。不得原地
# 修改输入；结果与输入的 dtype 和设备相同。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Keep something back
#
# A validation set stands in for new data, so that it must not be chosen by the order in which the
# data came. Shuffle 0, …, n − 1 with the given generator and take
# `round(n * val_fraction)` of them for validation; the rest is for training. (Python's `round`; a
# tie such as 2.5 will not be asked.)

# %% [markdown] lang="zh" of="688294b8"
# ## 1. 留出一些数据
#
# 验证集替新数据说话，所以不能由数据到来的次序决定谁进验证集。用给定的生成器打乱 0, …, n − 1，取出
# `round(n * val_fraction)` 个用于验证，其余用于训练。（用 Python 的 `round`；不会考到 2.5 这种恰
# 在正中的情形。）


# %% exercise="train_val_split"
def train_val_split(n, val_fraction, generator):
    """Split the indices 0, …, n − 1 at random into a training and a validation set.

    Args:
        n: number of observations, an int ≥ 1.
        val_fraction: share of the validation set, a float between 0 and 1, both inclusive.
        generator: a torch.Generator on the cpu, the only source of randomness.

    Returns:
        (train, val): two int64 tensors that hold each index once between them, either of which
        may be empty.
    """
    raise NotImplementedError


# %% example="train_val_split"
train, val = train_val_split(10, 0.3, torch.Generator().manual_seed(0))
assert train.shape == (7,), f"7 of 10 are for training, not {tuple(train.shape)}"
assert val.shape == (3,), f"3 of 10 are for validation, not {tuple(val.shape)}"
together = sorted(train.tolist() + val.tolist())
assert together == list(range(10)), f"each of 0, …, 9 should come once: {together}"
train, val = train_val_split(4, 0.0, torch.Generator().manual_seed(0))
assert len(train) == 4 and len(val) == 0, f"nothing to validate on: {len(train)} and {len(val)}"

# %% [markdown]
# Where data are scarce, let everybody take a turn: in **k-fold cross-validation** the indices are
# cut into $k$ contiguous blocks, and in round $i$ the $i$-th block is for validation and all others
# are for training. If $k$ does not divide $n$, the first blocks are larger by one.

# %% [markdown] lang="zh" of="988d6a56"
# 数据少的时候，就让大家轮流来：在 **K 折交叉验证**里，索引切成 $k$ 个连续的块，第 $i$ 轮用第 $i$
# 块验证，其余各块用来训练。如果 $k$ 不能整除 $n$，前面的几块各多一个。


# %% exercise="kfold"
def kfold(n, k):
    """The k rounds of cross-validation on 0, …, n − 1, without shuffling.

    Args:
        n: number of observations.
        k: number of folds, 2 ≤ k ≤ n.

    Returns:
        a list of k pairs (train, val) of index tensors, the first fold first: val is a contiguous
        block, train all the rest. Sizes differ by at most one, larger folds first.
    """
    raise NotImplementedError


# %% example="kfold"
folds = kfold(7, 3)
assert len(folds) == 3, f"3 folds make 3 pairs, not {len(folds)}"
blocks = [sorted(int(i) for i in val) for _, val in folds]
assert blocks == [[0, 1, 2], [3, 4], [5, 6]], f"expected [[0, 1, 2], [3, 4], [5, 6]]: {blocks}"
rest = sorted(int(i) for i in folds[1][0])
assert rest == [0, 1, 2, 5, 6], f"in round 2 one trains on [0, 1, 2, 5, 6], not {rest}"

# %% [markdown]
# ## 2. How much does a test tell?
#
# The **empirical error** of a classifier is the share of test examples that it gets wrong,
# $\epsilon_{\mathcal D}(f) = \frac1n\sum_i \mathbf 1(f(x_i)\ne y_i)$. It estimates the error
# $\epsilon(f)$ on all examples there could be.

# %% [markdown] lang="zh" of="16a48f2e"
# ## 2. 一次测试能说明多少？
#
# 分类器的**经验误差**是它判错的测试样本所占的比例，
# $\epsilon_{\mathcal D}(f) = \frac1n\sum_i \mathbf 1(f(x_i)\ne y_i)$。它估计的是在一切可能出现的
# 样本上的误差 $\epsilon(f)$。


# %% exercise="empirical_error"
def empirical_error(predicted, labels):
    """The share of wrong predictions.

    Args:
        predicted, labels: (n,) integer classes.

    Returns:
        a Python float.
    """
    raise NotImplementedError


# %% example="empirical_error"
error = empirical_error(torch.tensor([0, 2, 1, 1, 5]), torch.tensor([0, 1, 1, 1, 0]))
assert isinstance(error, float), f"a Python float, please, not {type(error).__name__}"
assert abs(error - 0.4) < 1e-6, f"2 of 5 are wrong, a share of 0.4, not {error}"

# %% [markdown]
# Each example is wrong or right, a Bernoulli variable of variance
# $\epsilon(1-\epsilon) \le \frac14$. By the **central limit theorem** the empirical error has a
# standard deviation of at most $\sqrt{0.25/n}$ around the true one. How many examples put $z$
# standard deviations within a given half width?
#
# **Hoeffding's inequality** is no approximation and holds for every $n$:
#
# $$P\bigl(\epsilon_{\mathcal D}(f) - \epsilon(f) \ge t\bigr) \le \exp(-2nt^2)$$
#
# It speaks of one side only, as the notes do. (They set $t = 0.01$ and 95 %, and find "about
# 15,000".)

# %% [markdown] lang="zh" of="9917fbce"
# 每个样本不是错就是对，这是一个伯努利变量，方差为 $\epsilon(1-\epsilon) \le \frac14$。由**中心极
# 限定理**，经验误差围绕真实误差波动，标准差至多为 $\sqrt{0.25/n}$。要让 $z$ 个标准差落在给定的半
# 宽之内，需要多少样本？
#
# **Hoeffding 不等式**不是近似，对任何 $n$ 都成立：
#
# $$P\bigl(\epsilon_{\mathcal D}(f) - \epsilon(f) \ge t\bigr) \le \exp(-2nt^2)$$
#
# 它只管一侧，讲义里也是这样用的。（讲义取 $t = 0.01$ 和 95%，得到“大约 15,000”。）


# %% exercise="clt_sample_size"
def clt_sample_size(half_width, z=1.0):
    """The smallest n with z · √(0.25/n) ≤ half_width.

    Args:
        half_width: how far the empirical error may be off, a float > 0.
        z: number of standard deviations that should fit, a float > 0.

    Returns:
        an int. Where the bound itself is an integer, rounding errors would decide, which is not
        asked; but (0.01, 1) gives 2500.
    """
    raise NotImplementedError


# %% example="clt_sample_size"
n = clt_sample_size(0.01)
assert n == 2500, f"±0.01 at one standard deviation takes 2,500 examples, not {n}"
n = clt_sample_size(0.03, z=2.0)
assert n == 1112, f"1111.1 examples are needed, so 1112 suffice, not {n}"


# %% exercise="hoeffding_sample_size"
def hoeffding_sample_size(t, delta):
    """The smallest n with exp(−2 n t²) ≤ delta.

    Args:
        t: how far the empirical error may lie above the true one, a float > 0.
        delta: the probability with which it may lie higher still, a float in (0, 1).

    Returns:
        an int (bounds that are themselves integers are not asked).
    """
    raise NotImplementedError


# %% example="hoeffding_sample_size"
n = hoeffding_sample_size(0.01, 0.05)
assert n == 14979, f"0.01 at 95 % takes 14,979 examples, not {n}"

# %% demo=true
widths = torch.logspace(-2.3, -1, 40).tolist()
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
left.loglog(widths, [hoeffding_sample_size(w, 0.05) for w in widths], label="Hoeffding, 95 %")
left.loglog(widths, [clt_sample_size(w, 1.645) for w in widths], label="normal, 95 % (z = 1.645)")
left.loglog(widths, [clt_sample_size(w) for w in widths], label="normal, one σ")
left.set(xlabel="half width", ylabel="test examples", title="A digit more costs a hundredfold")
left.legend()

torch.manual_seed(0)
truth = 0.3
for n in [25, 100, 400, 1600]:
    wrong = (torch.rand(400, n) < truth).long()
    errors = [empirical_error(row, torch.zeros_like(row)) for row in wrong]
    right.scatter([n * 1.06**k for k in torch.randn(400)], errors, s=4, alpha=0.4)
grid = torch.logspace(1.2, 3.4, 50)
for sign in (-1, 1):
    right.plot(grid, truth + sign * (0.25 / grid).sqrt(), color="black", linewidth=1)
right.set(xscale="log", xlabel="test examples", ylabel="empirical error")
right.set_title("400 tests of each size; the lines are ± √(0.25/n)")
plt.show()

# %% [markdown]
# ## 3. A test set that is used again and again
#
# Each of $k$ models is tested, and each test misleads with probability $\alpha$, independently. How
# probable is it that none of them does, and so, that at least one does? Bonferroni's remedy keeps
# that at $\alpha$ at most by sharing the level $\alpha$ out, in equal parts, to the $k$ tests.

# %% [markdown] lang="zh" of="3d81c5cb"
# ## 3. 反复使用的测试集
#
# 有 $k$ 个模型，每个都测一次；每次测试误导人的概率是 $\alpha$，彼此独立。全都不误导的概率是多少？
# 由此，至少有一次误导的概率又是多少？Bonferroni 的办法是把水平 $\alpha$ 平分给 $k$ 次测试，让后一
# 个概率至多为 $\alpha$。


# %% exercise="any_false_discovery"
def any_false_discovery(k, alpha=0.05):
    """The probability that at least one of k independent tests misleads.

    Args:
        k: number of tests, an int ≥ 1.
        alpha: the probability that a single test misleads, a float.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="any_false_discovery"
p = any_false_discovery(20)
assert abs(p - 0.6415) < 1e-4, f"20 tests at 5 % mislead somewhere with probability 0.64, not {p}"


# %% exercise="bonferroni"
def bonferroni(k, alpha=0.05):
    """The level of each of k tests, so that with probability at least 1 − α none misleads.

    Args:
        k: number of tests, an int ≥ 1.
        alpha: the level of all tests together, a float.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="bonferroni"
level = bonferroni(20)
assert abs(level - 0.0025) < 1e-9, f"0.05 shared by 20 tests is 0.0025, not {level}"
together = any_false_discovery(20, level)
assert together <= 0.05, f"twenty tests at that level should mislead with at most 5 %: {together}"

# %% [markdown]
# ## 4. Too simple, too complex
#
# A polynomial of degree $p$ is a linear model of the features $x^0/0!,\; x^1/1!,\; \dots,\;
# x^p/p!$. The factorials keep the columns of comparable size.

# %% [markdown] lang="zh" of="3850ec59"
# ## 4. 太简单，太复杂
#
# $p$ 次多项式是特征 $x^0/0!,\; x^1/1!,\; \dots,\; x^p/p!$ 的线性模型。除以阶乘，是为了让各列大小
# 相近。


# %% exercise="polynomial_features"
def polynomial_features(x, degree):
    """Powers of x over factorials.

    Args:
        x: (n,), any numbers, negative ones and zero among them.
        degree: the largest power, an int from 0 to 20.

    Returns:
        (n, degree + 1): column i holds x^i / i!, the first one is all ones (also at x = 0).
    """
    raise NotImplementedError


# %% example="polynomial_features"
features = polynomial_features(torch.tensor([2.0, -3.0, 0.0]), 3)
assert features.shape == (3, 4), f"x⁰, x¹, x², x³ make 4 columns, not {tuple(features.shape)}"
expected = torch.tensor([[1.0, 2.0, 2.0, 4 / 3], [1.0, -3.0, 4.5, -4.5], [1.0, 0.0, 0.0, 0.0]])
assert torch.allclose(features, expected), f"expected {expected}, got {features}"

# %% [markdown]
# **Weight decay** holds a flexible model back. The notes print the objective with $\lVert w\rVert$;
# the norm has to be squared, or its gradient would not be proportional to $w$, and the step $w
# \leftarrow (1-\eta\lambda)w - \dots$ that they derive would not follow. (Squaring bears hardest on
# large weights: the squares of 0.1, 0.01 and 3 sum to 9.0101, and the 3 alone makes 9 of it. One of
# our sources prints 9.010001 there, which is a slip.) Factors are a matter of taste: the notes have
# $\frac\lambda2$. In this exercise
#
# $$L(w, b) = \frac1n\sum_{i=1}^n (x_i^\top w + b - y_i)^2 + \lambda\lVert w\rVert^2,$$
#
# with a mean in the first term and no ½ anywhere. The intercept $b$ is **not** penalised: where the
# data lie on the $y$-axis says nothing about how complex the model is. Setting both gradients to
# zero gives linear equations. (First solve for $b$; what remains is a problem in $x - \bar x$ and
# $y - \bar y$.)

# %% [markdown] lang="zh" of="73d2a636"
# **权重衰减**能约束灵活的模型。讲义里的目标函数写的是 $\lVert w\rVert$；范数必须取平方，否则它的
# 梯度就不与 $w$ 成正比，讲义推导出的那一步 $w \leftarrow (1-\eta\lambda)w - \dots$ 也就得不出来。
# （平方压得最重的是大的权重：0.1、0.01 和 3 的平方和是 9.0101，光是 3 就占了 9。我们的一份资料在
# 那里印成 9.010001，那是笔误。）系数怎么取，看各人喜好：讲义用 $\frac\lambda2$。本题用
#
# $$L(w, b) = \frac1n\sum_{i=1}^n (x_i^\top w + b - y_i)^2 + \lambda\lVert w\rVert^2,$$
#
# 第一项取均值，两项都不带 ½。截距 $b$ **不**受惩罚：数据落在 $y$ 轴的什么位置，与模型有多复杂无
# 关。令两个梯度为零，得到线性方程组。（先解出 $b$；剩下的是关于 $x - \bar x$ 和 $y - \bar y$ 的问
# 题。）


# %% exercise="ridge_fit"
def ridge_fit(x, y, lam):
    """The exact minimum of the mean squared error plus λ‖w‖², with a free intercept.

    Args:
        x: (n, d) inputs; d may exceed n if lam > 0.
        y: (n,) targets.
        lam: λ ≥ 0, a float; with λ = 0 the columns of x − mean are linearly independent.

    Returns:
        (w, b) of shapes (d,) and ().
    """
    raise NotImplementedError


# %% example="ridge_fit"
x, y = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([1.0, 3.0, 5.0])
w, b = ridge_fit(x, y, 0.0)
assert w.shape == (1,) and b.shape == (), f"w is (1,) and b is (): {tuple(w.shape)}, {b.shape}"
assert abs(w.item() - 2) < 1e-5 and abs(b.item() - 1) < 1e-5, f"the line is 2x + 1: {w}, {b}"
w, b = ridge_fit(x, y, 2 / 3)
assert abs(w.item() - 1) < 1e-5, f"with λ = 2/3 the slope halves to 1, not {w.item()}"
assert abs(b.item() - 2) < 1e-5, f"the intercept follows freely: 2, not {b.item()}"
w, b = ridge_fit(x, y, 1e6)
assert abs(b.item() - 3) < 1e-3, f"with a huge λ only b remains, the mean of y: 3, not {b.item()}"

# %% [markdown]
# The textbook's picture, by your own functions: 20 observations of a cubic, with noise. Left, three
# models of them. In the middle, the errors of all degrees: the training error only falls, whatever
# happens on new data. Right, degree 12 once more, held back by weight decay; cross-validation sees
# nothing but the 20 observations, and yet it tells where to look for $\lambda$.

# %% [markdown] lang="zh" of="1c455489"
# 教科书上的图，用你自己的函数画出来：三次函数加上噪声，20 个观测。左图是拟合它们的三个模型。中图
# 是各个次数的误差：训练误差只降不升，不管新数据上发生了什么。右图还是 12 次，但用权重衰减来约束；
# 交叉验证只看得到这 20 个观测，却能指出该到哪里去找 $\lambda$。

# %% demo=true
torch.manual_seed(4)
cubic = torch.tensor([5.0, 1.2, -3.4, 5.6], dtype=torch.float64)


def sample(n):
    """Observations of the cubic, with noise."""
    x = 6 * torch.rand(n, dtype=torch.float64) - 3
    return x, polynomial_features(x, 3) @ cubic + 6 * torch.randn(n, dtype=torch.float64)


def fit_polynomial(x, y, degree, lam=1e-9):
    """A function that predicts; the column of ones is left out, for b takes its place."""
    w, b = ridge_fit(polynomial_features(x, degree)[:, 1:], y, lam)
    return lambda new: polynomial_features(new, degree)[:, 1:] @ w + b


def mean_square(predict, x, y):
    """The mean squared error."""
    return ((predict(x) - y) ** 2).mean().item()


x_all, y_all = sample(40)
train, val = train_val_split(40, 0.5, torch.Generator().manual_seed(1))
x, y = x_all[train], y_all[train]
x_new, y_new = sample(2000)
grid = torch.linspace(-3, 3, 200, dtype=torch.float64)
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
left.scatter(x, y, color="black", s=14, zorder=3, label="training set")
for degree, label in [(1, "degree 1: underfits"), (3, "degree 3"), (12, "degree 12: overfits")]:
    left.plot(grid, fit_polynomial(x, y, degree)(grid), label=label)
left.set(xlabel="x", ylabel="y", ylim=(-50, 65), title="One data set, three models")
left.legend()

degrees = range(1, 13)
fits = [fit_polynomial(x, y, degree) for degree in degrees]
middle.semilogy(degrees, [mean_square(f, x, y) for f in fits], "o-", label="training set")
middle.semilogy(
    degrees, [mean_square(f, x_all[val], y_all[val]) for f in fits], "o-", label="validation set"
)
middle.semilogy(degrees, [mean_square(f, x_new, y_new) for f in fits], "k:", label="new data")
middle.set(xlabel="degree", ylabel="mean squared error", title="Training error only falls")
middle.set_ylim(25, 160)
middle.legend()

lambdas = torch.logspace(-7, 3, 31).tolist()
curves = {"training set": [], "5-fold cross-validation": [], "new data": []}
for lam in lambdas:
    predict = fit_polynomial(x, y, 12, lam)
    curves["training set"].append(mean_square(predict, x, y))
    curves["new data"].append(mean_square(predict, x_new, y_new))
    rounds = [
        mean_square(fit_polynomial(x[train], y[train], 12, lam), x[val], y[val])
        for train, val in kfold(20, 5)
    ]
    curves["5-fold cross-validation"].append(sum(rounds) / 5)
for (label, curve), style in zip(curves.items(), ["-", "-", "k:"], strict=True):
    right.loglog(lambdas, curve, style, label=label)
right.set(xlabel="λ", ylabel="mean squared error", title="Degree 12 with weight decay")
right.legend()
plt.show()

# %% [markdown]
# ## 5. House prices
#
# To be 50,000 off is a disaster for a hut and a good guess for a villa. The house-price competition
# therefore compares logarithms, $\sqrt{\frac1n\sum_i(\log\hat y_i - \log y_i)^2}$. A model may
# predict nonsense below 1, whose logarithm would spoil everything: such predictions count as 1. The
# true prices are taken as they are.

# %% [markdown] lang="zh" of="95658783"
# ## 5. 房价
#
# 差 50,000，对小屋是灾难，对豪宅却算猜得准。所以房价竞赛比较的是对数，
# $\sqrt{\frac1n\sum_i(\log\hat y_i - \log y_i)^2}$。模型可能给出小于 1 的荒唐预测，它的对数会毁掉
# 一切：这样的预测按 1 计算。真实的价格则原样使用。


# %% exercise="log_rmse"
def log_rmse(predicted, y):
    """The root of the mean squared difference of logarithms.

    Args:
        predicted: (n,) predictions; those below 1 count as 1.
        y: (n,) true prices, all positive.

    Returns:
        0-d tensor.
    """
    raise NotImplementedError


# %% example="log_rmse"
loss = log_rmse(torch.tensor([2e5, 50.0]), torch.tensor([1e5, 100.0]))
assert loss.shape == (), f"the result is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - math.log(2)) < 1e-5, f"a factor of 2 either way costs log 2, not {loss}"
loss = log_rmse(torch.tensor([-7.0]), torch.tensor([math.e]))
assert abs(loss.item() - 1) < 1e-5, f"a negative price counts as 1: |log 1 − log e| = 1, not {loss}"

# %% [markdown] written="two_sample_sizes"
# ## 6. In your own words: two sample sizes
#
# For an error known to ±0.01 at about 95 %, two standard deviations of the central limit theorem
# ask for 10,000 examples, Hoeffding's inequality for 14,979. What does each of the two promise,
# and on what conditions? The notes call finite-sample guarantees "more conservative": where does
# the difference come from? Which of them would you use for a classifier whose error is about 1 %,
# tested on 50 examples, and why?

# %% [markdown] lang="zh" of="1e5eae56"
# ## 6. 用自己的话说：两个样本量
#
# 要以大约 95% 的把握把误差测到 ±0.01 以内，按中心极限定理取两个标准差，要 10,000 个样本；按
# Hoeffding 不等式，要 14,979 个。两者各自保证了什么，条件是什么？讲义说有限样本的保证“更保守”：差
# 别从哪里来？如果分类器的误差大约是 1%，只用 50 个样本测试，你会用哪一个，为什么？

# %% [markdown] written="a_reused_test_set"
# ## 7. In your own words: a reused test set
#
# A team evaluates its 20 models on one test set, improving each model by what it saw of the one
# before, and reports the best. The notes name two dangers: false discovery and adaptive
# overfitting. Explain how they differ. Against which of them does Bonferroni's correction help, why
# not against the other, and what would help there?

# %% [markdown] lang="zh" of="1b2f6a73"
# ## 7. 用自己的话说：重复使用的测试集
#
# 一个团队用同一个测试集评估自己的 20 个模型，每个模型都根据上一个的测试结果来改进，最后报告最好的
# 那个。讲义提到两种危险：假发现和自适应过拟合。请解释它们有什么不同。Bonferroni 校正对哪一种有
# 用，对另一种为什么没用？对付另一种，什么办法有用？

# %% [markdown]
# ## What you can do now
#
# - Split and cross-validate without a leak.
# - Ask of any reported error: how many examples, and how many models before this one?
# - Fit ridge regression exactly, and choose its λ.
#
# Next: what to do when new data are of another kind, and after that a table of houses, from end to
# end.

# %% [markdown] lang="zh" of="c7c291cb"
# ## 现在你会了
#
# - 划分数据、做交叉验证，不让信息泄漏。
# - 看到任何一个误差都会问：用了多少样本，在这个模型之前试过多少个？
# - 精确地拟合岭回归，并选定它的 λ。
#
# 下一步：新数据换了性质时怎么办；再往后，是一张房屋数据表，从头做到尾。
