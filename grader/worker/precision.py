"""Float32 that is float32: what makes torch compute more coarsely is put back before each call.

TF32 keeps 10 bits of a product's factors, and convolutions on a GPU use it unless somebody says no.
Who asks for it, for reductions in float16 or for autocast in a cell has it until the next call of
an exercise; who asks within a call returns values that are too far off, or of another dtype. The
functions are torch's own, taken before student code could put others in their places.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

_EXACT = "ieee"
_PLACES = (
    ("generic", "all"),
    *(("cuda", operation) for operation in ("all", "matmul", "conv", "rnn")),
    *(("mkldnn", operation) for operation in ("all", "matmul", "conv", "rnn")),
)


def _taken(name: str) -> Callable[..., Any]:
    """A function of torch's own in C; one that does nothing where this torch has none."""
    return getattr(torch._C, name, lambda *arguments: None)


_matmul = _taken("_set_float32_matmul_precision")
_cublas = _taken("_set_cublas_allow_tf32")
_cudnn = _taken("_set_cudnn_allow_tf32")
_precision = _taken("_set_fp32_precision_setter")
_accumulation = _taken("_set_cublas_allow_fp16_accumulation")
_autocast = torch.set_autocast_enabled
_reductions = torch.backends.cuda.matmul


def restore() -> None:
    """Compute in full precision from now on, on the CPU and on a GPU."""
    _matmul("highest")
    _cublas(False)
    _cudnn(False)
    for backend, operation in _PLACES:
        _precision(backend, operation, _EXACT)
    _accumulation(False)
    _reductions.allow_fp16_reduced_precision_reduction = False
    _reductions.allow_bf16_reduced_precision_reduction = False
    for device in ("cpu", "cuda"):
        _autocast(device, False)
