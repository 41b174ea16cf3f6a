"""A submission put back into the form of the release, whatever became of it on the way.

The released notebook is the frame: its locked cells, ids, points and kernel are taken from it,
never from the submission. Of the submission come the answers: for an exercise the last cell that
defines it (the one that counts when cells run in order), for a written question the student's
text, and what else the student wrote, kept in its place for the person who grades.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader import inert
from grader.nbgrader.asking import Request, request_of, requests_of
from grader.nbgrader.pieces import Piece

if TYPE_CHECKING:
    from nbformat import NotebookNode

ELSEWHERE = "# Answered in another cell of this notebook."
KEPT_SHORT = 8  # notes; a notebook without any metadata has one for each cell


@dataclass(frozen=True)
class Rebuilt:
    """The notebook in the form of the release, and what had to be mended."""

    notebook: NotebookNode
    notes: tuple[str, ...]
    requests: tuple[Request, ...] = ()


def rebuild(released: NotebookNode, pieces: list[Piece]) -> Rebuilt:
    """Put a submission's cells into the frame of the release."""
    frame = _Frame(copy.deepcopy(released), pieces)
    frame.answers()
    frame.locked()
    frame.written()
    frame.given()
    return frame.result()


def _marks(cell: Any) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


class _Frame:
    """The state of one rebuilding. `place` says at which released cell a piece has been used."""

    def __init__(self, notebook: NotebookNode, pieces: list[Piece]) -> None:
        self.notebook, self.pieces = notebook, pieces
        self.cells: list[Any] = list(notebook["cells"])
        self.place: dict[int, int] = {}
        self.notes: list[str] = []
        self.sources = {cell["source"].strip() for cell in self.cells}
        self.asked = self._asked()

    def _asked(self) -> dict[int, int | None]:
        """The pieces that ask for a regrade, each with the released cell that it is about."""
        cells = {_marks(cell).get("grade_id", ""): at for at, cell in enumerate(self.cells)}
        asked = {i: request_of(piece) for i, piece in enumerate(self.pieces)}
        return {i: cells.get(one.exercise) for i, one in asked.items() if one and one.exercise}

    def _with_id(self, grade_id: str) -> list[int]:
        return [i for i, p in enumerate(self.pieces) if p.grade_id == grade_id]

    def _free(self, indices: list[int]) -> list[int]:
        return [i for i in indices if i not in self.place]

    def answers(self) -> None:
        """Exercises: the cell that defines each."""
        for at, name in self._kind("code", solution=True):
            defines = re.compile(rf"^(?:(?:async )?def|class) +{name}\b|^{name} *=[^=]", re.M)
            code = [i for i, p in enumerate(self.pieces) if p.kind == "code"]
            found = [i for i in code if defines.search(self.pieces[i].source)]
            same_id = [i for i in self._with_id(name) if self.pieces[i].kind == "code"]
            chosen = (found or same_id)[-1:]
            if not chosen:
                text = any(p.kind != "code" and p.grade_id == name for p in self.pieces)
                state = "is no code cell, and was not run" if text else "is missing"
                self.notes.append(f"the cell of {name} {state}")
                continue
            index = chosen[0]
            if len(found) > 1:
                self.notes.append(f"{name} is defined in {len(found)} cells; the last one counts")
            self._check_marks(name, at, index)
            if index in self.place:
                self.cells[at]["source"] = ELSEWHERE
            else:
                self._use(index, at)

    def locked(self) -> None:
        """Our own texts, demonstrations and tests: as released; note what was changed."""
        for at, cell in enumerate(self.cells):
            grade_id, marks = _marks(cell).get("grade_id", ""), _marks(cell)
            if not grade_id or marks["solution"]:
                continue
            source = cell["source"].strip()
            same = [i for i, p in enumerate(self.pieces) if p.text == source]
            with_id = self._free(self._with_id(grade_id))
            for index in self._free(same):
                self.place[index] = at
            if marks["grade"]:
                if not same:
                    self.notes.append(
                        f"{grade_id} was changed" if with_id else f"{grade_id} was missing"
                    )
                elif len(same) > 1:
                    self.notes.append(f"{grade_id} was there {len(same)} times")
                for index in same[:1]:
                    self._check_marks(grade_id, at, index)

    def written(self) -> None:
        """Written questions: the student's text, from their own cells or below the prompt."""
        for at, name in self._kind("markdown", solution=True):
            blank = self.cells[at]["source"].strip()
            mine = self._free(self._with_id(name))
            prompt = self._prompt(at)
            if not mine:
                self.notes.append(f"the cell of {name} was missing")
                mine = self._by_cell_id(at) or self._below(prompt)
            elif all(self.pieces[i].text == blank for i in mine):
                mine += self._below(mine[-1])
            texts = [self._beyond(prompt, at)] + [self.pieces[i].text for i in mine]
            kept = list(dict.fromkeys(text for text in texts if text and text != blank))
            for index in mine:
                self.place[index] = at
            if len(mine) > 1:
                self.notes.append(f"{name} is answered in {len(mine)} cells, joined")
            if mine:
                self._check_marks(name, at, mine[0])
            if kept:
                self._write(at, "\n\n".join(kept))

    def given(self) -> None:
        """Given code that students may change: theirs, where it can be told."""
        for at, cell in enumerate(self.cells):
            if _marks(cell).get("grade_id"):
                continue
            source = cell["source"].strip()
            same = self._free([i for i, p in enumerate(self.pieces) if p.text == source])
            for index in same:
                self.place[index] = at
            changed = [] if same else self._by_cell_id(at)
            if changed and self.pieces[changed[0]].kind == cell["cell_type"]:
                self._use(changed[0], at)

    def result(self) -> Rebuilt:
        """The frame with what is left of the pieces in between."""
        extras: dict[int, list[Any]] = {}
        last = -1
        for index, piece in enumerate(self.pieces):
            if index in self.place:
                last = self.place[index]
            elif piece.text not in self.sources:
                about = self.asked.get(index)
                at = last if about is None else about
                extras.setdefault(at, []).append(_extra(index, piece))
        cells = list(extras.get(-1, []))
        for at, cell in enumerate(self.cells):
            cells += [cell, *extras.get(at, [])]
        self.notebook["cells"] = cells
        if not any(piece.marks for piece in self.pieces):
            self.notes = ["nbgrader's metadata was gone"]
        notes = self.notes[:KEPT_SHORT]
        if len(self.notes) > KEPT_SHORT:
            notes.append(f"and {len(self.notes) - KEPT_SHORT} more")
        return Rebuilt(self.notebook, tuple(notes), requests_of(self.pieces))

    def _kind(self, kind: str, solution: bool) -> Iterator[tuple[int, str]]:
        for at, cell in enumerate(self.cells):
            marks = _marks(cell)
            if cell["cell_type"] == kind and marks.get("solution", False) == solution:
                yield at, marks["grade_id"]

    def _use(self, index: int, at: int) -> None:
        self.place[index] = at
        self._write(at, self.pieces[index].source)

    def _write(self, at: int, source: str) -> None:
        cell = self.cells[at]
        if cell["cell_type"] == "markdown":
            cell["metadata"]["chainrule"] = {"text": source}
            source = inert.markdown(source)
        cell["source"] = source

    def _check_marks(self, name: str, at: int, index: int) -> None:
        theirs, ours = self.pieces[index].marks, _marks(self.cells[at])
        if not theirs:
            return
        keys = ("grade_id", "points", "grade", "locked", "solution")
        changed = [key for key in keys if theirs.get(key) != ours.get(key)]
        if changed:
            self.notes.append(f"{name}: {' and '.join(changed)} changed in the metadata")
        if self.pieces[index].kind != self.cells[at]["cell_type"]:
            self.notes.append(f"{name}: the cell was made {self.pieces[index].kind}")

    def _by_cell_id(self, at: int) -> list[int]:
        wanted = self.cells[at].get("id")
        return self._free([i for i, p in enumerate(self.pieces) if p.cell_id == wanted])[:1]

    def _prompt(self, at: int) -> int | None:
        """The piece that holds the question's text: the released cell above, or it and more."""
        source = self.cells[at - 1]["source"].strip() if at else ""
        for index, piece in enumerate(self.pieces):
            if source and piece.kind != "code" and piece.text.startswith(source):
                return index
        return None

    def _beyond(self, prompt: int | None, at: int) -> str:
        if prompt is None:
            return ""
        self.place[prompt] = at - 1
        return self.pieces[prompt].text[len(self.cells[at - 1]["source"].strip()) :].strip()

    def _below(self, index: int | None) -> list[int]:
        """The student's own text cells directly after a piece."""
        found: list[int] = []
        if index is None:
            return found
        for after in range(index + 1, len(self.pieces)):
            piece = self.pieces[after]
            if piece.kind == "code" or after in self.place or piece.text in self.sources:
                break
            if piece.grade_id or after in self.asked:
                break
            found.append(after)
        return found


def _extra(index: int, piece: Piece) -> Any:
    from nbformat import from_dict

    source = piece.source if piece.kind == "code" else inert.markdown(piece.source)
    cell: dict[str, Any] = {
        "cell_type": "code" if piece.kind == "code" else "markdown",
        "id": f"own-{index}",
        "metadata": {"chainrule": {"own": True}},
        "source": source,
    }
    if piece.kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return from_dict(cell)
