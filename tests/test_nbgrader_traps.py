"""nbgrader's traps that a class as a whole does not show: its rule of scores, deaths, faults."""

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from sqlalchemy import Connection, Engine, event

from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import enter_scores
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.scores import SaveScores, enter
from grader.results import ExerciseResult, Report
from tests.loop_class import ONE, SQUARED, answered, graded, grades, hand_in, small_course


def entered(score: float, of: float, points: float, **more: Any) -> Any:
    cell = new_code_cell("assert True")
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": points,
                                 "grade_id": "test-x", "locked": True}  # fmt: skip
    fields = {"name": "x", "verdict": "failed", "score": score, "max_score": of, "groups": ()}
    enter(cell, ExerciseResult.model_validate(fields | more))
    return cell


@pytest.mark.parametrize(
    ("score", "of", "points", "counts"),
    [
        (2.0, 2.0, 2.0, 2.0),
        (0.0, 2.0, 2.0, 0.0),
        (0.1 + 0.2, 0.3, 0.3, 0.3),
        (-1.0, 2.0, 2.0, 0.0),
        (5.0, 2.0, 2.0, 2.0),
        (1.0, 2.0, 4.0, 2.0),
        (1.0, 3.0, 3.0, 1.0),
        (0.0, 0.0, 2.0, 0.0),
        (1e-12, 2.0, 2.0, 0.0),
    ],
)
def test_nbgraders_rule_reads_what_was_meant(
    score: float, of: float, points: float, counts: float
) -> None:
    found, maximum = determine_grade(entered(score, of, points))
    assert (found, maximum) == (pytest.approx(counts), points)
    assert found <= points


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_no_number_is_no_mark_and_not_full_marks(score: float) -> None:
    with pytest.raises(GraderError, match="grade again"):
        entered(score, 2.0, 2.0)


def test_the_graders_own_fault_is_no_zero() -> None:
    with pytest.raises(GraderError, match="the grader failed"):
        entered(0.0, 2.0, 2.0, verdict="grader_error", message="a worker was lost")


def test_hostile_messages_are_text_and_decide_nothing() -> None:
    cell = entered(0.0, 2.0, 2.0, message="\x1b[31m<script>\x1b[0m 2.0", hint="nan")
    assert determine_grade(cell)[0] == 0.0
    assert cell.outputs[0]["data"] == {
        "text/plain": "x: failed, 0 of 2 points\nHint: nan\n<script> 2.0"
    }


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = small_course(tmp_path)
    release(made, ONE)
    return made


def class_of(course: Course, count: int) -> Report:
    hand_in(course, {f"s{n}": answered(course) for n in range(count)})
    collect(course, ONE)
    return graded(course)[0]


def test_a_fault_of_ours_leaves_the_mark_and_the_neighbours_alone(course: Course) -> None:
    report = class_of(course, 3)
    lost = {"status": "grader_error", "message": "a worker was lost", "exercises": (), "score": 0.0}
    changed = [r.model_copy(update=lost) if r.student == "s1" else r for r in report.submissions]
    hand_in(course, {"s2": answered(course, double=SQUARED)}, hours=-1)
    collect(course, ONE)
    result = enter_scores(course, ONE, report.model_copy(update={"submissions": tuple(changed)}),
                          "process")  # fmt: skip
    assert list(result.failed) == ["s1"] and "a worker was lost" in result.failed["s1"]
    assert grades(course, "s1")["test-double"] == (2.0, None, 2.0)


def test_a_pass_killed_at_any_student_is_made_whole_by_the_next(course: Course) -> None:
    hand_in(course, {f"s{n}": answered(course) for n in range(4)})
    collect(course, ONE)
    child = os.fork()
    if not child:
        plain, seen = SaveScores.preprocess, []

        def dying(self: SaveScores, nb: Any, resources: Any) -> Any:
            seen.append(resources["nbgrader"]["student"])
            if len(seen) == 3:
                os._exit(9)
            return plain(self, nb, resources)

        SaveScores.preprocess = dying  # type: ignore[method-assign]
        try:
            graded(course)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    _, result = graded(course)
    assert result.failed == {} and len(result.entered) == 2 and len(result.unchanged) == 2
    for number in range(4):
        assert grades(course, f"s{number}")["test-Counter"] == (3.0, None, 3.0)


def test_a_student_is_one_transaction_of_a_pass(course: Course) -> None:
    hand_in(course, {f"s{n}": answered(course) for n in range(3)})
    collect(course, ONE)
    commits, opened = [], []
    plain = Gradebook.check_course

    def counted(self: Gradebook, *names: Any, **more: Any) -> Any:
        opened.append(self)
        return plain(self, *names, **more)

    def note(connection: Connection) -> None:
        if str(connection.engine.url.database).endswith("gradebook.db"):
            commits.append(connection)

    report, _ = graded(course)
    changed = tuple(one.model_copy(update={"message": "another"}) for one in report.submissions)
    event.listen(Engine, "commit", note)
    Gradebook.check_course = counted
    try:
        result = enter_scores(
            course, ONE, report.model_copy(update={"submissions": changed}), "process"
        )
    finally:
        Gradebook.check_course = plain
        event.remove(Engine, "commit", note)
    assert len(result.entered) == 3
    assert 3 <= len(commits) <= 3 + 9  # besides: the roster, the due date, who is there already
    assert len(opened) <= 4


def test_what_fails_in_the_middle_leaves_no_half_of_a_student(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = class_of(course, 3)
    before = {name: grades(course, name) for name in ("s0", "s1", "s2")}
    hand_in(course, {f"s{n}": answered(course, double=SQUARED) for n in range(3)}, hours=-1)
    collect(course, ONE)
    plain = SaveScores.preprocess

    def failing(self: SaveScores, nb: Any, resources: Any) -> Any:
        made = plain(self, nb, resources)
        if resources["nbgrader"]["student"] == "s1":
            raise ValueError("after the scores were sent")
        return made

    monkeypatch.setattr(SaveScores, "preprocess", failing)
    again, result = graded(course)
    assert list(result.failed) == ["s1"] and again != report
    assert grades(course, "s1") == before["s1"]
    assert grades(course, "s0") != before["s0"] and grades(course, "s2") != before["s2"]


def test_a_lost_gradebook_is_filled_again(course: Course) -> None:
    class_of(course, 2)
    (places_of(course).home / "gradebook.db").unlink()
    release(course, ONE)
    _, result = graded(course)
    assert result.entered == ("s0", "s1")
    assert grades(course, "s0")["test-double"] == (2.0, None, 2.0)


def test_nbgrader_finds_alembic_without_an_activated_environment(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    (tmp_path / "build").mkdir()
    from grader.notebook.build import build

    build(course, [ONE])
    done = subprocess.run(
        [str(Path(sys.executable).with_name("nbgrader")), "generate_assignment", ONE],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (places_of(course).home / "gradebook.db").is_file()


def test_a_student_who_hands_in_again_is_entered_with_the_new_time(course: Course) -> None:
    class_of(course, 1)
    hand_in(course, {"s0": answered(course)}, hours=30)
    collect(course, ONE)
    _, result = graded(course)
    assert result.entered == ("s0",)  # the same bytes, later: the penalty is new
    from grader.nbgrader.steps import gradebook

    with gradebook(course) as book:
        assert book.find_submission_notebook(ONE, ONE, "s0").late_submission_penalty == 1.0


def test_names_of_people_are_ids(course: Course) -> None:
    names = ("王伟", "O'Brien", "Doe, Jane", "José Núñez", "a (b)")
    hand_in(course, {name: answered(course) for name in names})
    collect(course, ONE)
    _, first = graded(course)
    assert set(first.entered) == set(names) and first.failed == {}
    hand_in(course, {"王伟": answered(course, double=SQUARED)}, hours=-1)
    collect(course, ONE)
    _, again = graded(course)
    assert again.entered == ("王伟",) and again.failed == {}
    written = write_feedback(course, ONE)
    assert set(written.pages) == set(names) and written.failed == {}
