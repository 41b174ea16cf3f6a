"""Workers that run whatever code a test sends, under the zygote's real confinement."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from grader.controller.zygote import Exit, Worker, Zygote, default_readable
from grader.worker import wire
from grader.worker.confine import Isolation, Limits, Policy
from grader.worker.devices import Device

MIB = 1 << 20
SMALL = Limits(
    memory_bytes=400 * MIB,
    cpu_seconds=4,
    processes=24,
    file_bytes=4 * MIB,
    disk_bytes=8 * MIB,
    disk_inodes=200,
    open_files=64,
)

# What each worker runs: code comes in, the value of its variable `result` goes out as text.
RUNNER = """
def serve(sock, taken=None):
    from grader.worker import wire
    wire.send_frame(sock, {"ready": True})
    while True:
        try:
            header, _ = wire.receive_frame(sock)
        except wire.Closed:
            return
        names = {}
        try:
            exec(header["code"], names)
            answer = {"result": names.get("result"), "error": None}
        except BaseException as error:
            answer = {"result": str(error), "error": type(error).__name__}
        wire.send_frame(sock, answer)
"""
RUN = (
    "import sys; sys.path.insert(0, sys.argv[2])\n"
    + RUNNER
    + "from grader.worker import zygote\n"
    + "sys.exit(zygote.main(int(sys.argv[1]), sys.argv[2], serve))\n"
)
# The same without the imports that make a zygote slow to start, for tests that need no torch.
LIGHT = RUN.replace(
    "sys.exit", "zygote._import_everything = zygote._made_ready = lambda *_: (None, None)\nsys.exit"
)
WITHOUT_CGROUP = RUN.replace(
    "sys.exit", "zygote.cgroup.find_parents = lambda keeper: None\nsys.exit"
)  # as on a machine where no cgroup can be made
# For tests run by root: first become an ordinary user, in a mount namespace where that user can
# reach the interpreter even if it lies below a folder that only root may enter.
AS_NOBODY = """
import os, sys
sys.path.insert(0, sys.argv[2])
from grader.worker import linux
calls = linux.Linux()
calls.unshare(linux.CLONE_NEWNS)
calls.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
def locked(path):
    parents = [path[:i] for i, c in enumerate(path) if c == "/" and i] + [path]
    return next((p for p in parents if not os.stat(p).st_mode & 1), None)
paths = {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, sys.argv[2])}
paths = {p: os.open(p, os.O_PATH) for p in paths if locked(p)}
for cover in {locked(p) for p in paths}:
    calls.mount("cover", cover, "tmpfs", 0, "mode=755")
for path, fd in paths.items():
    os.makedirs(path, exist_ok=True)
    calls.mount(f"/proc/self/fd/{fd}", path, None, linux.MS_BIND | linux.MS_REC)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
os.execv(sys.executable, [sys.executable, "-I", "-c", PROGRAM, *sys.argv[1:]])
"""


def program(user: str, run: str = RUN) -> str:
    """The zygote's program; `user` is "nobody" to drop root first, or "self"."""
    return f"PROGRAM = {run!r}\n{AS_NOBODY}" if user == "nobody" else run


def policy(isolation: Isolation = "full", limits: Limits = SMALL, device: Device = "cpu") -> Policy:
    return Policy(isolation=isolation, readable=default_readable(), limits=limits, device=device)


@dataclass(frozen=True)
class Answer:
    """What the code left in `result`, or the exception it raised (`error`, text in `result`)."""

    result: Any
    error: str | None


class Gone(Exception):
    """The worker ended instead of answering."""


@dataclass(frozen=True)
class Box:
    """A live worker, ready to run code."""

    zygote: Zygote
    worker: Worker

    def run(self, code: str, seconds: float = 60.0) -> Answer:
        self.worker.sock.settimeout(seconds)
        try:
            wire.send_frame(self.worker.sock, {"code": code})
            header, _ = wire.receive_frame(self.worker.sock)
        except (wire.Closed, ConnectionError) as error:
            raise Gone from error
        return Answer(**header)

    def exit(self, seconds: float = 20.0) -> Exit:
        ended = self.zygote.wait(self.worker, seconds)
        assert ended is not None, "the worker still lives"
        return ended

    def output(self) -> str:
        """All that was printed, once every process that could print is gone."""
        text = b""
        while data := os.read(self.worker.output_fd, 1 << 16):
            text += data
        return text.decode()


@contextmanager
def box(zygote: Zygote) -> Iterator[Box]:
    worker = zygote.fork()
    try:
        worker.sock.settimeout(60.0)
        header, _ = wire.receive_frame(worker.sock)
        assert header == {"ready": True}
        yield Box(zygote, worker)
    finally:
        zygote.kill(worker)
        worker.close()


@contextmanager
def attacker(zygote: Zygote) -> Iterator[Box]:
    """A worker to attack from; an honest one beside it must work afterwards as before."""
    with box(zygote) as honest, box(zygote) as hostile:
        yield hostile
        answer = honest.run(HONEST)
        assert answer == Answer([4.0, 4.0], None), answer


HONEST = """
import torch
w = torch.ones(2, requires_grad=True)
((w * 2.0) ** 2).sum().mul(0.5).backward()
open(__import__("tempfile").gettempdir() + "/mine", "w").write("x")
result = w.grad.tolist()
"""
