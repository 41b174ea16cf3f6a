"""The program that judges on a machine of a cluster; it holds what is secret, and runs no answers.

Started by exec beside a Dask worker, with one descriptor, a stream socket to it. Messages are as
`job.pack` makes them. First {"course": folder, "job": …, "slots": n} → {"ready": true}, or
{"failed": why this machine cannot grade it}. Then, in any order,
    {"ticket": n} + a submission as `job.packed_submission` makes it
                                  → {"ticket": n} + what came of it, a `Settled` in JSON.
When the Dask worker is gone, everything ends.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.cluster.job import Job, Settled, missing, pack, submission_of, unpack
from grader.course.syllabus import load_course
from grader.errors import GraderError, UsageError
from grader.grading.feeding import run_fed
from grader.grading.grading import Graded, begin, shelf_of, workplace
from grader.grading.pool import Finished
from grader.submissions import Found

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); from grader.cluster.controller import main; "
    "sys.exit(main(int(sys.argv[1])))"
)
_READ = 1 << 20


class Inbox:
    """What the Dask worker sends, as the pool takes it: tickets and submissions."""

    def __init__(self, sock: socket.socket) -> None:
        """Read from `sock`, a connected stream socket."""
        self._sock = sock
        self._rest = bytearray()

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._sock.fileno()

    def message(self) -> tuple[Any, bytes] | None:
        """Wait for one message, and read no further; None once nobody is there."""
        data = bytearray()
        while (read := unpack(data)) is None:
            more = self._sock.recv(missing(data))
            if not more:
                return None
            data += more
        return read[0], read[1]

    def take(self) -> Sequence[tuple[int, Found]]:
        """The submissions that have come whole; raises EOFError once nobody wants them graded."""
        if not self._more():
            raise EOFError
        found = []
        while (read := unpack(self._rest)) is not None:
            header, body, size = read
            del self._rest[:size]
            inner = unpack(body)
            if inner is None:
                raise GraderError("a submission came cut off from the Dask worker")
            found.append((int(header["ticket"]), submission_of(inner[0], inner[1])[1]))
        return found

    def _more(self) -> bool:
        try:
            data = self._sock.recv(_READ)
        except ConnectionError:
            return False
        self._rest += data
        return bool(data)


def main(descriptor: int) -> int:
    """Grade what comes through the socket; returns the exit code."""
    with socket.socket(fileno=descriptor) as sock:
        inbox = Inbox(sock)
        first = inbox.message()
        if first is None:
            return 0
        try:
            _serve(sock, inbox, first[0])
        except (UsageError, GraderError) as error:
            sock.sendall(pack({"failed": str(error)}))
            return 1
        except (EOFError, ConnectionError):  # whoever asked is gone, so that all here ends at once
            pass
    return 0


def _serve(sock: socket.socket, inbox: Inbox, order: dict[str, Any]) -> None:
    job, slots = Job.model_validate(order["job"]), int(order["slots"])
    course = load_course(Path(order["course"]))
    grading = begin(course, job.assignment, job.options(slots), job.seeds)
    with workplace(course, grading, slots, shelf_of(grading, None)) as here:
        sock.sendall(pack({"ready": True}))
        for finished in run_fed(inbox, here.places, here.work, [here.records]):
            sock.sendall(pack({"ticket": finished.task[0]}, _settled(finished)))


def _settled(finished: Finished[tuple[int, Found], Graded]) -> bytes:
    graded = finished.result
    made = Settled(
        number=0,
        result=graded.result if graded else None,
        notes=graded.notes if graded else (),
        error="" if graded else str(finished.error) or type(finished.error).__name__,
        seconds=finished.seconds,
    )
    return made.model_dump_json().encode()
