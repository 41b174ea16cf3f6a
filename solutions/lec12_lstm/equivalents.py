"""Short cuts to what this assignment forbids: each must be refused."""

import torch

from grader.vocabulary import equivalent


@equivalent("lstm_step")
def by_cell(x, h, c, w, b):
    n = h.shape[1]
    return torch.lstm_cell(x, (h, c), w[n:].T, w[:n].T, b, torch.zeros_like(b))


@equivalent("gru_step")
def by_gru_cell(x, h, *rest):
    return torch.gru_cell(x, h, x.T @ x, h.T @ h)


@equivalent("lstm_step_backward")
def by_derivative(dh, dc, x, h_prev, c_prev, w, b):
    return torch.ops.aten.tanh_backward(dh, c_prev)
