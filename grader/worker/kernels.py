"""Taking operators out of torch's dispatcher: whatever asks for one, and by whatever name.

Each overload's kernels, the composite ones too, are replaced under every key that computes. What
holds the replacement is reachable for nobody, so that it cannot be undone.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import torch

from grader.worker import slots

_KEYS = (
    "CPU", "CUDA", "CompositeImplicitAutograd", "CompositeExplicitAutograd",
    "CompositeExplicitAutogradNonFunctional", "CompositeImplicitAutogradNestedTensor",
    "MkldnnCPU", "SparseCPU", "SparseCsrCPU", "QuantizedCPU", "NestedTensorCPU",
    "SparseCUDA", "SparseCsrCUDA", "QuantizedCUDA", "NestedTensorCUDA",
)  # fmt: skip
# The kernels of two operators under the keys of differentiation do the work themselves.
_DIFFERENTIATED = ("Autograd", "ADInplaceOrView")
_OF_DIFFERENTIATION = frozenset({"make_dual", "backward"})


def plain(op: str) -> str:
    """An operator's name without its in-place, private and alias spellings."""
    return op.strip("_").removeprefix("special_")


def pattern(names: Iterable[str]) -> re.Pattern[str]:
    """What matches the plain names of operators; `*` in a name stands for anything."""
    return re.compile("|".join(fnmatch.translate(plain(name)) for name in names) or r"(?!)")


@functools.cache
def _kernels() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """(namespace, overload, key) of all kernels, by the operator's plain name."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for key in (*_KEYS, *_DIFFERENTIATED):
        for qualified in torch._C._dispatch_get_registrations_for_dispatch_key(key):
            namespace, _, overload = qualified.partition("::")
            if key.startswith("CompositeExplicit") and "." in overload and overload.endswith("out"):
                continue  # it calls the overload that returns its result
            name = plain(overload.partition(".")[0])
            if key in _DIFFERENTIATED and name not in _OF_DIFFERENTIATION:
                continue
            found.setdefault(name, []).append((namespace, overload, key))
    return {name: tuple(each) for name, each in found.items()}


def warm_up() -> None:
    """Find the kernels once, in the zygote."""
    _kernels()


def matching(names: Iterable[str]) -> frozenset[str]:
    """The plain names of the operators that there are and that the names match."""
    return _matching(tuple(names))


@functools.cache
def _matching(names: tuple[str, ...]) -> frozenset[str]:
    given = {plain(name) for name in names}
    found = given & _kernels().keys()
    if any("*" in name for name in given):
        matches = pattern(name for name in given if "*" in name).match
        found |= {name for name in _kernels() if matches(name)}
    return frozenset(found)


def take(names: Iterable[str], by: Callable[[str], Callable[..., Any]]) -> None:
    """Replace the kernels of the operators with these plain names by `by(name)`."""
    places = [(name, place) for name in sorted(names) for place in _kernels().get(name, ())]
    libraries: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns of what is meant here
        for name, (namespace, overload, key) in places:
            library = libraries.get(namespace)
            if library is None:
                library = torch._C._dispatch_library("IMPL", namespace, "", "", 0)
                slots.keep_for_ever(library)
                libraries[namespace] = library
            kernel = by(name)
            slots.keep_for_ever(kernel)
            library.impl(overload, key, kernel, False)  # type: ignore[call-arg]
