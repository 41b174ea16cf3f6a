"""`chainrule bench --phases`: where a submission's CPU time goes, in which process.

Each notebook is graded twice, one after another in this process: what explains failures is on
record the second time, as it is for all but a few of a large class. The second time is counted. In
between each is run, and not judged: what that leaves out is what a class costs besides.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Self

from pydantic import BaseModel

from grader.bench.floor import floor
from grader.bench.stopwatch import PROGRAM
from grader.controller.caps import Frame
from grader.controller.limit import Watch
from grader.controller.link import Link
from grader.controller.records import Records
from grader.controller.session import Allowance
from grader.controller.standards import Standards
from grader.controller.staying import Staying
from grader.controller.zygote import Worker, Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.demo.sample import write_class
from grader.demo.variations import vary
from grader.grading.grading import Grading, Options, begin, judge_one, program_of, run_one
from grader.grading.machine import Isolation, allowance_of, policy_for
from grader.nbgrader.progress import Show, Tally, unseen
from grader.submissions import Submission, discover, read
from grader.worker.devices import Device
from grader.worker.wire import parse_header

_SETTLE_SECONDS = 10.0
AGAIN = "run again: spare cases, follow-through"


class Phase(BaseModel):
    """Milliseconds of CPU of a submission, or in all for what is done `once` in a run."""

    process: str
    phase: str
    cpu_ms: float
    once: bool = False


class Phases(BaseModel):
    """The table: phases in the order in which a run goes through them."""

    assignment: str
    submissions: int
    workers: float
    """Of a submission: those that run the hidden cases."""
    phases: tuple[Phase, ...]


@dataclass
class _Clock:
    """Our own CPU seconds, and the zygote's account, since the last look."""

    zygote: Zygote
    workers: int = 0
    _then: dict[str, float] = field(default_factory=dict)

    def begin(self) -> Self:
        """Look, and forget what was before."""
        self.look()
        return self

    def look(self) -> dict[str, float]:
        """Seconds since the last look: `ours`, `workers_cpu`, `own_cpu`; and `forks`."""
        now = {"ours": time.process_time(), **self._settled()}
        passed = {name: now[name] - self._then.get(name, 0.0) for name in now}
        self._then = now
        return passed

    def _settled(self) -> dict[str, float]:
        """The zygote's account, once all workers have ended but those that hold no submission."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while True:
            counts = self.zygote.counts()
            if counts["forks"] - counts["ended"] <= self.zygote.idle or time.monotonic() > deadline:
                return {name: counts[name] for name in ("workers_cpu", "own_cpu", "forks")}
            time.sleep(0.01)


@dataclass
class _Told:
    """What workers say of their time, by phase; the last word of each counts."""

    of: list[dict[str, float]] = field(default_factory=list)

    def link(self, worker: Worker, output_bytes: int) -> Link:
        """A link that listens."""
        self.of.append({})
        return _Listening(worker, output_bytes, self.of[-1])

    def by_phase(self) -> dict[str, float]:
        """Seconds of all workers together."""
        names = dict.fromkeys(name for spent in self.of for name in spent)
        return {name: sum(spent.get(name, 0.0) for spent in self.of) for name in names}


class _Listening(Link):
    def __init__(self, worker: Worker, output_bytes: int, spent: dict[str, float]) -> None:
        super().__init__(worker, output_bytes)
        self._spent = spent

    def receive_bytes(self, watch: Watch, most: Frame) -> tuple[bytes, memoryview]:
        header, body = super().receive_bytes(watch, most)
        if b'"spent":' in header:
            self._spent.update(parse_header(header).get("spent", {}))
        return header, body


def phases_of(
    course: Course,
    name: str,
    count: int,
    isolation: Isolation,
    device: Device = "cpu",
    show: Show = unseen,
) -> Phases:
    """Measure with `count` varied notebooks, each run three times; `show` is told how far that is.

    Raises:
        CourseError, GraderError: of the course, or ours.
    """
    policy = policy_for(course, load_lesson(course, name), isolation, device)
    with tempfile.TemporaryDirectory() as scratch, Zygote(policy, program=PROGRAM) as zygote:
        students = [one.student for one in vary(course, name, count)]
        folder = write_class(students, Path(scratch) / "class")
        started = time.process_time()
        grading = begin(course, name, Options(device=device, isolation=isolation))
        drawn = time.process_time() - started
        submissions = [read(found) for found in discover(folder, name)]
        clock = _Clock(zygote).begin()
        allowance, records = allowance_of(course.limits_of(name)), Records()
        standards = Standards(grading.lesson, grading.prepared, allowance, zygote, records=records)
        answers = _Spent(_Told(), clock.look())
        run = _Run(grading, standards, zygote, allowance, clock)
        tally = Tally(3 * count, show)
        first = _spent(run, submissions, tally, judged=True)
        bare = _spent(run, submissions, tally, judged=False)
        second = _spent(run, submissions, tally, judged=True)
        warm = mean(spent.cpu for spent in floor(grading, folder))
        start = zygote.counts()["start_cpu"]
    rows = [
        _once("zygote", "start: imports", start),
        _once("controller", "start: hidden cases drawn", drawn),
        _once("all", "start: model answers, unless on record", answers.whole),
        _once("all", "what explains failures, unless on record", first.whole - second.whole),
        *_rows(bare, second, count),
        Phase(process="floor", phase="the submission alone, in a warm process", cpu_ms=_ms(warm)),
    ]
    workers = round(len(second.told.of) / count, 2)
    return Phases(assignment=name, submissions=count, workers=workers, phases=tuple(rows))


@dataclass(frozen=True)
class _Run:
    grading: Grading
    standards: Standards
    zygote: Zygote
    allowance: Allowance
    clock: _Clock


@dataclass(frozen=True)
class _Spent:
    """What a class took, by process, and what workers say of their time."""

    told: _Told
    passed: dict[str, float]

    @property
    def whole(self) -> float:
        return sum(self.passed[name] for name in ("ours", "workers_cpu", "own_cpu"))


def _rows(bare: _Spent, whole: _Spent, count: int) -> Iterable[Phase]:
    """Milliseconds of a submission, once run alone and once graded."""
    phases, run, graded = bare.told.by_phase(), bare.passed, whole.passed
    for process, phase, seconds in (
        ("zygote", "forks", graded["own_cpu"]),
        *(("workers", phase, seconds) for phase, seconds in phases.items()),
        ("workers", "exit", run["workers_cpu"] - sum(phases.values())),
        ("workers", AGAIN, graded["workers_cpu"] - run["workers_cpu"]),
        ("controller", "conversation, outcomes judged", run["ours"]),
        ("controller", "verdicts, hints, messages", graded["ours"] - run["ours"]),
    ):
        yield Phase(process=process, phase=phase, cpu_ms=_ms(seconds / count))


def _spent(run: _Run, submissions: list[Submission], tally: Tally, *, judged: bool) -> _Spent:
    told, passed = _Told(), dict.fromkeys(("ours", "workers_cpu", "own_cpu", "forks"), 0.0)
    for submission in submissions:
        tally.one_more()
        program = program_of(run.grading, submission)
        with closing(Staying()) as staying:
            retrial = run_one(
                run.grading, run.standards, program, run.zygote, run.allowance, staying, told.link
            )
            if judged:
                judge_one(run.grading, submission, retrial, run.allowance)
        for name, seconds in run.clock.look().items():
            passed[name] += seconds
    return _Spent(told, passed)


def _once(process: str, phase: str, seconds: float) -> Phase:
    return Phase(process=process, phase=phase, cpu_ms=_ms(seconds), once=True)


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
