"""Which outcomes count as the same when a known mistake is looked for."""

import numpy as np

from grader.comparing.compare import Asked
from grader.comparing.judging import same
from grader.comparing.outcomes import Outcome, Raised
from grader.comparing.tolerance import FLOORS

ASKED = Asked("torch", "float64", "cpu", lambda leaf: FLOORS["float64"])


def raised(kind: str, message: str, where: str) -> Outcome:
    return Outcome(raised=Raised(kind, (kind, "Exception"), message, 1, 1, where, False))


def test_a_drivers_complaints_are_told_apart_by_what_they_say() -> None:
    no_module = raised("AssertionError", "the class should extend nn.Module", "driver")
    no_name = raised("AssertionError", "the parameters should be bhat and b0", "driver")
    assert same(no_module, no_module, ASKED)
    assert not same(no_module, no_name, ASKED)


def test_exceptions_are_told_apart_by_their_type_and_words() -> None:
    one = raised("TypeError", "got 2 arguments", "student")
    assert same(one, one, ASKED)
    assert not same(one, raised("TypeError", "got 3 arguments", "student"), ASKED)
    assert not same(one, raised("ValueError", "got 2 arguments", "student"), ASKED)
    assert not same(one, Outcome(value=np.float64(1)), ASKED)
