"""One session for nbgrader's pass over a class, and one commit for each student.

nbgrader opens the gradebook ten times for a student, looks each time whether its tables are there,
and commits after every score and every comment: forty times, each of which waits for the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy.orm import Session, scoped_session, sessionmaker


class _Waiting(Session):
    """A session that takes what would be committed for a part of a larger transaction."""

    def commit(self) -> None:
        """Send what was changed, and read anew what depends on it; others see it after `settle`."""
        self.flush()
        self.expire_all()

    def settle(self) -> None:
        """Commit."""
        super().commit()


class Pass:
    """The transaction of a pass: all that is written of one student, or nothing."""

    def __init__(self, session: Any) -> None:
        """Keep nbgrader's session."""
        self._session = session

    def settle(self) -> None:
        """Commit what was written of a student."""
        self._session().settle()

    def drop(self) -> None:
        """Forget what was written since the last commit: of a student whose notebook failed."""
        self._session.rollback()


@contextmanager
def one_session(url: str, course_id: str) -> Iterator[Pass]:
    """Let every `Gradebook` of `url` that nbgrader opens in here be the same one.

    What is not settled at the end is dropped.
    """
    kept = Gradebook(url, course_id)
    kept.db.remove()
    kept.db = scoped_session(sessionmaker(class_=_Waiting, bind=kept.engine))
    plain_init, plain_close = Gradebook.__init__, Gradebook.close

    def init(self: Gradebook, db_url: str, *arguments: Any, **more: Any) -> None:
        if db_url != url:
            plain_init(self, db_url, *arguments, **more)
            return
        self.__dict__ |= kept.__dict__

    def close(self: Gradebook) -> None:
        if self.db is not kept.db:
            plain_close(self)

    Gradebook.__init__, Gradebook.close = init, close
    try:
        yield Pass(kept.db)
    finally:
        Gradebook.__init__, Gradebook.close = plain_init, plain_close
        kept.close()
