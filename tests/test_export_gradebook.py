"""The export plugins, by the real `nbgrader export` on a real gradebook."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from small_course import write_course  # type: ignore[import-not-found]

BIN = Path(sys.executable).parent
CELLS = {"test-double": 2, "test-Counter": 3, "why": 1}
SCORES: dict[str, dict[str, float | None]] = {
    "alice": {"test-double": 2, "test-Counter": 3, "why": 1},
    "bob": {"test-double": 1, "test-Counter": 0, "why": 0},
    "carol": {"test-double": 2, "test-Counter": 0, "why": None},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_course(tmp_path_factory.mktemp("course"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")  # nbgrader calls alembic
        with Gradebook(f"sqlite:///{root}/gradebook.db", "small") as gradebook:
            fill(gradebook)
    return root


def fill(gradebook: Gradebook) -> None:
    gradebook.add_assignment("one")
    gradebook.add_notebook("one", "one")
    for name, points in CELLS.items():
        kind = "markdown" if name == "why" else "code"
        gradebook.add_grade_cell(name, "one", "one", max_score=points, cell_type=kind)
    gradebook.add_student("alice", first_name="Alice", last_name='=HYPERLINK("x")', email="a@x.org")
    gradebook.add_student("bob", first_name="Bob, Jr", last_name="李")
    gradebook.add_student("carol")
    gradebook.add_student("dan")
    for student, scores in SCORES.items():
        submission = gradebook.add_submission("one", student)
        if student == "bob":
            submission.notebooks[0].late_submission_penalty = 0.25
        for cell, score in scores.items():
            grade = gradebook.find_grade(cell, "one", "one", student)
            grade.auto_score = score
            grade.needs_manual_grade = score is None
    gradebook.db.commit()


def exported(course: Path, plugin: str, *more: str) -> tuple[list[list[str]], str]:
    done = subprocess.run(
        [BIN / "nbgrader", "export", f"--exporter=grader.exporting.gradebook.{plugin}",
         f"--db=sqlite:///{course}/gradebook.db", "--to", "out.csv", *more],
        cwd=course, capture_output=True, text=True, check=False,
        env=os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (course / "out.csv").read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline=""))), done.stderr


def test_safe_csv(course: Path) -> None:
    (headings, *rows), _ = exported(course, "SafeCsv")
    found = {row[3]: dict(zip(headings, row, strict=True)) for row in rows}
    assert set(found) == {*SCORES, "dan"}
    assert found["alice"]["last_name"] == '\'=HYPERLINK("x")'
    assert found["bob"]["first_name"] == "Bob, Jr" and found["bob"]["last_name"] == "李"
    assert (found["alice"]["score"], found["alice"]["max_score"]) == ("6", "3")
    assert found["alice"]["percent"] == "100"  # 6 of 3, the bonus left out of the maximum
    assert (found["bob"]["raw_score"], found["bob"]["score"]) == ("1", "0.75")
    assert found["bob"]["percent"] == "25"
    assert found["carol"]["needs_manual_grade"] == "yes"
    assert found["dan"]["timestamp"] == "" and found["dan"]["score"] == ""
    assert (found["dan"]["status"], found["dan"]["reason"]) == ("missing", "handed nothing in")


def test_only_some(course: Path) -> None:
    (_, *rows), _ = exported(course, "SafeCsv", "--student", "['bob']")
    assert [row[3] for row in rows] == ["bob"]


def test_canvas(course: Path) -> None:
    (headings, possible, *rows), said = exported(course, "Canvas")
    assert headings[-1] == "one" and possible[-1] == "3"
    assert {row[3]: row[-1] for row in rows} == {"alice": "3", "bob": "0.75", "dan": ""}
    assert rows[1][0] == "李, Bob, Jr"
    assert "carol (no row): not graded yet: why" in said


def test_moodle(course: Path) -> None:
    (headings, *rows), _ = exported(course, "Moodle")
    assert headings == ["ID number", "one", "one feedback"]
    told = "double 1/2; Counter 0/3; why 0/1; less 0.25 for lateness"
    assert rows[1] == ["bob", "0.75", told]
    assert rows[2] == ["dan", "", "handed nothing in"]
