"""`chainrule bench --lectures`: what a class costs in every lecture, and how much of it is ours."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean

from pydantic import BaseModel

from grader.bench.account import Account
from grader.bench.floor import floor
from grader.bench.measure import require_graded
from grader.course.syllabus import Course
from grader.demo.sample import write_class
from grader.demo.variations import vary
from grader.grading.grading import Options, begin, grade_class
from grader.grading.keeping import Keeping
from grader.grading.machine import Isolation
from grader.grading.store import Store
from grader.nbgrader.progress import Show, Tally, unseen
from grader.worker.devices import Device


class LectureCost(BaseModel):
    """Seconds of CPU time of 100 submissions, in all processes, without the start of a run.

    `controller`, `workers` and `zygote` make up `graded`; `warm` is what the same submissions and
    calls take in one warm process, unconfined and uncompared, and `ratio` is graded to warm.
    `once` is what a first run takes besides: the start, model answers, what explains failures.
    """

    assignment: str
    exercises: int
    submissions: int
    forks: float
    """Workers of a submission, those included that explain its failures."""
    graded: float
    controller: float
    workers: float
    zygote: float
    warm: float
    ratio: float
    once: float


def lectures(
    course: Course,
    names: Sequence[str],
    count: int,
    isolation: Isolation,
    device: Device = "cpu",
    show: Show = unseen,
) -> Iterator[LectureCost]:
    """Measure with `count` varied notebooks of each lecture, in one slot.

    They are graded twice: the first run lays on record what our own programs do, and the second,
    of other notebooks, is counted. `show` is told how many lectures are through.

    Raises:
        CourseError, GraderError: of the course, or ours.
    """
    tally = Tally(len(names), show)
    for name in names:
        tally.one_more()
        yield _lecture(course, name, count, Options(jobs=1, device=device, isolation=isolation))


def _lecture(course: Course, name: str, count: int, options: Options) -> LectureCost:
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        folders = [
            write_class([one.student for one in vary(course, name, count, seed)], place / str(seed))
            for seed in (1, 2)
        ]
        with Store(f"sqlite:///{place}/kept.sqlite") as store:
            first, second = (
                _counted(course, name, folder, options, Keeping(store, place / "unsaved"))
                for folder in folders
            )
        grading = begin(course, name, options)
        warm = mean(spent.cpu for spent in floor(grading, folders[1]))
    costs, hundred = second.costs, 100 / count
    once = first.costs.steady - costs.steady + first.costs.start
    return LectureCost(
        assignment=name,
        exercises=len(grading.prepared),
        submissions=count,
        forks=round(costs.workers_count / count, 2),
        graded=round(costs.steady * hundred, 2),
        controller=round((costs.controller + costs.judges) * hundred, 2),
        workers=round(costs.workers * hundred, 2),
        zygote=round(costs.forks * hundred, 2),
        warm=round(100 * warm, 2),
        ratio=round(costs.steady / count / warm, 2),
        once=round(max(once, 0.0), 2),
    )


def _counted(
    course: Course, name: str, folder: Path, options: Options, keeping: Keeping
) -> Account:
    with Account() as account:
        report = grade_class(
            course, name, folder, options, keeping, account.progress, account.zygote
        )
    require_graded(report.submissions)
    return account
