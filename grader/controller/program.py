"""Source to run: a submission's cells, or an answer, mistake or mutant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.controller import phrases


@dataclass(frozen=True)
class Program:
    """Source to run: a submission's cells with their numbers, or an answer, mistake or mutant.

    `trusted` source is ours, and is not searched for ways round the audit.
    """

    cells: tuple[tuple[int, str], ...]
    statementwise: bool = False
    trusted: bool = False

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name in the source."""
        return phrases.words_of(source for _, source in self.cells)

    @cached_property
    def units(self) -> int:
        """More units, cells or statements, than the program can have."""
        return 1 + sum(len(source) + 1 for _, source in self.cells)

    def lines_of(self, cell: int) -> range:
        """The numbers of a cell's lines; none for a cell that there is not."""
        sources = [source for number, source in self.cells if number == cell]
        return range(1, 2 + max((source.count("\n") for source in sources), default=-1))
