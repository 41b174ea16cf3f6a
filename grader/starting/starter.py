"""Where the course lies that others start from: in the wheel, or in the repository around it."""

from __future__ import annotations

from pathlib import Path

import grader
from grader.course.syllabus import FILE_NAME
from grader.errors import GraderError

FOLDERS = ("assignments", "solutions")
"""With a folder for each assignment."""
WHOLE = ("reference",)
FILES = ("nbgrader_config.py", "jupyter_server_config.py")


def starter() -> Path:
    """The folder of the course that came with this installation.

    Raises:
        GraderError: there is none, so the installation is damaged.
    """
    package = Path(grader.__file__).parent
    for folder in (package / "starting" / "course", package.parent):
        if (folder / FILE_NAME).is_file() and all((folder / side).is_dir() for side in FOLDERS):
            return folder
    raise _damaged(package)


def example() -> Path:
    """The folder of the course of one lecture that `docs/own-lecture.md` writes.

    Raises:
        GraderError: there is none, so the installation is damaged.
    """
    package = Path(grader.__file__).parent
    repository = package.parent / "docs" / "examples" / "own_lecture"
    for folder in (package / "starting" / "example", repository):
        if (folder / FILE_NAME).is_file():
            return folder
    raise _damaged(package)


def _damaged(package: Path) -> GraderError:
    return GraderError(
        f"no course came with this installation ({package}): install it again, with "
        "`pip install --force-reinstall --no-deps chainrule`"
    )
