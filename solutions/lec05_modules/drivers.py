"""What runs beside the student's code in lecture 5's module exercises: sent as source, no secrets.

Each driver is self-contained. It uses the student's function or class and returns arrays; an
AssertionError is a sentence for the student.
"""

from typing import Any


def draw_data(
    student: Any, w: Any, b: Any, n: Any, noise: Any, seeds: Any
) -> list[tuple[Any, ...]]:
    """Two draws in a row from one generator, then one from an equal and one from another."""
    import torch

    def generator(seed: int) -> Any:
        try:
            return torch.Generator(device=w.device).manual_seed(seed)
        except RuntimeError:
            return torch.Generator().manual_seed(seed)

    pairs: list[tuple[Any, ...]] = []
    for seed in seeds:
        source = generator(seed)
        for _ in range(2 if len(seeds) > 1 and not pairs else 1):
            pairs.append(tuple(student(w, b, n, noise, source)))
    return pairs


def draw_batches(student: Any, n: Any, m: Any, seeds: Any, like: Any) -> list[list[Any]]:
    """Batches twice from one generator, then from an equal and from another one.

    No argument of the student's has a device, so the indices may be anywhere; they come back on
    that of `like`.
    """
    import torch

    epochs: list[list[Any]] = []
    for seed in seeds:
        source = torch.Generator().manual_seed(seed)
        for _ in range(2 if len(seeds) > 1 and not epochs else 1):
            batches = list(student(n, m, source))
            epochs.append([b.to(like.device) if torch.is_tensor(b) else b for b in batches])
    return epochs


def fit(student: Any, x: Any, y: Any, lr: Any, epochs: Any) -> tuple[Any, list[Any]]:
    """The estimate, which should be detached, and the losses."""
    bhat, losses = student(x, y, lr, epochs)
    assert not bhat.requires_grad, "bhat still belongs to a graph: return it detached"
    return bhat, list(losses)


def run_layer(
    student: Any, sizes: Any, parameters: Any, x: Any, dout: Any, with_start: Any
) -> tuple[Any, list[Any], list[Any]]:
    """Output and gradients of a layer whose named parameters are set; how those started, if asked.

    A gradient that does not arrive counts as zero.
    """
    import torch

    layer = student(*sizes)
    assert isinstance(layer, torch.nn.Module), "the class should extend nn.Module"
    usual = torch.get_default_dtype()
    layer = layer.to(x.device) if x.dtype is usual else layer.to(x)
    found = dict(layer.named_parameters())
    wanted = sorted(parameters)
    assert sorted(found) == wanted, (
        f"the parameters should be {' and '.join(wanted)}; "
        f"PyTorch finds {', '.join(sorted(found)) or 'none'}"
    )
    start = []
    for name, value in parameters.items():
        p = found[name]
        start.append(p.detach().clone())
        assert not with_start or not p.any(), f"{name} should be zero at first"
        assert p.shape == value.shape, (
            f"{name} should have shape {tuple(value.shape)}, not {tuple(p.shape)}"
        )
        with torch.no_grad():
            p.copy_(value)
    out = layer(x)
    assert out is not None, "forward returns None: does it end in a `return`?"
    if out.requires_grad:
        out.backward(dout)
    grads = [
        torch.zeros_like(value) if found[name].grad is None else found[name].grad
        for name, value in parameters.items()
    ]
    return out.detach(), grads, start if with_start else []


def step_by_hand(
    student: Any, values: Any, steps: Any, lr: Any, batch_size: Any, once: Any
) -> tuple[list[Any], list[Any]]:
    """Parameters and the gradients left behind after each step; `once`: a one-way iterable."""
    import torch

    params = [value.detach().clone().requires_grad_() for value in values]
    after, left = [], []
    for cotangents in steps:
        loss: Any = sum((p * g).sum() for p, g in zip(params, cotangents, strict=True))
        loss.backward()
        student(iter(params) if once else params, lr, batch_size)
        after.append([p.detach().clone() for p in params])
        left.append([torch.zeros_like(p) if p.grad is None else p.grad for p in params])
        left[-1] = [g.detach().clone() for g in left[-1]]
    assert all(p.is_leaf and p.requires_grad for p in params), (
        "after the step, each parameter should still be a leaf that requires a gradient"
    )
    return after, left


def run_centered(student: Any, x: Any, dout: Any) -> tuple[Any, Any]:
    """Output and input gradient of a layer without parameters."""
    import torch

    layer = student()
    assert isinstance(layer, torch.nn.Module), "the class should extend nn.Module"
    assert not list(layer.parameters()), "this layer has no parameters"
    out = layer(x)
    leaf = x.detach().clone().requires_grad_()
    layer(leaf * 1).backward(dout)
    return out, leaf.grad


def initialise(
    student: Any, like: Any, kind: Any, fan_in: Any, fan_out: Any, fill: Any, seed: Any
) -> list[Any]:
    """Parameters of a module after the student's initialisation; all begin as `fill`."""
    import torch
    from torch import nn

    make: Any = {
        "linear": lambda: nn.Linear(fan_in, fan_out),
        "linear without bias": lambda: nn.Linear(fan_in, fan_out, bias=False),
        "convolution": lambda: nn.Conv2d(fan_in, fan_out, 3),
        "embedding": lambda: nn.Embedding(fan_in, fan_out),
        "normalisation": lambda: nn.LayerNorm(fan_in),
        "sequential": lambda: nn.Sequential(nn.Linear(fan_in, fan_out), nn.ReLU()),
    }
    module = make[kind]().to(device=like.device, dtype=like.dtype)
    with torch.no_grad():
        for p in module.parameters():
            p.fill_(fill)
    torch.manual_seed(seed)
    student(module)
    assert all(p.requires_grad for p in module.parameters()), (
        "the parameters should still require gradients"
    )
    return [p.detach() for p in module.parameters()]


def run_tied(
    student: Any, dim: Any, hidden: Any, pairs: Any, x: Any, dout: Any
) -> tuple[Any, list[Any], int]:
    """Output, gradients of first, shared and last layer, and the number of parameters."""
    import torch
    from torch import nn

    net = student(dim, hidden)
    assert isinstance(net, nn.Sequential), "tied_mlp returns an nn.Sequential"
    kinds = [type(module).__name__ for module in net]
    wanted = ["Linear", "ReLU", "Linear", "ReLU", "Linear", "ReLU", "Linear"]
    assert kinds == wanted, f"the modules should be {', '.join(wanted)}; found {', '.join(kinds)}"
    assert net[2] is net[4], "net[2] and net[4] should be one module, not two that look alike"
    usual = torch.get_default_dtype()
    net = net.to(x.device) if x.dtype is usual else net.to(x)
    first, shared, last = pairs
    layers: Any = list(net)
    for i, (weight, bias) in zip((0, 2, 4, 6), (first, shared, shared, last), strict=True):
        shape = (layers[i].in_features, layers[i].out_features)
        assert shape == weight.shape and layers[i].bias is not None, (
            f"layer {i} should map {weight.shape[0]} to {weight.shape[1]}, with a bias"
        )
        with torch.no_grad():
            layers[i].weight.copy_(weight.T)
            layers[i].bias.copy_(bias)
    out = net(x)
    out.backward(dout)
    grads = [(layers[i].weight.grad.T, layers[i].bias.grad) for i in (0, 2, 6)]
    return out.detach(), grads, len(list(net.parameters()))


def save_copy(student: Any, kind: Any, values: Any) -> tuple[list[str], list[Any], list[Any]]:
    """What is in the file, and in the copy once the original has been wiped."""
    import os
    import sys

    import torch
    from torch import nn

    class Scaled(nn.Module):
        """A class whose constructor wants arguments, with a parameter and a buffer."""

        def __init__(self, scale: Any, offset: Any) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.zeros_like(scale))
            self.register_buffer("offset", torch.zeros_like(offset))

    like = values[0]
    model: Any
    if kind == "mlp":
        model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    elif kind == "batchnorm":
        model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    else:
        model = Scaled(*values)
    model = model.to(device=like.device, dtype=like.dtype)
    tensors = [t for t in model.state_dict().values() if t.is_floating_point()]
    for tensor, value in zip(tensors, values, strict=True):
        tensor.copy_(value)

    path = os.path.join(os.getcwd(), f"{kind}.params")
    reads, watching = [], [True]

    def note_reading(event: str, details: Any) -> None:
        if watching and event == "open" and "r" in (details[1] or ""):
            reads.extend([event] if str(details[0]) == path else [])

    sys.addaudithook(note_reading)
    clone = student(model, path)
    watching.clear()
    assert isinstance(clone, nn.Module), "return a module"
    assert type(clone) is type(model), f"the copy should be a {type(model).__name__} again"
    assert os.path.exists(path), "nothing was written to path"
    try:
        state = torch.load(path, weights_only=True)
    except Exception:
        state = None
    os.remove(path)
    assert isinstance(state, dict) and all(torch.is_tensor(t) for t in state.values()), (
        "the file should hold the state dict, so that it loads with weights_only=True"
    )
    assert reads, "the copy should be loaded from the file; the file was never read"
    assert all(torch.equal(t, v) for t, v in zip(tensors, values, strict=True)), (
        "the model itself should stay as it is"
    )
    stored = [t.to(like.device) for t in state.values() if t.is_floating_point()]
    for tensor in tensors:
        tensor.fill_(0)
    copied = [t.detach() for t in clone.state_dict().values() if t.is_floating_point()]
    return list(state), stored, copied


def count_devices(student: Any, count: Any, args: Any) -> str:
    """The device that is found when PyTorch counts so many GPUs."""
    import torch

    replaced = [(torch.cuda, "device_count", lambda: count)]
    replaced += [(torch.cuda, "is_available", lambda: count > 0)]
    if hasattr(torch, "accelerator"):
        replaced += [(torch.accelerator, "device_count", lambda: count)]
        replaced += [(torch.accelerator, "is_available", lambda: count > 0)]
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in replaced]
    try:
        for owner, name, stand_in in replaced:
            setattr(owner, name, stand_in)
        device = student(*args)
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)
    assert isinstance(device, torch.device), "try_gpu returns a torch.device"
    return str(device)


def read_dataset(student: Any, x: Any, y: Any, places: Any) -> tuple[int, list[Any]]:
    """The length of a data set of x and y, and its items at these places."""
    from torch.utils.data import Dataset

    data = student(x, y)
    is_dataset = isinstance(data, Dataset)
    assert is_dataset, "the class should extend torch.utils.data.Dataset"
    items = [data[i] for i in places]
    assert all(type(item) is tuple and len(item) == 2 for item in items), (
        "an item should be the tuple (x[i], y[i])"
    )
    return len(data), items


def load_epochs(
    student: Any, x: Any, y: Any, batch_size: Any, shuffle: Any, seeds: Any
) -> list[list[Any]]:
    """Two epochs of a loader, then one of an equally and one of a differently seeded loader.

    The global random streams differ each time: only the generator may decide.
    """
    import torch
    from torch.utils.data import DataLoader

    epochs: list[list[Any]] = []
    for stream, seed in enumerate(seeds):
        torch.manual_seed(stream)
        source = torch.Generator().manual_seed(seed)
        loader = student(x, y, batch_size, shuffle, source)
        assert isinstance(loader, DataLoader), "return a torch.utils.data.DataLoader"
        for _ in range(1 if epochs else 2):
            epochs.append([tuple(batch) for batch in loader])
    return epochs


def run_chain(
    student: Any, kind: Any, pairs: Any, x: Any, dout: Any
) -> tuple[Any, list[Any], int, int]:
    """Output and gradients of a chain of layers, its parameters, and the entries of its state.

    `kind`: "tied" (seven modules, one of them twice, one three times), "nested" (the same, three
    of them in a chain of their own) or "single" (one layer alone).
    """
    import torch
    from torch import nn

    def layer(weight: Any, bias: Any) -> Any:
        made = nn.Linear(*weight.shape).to(weight)
        with torch.no_grad():
            made.weight.copy_(weight.T)
            made.bias.copy_(bias)
        return made

    layers = [layer(*pair) for pair in pairs]
    modules: list[Any] = list(layers)
    if kind != "single":
        first, shared, last = layers
        relu = nn.ReLU()
        modules = [first, relu, shared, relu, shared, relu, last]
    if kind == "nested":
        modules = [*modules[:2], student(*modules[2:5]), *modules[5:]]
    net = student(*modules)
    is_module = isinstance(net, nn.Module)
    assert is_module, "the class should extend nn.Module"
    assert len(net) == len(modules), f"len should count {len(modules)} modules, not {len(net)}"
    for i, module in enumerate(modules):
        assert net[i] is module, f"index {i} should be the module that was given at that place"
    found = {id(p) for p in net.parameters()}
    assert found == {id(p) for one in layers for p in one.parameters()}, (
        "parameters() should find the modules' parameters, and no others: are they registered?"
    )
    assert not any(module.training for module in net.eval().modules()), (
        "eval() should reach every module: are they registered?"
    )
    out = net(x)
    out.backward(dout)
    grads = [(one.weight.grad.T, one.bias.grad) for one in layers]
    stored = {t.data_ptr() for t in net.state_dict().values()}
    return out.detach(), grads, len(list(net.parameters())), len(stored)


def name_groups(student: Any, kind: Any, weight_decay: Any) -> list[tuple[list[str], Any]]:
    """Which parameters of a model stand in which group, by name, and each group's decay."""
    import torch
    from torch import nn

    class Scaled(nn.Module):
        """A parameter without axes beside a layer."""

        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))
            self.layer = nn.Linear(2, 2)

    models: dict[str, Any] = {
        "mlp": lambda: nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)),
        "images": lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.PReLU()),
        "words": lambda: nn.Sequential(nn.Embedding(5, 4), nn.LayerNorm(4), nn.Linear(4, 5)),
        "scaled": Scaled,
        "vectors": lambda: nn.LayerNorm(3),
        "matrices": lambda: nn.Linear(3, 2, bias=False),
        "tied": lambda: nn.Sequential(nn.Embedding(5, 4), nn.Linear(4, 5)),
        "frozen": lambda: nn.Sequential(nn.Linear(4, 5), nn.Linear(5, 3)),
    }
    model = models[kind]()
    if kind == "tied":
        model[1].weight = model[0].weight
    if kind == "frozen":
        model[0].requires_grad_(False)
    names = {id(p): name for name, p in model.named_parameters()}
    groups = student(model, weight_decay)
    assert isinstance(groups, list) and len(groups) == 2, "return a list of two groups"
    assert all({"params", "weight_decay"} <= set(group) for group in groups), (
        "each group should be a dict with the keys 'params' and 'weight_decay'"
    )
    found = [[names[id(p)] for p in group["params"]] for group in map(dict, groups)]
    return [(sorted(some), g["weight_decay"]) for some, g in zip(found, groups, strict=True)]
