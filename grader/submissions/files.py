"""Opening what a student made: regular files only, no link followed, no more than the cap.

A file is looked at before it is opened (opening a FIFO hangs, opening a device acts), every
folder on the way is opened without following links, and what was opened is looked at again.
"""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.submissions.model import Limits, Unreadable, too_large
from grader.submissions.names import split_suffix

_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISDIR, "a folder"),
)


@dataclass(frozen=True)
class Entry:
    """A file as a folder or an archive lists it; `load` raises Unreadable."""

    parts: tuple[str, ...]
    problem: str
    size: int
    load: Callable[[], bytes]


def refusal(mode: int) -> str:
    """Why a file of this mode is not opened; "" for a regular file."""
    if stat.S_ISREG(mode):
        return ""
    kind = next((name for test, name in _KINDS if test(mode)), "not a regular file")
    return f"The file is {kind}, which is never opened. Hand in the notebook itself."


def read_regular(root: Path, parts: tuple[str, ...], limit: int) -> bytes:
    """Read the file at `parts` below `root`, at most `limit` bytes.

    Raises Unreadable if it is not a regular file, is larger, or cannot be read.
    """
    try:
        with _opened(root, parts) as descriptor:
            return _read_capped(descriptor, limit)
    except OSError as error:
        raise Unreadable(_os_problem(error)) from None


def walk(root: Path, limits: Limits, enters: Callable[[tuple[str, ...]], bool]) -> Iterator[Entry]:
    """Every file below `root`, in order of name; folders for which `enters` is false are left out.

    Raises OSError if `root` itself cannot be listed.
    """
    yield from _walk(root, (), limits, enters)


def _walk(
    root: Path, above: tuple[str, ...], limits: Limits, enters: Callable[[tuple[str, ...]], bool]
) -> Iterator[Entry]:
    with _opened_folder(root, above) as folder:
        names = sorted(os.listdir(folder))
        # A student's folder, not the instructor's of all students.
        if len(above) > 1 and len(names) > limits.folder_files:
            yield Entry(above, _too_many(limits), 0, _loader(root, above, limits.file_bytes))
            return
        modes = {name: _mode(folder, name) for name in names}
    for name in names:
        parts = (*above, name)
        mode, size = modes[name]
        if not stat.S_ISDIR(mode):
            yield Entry(parts, refusal(mode), size, _loader(root, parts, limits.file_bytes))
        elif enters(parts):
            try:
                yield from _walk(root, parts, limits, enters)
            except OSError as error:
                yield Entry(parts, _os_problem(error), 0, _loader(root, parts, limits.file_bytes))
        elif split_suffix(name)[1] == ".ipynb":
            yield Entry(parts, refusal(mode), 0, _loader(root, parts, limits.file_bytes))


def _too_many(limits: Limits) -> str:
    return f"The folder holds more than {limits.folder_files} files. Hand in the notebook alone."


def _mode(folder: int, name: str) -> tuple[int, int]:
    try:
        found = os.lstat(name, dir_fd=folder)
    except OSError:
        return 0, 0
    return found.st_mode, found.st_size


def _loader(root: Path, parts: tuple[str, ...], limit: int) -> Callable[[], bytes]:
    return lambda: read_regular(root, parts, limit)


@contextmanager
def _opened_folder(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    # The root is the instructor's own path: only what lies below it must not be a link.
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts:
            inner = os.open(part, _folder_flags(), dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _opened(root: Path, parts: tuple[str, ...]) -> Iterator[int]:
    with _opened_folder(root, parts[:-1]) as folder:
        problem = refusal(os.lstat(parts[-1], dir_fd=folder).st_mode)
        if problem:
            raise Unreadable(problem)
        descriptor = os.open(parts[-1], _file_flags(), dir_fd=folder)
    try:
        # It may have been exchanged between the two calls.
        problem = refusal(os.fstat(descriptor).st_mode)
        if problem:
            raise Unreadable(problem)
        yield descriptor
    finally:
        os.close(descriptor)


def _read_capped(descriptor: int, limit: int) -> bytes:
    if os.fstat(descriptor).st_size > limit:
        raise Unreadable(too_large(limit))
    pieces: list[bytes] = []
    left = limit + 1
    while left > 0 and (piece := os.read(descriptor, min(left, 1 << 20))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise Unreadable(too_large(limit))
    return b"".join(pieces)


def _os_problem(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"The file could not be opened ({reason}). Check its permissions and hand it in again."


# Windows, where a student's own check imports this, has none of these: they are asked for late.
def _folder_flags() -> int:
    return os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def _file_flags() -> int:
    return os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
