"""The student's own check: the visible examples, on notebooks and scripts, without solutions."""

import shutil

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import Course, load_course
from grader.grading.alone import Checked
from grader.grading.checking import check


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = red_course(tmp_path_factory.mktemp("check"), PATIENT)
    shutil.rmtree(root / "solutions")
    return load_course(root)


def checked(course: Course, source: str) -> dict[str, Checked]:
    path = course.root / "mine.py"
    path.write_text(source)
    return {one.exercise: one for one in check(course, "one", path, "process").examples}


def test_right_answers_pass(course: Course) -> None:
    assert all(one.passed and not one.message for one in checked(course, HONEST).values())


def test_wrong_answers_say_what_the_example_says(course: Course) -> None:
    source = (
        HONEST
        + "\ndef scale(x):\n    return x\n\ndef product(a, b):\n    raise NotImplementedError\n"
    )
    found = checked(course, source)
    assert not found["scale"].passed and found["scale"].message == "3 · 1 + 1 is 4"
    assert not found["product"].passed and "not answered yet" in found["product"].message
    assert found["Tally"].passed


def test_cells_that_crash_or_hang_are_left_out(course: Course) -> None:
    source = HONEST + "\nos._exit(0)\nos.abort()\nprint(undefined)\n"
    assert all(one.passed for one in checked(course, source).values())


def test_an_example_that_is_never_reached_does_not_pass(course: Course) -> None:
    found = checked(course, HONEST + "\ndef scale(x):\n    os._exit(0)\n")
    assert not found["scale"].passed and found["product"].passed


def test_the_command(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    (course.root / "one.py").write_text(HONEST)
    done = CliRunner().invoke(app, ["check", "one.py"])
    assert done.exit_code == 0 and "3 of 3 examples pass" in done.output
    done = CliRunner().invoke(app, ["check", "one.py", "--assignment", "two"])
    assert done.exit_code == 2
