"""The floor, from outside: what a submission takes in one warm process; see `grader.bench.warm`."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.grading.grading import Grading, program_of
from grader.submissions import discover, read


@dataclass(frozen=True)
class Spent:
    """Seconds of one submission, on the wall and of CPU."""

    wall: float
    cpu: float


def floor(grading: Grading, folder: Path) -> list[Spent]:
    """What each submission of a folder takes in one warm process.

    Raises:
        GraderError: the process failed.
    """
    frames = [exercise.frame for exercise in grading.prepared.values()]
    programs = [program_of(grading, read(f)) for f in discover(folder, grading.lesson.name)]
    job = {
        "submissions": [[source for _, source in program.cells] for program in programs],
        "frames": [base64.b64encode(frame).decode() for frame in frames],
    }
    done = subprocess.run(
        [sys.executable, "-m", "grader.bench.warm"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderError(f"the warm process failed:\n{done.stderr[-2000:]}")
    return [Spent(wall, cpu) for wall, cpu in json.loads(done.stdout)]
