"""Exceptions of Python's in a backward pass on the device "standin", which has a thread of its own.

An exception of a hook is still pending, as C calls it, when torch leaves the device's stream; there
it asks Python which device that is, and a call that returns while an exception is pending ends the
process. So the answer sets the exception aside, and whoever asked for the backward pass gets it.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import torch
from torch.autograd import graph

_pending: Any = ctypes.PyDLL(None).PyErr_Occurred
"""Raises the exception that is pending, if there is one, as ctypes does after every call."""
_pending.restype = ctypes.c_void_p


class Aside:
    """The exceptions that were set aside, in their order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: list[BaseException] = []

    def take(self) -> None:
        """Set aside what is pending in this thread."""
        try:
            _pending()
        except BaseException as error:
            self._kept.append(error)

    def last(self) -> BaseException | None:
        """The latest of them; then all are forgotten."""
        found = self._kept[-1] if self._kept else None
        self._kept.clear()
        return found


def guard(aside: Aside) -> Any:
    """What tells torch of the device whenever it enters or leaves it."""

    class Guard(torch._C._acc.DeviceGuard):
        def type_(self) -> Any:
            aside.take()
            return torch._C._autograd.DeviceType.PrivateUse1

    return Guard()


def install(aside: Aside) -> None:
    """Let backward passes raise what was set aside in them."""
    usual = graph._engine_run_backward

    @functools.wraps(usual)
    def run_backward(*args: Any, **kwargs: Any) -> Any:
        try:
            return usual(*args, **kwargs)
        except SystemError as error:  # that there was an exception is known, not which
            raise aside.last() or error from None

    for module in (graph, torch.autograd):
        module._engine_run_backward = run_backward  # type: ignore[attr-defined]
