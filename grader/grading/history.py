"""What happened: who handed in when, what each attempt earned, what a regrade took the place of.

The store says how things stand; these tables, in the same database, keep what led there. Rows are
added, never changed, but by `chainrule forget`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    select,
)

from grader.grading.database import Database, inserting
from grader.results import SubmissionResult

_METADATA = MetaData()
ATTEMPTS = Table(
    "attempts",
    _METADATA,
    Column("assignment", String(200), primary_key=True),
    Column("student", String(200), primary_key=True),
    Column("mark", String(64), primary_key=True),  # of the result's key and what it came to
    Column("sha256", String(64), nullable=False),
    Column("file", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("max_score", Float, nullable=False),
    Column("round", Integer, nullable=False),
    Column("verdicts", Text, nullable=False),  # JSON: [verdict, score] by exercise
    Column("graded", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
ARRIVALS = Table(
    "arrivals",
    _METADATA,
    Column("assignment", String(200), primary_key=True),
    Column("student", String(200), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("submitted", String(40), primary_key=True),  # UTC, as text; "" if nobody knows
    Column("seen", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
SUPERSEDED = Table(
    "superseded",
    _METADATA,
    Column("mark", String(64), primary_key=True),
    Column("assignment", String(200), nullable=False, index=True),
    Column("student", String(200), nullable=False, index=True),
    Column("body", Text, nullable=False),  # the whole result, as it was
    Column("reason", Text, nullable=False),
    Column("written", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
REQUESTS = Table(
    "requests",
    _METADATA,
    Column("assignment", String(200), primary_key=True),
    Column("student", String(200), primary_key=True),
    Column("exercise", String(200), primary_key=True),
    Column("mark", String(64), primary_key=True),  # of its text
    Column("text", Text, nullable=False),
    Column("said_before", Text, nullable=False),  # the person's comment that stood there already
    Column("seen", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
PERSONAL = (ATTEMPTS, ARRIVALS, SUPERSEDED, REQUESTS)
"""All of them have a column `student`."""


@dataclass(frozen=True)
class Arrival:
    """A file that came: whose, its sha256, and when as UTC text ("" where nobody knows)."""

    student: str
    sha256: str
    submitted: str


@dataclass(frozen=True)
class Attempt:
    """What a file earned when it was graded; `verdicts` by exercise, each with its points."""

    student: str
    sha256: str
    file: str
    status: str
    score: float
    max_score: float
    round: int
    verdicts: Mapping[str, tuple[str, float]]
    graded: datetime


@dataclass(frozen=True)
class Asked:
    """A request to look at a grade again."""

    student: str
    exercise: str
    text: str
    said_before: str


def make_tables(connection: Connection) -> None:
    """Make the tables that are not there yet."""
    _METADATA.create_all(connection)


def digest(*parts: str) -> str:
    """A sha256 of texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def note_attempts(
    connection: Connection, assignment: str, graded: Iterable[tuple[str, SubmissionResult]]
) -> None:
    """Add what deliveries earned, by (key, result); what is noted already stays.

    What the grader failed on is nobody's attempt.
    """
    rows = [_attempt(assignment, *one) for one in graded if one[1].status != "grader_error"]
    _add(connection, ATTEMPTS, rows)


def note_superseded(
    connection: Connection, assignment: str, old: Iterable[tuple[SubmissionResult, str]]
) -> None:
    """Keep results whose place others take, whole, each with the reason."""
    rows = []
    for one, reason in old:
        body = one.model_dump_json()
        rows.append(
            {
                "mark": digest(assignment, one.student, body),
                "assignment": assignment,
                "student": one.student,
                "body": body,
                "reason": reason,
                "written": datetime.now(UTC),
            }
        )
    _add(connection, SUPERSEDED, rows)


class History:
    """Reads and adds to what happened, in a store's database."""

    def __init__(self, database: Database) -> None:
        """Use an opened database that has the tables."""
        self._database = database

    def arrive(self, assignment: str, arrivals: Iterable[Arrival]) -> None:
        """Note files that came; those that are noted already stay.

        Raises:
            GraderError: the database refused it.
        """
        now = datetime.now(UTC)
        rows = [
            {"assignment": assignment, **vars(one), "seen": now} for one in dict.fromkeys(arrivals)
        ]
        self._database.run(
            lambda connection: _add(connection, ARRIVALS, rows),
            "who handed in cannot be written down",
        )

    def ask(self, assignment: str, asked: Iterable[Asked]) -> None:
        """Note requests; those that are noted already stay.

        Raises:
            GraderError: the database refused it.
        """
        rows = [
            {
                "assignment": assignment,
                **vars(one),
                "mark": digest(one.text),
                "seen": datetime.now(UTC),
            }
            for one in asked
        ]
        self._database.run(
            lambda connection: _add(connection, REQUESTS, rows),
            "requests cannot be written down",
        )

    def arrivals(self, assignment: str) -> list[Arrival]:
        """Who handed in when, in order of student and time."""
        order = (ARRIVALS.c.student, ARRIVALS.c.submitted, ARRIVALS.c.seen)
        return [
            Arrival(row.student, row.sha256, row.submitted)
            for row in self._rows(ARRIVALS, assignment, *order)
        ]

    def attempts(self, assignment: str) -> list[Attempt]:
        """What was graded, in order of student and time."""
        return [
            Attempt(
                row.student,
                row.sha256,
                row.file,
                row.status,
                row.score,
                row.max_score,
                row.round,
                {name: (verdict, score) for name, (verdict, score) in _loaded(row.verdicts)},
                row.graded,
            )
            for row in self._rows(ATTEMPTS, assignment, ATTEMPTS.c.student, ATTEMPTS.c.graded)
        ]

    def superseded(self, assignment: str) -> list[tuple[SubmissionResult, str]]:
        """The results whose place a regrade took, each with its reason; the oldest first."""
        return [
            (SubmissionResult.model_validate_json(row.body), row.reason)
            for row in self._rows(SUPERSEDED, assignment, SUPERSEDED.c.written)
        ]

    def requests(self, assignment: str) -> list[Asked]:
        """What students asked, the oldest first."""
        return [
            Asked(row.student, row.exercise, row.text, row.said_before)
            for row in self._rows(REQUESTS, assignment, REQUESTS.c.seen, REQUESTS.c.student)
        ]

    def _rows(self, table: Table, assignment: str, *order: Any) -> Sequence[Any]:
        query = select(table).where(table.c.assignment == assignment).order_by(*order)
        return self._database.run(
            lambda connection: connection.execute(query).all(),
            "the results' database cannot be read",
        )


def _attempt(assignment: str, key: str, result: SubmissionResult) -> dict[str, Any]:
    verdicts = json.dumps({one.name: (one.verdict, one.score) for one in result.exercises})
    return {
        "assignment": assignment,
        "student": result.student,
        "mark": digest(key, result.status, str(result.score), verdicts),
        "sha256": result.sha256,
        "file": result.file,
        "status": result.status,
        "score": result.score,
        "max_score": result.max_score,
        "round": result.round,
        "verdicts": verdicts,
        "graded": datetime.now(UTC),
    }


def _loaded(verdicts: str) -> Iterable[tuple[str, tuple[str, float]]]:
    return json.loads(verdicts).items()


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        insert = inserting(connection.dialect.name)
        connection.execute(insert(table).on_conflict_do_nothing(), rows)
