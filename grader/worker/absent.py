"""What an exercise forbids is absent from the worker that runs it.

Theory of operation. What shares a process with its judge can blind it, so nothing here depends on
being able to watch. Before the first byte of a student's code is run, all that the rules of a
worker name is taken away for good: operators at torch's dispatcher (`kernels`), differentiation at
its engine (`gradients`), functions at their code or in the tables of C (`callables`, `slots`), and
the doors through which one could look for what is left (`shut`). A call of what is absent raises
`Absent`, and `Refusals` notes which rule it was; `watch` looks, as the second layer, at the
operators that are dispatched.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from grader.worker import callables, gradients, kernels, shut, slots
from grader.worker.refusals import Refusals
from grader.worker.rules import Rules

_DIFFERENTIATION = "Tensor.backward"


def warm_up() -> None:
    """Find what there may be to take, once, in the zygote."""
    kernels.warm_up()
    callables.warm_up()
    gradients.warm_up()
    shut.warm_up()


def foresee(rules: Rules) -> None:
    """Find what these rules name, once, in the zygote, for the workers that will lack it."""
    _operators(rules, rules.calls)
    for call in rules.calls:
        callables.foresee(call)


@dataclass(frozen=True)
class Taken:
    """What a process and its forks do without; its doors are still open.

    `missing`: what the rules name and this process does not have.
    """

    rules: Rules
    refusals: Refusals
    missing: tuple[str, ...] = ()


def take(rules: Rules) -> Taken:
    """Take away what the rules name, for the rest of this process's life and its forks'.

    Student code must not run before `shut_doors`.
    """
    refusals = Refusals()
    calls = list(rules.calls)
    if _DIFFERENTIATION in calls:
        calls = [call for call in calls if not f"{call}.".startswith(_doors())]
        gradients.take(refusals)
    if "requires_grad_" in rules.calls:
        calls = [call for call in calls if call != "requires_grad_"]
        gradients.take_requires_grad(refusals)
    named = _operators(rules, calls)
    kernels.take(named, lambda name: refusals.by(named[name]))
    callables.take_formulae(named, refusals)
    if "@" in rules.syntax:
        _take_matmul(refusals.by("@"))
    missing = tuple(call for call in calls if not callables.take(call, refusals))
    return Taken(rules, refusals, missing)


def shut_doors(
    taken: Taken, own: Iterable[types.CodeType] | None = (), *, threads: bool = False
) -> None:
    """Shut the ways to what was taken, for the rest of this process's life: nothing more of ours
    can be taken or confined in it.

    Args:
        taken: of all exercises that the worker will run; where it is nothing, nothing is shut.
        own: code of ours that goes on to compile and run text; None if all code is ours.
        threads: whether the process may start threads, as CUDA does.
    """
    if taken.rules:
        refuse = {name: taken.refusals.by(name) for name in taken.missing}
        shut.shut(refuse, own, threads=threads)


def _doors() -> tuple[str, ...]:
    return tuple(f"{door}." for door in gradients.DOORS)


def _operators(rules: Rules, calls: Iterable[str]) -> dict[str, str]:
    """What is said of each operator that is taken, by its plain name: the rule, or the name."""
    bound = [call for call in calls if callables.operator_of(call)]
    found = {name: call for call in bound for name in _named(callables.operator_of(call))}
    return found | {name: name if "*" in op else op for op in rules.ops for name in _named(op)}


@functools.cache
def _named(op: str) -> frozenset[str]:
    return kernels.matching((op,))


def _take_matmul(refuse: Callable[..., Any]) -> None:
    for kind in (np.ndarray, torch._C.TensorBase, torch.Tensor):
        slots.replace_matmul(kind, refuse)
