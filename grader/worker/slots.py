"""Taking functions away at the bottom: in CPython's and NumPy's own structures.

A name that is taken out of a module can be put back by whoever kept the object. So the C function
itself is taken: its table, type slot or ufunc is overwritten, whoever holds it, with a function
of CPython's that does nothing but raise TypeError. What is written here is for a process that ends
with its submission; nothing can be put back.

Offsets are those of 64-bit CPython 3.11 and 3.12 and of NumPy's ufunc, whose head is in its ABI.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

_WORD = ctypes.c_void_p
_TP_AS_NUMBER, _TP_CALL, _TP_DICT, _TP_NEW = 96, 128, 264, 312
_NB_MATRIX_MULTIPLY, _NB_INPLACE_MATRIX_MULTIPLY = 272, 280
_M_ML, _D_METHOD, _ML_METH = 16, 40, 8
_GC_HEAD = 16
_UFUNC_NIN = 16
_IMPOSSIBLE = 31
"""Inputs that no call has, so that every use of a ufunc is refused for its number of them."""


@functools.cache
def _raises() -> int:
    """The address of `PyErr_BadArgument`: it sets TypeError, and its result is no object."""
    return ctypes.cast(ctypes.pythonapi.PyErr_BadArgument, _WORD).value or 0


def _poke(address: int, value: int) -> None:
    _WORD.from_address(address).value = value


def _peek(address: int) -> int:
    return _WORD.from_address(address).value or 0


def take_c_function(function: Any) -> None:
    """Make a C function or method raise TypeError, whoever calls it by whatever name.

    Args:
        function: a `builtin_function_or_method` or a `method_descriptor`.
    """
    at = _D_METHOD if isinstance(function, type(str.join)) else _M_ML
    _poke(_peek(id(function) + at) + _ML_METH, _raises())


def take_ufunc(ufunc: np.ufunc) -> None:
    """Make a ufunc and all its methods raise."""
    ctypes.c_int.from_address(id(ufunc) + _UFUNC_NIN).value = _IMPOSSIBLE


def own_dict(kind: type) -> dict[str, Any]:
    """A type's own dictionary, which Python shows read-only; call `modified` after a change."""
    held: Any = ctypes.py_object.from_address(id(kind) + _TP_DICT)
    found: dict[str, Any] = held.value
    return found


def modified(kind: type) -> None:
    """Tell Python that a type's dictionary has changed."""
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def take_calls(kinds: Iterable[type]) -> None:
    """Make calling an instance of these types raise, by the operator and by `__call__`."""
    for kind in kinds:
        _poke(id(kind) + _TP_CALL, _raises())
        own_dict(kind).pop("__call__", None)
        modified(kind)


def take_ctypes(metatypes: Iterable[type], functions: Iterable[type]) -> None:
    """Make ctypes raise, whatever is called or made of it, this module's functions with it."""
    places = [id(kind) + slot for kind in metatypes for slot in (_TP_CALL, _TP_NEW)]
    places += [id(kind) + _TP_CALL for kind in functions]
    words = [_WORD.from_address(place) for place in places]
    raises = _raises()
    for word in words:
        word.value = raises


def replace_method(kind: type, name: str, by: Any) -> None:
    """Put something of ours where a C type's method or attribute is, and take the C method."""
    names = own_dict(kind)
    before = names.get(name)
    names[name] = by
    modified(kind)
    if isinstance(before, type(str.join)):
        take_c_function(before)


def replace_matmul(kind: type, by: Callable[..., Any]) -> None:
    """Put a function of ours where a C type has its `@` and `@=`."""

    class Pattern:
        __matmul__ = __rmatmul__ = __imatmul__ = by

    theirs, ours = _peek(id(kind) + _TP_AS_NUMBER), _peek(id(Pattern) + _TP_AS_NUMBER)
    names = own_dict(kind)
    for name in ("__matmul__", "__rmatmul__", "__imatmul__"):
        if isinstance(before := names.get(name), type(str.join)):
            take_c_function(before)
        names[name] = by
    modified(kind)
    if not theirs:
        return  # it has no slots of its own: Python looks into the dictionary
    for slot in (_NB_MATRIX_MULTIPLY, _NB_INPLACE_MATRIX_MULTIPLY):
        _poke(theirs + slot, _peek(ours + slot))


def keep_for_ever(thing: object) -> None:
    """Give an object a reference that nobody holds, and hide it from the garbage collector."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))
    if _is_tracked(thing):
        ctypes.pythonapi.PyObject_GC_UnTrack(ctypes.py_object(thing))


def _is_tracked(thing: object) -> bool:
    tracked = ctypes.pythonapi.PyObject_GC_IsTracked
    return bool(tracked(ctypes.py_object(thing)))
