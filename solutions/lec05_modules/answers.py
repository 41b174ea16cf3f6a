"""Model answers of lecture 5: gradient descent, modules and files."""

import copy

import torch
from torch import nn


def synthetic_data(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    x = torch.randn(n, len(w), **options).to(w.device)
    eps = torch.randn(n, **options).to(w.device)
    y = x @ w + b + noise * eps
    return x, y.reshape(-1, 1)


def num_batches(n, m):
    return (n + m - 1) // m


def minibatches(n, m, generator):
    order = torch.randperm(n, generator=generator)
    for start in range(0, n, m):
        yield order[start : start + m]


def fit_gd(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat -= lr * bhat.grad
        bhat.grad = None
    return bhat.detach(), losses


class LinearModel(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.zeros(dim))
        self.b0 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.bhat + self.b0


def sgd_update(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / batch_size
            p.grad = None


class CenteredLayer(nn.Module):
    def forward(self, x):
        return x - x.mean()


class MyLinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return torch.relu(x @ self.weight + self.bias)


def init_xavier(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def tied_mlp(dim, hidden):
    shared = nn.Linear(hidden, hidden)
    return nn.Sequential(
        nn.Linear(dim, hidden),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden, 1),
    )


def save_and_restore(model, path):
    torch.save(model.state_dict(), path)
    clone = copy.deepcopy(model)
    clone.load_state_dict(torch.load(path, weights_only=True))
    return clone


def try_gpu(i=0):
    if torch.cuda.device_count() > i:
        return torch.device(f"cuda:{i}")
    return torch.device("cpu")
