"""Running a submission's cells: a line that fails costs itself, not what stands below it.

A cell is compiled and run as one, as in Jupyter. If a statement raises, that is told, and the run
goes on with the next statement; of a cell that does not parse, the statements that do are run. What
is run at one go is a unit, numbered by where its first statement stands, so that another worker
numbers it the same. A script's statements are units of their own.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from grader.worker.ballast import ballast
from grader.worker.faults import CELL_FILE, describe
from grader.worker.lines import parts
from grader.worker.magics import Plain

Say = Callable[..., None]
Position = tuple[int, int]
"""A line, from 1, and a column in bytes, from 0."""


def flush() -> None:
    """Send on what the student's code printed."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


class Runner:
    """Runs cells in one namespace, all but the units in `skip`, and says how each unit went."""

    def __init__(
        self,
        say: Say,
        namespace: dict[str, Any],
        skip: set[int],
        *,
        statementwise: bool,
        settle: Callable[[], None] = lambda: None,
    ) -> None:
        """`settle`: waits until all that a unit has begun is done, or raises what came of it."""
        self._say, self._namespace, self._skip = say, namespace, skip
        self._statementwise, self._settle = statementwise, settle
        self._next, self._flags = 0, 0

    def run(self, cell: int, plain: Plain) -> None:
        """Run a cell."""
        name, first = CELL_FILE.format(cell), self._next
        # There are no more statements than characters and line ends.
        self._next += len(plain.text) + 1
        if not plain.parses:
            for number, part in enumerate(parts(plain.text), first):
                self.run_unit(number, cell, part.in_place, name)
        elif self._statementwise:
            for number, statement in enumerate(ast.parse(plain.text).body, first):
                self.run_unit(number, cell, ast.Module([statement], []), name)
        else:
            self._whole(plain, name, cell, first)

    def _whole(self, plain: Plain, name: str, cell: int, first: int) -> None:
        """Run a text at one go, and after a statement that raises what is below it."""
        text = plain.text
        failed = self.run_unit(first, cell, (not self._flags and plain.code) or text, name)
        while failed is not None:
            body = ast.parse(text).body
            done = _statements_until(failed, body)
            if done == len(body):
                return
            failed = self.run_unit(first + done, cell, ast.Module(body[done:], []), name)

    def run_unit(
        self, number: int, cell: int, source: str | ast.Module | types.CodeType, name: str
    ) -> Position | None:
        """Run one unit, compiled or not; where a statement of it raised, or None."""
        if number in self._skip:
            return None
        self._say({"unit": number, "cell": cell, "begins": True})
        code = None
        kept_back = ballast()
        try:
            code = self._compiled(source, name)
            # It holds for the cells below as well, as in IPython. No other future is handed on:
            # another would read a text otherwise than the survey has read it.
            self._flags |= code.co_flags & annotations.compiler_flag
            exec(code, self._namespace)
            self._settle()
        except BaseException as error:
            kept_back.close()
            self._say({"unit": number, "raised": describe(error)})
            return _position(error.__traceback__, code)
        finally:
            flush()
        return None

    def _compiled(self, source: str | ast.Module | types.CodeType, name: str) -> types.CodeType:
        if isinstance(source, types.CodeType):
            return source
        code: types.CodeType = compile(source, name, "exec", flags=self._flags, dont_inherit=True)
        return code


def _position(trace: types.TracebackType | None, code: types.CodeType | None) -> Position | None:
    """Where in a module's code an exception came up."""
    while trace is not None and trace.tb_frame.f_code is not code:
        trace = trace.tb_next
    if trace is None or code is None:
        return None
    at = next(itertools.islice(code.co_positions(), trace.tb_lasti // 2, None), (None,) * 4)
    return None if at[0] is None else (at[0], at[2] or 0)


def _statements_until(position: Position, body: Sequence[ast.stmt]) -> int:
    """How many statements begin at or before a position."""
    return sum(_start(statement) <= position for statement in body)


def _start(statement: ast.stmt) -> Position:
    decorators = getattr(statement, "decorator_list", [])
    if decorators:
        return min(each.lineno for each in decorators), 0
    return statement.lineno, statement.col_offset
