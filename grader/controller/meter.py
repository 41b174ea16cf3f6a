"""What a worker costs, by the kernel's account; nothing here is the worker's own word.

CPU time is that of the worker and of all that it started: its control group's, or where there is
none (and so no children) its thread group's. A thread that stands ready but has no CPU *waits*:
what a busy machine takes away is no idling of the student's.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

_EXITING = 0x4  # PF_EXITING of a process's flags
_NANO = 1e-9
_MICRO = 1e-6
_SETTLE_SECONDS = 0.002
_SETTLE_TRIES = 16


@dataclass(frozen=True)
class Reading:
    """Seconds of CPU time so far, seconds that each thread waited for one, and when it was read."""

    cpu: float
    waited: dict[int, float]
    at: float


class Meter:
    """Reads one worker's account."""

    def __init__(self, pid: int | None, cpu_file: str | None) -> None:
        """`pid`: the worker's as we see it, None if unknown; `cpu_file`: its group's account."""
        self._pid = pid if sys.platform == "linux" else None
        self._file = Path(cpu_file) if cpu_file else None
        self._cpu = self._before = 0.0
        self._since = time.monotonic()
        with contextlib.suppress(OSError):  # it may be dead by now
            self._before = self._seconds()
        self.first = self.read()

    @property
    def pid(self) -> int | None:
        """The worker's process id as we see it, None if unknown."""
        return self._pid

    def read(self) -> Reading:
        """The account now; of a worker that has ended, as it last was."""
        return Reading(self.cpu(), self._waited(), time.monotonic())

    def cpu(self) -> float:
        """Seconds of CPU time since the meter was made; at most a tick a running thread late."""
        with contextlib.suppress(OSError):
            self._cpu = max(self._cpu, self._seconds() - self._before)
        return self._cpu

    def settled(self) -> float:
        """Seconds of CPU time once the worker is at rest, or after 30 ms if it never is.

        The kernel enters what a thread has run when it stops or at the next tick, so that a short
        call would else seem to cost nothing.
        """
        last = self.cpu()
        for _ in range(_SETTLE_TRIES):
            time.sleep(_SETTLE_SECONDS)
            if (now := self.cpu()) == last:
                break
            last = now
        return last

    def ending(self) -> bool:
        """Whether the worker is dead, or dying; that takes a while where it held much memory."""
        try:
            stat = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return True
        return stat[0] in "ZX" or bool(int(stat[6]) & _EXITING)

    def _seconds(self) -> float:
        if self._file is not None:
            text = self._file.read_text()
            if text.startswith("usage_usec"):  # version 2
                return int(text.split()[1]) * _MICRO
            return int(text) * _NANO
        if self._pid is None:  # no Linux: wall clock, the only one there is
            return time.monotonic() - self._since
        return time.clock_gettime((~self._pid << 3) | 2)  # what clock_getcpuclockid returns

    def _waited(self) -> dict[int, float]:
        waited: dict[int, float] = {}
        for pid in self._processes():
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with contextlib.suppress(OSError):
                        text = Path(f"/proc/{pid}/task/{thread}/schedstat").read_text()
                        waited[int(thread)] = int(text.split()[1]) * _NANO
        return waited

    def _processes(self) -> list[int]:
        if self._file is not None:
            with contextlib.suppress(OSError):
                return [
                    int(pid) for pid in (self._file.parent / "cgroup.procs").read_text().split()
                ]
        return [] if self._pid is None else [self._pid]


def ran(pid: int) -> float:
    """Seconds of CPU that a process and its children have had; 0.0 where nobody tells."""
    seconds = 0.0
    with contextlib.suppress(OSError, ValueError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            with contextlib.suppress(OSError):
                for thread in os.listdir(f"/proc/{one}/task"):
                    text = Path(f"/proc/{one}/task/{thread}/schedstat").read_text()
                    seconds += int(text.split()[0]) * _NANO
    return seconds


@dataclass
class Spent:
    """Seconds of CPU, asleep or blocked by the worker's own choice, and on the wall."""

    cpu: float = 0.0
    idle: float = 0.0
    wall: float = 0.0
    last: Reading | None = field(default=None, repr=False)

    def begin(self, reading: Reading) -> None:
        """Count from this reading on; of another worker, too."""
        self.last = reading

    def add(self, reading: Reading, *, quiet: float) -> None:
        """Count up to this reading; idle for at most the seconds in which nothing came of it."""
        last = self.last or reading
        wall = reading.at - last.at
        cpu = reading.cpu - last.cpu
        waited = max((s - last.waited.get(t, 0.0) for t, s in reading.waited.items()), default=0.0)
        self.cpu += cpu
        self.wall += wall
        self.idle += max(min(quiet, wall - max(waited, 0.0) - cpu), 0.0)
        self.last = reading
