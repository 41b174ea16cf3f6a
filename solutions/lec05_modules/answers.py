"""Model answers of lecture 5: gradient descent, modules and files."""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def synthetic_data(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    # hint: Look at how X is drawn: its distribution, its shape, and where its numbers come from.
    x = torch.randn(n, len(w), **options).to(w.device)
    # hint: Look at how the noise is drawn: its distribution, one for each row, and from where.
    eps = torch.randn(n, **options).to(w.device)
    # hint: Look at y = X w + b + σ ε, term by term: its signs, its factors, its intercept.
    y = x @ w + b + noise * eps
    return x, y.reshape(-1, 1)  # hint: Look at what is returned: in which order, in which shapes?


def num_batches(n, m):
    # hint: Try m = 5 with n = 9, 10 and 11: how many batches hold all observations, the rest too?
    return (n + m - 1) // m


def minibatches(n, m, generator):
    # hint: Look at the order: is it a shuffle of 0, …, n − 1, drawn from `generator`?
    order = torch.randperm(n, generator=generator)
    # hint: Look at where each batch begins and ends: each index once, only the last may be short.
    for start in range(0, n, m):
        yield order[start : start + m]


def fit_gd(x, y, lr, epochs):
    # hint: Look at where the descent begins: the value, the shape and the dtype of the estimate.
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    # hint: Look at how many steps are made, and how many losses are kept.
    for _ in range(epochs):
        # hint: Look at the loss: what is squared, and is it summed, averaged, or halved?
        loss = ((y - x @ bhat) ** 2).mean()
        # hint: Look at which loss is recorded, when, and as what: before the step, as a number.
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            # hint: Look at the update: its sign and its factor.
            bhat -= lr * bhat.grad
        # hint: Look at what is left in the gradient when the next step's is added to it.
        bhat.grad = None
    # hint: Look at what is returned: the estimate after the last step, and all the losses.
    return bhat.detach(), losses


class LinearModel(nn.Module):
    def __init__(self, dim):
        super().__init__()
        # hint: Look at how `bhat` is made: its type, its shape, its first value.
        self.bhat = nn.Parameter(torch.zeros(dim))
        # hint: Look at how `b0` is made: its type, its shape, its first value.
        self.b0 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        # hint: Compare `forward` with ŷ = X β̂ + b₀, term by term and sign by sign.
        return x @ self.bhat + self.b0


def sgd_update(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            # hint: Compare the step with p ← p − (η/m) ∂L/∂p: its sign and each factor.
            p -= lr * p.grad / batch_size
            # hint: Look at what the step leaves in the gradient: the next one is added to it.
            p.grad = None


class CenteredLayer(nn.Module):
    def forward(self, x):
        # hint: Look at what is subtracted from X, and over which entries it is taken.
        return x - x.mean()


class MyLinear(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        # hint: Look at how `weight` is made: is it a parameter, and of which shape?
        self.weight = nn.Parameter(torch.randn(in_units, units))
        # hint: Look at how `bias` is made: is it a parameter, and of which shape?
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        # hint: Compare `forward` with relu(X W + b): the product, the bias, and what comes last.
        return torch.relu(x @ self.weight + self.bias)


def init_xavier(module):
    # hint: Look at which modules are changed: only an nn.Linear, and that one itself.
    if isinstance(module, nn.Linear):
        # hint: Look at how the weight is drawn: its distribution, and the bound a of the prompt.
        nn.init.xavier_uniform_(module.weight)
        # hint: Look at the bias: what becomes of it, and of a layer that has none?
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def tied_mlp(dim, hidden):
    # hint: Look at the shared layer: how many inputs and outputs has it?
    shared = nn.Linear(hidden, hidden)
    # hint: Compare the seven modules with the chain in the prompt, one by one, sizes included.
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
    # hint: Look at what is written to the file, and where: the state dict of `model`.
    torch.save(model.state_dict(), path)
    # hint: Look at how the copy is made: another module, which shares no storage with `model`.
    clone = copy.deepcopy(model)
    # hint: Look at where the copy's numbers come from: are they read from the file?
    clone.load_state_dict(torch.load(path, weights_only=True))
    return clone


def try_gpu(i=0):
    # hint: Look at the question that is asked first: with k GPUs, which numbers i are there?
    if torch.cuda.device_count() > i:
        return torch.device(f"cuda:{i}")  # hint: Look at which GPU is returned, and as what.
    # hint: Look at what is returned where GPU i is missing.
    return torch.device("cpu")


class ArrayDataset(Dataset):
    def __init__(self, x, y):
        # hint: Look at the comparison: the lengths of what must agree?
        if len(x) != len(y):
            raise ValueError(f"{len(x)} rows, but {len(y)} targets")
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)  # hint: Look at the length: what is counted?

    def __getitem__(self, i):
        return self.x[i], self.y[i]  # hint: Look at item i: what stands in it, in which order?


def make_loader(x, y, batch_size, shuffle, generator):
    data = ArrayDataset(x, y)
    # hint: Look at what the loader is told: the size, the order, and where chance comes from.
    return DataLoader(data, batch_size=batch_size, shuffle=shuffle, generator=generator)


class MySequential(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        # hint: Look at where the modules are kept: does PyTorch find them there, each of them?
        self.chain = nn.ModuleList(modules)

    def __len__(self):
        return len(self.chain)  # hint: Look at the length: one for each module that was given.

    def __getitem__(self, i):
        return self.chain[i]  # hint: Look at index i: which of the modules that were given?

    def forward(self, x):
        # hint: Look at the chain: does every module see what the one before it made?
        for module in self.chain:
            x = module(x)
        return x


def param_groups(model, weight_decay):
    # hint: Look at which parameters are there at all: the frozen ones, those that are shared?
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        # hint: Look at the first group: how many axes has a parameter in it, and which decay?
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        # hint: Look at the second group: how many axes has a parameter in it, and which decay?
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]
