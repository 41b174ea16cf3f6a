"""Which exceptions say that a GPU is broken for the process that met them, and which are not.

After an illegal access or a failed assertion in a kernel, whatever a process asks of its GPU fails
with the same error, until the process ends. Want of memory passes. Who raises such an error without
a GPU ends his own worker by it, and gains a fresh one for his next exercise, no more.
"""

from __future__ import annotations

from grader.comparing.outcomes import Raised

_SIGNS = ("CUDA error: ", "cuDNN error: ")
_HARMLESS = (
    "invalid configuration argument",
    "invalid argument",
    "operation not supported",
    "STATUS_INVALID_VALUE",
    "STATUS_NOT_SUPPORTED",
    "STATUS_BAD_PARAM",
)
"""What is refused before anything is launched."""
# How torch, the driver and its libraries, the C library and C++ say it; two have exceptions of
# their own.
_NO_MEMORY = (
    "CUDA out of memory",
    "CUDA error: out of memory",
    "STATUS_ALLOC_FAILED",
    "can't allocate memory",
    "Cannot allocate memory",
    "bad_alloc",
)
_MEMORY_KINDS = frozenset({"MemoryError", "OutOfMemoryError"})


def wants_memory(raised: Raised) -> bool:
    """Whether there was not enough memory, of the machine's or of a GPU's."""
    said = any(words in raised.message for words in _NO_MEMORY)
    return said or raised.type in _MEMORY_KINDS


def breaks_device(raised: Raised) -> bool:
    """Whether the process's GPU is of no use from now on."""
    if wants_memory(raised) or any(words in raised.message for words in _HARMLESS):
        return False
    return raised.type == "AcceleratorError" or raised.message.startswith(_SIGNS)
