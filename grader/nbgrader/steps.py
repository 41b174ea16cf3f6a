"""Running a step of nbgrader in this process, and keeping its gradebook in line with the course."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from nbgrader.api import Gradebook, get_alembic_version
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from grader import inert
from grader.course.roster import roster_of
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.database import Database
from grader.grading.machine import Isolation
from grader.nbgrader.config import alembic_on_path, configure_for
from grader.nbgrader.places import places_of

LOGGER = "chainrule.nbgrader"


def api_of(course: Course, isolation: Isolation = "full", **more: dict[str, Any]) -> NbGraderAPI:
    """nbgrader's own API, configured for the course; `more` are traits by class."""
    config = Config()
    configure_for(course, config, isolation)
    config.merge(Config(more))
    log = logging.getLogger(LOGGER)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    api = NbGraderAPI(config=config, log=log)
    return api


def done(result: dict[str, Any], step: str) -> str:
    """The log of a step.

    Raises:
        GraderError: nbgrader failed; with the end of what it said.
    """
    log = str(result.get("log", ""))
    if not result["success"]:
        said = [line for line in log.splitlines() if line.startswith(("[ERROR]", "[CRITICAL]"))]
        last = str(result.get("error", "")).strip().splitlines()[-1:]
        raise GraderError(f"nbgrader could not {step}: {' '.join((said or last)[-2:])[:600]}")
    return log


@contextmanager
def gradebook(course: Course) -> Iterator[Gradebook]:
    """nbgrader's gradebook.

    Raises:
        UsageError: `database` of course.yml cannot be used: its URL, or no driver for it.
        GraderError: its database cannot be opened, or refuses.
    """
    alembic_on_path()
    Database(places_of(course).database).close()  # nbgrader would end in a traceback
    try:
        with Gradebook(places_of(course).database, course.course) as book:
            yield book
    except SQLAlchemyError as error:
        raise GraderError(f"nbgrader's gradebook: {str(error).splitlines()[0]}") from error


@contextmanager
def only_writer(course: Course) -> Iterator[None]:
    """Wait until no other command of ours writes to the gradebook, and keep others waiting."""
    home = places_of(course).home
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".writing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def synchronise(course: Course, assignments: list[str]) -> None:
    """Bring the roster and the due dates of course.yml into the gradebook.

    Students who are in the gradebook and not in the roster stay, because grades hang on them.

    Raises:
        CourseError: the roster is wrong.
        GraderError: the database refuses.
    """
    students = roster_of(course) or ()
    with gradebook(course) as book:
        _stamp(book)
        for student in students:
            # The formgrader's templates escape nothing, and students choose their names in an LMS.
            names = {
                "first_name": inert.untagged(student.first_name),
                "last_name": inert.untagged(student.last_name),
            }
            book.update_or_create_student(student.id, email=student.email, **names)
        for assignment in assignments:
            due = course.plan(assignment).due.astimezone(UTC).replace(tzinfo=None)
            book.update_or_create_assignment(assignment, duedate=due)


def _stamp(book: Gradebook) -> None:
    """Note the schema's version where our own tables were there first, and nbgrader did not."""
    if inspect(book.engine).has_table("alembic_version"):
        return
    version = get_alembic_version()
    book.db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    book.db.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
    book.db.commit()
