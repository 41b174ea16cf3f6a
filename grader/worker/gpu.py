"""What a GPU needs around student code. Without one, nothing here does anything.

CUDA is begun by the first tensor that is put on a GPU, in a worker, never in the zygote.
"""

from __future__ import annotations

import os

import torch


def choose(uuid: str) -> None:
    """Let this process see one GPU, or slice of one, alone; "" leaves all as it is.

    CUDA looks at this once, when it begins.
    """
    if uuid:
        os.environ["CUDA_VISIBLE_DEVICES"] = uuid


def settle() -> None:
    """Wait until the GPU has done all that it was asked, on every stream.

    An error of a kernel comes up here, and not in what is asked next. Raises `RuntimeError`.
    """
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()
