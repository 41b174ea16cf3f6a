"""What must hold between the cells of a notebook, and between them and course.yml."""

from __future__ import annotations

from grader.course.fields import did_you_mean
from grader.course.syllabus import Course
from grader.errors import CourseError
from grader.notebook.language import cells_in, translations
from grader.notebook.leaving_out import without_left_out
from grader.notebook.model import Example, Notebook, Practice, Prompt, Stub
from grader.notebook.names import bound_names
from grader.notebook.percent import refuse
from grader.notebook.placeholders import filled_in
from grader.notebook.reading import read_notebook


def read_assignment(course: Course, name: str) -> Notebook:
    """Read `assignments/NAME/NAME.py`, hold it against the course, fill in its placeholders.

    Raises:
        CourseError: the file, a cell, or what course.yml says of it is wrong.
    """
    course.plan(name)
    path = course.root / "assignments" / name / f"{name}.py"
    if not path.is_file():
        raise CourseError(f"{path} does not exist; {course.file} lists the assignment {name}")
    notebook = read_notebook(path)
    check_cells(notebook)
    check_plan(notebook, course)
    return filled_in(without_left_out(notebook, course.plan(name)), course)


def check_cells(notebook: Notebook) -> None:
    """Refuse what contradicts itself inside the notebook.

    Raises:
        CourseError: with file and line.
    """
    stubs: dict[str, Stub] = {}
    practised: dict[str, int] = {}
    for cell in notebook.cells:
        if isinstance(cell, Practice):
            if cell.name in practised:
                reason = f"practice {cell.name} a second time, first in line {practised[cell.name]}"
                raise refuse(notebook.path, cell.line, reason)
            practised[cell.name] = cell.line
        if isinstance(cell, Stub):
            if cell.exercise in stubs:
                first = stubs[cell.exercise].line
                reason = f"exercise {cell.exercise} a second time, first in line {first}"
                raise refuse(notebook.path, cell.line, reason)
            stubs[cell.exercise] = cell
    for position, cell in enumerate(notebook.cells):
        if isinstance(cell, Example):
            _example_after_stub(notebook, cell, stubs)
        if not isinstance(cell, Stub | Prompt):
            for name, line in bound_names(cell):
                if name in stubs:
                    reason = f"{name} is an exercise; give this another name"
                    raise refuse(notebook.path, line, reason)
        if isinstance(cell, Prompt):
            _translations_agree(notebook, cell, translations(notebook, position))
    for language in {""} | {getattr(cell, "lang", "") for cell in notebook.cells}:
        _written_once(cells_in(notebook, language))


def _example_after_stub(notebook: Notebook, cell: Example, stubs: dict[str, Stub]) -> None:
    stub = stubs.get(cell.exercise)
    if stub is None:
        near = did_you_mean(cell.exercise, stubs)
        reason = f"an example of {cell.exercise}, which is no exercise here{near}"
        raise refuse(notebook.path, cell.line, reason)
    if cell.line < stub.line:
        reason = f"an example of {cell.exercise} before its stub in line {stub.line}"
        raise refuse(notebook.path, cell.line, reason)


def _translations_agree(notebook: Notebook, original: Prompt, found: list[Prompt]) -> None:
    seen: set[str] = set()
    for prompt in found:
        if prompt.lang in seen:
            reason = f'a second lang="{prompt.lang}" of the prompt in line {original.line}'
            raise refuse(notebook.path, prompt.line, reason)
        seen.add(prompt.lang)
        if prompt.written not in ("", original.written):
            reason = (
                f'written="{prompt.written}" translates the prompt in line {original.line}, '
                f'which has written="{original.written}"'
            )
            raise refuse(notebook.path, prompt.line, reason)


def _written_once(notebook: Notebook) -> None:
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        if isinstance(cell, Prompt) and cell.written:
            if cell.written in seen:
                first = seen[cell.written]
                reason = f"written question {cell.written} a second time, first in line {first}"
                raise refuse(notebook.path, cell.line, reason)
            seen[cell.written] = cell.line


def check_plan(notebook: Notebook, course: Course) -> None:
    """Refuse points of exercises and questions that the notebook does not have.

    What it has and course.yml gives no points is left out, which is no mistake.

    Raises:
        CourseError: with file and line.
    """
    plan = course.plan(notebook.name)
    key = f"assignments.{notebook.name}"
    for exercise in plan.points:
        if exercise not in notebook.stubs:
            near = did_you_mean(exercise, notebook.stubs)
            reason = f"no exercise {exercise}, but {course.file} has {key}.points.{exercise}"
            raise refuse(notebook.path, 1, reason + near)
    for question in plan.written:
        if question not in notebook.written:
            near = did_you_mean(question, notebook.written)
            reason = f"no written question {question}, but {course.file} has {key}.written."
            raise refuse(notebook.path, 1, reason + question + near)
