"""How much a call holds at its peak: weighed from outside, beside a rival, or not at all.

What a process holds of the machine's memory stands here for what it holds of a GPU's, and NVML's
own structures carry it; a GPU is not needed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import policy  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

pytest.importorskip("pynvml")

import pynvml
from held_memory import watched  # type: ignore[import-not-found]
from recorded_nvml import NOT_TOLD, Library, answering  # type: ignore[import-not-found]

from grader.controller import messages, weighing
from grader.controller.findings import Standard
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.standards import answers_program
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson, load_lesson
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import ExerciseResult
from grader.vocabulary import MEMORY, case, leaner
from grader.worker.confine import Limits

ALLOWANCE = Allowance(60.0, 120.0, 1000)
COURSE = """\
course: lean
title: Lean
timezone: UTC
assignments:
  one:
    title: Sums
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {squares: 4, double: 1}
"""
NOTEBOOK = '''\
# %%
import torch


# %% exercise="squares"
def squares(x, y):
    """The sum over i and j of (x_i − y_j)²."""
    raise NotImplementedError


# %% example="squares"
assert squares(torch.ones(1), torch.ones(1)) == 0


# %% exercise="double"
def double(x):
    """2 x."""
    raise NotImplementedError


# %% example="double"
assert double(torch.ones(1)) == 2
'''
ANSWERS = '''\
"""Answers."""


def squares(x, y):
    total = 0
    for part in x.split(128):
        total = total + ((part[:, None] - y) ** 2).sum()
    return total


def double(x):
    return 2 * x
'''
CHECKS = '''\
import numpy as np

from grader.vocabulary import MEMORY, case, exercise, leaner


def by_parts(x, y):
    total = 0
    for part in x.split(256):
        total = total + ((part[:, None] - y) ** 2).sum()
    return total


def right(x, y):
    return np.asarray(len(y) * (x**2).sum() - 2 * x.sum() * y.sum() + len(x) * (y**2).sum())


@exercise()
def squares(rng):
    """The sum of squared differences."""
    x, y = rng.normal(size=5), rng.normal(size=3)
    yield case(x, y, expect=right(x, y))
    yield case(y, x, expect=right(y, x), dtype="float32", group="dtype and device")
    x, y = rng.normal(size=8192), rng.normal(size=4096)
    weight = leaner(than=by_parts, ratio=2, reason="all pairs at once hold eight times as much")
    yield case(
        x, y, expect=right(x, y), group=MEMORY, dtype="float32", needs="cuda", leaner=weight
    )


@exercise()
def double(rng):
    """Double."""
    x = rng.normal(size=3)
    yield case(x, expect=2 * x)
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("squares", "Square the differences.")
def not_squared(x, y):
    return (x[:, None] - y).sum()
"""
HOG = "def squares(x, y):\n    return ((x[:, None] - y) ** 2).sum()\n"
DOUBLE = "\n\ndef double(x):\n    return 2 * x\n"
ONE_BY_ONE = (
    "def squares(x, y):\n    return len(y) * (x**2).sum() - 2 * x.sum() * y.sum() "
    "+ len(x) * (y**2).sum()\n"
)
WRONG_ONCE_WEIGHED = (
    "calls = []\n"
    "def squares(x, y):\n"
    "    calls.append(len(x))\n"
    "    if len(calls) == 2 and calls[1] > 9:\n"
    "        return x.sum()\n"
    "    return ((x[:, None] - y) ** 2).sum()\n"
)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    root = tmp_path_factory.mktemp("lean")
    return load_lesson(
        load_course(write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)), "one"
    )


@pytest.fixture(scope="module")
def exercises(lesson: Lesson) -> dict[str, PreparedExercise]:
    """What is asked on a GPU, asked of workers on the CPU."""
    return {
        name: replace(one, device="cpu").called(name)
        for name, one in prepare(lesson, "seed", "cuda", 60.0).items()
    }


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(policy("process", Limits())) as made:
        yield made


@pytest.fixture(autouse=True)
def numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "numbered_as_machine", lambda: True)


def results(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson, source: str
) -> dict[str, ExerciseResult]:
    answers = execute(zygote, answers_program(lesson), list(exercises.values()), ALLOWANCE).runs
    asked = {name: run.asked for name, run in answers.items()}
    program = Program(((1, source + DOUBLE),))
    done = execute(zygote, program, list(exercises.values()), ALLOWANCE, asked=asked)
    assert done.forks <= 2
    return {
        name: judge_exercise(Standard(one, asked[name]), done.runs[name], (), ())
        for name, one in exercises.items()
    }


def groups(result: ExerciseResult) -> dict[str, bool]:
    return {group.name: group.passed for group in result.groups}


@pytest.mark.parametrize("source", [ONE_BY_ONE, ANSWERS])
def test_a_lean_answer_has_all_points(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson, source: str
) -> None:
    with answering(watched(zygote)) as library:
        found = results(zygote, exercises, lesson, source)
    assert library.looks > 8
    assert (found["squares"].verdict, found["squares"].score) == ("passed", 4.0)
    assert found["squares"].message == "" and groups(found["squares"])[MEMORY]


def test_a_right_answer_that_holds_too_much_loses_that_group_alone(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson
) -> None:
    with answering(watched(zygote)):
        found = results(zygote, exercises, lesson, HOG)
    assert (found["squares"].verdict, found["squares"].score) == ("failed", 3.0)
    assert groups(found["squares"]) == {"values": True, "dtype and device": True, MEMORY: False}
    assert "right, but it holds too much of the GPU's memory" in found["squares"].message
    assert found["double"].verdict == "passed"


def test_the_result_of_the_weighed_call_counts(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson
) -> None:
    with answering(watched(zygote)):
        found = results(zygote, exercises, lesson, WRONG_ONCE_WEIGHED)
    assert not groups(found["squares"])[MEMORY]
    assert "the result is wrong" in found["squares"].message


def test_where_nothing_is_told_nothing_is_lost(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson
) -> None:
    with answering(watched(zygote, lambda held: NOT_TOLD)):
        found = results(zygote, exercises, lesson, HOG)
    assert (found["squares"].verdict, found["squares"].score) == ("passed", 4.0)
    assert found["squares"].message == messages.UNWEIGHED
    assert MEMORY not in groups(found["squares"])


def test_without_nvml_nothing_is_lost(
    zygote: Zygote, exercises: dict[str, PreparedExercise], lesson: Lesson
) -> None:
    with answering(Library([], code=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)):
        found = results(zygote, exercises, lesson, HOG)
    assert (found["squares"].verdict, found["squares"].message) == ("passed", messages.UNWEIGHED)


def test_without_a_gpu_no_points_hang_on_it(lesson: Lesson, tmp_path: Path) -> None:
    root = write_course(tmp_path, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "hog.py").write_text(HOG + DOUBLE)
    report = grade_class(
        load_course(root), "one", folder, Options(jobs=1, isolation="process"), None
    )
    squares, double = report.submissions[0].exercises
    assert (squares.verdict, squares.score, squares.message) == ("passed", 4.0, messages.UNWEIGHED)
    assert groups(squares) == {"values": True, "dtype and device": True}
    assert (double.verdict, double.message) == ("passed", "")


def test_what_is_asked_must_be_sensible() -> None:
    weight = leaner(than=lesson_stub, ratio=2, reason="it holds all pairs")
    with pytest.raises(ValueError, match='needs="cuda"'):
        case(1, expect=1, leaner=weight)
    for ratio, reason in ((0.5, "why"), (2, " ")):
        with pytest.raises(ValueError, match="ratio"):
            leaner(than=lesson_stub, ratio=ratio, reason=reason)


def lesson_stub() -> None:
    return None
