"""A definition's text with one simple statement changed, without writing out all the others.

`ast.unparse` writes a simple statement on one line, the same wherever it stands: so what is around
it is written once, and the changed statement alone each time.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.course.slips.operators import Change

_MARK = "_here_stands_a_statement_"
_SIMPLE = (
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Raise, ast.Assert,
)  # fmt: skip


class Templates:
    """The texts around the statements of one definition."""

    def __init__(self, definition: ast.stmt) -> None:
        """Write nothing yet."""
        self._definition = definition
        self._around: dict[tuple[int, int], tuple[str, str]] = {}
        self._places = {
            id(statement): (body, number)
            for node in ast.walk(definition)
            for body in _bodies(node)
            for number, statement in enumerate(body)
        }

    def changed(self, change: Change) -> str:
        """What `ast.unparse` writes of the definition with a change."""
        with change.applied() as statement:
            place = self._places.get(id(change.statement))
            if place is None or not isinstance(statement, _SIMPLE):
                return ast.unparse(self._definition)
            line = ast.unparse(statement)
            if "\n" in line or not isinstance(change.statement, _SIMPLE):
                return ast.unparse(self._definition)
            before, after = self._around_of(*place)
            return f"{before}{line}{after}"

    def _around_of(self, body: list[ast.stmt], number: int) -> tuple[str, str]:
        statement = body[number]
        key = id(body), number
        if key not in self._around:
            body[number] = ast.Expr(ast.Name(_MARK, ast.Load()))
            try:
                before, _, after = ast.unparse(self._definition).partition(_MARK)
            finally:
                body[number] = statement
            self._around[key] = before, after
        return self._around[key]


def inserted(definition: ast.FunctionDef, at: int, codes: Sequence[str]) -> list[str]:
    """What `ast.unparse` writes of a function with one more statement, a line, at a place."""
    body = definition.body
    definition.body = [*body[:at], ast.Expr(ast.Name(_MARK, ast.Load())), *body[at:]]
    try:
        before, _, after = ast.unparse(definition).partition(_MARK)
    finally:
        definition.body = body
    return [f"{before}{ast.unparse(ast.parse(code))}{after}" for code in codes]


def _bodies(node: ast.AST) -> list[list[ast.stmt]]:
    return [
        value
        for _, value in ast.iter_fields(node)
        if isinstance(value, list) and value and all(isinstance(one, ast.stmt) for one in value)
    ]
