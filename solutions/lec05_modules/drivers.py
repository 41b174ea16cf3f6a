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
    layer = layer.to(device=x.device, dtype=x.dtype)
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
    net = net.to(device=x.device, dtype=x.dtype)
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
