"""A course of one small assignment, written to a folder, with any part replaced."""

from pathlib import Path

COURSE = """\
course: small
title: A small course
timezone: Asia/Shanghai
assignments:
  one:
    title: The first
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {double: 2, Counter: 3}
    bonus: [Counter]
    written: {why: 1}
"""

NOTEBOOK = '''\
# %% [markdown]
# # One

# %%
import numpy as np


# %% exercise="double"
def double(x, scale=1.0):
    """Twice x."""
    raise NotImplementedError


# %% example="double"
assert double(2) == 4

# %% demo=true
shown = double(np.arange(3))


# %% exercise="Counter"
class Counter:
    """Counts."""

    step = 1

    def __init__(self, start):
        """Start here."""
        # any integer
        raise NotImplementedError

    def tick(self):
        raise NotImplementedError

    def twice(self):
        """Given."""
        self.tick()
        self.tick()


# %% example="Counter"
c = Counter(3)
c.twice()
assert c.value == 5
assert Counter(0, by=4).tick() == 4

# %% [markdown] written="why"
# Why?

# %% [markdown] lang="zh"
# 为什么？
'''

ANSWERS = '''\
"""Answers."""

import math
from functools import cached_property

import numpy as np

TWO = math.sqrt(4)


def _times(a, b):
    """A helper."""
    return a * b


UNUSED = 3


def double(x, scale=1.0):
    # as the lecture has it
    return _times(x, TWO) * np.float64(scale)


class Counter:
    step = 1

    def __init__(self, start, by=1):
        self.value, self.by = start, by

    @cached_property
    def cached(self):
        return self.value

    def tick(self): self.value += self.step * self.by; return self.value

    def twice(self):
        self.tick()
        self.tick()

    again = tick
'''

CHECKS = '''\
from grader.vocabulary import case, exercise


@exercise()
def double(rng):
    """Twice a number."""
    x = rng.normal()
    yield case(x, expect=2 * x)
    yield case(x, expect=6 * x, kwargs={"scale": 3.0})


def run(student, start, times):
    counter = student(start)
    for _ in range(times):
        counter.tick()
    return counter.value


@exercise(driver=run)
def Counter(rng):
    """Counting."""
    yield case(3, 4, expect=7)
'''

MISTAKES = """\
from grader.vocabulary import mistake


@mistake("double", "Twice, not squared.")
def double_squared(x, scale=1.0):
    return x * x
"""


def write_course(
    root: Path,
    course: str = COURSE,
    notebook: str = NOTEBOOK,
    answers: str = ANSWERS,
    checks: str = CHECKS,
    mistakes: str = MISTAKES,
) -> Path:
    """Write the course; returns `root`."""
    files = {
        "course.yml": course,
        "assignments/one/one.py": notebook,
        "solutions/one/answers.py": answers,
        "solutions/one/checks.py": checks,
        "solutions/one/mistakes.py": mistakes,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
