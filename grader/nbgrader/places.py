"""Where nbgrader's folders and its database are: under `build/`, which git ignores."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course.syllabus import Course

# nbgrader's own default is 5 seconds; then the second writer's student is lost.
SQLITE_WAIT = 120


@dataclass(frozen=True)
class Places:
    """Absolute paths of one course."""

    home: Path
    """nbgrader's course folder: source, release, submitted, autograded, feedback."""
    exchange: Path
    database: str
    """URL of nbgrader's gradebook."""

    def of(self, step: str, student: str, assignment: str) -> Path:
        """The folder of one student (`.` for none) and assignment in a step."""
        return self.home / step / student / assignment

    def released(self, assignment: str) -> Path:
        """The released notebook."""
        return self.of("release", ".", assignment) / f"{assignment}.ipynb"

    def edition(self, course: Course, assignment: str, language: str) -> Path:
        """The released notebook in a language: the first of the course's stands above the others.

        That one also, where no other was released.
        """
        first = self.released(assignment)
        beside = first.parent / language / first.name
        return beside if language in course.editions[1:] and beside.is_file() else first

    def side(self, language: str) -> Path:
        """A course folder of nbgrader's for an edition that is not the first."""
        return self.home / "editions" / language

    @property
    def submitted(self) -> Path:
        """All that was collected."""
        return self.home / "submitted"


def places_of(course: Course) -> Places:
    """The places of a course; a PostgreSQL `database` of course.yml keeps the gradebook, too."""
    home = course.root / "build" / "nbgrader"
    database = f"sqlite:///{home / 'gradebook.db'}?timeout={SQLITE_WAIT}"
    if course.database and course.database.startswith("postgresql"):
        database = course.database
    return Places(home, course.exchange or course.root / "build" / "exchange", database)
