"""The examples of a notebook, run in an ordinary process: without confinement, on any system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.comparing.outcomes import Ended, Raised
from grader.controller import messages
from grader.controller.execution import UnitFault
from grader.errors import GraderError

SECONDS = 60.0
"""One cell or example; the first imports torch, too."""
_TRIES = 40
"""Processes that one notebook may use up: each cell that hangs or crashes costs one."""
_POLL = 0.05
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from grader.worker.plainly import main; main()"
)
_KEPT = (
    "PATH", "HOME", "TMPDIR", "LANG",
    "USERPROFILE", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "TEMP", "TMP", "APPDATA", "LOCALAPPDATA",
    "PROCESSOR_ARCHITECTURE", "NUMBER_OF_PROCESSORS",
)  # fmt: skip
"""Variables of the student's that the notebook's process sees; the later ones are Windows'."""


@dataclass(frozen=True)
class Job:
    """What is run: cells and examples by number, in `folder`; numbers are never the same twice."""

    cells: tuple[tuple[int, str], ...]
    examples: tuple[tuple[int, str], ...]
    statementwise: bool
    folder: Path


@dataclass
class _Progress:
    """What is known so far: messages by example ("" passes), and units that are left out."""

    said: dict[int, str] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)


def run_examples(job: Job, seconds: float = SECONDS) -> dict[int, str]:
    """What each example says, by its number; "" where it passes.

    A cell that hangs, or ends the process, is left out in another try.

    Raises:
        GraderError: the process does not start.
    """
    progress, left = _Progress(), _TRIES
    while len(progress.said) < len(job.examples):
        if left == 0:
            rest = (number for number, _ in job.examples if number not in progress.said)
            progress.said |= dict.fromkeys(rest, messages.UNREACHED)
        else:
            left -= 1
            _try(job, progress, seconds)
    return progress.said


def _try(job: Job, progress: _Progress, seconds: float) -> None:
    with tempfile.TemporaryDirectory(prefix="chainrule-", ignore_cleanup_errors=True) as folder:
        said = Path(folder, "said")
        said.touch()
        asked = {
            "cells": job.cells,
            "examples": [one for one in job.examples if one[0] not in progress.said],
            "statementwise": job.statementwise,
            "skip": sorted(progress.skip),
            "said": str(said),
        }
        with Path(folder, "errors").open("w+", encoding="utf-8", errors="replace") as errors:
            child = _started(job, errors)
            assert child.stdin
            with child, child.stdin:
                try:
                    child.stdin.write(json.dumps(asked))
                    child.stdin.close()
                    ended = _watched(child, said, seconds)
                finally:
                    child.kill()
            _take_in(job, progress, list(_frames(said)), ended, errors)


def _started(job: Job, errors: Any) -> subprocess.Popen[str]:
    import grader

    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, str(Path(grader.__file__).parents[1])],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        text=True,
        encoding="utf-8",
        cwd=job.folder,
        env=environment | {"MPLBACKEND": "Agg"},
    )


def _watched(child: subprocess.Popen[str], said: Path, seconds: float) -> Ended:
    """Wait for the end, or until nothing was said for so long; how it came to an end."""
    size, since = 0, time.monotonic()
    while child.poll() is None:
        time.sleep(_POLL)
        if (now := said.stat().st_size) != size:
            size, since = now, time.monotonic()
        elif time.monotonic() - since > seconds:
            return "timeout"
    return "crash"


def _frames(said: Path) -> Iterator[dict[str, Any]]:
    for line in said.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # cut off in the middle
            return


def _take_in(
    job: Job, progress: _Progress, frames: list[dict[str, Any]], ended: Ended, errors: Any
) -> None:
    examples = {number for number, _ in job.examples}
    faults: dict[int, str] = {}
    begun: dict[str, Any] = {}
    for frame in frames:
        if frame.get("begins"):
            begun = frame
        elif "raised" in frame and begun.get("cell") in examples:
            fault = UnitFault(frame["unit"], _raised(frame["raised"]))
            faults.setdefault(begun["cell"], messages.visible_fault(fault))
        elif "example" in frame:
            progress.said[frame["example"]] = faults.get(frame["example"], "")
        elif "ended" in frame:
            return
    if not begun:
        errors.seek(0)
        told = errors.read().strip().splitlines()[-1:] or ["it said nothing"]
        raise GraderError(f"the notebook's process did not start: {told[0]}")
    if begun["cell"] in examples:
        fault = UnitFault(begun["unit"], None, ended)
        progress.said[begun["cell"]] = messages.visible_fault(fault)
    else:
        progress.skip.add(begun["unit"])


def _raised(told: dict[str, Any]) -> Raised:
    """An exception as `grader.worker.faults` describes it."""
    stub = "NotImplementedError" in told["mro"] and told["where"] == "student"
    return Raised(
        told["type"],
        tuple(told["mro"]),
        told["message"],
        told["cell"],
        told["line"],
        told["where"],
        told["network"],
        function=told["function"],
        gist="" if stub else told["message"],
    )
