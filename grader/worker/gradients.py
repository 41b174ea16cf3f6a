"""Taking differentiation out of torch: the engine, its nodes, forward mode, every transform.

Torch differentiates in one engine, whichever door leads to it: `backward`, `torch.func`, a script,
C++. It is gone, and nothing else is left that could walk a graph: not the nodes called one by one,
not the operators `*_backward`, not tangents. No graph is built either, so that layers, whose
parameters ask for one, do their sums all the same.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any

import torch

from grader.worker import kernels, slots
from grader.worker.refusals import Refusals

# Tangents, the engine, and what layers, activations and losses have for a derivative.
_OPERATORS = (
    "make_dual", "backward", "*sigmoid_backward", "tanh_backward", "threshold_backward",
    "*relu*_backward", "elu_backward", "g*lu_backward", "silu_backward", "softplus_backward",
    "*softmax_backward_data", "mse_loss_backward", "nll_loss*_backward",
    "binary_cross_entropy_backward", "smooth_l1_loss_backward", "*linear_backward*",
    "*_norm_backward*", "convolution_backward*", "*max_pool2d*_backward", "avg_pool2d_backward",
    "*lstm*_backward*", "*gru_cell_backward*", "embedding_dense_backward",
    "*attention_for_cpu_backward",
)  # fmt: skip
_TRANSFORMS = ("_grad_increment_nesting", "_jvp_increment_nesting")
_OF_C = ("_enter_dual_level", "_jit_differentiate")
_HOLDERS = ("torch._C", "torch._functorch", "torch.autograd", "torch.func")
_SET_ENGINE = "_ZN5torch8autograd23set_default_engine_stubEPFRNS0_6EngineEvE"
_THROWS = "_ZSt25__throw_bad_function_callv"


# What ends in the engine anyway, and is noted there.
DOORS = ("torch.autograd", "torch.func", "torch._functorch", "run_backward", "requires_grad_")


def warm_up() -> None:
    """Find everything once, in the zygote."""
    _places()
    _engine_of_c()
    _nodes()
    kernels.matching(_OPERATORS)


def take(refusals: Refusals) -> None:
    """Take away every means of differentiating."""
    refuse = refusals.by("Tensor.backward")
    engine = type(torch.autograd.Variable._execution_engine)
    for name in ("run_backward", "queue_callback"):
        slots.replace_method(engine, name, refuse)
    set_engine, throws = _engine_of_c()
    set_engine(throws)
    if _builds_graphs():
        slots.take_calls(_nodes())
    kernels.take(kernels.matching(_OPERATORS), lambda name: refuse)
    for owner, name in _places():
        slots.take_c_function(vars(owner)[name])
        setattr(owner, name, refuse)
    _never_build()


def take_requires_grad(refusals: Refusals) -> None:
    """Refuse to mark tensors for differentiation by hand; to unmark them is no harm."""
    refuse = refusals.by("requires_grad_")
    base = torch._C.TensorBase
    descriptor = vars(base)["requires_grad"]

    def requires_grad_(self: torch.Tensor, requires_grad: bool = True) -> torch.Tensor:
        if requires_grad:
            refuse()
        descriptor.__set__(self, False)
        return self

    def mark(self: torch.Tensor, value: bool) -> None:
        if value:
            refuse()
        descriptor.__set__(self, False)

    slots.replace_method(base, "requires_grad_", requires_grad_)
    slots.replace_method(base, "requires_grad", property(descriptor.__get__, mark))


def _builds_graphs() -> bool:
    """Whether this torch builds graphs without asking for an engine."""
    try:
        with torch.enable_grad():
            _ = torch.ones(1, requires_grad=True) * 1
    except RuntimeError:
        return False
    return True


def _never_build() -> None:
    torch._C._set_grad_enabled(False)
    slots.take_c_function(torch._C._set_grad_enabled)
    setattr(torch._C, "_set_grad_enabled", lambda mode: None)  # noqa: B010


@functools.cache
def _engine_of_c() -> tuple[Any, Any]:
    """How to give C++ code, such as a script's, another engine; and one that throws."""
    folder = torch.__file__.rpartition("/")[0]
    library = ctypes.CDLL(f"{folder}/lib/libtorch_cpu.so")
    standard = ctypes.CDLL("libstdc++.so.6")
    return getattr(library, _SET_ENGINE), ctypes.cast(getattr(standard, _THROWS), ctypes.c_void_p)


@functools.cache
def _nodes() -> tuple[type, ...]:
    """The types of a graph's nodes that can be called."""
    known = vars(torch._C._functions).values()
    return tuple(kind for kind in known if isinstance(kind, type) and "__call__" in vars(kind))


@functools.cache
def _places() -> tuple[tuple[Any, str], ...]:
    """Where the C functions of the transforms stand: under all names that modules gave them."""
    holders = ((torch._C, _OF_C), (torch._C._functorch, _TRANSFORMS))
    wanted = {id(getattr(owner, name, None)) for owner, names in holders for name in names}
    modules = [module for path, module in sys.modules.items() if path.startswith(_HOLDERS)]
    return tuple(
        (module, name)
        for module in modules
        for name, thing in vars(module).items()
        if id(thing) in wanted and thing is not None
    )
