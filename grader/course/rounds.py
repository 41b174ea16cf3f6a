"""Rounds: once the feedback of an assignment is out, its next grading draws new hidden cases.

What a student could learn of the hidden cases, by what the feedback of a round says, is worth
nothing in the next one. `.chainrule/rounds.json` keeps, for each assignment, the highest round
whose feedback was released; the current one is the next, unless `course.yml` pins it (`round`).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from pathlib import Path

from grader.course.secret import STATE, state_folder
from grader.course.syllabus import Course
from grader.errors import CourseError

_FILE = "rounds.json"


def round_of(course: Course, name: str) -> int:
    """The round that an assignment is graded in now, from 1.

    Raises:
        CourseError: course.yml does not list it, or `.chainrule/rounds.json` is damaged.
    """
    pinned = course.plan(name).round
    return pinned if pinned is not None else 1 + shown(course.root).get(name, 0)


def round_seed(seed: str, name: str, number: int) -> str:
    """The seed of a round of an assignment; that of the first is the course's own.

    The others are hashes of it: who knows the cases of a round knows nothing of the next one's.
    """
    if number == 1:
        return seed
    return hashlib.sha256(f"{seed}/{name}/round {number}".encode()).hexdigest()


def shown(root: Path) -> dict[str, int]:
    """The highest round of each assignment whose feedback was released.

    Raises:
        CourseError: the file is damaged.
    """
    path = root / STATE / _FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict) or not all(type(n) is int and n > 0 for n in data.values()):
        raise CourseError(
            f"{path} is damaged: it should say of each assignment which round's feedback was "
            'released, such as {"lec05_backprop": 1}; mend it, or grading would use old cases'
        )
    return data


def mark_shown(root: Path, name: str, number: int) -> None:
    """Note that the feedback of a round of an assignment was released; earlier ones were, too.

    Raises:
        CourseError: the file is damaged.
        OSError: it cannot be written.
    """
    folder = state_folder(root)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two releases at once
        found = shown(root)
        if found.get(name, 0) >= number:
            return
        whole = folder / f"{_FILE}.new"
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({**found, name: number}, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(folder / _FILE)
    finally:
        os.close(handle)
