"""The peer: `nbgrader autograde` as it comes, on the same notebooks with the same cases inside."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import numpy as np

from grader.bench.account import Account
from grader.bench.inside import grade_cell
from grader.comparing.compare import leaves
from grader.controller.prepared import PreparedExercise
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.notebook import compose, notebook_text
from grader.notebook.build import write_whole
from grader.vocabulary import Number

_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "bench"
c.CourseDirectory.root = {root!r}
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
c.ExecutePreprocessor.timeout = 60
"""


@dataclass(frozen=True)
class Peer:
    """What another grader takes for a submission: seconds on the wall, and of CPU."""

    seconds: float
    cpu: float


def nbgrader_seconds(
    course: Course,
    name: str,
    prepared: dict[str, PreparedExercise],
    choices: dict[str, dict[str, str]],
    folder: Path,
) -> Peer:
    """What `nbgrader autograde` takes for a submission.

    Args:
        course, name: the course and the assignment.
        prepared: the hidden cases that its grade cells get.
        choices: of each student, the source of each exercise.
        folder: an empty folder to work in.

    Raises:
        GraderError: nbgrader failed.
    """
    source = compose(course, name)
    for cell in source.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        exercise = grade_id.removeprefix("test-")
        if grade_id.startswith("test-") and exercise in prepared:
            cell.source += "\n\n### BEGIN HIDDEN TESTS\n"
            cell.source += grade_cell(
                exercise, prepared[exercise].frame, expected_values(prepared[exercise])
            )
            cell.source += "### END HIDDEN TESTS"
    write_whole(folder / "nbgrader_config.py", _CONFIG.format(root=str(folder)))
    place = folder / "source" / name
    place.mkdir(parents=True)
    write_whole(place / f"{name}.ipynb", notebook_text(source))
    _nbgrader(folder, "generate_assignment", name)
    released = nbformat.read(folder / "release" / name / f"{name}.ipynb", as_version=4)
    for student, sources in choices.items():
        mine = nbformat.from_dict(released)
        for cell in mine.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if grade_id in sources:
                cell.source = sources[grade_id]
        target = folder / "submitted" / student / name
        target.mkdir(parents=True)
        nbformat.write(mine, target / f"{name}.ipynb")
    with Account() as account:
        _nbgrader(folder, "autograde", name)
    return Peer(account.seconds / len(choices), account.below / len(choices))


def expected_values(exercise: PreparedExercise) -> list[list[np.ndarray]]:
    """The values that each real call of an exercise should have, leaf by leaf."""
    return [
        [
            np.asarray(leaf.value if isinstance(leaf, Number) else leaf, dtype=float)
            for leaf in leaves(call.case.expect)
        ]
        for call in exercise.calls
        if not call.fake
    ]


def _nbgrader(folder: Path, *arguments: str) -> None:
    binaries = str(Path(sys.executable).parent)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderError(f"nbgrader {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
