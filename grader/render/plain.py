"""Text that came from a submission, made fit for files that other programs read."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
# Control characters, marks that turn the direction of text, surrogates and non-characters: XML
# refuses some of them, terminals obey others, and nobody can see any.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)
_FORMULA = "=+-@＝＋－＠"


def plain(text: str) -> str:
    """The text without terminal codes, and with `\ufffd` for each character that cannot be seen.

    Spaces, tabs and line feeds stay.
    """
    text = _ANSI.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNSEEN.sub("\ufffd", text)


def one_line(text: str) -> str:
    """`plain` text, all white space a single space."""
    return " ".join(plain(text).split())


def no_formula(text: str) -> str:
    """`one_line` text that no spreadsheet takes for a formula: an apostrophe goes before one."""
    line = one_line(text)
    return f"'{line}" if line[:1] and line[0] in _FORMULA else line


def number(value: float | None) -> str:
    """A number without needless zeros, to four decimals; "" for None."""
    return "" if value is None else f"{round(value, 4):.12g}"
