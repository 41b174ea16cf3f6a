"""The loop from the command line: what is printed, exit codes, and the demonstration."""

import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.course.syllabus import Course
from grader.nbgrader.places import places_of
from tests.loop_class import ONE, SQUARED, answered, grades, hand_in, small_course


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    made = small_course(tmp_path)
    monkeypatch.chdir(made.root)
    monkeypatch.setenv("COLUMNS", "200")
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_loop_from_the_command_line(course: Course) -> None:
    released = run("release", ONE)
    assert released.exit_code == 0, released.output
    assert "Next: students submit" in released.output
    nothing = run("collect", ONE)
    assert nothing.exit_code == 0 and "0 students have a submission" in nothing.output
    hand_in(course, {"ann": answered(course), "ben": answered(course, double=SQUARED)})
    collected = run("collect", ONE)
    assert "2 students have a submission" in collected.output
    graded = run("grade", ONE, "--isolation", "process", "--device", "cpu")
    assert graded.exit_code == 0, graded.output
    assert "2 entered, 0 unchanged" in graded.output
    assert grades(course, "ben")["test-Counter"][0] == 3.0
    again = run("grade", ONE, "--isolation", "process", "--device", "cpu")
    assert "0 entered, 2 unchanged" in again.output
    feedback = run("feedback", ONE)
    assert feedback.exit_code == 0 and "2 pages" in feedback.output


def test_what_was_typed_wrongly_ends_with_exit_code_2(course: Course) -> None:
    for words, says in (
        (("release", "two"), "lists no assignment two"),
        (("collect", ONE, "--zip", "no.zip"), "is no file"),
        (("collect", ONE, "--zip", "no.zip", "--before-due"), "does not say when"),
        (("grade", ONE, "--isolation", "process"), "nothing of one was collected yet"),
        (("feedback", ONE), "nothing of one is graded yet"),
    ):
        result = run(*words)
        assert result.exit_code == 2, result.output
        assert says in result.output, result.output


def test_grading_what_was_never_released_says_what_to_do(course: Course) -> None:
    folder = places_of(course).of("submitted", "ann", ONE)
    folder.mkdir(parents=True)
    (folder / f"{ONE}.py").write_text("x = 1\n")
    result = run("grade", ONE, "--isolation", "process", "--device", "cpu")
    assert result.exit_code == 2 and "chainrule release one" in result.output


def test_the_demonstration_is_the_whole_loop(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHAINRULE_USERS_PATH", raising=False)
    monkeypatch.setenv("PATH", os.defpath)  # no virtual environment is active
    result = run("demo", ONE, "--students", "12", "--isolation", "process")
    assert result.exit_code == 0, result.output
    for text in ("what came of a class of 12", "gradebook", "feedback", "exported", "cd "):
        assert text in result.output, result.output
    folder = course.root / "build" / "demo" / "build"
    assert (folder / "nbgrader" / "feedback" / "alice" / ONE / f"{ONE}.html").is_file()
    assert (folder / "exports" / "grades.csv").read_text().count("\n") == 13
    assert not (course.root / "build" / "nbgrader").exists()
    lines = result.output.split("To look around:\n")[1].splitlines()
    first, again, *_ = [line.strip() for line in lines if line.startswith("  ") and line[2] != " "]
    bare = {"PATH": os.defpath, "HOME": str(course.root)}
    done = subprocess.run(
        ["sh", "-ec", f"{first}\n{again} --isolation process"], cwd="/", env=bare,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "11 unchanged" in done.stderr, done.stderr  # and one that cannot be read
