"""Failures explained by what nobody wrote down: hinted lines, and two slips at once."""

from collections.abc import Iterator

import pytest
from boxes import policy  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.controller.prepared import prepare
from grader.controller.session import Program
from grader.controller.standards import Standards
from grader.course import syllabus
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.machine import allowance_of
from grader.grading.pool import Slot, slots
from grader.results import ExerciseResult
from grader.validate.trial import Trial, run_trials
from grader.worker.confine import Limits

COURSE = """\
course: small
title: A small course
timezone: Asia/Shanghai
limits: {seconds: 20, total_seconds: 60}
assignments:
  one:
    title: The first
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {layer: 2, count: 1}
"""
NOTEBOOK = '''\
# %% exercise="layer"
def layer(x, w, eps):
    """A layer."""
    raise NotImplementedError


# %% exercise="count"
def count(n):
    """Count."""
    raise NotImplementedError
'''
ANSWERS = """\
import numpy as np


def scale(x):
    return np.sqrt(x**2)  # hint: look at the scale


def layer(x, w, eps):
    # hint: look at the size
    size = scale(x).sum(axis=1, keepdims=True) + 3.5
    # hint: look at the product
    y = 2.5 * (x @ w)
    # hint: look at the quotient
    z = y / (size + eps)
    return z, y.sum()


def count(n):
    total = 0
    # hint: look at the loop
    while n > 0:
        n -= 1
        total += 2
    return total
"""
CHECKS = '''\
from grader.vocabulary import EDGES, case, exercise
from solutions.one import answers


@exercise()
def layer(rng):
    """A layer."""
    for n, eps, group in [(3, 0.7, "values"), (5, 0.2, "values"), (2, 0.0, EDGES)]:
        x, w = rng.normal(size=(n, 4)), rng.normal(size=(4, 2))
        yield case(x, w, eps, expect=answers.layer(x, w, eps), group=group)


@exercise()
def count(rng):
    """Twice."""
    for n in (3, 5, 8):
        yield case(n, expect=2 * n)
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("layer", "ε is missing")
def without_eps(x, w, eps):
    size = scale(x).sum(axis=1, keepdims=True) + 3.5
    y = 2.5 * (x @ w)
    z = y / size
    return z, y.sum()


@mistake("layer", "in pairs with ε = 0.7 only")
def untrue(x, w, eps):
    y = 2.5 * (x @ w)
    return -y if eps == 0.7 else y, 17.0


@mistake("layer", "a constant of its own below the fraction")
def constant(x, w, eps):
    size = scale(x).sum(axis=1, keepdims=True) + 3.5
    y = 2.5 * (x @ w)
    z = y / (size + eps + 1e-5)
    return z, y.sum()


@mistake("layer", "a mean of the second, not a sum")
def averaged(x, w, eps):
    size = scale(x).sum(axis=1, keepdims=True) + 3.5
    y = 2.5 * (x @ w)
    z = y / (size + eps)
    return z, y.mean()
"""


@pytest.fixture(scope="module")
def places() -> Iterator[list[Slot]]:
    made = slots(policy("process", Limits()), 1)
    yield made
    for place in made:
        place.discard()


@pytest.fixture(scope="module")
def standards(tmp_path_factory: pytest.TempPathFactory, places: list[Slot]) -> Standards:
    root = write_course(
        tmp_path_factory.mktemp("course"), COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES
    )
    course = load_course(root)
    lesson, limits = load_lesson(course, "one"), course.limits_of("one")
    prepared = prepare(lesson, "seed", "cpu", limits.seconds)
    return Standards(lesson, prepared, allowance_of(limits), places[0].zygote())


def told(
    standards: Standards, places: list[Slot], *changes: tuple[str, str], name: str = "layer"
) -> ExerciseResult:
    """The result of the answers with parts replaced, handed in as a student would."""
    source = ANSWERS
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    trial = Trial("", Program(((1, source),)), (name,), standards)
    (tried,) = run_trials([trial], places, allowance_of(syllabus.Limits(seconds=20)))
    return tried.results[0]


SINGLE = [
    ([("x**2", "x")], "look at the scale"),
    ([("x**2", "x**3")], "look at the scale"),
    ([("+ 3.5", "- 3.5")], "look at the size"),
    ([("2.5 * (x @ w)", "(x @ w)")], "look at the product"),
    ([("y / (size + eps)", "y / (size - eps)")], "look at the quotient"),
    ([("y / (size + eps)", "y / size + eps")], "look at the quotient"),
]


@pytest.mark.parametrize(("changes", "hint"), SINGLE)
def test_a_slip_in_a_line_is_told_where_it_is(
    standards: Standards, places: list[Slot], changes: list[tuple[str, str]], hint: str
) -> None:
    result = told(standards, places, *changes)
    assert (result.verdict, result.mistake, result.hint) == ("failed", "", hint)


def test_a_known_mistake_comes_first(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, ("(size + eps)", "size"))
    assert (result.mistake, result.hint) == ("without_eps", "ε is missing")


def test_a_mistake_that_is_not_true_of_all_calls_is_not_told(
    standards: Standards, places: list[Slot]
) -> None:
    result = told(standards, places, ("    return z,", "    return -y,"), ("y.sum()", "17.0"))
    assert result.verdict == "failed" and "0.7" not in result.hint


@pytest.mark.parametrize("size", ["1e-3", "1e-4", "1e-5"])
def test_a_small_constant_is_known_by_its_place_whatever_its_size(
    standards: Standards, places: list[Slot], size: str
) -> None:
    result = told(standards, places, ("(size + eps)", f"(size + eps + {size})"))
    assert (result.mistake, result.hint) == ("constant", "a constant of its own below the fraction")


def test_each_value_wrong_in_its_own_way(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, ("(size + eps)", "size"), ("y.sum()", "y.mean()"))
    assert result.mistake == "without_eps + averaged"
    assert result.hint == "ε is missing\na mean of the second, not a sum"


def test_two_slips_in_one_value(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, ("+ 3.5", "- 3.5"), ("x**2", "x**4"))
    assert result.mistake == ""
    assert set(result.hint.split("\n")) == {"look at the scale", "look at the size"}


def test_a_mistake_and_a_slip(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, ("(size + eps)", "size"), ("+ 3.5", "- 3.5"))
    assert result.mistake == "without_eps"
    assert result.hint == "ε is missing\nlook at the size"


def test_an_exception_is_told_nothing_of_another_call(
    standards: Standards, places: list[Slot]
) -> None:
    broken = ("y / (size + eps)", "y / (size + eps) if eps < 0.5 else y / None")
    result = told(standards, places, broken, ("return z,", "return -z,"))
    assert (result.verdict, result.hint) == ("error", "")
    assert result.message.startswith("an exception, but not with every input of this kind")


def test_something_else_gets_no_hint(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, ("2.5 * (x @ w)", "np.sin(x @ w) + 0.3"))
    assert (result.verdict, result.hint) == ("failed", "")


def test_variants_that_hang_cost_no_other_its_hint(
    standards: Standards, places: list[Slot]
) -> None:
    result = told(standards, places, ("n > 0", "n > 1"), name="count")
    assert (result.verdict, result.hint) == ("failed", "look at the loop")


def test_mutants_that_were_rehearsed_are_not_run_again(
    standards: Standards, places: list[Slot]
) -> None:
    """A proof that asks for each of them runs them together, and finds them on record."""
    lesson, prepared = standards.lesson, standards.prepared
    allowance, zygote = allowance_of(syllabus.Limits()), places[0].zygote()

    def explained(made: Standards) -> tuple[ExerciseResult, int]:
        before = zygote.counts()["forks"]
        result = told(made, places, ("x**2", "x**3"))
        return result, zygote.counts()["forks"] - before

    singly = Standards(lesson, prepared, allowance, zygote)
    together = Standards(lesson, prepared, allowance, zygote)
    together.rehearse("layer", zygote)
    result, forks = explained(singly)
    rehearsed, fewer = explained(together)
    assert rehearsed == result and rehearsed.hint == "look at the scale"
    assert fewer < forks
