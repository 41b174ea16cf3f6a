"""Listing an LMS download: a zip is never unpacked to disk, and no size in it is believed."""

import io
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grader.errors import UsageError
from grader.submissions.files import Entry, refusal
from grader.submissions.model import MIB, Limits, Unreadable, size_text, too_large
from grader.submissions.names import folded, printable

_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UTF8 = 0x800
_UNIX = 3
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    IndexError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    NotImplementedError,
)


class _Capped(io.BufferedReader):
    """A file that refuses one large read, so that a huge index is never taken into memory."""

    def __init__(self, raw: io.FileIO, limit: int) -> None:
        super().__init__(raw)
        self._limit = limit

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self._limit:
            raise zipfile.BadZipFile("the index is too large")
        return super().read(self._limit if size is None or size < 0 else size)


@contextmanager
def opened_archive(path: Path, limits: Limits) -> Iterator[list[Entry]]:
    """The files that a zip lists, in the archive's order; they load while the block lasts.

    Raises UsageError if the archive itself cannot be listed or is out of all proportion.
    """
    if path.stat().st_size > limits.archive_bytes:
        raise UsageError(
            f"{path} is larger than {size_text(limits.archive_bytes)}: unpack it and name "
            "the folder."
        )
    with _Capped(io.FileIO(path), limits.archive_index_bytes) as file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGED as error:
            raise UsageError(f"{path} is not a zip archive that can be read: {error}.") from None
        with archive:
            yield _entries(path, archive, limits)


def _entries(path: Path, archive: zipfile.ZipFile, limits: Limits) -> list[Entry]:
    members = [info for info in archive.infolist() if not _ignored(info)]
    if len(members) > limits.archive_entries:
        raise UsageError(
            f"{path} lists {len(members)} files, more than {limits.archive_entries}: "
            "unpack it and name the folder."
        )
    names = [_name(info) for info in members]
    clashes = Counter(folded(name) for name in names)
    entries = [
        Entry(
            _parts(name),
            _problem(info, name, clashes[folded(name)], limits),
            info.file_size,
            _loader(archive, info, limits),
        )
        for info, name in zip(members, names, strict=True)
    ]
    if sum(entry.size for entry in entries if not entry.problem) > limits.archive_unpacked_bytes:
        raise UsageError(
            f"{path} unpacks to more than {size_text(limits.archive_unpacked_bytes)}: "
            "grade it in parts."
        )
    return entries


def _ignored(info: zipfile.ZipInfo) -> bool:
    # macOS adds a "._" shadow of every file.
    last = info.filename.rpartition("/")[2]
    return (
        info.filename.endswith("/")
        or info.filename.startswith("__MACOSX/")
        or last.startswith("._")
        or last == ".DS_Store"
        or "/.ipynb_checkpoints/" in f"/{info.filename}"
    )


def _name(info: zipfile.ZipInfo) -> str:
    # The name before zipfile cuts it at a NUL.
    name = info.orig_filename
    if info.flag_bits & _UTF8:
        return name
    # Many writers store UTF-8 without saying so; zipfile then reads it as code page 437.
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _parts(name: str) -> tuple[str, ...]:
    if _escapes(name):
        return (name,)
    return tuple(part for part in name.split("/") if part)


def _escapes(name: str) -> bool:
    return (
        name.startswith("/")
        or "\\" in name
        or "\0" in name
        or name[1:2] == ":"
        or any(part in ("", ".", "..") for part in name.split("/"))
    )


def _problem(info: zipfile.ZipInfo, name: str, clashes: int, limits: Limits) -> str:
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if _escapes(name):
        return (
            f"The archive lists the path {printable(name)!r}, which leads out of it. "
            "Hand in a plain file."
        )
    if stat.S_IFMT(mode) and (reason := refusal(mode)):
        return reason
    if clashes > 1:
        return (
            "The archive lists this name more than once, or differing by case only. "
            "Hand in one file."
        )
    if info.flag_bits & _ENCRYPTED:
        return "The file is encrypted in the archive. Hand it in without a password."
    if info.compress_type not in _METHODS:
        return "The file is compressed by a method that is not accepted. Zip it as usual."
    if info.file_size > limits.file_bytes:
        return too_large(limits.file_bytes)
    if info.file_size > 4 * MIB and info.file_size > limits.archive_ratio * info.compress_size:
        return (
            "The file is compressed out of all proportion, and was not unpacked. Clear all "
            "outputs, save, and hand it in again."
        )
    return ""


def _loader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> Callable[[], bytes]:
    def load() -> bytes:
        try:
            with archive.open(info) as member:
                return _read_capped(member, limits.file_bytes)
        except _DAMAGED:
            raise Unreadable(
                "The file is damaged in the archive. Download or hand it in again."
            ) from None

    return load


def _read_capped(member: IO[bytes], limit: int) -> bytes:
    pieces: list[bytes] = []
    left = limit + 1
    while left > 0 and (piece := member.read(min(left, 1 << 16))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise Unreadable(too_large(limit))
    return b"".join(pieces)
