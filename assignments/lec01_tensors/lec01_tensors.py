# %% [markdown]
# # Lecture 1: Tensors, data and chance
#
# Before the first network: the arrays that everything is made of, a table of data made fit for a
# model, a little linear algebra, a little probability, and a way to differentiate any function
# with a pocket calculator.
#
# **Afterwards you can** say which shapes go together, and why; make a raw table fit for a model;
# take a posterior from a prior, once and again; judge a rule by precision and recall; find the
# slope of any function by numbers, and choose the step.
#
# **Time** about 3 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the question at the end. **Due** {{due}}. **To hand in:** restart the
# kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: [NumPy on
# broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html); Dive into Deep Learning
# on [arrays](https://d2l.ai/chapter_preliminaries/ndarray.html),
# [tables](https://d2l.ai/chapter_preliminaries/pandas.html), [linear
# algebra](https://d2l.ai/chapter_preliminaries/linear-algebra.html) and
# [probability](https://d2l.ai/chapter_preliminaries/probability.html); if Python itself is new to
# you, the [tutorial of CS231n](https://cs231n.github.io/python-numpy-tutorial/).
#
# **Conventions.** Everything here is NumPy: arrays come in (of integers or of float64), arrays go
# out. A table of data is an array (n, d): a row for each observation, a column for each variable.
# Inputs are never changed in place.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes and other numbers.

# %% [markdown] lang="zh" of="3271ac34"
# # 第 1 讲：张量、数据与概率
#
# 动手写第一个神经网络之前，先备好几样东西：数组，后面的一切都由它构成；一张数据表，整理到模型能
# 用；一点线性代数，一点概率；还有一种办法，用袖珍计算器就能求出任何函数的导数。
#
# **学完之后，你能够**说出哪些形状可以一起运算，以及为什么；把原始表格整理到模型能用；由先验算出后
# 验，有了新的证据再算一次；用精确率和召回率评判一条规则；用数值方法求出任何函数的斜率，并选好步
# 长。
#
# **用时**约 3 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后的书面题
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：[NumPy 的广播规
# 则](https://numpy.org/doc/stable/user/basics.broadcasting.html)；《动手学深度学习》的[数
# 组](https://d2l.ai/chapter_preliminaries/ndarray.html)、[表
# 格](https://d2l.ai/chapter_preliminaries/pandas.html)、[线性代
# 数](https://d2l.ai/chapter_preliminaries/linear-algebra.html)和[概
# 率](https://d2l.ai/chapter_preliminaries/probability.html)各节；如果你刚接触 Python，可以看
# [CS231n 的入门教程](https://cs231n.github.io/python-numpy-tutorial/)。
#
# **约定**：这里全部用 NumPy，输入是数组（整数或 float64），输出也是数组。数据表是 (n, d) 的数组：
# 一行是一个观测，一列是一个变量。不得原地修改输入。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状和别的数。

# %%
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. Broadcasting
#
# `a + b` also works where the shapes differ. They are aligned at their **last** axes, and missing
# axes on the left count as 1. On each axis the two sizes must then be equal, or one of them must be
# 1, which is stretched to the other's size (0 is a size like any other). If they are neither, the
# arrays do not broadcast.

# %% [markdown] lang="zh" of="7b3239f0"
# ## 1. 广播
#
# 两个数组形状不同，`a + b` 有时也能算。先把两个形状按**最后**的轴对齐，左边缺的轴，大小当作 1。再
# 逐个轴来看：两个大小要么相等，要么其中一个是 1，可以拉伸成另一个大小（大小为 0 也照此办理）。只
# 要有一个轴两条都不满足，这两个数组就不能广播。


# %% exercise="broadcast_shape"
def broadcast_shape(a, b):
    """The shape of a sum of two arrays.

    Args:
        a, b: two shapes, tuples of sizes, of any lengths.

    Returns:
        the common shape, a tuple.

    Raises:
        ValueError: the shapes do not broadcast.
    """
    raise NotImplementedError


# %% example="broadcast_shape"
assert tuple(broadcast_shape((3, 1), (1, 2))) == (3, 2), "a column and a row fill a matrix"
assert tuple(broadcast_shape((5, 3, 1), (4,))) == (5, 3, 4), "shapes are aligned at their ends"
assert tuple(broadcast_shape((), (2, 6))) == (2, 6), "a number goes with everything"
try:
    broadcast_shape((2, 3), (2,))
except ValueError:
    pass
else:
    raise AssertionError("3 against 2 should raise ValueError")

# %% [markdown]
# ## 2. A table of data
#
# Colours, breeds, districts: categories cannot be added or compared, so the numbers 0, 1, 2, …
# would claim too much. **One-hot** coding gives every category a column of its own.

# %% [markdown] lang="zh" of="085f588b"
# ## 2. 一张数据表
#
# 颜色、品种、城区：类别既不能相加，也不能比大小，所以用 0, 1, 2, … 来表示它们，就凭空添上了本来没
# 有的关系。**独热编码**（one-hot）给每个类别单设一列。


# %% exercise="one_hot"
def one_hot(labels, num_classes):
    """One-hot coding of categories.

    Args:
        labels: (n,) integers from 0 to num_classes - 1; not every category need occur.
        num_classes: k.

    Returns:
        an array (n, k) of float64: row i is 1 in column labels[i] and 0 elsewhere.
    """
    raise NotImplementedError


# %% example="one_hot"
coded = one_hot(np.array([1, 0, 1]), 3)
assert coded.shape == (3, 3), f"three labels and three classes make (3, 3), not {coded.shape}"
assert np.array_equal(coded, [[0, 1, 0], [1, 0, 0], [0, 1, 0]]), f"not one-hot:\n{coded}"
assert coded.dtype == np.float64, f"a model computes with float64, not with {coded.dtype}"

# %% [markdown]
# Real tables have holes, marked by `nan` ("not a number"). One way to fill a hole is the mean of
# the other entries of its column.

# %% [markdown] lang="zh" of="540e9bb3"
# 真实的表格总有空缺，用 `nan`（“not a number”，即“不是数”）标记。一种填补办法，是填上同一列其余元
# 素的均值。


# %% exercise="impute_mean"
def impute_mean(x):
    """Replace every NaN by the mean of the other entries of its column.

    Args:
        x: (n, d) of float64; no column is NaN throughout.

    Returns:
        a new array (n, d).
    """
    raise NotImplementedError


# %% example="impute_mean"
rooms = np.array([[np.nan, 127500.0], [2.0, 106000.0], [4.0, 178100.0], [np.nan, 140000.0]])
filled = impute_mean(rooms)
assert np.allclose(filled[:, 0], [3, 2, 4, 3]), f"the mean of 2 and 4 fills in: {filled[:, 0]}"
assert np.allclose(filled[:, 1], rooms[:, 1]), "what is there stays as it is"
assert np.isnan(rooms[0, 0]), "the table that came in keeps its holes"

# %% [markdown]
# Variables come in different units. To **standardize** a column, subtract its mean and divide by
# its standard deviation, here the one of a sample:
#
# $$s^2=\frac1{n-1}\sum_i (x_i-\bar x)^2.$$

# %% [markdown] lang="zh" of="612bb467"
# 各个变量的单位不同。把一列**标准化**，就是先减去均值，再除以标准差，这里用样本标准差：
#
# $$s^2=\frac1{n-1}\sum_i (x_i-\bar x)^2.$$


# %% exercise="standardize"
def standardize(x):
    """Each column minus its mean, divided by its standard deviation (n - 1 in the denominator).

    Args:
        x: (n, d), n >= 2; no column is constant.

    Returns:
        an array (n, d).
    """
    raise NotImplementedError


# %% example="standardize"
z = standardize(np.array([[1.0, 10.0], [2.0, 40.0], [3.0, 10.0]]))
assert np.allclose(z[:, 0], [-1, 0, 1]), f"1, 2, 3 has mean 2 and deviation 1: {z[:, 0]}"
assert np.allclose(z.mean(axis=0), 0), f"columns should have mean 0, not {z.mean(axis=0)}"
assert np.allclose(z.std(axis=0, ddof=1), 1), "columns should have standard deviation 1"

# %% demo=true
try:
    from sklearn.datasets import load_wine
except ImportError:
    print("The wines of this picture come with scikit-learn, which is not installed here.")
    print("Every exercise works without it. For the picture: pip install scikit-learn")
else:
    wine = load_wine()
    columns = [0, 3, 4, 9, 12]
    names = [wine.feature_names[c].replace("_", "\n") for c in columns]
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    left.boxplot(wine.data[:, columns])
    left.set(title="178 wines as measured", ylabel="each in its own unit")
    right.boxplot(standardize(wine.data)[:, columns])
    right.set(title="the same, standardized", ylabel="standard deviations from the mean")
    for ax in (left, right):
        ax.set_xticks(range(1, len(columns) + 1), names, fontsize=7)
    plt.show()

# %% [markdown]
# ## 3. Sums along an axis
#
# A sum along an axis removes that axis. So `a / a.sum(axis=1)` fails for an array (5, 4), and for a
# square one it does not fail and is wrong. By the rules of section 1: what does it compute there?
# Which shape must the sums have, so that each row meets its own?

# %% [markdown] lang="zh" of="4977f27c"
# ## 3. 沿轴求和
#
# 沿一个轴求和，这个轴就消失了。所以对 (5, 4) 的数组，`a / a.sum(axis=1)` 会报错；对方阵它不报错，
# 结果却是错的。按第 1 节的规则想一想：这时它算的是什么？和的形状应当怎样，才能让每一行都对上自己
# 的和？


# %% exercise="row_share"
def row_share(a):
    """Each entry's share of its row.

    Args:
        a: (n, m); no row sums to zero.

    Returns:
        an array (n, m) whose rows sum to 1.
    """
    raise NotImplementedError


# %% example="row_share"
share = row_share(np.arange(20).reshape(5, 4))
assert np.allclose(share.sum(axis=1), 1), f"the rows should sum to 1, not to {share.sum(axis=1)}"
assert np.allclose(share[0], [0, 1 / 6, 1 / 3, 1 / 2]), f"the first row sums to 6: {share[0]}"
assert np.allclose(share[1], [0.1818, 0.2273, 0.2727, 0.3182], atol=5e-5), f"row 1: {share[1]}"

# %% [markdown]
# ## 4. Norms and products
#
# How long is a vector? For $p \ge 1$,
#
# $$\lVert x\rVert_p=\Bigl(\sum_i |x_i|^p\Bigr)^{1/p},\qquad \lVert x\rVert_\infty=\max_i |x_i|.$$

# %% [markdown] lang="zh" of="3c1947ee"
# ## 4. 范数与乘积
#
# 一个向量有多长？对 $p \ge 1$，
#
# $$\lVert x\rVert_p=\Bigl(\sum_i |x_i|^p\Bigr)^{1/p},\qquad \lVert x\rVert_\infty=\max_i |x_i|.$$


# %% exercise="lp_norm"
def lp_norm(x, p):
    """The p-norm of a vector.

    Args:
        x: (n,), n >= 1.
        p: a number, at least 1, or np.inf.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="lp_norm"
x = np.array([3.0, -4.0])
assert np.isclose(lp_norm(x, 1), 7), f"|3| + |−4| = 7, not {lp_norm(x, 1)}"
assert np.isclose(lp_norm(x, 2), 5), f"√(9 + 16) = 5, not {lp_norm(x, 2)}"
assert np.isclose(lp_norm(x, np.inf), 4), f"the largest magnitude is 4, not {lp_norm(x, np.inf)}"

# %% demo=true
angle = np.linspace(0, 2 * np.pi, 721)
around = np.stack([np.cos(angle), np.sin(angle)], axis=1)
figure, axes = plt.subplots(figsize=(4.2, 4.2))
for p in [1, 1.5, 2, 4, np.inf]:
    ball = around / np.array([[lp_norm(direction, p)] for direction in around])
    axes.plot(ball[:, 0], ball[:, 1], label=f"p = {p}")
axes.set(aspect="equal", title="All vectors of norm 1", xlabel="first entry", ylabel="second entry")
axes.legend(loc="center")
plt.show()

# %% [markdown]
# The product of $A\in\mathbb R^{n\times k}$ and $B\in\mathbb R^{k\times m}$ has the entries
#
# $$c_{ij}=\sum_{l} a_{il}\,b_{lj}.$$
#
# Build it from elementwise products and sums. Not allowed inside your function: `@`, `dot`,
# `matmul`, `einsum`, `tensordot`, `inner`. Loops are allowed; broadcasting can do without.

# %% [markdown] lang="zh" of="7a5c57ed"
# $A\in\mathbb R^{n\times k}$ 与 $B\in\mathbb R^{k\times m}$ 的乘积，元素是
#
# $$c_{ij}=\sum_{l} a_{il}\,b_{lj}.$$
#
# 请用逐元素乘法和求和来实现它。你的函数里不能用 `@`、`dot`、`matmul`、`einsum`、`tensordot`、
# `inner`。可以写循环；利用广播，不写循环也行。


# %% exercise="matmul"
def matmul(a, b):
    """The matrix product, without the library's products.

    Args:
        a: (n, k).
        b: (k, m).

    Returns:
        an array (n, m).
    """
    raise NotImplementedError


# %% example="matmul"
left, right = np.arange(20.0).reshape(5, 4), np.ones((4, 3))
product = matmul(left, right)
assert product.shape == (5, 3), f"(5, 4) times (4, 3) is (5, 3), not {product.shape}"
assert np.allclose(product, left @ right), f"expected\n{left @ right}\ngot\n{product}"

# %% [markdown]
# ## 5. Bayes' theorem
#
# A test for a rare disease: `p_pos_sick` is the probability of a positive result if the patient is
# sick, `p_pos_well` if not, and `prior` is how common the disease is. Count before you compute: of
# 100,000 people, how many are sick? How many of these test positive, and how many of the others do?
# Of all who test positive, which share is sick? Now write the same with probabilities.

# %% [markdown] lang="zh" of="71fc0858"
# ## 5. 贝叶斯定理
#
# 对一种罕见病做检测：`p_pos_sick` 是患者检测为阳性的概率，`p_pos_well` 是没患病的人检测为阳性的概
# 率，`prior` 表示这种病在人群中有多常见。先数人头，再做计算：100,000 人里有多少人患病？其中多少人
# 检测为阳性？其余的人里又有多少是阳性？在所有阳性的人当中，患病的占多大比例？最后把同样的算法用概
# 率写出来。


# %% exercise="bayes_update"
def bayes_update(prior, p_pos_sick, p_pos_well):
    """The probability of being sick, given a positive test.

    Args:
        prior: P(sick).
        p_pos_sick: P(positive | sick).
        p_pos_well: P(positive | well). A positive test is never impossible.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="bayes_update"
posterior = bayes_update(0.0015, 1.0, 0.01)
assert abs(posterior - 0.1306) < 5e-5, f"0.0015 / 0.011485 is 0.1306, not {posterior}"

# %% [markdown]
# Several tests, all positive, that are independent of each other **given** the patient's state.

# %% [markdown] lang="zh" of="27be4e6c"
# 做了几次检测，结果全是阳性。在**已知**这个人患病与否的条件下，各次检测相互独立。


# %% exercise="bayes_sequence"
def bayes_sequence(prior, tests):
    """The probability of being sick, given that all of these tests were positive.

    Args:
        prior: P(sick).
        tests: a list of pairs (p_pos_sick, p_pos_well), at least one.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="bayes_sequence"
posterior = bayes_sequence(0.0015, [(1.0, 0.01), (0.98, 0.03)])
assert abs(posterior - 0.8307) < 5e-5, f"after both tests it is 0.8307, not {posterior}"

# %% demo=true
common = np.logspace(-4, 0, 200)
one = [bayes_update(prior, 1.0, 0.01) for prior in common]
two = [bayes_sequence(prior, [(1.0, 0.01), (0.98, 0.03)]) for prior in common]
figure, axes = plt.subplots(figsize=(6, 3.5))
axes.semilogx(common, one, label="first test positive")
axes.semilogx(common, two, label="both tests positive")
axes.semilogx(common, common, "k:", label="before any test")
axes.axvline(0.0015, color="grey", linewidth=0.8)
axes.set(xlabel="P(sick) before", ylabel="P(sick) after", title="What a positive test is worth")
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# ## 6. Moments
#
# $E[X]=\sum_x x\,P(X=x)$ and $\operatorname{Var}[X]=E\bigl[(X-E[X])^2\bigr]$. The investment of
# Dive into Deep Learning (2.6) loses everything with probability 0.5, returns twice the stake with
# 0.4, and ten times the stake with 0.1.

# %% [markdown] lang="zh" of="dbd367ab"
# ## 6. 矩
#
# $E[X]=\sum_x x\,P(X=x)$，$\operatorname{Var}[X]=E\bigl[(X-E[X])^2\bigr]$。《动手学深度学习》
# （2.6）里有一项投资：以 0.5 的概率血本无归，以 0.4 的概率收回本金的两倍，以 0.1 的概率收回本金的
# 十倍。


# %% exercise="expectation"
def expectation(values, probs):
    """The expectation of a discrete variable.

    Args:
        values: (k,), the values it can take.
        probs: (k,), their probabilities, which sum to 1.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="expectation"
returns, chances = np.array([0, 2, 10]), np.array([0.5, 0.4, 0.1])
assert np.isclose(expectation(returns, chances), 1.8), "the investment returns 1.8 on average"


# %% exercise="variance"
def variance(values, probs):
    """The variance of a discrete variable.

    Args:
        values: (k,).
        probs: (k,), which sum to 1.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="variance"
spread = variance(np.array([0, 2, 10]), np.array([0.5, 0.4, 0.1]))
assert np.isclose(spread, 8.36), f"0.4·4 + 0.1·100 − 1.8² is 8.36, not {spread}"

# %% [markdown]
# ## 7. Was the rule any good?
#
# A rule predicts which wines are good. Among those it **predicted**, the share that really are good
# is its **precision**; among those that **are** good, the share it found is its **recall**.

# %% [markdown] lang="zh" of="bc2c3385"
# ## 7. 这条规则管用吗？
#
# 有一条规则，用来预测哪些葡萄酒是好酒。在它**预测**为好酒的那些酒当中，真正的好酒所占的比例叫
# 作**精确率**；在**真正**的好酒当中，它找出来的比例叫作**召回率**。


# %% exercise="precision_recall"
def precision_recall(predicted, actual):
    """Precision and recall of a rule.

    Args:
        predicted, actual: bool arrays (n,).

    Returns:
        (precision, recall), two floats; each is 0.0 where its own denominator is 0.
    """
    raise NotImplementedError


# %% example="precision_recall"
# 4,898 wines: the rule predicts 2,727 to be good, 3,258 are, and 2,018 are in both.
number = np.arange(4898)
precision, recall = precision_recall(number < 2727, (number < 2018) | (number >= 3658))
assert abs(precision - 0.7400) < 5e-5, f"2018 of 2727 is 0.7400, not {precision}"
assert abs(recall - 0.6194) < 5e-5, f"2018 of 3258 is 0.6194, not {recall}"

# %% [markdown]
# ## 8. Numerical differentiation
#
# The slope of $f$ in direction $i$ is nearly a **central** difference quotient,
#
# $$\frac{\partial f}{\partial x_i}\approx\frac{f(x+h\,e_i)-f(x-h\,e_i)}{2h},$$
#
# whose error shrinks with $h^2$ (that of the one-sided quotient only with $h$). A smaller $h$ is
# not always better: the difference of two nearly equal numbers loses digits. One of our sources
# takes $h=2^{-32}$ in float32, where $1+h$ is just 1 and the slope comes out as 0. Compute in
# float64, with $h=10^{-5}$.

# %% [markdown] lang="zh" of="a7c9288f"
# ## 8. 数值微分
#
# $f$ 沿方向 $i$ 的斜率，可以用**中心**差商来近似：
#
# $$\frac{\partial f}{\partial x_i}\approx\frac{f(x+h\,e_i)-f(x-h\,e_i)}{2h},$$
#
# 它的误差与 $h^2$ 同阶（单侧差商的误差只与 $h$ 同阶）。$h$ 并非越小越好：两个几乎相等的数相减，会
# 丢失有效数字。我们参考的一份资料在 float32 下取 $h=2^{-32}$，这时 $1+h$ 就等于 1，斜率算出来是
# 0。请用 float64 计算，取 $h=10^{-5}$。


# %% exercise="numerical_gradient"
def numerical_gradient(f, x, h=1e-5):
    """The gradient of f at x by central differences.

    Args:
        f: a function that takes an array of x's shape and returns a float.
        x: an array of any shape, of float64 or integers; it stays as it is.
        h: the step.

    Returns:
        an array of x's shape, of float64.
    """
    raise NotImplementedError


# %% example="numerical_gradient"
g = numerical_gradient(lambda x: float(3 * x[0] ** 2 - 4 * x[0]), np.array([1.0]))
assert g.shape == (1,), f"the gradient has the shape of x, (1,), not {g.shape}"
assert abs(g[0] - 2) < 1e-6, f"the slope of 3x² − 4x at 1 is 2, not {g[0]}"
at = np.array([[1.0, -2.0, 3.0], [0.5, 0.0, 4.0]])
g = numerical_gradient(lambda x: float((x**2).sum()), at)
assert np.allclose(g, 2 * at, atol=1e-6), f"the gradient of ‖x‖² is 2x, not\n{g}"

# %% demo=true
steps = np.logspace(-14, 0, 57)
at = np.array([1.0])
central = [abs(numerical_gradient(lambda x: np.sin(x[0]), at, h)[0] - np.cos(1)) for h in steps]
one_sided = [abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1)) for h in steps]
small = np.float32(1)
coarse = [abs((np.sin(small + np.float32(h)) - np.sin(small)) / h - np.cos(1)) for h in steps]
figure, axes = plt.subplots(figsize=(6.5, 4))
for name, errors in {
    "central, float64": central,
    "one-sided, float64": one_sided,
    "one-sided, float32": coarse,
}.items():
    axes.loglog(steps, np.maximum(errors, 1e-16), label=name)
axes.axvline(2.0**-32, color="grey", linestyle=":")
axes.text(2.0**-32, 2e-13, " h = 2⁻³²", color="grey")
axes.set(xlabel="step h", ylabel="error of the slope of sin at 1", title="Neither large nor tiny")
axes.legend(loc="lower right")
plt.show()

# %% [markdown] written="two_positive_tests"
# ## 9. In your own words
#
# The first test never misses a sick patient and is wrong for only 1 % of the others; still, a
# positive result means sick with a probability of 13 %. Explain to the patient where the other 87 %
# come from. The second test is worse on both counts: why does it raise the probability to 83 %? And
# why would the first test, done once more, not be worth as much as the same calculation suggests?

# %% [markdown] lang="zh" of="9ffbb2f4"
# ## 9. 用自己的话说
#
# 第一种检测从不漏掉患者，对没患病的人也只有 1% 会判错；可是检测为阳性的人，患病的概率只有 13%。假
# 如有个病人检测为阳性，请你向他解释：另外的 87% 从何而来？第二种检测在这两方面都不如第一种，为什
# 么它却能把概率提高到 83%？如果把第一种检测再做一次，照同样的方法算，就会高估这次结果的分量，这又
# 是为什么？

# %% [markdown]
# ## What you can do now
#
# - Predict the shape of a sum, and make a matrix product out of nothing but sums.
# - Fill, code and scale a table, without spoiling the one you were given.
# - Say what a positive test is worth, and a second one.
#
# Check any gradient by numbers. From lecture 5 on you will do so every week.

# %% [markdown] lang="zh" of="dd384525"
# ## 现在你会了
#
# - 预先说出两个数组之和的形状，只用乘法和求和写出矩阵乘法。
# - 给表格填补空缺、编码、缩放，而不动交给你的原表。
# - 说清一次阳性结果有多大分量，再来一次又如何。
#
# 任何梯度都可以用数值方法检验。从第 5 讲起，你每周都会这样做。
