"""What an exercise calls while it runs, judged against what it may not call.

Theory of operation. An answer is watched only during the call, on its own thread and on any
it starts, by up to four instruments, each switched on only if a rule needs it:

- ops: a `TorchDispatchMode` sees every ATen operator, whatever Python name led to it.
- calls: `sys.setprofile` sees Python functions, and C functions and methods that Python code
  calls. It is told nothing of NumPy's ufuncs, so `prepare` puts a Python wrapper round each
  forbidden one before the student's code is loaded.
- "@": `sys.settrace` follows, opcode by opcode, only frames whose code holds the operator.
- `requires_grad_`: a `TorchFunctionMode`, since setting an attribute is no call.

Whoever shares a process with its judge can blind it. `evasions`, which reads the source before
any of it has run, finds the means of doing so; both halves together are the audit.
"""

import contextlib
import sys
import threading
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.worker.evasions import evasions
from grader.worker.rules import Matcher, Rules, WatchedUfunc, matcher, matmul_offsets

__all__ = ["Rules", "evasions", "prepare", "watching"]

# Taken before any student code runs: a later `sys.setprofile = …` does not reach us.
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_settrace, _gettrace = sys.settrace, sys.gettrace


def prepare(rules: Iterable[Rules]) -> None:
    """Wrap the NumPy ufuncs that any of the rules names, so that their calls can be seen.

    Call once in the worker, before the student's code is loaded.
    """
    names = {call.rpartition(".")[2] for each in rules for call in each.calls}
    modules = [m for n, m in list(sys.modules.items()) if n.partition(".")[0] == "numpy" and m]
    for ufunc in [getattr(np, name, None) for name in sorted(names)]:
        if not isinstance(ufunc, np.ufunc):
            continue
        watched = WatchedUfunc(ufunc)
        for module in modules:
            for attribute, value in list(vars(module).items()):
                if value is ufunc:
                    setattr(module, attribute, watched)


@contextlib.contextmanager
def watching(rules: Rules) -> Iterator[list[str]]:
    """Watch what runs inside the block; the list holds the rules it broke, sorted, at its end.

    Besides names from the rules it may hold "sys.setprofile", "sys.settrace", "_thread" or
    "torch.library": the code touched the instruments, or ran where they cannot see.
    """
    seen: set[str] = set()
    broken: list[str] = []
    match = matcher(rules)
    try:
        with contextlib.ExitStack() as instruments:
            if rules.ops:
                instruments.enter_context(_Operators(match, seen))
            if match.gradient_rule:
                instruments.enter_context(_RequiresGrad(match.gradient_rule, seen))
            if "@" in rules.syntax:
                instruments.enter_context(_tracing(seen))
            if rules:
                instruments.enter_context(_profiling(match, seen))
            yield broken
    finally:
        broken[:] = sorted(seen)


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes forbidden operators as they are dispatched."""

    def __init__(self, match: Matcher, seen: set[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.match, self.seen = match, seen

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        rule = self.match.operator(func)
        if rule:
            self.seen.add(rule)
        return func(*args, **(kwargs or {}))


class _RequiresGrad(TorchFunctionMode):
    """Notes tensors that are told to record gradients."""

    def __init__(self, rule: str, seen: set[str]) -> None:
        super().__init__()
        self.rule, self.seen = rule, seen
        self.setter = torch.Tensor.requires_grad.__set__  # type: ignore[attr-defined]

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "requires_grad_":
            if args[1] if len(args) > 1 else kwargs.get("requires_grad", True):
                self.seen.add(self.rule)
        elif name == "__set__" and func == self.setter and args[1]:
            self.seen.add(self.rule)
        return func(*args, **kwargs)


@contextlib.contextmanager
def _tracing(seen: set[str]) -> Iterator[None]:
    """Notes "@" as it is executed, in this thread and in those that it starts."""

    def on_opcode(frame: types.FrameType, event: str, arg: object) -> Any:
        if event == "opcode" and frame.f_lasti in matmul_offsets(frame.f_code):
            seen.add("@")
        return on_opcode

    def on_call(frame: types.FrameType, event: str, arg: object) -> Any:
        if not matmul_offsets(frame.f_code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return on_opcode

    before, before_in_threads = _gettrace(), threading.gettrace()
    threading.settrace(on_call)
    _settrace(on_call)
    try:
        yield
    finally:
        if _gettrace() is not on_call:
            seen.add("sys.settrace")
        _settrace(before)
        threading.settrace(before_in_threads)


@contextlib.contextmanager
def _profiling(match: Matcher, seen: set[str]) -> Iterator[None]:
    """Notes forbidden calls, in this thread and in those that it starts."""
    python, c_function, c_names = match.python, match.c_function, match.c_names

    def on_event(frame: types.FrameType, event: str, arg: Any) -> None:
        if event == "call":
            rule = python(frame)
            if rule:
                seen.add(rule)
        elif event == "c_call" and arg.__name__ in c_names:
            rule = c_function(arg, frame)
            if rule:
                seen.add(rule)

    def on_first_event_in_thread(frame: types.FrameType, event: str, arg: Any) -> None:
        _setprofile(on_event)
        if match.rules.ops:
            # A mode belongs to one thread; this one is never left, for it ends with its thread.
            _Operators(match, seen).__enter__()  # type: ignore[no-untyped-call]

    before, before_in_threads = _getprofile(), threading.getprofile()
    threading.setprofile(on_first_event_in_thread)
    _setprofile(on_event)
    try:
        yield
    finally:
        if _getprofile() is not on_event:
            seen.add("sys.setprofile")
        _setprofile(before)
        threading.setprofile(before_in_threads)
