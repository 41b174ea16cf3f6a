"""A cluster in processes of its own: a scheduler, workers, a slow network; and who is left after.

The course is small and its submissions sleep, so that there is time to break something.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from small_course import write_course  # type: ignore[import-not-found]

from grader.cluster.address import Address, Tls, address_of
from grader.cluster.grading import on_cluster
from grader.cluster.scheduler import Link
from grader.controller.zygote import grader_folder
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping, unsaved_folder
from grader.grading.store import Store
from grader.results import Report, SubmissionResult

SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
CHAINRULE = "from grader.cli import app; app()"
RIGHT = """\
import time
time.sleep({seconds})
def double(x, scale=1.0):
    return 2 * x * scale
class Counter:
    def __init__(self, start): self.value = start
    def tick(self): self.value += 1
    def twice(self): self.tick(); self.tick()
# {number}
"""
WRONG = RIGHT.replace("2 * x", "x * x")
PATIENCE = 240.0  # seconds; the machine may be busy with other tests
OPTIONS = Options(2, "cpu", "process")


def hand_in(folder: Path, count: int, seconds: float = 0.3) -> Path:
    """So many submissions; every fourth is a known mistake, and one is no Python."""
    folder.mkdir(parents=True)
    for number in range(count):
        text = WRONG if number % 4 == 3 else RIGHT
        text = "def double(x:\n# {seconds} {number}\n" if number == 1 else text
        text = text.replace("{seconds}", str(seconds)).replace("{number}", str(number))
        (folder / f"s{number:04}.py").write_text(text)
    return folder


def make_course(root: Path, more: str = "") -> Path:
    """The course; `more` are lines for its course.yml."""
    write_course(root)
    file = root / "course.yml"
    file.write_text(file.read_text() + more)
    return root


@dataclass
class Parts:
    """The processes of a cluster, all of which end with it."""

    folder: Path
    course: Path
    tls: Tls | None = None
    started: list[subprocess.Popen] = field(default_factory=list)
    seen: set[psutil.Process] = field(default_factory=set)
    scheduler: subprocess.Popen | None = None
    url: str = ""

    def start(self, program: str, *options: str, **more: Any) -> subprocess.Popen:
        """Start a program of Python, whose words go to a file of its own."""
        return self._start([sys.executable, "-c", program, *options], more)

    def start_file(self, file: Path, *options: str, **more: Any) -> subprocess.Popen:
        """The same for a program in a file."""
        return self._start([sys.executable, str(file), *options], more)

    def _start(self, command: list[str], more: dict[str, Any]) -> subprocess.Popen:
        log = self.folder / f"log{len(self.started)}"
        environment = os.environ | {"PYTHONPATH": grader_folder()} | more.pop("env", {})
        with log.open("w") as words:
            made = subprocess.Popen(
                command,
                stdout=words, stderr=words, stdin=subprocess.DEVNULL,
                env=environment, cwd=more.pop("cwd", self.course),
            )  # fmt: skip
        self.started.append(made)
        made.log = log  # type: ignore[attr-defined]
        return made

    def start_scheduler(self, port: int = 0) -> str:
        """Start a scheduler on loopback and wait for it; returns its address."""
        file = self.folder / f"scheduler{len(self.started)}.json"
        options = ["--host", "127.0.0.1", "--port", str(port), "--scheduler-file", str(file)]
        options += ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
        if self.tls:
            options += ["--protocol", "tls", "--tls-ca-file", str(self.tls.ca)]
            options += ["--tls-cert", str(self.tls.cert), "--tls-key", str(self.tls.key)]
        going = self.scheduler = self.start(SCHEDULER, *options)
        until(lambda: file.exists() and file.stat().st_size > 0, going)
        self.url = address_of(str(file), self.tls).url
        return self.url

    def start_worker(self, jobs: int = 2, url: str = "", **more: Any) -> subprocess.Popen:
        """Start a machine and wait until it has joined."""
        options = ["worker", url or self.url, "--jobs", str(jobs), "--device", "cpu"]
        if self.tls:
            options += ["--tls-ca", str(self.tls.ca), "--tls-cert", str(self.tls.cert)]
            options += ["--tls-key", str(self.tls.key)]
        going = self.start(CHAINRULE, *options, **more)
        until(lambda: "joined" in words(going), going)
        self.look()
        return going

    @property
    def address(self) -> Address:
        return Address(self.url, self.tls)

    def present(self) -> int:
        """How many Dask workers the scheduler knows."""
        with closing(Link(self.address)) as link:
            return len(link.present())

    def look(self) -> None:
        """Remember all processes that there are now."""
        for one in self.started:
            with suppress(psutil.NoSuchProcess):
                parent = psutil.Process(one.pid)
                self.seen |= {parent, *parent.children(recursive=True)}

    def end(self) -> list[psutil.Process]:
        """End all by force but gently first; returns what is left of any process ever seen."""
        self.look()
        others = [one for one in self.started if one is not self.scheduler]
        for going in (others, [self.scheduler] if self.scheduler else []):
            for one in going:
                one.terminate()
            for one in going:
                try:
                    one.wait(30)
                except subprocess.TimeoutExpired:
                    one.kill()
                    one.wait()
        return left_of(self.seen)


def words(going: subprocess.Popen) -> str:
    return str(going.log.read_text())  # type: ignore[attr-defined]


def until(condition: Callable[[], bool], going: subprocess.Popen | None = None) -> None:
    """Wait for a condition; fails if a process that it needs has ended, or after minutes."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert going is None or going.poll() is None, words(going)
        assert time.monotonic() < end, "nothing happened for minutes"
        time.sleep(0.05)


def left_of(processes: set[psutil.Process]) -> list[psutil.Process]:
    """Those that still run once they had time to end; zombies have ended."""
    _, alive = psutil.wait_procs([p for p in processes if running(p)], timeout=60)
    return [one for one in alive if running(one)]


def running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def parts(folder: Path, course: Path, tls: Tls | None = None) -> Iterator[Parts]:
    """An empty cluster; on the way out all of it ends, and nothing may be left."""
    made = Parts(folder, course, tls)
    try:
        yield made
    finally:
        left = made.end()
    assert left == []


def below(process: subprocess.Popen, word: str) -> list[psutil.Process]:
    """Processes below one whose command has a word in it, the first-born first."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for one in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if running(one) and word in " ".join(one.cmdline()):
                    found.append(one)
    return sorted(found, key=lambda one: one.create_time())


def dask_workers(process: subprocess.Popen) -> list[psutil.Process]:
    return below(process, "spawn_main")


def zygotes(process: subprocess.Popen) -> list[psutil.Process]:
    """The process that forks workers: the child of its keeper."""
    keepers = below(process, "grader.worker.zygote")
    pids = {one.pid for one in keepers}
    return [one for one in keepers if _parent(one) in pids][:1]


def _parent(process: psutil.Process) -> int:
    """A process's parent; 0 of one that has ended meanwhile."""
    with suppress(psutil.NoSuchProcess):
        return process.ppid()
    return 0


@dataclass
class Graded:
    """A run in this process: its report, what was told, and what the store has."""

    report: Report
    told: list[str]
    kept: list[SubmissionResult]
    rows: int


def graded(
    parts: Parts | None,
    course: Path,
    submissions: Path,
    after: Callable[[int], None] = lambda done: None,
    database: str = "",
    options: Options = OPTIONS,
    patience: float = PATIENCE,
) -> Graded:
    """Grade on a cluster, or on this machine for None; `after` hears how many are done."""
    told: list[str] = []
    loaded = load_course(course)
    url = database or f"sqlite:///{submissions.parent / f'{time.monotonic_ns()}.sqlite'}"
    elsewhere = on_cluster(parts.address, loaded, told.append, patience) if parts else None
    with Store(url) as store:
        report = grade_class(
            loaded, "one", submissions, options, Keeping(store, unsaved_folder(loaded)),
            lambda done, of, last: after(done), elsewhere=elsewhere,
        )  # fmt: skip
        if parts:
            parts.look()
        kept = store.latest("one")
        rows = len({one.sha256 for one in kept})
    return Graded(report, told, kept, rows)


def same(one: Report, other: Report) -> bool:
    """Equal but for how long it took."""
    return _without_seconds(one) == _without_seconds(other)


def _without_seconds(report: Report) -> Report:
    timeless = tuple(s.model_copy(update={"seconds": 0.0}) for s in report.submissions)
    return report.model_copy(update={"submissions": timeless})


class Proxy:
    """A network on loopback that is slow, counts what it carries, and can be cut."""

    def __init__(self, url: str, delay: float = 0.0, record: bool = False) -> None:
        """Carry to the address `url`; every piece is `delay` seconds late."""
        self._record, self.recorded = record, bytearray()
        host, port = url.partition("://")[2].rsplit(":", 1)
        self._to, self._delay = (host, int(port)), delay
        self.carried = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"{url.partition('://')[0]}://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._server.accept()
                theirs = socket.create_connection(self._to)
                for pair in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self.carried += len(data)
                if self._record:
                    self.recorded += data
                time.sleep(self._delay)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()
