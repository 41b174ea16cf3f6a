"""Source to run: a submission's cells, or an answer, mistake or mutant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from grader.controller import phrases

_DEFINES = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+(?P<name>[^\W\d]\w{0,59})\b", re.ASCII)
_ALL_DEFINED = re.compile(_DEFINES.pattern, re.ASCII | re.MULTILINE)
# What may be quoted on any page: no markup, no quote that could end one, nothing unprintable.
_QUOTABLE = re.compile(r"[\w .,:=()\[\]{}#!+*/%@'-]{3,60}", re.ASCII)


@dataclass(frozen=True)
class CellPlace:
    """Where a cell is to be found: in a file from this line on, or as the nth code cell."""

    line: int = 0
    nth: int = 0


@dataclass(frozen=True)
class Program:
    """Source to run: a submission's cells with their numbers, or an answer, mistake or mutant.

    `trusted` source is ours, and is not searched for ways round the audit. `places` says where the
    cells are, in their order; without it they go by their numbers. `known` are words that messages
    may repeat besides those of the source.
    """

    cells: tuple[tuple[int, str], ...]
    statementwise: bool = False
    trusted: bool = False
    places: tuple[CellPlace, ...] = ()
    known: frozenset[str] = frozenset()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name in the source, and the words that are known besides."""
        return self.known | phrases.words_of(source for _, source in self.cells)

    @cached_property
    def units(self) -> int:
        """More units, cells or statements, than the program can have."""
        return 1 + sum(len(source) + 1 for _, source in self.cells)

    def lines_of(self, cell: int) -> range:
        """The numbers of a cell's lines; none for a cell that there is not."""
        sources = [source for number, source in self.cells if number == cell]
        return range(1, 2 + max((source.count("\n") for source in sources), default=-1))

    def place(self, cell: int, line: int) -> str:
        """Say where a line of a cell is, so that its author finds it; "" if there is none such.

        A file's line by its number; a line of a notebook by the function or class around it, by
        what else its cell defines, or by the cell's beginning. It is read from the source alone.
        """
        if line not in self.lines_of(cell):
            return ""
        where = next(at for at, (number, _) in enumerate(self.cells) if number == cell)
        found = self.places[where] if where < len(self.places) else CellPlace()
        if found.line:
            return f"line {found.line + line - 1} of the file"
        lines = self.cells[where][1].split("\n")
        if around := _around(lines, line):
            return f"in the cell of `{around}`, line {line}"
        above = lines[: line - 1]  # the line itself says nothing new
        return f"in {_cell(above, found.nth or cell)}, line {line}"

    def place_of_cell(self, cell: int) -> str:
        """Say which cell it is; "" if there is none such, or it is a whole script."""
        where = next((at for at, (number, _) in enumerate(self.cells) if number == cell), None)
        if where is None or self.statementwise:
            return ""
        found = self.places[where] if where < len(self.places) else CellPlace()
        if found.line:
            return f"from line {found.line} of the file"
        lines = self.cells[where][1].split("\n")
        if defined := _around(lines, len(lines)):
            return f"the cell of `{defined}`"
        return _cell(lines, found.nth or cell)


def _around(lines: list[str], line: int) -> str:
    """The definition that a line stands in, else the first one of the cell, else ""."""
    for text in reversed(lines[:line]):
        if match := _DEFINES.match(text):
            return match["name"]
        if text[:1].isalpha():
            break
    match = _ALL_DEFINED.search("\n".join(lines))
    return match["name"] if match else ""


def _cell(lines: list[str], nth: int) -> str:
    first = next((text.strip() for text in lines if text.strip()), "")
    quoted = f", beginning `{first}`" if _QUOTABLE.fullmatch(first) else ""
    return f"the {_ordinal(nth)} code cell{quoted}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
