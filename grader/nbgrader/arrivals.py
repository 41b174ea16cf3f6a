"""Who handed in when: noted from the exchange and from what was collected, before it is replaced.

The exchange keeps every hand-in until somebody clears it, and `submitted/` only the last one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.grading.history import Arrival, History
from grader.grading.keeping import opened
from grader.nbgrader.exchange import TIME
from grader.nbgrader.places import Places, places_of
from grader.submissions import Found, Unreadable, discover
from grader.submissions.files import walk
from grader.submissions.model import LIMITS
from grader.submissions.names import split_suffix

STAMPS = ("%Y-%m-%d %H:%M:%S.%f UTC", "%Y-%m-%d %H:%M:%S UTC")
STAMP = STAMPS[0]
_NOTEBOOKS = (".ipynb", ".py")


@dataclass(frozen=True)
class Inbound:
    """One hand-in in the exchange: its folder STUDENT+ASSIGNMENT+TIME+RANDOM, taken apart."""

    folder: Path
    student: str
    when: datetime | None

    def found(self, name: str) -> Found | None:
        """The notebook in it, opened when it is asked for; None where there is none."""
        files = [one for one in walk(self.folder, LIMITS, lambda parts: False)
                 if split_suffix(one.parts[-1])[1] in _NOTEBOOKS]  # fmt: skip
        files.sort(key=lambda one: one.parts[-1] != f"{name}.ipynb")
        if not files:
            return None
        return Found(self.student, files[0].parts[-1], files[0].load, files[0].problem)


def moment(text: str) -> datetime | None:
    """A time as the exchange writes it; None where it is none."""
    for form in STAMPS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def inbound(course: Course, name: str) -> list[Inbound]:
    """Everything of an assignment that lies in the exchange, in order of name."""
    folder = places_of(course).exchange / course.course / "inbound"
    return [] if not folder.is_dir() else [parted(path) for path in sorted(
        folder.glob(f"*+{name}+*"))]  # fmt: skip


def parted(folder: Path) -> Inbound:
    """A folder of the exchange, taken apart."""
    parts = folder.name.rsplit("+", 3)
    return Inbound(folder, parts[0], moment(parts[2]) if len(parts) > 2 else None)


def note_arrivals(course: Course, name: str) -> None:
    """Write down who handed in when, as far as it is not written down yet.

    Raises:
        GraderError: the database refused it.
    """
    with opened(course) as store:
        history = History(store.database)
        known = {(one.student, one.submitted) for one in history.arrivals(name)}
        came = [*_from_exchange(course, name, known)]
        in_exchange = {(one.student, one.sha256) for one in [*came, *history.arrivals(name)]}
        came += [one for one in _collected(course, name)
                 if (one.student, one.sha256) not in in_exchange]  # fmt: skip
        history.arrive(name, came)


def _from_exchange(course: Course, name: str, known: set[tuple[str, str]]) -> Iterator[Arrival]:
    for one in inbound(course, name):
        submitted = one.when.isoformat() if one.when else ""
        if (one.student, submitted) not in known and (found := one.found(name)):
            yield from _arrival(found, submitted)


def _collected(course: Course, name: str) -> Iterator[Arrival]:
    places, plan = places_of(course), course.plan(name)
    invented = (plan.due, plan.due + timedelta(minutes=1))  # see `collect_zip`
    try:
        all_found = discover(places.submitted, name)
    except UsageError:
        return
    for found in all_found:
        when = collected_at(places, found.student, name)
        yield from _arrival(found, "" if when is None or when in invented else when.isoformat())


def _arrival(found: Found, submitted: str) -> Iterator[Arrival]:
    try:
        sha256 = hashlib.sha256(found.opened()).hexdigest()
    except Unreadable:  # nothing that could be told apart by what is in it
        sha256 = ""
    yield Arrival(found.student, sha256, submitted)


def collected_at(places: Places, student: str, name: str) -> datetime | None:
    """When what was collected of a student had been handed in."""
    file = places.of("submitted", student, name) / TIME
    return moment(file.read_text()) if file.is_file() else None
