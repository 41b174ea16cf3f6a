"""A notebook of another assignment is told so, by its metadata or by what it defines."""

import json
from pathlib import Path

import pytest
from notebook_styles import ROOT  # type: ignore[import-not-found]
from submission_files import code, payload  # type: ignore[import-not-found]
from test_grading import ISOLATION  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.grading.belonging import siblings
from grader.grading.checking import check
from grader.grading.grading import Options, grade_class
from grader.notebook import compose, notebook_text
from grader.otter.master import master
from grader.submissions import Found, Submission, Unreadable, read

LECTURE = "lec05_backprop"


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


def handed_in(*sources: str, says: object = None, file: str = "a.ipynb") -> Submission:
    if file.endswith(".py"):
        return read(Found("a", file, "\n".join(sources).encode(), ""))
    metadata = {"chainrule": {"assignment": says}} if says is not None else {}
    return read(Found("a", file, payload(*map(code, sources), metadata=metadata), ""))


def stubs(*names: str) -> str:
    return "".join(f"def {name}(x):\n    raise NotImplementedError\n" for name in names)


OURS = stubs("graph_grads", "affine_forward", "relative_error")
THEIRS = stubs("softmax", "log_softmax", "loss_fn_softmax", "accuracy")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (handed_in(THEIRS, says="lec03_softmax"), "lec03_softmax"),
        (handed_in("x = 1", says="lec03_softmax"), "lec03_softmax"),
        (handed_in(THEIRS), "lec03_softmax"),
        (handed_in(THEIRS, says=LECTURE), "lec03_softmax"),
        (handed_in(THEIRS, file="a.py"), "lec03_softmax"),
        (handed_in(stubs("cross_entropy", "sigmoid"), says="lec03_softmax"), "lec03_softmax"),
        (handed_in(OURS, says=LECTURE), ""),
        (handed_in(OURS), ""),
        (handed_in("x = 1"), ""),
        (handed_in("x = 1", says="lec99_other"), ""),
        (handed_in("x = 1", says=["lec03_softmax"]), ""),
        # Another lecture's notebook was the paper on which this one was written.
        (handed_in(OURS, says="lec03_softmax"), ""),
        (handed_in(OURS + THEIRS), ""),
        (handed_in("relative_error = max", THEIRS), ""),
        # Too little to be certain, or of two assignments as much.
        (handed_in(stubs("softmax", "log_softmax")), ""),
        (handed_in(stubs("softmax", "log_softmax", "accuracy", "elu", "relu", "softplus")), ""),
    ],
)
def test_whose_notebook_it_is(course: Course, one: Submission, other: str) -> None:
    said = siblings(course, LECTURE).problem(one)
    assert (f"({other})" in said) if other else not said
    if other:
        assert said == (
            "This is the notebook of lecture 3, “Softmax regression, and losses that stay finite” "
            "(lec03_softmax). What is asked for is lec05_backprop, “Back-propagation by hand”: "
            "hand that in."
        )


@pytest.mark.parametrize("name", [LECTURE, "lec03_softmax"])
def test_every_released_notebook_says_what_it_is(course: Course, name: str) -> None:
    made = [json.loads(notebook_text(compose(course, name))), master(course, name)]
    for notebook in made:
        assert notebook["metadata"]["chainrule"]["assignment"] == name
        content = json.dumps(notebook).encode()
        assert read(Found("a", "a.ipynb", content, "")).assignment == name


def test_it_is_not_graded_and_not_checked(course: Course, tmp_path: Path) -> None:
    wrong = notebook_text(compose(course, "lec03_softmax"))
    (tmp_path / "anna.ipynb").write_text(wrong, encoding="utf-8")
    report = grade_class(course, LECTURE, tmp_path, Options(isolation=ISOLATION), None)
    (result,) = report.submissions
    assert (result.status, result.score, result.exercises) == ("unreadable", 0.0, ())
    assert "lecture 3" in result.message
    with pytest.raises(Unreadable, match="lecture 3"):
        check(course, LECTURE, tmp_path / "anna.ipynb", ISOLATION)
