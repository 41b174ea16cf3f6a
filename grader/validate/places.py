"""Where assignments are proved, one after another: each in workers of its own policy."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import zip_longest

from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.grading.machine import Isolation, libraries_of, policy_of
from grader.grading.pool import Slot, slots
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
            _end(begun.pop(0))
    finally:
        for places in begun:
            _end(places)


def _begun(
    course: Course, name: str, jobs: int, isolation: Isolation, device: Device
) -> list[Slot]:
    limits, libraries = course.limits_of(name), libraries_of(course, name)
    rules = [exercise.forbid for exercise in load_lesson(course, name).exercises.values()]
    places = slots(policy_of(limits, isolation, device, libraries, rules), jobs)
    places[0].begin()
    return places


def _end(places: list[Slot]) -> None:
    for place in places:
        place.discard()
