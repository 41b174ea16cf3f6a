# %% [markdown]
# # Lecture 7: Convolutional networks
#
# A convolutional layer is an affine layer that looks at a small window and uses the same weights
# everywhere. In this notebook you write the layer and its gradients, pool, put two classical nets
# together, and train one of them to read handwritten digits.
#
# **Conventions.** Images are (N, C, H, W): images, channels, rows, columns. `dout` means
# $\partial L/\partial\text{out}$ for one scalar loss $L$. Inputs are never changed in place, and
# results keep the inputs' dtype and device. Strides, paddings and window sizes are ints that count
# for rows and columns alike.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import gzip
import math
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import nn

# %% [markdown]
# ## 1. The convolutional layer
#
# Let $\tilde x$ be $x$ with `padding` rows and columns of zeros on each of the four sides. With
# stride $s$,
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,k,l} \tilde x_{n,\,c,\;i s + k,\;j s + l}\; w_{f,c,k,l}.$$
#
# Strictly speaking this is a *cross-correlation*: the kernel is not flipped. A window that would
# reach over the border of $\tilde x$ is dropped, so there are
# $\lfloor (H + 2\cdot\text{padding} - K_H)/s \rfloor + 1$ rows of output, and as many columns as
# the same formula gives for $W$.
#
# In all of this section PyTorch's own convolution (`F.conv2d`, `nn.Conv2d` and what lies below
# them) may not run. In your own tests, compare with it as much as you like.


# %% exercise="conv2d_forward"
def conv2d_forward(x, w, b, stride=1, padding=0):
    """The convolutional layer; loops are fine.

    Args:
        x: (N, C, H, W) images.
        w: (F, C, KH, KW), a kernel for each pair of an output and an input channel.
        b: (F,), a bias for each output channel.
        stride: distance between neighbouring windows, an int ≥ 1.
        padding: how many zeros are put on each side, an int ≥ 0.

    Returns:
        (N, F, OH, OW).
    """
    raise NotImplementedError


# %% example="conv2d_forward"
x = torch.arange(9.0).reshape(1, 1, 3, 3)
w = torch.arange(4.0).reshape(1, 1, 2, 2)
out = conv2d_forward(x, w, torch.zeros(1))
expected = torch.tensor([[[[19.0, 25.0], [37.0, 43.0]]]])
assert out.shape == (1, 1, 2, 2), f"a 2 × 2 window fits 2 × 2 times: not {tuple(out.shape)}"
assert torch.equal(out, expected), f"expected {expected}, got {out}"
torch.manual_seed(0)
x, w, b = torch.randn(2, 3, 7, 6), torch.randn(4, 3, 3, 2), torch.randn(4)
out = conv2d_forward(x, w, b, stride=2, padding=1)
expected = nn.functional.conv2d(x, w, b, stride=2, padding=1)
assert out.shape == expected.shape, f"shape {tuple(expected.shape)}, not {tuple(out.shape)}"
assert torch.allclose(out, expected, atol=1e-5), "out differs from PyTorch's"

# %% [markdown]
# Each $w_{f,c,k,l}$ and each pixel of $x$ takes part in many outputs, and collects a gradient from
# each of them. Read the sum above from the side of $w$, of $b$, and of $\tilde x$; at the end the
# padding comes off again (mind `padding = 0`). A pixel that no window sees has gradient zero.


# %% exercise="conv2d_backward"
def conv2d_backward(dout, x, w, stride=1, padding=0):
    """Gradients of the convolutional layer; no automatic differentiation.

    Args:
        dout: (N, F, OH, OW), the gradient that arrives at the output.
        x: (N, C, H, W), the layer's input.
        w: (F, C, KH, KW).
        stride, padding: as in the forward pass.

    Returns:
        (dx, dw, db), shaped as x, w and b.
    """
    raise NotImplementedError


# %% example="conv2d_backward"
torch.manual_seed(1)
x, w, b = torch.randn(2, 3, 7, 6), torch.randn(4, 3, 3, 2), torch.randn(4)
for stride, padding in [(1, 0), (2, 1)]:
    leaves = [v.clone().requires_grad_() for v in (x, w, b)]
    out = nn.functional.conv2d(*leaves, stride=stride, padding=padding)
    dout = torch.randn_like(out)
    out.backward(dout)
    mine = conv2d_backward(dout, x, w, stride, padding)
    for name, got, leaf in zip(["dx", "dw", "db"], mine, leaves, strict=True):
        assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
        assert torch.allclose(got, leaf.grad, atol=1e-4), f"{name} differs (stride {stride})"

# %% [markdown]
# A Python loop over pixels costs more than the arithmetic in it. There are few kernel offsets
# $(k, l)$ but many pixels, so exchange the loops: for each offset, multiply *all* pixels that it
# meets at once. Or have no loop at all: `F.unfold`, or `x.unfold` twice, lays out every window, and
# the layer becomes one matrix product. Both are welcome; points for speed are given for being at
# least five times faster than a loop over pixels (a good answer is a hundred times faster).


# %% exercise="conv2d_fast"
def conv2d_fast(x, w, b, stride=1, padding=0):
    """The convolutional layer without Python loops over pixels (over kernel offsets is fine).

    Args and result are those of `conv2d_forward`.
    """
    raise NotImplementedError


# %% example="conv2d_fast"
torch.manual_seed(2)
x, w, b = torch.randn(2, 3, 7, 6), torch.randn(4, 3, 3, 2), torch.randn(4)
for stride, padding in [(1, 0), (2, 1), (3, 2)]:
    expected = nn.functional.conv2d(x, w, b, stride=stride, padding=padding)
    out = conv2d_fast(x, w, b, stride, padding)
    assert out.shape == expected.shape, f"shape {tuple(expected.shape)}, not {tuple(out.shape)}"
    assert torch.allclose(out, expected, atol=1e-5), f"differs from PyTorch's at stride {stride}"

# %% demo=true
sizes = [8, 16, 24, 32, 40]
seconds = {"loop over pixels": [], "your fast one": []}
kernel, bias = torch.randn(4, 3, 3, 3), torch.zeros(4)
for size in sizes:
    picture = torch.randn(1, 3, size, size)
    for name, layer in zip(seconds, [conv2d_forward, conv2d_fast], strict=True):
        tries = []
        for _ in range(3):
            start = time.perf_counter()
            layer(picture, kernel, bias)
            tries.append(time.perf_counter() - start)
        seconds[name].append(min(tries))
figure, axis = plt.subplots(figsize=(6, 3.5), layout="constrained")
for name, values in seconds.items():
    axis.semilogy(sizes, values, marker="o", label=name)
axis.set(xlabel="rows and columns of the image", ylabel="seconds", title="What a loop costs")
axis.legend()
plt.show()

# %% [markdown]
# ## 2. Pooling
#
# Pooling replaces every `size` × `size` window of a channel by one number. Windows lie `stride`
# apart; they may overlap or leave gaps. Those that would reach over the border are dropped.
# PyTorch's own pooling of the kind may not run in these functions.


# %% exercise="max_pool2d_forward"
def max_pool2d_forward(x, size, stride):
    """The largest entry of every window.

    Args:
        x: (N, C, H, W).
        size: rows and columns of a window, an int ≥ 1.
        stride: distance between neighbouring windows, an int ≥ 1.

    Returns:
        (N, C, OH, OW) with OH = (H - size) // stride + 1 and OW likewise.
    """
    raise NotImplementedError


# %% example="max_pool2d_forward"
x = torch.tensor([[[[1.0, -5.0, 2.0, 0.0], [3.0, 4.0, -1.0, 9.0], [7.0, 7.0, 7.0, 7.0]]]])
out = max_pool2d_forward(x, 2, 2)
assert out.shape == (1, 1, 1, 2), f"the last row fills no window: (1, 1, 1, 2), not {out.shape}"
assert torch.equal(out.flatten(), torch.tensor([4.0, 9.0])), f"expected 4 and 9, got {out}"
out = max_pool2d_forward(x - 20, 2, 1)
expected = torch.tensor([[-16.0, -16.0, -11.0], [-13.0, -13.0, -11.0]])
assert torch.equal(out[0, 0], expected), f"overlapping windows of x − 20: {expected}, not {out}"

# %% [markdown]
# On the way back each window's gradient goes to the entry that was its maximum; if several entries
# are the largest, to the first of them, row by row. An entry can be the maximum of several
# windows.


# %% exercise="max_pool2d_backward"
def max_pool2d_backward(dout, x, size, stride):
    """Gradient of max-pooling; no automatic differentiation.

    Args:
        dout: (N, C, OH, OW), the gradient that arrives at the output.
        x: (N, C, H, W), the input.
        size, stride: as in the forward pass.

    Returns:
        dx: (N, C, H, W).
    """
    raise NotImplementedError


# %% example="max_pool2d_backward"
x = torch.tensor([[[[1.0, 5.0, 2.0], [3.0, 4.0, 5.0]]]])
dx = max_pool2d_backward(torch.tensor([[[[10.0, 100.0]]]]), x, 2, 1)
expected = torch.tensor([[[[0.0, 110.0, 0.0], [0.0, 0.0, 0.0]]]])
assert torch.equal(dx, expected), (
    f"the first 5 is the maximum of both windows and, row by row, before the other 5: got {dx}"
)


# %% exercise="avg_pool2d_forward"
def avg_pool2d_forward(x, size, stride):
    """The mean of every window.

    Args:
        x: (N, C, H, W).
        size: rows and columns of a window, an int ≥ 1.
        stride: distance between neighbouring windows, an int ≥ 1.

    Returns:
        (N, C, OH, OW), as in `max_pool2d_forward`.
    """
    raise NotImplementedError


# %% example="avg_pool2d_forward"
x = torch.arange(12.0).reshape(1, 1, 3, 4)
out = avg_pool2d_forward(x, 2, 2)
assert out.shape == (1, 1, 1, 2), f"the last row fills no window: (1, 1, 1, 2), not {out.shape}"
assert torch.equal(out.flatten(), torch.tensor([2.5, 4.5])), f"expected 2.5 and 4.5, got {out}"

# %% [markdown]
# ## 3. Data: digits, and MNIST if you have it
#
# The next cell holds three tools for the rest of the notebook; there is nothing to fill in.
#
# - `digits()` reads scikit-learn's 1,797 handwritten digits, which come with it, enlarged from
#   8 × 8 to 28 × 28.
# - `mnist(folder)` reads MNIST's own files, if you have them (`train-images-idx3-ubyte` and
#   `train-labels-idx1-ubyte`, with or without `.gz`).
# - `Progress(model, batches)` draws a bar that grows with every mini-batch that passes through
#   `model` inside its `with` block.


# %%
IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_idx(path):
    """Read an array from a file in MNIST's idx format, which may be compressed by gzip.

    Two zero bytes, a byte for the type of number, a byte for the count of axes; the length of each
    axis as a big-endian 32-bit integer; then the numbers, big-endian, last axis fastest.
    """
    data = Path(path).read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in IDX_TYPES:
        raise ValueError(f"{path} is not an idx file: it does not begin as one")
    kind, begin = np.dtype(IDX_TYPES[data[2]]), 4 + 4 * data[3]
    shape = [int.from_bytes(data[i : i + 4], "big") for i in range(4, begin, 4)]
    if len(data) - begin != kind.itemsize * math.prod(shape):
        raise ValueError(f"{path} is damaged: it does not hold as many numbers as it says")
    numbers = np.frombuffer(data, dtype=kind, offset=begin).reshape(shape)
    return numbers.astype(kind.newbyteorder("="))


def mnist(folder, part="train"):
    """Images (n, 1, 28, 28) in [0, 1] and labels (n,) of MNIST; `part` is "train" or "t10k"."""

    def read(kind):
        found = sorted(Path(folder).glob(f"{part}-{kind}*-ubyte*"))
        if not found:
            raise FileNotFoundError(f"there is no {part}-{kind}…-ubyte in {folder}")
        return torch.from_numpy(read_idx(found[0]))

    return read("images")[:, None].float() / 255, read("labels").long()


def digits():
    """Images (1797, 1, 28, 28) in [0, 1] and labels (1797,) of scikit-learn's digits."""
    bunch = load_digits()
    enlarged = np.kron(bunch.images / 16, np.ones((3, 3)))
    images = np.pad(enlarged, ((0, 0), (2, 2), (2, 2)))[:, None]
    return torch.tensor(images, dtype=torch.float32), torch.tensor(bunch.target)


class Progress:
    """A bar that grows with every mini-batch that passes through `model`."""

    def __init__(self, model, batches, width=40):
        self.model, self.batches, self.width, self.done = model, batches, width, 0

    def __enter__(self):
        self.hook = self.model.register_forward_hook(self.advance)
        return self

    def advance(self, *_):
        before = self.width * self.done // self.batches
        self.done += 1
        filled = min(self.width * self.done // self.batches, self.width)
        if filled > before:
            bar = "█" * filled + "·" * (self.width - filled)
            print(f"\r{bar} {self.done} of {self.batches} mini-batches", end="", flush=True)

    def __exit__(self, *_):
        self.hook.remove()
        print()


# %% demo=true
images, labels = digits()
kernels = torch.tensor(
    [
        [[0.0, 0, 0], [0, 1, 0], [0, 0, 0]],
        [[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]],
        [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    ]
)[:, None]
maps = conv2d_fast(images[4:5], kernels, torch.zeros(3), padding=1)
pooled = max_pool2d_forward(torch.relu(maps), 2, 2)
figure, axes = plt.subplots(2, 3, figsize=(7.5, 5), layout="constrained")
for column, title in enumerate(["identity", "brighter below", "brighter on the right"]):
    axes[0, column].imshow(maps[0, column].numpy(), cmap="gray")
    axes[0, column].set_title(title)
    axes[1, column].imshow(pooled[0, column].numpy(), cmap="gray")
    axes[1, column].set_title("after ReLU and max-pooling", fontsize=9)
for axis in axes.flat:
    axis.axis("off")
figure.suptitle("Three kernels look at a digit")
plt.show()

# %% [markdown]
# ## 4. Two nets
#
# From here on PyTorch's layers are allowed. The net of the homework, on images (n, 1, 28, 28):
#
# | layer | attribute | result |
# | --- | --- | --- |
# | convolution 1 → 20 channels, 5 × 5, stride 2, then ReLU | `conv1` | (n, 20, 12, 12) |
# | max-pooling 2 × 2 | `pool1` | (n, 20, 6, 6) |
# | flatten, affine layer 720 → 10 | `fc1` | (n, 10) |
# | softmax over the classes | | (n, 10), **probabilities** |


# %% exercise="ConvNet"
class ConvNet(nn.Module):
    """The homework's net, with layers `conv1`, `pool1` and `fc1`."""

    def __init__(self):
        """Make the layers; their weights may start as PyTorch starts them."""
        raise NotImplementedError

    def forward(self, x):
        """Map images (n, 1, 28, 28) to probabilities (n, 10)."""
        raise NotImplementedError


# %% example="ConvNet"
torch.manual_seed(123)
net = ConvNet()
x = torch.rand(6, 1, 28, 28)
assert net.conv1(x).shape == (6, 20, 12, 12), f"conv1 gives {tuple(net.conv1(x).shape)}"
assert net.pool1(net.conv1(x)).shape == (6, 20, 6, 6), "pool1 should give (6, 20, 6, 6)"
probabilities = net(x)
assert probabilities.shape == (6, 10), f"ten classes: (6, 10), not {tuple(probabilities.shape)}"
assert (probabilities >= 0).all(), "these are not probabilities: some are negative"
assert torch.allclose(probabilities.sum(dim=1), torch.ones(6)), "each row should sum to 1"

# %% [markdown]
# **LeNet** read digits before ReLU was in use. Images (n, 1, 28, 28) go through a convolution to 6
# channels (5 × 5, padding 2), sigmoid, average pooling 2 × 2; a convolution to 16 channels (5 × 5,
# no padding), sigmoid, average pooling 2 × 2; then affine layers with 120, 84 and 10 outputs, with
# sigmoids between them and nothing after the last: the results are logits. Pooling windows do not
# overlap. Choose the attributes' names, but create the layers in the order of the forward pass.


# %% exercise="LeNet"
class LeNet(nn.Module):
    """LeNet: 61,706 parameters, registered in the order of the forward pass."""

    def __init__(self):
        """Make the layers; their weights may start as PyTorch starts them."""
        raise NotImplementedError

    def forward(self, x):
        """Map images (n, 1, 28, 28) to logits (n, 10)."""
        raise NotImplementedError


# %% example="LeNet"
net = LeNet()
logits = net(torch.rand(3, 1, 28, 28))
assert logits.shape == (3, 10), f"three images, ten classes: (3, 10), not {tuple(logits.shape)}"
count = sum(p.numel() for p in net.parameters())
assert count == 61706, f"LeNet has 61,706 parameters, this net has {count:,}"

# %% [markdown]
# ## 5. The loss
#
# The homework's net returns probabilities $p$, and its loss is the mean negative log-likelihood of
# the labels, $-\frac1n\sum_i \log p_{i,\,l_i}$. PyTorch's class for it is `nn.NLLLoss` (with three
# L; the lecture's text has dropped one), and it expects the *logarithms* of the probabilities.
#
# *Careful:* taking the logarithm of a softmax, as the homework does, is fine for small logits
# alone. As soon as a probability underflows, its logarithm is $-\infty$. Where you are free to
# choose, let the net return logits and use `log_softmax`, which never forms the probability:
#
# | logits | `log(softmax(u))` | `log_softmax(u)` |
# | --- | --- | --- |
# | (0, 10) | (−10.00005, −0.00005) | (−10.00005, −0.00005) |
# | (0, 200), float32 | (−∞, 0) | (−200, 0) |


# %% exercise="nll_loss"
def nll_loss(log_probs, labels):
    """Mean negative log-likelihood.

    Args:
        log_probs: (n, k), logarithms of probabilities.
        labels: (n,) integer classes.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="nll_loss"
log_probs = torch.log(torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]))
loss = nll_loss(log_probs, torch.tensor([0, 1]))
expected = nn.NLLLoss()(log_probs, torch.tensor([0, 1]))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, expected), f"−(log 0.5 + log 0.1)/2 is {expected:.4f}, not {loss:.4f}"

# %% [markdown]
# ## 6. From a picture to the net
#
# A picture from a file is a NumPy array of unsigned 8-bit integers, grey (28, 28) or coloured
# (28, 28, 3) with red, green, blue in the last axis. The net wants float32 (1, 1, 28, 28) in
# $[0, 1]$: one image, one channel. Colours become grey as in lecture 6,
# $0.2989\,R + 0.5870\,G + 0.1140\,B$, without rounding.


# %% exercise="to_model_input"
def to_model_input(image):
    """Turn the pixels of one picture into a batch of one image.

    Args:
        image: NumPy array of uint8, (28, 28) or (28, 28, 3).

    Returns:
        a float32 tensor (1, 1, 28, 28) with entries in [0, 1].
    """
    raise NotImplementedError


# %% example="to_model_input"
image = np.zeros((28, 28), dtype=np.uint8)
image[2, 5] = 51
batch = to_model_input(image)
assert isinstance(batch, torch.Tensor), f"a tensor, please, not {type(batch).__name__}"
assert batch.shape == (1, 1, 28, 28), f"the shape is (1, 1, 28, 28), not {tuple(batch.shape)}"
assert batch.dtype == torch.float32, f"float32, please, not {batch.dtype}"
assert abs(batch[0, 0, 2, 5].item() - 0.2) < 1e-6, f"51/255 is 0.2, not {batch[0, 0, 2, 5]}"
colour = np.zeros((28, 28, 3), dtype=np.uint8)
colour[2, 5] = [255, 0, 51]
value = to_model_input(colour)[0, 0, 2, 5].item()
assert abs(value - (0.2989 + 0.1140 / 5)) < 1e-5, f"0.2989 + 0.1140/5 is 0.3217, not {value:.4f}"

# %% [markdown]
# ## 7. Training
#
# The loop of the lecture: in each epoch shuffle the observations, cut them into mini-batches (a
# rest forms a smaller one of its own), and for each of them compute the loss, reset the gradients,
# go backward and let the optimizer step. The model returns **probabilities**, as `ConvNet` does,
# so the loss is the negative log-likelihood of their logarithm. The optimizer is
# `torch.optim.Adam` with learning rate `lr`; `seed` makes the shuffling repeatable. The model that
# is passed in is trained itself.


# %% exercise="train_classifier"
def train_classifier(model, x, y, epochs, batch_size, lr, seed):
    """Train a classifier that returns probabilities, by Adam on mini-batches.

    Args:
        model: an nn.Module that maps a batch of x to probabilities (n, k); trained in place.
        x: (n, 1, 28, 28) float32.
        y: (n,) integer classes.
        epochs: how often to go through the data.
        batch_size: size of a mini-batch.
        lr: Adam's learning rate.
        seed: an int that makes the shuffling repeatable.

    Returns:
        list of floats: the loss (a mean) of each mini-batch, in order.
    """
    raise NotImplementedError


# %% example="train_classifier"
torch.manual_seed(4)
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 2), nn.Softmax(dim=1))
y = torch.arange(40) % 2
x = 0.1 * torch.rand(40, 1, 28, 28)
x[y == 1, :, :14] += 0.2  # class 1 has a bright upper half
losses = train_classifier(net, x, y, epochs=5, batch_size=10, lr=0.01, seed=5)
assert len(losses) == 20, f"5 epochs of 4 mini-batches make 20 losses, not {len(losses)}"
assert losses[-1] < 0.2 * losses[0], f"the loss should fall: from {losses[0]:.2f}, {losses[-1]:.2f}"
assert (net(x).argmax(dim=1) == y).all(), "the net that was passed in should tell them apart"

# %% demo=true
torch.manual_seed(123456)
# x, y = mnist("data")  # with MNIST's files in this folder; then train on 10,000 of them
order = torch.randperm(len(images))  # the writers come one after another: mix them
x, y = images[order[:1400]], labels[order[:1400]]
x_test, y_test = images[order[1400:]], labels[order[1400:]]
net = ConvNet()
with Progress(net, batches=10 * 28):
    losses = train_classifier(net, x, y, epochs=10, batch_size=50, lr=1e-3, seed=123456)
with torch.no_grad():
    predicted = net(x_test).argmax(dim=1)
wrong = torch.nonzero(predicted != y_test).flatten()
print(f"{(predicted == y_test).float().mean():.1%} of {len(y_test)} new digits are recognised")

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.plot(losses)
axis.set(xlabel="mini-batch", ylabel="loss", title="Learning to read digits")
figure, axes = plt.subplots(2, 8, figsize=(9, 2.8), layout="constrained")
for axis, index in zip(axes[0], wrong.tolist(), strict=False):
    axis.imshow(x_test[index, 0].numpy(), cmap="gray")
    axis.set_title(f"a {y_test[index]}, read as {predicted[index]}", fontsize=7)
for axis, kernel in zip(axes[1], net.conv1.weight.detach(), strict=False):
    axis.imshow(kernel[0].numpy(), cmap="gray")
axes[1, 0].set_title("learnt kernels:", fontsize=7, loc="left")
for axis in axes.flat:
    axis.axis("off")
figure.suptitle("What the net gets wrong, and what it looks for")
plt.show()

# %% [markdown]
# And a digit of your own? Draw a white one on black in any program, save it with 28 × 28 pixels,
# read it into a NumPy array and pass it to `to_model_input`. Here is one drawn by arithmetic.

# %% demo=true
row, column = np.mgrid[:28, :28]
picture = np.zeros((28, 28, 3), dtype=np.uint8)
radius = np.hypot(row - 13.5, 1.4 * (column - 13.5))
picture[(radius > 6) & (radius < 10)] = [250, 220, 120]
with torch.no_grad():
    probabilities = net(to_model_input(picture))[0]
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
left.imshow(picture)
left.set_title("a picture")
left.axis("off")
right.bar(range(10), probabilities.numpy())
right.set(xlabel="class", ylabel="probability", xticks=range(10), title="what the net makes of it")
plt.show()

# %% [markdown] written="parameters_of_a_layer"
# ## 8. In your own words: how many parameters?
#
# The lecture's slide shows the same input and output once with a fully connected layer and once
# with a convolutional one, and asks how many parameters each has. Answer it for `conv1` of the
# homework's net, which maps (1, 28, 28) to (20, 12, 12): how many has the convolution, how many
# would a fully connected layer between the same numbers have? Which two properties of convolutions
# make the difference, and is a convolution still a linear map?

# %% [markdown] written="mini_batches"
# ## 9. In your own words: mini-batches
#
# The lecture asks how many mini-batches of size $m$ there are in one epoch of $n$ observations, if
# a rest forms its own. Give a formula. In what way is the gradient of that last, smaller
# mini-batch a worse estimate than the others, and does it matter?
