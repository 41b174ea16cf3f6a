"""The gradients of lecture 12's reference, against PyTorch's own cells."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Gradient, gradient
from reference import character_model, lstm, softmax

Rng = np.random.Generator
Gradients = Iterator[Gradient]
Tensor = torch.Tensor


def torch_lstm(x: Tensor, h: Tensor, c: Tensor, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """PyTorch's cell: its gates are i, f, g, o, its weights (4H, D) and (4H, H)."""
    H = h.shape[1]
    i, f, o, g = (torch.arange(H) + gate * H for gate in range(4))
    order = torch.cat([i, f, g, o])
    w_state, w_input, b = w[:H, order].T, w[H:, order].T, b[order]
    h, c = torch.lstm_cell(x, (h, c), w_input, w_state, b, torch.zeros_like(b))
    return h, c


@gradient
def lstm_step(rng: Rng) -> Gradients:
    """One step with respect to its input, its states and the parameters."""
    for N, D, H in [(5, 3, 4), (1, 2, 3)]:
        x, h, c = rng.normal(size=(N, D)), rng.normal(size=(N, H)), rng.normal(size=(N, H))
        W, b = rng.normal(size=(H + D, 4 * H)), rng.normal(size=4 * H)
        dh, dc = rng.normal(size=(2, N, H))
        dx, dh_prev, dc_prev, dW, db = lstm.step_backward(dh, dc, x, h, c, W, b)
        at, claimed = (x, h, c, W, b), (dx, dh_prev, dc_prev, dW, db)
        yield Gradient(torch_lstm, at, (dh, dc), claimed)


@gradient
def character_loss(rng: Rng) -> Gradients:
    """The mean cross-entropy over time, a loss of lecture 3."""
    vocab = list("anes")
    _, wanted = character_model.targets("anna", vocab, 3)
    logits, dL = rng.normal(size=(4, 4)), float(rng.normal())
    yield Gradient(
        lambda u: torch.nn.functional.cross_entropy(u, torch.tensor(wanted)),
        (logits,),
        dL,
        (dL * softmax.cross_entropy_grad(logits, np.array(wanted)),),
    )


@gradient
def masked_character_loss(rng: Rng) -> Gradients:
    """The mean over the real predictions of names of unequal lengths."""
    lengths = [2, 4, 1]
    logits, wanted, dL = rng.normal(size=(5, 3, 6)), rng.integers(6, size=(5, 3)), rng.normal()

    def loss(u: Tensor) -> Tensor:
        nll = torch.nn.functional.cross_entropy(
            u.transpose(1, 2), torch.tensor(wanted), reduction="none"
        )
        return sum((nll[:length, n].sum() for n, length in enumerate(lengths)), u.sum() * 0) / 7

    claimed = dL * character_model.masked_loss_grad(logits, wanted, np.array(lengths))
    yield Gradient(loss, (logits,), dL, (claimed,))
