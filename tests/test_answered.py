"""What the model answers reply to stand-ins is asked once for a class, and serves nobody else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import write_course  # type: ignore[import-not-found]
from test_follow_through import (  # type: ignore[import-not-found]
    ANSWERS,
    CHECKS,
    COURSE,
    MISTAKES,
    NO_SHIFT,
    NOTEBOOK,
)

from grader.controller.answered import Answered, question_key
from grader.controller.conversation import Conversation
from grader.controller.standards import Standards
from grader.controller.staying import Staying
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course, load_course
from grader.grading.grading import Grading, Options, begin, judge_one, program_of, run_one
from grader.grading.machine import allowance_of, policy_for
from grader.results import SubmissionResult
from grader.submissions import discover, read

SHIFTS_TWICE = NO_SHIFT.replace("return 3 * x", "return 3 * x + 2")
OTHERWISE = NO_SHIFT.replace("x = scale(x)", "x = scale(x + 0.5)")
"""Asks `scale` other things than anybody who chains rightly."""


def test_a_question_is_known_by_all_that_its_answer_hangs_on() -> None:
    tree: Any = ["list", [["array", "float32", [2]]]]
    asked = [
        question_key("scale", tree, memoryview(b"12345678")),
        question_key("chain", tree, memoryview(b"12345678")),
        question_key("scale", tree, memoryview(b"12345679")),
        question_key("scale", ["list", [["array", "int32", [2]]]], memoryview(b"12345678")),
    ]
    assert len(set(asked)) == len(asked)
    assert asked[0] == question_key("scale", tree, memoryview(b"12345678"))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=60))
@settings(deadline=None)
def test_replies_have_their_room_and_stay_what_they_are(kept: list[tuple[int, int]]) -> None:
    answered = Answered(most=60)
    for name, size in kept:
        key = b"%d" % name
        known = answered.recall(key)
        answered.keep(key, bytes([name]) * size)
        found = answered.recall(key)
        assert found == (bytes([name]) * size if known is None else known)
        assert answered.held <= 60
    assert answered.recall(b"never") is None
    answered.keep(b"huge", b"x" * 61)
    assert answered.recall(b"huge") is None


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("answered") / "course"
    write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    return load_course(root)


@pytest.fixture(scope="module")
def grading(course: Course) -> Grading:
    return begin(course, "one", Options(isolation="process"))


@pytest.fixture(scope="module")
def zygote(course: Course) -> Iterator[Zygote]:
    with Zygote(policy_for(course, load_lesson(course, "one"), "process", "cpu")) as made:
        yield made


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the model answers' worker is asked from now on."""
    asked: list[bytes] = []
    exchange = Conversation.exchange

    def counted(one: Conversation, request: bytes, most: Any) -> Any:
        asked.append(request)
        return exchange(one, request, most)

    monkeypatch.setattr(Conversation, "exchange", counted)
    return asked


def graded(
    course: Course, grading: Grading, zygote: Zygote, standards: Standards, path: Path
) -> SubmissionResult:
    allowance = allowance_of(course.limits_of("one"))
    submission = read(discover(path, "one")[0])
    program = program_of(grading, submission)
    with closing(Staying()) as staying:
        retrial = run_one(grading, standards, program, zygote, allowance, staying)
        return judge_one(grading, submission, retrial, allowance)


def test_a_class_asks_the_model_answers_once(
    course: Course, grading: Grading, zygote: Zygote, questions: list[bytes], tmp_path: Path
) -> None:
    allowance = allowance_of(course.limits_of("one"))

    def handed_in(source: str) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.py"
        path.write_text(source, encoding="utf-8")
        return path

    def results(source: str, standards: Standards) -> tuple[Any, int]:
        questions.clear()
        result = graded(course, grading, zygote, standards, handed_in(source))
        return [one.model_dump() for one in result.exercises], len(questions)

    def fresh() -> Standards:
        return Standards(grading.lesson, grading.prepared, allowance, zygote)

    standards = fresh()
    first, asked = results(NO_SHIFT, standards)
    assert asked > 0 and any(one["follow_through"] for one in first)
    again, asked = results(NO_SHIFT, standards)
    assert asked == 0 and again == first
    other, asked = results(SHIFTS_TWICE, standards)
    assert asked == 0 and other == results(SHIFTS_TWICE, fresh())[0]
    wrong, asked = results(OTHERWISE, standards)
    assert asked > 0 and wrong == results(OTHERWISE, fresh())[0]
    verdicts = {one["name"]: one["verdict"] for one in wrong}
    assert verdicts["chain"] == "failed"
