"""Which cells belong to a release in one language.

A cell with a language belongs to releases in it and to no other; a cell without one belongs to
all. A prompt without one that is directly followed by prompts with one is their original: where
one of these is in the release's language, it stands in the original's place.
"""

from __future__ import annotations

from dataclasses import replace

from grader.notebook.model import Cell, Notebook, Practice, Prompt, Stub


def language_of(cell: Cell) -> str:
    """The cell's language; "" where it belongs to all."""
    return "" if isinstance(cell, Stub | Practice) else cell.lang


def in_language(notebook: Notebook, language: str) -> Notebook:
    """The notebook as released in `language`."""
    cells: list[Cell] = []
    for position, cell in enumerate(notebook.cells):
        if language_of(cell) not in ("", language):
            continue
        if isinstance(cell, Prompt):
            found = {prompt.lang: prompt for prompt in translations(notebook, position)}
            if not cell.lang and language in found:
                continue
            if cell.lang:
                cell = replace(cell, written=cell.written or _original(notebook, position).written)
        cells.append(cell)
    return replace(notebook, cells=tuple(cells))


def translations(notebook: Notebook, position: int) -> list[Prompt]:
    """The prompts that translate the one at `position`; none where that is no original."""
    original = notebook.cells[position]
    found: list[Prompt] = []
    if isinstance(original, Prompt) and not original.lang:
        for cell in notebook.cells[position + 1 :]:
            if not isinstance(cell, Prompt) or not cell.lang:
                break
            found.append(cell)
    return found


def _original(notebook: Notebook, position: int) -> Prompt:
    """The prompt that the one at `position` translates; itself where there is none."""
    here = notebook.cells[position]
    assert isinstance(here, Prompt)
    for cell in reversed(notebook.cells[:position]):
        if not isinstance(cell, Prompt):
            break
        if not cell.lang:
            return cell
    return here
