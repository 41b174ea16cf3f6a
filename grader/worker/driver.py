"""A check's driver on its way into the worker: compiled, without its text.

It runs beside the student's code, which can look at every frame and object of its own process: what
a driver does can be found out by taking its code apart, and nothing secret may stand in one. Its
source, its comments, docstring, name and lines stay outside; what is inside has no name in any
module, and comes when its exercise is run, after the student's cells.
"""

from __future__ import annotations

import ast
import base64
import functools
import marshal
import types
from typing import Any

from grader.worker.faults import DRIVER_FILE

_NAME = "driver"


@functools.lru_cache(maxsize=256)
def packed(source: str) -> str:
    """Compile the source of one function; "" for none. For a worker of the same Python.

    Raises:
        SyntaxError: it is not one.
    """
    if not source:
        return ""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        _strip(node)
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == function.name:
            node.id = _NAME
    function.name = _NAME
    # Postponed annotations: a driver may be annotated with names that the worker does not have.
    flags = annotations.compiler_flag
    code = compile(tree, DRIVER_FILE, "exec", flags=flags, dont_inherit=True)
    return base64.b64encode(marshal.dumps(code)).decode()


def _strip(node: ast.AST) -> None:
    match node:
        case ast.FunctionDef(body=[ast.Expr(ast.Constant(str())), *rest]):
            node.body = rest or [ast.Pass(lineno=1, col_offset=0)]
        case ast.ClassDef(body=[ast.Expr(ast.Constant(str())), *rest]):
            node.body = rest or [ast.Pass(lineno=1, col_offset=0)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        node.returns = None
    if isinstance(node, ast.arg):
        node.annotation = None
    if hasattr(node, "lineno"):
        node.lineno = node.end_lineno = 1  # type: ignore[attr-defined]
        node.col_offset = node.end_col_offset = 0  # type: ignore[attr-defined]


def unpacked(text: str, scope: dict[str, Any]) -> Any:
    """The function that `packed` compiled, with the names of `scope`; None for ""."""
    if not text:
        return None
    code = marshal.loads(base64.b64decode(text))
    assert isinstance(code, types.CodeType)
    exec(code, scope)
    return scope[_NAME]
