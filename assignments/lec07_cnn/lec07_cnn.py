# %% [markdown]
# # Lecture 7: Convolutional networks
#
# A convolutional layer is an affine layer that looks at a small window and uses the same weights
# everywhere. In this notebook you write the layer and its gradients, pool, and let what you wrote
# learn to read: first a network that stands on your own gradients alone, then two classical nets.
#
# **Afterwards you can** write a convolution and max-pooling forward and backward, for any stride
# and padding; make them fast without changing what they compute; carry a gradient through a whole
# network by hand, and check it; train a classifier, and find out what it misreads and why.
#
# **Time** about 9 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom (two minutes), save, and submit this file, as with
# the assignments before.
#
# **To read**, where it helps: [Dive into Deep Learning
# 7](https://d2l.ai/chapter_convolutional-neural-networks/index.html) on convolution, pooling and
# LeNet, [CS231n on convolutional networks](https://cs231n.github.io/convolutional-networks/) with
# its moving picture of strides and padding, and your own notebook "Back-propagation by hand".
#
# You need numpy, torch and matplotlib, and scikit-learn for its handwritten digits
# (`pip install scikit-learn`). Without it the import below fails; the exercises themselves do not
# use it.
#
# **Conventions.** Images are (N, C, H, W): images, channels, rows, columns. `dout` means
# $\partial L/\partial\text{out}$ for one scalar loss $L$. Inputs are never changed in place, and
# results keep the inputs' dtype and device. Strides, paddings and window sizes are ints that count
# for rows and columns alike.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="f5879523"
# # 第 7 讲：卷积神经网络
#
# 卷积层也是仿射层，只不过它每次只看一个小窗口，而且处处使用同样的权重。在这份笔记本里，你写出卷积
# 层和它的梯度，再写汇聚，最后教自己写的网络认数字：先是一个完全靠你自己的梯度训练的网络，然后是两
# 个经典的网络。
#
# **学完之后，你能够**对任意步长和填充，写出卷积与最大汇聚的前向传播和反向传播；让它们变快，而算出
# 的结果不变；亲手把梯度传过整个网络，并加以检验；训练分类器，并查明它认错了哪些、为什么认错。
#
# **用时**约 9 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格（约两分钟），保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：[《动手学深度学
# 习》7](https://d2l.ai/chapter_convolutional-neural-networks/index.html) 讲卷积、汇聚和 LeNet；
# [CS231n 的卷积网络讲义](https://cs231n.github.io/convolutional-networks/)，里面有演示步长和填充
# 的动图；还有你自己的笔记本“手写反向传播”。
#
# 你需要 numpy、torch 和 matplotlib；手写数字的数据取自 scikit-learn，所以它也要有
# （`pip install scikit-learn`）。没有它，下面的 import 会失败，不过练习本身用不到它。
#
# **约定**：图像的形状是 (N, C, H, W)：图像、通道、行、列。`dout` 表示某个标量损失 $L$ 的
# $\partial L/\partial\text{out}$。不得原地修改输入；结果与输入的 dtype 和设备相同。步长、填充和窗
# 口大小都是整数，行和列用同一个值。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

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

# Most tensors here are small: a second thread would wait more than it works.
torch.set_num_threads(1)

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
# In all of this section PyTorch's own convolutions (`F.conv2d`, `nn.Conv2d`, `F.conv_transpose2d`,
# `nn.grad` and what lies below them) may not run, nor SciPy's filters; `F.pad`, `F.unfold` and
# `F.fold` may. In your own tests, compare with them as much as you like.

# %% [markdown] lang="zh" of="20296b2a"
# ## 1. 卷积层
#
# 在 $x$ 的四边各补 `padding` 行或列零，得到 $\tilde x$。步长为 $s$ 时，
#
# $$\text{out}_{n,f,i,j} = b_f + \sum_{c,k,l} \tilde x_{n,\,c,\;i s + k,\;j s + l}\; w_{f,c,k,l}.$$
#
# 严格地说，这是*互相关*：卷积核不翻转。会超出 $\tilde x$ 边界的窗口要舍去，所以输出有
# $\lfloor (H + 2\cdot\text{padding} - K_H)/s \rfloor + 1$ 行，列数用同一个公式由 $W$ 算出。
#
# 这一整节都不能运行 PyTorch 自己的卷积（`F.conv2d`、`nn.Conv2d`、`F.conv_transpose2d`、
# `nn.grad`，以及它们底下调用的东西），也不能用 SciPy 的滤波函数；`F.pad`、`F.unfold` 和 `F.fold`
# 可以用。自己测试时，尽管拿它们来比较。


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

# %% [markdown] lang="zh" of="86b99a2d"
# 每个 $w_{f,c,k,l}$、$x$ 的每个像素，都参与了许多个输出，也就从其中每一个收到一份梯度。把上面的求
# 和式分别从 $w$、$b$ 和 $\tilde x$ 的角度读一遍；最后还要把填充去掉（当心 `padding = 0`）。没有被
# 任何窗口看到的像素，梯度为零。


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
# least five times faster than a loop of ours over pixels, timed beside yours (a good answer is a
# hundred times faster).

# %% [markdown] lang="zh" of="9f4f43da"
# 用 Python 逐像素循环，循环本身比里面的运算还费时间。卷积核的偏移 $(k, l)$ 很少，像素却很多，所以
# 把两层循环对调：对每个偏移，把它对应的*全部*像素一次乘完。或者干脆不用循环：`F.unfold`，或者用两
# 次
# `x.unfold`，把每个窗口都铺开，这一层就成了一次矩阵乘法。两种写法都可以。要拿到速度分，你的函数与
# 我们的逐像素循环一同计时，速度至少要达到后者的五倍（好的答案能达到一百倍）。


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
# **And on a GPU?** Thousands of units compute there at once. But three prices are due, and a call
# takes about as long as the highest of them:
#
# - **The call.** Some [10 µs](https://developer.nvidia.com/blog/cuda-graphs/) go by until a GPU has
#   been told what to do and has said that it is done, however little that is.
# - **The memory.** Inputs are read and results written at the card's bandwidth.
# - **The arithmetic** is done at the card's peak.
#
# For the [T4](https://www.nvidia.com/en-us/data-center/tesla-t4/), the card that Colab lends, the
# data sheet says $8.1\cdot10^{12}$ operations a second in float32; its memory moves about
# $3\cdot10^{11}$ bytes a second. The product of two $n\times n$ matrices takes $2n^3$ operations
# and moves $12n^2$ bytes at least: on a T4, in seconds, about
#
# $$\max\left(10^{-5},\ \frac{12\,n^2}{3\cdot10^{11}},\ \frac{2\,n^3}{8.1\cdot10^{12}}\right)$$
#
# at best. The next two cells time this product, and your layer on a picture of $n\times n$ pixels,
# on your CPU and on your GPU, if there is one. The dotted lines are no measurement but such a
# formula (for the layer it counts a single call of 216 operations and 28 bytes a pixel; yours is a
# chain of calls, and each has the first price). Left of the point where your CPU's curve crosses
# it, no T4 gains anything. Which of the three prices decides for which $n$? Why is it never the
# memory on the left, and never the arithmetic on the right?
#
# A GPU works while Python goes on, so the clock must wait until it is done: that is what
# `synchronize` is for. The first calls load libraries and do not count. "Data carried" brings the
# inputs to the GPU and the result back in every call: how far does that move the crossing?
#
# Nothing of this is graded, and no mark in this course needs a GPU. To borrow one in Colab: Runtime
# → Change runtime type → T4 GPU, then run all cells again.

# %% [markdown] lang="zh" of="bd7d149e"
# **换成 GPU 呢**？那里有成千上万个运算单元同时工作。但要付三笔代价，一次调用的时间大致就是其中最大
# 的那一笔：
#
# - **调用**：从告诉 GPU 做什么，到它报告做完，大约要
#   [10 µs](https://developer.nvidia.com/blog/cuda-graphs/)，活儿再小也一样。
# - **内存**：读输入、写结果，都受显卡内存带宽的限制。
# - **运算**：最快也只能达到显卡的峰值。
#
# 以 Colab 出借的 [T4](https://www.nvidia.com/en-us/data-center/tesla-t4/) 为例：规格书上写着，
# float32 每秒 $8.1\cdot10^{12}$ 次运算；内存每秒大约能搬 $3\cdot10^{11}$ 字节。两个 $n\times n$
# 矩阵相乘，要做 $2n^3$ 次运算，至少要搬 $12n^2$ 字节：所以在 T4 上最快也要大约这么多秒：
#
# $$\max\left(10^{-5},\ \frac{12\,n^2}{3\cdot10^{11}},\ \frac{2\,n^3}{8.1\cdot10^{12}}\right)$$
#
# 下面两个单元格给这个乘积计时，也给你的卷积层计时（图片为 $n\times n$ 像素）：在 CPU 上，如果有
# GPU，也在 GPU 上。点线不是测出来的，是用这样的公式算的（对卷积层，公式只算一次调用，每个像素 216
# 次运算、28 字节；你的层是一连串调用，每次都要付第一笔代价）。在你的 CPU 曲线与点线的交点左边，什么
# T4 都占不到便宜。三笔代价中，哪一笔在哪些 $n$ 上起决定作用？为什么左图里从来不是内存，右图里从来
# 不是运算？
#
# GPU 干活时，Python 并不等它，所以计时要等到它做完：`synchronize` 就是为此而设的。头几次调用要加载
# 库，不计在内。“含数据往返”的那条线，每次调用都把输入送到 GPU，再把结果取回来：交点因此移动了多
# 少？
#
# 这些都不计分；这门课没有哪一分非要 GPU 才拿得到。想在 Colab 借一块：Runtime → Change runtime type
# → T4 GPU，然后重新运行全部单元格。

# %% demo=true
CALL, BANDWIDTH, PEAK = 1e-5, 3e11, 8.1e12  # of a T4: seconds, bytes and operations a second
GPU = torch.device("cuda") if torch.cuda.is_available() else None
KERNEL, BIAS = torch.randn(4, 3, 3, 3), torch.zeros(4)


def product_task(n):
    """Two n × n matrices, what is done with them, and how many bytes and operations that takes."""
    return torch.matmul, (torch.randn(n, n), torch.randn(n, n)), 12 * n**2, 2 * n**3


def layer_task(n):
    """The same of your layer, 3 → 4 channels, and a picture of n × n pixels."""
    return conv2d_fast, (torch.randn(1, 3, n, n), KERNEL, BIAS, 1, 1), 28 * n**2, 216 * n**2


def median_seconds(function, inputs, device, carried, repeats=5):
    """How long a call takes until its result is there; carried: inputs and result travel, too."""

    def brought():
        return [v.to(device) if isinstance(v, torch.Tensor) else v for v in inputs]

    there, seconds = brought(), []
    for _ in range(2 + repeats):
        start = time.perf_counter()
        if carried:
            function(*brought()).cpu()
        else:
            function(*there)
        if device.type == "cuda":
            torch.cuda.synchronize(device)  # the call has returned, the GPU is still at work
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds[2:]))  # the first two warm up


def timing_curve(task, sizes, device, carried=False):
    """{n: seconds} on a device, until a call takes long."""
    found = {}
    for n in sizes:
        function, inputs, _, _ = task(n)
        found[n] = median_seconds(function, inputs, device, carried)
        if found[n] > 0.01:
            break
    return found


# %% demo=true
if GPU is None:
    print("No GPU here: you see your CPU's times, and what a T4 could do at best, by the formula.")
TASKS = [
    (product_task, "The product of two n × n matrices", [2**k for k in range(4, 13)]),
    (layer_task, "Your layer, n × n pixels", [2**k for k in range(3, 11)]),
]
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axis, (task, title, sizes) in zip(axes, TASKS, strict=True):
    cpu = timing_curve(task, sizes, torch.device("cpu"))
    axis.loglog(list(cpu), list(cpu.values()), "o-", label="CPU, one thread")
    if GPU is not None:
        gpu, carried = timing_curve(task, sizes, GPU), timing_curve(task, sizes, GPU, carried=True)
        axis.loglog(list(gpu), list(gpu.values()), "s-", label="GPU")
        axis.loglog(list(carried), list(carried.values()), "s--", label="GPU, data carried")
        slower = [n for n in cpu if n in gpu and gpu[n] >= cpu[n]]
        print(f"{title}: up to n = {max(slower, default=0)} the CPU keeps up")
    best = [max(CALL, moved / BANDWIDTH, done / PEAK) for *_, moved, done in map(task, sizes)]
    axis.loglog(sizes, best, "k:", label="T4 at its best (formula)")
    axis.set(xlabel="n", ylabel="seconds", title=title)
    axis.legend()
plt.show()

# %% [markdown]
# ## 2. Pooling
#
# Pooling replaces every `size` × `size` window of a channel by one number. Windows lie `stride`
# apart; they may overlap or leave gaps. Those that would reach over the border are dropped.
# PyTorch's own max-pooling may not run in the functions of max-pooling, nor its average pooling
# in the other one; adaptive pooling is pooling, too. Slices, `x.unfold` and `F.unfold` may.

# %% [markdown] lang="zh" of="1db4e357"
# ## 2. 汇聚
#
# 汇聚（pooling）把通道中每个 `size` × `size` 的窗口换成一个数。相邻窗口相隔 `stride`；它们可以重
# 叠，也可以留有空隙。会超出边界的窗口要舍去。最大汇聚的两个函数里，不能运行 PyTorch 自己的最大汇
# 聚；平均汇聚的函数里，不能运行它的平均汇聚；自适应汇聚也算在内。切片、`x.unfold` 和 `F.unfold`
# 可以用。


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
# are the largest, to the one that comes first when the window is read row by row, from left to
# right. An entry can be the maximum of several windows.

# %% [markdown] lang="zh" of="9b1d0263"
# 反向传播时，每个窗口的梯度交给前向传播时取得最大值的那个元素；如果有几个元素并列最大，就交给逐行
# 从左到右数时最先遇到的那一个。同一个元素可以是好几个窗口的最大值。


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
# The next cell holds tools for the rest of the notebook; there is nothing to fill in.
#
# - `load()` gives images and labels to train on, and others to test on: MNIST's, if you put its
#   four files into a folder `mnist` beside this notebook, else scikit-learn's digits. That is all
#   you need to do to read MNIST instead; training then takes some minutes more.
# - `digits()` reads scikit-learn's 1,797 handwritten digits, which come with it, enlarged from
#   8 × 8 to 28 × 28.
# - `mnist(folder)` reads MNIST's own files, if you have them (`train-images-idx3-ubyte` and
#   `train-labels-idx1-ubyte`, with or without `.gz`).
# - `Progress(model, batches)` draws a bar that grows with every mini-batch that passes through
#   `model` inside its `with` block.

# %% [markdown] lang="zh" of="d0e69507"
# ## 3. 数据：手写数字，也可以换成 MNIST
#
# 下一个单元格里是后面要用的工具，不需要你填什么。
#
# - `load()` 给出训练用和测试用的图像和标签：如果你在这份笔记本旁边建一个文件夹
#   `mnist`，放进 MNIST 的四个文件，得到的就是 MNIST 的，否则就是 scikit-learn 的手写数字。想换成
#   MNIST，做这一件事就够了，只是训练要多花几分钟。
# - `digits()` 读取 scikit-learn 自带的 1,797 个手写数字，从 8 × 8 放大到 28 × 28。
# - `mnist(folder)` 读取 MNIST 的原始文件（你得先有 `train-images-idx3-ubyte` 和
#   `train-labels-idx1-ubyte`，带不带 `.gz` 都行）。
# - `Progress(model, batches)` 画一根进度条：在它的 `with` 块里，每有一个小批量经过 `model`，进度
#   条就长一点。


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


def load(folder="mnist"):
    """(x, y, x_test, y_test): of MNIST where its files lie in `folder`, else of the digits."""
    if any(Path(folder).glob("train-images*")):
        x, y = mnist(folder)
        return x[:10000], y[:10000], *mnist(folder, "t10k")
    x, y = digits()
    # The writers come one after another: mix them.
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(123456))
    x, y = x[order], y[order]
    return x[:1400], y[:1400], x[1400:], y[1400:]


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
X, Y, X_TEST, Y_TEST = load()
print(f"{len(X):,} digits to learn from, {len(X_TEST):,} to be tested on")
kernels = torch.tensor(
    [
        [[0.0, 0, 0], [0, 1, 0], [0, 0, 0]],
        [[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]],
        [[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    ]
)[:, None]
maps = conv2d_fast(X[4:5], kernels, torch.zeros(3), padding=1)
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

# %% [markdown] lang="zh" of="1869411b"
# ## 4. 两个网络
#
# 从这里开始，可以用 PyTorch 的层。作业里的网络以图像 (n, 1, 28, 28) 为输入：
#
# | 层 | 属性 | 结果 |
# | --- | --- | --- |
# | 卷积 1 → 20 个通道，5 × 5，步长 2，然后 ReLU | `conv1` | (n, 20, 12, 12) |
# | 最大汇聚 2 × 2 | `pool1` | (n, 20, 6, 6) |
# | 展平，仿射层 720 → 10 | `fc1` | (n, 10) |
# | 对各类别做 softmax | | (n, 10)，**概率** |


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

# %% [markdown] lang="zh" of="104bd10c"
# 早在 ReLU 流行之前，**LeNet** 就会认数字了。图像 (n, 1, 28, 28) 先经过卷积变成 6 个通道（5 × 5，
# 填充
# 2），再经过 sigmoid 和 2 × 2 平均汇聚；然后卷积成 16 个通道（5 × 5，无填充），再经过 sigmoid 和
# 2 × 2 平均汇聚；最后是输出个数为 120、84 和 10 的仿射层，层与层之间用 sigmoid，最后一层之后不再
# 接任何东西：结果是 logits。汇聚窗口互不重叠。属性的名字由你定，但要按前向传播的次序创建各层。


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

# %% [markdown] lang="zh" of="6211cf75"
# ## 5. 损失
#
# 作业里的网络返回概率 $p$，它的损失是标签的平均负对数似然 $-\frac1n\sum_i \log p_{i,\,l_i}$。
# PyTorch 里对应的类是 `nn.NLLLoss`（有三个 L；讲义正文漏了一个），它要的是概率的*对数*。
#
# *注意*：像作业那样对 softmax 取对数，只有 logits 不大时才没问题。概率一旦下溢为零，它的对数就是
# $-\infty$。凡是可以自己选的时候，就让网络返回 logits，再用 `log_softmax`，它根本不去算概率：
#
# | logits | `log(softmax(u))` | `log_softmax(u)` |
# | --- | --- | --- |
# | (0, 10) | (−10.00005, −0.00005) | (−10.00005, −0.00005) |
# | (0, 200)，float32 | (−∞, 0) | (−200, 0) |


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
# ## 6. A network on your own layers
#
# Now the layers that you wrote become a network, and nothing but your own gradients trains it:
#
# $$Z = \operatorname{conv}(x;\, W_1, b_1),\quad A = \operatorname{relu}(Z),\quad
# P = \operatorname{maxpool}_{2}(A),\quad U = \operatorname{flatten}(P)\,W_2 + b_2,$$
#
# and the loss is the mean softmax cross-entropy of the scores $U$. The convolution keeps the
# picture's size (its kernels are $K \times K$ with odd $K$, stride 1: how much padding is that?);
# pooling windows are 2 × 2 and lie side by side. An image's maps are flattened channel by channel,
# row by row.
#
# Write down the shapes on the way forward first. On the way back each of them comes again, in the
# opposite order, and each step needs something that the forward pass had in its hands: keep it. At
# $z = 0$ the ReLU's slope is 0, and ties go the way of `max_pool2d_backward`. Loss and gradients
# must stay finite for large scores (lecture 3). No automatic differentiation, and no convolution or
# pooling of PyTorch's; your own functions are what this is for.

# %% [markdown] lang="zh" of="58b1a1cd"
# ## 6. 用自己的层搭成的网络
#
# 现在，把你写的各层组成一个网络，训练只靠你自己的梯度：
#
# $$Z = \operatorname{conv}(x;\, W_1, b_1),\quad A = \operatorname{relu}(Z),\quad
# P = \operatorname{maxpool}_{2}(A),\quad U = \operatorname{flatten}(P)\,W_2 + b_2,$$
#
# 损失是得分 $U$ 的平均 softmax 交叉熵。卷积不改变图片的大小（卷积核是 $K \times K$，$K$ 为奇数，
# 步长 1：填充应是多少？）；汇聚窗口是 2 × 2，一个紧挨一个。每张图像的特征图逐个通道、逐行展平。
#
# 先写下前向传播中的各个形状。反向传播时，它们会按相反的次序再出现一遍；每一步又都要用到前向传播中
# 的某个量：把它存下来。在 $z = 0$ 处，ReLU 的斜率是 0；并列时按 `max_pool2d_backward` 的规则处
# 理。得分很大时，损失和梯度也必须保持有限（第 3 讲）。不能用自动微分，也不能用 PyTorch 的卷积和汇
# 聚：你自己的函数正是为此而写。


# %% exercise="conv_net_loss_and_grads"
def conv_net_loss_and_grads(params, x, labels):
    """Loss and gradients of convolution, ReLU, max-pooling, affine layer and cross-entropy.

    Args:
        params: dict of w1 (F, C, K, K) with odd K, b1 (F,), w2 (F·(H//2)·(W//2), k), b2 (k,).
        x: (n, C, H, W) images.
        labels: (n,) integer classes, 0 … k − 1.

    Returns:
        (loss, grads): a 0-d tensor, and a dict with the gradient of each parameter by its name.
    """
    raise NotImplementedError


# %% example="conv_net_loss_and_grads"
torch.manual_seed(3)
params = {
    "w1": torch.randn(4, 2, 3, 3) / 4,
    "b1": torch.randn(4),
    "w2": torch.randn(4 * 3 * 2, 5) / 5,
    "b2": torch.randn(5),
}
x, labels = torch.randn(6, 2, 6, 5), torch.randint(5, (6,))
loss, grads = conv_net_loss_and_grads(params, x, labels)
leaves = {name: p.clone().requires_grad_() for name, p in params.items()}
maps = nn.functional.conv2d(x, leaves["w1"], leaves["b1"], padding=1)
rows = nn.functional.max_pool2d(maps.relu(), 2).flatten(1)
expected = nn.functional.cross_entropy(rows @ leaves["w2"] + leaves["b2"], labels)
expected.backward()
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert torch.allclose(loss, expected), f"the loss should be {expected.item():.4f}, not {loss:.4f}"
assert sorted(grads) == ["b1", "b2", "w1", "w2"], f"one gradient for each parameter: {list(grads)}"
for name, leaf in leaves.items():
    assert grads[name].shape == leaf.shape, f"{name}: the gradient has shape {tuple(leaf.shape)}"
    assert torch.allclose(grads[name], leaf.grad, atol=1e-5), f"{name} differs from PyTorch's"

# %% [markdown]
# From here to the end of the section there is nothing to fill in, but three things to watch. They
# are what one does with every network that is new, in this order.
#
# **Is the gradient right?** Nudge single parameters up and down in float64, and compare the slope
# with your gradient. Relative errors about 1e-6 and below are rounding; 1e-2 is a mistake, or a
# kink that lies within the step. The check gives `b1` numbers other than 0 on purpose. Take the
# line out that does so in the cell with the check, and the errors of `b1` jump to 8 % and far more,
# though your gradient is right: why those of `b1` alone?

# %% [markdown] lang="zh" of="bb832aee"
# 从这里到本节末尾不需要你填什么，但有三件事值得看。每做一个新网络，都该按这个次序做这三件事。
#
# **梯度对吗**？在 float64 下，把单个参数往上、往下各挪一点，再把得到的斜率与你的梯度比较。相对误
# 差在 1e-6 左右或更低，是舍入误差；到了 1e-2，就是写错了，或者这一步跨过了折点。这项检验特意给
# `b1` 取了 0 以外的初值。在做检验的单元格里，把给 `b1` 赋值的那一行去掉，它的误差就会跳到 8% 甚至
# 大得多，尽管你的梯度是对的。为什么只有 `b1` 会这样？

# %%
IMAGES, NAMES = digits()
ORDER = torch.randperm(len(IMAGES), generator=torch.Generator().manual_seed(11))
SMALL, NAMES = IMAGES[ORDER][:, :, 2:-2:3, 2:-2:3], NAMES[ORDER]  # 8 × 8, as they were scanned


def start(filters, seed, dtype=torch.float32):
    """Parameters of a network for 8 × 8 images and ten classes.

    How large they are matters, and lecture 9 says why these sizes do well.
    """
    made = torch.Generator().manual_seed(seed)
    w1 = torch.randn(filters, 1, 3, 3, generator=made, dtype=dtype) * 0.47
    w2 = torch.randn(16 * filters, 10, generator=made, dtype=dtype) / math.sqrt(16 * filters)
    zeros = {"b1": torch.zeros(filters, dtype=dtype), "b2": torch.zeros(10, dtype=dtype)}
    return {"w1": w1, "w2": w2, **zeros}


# %% demo=true
params, step = start(6, 0, torch.float64), 1e-5
params["b1"] = torch.linspace(-0.3, 0.3, 6, dtype=torch.float64)
x, y = SMALL[:10].double(), NAMES[:10]
_, grads = conv_net_loss_and_grads(params, x, y)
for name, parameter in params.items():
    errors = []
    for place in torch.randperm(parameter.numel())[:6].tolist():
        sides = []
        for nudge in (step, -step):
            moved = {**params, name: parameter.clone()}
            moved[name].view(-1)[place] += nudge
            sides.append(conv_net_loss_and_grads(moved, x, y)[0].item())
        slope, mine = (sides[0] - sides[1]) / (2 * step), grads[name].reshape(-1)[place].item()
        errors.append(abs(slope - mine) / max(1e-8, abs(slope) + abs(mine)))
    print(f"{name}: relative errors between {min(errors):.0e} and {max(errors):.0e}")

# %% [markdown]
# **Can it learn by heart?** A network that cannot bring its loss to zero on 50 images will not read
# the other thousands. **Then, does it work on new ones?** The same loop, on all but 397 digits.

# %% [markdown] lang="zh" of="e79354f2"
# **背得下来吗**？一个网络如果在 50 张图像上都不能把损失降到零，就别指望它认得出另外几千张。**那
# 么，新的图像认得出来吗**？循环不变，这次用上全部数字，只留出 397 个。


# %%
def descend(params, x, y, epochs, batch_size, lr, generator):
    """Gradient descent with momentum by your gradients; the losses, one per mini-batch."""
    speed = {name: torch.zeros_like(p) for name, p in params.items()}
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=generator).split(batch_size):
            loss, grads = conv_net_loss_and_grads(params, x[batch], y[batch])
            losses.append(loss.item())
            for name, grad in grads.items():
                speed[name] = 0.9 * speed[name] + grad
                params[name] = params[name] - lr * speed[name]
    return losses


def read(params, x):
    """The class that each image is read as."""
    maps = torch.relu(conv2d_fast(x, params["w1"], params["b1"], padding=1))
    rows = max_pool2d_forward(maps, 2, 2).reshape(len(x), -1)
    return (rows @ params["w2"] + params["b2"]).argmax(dim=1)


# %% demo=true
by_heart, reader = start(8, 1), start(8, 2)
few = descend(by_heart, SMALL[:50], NAMES[:50], 60, 50, 0.1, torch.Generator().manual_seed(3))
right = (read(by_heart, SMALL[:50]) == NAMES[:50]).float().mean()
elsewhere = (read(by_heart, SMALL[1400:]) == NAMES[1400:]).float().mean()
print(
    f"50 digits by heart: {right:.0%} of them right, loss {few[-1]:.4f}; new ones {elsewhere:.0%}"
)
many = descend(reader, SMALL[:1400], NAMES[:1400], 4, 50, 0.1, torch.Generator().manual_seed(4))
answer = read(reader, SMALL[1400:])
print(f"1,400 digits: {(answer == NAMES[1400:]).float().mean():.1%} of 397 new ones are recognised")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
left.semilogy(few, label="50 images, by heart")
left.semilogy(many, label="1,400 images")
left.set(xlabel="mini-batch", ylabel="loss", title="Your layers, your gradients")
left.legend()
maps = torch.relu(conv2d_fast(SMALL[1400:1401], reader["w1"], reader["b1"], padding=1))[0]
maps = nn.functional.pad(maps, (1, 1, 1, 1), value=float("nan"))  # a frame around each
right.imshow(torch.cat([torch.cat(list(row), dim=1) for row in (maps[:4], maps[4:])]), cmap="magma")
right.set_title(f"eight filters look at a {NAMES[1400]}")
right.axis("off")
confused = torch.nonzero(answer != NAMES[1400:]).flatten()[:10].tolist()
figure, axes = plt.subplots(1, 10, figsize=(9, 1.5), layout="constrained")
for axis in axes:
    axis.axis("off")
for axis, index in zip(axes, confused, strict=False):
    axis.imshow(SMALL[1400 + index, 0], cmap="gray")
    axis.set_title(f"{NAMES[1400 + index]}, read {answer[index]}", fontsize=8)
figure.suptitle("What it still misreads")
plt.show()

# %% [markdown]
# ## 7. From a picture to the net
#
# A picture from a file is a NumPy array of unsigned 8-bit integers, grey (28, 28) or coloured
# (28, 28, 3) with red, green, blue in the last axis. The net wants float32 (1, 1, 28, 28) in
# $[0, 1]$: one image, one channel. Colours become grey as in lecture 6,
# $0.2989\,R + 0.5870\,G + 0.1140\,B$, without rounding.

# %% [markdown] lang="zh" of="eb629d8d"
# ## 7. 从图片到网络
#
# 从文件读出的图片是由 8 位无符号整数组成的 NumPy 数组：灰度图是 (28, 28)，彩色图是 (28, 28, 3)，
# 最后一个轴依次是红、绿、蓝。网络要的是 float32 的 (1, 1, 28, 28)，取值在 $[0, 1]$ 中：一张图像，
# 一个通道。彩色图按第 6 讲的办法化为灰度图：$0.2989\,R + 0.5870\,G + 0.1140\,B$，不取整。


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
# ## 8. Training
#
# The loop of the lecture: in each epoch shuffle the observations, cut them into mini-batches (a
# rest forms a smaller one of its own), and for each of them compute the loss, reset the gradients,
# go backward and let the optimizer step. The model returns **probabilities**, as `ConvNet` does, so
# take their logarithm first, and then your `nll_loss` (the underflow of section 5 does not happen
# to the nets that are trained here; nothing needs to be clamped). The optimizer is
# `torch.optim.Adam` with learning rate `lr`; `seed` makes the shuffling repeatable. The model that
# is passed in is trained itself, in training mode. (Our nets compute the same in either mode: in
# which one you hand them back is up to you.)

# %% [markdown] lang="zh" of="8816a313"
# ## 8. 训练
#
# 讲义里的循环：每一轮先打乱各个观测，切成小批量（余下不足一批的，单独成一个较小的）；对每个小批
# 量，计算损失，清零梯度，反向传播，再让优化器走一步。模型返回的是**概率**，和 `ConvNet` 一样，所
# 以先对概率取对数，再用你的 `nll_loss`（第 5 节说的下溢，在这里训练的网络上不会发生，所以不需要截
# 断）。优化器用 `torch.optim.Adam`，学习率为 `lr`；`seed` 使打乱的次序可以重现。要训练的就是传进
# 来的那个模型本身，而且要在训练模式下训练。（我们的网络在两种模式下算出的结果一样；训练完处于哪种
# 模式，由你决定。）


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
net = ConvNet()
with Progress(net, batches=10 * math.ceil(len(X) / 50)):
    losses = train_classifier(net, X, Y, epochs=10, batch_size=50, lr=1e-3, seed=123456)
with torch.no_grad():
    predicted = net(X_TEST).argmax(dim=1)
wrong = torch.nonzero(predicted != Y_TEST).flatten()
print(f"{(predicted == Y_TEST).float().mean():.1%} of {len(Y_TEST)} new digits are recognised")

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.plot(losses)
axis.set(xlabel="mini-batch", ylabel="loss", title="Learning to read digits")
figure, axes = plt.subplots(2, 8, figsize=(9, 2.8), layout="constrained")
for axis, index in zip(axes[0], wrong.tolist(), strict=False):
    axis.imshow(X_TEST[index, 0].numpy(), cmap="gray")
    axis.set_title(f"a {Y_TEST[index]}, read as {predicted[index]}", fontsize=7)
for axis, kernel in zip(axes[1], net.conv1.weight.detach(), strict=False):
    axis.imshow(kernel[0].numpy(), cmap="gray")
axes[1, 0].set_title("learnt kernels:", fontsize=7, loc="left")
for axis in axes.flat:
    axis.axis("off")
figure.suptitle("What the net gets wrong, and what it looks for")
plt.show()

# %% [markdown]
# And LeNet? It returns logits, so a softmax goes behind it for your loop. Its sigmoids make it a
# hard pupil: their slope is at most ¼, and four of them lie one behind the other. Both runs below
# are the same but for the weights that they start from: PyTorch's, and Xavier's (lecture 9).

# %% [markdown] lang="zh" of="ab28e42f"
# 那么 LeNet 呢？它返回 logits，所以要在后面接一个 softmax，才能用你的循环。那几个 sigmoid 让它成
# 了难教的学生：sigmoid 的斜率至多是 ¼，而这里一连有四个。下面两次训练只有一处不同，就是权重的初
# 值：一次用
# PyTorch 的，一次用 Xavier 的（第 9 讲）。

# %% demo=true
figure, axis = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
for start_from, by_xavier in [("PyTorch's start", False), ("Xavier's start", True)]:
    torch.manual_seed(1)
    lenet = nn.Sequential(LeNet(), nn.Softmax(dim=1))
    if by_xavier:
        for weight in lenet.parameters():
            if weight.ndim > 1:
                nn.init.xavier_uniform_(weight)
    losses = train_classifier(lenet, X, Y, epochs=16, batch_size=50, lr=0.01, seed=2)
    with torch.no_grad():
        share = (lenet(X_TEST).argmax(dim=1) == Y_TEST).float().mean()
    axis.plot(losses, linewidth=0.8, label=f"{start_from}: {share:.1%} of new digits")
axis.axhline(math.log(10), color="gray", linewidth=0.7, linestyle=":")
axis.set(xlabel="mini-batch", ylabel="loss", title="LeNet asleep, and awake")
axis.legend()
plt.show()

# %% [markdown]
# On the dotted line, $\log 10$, a net says "one tenth each" to every image. One run wakes up after
# some epochs; the other may sleep to the end. Try more epochs, or another `seed`.
#
# ## 9. A photograph
#
# Write a digit with a thick pen, photograph it, cut out a square and save it as `photo.png` (100 ×
# 100 pixels, say) beside this notebook. Until you do, `photograph()` makes one up: ink on paper in
# uneven light, with noise. To be read it must look like what the net has learnt from: bright
# strokes on black that fill the frame. `shrink` brings any square to 28 × 28.

# %% [markdown] lang="zh" of="c5342754"
# 点线是 $\log 10$：停在那里的网络，对每张图像都说“每类各十分之一”。两次训练中，有一次过了几轮就醒
# 了；另一次可能一直睡到最后。试试更多的轮数，或者换一个 `seed`。
#
# ## 9. 一张照片
#
# 用粗笔写一个数字，拍成照片，裁出一个正方形，存为 `photo.png`（比如 100 × 100 像素），放在这份笔
# 记本旁边。还没有照片时，`photograph()` 会造一张：纸上的墨迹，光线不匀，带有噪声。要让网络认出
# 来，照片就必须像它学过的图像：黑底，亮笔画，占满画面。`shrink` 把任何正方形缩成 28 × 28。


# %%
def photograph(path="photo.png"):
    """Your picture as (H, W, 3) uint8; where there is none, a made-up one of 100 × 100."""
    if Path(path).exists():
        picture = plt.imread(path)
        if picture.ndim == 2:
            picture = np.repeat(picture[:, :, None], 3, axis=2)
        return (255 * picture[:, :, :3]).astype(np.uint8)
    row, column = np.mgrid[:100, :100]
    ring = np.abs(np.hypot((row - 40) / 1.1, column - 58) - 13) < 4
    stem = (np.abs(column - 71 + (row - 40) / 8) < 4) & (row > 38) & (row < 84)
    ink = np.where(ring | stem, 0.35, 1.0)[:, :, None] * np.array([1.0, 0.97, 0.9])
    light = 0.95 - 0.004 * column - 0.001 * row
    noise = 0.02 * np.random.default_rng(5).normal(size=(100, 100, 3))
    return (255 * np.clip(ink * light[:, :, None] + noise, 0, 1)).astype(np.uint8)


def shrink(picture, size=28):
    """Average a picture (H, W, 3) down to (size, size, 3), as uint8."""
    pixels = torch.tensor(picture.astype(np.float32)).permute(2, 0, 1)
    small = nn.functional.adaptive_avg_pool2d(pixels, size).permute(1, 2, 0)
    return small.round().numpy().astype(np.uint8)


def bright_on_black(picture):
    """What is darker than its surroundings by far, bright; all else black."""
    grey = torch.tensor(picture.astype(np.float32)).mean(dim=2)[None, None]
    paper = nn.functional.max_pool2d(grey, 31, stride=1, padding=15)
    ink = ((paper - grey) / paper.clamp(min=1) - 0.3).clamp(min=0)
    ink = 255 * ink[0, 0] / ink.max().clamp(min=1e-6)
    return np.repeat(ink.numpy().astype(np.uint8)[:, :, None], 3, axis=2)


def cut_out(picture, margin=0.12):
    """The square around all that is bright, with a margin."""
    rows, columns = np.nonzero(picture.max(axis=2) > 60)
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    centre = (rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2
    half = int(side * (0.5 + margin))
    padded = np.pad(picture, ((half, half), (half, half), (0, 0)))
    return padded[centre[0] : centre[0] + 2 * half, centre[1] : centre[1] + 2 * half]


# %% demo=true
photo = photograph()
steps = {"as it is": photo, "bright on black": bright_on_black(photo)}
steps["… and cut out"] = cut_out(steps["bright on black"])
figure, axes = plt.subplots(2, 3, figsize=(8, 4.4), layout="constrained")
for (title, picture), upper, lower in zip(steps.items(), *axes, strict=True):
    small = shrink(picture)
    with torch.no_grad():
        probabilities = net(to_model_input(small))[0]
    upper.imshow(small)
    upper.set_title(f"{title}: is it {probabilities.argmax()}?")
    upper.axis("off")
    lower.bar(range(10), probabilities.numpy())
    lower.set(ylim=(0, 1), xticks=range(10))
axes[1, 0].set_ylabel("probability")
plt.show()

# %% [markdown]
# The net has never been told what a photograph is, nor that it may say "I do not know": it answers
# the first picture as it answers the last. Which of the steps does your own handwriting need most?

# %% [markdown] lang="zh" of="32744124"
# 从来没有人告诉网络什么是照片，也没有人告诉它可以说“我不知道”：它回答第一张图，跟回答最后一张没有
# 两样。你自己的字迹最需要这些步骤中的哪一步？

# %% [markdown] written="parameters_of_a_layer"
# ## 10. In your own words: what a layer costs
#
# In lecture 6 you computed the sizes of outputs. Now `conv1` of the homework's net, (1, 28, 28) to
# (20, 12, 12), and behind it `fc1`. (a) Which of the two holds more parameters, and which does more
# multiplications for one image? Give the four numbers. (b) The camera gets better, and images come
# with twice as many rows and columns. What becomes of each of the four? (c) What would you change
# in the net so that it could take images of any size?

# %% [markdown] lang="zh" of="344f5af5"
# ## 10. 用自己的话说：一层的代价有多大
#
# 第 6 讲里你算过输出的大小。现在来看作业里的网络的 `conv1`，从 (1, 28, 28) 到 (20, 12, 12)，以及
# 它后面的 `fc1`。(a) 两者之中，哪一个参数更多？处理一张图像，哪一个做的乘法更多？请给出这四个数。
# (b) 换了更好的相机，图像的行数和列数都加倍。这四个数各会怎样变化？(c) 要让网络能接受任意大小的图
# 像，你会改动网络的哪里？

# %% [markdown] written="mini_batches"
# ## 11. In your own words: one gradient, many images
#
# (a) 1,400 images, mini-batches of 48: the last one of an epoch is smaller. The step that it makes
# is not. How much more does an image in it count than one elsewhere, and why does `shuffle` excuse
# that? (b) The $dW_1$ of section 6, which your `conv2d_backward` computes, is a sum over images
# *and places*. What does each place contribute that a fully connected layer would not have shared,
# and what has that to do with how few images such a net needs? (c) Where an image's border is
# black, what reaches $dW_1$ from there, and what reaches $db_1$?

# %% [markdown] lang="zh" of="233135bc"
# ## 11. 用自己的话说：一个梯度，许多图像
#
# (a) 1,400 张图像，小批量大小为 48：每一轮的最后一个小批量较小，由它走的那一步却并不小。这里一张
# 图像的分量，是别处一张图像的多少倍？为什么有了 `shuffle`，这样做就说得过去？(b) 第 6 节的 $dW_1$
# 由你的 `conv2d_backward` 算出，是对图像*和位置*的求和。每个位置的贡献里，有什么是换成全连接层就
# 没法共享的？这种网络只要很少的图像就够了，与此有什么关系？(c) 如果图像的边缘是黑的，从那里传到
# $dW_1$ 的是什么，传到 $db_1$ 的又是什么？

# %% [markdown]
# ## What you can do now
#
# - Write a layer forward and backward from its sum, and test it on shapes that tell mistakes apart.
# - Trade a loop over pixels for one product, and know what the loop had cost.
# - Carry a gradient through a network by hand; check it; see it learn 50 images by heart, then read
#   new ones.
# - Train a net, look at what it misreads, and give it pictures as it has learnt to expect them.
#
# Next: what the optimizer makes of these gradients (lecture 8), and why LeNet slept (lecture 9).

# %% [markdown] lang="zh" of="71bec215"
# ## 现在你会了
#
# - 从求和式出发，写出一层的前向传播和反向传播，并挑选能分辨各种错误的形状来测试。
# - 用一次矩阵乘法换掉逐像素的循环，并知道那个循环的代价有多大。
# - 亲手把梯度传过整个网络；检验它；看着网络先把 50 张图像背下来，再去认新的。
# - 训练网络，看看它认错了哪些，并把图片处理成它学过的样子再交给它。
#
# 下一步：优化器怎样使用这些梯度（第 8 讲），以及 LeNet 为什么睡着了（第 9 讲）。
