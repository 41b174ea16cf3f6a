"""Verdicts of one class on two devices: what differs, but for what concerns the device.

    python tests/parity.py DEVICE [ASSIGNMENT [STUDENTS]]

prints the differences between the CPU and DEVICE on the sample class.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from devices import isolation_on  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.demo.sample import make_class, write_class
from grader.grading.grading import Options, grade_class
from grader.results import ExerciseResult, SubmissionResult
from grader.vocabulary import DEVICE
from grader.worker.devices import Device

ROOT = Path(__file__).parents[1]


def differences(
    course: Course, name: str, count: int, device: Device, jobs: int = 2
) -> Iterator[str]:
    """What the sample class of `count` earns on the CPU and on a device, where it is not the same.

    The group "dtype and device", and what follows from it, may differ: on the CPU simulated tensors
    stand in for the device.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_class(make_class(course, name, count), Path(scratch) / "class")
        here, there = (
            grade_class(course, name, folder, Options(jobs, place, isolation_on(place)), None)
            for place in ("cpu", device)
        )
    assert len(here.submissions) == len(there.submissions) == count
    for one, other in zip(here.submissions, there.submissions, strict=True):
        yield from _of_submission(one, other)


def _of_submission(one: SubmissionResult, other: SubmissionResult) -> Iterator[str]:
    if (one.student, one.status) != (other.student, other.status):
        yield f"{one.student}: {one.status}; {other.student}: {other.status}"
    for mine, theirs in zip(one.exercises, other.exercises, strict=True):
        here, there = _apart_from_devices(mine), _apart_from_devices(theirs)
        if here != there:
            yield f"{one.student}, {mine.name}: {here} on the CPU, {there}: {theirs.message}"


def _apart_from_devices(result: ExerciseResult) -> tuple[object, ...]:
    groups = {group.name: group.passed for group in result.groups}
    on_device = groups.pop(DEVICE, True)
    right = all(groups.values())
    verdict = result.verdict if on_device or not right else "passed"
    return verdict, groups, result.mistake, result.hint


if __name__ == "__main__":
    device, name, count = (*sys.argv[1:], *("cuda", "lec05_backprop", "24")[len(sys.argv) - 1 :])
    assert device in ("cuda", "standin"), device
    place: Device = "cuda" if device == "cuda" else "standin"
    found = list(differences(load_course(ROOT), name, int(count), place))
    print("\n".join(found) or f"{name}: {count} students, the same verdicts on the CPU and {place}")
    sys.exit(bool(found))
