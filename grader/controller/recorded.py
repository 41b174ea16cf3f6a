"""What programs of ours did, as bytes: plain values, arrays and a few records, no pickle.

A header in JSON, then the arrays' bytes one after another; see `grader.worker.wire` for frames,
which are alike and which strangers send. These are written by us and kept in the store.
"""

from __future__ import annotations

import json
import struct
from dataclasses import fields
from typing import Any

import numpy as np

from grader.comparing.compare import Asked
from grader.comparing.outcomes import ExerciseRun, Outcome, Raised
from grader.comparing.tolerance import Bound, Bounds
from grader.controller.findings import Evidence, Wrong
from grader.worker.wire import Array, Long, Opaque

_SIZE = struct.Struct("<Q")
_RECORDS = {kind.__name__: kind for kind in (
    Array, Asked, Bound, Bounds, Evidence, ExerciseRun, Long, Opaque, Outcome, Raised, Wrong,
)}  # fmt: skip
_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _RECORDS.values()}
_SEVERAL: dict[str, type] = {"l": list, "t": tuple, "s": frozenset}


class Unreadable(Exception):
    """These bytes are no record, or one of another version."""


def to_bytes(value: Any) -> bytes:
    """Write down a value; raises TypeError for a type that is not ours."""
    blobs: list[bytes] = []
    header = json.dumps(_tree(value, blobs), separators=(",", ":")).encode()
    return b"".join([_SIZE.pack(len(header)), header, *blobs])


def from_bytes(data: bytes) -> Any:
    """The value that was written down; raises Unreadable."""
    try:
        (size,) = _SIZE.unpack_from(data)
        start = _SIZE.size + size
        return _Reader(data, start).value(json.loads(data[_SIZE.size : start]))
    except (ValueError, TypeError, KeyError, IndexError, struct.error) as error:
        raise Unreadable(f"a record is damaged: {error}") from error


def _tree(value: Any, blobs: list[bytes]) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    match value:
        case np.ndarray():
            if value.dtype.hasobject:
                raise TypeError("an array of objects is not written down")
            blobs.append(np.ascontiguousarray(value).tobytes())
            return ["a", value.dtype.str, list(value.shape)]
        case list() | tuple() | frozenset():
            kind = next(k for k, made in _SEVERAL.items() if isinstance(value, made))
            return [kind, [_tree(item, blobs) for item in value]]
        case dict():
            return ["d", [[_tree(k, blobs), _tree(v, blobs)] for k, v in value.items()]]
    name = type(value).__name__
    if _RECORDS.get(name) is not type(value):
        raise TypeError(f"a {name} is not written down")
    return ["r", name, [_tree(getattr(value, of), blobs) for of in _FIELDS[type(value)]]]


class _Reader:
    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def value(self, tree: Any) -> Any:
        if not isinstance(tree, list):
            return tree
        match tree[0]:
            case "a":
                return self._array(np.dtype(tree[1]), tuple(tree[2]))
            case "l" | "t" | "s":
                return _SEVERAL[tree[0]](self.value(item) for item in tree[1])
            case "d":
                return {self.value(key): self.value(item) for key, item in tree[1]}
            case "r":
                kind = _RECORDS[tree[1]]
                return kind(**dict(zip(_FIELDS[kind], map(self.value, tree[2]), strict=True)))
        raise ValueError("an unknown kind of value")

    def _array(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        count = int(np.prod(shape, dtype=np.int64))
        made = np.frombuffer(self._data, dtype, count, self._at) if count else np.empty(0, dtype)
        self._at += count * dtype.itemsize
        return made.reshape(shape).copy()
