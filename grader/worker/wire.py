"""Frames between the controller and a worker: a small JSON header, then raw bytes.

A frame is 12 bytes (header length as uint32, body length as uint64, little-endian), the header as
UTF-8 JSON, and the body: the bytes of the arrays that the header speaks of, one after another in
C order. No pickle, no object arrays, no subclasses: `encode` copies out exact arrays and tensors
and says of everything else only what type it was.

Values in a header are JSON trees:

    null, true, 3, 0.5, "text"       themselves
    ["list", […]], ["tuple", […]]    sequences
    ["dict", [[key, value], …]]      dictionaries with string or integer keys
    ["array", kind, dtype, shape, device]   the next array of the body; kind is "tensor" or
                                     "array" or "scalar" (a NumPy scalar)
    ["seeded", seed, device]         a random generator (towards the worker only)
    ["opaque", type name]            anything else (towards the controller only)
"""

from __future__ import annotations

import json
import math
import socket
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

_PREFIX = struct.Struct("<IQ")
_TO_JSON = json.JSONEncoder(separators=(",", ":")).encode  # student code may replace `json.dumps`
MAX_HEADER = 4 * 2**20
MAX_BODY = 256 * 2**20
MAX_ANSWER = 64 * 2**20  # bytes of arrays in one answer of a worker
MAX_DEPTH = 24
MAX_NODES = 200_000
SHOWS_NOTHING = "a stand-in cannot answer:"
"""How a stand-in's exception begins that says nothing of the submission."""


class ProtocolError(Exception):
    """The other side sent what no honest worker sends."""


class Closed(Exception):
    """The other side is gone."""


@dataclass(frozen=True)
class Array:
    """An array that came back: where it lived, and its numbers.

    `data` is None for a dtype that NumPy does not know (bfloat16): then only the dtype is judged.
    """

    kind: str
    dtype: str
    device: str
    shape: tuple[int, ...]
    data: np.ndarray | None


@dataclass(frozen=True)
class Opaque:
    """Something that is no plain value: only its type's name came back."""

    type_name: str


def pack(header: dict[str, Any], blobs: list[bytes] | None = None) -> bytes:
    """Make the bytes of one frame."""
    text = _TO_JSON(header).encode()
    body = b"".join(blobs or [])
    return _PREFIX.pack(len(text), len(body)) + text + body


def send_frame(
    sock: socket.socket, header: dict[str, Any], blobs: list[bytes] | None = None
) -> None:
    """Send one frame."""
    sock.sendall(pack(header, blobs))


def receive_frame(
    sock: socket.socket, max_header: int = MAX_HEADER, max_body: int = MAX_BODY
) -> tuple[dict[str, Any], bytes]:
    """Receive one frame; blocks as the socket does.

    Raises:
        Closed: the other side is gone.
        ProtocolError: a size over the caps, or a header that is not a JSON object.
        TimeoutError: the socket's timeout ran out.
    """
    header_size, body_size = _PREFIX.unpack(_exactly(sock, _PREFIX.size))
    if header_size > max_header or body_size > max_body:
        raise ProtocolError("a frame is larger than allowed")
    return parse_header(_exactly(sock, header_size)), bytes(_exactly(sock, body_size))


def prefix_size() -> int:
    """Bytes before a header."""
    return _PREFIX.size


def parse_prefix(raw: bytes) -> tuple[int, int]:
    """(header bytes, body bytes) of the frame that starts with `raw`."""
    return _PREFIX.unpack(raw)


def parse_header(raw: bytes | bytearray) -> dict[str, Any]:
    """Read a header; raises ProtocolError unless it is a JSON object."""
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError("a frame's header is not JSON") from error
    if not isinstance(header, dict):
        raise ProtocolError("a frame's header is not an object")
    return header


def _exactly(sock: socket.socket, size: int) -> bytearray:
    raw = bytearray(size)
    view, filled = memoryview(raw), 0
    while filled < size:
        got = sock.recv_into(view[filled:])
        if got == 0:
            raise Closed("the other side closed the connection")
        filled += got
    return raw


class Reader:
    """Takes the arrays of a body in order."""

    def __init__(self, body: bytes) -> None:
        """Start at the first array."""
        self._body = body
        self._at = 0

    def take(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        """Copy the next array out; raises ProtocolError if the body is too short for it."""
        raw = self.skip(dtype.itemsize * math.prod(shape))
        if dtype.kind == "b":  # any other byte than 0 and 1 would be neither true nor false
            raw = (np.frombuffer(raw, np.uint8) != 0).tobytes()
        try:
            return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()
        except ValueError as error:  # no entries, but dimensions that no array can have
            raise ProtocolError("an array's shape is impossible") from error

    def skip(self, size: int) -> bytes:
        """Take `size` raw bytes."""
        if size < 0 or self._at + size > len(self._body):
            raise ProtocolError("a frame's body is shorter than its header says")
        raw = self._body[self._at : self._at + size]
        self._at += size
        return raw

    def finish(self) -> None:
        """Raise ProtocolError if bytes are left over."""
        if self._at != len(self._body):
            raise ProtocolError("a frame's body is longer than its header says")


def decode(tree: Any, reader: Reader) -> Any:
    """Read a value that a worker sent. Nothing of it is trusted, and nothing is executed.

    Raises:
        ProtocolError: a tree of another form than the module's docstring gives.
    """
    return _Decoder(reader).value(tree, 0)


class _Decoder:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._nodes = 0

    def value(self, tree: Any, depth: int) -> Any:
        self._nodes += 1
        if depth > MAX_DEPTH or self._nodes > MAX_NODES:
            raise ProtocolError("a result is nested too deeply or has too many parts")
        if tree is None or isinstance(tree, bool | int | float | str):
            return tree
        match tree:
            case ["list", list(items)]:
                return [self.value(item, depth + 1) for item in items]
            case ["tuple", list(items)]:
                return tuple(self.value(item, depth + 1) for item in items)
            case ["dict", list(items)]:
                return dict(self._entry(item, depth) for item in items)
            case ["array", str(kind), str(dtype), list(shape), str(device)]:
                return self._array(kind, dtype, shape, device)
            case ["opaque", str(type_name)]:
                return Opaque(type_name[:80])
        raise ProtocolError("a result has a form that no honest worker sends")

    def _entry(self, item: Any, depth: int) -> tuple[Any, Any]:
        match item:
            case [str() | int() as key, value]:
                return key, self.value(value, depth + 1)
        raise ProtocolError("a dictionary's entry is malformed")

    def _array(self, kind: str, dtype: str, shape: list[Any], device: str) -> Array:
        if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise ProtocolError("an array's shape is malformed")
        if kind not in ("tensor", "array", "scalar"):
            raise ProtocolError("an array is of an unknown kind")
        plain = NUMPY_DTYPES.get(dtype)
        if plain is None:
            if dtype not in OTHER_DTYPES:
                raise ProtocolError("an array has an unknown dtype")
            self._reader.skip(OTHER_DTYPES[dtype] * math.prod(shape))
            return Array(kind, dtype, device[:20], tuple(shape), None)
        data = self._reader.take(plain, tuple(shape))
        return Array(kind, dtype, device[:20], tuple(shape), data)


NUMPY_DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip
OTHER_DTYPES = {"bfloat16": 2}
