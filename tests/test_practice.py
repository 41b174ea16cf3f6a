"""Functions that students fill in and nobody grades: blank in a release, theirs when handed in."""

import json
from pathlib import Path

import nbformat
import pytest

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.nbgrader.collecting import collect
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.notebook import compose, read_assignment, stub_submission, student_cells
from grader.otter.assigning import assign
from grader.otter.bundle import Grading
from tests.loop_class import ONE, answered, autograded, graded, hand_in, small_course
from tests.small_course import ANSWERS, NOTEBOOK, write_course

PRACTICE = '''\

# %% practice="train"
def train(steps):
    """Double again and again."""
    raise NotImplementedError


# %% demo=true
print(train(3))
'''
ANSWER = """\


def train(steps):
    reached = 1
    for _ in range(steps):
        reached = double(reached)
    return reached
"""


def practising(root: Path) -> Course:
    course = small_course(root)
    write_course(
        root, course.file.read_text(), notebook=NOTEBOOK + PRACTICE, answers=ANSWERS + ANSWER
    )
    return load_course(root)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = practising(tmp_path_factory.mktemp("practice"))
    release(made, ONE)
    return made


def codes(notebook: Path) -> list[str]:
    return [c.source for c in nbformat.read(notebook, as_version=4).cells if c.cell_type == "code"]


def test_it_is_the_students_to_fill_in_and_no_exercise(course: Course) -> None:
    notebook = read_assignment(course, ONE)
    assert list(notebook.practices) == ["train"] and "train" not in notebook.exercises
    assert any("def train" in source for source in stub_submission(notebook))
    assert notebook.practices["train"] in student_cells(notebook)


def test_the_source_runs_and_the_release_holds_a_blank(course: Course) -> None:
    cells = [c for c in compose(course, ONE).cells if c.cell_type == "code"]
    names: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell.source, "<cell>", "exec", dont_inherit=True), names)
    marks = next(c for c in cells if "def train" in c.source).metadata["nbgrader"]
    assert (marks["solution"], marks["grade"], marks["locked"]) == (True, False, False)
    (blank,) = [s for s in codes(places_of(course).released(ONE)) if "def train" in s]
    assert "raise NotImplementedError()" in blank and "reached" not in blank


def test_it_changes_no_mark_and_stays_in_the_notebook(course: Course) -> None:
    right = json.loads(answered(course))
    for cell in right["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "train":
            cell["source"] = "def train(steps):\n    return 'mine'\n"
    hand_in(course, {"ada": json.dumps(right).encode(), "ben": answered(course)})
    collect(course, ONE)
    report, entered = graded(course)
    assert entered.failed == {}
    assert {one.score for one in report.submissions} == {report.submissions[0].max_score}
    sources = ["".join(cell["source"]) for cell in autograded(course, "ada")["cells"]]
    assert any("return 'mine'" in source for source in sources)


def test_otters_students_get_a_blank_and_the_instructor_the_answer(tmp_path: Path) -> None:
    made = practising(tmp_path / "course")
    out = assign(made, ONE, tmp_path / "otter", Grading())
    (blank,) = [source for source in codes(out.student) if "def train" in source]
    assert blank.endswith("    raise NotImplementedError") and "reached" not in blank
    (answer,) = [source for source in codes(out.answers) if "def train" in source]
    assert "reached = double(reached)" in answer


@pytest.mark.parametrize(
    ("practice", "answer", "says"),
    [
        (PRACTICE + PRACTICE, ANSWER, r"practice train a second time, first in line \d+"),
        (PRACTICE.replace("def train", "def run"), ANSWER, r"no function or class train"),
        (PRACTICE, "", r"answers\.py:1: no answer of the exercise train; define it here"),
        (PRACTICE.replace("train", "double"), ANSWER, r"double is an exercise"),
        (PRACTICE.replace('="train"', '="train" lang="zh"'), ANSWER, r"practice= has no lang"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, practice: str, answer: str, says: str
) -> None:
    root = write_course(tmp_path, notebook=NOTEBOOK + practice, answers=ANSWERS + answer)
    with pytest.raises(CourseError, match=says):
        compose(load_course(root), ONE)
