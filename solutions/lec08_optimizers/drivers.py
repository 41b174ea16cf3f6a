"""What runs beside the student's code in lecture 8: sent as source, holds no secrets."""

from typing import Any


def walk(student: Any, theta: Any, grad: Any, *hypers: Any) -> list[Any]:
    """Positions after each step of one or several parameters, whose steps take turns.

    `theta` holds where each parameter starts and `grad` its gradients (T, *shape), named as the
    student names them; step t takes the settings `hypers[t]`, or the last ones there are.
    """
    import torch

    thetas: list[Any] = list(theta)
    states: list[Any] = [{} for _ in theta]
    paths: list[list[Any]] = [[] for _ in theta]
    for t in range(len(grad[0])):
        hyper = hypers[min(t, len(hypers) - 1)]
        for i, grads in enumerate(grad):
            new, states[i] = student(thetas[i], grads[t], states[i], *hyper)
            assert torch.is_tensor(new) and new.shape == theta[i].shape, (
                "a step returns (theta, state), with theta in the shape it had"
            )
            thetas[i] = new
            # Not a copy: a step that changes theta in place also rewrites the past.
            paths[i].append(new)
    return [torch.stack(path) for path in paths]


def run_adam(
    student: Any, groups: Any, settings: Any, steps: Any, decay: Any, with_closure: Any
) -> tuple[list[Any], list[float]]:
    """Every parameter after each step, and the losses that `step` returned.

    Args:
        student: the optimizer class.
        groups: a list of (parameters, settings of the group).
        settings: keyword arguments of the constructor.
        steps: for each step, a gradient or None for each parameter.
        decay: factor of each group's learning rate after each step.
        with_closure: whether a closure computes the gradients.
    """
    import torch

    params = [[torch.nn.Parameter(v.detach().clone()) for v in values] for values, _ in groups]
    flat = [p for members in params for p in members]
    described = [
        {"params": members, **own} for members, (_, own) in zip(params, groups, strict=True)
    ]
    plain = len(groups) == 1 and not groups[0][1]
    optimizer = student(iter(flat) if plain else described, **settings)
    assert isinstance(optimizer, torch.optim.Optimizer), (
        "the class should extend torch.optim.Optimizer"
    )
    paths: list[list[Any]] = [[] for _ in flat]
    losses: list[float] = []
    for grads in steps:
        if with_closure:
            calls: list[float] = []

            def closure(grads: Any = grads, calls: Any = calls) -> Any:
                optimizer.zero_grad()
                loss = sum((p * g).sum() for p, g in zip(flat, grads, strict=True))
                loss.backward()
                calls.append(loss.item())
                return loss

            returned = optimizer.step(closure)
            assert calls, "step should call the closure"
            assert len(calls) == 1, "step should call the closure once"
            assert returned is not None, "step should return the closure's loss"
            losses.append(float(returned))
        else:
            for p, g in zip(flat, grads, strict=True):
                p.grad = None if g is None else g.clone()
            optimizer.step()
            for p, g in zip(flat, grads, strict=True):
                kept = g is None if p.grad is None else g is not None and torch.equal(p.grad, g)
                assert kept, "step should leave the gradients as they are"
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] * decay
        for p, path in zip(flat, paths, strict=True):
            path.append(p.detach().clone())
    assert all(p.is_leaf and p.requires_grad for p in flat), (
        "after a step, each parameter should still be a leaf that requires a gradient"
    )
    return [torch.stack(path) for path in paths], losses


def race(student: Any, optimizer: Any, epochs: Any, lr: Any, seed: Any) -> list[float]:
    """Losses of the network under one of PyTorch's optimizers."""
    import torch

    losses = student(getattr(torch.optim, optimizer), epochs, lr, seed)
    return [float(loss) for loss in losses]
