"""The zygote's end of the control socket."""

import contextlib
import json
import socket
from typing import Any

_MAX_MESSAGE = 1 << 20


class Control:
    """Lines of JSON, with descriptors beside them."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`, a connected stream socket."""
        self.sock = sock
        self._rest = b""

    def receive(self) -> tuple[dict[str, Any] | None, list[int]]:
        """The next request and its descriptors; None when the controller is gone."""
        fds: list[int] = []
        while b"\n" not in self._rest:
            try:
                data, new, _, _ = socket.recv_fds(self.sock, _MAX_MESSAGE, 2)
            except ConnectionError:
                return None, fds
            fds += new
            if not data:
                return None, fds
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        return json.loads(line), fds

    def send(self, message: dict[str, Any]) -> None:
        """Send one line; a controller that is gone is noticed on the next receive."""
        with contextlib.suppress(OSError):
            self.sock.sendall(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        """Close this process's copy."""
        self.sock.close()
