"""What people read in a code cell: its comments, docstrings and texts, each with its place.

A text is named as a catalogue has it: a comment's lines without their marks, a docstring without
its indentation, a string as it is, and a formatted string as its template, `loss {loss:.3f}`.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from grader.notebook.templates import template_of

Kind: TypeAlias = Literal["comment", "docstring", "message", "picture", "string"]
"""A message is what an assertion, an exception or `print` says; a picture's text is its title or
label; any other string is read by people where it is a sentence, or where a catalogue has it."""


@dataclass(frozen=True)
class CodeText:
    """A text and the characters of the cell's source that it stands in.

    Attributes:
        needed: whether it must be in a catalogue; otherwise it may be.
        inside: whether it stands in a function's or class's body, which does not run at once.
    """

    kind: Kind
    text: str
    start: int
    end: int
    needed: bool
    inside: bool
    node: ast.expr | None = None

    @property
    def formatted(self) -> bool:
        """Whether it is the template of a formatted string."""
        return isinstance(self.node, ast.JoinedStr)


_PICTURES = frozenset(
    [
        "title",
        "suptitle",
        "set_title",
        "xlabel",
        "ylabel",
        "zlabel",
        "set_xlabel",
        "set_ylabel",
        "set_zlabel",
        "supxlabel",
        "supylabel",
        "text",
        "annotate",
        "legend",
        "xticks",
        "yticks",
        "set_xticks",
        "set_yticks",
        "set_xticklabels",
        "set_yticklabels",
        "bar_label",
        "clabel",
        "figtext",
    ]
)
_LABELS = frozenset(
    ["title", "label", "labels", "xlabel", "ylabel", "zlabel", "text", "suptitle", "ticklabels"]
)
_MESSAGES = frozenset({"print", "display"})
_DISPLAYS = (ast.Tuple, ast.List, ast.Dict, ast.Set)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]? +[^\W\d_]{2,}")
_PRAGMA = re.compile(r"#\s*(noqa|type:|fmt:|ruff:|%|!)")
_MAGIC = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)


def code_texts(source: str) -> list[CodeText]:
    """The texts of a code cell, in their order.

    Raises:
        SyntaxError: it is no Python.
    """
    plain = _MAGIC.sub(lambda found: " " * len(found[0]), source)
    found = [*_comments(plain), *_strings(plain)]
    return sorted(found, key=lambda text: text.start)


def _comments(source: str) -> Iterator[CodeText]:
    """Comments; lines that hold nothing else and follow one another are one."""
    starts = _line_starts(source)
    block: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _PRAGMA.match(token.string):
            continue
        alone = not token.line[: token.start[1]].strip()
        last = block[-1] if block else None
        if last and not (alone and last.start == (token.start[0] - 1, token.start[1])):
            yield _comment(block, starts)
            block = []
        block.append(token)
        if not alone:
            yield _comment(block, starts)
            block = []
    if block:
        yield _comment(block, starts)


def _comment(block: list[tokenize.TokenInfo], starts: list[int]) -> CodeText:
    text = "\n".join(token.string.removeprefix("#").removeprefix(" ") for token in block)
    start = starts[block[0].start[0] - 1] + block[0].start[1]
    end = starts[block[-1].end[0] - 1] + block[-1].end[1]
    return CodeText("comment", text, start, end, bool(_WORD.search(text)), inside=False)


def _strings(source: str) -> Iterator[CodeText]:
    places = _Places(source)
    yield from _within(ast.parse(source), "string", places, inside=False)


def _within(node: ast.AST, kind: Kind, places: _Places, inside: bool) -> Iterator[CodeText]:
    """The strings below a node, which stands where `kind` is said."""
    docstring = _docstring(node)
    if docstring is not None:
        assert isinstance(docstring.value, str)
        text = inspect.cleandoc(docstring.value)
        yield CodeText("docstring", text, *places.of(docstring), True, inside, docstring)
    for name, field in ast.iter_fields(node):
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST) or _is_docstring(child, docstring):
                continue
            if isinstance(child, ast.Expr) and _is_text(child.value):
                continue  # a text below a name says what the name is, to whoever reads the file
            of_child = _kind(node, name, child, kind)
            deeper = inside or (name == "body" and isinstance(node, _SCOPES))
            if isinstance(child, ast.JoinedStr) or _is_text(child):
                assert isinstance(child, ast.Constant | ast.JoinedStr)
                yield from _text(child, of_child, places, deeper, node, name)
            else:
                yield from _within(child, of_child, places, deeper)


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _text(
    child: ast.Constant | ast.JoinedStr,
    kind: Kind,
    places: _Places,
    inside: bool,
    parent: ast.AST,
    field: str,
) -> Iterator[CodeText]:
    text = template_of(child)
    if kind == "string":
        # What is looked up, compared or handed to a function is the program's own word.
        if not _SENTENCE.search(text):
            of_display = isinstance(parent, _DISPLAYS) or (
                isinstance(parent, ast.Assign | ast.IfExp) and field != "test"
            )
            if not of_display or not _WORD.search(text):
                return
            yield CodeText(kind, text, *places.of(child), False, inside, child)
            return
    elif not _WORD.search(re.sub(r"\{[^{}]*\}", "", text)):
        return
    yield CodeText(kind, text, *places.of(child), True, inside, child)


def _kind(parent: ast.AST, field: str, child: ast.AST, kind: Kind) -> Kind:
    if isinstance(parent, ast.Assert | ast.Raise):
        return "message" if field in ("msg", "exc") else "string"
    if isinstance(parent, ast.Call):
        if field == "func":
            return "string"
        name = getattr(parent.func, "attr", getattr(parent.func, "id", ""))
        if isinstance(child, ast.keyword):
            if name in _MESSAGES:
                return "string"
            return "picture" if child.arg in _LABELS else "string"
        if name in _MESSAGES or (kind == "message" and name[:1].isupper()):
            return "message"
        return "picture" if name in _PICTURES else "string"
    if isinstance(parent, ast.FormattedValue | ast.Subscript | ast.Compare):
        return "string"
    return kind if kind in ("message", "picture") else "string"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _docstring(node: ast.AST) -> ast.Constant | None:
    if not isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and _is_text(first.value):
        assert isinstance(first.value, ast.Constant)
        return first.value
    return None


def _is_docstring(child: ast.AST, docstring: ast.Constant | None) -> bool:
    return docstring is not None and isinstance(child, ast.Expr) and child.value is docstring


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


class _Places:
    """Where in a source, in characters, a node begins and ends; a node itself counts bytes."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self._starts = _line_starts(source)

    def of(self, node: ast.expr) -> tuple[int, int]:
        """The first character and the one behind the last."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self._at(node.lineno, node.col_offset),
            self._at(node.end_lineno, node.end_col_offset),
        )

    def _at(self, line: int, column: int) -> int:
        before = self._lines[line - 1].encode()[:column].decode()
        return self._starts[line - 1] + len(before)
