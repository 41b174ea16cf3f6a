# %% [markdown]
# # Lecture 14: Models that generate
#
# So far a label told the network what to learn. Now there is only data $x_1,\dots,x_n$, and the
# task is a *generator* of more of the same. Classical statistics would pick a family of
# distributions and estimate its parameters; the families at hand are too stiff for images. Both
# models of this lecture start from simple noise $z$ and let a network bend it: the variational
# auto-encoder maximises a bound of the likelihood, the adversarial pair does without any.
#
# **Afterwards you can** make a complicated distribution from simple ones; derive the bound that a
# variational auto-encoder maximises, and train one; let two networks play against each other
# without either winning; translate between two kinds of data without pairs.
#
# **Time** about 6 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: the papers on [the variational
# auto-encoder](https://arxiv.org/abs/1312.6114), [adversarial
# nets](https://arxiv.org/abs/1406.2661) and [CycleGAN](https://arxiv.org/abs/1703.10593); a
# [tutorial on variational auto-encoders](https://arxiv.org/abs/1606.05908); Dive into Deep Learning
# on [adversarial networks](https://d2l.ai/chapter_generative-adversarial-networks/gan.html).
#
# **Conventions.** Rows are observations. A loss is a 0-d tensor, **summed over the dimensions of an
# observation and averaged over the batch**, unless a prompt says otherwise. $\log\sigma^2$ is
# written `logvar`; `tau2` is a variance $\tau^2$, a float. Results keep the inputs' dtype and
# device; inputs are never changed. *Stable* means: finite and right, also in float32, for logits up
# to $\pm10^4$, and for points so far away that a density rounds to 0.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %% [markdown] lang="zh" of="0fbc50ab"
# # 第 14 讲：会生成的模型
#
# 到现在为止，都是标签告诉网络该学什么。现在只有数据 $x_1,\dots,x_n$，任务是做出一个*生成器*，产生
# 更多同类的数据。经典统计会选定一族分布，再估计它的参数；但现成的分布族太死板，对付不了图像。这一
# 讲的两个模型都从简单的噪声 $z$ 出发，让网络把它变形：变分自编码器最大化似然的一个下界，生成对抗
# 网络让两个网络互为对手，干脆不用似然。
#
# **学完之后，你能够**用简单的分布造出复杂的分布；推导变分自编码器要最大化的下界，并训练一个；让两
# 个网络互相较量，又不让任何一方独占上风；没有成对的数据，也能在两类数据之间翻译。
#
# **用时**约 6 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**：重启内核，从头到尾运行全部单元格，保
# 存，然后提交这个文件。没做完也可以交：做对的部分都算分。
#
# **参考阅读**，需要时再看：三篇论文，讲[变分自编码器](https://arxiv.org/abs/1312.6114)、[对抗网
# 络](https://arxiv.org/abs/1406.2661)和 [CycleGAN](https://arxiv.org/abs/1703.10593)；一篇[变分自
# 编码器的教程](https://arxiv.org/abs/1606.05908)；《动手学深度学习》讲[生成对抗网
# 络](https://d2l.ai/chapter_generative-adversarial-networks/gan.html)的一章。
#
# **约定**：一行是一个观测。损失是 0 维张量，**在一个观测的各个维度上求和，再对批量取均值**，除非
# 题目另有说明。$\log\sigma^2$ 写作 `logvar`；`tau2` 是方差 $\tau^2$，一个浮点数。结果的 dtype 和
# 设备与输入相同；不得改动输入。*数值稳定*是指：logit 大到 $\pm10^4$，或者点离得太远、密度舍入成
# 0，结果都仍然有限并且正确，用 float32 也一样。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的形状、别的数和别的 dtype。

# %%
import math

import matplotlib.pyplot as plt
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. A complicated distribution from simple ones
#
# The first idea of the lecture: mix. If $z$ is drawn from a simple distribution and $x$, given $z$,
# from another simple one, then
#
# $$p(x) = \int \pi(z)\,p(x\mid z)\,dz$$
#
# can look like nothing in the textbooks. The lecture's example: $z\sim N(0, 1)$ and
# $x\mid z\sim N(\sin z,\ \tau^2)$ with $\tau^2 = 0.01$. The integral has no closed form, but with
# draws $z_1,\dots,z_S$ from $\pi$ it is a mean:
#
# $$\log p(x)\approx\log\Bigl(\frac1S\sum_{s=1}^S N(x;\,\sin z_s,\,\tau^2)\Bigr)$$
#
# Far from all components every density rounds to 0, whose logarithm is $-\infty$. So stay in
# logarithms: this should be stable, also where $p(x)$ itself is much smaller than any float.

# %% [markdown] lang="zh" of="47151e6a"
# ## 1. 用简单的分布造出复杂的分布
#
# 这一讲的第一个想法是混合。先从一个简单的分布抽取 $z$，再在给定 $z$ 时从另一个简单的分布抽取
# $x$，这样得到的
#
# $$p(x) = \int \pi(z)\,p(x\mid z)\,dz$$
#
# 可以不像教科书里的任何一个分布。讲义的例子是：$z\sim N(0, 1)$，
# $x\mid z\sim N(\sin z,\ \tau^2)$，其中 $\tau^2 = 0.01$。这个积分没有解析解，但有了从 $\pi$ 抽取
# 的 $z_1,\dots,z_S$，它就可以用均值来估计：
#
# $$\log p(x)\approx\log\Bigl(\frac1S\sum_{s=1}^S N(x;\,\sin z_s,\,\tau^2)\Bigr)$$
#
# 离所有成分都很远的地方，每个密度都会舍入成 0，再取对数就是 $-\infty$。所以要一直用对数来算：结果
# 应当数值稳定，即使 $p(x)$ 本身比任何浮点数都小得多。


# %% exercise="mixture_log_density"
def mixture_log_density(x, z, tau2):
    """Monte Carlo estimate of log p(x) for z ~ N(0, 1), x | z ~ N(sin z, tau2); stable.

    Args:
        x: (n,), where to evaluate.
        z: (S,) draws of the latent variable.
        tau2: the variance of a component, a float.

    Returns:
        (n,): the logarithm of the mean of N(x; sin z, tau2) over the draws.
    """
    raise NotImplementedError


# %% example="mixture_log_density"
one = mixture_log_density(torch.tensor([0.0, 0.1]), torch.tensor([0.0]), 0.01)
expected = -0.5 * math.log(2 * math.pi * 0.01) - torch.tensor([0.0, 0.5])
assert one.shape == (2,), f"two points have two log-densities, so (2,), not {tuple(one.shape)}"
assert torch.allclose(one, expected), f"with one z this is log N(x; 0, 0.01) = {expected}: {one}"
two = mixture_log_density(torch.tensor([0.0]), torch.tensor([0.0, math.pi / 2]), 0.01)
assert abs(two.item() - (expected[0].item() - math.log(2))) < 1e-5, (
    f"sin z is near 0 in one draw, far away in the other: half the density, not {two.exp()}"
)
far = mixture_log_density(torch.tensor([50.0]), torch.tensor([0.0]), 0.01)
assert abs(far.item() + 125000) < 10, f"far away log p is about −125,000, not {far.item()}"

# %% demo=true
torch.manual_seed(1)
z = torch.randn(20000)
x = torch.sin(z) + 0.1 * torch.randn(20000)
grid = torch.linspace(-1.6, 1.6, 400)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
left.scatter(z[:2000].numpy(), x[:2000].numpy(), s=3, alpha=0.5)
left.set(xlabel="z, standard normal", ylabel="x", title="Simple, given z")
right.hist(x.numpy(), bins=80, density=True, color="lightgrey", label="draws of x")
for draws in (20, 2000):
    density = mixture_log_density(grid, z[:draws], 0.01).exp()
    right.plot(grid.numpy(), density.numpy(), label=f"your density, {draws} draws of z")
right.set(xlabel="x", ylabel="density", title="Not so simple, taken together")
right.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## 2. The evidence lower bound
#
# In a VAE a network $g_\theta$ takes the place of the sine, with $\pi = N(0, I)$, and drawing $z$
# blindly would hardly ever hit one that explains a given image. The second idea: a second network
# proposes a distribution $q(z\mid x) = N(\mu, \operatorname{diag}\sigma^2)$ for each $x$. For any
# such $q$,
#
# $$\log p_\theta(x)\;\ge\;\underbrace{\mathbb E_{z\sim q}\log p_\theta(x\mid z)}_{\text{does }z
# \text{ explain }x?} - \underbrace{\operatorname{KL}\bigl(q(z\mid x)\,\|\,\pi(z)\bigr)}_{\text{is
# }z\text{ where it would be drawn?}}$$
#
# and the right side can be computed. The second part is the divergence of two normal distributions,
# which you worked out in lecture 2, for any means and variances on both sides. What is left of it
# when the right one is the standard normal? The entries of $z$ are independent: what becomes of
# their divergences? The encoder gives $\log\sigma^2$, which may be any real number, while
# $\sigma^2$ stays positive.

# %% [markdown] lang="zh" of="eb5a7655"
# ## 2. 证据下界
#
# 在 VAE 里，正弦换成网络 $g_\theta$，并且 $\pi = N(0, I)$。如果盲目地抽取 $z$，几乎永远碰不上一个
# 能解释给定图像的。于是有了第二个想法：用另一个网络为每个 $x$ 提出一个分布
# $q(z\mid x) = N(\mu, \operatorname{diag}\sigma^2)$。对任何这样的 $q$，都有
#
# $$\log p_\theta(x)\;\ge\;\underbrace{\mathbb E_{z\sim q}\log p_\theta(x\mid z)}_{\text{这样的 }z
# \text{ 能解释 }x?} - \underbrace{\operatorname{KL}\bigl(q(z\mid x)\,\|\,\pi(z)\bigr)}_{\text{盲
# 目抽取会碰到这样的
# }z\text{ 吗？}}$$
#
# 而右边是可以计算的。它的第二部分是两个正态分布之间的散度，第 2 讲里你已经推导过，当时两边都是一
# 般的正态分布，均值和方差任意。如果右边那个是标准正态分布，还剩下什么？$z$ 的各个元素相互独立：它
# 们的散度又该怎样合起来？编码器给出的是 $\log\sigma^2$，它可以是任何实数，而 $\sigma^2$ 总保持为
# 正。


# %% exercise="kl_to_standard_normal"
def kl_to_standard_normal(mu, logvar):
    """KL(N(mu, sigma^2) || N(0, 1)), summed over the latent dimensions, mean over the batch.

    Args:
        mu, logvar: (n, d), means and log-variances log sigma^2.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="kl_to_standard_normal"
kl = kl_to_standard_normal(torch.zeros(4, 3), torch.zeros(4, 3))
assert kl.shape == () and kl == 0, f"N(0, 1) against itself has divergence 0, not {kl}"
kl = kl_to_standard_normal(torch.tensor([[1.0, 2.0], [0.0, 0.0]]), torch.zeros(2, 2))
assert abs(kl.item() - 1.25) < 1e-6, (
    f"½(1 + 4) for the first row, 0 for the second, mean 1.25: {kl}"
)
kl = kl_to_standard_normal(torch.zeros(1, 1), torch.tensor([[math.log(4.0)]]))
assert abs(kl.item() - 0.8069) < 1e-4, f"½(4 − 1 − log 4) = 0.8069 for σ² = 4, not {kl}"

# %% [markdown]
# The first part is estimated with one draw of $z$. To let gradients through to $\mu$ and $\sigma$,
# the draw is written as a function of them and of noise $\varepsilon\sim N(0, I)$ that depends on
# nothing. Which function of $\varepsilon$ has mean $\mu$ and standard deviation $\sigma$? And how
# do you get $\sigma$ from $\log\sigma^2$?

# %% [markdown] lang="zh" of="c7369420"
# 第一部分只抽取一次 $z$ 来估计。为了让梯度传到 $\mu$ 和 $\sigma$，要把抽取的结果写成这两者和噪声
# $\varepsilon\sim N(0, I)$ 的函数，噪声本身不依赖任何东西。$\varepsilon$ 的哪个函数均值为 $\mu$、
# 标准差为 $\sigma$？又怎样从 $\log\sigma^2$ 得到 $\sigma$？


# %% exercise="reparameterize"
def reparameterize(mu, logvar, eps):
    """A draw from N(mu, sigma^2), made from standard normal noise.

    Args:
        mu, logvar: (n, d), means and log-variances log sigma^2.
        eps: (n, d), the noise; nothing else is drawn.

    Returns:
        z: (n, d).
    """
    raise NotImplementedError


# %% example="reparameterize"
z = reparameterize(torch.tensor([[1.0]]), torch.tensor([[math.log(9.0)]]), torch.tensor([[2.0]]))
assert abs(z.item() - 7) < 1e-5, f"σ² = 9 means σ = 3, so z = 1 + 3·2 = 7, not {z.item()}"

# %% [markdown]
# Next, $-\log p(x\mid z)$. For bits, the decoder returns **logits** $u$, and each bit of $x$ is 1
# with probability $\sigma(u)$. For real numbers, it returns the means of normal distributions, all
# of variance $\tau^2$. Both losses are **sums** over the dimensions of an observation: only then do
# they stand in the right proportion to the divergence. Both are stable. Keep the constant of the
# normal density.

# %% [markdown] lang="zh" of="d0e0b6ad"
# 接下来是 $-\log p(x\mid z)$。数据是比特时，解码器返回 **logits** $u$，$x$ 的每个比特以概率
# $\sigma(u)$ 取 1。数据是实数时，解码器返回各个正态分布的均值，方差都是 $\tau^2$。两种损失都要在
# 一个观测的各个维度上**求和**：只有这样，它们与散度的比例才对。两者都要数值稳定。正态密度的常数要
# 保留。


# %% exercise="bernoulli_nll"
def bernoulli_nll(logits, x):
    """-log p(x) of bits with P(x = 1) = sigmoid(logits); stable.

    Args:
        logits: (n, p).
        x: (n, p) zeros and ones, of the logits' dtype.

    Returns:
        a 0-d tensor: summed over the p bits, mean over the n rows.
    """
    raise NotImplementedError


# %% example="bernoulli_nll"
loss = bernoulli_nll(torch.zeros(2, 3), torch.ones(2, 3))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - 3 * math.log(2)) < 1e-6, f"three coin flips cost 3 log 2, not {loss}"
loss = bernoulli_nll(torch.tensor([[1e4, -1e4]]), torch.tensor([[0.0, 0.0]]))
assert abs(loss.item() - 1e4) < 1, (
    f"one bit is wrong by a logit of 10,000, which is the loss: {loss}"
)


# %% exercise="gaussian_nll"
def gaussian_nll(mean, x, tau2):
    """-log p(x) of independent normal entries N(mean, tau2), constant included; stable.

    Args:
        mean, x: (n, p).
        tau2: the variance, a float.

    Returns:
        a 0-d tensor: summed over the p entries, mean over the n rows.
    """
    raise NotImplementedError


# %% example="gaussian_nll"
loss = gaussian_nll(torch.zeros(5, 2), torch.zeros(5, 2), 0.25)
expected = math.log(2 * math.pi * 0.25)
assert abs(loss.item() - expected) < 1e-6, f"twice ½ log(2π/4) is {expected:.4f}, not {loss}"
loss = gaussian_nll(torch.zeros(1, 2), torch.tensor([[3.0, 4.0]]), 0.25)
assert abs(loss.item() - expected - 50) < 1e-4, f"25/(2·0.25) = 50 comes on top, not {loss}"

# %% [markdown]
# Now the loss of a VAE for binary images: the bound with its sign turned. Mind the order of the
# arguments: here $x$ comes **first**; in `bernoulli_nll` it comes second.

# %% [markdown] lang="zh" of="3deee631"
# 现在写 VAE 在二值图像上的损失：就是下界变号。注意参数的次序：这里 $x$ 在**最前面**，而在
# `bernoulli_nll` 里它排第二。


# %% exercise="negative_elbo"
def negative_elbo(x, logits, mu, logvar):
    """The negative evidence lower bound with a Bernoulli decoder, one draw of z for each row.

    Args:
        x: (n, p) zeros and ones.
        logits: (n, p), what the decoder made of z.
        mu, logvar: (n, d), what the encoder made of x.

    Returns:
        a 0-d tensor, mean over the n rows.
    """
    raise NotImplementedError


# %% example="negative_elbo"
x, logits = torch.tensor([[1.0, 0.0, 1.0]]), torch.zeros(1, 3)
loss = negative_elbo(x, logits, torch.tensor([[2.0]]), torch.zeros(1, 1))
assert abs(loss.item() - 3 * math.log(2) - 2) < 1e-6, f"3 log 2 for the bits, 2 for z: not {loss}"

# %% [markdown]
# ## 3. The auto-encoder
#
# Put the networks into a module. On each side there is **one hidden layer** of `hidden` units, with
# an activation of your choice. What you call the layers, and how you make them, is up to you; the
# three methods are fixed: their names, their arguments and what they return. `forward` draws
# nothing: the noise is its argument. The decoder returns logits, without a sigmoid.

# %% [markdown] lang="zh" of="b5b018bb"
# ## 3. 自编码器
#
# 把网络装进一个模块。编码器和解码器各有**一个隐藏层**，有 `hidden` 个单元，激活函数由你选。各层叫
# 什么、怎样写，由你定；三个方法的名称、参数和返回值是固定的。`forward` 不抽取任何东西：噪声是它的
# 参数。解码器返回 logits，不经过 sigmoid。


# %% exercise="VAE"
class VAE(nn.Module):
    """A variational auto-encoder for vectors of bits."""

    def __init__(self, in_dim, hidden, latent):
        """Make the layers.

        Args:
            in_dim: the number of bits of an observation.
            hidden: the units of the hidden layer, in the encoder and in the decoder.
            latent: the size of z.
        """
        raise NotImplementedError

    def encode(self, x):
        """Turn (n, in_dim) into the pair (mu, logvar), each (n, latent)."""
        raise NotImplementedError

    def decode(self, z):
        """Turn (n, latent) into logits (n, in_dim)."""
        raise NotImplementedError

    def forward(self, x, eps):
        """Encode x, make z with the noise eps (n, latent), decode z.

        Returns:
            (logits, mu, logvar).
        """
        raise NotImplementedError


# %% example="VAE"
torch.manual_seed(2)
model = VAE(7, 16, 3)
x, eps = torch.randint(2, (5, 7)).float(), torch.randn(5, 3)
logits, mu, logvar = model(x, eps)
assert logits.shape == (5, 7), f"a logit for each bit makes (5, 7), not {tuple(logits.shape)}"
assert mu.shape == logvar.shape == (5, 3), f"mu and logvar are (5, 3), not {tuple(mu.shape)}"
assert torch.allclose(mu, model.encode(x)[0]), "forward's mu should be that of encode"
z = reparameterize(mu, logvar, eps)
assert torch.allclose(logits, model.decode(z), atol=1e-5), (
    "forward should decode the z that your `reparameterize` makes"
)
negative_elbo(x, logits, mu, logvar).backward()
assert all(p.grad is not None for p in model.parameters()), "some parameters have no gradient"

# %% [markdown]
# The data: 1,797 small pictures of digits, 8×8 pixels, made black and white. Two latent dimensions
# can be drawn on paper. The encoder never sees a label; colour shows it to *you*. (Where
# scikit-learn is missing, pictures of a bar, in ten places, stand in for the digits.)
#
# **The loop is yours, and is not graded**: the pictures below it are its reward. You wrote such a
# loop in lecture 4, and have all its parts. What is new is the noise: how often must it be drawn,
# and what would the model learn if it were drawn once and for all? Record the bound, not the loss,
# an average over all the pictures of an epoch.
#
# *Reach this:* with the settings below the bound passes −23 nats per picture within 40 epochs (it
# begins near −35, and ends near −21). If it stays below, or falls, something in the loop is wrong:
# is the gradient cleared, is the sign of the bound right, are both networks trained? And if it ends
# well above −20: is the noise drawn anew?

# %% [markdown] lang="zh" of="99c6839d"
# 数据是 1,797 张小小的数字图像，8×8 像素，已变成黑白两色。潜变量只有两维，可以画在纸上。编码器从
# 没见过标签；颜色是给*你*看的。（没有安装 scikit-learn 时，用一条横杠或竖杠的图像代替数字，共有十
# 种位置。）
#
# **循环由你来写，不计分**：下面的图就是对它的奖励。这样的循环你在第 4 讲写过，所需的零件也都有
# 了。新的东西是噪声：该多久抽取一次？如果一次抽好、一直用下去，模型会学到什么？要记录的是下界，不
# 是损失，而且是一轮里全部图像的均值。
#
# *目标*：用下面的设置，下界在 40 轮之内超过每张图 −23 nat（开始时在 −35 附近，结束时在 −21 附
# 近）。如果一直达不到，或者往下掉，循环里就有地方不对：梯度清零了吗，下界的符号对吗，两个网络都训
# 练了吗？如果结束时远高于 −20：噪声是每次重新抽取的吗？


# %% practice="train_vae"
def train_vae(model, x, epochs, batch_size, lr):
    """Train a VAE in place, with Adam, on shuffled mini-batches; not graded.

    Args:
        model: a VAE; its `encode` tells how many latent numbers a picture has.
        x: (n, p) bits.
        epochs, batch_size: how long, and on how many rows at a time; the last may be fewer.
        lr: the learning rate.

    Returns:
        a list with a float for each epoch: the mean bound of its n rows, each taken before the
        update that its mini-batch made.
    """
    raise NotImplementedError


# %% demo=true
def pictures():
    """1,797 pictures of 8 × 8 bits, (n, 64), and their labels 0 … 9: scikit-learn's digits."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        print("The digits come with scikit-learn, which is not installed here: bars stand in for")
        print("them, and the curves below are other ones. For the digits: pip install scikit-learn")
        labels = torch.randint(10, (1797,))
        rows = F.one_hot(labels % 5 + 1, 8)[:, :, None].expand(-1, -1, 8)
        bars = torch.where((labels < 5)[:, None, None], rows, rows.transpose(1, 2)).float()
        return (bars + (torch.rand(bars.shape) < 0.03)).clamp(max=1).flatten(1), labels
    digits = load_digits()
    return torch.tensor(digits.data > 7).float(), torch.tensor(digits.target)


torch.manual_seed(3)
images, kinds = pictures()
vae = VAE(64, 128, 2)
bounds = train_vae(vae, images, epochs=40, batch_size=200, lr=5e-3)
print(f"from {bounds[0]:.1f} to {bounds[-1]:.1f} nats per picture")

with torch.no_grad():
    codes = vae.encode(images)[0]
    normal = torch.distributions.Normal(0.0, 1.0)
    levels = normal.icdf(torch.linspace(0.03, 0.97, 11))
    plane = torch.stack(torch.meshgrid(levels, levels.flip(0), indexing="xy"), -1).reshape(-1, 2)
    drawn = torch.sigmoid(vae.decode(plane)).reshape(11, 11, 8, 8)
    drawn = F.pad(drawn, (1, 1, 1, 1))
figure, axes = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
axes[0].plot(range(1, len(bounds) + 1), bounds)
axes[0].axhline(-23, color="grey", linestyle=":", label="to be passed")
axes[0].set(xlabel="epoch", ylabel="bound (nats per picture)", title="The bound rises")
axes[0].legend(loc="lower right")
points = axes[1].scatter(*codes.T.numpy(), c=kinds.numpy(), cmap="tab10", s=5)
figure.colorbar(points, ax=axes[1])
axes[1].set(xlabel="$\\mu_1$", ylabel="$\\mu_2$", title="The latent plane, by digit")
picture = drawn.permute(0, 2, 1, 3).reshape(110, 110)
axes[2].imshow(picture.numpy(), cmap="gray_r")
axes[2].set(xticks=[], yticks=[], xlabel="$z_1$ →", ylabel="$z_2$ →", title="What it draws there")
plt.show()

# %% [markdown]
# ## 4. Two adversaries
#
# A GAN has no likelihood at all. A **discriminator** returns a logit $u$, and $\sigma(u)$ is its
# probability that the input is real; a **generator** makes fakes from noise. The discriminator
# learns to tell them apart, with label 1 for real and 0 for fake. Its loss $L_D$ is the mean binary
# cross-entropy of the real half **plus** that of the fake half (not the mean of the two, and not
# the mean over all: the halves may differ in size). Write each half with $u$ and simplify; both
# losses of this section are stable.

# %% [markdown] lang="zh" of="62807508"
# ## 4. 两个对手
#
# GAN 完全不用似然。**判别器**返回 logit $u$，$\sigma(u)$ 是它认为输入是真样本的概率；**生成器**用
# 噪声造出假样本。判别器要学会区分真假，真样本的标签为 1，假样本的标签为 0。它的损失 $L_D$ 是真样
# 本那一半的平均二元交叉熵，**加上**假样本那一半的（不是两者再取均值，也不是对全部样本取均值：两半
# 的大小可以不同）。用 $u$ 写出每一半，再化简；这一节的两个损失都要数值稳定。


# %% exercise="discriminator_loss"
def discriminator_loss(real_logits, fake_logits):
    """Mean cross-entropy of real data (label 1) plus that of fakes (label 0); stable.

    Args:
        real_logits: (n,), or any shape.
        fake_logits: (m,), or any shape; m may differ from n.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="discriminator_loss"
loss = discriminator_loss(torch.zeros(3), torch.zeros(5))
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - 2 * math.log(2)) < 1e-6, f"two coin flips cost 2 log 2 = 1.386, not {loss}"
loss = discriminator_loss(torch.tensor([1e4]), torch.tensor([-1e4]))
assert loss == 0, f"sure and right on both halves: the loss is 0, not {loss}"
loss = discriminator_loss(torch.tensor([-1e4]), torch.tensor([-1e4]))
assert loss == 1e4, f"sure and wrong about the real one: the loss is its logit, not {loss}"

# %% [markdown]
# What does the generator want? In the **minimax** game it maximises $L_D$, that is, it minimises
# the mean of $\log(1-\sigma(u^{\text{fake}}))$. At the start fakes are poor, $u$ is very negative,
# and there this loss is flat. The **non-saturating** loss asks for the same in another way, and is
# the one to write here: the mean cross-entropy of the fakes, as if they were labelled real. Its
# slope at a very negative $u$ is what?

# %% [markdown] lang="zh" of="db7ee994"
# 生成器想要什么？在**极小极大**博弈里，它最大化 $L_D$，也就是最小化
# $\log(1-\sigma(u^{\text{假}}))$ 的均值。一开始假样本很差，$u$ 是绝对值很大的负数，而这个损失在那
# 里是平的。**非饱和**损失用另一种方式提出同样的要求，你在这里要写的就是它：把假样本的标签当作真，
# 求平均交叉熵。当 $u$ 是绝对值很大的负数时，它的斜率是多少？


# %% exercise="generator_loss"
def generator_loss(fake_logits):
    """The non-saturating loss of the generator: its fakes against the label "real"; stable.

    Args:
        fake_logits: (m,), or any shape: the discriminator's logits of fakes.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="generator_loss"
loss = generator_loss(torch.zeros(4))
assert abs(loss.item() - math.log(2)) < 1e-6, f"undecided: log 2 = 0.693, not {loss}"
assert generator_loss(torch.tensor([-1e4])) == 1e4, "a fake that is found out costs its logit"
assert generator_loss(torch.tensor([1e4])) == 0, "a fake that is taken for real costs nothing"

# %% demo=true
u = torch.linspace(-8, 8, 200, requires_grad=True)
(slope,) = torch.autograd.grad(generator_loss(u) * len(u), u)
at = u.detach()
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.5), layout="constrained")
each = [generator_loss(logit).item() for logit in at]
left.plot(at.numpy(), each, label="non-saturating, yours")
left.plot(at.numpy(), -F.softplus(at).numpy(), label="minimax")
left.set(xlabel="logit of a fake", ylabel="loss", title="What the generator minimises")
right.plot(at.numpy(), slope.numpy(), label="non-saturating, yours")
right.plot(at.numpy(), -torch.sigmoid(at).numpy(), label="minimax")
right.set(xlabel="logit of a fake", ylabel="slope", title="What it learns from")
right.legend(fontsize=8)
plt.show()

# %% [markdown]
# Let them play: **again the loop is yours, and not graded.** Real points lie on a noisy ring; the
# generator bends normal noise in four dimensions into points of the plane. In each step first the
# discriminator moves, on fresh real points and fresh fakes, and then the generator: the
# discriminator, as it is now, judges its fakes once more (the same ones or new ones). Who must stay
# put while the discriminator moves, and who while the generator moves? How do you see to that? What
# does `backward` leave behind in the *other* network, and when is it cleared? (Adam's usual memory
# is too long for an opponent who changes: `betas=(0.5, 0.9)`.)
#
# *Reach this:* after 800 steps the fakes lie on the ring, less than 0.15 from it on average, and
# all the way round. Do not look at the losses for it: they settle near 2 log 2 = 1.39 and log 2 =
# 0.69 when the discriminator cannot tell real from fake, whether the fakes are good or it is bad.

# %% [markdown] lang="zh" of="89186cee"
# 让它们较量吧：**循环还是由你来写，不计分**。真样本点落在一个带噪声的圆环上；生成器把四维的正态噪
# 声变形成平面上的点。每一步里，先由判别器走，用新的真样本点和新的假样本；再由生成器走，它的假样本
# （原来那些或者新的，都行）由更新过的判别器重新判断。轮到判别器走时，谁必须不动？轮到生成器走时
# 呢？你怎样做到？`backward` 会在*另一个*网络里留下什么，什么时候清零？（Adam 平常的记忆太长，应付
# 不了不断变化的对手，所以用 `betas=(0.5, 0.9)`。）
#
# *目标*：800 步之后，假样本落在圆环上，平均离圆环不到 0.15，而且遍布一整圈。不要靠损失来判断：只
# 要判别器分不清真假，两个损失就稳定在 2 log 2 = 1.39 和 log 2 = 0.69 附近，不管是假样本造得好，还
# 是判别器不行。


# %% practice="train_gan"
def train_gan(generator, discriminator, real_points, steps, batch_size, lr):
    """Train a generator and a discriminator against each other, in place; not graded.

    Args:
        generator: turns noise (n, 4), standard normal, into points (n, 2).
        discriminator: turns points (n, 2) into logits (n, 1).
        real_points: real_points(n) draws n real points (n, 2).
        steps: how often each of the two moves.
        batch_size: real points, and fakes, of a step.
        lr: the learning rate of both.

    Returns:
        a list of pairs (discriminator_loss, generator_loss), floats, one pair for each step.
    """
    raise NotImplementedError


# %% demo=true
def real_points(n):
    """Points of a noisy ring."""
    angle = 2 * math.pi * torch.rand(n)
    return torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(n, 2)


def network(inputs, outputs):
    """Two hidden layers; generators and discriminators are made of such."""
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2),
        nn.Linear(64, outputs),
    )  # fmt: skip


torch.manual_seed(4)
generator, discriminator = network(4, 2), network(2, 1)
losses, snapshots = [], {0: generator(torch.randn(500, 4)).detach()}
for more in (200, 600):
    losses += train_gan(generator, discriminator, real_points, more, 128, 2e-3)
    snapshots[len(losses)] = generator(torch.randn(500, 4)).detach()
off = (snapshots[len(losses)].norm(dim=1) - 1).abs()
angles = torch.atan2(*snapshots[len(losses)].T)
met = len(torch.unique((angles[off < 0.3] / (2 * math.pi) * 12).floor()))
print(f"{off.mean():.3f} from the ring on average; fakes in {met} of its twelve parts")

figure, axes = plt.subplots(1, 4, figsize=(13, 3.5), layout="constrained")
for axis, (step, fakes) in zip(axes, snapshots.items(), strict=False):
    axis.scatter(*real_points(500).T.numpy(), s=4, color="lightgrey", label="real")
    axis.scatter(*fakes.T.numpy(), s=4, color="crimson", label="fake")
    axis.set(xlabel="first", xlim=(-2, 2), ylim=(-2, 2), aspect="equal", title=f"step {step}")
axes[0].set(ylabel="second")
axes[0].legend(fontsize=8)
for loss, name, level in zip(
    zip(*losses, strict=True), ("discriminator", "generator"), (2 * math.log(2), math.log(2)),
    strict=True,
):  # fmt: skip
    (line,) = axes[3].plot(loss, linewidth=0.6, label=name)
    axes[3].axhline(level, color=line.get_color(), linestyle=":")
axes[3].set(xlabel="step", ylim=(0, 2.5), title="Losses that tell little")
axes[3].legend(fontsize=8)
figure.suptitle("A generator learns to fake a ring")
plt.show()

# %% [markdown]
# ## 5. There and back again
#
# CycleGAN translates images of one kind into another, horses into zebras, without pairs. One
# generator goes from $X$ to $Y$, another one back, and a discriminator on each side says whether
# the result looks like its kind. Nothing in that keeps the horse's posture; so whoever goes there
# and back should arrive where they started, in both directions:
#
# $$L_{\text{cycle}} = \operatorname{mean}|x - x_{\text{back}}| +
# \operatorname{mean}|y - y_{\text{back}}|$$
#
# with each mean over all entries of its array.

# %% [markdown] lang="zh" of="30e66d98"
# ## 5. 有去有回
#
# CycleGAN 把一类图像翻译成另一类，例如把马变成斑马，而不需要成对的图像。一个生成器从 $X$ 到 $Y$，
# 另一个再回来；两边各有一个判别器，说结果像不像这一类。光靠这些保不住马的姿势；所以要求从哪里出
# 发、一去一回之后就回到哪里，两个方向都如此：
#
# $$L_{\text{cycle}} = \operatorname{mean}|x - x_{\text{back}}| +
# \operatorname{mean}|y - y_{\text{back}}|$$
#
# 其中每个均值都对各自数组的全部元素取。


# %% exercise="cycle_loss"
def cycle_loss(x, x_back, y, y_back):
    """Mean absolute difference after a round trip, of x and of y, added.

    Args:
        x, x_back: one shape; x_back has been translated there and back.
        y, y_back: one shape, not necessarily that of x.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="cycle_loss"
x, y = torch.zeros(2, 3), torch.ones(4)
loss = cycle_loss(x, x + 0.5, y, y - 2)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - 2.5) < 1e-6, f"½ one way and 2 the other make 2.5, not {loss}"
assert cycle_loss(x, x, y, y) == 0, "who comes back unchanged pays nothing"

# %% [markdown]
# Two clouds of points: $X$ is a bow, $Y$ a wave. Nobody says which point of the bow belongs to
# which point of the wave. **One step of CycleGAN is yours, and not graded**: the two critics move
# first, together, each on its own kind; then the two translators, which want to please both
# critics, and pay `weight` times the cycle loss. Count before you write: how many times is each
# translator called in a step? Which of these results may be cut from the graph, and for whose step?
#
# *Reach this:* with weight 3 a round trip ends within 0.1 of where it began. Without the cycle loss
# the translated bow looks as much like a wave, or more so. But look where a round trip ends: unless
# luck has it, somewhere else on the bow.

# %% [markdown] lang="zh" of="8dbcdfb6"
# 有两团点：$X$ 是一张弓，$Y$ 是一道波浪。没有人说弓上的哪个点对应波浪上的哪个点。**CycleGAN 的一
# 步由你来写，不计分**：先由两个判别器一起走，各自看自己那一类；再由两个翻译器走，它们既想让两个判
# 别器都满意，又要付出 `weight` 倍的循环损失。动手之前先数一数：一步里每个翻译器要调用几次？这些结
# 果中哪些可以从计算图上剪断，是为了谁的那一步？
#
# *目标*：当权重为 3 时，一去一回之后离出发点不到 0.1。没有循环损失时，由弓翻译出来的点看起来一样
# 像波浪，甚至更像。但看看一去一回到了哪里：除非碰上好运气，总是弓上的另一个地方。


# %% practice="cycle_step"
def cycle_step(translators, critics, optimizers, x, y, weight):
    """One step of CycleGAN, in place; not graded.

    Args:
        translators: (to_y, to_x), networks from the plane to the plane.
        critics: (is_x, is_y), discriminators of the two kinds, from the plane to a logit.
        optimizers: (of both translators, of both critics).
        x, y: (n, 2) and (m, 2), points of each kind.
        weight: of the cycle loss.

    Returns:
        three floats: the two critics' losses, added; the two translators' losses, added, without
        the cycle loss; the cycle loss.
    """
    raise NotImplementedError


# %% demo=true
def bow(n):
    """Points of half a circle, and their places along it, 0 … 1."""
    place = torch.rand(n)
    arc = torch.stack([(math.pi * place).cos(), (math.pi * place).sin()], 1)
    return arc + 0.04 * torch.randn(n, 2), place


def wave(n):
    """Points of a wave."""
    place = torch.rand(n)
    line = torch.stack([3 * place - 1.5, 0.7 * (6 * place).sin()], 1)
    return line + 0.04 * torch.randn(n, 2)


def adam(networks):
    """An optimizer of all parameters of these networks."""
    parameters = [p for net in networks for p in net.parameters()]
    return torch.optim.Adam(parameters, lr=1e-3, betas=(0.5, 0.9))


figure, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained")
for row, weight in zip(axes, (0.0, 3.0), strict=True):
    torch.manual_seed(1)
    translators, critics = (network(2, 2), network(2, 2)), (network(2, 1), network(2, 1))
    optimizers = adam(translators), adam(critics)
    cycles = [
        cycle_step(translators, critics, optimizers, bow(128)[0], wave(128), weight)[2]
        for _ in range(1500)
    ]
    (x, place), y = bow(500), wave(500)
    with torch.no_grad():
        there = translators[0](x)
        back = translators[1](there)
    print(f"weight {weight:g}: a round trip ends {(back - x).norm(dim=1).mean():.3f} away")
    row[0].plot(cycles, linewidth=0.6, color="C3")
    row[0].set(xlabel="step", ylabel="cycle loss", ylim=(0, 3), title=f"weight {weight:g}")
    for panel, points, title in ((row[1], there, "bow → wave"), (row[2], back, "and back again")):
        panel.scatter(*(y if points is there else x).T.numpy(), s=6, color="lightgrey")
        panel.scatter(*points.T.numpy(), c=place.numpy(), s=6, cmap="viridis")
        panel.set(title=title, aspect="equal", xlim=(-1.9, 1.9), ylim=(-1.1, 1.4))
    arrows = torch.randperm(500)[:12]
    for start, end in zip(x[arrows].tolist(), back[arrows].tolist(), strict=True):
        row[2].annotate("", end, start, arrowprops={"arrowstyle": "->", "alpha": 0.5})
figure.suptitle("Colour is the place on the bow where a point began")
plt.show()

# %% [markdown] written="why_a_bound"
# ## 6. In your own words
#
# The likelihood $p_\theta(x) = \int\pi(z)\,p_\theta(x\mid z)\,dz$ can be estimated by a mean over
# draws from $\pi$, as in section 1. Why does that not do for training a VAE on images, and what
# does $q(z\mid x)$ change? Derive the bound with Jensen's inequality, and say when it is an
# equality.

# %% [markdown] lang="zh" of="281cdec2"
# ## 6. 用自己的话说
#
# 似然 $p_\theta(x) = \int\pi(z)\,p_\theta(x\mid z)\,dz$ 可以像第 1 节那样估计：从 $\pi$ 抽取，再
# 取均值。为什么在图像上训练 VAE 时这样行不通？$q(z\mid x)$ 改变了什么？请用 Jensen 不等式推导这个
# 下界，并说明什么时候等号成立。

# %% [markdown] written="one_way_is_not_enough"
# ## 7. One way is not enough
#
# Each discriminator of CycleGAN only says whether an image looks like its kind; it never sees the
# original. Describe a generator that satisfies both discriminators perfectly and is still useless
# as a translator, and explain what the cycle loss does about it. Does a cycle loss of zero make
# sure that the translation is the one we want?

# %% [markdown] lang="zh" of="f511225b"
# ## 7. 只有一个方向还不够
#
# CycleGAN 的每个判别器只说一张图像像不像自己那一类；它从没见过原图。请描述这样一个生成器：它让两
# 个判别器完全满意，作为翻译器却毫无用处；再说明循环损失对此起什么作用。循环损失为零，就能保证得到
# 我们想要的翻译吗？

# %% [markdown]
# ## What you can do now
#
# - Draw from a distribution that no textbook has, and estimate its density.
# - Train a variational auto-encoder and a pair of adversaries with loops of your own, and say from
#   a curve whether they learn.
# - Translate between two kinds of data that nobody has paired, and say what keeps the translation
#   honest.
#
# That is the last lecture. What comes next is yours to choose: every part of it is a function that
# you have written.

# %% [markdown] lang="zh" of="42358706"
# ## 现在你会了
#
# - 从教科书里没有的分布中抽取样本，并估计它的密度。
# - 用自己写的循环训练变分自编码器和一对对手，并从曲线上看出它们是否在学习。
# - 在没有人配过对的两类数据之间翻译，并说清是什么让翻译不走样。
#
# 这是最后一讲。接下来做什么由你选择：其中每一个部分，都是你亲手写过的函数。
