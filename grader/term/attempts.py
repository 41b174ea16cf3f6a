"""Who handed in when, and what each attempt earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.course.syllabus import Course
from grader.grading.history import Attempt, History
from grader.grading.keeping import opened
from grader.nbgrader.arrivals import note_arrivals
from grader.notebook.build import write_whole
from grader.render.number import number
from grader.render.sheets import to_csv

NOT_GRADED = "not graded"
HEADINGS = ("student", "submitted", "graded", "points", "of", "status", "round", "lost points in",
            "sha256")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One attempt: when it came and was graded (the course's time; None: unknown, not yet)."""

    student: str
    submitted: datetime | None
    attempt: Attempt | None
    sha256: str
    graded: datetime | None = None

    def cells(self) -> tuple[str, ...]:
        """What a table shows of it, by `HEADINGS`."""
        one = self.attempt
        lost = [f"{name} ({v})" for name, (v, _) in one.verdicts.items() if v != "passed"] if one \
            else []  # fmt: skip
        return (
            self.student,
            _shown(self.submitted),
            _shown(self.graded),
            number(one.score) if one else "",
            number(one.max_score) if one else "",
            one.status if one else NOT_GRADED,
            str(one.round) if one else "",
            ", ".join(lost),
            self.sha256[:12],
        )


def attempts(course: Course, name: str, student: str = "") -> list[Line]:
    """Every attempt of an assignment, of one student or of all; by student and time.

    Points are those of the exercises, before written questions and lateness.

    Raises:
        CourseError: course.yml does not list it.
        GraderError: the database cannot be read.
    """
    course.plan(name)
    note_arrivals(course, name)
    with opened(course) as store:
        history = History(store.database)
        arrivals, graded = history.arrivals(name), history.attempts(name)
    zone = ZoneInfo(course.timezone)
    earned: dict[tuple[str, str], list[Attempt | None]] = {}
    for one in graded:
        earned.setdefault((one.student, one.sha256), []).append(one)
    lines = []
    for arrival in arrivals:
        fits = earned.get((arrival.student, arrival.sha256), [None])
        when = datetime.fromisoformat(arrival.submitted) if arrival.submitted else None
        lines += [_line(zone, arrival.student, arrival.sha256, when, fit) for fit in fits]
    came = {(one.student, one.sha256) for one in arrivals}
    lines += [_line(zone, one.student, one.sha256, None, one) for one in graded
              if (one.student, one.sha256) not in came]  # fmt: skip
    chosen = [line for line in lines if not student or line.student == student]
    return sorted(chosen, key=lambda line: (line.student, _shown(line.submitted),
                                            _shown(line.graded)))  # fmt: skip


def write_csv(path: Path, lines: list[Line]) -> Path:
    """Write attempts to a file; returns its path."""
    return write_whole(path, to_csv([HEADINGS, *(line.cells() for line in lines)]))


def _line(
    zone: ZoneInfo, student: str, sha256: str, when: datetime | None, one: Attempt | None
) -> Line:
    graded = _aware(one.graded).astimezone(zone) if one else None
    return Line(student, when.astimezone(zone) if when else None, one, sha256, graded)


def _aware(when: datetime) -> datetime:
    """SQLite keeps UTC without saying so."""
    return when if when.tzinfo else when.replace(tzinfo=ZoneInfo("UTC"))


def _shown(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S}" if when else ""
