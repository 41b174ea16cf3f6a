"""Rounds: a resubmission after feedback meets new hidden cases, and nobody else does unasked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.course.rounds import mark_shown, round_of, round_seed, shown
from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.grading.grading import Options, begin
from grader.grading.keeping import opened
from tests.loop_class import ONE, SQUARED, answered, hand_in, small_course

GRADE = ("grade", ONE, "--isolation", "process", "--device", "cpu")


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done


def inputs(course: Course) -> list[str]:
    """The inputs of the hidden cases that a run would draw now."""
    grading = begin(load_course(course.root), ONE, Options())
    return [str(call.tree) for call in grading.prepared["double"].calls]


def rounds(course: Course) -> dict[str, tuple[int, float]]:
    with opened(course) as store:
        return {one.student: (one.round, one.score) for one in store.latest(ONE)}


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    made = small_course(tmp_path)
    monkeypatch.chdir(made.root)
    monkeypatch.setenv("COLUMNS", "200")
    return made


def test_feedback_ends_a_round(course: Course) -> None:
    run("release", ONE)
    wrong = answered(course, double=SQUARED)
    hand_in(course, {"ann": answered(course), "ben": wrong})
    run("collect", ONE)
    first = run(*GRADE)
    before = inputs(course)
    assert "round" not in first.output and inputs(course) == before
    assert rounds(course) == {"ann": (1, 5.0), "ben": (1, 3.0)}
    run(*GRADE)
    assert inputs(course) == before and shown(course.root) == {}, "only feedback ends a round"

    run("feedback", ONE)
    after = inputs(course)
    assert shown(course.root) == {ONE: 1} and round_of(course, ONE) == 2
    assert len(after) == len(before) and not set(after) & set(before)
    run("feedback", ONE)
    assert inputs(course) == after, "nothing was graded in the second round yet"

    # Who hands in again meets the new cases; who does not keeps what was told.
    hand_in(course, {"ben": answered(course, why="It doubles.")}, hours=-4)
    run("collect", ONE)
    second = run(*GRADE, "--json", "second.json")
    assert rounds(course) == {"ann": (1, 5.0), "ben": (2, 5.0)}
    assert "1 in round 1, 1 in round 2" in second.output
    report = json.loads((course.root / "second.json").read_text())
    assert report["round"] == 2
    assert [one["round"] for one in report["submissions"]] == [1, 2]

    asked = run(*GRADE, "--fresh")
    assert rounds(course) == {"ann": (2, 5.0), "ben": (2, 5.0)}
    assert "in round" not in asked.output
    run("feedback", ONE)
    assert shown(course.root) == {ONE: 2}


def test_nbgraders_own_release_ends_a_round_too(course: Course) -> None:
    run("release", ONE)
    hand_in(course, {"ann": answered(course)})
    run("collect", ONE)
    run(*GRADE)
    assert round_of(course, ONE) == 1
    for step in ("generate_feedback", "release_feedback"):
        command = [sys.executable, "-m", "nbgrader", step, ONE]
        done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=240)
        assert done.returncode == 0, done.stderr
    assert round_of(course, ONE) == 2


def test_a_round_can_be_pinned(course: Course) -> None:
    first = inputs(course)
    mark_shown(course.root, ONE, 3)
    assert round_of(course, ONE) == 4 and inputs(course) != first
    path = course.root / "course.yml"
    path.write_text(path.read_text().replace("    lecture: 1", "    round: 1\n    lecture: 1"))
    assert inputs(course) == first and round_of(load_course(course.root), ONE) == 1
    path.write_text(path.read_text().replace("round: 1", "round: 0"))
    with pytest.raises(CourseError, match=r"round is 0: give a number"):
        load_course(course.root)


def test_every_round_has_cases_of_its_own(course: Course) -> None:
    seen: set[str] = set()
    for number in range(5):
        drawn = set(inputs(course))
        assert drawn and not drawn & seen
        seen |= drawn
        mark_shown(course.root, ONE, number + 1)
    mark_shown(course.root, ONE, 2)
    assert shown(course.root) == {ONE: 5}, "a round does not come back"
    assert len({round_seed("s", name, n) for name in "ab" for n in (2, 3)}) == 4


def test_another_section_of_the_same_course_has_other_cases(tmp_path: Path) -> None:
    one, other = (small_course(tmp_path / name) for name in ("one", "other"))
    assert (one.root / "course.yml").read_text() == (other.root / "course.yml").read_text()
    assert not set(inputs(one)) & set(inputs(other))


@pytest.mark.parametrize("text", ["", "[]", '{"one": 0}', '{"one": "1"}', '{"one": true}'])
def test_a_damaged_record_of_rounds_is_a_complaint(course: Course, text: str) -> None:
    mark_shown(course.root, ONE, 1)
    path = course.root / ".chainrule" / "rounds.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text(text)
    with pytest.raises(CourseError, match="damaged"):
        round_of(course, ONE)
