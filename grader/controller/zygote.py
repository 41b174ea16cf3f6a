"""The controller's side of a zygote: start it, fork workers from it, see them end."""

import contextlib
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.controller.meter import Meter
from grader.errors import GraderError
from grader.worker import wire
from grader.worker.confine import Policy

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); from grader.worker.zygote import main; "
    "sys.exit(main(int(sys.argv[1]), sys.argv[2]))"
)
_START_SECONDS = 120.0  # importing torch from a cold disk
_REPLY_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
_SLOTS = 64
_CREDENTIALS = struct.Struct("iII")  # pid, uid, gid
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


def default_readable() -> tuple[str, ...]:
    """Paths that a worker must read to run Python and torch: never the course or a home."""
    scheme = sysconfig.get_paths()
    own = {sys.prefix, sys.base_prefix, scheme["purelib"], scheme["platlib"], scheme["stdlib"]}
    real = {os.path.realpath(path) for path in (*own, *_SYSTEM_PATHS)}
    return tuple(sorted(path for path in own | real | set(_SYSTEM_PATHS) if os.path.lexists(path)))


class Zygote:
    """One zygote process. Starting returns at once; the first fork waits until it is ready.

    Used by one thread at a time. Every method raises `GraderError` once the zygote is dead: make
    a new one.
    """

    def __init__(
        self, policy: Policy, python: str = sys.executable, program: str = PROGRAM
    ) -> None:
        """Start a zygote whose workers all obey `policy`; `python` is the interpreter it runs."""
        self._policy = policy
        self._ready = False
        self._exits: dict[int, Exit] = {}
        self._live: dict[int, int] = {}  # slots by process
        self._rest = b""
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [python, "-I", "-c", program, str(theirs.fileno()), grader_folder()],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,  # ours may be carrying JSON
                env=environment(),
                cwd="/",
                start_new_session=True,
            )
        self._send({"prepare": policy.to_json()})

    def fork(self) -> Worker:
        """Start a worker and wait until it is confined: only then may student code be sent.

        Raises `GraderError`, also when a layer of the confinement fails.
        """
        self.wait_ready()
        slots = (s % _SLOTS for s in range(self._policy.slot, self._policy.slot + _SLOTS))
        slot = next((s for s in slots if s not in self._live.values()), None)
        if slot is None:
            raise GraderError(f"a zygote can have {_SLOTS} workers at a time; end some first")
        ours, theirs = socket.socketpair()
        _ask_who_writes(ours, True)
        reader, writer = os.pipe()
        request = {"fork": replace(self._policy, slot=slot).to_json()}
        try:
            self._send(request, [theirs.fileno(), writer])
            started = self._reply("pid", _REPLY_SECONDS)
        except BaseException:
            ours.close()
            os.close(reader)
            raise
        finally:
            theirs.close()
            os.close(writer)
        pid = int(started["pid"])
        self._live[pid] = slot
        try:
            seen_as = _await_confinement(ours)
        except BaseException:
            ours.close()
            os.close(reader)
            raise
        return Worker(pid, ours, reader, slot, Meter(seen_as, started["cpu"]))

    def wait_ready(self) -> None:
        """Wait until the zygote has imported everything."""
        if not self._ready:
            self._reply("ready", _START_SECONDS)
            self._ready = True

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

    def wait(self, worker: Worker, timeout: float) -> Exit | None:
        """How a worker ended, or None if it has not within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while worker.pid in self._live:
            message = self._receive(deadline)
            if message is None:
                return None
        if worker.pid not in self._exits:
            raise GraderError(f"worker {worker.pid} is not one of this zygote's")
        return self._exits[worker.pid]

    def abort(self) -> None:
        """Hang up: workers end, and whoever waits for one of them gets `GraderError`.

        The one method that another thread may call. `close` is still needed.
        """
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        if not self._ready:  # it is importing, has no workers, and would hear of it late
            self._process.kill()

    def close(self) -> None:
        """End the zygote and its workers; safe to call twice."""
        self.abort()
        self._control.close()
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
        data = json.dumps(message).encode() + b"\n"
        try:
            sent = socket.send_fds(self._control, [data], fds or [])
            self._control.sendall(data[sent:])
        except OSError as error:
            raise self._dead() from error

    def _reply(self, key: str, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            message = self._receive(deadline)
            if message is None:
                raise GraderError(f"the zygote gave no answer within {timeout:.0f} s")
            if "failed" in message:
                layer, reason = message["failed"], message["reason"]
                raise GraderError(f"the zygote could not do its work: {layer}: {reason}")
            if key in message:
                return message

    def _receive(self, deadline: float) -> dict[str, Any] | None:
        """The next message, exits noted on the way; None at the deadline."""
        while b"\n" not in self._rest:
            if not _readable(self._control, deadline - time.monotonic()):
                return None
            try:
                data = self._control.recv(1 << 16)
            except OSError as error:
                raise self._dead() from error
            if not data:
                raise self._dead()
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        if "exit" in message:
            self._note_exit(message)
        return message

    def _note_exit(self, message: dict[str, Any]) -> None:
        pid, status = message["exit"], message["status"]
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        self._live.pop(pid, None)
        overran = message["cpu"] >= self._policy.limits.cpu_seconds
        self._exits[pid] = Exit(
            killed, code, message["oom"], message["maxrss"], message["cpu"], overran
        )

    def _dead(self) -> GraderError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.returncode
        return GraderError(f"the zygote is dead (exit code {code}); start a new one")


def _await_confinement(sock: socket.socket) -> int | None:
    """Read the worker's first frame; only a confined worker has anything else to say later.

    Returns the worker's process id as we see it, None where the kernel does not tell.
    """
    sock.settimeout(_REPLY_SECONDS)
    try:
        pid = _who_writes(sock)
        header, _ = wire.receive_frame(sock)
        _ask_who_writes(sock, False)
    except (wire.Closed, OSError) as error:
        raise GraderError("a worker ended before it was confined") from error
    finally:
        sock.settimeout(None)
    if not header.get("confined"):
        layer, reason = header["confinement"], header["reason"]
        raise GraderError(f"a worker could not be confined: {layer}: {reason}")
    return pid


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


def _readable(sock: socket.socket, timeout: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return bool(selector.select(max(timeout, 0.0)))


def grader_folder() -> str:
    """The folder that holds the package `grader`, where the zygote imports it from."""
    return str(Path(__file__).resolve().parents[2])


def environment() -> dict[str, str]:
    """The zygote's environment: nothing of ours but what the libraries' loader needs."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")
    inherited = {name: os.environ[name] for name in kept if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return inherited | threads | {"LANG": "C.UTF-8", "MPLBACKEND": "Agg"}
