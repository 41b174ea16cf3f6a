"""Python values to wire trees and back, on the student's side of the wire."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import torch

from grader.worker.cap import (
    ARRAY_NODES,
    KEY_BITS,
    NUMBER_BITS,
    OPAQUE_CHARS,
    OPAQUE_NODES,
    Cap,
    Room,
)
from grader.worker.devices import Device, is_away
from grader.worker.wire import HALVES, ITEM_BYTES, NUMPY_DTYPES, OTHER_DTYPES, Reader

_LARGEST = 1000  # bits of an integer that still has a float


def build(tree: Any, reader: Reader, device: str, framework: str) -> Any:
    """Make the arguments that the controller describes, as tensors on `device` or as ndarrays."""
    match tree:
        case ["list", items]:
            return [build(item, reader, device, framework) for item in items]
        case ["tuple", items]:
            return tuple(build(item, reader, device, framework) for item in items)
        case ["dict", items]:
            return {key: build(item, reader, device, framework) for key, item in items}
        case ["array", kind, dtype, shape, _]:
            if dtype in OTHER_DTYPES:
                halves = reader.take(HALVES, tuple(shape)).view(np.int16)
                return torch.from_numpy(halves).view(torch.bfloat16).to(device)
            data = reader.take(NUMPY_DTYPES[dtype], tuple(shape))
            if kind == "tensor":
                return torch.from_numpy(data).to(device)
            return data[()] if kind == "scalar" else data
        case ["seeded", seed, where]:
            return _generator(seed, device if where == "input" else "cpu", framework)
    return tree


def _generator(seed: int, device: str, framework: str) -> Any:
    if framework == "numpy":
        return np.random.default_rng(seed)
    return torch.Generator(device=device).manual_seed(seed)


class Encoder:
    """Collects values' trees and the bytes of their arrays, as far as a cap allows.

    Of what is larger only the form goes into a tree, so that its student can be told.
    """

    def __init__(self) -> None:
        """Start with an empty body."""
        self.blobs: list[bytes] = []

    def encode(self, value: Any, cap: Cap) -> Any:
        """Describe `value`; exact types only, whatever else is named and left behind."""
        return self._value(value, Room(cap), 0)

    def _value(self, value: Any, room: Room, depth: int) -> Any:
        if depth > 20:
            return self._opaque("a value nested too deeply", room)
        kind = type(value)
        if value is None or kind in (bool, float):
            return value
        if kind is int:
            return self._integer(value, room)
        if kind is str:
            return value if room.takes_text(value) else ["long", "str"]
        if kind is tuple or kind is list:
            name = "tuple" if kind is tuple else "list"
            if not room.takes_nodes(len(value)):
                return ["long", name]
            return [name, [self._value(item, room, depth + 1) for item in value]]
        if kind is dict and all(_is_key(key) for key in value):
            return self._dict(value, room, depth)
        if kind is torch.Tensor or kind is torch.nn.Parameter:
            return self._tensor(value, room)
        if kind is np.ndarray:
            return self._array(value, "array", room)
        if isinstance(value, np.generic) and kind.__module__ == "numpy":
            return self._array(np.asarray(value), "scalar", room)
        if isinstance(value, torch.Size):
            return self._value(tuple(value), room, depth)
        return self._opaque(kind.__name__, room)

    def _opaque(self, name: str, room: Room) -> Any:
        fits = room.takes_nodes(OPAQUE_NODES)
        return ["opaque", name[:OPAQUE_CHARS]] if fits else ["long", "value"]

    def _integer(self, value: int, room: Room) -> Any:
        if value.bit_length() > _LARGEST:
            return self._opaque("int", room)
        fits = room.takes_nodes(value.bit_length() // NUMBER_BITS)
        return value if fits else ["long", "value"]

    def _dict(self, value: dict[Any, Any], room: Room, depth: int) -> Any:
        fits = room.takes_nodes(2 * len(value))
        if not fits or not all(type(key) is int or room.takes_text(key) for key in value):
            return ["long", "dict"]
        return ["dict", [[k, self._value(item, room, depth + 1)] for k, item in value.items()]]

    def _array(self, value: np.ndarray, kind: str, room: Room) -> Any:
        name = value.dtype.name
        if name not in NUMPY_DTYPES:
            return self._opaque(f"array of dtype {name}", room)
        tree = _form(kind, name, value.shape, "cpu", room)
        if tree[0] == "array":
            self.blobs.append(np.ascontiguousarray(value, dtype=NUMPY_DTYPES[name]).tobytes())
        return tree

    def _tensor(self, value: torch.Tensor, room: Room) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        if value.layout is not torch.strided or name not in ITEM_BYTES:
            return self._opaque(f"tensor of dtype {name}", room)
        if value.device.type not in get_args(Device):
            return self._opaque(f"tensor on {value.device.type}", room)
        tree = _form("tensor", name, tuple(value.shape), value.device.type, room)
        if tree[0] == "array":
            self.blobs.append(_plain(value, name).numpy().tobytes())
        return tree


def _plain(value: torch.Tensor, name: str) -> torch.Tensor:
    """A tensor that NumPy can take; each step that most do not need costs a µs."""
    plain = value.detach()
    if plain.is_conj() or plain.is_neg():
        plain = plain.resolve_conj().resolve_neg()
    if is_away(plain.device.type):
        plain = plain.cpu()
    if name not in OTHER_DTYPES:
        return plain
    whole = plain.contiguous()
    return (whole if whole.dim() else whole.reshape(1)).view(torch.uint8)


def _is_key(key: Any) -> bool:
    return type(key) is str or (type(key) is int and key.bit_length() <= KEY_BITS)


def _form(kind: str, dtype: str, shape: tuple[int, ...], device: str, room: Room) -> Any:
    if not room.takes_nodes(ARRAY_NODES + len(shape)):
        return ["long", "value"]
    fits = room.takes_numbers(ITEM_BYTES[dtype], shape)
    return ["array" if fits else "form", kind, dtype, list(shape), device]
