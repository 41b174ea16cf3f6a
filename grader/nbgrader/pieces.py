"""The cells of a submission, of every kind, as far as they can be believed: kind, text and ids."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from grader.submissions import Cell, Found, Unreadable, read
from grader.submissions.text import decoded

KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True)
class Piece:
    """One cell as it was handed in. `marks` is nbgrader's metadata, {} where there is none."""

    kind: str
    source: str
    cell_id: str
    marks: dict[str, Any]

    @property
    def grade_id(self) -> str:
        """nbgrader's id, "" where it is none."""
        found = self.marks.get("grade_id")
        return found if isinstance(found, str) else ""

    @property
    def text(self) -> str:
        """The source without the white space around it."""
        return self.source.strip()


def pieces_of(found: Found) -> list[Piece]:
    """All cells of a submission that hold something, in order.

    Raises:
        Unreadable: the file cannot be graded.
    """
    found = found.held()
    submission = read(found)
    if found.file.lower().endswith(".py"):
        return [_of_script(cell) for cell in submission.cells]
    assert found.payload is not None
    cells = json.loads(decoded(found.payload))["cells"]
    pieces = [_piece(cell) for cell in cells if isinstance(cell, dict)]
    return [piece for piece in pieces if piece.text]


def _of_script(cell: Cell) -> Piece:
    return Piece("code", cell.source, "", {})


def _piece(cell: dict[str, Any]) -> Piece:
    kind, source, cell_id = cell.get("cell_type"), cell.get("source", ""), cell.get("id", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return Piece(
        kind if kind in KINDS else "raw",
        source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else "",
        cell_id if isinstance(cell_id, str) else "",
        marks if isinstance(marks, dict) else {},
    )


__all__ = ["Piece", "Unreadable", "pieces_of"]
