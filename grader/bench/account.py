"""Who used how much CPU time in a run, by the kernel's account, and when its results came."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from grader.results import SubmissionResult


@dataclass(frozen=True)
class Costs:
    """Seconds of CPU time of a run.

    `controller` hands out, writes down and prepares; `judges` talk to workers and compare;
    `workers` run what was submitted and what explains it; `forks` is the zygote's time since it
    was ready, and `start` its time before.
    """

    controller: float
    judges: float
    workers: float
    forks: float
    start: float
    workers_count: int

    @property
    def steady(self) -> float:
        """All of it but the start."""
        return self.controller + self.judges + self.workers + self.forks


class Account:
    """Counts the CPU time of this process and its children inside a block, and results' hours."""

    def __init__(self) -> None:
        """Count from here, until the block is entered."""
        self._begun, self._at = _used(), time.monotonic()
        self._zygote: Mapping[str, Any] = {}
        self.moments: list[float] = []
        """Seconds from the beginning to each result, in their order."""
        self.seconds = 0.0
        """On the wall, in the block."""
        self.below = 0.0
        """CPU seconds of all children."""
        self.costs = Costs(0.0, 0.0, 0.0, 0.0, 0.0, 0)

    def zygote(self, counts: Mapping[str, Any]) -> None:
        """Take down what a zygote says at its end; see `Zygote.counts`."""
        self._zygote = counts

    def progress(self, done: int, of: int, last: SubmissionResult | None) -> None:
        """Take down that a result came."""
        if last is not None:
            self.moments.append(time.monotonic() - self._at)

    def __enter__(self) -> Self:
        """Begin."""
        self._begun, self._at = _used(), time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        """End; the run's processes must have ended."""
        self.seconds = time.monotonic() - self._at
        own, self.below = (now - then for now, then in zip(_used(), self._begun, strict=True))
        told = {"forks": 0, "workers_cpu": 0.0, "own_cpu": 0.0, "start_cpu": 0.0, **self._zygote}
        workers, forks, start = told["workers_cpu"], told["own_cpu"], told["start_cpu"]
        # What is left are judges, and the workers that stood ready when the run ended.
        judges = max(self.below - workers - forks - start, 0.0)
        self.costs = Costs(own, judges, workers, forks, start, told["forks"])

    @property
    def steady_per_second(self) -> float:
        """The rate after the first tenth of the results, to the last one."""
        first = max(len(self.moments) // 10, 1) - 1
        came = len(self.moments) - 1 - first
        passed = self.moments[-1] - self.moments[first] if came else self.seconds
        return max(came, 1) / max(passed, 1e-9)


def _used() -> tuple[float, float]:
    """Seconds of CPU of this process, and of its children that have ended."""
    own, below = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system, below.ru_utime + below.ru_stime
