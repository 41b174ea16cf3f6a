"""Changes that put something in once too often, or something else in its place.

They are many, so they are tried only where nothing simpler explains a wrong answer; like the
omissions they may be no error at all, nor do all of them run.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Sequence

from grader.course.slips.operators import Change, Replacements, changed, changes_by
from grader.course.slips.transforms import SIMPLE, Transform

_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_ORDERED = (ast.Sub, ast.Div, ast.Pow, ast.MatMult)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_FAMILIES = (
    ("sigmoid", "tanh", "relu", "softplus", "gelu", "exp", "logsigmoid"),
    ("sum", "mean", "max", "min", "amax", "amin", "median", "prod", "std", "var", "norm"),
    ("softmax", "log_softmax", "sigmoid"),
    ("log", "log2", "log10", "log1p", "exp", "expm1", "sqrt"),
    ("rand", "randn", "zeros", "ones"),
    ("rand_like", "randn_like", "zeros_like", "ones_like"),
    ("ceil", "floor", "round", "trunc"),
    ("tril", "triu"),
    ("argmax", "argmin", "argsort"),
    ("Sigmoid", "Tanh", "ReLU", "Softplus", "GELU", "Identity"),
    ("MaxPool2d", "AvgPool2d"),
    ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"),
    ("zeros_", "ones_", "normal_"),
    ("Adam", "SGD", "RMSprop", "Adagrad"),
    ("maximum", "minimum", "add", "mul"),
    ("cumsum", "cumprod"),
    ("square", "abs"),
)
_LOGARITHMS = ("log", "log1p", "logsumexp", "log_softmax", "softplus", "logsigmoid", "xlogy")
_ALIKE = {
    name: tuple(dict.fromkeys(o for f in _FAMILIES if name in f for o in f if o != name))
    for family in _FAMILIES
    for name in family
}


def insertions(definition: ast.stmt, transforms: Sequence[Transform]) -> list[Change]:
    """The changes of a definition, in its order.

    Args:
        definition: a function or class.
        transforms: what may be put in.
    """
    inner = set(_factors(definition))
    sized = [a.arg for a in getattr(getattr(definition, "args", None), "args", [])]
    scaled = [Transform(f"_ {op} {size}", "", True) for op, size in _by_sizes(sized)]
    unbiased = [Transform(f"_ * {n} / ({n} - 1)", "", True) for n in _sizes(sized)]

    def more(node: ast.AST, names: frozenset[str]) -> Replacements:
        yield from _exchanged(node, names)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "mean":
            yield from (("n - 1 for n", transform.of(node)) for transform in unbiased)
        if _is_value(node, names):
            assert isinstance(node, ast.expr)
            plain = isinstance(node, ast.Name | ast.Constant | ast.Subscript)
            for transform in transforms if plain else (*transforms, *scaled):
                if plain and transform.code not in SIMPLE:
                    continue
                if not (transform.linear and id(node) in inner):
                    yield "put in", transform.of(node)

    return list(changes_by(definition, more))


def _factors(definition: ast.stmt) -> Iterator[int]:
    """The nodes that are factors: to scale them is to scale the product."""
    for node in ast.walk(definition):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div | ast.MatMult):
            yield id(node.left)
            if not isinstance(node.op, ast.Div):
                yield id(node.right)


def _exchanged(node: ast.AST, names: frozenset[str]) -> Replacements:
    """Another operator, function, condition or name in a node's place."""
    if isinstance(node, ast.BinOp):
        yield from _other_operators(node)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], _COMPARISONS):
        for op in _COMPARISONS:
            if len(node.ops) == 1 and not isinstance(node.ops[0], op):
                yield "comparison", changed(node, ops=[op()])
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for other in _ALIKE.get(node.attr, ()):
            yield "function of its kind", changed(node, attr=other)
    if isinstance(node, ast.Call) and len(node.args) > 0 and node.keywords:
        # What works on single entries knows no axis.
        for other in _ALIKE.get(getattr(node.func, "attr", ""), ()):
            bare = changed(node.func, attr=other)
            yield "function of its kind", changed(node, func=bare, keywords=[])
    if isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            yield "condition fixed", changed(node, test=ast.Constant(value))
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for other in sorted(names - {node.id}):
            yield "name mixed up", ast.Name(other, ast.Load())
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _of_range(node)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _LOGARITHMS:
        for base in (2, 10):
            yield "another base", ast.BinOp(node, ast.Div(), ast.Constant(math.log(base)))


def _by_sizes(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for size in _sizes(names):
        yield "*", size
        yield "/", size


def _sizes(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        yield from (f"len({name})", f"{name}.shape[-1]", f"{name}.shape[1]")


def _is_value(node: ast.AST, names: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return isinstance(node.ctx, ast.Load) and node.id in names
    if isinstance(node, ast.Subscript | ast.Attribute):
        loaded = isinstance(node.ctx, ast.Load)
        return loaded and (isinstance(node, ast.Subscript) or node.attr in ("T", "mT", "grad"))
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    return isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp)


def _other_operators(node: ast.BinOp) -> Replacements:
    if isinstance(node.op, _OPERATORS):
        for op in _OPERATORS:
            if not isinstance(node.op, op):
                yield "operator", changed(node, op=op())
    if isinstance(node.op, _ORDERED):
        yield "operands swapped", changed(node, left=node.right, right=node.left)
        yield "operand dropped", node.right
    if isinstance(node.op, ast.MatMult):
        yield "operator", changed(node, op=ast.Mult())


def _of_range(node: ast.Call) -> Replacements:
    assert isinstance(node.func, ast.Name)
    if node.func.id == "range" and len(node.args) == 1:
        yield "first left out", changed(node, args=[ast.Constant(1), node.args[0]])
        yield "reversed", ast.Call(ast.Name("reversed", ast.Load()), [node], [])
