"""The notebook that Otter Assign reads, composed from the same sources as nbgrader's.

Each exercise is a question: in a SOLUTION block its stub with the answer between otter's marks
(what the student gets in its place, `raise NotImplementedError`, stands there as a text), in a
TESTS block its visible examples. Written questions are manual, with a PROMPT to write into and, in
a SOLUTION block, the model answer and rubric. The hidden cases are never in a notebook.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import yaml

from grader.course.syllabus import AssignmentPlan, Course
from grader.course.written import ModelAnswer
from grader.languages import machine
from grader.notebook import in_language, read_assignment
from grader.notebook.composing import (
    YOUR_TEXT,
    solution_sources,
    written_answers,
)
from grader.notebook.helpers import FIRST
from grader.notebook.merging import BEGIN, END, is_hole
from grader.notebook.model import Cell, Example, Notebook, Practice, Prompt, Stub
from grader.notebook.reading import parse_cell
from grader.otter.examples import example_tests

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def master(course: Course, name: str, files: tuple[str, ...] = ()) -> NotebookNode:
    """The Otter Assign notebook of an assignment, in the course's language.

    Args:
        course: the course.
        name: the assignment.
        files: what students need beside the notebook, as paths relative to it.

    Raises:
        CourseError: the two sides of the assignment do not fit together.
    """
    import nbformat  # here, because it takes long to import

    notebook = in_language(read_assignment(course, name), course.language)
    blanks = {name: stub.source for name, stub in notebook.stubs.items()}
    blanks |= {name: practice.source for name, practice in notebook.practices.items()}
    sources = {
        blank: marked(source, blanks[blank]) if blank else source
        for blank, source in solution_sources(course, notebook).items()
    }
    plan = course.plan(name)
    written = written_answers(course, notebook)
    say = machine(course.language).say
    composer = _Composer(notebook, plan, sources, written, say)
    composer.raw("ASSIGNMENT CONFIG", _config(name, files))
    made = {
        "cells": composer.run(),
        "metadata": {
            "chainrule": {"assignment": name, "language": course.language},
            "kernelspec": _KERNEL,
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    node: NotebookNode = nbformat.from_dict(made)
    nbformat.validate(node)
    return node


def _config(name: str, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "files": list(files),
        "init_cell": True,
        "check_all_cell": True,
        "export_cell": {"pdf": False, "run_tests": False},
        "tests": {"ok_format": False},
        "show_question_points": True,
        # otter's own autograder runs tests inside the student's kernel; ours takes its place.
        "generate": False,
        "run_tests": False,
    }


def marked(source: str, stub: str) -> str:
    """A cell with nbgrader's solution regions as one with otter's, and the stub's blanks in them.

    otter drops what is between its SOLUTION marks, and the lines of its PROMPT marks, which in
    the answered notebook make a text of the blank.
    """
    blanks = _blanks(stub)
    lines: list[str] = []
    for line in source.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if line.strip() == BEGIN:
            # Before the answer: its helpers, not indented, end the definition they stand below.
            lines += [f'{indent}""" # BEGIN PROMPT', *blanks.pop(0), f'{indent}""" # END PROMPT']
            lines.append(f"{indent}# BEGIN SOLUTION NO PROMPT")
        elif line.strip() == END:
            lines.append(f"{indent}# END SOLUTION")
        else:
            lines.append(line)
    return "\n".join(lines)


def _blanks(stub: str) -> list[list[str]]:
    """The lines of each `raise NotImplementedError` of a stub, in order."""
    lines = stub.split("\n")
    found = [
        node for node in ast.walk(parse_cell(stub)) if isinstance(node, ast.stmt) and is_hole(node)
    ]
    found.sort(key=lambda node: node.lineno)
    return [lines[node.lineno - 1 : node.end_lineno] for node in found]


def _short(points: float) -> float:
    """Points as otter is to write them: 2, not 2.0."""
    return int(points) if points == int(points) else points


class _Composer:
    """Appends otter's cells one after another."""

    def __init__(
        self,
        notebook: Notebook,
        plan: AssignmentPlan,
        sources: dict[str, str],
        written: dict[str, ModelAnswer],
        say: Callable[[str], str],
    ) -> None:
        self.cells: list[dict[str, Any]] = []
        self._notebook = notebook
        self._plan = plan
        self._sources = dict(sources)
        self._written = written
        self._say = say
        self._tests = example_tests(notebook, say)

    def run(self) -> list[dict[str, Any]]:
        """Append all cells, and return them."""
        cells = self._notebook.cells
        for place, cell in enumerate(cells):
            after = cells[place + 1] if place + 1 < len(cells) else None
            if isinstance(cell, Prompt):
                self._prompt(cell, after)
            elif isinstance(cell, Stub):
                if given := self._sources.pop(FIRST, ""):
                    self._add("code", given)
                before = cells[place - 1] if place else None
                self._question(cell, before)
            elif isinstance(cell, Practice):
                self._practice(cell)
            elif not isinstance(cell, Example):
                self._add("code", cell.source)
        return self.cells

    def raw(self, title: str, config: dict[str, Any] | None = None) -> None:
        """Append one of otter's raw cells."""
        text = yaml.safe_dump(config, sort_keys=False, allow_unicode=True) if config else ""
        self._add("raw", f"# {title}\n{text}".rstrip())

    def _prompt(self, cell: Prompt, after: Cell | None) -> None:
        if cell.written:
            points = _short(self._plan.written[cell.written])
            self.raw("BEGIN QUESTION", {"name": cell.written, "points": points, "manual": True})
            self._add("markdown", cell.markdown)
            self.raw("BEGIN PROMPT")
            self._add("markdown", self._say(YOUR_TEXT))
            self.raw("END PROMPT")
            if model := self._written.get(cell.written):
                self.raw("BEGIN SOLUTION")
                self._add("markdown", model.markdown())
                self.raw("END SOLUTION")
            self.raw("END QUESTION")
        elif not isinstance(after, Stub):
            self._add("markdown", cell.markdown)

    def _question(self, stub: Stub, before: Cell | None) -> None:
        points = _short(self._plan.points[stub.exercise])
        self.raw("BEGIN QUESTION", {"name": stub.exercise, "points": points})
        if isinstance(before, Prompt) and not before.written:
            # Inside the question, so that otter writes the points below it.
            self._add("markdown", before.markdown)
        self.raw("BEGIN SOLUTION")
        self._add("code", self._sources[stub.exercise])
        self.raw("END SOLUTION")
        if tests := self._tests.get(stub.exercise):
            self.raw("BEGIN TESTS")
            for test in tests:
                self._add("code", test)
            self.raw("END TESTS")
        self.raw("END QUESTION")

    def _practice(self, cell: Practice) -> None:
        """A question of no points and without tests: only there does otter strip an answer."""
        self.raw("BEGIN QUESTION", {"name": cell.name, "points": 0})
        self.raw("BEGIN SOLUTION")
        self._add("code", self._sources[cell.name])
        self.raw("END SOLUTION")
        self.raw("END QUESTION")

    def _add(self, kind: str, source: str) -> None:
        digest = hashlib.sha256(f"{len(self.cells)}\0{source}".encode()).hexdigest()
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": digest[:16],
            "metadata": {},
            "source": source,
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        self.cells.append(cell)
