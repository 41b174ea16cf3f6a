# %% [markdown]
# # Lecture 6: Convolution
#
# A convolution slides a small array over a large one and adds up products. It multiplies
# polynomials, blurs pictures, finds edges, and it is what a convolutional network is built from.
# In this notebook you write it from its definition, in one dimension and in two, and let it loose
# on real photographs.
#
# **Afterwards you can** convolve numbers and pictures, from the definition; tell a convolution from
# a cross-correlation, and keep their sizes straight; blur a photograph, and find its edges.
#
# **Time** about 3 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the question at the end. **Due** {{due}}. **To hand in:** restart the
# kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [why
# convolutions](https://d2l.ai/chapter_convolutional-neural-networks/why-conv.html), on [what they
# compute](https://d2l.ai/chapter_convolutional-neural-networks/conv-layer.html) and on [padding and
# stride](https://d2l.ai/chapter_convolutional-neural-networks/padding-and-strides.html); [CS231n on
# convolutional networks](https://cs231n.github.io/convolutional-networks/).
#
# **Conventions.** Everything here is NumPy: arrays come in (of integers or of float64), arrays go
# out. A picture is an array of shape (height, width) or (height, width, channels). Inputs are never
# changed in place. Loops over pixels are welcome: clear first, fast later.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes and other numbers.

# %% [markdown] lang="zh" of="2d685a1e"
# # 第 6 讲：卷积
#
# 卷积让一个小数组在大数组上滑动，每到一处就把对应元素的乘积加起来。它能把多项式相乘，能模糊图片，
# 能找出边缘，卷积神经网络也是用它搭成的。在这份笔记本里，你要从定义出发写出一维和二维的卷积，再用
# 它处理真实的照片。
#
# **学完之后，你能够**从定义出发，给一串数或一张图片做卷积；分清卷积和互相关，算准各自结果的大小；
# 模糊一张照片，并找出其中的边缘。
#
# **用时**约 3 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后的书面题
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行所有单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：《动手学深度学习》讲[为什么要用卷
# 积](https://d2l.ai/chapter_convolutional-neural-networks/why-conv.html)、[卷积算的是什
# 么](https://d2l.ai/chapter_convolutional-neural-networks/conv-layer.html)，以及[填充和步
# 长](https://d2l.ai/chapter_convolutional-neural-networks/padding-and-strides.html)；还有 [CS231n
# 的卷积网络讲义](https://cs231n.github.io/convolutional-networks/)。
#
# **约定**：这里全部用 NumPy，输入是数组（整数或 float64），输出也是数组。图片是形状为 (height,
# width) 或 (height, width, channels) 的数组。不得原地修改输入。逐像素循环没有问题：先求清楚，再求
# 快。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状和别的数。

# %%
import matplotlib.pyplot as plt
import numpy as np

# %% [markdown]
# ## 1. One dimension: a product of polynomials
#
# Write a polynomial as the vector of its coefficients, the constant first:
# $3-2x+x^2$ is $v=(3,-2,1)$ and $-5+4x$ is $w=(-5,4)$. The coefficients of their product are the
# **convolution** $r = v * w$,
#
# $$r_i = \sum_k v_k\, w_{i-k},$$
#
# with indices from 0 and with 0 in place of entries that do not exist. All entries that can be
# different from 0 belong to the result (the "full" convolution).
#
# Neither `np.convolve` nor anything of `scipy.signal` may run inside your function.

# %% [markdown] lang="zh" of="86a37a6d"
# ## 1. 一维：多项式的乘积
#
# 把多项式写成系数向量，常数项在前：$3-2x+x^2$ 是 $v=(3,-2,1)$，$-5+4x$ 是 $w=(-5,4)$。两者乘积的
# 系数就是**卷积** $r = v * w$，
#
# $$r_i = \sum_k v_k\, w_{i-k},$$
#
# 下标从 0 开始，不存在的元素当作 0。凡是可能不为 0 的元素都属于结果（这叫“完整”卷积）。
#
# 你的函数里不能使用 `np.convolve`，也不能使用 `scipy.signal` 里的任何东西。


# %% exercise="convolve1d"
def convolve1d(v, w):
    """The full convolution of two vectors, without np.convolve or scipy.signal.

    Args:
        v: m numbers, an array or a list.
        w: n numbers, an array or a list; m and n are at least 1.

    Returns:
        r: an array (m + n - 1,).
    """
    raise NotImplementedError


# %% example="convolve1d"
r = convolve1d([3, -2, 1], [-5, 4])
assert isinstance(r, np.ndarray), f"an array, please, not a {type(r).__name__}"
assert r.shape == (4,), f"degrees 2 and 1 make degree 3: four coefficients, not {r.shape}"
assert np.allclose(r, [-15, 22, -13, 4]), f"the product is −15 + 22x − 13x² + 4x³, not {r}"

# %% demo=true
probs = np.ones(6) / 6
one_to_four = [probs]
for _ in range(3):
    one_to_four.append(convolve1d(one_to_four[-1], probs))
figure, axes = plt.subplots(figsize=(7, 3.5))
for dice, p in enumerate(one_to_four, start=1):
    axes.plot(np.arange(dice, dice + len(p)), p, "o-", markersize=3, label=f"dice: {dice}")
axes.set(xlabel="sum of points", ylabel="probability")
axes.set_title("Adding independent variables convolves their distributions")
axes.legend()
plt.show()

# %% [markdown]
# ## 2. Two dimensions
#
# The convolution of an image $V$ with a kernel $K$ of shape $(h, w)$ is
#
# $$r_{ij} = \sum_{a}\sum_{b} K_{ab}\, V_{i-a,\,j-b}.$$
#
# The minus signs mean that the kernel is **flipped** (turned by half a turn) before it is laid over
# the image. In the **valid** region the kernel lies wholly within the image, so an $(H, W)$ image
# yields a result of shape $(H-h+1,\; W-w+1)$, each entry a sum of products.
#
# Nothing of `scipy.signal` or `scipy.ndimage` may run inside your function.

# %% [markdown] lang="zh" of="252b09a8"
# ## 2. 二维
#
# 图像 $V$ 与形状为 $(h, w)$ 的卷积核 $K$ 的卷积是
#
# $$r_{ij} = \sum_{a}\sum_{b} K_{ab}\, V_{i-a,\,j-b}.$$
#
# 式中的减号意味着，卷积核要先**翻转**（转半圈），再放到图像上。在**有效**区域里，卷积核整个落在图
# 像之内，所以 $(H, W)$ 的图像得到形状为 $(H-h+1,\; W-w+1)$ 的结果，每个元素都是若干乘积之和。
#
# 你的函数里不能使用 `scipy.signal` 或 `scipy.ndimage` 里的任何东西。


# %% exercise="convolve2d_channel"
def convolve2d_channel(image, kernel):
    """Convolution of one channel, valid region: flip the kernel, slide it, add up the products.

    Args:
        image: (H, W).
        kernel: (h, w) with h <= H and w <= W, any numbers.

    Returns:
        an array (H - h + 1, W - w + 1).
    """
    raise NotImplementedError


# %% example="convolve2d_channel"
image = np.arange(12.0).reshape(3, 4)
r = convolve2d_channel(image, np.array([[1.0, 0.0]]))
assert r.shape == (3, 3), f"a (1, 2) kernel on a (3, 4) image fits at (3, 3) places, not {r.shape}"
assert np.allclose(r, image[:, 1:]), "flipped, [1, 0] is [0, 1]: it picks the pixel on the right"
r = convolve2d_channel(image, np.ones((2, 3)) / 6)
assert np.allclose(r, [[3, 4], [7, 8]]), f"the means of the 2 × 3 windows are 3, 4, 7, 8, not {r}"

# %% [markdown]
# A colour picture has three channels, each of which is convolved by itself. (As printed, the
# lecture's `convolve2d_channel` makes an array `output` but writes to `out`, and its `convolve2d`
# computes the channels and returns nothing. Yours returns them.)

# %% [markdown] lang="zh" of="8ea4af74"
# 彩色图片有三个通道，每个通道各自做卷积。（讲义上印出的 `convolve2d_channel` 建立了数组
# `output`，却写进了 `out`；`convolve2d` 算出了各个通道，却什么也没返回。你写的函数要返回结果。）


# %% exercise="convolve2d"
def convolve2d(image, kernel):
    """Convolution (kernel flipped, valid region) of a picture, channel by channel.

    Args:
        image: (H, W) or (H, W, C).
        kernel: (h, w).

    Returns:
        an array (H - h + 1, W - w + 1) or (H - h + 1, W - w + 1, C).

    Raises:
        ValueError: the image has neither two nor three axes.
    """
    raise NotImplementedError


# %% example="convolve2d"
picture = np.stack([image, 10 * image, -image], axis=2)
r = convolve2d(picture, np.ones((2, 3)) / 6)
assert r is not None, "convolve2d should return its result"
assert r.shape == (2, 2, 3), f"the channels stay on the last axis: (2, 2, 3), not {r.shape}"
assert np.allclose(r[:, :, 1], [[30, 40], [70, 80]]), "each channel is convolved by itself"
assert convolve2d(image, np.ones((2, 3))).shape == (2, 2), "a grey image stays an (H, W) image"
try:
    convolve2d(np.ones(5), np.ones((1, 1)))
except ValueError:
    pass
else:
    raise AssertionError("a vector is no image: raise ValueError")

# %% [markdown]
# To keep the image's size, surround the image with zeros: as many rows above as below, as many
# columns on the left as on the right. For kernels with odd sides that comes out evenly, and it is
# what the lecture's slides show, number by number. The example below is that grid.

# %% [markdown] lang="zh" of="c0ce6460"
# 要让结果和图像一样大，就在图像四周补零：上下补同样多的行，左右补同样多的列。卷积核的边长是奇数
# 时，两边正好补得一样多；讲义的幻灯片上逐个数字演示的就是这种情形，下面的示例就是那张表。


# %% exercise="convolve2d_same"
def convolve2d_same(image, kernel):
    """Convolution (kernel flipped) of an image among zeros, as large as the image.

    Args:
        image: (H, W).
        kernel: (h, w), h and w odd.

    Returns:
        an array (H, W): the kernel's middle lies on each pixel in turn.
    """
    raise NotImplementedError


# %% example="convolve2d_same"
grid = np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, -1, -2, -3], [-4, -5, -6, -7]])
weights = np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9]])
expected = [
    [2.9, 6.2, 8.3, 7.5],
    [8.8, 15.7, 16.3, 12.9],
    [11.0, 15.5, 10.4, 6.8],
    [2.5, -1.4, -13.4, -11.3],
]
r = convolve2d_same(grid, weights)
assert r.shape == (4, 4), f"the result is as large as the image, (4, 4), not {r.shape}"
assert np.isclose(r[0, 0], 2.9), f"top left: 0.5·1 + 0.4·2 + 0.2·5 + 0.1·6 = 2.9, not {r[0, 0]}"
assert np.allclose(r, expected), f"the slides' grid is\n{np.array(expected)}\nand yours\n{r}"

# %% [markdown]
# ## 3. What networks call a convolution
#
# Deep learning frameworks leave out the flip and compute the **cross-correlation**
#
# $$r_{ij} = \sum_{a}\sum_{b} K_{ab}\, V_{i+a,\,j+b}.$$
#
# The kernel of a network is learned, so it is learned flipped and nothing is lost. But which of
# the two you hold in your hands decides whether you get the numbers right.

# %% [markdown] lang="zh" of="d53bcd0c"
# ## 3. 神经网络所说的卷积
#
# 深度学习框架省去了翻转，算的是**互相关**：
#
# $$r_{ij} = \sum_{a}\sum_{b} K_{ab}\, V_{i+a,\,j+b}.$$
#
# 网络的卷积核是学出来的，学到的就是翻转过的核，所以什么也不损失。但要把数算对，就得弄清楚手里的究
# 竟是哪一种。


# %% exercise="corr2d"
def corr2d(x, k):
    """Cross-correlation, valid region: as the convolution, but the kernel is not flipped.

    Args:
        x: (H, W).
        k: (h, w) with h <= H and w <= W.

    Returns:
        an array (H - h + 1, W - w + 1).
    """
    raise NotImplementedError


# %% example="corr2d"
r = corr2d(np.arange(9).reshape(3, 3), np.arange(4).reshape(2, 2))
assert np.allclose(r, [[19, 25], [37, 43]]), f"expected [[19, 25], [37, 43]], got {r}"

# %% [markdown]
# ## 4. How large is the result?
#
# Along one axis, $n$ entries with `padding` zeros on **each** side are visited by a kernel of $k$
# entries every `stride` steps. The last step that no longer fits is dropped.

# %% [markdown] lang="zh" of="d1b2d85a"
# ## 4. 结果有多大？
#
# 沿着一个轴看：$n$ 个元素，**每**侧各补 `padding` 个零；卷积核有 $k$ 个元素，每次移动 `stride`
# 步，依次走到各个位置。最后一步如果放不下，就舍去。


# %% exercise="output_size"
def output_size(n, k, padding, stride):
    """The number of places where the kernel fits.

    Args:
        n: entries of the input.
        k: entries of the kernel, at most n + 2 * padding.
        padding: zeros added on each side.
        stride: steps from one place to the next, at least 1.

    Returns:
        an int.
    """
    raise NotImplementedError


# %% example="output_size"
assert output_size(28, 5, 0, 1) == 24, "without padding and stride it is the valid region"
assert output_size(28, 5, 2, 1) == 28, "two zeros on each side keep the size under a kernel of 5"
assert output_size(28, 5, 0, 2) == 12, "places 0, 2, …, 22 fit: twelve, and half a step is dropped"

# %% [markdown]
# ## 5. Photographs
#
# A photograph is an array (height, width, 3) of levels from 0 to 255: red, green and blue. Two of
# them come with scikit-learn. Here they are, at half their size to save time. (Where scikit-learn
# is missing, two pictures are drawn instead; every exercise works without it.)

# %% [markdown] lang="zh" of="4c071511"
# ## 5. 照片
#
# 照片是形状为 (height, width, 3) 的数组，元素是红、绿、蓝三个通道的像素值，从 0 到 255。
# scikit-learn 自带两张照片。这里把它们缩小一半，省些时间。（没有安装 scikit-learn 时，会另画两张
# 图代替；没有它，所有练习照样能做。）


# %% demo=true
def photographs():
    """Two colour pictures (H, W, 3) of levels: scikit-learn's photographs, or drawn ones."""
    try:
        from sklearn.datasets import load_sample_images
    except ImportError:
        print("The photographs come with scikit-learn, which is not installed here, so that these")
        print("two pictures are drawn. For the photographs: pip install scikit-learn")
        down, right = np.mgrid[:427, :640]
        hills = down - 200 - 60 * np.sin(right / 70)
        rings = 220 - np.hypot(down - 213, right - 320)
        return [
            np.uint8(np.clip(np.stack([128 + 0.4 * h, 190 - 0.5 * h, 90 - h], axis=2), 0, 255))
            for h in (hills * (hills > 0) - 0.4 * down, 25 * np.floor(rings / 25))
        ]
    return load_sample_images().images


temple, flower = (picture[::2, ::2] for picture in photographs())
figure, axes = plt.subplots(1, 4, figsize=(12, 2.4))
axes[0].imshow(temple)
axes[0].set_title(f"{temple.shape}, {temple.dtype}")
for channel, (ax, name) in enumerate(zip(axes[1:], ["Red", "Green", "Blue"], strict=True)):
    ax.imshow(temple[:, :, channel], cmap=f"{name}s_r", vmin=0, vmax=255)
    ax.set_title(f"channel {channel}: {name.lower()}")
for ax in axes:
    ax.set_axis_off()
plt.show()

# %% [markdown]
# The eye is most sensitive to green and least to blue, so the grey level of a pixel is
#
# $$Y = 0.2989\,R + 0.5870\,G + 0.1140\,B$$
#
# (a comment in the lecture's notebook prints 0.1130; its code uses 0.1140, and so do we).

# %% [markdown] lang="zh" of="ebef378f"
# 人眼对绿色最敏感，对蓝色最不敏感，所以像素的灰度取为
#
# $$Y = 0.2989\,R + 0.5870\,G + 0.1140\,B$$
#
# （讲义笔记本的一条注释里印的是 0.1130；它的代码用的是 0.1140，我们也用这个。）


# %% exercise="to_grey"
def to_grey(image):
    """Grey levels of a colour picture, not rounded.

    Args:
        image: (H, W, 3): red, green, blue.

    Returns:
        an array (H, W) of float64.
    """
    raise NotImplementedError


# %% example="to_grey"
pure = np.array([[[255, 0, 0], [0, 255, 0]]])
grey = to_grey(pure)
assert grey.shape == (1, 2), f"one grey level for each pixel, (1, 2), not {grey.shape}"
assert np.allclose(grey, [[76.2195, 149.685]]), f"pure red is 76.2195, pure green 149.685: {grey}"

# %% [markdown]
# Averaging over a window blurs a picture. A box gives all pixels of the window the same weight; a
# Gaussian kernel prefers those near the middle. Lay `size` points $g$ evenly from `-extent` to
# `extent` (both included), take
#
# $$p_i = \frac{e^{-\text{scale}\cdot g_i^2}}{\sum_j e^{-\text{scale}\cdot g_j^2}},
# \qquad K = p\,p^\top.$$

# %% [markdown] lang="zh" of="808e7535"
# 在窗口内取平均，图片就变模糊。方框核给窗口里所有像素同样的权重；高斯核更看重靠近中间的像素。从
# `-extent` 到 `extent`（含两端）均匀地取 `size` 个点 $g$，令
#
# $$p_i = \frac{e^{-\text{scale}\cdot g_i^2}}{\sum_j e^{-\text{scale}\cdot g_j^2}},
# \qquad K = p\,p^\top.$$


# %% exercise="gaussian_kernel"
def gaussian_kernel(size, extent, scale):
    """A square kernel of Gaussian weights that add up to 1.

    Args:
        size: entries on each side, at least 1; a kernel of a single entry is [[1]].
        extent: the points run from -extent to extent.
        scale: the factor in the exponent.

    Returns:
        an array (size, size).
    """
    raise NotImplementedError


# %% example="gaussian_kernel"
kernel = gaussian_kernel(9, 3, 0.2)
assert kernel.shape == (9, 9), f"nine points on each side, not {kernel.shape}"
middle = [0.006, 0.014, 0.024, 0.034, 0.038, 0.034, 0.024, 0.014, 0.006]
edge = [0.001, 0.002, 0.004, 0.006, 0.006, 0.006, 0.004, 0.002, 0.001]
assert np.allclose(kernel[4], middle, atol=5e-4), f"the lecture's middle row is {middle}"
assert np.allclose(kernel[0], edge, atol=5e-4), f"the lecture's first row is {edge}"
assert np.isclose(kernel.sum(), 1), f"the weights add up to 1, not {kernel.sum()}"

# %% demo=true
blurred = {
    "original": flower,
    "box, 9 × 9": convolve2d(flower, np.ones((9, 9)) / 81),
    "Gaussian, 9 × 9": convolve2d(flower, gaussian_kernel(9, 3, 0.2)),
    "Gaussian, 25 × 25": convolve2d(flower, gaussian_kernel(25, 5, 0.1)),
}
figure, axes = plt.subplots(1, 4, figsize=(12, 2.4))
for ax, (name, picture) in zip(axes, blurred.items(), strict=True):
    ax.imshow(np.uint8(picture))
    ax.set_title(name)
    ax.set_axis_off()
plt.show()

# %% [markdown]
# The result of a convolution need not lie between 0 and 255. To look at it, stretch its contrast:
# take the 1 % and the 99 % quantile of all its entries (`np.quantile`), clip to them, so that a few
# extreme pixels do not spoil the rest, and map the smallest value after clipping to 0 and the
# largest to 255. Convert to `np.uint8`, which cuts off the fraction. A picture whose entries are
# all equal then has no contrast to stretch: return zeros.

# %% [markdown] lang="zh" of="04618727"
# 卷积的结果不一定在 0 和 255 之间。要把它显示出来，就拉伸它的对比度：取全部元素的 1% 和 99% 分位
# 数（`np.quantile`），截断到两者之间，免得少数极端的像素毁了其余部分；再把截断之后的最小值映射到
# 0，最大值映射到 255。最后转换成 `np.uint8`，小数部分随之舍去。如果这时图片的元素全都相等，就没有
# 对比度可以拉伸，返回全零。


# %% exercise="normalize_image"
def normalize_image(x):
    """Clip x to its 1 % and its 99 % quantile, and map it to levels from 0 to 255.

    Args:
        x: numbers of any shape.

    Returns:
        an array of uint8 of the same shape: after clipping the smallest value becomes 0, the
        largest 255, and the others lie between in proportion, the fraction cut off; zeros if all
        entries are equal after clipping.
    """
    raise NotImplementedError


# %% example="normalize_image"
levels = normalize_image(np.arange(101.0))
assert levels.dtype == np.uint8, f"the levels are uint8, not {levels.dtype}"
assert levels[0] == levels[1] == 0 and levels[99] == levels[100] == 255, "clip at 1 and at 99"
assert abs(int(levels[50]) - 127) <= 1, f"the middle maps to 127.5, cut to 127, not {levels[50]}"
assert not normalize_image(np.full((2, 3), 7.0)).any(), "equal entries make a picture of zeros"

# %% [markdown]
# Edges are where a pixel differs from its neighbours. The kernel
#
# $$\begin{pmatrix}-1&-1&-1\\-1&8&-1\\-1&-1&-1\end{pmatrix}$$
#
# compares a pixel with the eight around it, and answers 0 where the picture is flat.

# %% [markdown] lang="zh" of="541c8eb9"
# 像素与周围不同的地方，就是边缘。卷积核
#
# $$\begin{pmatrix}-1&-1&-1\\-1&8&-1\\-1&-1&-1\end{pmatrix}$$
#
# 把一个像素与它周围的八个像素相比；图片没有变化的地方，结果是 0。


# %% exercise="edge_map"
def edge_map(image):
    """The edges of a colour picture: grey, then the kernel above (valid region), then levels.

    Args:
        image: (H, W, 3).

    Returns:
        an array (H - 2, W - 2) of uint8, as `normalize_image` makes it.
    """
    raise NotImplementedError


# %% example="edge_map"
square = np.zeros((12, 14, 3))
square[4:8, 4:10] = [250, 120, 30]
edges = edge_map(square)
assert edges.shape == (10, 12), f"the valid region of (12, 14) is (10, 12), not {edges.shape}"
assert edges.dtype == np.uint8, f"levels are uint8, not {edges.dtype}"
assert edges[3, 3] > edges[0, 0] > edges[2, 5], "bright inside the edge, dark outside it"

# %% demo=true
figure, axes = plt.subplots(2, 2, figsize=(10, 6.8))
for (left, right), photograph in zip(axes, [temple, flower], strict=True):
    left.imshow(to_grey(photograph), cmap="gray")
    left.set_title("grey levels")
    right.imshow(edge_map(photograph), cmap="gray")
    right.set_title("edges")
for ax in axes.flat:
    ax.set_axis_off()
figure.tight_layout()
plt.show()

# %% [markdown] written="blurred_twice"
# ## 6. In your own words
#
# The lecture begins with a question: what are the coefficients of $p(x)\,q(x)$? (a) For polynomials
# $p\,q = q\,p$ and $(p\,q)\,r = p\,(q\,r)$. What do these two rules say of convolutions? So if a
# photograph is blurred with $K$ and the result with $L$, which single kernel does the same, and how
# large is it if both are 9 × 9? Do the rules hold for the cross-correlation as well? (b) Look
# at a wholly white picture after `convolve2d_same` with a Gaussian kernel. What happens at its
# border, why, and what would you put around the picture instead of zeros?

# %% [markdown] lang="zh" of="a1fe18c9"
# ## 6. 用自己的话说
#
# 讲义的这一讲以一个问题开头：$p(x)\,q(x)$ 的系数是什么？(a) 对多项式有 $p\,q = q\,p$ 和
# $(p\,q)\,r = p\,(q\,r)$。这两条规则对卷积意味着什么？那么，先用 $K$ 模糊一张照片，再用 $L$ 模糊
# 所得的结果，用哪一个卷积核可以一次做到？如果两者都是 9 × 9，它有多大？这些规则对互相关也成立吗？
# (b) 用高斯核对一张全白的图片做 `convolve2d_same`，看看结果。边界上发生了什么，为什么？不补零的
# 话，你会在图片四周补什么？

# %% [markdown]
# ## What you can do now
#
# - Multiply polynomials, add dice, blur and sharpen, with one operation.
# - Say when a kernel is flipped, and what that changes.
# - Compute the size of any result before the error message does.
#
# Next, lecture 7: kernels that nobody designs, because they are learnt.

# %% [markdown] lang="zh" of="2f02abb9"
# ## 现在你会了
#
# - 用同一种运算做多项式乘法、把骰子的点数相加、模糊和锐化图片。
# - 说清卷积核什么时候要翻转，翻转又改变了什么。
# - 不等报错，先算出任何结果的大小。
#
# 下一步，第 7 讲：不用人来设计的卷积核，因为它们是学出来的。
