# %% [markdown]
# # Dive into Deep Learning: When the world shifts
#
# A model is trained where data are at hand (the **source**), and used elsewhere or later (the
# **target**). If the two differ, all we know of its risk is worth little, unless we know *in what*
# they differ. In this notebook you repair two kinds of shift, and follow a third one as it goes on.
#
# **Afterwards you can** say which kind of shift you face, and what stays the same under it;
# estimate weights from a classifier's answers, without labels from the target; follow a concept
# that drifts; see which shifts nothing can repair.
#
# **Time** about 3 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [environment and distribution
# shift](https://d2l.ai/chapter_linear-classification/environment-and-distribution-shift.html),
# which this notebook follows; [Detecting and correcting for label shift with black box
# predictors](https://arxiv.org/abs/1802.03916), where section 2 comes from.
#
# **Conventions.** $q$ is the source's distribution and $p$ the target's, everywhere in this
# notebook. (The notes exchange the two letters from one section to the next; before you trust a
# formula, ask which is which.) Rows are observations. Inputs are never changed in place, and
# results keep the inputs' dtype and device.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="ce5e9de5"
# # 动手学深度学习：世界变了怎么办
#
# 模型在手头有数据的地方训练（**源域**），却用在别处或以后（**目标域**）。如果两者不同，我们对风险
# 的了解就不值什么了，除非知道它们*哪里*不同。在这份笔记本里，你要修正两种偏移，并跟上第三种持续不
# 断的偏移。
#
# **学完之后，你能够**说出你面对的是哪一种偏移，其中什么保持不变；不用目标域的标签，从分类器的回答
# 估计权重；跟上慢慢变化的概念；看出哪些偏移无法修正。
#
# **用时**约 3 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行全部单元格，保
# 存，然后提交这个文件，没做完也可以：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》的[环境和分布偏
# 移](https://d2l.ai/chapter_linear-classification/environment-and-distribution-shift.html)，这份
# 笔记本就是照它写的；[用黑箱预测器检测和修正标签偏移](https://arxiv.org/abs/1802.03916)，第 2 节
# 出自这里。
#
# **约定**：在整份笔记本里，$q$ 是源分布，$p$ 是目标分布。（讲义里这两个字母在不同的节里会对调；相
# 信一个公式之前，先弄清哪个是哪个。）一行是一个观测。不得原地修改输入；结果与输入的 dtype 和设备
# 相同。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Covariate shift
#
# The inputs come from another distribution, $p(x)\ne q(x)$, but each input has its label as before,
# $p(y\mid x) = q(y\mid x)$. Then the target's risk can be had from the source's examples, each with
# the weight $\beta(x) = p(x)/q(x)$:
#
# $$E_p[l] = \iint l\,p(y\mid x)\,p(x)\,dx\,dy
#          = \iint l\,q(y\mid x)\,q(x)\,\frac{p(x)}{q(x)}\,dx\,dy = E_q[\beta\,l]$$
#
# Neither density is known, but only their ratio is wanted, and a classifier that tells target from
# source finds it. Its data are the inputs of both, labelled by where they come from.

# %% [markdown] lang="zh" of="f5c1575f"
# ## 1. 协变量偏移
#
# 输入来自另一个分布，$p(x)\ne q(x)$，但每个输入的标签和以前一样，$p(y\mid x) = q(y\mid x)$。这
# 时，目标域的风险可以从源域的样本求得，只要给每个样本加上权重 $\beta(x) = p(x)/q(x)$：
#
# $$E_p[l] = \iint l\,p(y\mid x)\,p(x)\,dx\,dy
#          = \iint l\,q(y\mid x)\,q(x)\,\frac{p(x)}{q(x)}\,dx\,dy = E_q[\beta\,l]$$
#
# 两个密度都不知道，但我们只要它们的比，而一个区分目标域和源域的分类器就能求出这个比。它的数据是两
# 边的输入，标签说明输入来自哪一边。


# %% exercise="domain_dataset"
def domain_dataset(source, target):
    """The data for a classifier that tells target from source.

    Args:
        source: (n_source, d) inputs, on which the model was trained.
        target: (n_target, d) inputs, on which it will be used.

    Returns:
        (x, y): x (n_source + n_target, d) with the source's rows first; y (n_source + n_target,)
        in the dtype of x, 0 for rows of the source and 1 for rows of the target.
    """
    raise NotImplementedError


# %% example="domain_dataset"
x, y = domain_dataset(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [5.0, 6.0]]))
assert x.shape == (3, 2), f"one row and two rows make three, not {tuple(x.shape)}"
assert torch.equal(x[0], torch.tensor([1.0, 2.0])), f"the source comes first, not {x[0]}"
assert torch.equal(y, torch.tensor([0.0, 1.0, 1.0])), f"expected [0, 1, 1], got {y}"

# %% [markdown]
# Let $h(x)$ be the classifier's logit for "target". By Bayes' theorem
#
# $$e^{h(x)} = \frac{P(\text{target}\mid x)}{P(\text{source}\mid x)}
#            = \frac{n_{\text{target}}\;p(x)}{n_{\text{source}}\;q(x)}$$
#
# The notes' $\beta = e^{h}$ is therefore right only if both samples have the same size. Solve for
# $p(x)/q(x)$ in general.

# %% [markdown] lang="zh" of="bfe28751"
# 设 $h(x)$ 是这个分类器对“目标域”的 logit。由贝叶斯定理，
#
# $$e^{h(x)} = \frac{P(\text{目标域}\mid x)}{P(\text{源域}\mid x)}
#            = \frac{n_{\text{目标域}}\;p(x)}{n_{\text{源域}}\;q(x)}$$
#
# 所以，讲义里的 $\beta = e^{h}$ 只有在两份样本一样大时才对。请在一般情形下解出 $p(x)/q(x)$。


# %% exercise="density_ratio"
def density_ratio(logits, n_source, n_target):
    """The target's density over the source's, p(x)/q(x), at each point.

    Args:
        logits: (n,) logits of "this point is from the target", at the points.
        n_source, n_target: how many rows of each the classifier was trained on, two ints.

    Returns:
        (n,).
    """
    raise NotImplementedError


# %% example="density_ratio"
beta = density_ratio(torch.tensor([0.0, math.log(3.0)]), 200, 100)
assert beta.shape == (2,), f"a weight for each logit: not {tuple(beta.shape)}"
assert abs(beta[0].item() - 2) < 1e-5, (
    f"a point that two samples of 200 and 100 share evenly is twice as dense in the target: {beta}"
)
assert abs(beta[1].item() - 6) < 1e-5, f"odds of 3 make it 6, not {beta[1].item()}"

# %% [markdown]
# Where the source has hardly any points, the few there get huge weights, and the estimate depends
# on them alone. A common remedy accepts a small bias: no weight may exceed $c$.

# %% [markdown] lang="zh" of="9f6169a8"
# 在源域几乎没有点的地方，仅有的几个点会得到极大的权重，估计就全靠它们了。常用的办法是容忍一点偏
# 差：任何权重都不许超过 $c$。


# %% exercise="clip_weights"
def clip_weights(weights, c):
    """Each weight, or c where it is larger.

    Args:
        weights: (n,) weights ≥ 0.
        c: the largest weight allowed, a float.

    Returns:
        (n,), a new tensor.
    """
    raise NotImplementedError


# %% example="clip_weights"
clipped = clip_weights(torch.tensor([0.5, 20.0, 3.0]), 3.0)
assert torch.equal(clipped, torch.tensor([0.5, 3.0, 3.0])), f"expected [0.5, 3, 3], got {clipped}"

# %% [markdown]
# The weighted risk is $\frac1n\sum_i\beta_i l_i$. It divides by $n$, not by $\sum_i\beta_i$: under
# $q$ the weights have mean 1 already.

# %% [markdown] lang="zh" of="7cf97809"
# 加权风险是 $\frac1n\sum_i\beta_i l_i$。它除以 $n$，不除以 $\sum_i\beta_i$：在 $q$ 之下，权重的均
# 值本来就是 1。


# %% exercise="weighted_risk"
def weighted_risk(losses, weights):
    """The sum of weight times loss, over n.

    Args:
        losses: (n,), the loss of each of the source's examples.
        weights: (n,), their weights.

    Returns:
        0-d tensor.
    """
    raise NotImplementedError


# %% example="weighted_risk"
risk = weighted_risk(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.0, 3.0, 1.0]))
assert risk.shape == (), f"the risk is a 0-d tensor, not one of shape {tuple(risk.shape)}"
assert abs(risk.item() - 3) < 1e-6, f"(0·1 + 3·2 + 1·3)/3 is 3, not {risk.item()}"

# %% [markdown]
# All of it together: a straight line is fitted to a curve. Which line is best depends on where one
# looks. The source has labels, the target has none; the domain classifier is a logistic regression
# on $1, x, x^2$.

# %% [markdown] lang="zh" of="123791df"
# 全部合起来：用一条直线去拟合一条曲线。哪条直线最好，取决于你关心哪里。源域有标签，目标域没有；区
# 分两个域的分类器是 $1, x, x^2$ 上的 Logistic 回归。

# %% demo=true
torch.manual_seed(1)


def curve(x):
    """What the labels scatter around."""
    return torch.sin(1.5 * x) + 0.3 * x


def ratio_of_samples(source, target, steps=400):
    """A function that estimates p/q, by a classifier of the two samples."""
    x, y = domain_dataset(source, target)
    features = torch.cat([x**0, x, x**2], dim=1)
    theta = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.Adam([theta], lr=0.3)
    for _ in range(steps):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(features @ theta, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    a, b, c = theta.detach()
    return lambda x: density_ratio(a + b * x + c * x**2, len(source), len(target))


def fit_line(x, y, weights):
    """Weighted least squares: (intercept, slope)."""
    design = torch.stack([torch.ones_like(x), x], dim=1)
    return torch.linalg.solve(design.T @ (weights[:, None] * design), design.T @ (weights * y))


def normal_density(x, mean, std):
    """The density of N(mean, std²)."""
    return torch.exp(-(((x - mean) / std) ** 2) / 2) / (std * math.sqrt(2 * math.pi))


source, target = torch.randn(600, 1), 1.6 + 0.5 * torch.randn(200, 1)
labels = curve(source[:, 0]) + 0.15 * torch.randn(600)
ratio = ratio_of_samples(source, target)
beta = clip_weights(ratio(source[:, 0]), 10.0)
grid = torch.linspace(-3, 3.2, 300)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
truth = normal_density(grid, 1.6, 0.5) / normal_density(grid, 0.0, 1.0)
left.plot(grid, truth, "k:", label="p(x)/q(x)")
left.plot(grid, ratio(grid), label="estimated from the samples")
left.scatter(source[:, 0], beta, s=8, alpha=0.5, label="the source's weights, clipped at 10")
left.set(xlabel="x", ylabel="weight", ylim=(-0.5, 16), title="A classifier finds the ratio")
left.legend()
right.scatter(source[:, 0], labels, s=8, alpha=0.4, label="source, with labels")
right.scatter(target[:, 0], torch.full((200,), -2.2), s=14, marker="|", label="target, without")
new = 1.6 + 0.5 * torch.randn(5000)
for name, weights, color in [("as it is", beta**0, "tab:red"), ("weighted", beta, "tab:green")]:
    intercept, slope = fit_line(source[:, 0], labels, weights)
    losses = (intercept + slope * source[:, 0] - labels) ** 2
    shown = weighted_risk(losses, beta**0).item(), weighted_risk(losses, beta).item()
    real = ((intercept + slope * new - curve(new)) ** 2).mean().item() + 0.15**2
    right.plot(grid, intercept + slope * grid, color=color, label=f"fitted to the source {name}")
    print(f"source {name}: risk there {shown[0]:.2f}; on the target, {shown[1]:.2f} is")
    print(f"    estimated by weights, and {real:.2f} found on new data")
right.set(xlabel="x", ylabel="y", ylim=(-2.5, 2.2), title="The best line depends on where you look")
right.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## 2. Label shift
#
# Now the labels come at other rates, $p(y)\ne q(y)$, but each class looks as before, $p(x\mid y) =
# q(x\mid y)$: illnesses become more frequent, their symptoms stay. (One of our sources defines
# label shift by an unchanged $p(y\mid x)$. That is covariate shift; when illnesses become more
# frequent, the same symptoms mean them more often.) The weight of an example is $p(y)/q(y)$, and to
# find $p(y)$ we need no labels from the target.
#
# On labelled data of the source that were kept back from training, count how a classifier errs:
# $C_{ij} = P(\hat y = i \mid y = j)$. Here **rows are predictions and columns are labels**, so each
# column sums to 1. (Others put labels in rows. The formula below needs it this way round.)

# %% [markdown] lang="zh" of="50458c4d"
# ## 2. 标签偏移
#
# 这一次，标签出现的比例变了，$p(y)\ne q(y)$，但每个类别的样子和以前一样，
# $p(x\mid y) = q(x\mid y)$：疾病更常见了，症状却没有变。（我们的一份资料用 $p(y\mid x)$ 不变来定
# 义标签偏移。那其实是协变量偏移；疾病更常见了，同样的症状就更可能意味着有病。）样本的权重是
# $p(y)/q(y)$，而求 $p(y)$ 用不着目标域的标签。
#
# 在源域里留出一些有标签、但没有用来训练的数据，数一数分类器在上面怎样出错：
# $C_{ij} = P(\hat y = i \mid y = j)$。这里**行是预测，列是标签**，所以每一列之和是 1。（也有人把
# 标签放在行上；下面的公式要用这里的放法。）


# %% exercise="confusion_matrix"
def confusion_matrix(predicted, labels, k):
    """How often each class is predicted for each label.

    Args:
        predicted, labels: (n,) int64 classes 0, …, k − 1.
        k: number of classes.

    Returns:
        (k, k) float32: entry [i, j] is the share of class i among the predictions for label j. The
        column of a label that does not occur is zero.
    """
    raise NotImplementedError


# %% example="confusion_matrix"
c = confusion_matrix(torch.tensor([0, 1, 1, 0, 1]), torch.tensor([0, 0, 1, 0, 1]), 3)
assert c.shape == (3, 3), f"three classes make a (3, 3) matrix, not {tuple(c.shape)}"
assert c.dtype == torch.float32, f"float32, please, not {c.dtype}"
assert abs(c[1, 0].item() - 1 / 3) < 1e-6, f"one of three with label 0 is called 1: {c[1, 0]}"
assert c[1, 1].item() == 1, f"label 1 is always recognised: 1, not {c[1, 1]}"
assert torch.equal(c[:, 2], torch.zeros(3)), f"label 2 does not occur: a column of 0, not {c[:, 2]}"

# %% [markdown]
# Since each class looks as before, $C$ is the same on the target. There the classifier predicts
# class $i$ at the rate
#
# $$\mu_i = \sum_j C_{ij}\,p(y=j), \qquad\text{that is}\qquad C\,p = \mu .$$
#
# Solve for $p$. Both $C$ and $\mu$ are counted from samples, so that an entry of the solution may
# come out negative: then set it to 0, and scale $p$ so that it sums to 1 again. The weights are
# $p(y)/q(y)$.

# %% [markdown] lang="zh" of="6c09d12f"
# 因为每个类别的样子和以前一样，$C$ 在目标域也不变。在那里，分类器预测类别 $i$ 的比例是
#
# $$\mu_i = \sum_j C_{ij}\,p(y=j), \qquad\text{也就是}\qquad C\,p = \mu .$$
#
# 解出 $p$。$C$ 和 $\mu$ 都是从样本数出来的，所以解里可能有负的元素：把它设为 0，再缩放 $p$，使各
# 元素之和重新等于 1。权重是 $p(y)/q(y)$。


# %% exercise="label_shift_weights"
def label_shift_weights(confusion, source_prior, target_predicted):
    """The target's share of each label over the source's, p(y)/q(y).

    Args:
        confusion: (k, k), column j holding P(predicted | label j); invertible.
        source_prior: (k,) shares q(y) of the labels in the source, all positive.
        target_predicted: (k,) shares μ of the predictions on the target.

    Returns:
        (k,).
    """
    raise NotImplementedError


# %% example="label_shift_weights"
confusion = torch.tensor([[0.8, 0.3], [0.2, 0.7]])
weights = label_shift_weights(confusion, torch.tensor([0.5, 0.5]), torch.tensor([0.4, 0.6]))
expected = torch.tensor([0.4, 1.6])  # p is (0.2, 0.8), for 0.8·0.2 + 0.3·0.8 is 0.4
assert torch.allclose(weights, expected, atol=1e-5), f"expected {expected}, got {weights}"
weights = label_shift_weights(confusion, torch.tensor([0.25, 0.75]), torch.tensor([0.9, 0.1]))
expected = torch.tensor([4.0, 0.0])  # the solution is (1.2, −0.2), which becomes (1, 0)
assert torch.allclose(weights, expected, atol=1e-5), f"expected {expected}, got {weights}"

# %% demo=true
torch.manual_seed(2)
centres = torch.tensor([[0.0, 0.0], [2.0, 0.5], [0.8, 2.0]])
q, p = torch.tensor([0.6, 0.3, 0.1]), torch.tensor([0.1, 0.3, 0.6])


def draw(prior, n):
    """Points of three classes, which come at the rates of prior and look alike for any prior."""
    labels = torch.multinomial(prior, n, replacement=True)
    return centres[labels] + torch.randn(n, 2), labels


def classify(x, prior):
    """The most probable class, if labels come at the rates of prior."""
    return (prior.log() - torch.cdist(x, centres) ** 2 / 2).argmax(dim=1)


x, labels = draw(q, 3000)
confusion = confusion_matrix(classify(x, q), labels, 3)
new, truth = draw(p, 1500)
predicted = torch.bincount(classify(new, q), minlength=3) / len(new)
corrected = label_shift_weights(confusion, q, predicted) * q
for name, prior in [("the source's rates", q), ("the corrected rates", corrected), ("p", p)]:
    hits = (classify(new, prior) == truth).float().mean()
    print(f"{hits:.1%} of the target are recognised by a classifier that believes in {name}")
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
left.scatter(new[:, 0], new[:, 1], c=truth, s=6, cmap="viridis", alpha=0.6)
left.set(xlabel="first input", ylabel="second input", title="The target: three classes overlap")
bars = [("source: q(y)", q), ("predicted on target: μ", predicted), ("corrected", corrected)]
for number, (name, shares) in enumerate([*bars, ("target: p(y)", p)]):
    places = [label + 0.2 * number - 0.3 for label in range(3)]
    right.bar(places, shares.tolist(), width=0.2, label=name)
right.set(xlabel="label", ylabel="share", xticks=range(3), title="What predictions hide, C undoes")
right.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## 3. Concept shift, a little every day
#
# When the meaning of a label itself drifts, $p(y\mid x)$ changes, and no weighting of old examples
# helps. If it drifts slowly, one can keep learning: predict, see the label, correct the model, and
# go on. With the loss $\frac12(x^\top w - y)^2$ of a single observation, one step of gradient
# descent is all there is to it.

# %% [markdown] lang="zh" of="e833979b"
# ## 3. 概念偏移，每天一点点
#
# 如果标签的含义本身在慢慢变化，$p(y\mid x)$ 就变了，怎样给旧样本加权都没有用。变得慢的话，可以一
# 直学下去：预测，看到标签，改正模型，再继续。单个观测的损失是 $\frac12(x^\top w - y)^2$，要做的就
# 只是梯度下降的一步。


# %% exercise="online_step"
def online_step(w, x, y, lr):
    """One step of gradient descent on ½(x·w − y)².

    Args:
        w: (d,) weights.
        x: (d,) the observation.
        y: its label, a 0-d tensor.
        lr: the learning rate, a float.

    Returns:
        (d,), the new weights; w itself stays as it is.
    """
    raise NotImplementedError


# %% example="online_step"
w = torch.tensor([1.0, -1.0])
new_w = online_step(w, torch.tensor([2.0, 1.0]), torch.tensor(3.0), 0.1)
expected = torch.tensor([1.4, -0.8])  # the residual is 1 − 3 = −2
assert torch.allclose(new_w, expected), f"expected {expected}, got {new_w}"
assert torch.equal(w, torch.tensor([1.0, -1.0])), "w should stay as it is"

# %% demo=true
torch.manual_seed(3)
days = 1500
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
angle = torch.linspace(0, 2.5, days) + 0.8 * (torch.arange(days) > 900)
truth = 2 * torch.stack([angle.cos(), angle.sin()], dim=1)
x = torch.randn(days, 2)
y = (x * truth).sum(dim=1) + 0.2 * torch.randn(days)
for lr, name in [(0.0, "never updated"), (0.02, "lr 0.02"), (0.2, "lr 0.2")]:
    w, path = truth[0], []
    for t in range(days):
        path.append(w)
        w = online_step(w, x[t], y[t], lr)
    path = torch.stack(path)
    losses = ((path - truth) ** 2).sum(dim=1).sqrt()
    left.plot(losses, label=name)
    right.plot(path[:, 0], path[:, 1], linewidth=1)
right.plot(truth[:, 0], truth[:, 1], "k:", label="the truth")
left.set(xlabel="day", ylabel="distance from the truth", title="Drift, and a jump on day 900")
left.legend()
right.set(xlabel="w₁", ylabel="w₂", aspect="equal", title="Quick to follow is quick to tremble")
right.legend()
plt.show()

# %% [markdown] written="flipped_labels"
# ## 4. In your own words: flipped labels
#
# The section begins with an extreme case: the inputs of the target look exactly as those of the
# source, but every cat is now labelled a dog, and every dog a cat. Explain why nothing that looks
# at unlabelled inputs alone can notice this. Which assumption of covariate shift is broken, and
# what would `density_ratio` report? How many labels from the target would you want, and why so few?

# %% [markdown] lang="zh" of="160f49a5"
# ## 4. 用自己的话说：颠倒的标签
#
# 书里那一节从一个极端的情形讲起：目标域的输入看上去和源域的完全一样，但现在每只猫都标成狗，每只狗
# 都标成猫。请解释：为什么只看没有标签的输入，不管怎么看都发现不了这件事？协变量偏移的哪个假设不成
# 立了，`density_ratio` 会给出什么？你想要目标域的多少个标签，为什么这么少就够？

# %% [markdown] written="which_shift"
# ## 5. In your own words: which shift?
#
# For each of these say which kind of shift it is, what stays the same, and which of this notebook's
# tools helps, if any: (a) trained on photographs of cats and dogs, used on cartoons; (b) a test for
# an illness, used before and during an epidemic; (c) "soft drink" means other things in another
# region; (d) a detector for cancer that was trained on the blood of patients and of students. Why
# is it that the weights of section 1 cannot rescue (d)?

# %% [markdown] lang="zh" of="ff02603e"
# ## 5. 用自己的话说：是哪种偏移？
#
# 对下面每种情形，说出它是哪种偏移，什么保持不变，这份笔记本里的哪个工具有用（如果有的话）：(a) 用
# 猫和狗的照片训练，用在卡通画上；(b) 一种疾病的检测，在流行之前和流行期间都在用；(c) 到了另一个地
# 区，“软饮料”指的是别的东西；(d) 一个癌症检测器，用病人和大学生的血样训练。为什么第 1 节的权重救
# 不了 (d)？

# %% [markdown]
# ## What you can do now
#
# - Name the shift, and what must stay the same for a remedy to work.
# - Weight a source so that it stands for a target: for its inputs, or for its labels.
# - Follow what drifts, and say what a quick step costs.
#
# Next: a table of houses, from end to end.

# %% [markdown] lang="zh" of="6424ad22"
# ## 现在你会了
#
# - 说出是哪种偏移，以及要让补救有效，什么必须保持不变。
# - 给源域加权，让它代表目标域：按输入，或按标签。
# - 跟上慢慢变化的东西，并说出步子迈得快要付出什么代价。
#
# 下一步：一张房屋数据表，从头做到尾。
