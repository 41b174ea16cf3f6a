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

from grader.course.arrangements import Arranged, arranged
from grader.course.roster import Student, roster_of
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.arrivals import STAMP, Inbound, collected_at, inbound, moment, note_arrivals
from grader.nbgrader.asking import may_ask, requests_of, same_work
from grader.nbgrader.exchange import SECRET, TIME, replace_folder
from grader.nbgrader.pieces import Piece, pieces_of
from grader.nbgrader.places import Places, places_of
from grader.nbgrader.steps import api_of, done, only_writer, synchronise
from grader.notebook.build import write_whole
from grader.submissions import Found, Unreadable, discover, read
from grader.submissions.names import folded

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
        came, held = inbound(course, name), arranged(course, name)
        notes += _backdated(course.plan(name).due, came) + _of_others(came)
        for found in _found(places, name):
            notes += _named_right(places, name, found)
            notes += _asking(places, name, found, [
                one for one in came if one.student in held.members(found.student)
            ])  # fmt: skip
        notes += _of_groups(held, places, name)
    note_arrivals(course, name)
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
        notes += _of_groups(arranged(course, name), places, name)
    note_arrivals(course, name)
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
    when = _first_time(folder, name, found) or when
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


def _first_time(folder: Path, name: str, found: Found) -> datetime | None:
    """When this work was handed in already, if a request for a regrade is all that is new."""
    pieces, file = _pieces(found) if _may_ask(found) else [], folder / f"{name}.ipynb"
    if not requests_of(pieces) or not file.is_file() or not (folder / TIME).is_file():
        return None
    old = Found(found.student, file.name, file.read_bytes(), "")
    return moment((folder / TIME).read_text()) if same_work(pieces, _pieces(old)) else None


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


def _of_groups(held: Arranged, places: Places, name: str) -> list[str]:
    """Groups of which several handed something in."""
    came = {one.student: _when(places, one.student, name) for one in _found(places, name)}
    last = held.delegates(came)
    groups = {held.members(student): by for student, by in last.items()}
    return [
        f"{' and '.join(found)} are one group; the work of {by} counts, which came last"
        for members, by in groups.items()
        if len(found := [one for one in members if one in came]) > 1
    ]


def _when(places: Places, student: str, name: str) -> str:
    when = collected_at(places, student, name)
    return when.isoformat() if when else ""


def _asking(places: Places, name: str, found: Found, came: list[Inbound]) -> list[str]:
    """Who asks to look at a grade again, and changed nothing else, keeps the time of the first."""
    pieces = _pieces(found) if _may_ask(found) else []
    if not requests_of(pieces):
        return []
    now = collected_at(places, found.student, name)
    before = [(one.when, one) for one in came if one.when and now and one.when < now]
    for when, one in sorted(before, key=lambda pair: pair[0]):
        earlier = one.found(name)
        if earlier and same_work(pieces, _pieces(earlier)):
            folder = places.of("submitted", found.student, name)
            write_whole(folder / TIME, when.strftime(STAMP))
            return [f"{found.student}: asks for a regrade; handed in {when:%Y-%m-%d %H:%M} UTC"]
    return [f"{found.student}: asks for a regrade, in a notebook that is not as it was"]


def _may_ask(found: Found) -> bool:
    try:
        return may_ask(found.opened())
    except Unreadable:
        return False


def _pieces(found: Found) -> list[Piece]:
    try:
        return pieces_of(found)
    except Unreadable:
        return []


def _backdated(due: datetime, came: list[Inbound]) -> list[str]:
    """Who says to have handed in before the due date, in a folder that was made after it.

    The exchange believes the time that a student's folder is named by; the file system's own
    (its change time, which no user can set) tells if it was named later.
    """
    notes = []
    for one in came:
        said, made = one.when, datetime.fromtimestamp(os.lstat(one.folder).st_ctime, UTC)
        if said and said <= due < made - CLOCKS_DIFFER:
            notes.append(
                f"{one.student}: says {said:%Y-%m-%d %H:%M} UTC, but its folder changed at "
                f"{made:%Y-%m-%d %H:%M} UTC"
            )
    return notes


def _of_others(came: list[Inbound]) -> list[str]:
    """Who handed in under another's name, where students are users of this machine."""
    named = [(one.student, _owner(one.folder)) for one in came]
    if len({owner for _, owner in named}) < 2:  # a hub runs everybody as one user
        return []
    return [
        f"{student}: handed in by the user {user}" for student, user in named if student != user
    ]


def _owner(folder: Path) -> str:
    try:
        return pwd.getpwuid(os.lstat(folder).st_uid).pw_name
    except KeyError:
        return "unknown"
