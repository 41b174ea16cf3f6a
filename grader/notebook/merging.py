"""Joining a stub and its answer into one cell with `### BEGIN SOLUTION` regions.

Header, docstring and comments are the stub's; the answer's statements take the place of
`raise NotImplementedError`. Whatever an answer has beyond its stub (members of a class, helpers
of the module) stands at the end of the last region: Python looks such names up when the answer is
called, and once the region is cleared the cell can still be run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from grader.notebook.answers import Definition, first_line, is_docstring, names_used, text_of
from grader.notebook.percent import refuse
from grader.notebook.signatures import Function, extends, signature

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class Text:
    """A definition and the lines around it; `above` lines of the file precede these."""

    path: Path
    lines: tuple[str, ...]
    node: Definition
    above: int = 0

    def at(self, node: ast.AST) -> int:
        """The file's line of a part."""
        return self.above + int(getattr(node, "lineno", 1))


@dataclass(frozen=True)
class Hole:
    """A `raise NotImplementedError` of a stub, and the lines that fill it."""

    raising: ast.stmt
    filling: list[str]


def merge(stub: Text, answer: Text, helpers: list[str]) -> str:
    """The stub's cell with the answer in it, `helpers` at the end of the last region.

    Raises:
        CourseError: the two do not fit; with file, line and reason.
    """
    if type(stub.node) is not type(answer.node):
        reason = f"{answer.node.name} is a {_kind(answer.node)} here, but a {_kind(stub.node)} in "
        raise refuse(answer.path, answer.at(answer.node), reason + _place(stub, stub.node))
    _same_decorators(stub, stub.node, answer, answer.node)
    if isinstance(stub.node, ast.ClassDef) and isinstance(answer.node, ast.ClassDef):
        holes = _of_class(stub, stub.node, answer, answer.node)
    else:
        assert isinstance(stub.node, Function) and isinstance(answer.node, Function)
        same_signature(stub, stub.node, answer, answer.node)
        holes = [_of_function(stub, stub.node, answer, answer.node)]
    last = holes[-1].filling
    for helper in helpers:
        last += ["", "", *helper.split("\n")]
    lines = list(stub.lines)
    for hole in reversed(holes):
        first, end = hole.raising.lineno - 1, hole.raising.end_lineno
        indent = " " * hole.raising.col_offset
        lines[first:end] = [indent + BEGIN, *hole.filling, indent + END]
    return "\n".join(lines)


def _kind(node: ast.AST) -> str:
    return "class" if isinstance(node, ast.ClassDef) else "function"


def _place(text: Text, node: ast.AST) -> str:
    return f"{text.path}:{text.at(node)}"


def same_signature(stub: Text, a: Function, answer: Text, b: Function) -> None:
    """Refuse an answer that is called otherwise than its stub."""
    if type(a) is not type(b) or signature(a) != signature(b):
        reason = f"{b.name}{signature(b)} differs from its stub {a.name}{signature(a)} in "
        raise refuse(answer.path, answer.at(b), reason + _place(stub, a))


def _same_decorators(stub: Text, a: Definition, answer: Text, b: Definition) -> None:
    parts: list[tuple[str, list[str], list[str]]] = [
        ("decorators", _dumps(a.decorator_list), _dumps(b.decorator_list))
    ]
    if isinstance(a, ast.ClassDef) and isinstance(b, ast.ClassDef):
        parts.append(("bases", _dumps(a.bases + a.keywords), _dumps(b.bases + b.keywords)))
    for what, of_stub, of_answer in parts:
        if of_stub != of_answer:
            reason = f"the {what} of {b.name} differ from those of its stub in {_place(stub, a)}"
            raise refuse(answer.path, answer.at(b), reason)


def _dumps(nodes: list) -> list[str]:
    return [ast.dump(node) for node in nodes]


def is_hole(node: ast.stmt) -> bool:
    """Whether a statement is `raise NotImplementedError`."""
    if not isinstance(node, ast.Raise):
        return False
    what = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(what, ast.Name) and what.id == "NotImplementedError"


def _of_function(stub: Text, a: Function, answer: Text, b: Function) -> Hole:
    rest = a.body[1:] if is_docstring(a.body[0]) else a.body
    if len(rest) != 1 or not is_hole(rest[0]):
        reason = f"the stub {a.name} may hold its docstring and `raise NotImplementedError` alone"
        raise refuse(stub.path, stub.at(rest[0] if rest else a), reason)
    if stub.lines[rest[0].lineno - 1][: rest[0].col_offset].strip():
        reason = "`raise NotImplementedError` needs a line of its own"
        raise refuse(stub.path, stub.at(rest[0]), reason)
    return Hole(rest[0], _body(answer, b, rest[0].col_offset))


def _body(answer: Text, node: Function, indent: int) -> list[str]:
    body = node.body[1:] if is_docstring(node.body[0]) else node.body
    if not body or is_hole(body[-1]):
        raise refuse(answer.path, answer.at(node), f"{node.name} holds no answer yet")
    first = body[0]
    start = first_line(first) - 1
    before = answer.lines[start].encode()[: first.col_offset].decode()
    if before.strip() and first_line(first) == first.lineno:  # def f(x): return x
        head = answer.lines[start].encode()[first.col_offset :].decode()
        return [" " * indent + head, *answer.lines[start + 1 : node.end_lineno]]
    if first.col_offset != indent:
        reason = f"{node.name} is indented by {first.col_offset} spaces, its stub by {indent}"
        raise refuse(answer.path, answer.at(first), reason)
    while answer.lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return list(answer.lines[start : node.end_lineno])


def _of_class(stub: Text, a: ast.ClassDef, answer: Text, b: ast.ClassDef) -> list[Hole]:
    theirs = _members(a)
    ours = _members(b)
    extra = dict(ours)
    holes: list[Hole] = []
    for key, member in theirs.items():
        if is_hole(member):
            holes.append(Hole(member, []))
        elif isinstance(member, Function) and is_hole(member.body[-1]):
            match = ours.get(key)
            if not isinstance(match, Function):
                reason = f"{b.name} lacks {member.name}, which its stub has in "
                raise refuse(answer.path, answer.at(b), reason + _place(stub, member))
            holes.append(_of_method(stub, member, answer, match))
            if signature(match) == signature(member):
                del extra[key]
        else:
            _same_member(stub, member, answer, b, ours.get(key))
            del extra[key]
    if not holes:
        reason = f"the stub {a.name} has nothing to fill in: no `raise NotImplementedError`"
        raise refuse(stub.path, stub.at(a), reason)
    last = holes[-1].filling
    below = {key[0] for key, m in theirs.items() if m.lineno > holes[-1].raising.lineno}
    for member in extra.values():
        if needed := names_used(member, at_once=True) & below:
            reason = f"this needs {min(needed)}, which the stub gives below its last blank, in "
            raise refuse(answer.path, answer.at(member), f"{reason}{_place(stub, a)}; move it up")
        last += [*([""] if last else []), *text_of(answer.lines, member).split("\n")]
    return holes


def _of_method(stub: Text, a: Function, answer: Text, b: Function) -> Hole:
    if _dumps(a.decorator_list) != _dumps(b.decorator_list):
        reason = f"the decorators of {b.name} differ from those of its stub in {_place(stub, a)}"
        raise refuse(answer.path, answer.at(b), reason)
    hole = _of_function(stub, a, answer, b)
    if signature(a) == signature(b):
        return hole
    if type(a) is not type(b) or not extends(signature(b), signature(a)):
        same_signature(stub, a, answer, b)
    # The header is the stub's, so the longer method comes among the extra members below.
    again = f"raise NotImplementedError  # defined again below, as {b.name}{signature(b)}"
    return Hole(hole.raising, [" " * hole.raising.col_offset + again])


def _members(node: ast.ClassDef) -> dict[tuple[str, int], ast.stmt]:
    """The members of a class by name and occurrence (a property has several of one name)."""
    found: dict[tuple[str, int], ast.stmt] = {}
    for number, member in enumerate(node.body):
        if (number == 0 and is_docstring(member)) or isinstance(member, ast.Pass):
            continue
        name = getattr(member, "name", None) or _targets(member)
        times = sum(key[0] == name for key in found)
        found[name, times] = member
    return found


def _targets(member: ast.stmt) -> str:
    if isinstance(member, ast.Assign):
        return ", ".join(ast.unparse(target) for target in member.targets)
    if isinstance(member, ast.AnnAssign):
        return ast.unparse(member.target)
    return f"<{type(member).__name__}>"


def _same_member(
    stub: Text, given: ast.stmt, answer: Text, b: ast.ClassDef, match: ast.stmt | None
) -> None:
    name = getattr(given, "name", None) or _targets(given)
    if match is None:
        reason = f"{b.name} lacks {name}, which is given in {_place(stub, given)}"
        raise refuse(answer.path, answer.at(b), reason)
    if plain_dump(given) != plain_dump(match):
        reason = f"{name} differs from what is given in {_place(stub, given)}"
        raise refuse(answer.path, answer.at(match), reason)


def plain_dump(node: ast.stmt) -> str:
    """A statement's meaning as text: without its docstrings, comments and layout."""
    copy = ast.parse(ast.unparse(node))
    for part in ast.walk(copy):
        body = getattr(part, "body", None)
        is_definition = isinstance(part, Function | ast.ClassDef)
        if is_definition and isinstance(body, list) and len(body) > 1 and is_docstring(body[0]):
            del body[0]
    return ast.dump(copy)
