"""Speed groups: by ratio to a rival, on inputs of their own, in one run."""

import pytest
from small_course import write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import Report

COURSE = """\
course: fast
title: Fast
timezone: UTC
assignments:
  one:
    title: Sums
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {total: 4}
"""
NOTEBOOK = '''\
# %%
import numpy as np


# %% exercise="total"
def total(x):
    """The sum of squares."""
    raise NotImplementedError


# %% example="total"
assert total(np.ones(2)) == 2
'''
ANSWERS = '''\
"""Answers."""

import numpy as np


def total(x):
    return float(np.sum(x * x))
'''
CHECKS = '''\
import numpy as np

from grader.vocabulary import SPEED, Forbid, case, exercise, faster


def by_loop(x: np.ndarray) -> float:
    s = 0.0
    for v in x:
        s += float(v) * float(v)
    return s


@exercise(forbid=Forbid("the dot product", calls=("numpy.dot",)))
def total(rng):
    """The sum of squares."""
    x = rng.normal(size=7)
    yield case(x, expect=float(x @ x))
    x = rng.normal(size=200_000)
    race = faster(than=by_loop, ratio=5, reason="NumPy is hundreds of times as fast as the loop")
    yield case(x, expect=float(x @ x), group=SPEED, faster=race)
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("total", "Leave the loop to NumPy.")
def total_by_loop(x):
    s = 0.0
    for v in x:
        s = s + float(v) ** 2
    return s
"""
SUBMISSIONS = {
    "honest": "import numpy as np\ndef total(x):\n    return float((x ** 2).sum())\n",
    "loop": "def total(x):\n    return float(sum(float(v) ** 2 for v in x))\n",
    "remembers": (
        "import numpy as np\nkept = {}\n"
        "def total(x):\n"
        "    if x.size not in kept:\n"
        "        kept[x.size] = float(sum(float(v) ** 2 for v in x))\n"
        "    return kept[x.size]\n"
    ),
    "cheats_when_large": (
        "import numpy as np\n"
        "def total(x):\n"
        "    return float(np.dot(x, x)) if x.size > 99 else float((x ** 2).sum())\n"
    ),
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = write_course(
        tmp_path_factory.mktemp("fast"), COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES
    )
    folder = root / "class"
    folder.mkdir()
    for student, source in SUBMISSIONS.items():
        (folder / f"{student}.py").write_text(source)
    return grade_class(load_course(root), "one", folder, Options(jobs=1), None)


def exercise_of(report: Report, student: str) -> tuple[str, float, str, str]:
    (submission,) = [s for s in report.submissions if s.student == student]
    (exercise,) = submission.exercises
    return exercise.verdict, exercise.score, exercise.mistake, exercise.message


def test_the_right_method_is_fast_enough(report: Report) -> None:
    assert exercise_of(report, "honest")[:2] == ("passed", 4.0)


def test_a_loop_is_right_but_too_slow(report: Report) -> None:
    verdict, score, mistake, message = exercise_of(report, "loop")
    assert (verdict, score, mistake) == ("failed", 2.0, "total_by_loop")
    assert "too slow" in message


def test_a_result_kept_from_an_earlier_call_is_wrong_in_the_race(report: Report) -> None:
    verdict, score, _, message = exercise_of(report, "remembers")
    assert (verdict, score) == ("failed", 2.0)
    assert "other inputs" in message


def test_a_forbidden_operation_for_large_inputs_only_is_seen(report: Report) -> None:
    verdict, score, _, message = exercise_of(report, "cheats_when_large")
    assert (verdict, score) == ("forbidden", 0.0)
    assert "numpy.dot" in message


def test_without_the_reason_there_is_no_ratio() -> None:
    from grader.vocabulary import faster

    with pytest.raises(ValueError, match="reason"):
        faster(than=exercise_of, ratio=3, reason=" ")
