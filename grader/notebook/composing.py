"""Composing nbgrader's source notebook from the student's and the instructor's side.

The cells and their nbgrader ids (`grade_id`), none of which can equal another, because names of
exercises and questions have no dash:

- `NAME`: stub and answer, for the student to fill in; of a practice that is all;
- `test-NAME`: directly after it or wherever its first example stands, the visible examples, which
  carry the exercise's points (the hidden cases are never in a notebook);
- `QUESTION`: the answer to a written question, graded by hand, below its locked prompt; in the
  source the model answer and its rubric stand there, where there are any;
- `text-…`, `demo-…`, `example-…`: locked, named by a hash of what they hold.

Given code, such as imports, stays open: students may add to it. The same input makes the same
bytes: ids come from contents, and nothing says when or where.
"""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.fields import did_you_mean
from grader.course.slips.hints import without_hints
from grader.course.syllabus import AssignmentPlan, Course
from grader.course.written import ModelAnswer, lines_of_questions, load_written, written_path
from grader.errors import CourseError
from grader.notebook.answers import Answers, read_answers
from grader.notebook.fonts import notebook_texts
from grader.notebook.helpers import FIRST, place_helpers
from grader.notebook.language import in_language
from grader.notebook.merging import BEGIN, END, Text, merge
from grader.notebook.model import Cell, Demo, Example, Notebook, Practice, Prompt, Stub
from grader.notebook.percent import refuse
from grader.notebook.reading import parse_cell
from grader.notebook.rules import read_assignment

if TYPE_CHECKING:
    from nbformat import NotebookNode

YOUR_TEXT = "YOUR ANSWER HERE"
MARKERS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def compose(course: Course, name: str, language: str | None = None) -> NotebookNode:
    """The nbgrader source notebook of an assignment, in the course's language or another.

    Raises:
        CourseError: notebook and answers do not fit; with file, line and reason.
    """
    # Here, because it takes long to import and grading needs none of it.
    import nbformat

    notebook = read_assignment(course, name)
    language = language or course.language
    notebook = in_language(notebook, language)
    sources = solution_sources(course, notebook)
    written = written_answers(course, notebook)
    composer = _Composer(notebook, course.plan(name), sources, written, language)
    made = {
        "cells": composer.run(),
        "metadata": _metadata(name, language),
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    node: NotebookNode = nbformat.from_dict(made)
    nbformat.validate(node)
    return node


def answers_path(course: Course, name: str) -> Path:
    """Where an assignment's model answers are."""
    return course.root / "solutions" / name / "answers.py"


def solution_sources(course: Course, notebook: Notebook) -> dict[str, str]:
    """The cell of each exercise and practice: stub, answer and region marks, without hints.

    Under `FIRST`, where there is need of it, what is given above them all.

    Raises:
        CourseError: notebook and answers do not fit; with file, line and reason.
    """
    blanks = tuple(
        Stub(cell.name, cell.source, cell.line) if isinstance(cell, Practice) else cell
        for cell in notebook.cells
    )
    notebook = replace(notebook, cells=blanks)
    answers = read_answers(answers_path(course, notebook.name), notebook.exercises)
    _no_markers(notebook, answers)
    placed = place_helpers(notebook, answers)
    found = {}
    for exercise, stub in notebook.stubs.items():
        (node,) = parse_cell(stub.source).body
        assert isinstance(node, ast.FunctionDef | ast.ClassDef)
        of_stub = Text(notebook.path, tuple(stub.source.split("\n")), node, stub.line - 1)
        of_answer = Text(answers.path, answers.lines, answers.exercises[exercise])
        merged = merge(of_stub, of_answer, [h.source for h in placed[exercise]])
        try:
            parse_cell(merged)
        except SyntaxError as error:
            raise CourseError(
                f"{answers.path}:{answers.exercises[exercise].lineno}: {exercise} does not fit "
                f"into its stub: {error.msg}; indent by four spaces"
            ) from None
        found[exercise] = without_hints(merged)
    if placed[FIRST]:
        found[FIRST] = "\n".join(helper.source for helper in placed[FIRST])
    return found


def written_answers(course: Course, notebook: Notebook) -> dict[str, ModelAnswer]:
    """The model answers of the written questions that have one, free of nbgrader's marks.

    Raises:
        CourseError: written.yml is wrong; with file, line and reason.
    """
    answers, path = load_written(course, notebook.name), written_path(course, notebook.name)
    for question, line in lines_of_questions(path).items():
        if question not in notebook.written and question not in notebook.left_out:
            near = did_you_mean(question, [*notebook.written, *notebook.left_out])
            raise refuse(path, line, f"{question} is no question of {notebook.path}{near}")
    for question, answer in answers.items():
        _refuse_markers(path, 1, f"{question}: {answer.markdown()}")
    return answers


def _no_markers(notebook: Notebook, answers: Answers) -> None:
    texts = [(notebook.path, cell.line, _text(cell)) for cell in notebook.cells]
    for path, first, text in [*texts, (answers.path, 1, "\n".join(answers.lines))]:
        _refuse_markers(path, first, text)


def _refuse_markers(path: Path, first: int, text: str) -> None:
    for number, line in enumerate(text.split("\n"), first):
        for marker in MARKERS:
            if marker in line:
                reason = f"{marker!r} is a mark of nbgrader, set by the build; write it otherwise"
                raise refuse(path, number, reason)


def _text(cell: Cell) -> str:
    return cell.markdown if isinstance(cell, Prompt) else cell.source


def _metadata(name: str, language: str) -> dict[str, Any]:
    return {
        "chainrule": {"assignment": name, "language": language},
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }


class _Composer:
    """Appends nbgrader's cells one after another; `ids` are the grade ids that are taken."""

    def __init__(
        self,
        notebook: Notebook,
        plan: AssignmentPlan,
        sources: dict[str, str],
        written: dict[str, ModelAnswer],
        language: str,
    ) -> None:
        self.no_example = f"# {notebook_texts(language).hidden_only}"
        self.notebook = notebook
        self.plan = plan
        self.sources = dict(sources)
        self.written = written
        self.cells: list[dict[str, Any]] = []
        self.ids: set[str] = set()

    def run(self) -> list[dict[str, Any]]:
        """Append all cells, and return them."""
        with_example = {c.exercise for c in self.notebook.cells if isinstance(c, Example)}
        for cell in self.notebook.cells:
            if isinstance(cell, Prompt):
                self._prompt(cell)
            elif isinstance(cell, Stub):
                if given := self.sources.pop(FIRST, ""):
                    self._add("code", given)
                self._add("code", self.sources[cell.exercise], cell.exercise, solution=True)
                if cell.exercise not in with_example:
                    self._test(cell.exercise, self.no_example)
            elif isinstance(cell, Practice):
                self._add("code", self.sources[cell.name], cell.name, solution=True)
            elif isinstance(cell, Example):
                if f"test-{cell.exercise}" in self.ids:
                    self._locked("code", cell.source, "example", cell.origin)
                else:
                    self._test(cell.exercise, cell.source)
            elif isinstance(cell, Demo):
                self._locked("code", cell.source, "demo", cell.origin)
            else:
                self._add("code", cell.source)
        return self.cells

    def _prompt(self, cell: Prompt) -> None:
        self._locked("markdown", cell.markdown, "text", cell.origin)
        if cell.written:
            points = self.plan.written[cell.written]
            model = self.written.get(cell.written)
            text = f"{BEGIN}\n{model.markdown()}\n{END}" if model else YOUR_TEXT
            self._add("markdown", text, cell.written, True, points)

    def _test(self, exercise: str, source: str) -> None:
        self._add("code", source, f"test-{exercise}", points=self.plan.points[exercise])

    def _locked(self, kind: str, source: str, prefix: str, origin: str) -> None:
        # By its original: a cell has one id in all languages, so that either edition can be graded.
        plain = f"{prefix}-{_hash(origin or source)[:8]}"
        name, number = plain, 1
        while name in self.ids:
            number += 1
            name = f"{plain}-{number}"
        self._add(kind, source, name)

    def _add(
        self,
        kind: str,
        source: str,
        grade_id: str = "",
        solution: bool = False,
        points: float | None = None,
    ) -> None:
        metadata: dict[str, Any] = {}
        if grade_id:
            self.ids.add(grade_id)
            metadata["nbgrader"] = {
                "cell_type": kind,
                "grade": points is not None,
                "grade_id": grade_id,
                "locked": not solution,
                "schema_version": 3,
                "solution": solution,
                "task": False,
            }
            if points is not None:
                metadata["nbgrader"]["points"] = points
        cell_id = _hash(f"{len(self.cells)}\0{grade_id}\0{source}")[:16]
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": cell_id,
            "metadata": metadata,
            "source": source,
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        self.cells.append(cell)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def notebook_text(notebook: NotebookNode) -> str:
    """A notebook as the text of its file, keys sorted."""
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
