"""How lecture 9's deep net and its training loop are called: sent as source, no secrets.

The drivers are self-contained. An AssertionError is a sentence for the student.
"""

from typing import Any


def use_deep(student: Any, task: str, sizes: Any, options: Any, *rest: Any) -> Any:
    """What a net does: its outputs with given weights, its start, or what it drops.

    "outputs" (layers, x, training): logits of x. "start" (seed): weights and biases as they are
    made. "dropped" (draws): in training, what reaches the last layer from a hidden one that is all
    ones. "made": nothing more.
    """
    import itertools

    import torch
    from torch import nn

    def run_through(net: Any, kinds: Any) -> list[Any]:
        """The modules of these kinds in the order of a forward pass."""
        order: list[Any] = []
        hooks = [
            module.register_forward_hook(lambda module, *_: order.append(module))
            for module in net.modules()
            if isinstance(module, kinds)
        ]
        net.eval()
        with torch.no_grad():
            net(torch.zeros(2, sizes[0], device=next(net.parameters()).device))
        for hook in hooks:
            hook.remove()
        return order

    def linears_of(net: Any) -> list[Any]:
        """The net's linear layers, first to last."""
        found = run_through(net, nn.Linear)
        shapes = [(one.in_features, one.out_features) for one in found]
        asked = list(itertools.pairwise(sizes))
        assert shapes == asked, (
            f"for sizes {list(sizes)} the Linear layers map {asked} in this order, not {shapes}"
        )
        assert all(one.bias is not None for one in found), "every Linear has a bias"
        return found

    def outputs(net: Any, layers: Any, x: Any, training: bool) -> Any:
        norms = run_through(net, (nn.BatchNorm1d, nn.LayerNorm))
        norm = options[0] if options else None
        kind = nn.BatchNorm1d if norm == "batch" else nn.LayerNorm
        count = 0 if norm is None else len(sizes) - 2
        assert len(norms) == count and all(type(one) is kind for one in norms), (
            f"norm={norm!r} and {len(sizes) - 2} hidden layers make {count} normalising layers, "
            f"not {[type(one).__name__ for one in norms]}"
        )
        linears = linears_of(net)
        numbers = sum(p.numel() for one in (*linears, *norms) for p in one.parameters())
        mine = sum(p.numel() for p in net.parameters())
        assert mine == numbers, (
            f"the net has {mine} parameters, its Linear and norm layers {numbers}: are all of them "
            "registered, and no others?"
        )
        net.to(x)
        with torch.no_grad():
            for linear, layer in zip(linears, layers, strict=True):
                linear.weight.copy_(layer["W"].T)
                linear.bias.copy_(layer["b"])
            for one, layer in zip(norms, layers, strict=False):
                one.weight.copy_(layer["gamma"])
                one.bias.copy_(layer["beta"])
                if norm == "batch":
                    one.running_mean.copy_(layer["mean"])
                    one.running_var.copy_(layer["var"])
        net.train(training)
        out = net(x)
        assert out.requires_grad, "the forward pass cuts the graph: no weight would learn"
        return out.detach()

    def dropped(net: Any, draws: int) -> Any:
        *hidden, last = linears_of(net)
        arrived: list[Any] = []
        with torch.no_grad():
            for one in hidden:
                one.weight.zero_()
                one.bias.fill_(1)
        last.register_forward_pre_hook(lambda _, inputs: arrived.append(inputs[0].detach()))
        net.train()
        for _ in range(draws):
            net(torch.zeros(40, sizes[0]))
        net.eval()
        net(torch.zeros(40, sizes[0]))
        assert bool((arrived[-1] == 1).all()), "in evaluation mode nothing is dropped, or scaled"
        return torch.stack(arrived[:-1])

    torch.manual_seed(rest[0] if task == "start" else 0)
    net = student(list(sizes), *options)
    assert isinstance(net, nn.Module), "the class should extend nn.Module"
    if task == "made":
        return 0
    if task == "outputs":
        return outputs(net, *rest)
    if task == "dropped":
        return dropped(net, *rest)
    layers = linears_of(net)
    return [one.weight.detach() for one in layers], [one.bias.detach() for one in layers]


def train_net(
    student: Any,
    kind: str,
    x: Any,
    y: Any,
    hidden: Any,
    epochs: Any,
    batch_size: Any,
    decay: Any,
    seeds: Any,
) -> Any:
    """(losses, what they should be, logits on `hidden`) of a net trained with each seed at lr 1e-3.

    The net is "plain" (one hidden layer, batch normalisation, dropout) or watched: then column 0 of
    x counts its rows, nothing is drawn, and three tensors stand in the graph times 0, so that only
    a decay can change them. "watched, from evaluation" hands the net over in evaluation mode. Of a
    plain net the recorded losses stand for what they should be.
    Each time the global random streams stand elsewhere. Several seeds are followed by the first one
    at half the rate, which must lead elsewhere.
    """
    import numpy as np
    import torch
    from torch import nn

    classes = int(y.max()) + 1
    seen: list[Any] = []
    left: dict[int, Any] = {}

    class Watched(nn.Module):
        """A net that notes which rows come, in which mode, and what gradients it still holds."""

        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(
                nn.Linear(x.shape[1] - 1, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, classes)
            )
            self.table = nn.Parameter(1 + torch.rand(3, 2))
            self.offset = nn.Parameter(1 + torch.rand(4))
            self.kernel = nn.Parameter(1 + torch.rand(2, 1, 3))
            for p in self.parameters():
                hooked: Any = p
                hooked.register_post_accumulate_grad_hook(self.remember)

        def remember(self, p: Any) -> None:
            left[id(p)] = p.detach().clone(), p.grad.clone()

        def forward(self, batch: Any) -> Any:
            idle = self.table.sum() + self.offset.sum() + self.kernel.sum()
            out = self.body(batch[:, 1:]) + 0 * idle
            if out.requires_grad:
                rows = batch[:, 0].detach().round().long().cpu()
                mode, logits = all(m.training for m in self.modules()), out.detach().clone()
                out.register_hook(lambda _: self.note(rows, mode, logits))
            return out

        def note(self, rows: Any, mode: bool, logits: Any) -> None:
            """A backward pass begins: what does it add to?"""
            for p in self.parameters():
                value, grad = left.get(id(p), (None, None))
                stale = grad is not None and p.grad is not None and torch.equal(p.grad, grad)
                assert not (stale and grad.any() and not torch.equal(p.detach(), value)), (
                    "a backward pass adds to the gradients of the step before: clear them between"
                )
            seen.append((rows, mode, logits))

    def look(net: Any, before: Any, came: bool) -> None:
        """What training has done to the watched net."""
        n, steps = len(x), -(-len(x) // batch_size)
        sizes = [len(rows) for rows, _, _ in seen]
        asked = (
            [batch_size] * (n // batch_size) + [n % batch_size] * (n % batch_size > 0)
        ) * epochs
        assert sizes == asked, f"the mini-batches should have the sizes {asked}, not {sizes}"
        orders = [
            torch.cat([rows for rows, _, _ in seen[i : i + steps]]).tolist()
            for i in range(0, len(seen), steps)
        ]
        assert all(sorted(order) == list(range(n)) for order in orders), (
            "every epoch should go through each observation once"
        )
        assert orders[0] != list(range(n)), "the observations should be shuffled"
        assert all(one != orders[0] for one in orders[1:]), "each epoch should be shuffled anew"
        assert all(mode for _, mode, _ in seen), "the net should train in training mode"
        assert all(m.training == came for m in net.modules()), (
            "the net should be given back in the mode in which it came"
        )
        idle = [net.table, net.offset, net.kernel]
        table, offset, kernel = (
            bool((p.detach().abs() < before[name].abs()).all())
            for p, name in zip(idle, ("table", "offset", "kernel"), strict=True)
        )
        if not decay:
            stayed = all(torch.equal(net.get_parameter(n), before[n]) for n in ("table", "kernel"))
            assert stayed, "without a decay, weights that have no gradient stay"
        assert not (offset and decay and not table), (
            "the decay has shrunk a vector, and not the tensors of two or more axes"
        )
        assert torch.equal(net.offset.detach(), before["offset"]), (
            "the decay is for tensors of two or more axes: a vector has changed"
        )
        assert table or not decay, "the decay should shrink every tensor of two axes"
        assert kernel or not decay, "the decay should shrink a tensor of three axes, too"
        for name, p in net.body.named_parameters():
            trained = not torch.equal(p.detach(), before[f"body.{name}"])
            assert trained, f"a tensor of shape {tuple(p.shape)} was not trained"

    runs: Any = []
    rates = [1e-3] * len(seeds) + [5e-4] * (len(seeds) > 1)
    firsts: dict[int, Any] = {}
    for stream, (seed, rate) in enumerate(zip([*seeds, seeds[0]], rates, strict=False)):
        torch.manual_seed(0)
        width, net = x.shape[1], Watched()
        if kind == "plain":
            layers = [nn.Linear(width, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2)]
            net = nn.Sequential(*layers, nn.Linear(64, classes))  # type: ignore[assignment]
        net.to(x)
        came = kind != "watched, from evaluation"
        net.train(came)
        before = {name: p.detach().clone() for name, p in net.named_parameters()}
        torch.manual_seed(stream)
        np.random.seed(stream)
        seen.clear()
        left.clear()
        losses = student(net, x, y, epochs, batch_size, rate, decay, seed)
        assert isinstance(losses, list | tuple), f"a list of losses, not {type(losses).__name__}"
        steps = epochs * -(-len(x) // batch_size)
        assert len(losses) == steps, f"{steps} mini-batches make as many losses, not {len(losses)}"
        assert all(isinstance(loss, float) for loss in losses), "the losses should be Python floats"
        wanted = list(losses)
        if kind != "plain":
            look(net, before, came)
            wanted = [
                float(nn.functional.cross_entropy(logits, y[rows.to(y.device)]))
                for rows, _, logits in seen
            ]
            order = torch.cat([rows for rows, _, _ in seen]).tolist()
            assert firsts.setdefault(seed, order) == order, (
                "the same seed should shuffle alike, whatever else has drawn random numbers"
            )
            others = [one for known, one in firsts.items() if known != seed]
            assert order not in others, "another seed should shuffle otherwise"
        net.eval()
        with torch.no_grad():
            runs.append((list(losses), wanted, net(hidden)))
    slower = runs[len(seeds) :]
    assert not any(torch.equal(run[-1], runs[0][-1]) for run in slower), (
        "half the learning rate leads to the same net: is `lr` used?"
    )
    return runs[: len(seeds)]


def evaluate_net(student: Any, training: bool, layers: Any, x: Any, y: Any) -> Any:
    """The accuracy of a batch-normalised linear net with dropout, given in this mode."""
    import torch
    from torch import nn

    class Judged(nn.Module):
        """A net that notes in which mode it is run, and whether it builds a graph."""

        def __init__(self) -> None:
            super().__init__()
            self.norm, self.drop = nn.BatchNorm1d(x.shape[1]), nn.Dropout(0.5)
            self.line = nn.Linear(x.shape[1], layers["b"].numel())

        def forward(self, batch: Any) -> Any:
            out = self.line(self.drop(self.norm(batch)))
            assert not any(m.training for m in self.modules()), (
                "the net should be judged in evaluation mode"
            )
            assert not out.requires_grad, "judging needs no graph: switch gradients off"
            return out

    net = Judged().to(x)
    with torch.no_grad():
        net.norm.running_mean.copy_(layers["mean"])  # type: ignore[union-attr]
        net.norm.running_var.copy_(layers["var"])  # type: ignore[union-attr]
        net.line.weight.copy_(layers["W"].T)
        net.line.bias.copy_(layers["b"])
    net.train(training)
    asked = [p.requires_grad for p in net.parameters()]
    before = {name: value.clone() for name, value in net.state_dict().items()}
    result = student(net, x, y)
    assert torch.is_grad_enabled(), "gradients should be switched on again afterwards"
    assert asked == [p.requires_grad for p in net.parameters()], (
        "the parameters should ask for gradients afterwards as they did before"
    )
    assert all(m.training == training for m in net.modules()), (
        "the net should be given back in the mode in which it came"
    )
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items()), (
        "judging should change nothing in the net: weights and running statistics stay"
    )
    return result
