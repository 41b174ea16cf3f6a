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

and towards the controller only

    ["opaque", type name]            anything else
    ["form", kind, dtype, shape, device]    an array that is larger than the answer may be
    ["long", "list"]                 a list, a text or the like that is

How large an answer may be is told with the question, as a `Cap`: both sides count alike, so that
whatever is left out could not have come.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.worker.cap import (
    ARRAY_NODES,
    KEY_BITS,
    NUMBER_BITS,
    OPAQUE_CHARS,
    OPAQUE_NODES,
    Cap,
    Room,
)

_PREFIX = struct.Struct("<IQ")
_TO_JSON = json.JSONEncoder(separators=(",", ":")).encode  # student code may replace `json.dumps`
MAX_HEADER = 4 * 2**20
MAX_BODY = 256 * 2**20
MAX_DEPTH = 24
_MAX_NUMBER = 4300  # digits of an integer in a header; reading one takes the square of them
SHOWS_NOTHING = "a stand-in cannot answer:"
"""How a stand-in's exception begins that says nothing of the submission."""


class ProtocolError(Exception):
    """The other side sent what no honest worker sends."""


class Closed(Exception):
    """The other side is gone."""


@dataclass(frozen=True)
class Array:
    """An array that came back: where it lived, and its numbers.

    `data` is None for an array that is larger than was asked for by far: then only its form is
    judged. That of a bfloat16, which NumPy does not know, is float32, which holds all its numbers.
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


@dataclass(frozen=True)
class Long:
    """A list, tuple, dictionary or text that is longer than was asked for by far."""

    kind: str


def pack(header: dict[str, Any], blobs: Sequence[bytes | memoryview] | None = None) -> bytes:
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


def parse_prefix(raw: bytes | bytearray) -> tuple[int, int]:
    """(header bytes, body bytes) of the frame that `raw` starts with."""
    return _PREFIX.unpack_from(raw)


def parse_header(raw: bytes | bytearray) -> dict[str, Any]:
    """Read a header; raises ProtocolError unless it is a JSON object."""
    try:
        header = _FROM_JSON(raw.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError("a frame's header is not JSON") from error
    if not isinstance(header, dict):
        raise ProtocolError("a frame's header is not an object")
    return header


def _integer(digits: str) -> int:
    if len(digits) > _MAX_NUMBER:
        raise ValueError("an integer is longer than any that is sent")
    return int(digits)


def _decoder() -> json.JSONDecoder:
    """Python itself refuses integers that are so long, unless it was told otherwise."""
    refused = 0 < sys.get_int_max_str_digits() <= _MAX_NUMBER
    return json.JSONDecoder(parse_int=None if refused else _integer)


_FROM_JSON = _decoder().decode


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

    def __init__(self, body: bytes | memoryview) -> None:
        """Start at the first array."""
        self._body = memoryview(body)
        self._at = 0

    def take(self, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        """Copy the next array out; raises ProtocolError if the body is too short for it."""
        raw = self.skip(dtype.itemsize * math.prod(shape))
        # Of truth values, any other byte than 0 and 1 would be neither true nor false.
        flat = np.frombuffer(raw, np.uint8) != 0 if dtype.kind == "b" else np.frombuffer(raw, dtype)
        try:
            return flat.reshape(shape).copy()
        except ValueError as error:  # no entries, but dimensions that no array can have
            raise ProtocolError("an array's shape is impossible") from error

    def skip(self, size: int) -> memoryview:
        """Take `size` raw bytes; they are not copied."""
        if size < 0 or self._at + size > len(self._body):
            raise ProtocolError("a frame's body is shorter than its header says")
        raw = self._body[self._at : self._at + size]
        self._at += size
        return raw

    def finish(self) -> None:
        """Raise ProtocolError if bytes are left over."""
        if self._at != len(self._body):
            raise ProtocolError("a frame's body is longer than its header says")


def decode(tree: Any, reader: Reader, cap: Cap) -> Any:
    """Read a value that a worker sent. Nothing of it is trusted, and nothing is executed.

    Raises:
        ProtocolError: a tree of another form than the module's docstring gives, one that holds more
            than `cap`, or that leaves out what would have gone in.
    """
    return _Decoder(reader, cap).value(tree, 0)


class _Decoder:
    def __init__(self, reader: Reader, cap: Cap) -> None:
        self._reader, self._room = reader, Room(cap)

    def value(self, tree: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ProtocolError("a result is nested too deeply")
        match tree:
            case None | bool() | float():
                return tree
            case int():
                self._fits(self._room.takes_nodes(tree.bit_length() // NUMBER_BITS))
                return tree
            case str():
                self._fits(self._room.takes_text(tree))
                return tree
            case ["list", list(items)]:
                return self._items(items, depth)
            case ["tuple", list(items)]:
                return tuple(self._items(items, depth))
            case ["dict", list(items)]:
                self._fits(self._room.takes_nodes(2 * len(items)))
                return dict(self._entry(item, depth) for item in items)
            case ["array" | "form" as form, str(kind), str(dtype), list(shape), str(device)]:
                return self._array(form, kind, dtype, shape, device[:20])
            case ["opaque", str(type_name)]:
                self._fits(self._room.takes_nodes(OPAQUE_NODES))
                return Opaque(type_name[:OPAQUE_CHARS])
            case ["long", ("list" | "tuple" | "dict" | "str" | "value") as kind]:
                return Long(kind)
        raise ProtocolError("a result has a form that no honest worker sends")

    def _fits(self, fits: bool) -> None:
        if not fits:
            raise ProtocolError("a result is larger than allowed")

    def _items(self, items: list[Any], depth: int) -> list[Any]:
        self._fits(self._room.takes_nodes(len(items)))
        return [self.value(item, depth + 1) for item in items]

    def _entry(self, item: Any, depth: int) -> tuple[Any, Any]:
        match item:
            case [str() as key, value]:
                self._fits(self._room.takes_text(key))
            case [int() as key, value] if key.bit_length() <= KEY_BITS:
                pass
            case _:
                raise ProtocolError("a dictionary's entry is malformed")
        return key, self.value(value, depth + 1)

    def _array(self, form: str, kind: str, dtype: str, shape: list[Any], device: str) -> Array:
        if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**40 for n in shape):
            raise ProtocolError("an array's shape is malformed")
        if kind not in ("tensor", "array", "scalar"):
            raise ProtocolError("an array is of an unknown kind")
        if dtype not in ITEM_BYTES:
            raise ProtocolError("an array has an unknown dtype")
        sizes = tuple(shape)
        self._fits(self._room.takes_nodes(ARRAY_NODES + len(sizes)))
        if self._room.takes_numbers(ITEM_BYTES[dtype], sizes) != (form == "array"):
            raise ProtocolError("an array is larger than allowed, or is left out")
        data = None
        if form == "array" and dtype in NUMPY_DTYPES:
            data = self._reader.take(NUMPY_DTYPES[dtype], sizes)
        elif form == "array":
            data = widened(self._reader.take(HALVES, sizes))
        return Array(kind, dtype, device, sizes, data)


NUMPY_DTYPES = {
    name: np.dtype(name).newbyteorder("<")
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip
OTHER_DTYPES = {"bfloat16": 2}
HALVES = np.dtype("<u2")
"""A bfloat16 on the wire: the upper half of a float32."""
ITEM_BYTES = {name: dtype.itemsize for name, dtype in NUMPY_DTYPES.items()} | OTHER_DTYPES


def widened(halves: np.ndarray) -> np.ndarray:
    """The float32 numbers that bfloat16s are."""
    return (halves.astype(np.uint32) << 16).view(np.float32)
