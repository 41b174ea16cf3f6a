"""Talking to one worker for as long as its limits allow, while draining what it prints."""

from __future__ import annotations

import os
import select
from typing import Any

from grader.controller.limit import Watch
from grader.controller.zygote import Worker
from grader.worker.wire import (
    MAX_ANSWER,
    MAX_HEADER,
    Closed,
    ProtocolError,
    parse_header,
    parse_prefix,
    prefix_size,
)


class Link:
    """Frames to and from one worker. Output over the cap is read and thrown away."""

    def __init__(self, worker: Worker, output_bytes: int) -> None:
        """Take over the worker's socket and output pipe."""
        self._worker = worker
        self._sock = worker.sock
        self._sock.setblocking(False)
        os.set_blocking(worker.output_fd, False)
        self._room = output_bytes
        self._open = True
        self._output: list[bytes] = []
        self._buffer = bytearray()
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN)
        self._poll.register(worker.output_fd, select.POLLIN)

    def send(self, frame: bytes, watch: Watch) -> None:
        """Send a packed frame; raises Overdue, Starved or Closed."""
        view = memoryview(frame)
        self._poll.modify(self._sock, select.POLLOUT)
        try:
            while view:
                for fd, _ in self._wait(watch):
                    if fd == self._worker.output_fd:
                        self._drain()
                        continue
                    try:
                        view = view[self._sock.send(view) :]
                    except BlockingIOError:
                        continue
                    except OSError as error:
                        raise Closed("the worker is gone") from error
        finally:
            self._poll.modify(self._sock, select.POLLIN)

    def receive(self, watch: Watch) -> tuple[dict[str, Any], bytes]:
        """Return the next frame; raises Overdue, Starved, Closed or ProtocolError."""
        watch.pause(quiet=False)  # also where frames come so fast that nobody ever waits
        while True:
            if frame := self._take():
                return frame
            for fd, _ in self._wait(watch):
                if fd == self._worker.output_fd:
                    self._drain()
                else:
                    self._fill()

    def output(self) -> bytes:
        """Return what the worker printed so far, up to the cap."""
        self._drain()
        return b"".join(self._output)

    def _wait(self, watch: Watch) -> list[tuple[int, int]]:
        ready = self._poll.poll(watch.pause(quiet=False) * 1000)
        if not ready:
            watch.pause(quiet=True)
        return ready

    def _fill(self) -> None:
        try:
            chunk = self._sock.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError as error:
            raise Closed("the worker is gone") from error
        if not chunk:
            raise Closed("the worker is gone")
        self._buffer += chunk

    def _take(self) -> tuple[dict[str, Any], bytes] | None:
        start = prefix_size()
        if len(self._buffer) < start:
            return None
        header_size, body_size = parse_prefix(bytes(self._buffer[:start]))
        if header_size > MAX_HEADER or body_size > MAX_ANSWER:
            raise ProtocolError("a frame is larger than allowed")
        end = start + header_size + body_size
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as view:
            header = parse_header(bytes(view[start : start + header_size]))
            body = bytes(view[start + header_size : end])
        del self._buffer[:end]
        return header, body

    def _drain(self) -> None:
        if not self._open:
            return
        try:
            chunk = os.read(self._worker.output_fd, 1 << 16)
        except BlockingIOError:
            return
        if not chunk:
            self._poll.unregister(self._worker.output_fd)
            self._open = False
            return
        if self._room > 0:
            self._output.append(chunk[: self._room])
            self._room -= len(chunk)
