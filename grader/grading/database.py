"""A database by its URL: opened, asked again after a lost connection, never quoted.

Statements and their parameters hold students' results, and a URL may hold a password: no message
from here repeats any of them. A connection that is lost in the middle of a class, or a database
that another program has locked, is tried again for a bounded time; see `Database.run`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)

from grader.course.secret import private_file, private_folder
from grader.errors import GraderError, UsageError

Result = TypeVar("Result")

PATIENCE = 60.0  # seconds; a PostgreSQL server restarts in a few
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
# What libpq is told, so that a host that is silent counts as lost before our patience ends.
_LIBPQ = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
# SQLSTATE: connection, intervention by the operator, too many connections, serialization, deadlock.
_PASSING = ("08", "57P", "53300", "40001", "40P01", "55P03")
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


class DatabaseError(GraderError):
    """The database cannot be reached, or refuses; what it says, without our data."""


class Database:
    """One SQLite file or PostgreSQL database. Use it from one thread."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        """Prepare; nothing is opened yet.

        Args:
            url: as `course.yml` has it.
            patience: for how many seconds a lost or locked database is tried again.

        Raises:
            UsageError: the URL cannot be understood, or its driver is not installed.
            GraderError: the folder of an SQLite file cannot be made.
        """
        self._url, self._patience = _parsed(url), patience
        if self._url.get_backend_name() == "sqlite":
            _make_private(self._url.database)
        self._engine = _engine(self._url, patience)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def run(
        self, work: Callable[[Connection], Result], doing: str, patience: float | None = None
    ) -> Result:
        """Run `work` in one transaction; again from its start if what stops it may pass.

        Args:
            work: changes nothing when it is done twice: a commit's answer may be lost.
            doing: for the message, such as "a result cannot be written".
            patience: seconds, in place of the usual ones.

        Raises:
            DatabaseError: it did not pass in time, or it is no such trouble.
        """
        end = time.monotonic() + (self._patience if patience is None else patience)
        pause = _FIRST_PAUSE
        while True:
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except SQLAlchemyError as error:
                if not _may_pass(error) or time.monotonic() + pause > end:
                    # Not chained: the cause would print the statement and its parameters.
                    raise DatabaseError(f"{doing}: {self._reason(error)}") from None
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _reason(self, error: SQLAlchemyError) -> str:
        """What the database says of itself, where that cannot hold what we told it."""
        original = getattr(error, "orig", None)
        kind = type(original or error).__name__
        about_itself = isinstance(original, sqlite3.Error) or kind in _ABOUT_ITSELF
        text = str(original).strip().partition("\n")[0][:300] if about_itself else kind
        for secret in (self._url.password, *map(str, self._url.query.values())):
            text = text.replace(str(secret), "…") if secret else text
        return f"{text} ({self._place()})"

    def _place(self) -> str:
        if self.dialect == "sqlite":
            return str(self._url.database)
        host = self._url.host or "this machine"
        return f"PostgreSQL on {host}; is the server up, and `database` of course.yml right?"


_ABOUT_ITSELF = (
    "OperationalError", "InterfaceError", "AdminShutdown", "CrashShutdown", "CannotConnectNow",
    "DiskFull", "TooManyConnections", "ReadOnlySqlTransaction", "ConnectionTimeout",
)  # fmt: skip


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(
            "course.yml: `database` cannot be read as a URL; give one such as "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME, special characters written as %XX"
        ) from None


def _make_private(file: str | None) -> None:
    """Make the file, and the folder for it, its owner's alone: SQLite itself would ask the umask.

    What SQLite writes beside a database has the mode of the database.
    """
    if not file or file == ":memory:":
        return
    wrong = f"no folder for {file}"
    try:
        private_folder(Path(file).absolute().parent)
        wrong = f"{file} cannot be made"
        private_file(Path(file))
    except OSError as error:
        raise GraderError(
            f"the results' database cannot be opened: {wrong}: {error.strerror}"
        ) from None


def _engine(url: URL, patience: float) -> Engine:
    more: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        more["connect_args"] = {name: _LIBPQ[name] for name in _LIBPQ if name not in url.query}
    try:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, **more)
    except ImportError:
        raise UsageError(
            "course.yml: `database` names PostgreSQL, whose driver psycopg is not installed; "
            "install it with: pip install 'chainrule[postgresql]'"
        ) from None
    except SQLAlchemyError:
        raise UsageError(
            "course.yml: `database` is of a kind that is not known here; give a URL such as "
            "postgresql://HOST/NAME or sqlite:///FILE"
        ) from None
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine, patience)
    return engine


def _may_pass(error: SQLAlchemyError) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return str(getattr(original, "sqlite_errorname", "")).startswith(_BUSY)
    state = getattr(original, "sqlstate", None)
    if state is None:  # from libpq, not from the server: there is no connection
        return isinstance(error, (OperationalError, InterfaceError))
    return str(state).startswith(_PASSING)


def _set_up_sqlite(engine: Engine, patience: float) -> None:
    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for us
        wait = int(1000 * min(patience, 30.0))
        for pragma in (f"busy_timeout={wait}", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def inserting(dialect: str) -> Any:
    """The `insert` of a dialect, which can be told what to do with rows that are there already."""
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
