"""Reading the course's own files."""

from __future__ import annotations

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
