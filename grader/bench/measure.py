"""`chainrule bench`: throughput, the ratio to nbgrader, overhead and memory, in one run."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import psutil
from pydantic import BaseModel

from grader.bench.peer import peer_seconds
from grader.course.syllabus import Course
from grader.demo.sample import write_class
from grader.demo.variations import vary
from grader.errors import GraderError
from grader.grading.grading import Grading, Options, begin, grade_class, program_of
from grader.grading.machine import Isolation
from grader.results import Report
from grader.submissions import discover, read

_MIB = 1024 * 1024
_WORKERS = 3


class Figures(BaseModel):
    """What a run measured; ratios and counts say more than times on a shared machine."""

    assignment: str
    submissions: int
    jobs: int
    isolation: str
    per_second: float
    nbgrader_submissions: int
    nbgrader_per_second: float
    ratio_nbgrader: float
    warm_ms: float
    graded_ms: float
    overhead_ms: float
    worker_private_mib: float
    largest_process_mib: float


def measure(
    course: Course, name: str, count: int, peers: int, jobs: int, isolation: Isolation
) -> Figures:
    """Grade `count` varied notebooks, and the first `peers` of them by nbgrader too.

    Raises:
        GraderError: a submission was not graded, or nbgrader failed.
    """
    varied = vary(course, name, count)
    grading = begin(course, name, Options())
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_class([one.student for one in varied], Path(scratch) / "class")
        few = write_class([one.student for one in varied[:peers]], Path(scratch) / "few")
        wall, _ = _timed(course, name, folder, Options(jobs=jobs, isolation=isolation))
        peer = peer_seconds(
            course,
            name,
            grading.prepared,
            {one.student.name: one.choices for one in varied[:peers]},
            _made(Path(scratch) / "nbgrader"),
        )
        warm = _warm(grading, few)
        with _Memory() as memory:
            _, one_by_one = _timed(course, name, few, Options(jobs=1, isolation=isolation))
        warm += _warm(grading, few)
    graded = median(submission.seconds for submission in one_by_one.submissions)
    return Figures(
        assignment=name,
        submissions=count,
        jobs=jobs,
        isolation=isolation,
        per_second=round(count / wall, 2),
        nbgrader_submissions=peers,
        nbgrader_per_second=round(1 / peer, 3),
        ratio_nbgrader=round(peer * count / wall, 1),
        warm_ms=round(1000 * median(warm), 1),
        graded_ms=round(1000 * graded, 1),
        overhead_ms=round(1000 * (graded - median(warm)), 1),
        worker_private_mib=round(memory.worker_private / _MIB, 1),
        largest_process_mib=round(memory.largest / _MIB, 1),
    )


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _timed(course: Course, name: str, folder: Path, options: Options) -> tuple[float, Report]:
    start = time.perf_counter()
    report = grade_class(course, name, folder, options, None)
    wall = time.perf_counter() - start
    bad = [s for s in report.submissions if s.status != "graded"]
    if bad:
        raise GraderError(f"{bad[0].file} was not graded: {bad[0].message}")
    return wall, report


def _warm(grading: Grading, folder: Path) -> list[float]:
    """Seconds of each submission in one warm process."""
    frames = [exercise.frame for exercise in grading.prepared.values()]
    programs = [program_of(grading, read(f)) for f in discover(folder, grading.lesson.name)]
    job = {
        "submissions": [[source for _, source in program.cells] for program in programs],
        "frames": [base64.b64encode(frame).decode() for frame in frames],
    }
    done = subprocess.run(
        [sys.executable, "-m", "grader.bench.warm"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderError(f"the warm process failed:\n{done.stderr[-2000:]}")
    seconds: list[float] = json.loads(done.stdout)
    return seconds


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
        """Below us: the zygote's starter, the zygote, and its workers in the third generation."""
        try:
            memory = process.memory_full_info()
            children = process.children()
        except psutil.Error:
            return
        self.largest = max(self.largest, memory.rss)
        if generation >= _WORKERS:
            self.worker_private = max(self.worker_private, memory.uss)
        for child in children:
            self._look_at(child, generation + 1)
