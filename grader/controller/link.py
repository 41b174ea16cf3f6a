"""Talking to one worker for as long as its limits allow, while draining what it prints."""

from __future__ import annotations

import os
import select
import time
from typing import Any

from grader.controller.caps import Frame
from grader.controller.limit import Watch
from grader.controller.zygote import Worker
from grader.worker.wire import Closed, ProtocolError, parse_header, parse_prefix, prefix_size

CHUNK = 2**18


class Link:
    """Frames to and from one worker. Output over the cap is read and thrown away.

    Of a frame no more is held than the question allows, whatever size the frame says it has.
    """

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

    def receive(self, watch: Watch, most: Frame) -> tuple[dict[str, Any], memoryview]:
        """Return the next frame, of at most so many bytes.

        Raises Overdue, Starved, Closed or ProtocolError.
        """
        header, body = self.receive_bytes(watch, most)
        return parse_header(header), body

    def receive_bytes(self, watch: Watch, most: Frame) -> tuple[bytes, memoryview]:
        """The same frame with its header as it came."""
        while True:
            if self._buffer and (frame := self._take(most)):
                watch.pause()  # also where frames come so fast that nobody ever waits
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
        seconds, begun = watch.pause(), time.monotonic()
        ready = self._poll.poll(seconds * 1000)
        watch.quiet(time.monotonic() - begun)
        return ready

    def _fill(self) -> None:
        try:
            chunk = self._sock.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise Closed("the worker is gone") from error
        if not chunk:
            raise Closed("the worker is gone")
        self._buffer += chunk

    def _take(self, most: Frame) -> tuple[bytes, memoryview] | None:
        start = prefix_size()
        if len(self._buffer) < start:
            return None
        header_size, body_size = parse_prefix(self._buffer)
        if header_size > most[0] or body_size > most[1]:
            raise ProtocolError("a frame is larger than allowed")
        end = start + header_size + body_size
        if len(self._buffer) < end:
            return None
        frame, self._buffer = self._buffer, self._buffer[end:]
        header = bytes(frame[start : start + header_size])
        return header, memoryview(frame)[start + header_size : end]

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
