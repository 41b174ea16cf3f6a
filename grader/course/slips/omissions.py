"""Changes that make a student's slip of a model answer: what is left out, moved or mixed up.

Beside the mechanical ones of `operators`. They only look for what explains a wrong answer; no
check has to notice them, so that they may also be no error at all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course.slips.operators import Replacements, changed

_ORDERLESS = (ast.Add, ast.Mult)
_KEEPS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)


def omissions(node: ast.AST, names: frozenset[str]) -> Replacements:
    """The slips at one node.

    Args:
        node: of a definition.
        names: every variable and argument of the definition.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, _KEEPS):
        yield "operand dropped", node.left
        if isinstance(node.op, _ORDERLESS):
            yield "operand dropped", node.right
        yield from _without_parentheses(node)
        left = node.left
        if isinstance(node.op, ast.Mult) and isinstance(left, ast.UnaryOp):
            # −2 x as −x.
            yield "factor dropped", changed(left, operand=node.right)
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
        yield "number", ast.Constant(node.value - 1)
    if isinstance(node, ast.Constant) and type(node.value) is float:
        yield "number", ast.Constant(node.value / 2)
    if isinstance(node, ast.Call):
        yield from _of_call(node, names)
    if (
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Load)
        and _adds_axes(node.slice)
    ):
        yield "new axes dropped", node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield "not dropped", node.operand
    if isinstance(node, ast.Dict):
        for at in range(len(node.keys)):
            keys, values = list(node.keys), list(node.values)
            del keys[at], values[at]
            yield "entry dropped", ast.Dict(keys, values)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in _alike(node.id, names):
            yield "name mixed up", ast.Name(other, ast.Load())


def _adds_axes(index: ast.expr) -> bool:
    """Whether an index only adds axes, as in b[:, None]."""
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(ast.unparse(part) in (":", "None", "...", "np.newaxis") for part in parts) and any(
        ast.unparse(part) in ("None", "np.newaxis") for part in parts
    )


def _without_parentheses(node: ast.BinOp) -> Replacements:
    """a / (b + c) as a / b + c, and (a + b) / c as a + b / c."""
    if not isinstance(node.op, ast.Mult | ast.Div | ast.Pow | ast.MatMult):
        return
    left, right = node.left, node.right
    if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Add | ast.Sub):
        yield "parentheses dropped", changed(right, left=changed(node, right=right.left))
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub):
        yield "parentheses dropped", changed(left, right=changed(node, left=left.right))


def _of_call(node: ast.Call, names: frozenset[str]) -> Replacements:
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield "call dropped", node.args[0]
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
            bare = changed(node, args=[inner.left, *node.args[1:]])
            yield "term outside", changed(inner, left=bare)
        if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value, names):
            yield "method dropped", node.func.value
    elif isinstance(node.func, ast.Attribute):
        yield "call dropped", node.func.value


def _is_module(node: ast.expr, names: frozenset[str]) -> bool:
    """Whether a dotted name begins with what is no variable: `torch` of `torch.linalg`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id not in names


def _alike(name: str, names: frozenset[str]) -> Iterator[str]:
    """Names that are as long, and differ in one letter or digit."""
    for other in sorted(names - {name}):
        same = sum(a == b for a, b in zip(name, other, strict=False))
        if len(other) == len(name) and same == len(name) - 1:
            yield other
