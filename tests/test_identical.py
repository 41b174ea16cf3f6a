"""What equals a right answer's result, byte for byte, is right without another look."""

import numpy as np
import pytest

from grader.comparing.judging import identical
from grader.worker.wire import Array, Opaque


def array(data: object, dtype: str = "float32", kind: str = "tensor") -> Array:
    made = np.asarray(data, dtype)
    return Array(kind, dtype, "cpu", made.shape, made)


NAN = array([1.0, np.nan])


@pytest.mark.parametrize(
    "one",
    [array([1.0, 2.0]), NAN, (array([1.0]), {"a": [1, True, "x"]}), None, 0.5, Opaque("Foo")],
)
def test_a_value_is_identical_to_itself(one: object) -> None:
    assert identical(one, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (array([1.0, 2.0]), array([1.0, np.nextafter(np.float32(2), np.float32(3))])),
        (array([1.0]), array([1.0], "float64")),
        (array([1.0]), array([[1.0]])),
        (array([1.0]), array([1.0], kind="array")),
        (array([0.0]), array([-0.0])),
        (1, True),
        (1, 1.0),
        ((1, 2), [1, 2]),
        ((1, 2), (1,)),
        ({"a": 1}, {"b": 1}),
        (Array("tensor", "bfloat16", "cpu", (1,), None),) * 2,
        (float("nan"),) * 2,
    ],
)
def test_the_least_difference_is_one(one: object, other: object) -> None:
    assert not identical(one, other)
