"""Shutting the doors of a worker from which something is taken away, before student code arrives.

- Modules that are forbidden and not loaded cannot be imported, nor libraries of one's own.
- Text that becomes code while nobody reads it: `exec`, `eval`, `compile` and `marshal` are refused
  to the student's code, and to the library modules that would do it for it.
- `ctypes` and the searches of `gc` are gone: with them one could look for what is left.
- No thread and no child: what is watched in one thread must not happen in another.

Python asks its audit hooks at each of these; a hook cannot be taken back, and what holds ours is
hidden from the garbage collector.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import os
import sys
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch

from grader.worker import seccomp, slots
from grader.worker.linux import PR_SET_NO_NEW_PRIVS, Linux, is_linux
from grader.worker.refusals import Absent

_RUNNERS = frozenset({
    "IPython", "bdb", "cProfile", "code", "codeop", "doctest", "functools", "operator", "pdb",
    "profile", "pydoc", "runpy", "timeit", "trace", "types",
})  # fmt: skip
_SEARCHES = ("gc.get_objects", "gc.get_referents", "gc.get_referrers")
# Modules of C that hold more of what is forbidden, made for tests of the libraries' own.
_TESTS = ("._umath_tests", "._multiarray_tests", "._operand_flag_tests", "._rational_tests")

Refuse = Callable[..., Any]


class Doors:
    """What Python asks before it does one of the things that are shut."""

    def __init__(self, modules: Mapping[str, Refuse], own: Iterable[types.CodeType] | None) -> None:
        """Shut the modules, each with its refusal; `own` code may compile and run text, and
        all may if it is None.
        """
        self._modules = dict(modules)
        self._own = None if own is None else frozenset(own)
        home = os.environ.get("HOME", "")
        self._libraries = tuple(path for path in sys.path if path and path != home)
        self._answers: dict[str, Callable[..., None]] = {}

    def close(self) -> None:
        """Begin to refuse; before, everything may pass."""
        self._answers |= {
            "import": self._import,
            "exec": self._exec,
            "compile": self._compile,
            "marshal.loads": self._unmarshal,
            "ctypes.dlopen": _never,
            "ctypes.dlsym": _never,
            "ctypes.dlsym/handle": _never,
            "ctypes.cdata": _never,
            **dict.fromkeys(_SEARCHES, _never),
        }

    def on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook."""
        answer = self._answers.get(event)
        if answer is not None:
            answer(event, *arguments)

    def _import(self, event: str, name: str, path: str | None, *rest: object) -> None:
        for shut, refuse in self._modules.items():
            if f"{name}.".startswith(f"{shut}."):
                refuse()
        if name.endswith(_TESTS) or (path and not path.startswith(self._libraries)):
            raise Absent(f"{name} is not available here")

    def _exec(self, event: str, code: types.CodeType) -> None:
        self._by_student("exec and eval")

    def _compile(self, event: str, *rest: object) -> None:
        self._by_student("compile")

    def _unmarshal(self, event: str, *rest: object) -> None:
        self._by_student("marshal")

    def _by_student(self, what: str) -> None:
        """Refuse what the student's code does, by itself or through a runner of the library."""
        frame = sys._getframe(3)
        if self._own is None or frame.f_code in self._own:
            return
        name = str(frame.f_globals.get("__name__"))
        if name in ("__main__", "submission") or name.partition(".")[0] in _RUNNERS:
            raise Absent(f"{what} of text is not available here")


def _never(event: str, *rest: object) -> None:
    raise Absent(f"{event} is not available here")


def warm_up() -> None:
    """Compile the filter and find the types once, in the zygote."""
    _ctypes()
    with contextlib.suppress(OSError, RuntimeError, ImportError):
        seccomp.no_children()


def shut(
    modules: Mapping[str, Refuse],
    own: Iterable[types.CodeType] | None,
    *,
    threads: bool = False,
) -> None:
    """Shut everything, but for `threads` where CUDA needs them.

    It is the last thing done, as what comes before uses `ctypes`.
    """
    doors = Doors(modules, own)
    if not threads:
        _no_children()
    _hold(doors)
    _no_ctypes()
    doors.close()


def _no_children() -> None:
    if is_linux():
        with contextlib.suppress(OSError):  # a worker has done so, and may not any more
            Linux().prctl(PR_SET_NO_NEW_PRIVS, 1)
        # Where there is no seccomp, the box is one that allows neither, or was asked for less.
        with contextlib.suppress(OSError, RuntimeError, ImportError):
            Linux().load_filter(seccomp.no_children())
    # With more threads than one, an OpenMP that may not start them ends the process.
    for name in ("set_num_threads", "set_num_interop_threads"):
        setattr(torch, name, lambda number: None)
        setattr(torch._C, name, lambda number: None)


def _hold(doors: Doors) -> None:
    """Put up the hook, and hide it: Python keeps its hooks in a list, which a search would find."""
    hook = doors.on_event
    sys.addaudithook(hook)
    for holder in gc.get_referrers(hook):
        if type(holder) is list:
            slots.keep_for_ever(holder)
    for thing in (hook, doors, vars(doors), doors._answers, doors._modules):
        slots.keep_for_ever(thing)


def _no_ctypes() -> None:
    """Leave nothing of ctypes that can be called or made."""
    slots.take_ctypes(*_ctypes())


@functools.cache
def _ctypes() -> tuple[tuple[type, ...], tuple[type, ...]]:
    """The types of ctypes' types, and the types of its functions."""
    pointer: type = ctypes.POINTER(ctypes.c_char).__mro__[1]
    function: type = type(ctypes.pythonapi.Py_IncRef).__mro__[1]
    examples = (ctypes.c_int, ctypes.Structure, ctypes.Union, ctypes.Array, pointer, function)
    functions = [function]
    for one in functions:
        functions += one.__subclasses__()
    return tuple({type(example) for example in examples}), tuple(functions)
