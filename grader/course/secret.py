"""The course's secret seed: hidden inputs are drawn from it, the same for every student."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grader.errors import CourseError


def state_folder(root: Path) -> Path:
    """The folder of what a course keeps to itself (git ignores it); made on first use."""
    folder = root / ".chainrule"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def secret_seed(root: Path) -> str:
    """Return the course's seed; drawn on first use and kept in `.chainrule/seed`.

    Raises:
        CourseError: the file is there but empty or unreadable.
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
