"""`chainrule release`: build, generate, look for leaks, release."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.course.syllabus import Course
from grader.nbgrader.leaks import check_release
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import api_of, done, only_writer, synchronise
from grader.notebook.build import build


def release(course: Course, name: str) -> Path:
    """Release an assignment to the exchange; returns the released notebook there.

    Raises:
        CourseError: its sides do not fit together, or the release holds what it must not.
        GraderError: nbgrader failed.
    """
    course.plan(name)
    places = places_of(course)
    with only_writer(course):
        (source,) = build(course, [name])
        api = api_of(course)
        done(api.generate_assignment(name, force=True), f"generate {name}")
        synchronise(course, [name])
        folder = places.of("release", ".", name)
        try:
            check_release(course, name, source, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        done(api.release_assignment(name), f"release {name}")
    return places.exchange / course.course / "outbound" / name / f"{name}.ipynb"
