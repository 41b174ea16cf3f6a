# %% [markdown]
# # Keeping numbers in range
#
# **Afterwards you can** normalise a row by its root mean square, and follow a mean that moves.
#
# **Time** about 1 hour. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the question at the end. **Due** {{due}}. **To hand in:** restart the
# kernel, run all cells, save, and submit this file.

# %% [markdown] lang="zh" of="f99e12d5"
# # 让数值保持在范围内
#
# **学完之后你能** 用均方根把一行归一化，并跟踪一个移动的均值。
#
# **用时** 约 1 小时。**分值** {{points}}：练习 {{points_of_exercises}} 分，最后的问题
# {{points_of_questions}} 分。**截止** {{due}}。**提交：** 重启内核，运行所有单元格，
# 保存，提交此文件。

# %%
import torch

# %% [markdown]
# ## 1. Root mean square
#
# Each row is divided by the root of the mean of its squares, and then scaled entry by entry:
#
# $$y = \frac{x}{\sqrt{\frac{1}{d}\sum_j x_j^2 + \varepsilon}}\; g$$

# %% [markdown] lang="zh" of="7cdcd5ce"
# ## 1. 均方根
#
# 每一行除以其平方的均值的根，然后逐个元素缩放：
#
# $$y = \frac{x}{\sqrt{\frac{1}{d}\sum_j x_j^2 + \varepsilon}}\; g$$


# %% exercise="rms_norm"
def rms_norm(x, gain, eps=1e-6):
    """Normalise each row by its root mean square.

    Args:
        x: (n, d) rows, not changed.
        gain: (d,) factors of the columns.
        eps: ε, a float, inside the root.

    Returns:
        (n, d), in the dtype of x.
    """
    raise NotImplementedError


# %% example="rms_norm"
y = rms_norm(torch.tensor([[3.0, 4.0]]), torch.tensor([1.0, 10.0]), eps=0.0)
assert y.shape == (1, 2), f"the shape of x is kept: not {tuple(y.shape)}"
assert torch.allclose(y, torch.tensor([[0.8485, 11.3137]]), atol=1e-3), f"3 / √12.5 · 1 …, not {y}"

# %% [markdown]
# ## 2. A mean that moves
#
# `update(x)` sets $m \leftarrow \beta m + (1-\beta)x$, beginning with $m = 0$, and returns
# $m / (1-\beta^t)$ after the $t$-th call: so the zero at the start does not count.

# %% [markdown] lang="zh" of="e30646ff"
# ## 2. 移动的均值
#
# `update(x)` 令 $m \leftarrow \beta m + (1-\beta)x$，从 $m = 0$ 开始，第 $t$ 次调用返回
# $m / (1-\beta^t)$：这样起点的零不计入。


# %% exercise="RunningMean"
class RunningMean:
    """An exponentially weighted mean whose start does not count."""

    def __init__(self, decay):
        """Begin with nothing seen.

        Args:
            decay: β, a float in [0, 1).
        """
        raise NotImplementedError

    def update(self, x):
        """Take in x, a float, and return the mean so far, a float."""
        raise NotImplementedError


# %% example="RunningMean"
mean = RunningMean(0.9)
assert abs(mean.update(5.0) - 5.0) < 1e-9, "after one number the mean is that number"
assert abs(mean.update(5.0) - 5.0) < 1e-9, "and of equal numbers it stays"

# %% [markdown] written="why_divide"
# ## 3. In your own words
#
# Why does `RunningMean` divide by $1-\beta^t$? What would the first returned numbers be without?

# %% [markdown] lang="zh" of="026cc79b"
# ## 3. 用自己的话
#
# 为什么 `RunningMean` 要除以 $1-\beta^t$？若不除，最初返回的数会是什么？

# %% [markdown]
# **What you can do now:** normalise without a mean, and average without forgetting how it began.

# %% [markdown] lang="zh" of="f116f104"
# **现在你能：** 不减均值地归一化，并在求平均时不被起点所偏。
