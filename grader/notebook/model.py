"""An assignment's notebook as plain records, one for each cell."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True)
class Prompt:
    """Text for the student; with `written`, a question that is graded by hand.

    Attributes:
        of: what a translation says of its original, see `grader.notebook.marks`.
        origin: the original's text, where this one stands in its place.
    """

    markdown: str
    line: int
    lang: str = ""
    written: str = ""
    of: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Stub:
    """The cell that the student fills in: one function or class."""

    exercise: str
    source: str
    line: int


@dataclass(frozen=True)
class Practice:
    """One function or class that the student fills in and nobody grades: a training loop, say."""

    name: str
    source: str
    line: int


@dataclass(frozen=True)
class Example:
    """Visible checks of one exercise; `origin` is the source that was translated to this one."""

    exercise: str
    source: str
    line: int
    lang: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Demo:
    """A cell that shows something with the answers: a plot, a small training run.

    `origin` is the source that was translated to this one.
    """

    source: str
    line: int
    lang: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Code:
    """Any other code: imports, given functions, data."""

    source: str
    line: int
    lang: str = ""


Cell: TypeAlias = Prompt | Stub | Practice | Example | Demo | Code


@dataclass(frozen=True)
class Notebook:
    """The cells of `assignments/NAME/NAME.py`, in order; `line` is that of a cell's first text.

    `left_out` names the exercises and questions of the file that the course does without.
    """

    name: str
    path: Path
    cells: tuple[Cell, ...]
    left_out: tuple[str, ...] = ()

    @property
    def stubs(self) -> dict[str, Stub]:
        """The stubs by exercise, in order."""
        return {cell.exercise: cell for cell in self.cells if isinstance(cell, Stub)}

    @property
    def exercises(self) -> list[str]:
        """The exercises, in order."""
        return list(self.stubs)

    @property
    def practices(self) -> dict[str, Practice]:
        """What is filled in ungraded, by name, in order."""
        return {cell.name: cell for cell in self.cells if isinstance(cell, Practice)}

    @property
    def written(self) -> dict[str, Prompt]:
        """The written questions by name, in order; of several languages the first."""
        found: dict[str, Prompt] = {}
        for cell in self.cells:
            if isinstance(cell, Prompt) and cell.written:
                found.setdefault(cell.written, cell)
        return found
