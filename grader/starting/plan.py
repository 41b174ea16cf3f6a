"""The `course.yml` of a new course: ours, with other dates, and of the assignments that are chosen.

It is cut from the text of ours, so that comments stay where they are.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from grader.course.fields import did_you_mean
from grader.course.syllabus import FILE_NAME, AssignmentPlan, Course
from grader.errors import UsageError

_KEPT = ("limits", "feedback", "late", "follow_through")
"""Of our course's own settings, those that suit another."""
_TOP = re.compile(r"^(\w+):", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^  (\w+):\s*$", re.MULTILINE)
_LOCALTIME = Path("/etc/localtime")


@dataclass(frozen=True)
class Wanted:
    """What a new course shall be like; `lectures` are names of assignments, none means all."""

    course: str
    title: str
    language: str
    timezone: str
    lectures: tuple[str, ...]
    today: date


def chosen(ours: Course, lectures: tuple[str, ...]) -> tuple[str, ...]:
    """The assignments that are asked for, in the order of our course.

    Raises:
        UsageError: there is none of that name.
    """
    for name in lectures:
        if name not in ours.assignments:
            listed = ", ".join(ours.assignments)
            near = did_you_mean(name, ours.assignments)
            raise UsageError(f"--lectures: there is no {name} (there are: {listed}){near}")
    return tuple(name for name in ours.assignments if not lectures or name in lectures)


def course_text(ours: Course, wanted: Wanted) -> str:
    """The text of the new course.yml.

    Raises:
        UsageError: a lecture is asked for that there is not.
    """
    names = chosen(ours, wanted.lectures)
    text = (ours.root / FILE_NAME).read_text(encoding="utf-8")
    settings = _cut(text, _TOP)
    blocks = _cut(settings["assignments"].partition("\n")[2], _ASSIGNMENT)
    dates = _dates([ours.plan(name) for name in names], wanted.today)
    listed = [
        _dated(blocks[name], *when).strip("\n") for name, when in zip(names, dates, strict=True)
    ]
    head = (
        "# The syllabus, as data only. To leave an exercise out, take its line out of `points`.\n"
        f"course: {wanted.course}\n"
        f"title: {json.dumps(wanted.title, ensure_ascii=False)}\n"
        f"language: {wanted.language}\n"
        f"timezone: {wanted.timezone}\n"
        "exchange: exchange   # nbgrader's: students fetch and submit here\n"
        "roster: roster.csv\n"
    )
    kept = [settings[key].strip("\n") for key in _KEPT if key in settings]
    return "\n\n".join([head.strip("\n"), *kept, "assignments:\n" + "\n\n".join(listed)]) + "\n"


def local_zone() -> str:
    """The time zone of this machine, UTC where it cannot be told."""
    known = available_timezones()
    told = [os.environ.get("TZ", "").removeprefix(":")]
    if _LOCALTIME.is_symlink():
        told.append(str(_LOCALTIME.resolve()).partition("/zoneinfo/")[2])
    return next((name for name in told if name in known), "UTC")


def _cut(text: str, key: re.Pattern[str]) -> dict[str, str]:
    """The parts of a text, each from its key to the next one."""
    found = list(key.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {match[1]: text[match.start() : end] for match, end in zip(found, ends, strict=True)}


def _dates(plans: list[AssignmentPlan], today: date) -> list[tuple[datetime, datetime]]:
    """Release and due date of each: from next Monday on, week by week, as long as with us."""
    monday = today + timedelta(days=7 - today.weekday())
    weeks = {day: n for n, day in enumerate(sorted({plan.released.date() for plan in plans}))}
    dates = []
    for plan in plans:
        day = monday + timedelta(weeks=weeks[plan.released.date()])
        last = day + (plan.due.date() - plan.released.date())
        dates.append(
            (
                datetime.combine(day, plan.released.time()),
                datetime.combine(last, plan.due.time()),
            )
        )
    return dates


def _dated(block: str, released: datetime, due: datetime) -> str:
    for key, when in (("released", released), ("due", due)):
        block = re.sub(rf"^(    {key}: ).*$", rf"\g<1>{when:%Y-%m-%d %H:%M}", block, flags=re.M)
    return block
