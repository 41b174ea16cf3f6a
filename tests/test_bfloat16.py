"""A case may ask bfloat16: its inputs, its results and a tolerance of its own."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from on_gpu import DEVICES  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.comparing.tolerance import FLOORS, measured
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import ExerciseResult, Report
from grader.vocabulary import as_bfloat16

COURSE = """\
course: narrow
title: Narrow
timezone: UTC
assignments:
  one:
    title: Products
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {product: 4}
"""
NOTEBOOK = '''\
# %%
import torch


# %% exercise="product"
def product(a, b):
    """The product of two matrices."""
    raise NotImplementedError


# %% example="product"
assert product(torch.ones(1, 1), torch.ones(1, 1)) == 1
'''
ANSWERS = '"""Answers."""\n\n\ndef product(a, b):\n    return a @ b\n'
CHECKS = '''\
from grader.vocabulary import DEVICE, as_bfloat16, case, exercise


@exercise()
def product(rng):
    """Multiply."""
    a, b = rng.normal(size=(3, 4)), rng.normal(size=(4, 2))
    yield case(a, b, expect=a @ b)
    a, b = as_bfloat16(rng.normal(size=(6, 33))), as_bfloat16(rng.normal(size=(33, 5)))
    yield case(a, b, expect=a @ b, group=DEVICE, dtype="bfloat16")
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("product", "Look at which axes are summed.")
def elementwise(a, b):
    return a[:, : b.shape[1]] * b.sum(0)
"""
SUBMISSIONS = {
    "right": "def product(a, b):\n    return a @ b\n",
    "by_sums": "def product(a, b):\n    return (a[:, :, None] * b).sum(1)\n",
    "widened_inside": "def product(a, b):\n    return (a.double() @ b.double()).to(a.dtype)\n",
    "widened": "def product(a, b):\n    return (a.double() @ b.double())\n",
    "off": "def product(a, b):\n    return a @ b * (1.2 if a.dtype == torch.bfloat16 else 1)\n",
    "changes": (
        "def product(a, b):\n"
        "    c = a @ b\n"
        "    if a.dtype == torch.bfloat16:\n"
        "        a += 1\n"
        "    return c\n"
    ),
}


@pytest.fixture(scope="module", params=DEVICES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("narrow")
    course = load_course(write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES))
    folder = root / "class"
    folder.mkdir()
    for name, source in SUBMISSIONS.items():
        Path(folder / f"{name}.py").write_text(f"import torch\n\n\n{source}")
    options = Options(jobs=1, isolation="process", device=request.param)
    return grade_class(course, "one", folder, options, None)


def result(report: Report, student: str) -> ExerciseResult:
    (found,) = [one for one in report.submissions if one.student == student]
    return found.exercises[0]


@pytest.mark.parametrize("student", ["right", "by_sums", "widened_inside"])
def test_right_methods_pass(report: Report, student: str) -> None:
    found = result(report, student)
    assert (found.verdict, found.score) == ("passed", 4.0), found.message


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("widened", "expected bfloat16, got float64"),
        ("off", "wrong"),
        ("changes", "argument 1 is changed"),
    ],
)
def test_what_is_wrong_in_bfloat16_loses_that_group(
    report: Report, student: str, words: str
) -> None:
    found = result(report, student)
    groups = {group.name: group.passed for group in found.groups}
    assert groups == {"values": True, "dtype and device": False} and words in found.message


@given(st.lists(st.floats(width=32), min_size=1))
def test_numbers_are_rounded_as_torch_does(values: list[float]) -> None:
    whole = np.array(values, np.float32)
    want = torch.from_numpy(whole).bfloat16().double().numpy()
    assert np.array_equal(as_bfloat16(whole), want, equal_nan=True)


def test_the_floor_is_wider_than_rounding_and_narrower_than_a_slip() -> None:
    floor = FLOORS["bfloat16"]
    assert 2**-8 < floor.rtol < 0.05 and floor.rtol > FLOORS["float16"].rtol
    assert measured("bfloat16", 0.01).atol == pytest.approx(floor.atol + 0.08)
