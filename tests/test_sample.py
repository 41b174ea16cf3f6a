"""The sample class: made by a seed."""

from pathlib import Path

import pytest

from grader.course.syllabus import Course, load_course
from grader.demo.sample import make_class, student_names
from grader.demo.variations import vary
from grader.errors import UsageError

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


def test_the_same_seed_makes_the_same_class(course: Course) -> None:
    first, again = (make_class(course, "lec05_backprop", 24, seed=3) for _ in range(2))
    assert first == again
    assert [s.payload for s in first] != [
        s.payload for s in make_class(course, "lec05_backprop", 24, seed=4)
    ]


def test_a_class_has_all_kinds_of_students(course: Course) -> None:
    intents = [student.intent for student in make_class(course, "lec05_backprop", 24)]
    assert intents[0] == "all right"
    for kind in ("left out", "truncated", "never ends"):
        assert any(kind in intent for intent in intents)


def test_names_are_distinct_in_a_large_class() -> None:
    assert len(set(student_names(300))) == 300


def test_a_class_of_nobody_is_refused(course: Course) -> None:
    with pytest.raises(UsageError, match="at least one"):
        make_class(course, "lec05_backprop", 0)


def test_variations_are_all_different(course: Course) -> None:
    varied = vary(course, "lec05_backprop", 40)
    assert len({one.student.payload for one in varied}) == 40
