"""`chainrule release`: build, generate, look for leaks, release."""

from __future__ import annotations

import shutil
from pathlib import Path

from grader.course.syllabus import Course
from grader.nbgrader.editions import compose_edition
from grader.nbgrader.leaks import check_release
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import api_of, done, only_writer, synchronise
from grader.notebook import notebook_text
from grader.notebook.build import build, write_whole


def release(course: Course, name: str, language: str = "") -> Path:
    """Release an assignment to the exchange; returns the released notebook there.

    In a mixed class the notebooks in the other languages lie beside the first, each in a folder
    that is named after its language.

    Args:
        course: the course.
        name: the assignment.
        language: release it in this one alone.

    Raises:
        CourseError: its sides do not fit together, or the release holds what it must not.
        GraderError: nbgrader failed.
    """
    course.plan(name)
    course = course.in_language(language) if language else course
    places = places_of(course)
    with only_writer(course):
        (source,) = build(course, [name])
        api = api_of(course)
        done(api.generate_assignment(name, force=True), f"generate {name}")
        synchronise(course, [name])
        folder = places.of("release", ".", name)
        try:
            check_release(course, name, source, folder)
            for other in course.editions[1:]:
                made = _edition(course, name, other)
                shutil.copytree(made, folder / other, dirs_exist_ok=True)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        done(api.release_assignment(name), f"release {name}")
    return places.exchange / course.course / "outbound" / name / f"{name}.ipynb"


def _edition(course: Course, name: str, language: str) -> Path:
    """Generate an edition in a course folder of its own, so that the gradebook knows the first
    alone; returns the folder that it may be released from."""
    home = places_of(course).side(language)
    source = home / "source" / name / f"{name}.ipynb"
    write_whole(source, notebook_text(compose_edition(course, name, language)))
    own = course.in_language(language)
    database = f"sqlite:///{home / 'gradebook.db'}"
    api = api_of(own, CourseDirectory={"root": str(home), "db_url": database})
    done(api.generate_assignment(name, force=True), f"generate {name} in {language}")
    folder = home / "release" / name
    check_release(own, name, source, folder)
    return folder
