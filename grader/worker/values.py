"""Python values to wire trees and back, on the student's side of the wire."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from grader.worker.wire import NUMPY_DTYPES, OTHER_DTYPES, Reader

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
    """Collects a value's tree and the bytes of its arrays."""

    def __init__(self) -> None:
        """Start with an empty body."""
        self.blobs: list[bytes] = []

    def encode(self, value: Any, depth: int = 0) -> Any:
        """Describe `value`; exact types only, whatever else is named and left behind."""
        if depth > 20:
            return ["opaque", "a value nested too deeply"]
        kind = type(value)
        if kind is int and value.bit_length() > _LARGEST:
            return ["opaque", "int"]
        if value is None or kind in (bool, int, float, str):
            return value
        if kind is tuple or kind is list:
            items = [self.encode(item, depth + 1) for item in value]
            return ["tuple" if kind is tuple else "list", items]
        if kind is dict and all(type(key) in (str, int) for key in value):
            return ["dict", [[key, self.encode(item, depth + 1)] for key, item in value.items()]]
        if kind is torch.Tensor or kind is torch.nn.Parameter:
            return self._tensor(value)
        if kind is np.ndarray:
            return self._array(value, "array")
        if isinstance(value, np.generic) and kind.__module__ == "numpy":
            return self._array(np.asarray(value), "scalar")
        if isinstance(value, torch.Size):
            return ["tuple", list(value)]
        return ["opaque", kind.__name__]

    def _array(self, value: np.ndarray, kind: str) -> Any:
        name = value.dtype.name
        if name not in NUMPY_DTYPES:
            return ["opaque", f"array of dtype {name}"]
        self.blobs.append(np.ascontiguousarray(value, dtype=NUMPY_DTYPES[name]).tobytes())
        return ["array", kind, name, list(value.shape), "cpu"]

    def _tensor(self, value: torch.Tensor) -> Any:
        name = str(value.dtype).removeprefix("torch.")
        if value.layout is not torch.strided or name not in NUMPY_DTYPES | OTHER_DTYPES:
            return ["opaque", f"tensor of dtype {name}"]
        if value.device.type not in ("cpu", "cuda"):
            return ["opaque", f"tensor on {value.device.type}"]
        plain = value.detach().resolve_conj().resolve_neg().cpu().contiguous()
        if name in OTHER_DTYPES:
            plain = plain.view(torch.uint8) if plain.dim() else plain.reshape(1).view(torch.uint8)
        self.blobs.append(plain.numpy().tobytes())
        return ["array", "tensor", name, list(value.shape), value.device.type]
