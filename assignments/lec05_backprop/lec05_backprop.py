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
# Given $dZ = \partial L/\partial Z$, rule 2 of the lecture yields $dA$, $dW$ and $db$. Let the
# shapes lead you: each gradient has the shape of what it belongs to. The same $b$ serves all $n$
# observations, so its gradient collects from all of them.


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
