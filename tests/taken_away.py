"""A program that takes away what rules forbid, once for each request, in a fork of its own.

Nothing that is taken away can be put back, so no test may do it in its own process. Requests and
answers are lines of JSON; see `Forks`.
"""

import gc
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.worker import audit, fake, serve
from grader.worker.rules import Rules


class Forks:
    """The program, as tests ask it."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(Path(__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def ask(self, cells: list[str], rules: Rules, exercise: str = "f") -> dict[str, Any]:
        """Load cells in a process without what the rules forbid, and call an exercise in it.

        Returns `seen`, `evasions`, `raised` (the type of what the call raised, or ""), `value`
        (its repr) and `faults` (the types of what the statements raised).
        """
        assert self._process.stdin and self._process.stdout
        request = {"cells": cells, "rules": asdict(rules), "exercise": exercise}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


def answered(request: dict[str, Any]) -> dict[str, Any]:
    """What comes of one request; whatever is taken away is gone from here on."""
    told: list[dict[str, Any]] = []
    exercise = request["exercise"]
    header = {
        "rules": {exercise: request["rules"]}, "device": "cpu", "trusted": False, "skip": [],
        "cells": [list(cell) for cell in enumerate(request["cells"], 1)], "name": "submission",
        "survey": [exercise], "seed": 0, "statementwise": True, "wanted": [exercise],
    }  # fmt: skip
    refusals = serve.take_away(header)
    module = serve.load(lambda frame, blobs=None: told.append(frame), header)
    rules, raised, value = Rules.from_json(request["rules"]), "", ""
    with audit.watching(rules, refusals) as seen:
        try:
            value = repr(getattr(module, exercise)())[:200]
        except BaseException as error:
            raised = type(error).__name__
    faults = [frame["raised"]["type"] for frame in told if "raised" in frame]
    evasions = told[0]["surveyed"][exercise]
    return {
        "seen": seen, "evasions": evasions, "raised": raised, "value": value, "faults": faults
    }  # fmt: skip


def _in_a_fork(line: str) -> bytes:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.write(writing, json.dumps(answered(json.loads(line))).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answer = file.read()
    os.waitpid(pid, 0)
    crash = {"seen": [], "evasions": [], "raised": "a crash", "value": "", "faults": []}
    return answer or json.dumps(crash).encode()


if __name__ == "__main__":
    fake.warm_up()
    serve.warm_up()
    gc.collect()
    gc.freeze()
    for asked in sys.stdin:
        sys.stdout.write(_in_a_fork(asked).decode() + "\n")
        sys.stdout.flush()
