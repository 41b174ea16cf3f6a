"""The changes that make a mutant: each takes a node of the syntax tree and yields others.

Left alone are the contract and the prose: signatures, annotations, decorators, docstrings,
imports and the messages of what is raised.
"""

import ast
import contextlib
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Replacements = Iterator[tuple[str, ast.AST]]

_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_PAIRS = (
    ("sum", "mean"), ("max", "min"), ("amax", "amin"), ("argmax", "argmin"),
    ("maximum", "minimum"), ("ones", "zeros"), ("ones_like", "zeros_like"), ("sin", "cos"),
    ("std", "var"), ("floor", "ceil"), ("any", "all"),
)  # fmt: skip
_SWAPPED = dict(_PAIRS) | {second: first for first, second in _PAIRS}
_DROPPED = frozenset(
    {"abs", "clone", "copy", "detach", "exp", "log", "sqrt", "tanh", "sigmoid", "conj"}
)
_AXIS = frozenset({"axis", "axes", "dim", "dims"})
_UNTOUCHED = ("decorator_list", "args", "returns", "bases", "keywords", "type_params")


@dataclass(frozen=True)
class Change:
    """One node's replacement: where it hangs, what replaces it, and the statement around it."""

    operator: str
    statement: ast.stmt
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    replacement: ast.AST

    @property
    def line(self) -> int:
        """Where the node stands in the source, from 1."""
        return int(getattr(self.node, "lineno", self.statement.lineno))

    @contextlib.contextmanager
    def applied(self) -> Iterator[ast.AST]:
        """Change the tree, give the changed statement, and change the tree back."""
        self._put(self.replacement)
        try:
            yield self.replacement if self.node is self.statement else self.statement
        finally:
            self._put(self.node)

    def _put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


More = Callable[[ast.AST, frozenset[str]], Replacements]


def changes(definition: ast.stmt, more: More = lambda node, names: iter(())) -> Iterator[Change]:
    """Every mechanical change of a function or class, from its first line to its last.

    Args:
        definition: the function or class.
        more: other changes of a node, by the names of the definition's variables and arguments.
    """
    names = {n.id for n in ast.walk(definition) if isinstance(n, ast.Name)}
    stores = [n.id for n in ast.walk(definition) if isinstance(n, ast.Name) and _is_store(n)]
    arguments = {n.arg for n in ast.walk(definition) if isinstance(n, ast.arg)}
    again = {name for name in names if stores.count(name) + (name in arguments) > 1}

    def found(node: ast.AST, variables: frozenset[str]) -> Replacements:
        for change in _CHANGES:
            yield from change(node)
        yield from more(node, variables)
        if isinstance(node, ast.stmt):
            yield from _deleted(node, again)

    return changes_by(definition, found)


def changes_by(definition: ast.stmt, found: More) -> Iterator[Change]:
    """What `found` makes of each node, by the names of the definition's variables and arguments."""
    nodes = list(ast.walk(definition))
    variables = frozenset(
        [n.id for n in nodes if isinstance(n, ast.Name) and _is_store(n)]
        + [n.arg for n in nodes if isinstance(n, ast.arg)]
    )
    # All places are found before the first is changed.
    for parent, field, index, node, statement in list(_nodes(definition, definition)):
        for operator, replacement in list(found(node, variables)):
            yield Change(operator, statement, parent, field, index, node, replacement)


Located = tuple[ast.AST, str, int | None, ast.AST, ast.stmt]


def _nodes(parent: ast.AST, statement: ast.stmt) -> Iterator[Located]:
    """Every node that may change, with its place and the smallest statement around it."""
    defines = isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    for field, value in ast.iter_fields(parent):
        skipped = defines and field in _UNTOUCHED
        if skipped or field == "annotation" or (isinstance(parent, ast.Lambda) and field == "args"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_prose(node):
                continue
            around = node if isinstance(node, ast.stmt) else statement
            yield parent, field, index, node, around
            if not isinstance(node, ast.Raise):
                yield from _nodes(node, around)


def _is_prose(node: ast.AST) -> bool:
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return text or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr)


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def changed(node: ast.AST, **fields: Any) -> ast.AST:
    """A copy of a node with other fields."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _arithmetic(node: ast.AST) -> Replacements:
    # "…" % x and "…" + x put text together.
    text = isinstance(getattr(getattr(node, "left", None), "value", None), str)
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _ARITHMETIC and not text:
        yield "arithmetic", changed(node, op=_ARITHMETIC[type(node.op)]())
    if isinstance(node, ast.AugAssign):
        yield "plain assignment", ast.Assign([node.target], node.value, lineno=node.lineno)


def _minus(node: ast.AST) -> Replacements:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus dropped", node.operand
    if isinstance(node, ast.Return) and node.value is not None:
        parts = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for at, part in enumerate(parts):
            minus = ast.UnaryOp(ast.USub(), part)
            if not isinstance(part, ast.BinOp | ast.Call | ast.Name | ast.Subscript):
                continue
            if isinstance(node.value, ast.Tuple):
                elements = [*parts[:at], minus, *parts[at + 1 :]]
                yield "minus added", changed(node, value=ast.Tuple(elements, ast.Load()))
            else:
                yield "minus added", changed(node, value=minus)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        yield "minus added", changed(node, value=ast.UnaryOp(ast.USub(), node.value))


def _comparison(node: ast.AST) -> Replacements:
    if isinstance(node, ast.Compare):
        for at, op in enumerate(node.ops):
            ops = [*node.ops[:at], _COMPARISONS[type(op)](), *node.ops[at + 1 :]]
            yield "comparison", changed(node, ops=ops)


def _logic(node: ast.AST) -> Replacements:
    if isinstance(node, ast.BoolOp):
        yield "and, or", changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    test = node.test if isinstance(node, ast.If | ast.IfExp) else None
    plain = isinstance(test, ast.Compare) and len(test.ops) == 1
    if test is not None and not (
        isinstance(test, ast.UnaryOp)
        or (plain and not isinstance(test.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE))  # type: ignore[attr-defined]
    ):
        yield "condition negated", changed(node, test=ast.UnaryOp(ast.Not(), test))


def _number(node: ast.AST) -> Replacements:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "flag", ast.Constant(not value)
    elif isinstance(value, int):
        for other in {0: (1,), 1: (0, 2)}.get(value, (value + 1,)):
            yield "number", ast.Constant(other)
    elif isinstance(value, float):
        yield "number", ast.Constant(2 * value or 1.0)


def _axis(node: ast.AST) -> Replacements:
    if not isinstance(node, ast.keyword) or node.arg not in _AXIS:
        return
    if isinstance(node.value, ast.Tuple | ast.List) and len(node.value.elts) > 1:
        for at in range(len(node.value.elts)):
            rest = node.value.elts[:at] + node.value.elts[at + 1 :]
            yield "axis", changed(node, value=changed(node.value, elts=rest))
    elif isinstance(node.value, ast.UnaryOp) and isinstance(node.value.operand, ast.Constant):
        axis = node.value.operand.value
        if isinstance(node.value.op, ast.USub) and isinstance(axis, int):
            other = 0 if axis == 1 else -(axis - 1)
            value = ast.Constant(0) if not other else ast.UnaryOp(ast.USub(), ast.Constant(-other))
            yield "axis", changed(node, value=value)


def _arguments(node: ast.AST) -> Replacements:
    if not isinstance(node, ast.Call):
        return
    for at, keyword in enumerate(node.keywords):
        if keyword.arg:
            rest = node.keywords[:at] + node.keywords[at + 1 :]
            yield "keyword dropped", changed(node, keywords=rest)
    if len(node.args) > 1 and not any(isinstance(a, ast.Starred) for a in node.args[:2]):
        yield "arguments swapped", changed(node, args=[node.args[1], node.args[0], *node.args[2:]])


def _slice(node: ast.AST) -> Replacements:
    if isinstance(node, ast.Slice):
        for bound in ("lower", "upper", "step"):
            if getattr(node, bound) is not None:
                yield "bound dropped", changed(node, **{bound: None})


def _function(node: ast.AST) -> Replacements:
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        if node.attr in _SWAPPED:
            yield "function swapped", changed(node, attr=_SWAPPED[node.attr])
        if node.attr in ("T", "mT"):
            yield "transpose dropped", node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SWAPPED:
        yield "function swapped", changed(node, func=changed(node.func, id=_SWAPPED[node.func.id]))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in _DROPPED and len(node.args) == 1:
            yield "function dropped", node.args[0]
        elif node.func.attr in _DROPPED and not node.args:
            yield "function dropped", node.func.value


def _deleted(node: ast.stmt, again: set[str]) -> Replacements:
    """Deletions that leave code that may run: never of a `return` nor of a name's only value."""
    gone = isinstance(node, ast.Expr | ast.Raise | ast.AugAssign | ast.Assert | ast.Continue)
    targets: list[ast.AST] = list(node.targets) if isinstance(node, ast.Assign) else []
    parts = [n for target in targets for n in getattr(target, "elts", [target])]
    if gone or (parts and all(not isinstance(p, ast.Name) or p.id in again for p in parts)):
        yield "statement deleted", ast.Pass()


_CHANGES: tuple[Callable[[ast.AST], Replacements], ...] = (
    _arithmetic, _minus, _comparison, _logic, _number, _axis, _arguments, _slice, _function,
)  # fmt: skip
