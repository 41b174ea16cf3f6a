# %% [markdown]
# # Lecture 10: A network with a memory
#
# Names, sentences and films come in all lengths. A recurrent network reads them step by step and
# keeps a state, in which it sums up what it has seen so far. In this notebook you build one, send
# gradients back through time, and see with your own eyes why they vanish or explode.
#
# **Afterwards you can** run a recurrent network forward and its gradients back through time, by
# hand; say when they vanish and when they explode; hold them with a limit, and train a network that
# remembers.
#
# **Time** about 4 hours. **Points** {{points}}: {{points_of_exercises}} for the exercises,
# {{points_of_questions}} for the two questions at the end. **Due** {{due}}. **To hand in:** restart
# the kernel, run all cells from top to bottom, save, and submit this file, finished or not: what is
# right counts.
#
# **To read**, where it helps: Dive into Deep Learning on [recurrent
# networks](https://d2l.ai/chapter_recurrent-neural-networks/rnn.html) and on [back-propagation
# through time](https://d2l.ai/chapter_recurrent-neural-networks/bptt.html); [CS231n on recurrent
# networks](https://cs231n.github.io/rnn/); [On the difficulty of training recurrent neural
# networks](https://arxiv.org/abs/1211.5063), the paper behind sections 4 and 5.
#
# **The network.** One set of parameters serves every step:
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b),\qquad y_t = h_t W_{hy}$$
#
# The slides write states as columns, $W_{hh}h_{t-1}$, and leave out $b$. Here, as in the rest of
# this course, observations are **rows**, and weights stand on the right.
#
# **Conventions.** $T$ is the number of steps, $N$ the batch, $D$ the size of an input and $H$ that
# of a state. Time is the first axis: `x` is $(T, N, D)$ and `h` is $(T, N, H)$, where `h[0]` is
# $h_1$; the initial state `h0`, $(N, H)$, is kept apart. `dh` means $\partial L/\partial h$ for one
# scalar loss $L$, and has the shape of `h`. Inputs are never changed in place; results keep the
# inputs' dtype and device. Inside your functions there is no automatic differentiation
# (`backward`, `torch.autograd`, `torch.func`) and no `nn.RNN` or `nn.RNNCell`; in your own tests,
# use them as much as you like.
#
# Replace each `raise NotImplementedError` by your answer, and run the example below it. The
# examples are a few small cases; hidden ones look at other shapes, other numbers and other dtypes.

# %%
import math

import matplotlib.pyplot as plt
import torch

torch.set_num_threads(1)  # tensors as small as these gain nothing from more

# %% [markdown]
# ## 1. One step
#
# A step takes one input for every sequence of the batch and the old states, and makes new states.


# %% exercise="rnn_step"
def rnn_step(x, h, wxh, whh, b):
    """One step of the network: the next state.

    Args:
        x: (N, D), the inputs of this step.
        h: (N, H), the old states.
        wxh: (D, H) weights of the input.
        whh: (H, H) weights of the state.
        b: (H,) biases.

    Returns:
        (N, H), the new states.
    """
    raise NotImplementedError


# %% example="rnn_step"
x, h = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5]])
h_next = rnn_step(x, h, torch.tensor([[0.1], [0.2]]), torch.tensor([[0.4]]), torch.tensor([0.1]))
assert h_next.shape == (1, 1), f"one sequence and one unit make (1, 1), not {tuple(h_next.shape)}"
assert abs(h_next.item() - math.tanh(0.8)) < 1e-6, f"this should be tanh(0.8), not {h_next.item()}"
torch.manual_seed(0)
h_next = rnn_step(
    torch.randn(5, 3), torch.randn(5, 4), torch.randn(3, 4), torch.randn(4, 4), torch.randn(4)
)
assert h_next.shape == (5, 4), f"five states of size 4 are (5, 4), not {tuple(h_next.shape)}"

# %% [markdown]
# Backward, a step is two affine layers that share their output $z$, and an activation. The stub
# hands you $h_t = \tanh z$ and not $z$: write the slope of $\tanh$ with $h_t$ alone. (It is 1 at
# $h_t = 0$, and nearly 0 where $h_t$ is nearly ±1.)


# %% exercise="rnn_step_backward"
def rnn_step_backward(dh, x, h_prev, h_next, wxh, whh):
    """Gradients of one step h_next = tanh(x wxh + h_prev whh + b).

    Args:
        dh: (N, H), the gradient that arrives at h_next.
        x: (N, D).
        h_prev: (N, H), the old states.
        h_next: (N, H), the new states that the step made.
        wxh, whh: (D, H) and (H, H).

    Returns:
        (dx, dh_prev, dwxh, dwhh, db), shaped as what they belong to.
    """
    raise NotImplementedError


# %% example="rnn_step_backward"
torch.manual_seed(5)
names = ["dx", "dh_prev", "dwxh", "dwhh", "db"]
inputs = [torch.randn(s).double() for s in [(5, 3), (5, 4), (3, 4), (4, 4), (4,)]]
dh, (x, h_prev, wxh, whh, _) = torch.randn(5, 4).double(), inputs
mine = rnn_step_backward(dh, x, h_prev, rnn_step(*inputs), wxh, whh)
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for k, (name, got, value) in enumerate(zip(names, mine, inputs, strict=True)):
    assert got.shape == value.shape, f"{name} should have shape {tuple(value.shape)}"
    way = torch.randn_like(value)  # a tiny step this way, and one back: what do they change?
    ends = [rnn_step(*inputs[:k], value + s * way, *inputs[k + 1 :]) for s in (1e-5, -1e-5)]
    slope = ((ends[0] - ends[1]) * dh).sum() / 2e-5
    assert abs((got * way).sum() - slope) < 1e-5, f"{name} is not the slope of your `rnn_step`"

# %% [markdown]
# ## 2. A whole sequence
#
# Unrolled in time, the network is a deep one: as many layers as there are steps, all with the
# same weights.


# %% exercise="rnn_forward"
def rnn_forward(x, h0, wxh, whh, b):
    """All states of the network.

    Args:
        x: (T, N, D), T ≥ 1.
        h0: (N, H), the states before the first step.
        wxh, whh, b: (D, H), (H, H) and (H,).

    Returns:
        (T, N, H): h₁ … h_T, without h0.
    """
    raise NotImplementedError


# %% example="rnn_forward"
x = torch.tensor([1.0, 0.0, -1.0]).reshape(3, 1, 1)
weights = torch.tensor([[1.0]]), torch.tensor([[0.5]]), torch.tensor([0.0])
states = rnn_forward(x, torch.tensor([[0.2]]), *weights)
assert states.shape == (3, 1, 1), f"three steps make (3, 1, 1), not {tuple(states.shape)}"
first = math.tanh(1.0 + 0.5 * 0.2)
second = math.tanh(0.5 * first)
assert abs(states[0].item() - first) < 1e-6, f"h₁ is tanh(1.1), not {states[0].item()}"
assert abs(states[1].item() - second) < 1e-6, f"h₂ is tanh(0.5 h₁), not {states[1].item()}"
assert abs(states[2].item() - math.tanh(-1 + 0.5 * second)) < 1e-6, "h₃ is off"

# %% [markdown]
# Each state may send an output, $y_t = h_t W_{hy}$. It is linear: what it means (logits, a
# prediction) is for the loss to say.


# %% exercise="rnn_output"
def rnn_output(h, why):
    """The outputs of all states.

    Args:
        h: (T, N, H).
        why: (H, K).

    Returns:
        (T, N, K).
    """
    raise NotImplementedError


# %% example="rnn_output"
y = rnn_output(torch.ones(4, 2, 3), torch.tensor([[1.0, 0.0], [2.0, 0.0], [3.0, -1.0]]))
assert y.shape == (4, 2, 2), f"the shape should be (4, 2, 2), not {tuple(y.shape)}"
assert torch.equal(y[3, 1], torch.tensor([6.0, -1.0])), f"h why is [6, −1] here, not {y[3, 1]}"

# %% [markdown]
# ## 3. Back through time
#
# A loss may listen to every output, as when each step predicts the next character. So `dh` holds,
# for each $t$, the gradient that arrives at $h_t$ from **its own output**. On top of that, $h_t$
# acts on all that follows through the next step. Both add up. And since the parameters are used
# at every step, their gradients are sums over time, $\partial L/\partial W=\sum_t(\dots)$.


# %% exercise="rnn_backward"
def rnn_backward(dh, x, h0, h, wxh, whh):
    """Gradients of the whole network, back through time.

    Args:
        dh: (T, N, H); dh[t] is the gradient that h[t]'s own output sends.
        x: (T, N, D).
        h0: (N, H).
        h: (T, N, H), the states that the forward pass made.
        wxh, whh: (D, H) and (H, H).

    Returns:
        (dx, dh0, dwxh, dwhh, db), shaped as x, h0, wxh, whh and b, which is (H,).
    """
    raise NotImplementedError


# %% example="rnn_backward"
torch.manual_seed(2)
names = ["dx", "dh0", "dwxh", "dwhh", "db"]
inputs = [torch.randn(s).double() for s in [(4, 2, 3), (2, 5), (3, 5), (5, 5), (5,)]]
dh, (x, h0, wxh, whh, _) = torch.randn(4, 2, 5).double(), inputs
mine = rnn_backward(dh, x, h0, rnn_forward(*inputs), wxh, whh)
assert len(mine) == 5, f"five gradients are asked for: {', '.join(names)}"
for k, (name, got, value) in enumerate(zip(names, mine, inputs, strict=True)):
    assert got.shape == value.shape, f"{name} should have shape {tuple(value.shape)}"
    way = torch.randn_like(value)
    ends = [rnn_forward(*inputs[:k], value + s * way, *inputs[k + 1 :]) for s in (1e-5, -1e-5)]
    slope = ((ends[0] - ends[1]) * dh).sum() / 2e-5
    assert abs((got * way).sum() - slope) < 1e-5, f"{name} is not the slope of your `rnn_forward`"

# %% [markdown]
# ## 4. Where gradients vanish and explode
#
# How much does $h_t$ feel of $h_{t-1}$? The answer is a Jacobian, whose entry $[i, j]$ is
# $\partial h_t[i]/\partial h_{t-1}[j]$. Write one entry before you write the matrix: which entry of
# $W_{hh}$ does $h_{t-1}[j]$ meet on its way to $h_t[i]$, and which slope? (The slides have columns
# and get $\operatorname{diag}(\tanh')\,W_{hh}$. Ours are rows.)


# %% exercise="state_jacobian"
def state_jacobian(h_next, whh):
    """The Jacobian of one step for one sequence: [i, j] = ∂h_t[i]/∂h_{t−1}[j].

    Args:
        h_next: (H,), the new state h_t.
        whh: (H, H).

    Returns:
        (H, H).
    """
    raise NotImplementedError


# %% example="state_jacobian"
jacobian = state_jacobian(torch.tensor([0.0, 0.5]), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
expected = torch.tensor([[1.0, 3.0], [1.5, 3.0]])
assert torch.allclose(jacobian, expected), f"expected {expected}, got {jacobian}"

# %% [markdown]
# Over $k$ steps the Jacobians multiply,
#
# $$\frac{\partial h_T}{\partial h_{T-k}} =
# \frac{\partial h_T}{\partial h_{T-1}}\,\frac{\partial h_{T-1}}{\partial h_{T-2}}\cdots
# \frac{\partial h_{T-k+1}}{\partial h_{T-k}},$$
#
# and the **spectral norm** of the product, its largest singular value, says how much of a gradient
# can be left after $k$ steps back.


# %% exercise="gradient_norms"
def gradient_norms(h, whh):
    """Spectral norms of ∂h_T/∂h_{T−k} for k = 1, …, T − 1, for one sequence.

    Args:
        h: (T, H), the states h₁ … h_T.
        whh: (H, H).

    Returns:
        a list of T − 1 floats (or 0-d tensors), k = 1 first; empty for T = 1.
    """
    raise NotImplementedError


# %% example="gradient_norms"
whh = torch.diag(torch.tensor([2.0, 0.5]))
norms = [float(n) for n in gradient_norms(torch.zeros(4, 2), whh)]
assert len(norms) == 3, f"T = 4 leaves k = 1, 2, 3; the list has {len(norms)} entries"
assert torch.allclose(torch.tensor(norms), torch.tensor([2.0, 4.0, 8.0])), (
    f"at h = 0 the norms are those of powers of whh, 2, 4 and 8, not {norms}"
)
norms = [float(n) for n in gradient_norms(torch.tensor([[0.9], [0.6], [0.8]]), torch.eye(1))]
assert torch.allclose(torch.tensor(norms), torch.tensor([0.36, 0.36 * 0.64])), (
    f"the slopes at h₃ and h₂ are 0.36 and 0.64: expected 0.36 and 0.2304, got {norms}"
)

# %% demo=true
torch.manual_seed(3)
steps, size = 40, 24
rotation, _ = torch.linalg.qr(torch.randn(size, size, dtype=torch.float64))
figure, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for panel, strength, what in [
    (axes[0], 1e-3, "Inputs so weak that tanh' is nearly 1"),
    (axes[1], 1.0, "Inputs so strong that tanh' is often small"),
]:
    x = strength * torch.randn(steps, 1, size, dtype=torch.float64)
    for factor in [0.8, 1.0, 1.25]:
        weights = torch.eye(size, dtype=torch.float64), factor * rotation
        nothing = torch.zeros(size, dtype=torch.float64)
        h = rnn_forward(x, nothing[None], *weights, nothing)
        norms = [float(n) for n in gradient_norms(h[:, 0], weights[1])]
        panel.semilogy(range(1, steps), norms, label=f"singular values {factor}")
    panel.set(xlabel="k, steps back", title=what)
axes[0].set_ylabel("spectral norm of ∂h_T/∂h_{T−k}")
axes[1].legend()
figure.tight_layout()
plt.show()

# %% [markdown]
# On the left the activation is almost linear, and the singular values of $W_{hh}$ decide: below 1
# the gradient vanishes, above 1 it explodes. On the right every step also multiplies by
# $\tanh' \le 1$, and now even weights that stretch may lose the gradient.
#
# ## 5. Clipping
#
# Against gradients that explode the lecture knows a plain remedy: a limit. Take the norm of *all*
# gradients together, $\lVert g\rVert = \sqrt{\sum_k \lVert g_k\rVert^2}$. If it exceeds the limit,
# every gradient is multiplied by the same factor, `max_norm` $/\lVert g\rVert$, so that the
# direction stays; if not, nothing changes. (PyTorch's `clip_grad_norm_` adds $10^{-6}$ to the
# norm and works in place. Here there is no such number, and new tensors are made.)


# %% exercise="clip_gradients"
def clip_gradients(grads, max_norm):
    """Scale gradients so that their global norm is at most max_norm.

    Args:
        grads: list of tensors of any shapes; they stay as they are.
        max_norm: the limit, a float > 0.

    Returns:
        a list of tensors in the same order: all times max_norm/norm when the norm over all
        entries of all gradients exceeds max_norm, else with unchanged values.
    """
    raise NotImplementedError


# %% example="clip_gradients"
grads = [torch.tensor([3.0, 0.0]), torch.tensor([[4.0]])]
clipped = clip_gradients(grads, 1.0)
assert torch.allclose(clipped[0], torch.tensor([0.6, 0.0])), f"norm 5, limit 1: got {clipped[0]}"
assert torch.allclose(clipped[1], torch.tensor([[0.8]])), f"norm 5, limit 1: got {clipped[1]}"
assert grads[0][0] == 3, "the gradients that came in should stay as they are"
assert torch.equal(clip_gradients(grads, 6.0)[0], grads[0]), "below the limit nothing changes"

# %% [markdown]
# Now all of it at work: a network that must repeat its input three steps late, so that each state
# has to carry the recent past. The same data, the same start, with and without clipping; without
# it the steps grow until the first few batches have thrown the weights away.

# %% demo=true
torch.manual_seed(4)
delay, steps, batch, size = 3, 12, 16, 24
start = [torch.randn(1, size), torch.randn(size, size) / size**0.5, torch.zeros(size)]
start.append(torch.randn(size, 1) / size**0.5)
batches = [torch.randn(steps, batch, 1) for _ in range(200)]
figure, axes = plt.subplots(figsize=(6.5, 3.8))
for limit, label in [(math.inf, "not clipped"), (0.5, "clipped at norm ½")]:
    params, losses = list(start), []
    for x in batches:
        h0 = torch.zeros(batch, size)
        h = rnn_forward(x, h0, *params[:3])
        error = rnn_output(h, params[3])[delay:] - x[:-delay]
        losses.append(error.square().mean().item())
        if losses[-1] > 1000:
            break
        dy = torch.zeros(steps, batch, 1)
        dy[delay:] = 2 * error / error.numel()
        _, _, *grads = rnn_backward(dy @ params[3].T, x, h0, h, params[0], params[1])
        grads.append(h.flatten(0, 1).T @ dy.flatten(0, 1))
        grads = clip_gradients(grads, limit)
        params = [p - 0.3 * g for p, g in zip(params, grads, strict=True)]
    axes.plot(losses, label=label)
axes.axhline(1, color="grey", linestyle=":", label="always answering 0")
axes.set(xlabel="mini-batch", ylabel="mean squared error", ylim=(0, 2))
axes.set_title("Repeat what you heard, three steps late")
axes.legend()
plt.show()

# %% [markdown] written="one_term_of_many"
# ## 6. In your own words: one term of many
#
# A slide of lecture 11 writes
# $\frac{\partial L_T}{\partial W} = \frac{\partial L_T}{\partial h_T}
# \big(\prod_{t=2}^{T}\frac{\partial h_t}{\partial h_{t-1}}\big)\frac{\partial h_1}{\partial W}$
# and notes below that this is not exact: it is one term of several. Write down the exact sum,
# treating $\partial h_t/\partial W$ with $h_{t-1}$ held fixed. Which line of your `rnn_backward`
# makes it? Which of its terms die out when gradients vanish, and what can the network then not
# learn?

# %% [markdown] written="an_old_acquaintance"
# ## 7. In your own words: an old acquaintance
#
# The lecture asks which classical models of statistics describe sequences. Take the vector
# autoregression $y_t = c + A y_{t-1} + \varepsilon_t$ and show, with $h_t = E[y_t]$, that it is a
# recurrent network: what are its inputs, its activation, its parameters? A stationary one
# has all eigenvalues of $A$ inside the unit circle. What does that say of
# $\partial h_T/\partial h_{T-k}$ for large $k$?

# %% [markdown]
# ## What you can do now
#
# - Send a gradient back through any number of steps, and check it.
# - Read from singular values how far back a network can learn.
# - Clip what explodes, and train a network to remember three steps. Against what vanishes, lecture
#   12 has gates.
#
# Next, lecture 11: names of any length.
