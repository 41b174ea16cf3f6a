"""What a GPU needs around student code. Without one, nothing here does anything.

CUDA is begun by the first tensor that is put on a GPU, in a worker, never in the zygote. The
functions of torch's that are used here are taken before student code could put others in their
places.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

import torch

_begun: Callable[[], bool] = torch.cuda.is_initialized
_settle: Callable[[], None] = torch.cuda.synchronize
_held: Callable[[], int] = torch.cuda.memory_reserved
_let_go: Callable[[], None] = getattr(torch._C, "_cuda_emptyCache", torch.cuda.empty_cache)
_properties: Callable[[int], Any] = torch.cuda.get_device_properties
_empty = torch.empty
_fill = torch.Tensor.fill_

_MIB = 1 << 20
_CACHE = 64 * _MIB
"""As much as any card's second-level cache holds, where torch does not say."""
_BLOCKS = (256 * _MIB, 32 * _MIB, 4 * _MIB, _MIB, 64 << 10, 4 << 10, 512)
"""Sizes of what is filled in memory that is free, to the smallest that torch gives away."""
_MOST_BLOCKS = 2048
_NAN = 0xFF
"""Four, eight or two such bytes are a float that is NaN."""


def choose(uuid: str) -> None:
    """Let this process see one GPU, or slice of one, alone; "" leaves all as it is.

    CUDA looks at this once, when it begins: see `begin`.
    """
    if uuid:
        os.environ["CUDA_VISIBLE_DEVICES"] = uuid


def begin() -> None:
    """Begin CUDA: which card this process sees cannot be changed any more.

    And memory that is free stays with the process, where it is counted. Torch itself gives it back
    to the driver before it says that there is too little. Raises `RuntimeError` without a GPU.
    """
    torch.cuda.init()  # type: ignore[no-untyped-call]
    for place, name in (
        (torch.cuda, "empty_cache"),
        (torch.cuda.memory, "empty_cache"),
        (torch._C, "_cuda_emptyCache"),
        (torch._C, "_accelerator_emptyCache"),
    ):
        setattr(place, name, lambda: None)


def settle() -> None:
    """Wait until the GPU has done all that it was asked, on every stream.

    An error of a kernel comes up here, and not in what is asked next. Raises `RuntimeError`.
    """
    if _begun():
        _settle()


def flush() -> None:
    """Push out of the card's cache what lies in it."""
    if _begun():
        cache = int(getattr(_properties(0), "L2_cache_size", 0)) or _CACHE
        with contextlib.suppress(torch.OutOfMemoryError):
            _fill(_empty(2 * cache, dtype=torch.uint8, device="cuda"), 0)
        _settle()


def poison() -> None:
    """Fill memory that was freed, and that the next result could lie in, with NaN.

    So what is returned without being computed is not the result of an earlier call.
    """
    if not _begun():
        return
    _settle()
    _let_go()
    kept: list[torch.Tensor] = []
    for size in _BLOCKS:
        with contextlib.suppress(torch.OutOfMemoryError):  # then there is none to fill
            _fill_holes(size, kept)
    _settle()


def _fill_holes(size: int, kept: list[torch.Tensor]) -> None:
    """Fill blocks of a size with NaN until one had to be asked of the driver."""
    for _ in range(_MOST_BLOCKS):
        before = _held()
        kept.append(_fill(_empty(size, dtype=torch.uint8, device="cuda"), _NAN))
        if _held() > before:
            return
