"""Assignments as notebooks: reading `assignments/NAME/NAME.py`, composing what is released."""

from grader.notebook.composing import compose, notebook_text
from grader.notebook.language import in_language
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Practice, Prompt, Stub
from grader.notebook.reading import read_notebook
from grader.notebook.rules import read_assignment
from grader.notebook.sources import (
    demo_sources,
    example_source,
    stub_source,
    stub_submission,
    student_cells,
)

__all__ = [
    "Cell",
    "Code",
    "Demo",
    "Example",
    "Notebook",
    "Practice",
    "Prompt",
    "Stub",
    "compose",
    "demo_sources",
    "example_source",
    "in_language",
    "notebook_text",
    "read_assignment",
    "read_notebook",
    "stub_source",
    "stub_submission",
    "student_cells",
]
