"""Where everything lies that a course keeps, by a name that is the same on every machine."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from grader.course.arrangements import arrangements_path
from grader.course.secret import STATE
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.store import default_url
from grader.nbgrader.places import places_of

RESULTS, GRADEBOOK = "results.sqlite", "gradebook.sqlite"
FOLDERS = ("state", "nbgrader", "exchange", "exports")
_BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True)
class Holdings:
    """Absolute paths: databases (None: on a server), folders and single files, by name."""

    databases: dict[str, Path | None]
    folders: dict[str, Path]
    files: dict[str, Path]

    def path(self, name: str) -> Path | None:
        """Where a file of a backup belongs; None where the course keeps it on a server."""
        if name in self.databases:
            return self.databases[name]
        if name in self.files:
            return self.files[name]
        folder, _, rest = name.partition("/")
        return self.folders[folder] / rest if folder in self.folders and rest else None

    def everything(self) -> Iterator[tuple[str, Path]]:
        """Each file with its name, the databases apart; no link is followed."""
        aside = {path for path in self.databases.values() if path}
        aside |= {Path(f"{path}{more}") for path in list(aside) for more in _BESIDE_A_DATABASE}
        for name, folder in self.folders.items():
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path.is_file() and not path.is_symlink() and path not in aside:
                    yield f"{name}/{path.relative_to(folder).as_posix()}", path
        yield from ((name, path) for name, path in self.files.items() if path.is_file())


def holdings(course: Course) -> Holdings:
    """Where a course keeps what it keeps; what is written by hand and lies in git is not in it."""
    places = places_of(course)
    files = {"arrangements.yml": arrangements_path(course)}
    if course.roster:
        files["roster.csv"] = course.roster
    return Holdings(
        {
            RESULTS: _file(course.database or default_url(course.root)),
            GRADEBOOK: _file(places.database),
        },
        {
            "state": course.root / STATE,
            "nbgrader": places.home,
            "exchange": places.exchange / course.course,
            "exports": course.root / "build" / "exports",
        },
        files,
    )


def copy_database(source: Path, target: Path) -> None:
    """Copy an SQLite database as it is at one moment, also while others write to it.

    Raises:
        GraderError: it cannot be read, or is damaged.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            (verdict,) = new.execute("PRAGMA quick_check").fetchone()
    except sqlite3.Error as error:
        raise GraderError(f"{source} cannot be copied: {error}") from None
    if verdict != "ok":
        raise GraderError(f"{source} is damaged: {verdict}")


def _file(url: str) -> Path | None:
    """The file of an SQLite URL; None for a server."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
