"""Visible examples as otter's tests: functions that run in the student's names.

otter has two kinds of tests. Doctests lose statements of several lines and fail on any value that
is not printed as expected; so an example becomes an "exception-based" test, a function whose
parameters otter fills from the student's names. What later cells use of an example goes back.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence

from grader.notebook.model import Cell, Example, Notebook, Prompt
from grader.notebook.names import bound_names
from grader.notebook.percent import refuse
from grader.notebook.reading import parse_cell

UNDEFINED = "{} is not defined yet: run its cell first"
_NAMES = "env"  # otter's own parameter: the student's names as a dictionary


def example_tests(notebook: Notebook, say: Callable[[str], str] = str) -> dict[str, list[str]]:
    """The tests of each exercise that has examples, as sources of one function each.

    `say` puts what they say of themselves into the students' language.

    Raises:
        CourseError: an example uses the name `env`, which is otter's.
    """
    found: dict[str, list[str]] = {}
    for place, cell in enumerate(notebook.cells):
        if isinstance(cell, Example):
            tests = found.setdefault(cell.exercise, [])
            later = notebook.cells[place + 1 :]
            tests.append(_test(notebook, cell, len(tests) + 1, later, say))
    return found


def _test(
    notebook: Notebook,
    cell: Example,
    number: int,
    later: Sequence[Cell],
    say: Callable[[str], str],
) -> str:
    tree = parse_cell(cell.source)
    bound = {name for name, _ in bound_names(cell)}
    loaded = _loaded(tree)
    if _NAMES in bound | loaded:
        reason = f"otter needs the name {_NAMES} for itself; use another in this example"
        raise refuse(notebook.path, cell.line, reason)
    given = {name for other in notebook.cells for name, _ in bound_names(other)}
    taken = sorted(n for n in loaded if n in given or not hasattr(builtins, n))
    kept = sorted(bound & _loaded_by(later))
    parameters = [_NAMES] * bool(kept) + taken
    head = f"def example_{number}({', '.join(parameters)}):\n    pass"
    function = ast.parse(head).body[0]
    assert isinstance(function, ast.FunctionDef)
    body = tree.body
    if kept:
        # Also where an assertion fails, as in a cell: what was assigned before it stays.
        keep = f"{_NAMES}.update([(k, v) for k, v in locals().items() if k in {kept!r}])"
        body = [ast.Try(body, [], [], ast.parse(keep).body)]
    exercises = sorted(loaded & set(notebook.exercises))
    function.body = [*_there(exercises, say), *body]
    # Unparsed, a text of several lines is one line with escapes, so nothing in it gets indented.
    return ast.unparse(ast.fix_missing_locations(function))


def _there(exercises: Iterable[str], say: Callable[[str], str]) -> list[ast.stmt]:
    """Assertions that the exercises are defined: otter passes None for a name that is not."""
    lines = [f"assert {name} is not None, {say(UNDEFINED.format(name))!r}" for name in exercises]
    return ast.parse("\n".join(lines)).body


def _loaded(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _loaded_by(cells: Sequence[Cell]) -> set[str]:
    trees = [parse_cell(cell.source) for cell in cells if not isinstance(cell, Prompt)]
    return set().union(*[_loaded(tree) for tree in trees])
