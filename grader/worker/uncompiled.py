"""Sparing workers torch's compiler, which nothing that is graded asks for.

Torch wraps some functions of its own (optimizers' steps, dispatch modes) so that its compiler
leaves them alone, and the first call of any loads the compiler: half a second of CPU time, and 300
modules in the memory that every fork has to map. Where nothing is compiled there is nothing to be
left alone. Simulated tensors ask for the compiler's settings, and load all of it with them.
Whoever asks for `torch.compile` still gets it.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import inspect
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

import torch
from torch import _compile

_MARK = "__dynamo_disable"
"""Where torch keeps, on a function that it has wrapped, what to call in its place."""


def spare() -> None:
    """Let wrapped functions be called as they are; for the zygote, once torch is imported."""
    sample = _compile._disable_dynamo(_leave).__code__
    for thing in gc.get_objects():
        if type(thing) is types.FunctionType and thing.__code__ is sample:
            inside = inspect.getclosurevars(thing).nonlocals["fn"]
            setattr(inside, _MARK, inside)
    # Modules have it under names of their own, and use it when what is below them is loaded.
    _compile._disable_dynamo.__code__ = _leave.__code__


def _leave(fn: Any = None, recursive: bool = True) -> Any:
    """What torch wraps from now on stays as it is; it is run where torch's own was."""
    return fn if fn is not None else functools.partial(_disable_dynamo, recursive=recursive)


_disable_dynamo = _leave
"""The name by which the function calls itself there."""


_COMPILER = "torch._dynamo"


@contextlib.contextmanager
def settings_alone() -> Iterator[None]:
    """Have the compiler's settings within the block, and no more of it unless it is there.

    Where torch is not spared, it asks for more than that.
    """
    spared = _compile._disable_dynamo.__code__ is _leave.__code__
    if _COMPILER in sys.modules or not spared:
        yield
        return
    stand_in: Any = types.ModuleType(_COMPILER)
    stand_in.__path__ = [os.path.join(os.path.dirname(torch.__file__), "_dynamo")]
    sys.modules[_COMPILER] = vars(torch)["_dynamo"] = stand_in
    try:
        stand_in.config = importlib.import_module(f"{_COMPILER}.config")
        yield
    finally:
        del sys.modules[_COMPILER], vars(torch)["_dynamo"]
