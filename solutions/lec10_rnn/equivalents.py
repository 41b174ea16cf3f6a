"""Short cuts to what this assignment forbids: each must be refused."""

import torch

from grader.vocabulary import equivalent


@equivalent("rnn_step")
def by_cell(x, h, wxh, whh, b):
    return torch.rnn_tanh_cell(x, h, wxh.T, whh.T, b, torch.zeros_like(b))


@equivalent("rnn_step_backward")
def by_tangent(dh, x, h_prev, h_next, wxh, whh):
    dz = torch.ops.aten.tanh_backward(dh, h_next)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(0)
