"""Products as a GPU computes them in TF32, on the CPU: factors lose all but some of their bits."""

from __future__ import annotations

PRELUDE = """
import torch as _torch
from torch.utils._python_dispatch import TorchDispatchMode as _Mode

_PRODUCTS = {{"mm", "bmm", "addmm", "addbmm", "baddbmm", "mv", "addmv", "dot", "convolution",
              "convolution_backward", "mkldnn_rnn_layer", "_thnn_fused_lstm_cell"}}


def _cut(value):
    if isinstance(value, (list, tuple)):
        return type(value)(map(_cut, value))
    if not isinstance(value, _torch.Tensor) or value.dtype is not _torch.float32:
        return value
    lost = 23 - {bits}
    whole = value.contiguous().view(_torch.int32)
    return ((whole + (1 << (lost - 1))) & ~((1 << lost) - 1)).view(_torch.float32)


class _Coarse(_Mode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function.__name__.partition(".")[0] in _PRODUCTS:
            args = tuple(map(_cut, args))
        return function(*args, **(kwargs or {{}}))


_Coarse().__enter__()
"""


def coarse(source: str, bits: int = 10) -> str:
    """A program whose products of float32 keep `bits` bits of their factors; TF32 keeps 10."""
    return source + PRELUDE.format(bits=bits)
