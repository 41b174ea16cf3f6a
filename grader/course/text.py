"""Reading the course's own files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from grader.errors import CourseError


def read_course_text(path: Path) -> str:
    """Read one of the course's files as UTF-8 text.

    Raises:
        CourseError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(f"{path}: not UTF-8 text: {error.reason}; save it as UTF-8") from None
    except OSError as error:
        raise CourseError(f"{path}: cannot be read: {error.strerror}") from None


def add_files(state: hashlib._Hash, root: Path, files: Iterable[Path]) -> None:
    """Add files to a digest, each by its name below `root` and what is in it."""
    for file in files:
        state.update(f"{file.relative_to(root)}\0".encode())
        state.update(file.read_bytes())
