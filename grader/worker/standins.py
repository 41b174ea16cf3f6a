"""Stand-ins for earlier exercises that a submission got wrong.

A stand-in sends its arguments over the worker's socket and returns what comes back. Whatever
computes the answer lives in another worker: none of its code is here. A stand-in holds no token,
so that whoever looks into it finds nothing but a socket that the process has anyway.
"""

from __future__ import annotations

import builtins
import socket
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from grader.worker import fake
from grader.worker.cap import Cap
from grader.worker.values import Encoder, build
from grader.worker.wire import SHOWS_NOTHING, Reader, receive_frame, send_frame


def stand_in(
    sock: socket.socket, name: str, cap: Cap, device: str, framework: str
) -> Callable[..., Any]:
    """A function that stands in for the exercise `name`; it can be asked no more than `cap`.

    It raises what a right answer raises on these arguments, and RuntimeError where no right
    answer can be asked: for what is no plain value, or where a gradient would have to pass.
    """

    def ask(*args: Any, **kwargs: Any) -> Any:
        if torch.is_grad_enabled() and any(t.requires_grad for t in _tensors([args, kwargs])):
            raise RuntimeError(f"{SHOWS_NOTHING} no gradient passes through it")
        encoder = Encoder()
        tree = encoder.encode([list(args), kwargs], cap)
        send_frame(sock, {"ask": name, "inputs": tree}, encoder.blobs)
        header, body = receive_frame(sock)
        if "raised" in header:
            raise _exception(header["raised"])(header["message"])
        with torch._C.DisableTorchFunction(), _disable_current_modes():
            value = build(header["value"], Reader(body), device, framework)
        fake.vouch([args, kwargs], value)
        return value

    ask.__name__ = ask.__qualname__ = name
    return ask


def _exception(name: str) -> type[Exception]:
    kind = getattr(builtins, name, None)
    return kind if isinstance(kind, type) and issubclass(kind, Exception) else RuntimeError


def _tensors(value: Any) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
