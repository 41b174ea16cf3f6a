"""Where assignments are proved, one after another: each in workers of its own policy."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import zip_longest

from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.grading.machine import Isolation, policy_for
from grader.grading.pool import Slot, discard, slots
from grader.worker.devices import Device


def places_of(
    course: Course, names: Sequence[str], jobs: int, isolation: Isolation, device: Device
) -> Generator[tuple[str, list[Slot]], None, None]:
    """Each assignment with its slots, which end when the next one is asked for.

    Its zygote starts while the assignment before it is proved: for seconds it keeps one core busy.

    Raises:
        CourseError: an assignment cannot be loaded.
    """
    begun: list[list[Slot]] = []
    try:
        for name, following in zip_longest(names, names[1:]):
            if not begun:
                begun.append(_begun(course, name, jobs, isolation, device))
            if following is not None:
                begun.append(_begun(course, following, jobs, isolation, device))
            yield name, begun[0]
            discard(begun.pop(0))
    finally:
        for places in begun:
            discard(places)


def _begun(
    course: Course, name: str, jobs: int, isolation: Isolation, device: Device
) -> list[Slot]:
    places = slots(policy_for(course, load_lesson(course, name), isolation, device), jobs)
    places[0].begin()
    return places
