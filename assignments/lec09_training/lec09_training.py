# %% [markdown]
# # Lecture 9: Making a deep network train
#
# Deep learning has been called alchemy: much of what makes a network train was found by trying.
# Most of it, though, follows from one wish, that numbers keep a moderate size on their way
# through many layers, forward and backward. In this notebook you build the lecture's remedies one
# by one: centred data, scaled initial weights, normalisation, residual connections, and the means
# against overfitting. At the end stands a network of twenty layers that does not train, and then
# does.
#
# **Afterwards you can** derive how far initial weights should spread; normalise forward and
# backward; say what dropout, weight decay and early stopping do, in whose convention; build a deep
# net out of these, train and judge it in the right mode; and read a picture of twelve trainings in
# which no single remedy is the best everywhere.
#
# **Time** about 10 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the three questions at the end. **Due** {{due}}. **To hand in:**
# restart the kernel, run all cells from top to bottom (two minutes), save, and submit this file, as
# with the assignments before.
#
# **To read**, where it helps: [Dive into Deep Learning
# 5.4](https://d2l.ai/chapter_multilayer-perceptrons/numerical-stability-and-init.html) on numbers
# that vanish and explode, [8.5](https://d2l.ai/chapter_convolutional-modern/batch-norm.html) on
# batch normalisation, and [CS231n on training](https://cs231n.github.io/neural-networks-2/).
#
# You need numpy, torch and matplotlib, and scikit-learn for its handwritten digits
# (`pip install scikit-learn`). Without it the import below fails; the exercises themselves do not
# use it.
#
# **Conventions.** Rows are observations, images are (N, C, H, W). Inputs are never changed in
# place; results keep the inputs' dtype and device. `dout` means $\partial L/\partial\text{out}$
# for one scalar loss $L$.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import math

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

# Most tensors here are small: a second thread would wait more than it works.
torch.set_num_threads(1)

# %% [markdown]
# ## 1. Centred data
#
# The lecture centres data in two ways. By observation: every row loses its own mean. By channel:
# every channel of a batch of images loses *its* mean, one number for each channel, taken over all
# images, rows and columns.


# %% exercise="center_observations"
def center_observations(x):
    """Subtract from each observation its own mean.

    Args:
        x: (n, d), a row for each observation.

    Returns:
        (n, d); every row has mean 0.
    """
    raise NotImplementedError


# %% example="center_observations"
x = torch.tensor([[1.0, 3.0, 8.0], [0.0, 0.0, 3.0]])
centred = center_observations(x)
expected = torch.tensor([[-3.0, -1.0, 4.0], [-1.0, -1.0, 2.0]])
assert centred.shape == (2, 3), f"the shape stays (2, 3), it is not {tuple(centred.shape)}"
assert torch.allclose(centred, expected), f"the rows' means are 4 and 1; got {centred}"
assert x[0, 0] == 1, "x itself should stay as it is"


# %% exercise="center_channels"
def center_channels(x):
    """Subtract from each channel its mean over the whole batch.

    Args:
        x: (N, C, H, W) images.

    Returns:
        (N, C, H, W); every channel has mean 0 over images, rows and columns together.
    """
    raise NotImplementedError


# %% example="center_channels"
x = torch.arange(24.0).reshape(2, 3, 2, 2)
centred = center_channels(x)
assert centred.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(centred.shape)}"
assert centred[0, 0, 0, 0] == -7.5, "channel 0 holds 0…3 and 12…15: its mean is 7.5"
assert torch.allclose(centred.mean(dim=(0, 2, 3)), torch.zeros(3)), "a channel's mean is not 0"

# %% [markdown]
# ## 2. Initial weights
#
# All weights equal, or even symmetric, would keep the units of a layer alike for ever: the lecture
# proves that they receive the same gradient. So weights start at random, and the question is how
# far they spread. If a linear layer has $n_{\text{in}}$ inputs of variance $\gamma^2$ and weights
# of variance $\sigma^2$, its outputs have variance $n_{\text{in}}\sigma^2\gamma^2$; on the way
# back, gradients meet $n_{\text{out}}\sigma^2$. Both factors, $n_{\text{in}}\sigma^2$ and
# $n_{\text{out}}\sigma^2$, would like to be 1, and where the two numbers differ they cannot.
# **Xavier** initialisation settles in the middle, for activations that are symmetric about zero,
# such as tanh: the *mean* of the two factors is 1. A ReLU sets half of its inputs to zero and with
# them half of the second moment; **Kaiming** initialisation makes up for that on the way forward,
# and lets the way back be as it may.
#
# What is $\sigma$ in either case? Check your formulae where a layer has as many outputs as inputs:
# there both wishes can be fulfilled at once, and Kaiming's $\sigma$ is the larger one. By which
# factor, and why?
#
# *Careful:* the lecture's notebook draws its "Kaiming" weights with standard deviation
# $2/\sqrt{n_{\text{in}}}$, which is too much in every layer, and its "Xavier" weights with
# $1/\sqrt{n_{\text{in}}}$, which forgets $n_{\text{out}}$. What you have derived is right.


# %% exercise="xavier_std"
def xavier_std(fan_in, fan_out):
    """Standard deviation of Xavier's normal initialisation.

    Args:
        fan_in, fan_out: how many inputs and outputs the layer has, ints.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="xavier_std"
assert abs(xavier_std(300, 500) - 0.05) < 1e-9, f"from 300 to 500: 0.05, not {xavier_std(300, 500)}"
assert xavier_std(300, 500) == xavier_std(500, 300), "Xavier treats both directions alike"


# %% exercise="kaiming_std"
def kaiming_std(fan_in):
    """Standard deviation of Kaiming's normal initialisation (for ReLU).

    Args:
        fan_in: how many inputs the layer has, an int.

    Returns:
        a float.
    """
    raise NotImplementedError


# %% example="kaiming_std"
assert abs(kaiming_std(200) - 0.1) < 1e-9, f"from 200 inputs: 0.1, not {kaiming_std(200)}"
assert abs(kaiming_std(50) - 0.2) < 1e-9, f"from 50 inputs: 0.2, not {kaiming_std(50)}"

# %% [markdown]
# Now draw a weight matrix. Its shape is `(fan_out, fan_in)`, as in `nn.Linear`. All entries are
# independent draws from $N(0, \sigma^2)$. Take them from `generator`, so that a seed repeats them:
# never from PyTorch's global stream, and never re-seed the generator.


# %% exercise="init_weight"
def init_weight(shape, scheme, generator):
    """Draw a weight matrix of independent normal entries with mean 0.

    Args:
        shape: (fan_out, fan_in), a tuple of two ints.
        scheme: "xavier" or "kaiming", whose standard deviation the entries have.
        generator: a torch.Generator on the cpu; the only source of randomness.

    Returns:
        a float32 tensor of that shape.
    """
    raise NotImplementedError


# %% example="init_weight"
w = init_weight((300, 200), "kaiming", torch.Generator().manual_seed(1))
assert w.shape == (300, 200), f"the shape is (fan_out, fan_in) = (300, 200), not {tuple(w.shape)}"
assert w.dtype == torch.float32, f"float32, please, not {w.dtype}"
assert abs(w.std().item() - 0.1) < 0.005, f"with 200 inputs σ should be near 0.1, not {w.std():.3f}"
again = init_weight((300, 200), "kaiming", torch.Generator().manual_seed(1))
assert torch.equal(w, again), "the same seed should give the same weights"
v = init_weight((500, 300), "xavier", torch.Generator().manual_seed(2))
assert abs(v.std().item() - 0.05) < 0.003, f"Xavier's σ should be near 0.05 here, not {v.std():.3f}"

# %% [markdown]
# The lecture's experiment: send data through layer after layer, without biases, and watch how far
# the activations spread. After each layer take the standard deviation of all entries of
# $a^\ell = \text{act}(a^{\ell-1} W_\ell)$, with $n-1$ in the denominator ($n$ is the number of
# entries), as `torch.std` does.


# %% exercise="activation_stds"
def activation_stds(x, weights, activation):
    """Standard deviation of the activations after each layer.

    Args:
        x: (n, d) data.
        weights: list of (in, out) tensors, first layer first; the first `in` is d.
        activation: "tanh" or "relu", applied after every layer.

    Returns:
        list of floats (or 0-d tensors), one for each layer.
    """
    raise NotImplementedError


# %% example="activation_stds"
stds = activation_stds(torch.tensor([[1.0, 2.0]]), [torch.eye(2), -torch.eye(2)], "relu")
assert len(stds) == 2, f"two layers make two numbers, not {len(stds)}"
assert abs(float(stds[0]) - math.sqrt(0.5)) < 1e-6, f"1 and 2 spread by √½, not {float(stds[0])}"
assert float(stds[1]) == 0, f"after ReLU of −1 and −2 all is 0, not {float(stds[1])}"

# %% demo=true
generator = torch.Generator().manual_seed(123)
depth, width = 8, 400
data = torch.randn(50, width, generator=generator)
normal = [torch.randn(width, width, generator=generator) for _ in range(depth)]
panels = {
    "tanh": {"σ = 0.02": 0.02, "σ = 0.1": 0.1, "Xavier": xavier_std(width, width)},
    "relu": {
        "1/√n": 1 / math.sqrt(width),
        "2/√n (the notebook)": 2 / math.sqrt(width),
        "Kaiming": kaiming_std(width),
    },
}
figure, axes = plt.subplots(1, 2, figsize=(9, 3.7), layout="constrained")
for axis, (activation, schemes) in zip(axes, panels.items(), strict=True):
    for label, sigma in schemes.items():
        stds = activation_stds(data, [sigma * w for w in normal], activation)
        axis.semilogy(range(1, depth + 1), [float(s) for s in stds], marker="o", label=label)
    axis.set(xlabel="layer", ylabel="spread of activations", title=activation)
    axis.legend(fontsize=8)
figure.suptitle("What eight layers make of the same data")
plt.show()

# %% [markdown]
# Too small a $\sigma$ lets the signal die out, and with it every gradient. Too large a one makes
# ReLU activations grow without end; tanh cannot grow, but it is pushed to $\pm1$, where its slope
# is nearly zero: a constant spread alone does not make a good start.

# %% [markdown]
# ## 3. Batch normalisation
#
# A layer that centres and scales each column over the mini-batch, and then lets two learnt vectors
# $\gamma, \beta\in\mathbb R^d$ undo it if that is better:
#
# $$\mu_j = \tfrac1n\sum_i x_{ij},\qquad \sigma_j^2 = \tfrac1n\sum_i (x_{ij}-\mu_j)^2,\qquad
# \hat x_{ij} = \frac{x_{ij}-\mu_j}{\sqrt{\sigma_j^2+\varepsilon}},\qquad
# \text{out}_{ij} = \gamma_j\hat x_{ij}+\beta_j$$
#
# Meanwhile it keeps running averages for later, with PyTorch's conventions:
#
# - `momentum` is the weight of the **new** batch:
#   running ← (1 − momentum) · running + momentum · batch;
# - the variance that enters the running one is the *unbiased* one, with $n-1$ in the denominator,
#   though $\hat x$ itself uses the biased $\sigma_j^2$ above;
# - $\varepsilon$ stands inside the root.
#
# `F.batch_norm` and the modules built on it may not be used in this section.


# %% exercise="batchnorm_train"
def batchnorm_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    """Batch normalisation in training.

    Args:
        x: (n, d), n ≥ 2.
        gamma, beta: (d,), scale and shift.
        running_mean, running_var: (d,), the running statistics so far; they stay as they are.
        momentum: weight of this batch in the new running statistics.
        eps: added to the variance, inside the root.

    Returns:
        (out, new_mean, new_var) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="batchnorm_train"
x = torch.tensor([[1.0, 10.0], [3.0, 10.0]])
out, new_mean, new_var = batchnorm_train(
    x, torch.ones(2), torch.zeros(2), torch.zeros(2), torch.ones(2)
)
assert torch.allclose(out, torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), atol=1e-4), f"got {out}"
assert torch.allclose(new_mean, torch.tensor([0.2, 1.0])), f"0.9·0 + 0.1·mean, not {new_mean}"
assert torch.allclose(new_var, torch.tensor([1.1, 0.9])), (
    f"the unbiased variances are 2 and 0, so 0.9·1 + 0.1·variance is [1.1, 0.9], not {new_var}"
)

# %% [markdown]
# In prediction there may be one observation only, and no batch to average over. The running
# statistics stand in.


# %% exercise="batchnorm_eval"
def batchnorm_eval(x, gamma, beta, running_mean, running_var, eps=1e-5):
    """Batch normalisation in prediction, by the running statistics.

    Args:
        x: (n, d), n ≥ 1.
        gamma, beta, running_mean, running_var: (d,).
        eps: added to the variance, inside the root.

    Returns:
        (n, d).
    """
    raise NotImplementedError


# %% example="batchnorm_eval"
out = batchnorm_eval(
    torch.tensor([[5.0, 1.0]]),
    torch.tensor([2.0, 1.0]),
    torch.tensor([0.0, 3.0]),
    torch.tensor([1.0, 1.0]),
    torch.tensor([4.0, 9.0]),
)
assert torch.allclose(out, torch.tensor([[4.0, 3.0]]), atol=1e-4), f"expected [[4, 3]], got {out}"

# %% [markdown]
# The backward pass in training. Every $\hat x_{ij}$ depends on the whole column, through $\mu_j$
# and $\sigma_j^2$: an entry's gradient therefore has three parts. Write $\hat x$ first, let
# $d\hat x = \text{dout}\odot\gamma$, and follow each path. (A check: the result must not change
# when all of a column's $d\hat x$ move by one constant. Why?)


# %% exercise="batchnorm_backward"
def batchnorm_backward(dout, x, gamma, eps=1e-5):
    """Gradients of batch normalisation in training; no automatic differentiation.

    Args:
        dout: (n, d), the gradient that arrives at out.
        x: (n, d), the layer's input, n ≥ 2.
        gamma: (d,).
        eps: as in the forward pass.

    Returns:
        (dx, dgamma, dbeta) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="batchnorm_backward"
torch.manual_seed(0)
dout, x = torch.randn(6, 3, dtype=torch.float64), torch.randn(6, 3, dtype=torch.float64)
gamma, beta = torch.randn(3, dtype=torch.float64), torch.randn(3, dtype=torch.float64)
mine = batchnorm_backward(dout, x, gamma)
leaves = [v.clone().requires_grad_() for v in (x, gamma, beta)]
torch.nn.functional.batch_norm(leaves[0], None, None, *leaves[1:], training=True).backward(dout)
for name, got, leaf in zip(["dx", "dgamma", "dbeta"], mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad), f"{name} differs from PyTorch's gradient"

# %% [markdown]
# For images each *channel* is normalised: its $N\cdot H\cdot W$ pixels play the part of the $n$
# observations, in the mean, in both variances, and in the running statistics.


# %% exercise="batchnorm2d_train"
def batchnorm2d_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    """Batch normalisation of images in training, channel by channel.

    Args:
        x: (N, C, H, W) with N·H·W ≥ 2.
        gamma, beta, running_mean, running_var: (C,).
        momentum, eps: as in `batchnorm_train`.

    Returns:
        (out, new_mean, new_var) of shapes (N, C, H, W), (C,) and (C,).
    """
    raise NotImplementedError


# %% example="batchnorm2d_train"
torch.manual_seed(1)
x = torch.randn(4, 3, 5, 2) * torch.tensor([1.0, 5.0, 0.2])[:, None, None] + 3
layer = torch.nn.BatchNorm2d(3)
expected = layer(x)
out, new_mean, new_var = batchnorm2d_train(
    x, torch.ones(3), torch.zeros(3), torch.zeros(3), torch.ones(3)
)
assert out.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(out.shape)}"
assert torch.allclose(out, expected, atol=1e-5), "out differs from nn.BatchNorm2d's"
assert torch.allclose(new_mean, layer.running_mean), "new_mean differs from nn.BatchNorm2d's"
assert torch.allclose(new_var, layer.running_var), "new_var differs from nn.BatchNorm2d's"

# %% [markdown]
# ## 4. Layer normalisation
#
# The same formula with the roles exchanged: $\mu_i$ and $\sigma_i^2$ (biased) are those of each
# **row**, so that an observation needs no others, in training or in prediction. $\gamma$ and
# $\beta$ still have an entry for each column. `F.layer_norm` and `nn.LayerNorm` may not be used.


# %% exercise="layernorm"
def layernorm(x, gamma, beta, eps=1e-5):
    """Layer normalisation: each row is centred and scaled by itself.

    Args:
        x: (n, d).
        gamma, beta: (d,).
        eps: added to the biased variance, inside the root.

    Returns:
        (n, d).
    """
    raise NotImplementedError


# %% example="layernorm"
x = torch.tensor([[1.0, 3.0], [10.0, 10.0], [5.0, -5.0]])
out = layernorm(x, torch.tensor([1.0, 2.0]), torch.tensor([0.0, 1.0]))
expected = torch.tensor([[-1.0, 3.0], [0.0, 1.0], [1.0, -1.0]])
assert torch.allclose(out, expected, atol=1e-4), f"expected {expected}, got {out}"


# %% exercise="layernorm_backward"
def layernorm_backward(dout, x, gamma, eps=1e-5):
    """Gradients of layer normalisation; no automatic differentiation.

    Args:
        dout: (n, d), the gradient that arrives at the output.
        x: (n, d), the layer's input.
        gamma: (d,).
        eps: as in the forward pass.

    Returns:
        (dx, dgamma, dbeta) of shapes (n, d), (d,) and (d,).
    """
    raise NotImplementedError


# %% example="layernorm_backward"
torch.manual_seed(2)
dout, x = torch.randn(4, 5, dtype=torch.float64), torch.randn(4, 5, dtype=torch.float64)
gamma, beta = torch.randn(5, dtype=torch.float64), torch.randn(5, dtype=torch.float64)
mine = layernorm_backward(dout, x, gamma)
leaves = [v.clone().requires_grad_() for v in (x, gamma, beta)]
torch.nn.functional.layer_norm(leaves[0], (5,), *leaves[1:]).backward(dout)
for name, got, leaf in zip(["dx", "dgamma", "dbeta"], mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad), f"{name} differs from PyTorch's gradient"

# %% demo=true
torch.manual_seed(3)
raw = torch.randn(200, 40) * torch.linspace(0.3, 3, 40) + torch.linspace(-4, 4, 40)
one, zero = torch.ones(40), torch.zeros(40)
views = {
    "as it comes": raw,
    "batch normalised": batchnorm_train(raw, one, zero, zero, one)[0],
    "layer normalised": layernorm(raw, one, zero),
}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), sharey=True, layout="constrained")
for axis, (title, values) in zip(axes, views.items(), strict=True):
    shown = axis.imshow(values[:60].numpy(), cmap="coolwarm", vmin=-4, vmax=4, aspect="auto")
    axis.set(title=title, xlabel="column (unit)")
axes[0].set_ylabel("row (observation)")
figure.colorbar(shown, ax=axes, label="value")
plt.show()

# %% [markdown]
# ## 5. PReLU
#
# Leaky ReLU with a slope that is learnt:
#
# $$f(z) = \begin{cases} z & z > 0\\ \alpha z & z \le 0\end{cases}$$
#
# (The lecture writes $\max(\alpha z, z)$, which is the same as long as $\alpha\le 1$.) One
# $\alpha$ serves all entries, so its gradient collects from all of them. At $z = 0$ the course
# takes $\alpha$'s branch.


# %% exercise="prelu"
def prelu(z, alpha):
    """PReLU, elementwise.

    Args:
        z: any shape.
        alpha: the slope for z ≤ 0, a 0-d tensor.

    Returns:
        same shape as z.
    """
    raise NotImplementedError


# %% example="prelu"
a = prelu(torch.tensor([-2.0, 0.0, 3.0]), torch.tensor(0.1))
assert torch.allclose(a, torch.tensor([-0.2, 0.0, 3.0])), f"expected [-0.2, 0, 3], got {a}"


# %% exercise="prelu_backward"
def prelu_backward(da, z, alpha):
    """Gradients through a = prelu(z, alpha).

    Args:
        da: the gradient that arrives at a, any shape.
        z: the input, same shape.
        alpha: 0-d.

    Returns:
        (dz, dalpha): same shape as z, and 0-d.
    """
    raise NotImplementedError


# %% example="prelu_backward"
dz, dalpha = prelu_backward(
    torch.tensor([5.0, 6.0, 7.0]), torch.tensor([-2.0, 3.0, -1.0]), torch.tensor(0.5)
)
assert torch.allclose(dz, torch.tensor([2.5, 6.0, 3.5])), f"expected [2.5, 6, 3.5], got {dz}"
assert dalpha.shape == (), f"dalpha is 0-d, like alpha, not of shape {tuple(dalpha.shape)}"
assert dalpha.item() == -17, f"5·(−2) + 7·(−1) is −17, not {dalpha.item()}"

# %% [markdown]
# ## 6. A residual block
#
# Very deep plain networks were found to fit even their *training* data worse than shallower ones.
# A residual block starts from the identity, which is easy, and lets two layers fit what is left
# over: an affine layer $W_1, b_1$, a ReLU, an affine layer $W_2, b_2$. The block's input joins what
# comes out of the second one, and a last ReLU follows the sum. Draw it before you write it: what
# does the block make of $x$ if all of its weights and biases are 0?


# %% exercise="residual_block"
def residual_block(x, w1, b1, w2, b2):
    """A residual block of two fully connected layers.

    Args:
        x: (n, p).
        w1, b1: (p, d) and (d,).
        w2, b2: (d, p) and (p,).

    Returns:
        (n, p).
    """
    raise NotImplementedError


# %% example="residual_block"
x = torch.tensor([[1.0, -2.0, 3.0]])
out = residual_block(x, torch.zeros(3, 4), torch.zeros(4), torch.zeros(4, 3), torch.zeros(3))
assert torch.equal(out, torch.relu(x)), f"with zero weights the block is relu(x), not {out}"
out = residual_block(
    x, torch.ones(3, 2), torch.tensor([1.0, -9.0]), torch.ones(2, 3), torch.zeros(3)
)
assert torch.equal(out, torch.tensor([[4.0, 1.0, 6.0]])), f"expected [[4, 1, 6]], got {out}"

# %% [markdown]
# ## 7. Dropout, in two forms
#
# In training each entry is set to zero with some probability, independently of all others; in
# prediction nothing is dropped. The expected value should be the same in both.
#
# - **PyTorch's form**: `p` is the probability to **drop**. In training, what is kept is multiplied
#   by $1/(1-p)$; in prediction, `x` stays as it is. With $p = 0$ nothing is dropped, with $p = 1$
#   everything (zeros, not nan).
# - **The lecture's form**: the number is the probability to **keep**. In training
#   $m\odot x$ with $m_i\sim\text{Bernoulli}(\text{keep})$, unscaled; in prediction
#   $\text{keep}\cdot x$.
#
# Both are right, and mixing them up is not: the lecture scales at test time, PyTorch's modules at
# training time, and what they call $p$ are opposite probabilities. Draw from `generator` (it lives
# on `x`'s device: pass `device=x.device` when you draw).


# %% exercise="dropout"
def dropout(x, p, training, generator):
    """Dropout that scales in training.

    Args:
        x: any shape.
        p: the probability to drop an entry, a float from 0 to 1, both included.
        training: True drops and scales by 1 / (1 - p); False returns x (the same tensor is fine).
        generator: a torch.Generator on x's device; the only source of randomness.

    Returns:
        same shape as x.
    """
    raise NotImplementedError


# %% example="dropout"
x = torch.full((100, 50), 3.0)
out = dropout(x, 0.25, True, torch.Generator().manual_seed(4))
assert out.shape == x.shape, f"the shape stays {tuple(x.shape)}, not {tuple(out.shape)}"
kept = out != 0
assert torch.allclose(out[kept], torch.tensor(4.0)), "kept values are 3 / (1 − 0.25) = 4"
assert abs(kept.float().mean() - 0.75) < 0.05, f"about 75 % are kept, not {kept.float().mean():.0%}"
assert torch.equal(dropout(x, 0.25, False, None), x), "in prediction x stays as it is"
assert torch.equal(dropout(x, 1.0, True, torch.Generator()), 0 * x), "p = 1 drops everything"
assert torch.equal(dropout(x, 0.0, True, torch.Generator()), x), "p = 0 drops nothing"


# %% exercise="dropout_lecture"
def dropout_lecture(x, keep, training, generator):
    """Dropout in the lecture's form, which scales in prediction.

    Args:
        x: any shape.
        keep: the probability to keep an entry, a float, 0 < keep ≤ 1.
        training: True returns m * x with m ~ Bernoulli(keep); False returns keep * x.
        generator: a torch.Generator on x's device; the only source of randomness.

    Returns:
        same shape as x.
    """
    raise NotImplementedError


# %% example="dropout_lecture"
x = torch.full((100, 50), 3.0)
out = dropout_lecture(x, 0.8, True, torch.Generator().manual_seed(5))
kept = out != 0
assert torch.allclose(out[kept], torch.tensor(3.0)), "kept values are not scaled in training"
assert abs(kept.float().mean() - 0.8) < 0.05, f"about 80 % are kept, not {kept.float().mean():.0%}"
assert torch.allclose(dropout_lecture(x, 0.8, False, None), 0.8 * x), "prediction gives keep · x"

# %% demo=true
generator = torch.Generator().manual_seed(6)
signal = torch.sin(torch.linspace(0, 2 * math.pi, 60)) + 1.5
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), sharey=True)
for axis, title, apply, goal in [
    (axes[0], "PyTorch's form, p = 0.4", lambda v: dropout(v, 0.4, True, generator), signal),
    (
        axes[1],
        "The lecture's form, keep = 0.6",
        lambda v: dropout_lecture(v, 0.6, True, generator),
        0.6 * signal,
    ),
]:
    draws = torch.stack([apply(signal) for _ in range(400)])
    axis.plot(draws[0].numpy(), ".", color="silver", label="one draw")
    axis.plot(draws.mean(0).numpy(), label="mean of 400 draws")
    axis.plot(goal.numpy(), "k--", linewidth=1, label="prediction")
    axis.set(xlabel="unit", title=title)
    axis.legend()
axes[0].set_ylabel("activation")
figure.tight_layout()
plt.show()

# %% [markdown]
# ## 8. Weight decay
#
# A penalty $\frac\lambda2\lVert w\rVert^2$ is added to the loss. Write out one step of gradient
# descent on the sum, with rate $\eta$, where $g$ is the gradient of the loss *without* the penalty,
# and gather what stands by $w$: the weights shrink before they follow the loss. By which factor? It
# gave the method its name.


# %% exercise="l2_penalty"
def l2_penalty(w):
    """Half the sum of squared weights.

    Args:
        w: any shape.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="l2_penalty"
penalty = l2_penalty(torch.tensor([[3.0, 0.0], [-4.0, 1.0]]))
assert penalty.shape == (), f"a 0-d tensor, please, not one of shape {tuple(penalty.shape)}"
assert penalty.item() == 13, f"(9 + 16 + 1) / 2 is 13, not {penalty.item()}"


# %% exercise="weight_decay_step"
def weight_decay_step(w, grad, lr, lam):
    """One gradient step on the loss plus (lam / 2) ‖w‖².

    Args:
        w: any shape.
        grad: the gradient of the loss without the penalty, same shape.
        lr: the learning rate η, a float.
        lam: the factor λ, a float.

    Returns:
        the new w, same shape.
    """
    raise NotImplementedError


# %% example="weight_decay_step"
w = weight_decay_step(torch.tensor([2.0, -4.0]), torch.tensor([1.0, 0.0]), 0.5, 0.5)
assert torch.equal(w, torch.tensor([1.0, -3.0])), f"expected [1, -3], got {w}"

# %% [markdown]
# ## 9. Early stopping
#
# Watch the loss on validation data and stop when it no longer falls. Epochs are counted from 0. An
# epoch is *better* if its loss is **less than** best − `min_delta`, where best is the loss of the
# best epoch so far (the first epoch is always better than nothing). Training stops as soon as
# `patience` epochs in a row were not better. If that never happens, it runs to the end.


# %% exercise="early_stopping"
def early_stopping(val_losses, patience, min_delta=0.0):
    """Which epoch was the best, and after which epoch training stops.

    Args:
        val_losses: list of floats, the validation loss of each epoch; not empty.
        patience: how many epochs in a row may fail to be better, an int ≥ 1.
        min_delta: by how much a loss must be below the best one to count, a float ≥ 0.

    Returns:
        (best_epoch, stop_epoch): ints, counted from 0; stop_epoch is the last epoch that is run.
    """
    raise NotImplementedError


# %% example="early_stopping"
losses = [3.0, 2.0, 2.5, 1.0, 1.5, 1.25, 0.5]
got = early_stopping(losses, 2)
assert tuple(got) == (3, 5), f"epochs 4 and 5 are not better than 3: (3, 5), not {got}"
got = early_stopping(losses, 3)
assert tuple(got) == (6, 6), f"with patience 3 epoch 6 is still reached: (6, 6), not {got}"
got = early_stopping([1.0, 1.0, 1.0], 2)
assert tuple(got) == (0, 2), f"an equal loss is not better: (0, 2), not {got}"

# %% demo=true
generator = torch.Generator().manual_seed(7)
# Five inputs matter, the others are noise.
truth = torch.cat([torch.full((5,), 0.5), torch.zeros(55)])
x, x_val = torch.randn(2, 50, 60, generator=generator)
y, y_val = torch.randn(2, 50, generator=generator) + torch.stack([x @ truth, x_val @ truth])
figure, axis = plt.subplots(figsize=(7, 3.8), layout="constrained")
for lam, colour in [(0.0, "tab:blue"), (2.0, "tab:orange")]:
    w = torch.zeros(60)
    train_losses, val_losses = [], []
    for _ in range(200):
        train_losses.append(((x @ w - y) ** 2).mean().item())
        val_losses.append(((x_val @ w - y_val) ** 2).mean().item())
        w = weight_decay_step(w, 2 * x.T @ (x @ w - y) / len(y), 0.02, lam)
    best, stop = early_stopping(val_losses, 20)
    axis.plot(train_losses, ":", color=colour, label=f"training, λ = {lam}")
    axis.plot(val_losses, color=colour, label=f"validation, λ = {lam}")
    axis.plot(best, val_losses[best], "o", color=colour)
    axis.axvline(stop, color=colour, linewidth=0.7)
axis.set(xlabel="epoch", ylabel="mean squared error", ylim=(0, 3.5))
axis.set_title("Learning the noise (dot: best epoch, thin line: early stopping)")
axis.legend()
plt.show()

# %% [markdown]
# ## 10. Twenty layers
#
# Time to put the remedies together, and to see which of them a deep network needs. From here on
# PyTorch's layers and automatic differentiation do the work.
#
# `sizes` lists the widths, inputs first, logits last. Every **hidden** layer, the first one too, is
# made of these, in this order:
#
# | | part | when |
# | --- | --- | --- |
# | 1 | `nn.Linear` | always |
# | 2 | `nn.BatchNorm1d`, or `nn.LayerNorm` | if `norm` is "batch", or "layer" |
# | 3 | ReLU | always |
# | 4 | `nn.Dropout(p)` | if `p > 0` |
# | 5 | plus the layer's input | if `residual`, and the two widths agree |
#
# (So the shortcut joins *behind* the ReLU, other than in `residual_block`.) After the last hidden
# layer comes one `nn.Linear` alone. The weights of every Linear, the last one too, are drawn from
# $N(0, \sigma^2)$, and every bias starts at 0. With `init="kaiming"`, $\sigma$ is yours from
# section 2; `"lecture"` means $1/\sqrt{n_{\text{in}}}$, as in the lecture's notebook, and `"small"`
# means 0.01. The normalising layers stay as PyTorch makes them. Another `norm` or `init` than these
# is a `ValueError`.


# %% exercise="DeepMLP"
class DeepMLP(nn.Module):
    """A deep fully connected network, with remedies to choose from."""

    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        """Make the layers.

        Args:
            sizes: list of ints: inputs, widths of the hidden layers (perhaps none), classes.
            norm: None, "batch" or "layer".
            residual: whether a hidden layer's input is added to its result where widths agree.
            p: the probability to drop an entry of what a ReLU gives, before the shortcut joins.
            init: "kaiming", "lecture" or "small".

        Raises:
            ValueError: another norm or init.
        """
        raise NotImplementedError

    def forward(self, x):
        """Map (n, sizes[0]) to logits (n, sizes[-1])."""
        raise NotImplementedError


# %% example="DeepMLP"
torch.manual_seed(8)
net = DeepMLP([5, 300, 300, 4], norm="batch", residual=True)
kinds = [type(m) for m in net.modules()]
assert kinds.count(nn.Linear) == 3, f"two hidden layers and the last: 3 Linear, not {kinds}"
assert kinds.count(nn.BatchNorm1d) == 2, f"each hidden layer has its norm: 2, not {kinds}"
assert net(torch.randn(6, 5)).shape == (6, 4), "six rows, four classes"
weights = [m.weight for m in net.modules() if isinstance(m, nn.Linear)]
spread = [w.std().item() * math.sqrt(w.shape[1]) for w in weights]
assert all(1.2 < s < 1.6 for s in spread), f"√in · σ should be near √2 in each layer: {spread}"
assert not any(m.bias.any() for m in net.modules() if isinstance(m, nn.Linear)), "biases are 0"
certain = DeepMLP([3, 3, 3], residual=True, p=1.0)  # drops all: the shortcut alone remains
last = [m for m in certain.modules() if isinstance(m, nn.Linear)][-1]
x = torch.randn(7, 3)
assert torch.allclose(certain(x), last(x)), "with p = 1 the hidden layer should hand on x alone"
try:
    DeepMLP([3, 2], norm="none")
except ValueError:
    pass
else:
    raise AssertionError('norm="none" is not in the list: a ValueError, please')

# %% [markdown]
# Before any training: what does a batch of digits look like on its way through twenty layers? (The
# panels show what goes *into* the layers named. Mind the axes.)


# %%
bunch = load_digits()
ORDER = torch.randperm(len(bunch.target), generator=torch.Generator().manual_seed(123456))
IMAGES = torch.tensor(bunch.data / 16, dtype=torch.float32)[ORDER]
NAMES = torch.tensor(bunch.target)[ORDER]
X, Y, X_TEST, Y_TEST = IMAGES[:1400], NAMES[:1400], IMAGES[1400:], NAMES[1400:]
TWENTY = [64] + [64] * 20 + [10]


def inputs_of_layers(net, x):
    """What goes into each Linear of the net, in the order of the forward pass."""
    seen = []
    linears = [m for m in net.modules() if isinstance(m, nn.Linear)]
    hooks = [m.register_forward_pre_hook(lambda _, given: seen.append(given[0])) for m in linears]
    with torch.no_grad():
        net(x)
    for hook in hooks:
        hook.remove()
    return seen


# %% demo=true
kinds = {
    "small": {"init": "small"},
    "lecture": {"init": "lecture"},
    "kaiming": {},
    "kaiming, batch norm": {"norm": "batch"},
    "kaiming, residual": {"residual": True},
}
figure, axes = plt.subplots(len(kinds), 5, figsize=(9, 8), layout="constrained")
for row, (title, options) in zip(axes, kinds.items(), strict=True):
    torch.manual_seed(9)
    seen = inputs_of_layers(DeepMLP(TWENTY, **options), X[:300])
    for axis, layer in zip(row, [1, 2, 5, 10, 20], strict=True):
        values = seen[layer].flatten()
        axis.hist(values.numpy(), bins=40, color="tab:blue", log=True)
        axis.set_title(f"layer {layer + 1}: spread {values.std():.1g}", fontsize=8)
        axis.tick_params(labelsize=6)
        axis.set_yticks([])
    row[0].set_ylabel(title, fontsize=9)
figure.suptitle("Digits on their way down, before any training")
plt.show()

# %% [markdown]
# Now train it. The loss is the mean cross-entropy of the logits; in each epoch the observations
# are shuffled anew and cut into mini-batches, the last one smaller. The optimizer is yours to
# choose, if it learns as fast as Adam does at Adam's rates (`torch.optim.AdamW` takes groups of
# parameters with a `weight_decay` each). Three things are easily overlooked:
#
# - **Only tensors of two or more axes decay.** Biases and a norm's $\gamma$ and $\beta$ have one.
#   They are trained like all the rest, and do not shrink.
# - **The mode.** All modules of a net train in training mode, whatever mode they come in, and all
#   go back in the mode in which they came (one and the same for all of them).
# - **The recorded loss** is the cross-entropy of a mini-batch before its step, without the decay.


# %% exercise="fit"
def fit(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    """Train a classifier on mini-batches, in place.

    Args:
        model: an nn.Module that maps (n, d) to logits (n, k).
        x: (n, d) data.
        y: (n,) integer classes.
        epochs: how often to go through the data.
        batch_size: size of a mini-batch.
        lr: the optimizer's learning rate.
        weight_decay: the decay of tensors of two or more axes, a float ≥ 0; subtracted from them
            in the step or added to their gradients as λw, as your optimizer has it.
        seed: an int that decides the shuffling, whatever else has drawn random numbers.

    Returns:
        list of floats: the loss of each mini-batch, in order.
    """
    raise NotImplementedError


# %% example="fit"
torch.manual_seed(10)
x = torch.randn(90, 4)
y = (x[:, 0] * x[:, 1] > 0).long()
net = nn.Sequential(nn.Linear(4, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 2)).eval()
first = nn.functional.cross_entropy(net.train()(x), y).item()
losses = fit(net.eval(), x, y, epochs=60, batch_size=90, lr=0.01, weight_decay=0.1, seed=1)
assert len(losses) == 60, f"60 epochs of one mini-batch make 60 losses, not {len(losses)}"
assert abs(losses[0] - first) < 1e-4, f"the first loss is {first:.4f}, before any step: {losses[0]}"
assert losses[-1] < 0.3 * losses[0], f"the loss should fall: from {losses[0]:.2f}, {losses[-1]:.2f}"
assert not net.training, "the net came in evaluation mode: give it back so"
assert len(fit(net, x, y, 1, 40, 0.01, 0.0, 1)) == 3, "90 rows in mini-batches of 40: 40, 40, 10"

# %% [markdown]
# To judge a net is a different matter from training it: in evaluation mode, without a graph, and so
# that nothing in the net has changed afterwards, the mode of its modules included (again they come
# in one and the same).


# %% exercise="evaluate"
def evaluate(model, x, y):
    """The accuracy of a classifier.

    Args:
        model: an nn.Module that maps (n, d) to logits (n, k).
        x, y: (n, d) data and (n,) integer classes.

    Returns:
        a float: the share of rows whose largest logit is the right class's.
    """
    raise NotImplementedError


# %% example="evaluate"
layer = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    layer.weight.copy_(torch.eye(2))
net = nn.Sequential(nn.Dropout(0.9), layer)
share = evaluate(net, torch.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, 1.0]]), torch.tensor([1, 0, 0]))
assert isinstance(share, float), f"a Python float, please, not {type(share).__name__}"
assert abs(share - 2 / 3) < 1e-9, f"two of three are right, and nothing is dropped: not {share}"
assert net.training, "the net came in training mode: give it back so"

# %% [markdown]
# ### Plain, normalised, residual, both
#
# Twenty layers, three ways to start, four ways to build: twelve trainings of the same length, on
# the same digits. Guess first: which will be the best, which will not learn at all?

# %% demo=true
builds = {
    "plain": {},
    "batch norm": {"norm": "batch"},
    "residual": {"residual": True},
    "both": {"norm": "batch", "residual": True},
}
figure, axes = plt.subplots(1, 3, figsize=(11, 4), sharey=True, layout="constrained")
for axis, init in zip(axes, ["small", "lecture", "kaiming"], strict=True):
    for label, options in builds.items():
        torch.manual_seed(11)
        net = DeepMLP(TWENTY, init=init, **options)
        losses = torch.tensor(fit(net, X, Y, 10, 50, 1e-3, 0.0, 12))
        share = evaluate(net, X_TEST, Y_TEST)
        smooth = losses.unfold(0, 14, 7).mean(dim=1)
        axis.plot(7 * torch.arange(len(smooth)) + 7, smooth, label=f"{label}: {share:.1%}")
    axis.axhline(math.log(10), color="gray", linewidth=0.7, linestyle=":")
    axis.set(xlabel="mini-batch", title=f"start: {init}", yscale="log", ylim=(0.003, 30))
    axis.legend(title="accuracy on new digits", fontsize=8, title_fontsize=8, loc="lower left")
axes[0].set_ylabel("training loss")
figure.suptitle("Twenty layers, ten epochs, twelve trainings")
plt.show()

# %% [markdown]
# ### Dropout, on and off
#
# Two hundred digits, and a net with room for far more: what does it make of digits that it has not
# seen? (The loss on new ones, and `early_stopping` of section 9, which would have stopped there.)

# %% demo=true
figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
few, few_names = X[:200], Y[:200]
for p, colour in [(0.0, "tab:blue"), (0.5, "tab:orange")]:
    torch.manual_seed(13)
    net = DeepMLP([64, 256, 256, 10], p=p)
    shares, new = [], []
    for epoch in range(60):
        fit(net, few, few_names, 1, 25, 1e-3, 0.0, epoch)
        shares.append((evaluate(net, few, few_names), evaluate(net, X_TEST, Y_TEST)))
        with torch.no_grad():
            new.append(nn.functional.cross_entropy(net.eval()(X_TEST), Y_TEST).item())
    best, stop = early_stopping(new, 10)
    axes[0].plot([a for a, _ in shares], ":", color=colour, label=f"p = {p}, the 200 digits")
    axes[0].plot([b for _, b in shares], color=colour, label=f"p = {p}, new digits")
    axes[1].plot(new, color=colour, label=f"p = {p}")
    axes[1].plot(best, new[best], "o", color=colour)
    axes[1].axvline(stop, color=colour, linewidth=0.7)
    print(f"p = {p}: {max(b for _, b in shares):.1%} of new digits, lowest loss {min(new):.3f}")
axes[0].set(xlabel="epoch", ylabel="accuracy", ylim=(0.7, 1.01), title="What is learnt by heart")
axes[1].set(xlabel="epoch", ylabel="loss on new digits", title="dot: best, line: stopped")
for axis in axes:
    axis.legend(fontsize=8)
plt.show()

# %% [markdown] written="one_observation"
# ## 11. In your own words: one observation
#
# The lecture asks: batch normalisation depends on which observations share a mini-batch; how, then,
# should it treat a single observation when predicting? It names two answers (statistics of all
# training data, or running averages kept while training). Say what each needs, and how the network
# in prediction can differ from the one that was trained. Would layer normalisation have the same
# problem?

# %% [markdown] written="symmetric_start"
# ## 12. In your own words: a symmetric start
#
# Suppose that two hidden units of a layer start with equal weights into them and equal weights out
# of them. Show with the chain rule why gradient descent never tells them apart. Would dropout?

# %% [markdown] written="no_simple_ranking"
# ## 13. In your own words: no ranking of single remedies
#
# Look at the twelve trainings again, beside the histograms. (a) From which start does the *plain*
# net learn, from which does it not, and why? (b) Normalisation alone is a poor remedy here, though
# each layer's input is as wide as the one before. A residual net without normalisation is slow from
# Kaiming's start and quick from the small one. Explain one of the two; for the other say what you
# would measure to find out. (c) A friend concludes "always use both". What does the picture say for
# it, and what can one picture (one width, one depth, one rate, ten epochs, one seed) not say?

# %% [markdown]
# ## What you can do now
#
# - Derive how wide weights should start, and see in a histogram when they do not.
# - Normalise by batch and by layer, forward and backward, and keep training and prediction apart.
# - Drop, decay and stop early, knowing which convention a text or a library means.
# - Build a net of any depth from these, train and judge it in the right mode, and compare remedies
#   without a favourite.
#
# Next: networks that are deep in time (lecture 10), where the same product of slopes comes back.
