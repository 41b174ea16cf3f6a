"""Third neighbours of lec05_modules: written before they were measured once, at the end."""

import copy

import torch
from torch import nn

from grader.vocabulary import mistake


@mistake("synthetic_data", "the intercept is left out")
def tri_synth_bias_times_noise(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    x = torch.randn(n, len(w), **options).to(w.device)
    eps = torch.randn(n, **options).to(w.device)
    y = x @ w + noise * eps
    return (x, y.reshape(-1, 1))


@mistake("num_batches", "rounded to the nearest")
def tri_batches_rounded(n, m):
    return round(n / m)


@mistake("minibatches", "the first batch is left out")
def tri_mini_first_kept_out(n, m, generator):
    order = torch.randperm(n, generator=generator)
    for start in range(m, n, m):
        yield order[start : start + m]


@mistake("fit_gd", "the loss is halved")
def tri_fit_mean_twice(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean() / 2
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat -= lr * bhat.grad
        bhat.grad = None
    return (bhat.detach(), losses)


@mistake("sgd_update", "only the sign of the gradient")
def tri_sgd_sign(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad.sign() / batch_size
            p.grad = None


@mistake("MyLinear", "two slips: tanh for ReLU, and the bias starts at zeros")
class MyLinearTanhBiasZero(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x):
        return torch.tanh(x @ self.weight + self.bias)


@mistake("tied_mlp", "two slips: the shared layer is used once, and the output is rectified")
def tri_tied_one_short(dim, hidden):
    shared = nn.Linear(hidden, hidden)
    return nn.Sequential(
        nn.Linear(dim, hidden), nn.ReLU(), shared, nn.ReLU(), nn.Linear(hidden, 1), nn.ReLU()
    )
