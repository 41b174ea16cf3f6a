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


def on_cuda(tree: Any) -> Any:
    """Make numberless CUDA tensors shaped as the tensors of `tree`; call inside a mode."""
    if isinstance(tree, torch.Tensor):
        return torch.empty(tree.shape, dtype=tree.dtype, device="cuda")
    if isinstance(tree, list | tuple):
        return type(tree)(on_cuda(item) for item in tree)
    if isinstance(tree, dict):
        return {key: on_cuda(item) for key, item in tree.items()}
    return tree


def devices(tree: Any) -> list[str]:
    """Device types of the tensors of a result, in order."""
    if isinstance(tree, torch.Tensor):
        return [tree.device.type]
    if isinstance(tree, list | tuple):
        return [device for item in tree for device in devices(item)]
    if isinstance(tree, dict):
        return devices(list(tree.values()))
    return []


def try_on_cuda(
    call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Call with simulated tensors.

    Returns:
        {"fake": "ran", "devices": […]}, {"fake": "mismatch"} or {"fake": "undecided"}.
    """
    try:
        with _mode(), torch.no_grad():
            result = call(*on_cuda(args), **on_cuda(kwargs))
    except Exception as error:
        text = str(error).lower()
        return {"fake": "mismatch" if any(m in text for m in MISMATCH) else "undecided"}
    return {"fake": "ran", "devices": devices(result)[:1000]}
