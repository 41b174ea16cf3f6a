"""`chainrule collect`: from the exchange or an LMS download into `submitted/`."""

from __future__ import annotations

import os
import pwd
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.exchange import SECRET, TIME, replace_folder
from grader.nbgrader.places import Places, places_of
from grader.nbgrader.roster import Student, roster_of
from grader.nbgrader.steps import api_of, done, only_writer, synchronise
from grader.notebook.build import write_whole
from grader.submissions import Found, Unreadable, discover, read
from grader.submissions.names import folded

STAMP = "%Y-%m-%d %H:%M:%S.%f UTC"
LATE = "The LMS marks it as late."
CLOCKS_DIFFER = timedelta(minutes=10)


@dataclass(frozen=True)
class Collected:
    """What came of collecting: students with a file, what needs a look, and what has no owner."""

    students: tuple[str, ...]
    notes: tuple[str, ...] = ()
    unassigned: tuple[str, ...] = ()


def collect(course: Course, name: str, before_due: bool = False) -> Collected:
    """Collect the latest submission of each student from the exchange.

    Args:
        course: the course.
        name: the assignment.
        before_due: rather the latest before the due date, where there is one.

    Raises:
        UsageError: it was not released yet.
        GraderError: nbgrader failed.
    """
    course.plan(name)
    places = places_of(course)
    if not (places.exchange / course.course / "outbound" / name).is_dir():
        raise UsageError(
            f"{name} is not released in {places.exchange} yet, so nobody can have submitted it; "
            f"run `chainrule release {name}` first (or `chainrule collect {name} --zip FILE` for "
            "a download from Canvas or Moodle)"
        )
    with only_writer(course):
        synchronise(course, [name])
        api = api_of(course, ExchangeCollect={"before_duedate": before_due, "update": True})
        log = done(api.collect(name, update=True), f"collect {name}")
        notes = [line.split("] ", 1)[1] for line in log.splitlines() if "left out" in line]
        notes += _strangers(course, places, name)
        folders = _inbound(course, places, name)
        notes += _backdated(course.plan(name).due, folders) + _of_others(folders)
        for found in _found(places, name):
            notes += _named_right(places, name, found)
    return Collected(tuple(one.student for one in _found(places, name)), tuple(notes))


def collect_zip(course: Course, name: str, archive: Path) -> Collected:
    """Collect from an archive that an LMS made (Canvas, Moodle, or folders of students).

    Whose a file is, is read from its name and looked up in the roster by id or by name; without
    a roster the name is the id. An LMS does not pass on when a file came: those that it does not
    mark as late count as on time, the others as a minute late, and are listed.

    Raises:
        UsageError: the archive cannot be read.
    """
    plan = course.plan(name)
    if not archive.is_file():
        raise UsageError(f"--zip: {archive} is no file")
    roster = roster_of(course)
    places, notes, unassigned = places_of(course), list[str](), list[str]()
    taken: dict[str, str] = {}
    with only_writer(course):
        synchronise(course, [name])
        for found in discover(archive, name):
            student = owner(found, roster)
            if not student:
                unassigned.append(f"{found.file}: {_why(found, roster)}")
                continue
            if student in taken:
                unassigned.append(f"{found.file}: {student} has {taken[student]} already")
                continue
            taken[student] = found.file
            late = LATE in found.notes
            due = plan.due + timedelta(minutes=1) if late else plan.due
            folder = places.of("submitted", student, name)
            if late:
                notes.append(f"{student}: late; write the true time into {folder / TIME}")
            notes += _store(folder, name, found, due)
    return Collected(tuple(sorted(taken)), tuple(notes), tuple(unassigned))


def owner(found: Found, roster: Iterable[Student] | None) -> str:
    """The id of the student whose file it is; "" if nobody's, or not only one student's."""
    if found.payload is None and found.student.startswith("unnamed_"):
        return ""
    if roster is None:
        return found.student
    everyone = list(roster)
    for names in (_ids, _names):
        fits = [s for s in everyone if _key(found.student) in names(s)]
        if len(fits) == 1:
            return fits[0].id
    return ""


def _ids(student: Student) -> set[str]:
    return {_key(student.id), _key(student.email)} - {""}


def _names(student: Student) -> set[str]:
    first, last = _key(student.first_name), _key(student.last_name)
    return {first + last, last + first} - {""}


def _key(name: str) -> str:
    """A name as LMSs write it: Canvas's `doejane`, Moodle's `Jane Doe`."""
    return re.sub(r"[^\w@]|_", "", folded(name))


def _why(found: Found, roster: Iterable[Student] | None) -> str:
    if found.problem and found.student.startswith("unnamed_"):
        return found.problem
    fits = [s.id for s in roster or () if _key(found.student) in _names(s)]
    if len(fits) > 1:
        return f"the name {found.student} is that of {' and '.join(fits)}"
    return f"nobody in the roster is {found.student}"


def _store(folder: Path, name: str, found: Found, when: datetime) -> list[str]:
    found = found.held()  # its file may lie in this very folder
    old = folder / SECRET
    secret = old.read_text() if old.is_file() else secrets.token_hex(64)
    replace_folder(folder)
    suffix = ".py" if found.file.lower().endswith(".py") else ".ipynb"
    (folder / f"{name}{suffix}").write_bytes(found.payload or b"")
    write_whole(folder / TIME, when.astimezone(UTC).strftime(STAMP))
    # Written by `nbgrader submit` otherwise; without it feedback cannot be released.
    write_whole(folder / SECRET, secret)
    notes = [f"{folder.parent.name}: {note}" for note in found.notes if note != LATE]
    if found.problem:
        notes.append(f"{folder.parent.name}: {found.problem}")
    if suffix == ".py":
        _as_notebook(folder / f"{name}.ipynb", found)
    return notes


def _found(places: Places, name: str) -> list[Found]:
    try:
        return discover(places.submitted, name)
    except UsageError:
        return []


def _named_right(places: Places, name: str, found: Found) -> list[str]:
    """Put a submission under the name that nbgrader looks for."""
    folder = places.of("submitted", found.student, name)
    wanted = folder / f"{name}.ipynb"
    if wanted.exists() or not folder.is_dir():
        return []
    found = found.held()
    if found.payload is None:
        wanted.touch()  # nbgrader passes over a student without this file
        return [f"{found.student}: {found.problem}"]
    if found.file.lower().endswith(".py"):
        _as_notebook(wanted, found)
    else:
        wanted.write_bytes(found.payload)
    return [f"{found.student}: handed in as {found.file.rpartition('/')[2]}"]


def _as_notebook(path: Path, found: Found) -> None:
    """A script as a notebook; one that cannot be read as an empty file, which says so later."""
    import nbformat

    try:
        cells = read(found).cells
    except Unreadable:
        path.write_bytes(found.payload or b"")
        return
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c.source, id=f"cell-{c.index}") for c in cells]
    )
    write_whole(path, nbformat.writes(made) + "\n")


def _strangers(course: Course, places: Places, name: str) -> list[str]:
    students = roster_of(course)
    if students is None:
        return []
    known = {student.id for student in students}
    found = [one.student for one in _found(places, name) if one.student not in known]
    return [f"{student}: not in the roster" for student in found]


def _inbound(course: Course, places: Places, name: str) -> list[Path]:
    inbound = places.exchange / course.course / "inbound"
    return sorted(inbound.glob(f"*+{name}+*")) if inbound.is_dir() else []


def _backdated(due: datetime, folders: list[Path]) -> list[str]:
    """Who says to have handed in before the due date, in a folder that was made after it.

    The exchange believes the time that a student's folder is named by; the file system's own
    (its change time, which no user can set) tells if it was named later.
    """
    notes = []
    for folder in folders:
        student, said = _parts(folder)
        made = datetime.fromtimestamp(os.lstat(folder).st_ctime, UTC)
        if said and said <= due < made - CLOCKS_DIFFER:
            notes.append(
                f"{student}: says {said:%Y-%m-%d %H:%M} UTC, but its folder changed at "
                f"{made:%Y-%m-%d %H:%M} UTC"
            )
    return notes


def _of_others(folders: list[Path]) -> list[str]:
    """Who handed in under another's name, where students are users of this machine."""
    owners = {folder: _owner(folder) for folder in folders}
    if len(set(owners.values())) < 2:  # a hub runs everybody as one user
        return []
    named = [(_parts(folder)[0], owner) for folder, owner in owners.items()]
    return [
        f"{student}: handed in by the user {user}" for student, user in named if student != user
    ]


def _owner(folder: Path) -> str:
    try:
        return pwd.getpwuid(os.lstat(folder).st_uid).pw_name
    except KeyError:
        return "unknown"


def _parts(folder: Path) -> tuple[str, datetime | None]:
    """Student and time of a folder STUDENT+ASSIGNMENT+TIME+RANDOM."""
    parts = folder.name.rsplit("+", 3)
    return parts[0], _moment(parts[2]) if len(parts) > 2 else None


def _moment(text: str) -> datetime | None:
    for form in (STAMP, "%Y-%m-%d %H:%M:%S UTC"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
