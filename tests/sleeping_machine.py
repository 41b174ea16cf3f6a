"""`chainrule worker` whose controller only sleeps, for each submission as long as it says.

So the way of a submission through a cluster can be measured for more slots than there are cores.
It is a file of its own, and changes what it must when it is imported, because Dask's worker runs
in a process that a nanny starts, which imports the file again.
"""

import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grader.cluster.crew
from grader.cluster.controller import Inbox
from grader.cluster.job import Settled, pack, submission_of, unpack
from grader.results import SubmissionResult
from grader.submissions import Found

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); sys.path.insert(0, sys.argv[2] + '/tests'); "
    "from sleeping_machine import sleep_through; sys.exit(sleep_through(int(sys.argv[1])))"
)
vars(grader.cluster.crew)["PROGRAM"] = PROGRAM


def sleep_through(descriptor: int) -> int:
    """A controller's life: as many threads as slots, each of which sleeps."""
    with socket.socket(fileno=descriptor) as sock:
        inbox, lock = Inbox(sock), threading.Lock()
        first = inbox.message()
        if first is None:
            return 0
        sock.sendall(pack({"ready": True}))

        def one(ticket: int, found: Found) -> None:
            time.sleep(float(found.opened().split()[1]))  # "# SECONDS"
            body = Settled(number=0, result=result(found), seconds=0.0).model_dump_json().encode()
            with lock:
                sock.sendall(pack({"ticket": ticket}, body))

        with ThreadPoolExecutor(int(first[0]["slots"])) as threads:
            while (said := inbox.message()) is not None:
                inner = unpack(said[1])
                assert inner is not None
                threads.submit(one, said[0]["ticket"], submission_of(inner[0], inner[1])[1])
    return 0


def result(one: Found) -> SubmissionResult:
    return SubmissionResult(
        student=one.student, file=one.file, sha256="", status="graded", score=0.0, max_score=0.0,
        seconds=0.0,
    )  # fmt: skip


if __name__ == "__main__":
    from grader.cli import app

    sys.exit(app())
