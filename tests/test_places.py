"""Where assignments are proved: the next one's zygote starts early, and each ends in its turn."""

from pathlib import Path

import pytest
from small_course import write_course  # type: ignore[import-not-found]
from test_follow_through import (  # type: ignore[import-not-found]
    ANSWERS,
    CHECKS,
    COURSE,
    MISTAKES,
    NOTEBOOK,
)

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.validate import places
from grader.validate.places import places_of
from grader.worker.confine import Policy


class Noting:
    """A slot that notes what becomes of it."""

    def __init__(self, notes: list[str], number: int) -> None:
        self._notes, self._number = notes, number

    def begin(self) -> None:
        self._notes.append(f"begin {self._number}")

    def discard(self) -> None:
        self._notes.append(f"end {self._number}")


@pytest.fixture
def notes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []

    def slots(policy: Policy, jobs: int) -> list[Noting]:
        return [Noting(made, sum(note.startswith("begin") for note in made))]

    monkeypatch.setattr(places, "slots", slots)
    return made


@pytest.fixture
def course(tmp_path: Path) -> Course:
    write_course(tmp_path / "course", COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    return load_course(tmp_path / "course")


def test_the_next_one_begins_while_one_is_proved(course: Course, notes: list[str]) -> None:
    for number, (name, _) in enumerate(places_of(course, ["one"] * 3, 1, "process", "cpu")):
        assert name == "one"
        notes.append(f"proved {number}")
    assert notes == [
        "begin 0", "begin 1", "proved 0", "end 0",
        "begin 2", "proved 1", "end 1", "proved 2", "end 2",
    ]  # fmt: skip


def test_what_fails_on_the_way_leaves_nothing_behind(course: Course, notes: list[str]) -> None:
    given_up = places_of(course, ["one"] * 3, 1, "process", "cpu")
    next(given_up)
    given_up.close()
    with pytest.raises(CourseError):
        list(places_of(course, ["one", "unknown"], 1, "process", "cpu"))
    begun, ended = ([n for n in notes if n.startswith(w)] for w in ("begin", "end"))
    assert len(begun) == len(ended) > 0
