"""`chainrule backup` and `restore`: everything that a course keeps, in one file, and back.

The file is a gzipped tar: `manifest.json` first, then each file under the name of `Holdings`, so
that it can be unpacked where paths are others. It holds the secret seed and everybody's marks.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

from grader import __version__
from grader.course.secret import mend, private_folder
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.steps import only_writer
from grader.term.holdings import Holdings, copy_database, holdings

FORM = 1
_MANIFEST = "manifest.json"
_PRIVATE = 0o600


class _Manifest(BaseModel):
    """What a backup says of itself: `files` are sha256 sums by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: int
    course: str
    version: str
    made: str
    files: dict[str, str]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """A backup: its file, how many files are in it, and what lies on a server and is not."""

    path: Path
    count: int
    elsewhere: tuple[str, ...]


def backup(course: Course, path: Path) -> Made:
    """Write everything that a course keeps into a new file, which only its owner may read.

    Raises:
        UsageError: the file is there already, or cannot be written.
        GraderError: a database cannot be read.
    """
    if path.exists():
        raise UsageError(f"{path} is there already, and is not written over; name another file")
    held = holdings(course)
    elsewhere = tuple(name for name, file in held.databases.items() if file is None)
    try:
        with only_writer(course), tempfile.TemporaryDirectory() as scratch:
            files = [*_databases(held, Path(scratch)), *held.everything()]
            found = {name: _sha256(file) for name, file in files}
            manifest = _Manifest(
                form=FORM, course=course.course, version=__version__,
                made=datetime.now(UTC).isoformat(timespec="seconds"),
                files=found, elsewhere=elsewhere,
            )  # fmt: skip
            _pack(path, manifest, files)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}") from error
    return Made(path, len(found), elsewhere)


def restore(course: Course, path: Path) -> Made:
    """Put what a backup holds into the course's places; all of it, or nothing.

    Raises:
        UsageError: it is no backup, is damaged, is of another course, or something would be
            written over.
    """
    held = holdings(course)
    with tempfile.TemporaryDirectory(dir=course.root, prefix=".restore-") as scratch:
        try:
            manifest = _unpacked(path, Path(scratch))
        except (OSError, tarfile.TarError, EOFError, ValidationError, ValueError) as error:
            said = str(error).partition("\n")[0]
            raise UsageError(f"{path} is no whole backup: {said}; use another") from None
        if manifest.course != course.course:
            raise UsageError(
                f"{path} is of the course {manifest.course!r}, and this one is {course.course!r}; "
                "restore it in that course's folder"
            )
        targets = _targets(manifest, held, Path(scratch))
        _refuse_overwriting(targets)
        _put(targets)
    mend(course.root)
    return Made(path, len(targets), manifest.elsewhere)


def _databases(held: Holdings, scratch: Path) -> list[tuple[str, Path]]:
    made = []
    for name, file in held.databases.items():
        if file is not None and file.is_file():
            copy_database(file, scratch / name)
            made.append((name, scratch / name))
    return made


def _pack(path: Path, manifest: _Manifest, files: list[tuple[str, Path]]) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
            text = manifest.model_dump_json(indent=1).encode()
            tar.addfile(_entry(_MANIFEST, len(text)), io.BytesIO(text))
            for name, one in files:
                with one.open("rb") as opened:
                    tar.addfile(_entry(name, one.stat().st_size), opened)
        os.link(temporary, path)  # unlike a renaming, it never takes the place of a file
    finally:
        Path(temporary).unlink(missing_ok=True)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, _PRIVATE
    return entry


def _unpacked(path: Path, scratch: Path) -> _Manifest:
    """The manifest of a backup, whose files are then in `scratch`, each as it was packed."""
    with tarfile.open(path, "r:gz") as tar:
        first = tar.next()
        text = tar.extractfile(first) if first and first.name == _MANIFEST else None
        if text is None:
            raise ValueError(f"it does not begin with {_MANIFEST}")
        manifest = _Manifest.model_validate(json.loads(text.read()))
        if manifest.form != FORM:
            raise ValueError(f"a later version ({manifest.version}) made it")
        for entry in tar:
            if entry.name in manifest.files and entry.isfile():
                _inside(entry.name)
                target = scratch / entry.name
                target.parent.mkdir(parents=True, exist_ok=True)
                packed = tar.extractfile(entry)
                assert packed is not None
                with target.open("wb") as file:
                    shutil.copyfileobj(packed, file)
    for name, sha256 in manifest.files.items():
        if not (scratch / name).is_file() or _sha256(scratch / name) != sha256:
            raise ValueError(f"{name} in it is missing or damaged")
    return manifest


def _inside(name: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts:
        raise ValueError(f"{name!r} leads out of the course")


def _targets(manifest: _Manifest, held: Holdings, scratch: Path) -> dict[Path, Path]:
    """Where each unpacked file goes."""
    found = {}
    for name in manifest.files:
        target = held.path(name)
        if target is None:
            raise UsageError(
                f"this course.yml has no place for {name}: it names no roster, or a database "
                "server; make it as it was when the backup was made"
            )
        found[target] = scratch / name
    return found


def _refuse_overwriting(targets: dict[Path, Path]) -> None:
    taken = [t for t, new in targets.items() if t.exists() and _sha256(t) != _sha256(new)]
    if taken:
        shown = ", ".join(map(str, taken[:3])) + (", …" if len(taken) > 3 else "")
        raise UsageError(
            f"nothing is restored, because {len(taken)} files are there already and differ: "
            f"{shown}; move them away first, or restore into a fresh copy of the course"
        )


def _put(targets: dict[Path, Path]) -> None:
    made: list[Path] = []
    try:
        for target, new in targets.items():
            if target.exists():
                continue
            private_folder(target.parent)
            shutil.copyfile(new, target)
            target.chmod(_PRIVATE)
            made.append(target)
    except OSError as error:
        for target in made:
            target.unlink(missing_ok=True)
        raise UsageError(f"nothing is restored: {error.filename}: {error.strerror}") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
