"""A stand-in for a GPU: the torch device "standin", whose memory is the CPU's.

It shows what a machine without a GPU hides: tensors on it meet none on the CPU (but single numbers
and indices, as on CUDA), `.numpy()` and generators of the CPU refuse it, and what is made without a
device stays behind. Nothing is faster, and nothing that only a driver does is shown.

How it works. A tensor of the device has a storage of its own over memory of the CPU, and keeps that
memory's storage as an attribute: torch keeps a storage's attributes as long as the storage. One
function answers for all operations: it refuses to mix devices, asks the CPU's operation over the
same memory, so that its values are the CPU's bit by bit, and gives the results the device.
Views share their base's storage; autograd, modules and optimizers work as on any device of torch's.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

from grader.worker import standin_backward as backward_passes
from grader.worker import standin_generators as generators
from grader.worker import standin_kernels as kernels
from grader.worker.standin_kernels import NAME, over

_KEY = "PrivateUse1"
"""torch's name for devices that are not its own."""


class Standin:
    """The device in one process: its random stream, and what torch asks of a device's module."""

    def __init__(self) -> None:
        """Start the random stream."""
        self.stream = torch._C.Generator()
        self.libraries: tuple[Any, ...] = ()
        self._made: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()

    @functools.cached_property
    def place(self) -> torch.device:
        """Its only one, by the name that torch knows once it is installed."""
        return torch.device(NAME, 0)

    def is_initialized(self) -> bool:
        """Always."""
        return True

    def is_available(self) -> bool:
        """Always."""
        return True

    def current_device(self) -> int:
        """The only one."""
        return 0

    def device_count(self) -> int:
        """One."""
        return 1

    def device(self, device: Any) -> AbstractContextManager[None]:
        """Choose among its devices, of which there is one."""
        return nullcontext()

    def synchronize(self, device: Any = None) -> None:
        """Wait for nothing: nothing is left to be done."""

    def manual_seed_all(self, seed: int) -> None:
        """Seed the device's random stream, as `torch.manual_seed` does."""
        self.stream.manual_seed(seed)

    def _is_in_bad_fork(self) -> bool:
        return False

    def has_made(self, generator: Any) -> bool:
        """Whether a generator is the device's; torch hands on another object for the same one."""
        return generator._cdata in self._made

    def made(self, generator: Any) -> Any:
        """Take a generator for the device's, and give it back."""
        self._made[generator._cdata] = generator
        return generator

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Let what draws from the CPU's random stream draw from the device's."""
        usual = torch.default_generator
        kept = usual.get_state()
        usual.set_state(self.stream.get_state())
        try:
            yield
        finally:
            self.stream.set_state(usual.get_state())
            usual.set_state(kept)


def install() -> None:
    """Make the device known to this process and those forked from it.

    Raises:
        RuntimeError: it is known already, or another device that is not torch's own.
    """
    standin = Standin()
    aside = backward_passes.Aside()
    _setup_privateuseone_for_python_backend(
        NAME, standin, device_guard=backward_passes.guard(aside)
    )
    backward_passes.install(aside)
    library: Any = torch.library.Library
    every, ours = library("_", "IMPL"), library("aten", "IMPL")
    every.fallback(functools.partial(kernels.answer, standin), _KEY)
    # `torch.tensor` calls these below whoever watches, where torch finds no fallback of Python's;
    # and what copies never falls back.
    aten = torch.ops.aten
    for op in (aten.empty.memory_format, aten.empty_strided.default):
        ours.impl(op, functools.partial(kernels.made, standin, op), _KEY)
    ours.impl(
        aten.copy_.default, functools.partial(kernels.answer, standin, aten.copy_.default), _KEY
    )
    # On devices that are not torch's own these are other operators.
    ours.impl("convolution_overrideable", functools.partial(kernels.convolution, standin), _KEY)
    backward = functools.partial(kernels.convolution_backward, standin)
    ours.impl("convolution_backward_overrideable", backward, _KEY)
    for key in (_KEY, f"Autograd{_KEY}"):
        ours.impl("_has_compatible_shallow_copy_type", kernels.may_trade_places, key)
        ours.impl("_thnn_fused_lstm_cell", kernels.lstm_cell, key)
        ours.impl("_thnn_fused_gru_cell", kernels.gru_cell, key)
    standin.libraries = (
        every,
        ours,
        *generators.refuse_on_the_cpu(standin),
    )  # what they hold is undone when they go
    torch.Generator = generators.kind_for(standin)  # type: ignore[misc,assignment]
    torch.UntypedStorage.__new__ = _storages_of(standin)  # type: ignore[method-assign]


def _storages_of(standin: Standin) -> Any:
    """What makes storages, of the device too: torch asks an allocator, of which there is none."""
    usual: Any = torch.UntypedStorage.__new__

    def made(cls: Any, *args: Any, device: Any = "cpu", **kwargs: Any) -> Any:
        if torch.device(device).type != NAME:
            return usual(cls, *args, device=device, **kwargs)
        return over(usual(cls, *args, **kwargs), standin.place)

    return made
