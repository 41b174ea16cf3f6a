# %% [markdown]
# # Lecture 8: Optimizers
#
# All of deep learning's optimizers take the same thing, a gradient, and differ in what they
# remember of earlier ones. In this notebook you write each rule from the notes of lectures 7 and 8
# as a function of one step, then Adam once more as a class that PyTorch's training loops can use,
# and let five optimizers race on XOR.
#
# **Afterwards you can** write each of the usual optimizers from its formula, and say what it
# remembers; name the unit of a step; put an optimizer of your own into a PyTorch loop; read a
# picture of losses that fall.
#
# **Time** about 4 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [stochastic gradient
# descent](https://d2l.ai/chapter_optimization/sgd.html),
# [momentum](https://d2l.ai/chapter_optimization/momentum.html) and
# [Adam](https://d2l.ai/chapter_optimization/adam.html), with what stands between them; [Why
# momentum really works](https://distill.pub/2017/momentum/); the papers on
# [Adadelta](https://arxiv.org/abs/1212.5701) and [Adam](https://arxiv.org/abs/1412.6980); [how
# PyTorch's optimizers are used](https://pytorch.org/docs/stable/optim.html).
#
# **Conventions.** $\theta$ is a tensor of any shape, $g$ its gradient, of the same shape; all
# operations run entry by entry, with $g^2$ meaning $g\odot g$. A step returns a **new** $\theta$
# and changes neither `theta` nor `grad`. Rules with a memory keep it in `state`, a dict that
# belongs to your function: it is `{}` at the first step, its keys are your choice, and you may
# change it or return another one. Whoever calls you hands back what you returned, and keeps one
# dict for each parameter, so remember nothing anywhere else.
#
# **Where ε stands.** The lecture writes $\sqrt{G+\epsilon}$, with ε **inside** the root, and so do
# we. PyTorch computes $\sqrt G+\epsilon$. For a small ε and gradients of ordinary size nobody
# notices; where gradients vanish, the two differ much.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at longer runs, other numbers and other dtypes.

# %% [markdown] lang="zh" of="a5ab9ef6"
# # 第 8 讲：优化器
#
# 深度学习的各种优化器，拿到的都是同一样东西：梯度。区别只在于，它们对以前的梯度记住了什么。在这份
# 笔记本里，你把讲义第 7、8 讲的每条更新规则写成走一步的函数，再把 Adam 写成一个类，让 PyTorch 的
# 训练循环也能用它，最后让五个优化器在 XOR 上赛跑。
#
# **学完之后，你能够**照着公式写出每一种常用的优化器，并说清它记住了什么；说出一步的单位；把自己写
# 的优化器放进 PyTorch 的训练循环；看懂损失下降的曲线图。
#
# **用时**约 4 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行全部单元格，保
# 存，然后提交这个文件。没做完也可以交，做对多少算多少分。
#
# **参考阅读**，需要时再看：《动手学深度学习》讲[随机梯度下
# 降](https://d2l.ai/chapter_optimization/sgd.html)、[动
# 量](https://d2l.ai/chapter_optimization/momentum.html)和
# [Adam](https://d2l.ai/chapter_optimization/adam.html) 的几节，以及夹在它们之间的各节；[动量为什
# 么真的管用](https://distill.pub/2017/momentum/)；[Adadelta](https://arxiv.org/abs/1212.5701) 和
# [Adam](https://arxiv.org/abs/1412.6980) 的论文；[PyTorch 的优化器怎么
# 用](https://pytorch.org/docs/stable/optim.html)。
#
# **约定**：$\theta$ 是任意形状的张量，$g$ 是它的梯度，形状相同；所有运算都逐元素进行，$g^2$ 就是
# $g\odot g$。走一步的函数返回**新的** $\theta$，`theta` 和 `grad` 都不改动。规则如果有记忆，就把
# 记忆放在 `state` 里。这个字典归你的函数所有：第一步时它是 `{}`，用什么键由你决定，你可以直接改
# 它，也可以另外返回一个。下一次调用时，调用者会把你返回的字典再交给你；每个参数各有一个字典。所以
# 不要在别处记任何东西。
#
# **ε 的位置**：讲义写的是 $\sqrt{G+\epsilon}$，ε 在根号**里面**，我们也这样写。PyTorch 算的是
# $\sqrt G+\epsilon$。ε 很小、梯度大小正常时，谁也看不出差别；到了梯度消失的地方，两者就差得远了。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会多走几步，并检查别的数和别的 dtype。

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Without a memory
#
# Gradient descent, and stochastic gradient descent with a gradient that is only right on average:
#
# $$\theta \leftarrow \theta - \eta g$$

# %% [markdown] lang="zh" of="39d3ad1d"
# ## 1. 没有记忆
#
# 梯度下降，以及随机梯度下降（它的梯度只在平均意义下正确）：
#
# $$\theta \leftarrow \theta - \eta g$$


# %% exercise="gd_step"
def gd_step(theta, grad, lr):
    """One step of gradient descent.

    Args:
        theta, grad: tensors of one shape, unchanged by the call.
        lr: the learning rate η, a float.

    Returns:
        the new theta, same shape.
    """
    raise NotImplementedError


# %% example="gd_step"
theta, grad = torch.tensor([1.0, 2.0]), torch.tensor([10.0, -10.0])
moved = gd_step(theta, grad, 0.1)
assert torch.allclose(moved, torch.tensor([0.0, 3.0])), f"expected [0, 3], got {moved}"
assert torch.equal(theta, torch.tensor([1.0, 2.0])), "theta itself should stay as it is"

# %% [markdown]
# Newton's method also knows the curvature, and needs no learning rate:
#
# $$\theta \leftarrow \theta - H^{-1} g$$
#
# With $p$ parameters that costs $O(p^3)$ a step, which is why deep learning does without. Solving
# $Hd = g$ is faster and more accurate than inverting $H$. (Hidden cases are symmetric and positive
# definite.)

# %% [markdown] lang="zh" of="5ce03722"
# 牛顿法还知道曲率，所以不需要学习率：
#
# $$\theta \leftarrow \theta - H^{-1} g$$
#
# 有 $p$ 个参数时，每一步要花 $O(p^3)$ 的计算量，所以深度学习不用它。解方程组 $Hd = g$ 比求 $H$ 的
# 逆更快，也更准。（隐藏用例里，矩阵都是对称正定的。）


# %% exercise="newton_step"
def newton_step(theta, grad, hess):
    """One step of Newton's method.

    Args:
        theta, grad: (p,).
        hess: (p, p), the Hessian, symmetric and positive definite.

    Returns:
        the new theta, (p,).
    """
    raise NotImplementedError


# %% example="newton_step"
a, c = torch.tensor([[2.0, 1.0], [1.0, 3.0]]), torch.tensor([1.0, -1.0])
start = torch.tensor([5.0, 5.0])  # of ½ (θ − c)ᵀ A (θ − c), whose gradient is A (θ − c)
moved = newton_step(start, a @ (start - c), a)
assert torch.allclose(moved, c, atol=1e-5), f"a quadratic is solved in one step: {c}, not {moved}"

# %% [markdown]
# A stochastic gradient never settles down by itself, so its steps must shrink, but not too fast.
# Robbins and Monro (1951) ask for
#
# $$\sum_{k=1}^\infty \eta_k = \infty, \qquad \sum_{k=1}^\infty \eta_k^2 < \infty.$$

# %% [markdown] lang="zh" of="c71c2cb8"
# 随机梯度自己永远不会安定下来，所以步长必须逐渐缩小，但又不能缩得太快。Robbins 和 Monro（1951）要
# 求
#
# $$\sum_{k=1}^\infty \eta_k = \infty, \qquad \sum_{k=1}^\infty \eta_k^2 < \infty.$$


# %% exercise="is_robbins_monro"
def is_robbins_monro(power):
    """Whether the step sizes k^(−power), k = 1, 2, …, satisfy both conditions.

    Args:
        power: a number; zero and negative ones are allowed.

    Returns:
        True or False.
    """
    raise NotImplementedError


# %% example="is_robbins_monro"
assert is_robbins_monro(1.0) is True, "1/k: the harmonic sum diverges, the sum of 1/k² is π²/6"
assert is_robbins_monro(0.0) is False, "a constant step size never calms down"

# %% [markdown]
# ## 2. Momentum
#
# A ball that rolls down a valley keeps some of its speed:
#
# $$v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta v$$
#
# with $v = 0$ at first. Note where $\eta$ stands: the velocity is made of gradients alone, so a
# caller may change the learning rate between steps without falsifying the memory.

# %% [markdown] lang="zh" of="892f77cb"
# ## 2. 动量
#
# 小球滚下山谷，会保留一部分速度：
#
# $$v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - \eta v$$
#
# 开始时 $v = 0$。注意 $\eta$ 的位置：速度只由梯度组成，所以调用者可以在两步之间改变学习率，而不会
# 让记忆失真。


# %% exercise="momentum_step"
def momentum_step(theta, grad, state, lr, mu):
    """One step of gradient descent with momentum.

    Args:
        theta, grad: tensors of one shape, unchanged by the call.
        state: {} at the first step, later what the last step returned.
        lr: the learning rate η, a float.
        mu: the share μ of the velocity that is kept, a float.

    Returns:
        (theta, state).
    """
    raise NotImplementedError


# %% example="momentum_step"
theta, state = torch.tensor([1.0]), {}
path = []
for _ in range(3):
    theta, state = momentum_step(theta, torch.tensor([1.0]), state, 0.1, 0.5)
    path.append(round(theta.item(), 4))
assert path == [0.9, 0.75, 0.575], f"velocities 1, 1.5, 1.75 lead to 0.9, 0.75, 0.575, not {path}"

# %% [markdown]
# ## 3. A step size for each parameter
#
# **Adagrad** divides by the size of all gradients so far. What has moved much moves less from now
# on; the price is that steps only ever shrink.
#
# $$G \leftarrow G + g^2,\qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G+\epsilon}}\,g$$

# %% [markdown] lang="zh" of="b3bcab1a"
# ## 3. 每个参数各有步长
#
# **Adagrad** 让步长除以迄今为止所有梯度的大小。以前动得多的，以后就动得少；代价是步长只会越来越
# 小。
#
# $$G \leftarrow G + g^2,\qquad \theta \leftarrow \theta - \frac{\eta}{\sqrt{G+\epsilon}}\,g$$


# %% exercise="adagrad_step"
def adagrad_step(theta, grad, state, lr, eps):
    """One step of Adagrad, with ε inside the root.

    Args:
        theta, grad, state: as in `momentum_step`.
        lr, eps: η and ε, floats.

    Returns:
        (theta, state).
    """
    raise NotImplementedError


# %% example="adagrad_step"
theta, state = adagrad_step(torch.tensor([1.0]), torch.tensor([3.0]), {}, 0.5, 7.0)
assert torch.allclose(theta, torch.tensor([0.625])), f"1 − 0.5 · 3/√(9 + 7) = 0.625, not {theta}"
theta, state = adagrad_step(theta, torch.tensor([3.0]), state, 0.5, 7.0)
assert torch.allclose(theta, torch.tensor([0.325])), f"then √(18 + 7): 0.325, not {theta}"

# %% [markdown]
# **RMSprop** forgets: instead of the sum it takes a moving average, from $G = 0$.
#
# $$G \leftarrow \gamma G + (1-\gamma) g^2,\qquad
# \theta \leftarrow \theta - \frac{\eta}{\sqrt{G+\epsilon}}\,g$$

# %% [markdown] lang="zh" of="80aa69b7"
# **RMSprop** 会遗忘：它不求和，改取滑动平均，从 $G = 0$ 开始。
#
# $$G \leftarrow \gamma G + (1-\gamma) g^2,\qquad
# \theta \leftarrow \theta - \frac{\eta}{\sqrt{G+\epsilon}}\,g$$


# %% exercise="rmsprop_step"
def rmsprop_step(theta, grad, state, lr, gamma, eps):
    """One step of RMSprop, with ε inside the root.

    Args:
        theta, grad, state: as in `momentum_step`.
        lr, gamma, eps: η, γ and ε, floats; γ is the share of the old average that is kept.

    Returns:
        (theta, state).
    """
    raise NotImplementedError


# %% example="rmsprop_step"
theta, state = rmsprop_step(torch.tensor([1.0]), torch.tensor([4.0]), {}, 0.5, 0.75, 5.0)
assert torch.allclose(theta, torch.tensor([1 / 3])), f"1 − 0.5 · 4/√(4 + 5) = 1/3, not {theta}"

# %% [markdown]
# **Adadelta** also replaces η. A gradient has the unit of the loss divided by that of θ, so
# $g/\sqrt G$ has no unit at all, while θ has one. The running size $D$ of its own steps puts it
# back:
#
# $$G \leftarrow \gamma G + (1-\gamma) g^2,\qquad
# \Delta\theta = -\frac{\sqrt{D+\epsilon}}{\sqrt{G+\epsilon}}\,g,\qquad
# \theta \leftarrow \theta + \Delta\theta,\qquad
# D \leftarrow \gamma D + (1-\gamma)\,\Delta\theta^2$$
#
# $\Delta\theta$ uses the **old** $D$, which is 0 at first: the first step lives on ε alone.
# (PyTorch's Adadelta multiplies $\Delta\theta$ by a learning rate when it moves θ; the lecture has
# none.)

# %% [markdown] lang="zh" of="c070c19d"
# **Adadelta** 把 η 也换掉了。梯度的单位是损失的单位除以 θ 的单位，所以 $g/\sqrt G$ 根本没有单位，
# 而 θ 有。于是它对自己每一步的大小也取滑动平均，记作 $D$，用它把单位补回来：
#
# $$G \leftarrow \gamma G + (1-\gamma) g^2,\qquad
# \Delta\theta = -\frac{\sqrt{D+\epsilon}}{\sqrt{G+\epsilon}}\,g,\qquad
# \theta \leftarrow \theta + \Delta\theta,\qquad
# D \leftarrow \gamma D + (1-\gamma)\,\Delta\theta^2$$
#
# $\Delta\theta$ 用的是**旧的** $D$，而它开始时是 0：第一步全靠 ε。（PyTorch 的 Adadelta 移动 θ
# 时，还要给 $\Delta\theta$ 乘一个学习率；讲义里没有。）


# %% exercise="adadelta_step"
def adadelta_step(theta, grad, state, gamma, eps):
    """One step of Adadelta, with ε inside both roots.

    Args:
        theta, grad, state: as in `momentum_step`.
        gamma, eps: γ and ε, floats.

    Returns:
        (theta, state).
    """
    raise NotImplementedError


# %% example="adadelta_step"
theta, state, steps = torch.tensor([1.0]), {}, []
for _ in range(2):
    before = theta
    theta, state = adadelta_step(theta, torch.tensor([4.0]), state, 0.75, 5.0)
    steps.append((before - theta).item())
assert abs(steps[0] - 5**0.5 / 9**0.5 * 4) < 1e-5, f"the first step is √5/√9 · 4, not {steps[0]}"
assert abs(steps[1] - (20 / 9 + 5) ** 0.5 / 12**0.5 * 4) < 1e-5, (
    f"then D = ¼ · 80/9 and G = 7 make √(20/9 + 5)/√12 · 4, not {steps[1]}"
)

# %% [markdown]
# ## 4. Adam
#
# Adam averages the gradient as well:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g,\qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2$$
#
# Both averages start at zero, and are too small at first. By which factor? Let all gradients be one
# number $g$, and write $m$ down after step $k = 1, 2, 3$: by what must it be divided to be $g$
# again? With $\hat m$ and $\hat v$ for the averages that are mended so, each by its own factor,
#
# $$\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v+\epsilon}}\,\hat m .$$

# %% [markdown] lang="zh" of="864868f9"
# ## 4. Adam
#
# Adam 对梯度也取平均：
#
# $$m \leftarrow \beta_1 m + (1-\beta_1) g,\qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2$$
#
# 两个平均都从零开始，所以起初偏小。差了什么因子？设所有梯度都是同一个数 $g$，写出第 $k = 1, 2, 3$
# 步之后的 $m$：要除以多少，才能还原成 $g$？两个平均各用自己的因子这样修正，结果记作 $\hat m$ 和
# $\hat v$，于是
#
# $$\theta \leftarrow \theta - \frac{\eta}{\sqrt{\hat v+\epsilon}}\,\hat m .$$


# %% exercise="adam_step"
def adam_step(theta, grad, state, lr, beta1, beta2, eps):
    """One step of Adam, with bias correction and ε inside the root.

    Args:
        theta, grad, state: as in `momentum_step`; the number of the step is part of the state.
        lr, beta1, beta2, eps: η, β₁, β₂ and ε, floats.

    Returns:
        (theta, state).
    """
    raise NotImplementedError


# %% example="adam_step"
theta, state = adam_step(torch.tensor([1.0]), torch.tensor([4.0]), {}, 0.5, 0.9, 0.99, 9.0)
assert torch.allclose(theta, torch.tensor([0.6])), f"1 − 0.5 · 4/√(16 + 9) = 0.6, not {theta}"
torch.manual_seed(0)
mine, state = torch.zeros(3), {}
theirs = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.Adam([theirs], lr=0.1, betas=(0.8, 0.95), eps=1e-12)
for _ in range(10):
    grad = torch.randn(3)
    mine, state = adam_step(mine, grad, state, 0.1, 0.8, 0.95, 1e-12)
    theirs.grad = grad.clone()
    optimizer.step()
assert torch.allclose(mine, theirs.detach(), atol=1e-5), "with a tiny ε, PyTorch's Adam agrees"

# %% demo=true
# A long valley, 20 times as steep in one direction: ½ (x² + 20 y²), from (−4, 1.5).
curvature = torch.tensor([1.0, 20.0])
rules = {
    "gradient descent": lambda t, g, s: (gd_step(t, g, 0.09), s),
    "momentum": lambda t, g, s: momentum_step(t, g, s, 0.02, 0.8),
    "Adagrad": lambda t, g, s: adagrad_step(t, g, s, 0.9, 1e-8),
    "RMSprop": lambda t, g, s: rmsprop_step(t, g, s, 0.1, 0.9, 1e-8),
    "Adadelta": lambda t, g, s: adadelta_step(t, g, s, 0.9, 1e-3),
    "Adam": lambda t, g, s: adam_step(t, g, s, 0.2, 0.9, 0.999, 1e-8),
}
xs, ys = torch.linspace(-4.5, 1.5, 100), torch.linspace(-2, 2, 80)
height = (xs**2 + 20 * ys[:, None] ** 2) / 2
figure, axes = plt.subplots(2, 3, figsize=(10, 5), sharex=True, sharey=True)
for ax, (name, rule) in zip(axes.flat, rules.items(), strict=True):
    theta, state, path = torch.tensor([-4.0, 1.5]), {}, []
    for _ in range(60):
        path.append(theta.tolist())
        theta, state = rule(theta, curvature * theta, state)
    ax.contour(xs, ys, height, levels=[0.1, 1, 4, 10, 20, 40], colors="silver", linewidths=0.7)
    ax.plot(*zip(*path, strict=True), ".-", markersize=3, linewidth=0.8)
    ax.plot(0, 0, "*", color="black")
    ax.set_title(name)
figure.supxlabel("x")
figure.supylabel("y")
figure.suptitle("Sixty steps down a long valley, to the star")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 5. Adam as a class
#
# PyTorch's loops want an object: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`.
# `torch.optim.Optimizer` does the book-keeping. Pass it the parameters and a dict of default
# settings; it then offers
#
# - `self.param_groups`, a list of dicts. Each has its `"params"` and its **own** settings, which a
#   caller may change at any time (that is how learning-rate schedules work), so read them there at
#   every step;
# - `self.state[p]`, a dict of your own for each parameter `p`, empty at first.
#
# `step` changes each parameter in place, outside the graph. A parameter whose `grad` is `None` is
# skipped: it does not move, its averages stay, and its step is **not counted**: $k$ belongs to the
# parameter, not to the optimizer. `step` takes an optional `closure`, a function that evaluates the
# loss and its gradients anew; if there is one, call it once, before anything moves, with gradients
# enabled (`torch.enable_grad()`), and return its loss.

# %% [markdown] lang="zh" of="b5417e12"
# ## 5. 把 Adam 写成类
#
# PyTorch 的训练循环要的是一个对象：`optimizer.zero_grad()`、`loss.backward()`、
# `optimizer.step()`。记账的事由 `torch.optim.Optimizer` 来做。把参数和一个装着默认设置的字典交给
# 它，它就提供：
#
# - `self.param_groups`：由字典组成的列表。每个字典里有 `"params"` 和它**自己的**设置，调用者随时
#   可以改动（学习率调度就是这样做的），所以每一步都要到那里去读；
# - `self.state[p]`：每个参数 `p` 有一个归你使用的字典，开始时是空的。
#
# `step` 在计算图之外，原地修改每个参数。`grad` 为 `None` 的参数要跳过：它不动，它的平均不变，这一
# 步对它也**不计数**：$k$ 属于参数，不属于优化器。`step` 还有一个可选的参数 `closure`，这个函数会
# 重新计算损失和梯度；如果给了它，就在所有参数移动之前调用一次，调用时要启用梯度
# （`torch.enable_grad()`），最后返回它算出的损失。


# %% exercise="Adam"
class Adam(torch.optim.Optimizer):
    """Adam as in `adam_step`, with ε inside the root, for any number of parameters."""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        """Hand parameters and settings to torch.optim.Optimizer.

        Args:
            params: an iterable of parameters, or of dicts (parameter groups).
            lr, betas, eps: η, (β₁, β₂) and ε, for groups that do not set their own.
        """
        raise NotImplementedError

    def step(self, closure=None):
        """Move every parameter that has a gradient; gradients stay as they are.

        Args:
            closure: None, or a function that computes gradients and returns the loss.

        Returns:
            the closure's loss, if there is a closure.
        """
        raise NotImplementedError


# %% example="Adam"
torch.manual_seed(1)
p, q = nn.Parameter(torch.randn(2, 3)), nn.Parameter(torch.randn(4))
optimizer = Adam([{"params": [p]}, {"params": [q], "lr": 0.5}], lr=0.1, betas=(0.8, 0.9), eps=0.01)
mine, state = p.detach().clone(), {}
still = q.detach().clone()
for _ in range(5):
    optimizer.zero_grad()
    (p**3).sum().backward()
    mine, state = adam_step(mine, p.grad, state, 0.1, 0.8, 0.9, 0.01)
    optimizer.step()
assert torch.allclose(p.detach(), mine), "the class should do what adam_step does"
assert torch.equal(q.detach(), still), "q has no gradient: it should not move"
optimizer.zero_grad()
q.sum().backward()
optimizer.step()
expected, _ = adam_step(still, torch.ones(4), {}, 0.5, 0.8, 0.9, 0.01)
assert torch.allclose(q.detach(), expected), "this is q's first step, with its group's own lr"


def closure():
    optimizer.zero_grad()
    loss = (p**2).sum()
    loss.backward()
    return loss


loss = (p.detach() ** 2).sum()
assert torch.allclose(optimizer.step(closure).detach(), loss), "step returns the closure's loss"

# %% [markdown]
# ## 6. The race
#
# The lecture's network for XOR has two inputs, five hidden units with softplus, and one output with
# a sigmoid:
#
# $$\hat p = \sigma\bigl(W_2\operatorname{softplus}(W_1x+b_1)+b_2\bigr)$$
#
# Train it on all four points at once, (0, 0), (0, 1), (1, 0) and (1, 1) with the labels 0, 1, 1 and
# 0, with the mean binary cross-entropy. So that your losses can be compared with anybody's, the
# draws are fixed: `torch.manual_seed(seed)`, then `nn.Linear(2, 5)`, then `nn.Linear(5, 1)`, both
# with PyTorch's own initial numbers, and nothing drawn besides.

# %% [markdown] lang="zh" of="5d6db54b"
# ## 6. 赛跑
#
# 讲义里解决 XOR 的网络有两个输入、五个用 softplus 的隐藏单元和一个用 sigmoid 的输出：
#
# $$\hat p = \sigma\bigl(W_2\operatorname{softplus}(W_1x+b_1)+b_2\bigr)$$
#
# 四个点是 (0, 0)、(0, 1)、(1, 0)、(1, 1)，标签依次是 0、1、1、0；它们一起用来训练，损失是二元交叉
# 熵的均值。为了让大家的损失可以互相比较，随机数按固定的次序抽取：先 `torch.manual_seed(seed)`，再
# `nn.Linear(2, 5)`，再 `nn.Linear(5, 1)`，两层都用 PyTorch 自己的初始值，此外什么都不抽取。


# %% exercise="train_xor"
def train_xor(optimizer_class, epochs, lr, seed):
    """Train the 2–5–1 network on XOR.

    Args:
        optimizer_class: called once, as optimizer_class(parameters, lr=lr).
        epochs: the number of steps, an int ≥ 0; each sees all four points.
        lr: the learning rate, a float.
        seed: for torch.manual_seed, before the two layers are made.

    Returns:
        a list of `epochs` floats: the loss before each step.
    """
    raise NotImplementedError


# %% example="train_xor"
losses = train_xor(torch.optim.SGD, 2000, 0.1, 123)  # the settings of lecture 8
assert len(losses) == 2000, f"one loss for each step, not {len(losses)}"
assert abs(losses[0] - 0.69366) < 1e-4, (
    f"the first loss belongs to the start: 0.69366, not {losses[0]}"
)
assert abs(losses[-1] - 0.0526) < 5e-4, f"PyTorch's SGD should end at 0.0526, not at {losses[-1]}"

# %% [markdown]
# Lecture 8 compares PyTorch's five optimizers on this problem: seed 123, learning rate 0.1, 2000
# epochs. It draws the losses and prints none; when this notebook was written, its program ended at
# 0.0526 (SGD), 0.00436 (Adagrad), 0.1268 (Adadelta) and $4\cdot10^{-5}$ (Adam). With RMSprop it
# may end in `nan`: it takes $\log\hat p$ and $\log(1-\hat p)$ as they are, and once the network is
# so sure of itself that $\hat p$ rounds to 1, the second is $-\infty$. A loss that clamps its
# logarithms, as PyTorch's `BCELoss` does, or that is computed from the logit, goes on. Your own
# curve may stop or not: both are right here. Your own `Adam` runs along, dotted: with an ε this
# small, inside or outside the root hardly matters yet.

# %% [markdown] lang="zh" of="66eb97d8"
# 第 8 讲在这个问题上比较 PyTorch 的五个优化器：种子 123，学习率 0.1，2000 轮。讲义画出了损失，没
# 有打印数值；编写这份笔记本时，讲义的程序最后的损失是 0.0526（SGD）、0.00436（Adagrad）、
# 0.1268（Adadelta）和 $4\cdot10^{-5}$（Adam）。RMSprop 可能以 `nan` 告终：讲义的程序直接计算
# $\log\hat p$ 和 $\log(1-\hat p)$，一旦网络过于自信，$\hat p$ 舍入成了 1，后者就是 $-\infty$。如
# 果损失像 PyTorch 的 `BCELoss` 那样把对数截断，或者由 logit 算出，训练就能继续下去。你自己的曲线
# 可能中断，也可能不中断，在这里都算对。你自己的 `Adam` 也一起跑，画成点线：ε 这么小时，放在根号里
# 面还是外面，暂时还看不出差别。

# %% demo=true
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
racers = [torch.optim.SGD, torch.optim.Adagrad, torch.optim.Adadelta]
racers += [torch.optim.RMSprop, torch.optim.Adam]
for racer in racers:
    losses = train_xor(racer, 2000, 0.1, 123)
    for ax in (left, right):
        ax.plot(losses, label=f"{racer.__name__}, at last {losses[-1]:.3g}", linewidth=1)
losses = train_xor(Adam, 2000, 0.1, 123)
right.plot(losses, ":", color="black", label=f"your Adam, at last {losses[-1]:.3g}")
left.set(xlabel="epoch", ylabel="loss", ylim=(0, 1), title="Five optimizers on XOR")
right.set(xlabel="epoch", ylabel="loss (logarithmic)", yscale="log", title="The same on a log axis")
right.legend(fontsize=8)
figure.tight_layout()
plt.show()

# %% [markdown] written="harmonic_steps"
# ## 7. In your own words
#
# Let $S_n = 1 + \frac12 + \dots + \frac1n$ and $T_n = 1 + \frac1{2^2} + \dots + \frac1{n^2}$. The
# lecture recalls that $S_n - \log n \to 0.5772\dots$ and $T_n \to \pi^2/6$. Why does this show that
# $\eta_k = 1/k$ is a good choice for SGD? What goes wrong with $\eta_k = 1/k^2$, and what with a
# constant? Adagrad, under gradients of constant size, takes steps like $k^{-1/2}$: which of the two
# conditions does it meet?

# %% [markdown] lang="zh" of="f9f10ae7"
# ## 7. 用自己的话说
#
# 设 $S_n = 1 + \frac12 + \dots + \frac1n$，$T_n = 1 + \frac1{2^2} + \dots + \frac1{n^2}$。讲义提
# 到 $S_n - \log n \to 0.5772\dots$，而 $T_n \to \pi^2/6$。为什么由此可知 $\eta_k = 1/k$ 对 SGD 是
# 好的选择？取 $\eta_k = 1/k^2$ 会出什么问题，取常数又会出什么问题？如果梯度的大小不变，Adagrad 的
# 步长大致是 $k^{-1/2}$：它满足的是两个条件中的哪一个？

# %% [markdown] written="units_of_a_step"
# Suppose θ is measured in metres and the loss in yuan. What is the unit of the gradient, and of one
# step of SGD, of Adagrad, of Adadelta and of Newton's method, if η is a plain number? Which of them
# still go to the same place when somebody decides to measure θ in centimetres?

# %% [markdown] lang="zh" of="35a823ea"
# 假设 θ 以米为单位，损失以元为单位。如果 η 是没有单位的数，那么梯度的单位是什么？SGD、Adagrad、
# Adadelta 和牛顿法的一步，单位各是什么？如果有人决定改用厘米来量 θ，它们当中哪些走到的仍是同一个
# 地方？

# %% [markdown]
# ## What you can do now
#
# - Write any rule of this family from its formula, and keep its memory apart from everything else.
# - Say what ε, bias correction and the order of two lines are good for.
# - Write an optimizer that PyTorch takes for one of its own.
#
# Next, lecture 9: why a good optimizer alone does not make a deep network train.

# %% [markdown] lang="zh" of="f81a0902"
# ## 现在你会了
#
# - 照着公式写出这一族的任何一条规则，并把它的记忆与其他东西分开。
# - 说清 ε、偏差修正，以及两行代码的先后次序各有什么用。
# - 写一个优化器，让 PyTorch 把它当成自家的。
#
# 下一步，第 9 讲：为什么光有好的优化器，还不能让深度网络训练起来。
