# %% [markdown]
# # Lecture 4: Feed-forward networks
#
# One artificial neuron is a weighted sum and a threshold. It computes AND and OR, and it cannot
# compute XOR, however it is tuned. Put a layer of neurons in between and it can. In this notebook
# you build the neuron, the activations that replace its threshold today, and the network.
#
# **Afterwards you can** say what one neuron can and cannot do; write activations and their slopes
# that hold far out; run a network of any depth forward; train one from scratch, and see what its
# hidden units are for.
#
# **Time** about 4 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the question at the end. **Due** {{due}}. **To hand in:** restart the
# kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [multilayer
# perceptrons](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html); CS231n on [neural
# networks](https://cs231n.github.io/neural-networks-1/) and on [a small one, from beginning to
# end](https://cs231n.github.io/neural-networks-case-study/).
#
# **Conventions.** Rows are observations: a layer computes $A W + b$ with $A$ of shape (n, m),
# $W$ (m, p) and $b$ (p,). (The slides write one observation as a column, $Wa+b$.) Tensors come in
# and go out; a result has the dtype and the device of the inputs. Inputs are never changed in
# place.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="5607245b"
# # 第 4 讲：前馈神经网络
#
# 一个人工神经元，就是先求加权和，再看它过不过阈值。它能算 AND 和 OR，却算不出 XOR，权重怎么取都不
# 行。在中间放一层神经元，就行了。在这份笔记本里，你要搭出神经元、如今代替阈值的激活函数，以及整个
# 网络。
#
# **学完之后，你能够**说出一个神经元能做什么、不能做什么；写出输入很大也不出错的激活函数和它们的斜
# 率；对任意深度的网络做前向传播；从零开始训练一个网络，并看清它的隐藏单元有什么用。
#
# **用时**约 4 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后的书面题
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》的[多层感知
# 机](https://d2l.ai/chapter_multilayer-perceptrons/mlp.html)一节；CS231n 讲[神经网
# 络](https://cs231n.github.io/neural-networks-1/)的讲义，以及[从头到尾实现一个小网
# 络](https://cs231n.github.io/neural-networks-case-study/)的讲义。
#
# **约定**：一行是一个观测，一层计算的是 $A W + b$，其中 $A$ 的形状是 (n, m)，$W$ 是 (m, p)，$b$
# 是 (p,)。（幻灯片把一个观测写成一列，即 $Wa+b$。）输入是张量，输出也是张量；结果的 dtype 和设备
# 与输入相同。不得原地修改输入。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. Rosenblatt's neuron
#
# $$y = \begin{cases}1 & \text{if } x\cdot w > \text{threshold}\\ 0 & \text{otherwise}\end{cases}$$
#
# On the threshold itself the answer is 0 (the lecture's exercise says "greater than", although its
# first slide writes ≥).

# %% [markdown] lang="zh" of="9a6ed54b"
# ## 1. Rosenblatt 的神经元
#
# $$y = \begin{cases}1 & \text{如果 } x\cdot w > \text{阈值}\\ 0 & \text{否则}\end{cases}$$
#
# 恰好等于阈值时，答案是 0（讲义的练习里说的是“大于”，虽然它的第一张幻灯片写着 ≥）。


# %% exercise="perceptron"
def perceptron(w, x, threshold=0.5):
    """The answers of one neuron.

    Args:
        w: (d,) weights.
        x: (n, d) inputs, a row for each observation.
        threshold: a float.

    Returns:
        (n,) zeros and ones, of x's dtype.
    """
    raise NotImplementedError


# %% example="perceptron"
fires = perceptron(torch.tensor([0.5, 0.25]), torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))
assert fires.shape == (3,), f"one answer for each observation, (3,), not {tuple(fires.shape)}"
assert fires.dtype == torch.float32, f"zeros and ones of the inputs' dtype, not {fires.dtype}"
assert fires.tolist() == [0, 1, 0], f"0.5 is not greater than 0.5, 0.75 is: {fires.tolist()}"

# %% [markdown]
# With inputs 0 and 1 and the threshold 0.5, a neuron can be a logic gate. Find weights for AND and
# for OR.

# %% [markdown] lang="zh" of="54eaec8b"
# 输入取 0 或 1、阈值取 0.5 时，一个神经元可以充当逻辑门。请为 AND 和 OR 找出权重。


# %% exercise="and_weights"
def and_weights():
    """Weights with which `perceptron` computes AND.

    Returns:
        a float32 tensor (2,).
    """
    raise NotImplementedError


# %% example="and_weights"
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
assert and_weights().shape == (2,), "a weight for each of the two inputs"
fires = perceptron(and_weights(), corners)
assert fires.tolist() == [0, 0, 0, 1], f"AND is true for (1, 1) only: {fires}"


# %% exercise="or_weights"
def or_weights():
    """Weights with which `perceptron` computes OR.

    Returns:
        a float32 tensor (2,).
    """
    raise NotImplementedError


# %% example="or_weights"
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
assert or_weights().shape == (2,), "a weight for each of the two inputs"
fires = perceptron(or_weights(), corners)
assert fires.tolist() == [0, 1, 1, 1], f"OR is false for (0, 0) only: {fires}"

# %% [markdown]
# Did you try XOR as well? It takes a hidden layer:
#
# $$h = \operatorname{relu}(x W_1 + b_1),\qquad y = h W_2 + b_2,$$
#
# where $y > 0.5$ means true. Find parameters, with as few or as many hidden units as you like.

# %% [markdown] lang="zh" of="0c9ec83d"
# XOR 你也试过了吗？它需要一个隐藏层：
#
# $$h = \operatorname{relu}(x W_1 + b_1),\qquad y = h W_2 + b_2,$$
#
# 其中 $y > 0.5$ 表示真。请找出一组参数，隐藏单元用几个随你。


# %% exercise="xor_params"
def xor_params():
    """Parameters of a network with one ReLU hidden layer that computes XOR.

    Returns:
        (w1, b1, w2, b2), float32 tensors (2, h), (h,), (h, 1) and (1,): the output is greater
        than 0.5 for (0, 1) and (1, 0), and not for (0, 0) and (1, 1).
    """
    raise NotImplementedError


# %% example="xor_params"
w1, b1, w2, b2 = xor_params()
corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.relu(corners @ w1 + b1) @ w2 + b2
assert y.shape == (4, 1), f"one output for each corner, (4, 1), not {tuple(y.shape)}"
assert (y[:, 0] > 0.5).tolist() == [False, True, True, False], f"not XOR: {y[:, 0]}"

# %% demo=true
line = torch.linspace(-0.4, 1.4, 181)
plane = torch.cartesian_prod(line, line)
w1, b1, w2, b2 = xor_params()
gates = {
    "AND: one neuron": (perceptron(and_weights(), plane), [0, 0, 0, 1]),
    "OR: one neuron": (perceptron(or_weights(), plane), [0, 1, 1, 1]),
    "XOR: a hidden layer": (
        (torch.relu(plane @ w1 + b1) @ w2 + b2 > 0.5).float().flatten(),
        [0, 1, 1, 0],
    ),
}
figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True)
for ax, (name, (region, truth)) in zip(axes, gates.items(), strict=True):
    ax.contourf(line, line, region.reshape(181, 181).T, levels=1, cmap="coolwarm", alpha=0.5)
    ax.scatter(corners[:, 0], corners[:, 1], c=truth, cmap="coolwarm", edgecolors="k", s=90)
    ax.set(title=name, xlabel="first input", aspect="equal")
axes[0].set_ylabel("second input")
plt.show()

# %% [markdown]
# ## 2. Activations
#
# A threshold has slope 0 almost everywhere, so nothing can be learned through it. Today's
# activations are nonlinear, continuous, and have a slope:
#
# $$\operatorname{relu}(x)=\max(0,x),\qquad
# \operatorname{leaky}(x)=\begin{cases}x&x>0\\ \text{slope}\cdot x&x\le 0,\end{cases}\qquad
# \operatorname{elu}(x)=\begin{cases}x&x>0\\ \alpha\,(e^{x}-1)&x\le 0.\end{cases}$$
#
# Write each one without PyTorch's operation of the same name (as a function, a method or a module),
# and without another of its activations that comes to the same. Large inputs, $\pm10^4$ in float32,
# must come out finite: an infinity multiplied by zero is `nan`.

# %% [markdown] lang="zh" of="4f4b762a"
# ## 2. 激活函数
#
# 阈值函数的斜率几乎处处为 0，所以隔着它什么也学不到。如今用的激活函数是非线性的，连续，而且有可用
# 的斜率：
#
# $$\operatorname{relu}(x)=\max(0,x),\qquad
# \operatorname{leaky}(x)=\begin{cases}x&x>0\\ \text{slope}\cdot x&x\le 0,\end{cases}\qquad
# \operatorname{elu}(x)=\begin{cases}x&x>0\\ \alpha\,(e^{x}-1)&x\le 0.\end{cases}$$
#
# 请逐个写出来，不用 PyTorch 里同名的运算（函数、张量的方法、模块都算），也不用参数取得合适就与它
# 相同的别的激活函数。输入很大时（float32 下的 $\pm10^4$），结果也必须有限：无穷大乘以零是 `nan`。


# %% exercise="relu"
def relu(x):
    """max(0, x), without torch's relu.

    Args:
        x: a tensor of any shape.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="relu"
a = relu(torch.tensor([-2.0, 0.0, 3.0]))
assert a.tolist() == [0, 0, 3], f"expected [0, 0, 3], got {a.tolist()}"


# %% exercise="leaky_relu"
def leaky_relu(x, slope=0.01):
    """x where it is positive, slope * x elsewhere; without torch's leaky_relu.

    Args:
        x: a tensor of any shape.
        slope: a float from 0 to 1.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="leaky_relu"
a = leaky_relu(torch.tensor([-2.0, 0.0, 3.0]), slope=0.25)
assert a.tolist() == [-0.5, 0, 3], f"expected [-0.5, 0, 3], got {a.tolist()}"


# %% exercise="elu"
def elu(x, alpha=1.0):
    """x where it is positive, alpha * (exp(x) - 1) elsewhere; without torch's elu.

    Args:
        x: a tensor of any shape.
        alpha: a positive float.

    Returns:
        a tensor of that shape, finite for inputs up to 1e4 in either direction.
    """
    raise NotImplementedError


# %% example="elu"
a = elu(torch.tensor([-1.0, 0.0, 3.0]), alpha=2.0)
assert torch.allclose(a, torch.tensor([-1.2642, 0.0, 3.0]), atol=1e-4), f"got {a}"
a = elu(torch.tensor([-1e4, 1e4]))
assert torch.allclose(a, torch.tensor([-1.0, 1e4])), f"far out it is −1 and x, not {a}"

# %% [markdown]
# The **softplus** is a smooth ReLU,
#
# $$\operatorname{softplus}(x)=\log(1+e^{x}).$$
#
# (The slide that lists the activations prints "softmax" beside this formula; that is a slip. The
# softmax is a different function, of a whole row.) And the hyperbolic tangent is
#
# $$\tanh(x)=\frac{e^{x}-e^{-x}}{e^{x}+e^{-x}}.$$
#
# Typed as they stand, both overflow: $e^{100}$ is infinite in float32. Rewrite them so that only
# exponentials of numbers $\le 0$ occur; the results must be right for inputs up to $\pm10^4$.

# %% [markdown] lang="zh" of="50c292f3"
# **softplus** 是光滑的 ReLU：
#
# $$\operatorname{softplus}(x)=\log(1+e^{x}).$$
#
# （列出各种激活函数的那张幻灯片，在这个公式旁边印的是“softmax”，那是笔误：softmax 是另一个函数，
# 作用于整行。）双曲正切则是
#
# $$\tanh(x)=\frac{e^{x}-e^{-x}}{e^{x}+e^{-x}}.$$
#
# 照公式直接写成程序，两者都会上溢：$e^{100}$ 在 float32 里是无穷大。请改写它们，让指数函数只作用
# 于 $\le 0$ 的数；输入大到 $\pm10^4$，结果也必须正确。


# %% exercise="softplus"
def softplus(x):
    """log(1 + exp(x)), stable, without torch's softplus.

    Args:
        x: a tensor of any shape.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="softplus"
a = softplus(torch.tensor([0.0, 1.0]))
assert torch.allclose(a, torch.tensor([0.6931, 1.3133]), atol=1e-4), f"log 2 and 1.3133, not {a}"
a = softplus(torch.tensor([-1e4, 1e4]))
assert torch.allclose(a, torch.tensor([0.0, 1e4])), f"far out it is 0 and x, not {a}"


# %% exercise="tanh"
def tanh(x):
    """The hyperbolic tangent, stable, without torch's tanh.

    Args:
        x: a tensor of any shape.

    Returns:
        a tensor of that shape.
    """
    raise NotImplementedError


# %% example="tanh"
a = tanh(torch.tensor([-0.5, 0.0, 2.0]))
assert torch.allclose(a, torch.tensor([-0.4621, 0.0, 0.9640]), atol=1e-4), f"got {a}"
a = tanh(torch.tensor([-1e4, 1e4]))
assert torch.allclose(a, torch.tensor([-1.0, 1.0])), f"far out it is −1 and 1, not {a}"

# %% [markdown]
# ## 3. Their slopes
#
# Learning needs derivatives. The slope of ReLU is 1 where $x > 0$ **and 0 where $x < 0$**; one of
# our sources calls it constantly 1, which holds for active units only. At the kink there is no
# slope, so we agree on 0 for ReLU and on 0.01 for the leaky ReLU.

# %% [markdown] lang="zh" of="710523c7"
# ## 3. 它们的斜率
#
# 学习要用到导数。ReLU 的斜率在 $x > 0$ 处是 1，**在 $x < 0$ 处是 0**；我们参考的一份资料说它恒等
# 于 1，那只对激活了的单元成立。折点处没有斜率，所以我们约定：ReLU 取 0，leaky ReLU 取 0.01。


# %% exercise="activation_grad"
def activation_grad(name, x):
    """The derivative of an activation at x, entry by entry.

    Args:
        name: "relu", "leaky_relu" (slope 0.01), "sigmoid", "tanh" or "softplus".
        x: a tensor of any shape, the activation's input.

    Returns:
        a tensor of that shape.

    Raises:
        ValueError: any other name.
    """
    raise NotImplementedError


# %% example="activation_grad"
x = torch.tensor([-1.0, 0.0, 2.0])
assert activation_grad("relu", x).tolist() == [0, 0, 1], "relu: 0, then 0 by agreement, then 1"
slopes = activation_grad("leaky_relu", x)
assert torch.allclose(slopes, torch.tensor([0.01, 0.01, 1.0])), f"leaky_relu: {slopes}"
assert abs(activation_grad("sigmoid", x)[1] - 0.25) < 1e-6, "the sigmoid has slope ¼ at 0"
assert abs(activation_grad("tanh", x)[1] - 1) < 1e-6, "tanh has slope 1 at 0"
assert abs(activation_grad("softplus", x)[1] - 0.5) < 1e-6, "softplus has slope ½ at 0"
try:
    activation_grad("swish", x)
except ValueError:
    pass
else:
    raise AssertionError("an unknown name should raise ValueError")

# %% demo=true
x = torch.linspace(-4, 4, 401)
activations = {
    "relu": relu(x),
    "leaky_relu": leaky_relu(x),
    "sigmoid": torch.sigmoid(x),
    "tanh": tanh(x),
    "softplus": softplus(x),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
for name, a in activations.items():
    left.plot(x, a, label=name)
    right.plot(x, activation_grad(name, x), label=name)
left.set(title="Activations", xlabel="x", ylabel="a", ylim=(-1.2, 3))
right.set(title="Their slopes: what learning gets through", xlabel="x", ylabel="da/dx")
left.legend()
plt.show()

# %% [markdown]
# ## 4. The network
#
# $$a^{0} = x,\qquad a^{\ell}=\operatorname{relu}(a^{\ell-1}W^{\ell}+b^{\ell}),\qquad
# a^{L}=a^{L-1}W^{L}+b^{L}$$
#
# The last layer is linear. Keep every $a^\ell$: going backward, in lecture 5, will need them.

# %% [markdown] lang="zh" of="52911059"
# ## 4. 网络
#
# $$a^{0} = x,\qquad a^{\ell}=\operatorname{relu}(a^{\ell-1}W^{\ell}+b^{\ell}),\qquad
# a^{L}=a^{L-1}W^{L}+b^{L}$$
#
# 最后一层是线性的。请保留每一个 $a^\ell$：第 5 讲往回走时要用到。


# %% exercise="mlp_forward"
def mlp_forward(x, weights, biases):
    """All activations of a network of ReLU layers with a linear last layer.

    Args:
        x: (n, d) inputs.
        weights: list of L tensors (m, p), first layer first.
        biases: list of L tensors (p,).

    Returns:
        a list of L + 1 tensors: x itself, the hidden activations, and the output.
    """
    raise NotImplementedError


# %% example="mlp_forward"
x = torch.tensor([[1.0, -1.0]])
weights = [torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[-2.0], [1.0]])]
acts = mlp_forward(x, weights, [torch.zeros(2), torch.tensor([0.5])])
assert len(acts) == 3, f"two layers make three activations, with the input, not {len(acts)}"
assert torch.equal(acts[0], x), "the first of them is the input"
assert acts[1].tolist() == [[1, 0]], f"the ReLU cuts −1 off: {acts[1]}"
assert acts[2].tolist() == [[-1.5]], f"the last layer is linear and may be negative: {acts[2]}"

# %% [markdown]
# How many numbers does such a network learn? Each unit has a weight for every unit of the layer
# before it, and one bias.

# %% [markdown] lang="zh" of="211ce174"
# 这样一个网络要学多少个数？每个单元对前一层的每个单元都有一个权重，自己还有一个偏置。


# %% exercise="parameter_count"
def parameter_count(sizes):
    """The number of weights and biases of a fully connected network.

    Args:
        sizes: list of at least two layer sizes, inputs first.

    Returns:
        an int.
    """
    raise NotImplementedError


# %% example="parameter_count"
assert parameter_count([2, 3, 1]) == 13, "2·3 + 3 for the hidden layer, 3·1 + 1 for the output"

# %% [markdown]
# The universal approximation theorem says that two layers, with hidden units enough, can come as
# close as you like to any continuous function on a cube. For ReLU one can see it: each hidden unit
# adds one kink.

# %% [markdown] lang="zh" of="3c619215"
# 通用近似定理说，只要两层、隐藏单元足够多，就能任意接近立方体上的任何连续函数。用 ReLU 时，画出来
# 就看得见：每个隐藏单元添一个折点。

# %% demo=true
grid = torch.linspace(0, 1, 400)[:, None]
target = torch.sin(6.28 * grid) + 0.4 * torch.cos(18 * grid)
figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(grid, target, "k", linewidth=3, alpha=0.3, label="the function")
for units in [4, 8, 24]:
    knots = torch.linspace(0, 1, units + 1)
    heights = torch.sin(6.28 * knots) + 0.4 * torch.cos(18 * knots)
    slopes = heights.diff() * units
    kinks = torch.cat([slopes[:1], slopes.diff()])
    layers = [torch.ones(1, units), kinks[:, None]], [-knots[:-1], heights[:1]]
    count = parameter_count([1, units, 1])
    axes.plot(grid, mlp_forward(grid, *layers)[-1], label=f"{units} units, {count} parameters")
axes.set(title="Every hidden unit adds a kink", xlabel="x", ylabel="output")
axes.legend()
plt.show()

# %% [markdown]
# ## 5. A network that learns
#
# Until now somebody knew the weights. From here on nobody does: the network begins with random ones
# and finds its own, by the gradient of its loss. You have all the parts, from this notebook and the
# one before: `mlp_forward` makes scores, the cross-entropy makes a loss of them, `backward` the
# gradients. What is left is the loop, and it is yours. Before you write it, settle four questions.
#
# - The last layer has a score for each class. How many classes are there, if the labels are all
#   that you are given?
# - The weights must not all begin at zero; the XOR network of section 1 shows why. What would two
#   hidden units with equal weights become after a step? So the start is random; `seed` fixes it,
#   and equal seeds must bring equal networks, whatever else draws random numbers. How large should
#   the weights be, for a layer of many inputs and for one of few?
# - What does a step change, and must that change be recorded in the graph? (The slide on gradient
#   descent takes off the gradient itself. It leaves out the learning rate: a plain step is `lr`
#   times it.)
# - What does `backward` do with the gradients of the epoch before?
#
# Any way of going downhill will do: plain, with momentum or by Adam, with all the points at once or
# a part at a time, as long as `lr` is its learning rate. The network is judged by what it says of
# points that it has not seen: of two rings, one inside the other, and of some clouds, with `lr` 0.1
# and 200 epochs or more, it must get four in five right. (A good one gets nearly all.)

# %% [markdown] lang="zh" of="b60e50b5"
# ## 5. 会学习的网络
#
# 到目前为止，总有人事先知道权重。从这里起，谁也不知道：网络从随机的权重出发，靠损失的梯度自己去
# 找。各个部件你都有了，来自这份笔记本和上一份：`mlp_forward` 算出得分，交叉熵由得分得到损失，
# `backward` 给出梯度。剩下的是循环，由你来写。动笔之前，先想清楚四个问题。
#
# - 最后一层对每个类别给出一个得分。如果交给你的只有标签，一共有几个类别？
# - 权重不能全都从零开始，第 1 节的 XOR 网络说明了为什么。两个权重相等的隐藏单元，走一步之后会变成
#   什么样？所以起点是随机的；`seed` 把它固定下来，相同的种子必须得到相同的网络，不管别处还抽取了
#   什么随机数。对输入很多的一层，权重应当多大？输入很少的一层呢？
# - 一步改变的是什么？这个改变要记录到计算图里吗？（讲梯度下降的那张幻灯片，减去的是梯度本身，漏掉
#   了学习率：最简单的一步是梯度的 `lr` 倍。）
# - 上一轮留下的梯度，`backward` 会怎样处理？
#
# 怎样下降都行：最简单的梯度下降、动量法、Adam 都可以，每一步用全部的点还是只用一部分也都可以，只
# 要学习率是 `lr`。评判网络好坏，看的是它把没见过的点分到哪一类：一个套着另一个的两个圆环，还有几
# 团点；`lr` 取 0.1，训练 200 轮或更多，五个点里至少要分对四个。（好的网络几乎全对。）


# %% exercise="train_mlp"
def train_mlp(x, y, hidden, epochs, lr, seed):
    """Train a network of ReLU layers to tell classes apart.

    Args:
        x: (n, d) inputs.
        y: (n,) integer classes 0 … k−1; the largest of them is there.
        hidden: list of the widths of the hidden layers, at least one.
        epochs: how often the training goes through all the points.
        lr: the learning rate, a float.
        seed: of the start, and of whatever else is drawn; an int.

    Returns:
        (weights, biases, losses): two lists of tensors as `mlp_forward` takes them, of x's dtype,
        and a list with a float for each epoch: the loss before its update
        (in parts: the mean of the losses before each of its updates).
    """
    raise NotImplementedError


# %% example="train_mlp"
torch.manual_seed(5)
ring = torch.arange(200) % 2
angle, radius = 6.2832 * torch.rand(200), 1 + ring + 0.15 * torch.randn(200)
points = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1)
weights, biases, losses = train_mlp(points[:120], ring[:120], [16], 300, 0.1, seed=1)
shapes = [tuple(w.shape) for w in weights]
assert shapes == [(2, 16), (16, 2)], f"two inputs, 16 units, two classes: not {shapes}"
assert [len(b) for b in biases] == [16, 2], "each layer has a bias for each of its units"
assert len(losses) == 300 and isinstance(losses[0], float), "a float for each epoch, please"
assert losses[-1] < losses[0] / 2, f"the loss has not fallen: {losses[0]:.3f} … {losses[-1]:.3f}"
right = (mlp_forward(points[120:], weights, biases)[-1].argmax(dim=1) == ring[120:]).float().mean()
assert right > 0.8, f"only {right:.0%} of the points that it has not seen are right"
again, _, _ = train_mlp(points[:120], ring[:120], [16], 3, 0.1, seed=1)
torch.manual_seed(6)
other, _, _ = train_mlp(points[:120], ring[:120], [16], 3, 0.1, seed=1)
assert torch.allclose(again[0], other[0]), "equal seeds should bring equal networks"
print(f"{right:.0%} of the points that the network has not seen are right")

# %% [markdown]
# See it think. Each picture is the plane as a network sees it after so many epochs: the colour is
# the class that it would say, pale where it is unsure. The thin lines are where a hidden unit's
# ReLU switches on: every border is made of pieces, and bends only where it meets such a line. The
# last row is a network with a single hidden unit: it has one line, and no ring comes of that.

# %% [markdown] lang="zh" of="60997574"
# 看看它是怎样想的。每张图都是网络训练若干轮之后眼中的平面：颜色表示它会判成哪个类别，没有把握的地
# 方颜色就淡。细线是某个隐藏单元的 ReLU 开始起作用的地方：每条边界都由一段段直线拼成，只有碰到细线
# 才会转弯。最后一行的网络只有一个隐藏单元：只有一条细线，画不出圆环。

# %% demo=true
side = torch.linspace(-3, 3, 120)
plane = torch.cartesian_prod(side, side)
figure, panels = plt.subplots(2, 4, figsize=(10, 6), sharex=True, sharey=True)
for row, units in zip(panels, [16, 1], strict=True):
    for axes, epochs in zip(row, [1, 20, 60, 400], strict=True):
        weights, biases, losses = train_mlp(points, ring, [units], epochs, 0.1, seed=1)
        with torch.no_grad():
            p = torch.softmax(mlp_forward(plane, weights, biases)[-1], dim=1)[:, 1]
            kinks = (plane @ weights[0] + biases[0]).reshape(120, 120, units)
        axes.pcolormesh(side, side, p.reshape(120, 120).T, cmap="RdBu_r", vmin=-0.2, vmax=1.2)
        for unit in range(units):
            height = kinks[:, :, unit].T.numpy()
            if height.min() < 0 < height.max():
                axes.contour(side, side, height, levels=[0], colors="k", linewidths=0.4, alpha=0.5)
        colours = ["C0" if inner else "C3" for inner in ring == 0]
        axes.scatter(*points.T, c=colours, s=7, edgecolors="white", linewidths=0.3)
        axes.set_title(f"units {units}, epochs {epochs}\nloss {losses[-1]:.2f}", fontsize=10)
        axes.set_aspect("equal")
figure.tight_layout()
plt.show()

# %% [markdown] written="xor_needs_a_layer"
# ## 6. In your own words
#
# The lecture asks for $w_1$ and $w_2$ with which one neuron computes XOR. Show that there are none,
# whatever the threshold: write down the four inequalities and find the contradiction (or argue with
# the picture above). Then say what the hidden layer changes, and why it would change nothing if its
# activation were the identity.

# %% [markdown] lang="zh" of="d69dc6fa"
# ## 6. 用自己的话说
#
# 讲义问：$w_1$ 和 $w_2$ 取什么值，一个神经元能算出 XOR？请证明，不论阈值是多少，这样的权重都不存
# 在：写出四个不等式，找出矛盾（也可以用上面的图来论证）。然后说说隐藏层改变了什么；如果它的激活函
# 数是恒等函数，为什么就什么也改变不了？

# %% [markdown]
# ## What you can do now
#
# - Say what a hidden layer adds, and show it for XOR.
# - Write activations and their slopes that hold at ±10,000.
# - Train a network from nothing: the start, the loss, the gradient, the step, all of them yours.
#
# Next, lecture 5: where the gradient comes from.

# %% [markdown] lang="zh" of="b197e524"
# ## 现在你会了
#
# - 说出隐藏层带来了什么，并用 XOR 来说明。
# - 写出激活函数和斜率，输入为 ±10,000 也不出错。
# - 从零开始训练网络：起点、损失、梯度、每一步更新，全都出自你手。
#
# 下一步，第 5 讲：梯度从哪里来。
