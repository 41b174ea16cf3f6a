"""Extensions, excused work and groups, through the real nbgrader and into everything printed."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.course.arrangements import arranged
from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from grader.render.worth import EXCUSED, Worth
from tests.export_class import tags_of
from tests.loop_class import ONE, SQUARED, answered, graded, hand_in, small_course
from tests.term_class import ROSTER, term_class, term_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return term_class(tmp_path_factory.mktemp("term"))


def worths(course: Course) -> dict[str, Worth]:
    return {one.student: one for one in class_grades(course, ONE).worths}


def exported(course: Course, monkeypatch: pytest.MonkeyPatch, kind: str) -> str:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["export", kind, ONE])
    assert done.exit_code == 0, done.output
    return (course.root / "build" / "exports" / f"one-{kind}.csv").read_text()


def rows(text: str) -> dict[str, dict[str, str]]:
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    return {r.get("student") or r.get("SIS Login ID") or r.get("ID number", ""): r for r in found}


def test_an_extension_moves_the_due_date_of_one_student(course: Course) -> None:
    found = worths(course)
    assert (found["cat"].total, found["cat"].penalty) == (4.8, 1.2)
    assert (found["dan"].total, found["dan"].penalty) == (6.0, 0.0)
    assert found["dan"].due is not None and f"{found['dan'].due:%m-%d %H:%M}" == "03-11 12:00"
    with gradebook(course) as book:
        assert book.find_submission(ONE, "dan").total_seconds_late == 0
        assert book.find_submission(ONE, "cat").total_seconds_late == 30 * 3600


def test_whom_nobody_asks_has_no_mark_and_no_zero(course: Course) -> None:
    eve = worths(course)["eve"]
    assert (eve.standing, eve.total, eve.percent, eve.reason) == ("excused", None, None, EXCUSED)
    assert "eve" not in {one.student for one in class_grades(course, ONE).handed_in}


def test_a_group_hands_in_once_and_all_have_the_mark(course: Course) -> None:
    found = worths(course)
    assert found["bob"].total == found["ann"].total == 6.0
    assert (found["bob"].by, found["ann"].by, found["cat"].by) == ("ann", "ann", "")
    assert found["bob"].written[0].by_hand
    with gradebook(course) as book:
        names = {one.student.id for one in book.find_assignment(ONE).submissions}
    assert names == {"ann", "cat", "dan", "eve"}  # one grading


def test_the_files_say_it(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows(exported(course, monkeypatch, "csv"))
    assert {s: r["score"] for s, r in found.items()} == {
        "ann": "6", "bob": "6", "cat": "4.8", "dan": "6", "eve": ""}  # fmt: skip
    assert found["bob"]["handed_in_by"] == "ann" and found["eve"]["status"] == "excused"
    assert found["dan"]["due"] == "2026-03-11 12:00" and found["eve"]["final"] == "yes"
    canvas = rows(exported(course, monkeypatch, "canvas"))
    assert (canvas["eve"]["The first"], canvas["bob"]["The first"]) == ("EX", "3")
    moodle = rows(exported(course, monkeypatch, "moodle"))
    assert (moodle["eve"]["The first"], moodle["bob"]["The first"]) == ("", "3")
    assert EXCUSED in moodle["eve"]["The first feedback"]


def test_nbgraders_own_export_says_the_same(course: Course) -> None:
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    out = course.root / "grades.csv"
    command = [
        nbgrader,
        "export",
        "--exporter=grader.exporting.gradebook.SafeCsv",
        "--to",
        str(out),
    ]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {r["student_id"]: r for r in csv.DictReader(io.StringIO(out.read_text()))}
    assert {s: r["score"] for s, r in found.items()} == {
        "ann": "6", "bob": "6", "cat": "4.8", "dan": "6", "eve": ""}  # fmt: skip
    assert found["eve"]["status"] == "excused"


def test_every_member_has_a_page(course: Course) -> None:
    written = write_feedback(course, ONE)
    assert written.failed == {} and set(written.pages) == {"ann", "bob", "cat", "dan"}
    assert written.without == {"eve": EXCUSED} and "bob" in written.by_hand
    text = tags_of(written.pages["bob"].read_text()).text
    assert "bob" in text and "Handed in for your group by ann" in " ".join(text.split())
    assert "Well said, ann." in text and "6 of 3" in text


def test_an_extension_that_is_taken_back_costs_again(tmp_path: Path) -> None:
    course = term_class(tmp_path)
    assert worths(course)["dan"].penalty == 0.0
    (tmp_path / "people/arrangements.yml").write_text("")
    assert worths(course)["dan"].penalty == 1.2
    assert worths(course)["eve"].total == 5.0
    (tmp_path / "people/arrangements.yml").write_text(
        "extensions: {one: {bob: 2026-04-01 08:00}}\n"
    )
    hand_in(course, {"bob": answered(course)}, 100)
    collect(course, ONE)
    _, entered = graded(course)
    assert set(entered.entered) == {"ann", "bob", "dan"}, "their stamps name their due dates"
    assert worths(course)["bob"].penalty == worths(course)["ann"].penalty == 0.0


def test_the_last_work_of_a_group_counts_and_that_is_said(tmp_path: Path) -> None:
    course = term_course(tmp_path, arranged="")
    hand_in(course, {"ann": answered(course)}, -9)
    hand_in(course, {"bob": answered(course, double=SQUARED)}, -3)
    found = collect(course, ONE)
    assert "ann and bob are one group; the work of bob counts, which came last" in found.notes
    graded(course)
    both = worths(course)
    assert both["ann"].by == both["bob"].by == "bob"
    assert both["ann"].total == both["bob"].total == 3.0
    pages = write_feedback(course, ONE).pages
    assert "Twice, not squared." in pages["ann"].read_text()


def test_nobody_who_hands_in_alone_is_touched(tmp_path: Path) -> None:
    root = small_course(tmp_path).root
    held = arranged(load_course(root), ONE)
    assert held.members("ann") == ("ann",) and held.extension("ann") is None


WRONG = [
    ("extension:\n", "arrangements.yml:1: extension: unknown key; did you mean extensions?"),
    ("extensions: {two: {dan: 2026-03-11 12:00}}\n", "arrangements.yml:1: two is no assignment"),
    ("extensions:\n  one:\n    dam: 2026-03-11 12:00\n", "yml:3: nobody on the roster .*'dam'"),
    ("extensions:\n  one:\n    dan: 2026-03-11\n", "yml:3: extensions.one.dan is .*a date alone"),
    ("extensions:\n  one:\n    dan: 2026-03-01 12:00\n", "yml:3: dan has until .* not after the"),
    ("excused:\n  one:\n  - cat\n  - Eve\n", "yml:4: nobody on the roster .*; did you mean eve"),
    ("excused: {one: eve}\n", "arrangements.yml:1: excused.one is 'eve': give a list"),
    ("excused: {one: [7]}\n", "arrangements.yml:1: .*give text"),
]


@pytest.mark.parametrize(("text", "says"), WRONG)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, says: str) -> None:
    small_course(tmp_path, "roster: roster.csv\n")
    (tmp_path / "roster.csv").write_text(ROSTER)
    (tmp_path / "arrangements.yml").write_text(text)
    with pytest.raises(CourseError, match=says):
        arranged(load_course(tmp_path), ONE)
