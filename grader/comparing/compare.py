"""Compare a returned value with the expected one: type, shape, dtype, device, finiteness, value.

The order is the design, and the first difference ends it. Nothing here sees the student's
process: `got` is what the wire decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from grader.comparing.tolerance import Bound
from grader.vocabulary import Number, Shaped
from grader.worker.wire import NUMPY_DTYPES, Array, Long, Opaque

TOO_MUCH = "far more came back with it than is asked for"
LONG = {"str": "a text", "dict": "a dictionary", "list": "a list", "tuple": "a tuple"}

_OTHER = ", got something else"

Kind = Literal["type", "shape", "dtype", "device", "finiteness", "value"]


@dataclass(frozen=True)
class Asked:
    """What is asked of every array of a result.

    `device` is that of the inputs, "" where a result may be anywhere.
    `bounds` gives the allowed error of each leaf in order; `structure_only` stops before values.
    `right` holds results of the call that have been compared and pass: their equals need not be.
    """

    framework: str
    dtype: str
    device: str
    bounds: Callable[[int], Bound]
    structure_only: bool = False
    integers_pass: bool = False
    right: tuple[Any, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Difference:
    """The first difference found; `leaf` counts the scalars and arrays of the expected value.

    `message` shows no number of a hidden case; `detail` does, for courses that allow it. Where the
    message repeats sizes that are the student's choice, `plain` is the same without them.
    """

    kind: Kind
    leaf: int
    message: str
    detail: str = ""
    plain: str = ""


def _form(kind: Kind, leaf: int, asked: str, got: Any) -> Difference:
    """What was asked for, and what came, whose shape or length was the student's choice."""
    said = got if isinstance(got, str) else describe(got)
    sized = any(letter.isdigit() for letter in said)
    return Difference(kind, leaf, f"{asked}, got {said}", plain=f"{asked}{_OTHER}" if sized else "")


def compare(want: Any, got: Any, asked: Asked) -> Difference | None:
    """Return the first difference between the expected and the returned value, or None."""
    if isinstance(want, list | tuple) and not isinstance(got, list | tuple):
        return _form("type", 0, f"expected {len(want)} values", got)
    walker = _Walker(asked)
    return walker.tree(want, got, "the result")


class _Walker:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.leaf = -1

    def tree(self, want: Any, got: Any, path: str) -> Difference | None:
        if isinstance(want, list | tuple):
            return self._sequence(want, got, path)
        if isinstance(want, dict):
            return self._mapping(want, got, path)
        self.leaf += 1
        if isinstance(want, Shaped):
            form = _Walker(replace(self.asked, structure_only=True))
            form.leaf = self.leaf
            return form._array(want.value, got, path)
        if isinstance(want, np.ndarray | np.generic):
            return self._array(np.asarray(want), got, path)
        return self._scalar(want, got, path)

    def _differs(self, kind: Kind, message: str) -> Difference:
        return Difference(kind, max(self.leaf, 0), message)

    def _form(self, kind: Kind, asked: str, got: Any) -> Difference:
        return _form(kind, max(self.leaf, 0), asked, got)

    def _sequence(self, want: Any, got: Any, path: str) -> Difference | None:
        if not isinstance(got, list | tuple):
            return self._form("type", f"{path}: expected {len(want)} values", got)
        if len(want) != len(got):
            return self._form("shape", f"{path}: expected {len(want)} values", str(len(got)))
        for number, (w, g) in enumerate(zip(want, got, strict=True), 1):
            inner = f"value {number} of {path}" if len(want) > 1 else path
            if difference := self.tree(w, g, inner):
                return difference
        return None

    def _mapping(self, want: dict[Any, Any], got: Any, path: str) -> Difference | None:
        if not isinstance(got, dict):
            return self._form("type", f"{path}: expected a dictionary", got)
        if set(want) != set(got):
            keys = ", ".join(map(str, want))
            return self._differs("shape", f"{path}: expected the keys {keys}")
        for key in want:
            if difference := self.tree(want[key], got[key], f"entry {key!r} of {path}"):
                return difference
        return None

    def _scalar(self, want: Any, got: Any, path: str) -> Difference | None:
        if isinstance(want, Number):
            want, value = want.value, scalar(got, tensors=True)
        else:
            value = scalar(got, tensors=False)
        if want is None or isinstance(want, str):
            if type(got) is not type(want):
                return self._form("type", f"{path}: expected {describe(want)}", got)
            same = got == want or self.asked.structure_only
            return None if same else self._differs("value", f"{path} is not the right one")
        right_type = type(value) in _ACCEPTED[type(want)]
        if not right_type:
            return self._form("type", f"{path}: expected {describe(want)}", got)
        if self.asked.structure_only:
            return None
        if isinstance(want, float):
            return self._numbers(np.asarray(want), np.asarray(as_float(value)), path)
        return None if value == want else self._differs("value", f"{path} is not the right one")

    def _array(self, want: np.ndarray, got: Any, path: str) -> Difference | None:
        array = as_array(got, self.asked.framework, want.shape)
        noun = "a tensor" if self.asked.framework == "torch" else "an array"
        if array is None:
            return self._form("type", f"{path}: expected {noun}", got)
        if array.shape != want.shape:
            asked = f"{path}: expected shape {want.shape}"
            return self._form("shape", asked, shape_text(array.shape))
        if array.data is None and array.dtype in NUMPY_DTYPES:
            return self._differs("shape", f"{path}: {TOO_MUCH}")
        if wrong := self._wrong_dtype(want, array):
            return self._differs("dtype", f"{path}: expected {wrong}, got {array.dtype}")
        if self.asked.device not in ("", array.device):
            return self._differs(
                "device", f"{path} is on {array.device}; the inputs are on {self.asked.device}"
            )
        if self.asked.structure_only and (array.data is None or want.dtype.kind != "f"):
            return None
        assert array.data is not None
        if want.dtype.kind in "fc":
            return self._numbers(want, array.data, path)
        if np.array_equal(want, array.data):
            return None
        wrong_entries = int(np.sum(want != array.data))
        return self._differs("value", f"{path}: {share(wrong_entries, want.size)} wrong")

    def _wrong_dtype(self, want: np.ndarray, got: Array) -> str:
        if want.dtype.kind == "f":
            asked = self.asked.dtype if self.asked.framework == "torch" else want.dtype.name
            integers = self.asked.integers_pass and got.dtype.startswith(("int", "uint", "bool"))
            return "" if got.dtype == asked or integers else asked
        if self.asked.framework == "numpy" and want.dtype.kind in "iu" and want.dtype.itemsize == 8:
            return "" if got.dtype.startswith(("int", "uint")) else "integers"
        return "" if got.dtype == want.dtype.name else want.dtype.name

    def _numbers(self, want: np.ndarray, got: np.ndarray, path: str) -> Difference | None:
        got = got.astype(np.float64) if got.dtype.kind != "c" else got
        right = np.isfinite(got) if self.asked.structure_only else _same_finiteness(want, got)
        bad = ~right
        if bad.any():
            where = _index(int(np.argmax(bad)), bad.shape)
            value = got.reshape(-1)[np.argmax(bad)]
            what = "is not finite" if not np.isfinite(value) else "should not be finite"
            return self._differs("finiteness", f"{path}{where} {what}")
        if self.asked.structure_only:
            return None
        bound = self.asked.bounds(self.leaf)
        finite = np.isfinite(want)
        error = np.where(finite, np.abs(np.where(finite, got - np.where(finite, want, 0), 0)), 0)
        excess = error - bound.allowed(np.where(finite, want, 0))
        if not (excess > 0).any():
            return None
        worst = int(np.argmax(excess))
        right = float(np.where(finite, want, 0).reshape(-1)[worst])
        allowed = float(bound.allowed(np.asarray(right)))
        count = int((excess > 0).sum())
        return Difference(
            "value",
            max(self.leaf, 0),
            f"{path}: {share(count, want.size)} wrong{_index(worst, want.shape, ', worst')}",
            f"got {got.reshape(-1)[worst]:.6g}, expected {right:.6g}, allowed error {allowed:.1g}",
        )


_ACCEPTED: dict[type, tuple[type, ...]] = {bool: (bool,), int: (int,), float: (float, int)}


# The types that are named: a class of the student's own could be named after a hidden input.
_TYPE_TEXT = """
    bytes complex set frozenset range map filter zip enumerate slice object type function
    generator method module builtin_function_or_method dict_keys dict_values dict_items matrix
    MaskedArray Fraction Decimal Generator device dtype Linear Sequential Module DataFrame
    Series OrderedDict defaultdict Counter deque int str
"""
_NAMED_TYPES = frozenset(_TYPE_TEXT.split()) | {"array of dtype object", "tensor on meta"}


def _same_finiteness(want: np.ndarray, got: np.ndarray) -> np.ndarray:
    finite = np.isfinite(want) & np.isfinite(got)
    return finite | (want == got) | (np.isnan(want) & np.isnan(got))


def scalar(got: Any, *, tensors: bool) -> Any:
    """Return a Python scalar for a Python or NumPy one (0-d arrays too), else `got` itself."""
    if not isinstance(got, Array) or got.shape != () or got.data is None:
        return got
    return got.data.item() if got.kind != "tensor" or tensors else got


def as_float(number: float) -> float:
    """Return a number as a float; an integer that none can hold becomes infinite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def as_array(got: Any, framework: str, shape: tuple[int, ...]) -> Array | None:
    """Return `got` as the framework's array, where it may stand for one, else None."""
    if framework == "torch":
        return got if isinstance(got, Array) and got.kind == "tensor" else None
    if isinstance(got, Array) and got.kind != "tensor":
        return got
    if shape == () and type(got) in (int, float, bool):
        data = np.asarray(got)
        return Array("scalar", data.dtype.name, "cpu", (), data)
    return None


def describe(value: Any) -> str:
    """Name a value's type in plain words."""
    match value:
        case Array(kind="tensor"):
            return f"a tensor of shape {shape_text(value.shape)}"
        case Array(kind="scalar") | np.generic():
            return "a NumPy scalar"
        case Array() | np.ndarray():
            return f"an array of shape {shape_text(value.shape)}"
        case Long():
            return f"{LONG.get(value.kind, 'something')} that is far too long"
        case Opaque():
            known = value.type_name if value.type_name in _NAMED_TYPES else ""
            return f"something of type {known}" if known else "something of another type"
        case None:
            return "None"
        case list() | tuple():
            return f"a {type(value).__name__} of {len(value)} values"
        case dict():
            return "a dictionary"
        case bool():
            return "True or False"
        case int():
            return "an integer"
        case float() | Number():
            return "a Python float"
    return f"something of type {type(value).__name__}"


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape; one that could only spell something out is not repeated."""
    if len(shape) > 6 or any(n > 9999 for n in shape):
        return f"one of {min(len(shape), 64)} dimensions that is far too large"
    return str(shape)


def share(count: int, size: int) -> str:
    """Say how many of how many: "3 of 12 entries are"."""
    return "the number is" if size == 1 else f"{count} of {size} entries are"


def leaves(value: Any) -> Iterator[Any]:
    """Yield the scalars and arrays of a value in the order in which `compare` counts them."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    else:
        yield value


def _index(flat: int, shape: tuple[int, ...], before: str = "") -> str:
    if not shape:
        return ""
    place = ", ".join(str(int(i)) for i in np.unravel_index(flat, shape))
    return f"{before} at [{place}]"
