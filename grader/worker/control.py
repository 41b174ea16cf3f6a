"""An end of a control socket: the zygote's, or its branch's."""

import contextlib
import json
import socket
from collections.abc import Sequence
from typing import Any

_MAX_MESSAGE = 1 << 20
_MOST_DESCRIPTORS = 16
_DESCRIPTORS = {"fork": 2, "join": 1, "branch": 1}
"""How many descriptors travel beside a request; none beside the others."""


class Control:
    """Lines of JSON, with descriptors beside some of them."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`, a connected stream socket."""
        self.sock = sock
        self._rest = b""
        self._fds: list[int] = []

    @property
    def waiting(self) -> bool:
        """Whether a whole request has been read already."""
        return b"\n" in self._rest

    def receive(self) -> tuple[dict[str, Any] | None, list[int]]:
        """The next request and its descriptors; None when the controller is gone."""
        while not self.waiting:
            try:
                # Descriptors end what one call reads, but may belong to a line after the first.
                data, new, _, _ = socket.recv_fds(self.sock, _MAX_MESSAGE, _MOST_DESCRIPTORS)
            except ConnectionError:
                return None, []
            self._fds += new
            if not data:
                return None, []
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        request = json.loads(line)
        count = next((n for name, n in _DESCRIPTORS.items() if name in request), 0)
        fds, self._fds = self._fds[:count], self._fds[count:]
        return request, fds

    def send(self, message: dict[str, Any], fds: Sequence[int] = ()) -> None:
        """Send one line; whoever is gone at the other end is noticed on the next receive."""
        line = json.dumps(message).encode() + b"\n"
        with contextlib.suppress(OSError):
            sent = socket.send_fds(self.sock, [line], fds) if fds else 0
            self.sock.sendall(line[sent:])

    def close(self) -> None:
        """Close this process's copy."""
        self.sock.close()
