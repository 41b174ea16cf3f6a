"""Cells of a notebook as sources, for those who run or compare them."""

from __future__ import annotations

from collections.abc import Iterable

from grader.notebook.language import in_language
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Practice, Prompt, Stub


def stub_source(notebook: Notebook, exercise: str) -> str:
    """The stub of an exercise, as the student gets it; KeyError where there is no such exercise."""
    return notebook.stubs[exercise].source


def example_source(notebook: Notebook, exercise: str) -> str:
    """The visible checks of an exercise, "" where it has none."""
    found = [
        cell.source
        for cell in notebook.cells
        if isinstance(cell, Example) and cell.exercise == exercise
    ]
    return "\n\n".join(found)


def demo_sources(notebook: Notebook, languages: Iterable[str]) -> list[str]:
    """Our demos and examples in some languages: left alone, they need not run to grade.

    Raises:
        CourseError: the catalogue of a language cannot be read.
    """
    editions = (in_language(notebook, language) for language in languages)
    return [
        cell.source
        for edition in editions
        for cell in edition.cells
        if isinstance(cell, Demo | Example)
    ]


def stub_submission(notebook: Notebook) -> list[str]:
    """The code that a blank release defines: imports, given code and stubs, in order."""
    return [cell.source for cell in notebook.cells if isinstance(cell, Code | Stub | Practice)]


def student_cells(notebook: Notebook) -> list[Cell]:
    """The cells that are the student's to fill in: stubs and written questions, in order."""
    return [
        cell
        for cell in notebook.cells
        if isinstance(cell, Stub | Practice) or (isinstance(cell, Prompt) and cell.written)
    ]
