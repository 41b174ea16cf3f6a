"""Entering our results into nbgrader's notebook and gradebook.

nbgrader takes a score from a cell's outputs, and its rule fails open: no output, `nan`, a
negative number or text mean full marks, any line on stderr means none, and a score above the
cell's points stops the student. So a grade cell gets exactly one `execute_result`, a finite
number within the points, and besides it only text to read, as `display_data`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook, GradeCell, SolutionCell
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import inert
from grader.errors import GraderError
from grader.exporting.book import TEST
from grader.results import ExerciseResult, SubmissionResult


class EnterScores(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of nbgrader's Execute: nothing is run, the recorded result is written down."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill the outputs of every grade cell.

        Raises:
            GraderError: there is no result, or the grader failed on it.
        """
        about = resources["nbgrader"]
        desk = self.parent.desk(about["assignment"])
        result = desk.result(about["student"])
        texts = desk.catalogue(desk.language(about["student"]))
        scored = {exercise.name: exercise for exercise in result.exercises}
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader", {})
            if cell.cell_type != "code":
                continue
            cell.outputs = []
            if not marks.get("grade"):
                continue
            name = marks["grade_id"].removeprefix(TEST)
            exercise = scored.get(name) or _unscored(name, marks["points"], result)
            enter(cell, exercise, texts.say)
        nb.metadata["chainrule"] = {
            **nb.metadata.get("chainrule", {}),
            "stamp": desk.stamp(about["student"]),
            "titles": desk.titles(about["student"]),
            "result": _inert(result.model_dump(mode="json")),
        }
        return nb, resources


def enter(cell: NotebookNode, exercise: ExerciseResult, say: Callable[[str], str] = str) -> None:
    """Write one exercise's result into its grade cell, in the words of `say`.

    Raises:
        GraderError: the score is no finite number, or the grader failed.
    """
    points = float(cell.metadata["nbgrader"]["points"])
    if exercise.verdict == "grader_error" or not math.isfinite(exercise.score):
        raise GraderError(f"{exercise.name}: the grader failed: {exercise.message}; grade again")
    # Points of course.yml may have changed since the release: the share counts.
    share = exercise.score / exercise.max_score if exercise.max_score > 0 else 0.0
    score = round(min(max(share, 0.0), 1.0) * points, 6)
    cell.outputs = [
        _output("display_data", reading(exercise, say)),
        _output("execute_result", repr(score)),
    ]
    cell.execution_count = 1
    cell.metadata["chainrule"] = {
        "verdict": exercise.verdict,
        "hint": inert.plain(exercise.hint),
        "message": inert.plain(exercise.message),
    }


def reading(exercise: ExerciseResult, say: Callable[[str], str] = str) -> str:
    """What a person reads below the grade cell."""
    earned = f"{exercise.score:g} of {exercise.max_score:g} points"
    lines = [say(f"{exercise.name}: {say(exercise.verdict)}, {earned}")]
    lines += [say(f"Hint: {exercise.hint}")] if exercise.hint else []
    lines += [exercise.message] if exercise.message else []
    return inert.plain("\n".join(lines))


def recorded(nb: NotebookNode) -> SubmissionResult:
    """The result that `EnterScores` wrote into a notebook.

    Raises:
        GraderError: it holds none.
    """
    found = nb.metadata.get("chainrule", {}).get("result")
    if found is None:
        raise GraderError("the notebook holds no result of ours; grade again")
    return SubmissionResult.model_validate(found)


def _inert(value: Any) -> Any:
    """The same JSON with all its texts harmless."""
    if isinstance(value, str):
        return inert.plain(value)
    if isinstance(value, dict):
        return {key: _inert(item) for key, item in value.items()}
    return [_inert(item) for item in value] if isinstance(value, list) else value


def _output(kind: str, text: str) -> NotebookNode:
    output: dict[str, Any] = {
        "output_type": kind,
        "data": {"text/plain": text},
        "metadata": {},
    }
    if kind == "execute_result":
        output["execution_count"] = 1
    node: NotebookNode = from_dict(output)
    return node


def _unscored(name: str, points: float, result: SubmissionResult) -> ExerciseResult:
    """An exercise without a result: nothing was read, so nothing is earned, and it is said why."""
    if result.status == "graded":
        raise GraderError(f"{name} is in the release and not in course.yml; release it again")
    return ExerciseResult(
        name=name,
        verdict="missing",
        score=0.0,
        max_score=points,
        groups=(),
        message=result.message,
    )


class SaveScores(NbGraderPreprocessor):  # type: ignore[misc]
    """In place of nbgrader's SaveAutoGrades: the same at one go, by the same rules, and more.

    What waits for another device is no zero but open, and hints and messages become nbgrader's
    automatic comments on the student's cells; a person's score and comment stay beside them.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Write the scores and the comments of a notebook into the gradebook.

        Raises:
            GraderError: the gradebook knows nothing of one of its cells.
        """
        about = resources["nbgrader"]
        where = (about["notebook"], about["assignment"], about["student"])
        said = {
            cell.metadata["nbgrader"]["grade_id"].removeprefix(TEST): _comment(cell)
            for cell in nb.cells
            if cell.cell_type == "code" and utils.is_grade(cell)
        }
        with Gradebook(about["db_url"]) as book:
            notebook = book.find_submission_notebook(*where)
            grades = _by_cell(book, Grade, GradeCell, notebook.id)
            comments = _by_cell(book, Comment, SolutionCell, notebook.id)
            for cell in nb.cells:
                name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
                if utils.is_grade(cell):
                    self._grade(_known(grades, name), cell)
                if utils.is_solution(cell):
                    untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(
                        cell
                    )
                    _known(comments, name).auto_comment = said.get(name) or (
                        "No response." if untouched else None
                    )
            book.db.commit()
        return nb, resources

    def _grade(self, grade: Grade, cell: NotebookNode) -> None:
        grade.auto_score, _ = utils.determine_grade(cell, self.log)
        if cell.metadata.get("chainrule", {}).get("verdict") == "deferred":
            grade.auto_score = None
        by_hand = grade.manual_score is not None or grade.auto_score is None
        grade.needs_manual_grade = by_hand


def _comment(cell: NotebookNode) -> str:
    said = cell.metadata["chainrule"]
    return "\n\n".join(line for line in (said["hint"], said["message"]) if line)


def _by_cell(book: Gradebook, kind: Any, cell: Any, notebook: str) -> dict[str, Any]:
    """The grades or the comments of a submitted notebook, by the name of their cell."""
    query = (
        book.db.query(cell.name, kind)
        .join(cell, cell.id == kind.cell_id)
        .filter(kind.notebook_id == notebook)
    )
    return dict(query.all())


def _known(found: dict[str, Any], name: str) -> Any:
    if name not in found:
        raise GraderError(f"nbgrader's gradebook does not know the cell {name}; release it again")
    return found[name]
