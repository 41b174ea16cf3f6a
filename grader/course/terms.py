"""A glossary, such as `docs/terms.md`: one rendering in a language for each English term.

It says which language that is in a comment, `<!-- language: zh -->`. A term may list renderings
that must not occur. They are looked for as plain text, so a glossary lists only such as are no
part of another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

HEADER = ("English", "not", "seeds")
"""The columns beside the language's own, which stands second and is headed as it likes."""

_BETWEEN = "、"
_LANGUAGE = re.compile(r"<!-- language: ([A-Za-z-]+) -->")


@dataclass(frozen=True)
class Term:
    """One line of the glossary.

    Attributes:
        english: the term as the English texts have it.
        said: the one rendering of it.
        avoided: renderings that must not occur.
        seeds: which of the course's sources have the rendering.
    """

    english: str
    said: str
    avoided: tuple[str, ...]
    seeds: str


def load_terms(path: Path) -> tuple[Term, ...]:
    """The terms of a glossary, in its order.

    Raises:
        CourseError: no such file, no such table in it, or a line of the table that is no term.
    """
    lines = _text(path).split("\n")
    return tuple(_term(f"{path}:{number}", cells) for number, cells in _table(path, lines))


def language_of_terms(path: Path) -> str:
    """The language of a glossary; "" where it does not say.

    Raises:
        CourseError: it cannot be read.
    """
    found = _LANGUAGE.search(_text(path))
    return found[1] if found else ""


def misnamed(text: str, terms: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    """What a text calls by a rendering to avoid: (found, what to say instead), each once.

    In the order of the text; of two that begin at the same place, the longer one.
    """
    instead = {word: term.said for term in terms for word in term.avoided}
    if not instead:
        return ()
    longest_first = sorted(instead, key=len, reverse=True)
    found = re.findall("|".join(map(re.escape, longest_first)), text)
    return tuple((word, instead[word]) for word in dict.fromkeys(found))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: the glossary cannot be read ({error}); restore it") from error


def _table(path: Path, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows below the header and its rule: number of the line, cells."""
    below = [number for number, line in enumerate(lines, 1) if _is_header(_cells(line))]
    if not below:
        header = "English | … | not | seeds"
        raise CourseError(f"{path}: no table is headed `| {header} |`; head the glossary's so")
    for number, line in enumerate(lines[below[0] + 1 :], below[0] + 2):
        if not line.startswith("|"):
            return
        yield number, _cells(line)


def _is_header(cells: list[str]) -> bool:
    return len(cells) == 4 and (cells[0], *cells[2:]) == HEADER


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _term(where: str, cells: list[str]) -> Term:
    if len(cells) != len(HEADER) + 1:
        raise CourseError(f"{where}: {len(cells)} cells; give four: English, …, not, seeds")
    english, said, avoided, seeds = cells
    if not english or not said:
        raise CourseError(f"{where}: the English or its rendering is empty; give both")
    words = (word.strip() for word in avoided.split(_BETWEEN))
    return Term(english, said, tuple(word for word in words if word), seeds)
