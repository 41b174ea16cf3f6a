# %% [markdown]
# # Lecture 11: What a name tells
#
# A picture of a digit always has 784 pixels; names come in all lengths. A recurrent network reads
# a name character by character, and after the last one it says what it makes of it. In this
# notebook you build such a network for Chinese names and train it to tell whether a name is a
# man's (label 0) or a woman's (label 1). In the end you know how good it is, and how good anybody
# could be.
#
# **Afterwards you can** turn strings of any length into tensors; write a recurrent network and the
# loop that trains it, on sequences of unequal lengths; say after which step a loss is taken, and
# what padding would do; judge a classifier beside the best that is possible.
#
# **Time** about 4 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, as with the assignments
# before.
#
# **To read**, where it helps: PyTorch's tutorial [Classifying names with a character-level
# RNN](https://docs.pytorch.org/tutorials/intermediate/char_rnn_classification_tutorial.html), which
# the lecture follows, and Dive into Deep Learning
# [9.4](https://d2l.ai/chapter_recurrent-neural-networks/rnn.html). Your notebook of lecture 10 has
# the network itself.
#
# **Conventions.** A name is a Python string, and each of its characters is one step in time. A
# vocabulary is a list of characters; a character's index is its place in that list. Time is the
# first axis, then the batch. Everything that starts from strings runs on the CPU.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other names, other shapes and other numbers.

# %% [markdown] lang="zh" of="ec0c45e0"
# # 第 11 讲：名字里能看出什么
#
# 一张数字图片总有 784 个像素，名字却有长有短。循环神经网络一个字符一个字符地读名字，读完最后一个
# 再给出判断。在这份笔记本里，你要为中国人的名字搭建这样一个网络，训练它判断一个名字是男名（标签
# 0）还是女名（标签 1）。最后你会知道它有多好，也会知道换了谁来做，最好能做到多好。
#
# **学完之后，你能够**把任意长度的字符串变成张量；写出循环神经网络，以及用长短不一的序列训练它的训
# 练循环；说清损失是在哪一步之后取的，填充又会带来什么；对照可能达到的最好结果，评价一个分类器。
#
# **用时**约 4 小时。**分值** {{points}} 分：练习 {{points_of_exercises}} 分，最后两道书面题共
# {{points_of_questions}} 分。**截止** {{due}}。**提交方式**和之前的作业一样：重启内核，从头到尾运
# 行全部单元格，保存，然后提交这个文件。
#
# **参考阅读**，需要时再看：PyTorch 教程[用字符级 RNN 给名字分
# 类](https://docs.pytorch.org/tutorials/intermediate/char_rnn_classification_tutorial.html)，讲义
# 就是照它讲的；《动手学深度学
# 习》[9.4](https://d2l.ai/chapter_recurrent-neural-networks/rnn.html)。网络本身，你在第 10 讲的笔
# 记本里已经写过。
#
# **约定**：名字是 Python 字符串，每个字符是一个时间步。词表是字符的列表；字符的索引就是它在列表里
# 的位置。时间是第一个轴，批量是第二个轴。凡是从字符串开始的计算都在 CPU 上进行。
#
# 把每一处 `raise NotImplementedError` 换成你的答案，再运行它下面的示例。示例只是几个小例子；隐藏
# 用例还会检查别的名字、别的形状和别的数。

# %%
import csv
import math
import random
from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch import nn

torch.set_num_threads(1)  # small networks gain nothing from more

# %% [markdown]
# ## 0. Names
#
# The next cell is given. The names are made up: a surname and one or two characters, drawn at
# random by the weights that the cell states. The surnames' weights are about their shares of the
# population per mille (the first three as China's household registers had them in 2007; the others
# are our approximations, and surnames of two characters are rarer in life than here). A
# character of a given name has two weights of our own making, one for men and one for women. They
# lean as such characters do in life, and no table of real people stands behind them.
#
# The lecture uses the public *Chinese Names Corpus* with over a million names, from which it
# reaches 97.9 % on 1,000 test names. If you have its file
# `Chinese_Names_Corpus_Gender（120W）.txt`, put it beside this notebook: `read_corpus` reads it,
# and the rest of the notebook goes on with 3,000 of its names. They are drawn at random, because
# the file is grouped by surname: its first names are all of one family. Nothing here requires it.

# %% [markdown] lang="zh" of="f27cf156"
# ## 0. 名字
#
# 下一个单元格已经写好。名字是编出来的：一个姓，加上一两个字，按单元格里写明的权重随机抽取。姓的权
# 重大致是它在人口中的千分比（前三个取自 2007 年的全国户籍统计，其余是我们的近似值；复姓在生活中比
# 这里更少见）。名里的每个字有两个权重，一个用于男名，一个用于女名，都是我们自己定的：偏男还是偏
# 女，与生活中一致，但没有依据任何真人的名册。
#
# 讲义用的是公开的 *Chinese Names Corpus*，有一百多万个名字，在 1,000 个测试名字上达到了 97.9%。如
# 果你手头有它的文件 `Chinese_Names_Corpus_Gender（120W）.txt`，把它放在这份笔记本旁边：
# `read_corpus` 会读取它，后面就改用其中的 3,000 个名字。这些名字是随机抽取的，因为文件按姓排列，
# 开头的名字全是同一个姓。没有这个文件，也能做完全部练习。

# %%
SURNAMES = """
王 73 李 72 张 68 刘 54 陈 45 杨 31 赵 23 黄 22 周 21 吴 21 徐 17 孙 15 胡 13 朱 13 高 12
林 12 何 12 郭 11 马 11 罗 9 梁 9 宋 8 郑 8 谢 8 韩 7 唐 7 冯 7 于 6 董 6 萧 6 程 6
曹 5 袁 5 邓 5 许 5 傅 5 沈 5 曾 5 彭 5 吕 5 苏 4 卢 4 蒋 4 蔡 4 贾 4 丁 4 魏 4 薛 4 叶 4
欧阳 12 司马 6 诸葛 5 上官 5
"""

# A character, its weight in men's given names, its weight in women's.
GIVEN = """
伟 40 3 强 34 1 勇 26 1 军 30 2 杰 26 2 涛 26 1 磊 24 1 超 20 3 刚 18 1 鹏 20 1 建 28 3 国 28 3
志 28 3 龙 20 1 辉 20 4 峰 20 1 斌 20 1 宇 20 8 浩 24 2 波 18 3 东 16 3 俊 20 4 海 18 6 德 14 2
永 14 4 成 14 3 飞 14 4 家 14 8 文 20 18 明 28 9 华 18 24 平 18 14 晓 10 24 林 14 9 春 9 14
新 10 6 玉 6 30 金 12 10 云 8 16 世 9 2 子 10 10 佳 8 26 欣 3 20 芳 1 36 娟 1 26 敏 5 26 静 2 34
丽 2 40 秀 2 34 英 5 36 兰 2 30 红 3 30 梅 1 26 艳 1 26 燕 1 24 霞 1 24 玲 1 28 婷 1 28 娜 1 24
雪 2 22 倩 1 18 颖 2 16 莉 1 22 琴 1 16 凤 2 20 桂 4 18 洁 1 16 琳 1 18 慧 2 20 萍 1 20 珍 2 18
"""
WORDS = GIVEN.split()
MEN = dict(zip(WORDS[::3], map(float, WORDS[1::3]), strict=True))
WOMEN = dict(zip(WORDS[::3], map(float, WORDS[2::3]), strict=True))
SINGLE = 0.2  # the share of given names of one character


def make_names(n, seed):
    """Draw n names and their labels, 0 for men and 1 for women, about half of them each."""
    draw = random.Random(seed)
    words = SURNAMES.split()
    surnames, shares = words[::2], [float(share) for share in words[1::2]]
    names, labels = [], []
    for _ in range(n):
        label = draw.randrange(2)
        weights = WOMEN if label else MEN
        length = 1 if draw.random() < SINGLE else 2
        given = draw.choices(list(weights), list(weights.values()), k=length)
        names.append(draw.choices(surnames, shares)[0] + "".join(given))
        labels.append(label)
    return names, labels


def read_corpus(path):
    """Read names and labels from a file of the Chinese Names Corpus with sexes.

    The file is UTF-8 text: some lines about itself, a line "dict,sex", and then lines such as
    "阿斌,男", where 男 is male, 女 is female, and 未知 (unknown) is left out.

    Returns:
        (names, labels): a list of strings, and a list of 0 for 男 and 1 for 女.
    """
    codes = {"男": 0, "女": 1, "未知": None}
    names, labels, began = [], [], False
    try:
        # utf-8-sig: a byte-order mark at the beginning is no part of the text.
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                fields = [field.strip() for field in row]
                if not began:
                    began = fields == ["dict", "sex"]
                elif fields not in ([], [""]):
                    if len(fields) != 2 or not fields[0] or fields[1] not in codes:
                        raise ValueError(f"{path}, line {number}: not a name and 男, 女 or 未知")
                    if codes[fields[1]] is not None:
                        names.append(fields[0])
                        labels.append(codes[fields[1]])
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text: save it in that encoding") from error
    if not began:
        raise ValueError(f'{path} has no line "dict,sex", after which the names begin')
    return names, labels


def draw_some(names, labels, n, seed):
    """Draw n names without replacement (all, where there are no more), and their labels."""
    chosen = random.Random(seed).sample(range(len(names)), min(n, len(names)))
    return [names[i] for i in chosen], [labels[i] for i in chosen]


def split_by_name(names, labels, n):
    """Two parts that share no name: the first n, and of the others those that are new.

    A name that many bear would else be trained on and tested.

    Returns:
        (names, labels) of the first part, (names, labels) of the second.
    """
    known = set(names[:n])
    new = [i for i in range(n, len(names)) if names[i] not in known]
    return (names[:n], labels[:n]), ([names[i] for i in new], [labels[i] for i in new])


CORPUS = Path("Chinese_Names_Corpus_Gender（120W）.txt")
made_up = not CORPUS.exists()
if made_up:
    names, labels = make_names(3000, seed=123)
else:
    names, labels = draw_some(*read_corpus(CORPUS), 3000, seed=123)
print(
    " ".join(f"{name}({'女' if y else '男'})" for name, y in zip(names[:12], labels, strict=False))
)

# %% [markdown]
# ## 1. A vocabulary
#
# A network needs numbers for characters, and it can learn nothing about characters that hardly
# ever occur. So count them, keep the most frequent ones, and keep the names that need no other.

# %% [markdown] lang="zh" of="e180c9a7"
# ## 1. 词表
#
# 网络需要用数来表示字符；至于几乎不出现的字符，它什么也学不到。所以先数一数各个字符，留下最常见
# 的，再留下只用到这些字符的名字。


# %% exercise="build_vocab"
def build_vocab(names, size):
    """The most frequent characters of all names.

    Args:
        names: list of strings.
        size: how many characters to keep, an int ≥ 1.

    Returns:
        a list of at most `size` characters, the most frequent first. Every occurrence counts, also
        a second one in the same name. Of equally frequent characters the one that appears first
        (reading the names in their order) comes first.
    """
    raise NotImplementedError


# %% example="build_vocab"
vocab = build_vocab(["王明", "李明明", "王一"], 3)
assert vocab == ["明", "王", "李"], f"明 comes 3 times, 王 2 times, 李 before 一: not {vocab}"
assert build_vocab(["王明"], 10) == ["王", "明"], "two characters are all there are"


# %% exercise="filter_names"
def filter_names(names, vocab):
    """Which names are made of the vocabulary's characters only.

    Args:
        names: list of strings.
        vocab: list of characters.

    Returns:
        a list of indices into `names`, in ascending order.
    """
    raise NotImplementedError


# %% example="filter_names"
kept = filter_names(["王明", "李明", "王", "王李"], ["明", "王"])
assert list(kept) == [0, 2], f"names 0 and 2 need 王 and 明 only, not {kept}"

# %% demo=true
vocab = build_vocab(names, 10**6)
text = " ".join(names)
counts = [text.count(char) for char in vocab]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
left.bar(range(len(vocab)), counts, width=1)
left.set(xlabel="rank of the character", ylabel="occurrences", title="A few characters, many names")
sizes = range(10, len(vocab), max(10, len(vocab) // 20))
right.plot(sizes, [len(filter_names(names, vocab[:size])) / len(names) for size in sizes], "o-")
right.set(xlabel="size of the vocabulary", ylabel="share of names kept", ylim=(0, 1.05))
right.set_title("What a vocabulary costs")
plt.show()

# %% [markdown]
# As an input, a character is a vector of zeros with a single 1 at its index.

# %% [markdown] lang="zh" of="ac7f671b"
# 输入网络时，每个字符表示成一个向量：在它的索引处是 1，其余全为零。


# %% exercise="encode"
def encode(name, vocab):
    """A name as a sequence of one-hot vectors.

    Args:
        name: a string of at least one character.
        vocab: list of V characters.

    Returns:
        (len(name), 1, V) float32: [t, 0, v] is 1 where character t is vocab[v], else 0.

    Raises:
        ValueError: a character is not in vocab; the message names that character.
    """
    raise NotImplementedError


# %% example="encode"
x = encode("王一王", ["一", "丁", "王"])
assert x.shape == (3, 1, 3), f"3 characters, a batch of 1, 3 in the vocabulary: {tuple(x.shape)}"
assert x.dtype == torch.float32, f"float32, please, not {x.dtype}"
assert x[:, 0].tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1]], f"not the right places: {x[:, 0]}"
try:
    encode("王二", ["一", "丁", "王"])
    message = "(no ValueError)"
except ValueError as error:
    message = str(error)
assert "二" in message, f"二 is unknown: expected a ValueError that names it, got {message}"

# %% [markdown]
# ## 2. The network
#
# One step takes the input $x_t$ and the old state $h_{t-1}$, side by side in this order:
#
# $$h_t = \tanh\bigl(\text{i2h}\,[x_t, h_{t-1}]\bigr),\qquad
#   p_t = \sigma\bigl(\text{h2o}\,h_t\bigr),$$
#
# where `i2h` and `h2o` are two `nn.Linear` layers of these names. The state begins at zero.

# %% [markdown] lang="zh" of="c552fc1d"
# ## 2. 网络
#
# 每一步取输入 $x_t$ 和旧状态 $h_{t-1}$，按这个次序并排放在一起：
#
# $$h_t = \tanh\bigl(\text{i2h}\,[x_t, h_{t-1}]\bigr),\qquad
#   p_t = \sigma\bigl(\text{h2o}\,h_t\bigr),$$
#
# 其中 `i2h` 和 `h2o` 是两个 `nn.Linear` 层，就用这两个名字。状态从零开始。


# %% exercise="NameRNN"
class NameRNN(nn.Module):
    """A recurrent network that gives a probability at every step."""

    def __init__(self, input_size, hidden_size):
        """Make the layers `i2h` and `h2o` (to one output)."""
        raise NotImplementedError

    def forward(self, input, hidden):
        """One step for n names at once.

        Args:
            input: (n, input_size).
            hidden: (n, hidden_size), the old states.

        Returns:
            (prob, hidden): (n, 1) probabilities of label 1, and (n, hidden_size) new states.
        """
        raise NotImplementedError

    def init_hidden(self, n=1):
        """The zero states (n, hidden_size) of n names."""
        raise NotImplementedError


# %% example="NameRNN"
net = NameRNN(4, 3)
shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}
expected = {"i2h.weight": (3, 7), "i2h.bias": (3,), "h2o.weight": (1, 3), "h2o.bias": (1,)}
assert shapes == expected, f"the parameters should be {expected}, not {shapes}"
hidden = net.init_hidden(5)
assert hidden.shape == (5, 3) and not hidden.any(), f"5 zero states of size 3, not {hidden}"
assert net.init_hidden().shape == (1, 3), f"one name if n is not given: {net.init_hidden().shape}"
with torch.no_grad():
    for p in net.parameters():
        p.fill_(0.1)
prob, hidden = net(torch.ones(2, 4), torch.full((2, 3), 0.5))
assert prob.shape == (2, 1) and hidden.shape == (2, 3), "two names: prob (2, 1), hidden (2, 3)"
h = math.tanh(0.1 * 4 + 0.1 * 1.5 + 0.1)
assert torch.allclose(hidden, torch.tensor(h)), f"every unit should be tanh(0.65), not {hidden}"
p = 1 / (1 + math.exp(-(0.3 * h + 0.1)))
assert torch.allclose(prob, torch.tensor(p)), f"the probability should be {p:.4f}, not {prob}"

# %% [markdown]
# ## 3. The loss
#
# The mean of $-y\log p - (1-y)\log(1-p)$. If the network is quite sure, $p$ is 0 or 1 in floating
# point, and a logarithm is $-\infty$; then even a right answer costs $0\cdot\infty$, not a number.
# PyTorch's `BCELoss` therefore takes each of the two logarithms as $-100$ at least, and so do we.
# (The lecture's loss takes the logarithms as they are.) You are asked for the value; only that is
# graded. The gradient where $p$ is 0 or 1 depends on how you keep the logarithm from $-\infty$.
# Clamp it after it is taken, and `backward` multiplies 0 by ∞ there: `nan`. Let `torch.where` put a
# harmless number in the place of 0 before it is taken, and that logarithm passes on the gradient 0.
# (Clamping $p$ itself at $e^{-100}$ gives a wrong value: float32 has so few digits left for that
# number that its logarithm is −99.983.)

# %% [markdown] lang="zh" of="37188799"
# ## 3. 损失
#
# 损失是 $-y\log p - (1-y)\log(1-p)$ 的均值。网络十分有把握时，$p$ 舍入后就是 0 或 1，其中一个对数
# 成了 $-\infty$；这时哪怕答对了，代价也是 $0\cdot\infty$，根本不是一个数。因此 PyTorch 的
# `BCELoss` 规定这两个对数都不小于 $-100$，我们也这样做。（讲义里的损失不作处理，对数是多少就是多
# 少。）本题要的是损失的值，批改也只看它。至于 $p$ 为 0 或 1 处的梯度，要看你怎样避开 $-\infty$。
# 先取对数再截断，`backward` 在那里算的是 0 乘以 ∞，得到 `nan`；在取对数之前，先用 `torch.where`
# 把 0 换成一个无害的数，这个对数传回的梯度就是 0。（直接把 $p$ 截断到 $e^{-100}$，损失的值会出
# 错：float32 存这么小的数，有效数字所剩无几，它的对数成了 −99.983。）


# %% exercise="bce"
def bce(p, y):
    """The mean binary cross-entropy, each logarithm clamped at −100.

    Args:
        p: probabilities of label 1, any shape; 0 and 1 are possible.
        y: labels 0.0 or 1.0, of the same shape and dtype.

    Returns:
        0-d tensor.
    """
    raise NotImplementedError


# %% example="bce"
p, y = torch.tensor([[0.8], [0.4], [0.0]]), torch.tensor([[1.0], [0.0], [0.0]])
loss = bce(p, y)
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
expected = -(math.log(0.8) + math.log(0.6) + 0) / 3
assert abs(loss.item() - expected) < 1e-6, f"the loss should be {expected:.4f}, not {loss.item()}"
assert abs(bce(torch.tensor([0.0]), torch.tensor([1.0])).item() - 100) < 1e-3, (
    "a certain error costs 100"
)

# %% [markdown]
# ## 4. Reading a name
#
# A name is read from its first character to its last, and what counts is the probability after the
# **last** one. What does the network know before the first character, and what must go from each
# step to the next?

# %% [markdown] lang="zh" of="f669eaf1"
# ## 4. 读一个名字
#
# 名字从第一个字符读到最后一个，算数的是读完**最后一个**之后的概率。读第一个字符之前，网络知道些什
# 么？从每一步到下一步，又必须传递什么？


# %% exercise="classify"
def classify(model, name, vocab):
    """The probability that a name has label 1, after its last character.

    Args:
        model: a `NameRNN` with input size V, or anything that is called alike and has its
            `init_hidden`.
        name: a string of at least one character, all in vocab.
        vocab: list of V characters.

    Returns:
        a Python float.
    """
    raise NotImplementedError


# %% example="classify"
with torch.no_grad():
    net.i2h.weight.copy_(torch.tensor([[2.0, -2, 0, 0, 0.5, 0, 0]] + 2 * [[0.0] * 7]))
    net.i2h.bias.zero_()
    net.h2o.weight.copy_(torch.tensor([[3.0, 0, 0]]))
    net.h2o.bias.zero_()
letters = ["a", "b", "c", "d"]
p = classify(net, "ab", letters)
h = math.tanh(-2 + 0.5 * math.tanh(2))
expected = 1 / (1 + math.exp(-3 * h))
assert isinstance(p, float), f"a Python float, please, not {type(p).__name__}"
assert abs(p - expected) < 1e-6, f"after a and b the probability should be {expected:.4f}, not {p}"

# %% [markdown]
# ## 5. Training
#
# In each epoch shuffle the names and cut them into mini-batches, the rest forming a smaller one of
# its own. The loss of a mini-batch is the **mean** of its names' losses, and each name's loss is
# taken after its last character only. Names of a mini-batch have unequal lengths; the lecture reads
# them one after another, in a loop.
#
# *A warning about that loop.* In the notes, the lines that divide the loss, reset the gradients, go
# backward and step stand **inside** the loop over names. That fails at the second name with "Trying
# to backward through the graph a second time": `loss` still hangs together with the first name's
# graph, which backward has freed. These lines belong **after** the loop over the names, once for
# each mini-batch.
#
# A loop over names is good enough here. Whoever wants it faster lets all names of one length go
# through the network together; the result has to be the same. Padding shorter names is a trap:
# steps over the padding change the state, in front of a name as well as behind it.
#
# Use `torch.optim.Adam` with learning rate `lr`; `seed` makes the shuffling repeatable.

# %% [markdown] lang="zh" of="31822697"
# ## 5. 训练
#
# 每一轮先打乱名字，再切成小批量，余下的自成一个较小的小批量。小批量的损失是其中各个名字损失的**均
# 值**，而每个名字的损失只在读完最后一个字符之后取。同一个小批量里的名字长短不一；讲义用一个循环逐
# 个读它们。
#
# *关于这个循环的提醒*：在讲义里，除以个数、梯度清零、反向传播和更新这几行写在遍历名字的循环**里
# 面**。这样到第二个名字就会报错 "Trying to backward through the graph a second time"：`loss` 还连
# 着第一个名字的计算图，而反向传播已经把它释放了。这几行应放在遍历名字的循环**之后**，每个小批量执
# 行一次。
#
# 在这里，逐个名字循环就够用了。想快一点，可以让长度相同的名字一起通过网络，结果必须一样。把短名字
# 填充成一样长则是个陷阱：在填充上走的每一步都会改变状态，无论填在名字前面还是后面，都是这样。
#
# 请用 `torch.optim.Adam`，学习率为 `lr`；`seed` 让打乱的次序可以重现。


# %% exercise="train"
def train(model, names, labels, vocab, epochs, batch_size, lr, seed):
    """Train a network on names, by Adam on mini-batches.

    Args:
        model: a `NameRNN` with input size len(vocab); trained in place.
        names: list of strings, all of whose characters are in vocab.
        labels: list of ints, 0 or 1.
        vocab: list of characters.
        epochs: how often to go through the names.
        batch_size: size of a mini-batch.
        lr: Adam's learning rate.
        seed: an int that makes the shuffling repeatable.

    Returns:
        list of floats: the loss of each mini-batch before its step, in order.
    """
    raise NotImplementedError


# %% example="train"
torch.manual_seed(0)
some, their_labels = ["王伟", "李芳", "欧阳伟", "王芳", "李王伟", "张芳"], [0, 1, 0, 1, 0, 1]
known = build_vocab(some, 20)
net = NameRNN(len(known), 8)
before = bce(
    torch.tensor([classify(net, name, known) for name in some]), torch.tensor(their_labels).float()
)
losses = train(net, some, their_labels, known, epochs=30, batch_size=6, lr=0.05, seed=1)
assert len(losses) == 30, f"30 epochs of one mini-batch make 30 losses, not {len(losses)}"
assert abs(losses[0] - before) < 1e-5, (
    f"the first loss is the mean over names of unequal lengths, {before:.4f}, not {losses[0]:.4f}"
)
assert losses[-1] < 0.1, f"six names are learnt easily; the loss is still {losses[-1]:.3f}"
assert len(train(net, some, their_labels, known, 2, 4, 0.01, 1)) == 4, "6 names: 4 and then 2"
for name, label in [("李芳", 1), ("欧阳伟", 0)]:
    assert (classify(net, name, known) > 0.5) == (label == 1), f"{name} should be recognised now"

# %% [markdown]
# Now with half of the names for training, and up to 1,000 others to test on. A name that is in both
# parts would be no test (the lecture's two parts share some), so that only new ones are taken.
#
# We know how our names were made, and so the best that anybody could do: by Bayes' theorem,
# compare the given name's probability under both tables. The network has seen neither the tables
# nor where a surname ends. (Nobody knows the best for real names.)

# %% [markdown] lang="zh" of="70f9d959"
# 现在用一半名字训练，再从其余的名字里取至多 1,000 个来测试。两部分里都有的名字测不出什么（讲义的
# 两部分就有一些重复），所以测试只取新名字。
#
# 我们知道这些名字是怎么编出来的，因此也知道任何人最好能做到多好：用贝叶斯定理，比较“名”这一部分在
# 两张表下的概率。网络既没见过这两张表，也不知道姓到哪里为止。（对真实的名字，没有人知道最好能做到
# 多好。）

# %% demo=true
(train_names, train_labels), (new_names, new_labels) = split_by_name(names, labels, len(names) // 2)
vocab = build_vocab(train_names, 120 if made_up else 400)
chosen = filter_names(train_names, vocab)
torch.manual_seed(123)
net = NameRNN(len(vocab), 64)
losses = train(
    net,
    [train_names[i] for i in chosen],
    [train_labels[i] for i in chosen],
    vocab,
    epochs=4,
    batch_size=50,
    lr=0.005,
    seed=123,
)
rest = filter_names(new_names, vocab)[:1000]
probabilities = [classify(net, new_names[i], vocab) for i in rest]


def bayes(name):
    """The probability of label 1 from the tables that made the names."""
    surnames = [word for word in SURNAMES.split()[::2] if name.startswith(word)]
    given = name[len(max(surnames, key=len)) :]
    odds = 1.0
    for char in given:
        odds *= (WOMEN[char] / sum(WOMEN.values())) / (MEN[char] / sum(MEN.values()))
    return odds / (1 + odds)


def share_right(guesses):
    """The share of the test names on the right side of ½."""
    hits = [(p > 0.5) == (new_labels[i] == 1) for p, i in zip(guesses, rest, strict=True)]
    return sum(hits) / len(hits)


print(f"The network is right for {share_right(probabilities):.1%} of {len(rest)} new names;")
if made_up:
    best = share_right([bayes(new_names[i]) for i in rest])
    print(f"nobody could be right for many more than {best:.1%}.")

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained")
left.plot(losses)
left.set(xlabel="mini-batch", ylabel="loss", title="Learning to read names")
# Plots know no Chinese everywhere, so here is how the names are read aloud.
spellings = {
    "王建国": "Wang Jian Guo",
    "李秀英": "Li Xiu Ying",
    "林文静": "Lin Wen Jing",
    "张玉林": "Zhang Yu Lin",
    "欧阳晓明": "Ou Yang Xiao Ming",
}
read = list(spellings)
for name in [read[i] for i in filter_names(read, vocab)]:
    spelling = spellings[name]
    path = [classify(net, name[: t + 1], vocab) for t in range(len(name))]
    line = right.plot(range(1, len(name) + 1), path, "o-", label=spelling)[0]
    for t, syllable in enumerate(spelling.split()):
        place = {"xytext": (4, 4), "textcoords": "offset points", "color": line.get_color()}
        right.annotate(syllable, (t + 1, path[t]), **place)
right.axhline(0.5, color="grey", linewidth=0.8)
right.set(xlabel="characters read", ylabel="probability of a woman's name", ylim=(-0.05, 1.1))
right.set(xticks=[1, 2, 3, 4], xlim=(0.8, 5.8), title="Changing its mind, character by character")
if right.lines[:-1]:
    right.legend(fontsize=8, loc="upper right")
plt.show()

# %% [markdown] written="names_of_any_length"
# ## 6. In your own words: any length
#
# The lecture asks what to do when the length of the input is not fixed. Two ways out that need no
# new network: append blanks to every name until all have the length of the longest, and use a
# fully connected net; or add up the one-hot vectors of a name and classify the sum. What does each
# of them lose, and what does the recurrent network do instead? How many of its parameters depend
# on the length of a name? Say also what the plot of section 5 shows about surnames.

# %% [markdown] lang="zh" of="b24dc000"
# ## 6. 用自己的话说：任意长度
#
# 讲义问：输入的长度不固定时怎么办？有两条出路用不着新的网络：一是在每个名字后面补空格，补到和最长
# 的一样长，再用全连接网络；二是把一个名字的独热向量加起来，对这个和分类。它们各自丢失了什么？循环
# 神经网络又是怎么做的？它有多少参数取决于名字的长度？再说说：关于姓，第 5 节的图说明了什么？

# %% [markdown] written="a_loop_that_fails"
# ## 7. In your own words: a loop that fails
#
# Take the loop as the notes print it, with division, backward and step inside the loop over names.
# Why does backward succeed for the first name and fail for the second? PyTorch's message suggests
# `retain_graph=True`. What would then be computed for the third name of a mini-batch, and why is
# that still not the gradient of the mean loss, even before any error message about values that
# were changed in place?

# %% [markdown] lang="zh" of="62cfe01f"
# ## 7. 用自己的话说：会报错的循环
#
# 看讲义里写的那个循环：除以个数、反向传播和更新都在遍历名字的循环里面。为什么第一个名字的反向传播
# 能成功，第二个却失败？PyTorch 的报错建议用 `retain_graph=True`。那样的话，到小批量的第三个名字，
# 算出来的是什么？就算还没有报出“某些值被原地修改”的错误，为什么它仍然不是平均损失的梯度？

# %% [markdown]
# ## What you can do now
#
# - From names to tensors: a vocabulary, what it costs, one-hot vectors, a step for each character.
# - A recurrent network of your own, its state, and the probability after the last character.
# - A loss that stays finite, and a training loop with each line where it belongs.
# - Test on names that were not trained on, and say how near to the best possible you are.
#
# Next: gates, which let a network remember for longer, and a network that writes names itself.

# %% [markdown] lang="zh" of="b0467a57"
# ## 现在你会了
#
# - 从名字到张量：词表、词表的代价、独热向量，每个字符一步。
# - 自己写循环神经网络，包括它的状态和读完最后一个字符之后的概率。
# - 写出始终有限的损失，以及每一行都在正确位置上的训练循环。
# - 用训练时没见过的名字来测试，并说出你离可能的最好结果还有多远。
#
# 下一步：门，让网络记得更久；还有一个自己写名字的网络。
