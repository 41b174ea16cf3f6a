"""In which calls a result is wrong, and what is not said because other calls belie it."""

from typing import Any

import numpy as np
import pytest
from relation_calls import look  # type: ignore[import-not-found]

from grader.comparing import patterns, telling
from grader.comparing.outcomes import Call
from grader.comparing.situations import WHERE, situation
from grader.comparing.telling import Beyond, tell
from grader.vocabulary import case

X = np.random.default_rng(3).normal(size=(5, 4))


def call(*args: Any, **kwargs: Any) -> Call:
    return Call(case(*args, expect=0, kwargs=kwargs), False, 1.0, (), {})


@pytest.mark.parametrize(
    ("wrong", "right", "fact"),
    [
        ([(X, 2), (X, 1)], [(X, 0), (-X, 0)], "`k` is above 0"),
        ([(X, 0)], [(X, 1), (X, 2)], "`k` is 0"),
        ([(X, True)], [(X, False), (X, False)], "`k` is True"),
        ([(X, "tanh"), (X, "relu")], [(X, "elu")], "`k` is 'tanh' or 'relu'"),
        ([(-abs(X), 1), (X, 1)], [(abs(X), 1), (abs(X) + 1, 1)], "`x` holds a negative number"),
        ([(X[:1], 1), (-X[:1], 1)], [(X, 1), (X[:3], 1)], "axis 0 of `x` has length 1"),
    ],
)
def test_what_wrong_calls_share_and_right_ones_lack(wrong: Any, right: Any, fact: str) -> None:
    said = situation([call(*a) for a in wrong], [call(*a) for a in right], ("x", "k"))
    assert said.startswith(WHERE.partition("{}")[0]) and fact in said


def test_nothing_is_said_where_nothing_tells_them_apart() -> None:
    assert situation([call(X, 1), call(X, 2)], [call(X, 1)], ("x", "k")) == ""
    assert situation([call(X, 1)], [], ("x", "k")) == ""
    assert situation([call(X, 1)], [call(X, 2)], ("x", "k")) == "", "two calls are too few"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ([(X[:1], 3)], [(X, 3), (X[:3], 3)]),
        ([(-abs(X), 3)], [(abs(X), 3), (abs(X) + 1, 3)]),
        ([(X, 3)], [(X, 2), (X, 4)]),
        ([(X, 3), (X, 1)], [(X, 0)]),
    ],
)
def test_what_sets_one_call_apart_is_chance(wrong: Any, right: Any) -> None:
    said = situation([call(*a) for a in wrong], [call(*a) for a in right], ("x", "k"))
    assert said == ""


def test_of_an_argument_that_is_left_out_no_value_is_said() -> None:
    said = situation([call(X, k=2)], [call(X), call(X)], ("x",))
    assert said == WHERE.format("`k` is given")
    said = situation([call(X)], [call(X, k=2), call(X, k=3)], ("x",))
    assert "`k`" not in said


ONLY_ONE = telling.ONLY.format(1)


def test_only_one_value_is_wrong_in_all_groups_or_it_is_not_said() -> None:
    first = look([2.5, 1.5], [3.5, 1.5])
    second = look([2.5, 1.5], [2.5, 7.5])
    assert first is not None and second is not None
    assert ONLY_ONE in tell([first])
    assert ONLY_ONE in tell([first], Beyond(others=[first]))
    assert ONLY_ONE not in tell([first], Beyond(others=[second]))
    assert ONLY_ONE not in tell([first], Beyond(unseen=True))


def test_zeros_were_stored_where_another_call_is_right() -> None:
    zeros = look(X, 0 * X)
    assert zeros is not None
    assert patterns.ZERO in tell([zeros])
    said = tell([zeros], Beyond(stored=True))
    assert patterns.ZERO not in said and patterns.ZERO_HERE in said
