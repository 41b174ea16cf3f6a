"""Signatures read from syntax trees, so that nothing is imported to compare or bind them."""

from __future__ import annotations

import ast
from inspect import Parameter, Signature
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef


def signature(node: Function, skip_self: bool = False) -> Signature:
    """The signature of a function; its defaults stand there as text, annotations not at all.

    Raises:
        ValueError: `skip_self` of a function that has no first parameter.
    """
    a = node.args
    positional = [*a.posonlyargs, *a.args]
    absent = [None] * (len(positional) - len(a.defaults))
    found = []
    for number, (arg, default) in enumerate(zip(positional, [*absent, *a.defaults], strict=True)):
        only = number < len(a.posonlyargs)
        kind = Parameter.POSITIONAL_ONLY if only else Parameter.POSITIONAL_OR_KEYWORD
        found.append(_parameter(arg, kind, default))
    if a.vararg:
        found.append(_parameter(a.vararg, Parameter.VAR_POSITIONAL, None))
    for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True):
        found.append(_parameter(arg, Parameter.KEYWORD_ONLY, default))
    if a.kwarg:
        found.append(_parameter(a.kwarg, Parameter.VAR_KEYWORD, None))
    if skip_self:
        if not found:
            raise ValueError(f"{node.name} has no parameter self")
        found = found[1:]
    return Signature(found)


def _parameter(arg: ast.arg, kind: Any, default: ast.expr | None) -> Parameter:
    text = Parameter.empty if default is None else _Text(ast.unparse(default))
    return Parameter(arg.arg, kind, default=text)


class _Text(str):
    """A default, shown as it was written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def call_signature(node: ast.stmt) -> Signature | None:
    """How an exercise is called: a function, or a class by its __init__; None if it has none."""
    if isinstance(node, Function):
        return signature(node)
    if isinstance(node, ast.ClassDef):
        for member in node.body:
            if isinstance(member, Function) and member.name == "__init__":
                return signature(member, skip_self=True)
    return None


def extends(longer: Signature, shorter: Signature) -> bool:
    """Whether `longer` accepts every call of `shorter` alike: all it adds may be left out."""
    more, fewer = list(longer.parameters.values()), list(shorter.parameters.values())
    optional = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    rest = more[len(fewer) :]
    return more[: len(fewer)] == fewer and all(
        p.default is not Parameter.empty or p.kind in optional for p in rest
    )
