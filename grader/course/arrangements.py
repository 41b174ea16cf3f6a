"""What holds for single students: extensions, work they are excused from, groups.

`arrangements.yml` lies beside the roster (in the course's folder where there is none):

    extensions:
      lec05_backprop:
        alice: 2026-10-21 23:59
    excused:
      lec05_backprop: [bob]

It gives no reasons: why somebody needs more time is nobody's business but theirs. Groups are a
column of the roster: who has the same `group` hands in once, and all of them get the mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, StrictStr

from grader.course.fields import Moment, Name, did_you_mean
from grader.course.marked_yaml import Marked, Place, load_marked
from grader.course.roster import Student, roster_of
from grader.course.syllabus import Course, Data
from grader.course.wording import validated
from grader.errors import CourseError

FILE_NAME = "arrangements.yml"


class _File(Data):
    extensions: dict[Name, dict[StrictStr, Moment]] = Field(default_factory=dict)
    excused: dict[Name, list[StrictStr]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Arranged:
    """What holds for the students of one assignment, beside what holds for all."""

    due: datetime
    """For everybody else."""
    extended: Mapping[str, datetime] = field(default_factory=dict)
    excused: frozenset[str] = frozenset()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By student: all members of the student's group, itself too; only of two and more."""

    def members(self, student: str) -> tuple[str, ...]:
        """Those who hand in together with a student, and the student."""
        return self.groups.get(student, (student,))

    def due_of(self, student: str) -> datetime:
        """When a student's work is due: a group has the time of whoever of it has the most."""
        return max(self.extended.get(one, self.due) for one in self.members(student))

    def extension(self, student: str) -> timedelta | None:
        """How much longer than everybody else a student has; None where that is nothing."""
        return (self.due_of(student) - self.due) or None

    def delegates(self, handed_in: Mapping[str, str]) -> dict[str, str]:
        """Whose work counts for each student of a group that handed something in.

        Args:
            handed_in: when, by student, as text that sorts; the last one of a group counts.

        Returns:
            the student whose work it is, by member; nobody who hands in alone.
        """
        found: dict[str, str] = {}
        for student, members in self.groups.items():
            came = [one for one in members if one in handed_in]
            if came:
                found[student] = max(came, key=lambda one: handed_in[one])
        return found


def arrangements_path(course: Course) -> Path:
    """Where the file is, if there is one."""
    return (course.roster.parent if course.roster else course.root) / FILE_NAME


def arranged(course: Course, name: str) -> Arranged:
    """What is arranged for an assignment.

    Raises:
        CourseError: course.yml does not list it, or the file or the roster is wrong; names file,
            line, key and remedy.
    """
    plan = course.plan(name)
    students = roster_of(course) or ()
    read = _read(course, students if course.roster else None)
    return Arranged(
        plan.due,
        read.extensions.get(name, {}),
        frozenset(read.excused.get(name, ())),
        groups_of(students),
    )


def groups_of(students: Iterable[Student]) -> dict[str, tuple[str, ...]]:
    """The members of each student's group; who is the only one of a group hands in alone."""
    by_group: dict[str, list[str]] = {}
    for one in students:
        if one.group:
            by_group.setdefault(one.group, []).append(one.id)
    whole = [tuple(members) for members in by_group.values() if len(members) > 1]
    return {member: members for members in whole for member in members}


def _read(course: Course, students: Iterable[Student] | None) -> _File:
    path = arrangements_path(course)
    if not path.exists():
        return _File()
    marked = load_marked(path)
    data = {} if marked.data is None else marked.data
    found = validated(marked, _File, data, _known, context={"zone": ZoneInfo(course.timezone)})
    known = None if students is None else {student.id for student in students}
    for assignment, dates in found.extensions.items():
        _listed(course, marked, ("extensions", assignment))
        for student, due in dates.items():
            place = ("extensions", assignment, student)
            _on_roster(marked, place, student, known)
            if due <= (usual := course.plan(assignment).due):
                where = f"{path}:{marked.line(place)}: {student}"
                raise CourseError(
                    f"{where} has until {due:%Y-%m-%d %H:%M}, which is not after the due date of "
                    f"all, {usual:%Y-%m-%d %H:%M}; give a later time, or take the line out"
                )
    for assignment, names in found.excused.items():
        _listed(course, marked, ("excused", assignment))
        for number, student in enumerate(names):
            _on_roster(marked, ("excused", assignment, number), student, known)
    return found


def _listed(course: Course, marked: Marked, place: tuple[str, str]) -> None:
    if place[1] not in course.assignments:
        near = did_you_mean(place[1], course.assignments)
        raise CourseError(
            f"{marked.path}:{marked.line(place)}: {place[1]} is no assignment of {course.file}; "
            f"mend the name{near}"
        )


def _on_roster(marked: Marked, place: Place, student: str, known: set[str] | None) -> None:
    if known is not None and student not in known:
        near = did_you_mean(student, known)
        raise CourseError(
            f"{marked.path}:{marked.line(place)}: nobody on the roster has the id {student!r}; "
            f"mend it, or add the student there{near}"
        )


def _known(place: Place) -> list[str]:
    return [] if place else list(_File.model_fields)
