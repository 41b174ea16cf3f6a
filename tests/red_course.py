"""A torch course of three cheap exercises, to be attacked; and one run that xdist workers share."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest
from small_course import write_course  # type: ignore[import-not-found]

from grader.results import Report

COURSE = """\
course: red
title: A course under attack
timezone: Asia/Shanghai
limits:
  seconds: 4
  total_seconds: 16
  memory_mb: 400
  processes: 48
  disk_mb: 8
  output_kb: 16
assignments:
  one:
    title: The first
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {scale: 2, product: 2, Tally: 1}
"""

NOTEBOOK = '''\
# %%
import torch


# %% exercise="scale"
def scale(x):
    """3 x + 1."""
    raise NotImplementedError


# %% example="scale"
assert scale(torch.ones(1)) == 4, "3 · 1 + 1 is 4"


# %% exercise="product"
def product(a, b):
    """The product of two matrices."""
    raise NotImplementedError


# %% example="product"
assert product(torch.ones(1, 1), torch.ones(1, 1)) == 1


# %% exercise="Tally"
class Tally:
    """Counts what it is given."""

    def add(self, x):
        raise NotImplementedError


# %% example="Tally"
assert Tally().add(torch.ones(2)) == 2
'''

ANSWERS = '''\
"""Answers."""

import torch


def scale(x):
    return 3 * x + 1


def product(a, b):
    return (a[:, :, None] * b[None]).sum(1)


class Tally:
    def __init__(self):
        self.count = 0

    def add(self, x):
        self.count += x.numel()
        return self.count
'''

CHECKS = '''\
import numpy as np

from grader.vocabulary import Forbid, case, exercise

MATMUL = Forbid(
    "@, mm, matmul, einsum",
    ops=("matmul", "mm", "bmm", "einsum", "linear", "dot", "mv"),
    calls=("matmul", "dot", "einsum", "inner"),
    syntax=("@",),
)


@exercise()
def scale(rng):
    """Scale and shift."""
    for shape in [(4, 3), (2, 5, 1)]:
        x = rng.normal(size=shape)
        yield case(x, expect=3 * x + 1)
    x = rng.normal(size=(3, 2))
    yield case(x, expect=3 * x + 1, group="dtype and device", dtype="float32")


@exercise(forbid=MATMUL)
def product(rng):
    """Multiply matrices."""
    for n, m, p in [(2, 3, 4), (1, 5, 2)]:
        a, b = rng.normal(size=(n, m)), rng.normal(size=(m, p))
        yield case(a, b, expect=a @ b)


def count_twice(student, x):
    tally = student()
    assert hasattr(tally, "add"), f"{student.__name__} needs a method add"
    tally.add(x)
    return tally.add(x)


@exercise(driver=count_twice)
def Tally(rng):
    """Count."""
    yield case(rng.normal(size=(3, 2)), expect=12)
    yield case(rng.normal(size=(7,)), expect=14)
'''

MISTAKES = """\
from grader.vocabulary import mistake


@mistake("scale", "Add 1 after the product.")
def no_shift(x):
    return 3 * x
"""


PATIENT = COURSE.replace("seconds: 4", "seconds: 40").replace("seconds: 16", "seconds: 160")


def red_course(root: Path, course: str = COURSE) -> Path:
    """Write the course to a folder; returns the folder."""
    return Path(write_course(root, course, NOTEBOOK, ANSWERS, CHECKS, MISTAKES))


def shared_report(
    name: str, factory: pytest.TempPathFactory, make: Callable[[Path], Report]
) -> Report:
    """The report of a run that is made once, by whichever xdist worker comes first."""
    base = factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / name
    folder.mkdir(exist_ok=True)
    kept = folder / "report.json"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_text(make(folder).to_json())
    return Report.model_validate_json(kept.read_text())
