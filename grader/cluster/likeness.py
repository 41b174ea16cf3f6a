"""Whether two machines would give the same marks: kit, libraries, and the course's own files."""

from __future__ import annotations

import hashlib
import platform
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import grader
from grader.course.syllabus import Course
from grader.course.text import add_files
from grader.grading.basis import LIBRARIES, installed

_LIBRARIES = (*LIBRARIES, "distributed")

_OWN = {"root", "exchange", "database", "roster", "cluster"}


class Versions(BaseModel):
    """What a machine grades with; `source` is the sha256 of the kit's own files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kit: str
    source: str
    python: str
    libraries: dict[str, str]

    def short(self) -> str:
        """In a few words, for a table."""
        torch = self.libraries.get("torch") or "none"
        return f"{self.kit} ({self.source[:7]}), Python {self.python}, torch {torch}"


def versions_here() -> Versions:
    """This machine's."""
    return Versions(
        kit=grader.__version__,
        source=_source(),
        python=platform.python_version(),
        libraries={name: _public(name) for name in _LIBRARIES},
    )


def course_digest(course: Course, name: str) -> str:
    """The sha256 of what a result depends on beside the checks.

    That is the assignment as it is handed out, the words that go with it, and course.yml but for
    what is each machine's own.

    Raises:
        CourseError: the course has no such assignment.
    """
    course.plan(name)
    state = hashlib.sha256()
    handed_out, kept = (course.root / side / name for side in ("assignments", "solutions"))
    files = (*handed_out.rglob("*.py"), *handed_out.rglob("*.yml"), *kept.rglob("*.yml"))
    add_files(state, course.root, sorted(files))
    state.update(course.model_dump_json(exclude=_OWN).encode())
    return state.hexdigest()


def differences(theirs: Versions, ours: Versions) -> list[str]:
    """What a machine has otherwise than we, each in a few words; empty where all is alike."""
    found = []
    if theirs.kit != ours.kit:
        found.append(f"its chainrule is {theirs.kit}, ours {ours.kit}")
    elif theirs.source != ours.source:
        found.append(f"its chainrule {theirs.kit} has other files than ours")
    if _minor(theirs.python) != _minor(ours.python):
        found.append(f"its Python is {theirs.python}, ours {ours.python}")
    for name in sorted({*theirs.libraries, *ours.libraries}):
        one, other = theirs.libraries.get(name, ""), ours.libraries.get(name, "")
        if one != other:
            found.append(f"its {name} is {one or 'missing'}, ours {other or 'missing'}")
    return found


def _minor(python: str) -> list[str]:
    return python.split(".")[:2]


def _public(name: str) -> str:
    """A library's version without what says for which processor or GPU it was built."""
    return installed(name).partition("+")[0]


def _source() -> str:
    folder, state = Path(grader.__file__).parent, hashlib.sha256()
    add_files(state, folder, sorted(folder.rglob("*.py")))
    return state.hexdigest()
