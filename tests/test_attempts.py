"""Who handed in when and what it earned; a request for a regrade, from the cell to the answer."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import Course
from grader.grading.history import History
from grader.grading.keeping import opened
from grader.nbgrader.asking import Request, may_ask, request_of, same_work
from grader.nbgrader.collecting import collect, collect_zip
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.pieces import Piece
from grader.nbgrader.requests import requests_with_answers
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from grader.term.attempts import NOT_GRADED, attempts
from tests.export_class import tags_of
from tests.loop_class import ONE, SQUARED, answered, autograded, graded, hand_in, set_manual
from tests.term_class import term_course

ASKS = "Regrade request: `double`\n\nThe prompt says *twice*, and x * x is twice x for 2."


def asking(payload: bytes, text: str = ASKS) -> bytes:
    """A notebook with one more text cell, as a student adds it at the end."""
    notebook = json.loads(payload)
    cell = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": text}
    notebook["cells"].append(cell)
    return (json.dumps(notebook, indent=1) + "\n").encode()


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return term_course(tmp_path, arranged="")


def test_every_hand_in_is_on_record_and_what_it_earned(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, right = answered(course, double=SQUARED), answered(course)
    hand_in(course, {"cat": wrong}, -30)
    hand_in(course, {"cat": asking(wrong, "note")}, -20)  # replaced before it is graded
    collect(course, ONE)
    hand_in(course, {"cat": wrong}, -10)
    collect(course, ONE)
    graded(course)
    hand_in(course, {"cat": right}, -5)
    collect(course, ONE)
    graded(course)
    found = [(line.attempt.score if line.attempt else NOT_GRADED, f"{line.submitted:%d %H}")
             for line in attempts(course, ONE, "cat")]  # fmt: skip
    assert found == [(3.0, "07 17"), (NOT_GRADED, "08 03"), (3.0, "08 13"), (5.0, "08 18")]
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["attempts", ONE, "--csv", "attempts.csv"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader((course.root / "attempts.csv").read_text().splitlines()))
    assert [row["points"] for row in rows] == ["3", "", "3", "5"]
    assert rows[0]["lost points in"] == "double (failed)" and rows[1]["status"] == NOT_GRADED
    assert rows[0]["submitted"] == "2026-03-07 17:59:00"


def test_a_hand_in_by_an_lms_has_no_time(course: Course, tmp_path: Path) -> None:
    payload = answered(course)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("cat_1_2_one.ipynb", payload)
    collect_zip(course, ONE, tmp_path / "all.zip")
    graded(course)
    (line,) = attempts(course, ONE)
    assert line.submitted is None and line.sha256 == hashlib.sha256(payload).hexdigest()
    assert line.attempt is not None and line.attempt.score == 5.0


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Regrade request: double\nwhy", Request("double", "why")),
        ("## regrade request : **double** - it is right", Request("double", "it is right")),
        ("复核申请：double\n理由", Request("double", "理由")),
        ("Regrade request:", Request("", "")),
        ("I had no regrade request: double", None),
    ],
)
def test_what_is_a_request(text: str, asked: Request | None) -> None:
    assert request_of(Piece("markdown", text, "", {})) == asked
    assert request_of(Piece("code", text, "", {})) is None
    for escaped in (True, False):
        payload = json.dumps({"source": text}, ensure_ascii=escaped).encode()
        assert may_ask(payload) or asked is None


def test_work_is_the_same_but_for_requests() -> None:
    work, note = Piece("code", "x = 1", "", {}), Piece("markdown", ASKS, "", {})
    assert same_work([work], [work, note])
    assert not same_work([work], [Piece("code", "x = 2", "", {}), note])


def test_a_request_is_asked_seen_answered_and_costs_no_time(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = answered(course, double=SQUARED)
    hand_in(course, {"cat": wrong}, -30)
    collect(course, ONE)
    graded(course)
    set_manual(course, "cat", "why", 1.0)
    before = {one.student: one for one in class_grades(course, ONE).worths}["cat"]
    hand_in(course, {"cat": asking(wrong)}, 90)
    notes = collect(course, ONE).notes
    assert any(note.startswith("cat: asks for a regrade; handed in 2026-03-07") for note in notes)
    graded(course)
    after = {one.student: one for one in class_grades(course, ONE).worths}["cat"]
    assert (before.total, after.total, after.penalty) == (4.0, 4.0, 0.0)
    cells = autograded(course, "cat")["cells"]
    where = [c["metadata"].get("nbgrader", {}).get("grade_id") for c in cells].index("double")
    assert "".join(cells[where + 1]["source"]).startswith("Regrade request:")
    (asked,) = requests_with_answers(course, ONE)
    assert (asked.student, asked.exercise, asked.answer) == ("cat", "double", "")
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["requests"])
    assert done.exit_code == 0 and "1 wait for an answer" in done.output
    with gradebook(course) as book:  # as the formgrader writes it
        book.find_comment("double", ONE, ONE, "cat").manual_comment = "Try x = 3."
        book.db.commit()
    (asked,) = requests_with_answers(course, ONE)
    assert asked.answer == "Try x = 3."
    graded(course)
    assert len(requests_with_answers(course, ONE)) == 1
    page = write_feedback(course, ONE).pages["cat"].read_text()
    assert "Try x = 3." in tags_of(page).text
    done = CliRunner().invoke(app, ["requests", "--open"])
    assert "cat" not in done.output


def test_a_request_beside_other_work_is_a_new_hand_in(course: Course) -> None:
    hand_in(course, {"cat": answered(course, double=SQUARED)}, -30)
    collect(course, ONE)
    hand_in(course, {"cat": asking(answered(course))}, 90)
    notes = collect(course, ONE).notes
    assert "cat: asks for a regrade, in a notebook that is not as it was" in notes
    graded(course)
    found = {one.student: one for one in class_grades(course, ONE).worths}["cat"]
    assert found.penalty > 0


def test_what_the_grader_failed_on_is_nobodys_attempt(course: Course) -> None:
    hand_in(course, {"cat": answered(course)}, -30)
    collect(course, ONE)
    graded(course)
    with opened(course) as store:
        (held,) = store.latest(ONE)
        assert [one.score for one in History(store.database).attempts(ONE)] == [held.score]
