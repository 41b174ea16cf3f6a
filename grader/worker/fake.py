"""Simulated CUDA tensors: what a machine without a GPU can still see of a device error.

Under torch's `FakeTensorMode` tensors have a shape, a dtype and a device but no numbers. A stray
CPU tensor among inputs on "cuda" raises there as it would on a GPU, and a result left on the CPU
shows. Nothing else that happens there decides anything: functions that branch on values, call
`.item()` or leave torch cannot run on numberless tensors and are none the worse for it. No graph
is recorded meanwhile: a CPU build of torch aborts the process where one would hold CUDA tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

MISMATCH = ("expected all tensors to be on the same device", "found two different devices")


def _mode() -> FakeTensorMode:
    mode = FakeTensorMode()
    # Remembering what an operation returns costs more than working it out once.
    mode.cache_enabled = False
    return mode


def warm_up() -> None:
    """Load what the first fake operation loads; for the zygote. Computes nothing."""
    with _mode():
        x = torch.empty(3, 4, device="cuda")
        w = torch.empty(4, 4, device="cuda")
        (torch.relu(x @ w + x) * 2 - x.mean()).sum(dim=0)
    _all_descend_from(torch.relu, [torch.ones(2)], {})


class _Foreign(Exception):
    """An operation met, or made, a tensor that does not come from the inputs."""


class _Descent(TorchDispatchMode):
    """Stops at the first operation on a tensor that is neither an input nor made from one."""

    def __init__(self, inputs: list[torch.Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.known = {id(tensor): tensor for tensor in inputs}  # kept, so that ids stay theirs

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = tensors([args, kwargs])
        if not given or any(id(tensor) not in self.known for tensor in given):
            raise _Foreign
        result = func(*args, **(kwargs or {}))
        self.known |= {id(tensor): tensor for tensor in tensors(result)}
        return result


def _all_descend_from(call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a call on the CPU meets only tensors made from its inputs.

    Such a call meets no stray CPU tensor on a GPU either, and to see that takes a fraction of the
    time that simulated tensors take.
    """
    try:
        with _Descent(tensors([args, kwargs])), torch.no_grad():
            result = call(*args, **kwargs)
    except Exception:
        return False
    return all(type(tensor) is torch.Tensor for tensor in tensors(result))


def tensors(tree: Any) -> list[torch.Tensor]:
    """The tensors of nested lists, tuples and dictionaries, in order."""
    if isinstance(tree, torch.Tensor):
        return [tree]
    if isinstance(tree, list | tuple):
        return [tensor for item in tree for tensor in tensors(item)]
    if isinstance(tree, dict):
        return tensors(list(tree.values()))
    return []


def on_cuda(tree: Any) -> Any:
    """Make numberless CUDA tensors shaped as the tensors of `tree`; call inside a mode."""
    if isinstance(tree, torch.Tensor):
        return torch.empty(tree.shape, dtype=tree.dtype, device="cuda")
    if isinstance(tree, list | tuple):
        return type(tree)(on_cuda(item) for item in tree)
    if isinstance(tree, dict):
        return {key: on_cuda(item) for key, item in tree.items()}
    return tree


def try_on_cuda(
    call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Call with simulated tensors.

    Returns:
        {"fake": "ran", "devices": […]}, {"fake": "mismatch"} or {"fake": "undecided"}.
    """
    if _all_descend_from(call, args, kwargs):
        return {"fake": "ran", "devices": []}
    try:
        with _mode(), torch.no_grad():
            result = call(*on_cuda(args), **on_cuda(kwargs))
    except Exception as error:
        text = str(error).lower()
        return {"fake": "mismatch" if any(m in text for m in MISMATCH) else "undecided"}
    return {"fake": "ran", "devices": [t.device.type for t in tensors(result)][:1000]}
