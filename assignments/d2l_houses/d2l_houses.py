# %% [markdown]
# # Dive into Deep Learning: What is this house worth?
#
# One problem from end to end: a table with gaps and words in it, prices, and houses that nobody has
# bought yet. You turn the table into numbers, hold a model back, judge it without deceiving
# yourself, and predict. The last exercise is open: how near you come is up to you.
#
# **Afterwards you can** turn a raw table into features without letting the test part leak in;
# choose λ by cross-validation, from your own code; tell an error that will last from one that
# flatters; find out from its mistakes what a model lacks, and mend it.
#
# **Time** about 5 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, as with the assignments
# before.
#
# **To read**, where it helps: [Dive into Deep Learning
# 5.7](https://d2l.ai/chapter_multilayer-perceptrons/kaggle-house-price.html) on the competition
# that this notebook follows, [3.7](https://d2l.ai/chapter_linear-regression/weight-decay.html) on
# weight decay, and your own notebook "Will it work on new data?".
#
# **Conventions.** Everything is NumPy. A *table* is a dict: from the name of a column to an array
# with an entry for each house, of floats (a missing number is NaN) or of text (dtype `<U…`, a
# missing word is `""`). Features are float arrays with a row for each house. The tables, arrays and
# lists that you are handed stay as they are. Nothing is drawn at random: the same inputs give the
# same result.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other tables.

# %% [markdown] lang="zh" of="2f72adfa"
# # 动手学深度学习：这幢房子值多少钱？
#
# 一个问题，从头做到尾：一张有空缺、也有文字的表，一些房价，还有一些没卖出去、等着估价的房子。你要
# 把表变成数，给模型加上约束，老老实实地评估它，最后作出预测。最后一道练习没有标准答案：能做到多
# 准，就看你自己。
#
# **学完之后，你能够**把原始表格变成特征，而不让测试集泄漏进来；用自己的代码通过交叉验证选择 λ；分
# 清哪个误差靠得住，哪个只是好看；从模型的错误里看出它缺什么，再补上。
#
# **用时**约 5 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格，保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：[《动手学深度学
# 习》5.7](https://d2l.ai/chapter_multilayer-perceptrons/kaggle-house-price.html) 讲的竞赛，这份笔
# 记本就取材于它；[3.7](https://d2l.ai/chapter_linear-regression/weight-decay.html) 讲权重衰减；还
# 有你自己的笔记本“换了新数据还灵吗？”。
#
# **约定**：全部用 NumPy。*表*是一个字典：从列名到数组，每幢房子对应一个元素；数组装的是浮点数（缺
# 失的数是 NaN）或文字（dtype 为 `<U…`，缺失的词是 `""`）。特征是浮点数组，一行是一幢房子。交给你
# 的表、数组和列表都要保持原样。不做任何随机抽取：输入相同，结果就相同。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的表。

# %%
import csv
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. A town that does not exist
#
# Real house prices come from a competition whose files we may not hand out (section 7 reads them,
# if you have them). Until then `houses(n, seed)` makes up a town. **Its houses are invented, and
# so are its prices.** Each seed is another town: the columns stay, what things are worth there
# changes, and so does what nobody wrote down.
#
# | column | what it holds |
# | --- | --- |
# | `number` | a running number; says nothing |
# | `area`, `plot` | of the house and of its land, m² |
# | `rooms`, `year`, `quality` | how many, built when, 1 (shabby) to 10 |
# | `centre` | distance to the town's centre, km |
# | `cars` | how many fit into the garage; missing where there is none |
# | `units` | how many flats; 1 for every house of these towns |
# | `district`, `heating`, `condition` | words |
# | `price` | what it was sold for |
#
# You may read how prices arise. It will not spare you the work: the hidden towns are others, and
# what you can read is only the *form*.

# %% [markdown] lang="zh" of="1cd6c07e"
# ## 1. 一个不存在的城镇
#
# 真实的房价来自一个竞赛，它的文件我们不能分发（如果你有，第 7 节会读取它们）。在那之前，用
# `houses(n, seed)` 编造一个城镇。**房子是编出来的，房价也是**。每个种子是一个不同的城镇：列不变，
# 各样东西在那里值多少钱会变，没有人记下来的那些因素也会变。
#
# | 列 | 内容 |
# | --- | --- |
# | `number` | 流水号；没有含义 |
# | `area`, `plot` | 房子的面积和土地的面积，m² |
# | `rooms`, `year`, `quality` | 房间数，建成的年份，质量从 1（破旧）到 10 |
# | `centre` | 到市中心的距离，km |
# | `cars` | 车库停得下几辆车；没有车库时缺失 |
# | `units` | 有几套住宅；这些城镇里每幢房子都是 1 |
# | `district`, `heating`, `condition` | 词 |
# | `price` | 成交价 |
#
# 房价是怎样产生的，读代码就知道。这省不了你的功夫：隐藏的城镇是另外一些，你能读到的只是*形式*。


# %%
DISTRICTS = (
    "Altstadt", "Brook", "Castle", "Docks", "Elms", "Fairview", "Garden", "Harbour", "Island",
    "Junction", "Kiln", "Lakeside", "Mill",
)  # fmt: skip
HEATINGS = ("gas", "oil", "wood", "heat pump", "electric")
CONDITIONS = ("poor", "fair", "good", "renovated")


def houses(n, seed):
    """A table of n houses of a made-up town, with their "price"; another seed, another town."""
    rng = np.random.default_rng(seed)
    # What things are worth in this town.
    size, land = rng.uniform(0.72, 0.78), rng.uniform(0.11, 0.14)
    quality_worth, finish = rng.uniform(0.105, 0.125), rng.uniform(0.045, 0.055)
    age_cost, charm = rng.uniform(0.115, 0.125), rng.uniform(0.0085, 0.0092)
    way, car = rng.uniform(0.16, 0.19), rng.uniform(0.055, 0.075)
    district_worth = rng.permutation(np.linspace(-0.25, 0.25, len(DISTRICTS)))
    heating_worth = rng.permutation(np.linspace(-0.06, 0.06, len(HEATINGS)))
    condition_worth = np.array([-0.15, -0.05, 0.03, 0.12])
    # The houses.
    area = np.round(np.exp(4.75 + 0.45 * np.clip(rng.standard_normal(n), -2.2, 2.2)))
    plot = np.round(area * np.exp(1.3 + 0.7 * np.clip(rng.standard_normal(n), -2, 2)))
    year = np.floor(2025 - 125 * rng.beta(1.1, 1.5, size=n))
    quality = np.clip(np.round(6 + 1.6 * rng.standard_normal(n)), 1, 10)
    rooms = np.clip(np.round(area / 28 + 0.8 * rng.standard_normal(n)), 1, None)
    centre = np.round(0.4 + 12 * rng.beta(1.0, 2.5, size=n), 1)
    cars = rng.choice(4, size=n, p=[0.25, 0.4, 0.28, 0.07])
    common = 0.75 ** np.arange(len(DISTRICTS))
    district = rng.choice(len(DISTRICTS), size=n, p=common / common.sum())
    heating = rng.choice(len(HEATINGS), size=n, p=[0.45, 0.25, 0.12, 0.1, 0.08])
    condition = rng.choice(len(CONDITIONS), size=n, p=[0.1, 0.3, 0.4, 0.2])
    # Their prices: a sum of logarithms, curves, and a little luck.
    big, age = np.log(area / 100), (2025 - year) / 10
    log_price = (
        12.6
        + size * big
        + land * np.log(plot / 400)
        + (quality_worth + finish * big) * (quality - 6)
        - age_cost * age
        + charm * age**2
        - way * np.log(centre)
        + car * cars
        + district_worth[district]
        + heating_worth[heating]
        + condition_worth[condition]
        + 0.09 * rng.standard_normal(n)
    )
    return {
        "number": np.arange(1.0, n + 1),
        "area": np.where(rng.random(n) < 0.02, np.nan, area),
        "plot": np.where(rng.random(n) < 0.06, np.nan, plot),
        "rooms": rooms,
        "year": np.where(rng.random(n) < 0.03, np.nan, year),
        "quality": quality,
        "centre": centre,
        "cars": np.where(cars == 0, np.nan, cars),
        "units": np.ones(n),
        "district": np.array(DISTRICTS)[district],
        "heating": np.where(rng.random(n) < 0.08, "", np.array(HEATINGS)[heating]),
        "condition": np.where(rng.random(n) < 0.04, "", np.array(CONDITIONS)[condition]),
        "price": np.round(np.exp(log_price), -2),
    }


def rows(table, chosen):
    """The table of some houses: chosen is a slice or an array of row numbers."""
    return {name: column[chosen] for name, column in table.items()}


def sold_and_hidden(n, m, seed):
    """(train, prices, test, truth): n houses and their prices, m whose prices are kept back."""
    table = houses(n + m, seed)
    price = table.pop("price")
    return rows(table, slice(n)), price[:n], rows(table, slice(n, None)), price[n:]


# %% [markdown]
# Look before you compute. Prices are lopsided, so that a few villas would rule every average;
# their logarithms are not. Of the lower row, ask in each panel: is this a straight line? If not,
# in what would it be one? You will need the answers.

# %% [markdown] lang="zh" of="19aa722c"
# 先看，再算。房价的分布是偏斜的，几幢豪宅就足以左右任何平均；它们的对数却不是这样。对下面一行的每
# 个小图，问一问：这是一条直线吗？如果不是，换成哪个量就是直线了？答案之后用得着。

# %% demo=true
town = houses(1500, seed=3)
figure, axes = plt.subplots(2, 3, figsize=(12, 6.4), layout="constrained")
axes[0, 0].hist(town["price"] / 1000, bins=40, color="C0")
axes[0, 0].set(xlabel="price, thousands", ylabel="houses", title="A few villas, many houses")
axes[0, 1].hist(np.log(town["price"]), bins=40, color="C0")
axes[0, 1].set(xlabel="log price", ylabel="houses", title="Logarithms have no such tail")
by_district = [np.log(town["price"][town["district"] == name]) for name in DISTRICTS]
axes[0, 2].boxplot(by_district, orientation="horizontal", showfliers=False)
axes[0, 2].set_yticks(range(1, len(DISTRICTS) + 1), DISTRICTS, fontsize=8)
axes[0, 2].set(xlabel="log price", title="Where it stands")
for panel, name, label in zip(
    axes[1],
    ["area", "centre", "year"],
    ["area, m²", "to the centre, km", "year built"],
    strict=True,
):
    panel.scatter(town[name], np.log(town["price"]), s=5, alpha=0.35)
    known = np.flatnonzero(~np.isnan(town[name]))
    order = known[np.argsort(town[name][known], kind="stable")]
    groups = np.array_split(order, 12)
    middle = [np.median(town[name][group]) for group in groups]
    height = [np.median(np.log(town["price"][group])) for group in groups]
    panel.plot(middle, height, "o-", color="C1", label="medians of twelfths")
    panel.set(xlabel=label, ylabel="log price")
axes[1, 0].legend()
plt.show()
for name, column in town.items():
    gaps = np.mean(np.isnan(column)) if column.dtype.kind == "f" else np.mean(column == "")
    print(f"{name:10s} {column.dtype!s:8s} {gaps:6.1%} missing, for example {column[:4]}")

# %% [markdown]
# ## 2. Numbers
#
# Square metres and years cannot share one λ: a penalty on weights means something only if the
# features are of one size. So each column of numbers is standardised: its mean is taken off, and it
# is divided by its standard deviation. (The variance is the sum of the squared deviations from the
# mean, divided by *their number*. In lecture 1 it was one less.)
#
# Then decide three things. *Whose* mean and deviation? On the day when you predict, the hidden
# houses come one at a time, and a single house has no deviation. *What of a gap?* A standardised
# feature of which you know nothing should say nothing about the price: which number is that, and
# do gaps take part in mean and deviation? *What of a column that is constant* in the training part?
# It tells nothing either, whatever the hidden houses have there.

# %% [markdown] lang="zh" of="99854017"
# ## 2. 数
#
# 平方米和年份没法共用一个 λ：只有特征大小相当，对权重的惩罚才有意义。所以每个数值列都要标准化：减
# 去均值，再除以标准差。（这里的方差是离均值之差的平方和，除以*这些数的个数*。在第 1 讲里，除数要
# 少一。）
#
# 接下来要决定三件事。*用谁的*均值和标准差？真要预测的那天，待估价的房子是一幢一幢来的，而单独一幢
# 房子没有标准差。*空缺*怎么办？一个标准化之后的特征，如果你对它一无所知，它就不该影响预测：那该是
# 哪个数？空缺要不要参与均值和标准差？在训练集里*恒定不变的列*怎么办？它同样什么也说明不了，不管待
# 估价的房子在那一列是什么。


# %% exercise="numeric_features"
def numeric_features(train, test, names):
    """Columns of numbers, standardised by what is known of the training part.

    Args:
        train, test: tables of n and of m houses; they may have other columns, too.
        names: the columns to take, a list of p ≥ 1 names; each has a value in the training part.

    Returns:
        ((n, p), (m, p)) floats, columns in the order of names: standardised with mean and standard
        deviation (the divisor is their number) of the training part's values that are not missing;
        0 where a value is missing, and in both parts where the training part's values are all equal
        (only whole numbers are asked there).
    """
    raise NotImplementedError


# %% example="numeric_features"
small = {"age": np.array([10.0, np.nan, 30.0, 50.0]), "wing": np.array(["E", "W", "", "E"])}
new = {"age": np.array([np.nan, 30.0]), "wing": np.array(["W", ""])}
x, x_new = numeric_features(small, new, ["age"])
assert x.shape == (4, 1), f"four houses, one column: (4, 1), not {x.shape}"
assert x_new.shape == (2, 1), f"two houses, one column: (2, 1), not {x_new.shape}"
assert not np.isnan(x).any() and not np.isnan(x_new).any(), "gaps are filled in the features"
assert np.isnan(small["age"][1]), "the table itself keeps its gap: work on a copy"
assert abs(x_new[1, 0]) < 1e-12, f"30 is the mean of 10, 30 and 50, so that it is 0: {x_new[1, 0]}"
assert abs(x[3, 0] - np.sqrt(1.5)) < 1e-9, f"50 is √1.5 deviations above the mean, not {x[3, 0]}"

# %% [markdown]
# ## 3. Words
#
# A word becomes a column of zeros and ones for each **category**, as in lecture 1. But categories
# are what the *training part* knows: a weight for a word that it never saw could not be learnt. A
# house with such a word gets no 1 at all, and so do not forget that its word may be longer than
# all that you know, or begin like one of them. "Missing" is a different thing: that a field was
# left empty may well tell something, so it has a column of its own, *always*, the last of its name,
# even if nothing is missing in the training part.

# %% [markdown] lang="zh" of="fe838cec"
# ## 3. 词
#
# 和第 1 讲一样，每个**类别**变成一列，里面是零和一。但类别只包括*训练集*见过的那些：它从没见过的
# 词，权重是学不出来的。房子带着这样的词，就一个 1 也没有；所以别忘了，这个词可能比见过的所有词都
# 长，也可能开头与其中某个相同。“缺失”是另一回事：一个栏目空着，也许恰恰说明了什么，所以它有自己的
# 一列，*总是*有，排在这个列名的最后，哪怕训练集里一个缺失也没有。


# %% exercise="one_hot_features"
def one_hot_features(train, test, names):
    """Columns of words, as zeros and ones, by the categories of the training part.

    Args:
        train, test: tables of n and of m houses; they may have other columns, too.
        names: the columns to take, a list of names, not empty.

    Returns:
        ((n, q), (m, q)) floats. For each name in turn: a column for each category of the training
        part, sorted as Python sorts, then one for "missing". A category that the training part
        does not have is 0 in all of its name's columns.
    """
    raise NotImplementedError


# %% example="one_hot_features"
c, c_new = one_hot_features(small, new, ["wing"])
assert c.shape == (4, 3), f"E, W and missing make three columns, not {c.shape}"
assert np.array_equal(c[:, 2], [0, 0, 1, 0]), f"the last column marks what is missing: {c[:, 2]}"
assert np.array_equal(c[:, 0], [1, 0, 0, 1]), f"the first column marks E: {c[:, 0]}"
assert np.array_equal(c_new, [[0, 1, 0], [0, 0, 1]]), f"W, then a gap: got {c_new}"
c, c_new = one_hot_features(new, {"wing": np.array(["South"])}, ["wing"])
assert np.array_equal(c_new, [[0, 0]]), f"nobody has told us of South: zeros, not {c_new}"

# %% [markdown]
# ## 4. Judge yourself
#
# To be 50,000 off is a disaster for a hut and a good guess for a villa, so logarithms are compared:
# the **log-RMSE** is the root of the mean of $(\log\hat y - \log y)^2$. A model may predict
# nonsense below 1; such predictions count as 1. Prices are taken as they are.
#
# And judge on what was not fitted. The rows are cut into $k$ contiguous folds, in their order,
# whose sizes differ by at most one, the larger ones first. Each fold is predicted by a model that
# has seen all the others and nothing of it. What is returned is the plain mean of the $k$ errors:
# every fold counts alike, whatever its size. (Is that the log-RMSE of all rows together? Try two
# folds with errors 0 and 1.)
#
# A model arrives as a function: `predict = fit(x, y)` learns from features and prices, and
# `predict(x_new)` returns prices.

# %% [markdown] lang="zh" of="98828953"
# ## 4. 评估自己
#
# 差 50,000，对小屋来说是灾难，对豪宅来说却算猜得准，所以比较的是对数：**对数均方根误差**是
# $(\log\hat y - \log y)^2$ 的均值的平方根。模型可能胡说，给出小于 1 的预测；这样的预测一律当作
# 1。房价则原样使用。
#
# 还有，评估要用没有拟合过的房子。把各行按原来的次序切成 $k$ 折，每一折都是连续的，各折的大小最多
# 差一，大的在前。预测每一折的模型见过其余所有折，却没有见过这一折的任何东西。返回的是 $k$ 个误差
# 的普通平均：每一折同等看待，不管大小。（这等于全部行合在一起的对数均方根误差吗？拿误差为 0 和 1
# 的两折试一试。）
#
# 模型以函数的形式交给你：`predict = fit(x, y)` 从特征和房价中学习，`predict(x_new)` 返回房价。


# %% exercise="kfold_log_rmse"
def kfold_log_rmse(fit, x, y, k):
    """The log-RMSE by k-fold cross-validation, averaged over the folds.

    Args:
        fit: fit(x, y) learns from features (r, p) and prices (r,) and returns a function that
            predicts the prices (s,) of features (s, p).
        x: (n, p) features.
        y: (n,) prices, above 0.
        k: number of folds, 2 ≤ k ≤ n.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="kfold_log_rmse"
def by_heart(x, y):
    """A fit that knows every price it has seen, and says 1 for any other house."""
    seen = {tuple(row): price for row, price in zip(x, y, strict=True)}
    return lambda new: np.array([seen.get(tuple(row), 1.0) for row in new])


e = np.e
y = np.array([e, e, e**3, e**3, e**3])
x = np.arange(5.0)[:, None]
error = kfold_log_rmse(by_heart, x, y, 5)
assert error > 0, "the fold that is judged must not have been seen: here is a leak"
assert abs(error - 2.2) < 1e-9, f"each says 1, so the errors are 1, 1, 3, 3 and 3: not {error}"
error = kfold_log_rmse(lambda x, y: lambda new: np.full(len(new), -7.0), x, y, 2)
assert abs(error - (np.sqrt(11 / 3) + 3) / 2) < 1e-9, f"the folds are rows 0–2 and 3–4: {error}"

# %% [markdown]
# ## 5. How much shall it be held back?
#
# The model is **ridge regression on the log price**: it predicts $\exp(x^\top w + b)$ with the $w$
# and $b$ that minimise
#
# $$\frac1n\sum_{i=1}^n (x_i^\top w + b - \log y_i)^2 + \lambda\lVert w\rVert^2.$$
#
# The bias is free. Solve this by hand before you program it: what must $b$ be for a given $w$? What
# system of equations is left for $w$, and where does $n$ stand in it? (You had it in PyTorch; to
# check where $n$ and $\lambda$ stand, ask what must happen to $w$ if all rows are there twice.)
#
# Then choose λ from a list by *your* `kfold_log_rmse`. Features are taken as they are. The list
# comes in any order; of λ that are equally good the first in the list is returned.
#
# The pictures at the end look into your model. Write it as a function of its own in the same cell,
# above `choose_lambda`: `fit_for(lam)` that returns a `fit`, of the kind `kfold_log_rmse` takes.
# Nobody grades that function.

# %% [markdown] lang="zh" of="da8ff1e6"
# ## 5. 该约束多少？
#
# 模型是**对数房价的岭回归**：它的预测是 $\exp(x^\top w + b)$，其中 $w$ 和 $b$ 使下式最小：
#
# $$\frac1n\sum_{i=1}^n (x_i^\top w + b - \log y_i)^2 + \lambda\lVert w\rVert^2.$$
#
# 偏置不受惩罚。编程之前先在纸上解出来：给定 $w$ 时，$b$ 必须是多少？剩下的关于 $w$ 的方程组是什
# 么，$n$ 出现在哪里？（你用 PyTorch 做过它；想检查 $n$ 和 $\lambda$ 放对了地方没有，就想一想：如
# 果每一行都出现两次，$w$ 该有什么变化。）
#
# 然后用*你自己的* `kfold_log_rmse` 从一个列表中选出 λ。特征原样使用。列表的次序是任意的；几个 λ
# 一样好时，返回列表里的第一个。
#
# 最后的几张图要查看你的模型内部。请把模型写成单独的函数，放在同一个单元格里、`choose_lambda` 的上
# 方：`fit_for(lam)` 返回一个 `fit`，就是 `kfold_log_rmse` 所接受的那种。这个函数不计分。


# %% exercise="choose_lambda"
def choose_lambda(x, y, lambdas, k):
    """The λ with the smallest cross-validated log-RMSE of ridge regression on the log price.

    Args:
        x: (n, p) features, taken as they are.
        y: (n,) prices, far above 1.
        lambdas: a list of floats > 0, in any order.
        k: number of folds.

    Returns:
        one of lambdas, the first of the best ones.
    """
    raise NotImplementedError


# %% example="choose_lambda"
train, prices, test, truth = sold_and_hidden(60, 40, seed=1)
x, x_new = numeric_features(train, test, ["area", "quality", "year", "plot", "cars", "rooms"])
best = choose_lambda(x, prices, [100.0, 0.03, 1e-7], 5)
assert best == 0.03, f"of a mere mean, a fair λ and next to none the second is best here: {best}"
assert choose_lambda(0 * x, prices, [0.2, 0.1, 0.3], 4) == 0.2, "of equals, the first in the list"
assert choose_lambda(x, prices, [0.5], 3) == 0.5, "where there is no choice there is none"

# %% [markdown]
# ## 6. Predict
#
# Now everything together, and more than that. You are given houses with their prices, and houses
# without: predict the prices of the second. In the hidden towns there are gaps in both parts. In
# one of the odd towns below, the test part has words that the training part does not have, and two
# of its columns are missing as a whole.
#
# **How points are given.** The log-RMSE is measured on hidden houses of hidden towns (900 houses
# with their prices and 450 without in each of four towns; it is taken over the hidden houses of all
# four together).
#
# | log-RMSE below | points of 10 | |
# | --- | --- | --- |
# | 0.400 | 5 | it has learnt something: who says the same price for every house has 0.5 |
# | 0.225 | 1.25 more | all columns are used, on the right scale |
# | 0.175 | 1.25 more | somebody has looked at the data |
# | 0.140 | 1.25 more | and at what the model still gets wrong |
#
# The last 1.25 points are for odd towns: below 0.29 where all hidden houses are of quality 8 and
# more, below 0.40 where rooms and heating of no hidden house are known and half of them stand in a
# district nobody has heard of, and a town with a single hidden house, which only has to get a
# finite price, and the same one when asked again. You have 20 seconds for a town, at most 2,000
# houses, and NumPy.
#
# A ridge regression on the features of sections 2 and 3 gets you to about 0.20. What then? Do not
# turn knobs: *look*. Predict houses that you kept back from the training part, and plot $\log\hat y
# - \log y$ against each column. A curve in that picture is something that your features cannot
# express. Which columns would you rather have in another form, and which curve cannot be
# straightened by any, so that one feature for it is not enough? What does "missing" mean for
# `cars`, and does a gap that became a 0 still say so? Your features are yours: `numeric_features`
# does not mind what table you make up for it.

# %% [markdown] lang="zh" of="9396b8a5"
# ## 6. 预测
#
# 现在把所有东西合起来，还要再多做一点。给你的房子，一些有房价，一些没有：请预测后者的房价。在隐藏
# 的城镇里，两部分都有空缺。下面的古怪城镇里，有一个城镇的测试集带有训练集里没有的词，还有两列整列
# 缺失。
#
# **怎样给分**：对数均方根误差是在隐藏的城镇里，用待估价的房子算出来的（共四个城镇，每个城镇有 900
# 幢给出房价的房子和 450 幢没给房价的房子，误差由四个城镇全部待估价的房子合在一起算出）。
#
# | 对数均方根误差低于 | 得分（满分 10 分） | |
# | --- | --- | --- |
# | 0.400 | 5 | 学到了一点东西：对每幢房子都说同一个价，误差是 0.5 |
# | 0.225 | 再加 1.25 | 所有的列都用上了，尺度也合适 |
# | 0.175 | 再加 1.25 | 有人看过数据了 |
# | 0.140 | 再加 1.25 | 还看过模型仍然错在哪里 |
#
# 最后的 1.25 分留给古怪的城镇：一个是待估价的房子质量全都在 8 以上（含），误差要低于 0.29；一个是
# 待估价的房子都不知道房间数和供暖方式，还有一半位于谁也没听说过的城区，误差要低于 0.40；再有一个
# 城镇，待估价的房子只有一幢，只要求给出有限的房价，再问一次也不变。每个城镇限时 20 秒，最多 2,000
# 幢房子，只能用 NumPy。
#
# 在第 2 节和第 3 节的特征上做岭回归，能到 0.20 左右。然后呢？不要拧旋钮，要*看*。从训练集里留出一
# 些房子来预测，把 $\log\hat y - \log y$ 对每一列画出来。图上如果有曲线，那就是你的特征表达不出来
# 的东西。哪些列换个形式会更好？哪条曲线换成什么形式都拉不直，因而只用一个特征不够？对 `cars` 来
# 说，“缺失”是什么意思？空缺变成 0 之后，还说得出这个意思吗？特征由你自己定：`numeric_features` 不
# 挑表，你可以专门造一张表交给它。


# %% exercise="predict_prices"
def predict_prices(train, prices, test):
    """The prices of houses that nobody has seen.

    Forbidden: libraries other than NumPy.

    Args:
        train: a table of n houses with the columns of section 1, without "price".
        prices: (n,) what they were sold for.
        test: a table of m ≥ 1 houses with the same columns; n + m ≤ 2,000.

    Returns:
        (m,) prices; finite, whatever is missing or unknown. The same inputs give the same result.
    """
    raise NotImplementedError


# %% example="predict_prices"
train, prices, test, truth = sold_and_hidden(900, 450, seed=11)
predicted = predict_prices(train, prices, test)
assert predicted.shape == (450,), f"a price for each hidden house: (450,), not {predicted.shape}"
assert np.isfinite(predicted).all(), "every house gets a price, whatever is missing of it"
error = np.sqrt(np.mean((np.log(np.maximum(predicted, 1)) - np.log(truth)) ** 2))
assert error < 0.40, f"one price for all houses has 0.5, yours have {error:.3f}"
print(f"log-RMSE on hidden houses of another town: {error:.3f}")

# %% [markdown]
# Look at it. Left, each hidden house at its true and at its predicted price; between the thin lines
# one is at most 20 % off. In the middle, the ten-year means of your errors: zero is right, and a
# curve is something that the model does not know of. Right, the same by district.

# %% [markdown] lang="zh" of="8c99cdce"
# 看看结果。左图里，每幢待估价的房子按真实房价和预测房价画成一个点；落在两条细线之间的，误差最多
# 20%。中图是你的误差每十年的均值：为零才对，出现曲线就说明有模型不知道的东西。右图是按城区画的同
# 样的误差。

# %% demo=true
off = np.log(np.maximum(predicted, 1)) - np.log(truth)
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
left.scatter(truth, np.maximum(predicted, 1), s=8, alpha=0.5)
ends = np.array([truth.min(), truth.max()])
left.plot(ends, ends, color="black", linewidth=1)
for factor in (1 / 1.2, 1.2):
    left.plot(ends, factor * ends, color="black", linewidth=0.6, linestyle="--")
left.set(xscale="log", yscale="log", xlabel="true price", ylabel="predicted price")
share = np.mean(np.abs(off) < np.log(1.2))
left.set_title(f"log-RMSE {error:.3f}; {share:.0%} within 20 %")
decade = np.floor(test["year"] / 10) * 10
decades = [d for d in np.unique(decade[~np.isnan(decade)]) if np.sum(decade == d) > 3]
means = [off[decade == d].mean() for d in decades]
bars = [2 * off[decade == d].std() / np.sqrt(np.sum(decade == d)) for d in decades]
middle.axhline(0, color="black", linewidth=1)
middle.scatter(test["year"], off, s=5, alpha=0.25)
middle.errorbar(np.add(decades, 5), means, bars, fmt="o-", color="C1", label="ten years, ± 2 s.e.")
middle.set(xlabel="year built", ylabel="log predicted − log true", title="What is left: by year")
middle.legend()
quarters = [d for d in DISTRICTS if np.sum(test["district"] == d) > 3]
right.axvline(0, color="black", linewidth=1)
spread = [off[test["district"] == d] for d in quarters]
right.boxplot(spread, orientation="horizontal", showfliers=False)
right.set_yticks(range(1, len(quarters) + 1), quarters, fontsize=8)
right.set(xlabel="log predicted − log true", title="What is left: by district")
plt.show()

# %% [markdown]
# Two pictures of your `fit_for`, on 150 houses of one town. Left, the error by fold and λ: each
# thin line is one fold, the thick one is what `choose_lambda` sees. How far apart are the folds,
# and how far the λ? Which of the two decides how well you know your error?
#
# Right, what the weights say. Your model is linear in the features, so a weight can be asked for
# from outside: $w_j = \log\hat y(e_j) - \log\hat y(0)$, with $e_j$ a house whose $j$-th feature is
# 1 and all others 0. A weight of 0.1 makes a house about 10 % dearer for a standard deviation more,
# or for the word. (The second question below asks you about this picture.)

# %% [markdown] lang="zh" of="31d239fa"
# 这里是关于你的 `fit_for` 的两张图，用的是一个城镇的 150 幢房子。左图是各折、各个 λ 的误差：每条
# 细线是一折，粗线是 `choose_lambda` 看到的。各折之间相差多远？各个 λ 之间又相差多远？两者中哪一个
# 决定了你对误差有多大把握？
#
# 右图是各个权重。你的模型对特征是线性的，所以从外面就能问出一个权重：
# $w_j = \log\hat y(e_j) - \log\hat y(0)$，其中 $e_j$ 是一幢第 $j$ 个特征为 1、其余全为 0 的房子。
# 权重为 0.1，就是这个特征每增加一个标准差，或者有了这个词，房子大约贵 10%。（下面第二道书面题问的
# 就是这张图。）

# %% demo=true
train, prices, _, _ = sold_and_hidden(150, 1, seed=5)
columns = ["area", "plot", "rooms", "year", "quality", "centre", "cars"]
x = np.hstack([
    numeric_features(train, train, columns)[0],
    one_hot_features(train, train, ["heating", "condition"])[0],
])  # fmt: skip
labels = columns + [
    f"{name}: {word or 'missing'}"
    for name in ("heating", "condition")
    for word in [*sorted(set(train[name]) - {""}), ""]
]
lambdas = np.logspace(-4, 1, 26)
try:
    fits = [fit_for(lam) for lam in lambdas]
except NameError:
    fits = []
    print("Write `fit_for` above `choose_lambda` (see section 5), and here are two pictures.")
if fits:
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5.2), layout="constrained")
    folds = np.array_split(np.arange(150), 5)
    curves = []
    for number, fold in enumerate(folds):
        rest = np.setdiff1d(np.arange(150), fold)
        guesses = [fit(x[rest], prices[rest])(x[fold]) for fit in fits]
        gaps = [np.log(guess) - np.log(prices[fold]) for guess in guesses]
        curves.append([np.sqrt(np.mean(gap**2)) for gap in gaps])
        left.semilogx(lambdas, curves[-1], linewidth=1, label=f"fold {number + 1}")
    left.semilogx(lambdas, np.mean(curves, axis=0), color="black", linewidth=3, label="their mean")
    best = choose_lambda(x, prices, lambdas.tolist(), 5)
    left.axvline(best, color="black", linestyle=":", label=f"your choice, {best:.3g}")
    left.set(xlabel="λ", ylabel="log-RMSE", title="Error by fold and λ")
    left.legend()
    heights = np.arange(len(labels))
    chosen = lambdas.tolist().index(best)
    for shift, which in ((-0.2, chosen), (0.2, min(chosen + 5, 25))):  # 5 are a factor of 10
        predict = fits[which](x, prices)
        base = np.log(predict(np.zeros((1, len(labels)))))
        weights = np.log(predict(np.eye(len(labels)))) - base
        right.barh(heights + shift, weights, height=0.4, label=f"λ = {lambdas[which]:.3g}")
    right.set_yticks(heights, labels, fontsize=8)
    right.invert_yaxis()
    right.axvline(0, color="black", linewidth=1)
    right.set(xlabel="weight, in log price", title="What the weights say")
    right.legend()
    plt.show()

# %% [markdown]
# ## 7. The real thing
#
# The competition "House Prices: Advanced Regression Techniques" hands out `train.csv` and
# `test.csv` to whoever signs up. Its fields are separated by commas, a gap is written `NA` or left
# empty, the first column is `Id`, the price is `SalePrice`. `read_table` reads such a file: a
# column is one of numbers if all of its known fields are; what it is in the training file, it is in
# the test file. It is tried on a small file that the next cell writes.

# %% [markdown] lang="zh" of="e113516b"
# ## 7. 真实的数据
#
# 竞赛“House Prices: Advanced Regression Techniques”把 `train.csv` 和 `test.csv` 发给报名的人。文
# 件里各栏用逗号分隔，空缺写成 `NA` 或者留空，第一列是 `Id`，房价是 `SalePrice`。`read_table` 读取
# 这样的文件：一列里已知的各栏如果全是数，它就是数值列；一列在训练文件里是哪一种，在测试文件里也是
# 哪一种。下一个单元格写一个小文件来试它。


# %%
def read_table(path, like=None):
    """The table in a CSV file; a column of `like`, a table read before, keeps its kind there."""
    with open(path, newline="", encoding="utf-8") as file:
        lines = list(csv.reader(file))
    table = {}
    for name, *fields in zip(*lines, strict=True):
        fields = ["" if field.strip() in ("", "NA") else field.strip() for field in fields]
        if like and name in like:
            numeric = like[name].dtype.kind == "f"
        else:
            numeric = any(fields) and all(is_number(field) for field in fields if field)
        if numeric:
            table[name] = np.array([float(field) if field else np.nan for field in fields])
        else:
            table[name] = np.array(fields, dtype=str)
    return table


def is_number(field):
    """Whether a field of a file holds a number."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def write_table(path, table):
    """Write a table to a CSV file, gaps as the competition does."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(table)
        for fields in zip(*table.values(), strict=True):
            writer.writerow(["NA" if str(field) in ("", "nan") else field for field in fields])


def enter(folder):
    """Predict the competition's test.csv, and write submission.csv beside it; the predictions."""
    train = read_table(folder / "train.csv")
    test = read_table(folder / "test.csv", like=train)
    prices, _ = train.pop("SalePrice"), train.pop("Id")
    numbers = test.pop("Id")
    predicted = predict_prices(train, prices, test)
    entry = {"Id": numbers.astype(int), "SalePrice": np.round(predicted, 2)}
    write_table(folder / "submission.csv", entry)
    return predicted


# %% demo=true
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    text = 'Id,LotArea,Alley,Street,SalePrice\n1,8450,NA,"Pave, old",208500\n2,NA,Grvl,,181500.5\n'
    (folder / "small.csv").write_text(text, encoding="utf-8")
    read = read_table(folder / "small.csv")
    assert list(read) == ["Id", "LotArea", "Alley", "Street", "SalePrice"], list(read)
    assert read["LotArea"][0] == 8450 and np.isnan(read["LotArea"][1]), read["LotArea"]
    assert read["Alley"].tolist() == ["", "Grvl"], read["Alley"]
    assert read["Street"].tolist() == ["Pave, old", ""], read["Street"]
    assert read["SalePrice"].tolist() == [208500.0, 181500.5], read["SalePrice"]

    # And a town of our own in the competition's form, from file to file.
    made_up = houses(700, seed=21)
    price = made_up.pop("price")
    made_up["Id"] = made_up.pop("number")
    write_table(folder / "train.csv", {**rows(made_up, slice(500)), "SalePrice": price[:500]})
    write_table(folder / "test.csv", rows(made_up, slice(500, None)))
    enter(folder)
    entry = read_table(folder / "submission.csv")
    assert entry["Id"].tolist() == list(range(501, 701)), entry["Id"]
    error = np.sqrt(np.mean((np.log(entry["SalePrice"]) - np.log(price[500:])) ** 2))
    print(f"a made-up town, read from files and written to one: log-RMSE {error:.3f}")

competition = Path("house-prices")
if (competition / "train.csv").exists():
    print(f"{len(enter(competition))} prices are in {competition / 'submission.csv'}")
else:
    print(f"Put the competition's two files into {competition}/ and run this cell again.")

# %% [markdown]
# In the real files there are numbers that are 0 (no cellar, no pool), numbers that are words (the
# kind of building, as 20, 30, 45), and gaps that mean "has none". If your function breaks there,
# it has met the world. (A word for those who enter: the public ranking is a test set that everybody
# looks at many times. Lecture "Will it work on new data?", section 3.)

# %% [markdown] lang="zh" of="7d3d29f2"
# 在真实的文件里，有的数是 0（没有地下室，没有泳池），有的数其实是词（房屋的种类，写成 20、30、
# 45），有的空缺意思是“没有这个东西”。如果你的函数在那里出了错，那是它见了世面。（给参赛者的一句
# 话：公开排行榜就是一个所有人都看过许多遍的测试集。参见笔记本“换了新数据还灵吗？”的第 3 节。）

# %% [markdown] written="what_leaks"
# ## 8. In your own words: what leaks
#
# (a) A friend standardises all houses together, those to be predicted too, "to have more data for
# the mean". On towns like ours her log-RMSE is the same as yours to the third digit. For which
# hidden houses would it not be, and why can she not serve a customer who asks about one house?
#
# (b) `choose_lambda` gets features that were standardised with the mean of *all* training rows,
# the fold that is left out among them. Is this the same leak? Does it flatter the error, and by
# much? Name a feature for which the same carelessness would flatter it greatly.
#
# (c) You chose λ as the best of 26. Is its cross-validated error an honest estimate of the error on
# hidden houses?

# %% [markdown] lang="zh" of="ba02ee7e"
# ## 8. 用自己的话说：什么在泄漏
#
# (a) 一位朋友把所有房子放在一起标准化，连要预测的也在内，“这样求均值的数据更多”。在我们这样的城镇
# 里，她的对数均方根误差与你的前三位数字都一样。对怎样的待估价房子就会不一样？如果有顾客只来问一幢
# 房子，为什么她接待不了？
#
# (b) 交给 `choose_lambda` 的特征，是用*全部*训练行的均值标准化的，留出的那一折也在其中。这是同一
# 种泄漏吗？它会让误差变得好看吗，会好看很多吗？请举出一个特征：对它犯同样的疏忽，会让交叉验证的误
# 差好看得多。
#
# (c) 你选的 λ 是 26 个里最好的。它的交叉验证误差，是对待估价房子上误差的诚实估计吗？

# %% [markdown] written="what_weights_say"
# ## 9. In your own words: what the weights say
#
# Look at the right picture above again. (a) The columns of one word, "missing" included, sum to 1
# in every row. Without a penalty the weights would not be determined: why, and what does the
# penalty do about it? So what may be read from a single word's weight, and what only from two? (b)
# Bigger houses have more rooms. Why may the weight of `rooms` be small, or negative, though more
# rooms cost more? What becomes of it and of the weight of `area` at the larger λ, and why are the
# two drawn towards each other? (c) "A garage for one more car makes a house worth 6 % more": what
# does the model really say?

# %% [markdown] lang="zh" of="847f6a68"
# ## 9. 用自己的话说：权重说了什么
#
# 再看上面右边的那张图。(a) 同一个列名的各个词，连“缺失”在内，它们的列在每一行里之和为 1。如果没有
# 惩罚项，权重就确定不下来：为什么？惩罚项对此做了什么？那么，从单独一个词的权重能读出什么？什么东
# 西要有两个权重才读得出来？(b) 房子越大，房间越多。房间多明明更贵，为什么 `rooms` 的权重却可能很
# 小，甚至是负的？换成较大的 λ，它和 `area` 的权重会怎样？为什么这两个权重会互相靠近？(c) “车库多
# 停一辆车，房子就贵 6%”：模型真正说的是什么？

# %% [markdown]
# ## What you can do now
#
# - From a raw table to features: numbers, words, gaps, and words that come up only later.
# - Keep statistics, folds and choices on the training side, and say where a leak would enter.
# - Choose a penalty by cross-validation, and know how well you know the error.
# - Read a model's mistakes, and give it the feature that it lacks. On our towns this took the error
#   from 0.20 to below 0.14; nothing that you could have tuned would have.
#
# Next, wherever you meet a table: the same five functions.

# %% [markdown] lang="zh" of="c4a1a207"
# ## 现在你会了
#
# - 从原始表格走到特征：数、词、空缺，还有后来才出现的词。
# - 让统计量、各折的划分和一切选择都只用训练集，并说出泄漏会从哪里进来。
# - 用交叉验证选择惩罚的大小，并知道自己对误差有多大把握。
# - 读懂模型的错误，补上它所缺的特征。在我们的城镇里，这样做把误差从 0.20 降到了 0.14 以下；靠调参
#   数，无论调什么都做不到。
#
# 下一步，不管在哪里遇到表格：还是这五个函数。
