"""The gradients of lecture 10's reference, against PyTorch's own recurrent cell."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Gradient, gradient
from reference import rnn

Rng = np.random.Generator
Gradients = Iterator[Gradient]
Tensor = torch.Tensor


def draw_network(rng: Rng, D: int, H: int) -> rnn.Parameters:
    """Wxh, Whh and b."""
    return rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H)


def torch_step(x: Tensor, h: Tensor, wxh: Tensor, whh: Tensor, b: Tensor) -> Tensor:
    """PyTorch's cell; its weights are (H, D) and (H, H), and it has two biases."""
    return torch.rnn_tanh_cell(x, h, wxh.T, whh.T, b, torch.zeros_like(b))


def torch_forward(x: Tensor, h: Tensor, wxh: Tensor, whh: Tensor, b: Tensor) -> Tensor:
    """All states."""
    states = []
    for xt in x:
        h = torch_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@gradient
def one_step(rng: Rng) -> Gradients:
    """One step with respect to its input, its state and the parameters."""
    for N, D, H in [(5, 3, 4), (1, 2, 3)]:
        x, h, (wxh, whh, b) = (
            rng.normal(size=(N, D)),
            rng.normal(size=(N, H)),
            draw_network(rng, D, H),
        )
        dh = rng.normal(size=(N, H))
        claimed = rnn.step_backward(dh, x, h, rnn.step(x, h, wxh, whh, b), wxh, whh)
        yield Gradient(torch_step, (x, h, wxh, whh, b), dh, claimed)


@gradient
def through_time(rng: Rng) -> Gradients:
    """A whole sequence, with a gradient at every step."""
    for T, N, D, H in [(1, 2, 3, 4), (4, 3, 2, 5), (12, 1, 3, 2)]:
        x, h0 = rng.normal(size=(T, N, D)), rng.normal(size=(N, H))
        wxh, whh, b = draw_network(rng, D, H)
        dh, h = rng.normal(size=(T, N, H)), rnn.forward(x, h0, wxh, whh, b)
        claimed = rnn.backward(dh, x, h0, h, wxh, whh)
        yield Gradient(torch_forward, (x, h0, wxh, whh, b), dh, claimed)


@gradient
def from_state_to_state(rng: Rng) -> Gradients:
    """∂h_T/∂h_{T−k}, row by row, of one sequence; k = 1 is the Jacobian of one step."""
    T, D, H = 5, 2, 3
    x, h0, net = rng.normal(size=(T, 1, D)), rng.normal(size=(1, H)), draw_network(rng, D, H)
    h = rnn.forward(x, h0, *net)
    for k in range(1, T):

        def rest(state: Tensor, k: int = k) -> Tensor:
            tensors = (torch.tensor(v) for v in net)
            return torch_forward(torch.tensor(x[T - k :]), state, *tensors)[-1]

        for i in range(H):
            cotangent = np.eye(H)[i : i + 1]
            jacobian = rnn.long_jacobian(h[:, 0], net[1], k)
            yield Gradient(rest, (h[T - k - 1],), cotangent, (jacobian[i : i + 1],))
    one = rnn.state_jacobian(h[1, 0], net[1])
    cotangent = rng.normal(size=(1, H))
    yield Gradient(
        lambda state: torch_step(torch.tensor(x[1]), state, *(torch.tensor(v) for v in net)),
        (h[0],),
        cotangent,
        (cotangent @ one,),
    )
