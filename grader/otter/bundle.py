"""`autograder.zip` for Gradescope: our grader, one assignment's two sides, and how to run them.

    run_autograder      what Gradescope calls for each submission
    setup.sh            what it calls once, to install Python packages
    requirements.txt    these packages, in the versions that grade here
    grading.json        which assignment, and which isolation is asked for and accepted
    kit/grader/         the grader
    course/             course.yml with this assignment only, both its sides, the secret seed

The zip holds answers, hidden cases and the seed: it is the instructor's, never a student's. The
seed is the course's own, so that marks there and here are the same.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from grader.controller.zygote import grader_folder
from grader.course.marked_yaml import load_marked
from grader.course.rounds import round_of
from grader.course.secret import secret_seed
from grader.course.syllabus import Course

CONFIG = "grading.json"
PACKAGES = (
    "torch", "numpy", "matplotlib", "scikit-learn", "pydantic", "PyYAML", "SQLAlchemy", "psutil",
    "pyseccomp", "py-landlock", "tzdata",
)  # fmt: skip
# Not the database's URL, which may hold a password, nor the exchange and the roster.
_KEPT = ("course", "title", "language", "languages", "timezone", "limits", "feedback")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same course makes the same bytes
_SCRIPTS = Path(__file__).parent / "scripts"


class Grading(BaseModel):
    """What `grading.json` says; an instructor may edit it in the zip."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    assignment: str = ""
    isolation: Literal["full", "process"] = "full"
    accept: Literal["full", "process"] = "full"
    """The least isolation to grade with where `isolation` cannot be had."""


@dataclass(frozen=True)
class _Entry:
    name: str
    payload: bytes
    mode: int = 0o644


def write_bundle(course: Course, name: str, path: Path, grading: Grading) -> Path:
    """Write the zip, whole or not at all; returns its path.

    Raises:
        CourseError: course.yml does not list the assignment, or the seed is unreadable.
    """
    state = io.BytesIO()
    with zipfile.ZipFile(state, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in sorted(_entries(course, name, grading), key=lambda entry: entry.name):
            info = zipfile.ZipInfo(entry.name, _EPOCH)
            info.external_attr = (0o100000 | entry.mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.payload)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(state.getvalue())
        os.replace(temporary, path)  # still 0600: it holds the answers and the seed
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _entries(course: Course, name: str, grading: Grading) -> Iterator[_Entry]:
    # The cases are those of the course's current round; they stay so, as no feedback is awaited.
    plan = load_marked(course.file).data["assignments"][name] | {"round": round_of(course, name)}
    kept = {key: value for key, value in load_marked(course.file).data.items() if key in _KEPT}
    syllabus = yaml.safe_dump(
        {**kept, "assignments": {name: plan}}, sort_keys=False, allow_unicode=True
    )
    config = grading.model_copy(update={"assignment": name}).model_dump_json(indent=1) + "\n"
    yield _Entry(CONFIG, config.encode())
    yield _Entry("requirements.txt", requirements().encode())
    for script in ("run_autograder", "setup.sh"):
        yield _Entry(script, (_SCRIPTS / script).read_bytes(), 0o755)
    yield _Entry("course/course.yml", syllabus.encode())
    yield _Entry("course/.chainrule/seed", f"{secret_seed(course.root)}\n".encode(), 0o600)
    for titles in sorted(course.root.glob("words.*.yml")):
        yield _Entry(f"course/{titles.name}", titles.read_bytes())
    kit = Path(grader_folder()) / "grader"
    for entry in _tree(kit, "kit/grader"):
        if not entry.name.startswith("kit/grader/starting/course/"):  # other lectures' answers
            yield entry
    yield from _tree(course.root / "reference", "course/reference")
    for side in ("assignments", "solutions"):
        yield from _tree(course.root / side / name, f"course/{side}/{name}")


def _tree(folder: Path, target: str) -> Iterator[_Entry]:
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in below.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield _Entry(f"{target}/{below.as_posix()}", path.read_bytes())


def requirements() -> str:
    """`requirements.txt`: what grading needs, in the versions installed here."""
    lines = []
    for package in PACKAGES:
        try:
            lines.append(f"{package}=={version(package).split('+')[0]}")
        except PackageNotFoundError:
            lines.append(package)
    return "\n".join(lines) + "\n"


def read_grading(source: Path) -> Grading:
    """Read `grading.json` in an unpacked zip; ValueError or OSError where it is damaged."""
    return Grading.model_validate(json.loads((source / CONFIG).read_text(encoding="utf-8")))
