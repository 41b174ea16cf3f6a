"""What of a hint's two stages is shown, by course.yml; and the clusters of a class."""

from pathlib import Path

import pytest
from rich.console import Console
from small_course import COURSE, write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.exporting.gathering import from_report
from grader.grading.grading import Options, grade_class
from grader.render.grades import Grades
from grader.render.html import class_page, student_page
from grader.render.terminal import by_exercise, one_student
from grader.results import ExerciseResult, GroupResult, Report, SubmissionResult

ROOT = Path(__file__).parents[1]
FIRST, FULLER = "Look at the sign.", "It is the wrong way round."
IN_PLACE = """\
import torch

def gd_step(theta, grad, lr):
    theta -= lr * grad
    return theta

def newton_step(theta, grad, hess):
    theta -= torch.linalg.solve(hess, grad)
    return theta

def adagrad_step(theta, grad, state, lr, eps):
    total = state.get("total", 0) + grad**2
    theta -= lr * grad / (total.sqrt() + eps)
    return theta, {"total": total}
"""


def submission(student: str, hint: str, mark: str = "") -> SubmissionResult:
    exercise = ExerciseResult(
        name="double", verdict="failed", score=0, max_score=2, hint=hint, fingerprint=mark,
        further=FULLER if hint else "",
        groups=(GroupResult(name="values", passed=False, score=0, max_score=2),),
    )  # fmt: skip
    return SubmissionResult(
        student=student, file=student, sha256="", status="graded", score=0, max_score=2,
        seconds=0, exercises=(exercise,),
    )  # fmt: skip


def shown(root: Path, *submissions: SubmissionResult, hints: str = "") -> Grades:
    text = COURSE + (f"feedback: {{hints: {hints}}}\n" if hints else "")
    report = Report(
        assignment="one", isolation="process", device="cpu", checks="", submissions=submissions
    )
    return from_report(load_course(write_course(root, course=text)), report)


def text_of(table: object) -> str:
    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(table)
    return console.export_text()


@pytest.mark.parametrize("hints", ["", "first", "folded", "both"])
def test_the_fuller_hint_is_folded_shown_or_left_out(tmp_path: Path, hints: str) -> None:
    grades = shown(tmp_path, submission("alice", FIRST), hints=hints)
    page = student_page(grades, grades.worths[0])
    assert FIRST in page and (FULLER in page) == (hints != "first")
    assert ("<details open>" in page) == (hints == "both")
    assert ("<details>" in page) == (hints in ("", "folded"))
    terminal = text_of(one_student(grades.worths[0], grades.hints))
    assert FIRST in terminal and (FULLER in terminal) == (hints == "both")


def test_another_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"feedback\.hints is 'all': choose"):
        shown(tmp_path, hints="all")


def test_clusters_are_listed_with_their_sizes(tmp_path: Path) -> None:
    class_ = [submission(name, "", "a-b-c") for name in ("alice", "bob", "carl")]
    grades = shown(tmp_path, *class_, submission("dora", "", "a-d-e"), submission("eve", FIRST))
    assert "×3, ×1" in class_page(grades)
    assert "×3" in text_of(by_exercise(grades)) and "×1" in text_of(by_exercise(grades))


def test_theta_changed_in_place_is_said_of_every_optimizer(tmp_path: Path) -> None:
    (tmp_path / "alice.py").write_text(IN_PLACE)
    exercises = ("gd_step", "newton_step", "adagrad_step")
    options = Options(isolation="process", only=exercises)
    course = load_course(ROOT)
    report = grade_class(course, "lec08_optimizers", tmp_path, options, None)
    for exercise in report.submissions[0].exercises:
        said = f"{exercise.hint} {exercise.further}"
        assert "`theta` is changed in place" in said and exercise.verdict == "failed"
