"""The course's secret seed: hidden inputs are drawn from it, the same for every student.

It lies in `.chainrule`, beside the results: a folder that is its owner's alone, however made.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.errors import CourseError

STATE = ".chainrule"


def state_folder(root: Path) -> Path:
    """The folder of what a course keeps to itself (git ignores it); made on first use.

    Raises:
        CourseError: others may look into it, and that cannot be mended.
    """
    private_folder(root / STATE)
    mend(root)
    return root / STATE


def private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    Raises:
        OSError: that is not possible.
    """
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def private_file(path: Path) -> None:
    """Make an empty file for its owner alone, if there is none.

    Raises:
        OSError: that is not possible.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def mend(root: Path) -> tuple[str, ...]:
    """Shut others out of `.chainrule` and its files; returns a note for each that was open to them.

    Raises:
        CourseError: one is open to others, and somebody else's.
    """
    notes = []
    for path in _kept(root / STATE):
        try:
            mode = path.lstat().st_mode
            if not stat.S_ISLNK(mode) and mode & 0o077:
                path.chmod(stat.S_IMODE(mode) & 0o700)
                notes.append(f"{path} was open to other users; now it is its owner's alone")
        except FileNotFoundError:  # SQLite's beside a database that was just closed
            continue
        except OSError as error:
            raise CourseError(
                f"{path} is open to other users, and that cannot be mended ({error.strerror}): "
                "hidden cases and results lie there; let its owner run `chmod -R go-rwx` on it"
            ) from None
    return tuple(notes)


def _kept(folder: Path) -> Iterator[Path]:
    """The folder, through a link too, and all below it."""
    if folder.is_dir():
        real = folder.resolve()
        yield real
        yield from sorted(real.rglob("*"))


def secret_seed(root: Path) -> str:
    """Return the course's seed; drawn on first use and kept in `.chainrule/seed`.

    Raises:
        CourseError: the file is there but empty or unreadable, or open to others for good.
    """
    path = state_folder(root) / "seed"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    try:
        seed = path.read_text().strip()
    except OSError as error:
        raise CourseError(f"{path}: the secret seed cannot be read: {error}") from error
    if not seed:
        raise CourseError(f"{path}: the secret seed is empty; remove the file to draw a new one")
    return seed
