"""Messages: known phrases are repeated, and nothing of what student code made up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.comparing.outcomes import Raised
from grader.controller import messages
from grader.controller.execution import UnitFault
from grader.controller.frames import raised, text, texts
from grader.controller.phrases import told, words_of
from grader.controller.program import Program

WORDS = words_of(["weights = bias.mean()"])
DRIVER = """
def run(student, x):
    assert x is not None, "return a tensor"
    assert x.shape == (2,), f"two weights have shape (2,), not {tuple(x.shape)}"
    assert x.name, f"{x.name} should be a tensor"
    assert x, x.message
    assert x
"""


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("name 'weights' is not defined", "name 'weights' is not defined"),
        ("name 'x0_123' is not defined", "name … is not defined"),
        ("'Tensor' object has no attribute 'mean'", "'Tensor' object has no attribute 'mean'"),
        (
            "operands could not be broadcast together with shapes (3,4) (5,) ",
            "operands could not be broadcast together with shapes (3,4) (5,)",
        ),
        ("mat1 and mat2 shapes cannot be multiplied (4x3 and 2x2)", None),
        ("shapes (3,4) and (5,) not aligned: 4 (dim 1) != 5 (dim 0)", None),
        ("index 7 is out of bounds for axis 0 with size 3", None),
        ("index 71234567 is out of bounds for axis 0 with size 3",
         "index … is out of bounds for axis 0 with size 3"),
        ("unsupported operand type(s) for @: 'NoneType' and 'float'", None),
        ("mean() got an unexpected keyword argument 'axis'", None),
        ("Expected all tensors to be on the same device, but found at least two devices,"
         " cpu and cuda!", None),
        ("division by zero", None),
        ("The size of tensor a (3) must match the size of tensor b (4) at non-singleton"
         " dimension 1", None),
        ("0.123456", ""),
        ("weights", ""),
        ("", ""),
        ("the inputs are 1 2 3 4", ""),
    ],
)  # fmt: skip
def test_what_is_repeated(message: str, shown: str | None) -> None:
    assert told(message, WORDS) == (message if shown is None else shown)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("return a tensor", "return a tensor"),
        ("return a tensor 0.5", ""),
        ("two weights have shape (2,), not (3, 4)", "two weights have shape (2,), not (3, 4)"),
        ("two weights have shape (2,), not (0.25,)", "two weights have shape (2,), not …"),
        ("bias should be a tensor", "bias should be a tensor"),
        ("0.5 should be a tensor", "… should be a tensor"),
        ("whatever else", ""),
    ],
)
def test_a_drivers_own_complaints(message: str, shown: str) -> None:
    assert told(message, WORDS, DRIVER) == shown


@given(st.floats(1e-5, 1e5).map(repr) | st.text(max_size=60))
def test_no_decimal_and_no_foreign_word_gets_through(hidden: str) -> None:
    for phrase in ("name '{}' is not defined", "{}", "no attribute {}", "index {} is out of bounds"
                   " for axis 0 with size 3", "return a tensor{}"):  # fmt: skip
        shown = told(phrase.format(hidden), frozenset(), DRIVER)
        assert not re.search(r"\d\.\d|\d{5}", shown)


@given(st.text(st.characters()), st.integers(0, 30))
def test_texts_are_clean_and_short(value: str, length: int) -> None:
    clean = text(value, length)
    assert len(clean) <= length
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", clean)
    clean.encode()
    assert texts([value, 7, None, [value]], 2, length) == (clean,)


def error(kind: str, *bases: str, network: bool = False, shown: str = "") -> Raised:
    return Raised(kind, bases, "secret 0.123", 4, 2, "student", network, shown)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (error("ValueError"), "ValueError (cell 4, line 2)"),
        (error("ValueError", shown="math domain error"),
         "ValueError: math domain error (cell 4, line 2)"),
        (error("X0_1234", "Exception"), "Exception (cell 4, line 2)"),
        (error("X0_1234"), "an exception (cell 4, line 2)"),
        (error("OSError", network=True), "the network is not available (cell 4, line 2)"),
    ],
)  # fmt: skip
def test_exceptions(one: Raised, said: str) -> None:
    assert messages.exception(one) == said


def test_units() -> None:
    assert "a cell" in messages.unit_fault(UnitFault(1, None, "timeout"))
    assert messages.unit_fault(UnitFault(1, error("KeyError"))) == "KeyError (cell 4, line 2)"


def test_places_that_the_program_has_not_are_left_out() -> None:
    program = Program(((4, "a = 1\nb = 2"), (4, "c = 3")))
    data = {"type": "KeyError", "mro": ["KeyError"], "message": "x", "where": "student"}
    assert raised(data | {"cell": 4, "line": 2}, program).line == 2
    for cell, line in ((4, 3), (4, 0), (5, 1), (4, True), ("4", 1), (4, None), (10**40, 10**40)):
        assert raised(data | {"cell": cell, "line": line}, program).line is None
