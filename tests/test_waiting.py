"""Waiting for a device number by number loses a race, and costs no mark where there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import policy  # type: ignore[import-not-found]
from devices import DEVICES  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.grading.grading import Options, grade_class
from grader.grading.pool import Slot, slots
from grader.results import ExerciseResult
from grader.validate.record import Validation
from grader.validate.validating import Effort, validate
from grader.worker.confine import Limits
from grader.worker.devices import Device

COURSE = """\
course: small
title: A small course
timezone: UTC
limits: {seconds: 60, total_seconds: 200}
assignments:
  one:
    title: The first
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {roots: 2, halves: 2}
"""
NOTEBOOK = '''\
# %%
import torch

# %% exercise="roots"
def roots(x):
    """√x, fast."""
    raise NotImplementedError


# %% example="roots"
assert roots(torch.ones(2)).tolist() == [1, 1]


# %% exercise="halves"
def halves(x):
    """x / 2."""
    raise NotImplementedError


# %% example="halves"
assert halves(torch.ones(2)).tolist() == [0.5, 0.5]
'''
ANSWERS = """\
import torch


def roots(x):
    return x.sqrt()


def halves(x):
    return x / 2
"""
CHECKS = '''\
import numpy as np

from grader.vocabulary import DEVICE, SPEED, case, exercise, faster


def one_by_one(x):
    import torch

    return torch.stack([each.sqrt() for each in x])


@exercise()
def roots(rng):
    """Square roots, raced."""
    for n, group, dtype in [(3, "values", "float64"), (4, DEVICE, "float32")]:
        x = rng.uniform(1, 2, size=n)
        yield case(x, expect=np.sqrt(x), group=group, dtype=dtype)
    x = rng.uniform(1, 2, size=20000)
    race = faster(than=one_by_one, ratio=RATIO, reason="30 times at once, 2 number by number")
    yield case(x, expect=np.sqrt(x), group=SPEED, faster=race)


@exercise()
def halves(rng):
    """Halves, not raced."""
    for n, group, dtype in [(3, "values", "float64"), (4, DEVICE, "float32")]:
        x = rng.normal(size=n)
        yield case(x, expect=x / 2, group=group, dtype=dtype)
'''
MISTAKES = "from grader.vocabulary import mistake\n" + "".join(
    f'''

@mistake("{exercise}", "It is no {what}.")
def {exercise}_by_{what}(x):
    return {code}
'''
    for exercise in ("roots", "halves")
    for what, code in (("square", "x**2"), ("sign", "-x"), ("sum", "x + x.sum()"))
)
SLOW = "[each.item() for each in _all.reshape(-1)]"
ONE_ITEM = "if x.sum().item() != x.sum().item():\n        raise ValueError('no numbers')"
"""What a right answer may ask of a device: one number, to look at it."""
EVERYWHERE = ["cpu", *DEVICES]


def course_asking(folder: Path, ratio: float) -> Course:
    checks = CHECKS.replace("RATIO", f"{ratio:g}")
    root = write_course(folder, COURSE, NOTEBOOK, ANSWERS, checks, MISTAKES)
    (root / "reference").mkdir()
    (root / "reference/__init__.py").touch()
    return load_course(root)


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> Device:
    name: Device = request.param
    return name


@pytest.fixture
def places(device: Device) -> Iterator[list[Slot]]:
    made = slots(policy("process", Limits(), device=device), 1)
    yield made
    for place in made:
        place.discard()


def proved(folder: Path, ratio: float, places: list[Slot], device: Device) -> Validation:
    return validate(course_asking(folder, ratio), "one", Effort(1, True, device), places)


def of_devices(found: Validation) -> list[str]:
    return [one.subject for one in found.complaints if one.proof == "device handling"]


def test_numbers_asked_back_one_by_one_lose_a_race(
    tmp_path: Path, places: list[Slot], device: Device
) -> None:
    found = proved(tmp_path, 10, places, device)
    assert of_devices(found) == []
    # Left on the CPU and float64 of each, and of the one that is raced, asked back.
    assert found.mutants == found.killed == 5


def test_a_race_that_they_win_is_named(tmp_path: Path, places: list[Slot], device: Device) -> None:
    found = proved(tmp_path, 0.01, places, device)
    (subject,) = of_devices(found)
    assert subject.startswith("roots: return x.sqrt() -> ") and SLOW in subject
    assert (found.mutants, found.killed) == (5, 4)


def graded(folder: Path, device: Device, answers: str) -> list[ExerciseResult]:
    course = course_asking(folder, 10)
    (folder / "handed_in").mkdir()
    (folder / "handed_in/ann.py").write_text(answers)
    options = Options(jobs=1, device=device, isolation="process")
    (submission,) = grade_class(course, "one", folder / "handed_in", options, None).submissions
    return list(submission.exercises)


@pytest.mark.parametrize("device", EVERYWHERE)
def test_one_number_asked_back_costs_no_mark(tmp_path: Path, device: Device) -> None:
    answers = ANSWERS.replace("    return", f"    {ONE_ITEM}\n    return")
    assert answers.count("item()") == 4
    for result in graded(tmp_path, device, answers):
        assert (result.verdict, result.score) == ("passed", 2), result.message


@pytest.mark.parametrize("device", EVERYWHERE)
def test_where_no_speed_is_asked_all_numbers_may_be_asked_back(
    tmp_path: Path, device: Device
) -> None:
    loop = "    return x.new_tensor([each.item() / 2 for each in x])"
    _, halves = graded(tmp_path, device, ANSWERS.replace("    return x / 2", loop))
    assert (halves.verdict, halves.score) == ("passed", 2), halves.message
