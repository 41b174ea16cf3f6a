"""Neighbours of lecture 5, part 2: wrong answers, written without a look at the hints."""

import copy
import math

import torch
from torch import nn

from grader.vocabulary import mistake


@mistake("synthetic_data", "y has shape (n,), not a column (n, 1)")
def data_flat_targets(w, b, n, noise, generator):
    x = torch.randn(n, len(w), generator=generator, dtype=w.dtype)
    y = x @ w + b
    y += noise * torch.randn(n, generator=generator, dtype=w.dtype)
    return x, y


@mistake("synthetic_data", "the inputs are uniform, not standard normal")
def data_uniform_inputs(w, b, n, noise, generator):
    x = torch.rand(n, w.shape[0], generator=generator, dtype=w.dtype)
    eps = torch.randn(n, 1, generator=generator, dtype=w.dtype)
    return x, x @ w.reshape(-1, 1) + b + noise * eps


@mistake("synthetic_data", "noise is taken for a variance: its root scales the errors")
def data_noise_is_variance(w, b, n, noise, generator):
    x = torch.normal(0.0, 1.0, (n, len(w)), generator=generator, dtype=w.dtype)
    y = torch.matmul(x, w) + b
    e = torch.normal(0.0, math.sqrt(noise), y.shape, generator=generator, dtype=w.dtype)
    return x, (y + e).reshape((-1, 1))


@mistake(
    "synthetic_data",
    "two slips: the intercept is left out, and the noise does not come from the generator",
)
def data_without_b_global_noise(w, b, n, noise, generator):
    x = torch.randn((n, len(w)), generator=generator, dtype=w.dtype)
    y = (x * w).sum(dim=1, keepdim=True)
    return x, y + noise * torch.randn(n, 1, dtype=w.dtype)


@mistake("num_batches", "rounded down: the rest forms no batch")
def batches_rounded_down(n, m):
    return n // m


@mistake("num_batches", "one too many where m divides n")
def batches_always_one_more(n, m):
    return n // m + 1


@mistake("num_batches", "two slips: a float is returned, and rounded to the nearest")
def batches_rounded_float(n, m):
    return float(round(n / m))


@mistake("minibatches", "the rest is dropped")
def minibatches_drop_the_rest(n, m, generator):
    perm = torch.randperm(n, generator=generator)
    return [perm[i * m : (i + 1) * m] for i in range(n // m)]


@mistake("minibatches", "the indices are drawn with replacement, so some come twice")
def minibatches_with_replacement(n, m, generator):
    for start in range(0, n, m):
        size = min(m, n - start)
        yield torch.randint(0, n, (size,), generator=generator)


@mistake("minibatches", "the shuffling comes from the global generator")
def minibatches_global_shuffle(n, m, generator):
    indices = torch.randperm(n)
    return list(indices.split(m))


@mistake("minibatches", "two slips: nothing is shuffled, and lists are given instead of tensors")
def minibatches_lists_in_order(n, m, generator):
    indices = list(range(n))
    out = []
    for i in range(0, n, m):
        out.append(indices[i : i + m])
    return out


@mistake("minibatches", "the last batch repeats indices to be full: min(start, n − m)")
def minibatches_overlapping_end(n, m, generator):
    order = torch.randperm(n, generator=generator)
    for start in range(0, n, m):
        start = max(0, min(start, n - m))
        yield order[start : start + m]


@mistake("fit_gd", "the gradient is never cleared, so all earlier ones are added to it")
def fit_accumulates_gradients(x, y, lr, epochs):
    beta = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    history = []
    for _ in range(epochs):
        loss = torch.mean((y - x @ beta) ** 2)
        history.append(loss.item())
        loss.backward()
        with torch.no_grad():
            beta -= lr * beta.grad
    return beta.detach(), history


@mistake("fit_gd", "the loss is recorded after the step, not before")
def fit_records_after_step(x, y, lr, epochs):
    n, p = x.shape
    beta = torch.zeros(p, dtype=x.dtype)
    losses = []
    for _ in range(epochs):
        residual = y - x @ beta
        beta = beta + lr * 2 / n * (x.T @ residual)
        losses.append(((y - x @ beta) ** 2).mean().item())
    return beta, losses


@mistake(
    "fit_gd", "rebinding beta outside no_grad makes a tensor without .grad: the second step fails"
)
def fit_loses_the_leaf(x, y, lr, epochs):
    beta = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((x @ beta - y) ** 2).mean()
        losses.append(float(loss))
        loss.backward()
        beta = beta - lr * beta.grad
    return beta.detach(), losses


@mistake(
    "fit_gd", "two slips: the losses are tensors with their graph, and the estimate is not detached"
)
def fit_keeps_the_graph(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = (y - x @ bhat).square().mean()
        losses.append(loss)
        (g,) = torch.autograd.grad(loss, bhat)
        with torch.no_grad():
            bhat.sub_(lr * g)
    return bhat, losses


@mistake("fit_gd", "two slips: random start instead of zeros, and the squared errors are summed")
def fit_random_start_and_sum(x, y, lr, epochs):
    beta = torch.randn(x.shape[1], dtype=x.dtype).requires_grad_()
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ beta) ** 2).sum()
        loss.backward()
        losses.append(loss.item())
        beta.data = beta.data - lr * beta.grad
        beta.grad.zero_()
    return beta.detach(), losses


@mistake("LinearModel", "plain tensors are no parameters: nothing can be found or trained")
class LinearModelOfTensors(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = torch.zeros(dim, requires_grad=True)
        self.b0 = torch.zeros(1, requires_grad=True)

    def forward(self, x):
        return x @ self.bhat + self.b0


@mistake("LinearModel", "super().__init__() is not called before parameters are assigned")
class LinearModelWithoutSuper(nn.Module):
    def __init__(self, dim):
        self.bhat = nn.Parameter(torch.zeros(dim))
        self.b0 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.matmul(x, self.bhat) + self.b0


@mistake("LinearModel", "two slips: the parameters start at random, and the intercept is not added")
class LinearModelRandomNoIntercept(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.randn(dim))
        self.b0 = nn.Parameter(torch.randn(1))

    def forward(self, x):
        return x @ self.bhat


@mistake("LinearModel", "bhat is a column (dim, 1), so predictions are (n, 1)")
class LinearModelColumn(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.zeros((dim, 1)))
        self.b0 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.mm(x, self.bhat) + self.b0


@mistake("sgd_update", "the gradient is not divided by the batch size")
def sgd_without_batch_size(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
            param.grad.zero_()


@mistake("sgd_update", "the gradients are not cleared")
def sgd_leaves_gradients(params, lr, batch_size):
    for param in params:
        param.data -= lr * param.grad / batch_size


@mistake("sgd_update", "an in-place step of a leaf that requires gradients needs no_grad")
def sgd_inside_the_graph(params, lr, batch_size):
    for p in params:
        p -= lr * p.grad / batch_size
        p.grad.zero_()


@mistake("sgd_update", "the name p is bound to a new tensor: the parameter itself never moves")
def sgd_rebinds_the_name(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            step = lr / batch_size * p.grad
            p.grad = None
            p = p - step


@mistake(
    "sgd_update",
    "two slips: the step goes uphill, and the second walk finds a used-up iterator to clear",
)
def sgd_uphill_two_walks(params, lr, batch_size):
    params = iter(params)
    with torch.no_grad():
        for p in params:
            p += lr * p.grad / batch_size
        for p in params:
            p.grad = None


@mistake("CenteredLayer", "the mean of each column is subtracted, not the mean of all entries")
class CenteredColumns(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=0)


@mistake("CenteredLayer", "the input itself is changed in place")
class CenteredInPlace(nn.Module):
    def forward(self, x):
        return x.sub_(x.mean())


@mistake("CenteredLayer", "two slips: the mean is detached from the graph, and added")
class CenteredDetachedPlus(nn.Module):
    def forward(self, x):
        mean = x.detach().mean()
        return x + mean


@mistake("MyLinear", ".data cuts the parameters off from the graph: no gradient reaches them")
class MyLinearOfData(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.zeros(units))

    def forward(self, x):
        z = torch.matmul(x, self.weight.data) + self.bias.data
        return torch.relu(z)


@mistake("MyLinear", "the weight is kept as (units, in_units), as nn.Linear has it")
class MyLinearTransposed(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, in_units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return nn.functional.relu(nn.functional.linear(x, self.weight, self.bias))


@mistake("MyLinear", "the ReLU is applied to XW, before the bias is added")
class MyLinearBiasAfterRelu(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units) * 0.1)
        self.bias = nn.Parameter(torch.randn(units) * 0.1)

    def forward(self, x):
        return torch.relu(x @ self.weight) + self.bias


@mistake("MyLinear", "two slips: the ReLU is missing, and a single bias serves all units")
class MyLinearOneBias(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(in_units, units))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.weight + self.bias


@mistake("MyLinear", "forward computes and returns nothing")
class MyLinearForgetsReturn(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        torch.relu(x @ self.weight + self.bias)


@mistake("init_xavier", "the bias keeps its start: only the weight is drawn")
def xavier_leaves_bias(module):
    if type(module) is nn.Linear:
        nn.init.xavier_uniform_(module.weight)


@mistake("init_xavier", "a layer without a bias raises")
def xavier_needs_a_bias(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        module.bias.data.fill_(0)


@mistake(
    "init_xavier", "two slips: the draw is normal instead of uniform, and children are changed too"
)
def xavier_normal_recursive(module):
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


@mistake("init_xavier", "the bound is √(6/in), which leaves out the outputs")
def xavier_of_fan_in(module):
    if isinstance(module, nn.Linear):
        bound = math.sqrt(6 / module.in_features)
        with torch.no_grad():
            module.weight.uniform_(-bound, bound)
            if module.bias is not None:
                module.bias.zero_()


@mistake("tied_mlp", "the two hidden layers are equal at first but two objects")
def tied_by_a_copy(dim, hidden):
    first = nn.Linear(hidden, hidden)
    second = copy.deepcopy(first)
    return nn.Sequential(
        nn.Linear(dim, hidden), nn.ReLU(), first, nn.ReLU(), second, nn.ReLU(), nn.Linear(hidden, 1)
    )


@mistake("tied_mlp", "the weight is shared, but the biases are two")
def tied_weights_only(dim, hidden):
    a, b = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
    b.weight = a.weight
    layers = [nn.Linear(dim, hidden), nn.ReLU(), a, nn.ReLU(), b, nn.ReLU(), nn.Linear(hidden, 1)]
    return nn.Sequential(*layers)


@mistake(
    "tied_mlp",
    "two slips: the last ReLU is missing, and the output is as wide as the hidden layers",
)
def tied_without_last_relu(dim, hidden):
    shared = nn.Linear(hidden, hidden)
    return nn.Sequential(
        nn.Linear(dim, hidden), nn.ReLU(), shared, nn.ReLU(), shared, nn.Linear(hidden, hidden)
    )


@mistake("save_and_restore", "the model itself is returned, no copy")
def restore_into_the_same(model, path):
    torch.save(model.state_dict(), path)
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


@mistake("save_and_restore", "the class is called without the arguments that it wants")
def restore_calls_the_class(model, path):
    torch.save(model.state_dict(), path)
    clone = type(model)()
    clone.load_state_dict(torch.load(path, weights_only=True))
    return clone


@mistake(
    "save_and_restore",
    "two slips: a list of the parameters is saved, and the copy is shallow: it shares storage",
)
def restore_saves_a_list(model, path):
    torch.save(list(model.parameters()), path)
    return copy.copy(model)


@mistake("save_and_restore", "the whole module is pickled, which weights_only=True refuses")
def restore_pickles_module(model, path):
    torch.save(model, path)
    return torch.load(path, weights_only=False)


@mistake("try_gpu", "cuda:i is returned although only i devices are counted: >= for >")
def try_gpu_off_by_one(i=0):
    if torch.cuda.device_count() >= i:
        return torch.device("cuda", i)
    return torch.device("cpu")


@mistake("try_gpu", "two slips: a string is returned, and it is always the first GPU")
def try_gpu_string(i=0):
    return "cuda:0" if torch.cuda.device_count() > i else "cpu"


@mistake("synthetic_data", "two slips: the noise is not scaled, and y is flat")
def data_unit_noise_flat(w, b, n, noise, generator):
    x = torch.randn(n, len(w), generator=generator, dtype=w.dtype)
    return x, x @ w + b + torch.randn(n, generator=generator, dtype=w.dtype)


@mistake("minibatches", "two slips: the rest is dropped, and a new seed is drawn on every call")
def minibatches_dropped_and_seeded(n, m, generator):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(torch.seed()))
    return [order[i : i + m] for i in range(0, n - m + 1, m)]


@mistake("CenteredLayer", "two slips: the rows' means are subtracted, and divided by the deviation")
class CenteredAndScaledRows(nn.Module):
    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        return (x - mean) / x.std(dim=-1, keepdim=True)


@mistake("MyLinear", "two slips: .data cuts the graph, and the ReLU comes before the bias")
class MyLinearDataAndOrder(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return torch.relu(torch.matmul(x, self.weight.data)) + self.bias
