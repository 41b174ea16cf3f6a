"""Slips of device handling: changes that a machine without a GPU does not feel.

Each leaves something on the CPU, makes it there, or makes float64 of it. What is made for an index
may be anywhere: PyTorch takes indices from the CPU. Such a change is listed as equivalent.
"""

from __future__ import annotations

import ast

from grader.course.slips.operators import Replacements, changed

_LIKE = {f"{name}_like": name for name in ("zeros", "ones", "empty", "full", "rand", "randn")}
_NEW = {f"new_{name}": name for name in ("zeros", "ones", "empty", "full", "tensor")}
_MADE = frozenset({*_LIKE.values(), *_LIKE, *_NEW, "arange", "eye", "linspace", "tensor"})
_NO_TENSOR = frozenset(
    {"int", "float", "bool", "len", "range", "list", "dict", "set", "str", "zip"}
)
_FLOAT64 = ast.Attribute(ast.Name("torch", ast.Load()), "float64", ast.Load())


def strays(node: ast.AST, names: frozenset[str]) -> Replacements:
    """The slips at one node of a definition; `names`: its variables and arguments."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _of_return(node, node.value)
    if isinstance(node, ast.Assign) and _is_plain(node) and _may_be_tensor(node.value):
        yield "to the CPU", changed(node, value=_called(node.value, "cpu"))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _of_buffer(node.value)
    if isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_return(node: ast.Return, value: ast.expr) -> Replacements:
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    for at, part in enumerate(parts):
        if not _may_be_tensor(part):
            continue
        for slip, method in (("left on the CPU", "cpu"), ("float64", "double")):
            other: ast.expr = _called(part, method)
            if isinstance(value, ast.Tuple):
                other = ast.Tuple([*parts[:at], other, *parts[at + 1 :]], ast.Load())
            yield slip, changed(node, value=other)


def _of_buffer(call: ast.Call) -> Replacements:
    """A buffer as a plain attribute, which `.to` leaves where it is."""
    if getattr(call.func, "attr", "") == "register_buffer" and len(call.args) == 2:
        name, value = call.args
        assert isinstance(call.func, ast.Attribute)
        if isinstance(name, ast.Constant):
            target = ast.Attribute(call.func.value, str(name.value), ast.Store())
            yield "no buffer", ast.Assign([target], value, lineno=call.lineno)


def _of_call(node: ast.Call) -> Replacements:
    if not isinstance(node.func, ast.Attribute):
        return
    owner, name = node.func.value, node.func.attr
    for at, keyword in enumerate(node.keywords):
        if keyword.arg == "device":
            rest = [*node.keywords[:at], *node.keywords[at + 1 :]]
            yield "made on the CPU", changed(node, keywords=rest)
    if name in ("to", "type_as") and len(node.args) == 1:
        yield "not moved", owner
    if name in _NEW:
        yield "made on the CPU", _by_torch(_NEW[name], owner, node.args)
    if name in _LIKE and node.args:
        like, *more = node.args
        shape = ast.Attribute(like, "shape", ast.Load())
        yield "made on the CPU", _by_torch(_LIKE[name], like, [shape, *more])
    if name in _MADE:
        others = [keyword for keyword in node.keywords if keyword.arg != "dtype"]
        double = ast.keyword("dtype", _FLOAT64)
        yield "float64", changed(node, keywords=[*others, double])


def _by_torch(name: str, like: ast.expr, args: list[ast.expr]) -> ast.Call:
    """What torch makes on the CPU, in the dtype of another tensor."""
    function = ast.Attribute(ast.Name("torch", ast.Load()), name, ast.Load())
    dtype = ast.keyword("dtype", ast.Attribute(like, "dtype", ast.Load()))
    return ast.Call(function, args, [dtype])


def _called(value: ast.expr, method: str) -> ast.Call:
    return ast.Call(ast.Attribute(value, method, ast.Load()), [], [])


def _is_plain(node: ast.Assign) -> bool:
    return len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)


def _may_be_tensor(node: ast.expr) -> bool:
    """Whether an expression's text leaves open that it is a tensor."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") not in _NO_TENSOR
    return isinstance(node, ast.Name | ast.BinOp | ast.Subscript | ast.UnaryOp)
