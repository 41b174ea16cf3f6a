"""An assignment's notebook in one language.

A cell with a language belongs to releases in it and to no other; a cell without one belongs to
all. A prompt without one that is directly followed by prompts with one is their original: where
one of these is in the release's language, it stands in the original's place. Code is the same in
all languages; what people read in it is looked up in `words.LANGUAGE.yml` beside the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grader.course.words import read_words
from grader.languages.spoken import ORIGINAL, primary
from grader.notebook.fonts import chooser, picture_cell
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Practice, Prompt, Stub
from grader.notebook.percent import refuse
from grader.notebook.translating import chooses, translated
from grader.notebook.unwrapping import unwrapped


def language_of(cell: Cell) -> str:
    """The cell's language; "" where it belongs to all."""
    return "" if isinstance(cell, Stub | Practice) else cell.lang


def in_language(notebook: Notebook, language: str) -> Notebook:
    """The notebook as released in `language`.

    Raises:
        CourseError: the catalogue of its code, or a text in it, cannot be read.
    """
    language = primary(language)
    chosen = cells_in(notebook, language)
    words = {} if language == ORIGINAL else read_words(words_path(notebook.path, language))
    if not words:
        return chosen
    cells = [_said(notebook.path, cell, words, chooser(language)) for cell in chosen.cells]
    if any(not isinstance(cell, Prompt) and chooses(cell.source, words) for cell in chosen.cells):
        cells = _with_fonts(cells, picture_cell(language))
    return replace(notebook, cells=tuple(cells))


def words_path(notebook: Path, language: str) -> Path:
    """Where the texts of a notebook's code are in a language."""
    return notebook.with_name(f"words.{language}.yml")


def cells_in(notebook: Notebook, language: str) -> Notebook:
    """The notebook with the cells of a release in `language`, its code not yet translated."""
    cells: list[Cell] = []
    for position, cell in enumerate(notebook.cells):
        if language_of(cell) not in ("", language):
            continue
        if isinstance(cell, Prompt):
            found = {prompt.lang: prompt for prompt in translations(notebook, position)}
            if not cell.lang and language in found:
                continue
            if cell.lang:
                cell = _standing_for(_original(notebook, position), cell)
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


def _original(notebook: Notebook, position: int) -> Prompt | None:
    """The prompt that the one at `position` translates, if there is one."""
    for cell in reversed(notebook.cells[:position]):
        if not isinstance(cell, Prompt):
            break
        if not cell.lang:
            return cell
    return None


def _standing_for(original: Prompt | None, cell: Prompt) -> Prompt:
    markdown = unwrapped(cell.markdown)
    if original is None:
        return replace(cell, markdown=markdown)
    written = cell.written or original.written
    return replace(cell, markdown=markdown, written=written, origin=original.markdown)


def _said(path: Path, cell: Cell, words: Mapping[str, str], choose: str) -> Cell:
    if isinstance(cell, Prompt):
        return cell
    try:
        source = translated(cell.source, words, choose)
    except ValueError as error:
        raise refuse(path, cell.line, f"a text of this cell, translated: {error}") from None
    if isinstance(cell, Demo | Example):
        return replace(cell, source=source, origin=cell.source)
    return replace(cell, source=source)


def _with_fonts(cells: list[Cell], fonts: str) -> list[Cell]:
    """The cells, and the one that looks for fonts behind the first that imports matplotlib."""
    for place, cell in enumerate(cells):
        if isinstance(cell, Code) and "matplotlib.pyplot as plt" in cell.source and fonts:
            return [*cells[: place + 1], Code(fonts, cell.line), *cells[place + 1 :]]
    return cells
