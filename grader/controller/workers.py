"""A worker as the controller has it: its socket, its output, what it costs, how it ended."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass

from grader.controller.meter import Meter
from grader.errors import GraderError
from grader.worker import wire

_CONFINE_SECONDS = 30.0
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid


@dataclass(frozen=True)
class Worker:
    """A confined worker. `pid` is the zygote's name for it; `sock` and `output_fd` are ours.

    `meter` reads what it costs from the kernel. `output_fd` reads what the worker prints; the
    caller drains and closes both, or calls `close`.
    """

    pid: int
    sock: socket.socket
    output_fd: int
    slot: int
    meter: Meter

    def close(self) -> None:
        """Close our two ends; safe to call twice."""
        if self.sock.fileno() >= 0:
            self.sock.close()
            os.close(self.output_fd)


@dataclass(frozen=True)
class Exit:
    """How a worker ended: exit code or the signal that killed it; `oom` by the kernel for memory.

    `overran`: it used all the CPU time that its policy allows, for which the kernel kills.
    `maxrss_kib`: the most memory it held, with what it shares with the zygote; `cpu_seconds`.
    """

    signal: int | None
    code: int | None
    oom: bool
    maxrss_kib: int
    cpu_seconds: float
    overran: bool = False


class Ends:
    """Our two ends of a worker that was asked for, and those that go to it."""

    def __init__(self) -> None:
        """Make both pairs."""
        self.sock, self._theirs = socket.socketpair()
        _ask_who_writes(self.sock, True)
        self.output, self._writer = os.pipe()

    @property
    def theirs(self) -> list[int]:
        """What the worker gets: its socket, and the pipe for its output."""
        return [self._theirs.fileno(), self._writer]

    def close_theirs(self) -> None:
        """Close what has been sent."""
        self._theirs.close()
        os.close(self._writer)

    def close(self) -> None:
        """Close what is ours."""
        self.sock.close()
        os.close(self.output)

    def confined(self, pid: int, slot: int, cpu_file: str | None) -> Worker:
        """The worker at the other ends, once it says that it is confined.

        Only a confined worker has anything else to say later.

        Raises:
            GraderError: it says that it is not, or is gone.
        """
        self.sock.settimeout(_CONFINE_SECONDS)
        try:
            seen_as = _who_writes(self.sock)
            header, _ = wire.receive_frame(self.sock)
            _ask_who_writes(self.sock, False)
        except (wire.Closed, OSError) as error:
            raise GraderError("a worker ended before it was confined") from error
        finally:
            self.sock.settimeout(None)
        if not header.get("confined"):
            layer, reason = header["confinement"], header["reason"]
            raise GraderError(f"a worker could not be confined: {layer}: {reason}")
        return Worker(pid, self.sock, self.output, slot, Meter(seen_as, cpu_file))


def _ask_who_writes(sock: socket.socket, asked: bool) -> None:
    if hasattr(socket, "SO_PASSCRED"):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, asked)


def _who_writes(sock: socket.socket) -> int | None:
    """The process that wrote the bytes that wait, by the kernel's word, in our own numbers."""
    if not hasattr(socket, "SCM_CREDENTIALS"):
        return None
    _, told, _, _ = sock.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_PEEK)
    credentials = [
        _CREDENTIALS.unpack(data)
        for level, kind, data in told
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)
    ]
    return credentials[0][0] or None if credentials else None
