"""Messages: known phrases are repeated, and nothing of what student code made up."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.comparing.outcomes import Raised
from grader.controller import messages
from grader.controller.arguments import about, texts_told
from grader.controller.execution import UnitFault
from grader.controller.frames import raised, skipped, text, texts
from grader.controller.phrases import key, told, words_of
from grader.controller.program import CellPlace, Program
from grader.vocabulary import case

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
        ("\"check_uniform_bounds\" not implemented for 'Long'", "… not implemented for 'Long'"),
        ('Module [Net] is missing the required "forward" function',
         'Module […] is missing the required "forward" function'),
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
    place = "in the cell of `f`, line 2"
    return Raised(kind, bases, "secret 0.123", 4, 2, "student", network, shown, "", place)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (error("ValueError"), "ValueError (in the cell of `f`, line 2)"),
        (error("ValueError", shown="math domain error"),
         "ValueError: math domain error (in the cell of `f`, line 2)"),
        (error("X0_1234", "Exception"), "Exception (in the cell of `f`, line 2)"),
        (error("X0_1234"), "an exception (in the cell of `f`, line 2)"),
        (error("OSError", network=True),
         "the network is not available (in the cell of `f`, line 2)"),
    ],
)  # fmt: skip
def test_exceptions(one: Raised, said: str) -> None:
    assert messages.exception(one) == said


@pytest.mark.parametrize(
    ("shown", "type_", "stub"),
    [
        ("", "NotImplementedError", True),
        ("… not implemented for 'Long'", "NotImplementedError", False),
        ("", "RuntimeError", False),
    ],
)
def test_a_librarys_refusal_is_no_stub(shown: str, type_: str, stub: bool) -> None:
    one = Raised(type_, (type_, "Exception"), "m", 1, 2, "student", False, gist=shown)
    assert messages.is_stub(one) is stub
    assert (messages.visible_fault(UnitFault(1, one)) == messages.STUB) is stub


def test_units() -> None:
    hung = UnitFault(1, None, "timeout", 3, "the cell of `f`")
    assert messages.unit_fault(hung).startswith("a cell did not end within")
    assert messages.unit_fault(hung).endswith("(the cell of `f`)")
    assert (
        messages.unit_fault(UnitFault(1, error("KeyError")))
        == "KeyError (in the cell of `f`, line 2)"
    )


def test_places_that_the_program_has_not_are_left_out() -> None:
    program = Program(((4, "a = 1\nb = 2"), (4, "c = 3")))
    data = {"type": "KeyError", "mro": ["KeyError"], "message": "x", "where": "student"}
    assert raised(data | {"cell": 4, "line": 2}, program).line == 2
    for cell, line in ((4, 3), (4, 0), (5, 1), (4, True), ("4", 1), (4, None), (10**40, 10**40)):
        assert raised(data | {"cell": cell, "line": line}, program).line is None


ANSWER = (
    "import torch\n\n\ndef f(x):\n    '''\nno def g(\n'''\n    return x\n\n\n"
    "class Net:\n    def go(self):\n        1 / 0"
)
PLACED = Program(
    (
        (3, ANSWER),
        (5, "\n# a plot\nplt.plot(x)"),
        (7, "<b>`def`</b>\nx"),
        (9, "y = half(2)\nassert y == 1\n\n\ndef half(x):\n    return x"),
    ),
    places=(CellPlace(nth=2), CellPlace(nth=3), CellPlace(nth=11), CellPlace(nth=22)),
)


@pytest.mark.parametrize(
    ("cell", "line", "place"),
    [
        (3, 8, "in the cell of `f`, line 8"),
        (3, 13, "in the cell of `Net`, line 13"),
        (3, 1, "in the cell of `f`, line 1"),
        (5, 3, "in the 3rd code cell, beginning `# a plot`, line 3"),
        (7, 2, "in the 11th code cell, line 2"),
        (9, 2, "in the cell of `half`, line 2"),
        (9, 7, ""),
        (4, 1, ""),
    ],
)
def test_a_place_that_a_person_finds(cell: int, line: int, place: str) -> None:
    assert PLACED.place(cell, line) == place


def test_a_files_place_is_its_line() -> None:
    script = Program(((1, "x = 1\n1 / 0"),), True, places=(CellPlace(line=1),))
    assert script.place(1, 2) == "line 2 of the file" and script.place_of_cell(1) == ""
    percent = Program(((1, "x = 1"), (3, "\n1 / 0")), places=(CellPlace(1), CellPlace(12)))
    assert percent.place(3, 2) == "line 13 of the file"
    assert percent.place_of_cell(3) == "from line 12 of the file"
    assert PLACED.place_of_cell(5) == "the 3rd code cell, beginning `# a plot`"
    assert PLACED.place_of_cell(3) == "the cell of `Net`" and PLACED.place_of_cell(4) == ""


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("'weights'", "'weights'"), ("'bias.mean'", "'bias.mean'"), ("7", "7"), ("-12", "-12"),
        ("123", ""), ("0.5", ""), ("'é'", ""), ("'x0_123'", ""), ("(1, 2)", ""), ("", ""),
        ("\"it's\"", ""), ("'weights' ", ""), ("True", ""),
    ],
)  # fmt: skip
def test_a_key_that_may_be_repeated(message: str, shown: str) -> None:
    assert key(message, WORDS) == shown


def test_what_is_known_of_a_key_error() -> None:
    data = {"type": "KeyError", "mro": ["KeyError"], "message": "'W1'", "where": "student"}
    program = Program(((4, "a = {}\na['W1']"),))
    told = messages.exception(raised(data | {"cell": 4, "line": 2}, program))
    assert told == "KeyError: 'W1' (in the 4th code cell, beginning `a = {}`, line 2)"
    assert raised(data, Program(((4, "a = {}"),))).shown == ""
    assert raised(data, Program(((4, "a = {}"),), known=frozenset({"W1"}))).shown == "'W1'"


@pytest.mark.parametrize(
    ("kind", "message", "told"),
    [
        ("KeyError", "'错'", "KeyError: '错'"), ("KeyError", "'错误'", "KeyError: '错误'"),
        ("KeyError", "'刘'", "KeyError"), ("KeyError", "''", "KeyError"),
        ("KeyError", "'错误刘'", "KeyError"), ("ValueError", "错", "ValueError"),
    ],
)  # fmt: skip
def test_a_key_is_named_where_the_text_it_is_of_is_shown(
    kind: str, message: str, told: str
) -> None:
    names, one = ("name", "vocab"), case("错误", ["刘", "x"], expect=0)
    data = {"type": kind, "mro": [kind], "message": message, "where": "student"}
    known = messages.with_key(raised(data, Program(())), texts_told(one, names))
    assert messages.exception(known) == told
    assert "错误" in about(one, names) and "刘" not in about(one, names)


@pytest.mark.parametrize(
    ("message", "where", "told"),
    [
        ("'Value' object has no attribute 'log'", "driver",
         "`Value` has no method or attribute `log`"),
        ("type object 'Value' has no attribute 'log'", "driver",
         "`Value` has no method or attribute `log`"),
        ("'Value' object has no attribute 'log'", "student",
         "AttributeError: 'Value' object has no attribute 'log'"),
        ("'Value' object has no attribute 'x01'", "driver",
         "AttributeError: 'Value' object has no attribute …"),
    ],
)  # fmt: skip
def test_what_a_class_lacks_is_named(message: str, where: str, told: str) -> None:
    data = {"type": "AttributeError", "mro": ["AttributeError"], "message": message, "where": where}
    program = Program(((1, "class Value:\n    pass"),), known=words_of(["support log and exp"]))
    assert messages.exception(raised(data, program)) == told


def test_what_was_left_out_is_told_once_and_shortly() -> None:
    program = Program(((1, "!ls\n" * 30),))
    data = [[1, n, "!ls"] for n in range(1, 9)] + [[1, 1, "!ls"], [1, 99, "!ls"], [1, 1, "!<b>"], 3]
    found = skipped(data, program)
    assert len(found) == 8 and skipped(None, program) == ()
    told = messages.skipped(found)
    assert (
        told.count("`!ls` (in") == 5 and told.endswith("and 3 more") and messages.skipped(()) == ""
    )


@given(st.text(), st.integers(1, 5))
def test_no_place_spells_markup(source: str, line: int) -> None:
    place = Program(((1, source),)).place(1, line)
    assert not re.search(r"[<>&\"\n\x1b]", place) and place.count("`") in (0, 2)
