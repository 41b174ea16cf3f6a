"""Wrong answers that nobody wrote down: right for another input, or two slips apart or scaled."""

import ast
from collections.abc import Iterator

import pytest
from boxes import policy  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.comparing import relations
from grader.controller.beside import THEN
from grader.controller.explaining import EITHER, lines_of
from grader.controller.prepared import prepare
from grader.controller.session import Program
from grader.controller.standards import Standards
from grader.course import syllabus
from grader.course.lesson import load_lesson
from grader.course.slips.insertions import insertions
from grader.course.slips.misreadings import FIXED, TAKEN, misreadings
from grader.course.slips.slips import INSERTIONS, further_slips, workshop
from grader.course.slips.transforms import transforms_of
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
    points: {line: 2, branch: 1, power: 1}
"""
NOTEBOOK = '''\
# %% exercise="line"
def line(x, a, b):
    """A line."""
    raise NotImplementedError


# %% exercise="branch"
def branch(x, kind):
    """One of two."""
    raise NotImplementedError


# %% exercise="power"
def power(x, n):
    """A power of what is positive."""
    raise NotImplementedError
'''
ANSWERS = """\
import numpy as np


def line(x, a, b):
    scaled = x / a  # hint: look at the slope
    return scaled + b  # hint: look at the intercept


def branch(x, kind):
    if kind == "up":
        return x + 1.5  # hint: look at the way up
    return x * 2.5  # hint: look at the way down


def power(x, n):
    return np.maximum(x, 0) ** n * np.log(1 + n)  # hint: look at what n does
"""
CHECKS = '''\
import numpy as np

from grader.vocabulary import case, exercise
from solutions.one import answers


@exercise()
def line(rng):
    """A line."""
    for x, a, b in [(np.ones(4), 1.0, 0.0), (rng.normal(size=5), 1.7, 0.4)]:
        yield case(x, a, b, expect=answers.line(x, a, b))
    x = rng.normal(size=7)
    yield case(x, 0.6, -2.3, expect=answers.line(x, 0.6, -2.3))


@exercise()
def branch(rng):
    """One of two."""
    for kind in ("up", "down", "up", "down"):
        x = rng.normal(size=6)
        yield case(x, kind, expect=answers.branch(x, kind))


@exercise()
def power(rng):
    """A power of what is positive."""
    for n in (2, 3, 5):
        x = rng.normal(size=6)
        yield case(x, n, expect=answers.power(x, n))
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("line", "the intercept belongs to it")
def without_intercept(x, a, b):
    scaled = x / a
    return scaled


@mistake("branch", "the way up goes up")
def down_twice(x, kind):
    return x * 2.5
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


def told(standards: Standards, places: list[Slot], name: str, body: str) -> ExerciseResult:
    """The result of the answers with another body of one function."""
    head = {
        "line": "def line(x, a, b):",
        "branch": "def branch(x, kind):",
        "power": "def power(x, n):",
    }[name]
    source = f"{ANSWERS}\n\n{head}\n    {body}\n"
    trial = Trial("", Program(((1, source),)), (name,), standards)
    (tried,) = run_trials([trial], places, allowance_of(syllabus.Limits(seconds=20)))
    return tried.results[0]


MISREAD = [
    ("line", "return x / a**2 + b", TAKEN.format("a", "its square")),
    ("line", "return abs(x) / a + b", TAKEN.format("x", "its size without the sign")),
    ("power", "return np.maximum(x, 0) * np.log(2)", FIXED.format("n", "1")),
]


@pytest.mark.parametrize(("name", "body", "hint"), MISREAD)
def test_a_result_that_is_right_for_another_input(
    standards: Standards, places: list[Slot], name: str, body: str, hint: str
) -> None:
    result = told(standards, places, name, body)
    assert (result.verdict, result.hint) == ("failed", hint)


def test_what_a_mutant_explains_is_no_misreading(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, "line", "return x + b")  # As if `a` were 1.
    assert (result.verdict, result.hint) == ("failed", "look at the slope")


def test_what_joins_two_places_is_no_part_of_their_hints() -> None:
    assert lines_of(EITHER.format("look here", "look there")) == ["look here", "look there"]
    assert lines_of("one\ntwo") == ["one", "two"] and lines_of("") == []


def test_two_slips_that_the_first_call_does_not_show(
    standards: Standards, places: list[Slot]
) -> None:
    result = told(standards, places, "line", "return x * a - b")
    assert set(result.hint.split("\n")) == {"look at the slope", "look at the intercept"}


def test_two_slips_in_branches_of_their_own(standards: Standards, places: list[Slot]) -> None:
    body = "return x - 1.5 if kind == 'up' else x * 5"
    result = told(standards, places, "branch", body)
    assert set(result.hint.split("\n")) == {"look at the way up", "look at the way down"}


def test_a_misreading_with_another_sign(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, "line", "return -(x / a**2 + b)")
    assert result.hint.split("\n") == [
        TAKEN.format("a", "its square"),
        THEN.format(relations.SIGN),
    ]


def test_what_no_input_would_give_is_not_told(standards: Standards, places: list[Slot]) -> None:
    result = told(standards, places, "line", "return np.sin(7 * x) / a + 0.3")
    assert (result.verdict, result.hint) == ("failed", "")


def test_every_misreading_compiles_and_names_known_arguments_alone() -> None:
    (node,) = ast.parse(ANSWERS).body[1:2]
    assert isinstance(node, ast.FunctionDef)
    made = list(misreadings(node, transforms_of(ANSWERS), {"x", "b"}))
    assert len({source for _, source in made}) == len(made) > 50
    assert all("`a`" not in sentence for sentence, _ in made)
    for _, source in made:
        compile(source, "misread", "exec")


def test_insertions_leave_the_answer_as_it_was_and_are_capped() -> None:
    tree = ast.parse(ANSWERS)
    before = ast.dump(tree)
    for change in insertions(tree.body[1], transforms_of(ANSWERS)):
        with change.applied():
            assert ast.unparse(tree) != ast.unparse(ast.parse(ANSWERS))
    assert ast.dump(tree) == before
    long = (
        "def f(x):\n" + "".join(f"    x = x * {n}.5 + {n}\n" for n in range(60)) + "    return x\n"
    )
    shop = workshop(long, "f", ("f",))
    assert len(list(further_slips(long, shop, ()))) <= INSERTIONS
