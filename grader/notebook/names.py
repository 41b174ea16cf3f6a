"""The names that a cell gives a meaning."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.notebook.model import Cell, Prompt
from grader.notebook.reading import parse_cell


def bound_names(cell: Cell) -> Iterator[tuple[str, int]]:
    """The names that a code cell binds at module level, and the file's lines where it does."""
    if isinstance(cell, Prompt):
        return
    for node in _module_level(parse_cell(cell.source)):
        line = cell.line - 1 + getattr(node, "lineno", 1)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, line
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id, line
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0], line


def _module_level(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those inside functions, classes, lambdas and comprehensions."""
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    loops = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, inner + loops):
            yield from _module_level(child)
