"""Text that came from a submission, made fit for files that other programs read."""

from __future__ import annotations

import re
import unicodedata

# Colour codes, links, window titles and their like, whole.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_FORMULA = "=+-@＝＋－＠"
# Controls, marks that join, hide or turn text, halves of characters, separators of lines.
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain(text: str) -> str:
    """The text without terminal codes, and with `\ufffd` for each character that cannot be seen.

    Spaces, tabs and line feeds stay. XML refuses some of the others, terminals and browsers obey
    others, and nobody can see any.
    """
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or seen(c) else "\ufffd" for c in text)


def seen(character: str) -> bool:
    """Whether a character is one that a reader can see, or a space."""
    if unicodedata.category(character) in _UNSEEN:
        return False
    return ord(character) & 0xFFFE != 0xFFFE  # never a character, in any plane


def one_line(text: str) -> str:
    """`plain` text, all white space a single space."""
    return " ".join(plain(text).split())


def no_formula(text: str) -> str:
    """`one_line` text that no spreadsheet takes for a formula: an apostrophe goes before one."""
    line = one_line(text)
    return f"'{line}" if line[:1] and line[0] in _FORMULA else line
