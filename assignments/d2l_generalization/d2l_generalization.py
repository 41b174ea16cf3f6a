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
        t: how far the empirical error may be off, a float > 0.
        delta: the probability with which it may be off further, a float in (0, 1).

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
# \leftarrow (1-\eta\lambda)w - \dots$ that they derive would not follow. (What squaring does: of
# the weights 0.1, 0.01 and 3, whose squares sum to 9.0101, the largest pays 9. Another source
# prints 9.010001 there.) Factors are a matter of taste: the notes have $\frac\lambda2$. In this
# exercise
#
# $$L(w, b) = \frac1n\sum_{i=1}^n (x_i^\top w + b - y_i)^2 + \lambda\lVert w\rVert^2,$$
#
# with a mean in the first term and no ½ anywhere. The intercept $b$ is **not** penalised: where the
# data lie on the $y$-axis says nothing about how complex the model is. Setting both gradients to
# zero gives linear equations. (First solve for $b$; what remains is a problem in $x - \bar x$ and
# $y - \bar y$.)


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

# %% [markdown] written="a_reused_test_set"
# ## 7. In your own words: a reused test set
#
# A team evaluates its 20 models on one test set, improving each model by what it saw of the one
# before, and reports the best. The notes name two dangers: false discovery and adaptive
# overfitting. Explain how they differ. Against which of them does Bonferroni's correction help, why
# not against the other, and what would help there?

# %% [markdown]
# ## What you can do now
#
# - Split and cross-validate without a leak.
# - Ask of any reported error: how many examples, and how many models before this one?
# - Fit ridge regression exactly, and choose its λ.
#
# Next: what to do when new data are of another kind, and after that a table of houses, from end to
# end.
