"""The 2–5–1 network that lecture 8 trains on XOR, and how PyTorch draws its first weights.

h = softplus(x W₁ + b₁), p = σ(h W₂ + b₂), L = mean of −y log p − (1 − y) log(1 − p).
"""

import itertools
import math
from collections.abc import Callable

import numpy as np

from reference import activations, affine

Array = np.ndarray
Net = list[Array]  # W1 (2, 5), b1 (5,), W2 (5, 1), b2 (1,)
Rule = Callable[..., tuple[Array, ...]]

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


def uniform(twister: np.random.RandomState, bound: float, *shape: int) -> Array:
    """What `torch.Tensor.uniform_(-bound, bound)` draws on the CPU: 24 bits of each 32-bit word."""
    bits = twister.randint(0, 2**32, size=shape, dtype=np.uint64) % np.uint64(2**24)
    return bits / 2**24 * (2 * bound) - bound


def initial(seed: int, sizes: tuple[int, ...] = (2, 5, 1)) -> Net:
    """Weights (in, out) and biases after `torch.manual_seed(seed)` and an nn.Linear per layer.

    PyTorch's CPU generator is the Mersenne Twister, seeded as NumPy's old one. nn.Linear draws
    its weight (out, in), then its bias, both uniform on ±1/√in (torch/nn/modules/linear.py).
    """
    twister = np.random.RandomState(seed)
    net = []
    for fan_in, fan_out in itertools.pairwise(sizes):
        bound = 1 / math.sqrt(fan_in)
        net.append(uniform(twister, bound, fan_out, fan_in).T)
        net.append(uniform(twister, bound, fan_out))
    return net


def loss_and_grads(net: Net, x: Array = X, y: Array = Y) -> tuple[float, Net]:
    """(L, [dW1, db1, dW2, db2]).

    In the logit u the loss is log(1 + eᵘ) − yu, which stays finite, and its slope (σ(u) − y)/n.
    """
    w1, b1, w2, b2 = net
    z = affine.forward(x, w1, b1)
    h = np.logaddexp(0, z)
    u = affine.forward(h, w2, b2)
    L = float((np.logaddexp(0, u) - y * u).mean())
    du = (activations.sigmoid(u) - y) / y.size
    dh, dw2, db2 = affine.backward(du, h, w2)
    _, dw1, db1 = affine.backward(dh * activations.sigmoid(z), x, w1)
    return L, [dw1, db1, dw2, db2]


def train(
    rule: Rule,
    hyper: tuple[object, ...],
    epochs: int,
    seed: int,
    *,
    running: int,
    counted: bool = False,
) -> list[float]:
    """Losses before each of `epochs` steps of a rule of `reference.optimizers`.

    `running` and `counted` are as in `optimizers.trajectory`.
    """
    net, losses = initial(seed), []
    kept = [[np.zeros_like(p)] * running for p in net]
    for k in range(1, epochs + 1):
        L, grads = loss_and_grads(net)
        losses.append(L)
        for i, g in enumerate(grads):
            net[i], *kept[i] = rule(net[i], g, *kept[i], *([k] if counted else []), *hyper)
    return losses
