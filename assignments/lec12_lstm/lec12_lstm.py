# %% [markdown]
# # Lecture 12: Gates, and names that nobody bears
#
# A plain recurrent network forgets: at every step its gradient meets the same matrix and another
# $\tanh' \le 1$. The lecture's remedy is another architecture. Here you build the two best known,
# stack recurrent layers and let them read in both directions, and in the end you draw new names
# from a network, character by character.
#
# **Conventions.** As in lecture 10, observations are rows and time is the first axis: `x` is
# $(T, N, D)$, states are $(N, H)$ at one step and $(T, N, H)$ over time, without the initial one.
# `dh` means $\partial L/\partial h$ for one scalar loss $L$. Inputs are never changed in place;
# results keep the inputs' dtype and device. `nn.RNN`, `nn.LSTM`, `nn.GRU` and their cells may not
# run inside your functions; automatic differentiation only where it is said.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import math

import matplotlib.pyplot as plt
import torch

# %% [markdown]
# ## 1. LSTM
#
# Beside the state $h$, *long short-term memory* carries a cell $c$. Three gates say, entry by
# entry, what is written to the cell ($i$), what stays in it ($f$) and what it shows ($o$); $g$ is
# what could be written:
#
# $$\begin{pmatrix} i & f & o & g\end{pmatrix} =
# \begin{pmatrix}\sigma & \sigma & \sigma & \tanh\end{pmatrix}
# \big([h_{t-1}, x_t]\,W + b\big)$$
#
# $$c_t = f\odot c_{t-1} + i\odot g,\qquad h_t = o\odot\tanh(c_t)$$
#
# Two orders are conventions, and here they are the lecture's: the state stands **before** the
# input in $[h, x]$, so that the first $H$ rows of $W$ belong to $h$; and the four blocks of $H$
# columns are **i, f, o, g**. (PyTorch's own LSTM has i, f, g, o, and two matrices.)


# %% exercise="lstm_step"
def lstm_step(x, h, c, w, b):
    """One step of an LSTM: the next state and the next cell.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        c: (N, H), the old cells.
        w: (H + D, 4H) weights of [h, x]; blocks of columns in the order i, f, o, g.
        b: (4H,) biases in the same order.

    Returns:
        (h, c), the new states and the new cells, (N, H) each.
    """
    raise NotImplementedError


# %% example="lstm_step"
closed, open_, write = -30.0, 30.0, math.atanh(0.5)
nothing, x, h, c = torch.zeros(3, 4), torch.zeros(1, 2), torch.zeros(1, 1), torch.tensor([[0.8]])
h1, c1 = lstm_step(x, h, c, nothing, torch.tensor([closed, open_, open_, write]))
assert abs(c1.item() - 0.8) < 1e-6, f"f open, i closed: the cell stays 0.8, it is {c1.item()}"
assert abs(h1.item() - math.tanh(0.8)) < 1e-6, f"o open: h is tanh(0.8), not {h1.item()}"
h1, c1 = lstm_step(x, h, c, nothing, torch.tensor([open_, closed, closed, write]))
assert abs(c1.item() - 0.5) < 1e-6, f"i open, f closed: the cell becomes g = 0.5, not {c1.item()}"
assert abs(h1.item()) < 1e-6, f"o closed: h is 0, not {h1.item()}"
w = torch.zeros(3, 4)
w[0, 3] = 1.0  # the first row belongs to h, the last column to g
_, c1 = lstm_step(x, torch.tensor([[2.0]]), c, w, torch.tensor([open_, closed, open_, 0.0]))
assert abs(c1.item() - math.tanh(2)) < 1e-6, f"g should be tanh(2) here; the cell is {c1.item()}"
torch.manual_seed(0)
h1, c1 = lstm_step(*[torch.randn(s) for s in [(5, 3), (5, 4), (5, 4), (7, 16), (16,)]])
assert h1.shape == c1.shape == (5, 4), f"(5, 4) each, not {tuple(h1.shape)}, {tuple(c1.shape)}"

# %% [markdown]
# Now backward, by hand. Two gradients arrive: `dh` at the new state, from its output and from the
# next step, and `dc` at the new cell, from the next step alone. The new cell acts on the loss by
# both ways. Follow it through $h = o\odot\tanh(c)$, then through the four gates, then through one
# affine layer.


# %% exercise="lstm_step_backward"
def lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b):
    """Gradients of one step of an LSTM, without automatic differentiation.

    Args:
        dh: (N, H), the gradient that arrives at the new state.
        dc: (N, H), the gradient that the next step sends to the new cell.
        x: (N, D).
        h_prev, c_prev: (N, H), the old states and cells.
        w, b: (H + D, 4H) and (4H,), as in `lstm_step`.

    Returns:
        (dx, dh_prev, dc_prev, dw, db), shaped as what they belong to.
    """
    raise NotImplementedError


# %% example="lstm_step_backward"
torch.manual_seed(1)
names = ["dx", "dh_prev", "dc_prev", "dw", "db"]
leaves = [torch.randn(s).requires_grad_() for s in [(5, 3), (5, 4), (5, 4), (7, 16), (16,)]]
i, f, o, g = (torch.cat([leaves[1], leaves[0]], dim=1) @ leaves[3] + leaves[4]).split(4, dim=1)
cell = f.sigmoid() * leaves[2] + i.sigmoid() * g.tanh()
dh, dc = torch.randn(2, 5, 4)
(dh * o.sigmoid() * cell.tanh() + dc * cell).sum().backward()
mine = lstm_step_backward(dh, dc, *(v.detach() for v in leaves))
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for name, got, leaf in zip(names, mine, leaves, strict=True):
    assert got.shape == leaf.shape, f"{name} should have shape {tuple(leaf.shape)}"
    assert torch.allclose(got, leaf.grad, atol=1e-5), f"{name} differs from PyTorch's gradient"


# %% exercise="lstm_forward"
def lstm_forward(x, h0, c0, w, b):
    """All states of an LSTM.

    Args:
        x: (T, N, D), T ≥ 1.
        h0, c0: (N, H), states and cells before the first step.
        w, b: (H + D, 4H) and (4H,), as in `lstm_step`.

    Returns:
        (T, N, H): h₁ … h_T.
    """
    raise NotImplementedError


# %% example="lstm_forward"
h0, c0 = torch.zeros(1, 1), torch.zeros(1, 1)
counting = torch.tensor([30.0, 30.0, 30.0, math.atanh(0.5)])  # all gates open, g = 0.5
h = lstm_forward(torch.zeros(3, 1, 2), h0, c0, torch.zeros(3, 4), counting)
expected = torch.tensor([0.5, 1.0, 1.5]).tanh()
assert h.shape == (3, 1, 1), f"three steps make (3, 1, 1), not {tuple(h.shape)}"
assert torch.allclose(h[:, 0, 0], expected), f"the cell counts 0.5, 1, 1.5: {expected}, not {h}"

# %% [markdown]
# How far does a gradient get? Below, one and the same gradient sets out from the last of 60 steps
# and travels back, through a plain network and through LSTMs whose forget gates differ in their
# bias alone.

# %% demo=true
torch.manual_seed(2)
steps, size, inputs = 60, 32, 8
x = torch.randn(steps, 1, inputs)
w = torch.randn(size + inputs, 4 * size) / (size + inputs) ** 0.5
figure, axes = plt.subplots(figsize=(6.8, 4))
for bias in [0.0, 2.0, 5.0]:
    b = torch.zeros(4 * size)
    b[size : 2 * size] = bias
    states = [(torch.zeros(1, size), torch.zeros(1, size))]
    for xt in x:
        states.append(lstm_step(xt, *states[-1], w, b))
    dh, dc = torch.zeros(1, size), torch.ones(1, size) / size**0.5
    norms = [1.0]
    for t in reversed(range(steps)):
        _, dh, dc, *_ = lstm_step_backward(dh, dc, x[t], *states[t], w, b)
        norms.append(dc.norm().item())
    axes.semilogy(norms, label=f"LSTM, forget gate's bias {bias:g}: ∂L/∂c")
h = [torch.zeros(1, size)]
for xt in x:
    h.append(torch.tanh(torch.cat([h[-1], xt], dim=1) @ w[:, -size:]))
dh, norms = torch.ones(1, size) / size**0.5, [1.0]
for ht in reversed(h[1:]):
    dh = (dh * (1 - ht**2)) @ w[:size, -size:].T
    norms.append(dh.norm().item())
axes.semilogy(norms, "k--", label="plain network: ∂L/∂h")
axes.set(xlabel="steps back", ylabel="norm of the gradient", ylim=(1e-12, 30))
axes.set_title("What is left of a gradient")
axes.legend()
plt.show()

# %% [markdown]
# ## 2. GRU
#
# The *gated recurrent unit* does without a cell. A reset gate $r$ decides how much of the old
# state the new candidate $\tilde h$ gets to see; an update gate $z$ decides how much of the old
# state **stays**:
#
# $$r = \sigma(x W_r + h U_r + b_r),\qquad z = \sigma(x W_z + h U_z + b_z)$$
#
# $$\tilde h = \tanh\big(x W_c + (r\odot h)\,U_c + b_c\big),\qquad
# h_t = z\odot h + (1-z)\odot\tilde h$$
#
# (On the slide $U_c$ has lost its index. PyTorch's unit resets after the product with $U_c$, which
# is another function; here the reset comes before it.)


# %% exercise="gru_step"
def gru_step(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    """One step of a gated recurrent unit: the next state.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        wr, ur, br: (D, H), (H, H) and (H,), the reset gate.
        wz, uz, bz: the same shapes, the update gate.
        wc, uc, bc: the same shapes, the candidate.

    Returns:
        (N, H), the new states.
    """
    raise NotImplementedError


# %% example="gru_step"
w, u, b = torch.zeros(1, 1), torch.ones(1, 1), torch.zeros(1)
x, h, much = torch.zeros(1, 1), torch.tensor([[0.8]]), torch.tensor([30.0])
kept = gru_step(x, h, w, w, b, w, w, much, w, u, b)
assert abs(kept.item() - 0.8) < 1e-6, f"with z = 1 the old state 0.8 stays; got {kept.item()}"
fresh = gru_step(x, h, w, w, much, w, w, -much, w, u, b)
assert abs(fresh.item() - math.tanh(0.8)) < 1e-6, f"z = 0, r = 1: tanh(0.8), not {fresh.item()}"
reset = gru_step(x, h, w, w, -much, w, w, -much, w, u, b)
assert abs(reset.item()) < 1e-6, f"with z = r = 0 nothing of the old state is left: {reset.item()}"
half = gru_step(x, h, w, w, b, w, w, b, w, u, b)
expected = 0.4 + 0.5 * math.tanh(0.4)
assert abs(half.item() - expected) < 1e-6, f"r = z = ½ makes {expected:.4f}, not {half.item()}"

# %% [markdown]
# ## 3. Higher, and in both directions
#
# Recurrent layers can be **stacked**: the states of one layer, at every step, are the inputs of
# the next. Each layer is a plain one, $h_t = \tanh(x_t W_{xh} + h_{t-1}W_{hh} + b)$, with its own
# parameters, initial state and size.


# %% exercise="stacked_rnn_forward"
def stacked_rnn_forward(x, h0s, layers):
    """The states of the top layer of a stack of plain recurrent layers.

    Args:
        x: (T, N, D).
        h0s: list of the layers' initial states, the lowest first; (N, H) with each layer's H.
        layers: list of (wxh, whh, b), the lowest first; (H below, H), (H, H) and (H,), where
            the lowest layer has D below it. Layers may differ in size.

    Returns:
        (T, N, H) of the top layer.
    """
    raise NotImplementedError


# %% example="stacked_rnn_forward"
one, none = torch.ones(1, 1), torch.zeros(1, 1)
x = torch.tensor([0.5, -1.0]).reshape(2, 1, 1)
feed = one, none, torch.zeros(1)  # a layer that only applies tanh
top = stacked_rnn_forward(x, [none, none], [feed, feed])
assert torch.allclose(top, x.tanh().tanh()), f"two such layers apply tanh twice; got {top}"
add = one, one, torch.zeros(1)
top = stacked_rnn_forward(x, [none, one], [feed, add])
first = math.tanh(math.tanh(0.5) + 1)
assert abs(top[0].item() - first) < 1e-6, f"the top layer starts from its own h0: {first:.4f}"
second = math.tanh(math.tanh(-1) + first)
assert abs(top[1].item() - second) < 1e-6, f"and carries its own state: {second:.4f}"

# %% [markdown]
# A **bidirectional** network reads the sequence twice: one network from the beginning, another,
# with parameters of its own, from the end. At each time $t$ their states stand side by side,
# $[\overrightarrow{h}_t, \overleftarrow{h}_t]$, so that both belong to the same $x_t$. Both start
# from zero.


# %% exercise="bidirectional_rnn"
def bidirectional_rnn(x, forward_params, backward_params):
    """States of a plain recurrent network that reads in both directions.

    Args:
        x: (T, N, D).
        forward_params: (wxh, whh, b) of the network that reads from the beginning: (D, H),
            (H, H) and (H,).
        backward_params: the same of the network that reads from the end.

    Returns:
        (T, N, 2H): at every t the forward state and then the backward one, which has read
        x[T − 1], …, x[t].
    """
    raise NotImplementedError


# %% example="bidirectional_rnn"
x = torch.tensor([1.0, 0.0, 0.0]).reshape(3, 1, 1)
remember = one, one, torch.zeros(1)
both = bidirectional_rnn(x, remember, remember)[:, 0]
assert both.shape == (3, 2), f"(T, N, 2H) is (3, 1, 2) here, not {tuple(both[:, None].shape)}"
ahead = [math.tanh(1), math.tanh(math.tanh(1)), math.tanh(math.tanh(math.tanh(1)))]
assert torch.allclose(both[:, 0], torch.tensor(ahead)), "forward: the 1 is seen at once and fades"
back = torch.tensor([math.tanh(1), 0.0, 0.0])
assert torch.allclose(both[:, 1], back), "backward: the 1 comes last, at t = 0; before it all is 0"

# %% [markdown]
# ## 4. A model of names
#
# The lecture's network writes names. It learns from names: at each character it predicts the next
# one, and after the last character it should predict the **end**, a token with an index of its
# own. So a name makes a sequence of inputs and one of targets, equally long.


# %% exercise="char_targets"
def char_targets(name, vocab, end):
    """What a character model reads, and what it should predict at each step.

    Args:
        name: a string of one character or more, all of them in vocab.
        vocab: list of characters; the index of a character is its place in the list.
        end: the index that stands for the end of a name, an int.

    Returns:
        (inputs, targets): two lists of ints, as long as the name. The inputs are the characters'
        indices; each target is the index of the next character, the last one is `end`.
    """
    raise NotImplementedError


# %% example="char_targets"
inputs, targets = char_targets("anna", ["a", "b", "n"], 3)
assert list(inputs) == [0, 2, 2, 0], f"a n n a is [0, 2, 2, 0], not {inputs}"
assert list(targets) == [2, 2, 0, 3], f"what follows is n n a and the end: not {targets}"

# %% [markdown]
# The model gives a row of logits at each step. Its loss is the mean, over the steps, of
# $-\log\operatorname{softmax}(\text{logits}_t)[\text{target}_t]$.


# %% exercise="char_lm_loss"
def char_lm_loss(logits, targets):
    """Mean cross-entropy over the steps of a sequence.

    Args:
        logits: (T, V), a row for each step.
        targets: T indices, as an int64 tensor (T,) or as a list of ints.

    Returns:
        a 0-d tensor.
    """
    raise NotImplementedError


# %% example="char_lm_loss"
loss = char_lm_loss(torch.zeros(3, 5), [0, 4, 2])
assert loss.shape == (), f"the loss is a 0-d tensor, not one of shape {tuple(loss.shape)}"
assert abs(loss.item() - math.log(5)) < 1e-6, f"guessing among 5 costs log 5, not {loss.item()}"
logits = torch.tensor([[0.0, math.log(3.0)], [math.log(4.0), 0.0]])
loss = char_lm_loss(logits, torch.tensor([1, 1]))
expected = -(math.log(0.75) + math.log(0.2)) / 2
assert abs(loss.item() - expected) < 1e-6, f"the mean should be {expected:.4f}, not {loss.item()}"

# %% [markdown]
# To write a name, begin with a character, ask the model for the next one's logits, **draw** from
# $\operatorname{softmax}(\text{logits}/\tau)$, and go on from what was drawn. The *temperature*
# $\tau$ makes the writer careful (below 1) or bold (above 1). When `end` is drawn the name is over,
# and `end` is no part of it.
#
# The model comes as a function: `step(index, state)` returns the logits of what follows the
# character `index`, and a new state, to be passed on at the next call as it is. The first call gets
# the state `None`.


# %% exercise="sample_name"
def sample_name(step, start, end, max_len, temperature, generator):
    """Draw a name from a model, character by character.

    Args:
        step: function (index, state) -> (logits (V,), state); index is an int, and the state is
            None at the first call.
        start: index of the first character, not `end`.
        end: index whose drawing ends the name.
        max_len: how many characters the name may have, `start` included, an int ≥ 1.
        temperature: a float > 0 that divides the logits.
        generator: a torch.Generator on the logits' device; the only source of randomness.

    Returns:
        a list of ints that begins with start, is at most max_len long and never holds end.
    """
    raise NotImplementedError


# %% example="sample_name"
always = torch.full((4, 4), -1e4)
always[[0, 1, 2], [1, 2, 3]] = 0.0  # 0 is followed by 1, 1 by 2, and 2 by 3
draw = torch.Generator().manual_seed(0)
drawn = sample_name(lambda i, s: (always[i], s), 0, 3, 9, 1.0, draw)
assert list(drawn) == [0, 1, 2], f"only the name 0 1 2 is possible here, and 3 ends it: {drawn}"
drawn = sample_name(lambda i, s: (always[i], s), 0, 3, 2, 1.0, draw)
assert list(drawn) == [0, 1], f"max_len is 2: expected [0, 1], got {drawn}"
drawn = sample_name(
    lambda i, s: (always[2 if s == "over" else 1], "over" if s else "on"), 0, 3, 9, 1.0, draw
)
assert list(drawn) == [0, 2, 2], f"the state has to be passed on: expected [0, 2, 2], got {drawn}"
coin = torch.tensor([0.0, math.log(3.0)])
for tau, expected in [(1.0, 0.75), (0.5, 0.9)]:
    tossed = [len(sample_name(lambda i, s: (coin, s), 0, 1, 2, tau, draw)) for _ in range(2000)]
    share = tossed.count(1) / 2000
    assert abs(share - expected) < 0.07, (
        f"at temperature {tau} the end should come at once in {expected:.0%} of names: {share:.0%}"
    )

# %% [markdown]
# All of it together: an LSTM reads some eighty names a hundred times over, and then writes its
# own. (For training we let PyTorch differentiate.)

# %% demo=true
people = """
adam adele alan albert alice amelia andrew anna anton arthur bella benjamin bruno carla
carmen caroline charles clara daniel david diana edgar edwin elena elias emma erik eva
fabian felix fiona frida george greta hanna helena henry ida irene isabel jacob jana julia
karin laura lena leon linda lucas maria marina martin max mia nadia nina nora oliver olga
oscar paula peter robert rosa samuel sara simon sofia stella theodor thomas tina vera viola
walter
"""
real = people.split()
vocab = sorted(set("".join(real)))
end = len(vocab)
longest = max(map(len, real))
pairs = [char_targets(each, vocab, end) for each in real]
inputs = torch.tensor([read + [end] * (longest - len(read)) for read, _ in pairs]).T
wanted = torch.tensor([want + [end] * (longest - len(want)) for _, want in pairs]).T
x = torch.nn.functional.one_hot(inputs, end + 1).float()

torch.manual_seed(5)
size = 48
params = [torch.randn(size + end + 1, 4 * size) / 8, torch.zeros(4 * size)]
params += [torch.randn(size, end + 1) / size**0.5, torch.zeros(end + 1)]
w, b, why, by = (p.requires_grad_() for p in params)
optimizer = torch.optim.Adam(params, lr=0.02)
nothing, losses = torch.zeros(len(real), size), []
for _ in range(100):
    logits = lstm_forward(x, nothing, nothing, w, b) @ why + by
    loss = char_lm_loss(logits.flatten(0, 1), wanted.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())


@torch.no_grad()
def write(index, state):
    """One step of the trained model."""
    h, c = state or (torch.zeros(1, size), torch.zeros(1, size))
    one_hot = torch.eye(end + 1)[index][None]
    h, c = lstm_step(one_hot, h, c, w, b)
    return (h @ why + by)[0], (h, c)


generator = torch.Generator().manual_seed(7)
for tau in [0.3, 1.0, 2.0]:
    lines = []
    for letter in "abcdefghjlmnorst":
        indices = sample_name(write, vocab.index(letter), end, 12, tau, generator)
        lines.append("".join(vocab[i] for i in indices))
    print(f"temperature {tau}: {' '.join(each + '*' * (each not in real) for each in lines)}")
print("A star marks names that are not among those it has read.")

state = None
for letter in "ma":
    logits, state = write(vocab.index(letter), state)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), width_ratios=[1, 1.6])
left.plot(losses)
left.set(xlabel="epoch", ylabel="mean cross-entropy", title="Learning to spell")
for shift, tau in [(-0.27, 0.3), (0, 1.0), (0.27, 2.0)]:
    p = torch.softmax(logits / tau, dim=0).tolist()
    places = [index + shift for index in range(end + 1)]
    right.bar(places, p, width=0.27, label=f"temperature {tau}")
right.set_xticks(range(end + 1), [*vocab, "end"])
right.set(xlabel="next character", ylabel="probability", title="What may follow “ma”")
right.legend()
figure.tight_layout()
plt.show()

# %% [markdown] written="no_middleman"
# ## 5. In your own words: nothing in between
#
# The lecture says that on its way from $c_t$ to $c_{t-1}$ a gradient only meets a product with $f$,
# entry by entry, and no matrix, and likens this to a residual network. Write down
# $\partial c_t/\partial c_{t-1}$ along that direct way, and over $k$ steps. What plays the part of
# the residual network's identity, and when? Then look at your `lstm_step_backward` again: by which
# other way does $c_{t-1}$ act on $c_t$, and does that one meet a matrix? What does the plot
# of section 1 say about the forget gate's initial bias?
