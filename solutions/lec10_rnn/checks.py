"""Hidden cases of lecture 10: sequences of 1 to 12 steps, with a gradient arriving at every one."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import AUTOGRAD, DEVICE, EDGES, SHAPES, Case, Forbid, Number, case, exercise
from reference import clipping, rnn

Cases = Iterator[Case]
Rng = np.random.Generator
Array = np.ndarray

RNN = Forbid(
    "nn.RNN",
    ops=("rnn_tanh*", "rnn_relu*", "*cudnn_rnn*", "mkldnn_rnn*", "*quantized_rnn*"),
    calls=("torch.nn.RNN", "torch.nn.RNNCell"),
)


def draw_parameters(rng: Rng, D: int, H: int) -> rnn.Parameters:
    """Draw (Wxh, Whh, b) that keep pre-activations near ±1, where tanh neither sleeps nor clips."""
    wxh, whh = rng.normal(size=(D, H)) / np.sqrt(D), rng.normal(size=(H, H)) / np.sqrt(H)
    return wxh, whh, 0.5 * rng.normal(size=H)


@exercise(forbid=AUTOGRAD | RNN)
def rnn_step(rng: Rng) -> Cases:
    """One step of a recurrent network."""

    def probe(N: int, D: int, H: int, **rest: Any) -> Case:
        args = (rng.normal(size=(N, D)), rng.normal(size=(N, H)), *draw_parameters(rng, D, H))
        return case(*args, expect=rnn.step(*args), **rest)

    yield probe(5, 3, 4)
    yield probe(2, 6, 3)
    for sizes in [(1, 3, 4), (5, 1, 4), (5, 3, 1), (3, 3, 3)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(8, 5, 6, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN)
def rnn_step_backward(rng: Rng) -> Cases:
    """Gradients of one step of a recurrent network."""

    def probe(N: int, D: int, H: int, **rest: Any) -> Case:
        x, h_prev, (wxh, whh, b) = (
            rng.normal(size=(N, D)),
            np.tanh(rng.normal(size=(N, H))),
            draw_parameters(rng, D, H),
        )
        h_next = rnn.step(x, h_prev, wxh, whh, b)
        args = (rng.normal(size=(N, H)), x, h_prev, h_next, wxh, whh)
        return case(*args, expect=rnn.step_backward(*args), **rest)

    yield probe(5, 3, 4)
    yield probe(2, 6, 3)
    for sizes in [(1, 3, 4), (5, 1, 4), (5, 3, 1), (3, 3, 3)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(8, 5, 6, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN, uses=("rnn_step",))
def rnn_forward(rng: Rng) -> Cases:
    """All states of a recurrent network."""

    def probe(T: int, N: int, D: int, H: int, **rest: Any) -> Case:
        x, h0 = rng.normal(size=(T, N, D)), rng.normal(size=(N, H))
        args = (x, h0, *draw_parameters(rng, D, H))
        return case(*args, expect=rnn.forward(*args), **rest)

    yield probe(4, 5, 3, 2)
    yield probe(12, 2, 3, 4)
    for sizes in [(1, 4, 3, 2), (4, 1, 3, 2), (3, 4, 1, 2), (3, 4, 2, 1), (3, 3, 3, 3)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(5, 3, 4, 6, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN, uses=("rnn_step_backward",))
def rnn_backward(rng: Rng) -> Cases:
    """Gradients of a recurrent network, back through time."""

    def probe(T: int, N: int, D: int, H: int, **rest: Any) -> Case:
        x, h0 = rng.normal(size=(T, N, D)), rng.normal(size=(N, H))
        wxh, whh, b = draw_parameters(rng, D, H)
        h = rnn.forward(x, h0, wxh, whh, b)
        args = (rng.normal(size=(T, N, H)), x, h0, h, wxh, whh)
        return case(*args, expect=rnn.backward(*args), **rest)

    yield probe(4, 5, 3, 2)
    yield probe(12, 2, 3, 4)
    for sizes in [(1, 4, 3, 2), (2, 1, 3, 4), (3, 4, 1, 2), (3, 4, 2, 1), (3, 3, 3, 3)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(5, 3, 4, 6, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN)
def rnn_output(rng: Rng) -> Cases:
    """The outputs of all states."""

    def probe(T: int, N: int, H: int, K: int, **rest: Any) -> Case:
        h, why = np.tanh(rng.normal(size=(T, N, H))), rng.normal(size=(H, K))
        return case(h, why, expect=rnn.output(h, why), **rest)

    yield probe(4, 5, 3, 2)
    for sizes in [(1, 4, 3, 2), (4, 1, 3, 2), (3, 4, 1, 2), (3, 4, 2, 1), (3, 3, 3, 3)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(6, 3, 4, 5, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN)
def state_jacobian(rng: Rng) -> Cases:
    """The Jacobian of one state with respect to the one before."""

    def probe(H: int, **rest: Any) -> Case:
        h_next, whh = np.tanh(rng.normal(size=H)), rng.normal(size=(H, H))
        return case(h_next, whh, expect=rnn.state_jacobian(h_next, whh), **rest)

    yield probe(4)
    yield probe(7)
    for H in (1, 2):
        yield probe(H, group=SHAPES)
    yield probe(5, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN, uses=("state_jacobian",))
def gradient_norms(rng: Rng) -> Cases:
    """How much of a gradient is left after k steps back."""

    def probe(T: int, H: int, spread: float, **rest: Any) -> Case:
        h = np.tanh(0.7 * rng.normal(size=(T, H)))
        whh = spread * rng.normal(size=(H, H)) / np.sqrt(H)
        return case(h, whh, expect=[Number(n) for n in rnn.gradient_norms(h, whh)], **rest)

    yield probe(5, 4, 1.0)
    yield probe(12, 3, 2.0)
    for T, H in [(2, 3), (4, 1), (3, 2)]:
        yield probe(T, H, 1.5, group=SHAPES)
    yield probe(1, 3, 1.0, group=EDGES)
    yield probe(6, 5, 1.5, group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD | RNN)
def clip_gradients(rng: Rng) -> Cases:
    """Clipping by the global norm."""

    def probe(shapes: list[tuple[int, ...]], share: float, scale: float = 1.0, **rest: Any) -> Case:
        grads = [scale * rng.normal(size=shape) for shape in shapes]
        max_norm = share * float(clipping.global_norm(grads))
        return case(grads, max_norm, expect=clipping.clip(grads, max_norm), **rest)

    net = [(4, 3), (3,), (3, 2), (2,)]
    yield probe(net, 0.3)
    yield probe(net, 0.9, scale=20.0)
    # An ε of 1e-6 beside a norm of 5e-4 is seen; beside one of 5 it would not be.
    yield probe(net, 0.5, scale=1e-4)
    yield probe(net, 1.5)
    # Below the limit as a whole, though one gradient after another would add up to more.
    yield probe([(3,), (3,), (3,), (3,)], 1.2)
    yield probe([(1,)], 0.4, group=SHAPES)
    yield probe([(2, 3, 4)], 0.4, group=SHAPES)
    yield probe([(5, 1), (1, 5), (1,)], 0.4, group=SHAPES)
    grads = [np.zeros((2, 3)), np.zeros(4)]
    yield case(grads, 0.5, expect=grads, group=EDGES)
    yield probe(net, 0.2, group=DEVICE, dtype="float32")
