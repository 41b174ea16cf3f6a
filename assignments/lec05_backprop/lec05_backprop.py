# %% [markdown]
# # Lecture 5: Back-propagation by hand
#
# A network is a chain of simple steps, so the derivative of its loss is a product of simple
# derivatives. In this notebook you write each factor yourself, and then let them pass gradients
# from the loss back to the first layer, as an automatic differentiator does.
#
# **Conventions.** Rows are observations. `dz` always means $\partial L/\partial z$ for one scalar
# loss $L$, and it has the shape of `z` (the lecture's rule 0). Inputs are never changed in place.
# Automatic differentiation (`backward`, `torch.autograd`, `torch.func`) may not run inside your
# functions; in your own tests, use it as much as you like.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import matplotlib.pyplot as plt
import torch

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
figure, axes = plt.subplots(figsize=(6, 3.5))
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
# logarithm of the softmax (`torch.logsumexp` is allowed). The gradient of the cross-entropy with
# respect to $U$ is $(\operatorname{softmax}(U) - \text{one-hot})/n$.


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
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
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
# $\max_i |a_i-b_i| / \max(10^{-8}, |a_i|+|b_i|)$.


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
# `Value` holds one number and remembers how it was made, so that `backward` can walk the graph
# from the result to the inputs. Support `+ - * /` with another `Value` or with a number on either
# side, unary minus, `**` with a constant exponent, and the methods `exp`, `log`, `tanh`, `relu`
# (slope 0 at 0). `backward` is called once, on the result; afterwards each `Value` has its
# gradient in `grad`. A value may be used several times: its gradients add up.


# %% exercise="Value"
class Value:
    """A number that can be differentiated: `data` is its value, `grad` its gradient (floats)."""

    def __init__(self, data):
        """Start from a plain number; the gradient is 0.0."""
        raise NotImplementedError

    def backward(self):
        """Set `grad` of every Value that this one was computed from."""
        raise NotImplementedError


# %% example="Value"
u, v = Value(2.0), Value(-3.0)
out = (u * v + 1).tanh() + u**2 / 4 - v
out.backward()
slope = 1 - torch.tanh(torch.tensor(-5.0)).item() ** 2
assert abs(out.data - (torch.tanh(torch.tensor(-5.0)).item() + 4)) < 1e-6, "the value is off"
assert abs(u.grad - (-3 * slope + 1)) < 1e-6, f"the gradient of u is off: {u.grad}"
assert abs(v.grad - (2 * slope - 1)) < 1e-6, f"the gradient of v is off: {v.grad}"

# %% [markdown] written="shapes_of_gradients"
# ## 9. In your own words
#
# In theory the derivative of a vector with respect to a matrix has three indices. Rule 0 says that
# a gradient always has the shape of its parameter, and rule 3 warns against copying the formula
# for one observation into a program. Explain with $Z = AW + b$ why $dW = A^\top dZ$ needs no
# three-index array, and what the sum inside that product runs over.
