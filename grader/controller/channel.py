"""Lines of JSON to a zygote and back, with descriptors beside them."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time
from typing import Any


class HungUp(Exception):
    """The zygote is gone."""


class Channel:
    """Our end of a control socket; one thread uses it at a time."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`, a connected stream socket."""
        self._sock = sock
        self._rest = b""

    def send(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        """Send a message. Raises HungUp."""
        data = json.dumps(message).encode() + b"\n"
        try:
            sent = socket.send_fds(self._sock, [data], fds or [])
            self._sock.sendall(data[sent:])
        except OSError as error:
            raise HungUp from error

    def receive(self, deadline: float) -> dict[str, Any] | None:
        """The next message; None at the deadline, a monotonic time. Raises HungUp."""
        while b"\n" not in self._rest:
            if not self._ready(deadline - time.monotonic()):
                return None
            try:
                data = self._sock.recv(1 << 16)
            except OSError as error:
                raise HungUp from error
            if not data:
                raise HungUp
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def fileno(self) -> int:
        """The descriptor of our end."""
        return self._sock.fileno()

    def hang_up(self) -> None:
        """Let whoever waits on either end know; any thread may call it."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close our end."""
        self._sock.close()

    def _ready(self, timeout: float) -> bool:
        poll = select.poll()
        try:
            poll.register(self._sock, select.POLLIN)
            return bool(poll.poll(max(timeout, 0.0) * 1000))
        except ValueError as error:  # closed on our side
            raise HungUp from error
