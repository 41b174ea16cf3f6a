"""Figures of a cluster, measured on this machine.

    python tests/measure_cluster.py scaling --slots 1 4 16 64 --count 1000 --seconds 2
    python tests/measure_cluster.py throughput --count 200 [--lecture lec06_convolution]

`scaling`: submissions that sleep, through a real scheduler, workers and client; only the judging
is simulated (`sleeping_machine.py`), so that 64 slots need no 64 cores. Efficiency is the time
that all must sleep, over slots times the time that it took; machines have joined before.
`throughput`: the plain pool against a local scheduler with two workers of one slot each, on the
same class, in turn; the workers have graded a few others before. Seconds depend on what else the
machine is at; CPU per submission, without what a start costs, hardly does. Also bytes on the wire.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from cluster_parts import (  # type: ignore[import-not-found]
    Parts,
    Proxy,
    hand_in,
    make_course,
    parts,
    same,
    until,
    words,
)

from grader.cluster.grading import on_cluster
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import Report

TESTS = Path(__file__).parent
PER_MACHINE = 16
WARM = 8


@contextmanager
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="chainrule-measure-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def timed(
    course: Path, name: str, submissions: Path, options: Options, near: Parts | None
) -> tuple[Report, float, float]:
    """A run: its report, and seconds from its begin and from its first result to its end."""
    loaded, begun, first = load_course(course), time.monotonic(), [0.0]

    def show(done: int, of: int, last: object) -> None:
        if done and not first[0]:
            first[0] = time.monotonic()

    elsewhere = on_cluster(near.address, loaded, print) if near else None
    report = grade_class(loaded, name, submissions, options, None, show, elsewhere=elsewhere)
    now = time.monotonic()
    return report, now - begun, now - first[0]


def scaling(slots: int, count: int, seconds: float) -> dict[str, float]:
    """Efficiency with so many slots, 16 to a machine."""
    with folder() as place:
        course = make_course(place / "course")
        submissions, few = place / "in", place / "few"
        for target, number, pause in ((submissions, count, seconds), (few, slots, 0.0)):
            target.mkdir()
            for one in range(number):
                (target / f"s{one:05}.py").write_text(
                    f"# {pause} {one}\ndef double(x): return 2 * x\n"
                )
        with parts(place, course) as made:
            made.start_scheduler()
            wire = Proxy(made.url)
            sizes = [min(PER_MACHINE, slots - n) for n in range(0, slots, PER_MACHINE)]
            for size in sizes:
                start_sleeper(made, size, wire.url)
            near = Parts(place, course, url=wire.url)
            options = Options(1, "cpu", "process")
            timed(course, "one", few, options, near)
            assert made.scheduler is not None
            scheduler = psutil.Process(made.scheduler.pid)
            before, carried = cpu(scheduler), wire.carried
            _, took, _ = timed(course, "one", submissions, options, near)
            return {
                "slots": slots,
                "submissions": count,
                "seconds": round(took, 2),
                "efficiency": round(count * seconds / (slots * took), 3),
                "scheduler_cpu_ms": round(1000 * (cpu(scheduler) - before) / count, 2),
                "wire_bytes": round((wire.carried - carried) / count),
            }


def start_sleeper(made: Parts, slots: int, url: str) -> None:
    going = made.start_file(
        TESTS / "sleeping_machine.py", "worker", url, "--jobs", str(slots), "--device", "cpu"
    )
    until(lambda: "joined" in words(going), going)


def throughput(lecture: str, count: int) -> dict[str, object]:
    """The pool and the cluster, in turn, on one class; both have graded another one before."""
    root = TESTS.parent
    from grader.demo.sample import make_class, write_class

    with folder() as place:
        course, name = (make_course(place / "course"), "one") if lecture == "" else (root, lecture)
        for target, number in (("in", count), ("warm", WARM)):
            if lecture == "":
                hand_in(place / target, number, 0.0)
            else:
                write_class(make_class(load_course(course), name, number), place / target)
        options = Options(2, "cpu", "full")
        with parts(place, course) as made:
            made.start_scheduler()
            wire = Proxy(made.url)
            for _ in range(2):
                made.start_worker(1, wire.url)
            near = Parts(place, course, url=wire.url)
            timed(course, name, place / "warm", options, near)
            assert made.scheduler is not None
            scheduler = psutil.Process(made.scheduler.pid)
            before, carried, used = cpu(scheduler), wire.carried, all_cpu(made)
            one, whole, steady = timed(course, name, place / "in", options, near)
            spent, sent = cpu(scheduler) - before, wire.carried - carried
            in_cluster = all_cpu(made) - used
        log(f"cluster: {whole:.1f} s, of CPU {1000 * in_cluster / count:.0f} ms each")
        used = own_cpu()
        timed(course, name, place / "warm", options, None)
        start = own_cpu() - used
        plain, plain_whole, plain_steady = timed(course, name, place / "in", options, None)
        in_pool = own_cpu() - used - 2 * start
        log(f"pool: {plain_whole:.1f} s, of CPU {1000 * in_pool / (count - WARM):.0f} ms each")
        assert same(one, plain)
        size = sum(file.stat().st_size for file in (place / "in").iterdir())
        return {
            "submissions": count,
            "pool_seconds": round(plain_whole, 2),
            "pool_seconds_from_first": round(plain_steady, 2),
            "cluster_seconds": round(whole, 2),
            "cluster_seconds_from_first": round(steady, 2),
            "ratio": round(plain_whole / whole, 3),
            "ratio_from_first": round(plain_steady / steady, 3),
            "pool_cpu_ms": round(1000 * in_pool / (count - WARM)),
            "cluster_cpu_ms": round(1000 * in_cluster / count),
            "scheduler_cpu_ms": round(1000 * spent / count, 2),
            "bytes_handed_in": round(size / count),
            "wire_bytes": round(sent / count),
        }


def log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def all_cpu(made: Parts) -> float:
    """CPU seconds of all processes of a cluster and of those that they have waited for."""
    total = own_cpu()
    for going in made.started:
        parent = psutil.Process(going.pid)
        for one in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
    return total


def own_cpu() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["scaling", "throughput"])
    parser.add_argument("--slots", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--lecture", default="", help="one of ours; none: a small course")
    asked = parser.parse_args()
    if asked.what == "scaling":
        for slots in asked.slots:
            print(json.dumps(scaling(slots, asked.count, asked.seconds)), flush=True)
    else:
        print(json.dumps(throughput(asked.lecture, asked.count), indent=1))


if __name__ == "__main__":
    main()
