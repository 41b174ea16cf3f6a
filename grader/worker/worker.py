"""What a freshly forked worker does with itself."""

import io
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from grader.worker import wire
from grader.worker.confine import ConfinementError, Policy, Tools, confine

Serve = Callable[..., None]
"""Serves a socket; `taken`: what was taken away before, see `grader.worker.serve.serve`."""

EXIT_UNCONFINED = 70
_WORKER_SOCKET = 3


def run_worker(
    policy: Policy, fds: list[int], tools: Tools, scratch: str | None, serve: Serve
) -> NoReturn:
    """The worker's life, in the fork: arrange descriptors, confine, serve.

    `fds`: its socket and the pipe for its output. Its first frame is {"confined": true}, or if a
    layer fails {"confinement": layer, "reason": text}, and it exits with `EXIT_UNCONFINED`. The
    controller believes it, as nothing of the student's has arrived yet.
    """
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sock = _arrange_descriptors(*fds)
        try:
            confine(policy, (_WORKER_SOCKET,), tools, scratch)
        except ConfinementError as error:
            wire.send_frame(sock, {"confinement": error.layer, "reason": error.reason})
            os._exit(EXIT_UNCONFINED)
        wire.send_frame(sock, {"confined": True})
        serve(sock)
        sys.stdout.flush()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _arrange_descriptors(worker_socket: int, output: int) -> socket.socket:
    """0 reads nothing, 1 and 2 are the output pipe, 3 is the worker's socket."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.dup2(worker_socket, _WORKER_SOCKET)
    sys.stdout = _text_stream(1, prompt=False)
    sys.stderr = _text_stream(2, prompt=True)
    return socket.socket(fileno=_WORKER_SOCKET)


def _text_stream(fd: int, *, prompt: bool) -> io.TextIOWrapper:
    """A new stream, as the zygote's own was made for another file; `prompt`: nothing waits."""
    return io.TextIOWrapper(
        os.fdopen(fd, "wb", buffering=0 if prompt else -1, closefd=False),
        encoding="utf-8",
        errors="backslashreplace",
        line_buffering=True,
        write_through=prompt,
    )
