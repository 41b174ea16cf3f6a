"""Whether a large class costs as much at its end as at its beginning, and how much memory.

    python -m tests.grow_class lec05_backprop --students 2000 --jobs 2

Grades a made-up class and then the same class again, all of whose results are known. Prints, for
each tenth of the class, submissions a second, CPU of the process that hands out and writes down,
and the memory of the largest of our processes. Ends with code 1 if one of the bounds that can be
judged at this size is broken; rates are judged with `--strict` only, on a machine of one's own.
"""

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.course.syllabus import Course, find_course, load_course
from grader.demo.sample import parts_of, student_names, student_of
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping
from grader.grading.store import Store
from grader.results import SubmissionResult
from tests.cost_of_a_class import Account, counted

MIB = 1 << 20
MEMORY_MIB = 1024
STEADY = 0.95
GROWTH = 1.1
"""What memory may grow by after the first tenth."""
KNOWN_MS = 1.5


@dataclass
class Tenths:
    """Called after each submission; looks at the clock and at memory ten times."""

    count: int
    rows: list[tuple[int, float, float, float]] = field(default_factory=list)

    def __call__(self, done: int, of: int, last: SubmissionResult | None) -> None:
        if last is not None and done % max(self.count // 10, 1) == 0:
            self.rows.append((done, time.monotonic(), own_cpu(), memory()))

    def steps(self) -> Iterator[tuple[int, float, float, float]]:
        """Of each tenth but the first: its end, rate, milliseconds of our CPU each, MiB."""
        for (a, t, c, _), (b, u, d, mib) in zip(self.rows, self.rows[1:], strict=False):
            yield b, (b - a) / (u - t), 1000 * (d - c) / (b - a), mib


def own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory() -> float:
    """MiB that this process and its judges hold for themselves, the largest of them."""
    sizes = [psutil.Process().memory_full_info().uss]
    for child in psutil.Process().children():
        try:
            if not child.children():  # not the zygote's keeper
                sizes.append(child.memory_full_info().uss)
        except psutil.Error:
            continue
    return max(sizes) / MIB


def write(course: Course, name: str, count: int, kib: int, folder: Path) -> None:
    """A class of `count`, each with `kib` of outputs, one after another: it is never held."""
    parts, rng = parts_of(course, name), random.Random(name)
    folder.mkdir()
    padding = b" " * (1024 * kib)
    for number, student in enumerate(student_names(count)):
        made, _ = student_of(parts, student, number % 24, rng)
        (folder / made.file).write_bytes(made.payload + padding)


def shares(account: Account, controller: float, below: float, count: int) -> None:
    """CPU of a submission: what one process does alone, and what is spread over all cores."""
    alone = {"hands out, writes down": controller, "forks": account.of("own_cpu")}
    spread = below - account.of("own_cpu") - account.of("start_cpu")
    whole = sum(alone.values()) + spread
    for what, seconds in (*alone.items(), ("judges and workers", spread)):
        share = f"{100 * seconds / whole:5.1f} %"
        print(f"  {what:24} {1000 * seconds / count:8.2f} ms a submission {share}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignment")
    parser.add_argument("--students", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--kib", type=int, default=0, help="size of each notebook's outputs")
    parser.add_argument("--strict", action="store_true", help="judge rates as well")
    asked = parser.parse_args()
    course = load_course(find_course(Path.cwd()))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "class"
        write(course, asked.assignment, asked.students, asked.kib, folder)
        with Store(f"sqlite:///{scratch}/kept.sqlite") as store:
            keeping = Keeping(store, Path(scratch))
            tenths, begun, cpu = Tenths(asked.students), time.monotonic(), own_cpu()
            below = children_cpu()
            with counted() as account:
                grade_class(
                    course, asked.assignment, folder, Options(jobs=asked.jobs), keeping, tenths
                )
            wall, controller, below = (
                time.monotonic() - begun, own_cpu() - cpu, children_cpu() - below,
            )  # fmt: skip
            cpu = own_cpu()
            grade_class(course, asked.assignment, folder, Options(jobs=asked.jobs), keeping)
            again = 1000 * (own_cpu() - cpu) / asked.students
    print(f"{asked.students} submissions in {wall:.0f} s, {int(account.of('forks'))} forks")
    for done, rate, ms, mib in tenths.steps():
        print(f"  {done:6} {rate:8.1f} a second {ms:8.2f} ms of ours {mib:8.0f} MiB")
    shares(account, controller, below, asked.students)
    print(f"  known ones: {again:.2f} ms of CPU each")
    return 1 if broken(tenths, again, asked.strict) else 0


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def broken(tenths: Tenths, again: float, strict: bool) -> bool:
    steps = list(tenths.steps())
    first, last = steps[0], steps[-1]
    bounds = {
        f"{last[3]:.0f} MiB at the end": last[3] > MEMORY_MIB,
        f"memory grows from {first[3]:.0f} to {last[3]:.0f} MiB": last[3] > GROWTH * first[3] + 8,
        f"the rate falls from {first[1]:.1f} to {last[1]:.1f}": strict
        and last[1] < STEADY * first[1],
        f"a known result costs {again:.2f} ms": again > KNOWN_MS,
    }
    for what, is_broken in bounds.items():
        if is_broken:
            print(f"BROKEN: {what}")
    return any(bounds.values())


if __name__ == "__main__":
    sys.exit(main())
