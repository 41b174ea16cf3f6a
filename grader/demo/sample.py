"""A sample class: notebooks as students hand them in, made from answers, mistakes and stubs.

The same seed makes the same notebooks, byte for byte. Each student answers some exercises right,
some with a known mistake, leaves some out, and has habits of their own: helper cells, comments,
prints, renamed variables. A few hand in what cannot be graded as it is.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from grader.course.lesson import Lesson, load_lesson
from grader.course.slips.hints import without_hints
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.notebook import Notebook, Prompt, Stub, read_assignment

NAMES = (
    "alice", "bilal", "chen", "dana", "emeka", "fatima", "goran", "hana", "ines", "jun", "kofi",
    "lena", "mateo", "nadia", "oskar", "priya", "quentin", "rosa", "sven", "tara", "umar", "vera",
    "wei", "xenia", "yusuf", "zoe",
)  # fmt: skip

_REMARKS = (
    "# first try", "# see the lecture's rule", "# checked against the example",
    "# shapes first, then numbers",
)  # fmt: skip
_SCRATCH = (
    "import torch\nscratch = torch.arange(6).reshape(2, 3)\nprint(scratch.shape)",
    "%matplotlib inline\nimport numpy as np\nnp.set_printoptions(precision=3)",
    "def my_check(a, b):\n    return bool((a - b).abs().max() < 1e-5)",
    "for _ in range(3):\n    print('still thinking')",
    "undefined_name + 1  # left over",
)


@dataclass(frozen=True)
class Student:
    """One student of the sample: the file, and what it is meant to show."""

    name: str
    file: str
    payload: bytes
    intent: str


def student_names(count: int) -> list[str]:
    """`count` distinct names."""
    return [
        NAMES[n % len(NAMES)] + (str(n // len(NAMES) + 1) if n >= len(NAMES) else "")
        for n in range(count)
    ]


def make_class(course: Course, name: str, count: int, seed: int = 1) -> list[Student]:
    """Make a class of `count` notebooks for an assignment.

    Raises:
        UsageError: fewer than one student.
    """
    if count < 1:
        raise UsageError("a class has at least one student")
    parts = parts_of(course, name)
    rng = random.Random(f"{seed}/{name}")
    return [
        _damaged(parts, student, number, rng)
        if number % 12 == 11
        else student_of(parts, student, number, rng)[0]
        for number, student in enumerate(student_names(count))
    ]


def write_class(students: list[Student], folder: Path) -> Path:
    """Write the notebooks into a folder; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for student in students:
        (folder / student.file).write_bytes(student.payload)
    return folder


class Parts:
    """What notebooks of an assignment are put together from."""

    def __init__(self, lesson: Lesson, notebook: Notebook) -> None:
        """Cut the answers and the mistakes into the sources of single cells."""
        self.lesson, self.notebook = lesson, notebook
        source = without_hints(lesson.answers_source)
        tree = ast.parse(source)
        self.answers = {
            node.name: ast.get_source_segment(source, node) or ""
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        self.helpers = "\n\n".join(
            ast.get_source_segment(source, node) or ""
            for node in tree.body
            if not isinstance(node, ast.Expr) and getattr(node, "name", "") not in lesson.exercises
        )
        self.mistakes = {exercise: list(self._wrong(exercise)) for exercise in lesson.exercises}

    def _wrong(self, exercise: str) -> Iterator[tuple[str, str]]:
        """(name, source) of the known mistakes that stand by themselves in a notebook."""
        for mistake in self.lesson.mistakes:
            body = mistake.cells[3]
            names = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
            if mistake.exercise == exercise and not names & {"answers", exercise}:
                yield mistake.name, body.replace(mistake.name, exercise)

    def cells(self, choices: dict[str, str]) -> list[nbformat.NotebookNode]:
        """The release's cells with the chosen source in the place of each stub."""
        cells = [nbformat.v4.new_code_cell(self.helpers, id="helpers")]
        for number, cell in enumerate(self.notebook.cells):
            if isinstance(cell, Prompt):
                cells.append(nbformat.v4.new_markdown_cell(cell.markdown, id=f"cell-{number}"))
                continue
            source = choices[cell.exercise] if isinstance(cell, Stub) else cell.source
            cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}"))
        return cells


def parts_of(course: Course, name: str) -> Parts:
    """Load what notebooks of an assignment are put together from."""
    return Parts(load_lesson(course, name), read_assignment(course, name))


def student_of(
    parts: Parts, name: str, number: int, rng: random.Random
) -> tuple[Student, dict[str, str]]:
    """Make one student's notebook; also the source chosen for each exercise.

    Mostly right; every sixth student leaves much out, the first answers everything.
    """
    careless = 0.0 if number == 0 else 0.12
    absent = 0.0 if number == 0 else (0.5 if number % 6 == 5 else 0.04)
    choices, wrong = {}, []
    for stub in parts.notebook.stubs.values():
        exercise = stub.exercise
        if rng.random() < absent:
            choices[exercise] = stub.source
            wrong.append(f"{exercise} left out")
        elif rng.random() < careless and parts.mistakes[exercise]:
            mistake, source = rng.choice(parts.mistakes[exercise])
            choices[exercise] = source
            wrong.append(mistake)
        else:
            choices[exercise] = f"{rng.choice(_REMARKS)}\n{parts.answers[exercise]}"
    cells = parts.cells(choices)
    for scratch in rng.sample(_SCRATCH, k=rng.randrange(3)):
        at = rng.randrange(1, len(cells) + 1)
        cells.insert(at, nbformat.v4.new_code_cell(scratch, id=f"scratch-{at}-{len(cells)}"))
    payload = _bytes(cells)
    made = Student(name, f"{name}.ipynb", payload, ", ".join(wrong) or "all right")
    return made, choices


def _damaged(parts: Parts, name: str, number: int, rng: random.Random) -> Student:
    """What cannot be graded as it is: a truncated file, or a notebook that never ends."""
    whole = _bytes(parts.cells(dict(parts.answers)))
    if number % 24 == 11:
        return Student(name, f"{name}.ipynb", whole[: len(whole) // 2], "a truncated file")
    stub = rng.choice(list(parts.notebook.stubs.values()))
    endless = parts.answers | {
        stub.exercise: f"{_signature(stub.source)}\n    while True:\n        pass"
    }
    return Student(
        name, f"{name}.ipynb", _bytes(parts.cells(endless)), f"{stub.exercise} never ends"
    )


def _signature(source: str) -> str:
    first = source.splitlines()[0]
    return first if first.startswith("def ") else f"def {first.split()[1].split('(')[0]}(*args):"


def _bytes(cells: list[nbformat.NotebookNode]) -> bytes:
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    return (nbformat.writes(notebook) + "\n").encode()
