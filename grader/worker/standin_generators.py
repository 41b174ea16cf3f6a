"""The generators of the device "standin": of the CPU, in disguise, and refused there.

torch makes generators of its own devices alone, and would take one of ours for what it is. So every
operator that draws is looked at before it is dispatched, by a mode that torch keeps for tests of
its dispatcher: no other operator notices. Threads that student code starts are not in the mode.
"""

from __future__ import annotations

import functools
from typing import Any

import torch

from grader.worker.standin_kernels import NAME, Device

_MODE = "TESTING_ONLY_GenericMode"


def kind_for(standin: Device) -> type:
    """The type of generators that knows the device, too."""

    class Kind(type(torch._C.Generator)):  # type: ignore[misc]
        def __instancecheck__(cls, instance: Any) -> bool:
            return isinstance(instance, torch._C.Generator)

    class Generator(torch._C.Generator, metaclass=Kind):
        """A random stream; `device` is where it draws."""

        def __new__(cls, device: Any = "cpu") -> Any:
            place = torch.device(device)
            if place.type != NAME:
                return torch._C.Generator(place)
            return standin.made(super().__new__(cls))

        @property
        def device(self) -> torch.device:  # type: ignore[override]
            return standin.place

    return Generator


def refuse_on_the_cpu(standin: Device) -> tuple[Any, ...]:
    """Let this thread and the processes forked from it refuse the device's generators on the CPU.

    Returns what undoes it when it goes.
    """
    key = torch._C._dispatch_key_parse(_MODE)
    library: Any = torch.library.Library
    every, ours = library("_", "IMPL"), library("aten", "IMPL")
    every.fallback(torch.library.fallthrough_kernel, _MODE)
    for op in _drawing():
        ours.impl(op, functools.partial(_draw, standin, torch._C.DispatchKeySet(key), op), _MODE)
    torch._C._dispatch_tls_set_dispatch_key_included(key, True)
    return every, ours


def _drawing() -> list[Any]:
    """The operators that take a generator, and draw from it themselves on the CPU."""
    found = []
    for name in torch._C._dispatch_get_all_op_names():
        if name.startswith("aten::") and torch._C._dispatch_has_kernel_for_dispatch_key(
            name, "CPU"
        ):
            packet, _, overload = name.removeprefix("aten::").partition(".")
            op = getattr(getattr(torch.ops.aten, packet), overload or "default")
            if any(each.name == "generator" for each in op._schema.arguments):
                found.append(op)
    return found


def _draw(standin: Device, mode: Any, op: Any, *args: Any, **kwargs: Any) -> Any:
    given = [*args, *kwargs.values()]
    ours = any(isinstance(one, torch._C.Generator) and standin.has_made(one) for one in given)
    if ours and not any(isinstance(one, torch.Tensor) and one.device.type == NAME for one in given):
        raise RuntimeError(f"Expected a 'cpu' device type for generator but found '{NAME}'")
    with torch._C._ExcludeDispatchKeyGuard(mode):
        return op(*args, **kwargs)
