"""Second neighbours of lec05_modules: written without a look at hints or known mistakes."""

import copy

import torch
from torch import nn

from grader.vocabulary import mistake


@mistake("synthetic_data", "the noise is not scaled")
def synth_no_noise_scale(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    x = torch.randn(n, len(w), **options).to(w.device)
    eps = torch.randn(n, **options).to(w.device)
    y = x @ w + b + eps
    return (x, y.reshape(-1, 1))


@mistake("synthetic_data", "noise is taken for a variance: its root scales")
def synth_variance(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    x = torch.randn(n, len(w), **options).to(w.device)
    eps = torch.randn(n, **options).to(w.device)
    y = x @ w + b + noise**0.5 * eps
    return (x, y.reshape(-1, 1))


@mistake("synthetic_data", "two slips: x is uniform, and y is not a column")
def synth_uniform_flat(w, b, n, noise, generator):
    options = {"generator": generator, "device": generator.device, "dtype": w.dtype}
    x = torch.rand(n, len(w), **options).to(w.device)
    eps = torch.randn(n, **options).to(w.device)
    y = x @ w + b + noise * eps
    return (x, y)


@mistake("num_batches", "the last, smaller batch is not counted")
def batches_floor(n, m):
    return n // m


@mistake("num_batches", "one too many where m divides n")
def batches_one_more(n, m):
    return n // m + 1


@mistake("minibatches", "the rows are not shuffled")
def mini_ordered(n, m, generator):
    order = torch.arange(n)
    for start in range(0, n, m):
        yield order[start : start + m]


@mistake("minibatches", "the last, smaller batch is dropped")
def mini_rest_dropped(n, m, generator):
    order = torch.randperm(n, generator=generator)
    for start in range(0, n - m + 1, m):
        yield order[start : start + m]


@mistake("minibatches", "two slips: drawn with replacement, and the last batch is filled up")
def mini_with_replacement(n, m, generator):
    for start in range(0, n, m):
        yield torch.randint(0, n, (m,), generator=generator)


@mistake("fit_gd", "the losses are recorded after the step")
def fit_loss_after(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype)
    losses = []
    for _ in range(epochs):
        bhat = bhat - lr * 2 * x.T @ (x @ bhat - y) / len(y)
        losses.append(((y - x @ bhat) ** 2).mean().item())
    return bhat, losses


@mistake("fit_gd", "the gradients add up over the epochs")
def fit_grad_kept(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat -= lr * bhat.grad
        pass
    return (bhat.detach(), losses)


@mistake("fit_gd", "two slips: it starts at ones, and the loss is a sum")
def fit_random_start_sum(x, y, lr, epochs):
    bhat = torch.ones(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).sum()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat -= lr * bhat.grad
        bhat.grad = None
    return (bhat.detach(), losses)


@mistake("fit_gd", "the gradient is added")
def fit_uphill(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat += lr * bhat.grad
        bhat.grad = None
    return (bhat.detach(), losses)


@mistake("LinearModel", "the bias is a plain tensor, no parameter")
class LinearBiasPlain(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.zeros(dim))
        self.b0 = torch.zeros(1)

    def forward(self, x):
        return x @ self.bhat + self.b0


@mistake(
    "LinearModel",
    "two slips: bhat is a column, so the result is one, and it starts at random values",
)
class LinearScalarBiasColumn(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.randn(dim, 1))
        self.b0 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return x @ self.bhat + self.b0


@mistake("sgd_update", "the batch size is not used")
def sgd_not_divided(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad
            p.grad = None


@mistake("sgd_update", "the gradient is not cleared")
def sgd_grad_not_cleared(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / batch_size
            pass


@mistake("sgd_update", "p is rebound: the parameters do not change")
def sgd_rebinding(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p = p - lr * p.grad / batch_size
            p.grad = None


@mistake("sgd_update", "two slips: uphill, and multiplied by the batch size")
def sgd_ascent_times(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p += lr * p.grad * batch_size
            p.grad = None


@mistake("CenteredLayer", "each row is centred by itself")
class CenteredRows(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=-1, keepdim=True)


@mistake("CenteredLayer", "two slips: columns are centred, and divided by their deviation")
class CenteredColumnsScaled(nn.Module):
    def forward(self, x):
        return (x - x.mean(dim=0)) / x.std()


@mistake("MyLinear", "the ReLU is missing")
class MyNoRelu(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return x @ self.weight + self.bias


@mistake("MyLinear", "the weight has the shape (units, in_units), as in nn.Linear")
class MyWeightTransposed(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, in_units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return torch.relu(x @ self.weight.T + self.bias)


@mistake("init_xavier", "the normal variant is used")
def xavier_normal(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_normal_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


@mistake("init_xavier", "the biases are left as they are")
def xavier_bias_left(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)
        if module.bias is not None:
            pass


@mistake("init_xavier", "two slips: Kaiming's, and the biases are ones")
def xavier_kaiming_ones(module):
    if isinstance(module, nn.Linear):
        nn.init.kaiming_uniform_(module.weight)
        if module.bias is not None:
            nn.init.ones_(module.bias)


@mistake("tied_mlp", "the second hidden layer is a layer of its own")
def tied_copied(dim, hidden):
    shared = nn.Linear(hidden, hidden)
    return nn.Sequential(
        nn.Linear(dim, hidden),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, 1),
    )


@mistake("tied_mlp", "the ReLU after the second use is missing")
def tied_no_last_relu(dim, hidden):
    shared = nn.Linear(hidden, hidden)
    return nn.Sequential(
        nn.Linear(dim, hidden), nn.ReLU(), shared, nn.ReLU(), shared, nn.Linear(hidden, 1)
    )


@mistake("save_and_restore", "the model itself is returned, no clone")
def save_same_object(model, path):
    torch.save(model.state_dict(), path)
    clone = model
    clone.load_state_dict(torch.load(path, weights_only=True))
    return clone


@mistake("save_and_restore", "the clone's parameters are drawn anew, nothing is loaded")
def save_not_loaded(model, path):
    torch.save(model.state_dict(), path)
    clone = copy.deepcopy(model)
    [m.reset_parameters() for m in clone.modules() if hasattr(m, "reset_parameters")]
    return clone


@mistake("try_gpu", "the index is ignored")
def gpu_index_ignored(i=0):
    if torch.cuda.device_count() > 0:
        return torch.device("cuda:0")
    return torch.device("cpu")


@mistake("sgd_update", "two slips: the batch size is not used; and the gradient is not cleared")
def sgd_not_divided_and_grad_not_cleared(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad
            pass


@mistake(
    "save_and_restore",
    "two slips: the model itself is returned, no clone; and the clone's parameters are drawn anew, nothing is loaded",
)
def save_same_object_and_not_loaded(model, path):
    torch.save(model.state_dict(), path)
    clone = model
    [m.reset_parameters() for m in clone.modules() if hasattr(m, "reset_parameters")]
    return clone


@mistake(
    "init_xavier", "two slips: the normal variant is used; and the biases are left as they are"
)
def xavier_normal_and_bias_left(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_normal_(module.weight)
        if module.bias is not None:
            pass


@mistake("fit_gd", "two slips: the gradients add up over the epochs; and the gradient is added")
def fit_grad_kept_and_uphill(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat += lr * bhat.grad
        pass
    return (bhat.detach(), losses)
