"""Wrong answers of lecture 5's module exercises that we know, each with the hint it earns."""

import copy
import math

import torch
from torch import nn
from torch.utils.data import DataLoader

from grader.vocabulary import mistake
from solutions.lec05_modules import answers


@mistake("synthetic_data", "`noise` is a standard deviation: it is not squared, and no root of it.")
def data_noise_as_variance(w, b, n, noise, generator):
    return answers.synthetic_data(w, b, n, noise**0.5, generator)


@mistake("synthetic_data", "y needs noise of its own in every row, scaled by `noise`.")
def data_without_noise(w, b, n, noise, generator):
    x, _ = answers.synthetic_data(w, b, n, noise, generator)
    return x, (x @ w + b).reshape(-1, 1)


@mistake("synthetic_data", "Draw from `generator`, not from PyTorch's global one.")
def data_ignores_generator(w, b, n, noise, generator):
    x = torch.randn(n, len(w), dtype=w.dtype, device=w.device)
    y = x @ w + b + noise * torch.randn(n, dtype=w.dtype, device=w.device)
    return x, y.reshape(-1, 1)


@mistake("synthetic_data", "y is a column: its shape is (n, 1).")
def data_y_flat(w, b, n, noise, generator):
    x, y = answers.synthetic_data(w, b, n, noise, generator)
    return x, y[:, 0]


@mistake("synthetic_data", "X is standard normal; `torch.rand` draws uniform numbers.")
def data_uniform_inputs(w, b, n, noise, generator):
    _, eps = answers.synthetic_data(w, 0.0, n, 1.0, generator)
    x = torch.rand(n, len(w), generator=generator, dtype=w.dtype, device=generator.device)
    x = x.to(w.device)
    return x, (x @ w + b).reshape(-1, 1) + noise * eps


@mistake("synthetic_data", "The intercept b is missing from y.")
def data_without_intercept(w, b, n, noise, generator):
    return answers.synthetic_data(w, 0.0, n, noise, generator)


@mistake("synthetic_data", "The noise differs from row to row: draw n numbers, not one.")
def data_one_noise(w, b, n, noise, generator):
    x, y = answers.synthetic_data(w, b, n, noise, generator)
    eps = (y[:, 0] - x @ w - b)[0]
    return x, (x @ w + b + eps).reshape(-1, 1)


@mistake("num_batches", "What is left over forms a mini-batch of its own: round up.")
def batches_rounded_down(n, m):
    return n // m


@mistake("num_batches", "When m divides n, nothing is left over.")
def batches_always_one_more(n, m):
    return n // m + 1


@mistake("num_batches", "Rounding to the nearest drops a small remainder.")
def batches_rounded(n, m):
    return round(n / m)


@mistake("minibatches", "The last, smaller batch belongs to the data, too.")
def minibatches_drop_last(n, m, generator):
    order = torch.randperm(n, generator=generator)
    return [order[k * m : (k + 1) * m] for k in range(n // m)]


@mistake("minibatches", "The order should be random: shuffle before you cut.")
def minibatches_in_order(n, m, generator):
    return list(torch.arange(n).split(m))


@mistake("minibatches", "Which indices share a batch is random, too: shuffle first, then cut.")
def minibatches_shuffled_inside(n, m, generator):
    pieces = torch.arange(n).split(m)
    return [piece[torch.randperm(len(piece), generator=generator)] for piece in pieces]


@mistake("minibatches", "Draw the order from `generator`, not from PyTorch's global one.")
def minibatches_ignore_generator(n, m, generator):
    return list(torch.randperm(n).split(m))


@mistake("minibatches", "Each index comes once: a permutation, not n draws with replacement.")
def minibatches_with_replacement(n, m, generator):
    return list(torch.randint(n, (n,), generator=generator).split(m))


@mistake("minibatches", "Do not seed the generator yourself: every call should shuffle anew.")
def minibatches_reseeded(n, m, generator):
    return list(torch.randperm(n, generator=generator.manual_seed(0)).split(m))


@mistake("fit_gd", "`backward` adds to the gradient: clear it after every step.")
def fit_gradient_piles_up(x, y, lr, epochs):
    bhat = torch.zeros(x.shape[1], dtype=x.dtype, device=x.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        loss = ((y - x @ bhat) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            bhat -= lr * bhat.grad
    return bhat.detach(), losses


@mistake("fit_gd", "The loss is a mean over the observations, not their sum.")
def fit_sum_loss(x, y, lr, epochs):
    bhat, losses = answers.fit_gd(x, y, lr * len(y), epochs)
    return bhat, [loss * len(y) for loss in losses]


@mistake("fit_gd", "The loss carries no factor ½ here.")
def fit_half_loss(x, y, lr, epochs):
    bhat, losses = answers.fit_gd(x, y, lr / 2, epochs)
    return bhat, [loss / 2 for loss in losses]


@mistake("fit_gd", "Record the loss before the step: the first one belongs to zeros.")
def fit_loss_after_step(x, y, lr, epochs):
    bhat, _ = answers.fit_gd(x, y, lr, epochs)
    return bhat, answers.fit_gd(x, y, lr, epochs + 1)[1][1:]


@mistake("fit_gd", "Record numbers, not tensors: `.item()`.")
def fit_tensor_losses(x, y, lr, epochs):
    bhat, losses = answers.fit_gd(x, y, lr, epochs)
    return bhat, [torch.tensor(loss, dtype=x.dtype, device=x.device) for loss in losses]


@mistake("fit_gd", "Return the estimate detached from its graph.")
def fit_attached(x, y, lr, epochs):
    bhat, losses = answers.fit_gd(x, y, lr, epochs)
    return bhat.requires_grad_(), losses


@mistake("fit_gd", "Step against the gradient: minus, not plus.")
def fit_uphill(x, y, lr, epochs):
    return answers.fit_gd(x, y, -lr, epochs)


@mistake("LinearModel", "b0 must be an nn.Parameter: a plain tensor is overlooked by PyTorch.")
class ModelPlainIntercept(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.bhat = nn.Parameter(torch.zeros(dim))
        self.b0 = torch.zeros(1)

    def forward(self, x):
        return x @ self.bhat + self.b0


@mistake("LinearModel", "Both parameters are zero at first.")
class ModelRandomStart(answers.LinearModel):
    def __init__(self, dim):
        super().__init__(dim)
        nn.init.normal_(self.bhat)


@mistake("LinearModel", "The intercept is a parameter, but it is not added to the prediction.")
class ModelForgetsIntercept(answers.LinearModel):
    def forward(self, x):
        return x @ self.bhat


@mistake("LinearModel", "Predictions have shape (n,), not (n, 1).")
class ModelColumn(answers.LinearModel):
    def forward(self, x):
        return super().forward(x)[:, None]


@mistake(
    "LinearModel", "`.data` and `.detach()` cut the graph: no gradient reaches the parameters."
)
class ModelDetached(answers.LinearModel):
    def forward(self, x):
        return x @ self.bhat.data + self.b0


@mistake("sgd_update", "Divide by the batch size: the gradient is that of a sum.")
def sgd_not_divided(params, lr, batch_size):
    answers.sgd_update(params, lr, 1)


@mistake("sgd_update", "Leave clean gradients behind: the next backward adds to what is there.")
def sgd_keeps_gradients(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / batch_size


@mistake("sgd_update", "`p = p - …` makes a new tensor; change the parameter itself, in place.")
def sgd_not_in_place(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            step = lr * p.grad / batch_size
            p.grad = None
            p = p - step


@mistake("sgd_update", "`params` may be walked through only once: step and clear in one loop.")
def sgd_two_loops(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / batch_size
    for p in params:
        p.grad = None


@mistake("sgd_update", "Step against the gradient: minus, not plus.")
def sgd_uphill(params, lr, batch_size):
    answers.sgd_update(params, -lr, batch_size)


@mistake("sgd_update", "Divide by the batch size, not by the number of rows of the parameter.")
def sgd_divided_by_rows(params, lr, batch_size):
    with torch.no_grad():
        for p in params:
            p -= lr * p.grad / max(1, p.shape[0] if p.dim() else 1)
            p.grad = None


@mistake("CenteredLayer", "One mean for all entries, not one for each column.")
class CenteredColumns(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=0)


@mistake("CenteredLayer", "One mean for all entries, not one for each row.")
class CenteredRows(nn.Module):
    def forward(self, x):
        return x - x.mean(dim=-1, keepdim=True)


@mistake("CenteredLayer", "Subtract the mean, and leave the scale alone.")
class CenteredAndScaled(nn.Module):
    def forward(self, x):
        return (x - x.mean()) / (x.std(correction=0) + 1e-5)


@mistake("CenteredLayer", "The mean is a function of X, too: the gradient goes through it.")
class CenteredDetached(nn.Module):
    def forward(self, x):
        return x - x.mean().detach()


@mistake("CenteredLayer", "x itself stays as it is: `-=` changes the input.")
class CenteredInPlace(nn.Module):
    def forward(self, x):
        x -= x.mean()
        return x


@mistake("MyLinear", "`.data` cuts the graph, as in the book: use the parameters themselves.")
class MyLinearData(answers.MyLinear):
    def forward(self, x):
        return torch.relu(x @ self.weight.data + self.bias.data)


@mistake("MyLinear", "The layer ends with a ReLU.")
class MyLinearNoRelu(answers.MyLinear):
    def forward(self, x):
        return x @ self.weight + self.bias


@mistake("MyLinear", "The weight has shape (in_units, units): inputs first.")
class MyLinearTransposed(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(units, in_units))
        self.bias = nn.Parameter(torch.randn(units))

    def forward(self, x):
        return torch.relu(x @ self.weight.T + self.bias)


@mistake("MyLinear", "The bias belongs inside the ReLU: relu(XW + b).")
class MyLinearBiasOutside(answers.MyLinear):
    def forward(self, x):
        return torch.relu(x @ self.weight) + self.bias


@mistake("MyLinear", "Make the bias an nn.Parameter as well, or PyTorch does not find it.")
class MyLinearPlainBias(nn.Module):
    def __init__(self, in_units, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_units, units))
        self.bias = torch.randn(units)

    def forward(self, x):
        return torch.relu(x @ self.weight + self.bias.to(x))


@mistake("init_xavier", "Set the bias to zero as well.")
def init_keeps_bias(module):
    if isinstance(module, nn.Linear):
        nn.init.xavier_uniform_(module.weight)


@mistake("init_xavier", "Xavier's uniform distribution, not his normal one.")
def init_normal(module):
    answers.init_xavier(module)
    if isinstance(module, nn.Linear):
        nn.init.xavier_normal_(module.weight)


@mistake("init_xavier", "The bound is √(6/(in + out)): both numbers of units count.")
def init_fan_in_only(module):
    answers.init_xavier(module)
    if isinstance(module, nn.Linear):
        bound = math.sqrt(3 / module.in_features)
        nn.init.uniform_(module.weight, -bound, bound)


@mistake("init_xavier", "√(2/(in + out)) is the standard deviation; the bound is √3 times that.")
def init_std_for_bound(module):
    answers.init_xavier(module)
    if isinstance(module, nn.Linear):
        bound = math.sqrt(2 / (module.in_features + module.out_features))
        nn.init.uniform_(module.weight, -bound, bound)


@mistake("init_xavier", "Leave a module's children alone: `net.apply` visits each of them.")
def init_recursive(module):
    for child in module.modules():
        answers.init_xavier(child)


@mistake("init_xavier", "Only an nn.Linear is initialised; other layers have weights, too.")
def init_everything(module):
    if getattr(module, "weight", None) is not None and module.weight.dim() > 1:
        nn.init.xavier_uniform_(module.weight)
    if getattr(module, "bias", None) is not None:
        nn.init.zeros_(module.bias)


@mistake("tied_mlp", "Two layers with equal numbers are not one: put the same object in twice.")
def tied_copies(dim, hidden):
    net = answers.tied_mlp(dim, hidden)
    net[4] = copy.deepcopy(net[2])
    return net


@mistake("tied_mlp", "The shared layer stands in two places, each followed by a ReLU.")
def tied_once(dim, hidden):
    return nn.Sequential(
        nn.Linear(dim, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, 1),
    )


@mistake("tied_mlp", "There is a ReLU between the last shared layer and the output.")
def tied_missing_relu(dim, hidden):
    net = answers.tied_mlp(dim, hidden)
    return net[:5].append(net[6])


@mistake("tied_mlp", "The last layer has one output.")
def tied_wide_output(dim, hidden):
    net = answers.tied_mlp(dim, hidden)
    net[6] = nn.Linear(hidden, dim + 1)
    return net


@mistake("save_and_restore", "Save the state dict, not the module: it should load as weights only.")
def save_whole_module(model, path):
    torch.save(model, path)
    return torch.load(path, weights_only=False)


@mistake("save_and_restore", "Load the copy's numbers from the file.")
def save_without_loading(model, path):
    torch.save(model.state_dict(), path)
    return copy.deepcopy(model)


@mistake("save_and_restore", "Return another module: this one shares its storage with the model.")
def save_returns_model(model, path):
    torch.save(model.state_dict(), path)
    model.load_state_dict(torch.load(path, weights_only=True))
    return model


@mistake("save_and_restore", "The state dict holds the buffers as well as the parameters.")
def save_parameters_only(model, path):
    torch.save({name: p.detach() for name, p in model.named_parameters()}, path)
    clone = copy.deepcopy(model)
    clone.load_state_dict(torch.load(path, weights_only=True), strict=False)
    return clone


@mistake("try_gpu", "With k GPUs the numbers run from 0 to k − 1.")
def gpu_off_by_one(i=0):
    return torch.device(f"cuda:{i}") if torch.cuda.device_count() >= i else torch.device("cpu")


@mistake("try_gpu", "That some GPU is there does not mean that number i is.")
def gpu_any(i=0):
    return torch.device(f"cuda:{i}") if torch.cuda.is_available() else torch.device("cpu")


@mistake("try_gpu", "Return the GPU that was asked for: `cuda:i`, with its number.")
def gpu_without_number(i=0):
    return torch.device("cuda") if torch.cuda.device_count() > i else torch.device("cpu")


@mistake("try_gpu", "If GPU i is missing, fall back to the CPU, not to another GPU.")
def gpu_falls_back_to_first(i=0):
    if torch.cuda.device_count() > i:
        return torch.device(f"cuda:{i}")
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


@mistake("try_gpu", "Where GPU i is missing, the CPU is what is left.")
def gpu_though_missing(i=0):
    if torch.cuda.device_count() > i:
        return torch.device(f"cuda:{i}")
    return torch.device("cuda")


@mistake("try_gpu", "Return a `torch.device`, not its name.")
def gpu_as_text(i=0):
    return f"cuda:{i}" if torch.cuda.device_count() > i else "cpu"


@mistake("ArrayDataset", "The constructor should refuse x and y of different lengths.")
class ArrayDatasetUnchecked(answers.ArrayDataset):
    def __init__(self, x, y):
        self.x, self.y = x, y


@mistake("ArrayDataset", "An item is the tuple (x[i], y[i]): the input first.")
class ArrayDatasetSwapped(answers.ArrayDataset):
    def __getitem__(self, i):
        return self.y[i], self.x[i]


@mistake("ArrayDataset", "Targets that are too many are a mistake as well: compare for equality.")
class ArrayDatasetOnlyShorter(answers.ArrayDataset):
    def __init__(self, x, y):
        if len(y) < len(x):
            raise ValueError(f"{len(x)} rows, but {len(y)} targets")
        self.x, self.y = x, y


@mistake("ArrayDataset", "The length counts the rows, not what stands in one of them.")
class ArrayDatasetCountsOneRow(answers.ArrayDataset):
    def __len__(self):
        return len(self.x[0])


@mistake("ArrayDataset", "The length counts rows, not all the numbers in them.")
class ArrayDatasetCountsEntries(answers.ArrayDataset):
    def __len__(self):
        return self.x.numel()


@mistake("make_loader", "`shuffle` decides: this loader keeps the given order always.")
def make_loader_never_shuffled(x, y, batch_size, shuffle, generator):
    data = answers.ArrayDataset(x, y)
    return DataLoader(data, batch_size=batch_size, shuffle=False, generator=generator)


@mistake("make_loader", "`shuffle` decides: this loader shuffles always.")
def make_loader_always_shuffled(x, y, batch_size, shuffle, generator):
    data = answers.ArrayDataset(x, y)
    return DataLoader(data, batch_size=batch_size, shuffle=True, generator=generator)


@mistake("make_loader", "The last mini-batch may be smaller; do not drop it.")
def make_loader_drops_the_last(x, y, batch_size, shuffle, generator):
    data = answers.ArrayDataset(x, y)
    return DataLoader(
        data, batch_size=batch_size, shuffle=shuffle, generator=generator, drop_last=True
    )


@mistake("make_loader", "Hand `generator` on: now the global random stream decides the order.")
def make_loader_without_generator(x, y, batch_size, shuffle, generator):
    return DataLoader(answers.ArrayDataset(x, y), batch_size=batch_size, shuffle=shuffle)


@mistake("make_loader", "Shuffle anew in each epoch: here the order is drawn once for all.")
def make_loader_shuffled_once(x, y, batch_size, shuffle, generator):
    order = torch.randperm(len(x), generator=generator) if shuffle else torch.arange(len(x))
    return DataLoader(answers.ArrayDataset(x[order], y[order]), batch_size=batch_size)


@mistake("MySequential", "A Python list hides the modules from PyTorch: register them.")
class MySequentialInAList(answers.MySequential):
    def __init__(self, *modules):
        nn.Module.__init__(self)
        self.chain = list(modules)


@mistake(
    "MySequential", "A module that is given twice is applied twice: children() drops the second."
)
class MySequentialOverChildren(answers.MySequential):
    def forward(self, x):
        for module in self.chain.children():
            x = module(x)
        return x


@mistake("MySequential", "A copy is another module: keep the very ones that you are given.")
class MySequentialCopies(answers.MySequential):
    def __init__(self, *modules):
        super().__init__(*copy.deepcopy(modules))


@mistake("MySequential", "The first module comes first: each takes what the one before it made.")
class MySequentialBackwards(answers.MySequential):
    def forward(self, x):
        for module in reversed(self.chain):
            x = module(x)
        return x


@mistake("MySequential", "The last module belongs to the chain, too.")
class MySequentialWithoutTheLast(answers.MySequential):
    def forward(self, x):
        for module in self.chain[:-1]:
            x = module(x)
        return x


@mistake("param_groups", "Biases and norms have one axis and are not decayed.")
def param_groups_all_decayed(model, weight_decay):
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": trained, "weight_decay": weight_decay},
        {"params": [], "weight_decay": 0.0},
    ]


@mistake("param_groups", "It is the number of axes that decides: a norm's weight has only one.")
def param_groups_by_name(model, weight_decay):
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for name, p in named if "bias" not in name], "weight_decay": weight_decay},
        {"params": [p for name, p in named if "bias" in name], "weight_decay": 0.0},
    ]


@mistake("param_groups", "A frozen parameter is in no group: it is not trained.")
def param_groups_with_frozen(model, weight_decay):
    trained = list(model.parameters())
    return [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
    ]


@mistake("param_groups", "A parameter that two layers share is there once.")
def param_groups_tied_twice(model, weight_decay):
    owned = [p for m in model.modules() for p in m.parameters(recurse=False) if p.requires_grad]
    return [
        {"params": [p for p in owned if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in owned if p.ndim < 2], "weight_decay": 0.0},
    ]


@mistake(
    "param_groups", "The decay is for matrices: here the biases and norms have it, the others not."
)
def param_groups_by_the_other_axes(model, weight_decay):
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": 0.0},
    ]


@mistake("param_groups", "The decayed group stands first.")
def param_groups_swapped(model, weight_decay):
    return answers.param_groups(model, weight_decay)[::-1]


@mistake("param_groups", "The second group says so, too: its decay is 0.0.")
def param_groups_decay_of_both(model, weight_decay):
    trained = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trained if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.ndim < 2], "weight_decay": weight_decay},
    ]


@mistake("param_groups", "Both groups are there, even where one of them is empty.")
def param_groups_without_empty_ones(model, weight_decay):
    return [group for group in answers.param_groups(model, weight_decay) if group["params"]]
