"""A code cell in another language: the same code, its comments, docstrings and texts translated.

Texts of pictures are written as `zh("中文", "English")`, where the language needs fonts that a
machine may lack (`grader.notebook.fonts`): a picture never shows boxes.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.notebook.code_texts import CodeText, code_texts
from grader.notebook.templates import formatted_literal, literal


def translated(source: str, words: Mapping[str, str], choose: str = "") -> str:
    """The source with the texts that `words` has said otherwise.

    Args:
        source: of a code cell.
        words: translations by their English text, see `code_texts`.
        choose: the function that chooses between a picture's two texts; "" for none is needed.

    Raises:
        ValueError: a translation whose braces Python cannot read.
    """
    made, place = "", 0
    for text in code_texts(source):
        said = words.get(text.text)
        if said is None or said == text.text:
            continue
        original = source[text.start : text.end]
        made += source[place : text.start] + _written(text, said, original, source, choose)
        place = text.end
    return made + source[place:]


def chooses(source: str, words: Mapping[str, str]) -> bool:
    """Whether a cell has a text that `translated` would write in two languages."""
    return any(
        text.kind in ("picture", "string") and words.get(text.text, text.text) != text.text
        for text in code_texts(source)
    )


def _written(text: CodeText, said: str, original: str, source: str, choose: str) -> str:
    column = text.start - (source.rfind("\n", 0, text.start) + 1)
    if text.kind == "comment":
        lines = (f"# {line}".rstrip() for line in said.split("\n"))
        return ("\n" + " " * column).join(lines)
    if text.kind == "docstring":
        return _docstring(said, original, " " * column)
    write = formatted_literal if text.formatted else literal
    written = write(said)
    if choose and text.kind in ("picture", "string"):
        english = write(text.text)
        return f"{choose}({written}, {english})"
    return written


def _docstring(said: str, original: str, indent: str) -> str:
    raw = original[:1] in "rR"
    body = said if raw else said.replace("\\", "\\\\")
    lines = body.split("\n")
    rest = [f"{indent}{line}".rstrip() for line in lines[1:]]
    end = [indent] if len(lines) > 1 else []
    return "r" * raw + '"""' + "\n".join([lines[0], *rest, *end]) + '"""'
