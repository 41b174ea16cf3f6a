"""Markdown whose lines are broken between two characters that have no space between them.

A line end in a paragraph shows as a space. Between Chinese or Japanese characters, or beside their
full-width punctuation, none belongs there, so such lines are joined.
"""

from __future__ import annotations

import re

# Han, kana, and full-width forms and punctuation.
_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PUNCTUATION = "\u3000-\u303f\uff00-\uffef\u2014\u2018\u2019\u201c\u201d\u2026"
_WIDE_END = re.compile(f"[{_IDEOGRAPH}{_PUNCTUATION}]$")
_WIDE_START = re.compile(f"[{_IDEOGRAPH}{_PUNCTUATION}]")
_FULL_END = re.compile("[\u3000-\u303f\uff00-\uffef]$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_OWN_LINE = re.compile(r" {0,3}(#{1,6} |\||>|\$\$)")
_STARTS = re.compile(r"\s*([-*+] |\d+[.)] |#{1,6} |\||>|\$\$|<)|$")


def unwrapped(markdown: str) -> str:
    """The same text, its wide characters joined where a line was broken between them."""
    lines: list[str] = []
    fenced = False
    for line in markdown.split("\n"):
        toggles = bool(_FENCE.match(line))
        joins = lines and not fenced and not toggles and _joins(lines[-1], line)
        if joins:
            lines[-1] += line.lstrip()
        else:
            lines.append(line)
        fenced ^= toggles
    return "\n".join(lines)


def _joins(before: str, line: str) -> bool:
    """Whether the line goes on with the paragraph before it, without a space."""
    if _OWN_LINE.match(before) or _STARTS.match(line):
        return False
    start = line.lstrip()
    if _FULL_END.search(before):
        return True
    return bool(_WIDE_END.search(before) and _WIDE_START.match(start))
