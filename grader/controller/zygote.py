"""The controller's side of a zygote: start it, fork workers from it, see them end."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import sysconfig
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from grader.controller.channel import Channel, HungUp
from grader.controller.meter import ran
from grader.controller.workers import Ends, Exit, Worker
from grader.errors import GraderError
from grader.worker.confine import Policy

__all__ = ["Exit", "Worker", "Zygote", "default_readable", "environment", "grader_folder"]

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); from grader.worker.zygote import main; "
    "sys.exit(main(int(sys.argv[1]), sys.argv[2]))"
)
_START_SECONDS = 120.0  # importing torch from a cold disk
_START_LOOKS = 15
_START_PROGRESS = 0.01
"""Seconds of CPU between two looks by which a start that is only slow differs from a dead one."""
_REPLY_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
_SYSTEM_PATHS = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
)


def default_readable() -> tuple[str, ...]:
    """Paths that a worker must read to run Python and torch: never the course or a home."""
    scheme = sysconfig.get_paths()
    own = {sys.prefix, sys.base_prefix, scheme["purelib"], scheme["platlib"], scheme["stdlib"]}
    real = {os.path.realpath(path) for path in (*own, *_SYSTEM_PATHS)}
    return tuple(sorted(path for path in own | real | set(_SYSTEM_PATHS) if os.path.lexists(path)))


class Resident(Protocol):
    """Somebody who keeps a worker."""

    def close(self) -> None:
        """End it."""


class Zygote:
    """One user's connection to a zygote process. Workers belong to the user who forked them.

    Making one starts the process, which ends when that first connection is closed; `another` adds
    a user. Starting returns at once; the first fork waits until the process is ready. From the
    second fork on, the next worker is forked and confined while the last one runs.

    A connection is used by one thread at a time. Every method raises `GraderError` once the
    process is dead: make a new one.
    """

    def __init__(
        self, policy: Policy, python: str = sys.executable, program: str = PROGRAM
    ) -> None:
        """Start a zygote whose workers all obey `policy`; `python` is the interpreter it runs."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [python, "-I", "-c", program, str(theirs.fileno()), grader_folder()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # ours may be carrying JSON
                env=environment(),
                cwd="/",
                start_new_session=True,
            )
        self._begin(policy, ours, process)
        self._send({"prepare": policy.to_json()})

    def _begin(
        self, policy: Policy, sock: socket.socket, process: subprocess.Popen[bytes] | None
    ) -> None:
        self._policy, self._channel, self._process = policy, Channel(sock), process
        self._ready = process is None
        self._exits: dict[int, Exit] = {}
        self._live: set[int] = set()
        self._unwatched: set[int] = set()  # nobody will ask how they ended
        self._asked: deque[Ends] = deque()  # workers that were asked for, and not handed out
        self._answers: deque[dict[str, Any]] = deque()  # to what was asked, as far as they came
        self._forks = 0
        self._branch: Zygote | None = None
        self.gpu = ""
        """The GPU that this user's workers are given, as NVML calls it; "": the zygote's own."""
        self.resident: Resident | None = None
        """A worker that stays from one submission to the next; it ends with the connection."""

    def another(self) -> Zygote:
        """A further user's connection to the same process, which must be ready."""
        return self._joined("join")

    def lacking(self, rules: Iterable[dict[str, Any]]) -> Zygote:
        """Where to fork workers that must lack what rules forbid: a connection to the branch that
        lacks just that already, as long as this one, or this one itself.
        """
        asked = _each(rules)
        if not asked or asked != _each(self._policy.rules):
            return self
        if self._branch is None:
            self._branch = self._joined("branch")
        self._branch.gpu = self.gpu
        return self._branch

    def _joined(self, where: str) -> Zygote:
        self.wait_ready()
        ours, theirs = socket.socketpair()
        with theirs:
            self._send({where: True}, [theirs.fileno()])
        return Zygote.at(self._policy, ours)

    @classmethod
    def at(cls, policy: Policy, sock: socket.socket) -> Zygote:
        """The connection whose socket was given to us by whoever made it with `another`."""
        made = cls.__new__(cls)
        made._begin(policy, sock, None)
        return made

    def fork(self) -> Worker:
        """Start a worker and wait until it is confined: only then may student code be sent.

        Raises `GraderError`, also when a layer of the confinement fails.
        """
        self.wait_ready()
        if not self._asked:
            self._ask()
        ends = self._asked[0]
        try:
            started = self._started()
            worker = ends.confined(started["pid"], started["slot"], started["cpu"])
        except BaseException:
            ends.close()
            raise
        finally:
            self._asked.popleft()
        self._forks += 1
        if self._forks > 1:
            self._ask()
        return worker

    def _ask(self) -> None:
        """Ask for a worker, whom the next fork will take."""
        ends = Ends()
        try:
            self._send({"fork": True}, ends.theirs)
        except BaseException:
            ends.close()
            raise
        finally:
            ends.close_theirs()
        self._asked.append(ends)

    def _started(self) -> dict[str, Any]:
        """The answer to the first fork that is not handed out yet."""
        deadline = time.monotonic() + _REPLY_SECONDS
        while not self._answers:
            if self._receive(deadline) is None:
                self.abort()  # a late answer would be taken for another fork's
                raise GraderError(f"the zygote gave no answer within {_REPLY_SECONDS:.0f} s")
        answer = self._answers.popleft()
        _raise_failed(answer)
        return answer

    def wait_ready(self) -> None:
        """Wait until the zygote has imported everything.

        On a busy machine seconds of work take minutes: it is given up when it does nothing.
        """
        if self._ready:
            return
        assert self._process is not None
        used, begun = ran(self._process.pid), time.monotonic()
        for _ in range(_START_LOOKS):
            if self._answer("ready", _START_SECONDS) is not None:
                self._ready = True
                return
            before, used = used, ran(self._process.pid)
            if used < before + _START_PROGRESS:
                break
        waited, last = time.monotonic() - begun, max(used - before, 0.0)
        raise GraderError(
            f"the zygote gave no answer within {waited:.0f} s, in which it had {used:.1f} s of CPU "
            f"time, the last {last:.2f} s since we looked before"
        )

    def kill(self, worker: Worker) -> Exit:
        """End a worker and all it started, and say how it ended; it may have ended before."""
        if worker.pid in self._live:
            self._send({"kill": worker.pid})
        ended = self.wait(worker, _REPLY_SECONDS)
        if ended is None:
            raise GraderError(
                f"worker {worker.pid} did not end {_REPLY_SECONDS:.0f} s after a kill"
            )
        return ended

    def dismiss(self, worker: Worker) -> None:
        """End a worker and all it started, without waiting for it; nobody may ask of it again."""
        if worker.pid in self._live:
            self._send({"kill": worker.pid})
            self._unwatched.add(worker.pid)
        self._exits.pop(worker.pid, None)

    def wait(self, worker: Worker, timeout: float) -> Exit | None:
        """How a worker ended, or None if it has not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while worker.pid in self._live:
            if self._receive(deadline) is None:
                return None
        if worker.pid not in self._exits:
            raise GraderError(f"worker {worker.pid} is not one of this zygote's")
        return self._exits[worker.pid]

    def counts(self) -> dict[str, Any]:
        """The process's own account.

        `forks`, and how many have `ended`, `modules` imported, `huge` pages of its heap and those
        `refused`; CPU seconds: `start_cpu` until it was ready, `own_cpu` since then, `workers_cpu`
        of those that ended, and their page faults, `workers_faults`.
        """
        self.wait_ready()
        self._send({"count": True})
        return self._reply("forks", _REPLY_SECONDS)

    @property
    def idle(self) -> int:
        """Workers of ours that live and hold no submission: the next one, and the resident."""
        own = len(self._asked) + (self.resident is not None)
        return own + (self._branch.idle if self._branch else 0)

    def abort(self) -> None:
        """Hang up: workers end, and whoever waits for one of them gets `GraderError`.

        The one method that another thread may call. `close` is still needed.
        """
        self._channel.hang_up()
        if self._branch is not None:
            self._branch.abort()
        if self._process is not None and not self._ready:
            self._process.kill()  # it is importing, has no workers, and would hear of it late

    def fileno(self) -> int:
        """The descriptor of our end."""
        return self._channel.fileno()

    def hand_over(self) -> None:
        """Close our copy of a connection that a fork of ours goes on with."""
        self._channel.close()

    def close(self) -> None:
        """End our workers; on the first connection also the zygote. Safe to call twice."""
        if self.resident is not None:
            with contextlib.suppress(GraderError):
                self.resident.close()
        self.abort()
        if self._branch is not None:
            self._branch.close()
        self._channel.close()
        while self._asked:
            self._asked.pop().close()
        if self._process is None:
            return
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _send(self, message: dict[str, Any], fds: list[int] | None = None) -> None:
        try:
            self._channel.send(message, fds)
        except HungUp as error:
            raise self._dead() from error

    def _reply(self, key: str, timeout: float) -> dict[str, Any]:
        message = self._answer(key, timeout)
        if message is None:
            raise GraderError(f"the zygote gave no answer within {timeout:.0f} s")
        return message

    def _answer(self, key: str, timeout: float) -> dict[str, Any] | None:
        """The next message of a kind; None if there is none in time."""
        deadline = time.monotonic() + timeout
        while True:
            message = self._receive(deadline)
            if message is None:
                return None
            if not self._ready:
                _raise_failed(message)
            if key in message:
                return message

    def _receive(self, deadline: float) -> dict[str, Any] | None:
        """The next message, noted on the way; None at the deadline."""
        try:
            message = self._channel.receive(deadline)
        except HungUp as error:
            raise self._dead() from error
        if message is None:
            return None
        if "exit" in message:
            self._note_exit(message)
        elif self._ready and ("pid" in message or "failed" in message):
            self._answers.append(message)
            if "pid" in message:
                self._live.add(message["pid"])
        return message

    def _note_exit(self, message: dict[str, Any]) -> None:
        pid, status = message["exit"], message["status"]
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        self._live.discard(pid)
        if pid in self._unwatched:
            self._unwatched.discard(pid)
            return
        overran = message["cpu"] >= self._policy.limits.cpu_seconds
        self._exits[pid] = Exit(
            killed, code, message["oom"], message["maxrss"], message["cpu"], overran
        )

    def _dead(self) -> GraderError:
        if self._process is None:
            return GraderError("the zygote is dead; start a new one")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.returncode
        return GraderError(f"the zygote is dead (exit code {code}); start a new one")


def _each(rules: Iterable[dict[str, Any]]) -> frozenset[tuple[tuple[str, Any], ...]]:
    return frozenset(tuple(sorted(rule.items())) for rule in rules)


def _raise_failed(message: dict[str, Any]) -> None:
    if "failed" in message:
        layer, reason = message["failed"], message["reason"]
        raise GraderError(f"the zygote could not do its work: {layer}: {reason}")


def grader_folder() -> str:
    """The folder that holds the package `grader`, where the zygote imports it from."""
    return str(Path(__file__).resolve().parents[2])


def environment() -> dict[str, str]:
    """The zygote's environment: nothing of ours but what the libraries' loader needs."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return inherited | threads | {"LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
