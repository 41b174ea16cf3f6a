"""Simulated CUDA tensors: what a machine without a GPU can still see of a device error.

Under torch's `FakeTensorMode` tensors have a shape, a dtype and a device but no numbers. A stray
CPU tensor among inputs on "cuda" raises there as it would on a GPU, and a result left on the CPU
shows. Nothing else that happens there decides anything: functions that branch on values, call
`.item()` or leave torch cannot run on numberless tensors and are none the worse for it. No graph
is recorded meanwhile: a CPU build of torch aborts the process where one would hold CUDA tensors.

Simulating costs much more than running, so two cheaper looks come first, and can only acquit: a
call whose tensors all come from its inputs, and one that stays on torch's "meta" device when its
inputs are there, cannot stray on a GPU either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

_NO_GRADIENT = "does not require grad"
UNDECIDED = {"fake": "undecided"}
MISMATCH = ("expected all tensors to be on the same device", "found two different devices")


class _Mode(FakeTensorMode):  # type: ignore[no-untyped-call]
    """Simulates CUDA's tensors without beginning CUDA where there is a GPU.

    Else the zygote would begin it, and none of its workers could use a GPU any more.
    """

    avoid_device_init = True


def _mode() -> FakeTensorMode:
    mode = _Mode()
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
    _stays_on_meta(torch.relu, [torch.ones(2)], {})


class _Foreign(Exception):
    """An operation met, or made, a tensor that could be on another device than the inputs."""


class _Descent(TorchDispatchMode):
    """Stops at the first operation on a tensor that is neither an input nor made from one.

    Integers made on the way may index: PyTorch takes indices from the CPU whatever they index.
    """

    def __init__(self, inputs: list[torch.Tensor]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        # The tensors are kept, so that their ids stay theirs.
        self.known = {id(tensor): tensor for tensor in inputs}
        self.indices: dict[int, torch.Tensor] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = tensors([args, kwargs])
        strangers = [tensor for tensor in given if id(tensor) not in self.known]
        only_indices = all(id(tensor) in self.indices for tensor in strangers)
        result = func(*args, **(kwargs or {}))
        made = {id(tensor): tensor for tensor in tensors(result)}
        if given and (not strangers or (only_indices and _indexes(func))):
            self.known |= made
        elif len(strangers) == len(given) and only_indices and _are_integers(made.values()):
            self.indices |= made
        else:
            raise _Foreign
        return result

    def vouch(self, given: list[torch.Tensor], made: list[torch.Tensor]) -> None:
        """Know what was made of tensors otherwise than by an operation, if it knows all those."""
        if given and all(id(tensor) in self.known for tensor in given):
            self.known |= {id(tensor): tensor for tensor in made}


def vouch(given: Any, made: Any) -> None:
    """Say that a right answer made the tensors in `made` of those in `given`.

    It leaves none on another device, so that what descends from its results is no stray either.
    """
    looking = _get_current_dispatch_mode()
    if isinstance(looking, _Descent):
        looking.vouch(tensors(given), tensors(made))


def _indexes(func: Any) -> bool:
    return func.overloadpacket.__name__ in ("index", "index_put", "index_put_", "_index_put_impl_")


def _are_integers(made: Iterable[torch.Tensor]) -> bool:
    return all(not t.dtype.is_floating_point and not t.dtype.is_complex for t in made)


class _NoMoves(TorchFunctionMode):
    """Stops where a tensor is sent to a device by name: on the CPU nothing would come of it."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, named = getattr(func, "__name__", ""), kwargs or {}
        places = [*args[1:], *named.values()]
        to_device = any(isinstance(place, str | torch.device) for place in places)
        if name == "cpu" or (name in ("to", "type") and to_device):
            raise _Foreign
        return func(*args, **named)


def _all_descend_from(
    call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> bool | None:
    """Whether a call on the CPU meets only tensors made from its inputs.

    Such a call meets no stray CPU tensor on a GPU either, and to see that takes a fraction of the
    time that simulated tensors take. None if it asks for a gradient, of which there is none here
    nor among simulated tensors, and has met no others before.
    """
    try:
        with _Descent(tensors([args, kwargs])) as descent, _NoMoves(), torch.no_grad():
            result = call(*args, **kwargs)
    except RuntimeError as error:
        return None if _NO_GRADIENT in str(error) else False
    except Exception:
        return False
    return all(id(tensor) in descent.known for tensor in tensors(result))


class _Apart(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Stops at the first operation that mixes tensors on the CPU with others."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = tensors([args, kwargs])
        places = {tensor.device.type for tensor in given if tensor.dim()}
        if len(places) > 1:
            raise _Foreign
        return func(*args, **(kwargs or {}))


def _stays_on_meta(call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a call keeps to its inputs' device when they are on "meta"."""
    try:
        with _Apart(), torch.no_grad():  # type: ignore[no-untyped-call]
            result = call(*moved(args, "meta"), **moved(kwargs, "meta"))
    except Exception:
        return False
    return all(tensor.device.type == "meta" for tensor in tensors(result))


def tensors(tree: Any) -> list[torch.Tensor]:
    """The tensors of nested lists, tuples and dictionaries, in order."""
    if isinstance(tree, torch.Tensor):
        return [tree]
    if isinstance(tree, list | tuple):
        return [tensor for item in tree for tensor in tensors(item)]
    if isinstance(tree, dict):
        return tensors(list(tree.values()))
    return []


def moved(tree: Any, device: str) -> Any:
    """Numberless tensors on `device`, shaped as those of `tree`; "cuda" only inside a mode."""
    if isinstance(tree, torch.Tensor):
        return torch.empty(tree.shape, dtype=tree.dtype, device=device)
    if isinstance(tree, list | tuple):
        return type(tree)(moved(item, device) for item in tree)
    if isinstance(tree, dict):
        return {key: moved(item, device) for key, item in tree.items()}
    return tree


def try_on_cuda(
    call: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Call with simulated tensors.

    Returns:
        {"fake": "ran", "devices": […]}, {"fake": "mismatch"} or {"fake": "undecided"}.
    """
    descends = _all_descend_from(call, args, kwargs)
    if descends is None:
        return UNDECIDED
    if descends or _stays_on_meta(call, args, kwargs):
        return {"fake": "ran", "devices": []}
    try:
        with _mode(), torch.no_grad():
            result = call(*moved(args, "cuda"), **moved(kwargs, "cuda"))
    except Exception as error:
        text = str(error).lower()
        return {"fake": "mismatch"} if any(m in text for m in MISMATCH) else UNDECIDED
    return {"fake": "ran", "devices": [t.device.type for t in tensors(result)][:1000]}
