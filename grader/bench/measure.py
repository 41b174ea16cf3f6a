"""`chainrule bench`: throughput, the ratio to its peers, overhead and memory, in one run."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import psutil
from pydantic import BaseModel

from grader.bench.account import Account
from grader.bench.floor import floor
from grader.bench.otter_peer import otter_seconds
from grader.bench.peer import Peer, nbgrader_seconds
from grader.course.syllabus import Course
from grader.demo.sample import write_class
from grader.demo.variations import variations, vary
from grader.errors import GraderError
from grader.grading.grading import Options, begin, grade_class
from grader.grading.machine import Isolation
from grader.nbgrader.progress import Show, unseen
from grader.results import Report, SubmissionResult
from grader.worker.devices import Device

_MIB = 1024 * 1024
_WORKERS = 3
_NBGRADER, _OTTER = 50, 100
"""What a notebook takes there, in notebooks that we grade: roughly, to say what time is left."""
_FEW = 20
"""Notebooks that are graded one by one, where no peer says how many."""


@dataclass(frozen=True)
class Sizes:
    """How many notebooks each grader gets: we once each of `classes`, its peers a few or none."""

    classes: tuple[int, ...]
    nbgrader: int
    otter: int

    @property
    def singly(self) -> int:
        """Those that we grade once more, in one slot."""
        return self.nbgrader or min(_FEW, *self.classes)


class Throughput(BaseModel):
    """One class, from the call to the last result, start-up included.

    Ratios are times on the wall: the peers take a notebook at a time, and their rate on a few is
    taken for their rate on many. `cpu_ratio_…` is the same in CPU time, which a busy machine
    changes less; 0 without a peer. `…_cpu_ms` are CPU time of a submission, without the start: the
    controller's with its judges, the workers' with what explains failures, the zygote's since it
    was ready.
    """

    submissions: int
    per_second: float
    steady_per_second: float
    first_result_seconds: float
    ratio_nbgrader: float
    ratio_otter: float
    cpu_ratio_nbgrader: float
    cpu_ratio_otter: float
    controller_cpu_ms: float
    worker_cpu_ms: float
    zygote_cpu_ms: float
    start_cpu_seconds: float


class Figures(Throughput):
    """What a run measured; ratios and counts say more than times on a shared machine.

    Its own throughput is that of the first class.
    """

    assignment: str
    jobs: int
    isolation: str
    device: str
    nbgrader_submissions: int
    nbgrader_per_second: float
    otter_submissions: int
    otter_per_second: float
    warm_ms: float
    graded_ms: float
    overhead_ms: float
    worker_private_mib: float
    largest_process_mib: float
    further: tuple[Throughput, ...] = ()


def measure(
    course: Course,
    name: str,
    sizes: Sizes,
    jobs: int,
    isolation: Isolation,
    device: Device = "cpu",
    show: Show = unseen,
) -> Figures:
    """Grade classes of varied notebooks, and the first few of them by nbgrader and otter too, which
    know of no device.

    `show` is told how far that is, in notebooks that we grade.

    Raises:
        GraderError: a submission was not graded, or a peer failed.
    """
    options = Options(jobs=jobs, device=device, isolation=isolation)
    work = _Work(sizes, show)
    with tempfile.TemporaryDirectory() as scratch:
        classes = []
        for count in sizes.classes:
            folder = _class(course, name, count, Path(scratch) / f"class-{count}")
            classes.append(_graded(course, name, folder, options, work)[0])
        peers = _peers(course, name, sizes, Path(scratch), work)
        few = _class(course, name, sizes.singly, Path(scratch) / "few")
        grading = begin(course, name, options)
        warm = [spent.wall for spent in floor(grading, few)]
        with _Memory() as memory:
            _, one_by_one = _graded(course, name, few, replace(options, jobs=1), work)
        warm += [spent.wall for spent in floor(grading, few)]
    graded = median(submission.seconds for submission in one_by_one.submissions)
    first, *further = (_throughput(account, *peers) for account in classes)
    return Figures(
        **first.model_dump(),
        assignment=name,
        jobs=jobs,
        isolation=isolation,
        device=device,
        nbgrader_submissions=sizes.nbgrader,
        nbgrader_per_second=_rate(peers[0]),
        otter_submissions=sizes.otter,
        otter_per_second=_rate(peers[1]),
        warm_ms=round(1000 * median(warm), 1),
        graded_ms=round(1000 * graded, 1),
        overhead_ms=round(1000 * (graded - median(warm)), 1),
        worker_private_mib=round(memory.worker_private / _MIB, 1),
        largest_process_mib=round(memory.largest / _MIB, 1),
        further=tuple(further),
    )


def _class(course: Course, name: str, count: int, folder: Path) -> Path:
    """Write a class, one notebook after another: it is never held."""
    folder.mkdir()
    for one in variations(course, name, count):
        write_class([one.student], folder)
    return folder


def _peers(
    course: Course, name: str, sizes: Sizes, scratch: Path, work: _Work
) -> tuple[Peer, Peer]:
    """What nbgrader and otter take, on the first notebooks of a class."""
    nbgrader = otter = Peer(0.0, 0.0)
    if not (sizes.nbgrader or sizes.otter):
        return nbgrader, otter
    varied = vary(course, name, max(sizes.nbgrader, sizes.otter))
    prepared = begin(course, name, Options()).prepared
    choices = {one.student.name: one.choices for one in varied[: sizes.nbgrader]}
    if sizes.nbgrader:
        nbgrader = nbgrader_seconds(course, name, prepared, choices, _made(scratch / "nbgrader"))
    work.through(_NBGRADER * sizes.nbgrader)
    handed_in = write_class([one.student for one in varied[: sizes.otter]], scratch / "handed_in")
    files = [handed_in / one.student.file for one in varied[: sizes.otter]]
    if sizes.otter:
        out = _made(scratch / "otter")
        otter = otter_seconds(prepared, files, out, lambda: work.through(_OTTER))
    return nbgrader, otter


def _throughput(account: Account, nbgrader: Peer, otter: Peer) -> Throughput:
    count, costs = len(account.moments), account.costs
    each, cpu = account.seconds / count, (costs.steady + costs.start) / count
    return Throughput(
        submissions=count,
        per_second=round(1 / each, 4),
        steady_per_second=round(account.steady_per_second, 4),
        first_result_seconds=round(account.moments[0], 2),
        ratio_nbgrader=round(nbgrader.seconds / each, 1),
        ratio_otter=round(otter.seconds / each, 1),
        cpu_ratio_nbgrader=round(nbgrader.cpu / cpu, 1),
        cpu_ratio_otter=round(otter.cpu / cpu, 1),
        controller_cpu_ms=round(1000 * (costs.controller + costs.judges) / count, 2),
        worker_cpu_ms=round(1000 * costs.workers / count, 2),
        zygote_cpu_ms=round(1000 * costs.forks / count, 2),
        start_cpu_seconds=round(costs.start, 2),
    )


def _rate(peer: Peer) -> float:
    return round(1 / peer.seconds, 5) if peer.seconds else 0.0


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _graded(
    course: Course, name: str, folder: Path, options: Options, work: _Work
) -> tuple[Account, Report]:
    with Account() as account:

        def progress(done: int, of: int, last: SubmissionResult | None) -> None:
            account.progress(done, of, last)
            work.through(last is not None)

        report = grade_class(course, name, folder, options, None, progress, account.zygote)
    require_graded(report.submissions)
    return account, report


def require_graded(submissions: Sequence[SubmissionResult]) -> None:
    """Raise GraderError for a submission that was not graded: what it took says nothing."""
    for one in submissions:
        if one.status != "graded":
            raise GraderError(f"{one.file} was not graded: {one.message}")


class _Work:
    """How far all graders together are."""

    def __init__(self, sizes: Sizes, show: Show) -> None:
        ours = sum(sizes.classes) + sizes.singly
        self._whole = ours + _NBGRADER * sizes.nbgrader + _OTTER * sizes.otter
        self._done, self._show = 0, show
        show(0, self._whole)

    def through(self, notebooks: int) -> None:
        """So many more are through."""
        self._done += notebooks
        self._show(self._done, self._whole)


class _Memory:
    """Watches the processes of a run from outside: private memory of workers, largest process."""

    def __init__(self) -> None:
        self.worker_private = 0
        self.largest = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> _Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.05):
            self._look_at(me, 0)

    def _look_at(self, process: psutil.Process, generation: int) -> None:
        """Below us: the zygote's starter, the zygote, and below it its branch and workers.

        A worker leads a session of its own, and the branch does not.
        """
        try:
            self.largest = max(self.largest, process.memory_info().rss)
            # It takes the kernel long to add up what is private, and a worker may end meanwhile.
            if generation >= _WORKERS and os.getsid(process.pid) == process.pid:
                private = process.memory_full_info().uss
                self.worker_private = max(self.worker_private, private)
            children = process.children()
        except (psutil.Error, ProcessLookupError):
            return
        for child in children:
            self._look_at(child, generation + 1)
