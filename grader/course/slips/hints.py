"""Hints beside the lines of a model answer: `# hint: where ε stands`.

A hint stands at the end of its statement, or alone on the lines before it, where comments that
follow directly go on with it. It is the hint of every slip in that statement, and of the
statements inside it that have none of their own; so it says where to look, and is true of any
slip there. Within a statement of several lines, a hint is that of its own or of the next line.
Hints are for the grader alone: whatever leaves the instructor's side is stripped of them.
"""

from __future__ import annotations

import ast
import functools
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.errors import CourseError

LONGEST = 100
"""Characters of a hint."""

_MARK = "hint:"


@dataclass(frozen=True)
class _Comment:
    """A hint as it is written: its first and last line, from 1, and the column it begins in."""

    first: int
    last: int
    column: int
    text: str
    alone: bool


@dataclass(frozen=True)
class Hints:
    """Hints by line, from 1: of statements, by their first, and of lines within one."""

    statements: Mapping[int, str]
    lines: Mapping[int, str]

    def at(self, line: int, statement: int) -> str:
        """The hint of a place in the statement that begins in a line; "" without one."""
        return self.lines.get(line) or self.statements.get(statement, "")

    @property
    def texts(self) -> frozenset[str]:
        """Every hint."""
        return frozenset({*self.statements.values(), *self.lines.values()})


@functools.lru_cache(maxsize=8)
def hints_of(source: str, where: str = "answers") -> Hints:
    """The hints of a source.

    Args:
        source: of a model answer.
        where: what it is called in errors.

    Raises:
        CourseError: the source is no Python, or a hint is empty, too long, or at no statement.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise CourseError(f"{where}:{error.lineno}: {error.msg}; mend the file") from None
    own: dict[int, str] = {}
    lines: dict[int, str] = {}
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    for comment in _comments(source):
        place = f"{where}:{comment.first}"
        if not 0 < len(comment.text) <= LONGEST:
            raise CourseError(f"{place}: a hint has 1 to {LONGEST} characters")
        statement = _statement(comment, statements)
        if statement is None:
            raise CourseError(f"{place}: this hint stands at no statement; move it to one")
        within = statement.lineno < comment.first < _end(statement)
        line = comment.last + 1 if comment.alone else comment.first
        into, at = (lines, line) if within else (own, statement.lineno)
        if into.setdefault(at, comment.text) != comment.text:
            raise CourseError(f"{place}: a second hint of one statement; keep one")
    return Hints(dict(_inherited(tree.body, own, "")), lines)


def without_hints(source: str) -> str:
    """The source without its hints: nothing else of it changes."""
    lines = source.split("\n")
    gone: set[int] = set()
    for comment in _comments(source):
        at = comment.first - 1
        if comment.alone:
            gone |= set(range(at, comment.last))
        else:
            lines[at] = lines[at][: comment.column].rstrip()
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _comments(source: str) -> Iterator[_Comment]:
    lines = source.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        text = token.string.lstrip("#").strip()
        if token.type != tokenize.COMMENT or not text.startswith(_MARK):
            continue
        first = last = token.start[0]
        words = [text.removeprefix(_MARK).strip()]
        alone = not lines[first - 1][: token.start[1]].strip()
        while alone and last < len(lines) and _goes_on(lines[last]):
            words.append(lines[last].strip().lstrip("#").strip())
            last += 1
        yield _Comment(first, last, token.start[1], " ".join(words).strip(), alone)


def _goes_on(line: str) -> bool:
    text = line.strip()
    return text.startswith("#") and not text.lstrip("#").strip().startswith(_MARK)


def _statement(comment: _Comment, statements: list[ast.stmt]) -> ast.stmt | None:
    """The statement below a comment that stands alone, else the innermost around it."""
    below = [node for node in statements if _first(node) == comment.last + 1]
    if comment.alone and below:
        return min(below, key=lambda node: node.col_offset)
    around = [node for node in statements if node.lineno <= comment.first <= _end(node)]
    return max(around, key=lambda node: (node.lineno, node.col_offset), default=None)


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _end(node: ast.stmt) -> int:
    """The last line of a statement; of a compound one that of its head."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        return max(node.lineno, _first(body[0]) - 1)
    return node.end_lineno or node.lineno


def _inherited(
    statements: list[ast.stmt], own: dict[int, str], above: str
) -> Iterator[tuple[int, str]]:
    for node in statements:
        hint = own.get(node.lineno, above)
        if hint:
            yield node.lineno, hint
        inner = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.stmt)]
        handlers = list(getattr(node, "handlers", []))
        inner += [part for handler in handlers for part in handler.body]
        yield from _inherited(inner, own, hint)
