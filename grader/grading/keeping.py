"""What a run takes from the store and gives to it, also while the database stays away.

A result that the database does not take is written to a file of this run in `.chainrule/unsaved`,
one `Record` a line. The run goes on; at its end, and whenever the store is opened for the course
again, what lies there is taken in. So grading is never done in vain.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from grader.course.secret import STATE, private_folder
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.store import DamagedResult, Record, Store, default_url
from grader.results import SubmissionResult

Enters = Callable[[str], bool]
"""Whether a student's result enters the class."""


def everybody(student: str) -> bool:
    """Everybody's result enters the class."""
    return True


def nobody(student: str) -> bool:
    """No result enters the class: files are graded ad hoc."""
    return False


class Spill:
    """A file for results that the database did not take; made when the first one comes."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; where it has no room, the system's for temporary files is taken."""
        self._folder = folder
        self._file: IO[bytes] | None = None
        self.path: Path | None = None
        self.records: list[Record] = []

    def add(self, record: Record) -> None:
        """Write a record down, and keep it in memory for the end of the run."""
        self.records.append(record)
        for folder in (self._folder, Path(tempfile.gettempdir())):
            try:
                self._write(folder)
                return
            except OSError:  # no room, or no right: nothing half written stays
                with suppress(OSError):
                    self._drop()

    @property
    def misplaced(self) -> bool:
        """Whether the file is not where the next run looks for it."""
        return self.path is None or self.path.parent != self._folder

    def clear(self) -> None:
        """Remove the file: everything in it is in the database."""
        self.records = []
        self._drop()

    def close(self) -> None:
        """Close the file, which gives it free for other runs."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _drop(self) -> None:
        path, self.path = self.path, None
        if path is not None:
            path.unlink(missing_ok=True)
        self.close()

    def _write(self, folder: Path) -> None:
        """The last record into the file or, where there is none yet, all into one in `folder`."""
        records = self.records[-1:]
        if self._file is None:
            private_folder(folder)
            handle, name = tempfile.mkstemp(prefix="results-", suffix=".jsonl", dir=folder)
            self._file, self.path = os.fdopen(handle, "wb"), Path(name)
            fcntl.flock(handle, fcntl.LOCK_EX)  # while this run lives, no other takes it in
            records = self.records
        self._file.writelines(one.model_dump_json().encode() + b"\n" for one in records)
        self._file.flush()
        os.fsync(self._file.fileno())


class Keeping:
    """Looks up results for one run, and keeps its own."""

    def __init__(
        self, store: Store, folder: Path, enters: Enters = everybody, fresh: bool = False
    ) -> None:
        """Use a store.

        Args:
            store: the database.
            folder: for results that it does not take; see `unsaved_folder`.
            enters: whose results are deliveries of the class.
            fresh: whether to look nothing up, and to replace what is stored.
        """
        self._store, self._enters, self._fresh = store, enters, fresh
        self._spill = Spill(folder)
        self._folder = folder
        self._damaged: set[str] = set()
        self._found: set[str] = set()  # in the store, undamaged
        self._away: GraderError | None = None
        self.left_out: set[str] = set()
        """Students whose results did not enter the class."""

    def known(self, key: str) -> SubmissionResult | None:
        """The stored result of a key; None if there is none to go by, so that it is graded."""
        if self._fresh or self._away:
            return None
        try:
            result = self._store.get(key)
            if result is not None:
                self._found.add(key)
            return result
        except DamagedResult:
            self._damaged.add(key)
        except GraderError as error:
            self._away = error
        return None

    def keep(
        self, assignment: str, key: str, result: SubmissionResult, notes: tuple[str, ...] = ()
    ) -> None:
        """Write a result into the database or, where that stays away, into a file.

        Args:
            assignment: the assignment.
            key: what the result depends on.
            result: the result.
            notes: how this student's file was read.
        """
        self._put([self._record(assignment, key, result, notes)])

    def keep_all(
        self,
        assignment: str,
        results: Iterable[tuple[str, SubmissionResult, tuple[str, ...]]],
    ) -> None:
        """Write (key, result, notes) of several submissions in one transaction."""
        records = [self._record(assignment, *one) for one in results]
        self._put([one.model_copy(update={"stored": one.key in self._found}) for one in records])

    def _record(
        self, assignment: str, key: str, result: SubmissionResult, notes: tuple[str, ...]
    ) -> Record:
        entered = self._enters(result.student)
        if not entered:
            self.left_out.add(result.student)
        return Record(
            assignment=assignment,
            key=key,
            result=result,
            notes=notes,
            delivered=entered,
            replaces=self._fresh or key in self._damaged,
        )

    def _put(self, records: list[Record]) -> None:
        if self._away is None:
            try:
                self._store.put_all(records)
                return
            except GraderError as error:
                self._away = error
        for record in records:
            self._spill.add(record.model_copy(update={"stored": False}))

    def recalled(self, key: str) -> bytes | None:
        """What a program of ours did, if it is on record and the database is there."""
        if self._fresh or self._away:
            return None
        try:
            return self._store.record(key)
        except GraderError as error:
            self._away = error
        return None

    def record(self, key: str, label: str, basis: str, body: bytes) -> None:
        """Keep what a program of ours did; without a database the next run does it again."""
        if self._away is None:
            try:
                self._store.put_record(key, label, basis, body)
            except GraderError as error:
                self._away = error

    def settle(self) -> None:
        """Try once more to write what the database did not take.

        Raises:
            GraderError: it still does not; says where the results are kept.
        """
        if not self._spill.records:
            return
        try:
            for record in self._spill.records:
                self._store.take_in(record)
        except GraderError as error:
            count = len(self._spill.records)
            told = f"{count} results are not in the database. {error}. {self._where()}"
            self._spill.close()
            raise GraderError(told) from None
        self._spill.clear()

    def _where(self) -> str:
        if self._spill.path is None:
            return "No disk took them either: make room, and grade again"
        if self._spill.misplaced:
            return (
                f"They are kept in {self._spill.path}; move that file into {self._folder}, and "
                "the next `chainrule grade` takes them in"
            )
        return f"They are kept in {self._spill.path}; the next `chainrule grade` takes them in"


def unsaved_folder(course: Course) -> Path:
    """Where results wait that the database did not take."""
    return course.root / STATE / "unsaved"


@contextmanager
def opened(course: Course) -> Iterator[Store]:
    """The course's store, with what earlier runs could not write into it.

    Raises:
        UsageError, GraderError: it cannot be opened or written.
    """
    with Store(course.database or default_url(course.root)) as store:
        _take_in(store, unsaved_folder(course))
        yield store


@contextmanager
def keeping(course: Course, enters: Enters = everybody, fresh: bool = False) -> Iterator[Keeping]:
    """What a run over a class keeps its results with; see `Keeping`.

    Raises:
        UsageError, GraderError: the store cannot be opened; or, at the end, did not take all.
    """
    with opened(course) as store:
        made = Keeping(store, unsaved_folder(course), enters, fresh)
        yield made
        made.settle()


def _take_in(store: Store, folder: Path) -> None:
    for path in sorted(folder.glob("*.jsonl")):
        try:
            with path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for line in file:
                    with suppress(ValidationError):  # cut off by a kill: it will be graded again
                        store.take_in(Record.model_validate_json(line))
                path.unlink()
        except BlockingIOError:  # of a run that goes on
            continue
        except OSError as error:
            raise GraderError(
                f"{path} holds results that are not in the database yet, and cannot be read: "
                f"{error.strerror}; make it readable, or move it away"
            ) from None
