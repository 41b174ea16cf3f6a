"""Mutants of the model answers: small mechanical errors that the checks must notice.

Each mutant is the answers' own source with one place changed. A mutant that every check passes
shows a hole in the checks, unless it is equivalent to the original. A student who makes the same
error is told the hint that stands beside the changed line.
"""

import ast
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from grader.course.slips.operators import Change, More, changes, changes_by
from grader.course.slips.strays import strays, waits
from grader.course.slips.templates import Templates
from grader.errors import CourseError

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


Found = Callable[[ast.stmt], Iterator[Change]]
"""What changes a definition."""


@dataclass(frozen=True)
class Mutant:
    """One changed place of a model answer.

    Args:
        exercise: the top-level function or class in which it lies.
        operator: the kind of change, in a word or two.
        line: of the changed place in the original source, from 1.
        before, after: the smallest statement around it, on one line each.
        source: the whole module, changed.
        code: the changed definition alone.
        starts: the first line of the smallest statement around it, from 1.
        occurrence: which of the exercise's mutants with this before and after it is, from 1.
    """

    exercise: str
    operator: str
    line: int
    before: str
    after: str
    source: str
    code: str
    starts: int
    occurrence: int = 1

    @property
    def key(self) -> str:
        """A name that stays when lines move: "relu: return x -> return -x", "… #2"."""
        suffix = f" #{self.occurrence}" if self.occurrence > 1 else ""
        return f"{self.exercise}: {self.before} -> {self.after}{suffix}"


def mutants(source: str, names: Collection[str], more: More | None = None) -> list[Mutant]:
    """Every mutant of the named top-level definitions of a module, in the source's order.

    `more` makes others than the mechanical ones, which come after these at each place. No two are
    the same code, none is the original's, and each compiles.

    Raises:
        CourseError: `source` is no Python, or does not define one of the names.
    """
    return _by(source, names, lambda node: changes(node, more) if more else changes(node))


def device_mutants(source: str, names: Collection[str]) -> list[Mutant]:
    """Likewise, the slips of device handling alone: see `strays`."""
    return _by(source, names, lambda node: changes_by(node, strays))


def waiting_mutants(source: str, names: Collection[str]) -> list[Mutant]:
    """Likewise, what waits for the device number by number: right, and slow."""
    return _by(source, names, lambda node: changes_by(node, waits))


def _by(source: str, names: Collection[str], found: Found) -> list[Mutant]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(f"answers, line {error.lineno}: {error.msg}; mend the file") from None
    definitions = [node for node in tree.body if isinstance(node, _DEFINITIONS)]
    if missing := sorted(set(names) - {node.name for node in definitions}):
        raise CourseError(f"answers: no top-level definition of {', '.join(missing)}; write one")
    made: list[Mutant] = []
    for definition in definitions:
        if definition.name in names:
            made += _of_definition(source, definition, found)
    return made


def _of_definition(source: str, definition: ast.stmt, found: Found) -> Iterator[Mutant]:
    known, counts = {ast.unparse(definition)}, Counter[tuple[str, str]]()
    templates = Templates(definition)
    for change in found(definition):
        before, code = _one_line(change.statement), templates.changed(change)
        with change.applied() as statement:
            after = _one_line(statement)
        if code in known or not _compiles(code):
            continue
        known.add(code)
        counts[before, after] += 1
        yield Mutant(
            exercise=str(getattr(definition, "name", "")),
            operator=change.operator,
            line=change.line,
            before=before,
            after=after,
            source=_with(source, definition, code),
            code=code,
            starts=change.statement.lineno,
            occurrence=counts[before, after],
        )


def _one_line(statement: ast.AST) -> str:
    """A statement on one line; of a compound one only its head."""
    text = ast.unparse(statement)
    if isinstance(getattr(statement, "body", None), list):
        # Decorators come first in a definition, and only the head's own line ends in a colon.
        text = next(line for line in text.splitlines() if not line.startswith("@"))
    return " ".join(text.split())


def _compiles(code: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        try:
            compile(code, "<mutant>", "exec")
        except (SyntaxError, ValueError):
            return False
    return True


def _with(source: str, definition: ast.stmt, code: str) -> str:
    """The module with one definition's text replaced."""
    lines = source.splitlines(keepends=True)
    decorators = getattr(definition, "decorator_list", [])
    first = min([definition.lineno, *(node.lineno for node in decorators)])
    return "".join([*lines[: first - 1], f"{code}\n", *lines[definition.end_lineno :]])
