"""Strings of Python as templates: the text, with what is formatted in between braces.

`f"loss {loss:.3f}"` has the template `loss {loss:.3f}`, whatever quotes and joined pieces it is
written in; braces that stand for themselves are doubled, as in Python.
"""

from __future__ import annotations

import ast
import re

_CONVERSIONS = {-1: "", 115: "!s", 114: "!r", 97: "!a"}


def template_of(node: ast.Constant | ast.JoinedStr) -> str:
    """The template of a string: of a plain one the string itself."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(_part(part) for part in node.values)


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value).replace("{", "{{").replace("}", "}}")
    assert isinstance(part, ast.FormattedValue)
    spec = (
        ":" + template_of(part.format_spec) if isinstance(part.format_spec, ast.JoinedStr) else ""
    )
    return "{" + ast.unparse(part.value) + _CONVERSIONS[part.conversion] + spec + "}"


def pieces(template: str) -> list[tuple[bool, str]]:
    """A template cut into (whether it is formatted in, its source): `{x:.1f}` is, ` steps` is not.

    Raises:
        ValueError: a brace that is not closed, or closes nothing.
    """
    found: list[tuple[bool, str]] = []
    plain, place = "", 0
    while place < len(template):
        two = template[place : place + 2]
        if two in ("{{", "}}"):
            plain, place = plain + two, place + 2
        elif template[place] == "{":
            end = _closing(template, place)
            found += [(False, plain)] * bool(plain) + [(True, template[place : end + 1])]
            plain, place = "", end + 1
        elif template[place] == "}":
            raise ValueError("a } that closes nothing")
        else:
            plain, place = plain + template[place], place + 1
    return found + [(False, plain)] * bool(plain)


def _closing(template: str, start: int) -> int:
    depth = 0
    for place in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[place], 0)
        if depth == 0:
            return place
    raise ValueError("a { that is not closed")


def literal(text: str) -> str:
    """A string as Python writes it, in double quotes."""
    return '"' + _escaped(text, '"') + '"'


def formatted_literal(template: str) -> str:
    """A formatted string as Python writes it.

    Raises:
        ValueError: braces that do not fit, or both kinds of quotes in what is formatted in.
    """
    cut = pieces(template)
    inner = "".join(source for formatted, source in cut if formatted)
    quote = next((q for q in ('"', "'") if q not in inner), None)
    if quote is None or "\\" in inner:
        raise ValueError("what stands in braces holds both kinds of quotes, or a backslash")
    body = "".join(source if formatted else _escaped(source, quote) for formatted, source in cut)
    return "f" + quote + body + quote


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(text: str, quote: str) -> str:
    return re.sub(
        r"[\\\n\t\r]|" + quote,
        lambda found: _ESCAPES.get(found[0], "\\" + found[0]),
        text,
    )
