"""How far a pass over a class is."""

from __future__ import annotations

from collections.abc import Callable

Show = Callable[[int, int], None]
"""Told how many students are through, and of how many."""


def unseen(done: int, of: int) -> None:
    """Nobody looks."""


class Tally:
    """Counts the students that a pass begins with."""

    def __init__(self, of: int, show: Show) -> None:
        """`of`: how many there will be."""
        self._begun, self._of, self._show = 0, of, show
        show(0, of)

    def one_more(self) -> None:
        """Another student's turn: all before are through."""
        self._show(min(self._begun, self._of), self._of)
        self._begun += 1
