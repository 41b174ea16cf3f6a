"""What grading a class costs, by process, and its results to compare with those of other code.

    python tests/cost_of_a_class.py lec05_backprop --students 60 --jobs 2 --out before
    python tests/cost_of_a_class.py lec05_backprop --students 60 --jobs 1 --against before

Counts CPU time by the kernel's account, so that a busy machine changes little. Ends with code 1 if
a result differs, in anything but its seconds, from the one in the folder `--against`.
"""

import argparse
import contextlib
import json
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.controller.zygote import Zygote
from grader.course.syllabus import Course, find_course, load_course
from grader.demo.sample import (
    Student,
    make_class,
    parts_of,
    student_names,
    student_of,
    write_class,
)
from grader.demo.variations import vary
from grader.errors import GraderError
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping
from grader.grading.store import Store


@dataclass
class Account:
    """What each zygote says at its end; see `Zygote.counts`."""

    zygotes: list[dict[str, Any]] = field(default_factory=list)

    def of(self, name: str) -> float:
        return float(sum(zygote[name] for zygote in self.zygotes))


def own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def counted() -> Iterator[Account]:
    """Ask each zygote before it is closed."""
    account = Account()
    close = Zygote.close

    def asked(zygote: Zygote) -> None:
        if zygote._process is not None:
            with contextlib.suppress(GraderError):
                account.zygotes.append(zygote.counts())
        close(zygote)

    Zygote.close = asked  # type: ignore[method-assign, assignment]
    try:
        yield account
    finally:
        Zygote.close = close  # type: ignore[method-assign]


def gradable(course: Course, name: str, students: int) -> list[Student]:
    """As `chainrule bench` takes them: mostly right, and none that never ends."""
    return [one.student for one in vary(course, name, students)]


def right(course: Course, name: str, students: int) -> list[Student]:
    """Everything right: what is left of the cost when nothing needs an explanation."""
    parts, rng = parts_of(course, name), random.Random("right")
    return [student_of(parts, student, 0, rng)[0] for student in student_names(students)]


CLASSES: dict[str, Callable[[Course, str, int], list[Student]]] = {
    "demo": make_class,
    "bench": gradable,
    "right": right,
}


def graded(name: str, students: int, jobs: int, kind: str, runs: int) -> dict[str, Any]:
    """Grade a made-up class; prints what each run cost, returns the report without seconds."""
    course = load_course(find_course(Path.cwd()))
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_class(CLASSES[kind](course, name, students), Path(scratch) / "class")
        for run in range(runs):
            with counted() as account, Store(f"sqlite:///{scratch}/{run}.sqlite") as store:
                keeping = Keeping(store, Path(scratch) / "unsaved")
                before = own(), children()
                report = grade_class(course, name, folder, Options(jobs=jobs), keeping)
                controller, below = own() - before[0], children() - before[1]
            told(name, students, account, controller, below)
    return plain(json.loads(report.to_json()))


def told(name: str, students: int, account: Account, controller: float, below: float) -> None:
    start, workers = account.of("start_cpu"), account.of("workers_cpu")
    rows = {
        "controller": controller,
        "workers": workers,
        "zygote's start": start,
        "zygote's forks": account.of("own_cpu"),
        "other processes": below - workers - start - account.of("own_cpu"),
    }
    zygotes, forks = len(account.zygotes), int(account.of("forks"))
    print(f"{name}: {students} submissions, {zygotes} zygotes, {forks} forks")
    for what, seconds in rows.items():
        print(f"  {what:16} {seconds:8.2f} s {1000 * seconds / students:8.1f} ms a submission")
    print(f"  {'all':16} {controller + below:8.2f} s", flush=True)


def plain(report: Any) -> Any:
    """The same without `seconds`."""
    walk: Callable[[Any], Any] = plain
    if isinstance(report, dict):
        return {key: walk(value) for key, value in report.items() if key != "seconds"}
    return [walk(item) for item in report] if isinstance(report, list) else report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="+")
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--kind", choices=CLASSES, default="demo", help="of class")
    parser.add_argument("--out", type=Path, help="a folder for the results")
    parser.add_argument("--against", type=Path, help="a folder of results to compare with")
    asked = parser.parse_args()
    differing = 0
    for name in asked.assignments:
        report = graded(name, asked.students, asked.jobs, asked.kind, asked.runs)
        if asked.out:
            asked.out.mkdir(parents=True, exist_ok=True)
            (asked.out / f"{name}.json").write_text(json.dumps(report, indent=1))
        if asked.against:
            wanted = json.loads((asked.against / f"{name}.json").read_text())
            same = wanted == report
            differing += not same
            print(f"{name}: {'the same results' if same else 'OTHER RESULTS'}", flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
