"""Results on disk: SQLite by default, PostgreSQL by URL; written by one connection only.

A result's key names everything that it depends on, so delivering it twice changes nothing, and a
run that was killed goes on where it was. One transaction writes one submission's whole result.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from grader import __version__
from grader.errors import GraderError
from grader.results import SubmissionResult

_METADATA = MetaData()
_RESULTS = Table(
    "results",
    _METADATA,
    Column("key", String(64), primary_key=True),
    Column("assignment", String(200), nullable=False, index=True),
    Column("version", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("written", DateTime(timezone=True), server_default=func.now(), nullable=False),
)
_DELIVERIES = Table(
    "deliveries",
    _METADATA,
    Column("assignment", String(200), primary_key=True),
    Column("student", String(200), primary_key=True),
    Column("file", Text, nullable=False),
    Column("key", String(64), nullable=False, index=True),
    Column("written", DateTime(timezone=True), server_default=func.now(), nullable=False),
)


def result_key(sha256: str, checks: str, seed: str, device: str, isolation: str) -> str:
    """The sha256 of all that a result depends on."""
    parts = (sha256, checks, __version__, seed, device, isolation)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def default_url(root: Path) -> str:
    """The course's own SQLite file."""
    return f"sqlite:///{root / '.chainrule' / 'results.sqlite'}"


class Store:
    """The one writer of results. Use as a context manager, from one thread."""

    def __init__(self, url: str) -> None:
        """Open the database and make its tables.

        Raises:
            GraderError: it cannot be opened.
        """
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._engine = create_engine(url)
            if self._engine.dialect.name == "sqlite":
                _set_up_sqlite(self._engine)
            _METADATA.create_all(self._engine)
        except SQLAlchemyError as error:
            raise GraderError(f"the results' database cannot be opened: {error}") from error

    def get(self, key: str) -> SubmissionResult | None:
        """The result of this key, None if there is none."""
        query = select(_RESULTS.c.body).where(_RESULTS.c.key == key)
        try:
            with self._engine.connect() as connection:
                body = connection.execute(query).scalar()
            return None if body is None else SubmissionResult.model_validate_json(body)
        except (SQLAlchemyError, ValueError) as error:
            raise GraderError(f"the results' database cannot be read: {error}") from error

    def put(self, assignment: str, key: str, result: SubmissionResult) -> None:
        """Write a submission's result, and that this student delivered it, in one transaction.

        Raises:
            GraderError: the database refused it (full disk, locked).
        """
        row = {
            "key": key,
            "assignment": assignment,
            "version": __version__,
            "body": result.model_dump_json(),
        }
        delivery = {
            "assignment": assignment,
            "student": result.student,
            "file": result.file,
            "key": key,
        }
        insert = sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(_RESULTS).values(row).on_conflict_do_nothing())
                connection.execute(
                    insert(_DELIVERIES)
                    .values(delivery)
                    .on_conflict_do_update(
                        index_elements=["assignment", "student"],
                        set_={"file": result.file, "key": key, "written": func.now()},
                    )
                )
        except SQLAlchemyError as error:
            raise GraderError(f"a result could not be written down: {error}") from error

    def latest(self, assignment: str) -> list[SubmissionResult]:
        """Each student's last result of an assignment, in order of student."""
        query = (
            select(_DELIVERIES.c.student, _DELIVERIES.c.file, _RESULTS.c.body)
            .join(_RESULTS, _RESULTS.c.key == _DELIVERIES.c.key)
            .where(_DELIVERIES.c.assignment == assignment)
            .order_by(_DELIVERIES.c.student)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            SubmissionResult.model_validate_json(body).model_copy(
                update={"student": student, "file": file}
            )
            for student, file, body in rows
        ]

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

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


def _set_up_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for us
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
