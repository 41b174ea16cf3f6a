"""Comparing: the order of what is looked at, and how exactly values must agree."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.comparing.compare import Asked, Difference, compare, shape_text
from grader.comparing.judging import asked_of, judge, measured_bounds, same
from grader.comparing.outcomes import Call, Outcome, Raised
from grader.comparing.tolerance import CEILING, FACTOR, FLOORS, Bound, measured, stated
from grader.errors import CourseError
from grader.vocabulary import Number, Tolerance, case
from grader.worker.wire import Array, Opaque

FINITE = st.floats(-1e6, 1e6, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-3)
ARRAYS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3), elements=FINITE)


def asked(framework: str = "torch", dtype: str = "float64", **options: Any) -> Asked:
    return Asked(framework, dtype, "cpu", lambda leaf: FLOORS[dtype], **options)


def tensor(data: Any, dtype: str = "float64", device: str = "cpu", kind: str = "tensor") -> Array:
    array = np.asarray(data, dtype=dtype)
    return Array(kind, dtype, device, array.shape, array)


def kind_of(want: Any, got: Any, how: Asked | None = None) -> str:
    difference = compare(want, got, how or asked())
    return difference.kind if difference else ""


WANT = np.array([[1.0, 2.0], [3.0, -4.0]])
WRONG = WANT * np.nan


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (Opaque("T"), "type"),
        (tensor(WANT, kind="array"), "type"),
        (3.0, "type"),
        (None, "type"),
        ([tensor(WANT)], "type"),
        (tensor(WRONG[0], "float32", "cuda"), "shape"),
        (tensor(WANT[:0]), "shape"),
        (tensor(WANT[None]), "shape"),
        (tensor(WRONG, "float32", "cuda"), "dtype"),
        (Array("tensor", "bfloat16", "cpu", (2, 2), None), "dtype"),
        (tensor(WANT, "int64"), "dtype"),
        (tensor(WANT, "complex128"), "dtype"),
        (tensor(WRONG, device="cuda"), "device"),
        (tensor(WRONG), "finiteness"),
        (tensor(WANT * [[1, np.inf], [1, 1]] * 2), "finiteness"),
        (tensor(WANT * 2), "value"),
        (tensor(WANT), ""),
    ],
)
def test_the_first_difference_in_order_is_told(got: Any, kind: str) -> None:
    assert kind_of(WANT, got) == kind


@given(ARRAYS)
def test_right_values_pass_in_any_memory_layout(want: np.ndarray) -> None:
    for got in (want, want.copy(order="F"), want.T.copy().T):
        assert kind_of(want, tensor(got)) == ""
    strided = np.zeros((*want.shape, 2))
    strided[..., 0] = want
    assert kind_of(want, tensor(strided[..., 0])) == ""


@given(ARRAYS, st.sampled_from(["float32", "float64"]), st.data())
def test_an_error_of_a_twentieth_of_a_percent_fails(
    want: np.ndarray, dtype: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, want.size - 1))
    assume(abs(want.reshape(-1)[at]) > 0.1)
    got = want.astype(dtype).reshape(-1)
    got[at] *= 1.0005
    assert kind_of(want, tensor(got.reshape(want.shape), dtype), asked(dtype=dtype)) == "value"


@given(ARRAYS)
def test_an_error_in_float32s_last_place_passes(want: np.ndarray) -> None:
    got = np.nextafter(want.astype("float32"), np.float32(np.inf))
    assert kind_of(want, tensor(got, "float32"), asked(dtype="float32")) == ""


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_must_be_so_in_the_same_way(special: float) -> None:
    want = np.array([1.0, special])
    assert kind_of(want, tensor(want)) == ""
    for other in {0.0, np.inf, -np.inf, np.nan} - {special}:
        if not (np.isnan(other) and np.isnan(special)):
            assert kind_of(want, tensor([1.0, other])) == "finiteness"


@pytest.mark.parametrize(
    ("want", "got", "kind"),
    [
        (1.5, 1.5, ""),
        (1.5, tensor(1.5, kind="scalar"), ""),
        (1.5, tensor(1.5), "type"),
        (Number(1.5), tensor(1.5), ""),
        (Number(1.5), tensor(1.5, "complex128"), "type"),
        (2.0, 2, ""),
        (1.0, True, "type"),
        (1.0, 10**400, "finiteness"),
        (-1.0, -(10**400), "finiteness"),
        (1, 10**400, "value"),
        (1, 1.0, "type"),
        (1, True, "type"),
        (True, 1, "type"),
        (None, None, ""),
        (None, 0, "type"),
        ("relu", "relu", ""),
        ("relu", "tanh", "value"),
        ("relu", None, "type"),
        ((1, 2), (1,), "shape"),
        ((1, 2), [1, 2], ""),
        ((1, 2), {1: 2}, "type"),
        ({"a": 1}, {"a": 1}, ""),
        ({"a": 1}, {"b": 1}, "shape"),
        ({"a": 1}, [1], "type"),
        ({"a": (1, WANT)}, {"a": (1, tensor(WANT * 2))}, "value"),
    ],
)
def test_scalars_and_collections(want: Any, got: Any, kind: str) -> None:
    assert kind_of(want, got) == kind


def test_integers_and_masks_are_compared_exactly() -> None:
    want = np.array([1, 2, 3])
    assert kind_of(want, tensor([1, 2, 3], "int64")) == ""
    assert kind_of(want, tensor([1, 2, 4], "int64")) == "value"
    assert kind_of(want, tensor([1, 2, 3], "int32")) == "dtype"
    assert kind_of(want, tensor([1, 2, 3], "int32", kind="array"), asked("numpy")) == ""
    mask = np.array([True, False])
    assert kind_of(mask, tensor([True, True], "bool")) == "value"


def test_numpy_integers_pass_for_floats_only_where_no_input_is_one() -> None:
    want, got = np.array([1.0, 2.0]), tensor([1, 2], "int64", kind="array")
    assert kind_of(want, got, asked("numpy")) == "dtype"
    assert kind_of(want, got, asked("numpy", integers_pass=True)) == ""
    assert kind_of(np.float64(3), 3, asked("numpy", integers_pass=True)) == ""
    assert kind_of(np.float64(3), 10**30, asked("numpy", integers_pass=True)) == "dtype"


def test_the_structure_alone_still_has_to_be_finite() -> None:
    how = asked(structure_only=True)
    assert kind_of(WANT, tensor(WANT * 7), how) == ""
    assert kind_of(WANT, tensor(WRONG), how) == "finiteness"
    assert kind_of(WANT, tensor(WANT[0]), how) == "shape"


@given(ARRAYS)
def test_messages_show_no_value(want: np.ndarray) -> None:
    difference = compare(want, tensor(want + 1 + np.abs(want)), asked())
    assert isinstance(difference, Difference)
    assert "." not in difference.message and "expected" not in difference.message
    assert "expected" in difference.detail


def test_shapes_that_spell_something_are_not_repeated() -> None:
    assert shape_text((3, 4)) == "(3, 4)"
    assert "123456" not in shape_text((0, 123456)) and "7" not in shape_text((0, *[77] * 30))


def test_bounds_are_measured_and_capped() -> None:
    floor = FLOORS["float32"]
    assert measured("float32", 0.0) == floor
    assert measured("float32", 1e-6).atol == pytest.approx(floor.atol + FACTOR * 1e-6)
    assert measured("float32", 1.0).atol == pytest.approx((1 + CEILING) * floor.atol)
    assert stated(Tolerance(0.1, 0.2, "a reason")) == Bound(0.1, 0.2)
    for wrong in ((-1, 0, "r"), (0, -1, "r"), (0, 0, " ")):
        with pytest.raises(ValueError, match="tolerance"):
            Tolerance(*wrong)


def call(**options: Any) -> Call:
    return Call(case(**options), False, 1.0, (), {})


def test_a_stated_tolerance_goes_before_a_measured_one() -> None:
    loose = call(expect=WANT, tolerance=Tolerance(0.5, 0, "a reason"))
    bounds = measured_bounds(loose, Outcome(tensor(WANT)), "torch")
    how = asked_of(loose, "torch", "cpu", bounds)
    assert judge(loose, Outcome(tensor(WANT * 1.4)), how) is None
    assert judge(loose, Outcome(tensor(WANT * 1.6)), how) is not None


def raised(kind: str, message: str = "", *bases: str) -> Outcome:
    return Outcome(raised=Raised(kind, (kind, *bases), message, None, None, "student", False))


def test_expected_exceptions() -> None:
    one = call(raises=ValueError, mentions="axis")
    how = asked_of(one, "torch", "cpu")
    assert judge(one, raised("ValueError", "bad axis"), how) is None
    assert judge(one, raised("E", "bad axis", "ValueError"), how) is None
    for wrong in (raised("ValueError", "bad"), raised("TypeError", "axis"), Outcome(3)):
        assert judge(one, wrong, how) is not None


def test_a_judge_decides_and_one_that_breaks_is_ours() -> None:
    one = call(expect=np.ones(2), judge=lambda v: "" if v.sum() > 0 else "it is not positive")
    how = asked_of(one, "torch", "cpu")
    assert judge(one, Outcome(tensor([1, 2.0])), how) is None
    failure = judge(one, Outcome(tensor([-1, -2.0])), how)
    assert failure is not None and failure.message == "it is not positive"
    broken = call(expect=np.ones(2), judge=lambda v: 1 / 0)
    with pytest.raises(CourseError, match="ZeroDivisionError"):
        judge(broken, Outcome(tensor([1, 2.0])), how)


def test_a_changed_input_fails_even_with_the_right_value() -> None:
    one = call(expect=WANT)
    failure = judge(one, Outcome(tensor(WANT), mutated=1), asked_of(one, "torch", "cpu"))
    assert failure is not None and "argument 2" in failure.message


@pytest.mark.parametrize(
    ("fake", "devices", "passes"),
    [("ran", ("cuda",), True), ("ran", ("cpu",), False), ("mismatch", (), False), ("x", (), True)],
)
def test_simulated_devices(fake: str, devices: tuple[str, ...], passes: bool) -> None:
    one = Call(case(expect=WANT), True, 1.0, (), {})
    failure = judge(one, Outcome(fake=fake, devices=devices), asked_of(one, "torch", "cpu"))
    assert (failure is None) == passes


VALUES = [
    None, True, 3, 10**400, 2.5, "x", Opaque("T"), tensor(WANT), tensor(WANT.T), tensor(WRONG),
    tensor(WANT, "float32"), tensor(WANT, "complex128"), [1, 2], {"a": 1}, (tensor(WANT), None),
    Array("tensor", "bfloat16", "cpu", (2,), None),
]  # fmt: skip


@pytest.mark.parametrize("one", range(len(VALUES)))
def test_every_value_is_the_same_as_itself_only(one: int) -> None:
    for other in range(len(VALUES)):
        found = same(Outcome(VALUES[one]), Outcome(VALUES[other]), asked())
        assert found == (one == other), (VALUES[one], VALUES[other])
