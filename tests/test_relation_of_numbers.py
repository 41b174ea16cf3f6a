"""A wrong value of an expected `Number` is related to the right one like any other."""

from types import SimpleNamespace
from typing import Any

import pytest

from grader.comparing.compare import Difference
from grader.controller.explaining import _relation
from grader.vocabulary import Number, case


def relation(expect: Any, value: Any) -> str:
    call = SimpleNamespace(case=case(expect=expect))
    standard: Any = SimpleNamespace(prepared=SimpleNamespace(calls=[call]))
    run: Any = SimpleNamespace(outcomes=[SimpleNamespace(value=value)])
    failure = SimpleNamespace(trouble="", difference=Difference("value", 0, "differs"))
    finding: Any = SimpleNamespace(call=0, failure=failure)
    return _relation(standard, run, finding)


@pytest.mark.parametrize("expect", [3.5, Number(3.5)])
def test_a_number_is_related_like_a_float(expect: Any) -> None:
    assert relation(expect, -3.5) == relation(3.5, -3.5) != ""


def test_several_numbers() -> None:
    assert relation((Number(1.0), Number(2.0)), (7.0, 2.0)) == relation((1.0, 2.0), (7.0, 2.0))
