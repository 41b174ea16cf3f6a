# %% [markdown]
# # Lecture 5: Back-propagation by hand
#
# A network is a chain of simple steps, so the derivative of its loss is a product of simple
# derivatives. In this notebook you write each factor yourself, and then let them pass gradients
# from the loss back to the first layer, as an automatic differentiator does. In the end you write
# such a differentiator.
#
# **Afterwards you can** carry a gradient through any chain of layers by the shapes alone; write the
# loss and the gradients of a whole network, stable and with weight decay; check a gradient; and say
# what `backward` does, because you have built one that trains a network.
#
# **Time** about 6 hours. 2 of them are for the bonus. **Points** {{points}}:
# {{points_of_exercises}} for the exercises, {{points_of_questions}} for the question at the end;
# the bonus adds up to {{points_of_bonus}}. **Due** {{due}}. **To hand in:** restart the kernel, run
# all cells from top to bottom (one minute), save, and submit this file, as with the assignments
# before.
#
# **To read**, where it helps: [Dive into Deep Learning
# 5.3](https://d2l.ai/chapter_multilayer-perceptrons/backprop.html) on the graph of a network,
# [CS231n on backpropagation](https://cs231n.github.io/optimization-2/), and, after the bonus rather
# than before it, [micrograd](https://github.com/karpathy/micrograd).
#
# **Conventions.** Rows are observations. `dz` always means $\partial L/\partial z$ for one scalar
# loss $L$, and it has the shape of `z` (the lecture's rule 0). Inputs are never changed in place.
# Automatic differentiation (`backward`, `torch.autograd`, `torch.func`) may not run inside your
# functions; in your own tests, use it as much as you like.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="4df0e148"
# # 第 5 讲：手写反向传播
#
# 神经网络由一串简单的步骤连成，损失的导数也就是一串简单导数的乘积。在这份笔记本里，你先亲手写出每
# 一个因子，再让它们像自动微分工具那样，把梯度从损失一直传回第一层。最后，你还要自己写出这样一个工
# 具。
#
# **学完之后，你能够**只凭形状，就让梯度穿过任意一串层；写出整个网络的损失和梯度，数值稳定，并带权
# 重衰减；检验一个梯度；还能说清 `backward` 做了什么，因为你自己写过一个，并且用它训练了网络。
#
# **用时**约 6 小时，其中附加题占 2 小时。**分值** {{points}} 分：练习 {{points_of_exercises}}
# 分，最后的书面题 {{points_of_questions}} 分；附加题最多另加 {{points_of_bonus}} 分。**截止**
# {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运行所有单元格（约一分钟），保存，然后
# 提交这个文件。
#
# **参考阅读**，需要时再看：[《动手学深度学
# 习》5.3](https://d2l.ai/chapter_multilayer-perceptrons/backprop.html) 讲网络的计算图；[CS231n 的
# 反向传播讲义](https://cs231n.github.io/optimization-2/)；还有
# [micrograd](https://github.com/karpathy/micrograd)，最好做完附加题再看。
#
# **约定**：一行是一个观测。`dz` 总是表示某个标量损失 $L$ 的 $\partial L/\partial z$，形状与 `z`
# 相同（讲义的规则 0）。不得原地修改输入。你的函数里不能用自动微分（`backward`、`torch.autograd`、
# `torch.func`）；自己测试时尽管用。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch

# Most tensors here are small: a second thread would wait more than it works.
torch.set_num_threads(1)

# %% [markdown]
# ## 1. A graph with three inputs
#
# $z = (x + y)\,w$ has one addition and one product. Give $\partial z/\partial x$,
# $\partial z/\partial y$ and $\partial z/\partial w$, entry by entry.

# %% [markdown] lang="zh" of="14e22351"
# ## 1. 三个输入的计算图
#
# $z = (x + y)\,w$ 里有一次加法和一次乘法。逐元素地求出 $\partial z/\partial x$、
# $\partial z/\partial y$ 和 $\partial z/\partial w$。


# %% exercise="graph_grads"
def graph_grads(x, y, w):
    """Gradients of z = (x + y) * w, elementwise.

    Args:
        x, y, w: tensors of one and the same shape.

    Returns:
        (dz/dx, dz/dy, dz/dw), three tensors of that shape.
    """
    raise NotImplementedError


# %% example="graph_grads"
dx, dy, dw = graph_grads(torch.tensor([2.0]), torch.tensor([3.0]), torch.tensor([4.0]))
assert dx.item() == 4, f"at (2, 3, 4) the slope in x is w = 4, not {dx.item()}"
assert dy.item() == 4, f"at (2, 3, 4) the slope in y is w = 4, not {dy.item()}"
assert dw.item() == 5, f"at (2, 3, 4) the slope in w is x + y = 5, not {dw.item()}"

# %% [markdown]
# ## 2. The affine layer
#
# $$Z = A W + b,\qquad A\in\mathbb R^{n\times m},\; W\in\mathbb R^{m\times p},\; b\in\mathbb R^{p}$$
#
# with $b$ added to every row.

# %% [markdown] lang="zh" of="9ab1b313"
# ## 2. 仿射层
#
# $$Z = A W + b,\qquad A\in\mathbb R^{n\times m},\; W\in\mathbb R^{m\times p},\; b\in\mathbb R^{p}$$
#
# 其中 $b$ 加到每一行上。


# %% exercise="affine_forward"
def affine_forward(a, w, b):
    """The affine layer Z = A W + b.

    Args:
        a: (n, m) inputs, a row for each observation.
        w: (m, p) weights.
        b: (p,) biases.

    Returns:
        z: (n, p).
    """
    raise NotImplementedError


# %% example="affine_forward"
z = affine_forward(
    torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0, 3.0], [0.0, 1.0, 1.0]]), torch.ones(3)
)
assert z.shape == (1, 3), f"one observation and three outputs make (1, 3), not {tuple(z.shape)}"
assert torch.equal(z, torch.tensor([[2.0, 3.0, 6.0]])), f"A W + b should be [[2, 3, 6]], not {z}"

# %% [markdown]
# Given $dZ = \partial L/\partial Z$, rule 2 of the lecture, the chain rule for a linear map, yields
# $dA$, $dW$ and $db$. Let the shapes lead you: each gradient has the shape of what it belongs to.
# The same $b$ serves all $n$ observations, so its gradient collects from all of them.

# %% [markdown] lang="zh" of="efb77110"
# 已知 $dZ = \partial L/\partial Z$，由讲义的规则 2（线性变换的链式法则）可以得到 $dA$、$dW$ 和
# $db$。让形状给你引路：哪个量的梯度，就和哪个量形状相同。全部 $n$ 个观测用的是同一个 $b$，所以它
# 的梯度要把各个观测的贡献都收集起来。


# %% exercise="affine_backward"
def affine_backward(dz, a, w):
    """Gradients of Z = A W + b.

    Args:
        dz: (n, p), the gradient that arrives at Z.
        a: (n, m).
        w: (m, p).

    Returns:
        (da, dw, db) of shapes (n, m), (m, p) and (p,).
    """
    raise NotImplementedError


# %% example="affine_backward"
da, dw, db = affine_backward(torch.ones(2, 3), torch.ones(2, 4), torch.ones(4, 3))
assert da.shape == (2, 4), f"da has the shape of a, (2, 4), not {tuple(da.shape)}"
assert dw.shape == (4, 3), f"dw has the shape of w, (4, 3), not {tuple(dw.shape)}"
assert db.shape == (3,), f"db has the shape of b, (3,), not {tuple(db.shape)}"
assert torch.equal(da, torch.full((2, 4), 3.0)), "da: each entry should be 3 here"
assert torch.equal(dw, torch.full((4, 3), 2.0)), "dw: each entry should be 2 here"

# %% [markdown]
# ## 3. Elementwise activations
#
# For $a = \sigma(z)$, applied entry by entry, rule 1 says
# $dz = da \odot \sigma'(z)$. The sigmoid's slope can be written with $a$ alone. For
# $\operatorname{relu}(z) = \max(0, z)$ we agree that the slope at $z = 0$ is $0$.

# %% [markdown] lang="zh" of="74c1f5e3"
# ## 3. 逐元素的激活函数
#
# 对 $a = \sigma(z)$（逐元素作用），规则 1 说 $dz = da \odot \sigma'(z)$。sigmoid 的斜率只用 $a$
# 就能写出来。对 $\operatorname{relu}(z) = \max(0, z)$，我们约定它在 $z = 0$ 处的斜率是 $0$。


# %% exercise="sigmoid_backward"
def sigmoid_backward(da, a):
    """Gradient through a = sigmoid(z).

    Args:
        da: the gradient that arrives at a, any shape.
        a: the sigmoid's output, same shape (z itself is not given).

    Returns:
        dz, same shape.
    """
    raise NotImplementedError


# %% example="sigmoid_backward"
dz = sigmoid_backward(torch.tensor([1.0, 2.0]), torch.tensor([0.5, 0.25]))
assert torch.allclose(dz, torch.tensor([0.25, 0.375])), f"expected [0.25, 0.375], got {dz}"


# %% exercise="relu_backward"
def relu_backward(da, z):
    """Gradient through a = max(0, z), with slope 0 at z = 0.

    Args:
        da: the gradient that arrives at a, any shape.
        z: the ReLU's input, same shape.

    Returns:
        dz, same shape; da itself stays as it is.
    """
    raise NotImplementedError


# %% example="relu_backward"
dz = relu_backward(torch.tensor([5.0, -6.0, 7.0]), torch.tensor([1.0, 2.0, -3.0]))
assert torch.equal(dz, torch.tensor([5.0, -6.0, 0.0])), f"expected [5, -6, 0], got {dz}"

# %% demo=true
grid = torch.linspace(-5, 5, 201)
ones = torch.ones_like(grid)
figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
axes.plot(grid, sigmoid_backward(ones, torch.sigmoid(grid)), label="sigmoid: at most ¼")
axes.plot(grid, relu_backward(ones, grid), label="ReLU: 0 or 1")
axes.set(xlabel="z", ylabel="slope", title="What an activation lets back through")
axes.legend()
plt.show()

# %% [markdown]
# ## 4. The loss
#
# $L = \frac1N\sum (y-\hat y)^2$, where the mean runs over all $N$ entries.

# %% [markdown] lang="zh" of="1e6d6c76"
# ## 4. 损失
#
# $L = \frac1N\sum (y-\hat y)^2$，这里对全部 $N$ 个元素取平均。


# %% exercise="mse_backward"
def mse_backward(yhat, y):
    """Gradient of the mean of (y - yhat)^2 over all entries, with respect to yhat.

    Args:
        yhat, y: tensors of one shape.

    Returns:
        dL/dyhat, same shape.
    """
    raise NotImplementedError


# %% example="mse_backward"
g = mse_backward(torch.tensor([1.0, 3.0]), torch.tensor([0.0, 5.0]))
assert torch.allclose(g, torch.tensor([1.0, -2.0])), f"expected [1, -2], got {g}"

# %% [markdown]
# ## 5. Two layers
#
# $$A_1 = \sigma(X W_1 + b_1),\qquad \hat Y = A_1 W_2 + b_2,\qquad
# L = \tfrac1n\sum_i (y_i-\hat y_i)^2$$
#
# Go forward and keep what you will need; then go backward, one factor at a time.

# %% [markdown] lang="zh" of="5e95f258"
# ## 5. 两层网络
#
# $$A_1 = \sigma(X W_1 + b_1),\qquad \hat Y = A_1 W_2 + b_2,\qquad
# L = \tfrac1n\sum_i (y_i-\hat y_i)^2$$
#
# 先做前向传播，把后面要用的量留下来；再往回走，每次处理一个因子。


# %% exercise="two_layer_grads"
def two_layer_grads(x, y, w1, b1, w2, b2):
    """All parameter gradients of a network with one sigmoid hidden layer.

    Args:
        x: (n, d) inputs.
        y: (n, 1) targets.
        w1, b1: (d, h) and (h,), the hidden layer.
        w2, b2: (h, 1) and (1,), the linear output layer.

    Returns:
        (dw1, db1, dw2, db2), shaped as the parameters.
    """
    raise NotImplementedError


# %% example="two_layer_grads"
torch.manual_seed(0)
net = [torch.randn(3, 4), torch.randn(4), torch.randn(4, 1), torch.randn(1)]
x, y = torch.randn(6, 3), torch.randn(6, 1)
mine = two_layer_grads(x, y, *net)
leaves = [p.clone().requires_grad_() for p in net]
loss = ((y - (torch.sigmoid(x @ leaves[0] + leaves[1]) @ leaves[2] + leaves[3])) ** 2).mean()
loss.backward()
for name, got, leaf in zip(["dw1", "db1", "dw2", "db2"], mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad, atol=1e-5), f"{name} differs from PyTorch's gradient"

# %% [markdown]
# ## 6. A whole network
#
# ReLU layers, a linear last layer with logits $U$, the softmax cross-entropy
# $-\frac1n\sum_i\log\operatorname{softmax}(U)_{i,l_i}$, and weight decay:
#
# $$L = \text{cross-entropy} + \frac{\lambda}{2}\sum_\ell \lVert W_\ell\rVert_F^2$$
#
# The biases are not penalised. Logits can be large: the loss must stay finite, so work with the
# logarithm of the softmax (`torch.logsumexp` is allowed). Derive the gradient of the cross-entropy
# with respect to one row of $U$ before you write it, and check it: raising all scores of a row by
# the same amount changes nothing, so its entries must sum to 0. Which of them is negative?

# %% [markdown] lang="zh" of="b3ee0bef"
# ## 6. 整个网络
#
# 若干 ReLU 层，最后一层是线性的，给出 logits $U$；损失是 softmax 交叉熵
# $-\frac1n\sum_i\log\operatorname{softmax}(U)_{i,l_i}$，再加上权重衰减：
#
# $$L = \text{交叉熵} + \frac{\lambda}{2}\sum_\ell \lVert W_\ell\rVert_F^2$$
#
# 偏置不受惩罚。logits 可能很大，而损失必须保持有限，所以要用 softmax 的对数来计算（可以用
# `torch.logsumexp`）。动手写之前，先推导交叉熵对 $U$ 的一行的梯度，并检验它：把一行的得分都加上同
# 一个数，损失不变，所以这一行梯度的元素之和必须是 0。其中哪一个是负的？


# %% exercise="mlp_loss_and_grads"
def mlp_loss_and_grads(x, labels, weights, biases, lam):
    """Loss and gradients of a ReLU network with a softmax cross-entropy and weight decay.

    Args:
        x: (n, d) inputs.
        labels: (n,) integer classes.
        weights: list of (m, p) tensors, first layer first; the last p is the number of classes.
        biases: list of (p,) tensors.
        lam: the factor of the penalty, a float.

    Returns:
        (loss, dweights, dbiases): a 0-d tensor and two lists, first layer first.
    """
    raise NotImplementedError


# %% example="mlp_loss_and_grads"
torch.manual_seed(1)
weights, biases = [torch.randn(4, 5), torch.randn(5, 3)], [torch.randn(5), torch.randn(3)]
x, labels = torch.randn(8, 4), torch.randint(3, (8,))
loss, dweights, dbiases = mlp_loss_and_grads(x, labels, weights, biases, 0.5)
leaves = [p.clone().requires_grad_() for p in weights + biases]
logits = torch.relu(x @ leaves[0] + leaves[2]) @ leaves[1] + leaves[3]
expected = torch.nn.functional.cross_entropy(logits, labels)
expected = expected + 0.25 * (leaves[0] ** 2).sum() + 0.25 * (leaves[1] ** 2).sum()
expected.backward()
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, expected), f"the loss should be {expected.item():.4f}, not {loss:.4f}"
for name, got, leaf in zip(["dw1", "dw2", "db1", "db2"], dweights + dbiases, leaves, strict=True):
    assert torch.allclose(got, leaf.grad, atol=1e-5), f"{name} differs from PyTorch's gradient"

# %% demo=true
torch.manual_seed(2)
angle = torch.rand(300) * 6.3
labels = torch.randint(2, (300,))
x = torch.stack([angle.cos(), angle.sin()], 1) * (1 + labels[:, None]) + 0.2 * torch.randn(300, 2)
weights, biases = [torch.randn(2, 16), torch.randn(16, 2) / 4], [torch.zeros(16), torch.zeros(2)]
losses = []
for _ in range(300):
    loss, dweights, dbiases = mlp_loss_and_grads(x, labels, weights, biases, 1e-3)
    losses.append(loss.item())
    weights = [w - 0.5 * dw for w, dw in zip(weights, dweights, strict=True)]
    biases = [b - 0.5 * db for b, db in zip(biases, dbiases, strict=True)]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
left.plot(losses)
left.set(xlabel="step", ylabel="loss", title="Your gradients at work")
predicted = (torch.relu(x @ weights[0] + biases[0]) @ weights[1] + biases[1]).argmax(1)
right.scatter(x[:, 0], x[:, 1], c=predicted, s=8, cmap="coolwarm")
right.set(aspect="equal", title=f"Two rings, {(predicted == labels).float().mean():.0%} right")
plt.show()

# %% [markdown]
# ## 7. Checking a gradient
#
# Two gradients are compared by their relative error
# $\max_i |a_i-b_i| / \max(10^{-8}, |a_i|+|b_i|)$. Beside central differences in float64 a right
# gradient stands at 1e-6 or below; 1e-2 means a mistake, or a kink (of a ReLU, say) in the step.

# %% [markdown] lang="zh" of="f4699f6d"
# ## 7. 检验梯度
#
# 两个梯度用相对误差来比较：$\max_i |a_i-b_i| / \max(10^{-8}, |a_i|+|b_i|)$。与 float64 的中心差分
# 相比，正确的梯度误差不超过 1e-6；如果到了 1e-2，就是写错了，或者差分的一步跨过了折点（比如 ReLU
# 的）。


# %% exercise="relative_error"
def relative_error(a, b):
    """The largest |a - b| / max(1e-8, |a| + |b|) over all entries.

    Args:
        a, b: tensors of one shape.

    Returns:
        a Python float.
    """
    raise NotImplementedError


# %% example="relative_error"
error = relative_error(torch.tensor([1.0, 0.0]), torch.tensor([3.0, 0.0]))
assert isinstance(error, float), f"a Python float, please, not {type(error).__name__}"
assert abs(error - 0.5) < 1e-6, f"|1 − 3| / (1 + 3) is 0.5, not {error}"

# %% [markdown]
# ## 8. Bonus: a differentiator of your own
#
# `Value` holds one number and remembers how it was made, so that `backward` can walk the graph from
# the result to the inputs. It grows in five steps, and each has examples of its own below; points
# are given by steps: half of them for the first, equal shares of the rest for the others. Write the
# class in the one cell, step by step, and run the examples as far as you have come.
#
# 1. **Operations.** `+ - * /` of two values, unary minus, `**` with a constant exponent. Each
#    result is a new `Value`, and knows two things of each operand: who it was, and how fast the
#    result changes with it. With numbers on either side (`2 * v`, `1 - v`) they work as well.
# 2. **One backward pass.** `backward` is called once, on the result. The result's own gradient is
#    known; from there each value hands on to its operands what the chain rule says.
# 3. **Shared values.** A value may be used several times, also one in the middle: what arrives adds
#    up, and it may hand on only when all of it has arrived. In which order must the values be
#    visited, so that this holds for any graph?
# 4. **Functions.** `exp`, `log`, `tanh`, `relu` (slope 0 at 0).
# 5. **A network** of some hundred values, trained.

# %% [markdown] lang="zh" of="9ca9a318"
# ## 8. 附加题：自己写一个自动微分工具
#
# `Value` 存一个数，并记住这个数是怎么来的，这样 `backward` 就能沿着计算图从结果走回输入。整个工具
# 分五步写成，每一步在下面都有自己的示例；分数也按步给：第一步占一半，其余各步平分另一半。整个类写
# 在同一个单元格里，一步一步地写，写到哪一步，示例就运行到哪一步。
#
# 1. **运算**：两个值的 `+ - * /`、取负，以及指数为常数的 `**`。每个结果都是一个新的 `Value`，对每
#    个操作数要记住两件事：操作数是谁，以及结果随它变化得多快。任意一边换成普通的数（`2 * v`、
#    `1 - v`）也要能算。
# 2. **一次反向传播**：`backward` 在结果上调用一次。结果自己的梯度是已知的；从它开始，每个值按链式
#    法则把梯度交给自己的操作数。
# 3. **多次使用的值**：一个值可以用好几次，处在中间的值也一样：传到它这里的梯度要累加，而且全部到
#    齐之后才能往下传。要按什么次序访问这些值，才能对任何计算图都做到这一点？
# 4. **函数**：`exp`、`log`、`tanh`、`relu`（在 0 处斜率为 0）。
# 5. **网络**：由几百个值组成，还要训练起来。


# %% exercise="Value"
class Value:
    """A number that can be differentiated: `data` is its value, `grad` its gradient (floats)."""

    def __init__(self, data):
        """Start from a plain number; the gradient is 0.0."""
        raise NotImplementedError

    def backward(self):
        """Set `grad` of every Value that this one was computed from."""
        raise NotImplementedError


# %% [markdown]
# **Step 1.** Operations, each by itself, and numbers on either side.

# %% [markdown] lang="zh" of="0dbba64e"
# **第 1 步**：各种运算，一个一个来；左边或右边也可以是普通的数。

# %% example="Value"
u, v = Value(3.0), Value(-2.0)
results = [(u + v, 1), (u - v, 5), (u * v, -6), (u / v, -1.5), (-u, -3), (v**3, -8)]
results += [(u + 1, 4), (1 + u, 4), (1 - u, -2), (2 * v, -4), (v / 4, -0.5), (6 / u, 2)]
for number, (result, value) in enumerate(results):
    assert isinstance(result, Value), f"result {number} of the list is no Value: {result!r}"
    assert abs(result.data - value) < 1e-12, f"result {number}: {value}, not {result.data}"
u, v = Value(3.0), Value(-2.0)
(u / v).backward()
assert abs(u.grad + 0.5) < 1e-12, f"u / v at 3, −2 has the slope −½ in u, not {u.grad}"
assert abs(v.grad + 0.75) < 1e-12, f"u / v at 3, −2 has the slope −¾ in v, not {v.grad}"

# %% [markdown]
# **Step 2.** One pass through several operations.

# %% [markdown] lang="zh" of="7f6590b1"
# **第 2 步**：一次反向传播，穿过好几个运算。

# %% example="Value"
u, v, w = Value(2.0), Value(-3.0), Value(4.0)
out = (u + v) * w
out.backward()
assert out.grad == 1, f"the result changes with itself at the rate 1, not {out.grad}"
slopes = (u.grad, v.grad, w.grad)
assert slopes == (4, 4, -1), f"(u + v) · w has the slopes w, w, u + v = 4, 4, −1: not {slopes}"
u = Value(2.0)
((5 - u) ** 2 / 3).backward()
assert abs(u.grad + 2) < 1e-12, f"(5 − u)²/3 has the slope −2(5 − u)/3 = −2 at 2, not {u.grad}"

# %% [markdown]
# **Step 3.** Shared values. In the second example the value in the middle is used by two others,
# one of which uses the other: whoever hands its gradient on too early, or twice, is found out.

# %% [markdown] lang="zh" of="564061e2"
# **第 3 步**：多次使用的值。在第二个例子里，另外两个值都用到中间的值，而这两个值中又有一个用到另
# 一个：谁过早地往下传，或者传了两次，在这里就会露馅。

# %% example="Value"
u = Value(3.0)
(u * u + u).backward()
assert u.grad == 7, f"u² + u has the slope 2u + 1 = 7 at 3, not {u.grad}"
u = Value(2.0)
middle = u * 3
longer = middle * middle
(longer + middle + longer * u).backward()
assert middle.grad == 37, f"m² + m + m²u has the slope 2m + 1 + 2mu = 37 in m, not {middle.grad}"
assert u.grad == 147, f"it reaches u through m (3 · 37) and directly (m² = 36): 147, not {u.grad}"

# %% [markdown]
# **Step 4.** Functions.

# %% [markdown] lang="zh" of="dd3bd21a"
# **第 4 步**：函数。

# %% example="Value"
u, v = Value(2.0), Value(-3.0)
out = (u * v + 1).tanh() + u**2 / 4 - v
out.backward()
slope = 1 - math.tanh(-5.0) ** 2
assert abs(out.data - (math.tanh(-5.0) + 4)) < 1e-12, "the value is off"
assert abs(u.grad - (-3 * slope + 1)) < 1e-12, f"the gradient of u is off: {u.grad}"
assert abs(v.grad - (2 * slope - 1)) < 1e-12, f"the gradient of v is off: {v.grad}"
u = Value(0.5)
(u.exp().log() + (-u).relu() + u.relu()).backward()
assert abs(u.grad - 2) < 1e-12, f"log eᵘ + relu(−u) + relu(u) has the slope 2 at ½, not {u.grad}"

# %% [markdown]
# **Step 5.** A network: two inputs, a hidden layer of `tanh`, a score $s$, and the loss
# $\log(1 + e^{-ys})$ of a label $y = \pm1$, all of it made of your values. Its gradient is compared
# with PyTorch's.

# %% [markdown] lang="zh" of="2a3f362c"
# **第 5 步**：一个网络：两个输入、一个 `tanh` 隐藏层、一个得分 $s$，标签 $y = \pm1$ 的损失是
# $\log(1 + e^{-ys})$，全都用你的值来算。它的梯度会与 PyTorch 的相比较。


# %%
def score(theta, point, h):
    """The score of a point (two floats) by a net of width h; theta are its 4h + 1 parameters."""
    s = theta[4 * h]
    for j in range(h):
        z = theta[j] * point[0] + theta[h + j] * point[1] + theta[2 * h + j]
        s = s + z.tanh() * theta[3 * h + j]
    return s


def mean_loss(theta, points, labels, h):
    """The mean of log(1 + exp(−y s)) over the points."""
    pairs = zip(points, labels, strict=True)
    losses = [(1 + (-y * score(theta, x, h)).exp()).log() for x, y in pairs]
    return sum(losses) / len(losses)


def rings(n, seed):
    """n points on two rings, and their labels −1 (inner) and 1 (outer), as lists of floats."""
    made = torch.Generator().manual_seed(seed)
    labels = 2.0 * (torch.arange(n) % 2) - 1
    angle = 2 * math.pi * torch.rand(n, generator=made)
    radius = 1.5 + labels / 2 + 0.15 * torch.randn(n, generator=made)
    return torch.stack([radius * angle.cos(), radius * angle.sin()], 1).tolist(), labels.tolist()


# %% example="Value"
points, labels = rings(12, 0)
start = torch.randn(13, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
mine = [Value(number) for number in start.tolist()]
loss = mean_loss(mine, points, labels, 3)
loss.backward()
theirs = start.clone().requires_grad_()
expected = mean_loss(theirs, points, labels, 3)
expected.backward()
assert abs(loss.data - expected.item()) < 1e-9, f"the loss is {expected.item()}, not {loss.data}"
for number, (one, other) in enumerate(zip(mine, theirs.grad.tolist(), strict=True)):
    assert abs(one.grad - other) < 1e-9, f"parameter {number}: slope {other}, not {one.grad}"

# %% [markdown]
# And now let it learn. Every number in this picture has passed through your class, one by one; that
# is why it takes some seconds for what the matrices of section 6 do in a blink.

# %% [markdown] lang="zh" of="97aaa2da"
# 现在让它学习吧。这张图里的每一个数都要单独经过你的类；所以，第 6 节用矩阵一眨眼就能算完的东西，
# 在这里要花上几秒。

# %% demo=true
points, labels = rings(60, 2)
width = 6
theta = torch.randn(4 * width + 1, generator=torch.Generator().manual_seed(3)).tolist()
losses = []
for _ in range(150):
    values = [Value(number) for number in theta]
    loss = mean_loss(values, points, labels, width)
    loss.backward()
    losses.append(loss.data)
    theta = [number - 1.0 * value.grad for number, value in zip(theta, values, strict=True)]
values = [Value(number) for number in theta]
ticks = torch.linspace(-2.8, 2.8, 41).tolist()
scores = [[score(values, (x, y), width).data for x in ticks] for y in ticks]
pairs = zip(points, labels, strict=True)
right = sum((score(values, x, width).data > 0) == (y > 0) for x, y in pairs)
figure, (left, middle) = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
left.plot(losses)
left.axhline(math.log(2), color="gray", linewidth=0.7, linestyle=":")
left.set(xlabel="step", ylabel="loss", title="Numbers that know where they come from")
shown = middle.contourf(ticks, ticks, scores, levels=21, cmap="coolwarm", vmin=-6, vmax=6)
middle.contour(ticks, ticks, scores, levels=[0], colors="black")
middle.scatter(*zip(*points, strict=True), c=labels, cmap="coolwarm", edgecolors="black", s=18)
middle.set(aspect="equal", title=f"two rings, {right} of {len(points)} right")
figure.colorbar(shown, ax=middle, label="score")
plt.show()

# %% [markdown] written="shapes_of_gradients"
# ## 9. In your own words
#
# In theory the derivative of a vector with respect to a matrix has three indices. Rule 0 says that
# a gradient always has the shape of its parameter, and rule 3 warns against copying the formula
# for one observation into a program. Explain with $Z = AW + b$ why the $dW$ that you programmed
# in section 2 needs no array of more than two indices: for which $i, j, k, l$ is
# $\partial Z_{ij}/\partial W_{kl}$ not 0? And what does the sum inside your product run over?

# %% [markdown] lang="zh" of="37697fda"
# ## 9. 用自己的话说
#
# 从理论上讲，向量对矩阵的导数有三个下标。规则 0 说，参数是什么形状，它的梯度就总是什么形状；规则
# 3 提醒我们，不要把单个观测的公式照抄进程序里。请以 $Z = AW + b$ 为例说明：为什么你在第 2 节里写
# 的 $dW$ 不需要下标多于两个的数组？对哪些 $i, j, k, l$，$\partial Z_{ij}/\partial W_{kl}$ 不为
# 0？你写的乘积里含有一个求和，它又是对什么求的？

# %% [markdown]
# ## What you can do now
#
# - Read a layer's gradients off its shapes, and find the sum that a shared parameter calls for.
# - Write loss and gradients of a network, stable at large scores, and let gradient descent use
#   them.
# - Compare two gradients by their relative error, and know what 1e-2 may mean.
# - Say what an automatic differentiator does, in which order, and why values add up: you have one.
#
# Next: PyTorch's own (`lec05_modules`), and what lies around it.

# %% [markdown] lang="zh" of="f0bcadcc"
# ## 现在你会了
#
# - 由形状看出一层的梯度，找出参数共享时必须做的那个求和。
# - 写出网络的损失和梯度，得分很大时也稳定，并用它们做梯度下降。
# - 用相对误差比较两个梯度，并知道 1e-2 可能意味着什么。
# - 说清自动微分工具做了什么、按什么次序做、为什么要累加：你自己就有一个。
#
# 下一步：PyTorch 自己的自动微分（`lec05_modules`），以及与它配套的东西。
