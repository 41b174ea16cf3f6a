"""Markdown of a student that every reader of Markdown shows, and none obeys.

Readers differ in what is code, what is a formula and what is a link, and a text that one takes for
code may be live to another. So nothing here asks where it stands: wherever something could begin
that acts, a character of no width (U+2060, the word joiner) is put in. No reader takes `<⁠img` for
a tag or `]⁠(` for a link, and a person sees the text as it was written, in code as well.
"""

from __future__ import annotations

import html
import re

from grader.inert.tex import COMMANDS
from grader.inert.text import plain, seen

JOINER = "\u2060"

_ALLOWED = r"(?:https?://|mailto:)"
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>", re.IGNORECASE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(r"!(?=\\*\[)")
_LINK = re.compile(rf"\](?=[(:](?![ \t]*{_ALLOWED}))", re.IGNORECASE)
_SCHEME = re.compile(r"\b(?!https?://)([a-z][a-z0-9+.-]*)(?=://)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*);?")
_COMMAND = re.compile(r"\\+([A-Za-z]+)")
_DIAGRAM = re.compile(r"(`{3,}|~{3,})([ \t]*)(?=mermaid)", re.IGNORECASE)
# Entities that stand for a letter of ours, a bracket or a space can spell what is not allowed.
_ENTITIES = frozenset("<>&\"'")
_MARKS = re.compile(r"[!-/:-@\[-`{-~]")


def markdown(text: str) -> str:
    """Markdown that holds no HTML, picture, diagram or formula that acts; else as it was.

    Links lead to http, https and mailto, written out; a picture becomes a link to it. Entities
    stay where they stand for `< > & " '` or for no ASCII character. TeX commands are those of
    `grader/inert/tex.py`; any other is shown as an error by whoever sets the formula.
    """
    text = _ENTITY.sub(_entity, plain(text))
    text = _AUTOLINK.sub(rf"<{JOINER}\1 >", text)
    text = _TAG.sub(f"<{JOINER}", text)
    text = _IMAGE.sub(f"!{JOINER}", text)
    text = _LINK.sub(f"]{JOINER}", text)
    text = _SCHEME.sub(rf"\1{JOINER}", text)
    text = _DIAGRAM.sub(rf"\1\2{JOINER}", text)
    return _COMMAND.sub(_command, text)


def literal(text: str) -> str:
    """One line of Markdown that shows exactly this text, whatever it holds, as no formula."""
    line = " ".join(plain(text).split()).replace("\\", f"\\{JOINER}")
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", line)


def untagged(text: str) -> str:
    """One line for a template that escapes nothing: it opens no tag, stands in no entity."""
    line = " ".join(plain(text).split())
    return _TAG.sub(f"<{JOINER}", re.sub(r"&(?=[#\w])", f"&{JOINER}", line))


def _entity(match: re.Match[str]) -> str:
    written = match[0]
    meant = html.unescape(written)  # "" for what is no character
    kept = bool(meant) and all(c in _ENTITIES or (c > "\x7f" and seen(c)) for c in meant)
    return written if kept or meant == written else f"&{JOINER}{written[1:]}"


def _command(match: re.Match[str]) -> str:
    if match[1] in COMMANDS:
        return match[0]
    slashes = match[0][: -len(match[1])]
    return f"{slashes}{JOINER}{match[1]}"
