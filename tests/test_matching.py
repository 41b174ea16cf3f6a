"""What is told must be true of every failing call of the group."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.comparing.compare import Asked
from grader.comparing.outcomes import Outcome, Raised
from grader.comparing.tolerance import FLOORS
from grader.controller.findings import Evidence, Wrong
from grader.controller.matching import best, halves
from grader.worker.wire import Array

GROUPS = ("values", "values", "edge cases", "edge cases")
RIGHT = (np.array([1.0, 2.0]), np.array([3.0]))


def value(*arrays: Any) -> Outcome:
    made = [np.asarray(a, float) for a in arrays]
    leaves = [Array("array", "float64", "cpu", a.shape, a) for a in made]
    return Outcome(leaves if len(leaves) > 1 else leaves[0])


def wrong(*arrays: Any, weak: bool = False, trouble: str = "difference") -> Wrong:
    return Wrong(value(*arrays), trouble, weak)


def raised(message: str, where: str = "student") -> Wrong:
    error = Raised("ValueError", ("ValueError",), message, 1, 1, where, False)
    return Wrong(Outcome(raised=error), "raised", True)


def known(hint: str, calls: Mapping[int, Wrong], name: str = "", made: int = 4) -> Evidence:
    return Evidence(name or hint, (hint,) if hint else (), made, calls)


def standard() -> Any:
    calls = [SimpleNamespace(case=SimpleNamespace(group=g), fake=False) for g in GROUPS]
    asked = Asked("numpy", "float64", "cpu", lambda leaf: FLOORS["float64"])
    answer = tuple(value(*RIGHT) for _ in GROUPS)
    return SimpleNamespace(
        prepared=SimpleNamespace(calls=calls),
        asked=(asked,) * len(GROUPS),
        explanations=SimpleNamespace(answer=answer),
    )


def told(shown: Mapping[int, Wrong], *others: Evidence, group: str = "values") -> list[str]:
    found = best(standard(), known("", shown), others, group)
    return [hint for one in found for hint in one.hints]


def test_what_a_driver_refuses_is_explained_by_known_mistakes_alone() -> None:
    refused = {n: raised("8 losses are asked, not 2", "driver") for n in range(4)}
    mutant, mistake = Evidence("", ("one line",), 4, refused), known("known", refused)
    assert told(refused, mutant) == []
    assert told(refused, mistake) == ["known"]
    of_the_student = {n: raised("8 losses", "student") for n in range(4)}
    assert told(of_the_student, Evidence("", ("one line",), 4, of_the_student)) == ["one line"]


def test_it_must_agree_on_every_failing_call_of_the_group() -> None:
    a, b, c = wrong([5.0]), wrong([6.0]), wrong([7.0])
    assert told({0: a, 1: b}, known("both", {0: a, 1: b})) == ["both"]
    assert told({0: a, 1: b}, known("first alone", {0: a, 1: c})) == []
    assert told({0: a, 1: b}, known("passes the second", {0: a})) == []


def test_it_must_pass_what_passes() -> None:
    a, b = wrong([5.0]), wrong([6.0])
    assert told({0: a}, known("fails more", {0: a, 1: b})) == []


def test_another_group_may_fail_otherwise_but_counts() -> None:
    a, b, c = wrong([5.0]), wrong([6.0]), wrong([7.0])
    near, far = known("near", {0: a, 2: b}), known("far", {0: a, 2: c})
    assert told({0: a, 2: b}, far, near) == ["near"]
    assert told({0: a, 2: b, 3: c}, far) == ["far"]


def test_not_finite_is_told_only_where_all_agrees_and_nothing_else_does() -> None:
    nan, a = wrong([np.nan], weak=True), wrong([5.0])
    one, other = known("one", {2: nan}), known("other", {2: nan})
    assert told({2: nan}, one, group="edge cases") == ["one"]
    assert told({2: nan}, one, other, group="edge cases") == []
    assert told({2: nan, 0: a}, one, group="edge cases") == []
    with_finite = known("finite, too", {2: nan, 0: a})
    assert told({2: nan, 0: a, 1: wrong([9.0])}, with_finite, group="edge cases") == ["finite, too"]


@pytest.mark.parametrize(("message", "hints"), [("3 != 4", ["yes"]), ("3 != 5", [])])
def test_exceptions_of_one_type_are_not_the_same(message: str, hints: list[str]) -> None:
    assert told({0: raised("3 != 4")}, known("yes", {0: raised(message)})) == hints


def test_a_run_that_ended_early_explains_no_later_call() -> None:
    a = wrong([5.0])
    assert told({0: a}, known("short", {0: a}, made=1)) == []


def both(shown: Mapping[int, Wrong], others: Sequence[Evidence]) -> set[str]:
    found = halves(standard(), known("", shown), others, "values")
    return {one.name for one in found} if found else set()


def test_each_value_as_in_one_of_two() -> None:
    right_a, right_b = RIGHT
    first = known("first", {0: wrong(9 * right_a, right_b), 1: wrong(9 * right_a, right_b)})
    second = known("second", {0: wrong(right_a, -right_b)})
    mixed = {0: wrong(9 * right_a, -right_b), 1: wrong(9 * right_a, right_b)}
    assert both(mixed, [first, second]) == {"first", "second"}
    other = {0: wrong(9 * right_a, 7 * right_b), 1: wrong(9 * right_a, right_b)}
    assert both(other, [first, second]) == set()
    assert both({0: wrong(9 * right_a, -right_b)}, [first, second]) == set()


def test_what_is_wrong_in_more_values_than_the_result_is_no_half() -> None:
    right_a, right_b = RIGHT
    more = known("more", {0: wrong(9 * right_a, -right_b), 1: wrong(9 * right_a, -right_b)})
    second = known("second", {0: wrong(right_a, -2 * right_b), 1: wrong(right_a, -2 * right_b)})
    shown = {0: wrong(9 * right_a, 5 * right_b), 1: wrong(9 * right_a, 5 * right_b)}
    assert both(shown, [more, second]) == set()
    assert both({0: wrong(9 * right_a, right_b), 1: wrong(right_a, right_b)}, [more]) == set()
