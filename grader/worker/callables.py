"""Taking callables out of Python's libraries: functions, C functions, classes, ufuncs, modules.

Of a Python function the code is taken, of a C function its entry in its own table, so that a copy
kept under another name is as empty as the original. What stands in a module afterwards says, to
whoever calls it in good faith, what is missing.
"""

from __future__ import annotations

import functools
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch

from grader.worker import slots
from grader.worker.kernels import plain
from grader.worker.refusals import Refusals, empty, functions_in

_OF_TORCH = (
    "torch", "torch.functional", "torch.linalg", "torch.nn.functional", "torch.special",
    "torch._C._linalg", "torch._C._nn", "torch._C._special",
)  # fmt: skip
# torch's own formulae for its operators, written in Python.
_FORMULAE = (
    "torch._decomp.decompositions", "torch._refs", "torch._refs.nn.functional",
    "torch._refs.special", "torch._refs.linalg", "torch._prims",
)  # fmt: skip
# `torch.no_grad` and the optimisers' bookkeeping live here; neither takes a gradient. Printing a
# tensor unpacks it, which gives a tangent only to those who packed one.
_HARMLESS = (
    "torch.autograd.anomaly_mode", "torch.autograd.forward_ad._is_fwd_grad_enabled",
    "torch.autograd.forward_ad.unpack_dual", "torch.autograd.function.BackwardCFunction",
    "torch.autograd.function.FunctionMeta", "torch.autograd.grad_mode", "torch.autograd.profiler",
    "torch.autograd.profiler_legacy", "torch.autograd.profiler_util", "torch.autograd.variable",
)  # fmt: skip
_FORTRAN = "fortran"
"""The type of SciPy's bindings to BLAS, which say nothing of their module."""
_C_FUNCTIONS = (types.BuiltinFunctionType, types.MethodDescriptorType)
_DISPATCHED = type(np.dot)

Place = tuple[types.ModuleType, str]
"""A module, and a name in it."""


def take(call: str, refusals: Refusals) -> bool:
    """Take what a rule names: a dotted name and all below it, or a bare name in every library; a
    bare name may also be a package's.

    Returns whether there is such a thing; of a module that is not loaded there is none.
    """
    refuse = refusals.by(call)
    if _is_module(call):
        places, functions = _in_module(call)
        for module, name in places:
            _take_below(module, name, refuse)
        for function in functions:
            empty(function, refuse)
        return True
    if "." not in call:
        found = [_take_at(owner, call, refuse) for owner in _owners(call)]
        return any(found)
    owner, name = _owner(call)
    return owner is not None and _take_at(owner, name, refuse)


def foresee(call: str) -> None:
    """Find what a rule names, for workers that will be forked from here; nothing is taken."""
    if _is_module(call):
        _in_module(call)
    elif "." not in call:
        _owners(call)


def _is_module(call: str) -> bool:
    """Whether a rule means a loaded module; a bare name of Python's own library is a function's."""
    return sys.modules.get(call) is not None and call not in sys.stdlib_module_names


def operator_of(call: str) -> str:
    """The name of the torch operator that a call may be a binding of, or ""."""
    owner, name = _owner(call) if "." in call else (None, call)
    bound = isinstance(getattr(owner, name, None), _C_FUNCTIONS)
    return name if "." not in call or (bound and call.startswith(("torch.", "Tensor."))) else ""


def take_formulae(operators: Iterable[str], refusals: Refusals) -> None:
    """Take torch's Python formulae for operators with these plain names."""
    formulae = _formulae()
    for name in operators:
        for function in formulae.get(name, ()):
            empty(function, refusals.by(name))


@functools.cache
def _formulae() -> dict[str, tuple[types.FunctionType, ...]]:
    found: dict[str, list[types.FunctionType]] = {}
    for path in _FORMULAE:
        for name, thing in _members(sys.modules.get(path)):
            found.setdefault(plain(name), []).extend(functions_in(thing))
    return {name: tuple(functions) for name, functions in found.items()}


def _take_at(owner: Any, name: str, refuse: Callable[..., Any]) -> bool:
    thing = vars(owner).get(name)
    if _take_below(owner, name, refuse):
        for function in functions_in(thing):
            empty(function, refuse)
        return True
    return thing is refuse


def _take_below(owner: Any, name: str, refuse: Callable[..., Any]) -> bool:
    """Take what of it is not Python's; whether there is anything to call."""
    thing = vars(owner).get(name)
    if isinstance(owner, type) and isinstance(thing, _C_FUNCTIONS):
        slots.replace_method(owner, name, refuse)
    elif type(thing).__name__ == _FORTRAN:
        slots.take_calls([type(thing)])
    elif isinstance(thing, np.ufunc):
        slots.take_ufunc(thing)
        setattr(owner, name, refuse)
    elif isinstance(thing, _DISPATCHED):
        inside: Any = getattr(thing, "_implementation")  # noqa: B009
        if isinstance(inside, types.FunctionType):
            empty(inside, refuse)
        else:
            slots.take_c_function(inside)
            setattr(owner, name, refuse)
    elif isinstance(thing, _C_FUNCTIONS):
        if not _is_operator(thing):
            slots.take_c_function(thing)
        setattr(owner, name, refuse)
    elif thing is refuse or not callable(thing):
        return False
    return True


def _is_operator(function: Any) -> bool:
    """Whether it is torch's binding of an operator, whose kernels are taken instead."""
    owner = function.__self__
    return owner is torch._C._nn or getattr(owner, "__name__", "") == "_VariableFunctionsClass"


@functools.cache
def _in_module(rule: str) -> tuple[tuple[Place, ...], tuple[types.FunctionType, ...]]:
    """Where in a module and below it something stands that is the module's own, and the Python
    functions that it is made of, each once.
    """
    places = [(module, name) for module in _below(rule) for name in _own_names(module, rule)]
    things = [vars(module)[name] for module, name in places]
    made_of = [function for thing in things if callable(thing) for function in functions_in(thing)]
    return tuple(places), tuple({id(function): function for function in made_of}.values())


def _own_names(module: types.ModuleType, rule: str) -> Iterator[str]:
    for name, thing in _members(module):
        home = str(getattr(thing, "__module__", ""))
        ours = f"{home}.".startswith(f"{rule}.") or type(thing).__name__ == _FORTRAN
        if name.startswith("__") or not ours:
            continue
        if not f"{home}.{name}".startswith(_HARMLESS):
            yield name


def _members(module: types.ModuleType | None) -> list[tuple[str, Any]]:
    return list(vars(module).items()) if module else []


def _below(path: str) -> list[types.ModuleType]:
    # One text, as looking at each module's name would copy its memory to this process.
    names = re.findall(rf"^{re.escape(path)}(?:\..*)?$", _loaded(), re.MULTILINE)
    return [module for name in names if (module := sys.modules.get(name)) is not None]


@functools.cache
def _loaded() -> str:
    """The names of the loaded modules, one a line; of those loaded later none matters."""
    return "\n".join(sys.modules)


@functools.cache
def _owners(name: str) -> tuple[Any, ...]:
    """The types and modules that have something of a bare name."""
    types_of_arrays = (np.ndarray, torch.Tensor, torch._C.TensorBase)
    return tuple(owner for owner in (*types_of_arrays, *_modules()) if name in vars(owner))


@functools.cache
def _modules() -> tuple[types.ModuleType, ...]:
    """NumPy's modules, and those of torch in which functions stand that students call."""
    ours = [m for path, m in sys.modules.items() if path.partition(".")[0] == "numpy"]
    found = [sys.modules.get(path) for path in _OF_TORCH]
    return tuple(module for module in (*ours, *found) if isinstance(module, types.ModuleType))


def warm_up() -> None:
    """Find what there is once, in the zygote."""
    _modules()
    _formulae()
    _loaded()


def _owner(call: str) -> tuple[Any, str]:
    """The module or class that has what a dotted name means, among what is loaded."""
    path, _, name = call.rpartition(".")
    if path in ("Tensor", "torch.Tensor"):
        kinds = (torch.Tensor, torch._C.TensorBase)
        return next((kind for kind in kinds if name in vars(kind)), None), name
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        owner: Any = sys.modules.get(".".join(parts[:cut]))
        if owner is None:
            continue
        for part in parts[cut:]:
            owner = getattr(owner, part, None)
        return (owner, name) if hasattr(owner, "__dict__") and name in vars(owner) else (None, name)
    return None, name
