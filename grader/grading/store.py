"""Results on disk: SQLite by default, PostgreSQL by URL; written by one connection only.

A result's key names everything that it depends on, so delivering it twice changes nothing, and a
run that was killed goes on where it was. One transaction writes one submission's whole result.
Results may be kept of any file; the *deliveries* say whose are of the class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    inspect,
    select,
    text,
)

from grader import __version__
from grader.course.secret import STATE
from grader.errors import GraderError
from grader.grading.database import PATIENCE, Database, inserting
from grader.grading.history import digest, make_tables, note_attempts
from grader.results import SubmissionResult, with_notes

_METADATA = MetaData()
RESULTS = Table(
    "results",
    _METADATA,
    Column("key", String(64), primary_key=True),
    Column("assignment", String(200), nullable=False, index=True),
    Column("version", String(40), nullable=False),
    Column("round", Integer),  # of the hidden cases; 1 where an earlier version wrote it
    Column("body", Text, nullable=False),
    Column("written", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
DELIVERIES = Table(
    "deliveries",
    _METADATA,
    Column("assignment", String(200), primary_key=True),
    Column("student", String(200), primary_key=True),
    Column("file", Text, nullable=False),
    Column("key", String(64), nullable=False, index=True),
    Column("written", DateTime(timezone=True), server_default=func.now(), nullable=False),
    Column("message", Text),  # of this file; two students may share a result
)
_RECORDS = Table(
    "records",
    _METADATA,
    Column("key", String(64), primary_key=True),
    Column("label", String(240), nullable=False, index=True),
    Column("basis", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_MAKING = 6_712_047_051
"""What PostgreSQL knows the making of our tables by, so that one at a time does it."""

_BODY = select(RESULTS.c.body).where(RESULTS.c.key == bindparam("key"))


class DamagedResult(GraderError):
    """What is stored under a key is no result, or one that this version cannot read."""


class Record(BaseModel):
    """A result to be written down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: str
    key: str
    result: SubmissionResult
    notes: tuple[str, ...] = ()
    """How this delivery was read; two students may share a result."""
    delivered: bool = True
    """Whether it counts as the student's delivery to the class."""
    replaces: bool = False
    """Whether it takes the place of what is stored under its key."""
    stored: bool = False
    """Whether the result is in the store already, so that only the delivery is written."""
    written: datetime = Field(default_factory=lambda: datetime.now(UTC))


def result_key(sha256: str, checks: str, seed: str, device: str, isolation: str) -> str:
    """The sha256 of all that a result depends on."""
    return digest(sha256, checks, __version__, seed, device, isolation)


def default_url(root: Path) -> str:
    """The course's own SQLite file."""
    return f"sqlite:///{root / STATE / 'results.sqlite'}"


class Store:
    """The one writer of results. Use as a context manager, from one thread."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Open the database and make its tables.

        Args:
            url: of the database.
            patience: for how many seconds a lost or locked database is tried again.

        Raises:
            UsageError: the URL cannot be understood, or its driver is not installed.
            GraderError: it cannot be opened.
        """
        self._database = Database(url, patience)
        at_once = None if self._database.dialect == "sqlite" else 1.0
        try:
            self._database.run(_make_tables, "the results' database cannot be opened", at_once)
        except GraderError:
            self.close()
            raise

    def get(self, key: str) -> SubmissionResult | None:
        """The result of this key, None if there is none.

        Raises:
            DamagedResult: there is one that cannot be read.
            GraderError: the database cannot be read.
        """
        body = self._database.run(
            lambda connection: connection.execute(_BODY, {"key": key}).scalar(),
            "the results' database cannot be read",
        )
        if body is None:
            return None
        try:
            return SubmissionResult.model_validate_json(body)
        except ValidationError:
            raise DamagedResult("a stored result is damaged; grade again") from None

    def put(self, record: Record) -> None:
        """Write a submission's result, and that this student delivered it, in one transaction.

        Raises:
            GraderError: the database refused it (full disk, locked, gone).
        """
        self._write([record], only_if_newer=False)

    def put_all(
        self,
        records: Sequence[Record],
        also: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        """The same for several submissions, and what `also` writes, in one transaction.

        Raises:
            GraderError: as `put`.
        """
        self._write(records, only_if_newer=False, also=also)

    @property
    def database(self) -> Database:
        """Where it keeps them; what happened is kept there, too (`History`)."""
        return self._database

    def take_in(self, record: Record) -> None:
        """Write what an earlier run could not; a later delivery of that student stands.

        Raises:
            GraderError: as `put`.
        """
        self._write([record], only_if_newer=True)

    def latest(self, assignment: str) -> list[SubmissionResult]:
        """Each student's last result of an assignment, in order of student.

        A result that is damaged comes as a `grader_error` that says what to do.

        Raises:
            GraderError: the database cannot be read.
        """
        query = (
            select(
                DELIVERIES.c.student,
                DELIVERIES.c.file,
                DELIVERIES.c.message,
                RESULTS.c.body,
            )
            .outerjoin(RESULTS, RESULTS.c.key == DELIVERIES.c.key)
            .where(DELIVERIES.c.assignment == assignment)
            .order_by(DELIVERIES.c.student)
        )
        rows = self._database.run(
            lambda connection: connection.execute(query).all(),
            "the results' database cannot be read",
        )
        return [_delivered(assignment, *row) for row in rows]

    def record(self, key: str) -> bytes | None:
        """What a program of ours did, None if that is not on record.

        Raises:
            GraderError: the database cannot be read.
        """
        query = select(_RECORDS.c.body).where(_RECORDS.c.key == key)
        return self._database.run(
            lambda connection: connection.execute(query).scalar(),
            "the results' database cannot be read",
        )

    def put_record(self, key: str, label: str, basis: str, body: bytes) -> None:
        """Write down what a program of ours did.

        Args:
            key: of the program, on this basis.
            label: whose it is: records of a label on another basis are removed, as no run will
                ask for them again.
            basis: all that records of a run depend on.
            body: the record.

        Raises:
            GraderError: the database refused it.
        """
        insert = inserting(self._database.dialect)
        row = {"key": key, "label": label, "basis": basis, "body": body}
        old = delete(_RECORDS).where(_RECORDS.c.label == label, _RECORDS.c.basis != basis)
        new = insert(_RECORDS).values(row)
        new = new.on_conflict_do_update(index_elements=["key"], set_=row)

        def work(connection: Connection) -> None:
            connection.execute(old)
            connection.execute(new)

        self._database.run(work, "what the model answers do cannot be written down")

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def _write(
        self,
        records: Sequence[Record],
        only_if_newer: bool,
        also: Callable[[Connection], None] = lambda connection: None,
    ) -> None:
        insert = inserting(self._database.dialect)
        fresh = [record for record in records if not record.stored]
        new = [_result(record) for record in fresh if not record.replaces]
        # No row twice in one statement: PostgreSQL refuses to replace it a second time.
        other = {record.key: _result(record) for record in fresh if record.replaces}
        delivered = {
            (record.assignment, record.result.student): _delivery(record)
            for record in records
            if record.delivered
        }
        attempts: dict[str, list[tuple[str, SubmissionResult]]] = {}
        for one in records:
            if one.delivered:
                attempts.setdefault(one.assignment, []).append((one.key, one.result))

        def work(connection: Connection) -> None:
            # One statement for many rows each: to make a statement takes longer than a row does.
            if new:
                connection.execute(insert(RESULTS).on_conflict_do_nothing(), new)
            if other:
                connection.execute(_replacing(insert, RESULTS, ("key",), False), [*other.values()])
            if delivered:
                whose = ("assignment", "student")
                statement = _replacing(insert, DELIVERIES, whose, only_if_newer)
                connection.execute(statement, [*delivered.values()])
            for name, graded in attempts.items():
                note_attempts(connection, name, graded)
            also(connection)

        whose = ", ".join(record.result.student for record in records[:3])
        self._database.run(work, f"the result of {whose} cannot be written down")


def _replacing(insert: Any, table: Table, key: Sequence[str], only_if_newer: bool) -> Any:
    """A statement that writes rows, in place of those of the same key."""
    statement = insert(table)
    given = {column.name: statement.excluded[column.name] for column in table.columns}
    newer = table.c.written <= statement.excluded.written if only_if_newer else None
    return statement.on_conflict_do_update(index_elements=list(key), set_=given, where=newer)


def _result(record: Record) -> dict[str, Any]:
    return {
        "key": record.key,
        "assignment": record.assignment,
        "version": __version__,
        "round": record.result.round,
        "body": record.result.model_dump_json(),
        "written": record.written,
    }


def _delivery(record: Record) -> dict[str, Any]:
    return {
        "assignment": record.assignment,
        "student": record.result.student,
        "file": record.result.file,
        "key": record.key,
        "written": record.written,
        "message": with_notes(record.result, record.notes).message,
    }


def _delivered(
    assignment: str, student: str, file: str, message: str | None, body: str | None
) -> SubmissionResult:
    own = {"student": student, "file": file} | ({} if message is None else {"message": message})
    try:
        return SubmissionResult.model_validate_json(body or "").model_copy(update=own)
    except ValidationError:
        return SubmissionResult(
            student=student,
            file=file,
            sha256="",
            status="grader_error",
            score=0.0,
            max_score=0.0,
            seconds=0.0,
            message=f"the stored result of {student} is damaged; "
            f"grade {file} again with `chainrule grade {assignment}`",
        )


def _make_tables(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # which several may open for the first time at once
        connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
    _METADATA.create_all(connection)
    make_tables(connection)
    # What earlier versions made lacks these.
    for table, column, kind in (("deliveries", "message", "TEXT"), ("results", "round", "INTEGER")):
        if all(found["name"] != column for found in inspect(connection).get_columns(table)):
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))
