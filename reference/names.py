"""Classifying names with a recurrent network (lecture 11), one name at a time.

V is the size of the vocabulary, H that of the state, T the number of a name's characters. The
network's parameters are a dict: i2h.weight (H, V + H) on [input, hidden], i2h.bias (H,), h2o.weight
(1, H), h2o.bias (1,).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from reference import activations, affine, optimizers, rnn

Array = np.ndarray
Parameters = Mapping[str, Array]


def build_vocab(names: Sequence[str], size: int) -> list[str]:
    """The `size` most frequent characters; of equally frequent ones the first to appear is first.

    Python's sort keeps the order of equals, and a dict that of its first insertions.
    """
    counts: dict[str, int] = {}
    for character in "".join(names):
        counts[character] = counts.get(character, 0) + 1
    return sorted(counts, key=lambda character: -counts[character])[:size]


def filter_names(names: Sequence[str], vocab: Sequence[str]) -> list[int]:
    """Indices of the names all of whose characters are in the vocabulary."""
    return [i for i, name in enumerate(names) if all(c in vocab for c in name)]


def encode(name: str, vocab: Sequence[str]) -> Array:
    """X (T, 1, V) with x[t, 0, v] = 1 where character t is the v-th of the vocabulary."""
    x = np.zeros((len(name), 1, len(vocab)))
    x[np.arange(len(name)), 0, [vocab.index(c) for c in name]] = 1
    return x


def step(p: Parameters, x: Array, h: Array) -> tuple[Array, Array]:
    """(probability (n, 1), next state (n, H)): tanh of i2h on [x, h], then the sigmoid of h2o."""
    h = np.tanh(affine.forward(np.hstack([x, h]), p["i2h.weight"].T, p["i2h.bias"]))
    return activations.sigmoid(affine.forward(h, p["h2o.weight"].T, p["h2o.bias"])), h


def bce(p: Array, y: Array) -> np.float64:
    """Mean of −y log p − (1 − y) log(1 − p), each logarithm at least −100, as PyTorch has it."""
    with np.errstate(divide="ignore"):
        log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
    return np.float64(-np.mean(y * log_p + (1 - y) * log_q))


def states(p: Parameters, x: Array) -> Array:
    """h₁ … h_T, (T, 1, H), from the zero state, by lecture 10's network."""
    H = len(p["i2h.bias"])
    return rnn.forward(x, np.zeros((1, H)), *_split(p), p["i2h.bias"])


def classify(p: Parameters, x: Array) -> float:
    """The probability after the last character of a name x (T, 1, V)."""
    u = affine.forward(states(p, x)[-1], p["h2o.weight"].T, p["h2o.bias"])
    return float(activations.sigmoid(u)[0, 0])


def _split(p: Parameters) -> tuple[Array, Array]:
    """(Wxh, Whh) of lecture 10: the two parts of i2h's weight, transposed."""
    V = p["i2h.weight"].shape[1] - len(p["i2h.bias"])
    return p["i2h.weight"][:, :V].T, p["i2h.weight"][:, V:].T


def loss_and_grads(
    p: Parameters, xs: Sequence[Array], labels: Sequence[int]
) -> tuple[float, dict[str, Array]]:
    """The mean loss after the last character, and its gradient with respect to each parameter.

    With the logit u of one name, ∂/∂u of −y log σ(u) − (1 − y) log(1 − σ(u)) is σ(u) − y; only the
    last state has an output, so that dh is zero at all others.
    """
    n, loss = len(xs), 0.0
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    for x, y in zip(xs, labels, strict=True):
        h = states(p, x)
        prob = classify(p, x)
        loss += float(bce(np.array(prob), np.array(y))) / n
        dh = np.zeros_like(h)
        du = np.full((1, 1), (prob - y) / n)
        dh[-1], dw, db = affine.backward(du, h[-1], p["h2o.weight"].T)
        _, _, dwxh, dwhh, db_hidden = rnn.backward(dh, x, np.zeros_like(h[0]), h, *_split(p))
        own = np.hstack([dwxh.T, dwhh.T]), db_hidden, dw.T, db
        for name, grad in zip(grads, own, strict=True):
            grads[name] += grad
    return loss, grads


def train_by_adam(
    p: Parameters, xs: Sequence[Array], labels: Sequence[int], steps: int, lr: float
) -> tuple[list[float], dict[str, Array]]:
    """(losses before each step, parameters) of PyTorch's Adam, all names in every step.

    β = (0.9, 0.999), and ε = 1e-8 outside the root.
    """
    theta = dict(p)
    m = {name: np.zeros_like(value) for name, value in p.items()}
    v = {name: np.zeros_like(value) for name, value in p.items()}
    losses = []
    for k in range(1, steps + 1):
        loss, grads = loss_and_grads(theta, xs, labels)
        losses.append(loss)
        for name, g in grads.items():
            theta[name], m[name], v[name] = optimizers.adam(
                theta[name], g, m[name], v[name], k, lr, 0.9, 0.999, 1e-8, optimizers.outside
            )
    return losses, theta
