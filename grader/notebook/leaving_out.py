"""What a notebook is without the exercises and questions that course.yml gives no points.

Leaving one out is a line in `course.yml`, no edit of the notebook. A sentence stands in the place
of its stub, because the prompt above asks for it. Its examples go, and with them every demo,
example and given cell that could not run without it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.course.syllabus import AssignmentPlan
from grader.languages.spoken import ORIGINAL, languages_spoken
from grader.notebook.answers import names_used
from grader.notebook.fonts import notebook_texts
from grader.notebook.language import cells_in, language_of
from grader.notebook.marks import mark_of
from grader.notebook.model import Cell, Code, Demo, Example, Notebook, Prompt, Stub
from grader.notebook.names import bound_names
from grader.notebook.reading import parse_cell


def without_left_out(notebook: Notebook, plan: AssignmentPlan) -> Notebook:
    """The notebook as a plan has it; `left_out` of the result names what is not in it."""
    exercises = [name for name in notebook.exercises if name not in plan.points]
    questions = [name for name in notebook.written if name not in plan.written]
    if not exercises and not questions:
        return notebook
    broken = _broken(notebook, set(exercises))
    kept = [
        cell
        for number, cell in enumerate(notebook.cells)
        if number not in broken and not _asks(notebook, number, set(questions))
    ]
    cells = tuple(each for cell in kept for each in _cells(cell, exercises))
    return replace(notebook, cells=cells, left_out=(*exercises, *questions))


def _cells(cell: Cell, exercises: list[str]) -> Iterator[Cell]:
    if isinstance(cell, Stub) and cell.exercise in exercises:
        yield from said_instead(cell.exercise, cell.line)
    else:
        yield cell


def said_instead(exercise: str, line: int) -> Iterator[Prompt]:
    """What stands in the place of a stub, in every language."""
    original = notebook_texts(ORIGINAL).left_out.format(exercise)
    yield Prompt(original, line)
    for language in languages_spoken():
        if language != ORIGINAL:
            text = notebook_texts(language).left_out.format(exercise)
            yield Prompt(text, line, language, of=mark_of(original))


def _asks(notebook: Notebook, number: int, questions: set[str]) -> bool:
    """Whether a cell asks one of the questions, or translates one that does."""
    for cell in reversed(notebook.cells[: number + 1]):
        if not isinstance(cell, Prompt):
            return False
        if cell.written:
            return cell.written in questions
        if not cell.lang:
            return False
    return False


def _broken(notebook: Notebook, exercises: set[str]) -> set[int]:
    """The numbers of the cells that cannot run without these exercises."""
    numbers = {id(cell): number for number, cell in enumerate(notebook.cells)}
    found: set[int] = set()
    for language in {""} | {language_of(cell) for cell in notebook.cells}:
        lost = set(exercises)
        for cell in cells_in(notebook, language).cells:
            if isinstance(cell, Demo | Example | Code) and _needs(cell, lost):
                found.add(numbers[id(cell)])
    return found


def _needs(cell: Demo | Example | Code, lost: set[str]) -> bool:
    """Whether a cell cannot run without the names in `lost`, which is brought up to date."""
    own = {name for name, _ in bound_names(cell)}
    if (isinstance(cell, Example) and cell.exercise in lost) or _reaches(cell, lost):
        lost |= own
        return True
    lost -= own
    if isinstance(cell, Code):
        for node in parse_cell(cell.source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and names_used(node) & lost:
                lost.add(node.name)  # it is defined, and fails once it is called
    return False


def _reaches(cell: Demo | Example | Code, lost: set[str]) -> bool:
    """Whether a lost name is looked up before the cell itself gives it a meaning."""
    bound: set[str] = set()
    for node in parse_cell(cell.source).body:
        given = isinstance(cell, Code)
        own = {name for name, _ in bound_names(Code(ast.unparse(node), cell.line))}
        inside = set() if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) else own
        if names_used(node, at_once=given) & (lost - bound - inside):
            return True
        bound |= own
    return False
