"""The gradebook in PostgreSQL, and two writers on SQLite."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course.syllabus import load_course
from grader.nbgrader.collecting import collect
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import api_of, gradebook, synchronise
from tests.loop_class import (
    LATE,
    ONE,
    SQUARED,
    answered,
    graded,
    grades,
    hand_in,
    set_manual,
    small_course,
)
from tests.postgres_server import server


@pytest.fixture
def postgresql() -> Iterator[str]:
    """URL of a throw-away cluster, as course.yml spells it."""
    with server() as running:
        yield running.url


def test_the_loop_runs_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    course = small_course(tmp_path, f"{LATE}database: {postgresql}\n")
    release(course, ONE)
    hand_in(course, {"ann": answered(course), "ben": answered(course, double=SQUARED)})
    hand_in(course, {"late": answered(course)}, hours=30)
    collect(course, ONE)
    _, entered = graded(course)
    assert entered.failed == {} and len(entered.entered) == 3
    assert grades(course, "ann")["test-double"] == (2.0, None, 2.0)
    assert grades(course, "ben")["test-double"] == (0.0, None, 0.0)
    set_manual(course, "ann", "why", 1.0)
    hand_in(course, {"ann": answered(course, double=SQUARED)}, hours=-1)
    collect(course, ONE)
    graded(course)
    assert grades(course, "ann")["why"] == (None, 1.0, 1.0)
    assert grades(course, "ann")["test-double"][0] == 0.0
    with gradebook(course) as book:
        late = book.find_submission_notebook(ONE, ONE, "late")
        assert (late.score, late.late_submission_penalty) == (5.0, 1.0)
    assert not (places_of(course).home / "gradebook.db").exists()


def test_a_new_gradebook_needs_no_activated_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader runs `alembic` by name to make one, and `python` is given by its path."""
    monkeypatch.setenv("PATH", "/nowhere")
    course = small_course(tmp_path)
    home = places_of(course).home
    home.mkdir(parents=True)
    with gradebook(course) as book:
        assert book.students == []
    assert (home / "gradebook.db").exists()


def test_two_nbgraders_at_once_lose_no_student(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    release(course, ONE)
    hand_in(course, {f"s{n}": answered(course) for n in range(8)})
    collect(course, ONE)
    graded(course)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("__file__)", '__file__, isolation="process")'))
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    command = [nbgrader, "autograde", ONE, "--force"]
    both = [
        subprocess.Popen(
            [*command, f"--student={students}"],
            cwd=course.root,
            stderr=subprocess.PIPE,
            text=True,
        )
        for students in ("s[0-3]", "s[4-7]")
    ]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    for number in range(8):
        assert grades(course, f"s{number}")["test-Counter"] == (3.0, None, 3.0)


def test_a_name_that_holds_markup_opens_no_tag_in_the_formgrader(tmp_path: Path) -> None:
    """Its templates escape nothing, and students choose their names in an LMS."""
    small_course(tmp_path, f"{LATE}roster: roster.csv\n")
    (tmp_path / "roster.csv").write_text(
        'id,first_name,last_name\nann,<img src=x onerror=alert(1)>,"O\'Brien, J."\n'
    )
    course = load_course(tmp_path)
    api_of(course)  # lets nbgrader find what makes its database
    synchronise(course, [])
    with gradebook(course) as book:
        student = book.find_student("ann")
        assert student.last_name == "O'Brien, J."
        assert student.first_name == "<\u2060img src=x onerror=alert(1)>"
