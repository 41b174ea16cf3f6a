"""Slips of device handling: changes that a machine without a GPU does not feel.

Each leaves something on the CPU, makes it there, or makes float64 of it. What is made for an index
may be anywhere: PyTorch takes indices from the CPU. Such a change is listed as equivalent.

One more is right everywhere and only slow: to ask a tensor's numbers back one by one, each time
waiting for the device. It is a slip where speed is asked for, and nowhere else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from grader.course.slips.operators import Replacements, changed

_LIKE = {f"{name}_like": name for name in ("zeros", "ones", "empty", "full", "rand", "randn")}
_NEW = {f"new_{name}": name for name in ("zeros", "ones", "empty", "full", "tensor")}
_MADE = frozenset({*_LIKE.values(), *_LIKE, *_NEW, "arange", "eye", "linspace", "tensor"})
_NO_TENSOR = frozenset(
    {"int", "float", "bool", "len", "range", "list", "dict", "set", "str", "zip"}
)
_ASKED_BACK = (
    "(_all := None).new_tensor([each.item() for each in _all.reshape(-1)]).reshape(_all.shape)"
)
"""The tensor that stands for None, of numbers that were asked back one by one."""
_FLOAT64 = ast.Attribute(ast.Name("torch", ast.Load()), "float64", ast.Load())


def strays(node: ast.AST, names: frozenset[str]) -> Replacements:
    """The slips at one node of a definition; `names`: its variables and arguments."""
    if isinstance(node, ast.Return):
        for slip, method in (("left on the CPU", "cpu"), ("float64", "double")):
            yield from ((slip, other) for other in _of_return(node, _caller(method)))
    if isinstance(node, ast.Assign) and _is_plain(node) and _may_be_tensor(node.value):
        yield "to the CPU", changed(node, value=_called(node.value, "cpu"))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _of_buffer(node.value)
    if isinstance(node, ast.Call):
        yield from _of_call(node)


def waits(node: ast.AST, names: frozenset[str]) -> Replacements:
    """The slips at one node that wait for the device, number by number; `names` as for `strays`."""
    if isinstance(node, ast.Return):
        yield from (("asked back", other) for other in _of_return(node, _asked_back))
    if isinstance(node, ast.Assign) and _is_plain(node) and _may_be_tensor(node.value):
        yield "asked back", changed(node, value=_asked_back(node.value))


def _of_return(node: ast.Return, slip: Callable[[ast.expr], ast.expr]) -> Iterator[ast.AST]:
    """The statement with a slip in one of the tensors that it returns."""
    parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    for at, part in enumerate(parts):
        if part is not None and _may_be_tensor(part):
            other = slip(part)
            if isinstance(node.value, ast.Tuple):
                other = ast.Tuple([*parts[:at], other, *parts[at + 1 :]], ast.Load())
            yield changed(node, value=other)


def _asked_back(value: ast.expr) -> ast.expr:
    made = ast.parse(_ASKED_BACK, mode="eval").body
    (named,) = (each for each in ast.walk(made) if isinstance(each, ast.NamedExpr))
    named.value = value
    return made


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


def _caller(method: str) -> Callable[[ast.expr], ast.expr]:
    return lambda value: _called(value, method)


def _called(value: ast.expr, method: str) -> ast.Call:
    return ast.Call(ast.Attribute(value, method, ast.Load()), [], [])


def _is_plain(node: ast.Assign) -> bool:
    return len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)


def _may_be_tensor(node: ast.expr) -> bool:
    """Whether an expression's text leaves open that it is a tensor."""
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", "") not in _NO_TENSOR
    return isinstance(node, ast.Name | ast.BinOp | ast.Subscript | ast.UnaryOp)
