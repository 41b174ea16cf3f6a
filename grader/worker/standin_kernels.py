"""The operations of the device "standin": every one is the CPU's over the same memory.

See `grader.worker.standin_device`, which makes the device known to torch.
"""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Protocol

import torch

NAME = "standin"
_MIXING = frozenset({"copy_", "_copy_from", "_copy_from_and_resize", "_pack_padded_sequence"})
_INDEXING = frozenset({"index", "index_put", "index_put_", "_index_put_impl_"})
_CPU = torch.device("cpu")
_TENSORS = ("Tensor", "Optional[Tensor]")
_PLAIN = frozenset(
    {int, float, bool, complex, str, type(None), torch.dtype, torch.layout, torch.memory_format}
)
"""Types of arguments that are the same on every device; most are."""
_ON_CPU = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
_SET = torch.ops.aten.set_.source_Storage_storage_offset
_EMPTY = torch.ops.aten.empty.memory_format


class Device(Protocol):
    """What the operations need of the device."""

    stream: Any
    """The CPU's generator from which it draws."""

    @property
    def place(self) -> torch.device:
        """The device as torch calls it."""

    def made(self, generator: Any) -> Any:
        """Take a generator for the device's, and give it back."""

    def has_made(self, generator: Any) -> bool:
        """Whether a generator draws for it."""

    def drawing(self) -> AbstractContextManager[None]:
        """Let what draws from the CPU's random stream draw from the device's."""


def answer(standin: Device, op: Any, *args: Any, **kwargs: Any) -> Any:
    """Any operation with the device's tensors, by the CPU's over the same memory.

    Raises:
        RuntimeError: tensors or a generator are on another device, as CUDA says it.
    """
    call = _Call(standin, op)
    given, named = call.enter(args, kwargs)
    with standin.drawing() if _traits(op).draws_unasked else nullcontext():
        result = op(*given, **named)
    call.settle()
    return call.leave(result)


def made(standin: Device, op: Any, *args: Any, **kwargs: Any) -> Any:
    """An empty tensor on the device, by an operator of the CPU's that takes no tensor."""
    same = op(*args, **{**kwargs, "device": _CPU})
    return _shown(same, over(same.untyped_storage(), standin.place))


@dataclass(frozen=True)
class _Traits:
    """What an operator's schema says: which arguments are tensors, whether it writes to any, where
    it takes a generator, and whether it draws without one.
    """

    name: str
    tensors: tuple[int, ...]
    writes: bool
    generator: int | None
    generator_by_name: bool
    draws_unasked: bool


@functools.cache
def _traits(op: Any) -> _Traits:
    arguments = list(op._schema.arguments)
    at = next((n for n, each in enumerate(arguments) if each.name == "generator"), None)
    return _Traits(
        op._schema.name.partition("::")[2],
        tuple(n for n, each in enumerate(arguments) if str(each.type) in _TENSORS),
        any(each.alias_info is not None and each.alias_info.is_write for each in arguments),
        at,
        at is not None and arguments[at].kwarg_only,
        at is None and torch.Tag.nondeterministic_seeded in op.tags,
    )


class _Call:
    """One operation: its tensors on the device and, by their sides, the same on the CPU."""

    def __init__(self, standin: Device, op: Any) -> None:
        self._standin, self._traits = standin, _traits(op)
        self._pairs: dict[int, tuple[torch.Tensor, torch.Tensor, Any]] = {}
        self._storages: dict[int, Any] = {}
        self._strays: list[torch.Tensor] = []

    def enter(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The arguments as the CPU's operation takes them; raises RuntimeError where they mix."""
        given, named = self._entered(list(args)), self._entered(kwargs)
        self._make_numbers_tensors(given)
        if self._strays and self._traits.name not in _MIXING:
            self._refuse_strays()
        return (given, named) if self._traits.generator is None else self._drawing(given, named)

    def _entered(self, value: Any) -> Any:
        if type(value) in _PLAIN:
            return value
        if isinstance(value, torch.Tensor):
            if value.device.type == NAME:
                return self._memory(value)
            self._strays.append(value)
            self._pairs[id(value)] = (value, value, None)
            return value
        if isinstance(value, list | tuple):
            return type(value)([self._entered(item) for item in value])
        if isinstance(value, dict):
            return {key: self._entered(item) for key, item in value.items()}
        if isinstance(value, torch.device):
            return _CPU if value.type == NAME else value
        if isinstance(value, torch.UntypedStorage) and value.device.type == NAME:
            self._storages[value.memory._cdata] = value  # type: ignore[attr-defined]
            return value.memory  # type: ignore[attr-defined]
        if isinstance(value, torch._C.Generator):
            self._standin_generator(value)
        return value

    def _memory(self, tensor: torch.Tensor) -> torch.Tensor:
        """The same numbers as a tensor on the CPU."""
        for known, same, _ in self._pairs.values():
            if known is tensor:
                return same
        own = tensor.untyped_storage()
        memory = own.memory  # type: ignore[attr-defined]
        self._storages[memory._cdata] = own
        same = _EMPTY([0], dtype=tensor.dtype, device=_CPU)
        _put(same, memory, tensor)
        self._pairs[id(same)] = (tensor, same, _form(same) if self._traits.writes else None)
        return same

    def _make_numbers_tensors(self, args: list[Any]) -> None:
        """What was a number in the call comes as one, where the operator takes tensors alone."""
        numbers = [n for n in self._traits.tensors if n < len(args) and _is_number(args[n])]
        if not numbers:
            return
        like = next(same for _, same, _ in self._pairs.values())
        for n in numbers:
            dtype = torch.result_type(like, args[n])
            args[n] = torch.ops.aten.scalar_tensor.default(args[n], dtype=dtype, device=_CPU)

    def _refuse_strays(self) -> None:
        for stray in self._strays:
            index = self._traits.name in _INDEXING and not stray.is_floating_point()
            if stray.dim() and not index:
                raise RuntimeError(
                    "Expected all tensors to be on the same device, but found at least two "
                    f"devices, {self._standin.place} and {stray.device}! (when checking arguments "
                    f"of {self._traits.name})"
                )

    def _standin_generator(self, generator: Any) -> None:
        if generator is not self._standin.stream and not self._standin.has_made(generator):
            raise RuntimeError(
                f"Expected a '{NAME}' device type for generator but found '{generator.device}'"
            )

    def _drawing(self, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The arguments, with the device's random stream where no generator is given."""
        at, stream = self._traits.generator, {"generator": self._standin.stream}
        if self._traits.generator_by_name:
            return args, kwargs if kwargs.get("generator") else kwargs | stream
        given = args[at:]
        return (args, kwargs) if any(given) else (args[:at], kwargs | stream)

    def settle(self) -> None:
        """Give the device's tensors the form that theirs on the CPU have got, if another."""
        if not self._traits.writes:
            return
        for tensor, same, before in self._pairs.values():
            if before is not None and _form(same) != before:
                _put(tensor, self._storage(same), same)

    def leave(self, result: Any) -> Any:
        """The CPU's result as the device's."""
        if isinstance(result, list | tuple):
            return type(result)([self.leave(item) for item in result])
        if not isinstance(result, torch.Tensor):
            return result
        if id(result) in self._pairs:
            return self._pairs[id(result)][0]
        return _shown(result, self._storage(result))

    def _storage(self, same: torch.Tensor) -> Any:
        """The device's storage over the memory of a tensor on the CPU."""
        memory = same.untyped_storage()
        own = self._storages.get(memory._cdata)
        if own is None or own.nbytes() != memory.nbytes():
            own = over(memory, self._standin.place)
            self._storages[memory._cdata] = own
        return own


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex)


def over(memory: Any, place: torch.device) -> Any:
    """A storage of the device over that of the CPU, which it keeps."""
    address, size = memory.data_ptr(), memory.nbytes()
    own: Any = torch._C._construct_storage_from_data_pointer(address, place, size)
    own.memory = memory
    return own


def _shown(same: torch.Tensor, storage: Any) -> torch.Tensor:
    """A tensor on the device that shows a storage as one on the CPU shows the same memory."""
    made = torch._C._acc.create_empty_tensor((0,), same.dtype)
    _put(made, storage, same)
    return made


def _put(tensor: torch.Tensor, storage: Any, like: torch.Tensor) -> None:
    """Let a tensor show a storage in the form of another; the CPU's operator does so on both."""
    _SET.redispatch(
        _ON_CPU, tensor, storage, like.storage_offset(), list(like.size()), list(like.stride())
    )


def _form(tensor: torch.Tensor) -> tuple[Any, ...]:
    memory = tensor.untyped_storage()
    return memory._cdata, memory.nbytes(), tensor.storage_offset(), tensor.shape, tensor.stride()


def convolution(standin: Device, *args: Any) -> Any:
    """`convolution_overrideable`, which torch asks of devices that are not its own."""
    return answer(standin, torch.ops.aten.convolution.default, *args)


def convolution_backward(
    standin: Device, grad: torch.Tensor, x: torch.Tensor, weight: torch.Tensor, *rest: Any
) -> Any:
    """Its gradients; the CPU's operator takes the bias's size, too, in the fourth place."""
    transposed, groups = rest[3], rest[5]
    size = weight.size(1) * groups if transposed else weight.size(0)
    op = torch.ops.aten.convolution_backward.default
    return answer(standin, op, grad, x, weight, [size], *rest)


def may_trade_places(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether a parameter stays the same object when `Module.to` moves it: as on CUDA, yes."""
    return one.layout is other.layout


def lstm_cell(
    x: torch.Tensor,
    h: torch.Tensor,
    c: torch.Tensor,
    x_bias: torch.Tensor | None = None,
    h_bias: torch.Tensor | None = None,
) -> tuple[torch.Tensor, ...]:
    """`_thnn_fused_lstm_cell`, which there is for accelerators alone, in operators with gradients.

    Args:
        x, h: gates (n, 4 d) of the input and of the state, without their biases (4 d,).
        c: the cell (n, d).

    Returns:
        The new state and cell, and nothing that the gradient needs.
    """
    gates = (h if h_bias is None else h + h_bias) + (x if x_bias is None else x + x_bias)
    write, keep, new, show = gates.chunk(4, 1)
    cell = keep.sigmoid() * c + write.sigmoid() * new.tanh()
    return show.sigmoid() * cell.tanh(), cell, x.new_empty(0)


def gru_cell(
    x: torch.Tensor,
    h: torch.Tensor,
    state: torch.Tensor,
    x_bias: torch.Tensor | None = None,
    h_bias: torch.Tensor | None = None,
) -> tuple[torch.Tensor, ...]:
    """`_thnn_fused_gru_cell`, likewise; gates (n, 3 d), `state` (n, d)."""
    given = (x if x_bias is None else x + x_bias).chunk(3, 1)
    kept = (h if h_bias is None else h + h_bias).chunk(3, 1)
    reset, update = (kept[0] + given[0]).sigmoid(), (kept[1] + given[1]).sigmoid()
    new = (given[2] + kept[2] * reset).tanh()
    return (state - new) * update + new, x.new_empty(0)
