"""The glossary of the Chinese edition, `docs/terms.md`: one rendering for each English term.

A term may list renderings that must not occur. They are looked for as plain text, so a glossary
lists only such as are no part of another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

HEADER = ("English", "中文", "not", "seeds")
_BETWEEN = "、"


@dataclass(frozen=True)
class Term:
    """One line of the glossary.

    Attributes:
        english: the term as the English texts have it.
        chinese: the one rendering of it.
        avoided: renderings that must not occur.
        seeds: which of the course's sources have the rendering.
    """

    english: str
    chinese: str
    avoided: tuple[str, ...]
    seeds: str


def load_terms(path: Path) -> tuple[Term, ...]:
    """The terms of a glossary, in its order.

    Raises:
        CourseError: no such file, no such table in it, or a line of the table that is no term.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: the glossary cannot be read ({error}); restore it") from error
    return tuple(_term(f"{path}:{number}", cells) for number, cells in _table(path, lines))


def misnamed(text: str, terms: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    """What a text calls by a rendering to avoid: (found, what to say instead), each once.

    In the order of the text; of two that begin at the same place, the longer one.
    """
    instead = {word: term.chinese for term in terms for word in term.avoided}
    if not instead:
        return ()
    longest_first = sorted(instead, key=len, reverse=True)
    found = re.findall("|".join(map(re.escape, longest_first)), text)
    return tuple((word, instead[word]) for word in dict.fromkeys(found))


def _table(path: Path, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header and its rule: number of the line, cells."""
    below = [number for number, line in enumerate(lines, 1) if _cells(line) == list(HEADER)]
    if not below:
        header = " | ".join(HEADER)
        raise CourseError(f"{path}: no table is headed `| {header} |`; head the glossary's so")
    for number, line in enumerate(lines[below[0] + 1 :], below[0] + 2):
        if not line.startswith("|"):
            return
        yield number, _cells(line)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _term(where: str, cells: list[str]) -> Term:
    if len(cells) != len(HEADER):
        raise CourseError(f"{where}: {len(cells)} cells; give four: {', '.join(HEADER)}")
    english, chinese, avoided, seeds = cells
    if not english or not chinese:
        raise CourseError(f"{where}: the English or the 中文 is empty; give both")
    words = (word.strip() for word in avoided.split(_BETWEEN))
    return Term(english, chinese, tuple(word for word in words if word), seeds)
