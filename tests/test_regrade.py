"""`chainrule regrade`: a wrong check is mended; who gains, who loses, why, and what is kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import Course
from grader.grading.grading import Options
from grader.grading.history import History
from grader.grading.keeping import opened
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.totals import class_grades
from grader.term.regrade import Regrade, regrade, write
from tests.loop_class import ONE, SQUARED, answered, graded, grades, hand_in, set_manual
from tests.small_course import ANSWERS, CHECKS, MISTAKES
from tests.term_class import term_course

OPTIONS = Options(2, "cpu", "process")
WRONG_CHECK = CHECKS.replace("expect=2 * x)", "expect=x * x)").replace(
    '    yield case(x, expect=6 * x, kwargs={"scale": 3.0})\n', ""
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A class graded by a check that took the square for twice; then the check is mended."""
    course = term_course(tmp_path, arranged="")
    right = {"checks.py": CHECKS, "answers.py": ANSWERS, "mistakes.py": MISTAKES}
    wrong = {
        "checks.py": WRONG_CHECK,
        "answers.py": ANSWERS.replace("_times(x, TWO) * np.float64(scale)", "_times(x, x)"),
        "mistakes.py": '"""None."""\n',
    }
    side = course.root / "solutions" / ONE
    rewrite(side, wrong)
    hand_in(course, {"ann": answered(course, double=SQUARED), "dan": answered(course)})
    hand_in(course, {"cat": answered(course)}, 30)
    hand_in(course, {"eve": answered(course)})
    collect(course, ONE)
    graded(course)
    set_manual(course, "eve", "test-double", 2.0)
    rewrite(side, right)
    return course


def rewrite(side: Path, files: dict[str, str]) -> None:
    """Change the instructor's side, as between two commands: a process imports it once."""
    for file, text in files.items():
        (side / file).write_text(text)
    for loaded in [name for name in sys.modules if name.split(".")[0] == "solutions"]:
        del sys.modules[loaded]


def totals(course: Course) -> dict[str, float | None]:
    return {one.student: one.total for one in class_grades(course, ONE).worths}


def everything(course: Course) -> dict[str, bytes]:
    """All files below the course but for locks, logs and what SQLite keeps beside a database."""
    return {
        str(path): path.read_bytes()
        for path in sorted(course.root.rglob("*"))
        if path.is_file() and path.suffix in (".ipynb", ".html", ".txt", ".json", ".csv", ".yml")
    }


def stored(course: Course) -> list[tuple[str, float]]:
    with opened(course) as store:
        return [(one.student, one.score) for one in store.latest(ONE)]


def changed(found: Regrade) -> dict[str, tuple[float | None, float | None]]:
    return {one.student: (one.before, one.after) for one in found.changes}


EXPECTED = {"ann": (5.0, 3.0), "bob": (5.0, 3.0), "cat": (2.4, 4.0), "dan": (3.0, 5.0)}


def test_it_says_whose_marks_change_and_why_and_writes_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files, held = totals(course), everything(course), stored(course)
    found = regrade(course, ONE, OPTIONS)
    assert changed(found) == EXPECTED and found.failed == ()
    why = {one.student: one.reasons for one in found.changes}
    assert why["dan"] == ("double: failed 0 → passed 2",)
    assert why["ann"] == ("double: passed 2 → failed 0 (Twice, not squared.)",)
    assert why["cat"] == ("double: failed 0 → passed 2", "lateness: −0.6 → −1")
    assert found.unchanged == 1  # a person gave Eve's score
    assert (totals(course), everything(course), stored(course)) == (before, files, held)
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["regrade", ONE, "--isolation", "process", "--json", "r.json"])
    assert done.exit_code == 0, done.output
    told = json.loads((course.root / "r.json").read_text())["changes"]
    assert {one["student"]: (one["before"], one["after"]) for one in told} == EXPECTED
    assert "Nothing is written." in done.output and "+2.00" in done.output
    assert stored(course) == held


def test_applied_it_is_in_the_store_and_in_the_gradebook_and_the_old_is_kept(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["regrade", ONE, "--apply", "--isolation", "process"])
    assert done.exit_code == 0, done.output
    assert {s: t for s, t in totals(course).items() if s in EXPECTED} == {
        student: after for student, (_, after) in EXPECTED.items()
    }
    assert grades(course, "dan")["test-double"] == (2.0, None, 2.0)
    assert grades(course, "eve")["test-double"] == (2.0, 2.0, 2.0)
    with opened(course) as store:
        history = History(store.database)
        old = {one.student: (one.score, reason) for one, reason in history.superseded(ONE)}
        assert old["dan"] == (3.0, "double: failed 0 → passed 2")
        assert old["ann"][0] == 5.0 and old["eve"] == (3.0, "its mark stays")
        assert [a.score for a in history.attempts(ONE) if a.student == "dan"] == [3.0, 5.0]
    again = regrade(course, ONE, OPTIONS)
    assert again.changes == () and again.unchanged == 4
    _, entered = graded(course)
    assert entered.entered == ()


def test_cases_are_of_the_round_that_was_graded(course: Course) -> None:
    write_feedback(course, ONE)
    found = regrade(course, ONE, OPTIONS)
    assert {one.round for one in found.report.submissions} == {1}
    assert changed(found) == EXPECTED


def test_a_database_that_refuses_leaves_all_as_it_was(course: Course) -> None:
    found, held = regrade(course, ONE, OPTIONS), stored(course)
    with opened(course) as store:
        store.database.run(
            lambda connection: connection.exec_driver_sql(
                "CREATE TRIGGER no BEFORE INSERT ON superseded BEGIN SELECT RAISE(ABORT, 'no'); END"
            ),
            "trigger",
        )
    with pytest.raises(Exception, match="cannot be written down"):
        write(course, ONE, found)
    assert stored(course) == held


def test_what_was_never_graded_cannot_be_graded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = term_course(tmp_path, arranged="")
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["regrade", ONE, "--isolation", "process"])
    assert done.exit_code == 2 and "chainrule grade one" in done.output
