"""One class through nbgrader's whole loop: the same total in everything that prints one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import Course, load_course
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import enter_scores
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from grader.render.terminal import by_student
from grader.results import Report, SubmissionResult
from tests.export_class import tags_of
from tests.loop_class import ONE, answered, hand_in, set_manual, small_course
from tests.total_readers import (
    Totals,
    of_canvas,
    of_class_page,
    of_gradescope,
    of_junit,
    of_moodle,
    of_page,
    of_table,
    of_terminal,
    rows,
)

NO_BONUS = "class Counter:\n    def __init__(self, start, by=1):\n        self.value = 0\n"
POSSIBLE = 3.0  # double 2, why 1; Counter's 3 are a bonus
EXPECTED: Totals = {
    "full": (3.0, POSSIBLE),
    "bonus": (6.0, POSSIBLE),
    "late": (2.0, POSSIBLE),  # 2 and half of the question, less 20 %
    "half": (5.0, POSSIBLE),  # its question is not graded yet
    "broken": (0.0, POSSIBLE),
    "gpu": (4.0, POSSIBLE),  # double waits for a GPU
    "ours": None,
    "absent": None,
}
FINAL = {"full": 3.0, "bonus": 3.0, "late": 2.0, "broken": 0.0, "absent": None}
"""What a grade import holds: final grades, at most 100 %, and a blank for the absent."""


@dataclass(frozen=True)
class School:
    course: Course

    @property
    def exports(self) -> Path:
        return self.course.root / "build" / "exports"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    root = tmp_path_factory.mktemp("totals")
    course = small_course(root)
    roster = "".join(f"{name},{name.title()},Doe\n" for name in EXPECTED)
    (root / "roster.csv").write_text(f"id,first_name,last_name\n{roster}")
    (root / "course.yml").write_text((root / "course.yml").read_text() + "roster: roster.csv\n")
    course = load_course(root)
    release(course, ONE)
    whole, plain = answered(course), answered(course, counter=NO_BONUS)
    hand_in(course, {"full": plain, "bonus": whole, "half": whole, "gpu": whole, "ours": whole,
                     "broken": whole[: len(whole) // 2]})  # fmt: skip
    hand_in(course, {"late": plain}, hours=30)
    collect(course, ONE)
    grade(course)
    for student in ("full", "bonus", "gpu"):
        set_manual(course, student, "why", 1.0)
    set_manual(course, "late", "why", 0.5, "Nearly so.")
    return School(course)


def grade(course: Course) -> None:
    """Grade the class; one student's exercise waits for a GPU, and on another the grader fails."""
    with keeping(course) as kept:
        submitted = places_of(course).submitted
        report = grade_class(course, ONE, submitted, Options(2, "cpu", "process"), kept)
        found = tuple(altered(one) for one in report.submissions)
        for one in found:
            if one.student in ("gpu", "ours"):
                kept.keep(ONE, f"altered {one.student}", one)
    enter_scores(course, ONE, report.model_copy(update={"submissions": found}), "process")


def altered(one: SubmissionResult) -> SubmissionResult:
    if one.student == "ours":
        update = {"status": "grader_error", "message": "the zygote is dead", "exercises": ()}
        return one.model_copy(update={**update, "score": 0.0})
    if one.student != "gpu":
        return one
    double, counter = one.exercises
    waits = double.model_copy(update={"verdict": "deferred", "score": 0.0})
    return one.model_copy(update={"exercises": (waits, counter), "score": counter.score})


def exported(school: School, monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.chdir(school.course.root)
    done = CliRunner().invoke(app, ["export", words[0], ONE, *words[1:]])
    assert done.exit_code == 0, done.output
    return done.output


def test_csv(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(school, monkeypatch, "csv")
    text = (school.exports / "one-csv.csv").read_text()
    assert of_table(text) == EXPECTED
    found = {row["student"]: row for row in rows(text)}
    assert found["half"]["why"] == "not graded yet" and found["full"]["why"] == "1"
    assert found["half"]["final"] == found["gpu"]["final"] == found["ours"]["final"] == "no"
    assert found["late"]["late_penalty"] == "0.5" and found["bonus"]["bonus"] == "3"
    assert found["absent"]["reason"] == "handed nothing in" and found["absent"]["score"] == ""
    assert "cut off" in found["broken"]["reason"]
    assert found["gpu"]["reason"] == "not graded yet: double"
    assert found["ours"]["reason"] == "the zygote is dead"
    assert found["full"]["reason"] == ""


def test_canvas_and_moodle(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {s: None if score is None else (score, POSSIBLE) for s, score in FINAL.items()}
    for kind in ("canvas", "moodle"):
        said = exported(school, monkeypatch, kind)
        text = (school.exports / f"one-{kind}.csv").read_text()
        found = of_canvas(text, "The first") if kind == "canvas" else None
        assert (found or of_moodle(text, "The first", POSSIBLE)) == expected
        assert "not in" not in said
        why = {
            r["student"]: r for r in rows((school.exports / f"one-{kind}-reasons.csv").read_text())
        }
        assert set(why) == {"half", "gpu", "ours", "broken", "absent"}
        assert why["absent"]["in the import"] == "blank: no grade"
        assert why["broken"]["in the import"] == "0" and "cut off" in why["broken"]["reason"]
        assert why["half"]["in the import"].startswith("no row")
        for student in why:
            assert f"{student} (" in said
        assert 'A blank cell means "no grade"' in said
    names = rows((school.exports / "one-canvas.csv").read_text())
    assert names[1]["Student"] == "Doe, Absent"
    told = {r["ID number"]: r["The first feedback"] for r in rows(text)}
    assert told["absent"] == "handed nothing in" and "cut off" in told["broken"]
    assert "less 0.5 for lateness" in told["late"]


def test_junit(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(school, monkeypatch, "junit")
    text = (school.exports / "one-junit.xml").read_text()
    assert of_junit(text) == EXPECTED
    assert "handed nothing in" in text and "cut off" in text


def test_gradescope(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(school, monkeypatch, "gradescope")
    folder = school.exports / "one-gradescope"
    assert of_gradescope(folder) == EXPECTED
    half = json.loads((folder / "half" / "results.json").read_text())
    (why,) = [test for test in half["tests"] if test["name"] == "why"]
    assert "score" not in why and why["output"] == "Written: not graded yet"
    absent = json.loads((folder / "absent" / "results.json").read_text())
    assert "handed nothing in" in absent["output"]


def test_pages(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    exported(school, monkeypatch, "html")
    folder = school.exports / "one-html"
    assert of_class_page(folder / "index.html") == EXPECTED
    assert {s: of_page(folder / "students" / f"{s}.html") for s in EXPECTED} == EXPECTED
    half = tags_of((folder / "students" / "half.html").read_text()).text
    assert "not graded yet" in half and "0 of 1" not in half
    assert "def double" in half and "Why?" in half
    late = tags_of((folder / "students" / "late.html").read_text()).text
    assert "Handed in late" in late and "−0.5" in late and "Nearly so." in late


def test_feedback(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(school.course.root)
    done = CliRunner().invoke(app, ["feedback", ONE])
    assert done.exit_code == 0, done.output
    folder = school.course.root / "build" / "nbgrader" / "feedback"
    pages = {path.parent.parent.name: of_page(path) for path in folder.glob(f"*/{ONE}/{ONE}.html")}
    assert pages == {student: total for student, total in EXPECTED.items() if total}
    assert "no page: absent: handed nothing in" in done.output
    assert "no page: ours: the zygote is dead" in done.output
    half = tags_of((folder / "half" / ONE / f"{ONE}.html").read_text()).text
    assert "not graded yet" in half and "0 of 1" not in half


def test_the_table_of_the_terminal(school: School) -> None:
    shown = io.StringIO()
    Console(file=shown, width=200).print(by_student(class_grades(school.course, ONE)))
    assert of_terminal(shown.getvalue()) == EXPECTED
    assert "handed nothing in" in shown.getvalue() and "so far" in shown.getvalue()


def test_nbgraders_own_export(school: School) -> None:
    bin = Path(sys.executable).parent
    root = school.course.root
    for plugin in ("SafeCsv", "Canvas", "Moodle"):
        command = [str(bin / "nbgrader"), "export", "--to", f"{plugin}.csv",
                   f"--exporter=grader.exporting.gradebook.{plugin}"]  # fmt: skip
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, check=False,
            env=os.environ | {"PATH": f"{bin}{os.pathsep}{os.environ['PATH']}"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    safe = (root / "SafeCsv.csv").read_text()
    assert of_table(safe) == EXPECTED
    assert {r["student_id"]: r["reason"] for r in rows(safe)}["absent"] == "handed nothing in"
    expected = {s: None if score is None else (score, POSSIBLE) for s, score in FINAL.items()}
    assert of_canvas((root / "Canvas.csv").read_text(), ONE) == expected
    assert of_moodle((root / "Moodle.csv").read_text(), ONE, POSSIBLE) == expected


def test_what_the_formgrader_reads(school: School) -> None:
    class_grades(school.course, ONE)
    with gradebook(school.course) as book:
        late = book.find_submission_notebook(ONE, ONE, "late")
        assert late.score - late.late_submission_penalty == 2.0
        waits = book.find_grade("test-double", ONE, ONE, "gpu")
        assert waits.auto_score is None and waits.needs_manual_grade


def test_a_gradebook_that_is_behind_is_not_final(school: School) -> None:
    held = {one.student: one for one in class_grades(school.course, ONE).worths}["full"]
    assert held.result is not None and held.why_open == ""
    double, counter = held.result.exercises
    worse = double.model_copy(update={"verdict": "failed", "score": 0.0})
    again = held.result.model_copy(update={"exercises": (worse, counter), "score": 0.0})
    report = Report(
        assignment=ONE, isolation="process", device="cpu", checks="", submissions=(again,)
    )
    found = class_grades(school.course, ONE, report=report).worths[0]
    assert (found.student, found.total) == ("full", 1.0)
    assert "graded again since the gradebook was filled" in found.why_open
