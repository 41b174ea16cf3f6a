"""Reading `answers.py` as text: the answer of each exercise, and what they share."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from grader.errors import CourseError
from grader.notebook.percent import refuse

Definition = ast.FunctionDef | ast.ClassDef
_LOOKUPS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS")
# Scopes of their own that run at once, where they stand.
_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


@dataclass(frozen=True)
class Helper:
    """A statement of `answers.py` that is no exercise: an import, a constant, a function."""

    node: ast.stmt
    source: str
    names: frozenset[str]


@dataclass(frozen=True)
class Answers:
    """`answers.py`, taken apart."""

    path: Path
    lines: tuple[str, ...] = field(repr=False)
    exercises: dict[str, Definition]
    helpers: tuple[Helper, ...]

    def needed(self, exercise: str) -> list[Helper]:
        """The helpers that an exercise uses, also through one another, in their order."""
        return self._closure(names_used(self.exercises[exercise]))

    def needed_at_once(self, exercise: str) -> list[Helper]:
        """Those that must be there already when the exercise's own definition runs."""
        return self._closure(names_used(self.exercises[exercise], at_once=True))

    def _closure(self, names: set[str]) -> list[Helper]:
        found: list[Helper] = []
        while fresh := [h for h in self.helpers if h not in found and h.names & names]:
            found += fresh
            for helper in fresh:
                names = names | names_used(helper.node)
        return [helper for helper in self.helpers if helper in found]


def read_answers(path: Path, exercises: list[str]) -> Answers:
    """Take `answers.py` apart.

    Raises:
        CourseError: it is unreadable, defines an exercise twice or not at all, or holds
            statements that are neither definitions, imports nor assignments.
    """
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        compile(tree, str(path), "exec", dont_inherit=True)
    except FileNotFoundError:
        raise CourseError(f"{path}: this file is missing") from None
    except SyntaxError as error:
        raise refuse(path, error.lineno or 1, f"not Python: {error.msg}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CourseError(f"{path}: cannot be read: {error}") from None
    lines = tuple(text.split("\n"))  # not splitlines, which sees more ends of lines than Python
    found: dict[str, Definition] = {}
    helpers: list[Helper] = []
    seen: dict[str, int] = {}
    for number, node in enumerate(tree.body):
        if number == 0 and is_docstring(node):
            continue
        if isinstance(node, Definition):
            if node.name in seen:
                first = seen[node.name]
                reason = f"{node.name} is defined a second time, first in line {first}"
                raise refuse(path, node.lineno, reason)
            seen[node.name] = node.lineno
            if node.name in exercises:
                found[node.name] = node
                continue
        helpers.append(_helper(path, lines, node, exercises))
    for exercise in exercises:
        if exercise not in found:
            raise refuse(path, 1, f"no answer of the exercise {exercise}; define it here")
    return Answers(path, lines, found, tuple(helpers))


def _helper(path: Path, lines: tuple[str, ...], node: ast.stmt, exercises: list[str]) -> Helper:
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        reason = "from __future__ changes the meaning of a whole file, not of one cell; do without"
        raise refuse(path, node.lineno, reason)
    kinds = (*Definition.__args__, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    if not isinstance(node, kinds):
        reason = "answers.py holds definitions, imports and assignments; move this into a function"
        raise refuse(path, node.lineno, reason)
    names = frozenset(_bound(node))
    for name in names & set(exercises):
        raise refuse(path, node.lineno, f"{name} is an exercise; define it by def or class, once")
    return Helper(node, text_of(lines, node), names)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, Definition):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield (alias.asname or alias.name).split(".")[0]
    else:
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a text that stands for itself."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def text_of(lines: tuple[str, ...], node: ast.stmt) -> str:
    """The whole lines of a statement, with the comments that stand directly above it."""
    start = first_line(node) - 1
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return "\n".join(lines[start : node.end_lineno])


def names_used(node: ast.stmt, at_once: bool = False) -> set[str]:
    """The global names that a definition refers to.

    With `at_once`, only those looked up while it is being defined: decorators, defaults, bases
    and class attributes, but no bodies of functions.
    """
    module = ast.Module([node], [])
    code = compile(module, "<answers>", "exec", dont_inherit=True)
    found: set[str] = set()
    for part in _codes(code, at_once):
        found |= {
            str(step.argval) for step in dis.get_instructions(part) if step.opname in _LOOKUPS
        }
    return found


def _codes(code: CodeType, at_once: bool) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_function = bool(inner.co_flags & 0x1)  # CO_OPTIMIZED: bodies of classes lack it
            if not at_once or not is_function or inner.co_name in _COMPREHENSIONS:
                yield from _codes(inner, at_once)
