"""What an exercise calls while it runs, judged against what it may not call.

Theory of operation. An answer is watched only during the call, on its own thread and on any
it starts, by up to three instruments, each switched on only if a rule needs it:

- ops: a `TorchDispatchMode` sees every ATen operator, whatever Python name led to it.
- calls: `sys.setprofile` sees Python functions, and C functions and methods that Python code
  calls. It is told nothing of NumPy's ufuncs, so `prepare` puts a Python wrapper round each
  forbidden one before the student's code is loaded.
- "@": `sys.settrace` follows, opcode by opcode, only frames whose code holds the operator.

While a call is watched, `switches` keeps the last two from being taken off, by the student's code
or by Python, which does so where they raise: at the end of a recursion.

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
from torch.utils._python_dispatch import TorchDispatchMode

from grader.worker.evasions import evasions, survey
from grader.worker.rules import Matcher, Rules, WatchedUfunc, matcher, matmul_offsets
from grader.worker.switches import switches

__all__ = ["Rules", "evasions", "prepare", "survey", "watching"]

# Taken before any student code runs: a later `sys.setprofile = …` does not reach us.
_setprofile, _getprofile = sys.setprofile, sys.getprofile
_settrace, _gettrace = sys.settrace, sys.gettrace


def prepare(rules: Iterable[Rules]) -> None:
    """Wrap the NumPy ufuncs that any of the rules names, so that their calls can be seen.

    Call once in the worker, before the student's code is loaded.
    """
    names = {call.rpartition(".")[2] for each in rules for call in each.calls}
    ufuncs = [u for name in sorted(names) if isinstance(u := getattr(np, name, None), np.ufunc)]
    if not ufuncs:
        return
    modules = [m for n, m in list(sys.modules.items()) if n.partition(".")[0] == "numpy" and m]
    for ufunc in ufuncs:
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
                instruments.enter_context(_threads_too(match, seen))
                instruments.enter_context(_Operators(match, seen))
            if "@" in rules.syntax:
                instruments.enter_context(_tracing(seen))
            if rules.calls:
                instruments.enter_context(_profiling(match, seen))
            yield broken
    finally:
        broken[:] = sorted(seen - {""})


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes forbidden operators as they are dispatched."""

    def __init__(self, match: Matcher, seen: set[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.match, self.seen = match, seen

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled here, and the wrapper against compiling costs 3 µs an operator.
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        rule = self.match.operator(func)
        if rule:
            self.seen.add(rule)
        # What `func(…)` does, less one Python frame; higher-order operators have no `_op`.
        return getattr(func, "_op", func)(*args, **(kwargs or {}))


@contextlib.contextmanager
def _tracing(seen: set[str]) -> Iterator[None]:
    """Notes "@" as it is executed, in this thread and in those that it starts."""

    guard, followed = switches(), 0

    def on_opcode(frame: types.FrameType, event: str, arg: object) -> Any:
        nonlocal followed
        try:
            if event == "opcode" and frame.f_lasti in matmul_offsets(frame.f_code):
                seen.add("@")
            followed -= event == "return"
            return on_opcode
        except BaseException as error:
            guard.stumbled(error)
            raise

    def on_call(frame: types.FrameType, event: str, arg: object) -> Any:
        nonlocal followed
        try:
            if not matmul_offsets(frame.f_code):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            followed += 1
            return on_opcode
        except BaseException as error:
            guard.stumbled(error)
            raise

    before, before_in_threads = _gettrace(), threading.gettrace()
    threading.settrace(on_call)
    _settrace(on_call)
    try:
        with guard.kept("sys.settrace", seen):
            yield
    finally:
        # A frame that lost its tracer went on unseen.
        if _gettrace() is not on_call or followed:
            seen.add("sys.settrace")
        _settrace(before)
        threading.settrace(before_in_threads)


@contextlib.contextmanager
def _threads_too(match: Matcher, seen: set[str]) -> Iterator[None]:
    """Watches the operators of threads that start inside the block."""

    def on_first_event(frame: types.FrameType, event: str, arg: Any) -> None:
        _setprofile(None)
        # A mode belongs to one thread; this one is never left, for it ends with its thread.
        _Operators(match, seen).__enter__()  # type: ignore[no-untyped-call]

    before = threading.getprofile()
    threading.setprofile(on_first_event)
    try:
        yield
    finally:
        threading.setprofile(before)


@contextlib.contextmanager
def _profiling(match: Matcher, seen: set[str]) -> Iterator[None]:
    """Notes forbidden calls, in this thread and in those that it starts."""
    known, python = match.known_codes.get, match.python
    c_function, c_names = match.c_function, match.c_names

    guard = switches()

    def on_event(frame: types.FrameType, event: str, arg: Any) -> None:
        try:
            if event == "c_call":
                if arg.__name__ in c_names:
                    seen.add(c_function(arg, frame))
            elif event == "call" and known(frame.f_code) != "":
                seen.add(python(frame))
        except BaseException as error:
            guard.stumbled(error)
            raise

    before, before_in_threads = _getprofile(), threading.getprofile()

    def on_first_event(frame: types.FrameType, event: Any, arg: Any) -> None:
        if before_in_threads:
            before_in_threads(frame, event, arg)
        _setprofile(on_event)

    threading.setprofile(on_first_event)
    _setprofile(on_event)
    try:
        with guard.kept("sys.setprofile", seen):
            yield
    finally:
        if _getprofile() is not on_event:
            seen.add("sys.setprofile")
        _setprofile(before)
        threading.setprofile(before_in_threads)
