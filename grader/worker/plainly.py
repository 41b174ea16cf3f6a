"""A notebook's cells, then its examples, in one ordinary process: no fork, no confinement.

For a student's own check on a machine where workers cannot be had: macOS and Windows. Reads a job
as JSON from standard input, and appends what became of each unit to a file, a line each: standard
output belongs to the notebook.
"""

from __future__ import annotations

import io
import json
import os
import sys
import types
from typing import IO, Any

from grader.worker import kernel, magics, units


def main() -> None:
    """Do the job: {"cells", "examples": [[number, source], …], "statementwise", "skip", "said"}."""
    job = json.load(sys.stdin)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # as in Jupyter, which prints every letter
            stream.reconfigure(encoding="utf-8", errors="replace")
    with open(job["said"], "a", encoding="utf-8") as file:
        run(job, file)
    sys.stdout.flush()
    os._exit(0)  # threads of the notebook's must not keep the process


def run(job: dict[str, Any], said: IO[str]) -> None:
    """Run everything, and say so; last {"ended": true}."""

    def say(frame: dict[str, Any]) -> None:
        said.write(json.dumps(frame) + "\n")
        said.flush()

    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    kernel.install(module.__dict__)
    skip, statementwise = set(job["skip"]), bool(job["statementwise"])
    runner = units.Runner(say, module.__dict__, skip, statementwise=statementwise)
    for number, source in job["cells"]:
        runner.run(number, magics.plain_python(source))
    for number, source in job["examples"]:
        # Its own names are gone after it: the next one sees what the notebook's cells made.
        own = dict(module.__dict__)
        units.Runner(say, own, set(), statementwise=False).run(number, magics.plain_python(source))
        say({"example": number})
    say({"ended": True})
