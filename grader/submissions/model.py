"""The records that discovering and reading hand on, and the caps that both keep."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self

from grader.errors import SubmissionError

MIB = 1024 * 1024


class Unreadable(SubmissionError):
    """The file cannot be graded; the message says why, and what to hand in instead."""


@dataclass(frozen=True)
class Limits:
    """How much of a submission is looked at before it is refused."""

    file_bytes: int = 20 * MIB
    code_bytes: int = 1 * MIB
    cells: int = 2_000
    folder_files: int = 1_000
    json_containers: int = 1_000_000
    archive_bytes: int = 4096 * MIB
    archive_index_bytes: int = 4 * MIB
    archive_entries: int = 10_000
    archive_unpacked_bytes: int = 2048 * MIB
    # Notebooks shrink 3 to 30 times, endless equal outputs more; looked at above 4 MiB only.
    archive_ratio: int = 300


LIMITS = Limits()


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells of the file, from 1, and its text.

    For its author to find it: `line` of the file on which it begins, 0 in a notebook; `nth` of the
    notebook's code cells, from 1.
    """

    index: int
    source: str
    line: int = field(default=0, compare=False)
    nth: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Submission:
    """The code that one student handed in.

    `statementwise` is true of a plain Python file, which has no cells: it is run statement by
    statement, so that one failing line does not lose the rest. `notes` are for the instructor.
    `assignment` is the one that a released notebook names, `language` the one it was released in,
    "" if it names none; whether the course knows these is not asked here.
    """

    student: str
    file: str
    sha256: str
    cells: tuple[Cell, ...]
    statementwise: bool
    notes: tuple[str, ...]
    assignment: str = ""
    language: str = ""


@dataclass(frozen=True)
class Found:
    """A submission's bytes, or the problem for which it was not opened ("" if there is none).

    `student` and `file` are always fit to print; a hostile name is replaced by a stand-in.
    `content` is the bytes, or what reads them when they are needed: it raises Unreadable, and is
    asked again each time, so that a class of any size is never held at once.
    """

    student: str
    file: str
    content: bytes | Callable[[], bytes] | None
    refused: str
    notes: tuple[str, ...] = ()

    def opened(self) -> bytes:
        """The bytes. Raises Unreadable with the problem."""
        if self.refused or self.content is None:
            raise Unreadable(self.refused or "The file was not read. Hand it in again.")
        return self.content() if callable(self.content) else self.content

    def held(self) -> Self:
        """The same with its bytes, or its problem, in memory."""
        try:
            return replace(self, content=self.opened())
        except Unreadable as error:
            return replace(self, content=None, refused=str(error))

    @property
    def payload(self) -> bytes | None:
        """The bytes, None if there is a problem."""
        try:
            return self.opened()
        except Unreadable:
            return None

    @property
    def problem(self) -> str:
        """Why it cannot be opened, "" if it can."""
        try:
            self.opened()
        except Unreadable as error:
            return str(error)
        return ""


def size_text(count: int) -> str:
    """Bytes in words: "20 MiB"."""
    return f"{count // MIB} MiB" if count >= MIB else f"{count} bytes"


def too_large(limit: int) -> str:
    """The sentence for a file over the cap."""
    return (
        f"The file is larger than {size_text(limit)}. Clear all outputs, save, and hand it in "
        "again."
    )
