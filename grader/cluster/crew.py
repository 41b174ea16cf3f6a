"""A Dask worker's handle of the controller beside it: batches go in, what came of them comes out.

The controller has a few submissions more than it has slots; the others of a batch wait here. So it
is known of each whether it was in the controller's hands when that died.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from grader.cluster.controller import PROGRAM, Inbox
from grader.cluster.job import Answer, Job, Settled, pack
from grader.controller.zygote import grader_folder
from grader.grading.pool import AHEAD

_END_SECONDS = 10.0


@dataclass
class _Batch:
    """What has come of a batch so far; `wanted` are still to come."""

    run: str
    wanted: int
    settled: list[Settled] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    died: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    number: int
    packed: bytes
    batch: _Batch


class Crew:
    """One controller and what it was given; used by all threads of a Dask worker."""

    def __init__(self, root: Path, job: Job, slots: int) -> None:
        """Start it, which takes seconds; returns at once.

        Args:
            root: this machine's copy of the course.
            job: what is graded.
            slots: submissions at a time.
        """
        self.refused = ""
        """Why it can grade nothing, once it has said so."""
        self.ready = self.dead = False
        self._draining = False
        self._most = AHEAD * slots
        self._queue: deque[_Item] = deque()
        self._given: dict[int, _Item] = {}
        self._tickets = count()
        self._changed = threading.Condition()
        self._start(root, job, slots)

    def _start(self, root: Path, job: Job, slots: int) -> None:
        self._sock, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(theirs.fileno()), grader_folder()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": grader_folder()},
                cwd=root,
                start_new_session=True,  # a terminal's interrupt is for us to pass on
            )
        order = {"course": str(root), "job": job.model_dump(mode="json"), "slots": slots}
        for work, first in ((self._write, pack(order)), (self._read, b"")):
            threading.Thread(target=work, args=(first,), daemon=True).start()

    def grade(self, run: str, submissions: Sequence[tuple[int, bytes]]) -> Answer:
        """Have a batch graded, and wait for it; see `Answer`."""
        batch = _Batch(run, len(submissions))
        with self._changed:
            self._queue.extend(_Item(number, packed, batch) for number, packed in submissions)
            if self.dead or self._draining:
                self._drop(lambda item: item.batch is batch)
            self._changed.notify_all()
            self._changed.wait_for(lambda: batch.wanted == 0)
            return Answer(
                settled=tuple(batch.settled),
                left=tuple(batch.left),
                died=tuple(batch.died),
                refused=self.refused,
                leaving=self._draining,
            )

    @property
    def busy(self) -> bool:
        """Whether anything is in progress, or waits."""
        return bool(self._queue or self._given)

    def drain(self) -> None:
        """Begin nothing more; what is in the controller's hands is finished."""
        with self._changed:
            self._draining = True
            self._drop(lambda item: True)

    def withdraw(self, run: str) -> None:
        """Whoever asked has gone: what waits is dropped, and what is in progress ends at once.

        Unless others have something in progress here: then it goes on to its end.
        """
        with self._changed:
            self._drop(lambda item: item.batch.run == run)
            runs = {item.batch.run for item in (*self._queue, *self._given.values())}
        if runs == {run}:
            self.close()

    def close(self) -> None:
        """End the controller and all below it."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _drop(self, chosen: Callable[[_Item], bool]) -> None:
        """Take what is chosen out of the queue, as left; the caller holds the lock."""
        kept: deque[_Item] = deque()
        for item in self._queue:
            if chosen(item):
                item.batch.left.append(item.number)
                item.batch.wanted -= 1
            else:
                kept.append(item)
        self._queue = kept
        self._changed.notify_all()

    def _write(self, order: bytes) -> None:
        """A thread: give the controller what it has room for."""
        try:
            self._sock.sendall(order)
            while True:
                with self._changed:
                    self._changed.wait_for(self._may_give)
                    if self.dead:
                        return
                    item, ticket = self._queue.popleft(), next(self._tickets)
                    self._given[ticket] = item
                self._sock.sendall(pack({"ticket": ticket}, item.packed))
        except OSError:  # gone, which the other thread notices
            pass

    def _may_give(self) -> bool:
        return self.dead or bool(self._queue and len(self._given) < self._most)

    def _read(self, _: bytes) -> None:
        """A thread: hear the controller, until it is gone."""
        inbox = Inbox(self._sock)
        with suppress(OSError):
            while (said := inbox.message()) is not None:
                self._hear(*said)
        self._process.wait()
        with self._changed:
            self.dead = True
            for item in self._given.values():
                # Before it was ready, no submission was looked at: it was none of theirs.
                (item.batch.died if self.ready else item.batch.left).append(item.number)
                item.batch.wanted -= 1
            self._given.clear()
            self._drop(lambda item: True)
        self._sock.close()

    def _hear(self, header: dict[str, object], body: bytes) -> None:
        with self._changed:
            if "ready" in header:
                self.ready = True
            elif "failed" in header:
                self.refused = str(header["failed"])
            else:
                item = self._given.pop(int(str(header["ticket"])))
                settled = Settled.model_validate_json(body)
                item.batch.settled.append(settled.model_copy(update={"number": item.number}))
                item.batch.wanted -= 1
            self._changed.notify_all()
