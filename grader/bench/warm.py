"""The floor: the same submissions and calls in one warm process, unconfined and uncompared.

Run as a program of its own: it reads a job as JSON on standard input (cells of each submission,
and the exercises' frames in base64) and prints each submission's seconds, on the wall and of CPU.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import sys
import time
import types
from typing import Any

from grader.worker import standin_device
from grader.worker.driver import unpacked
from grader.worker.values import build
from grader.worker.wire import Reader, parse_header, parse_prefix, prefix_size


def open_frame(frame: bytes) -> tuple[dict[str, Any], Reader]:
    """The header of a packed frame, and a reader of its arrays."""
    start = prefix_size()
    header_size, _ = parse_prefix(frame[:start])
    header = parse_header(frame[start : start + header_size])
    return header, Reader(frame[start + header_size :])


def call_all(frame: bytes, namespace: dict[str, Any]) -> list[Any]:
    """Make an exercise's real calls and return what came of each, None for an exception."""
    header, reader = open_frame(frame)
    function = namespace.get(header["exercise"])
    call: Any = function
    if driver := unpacked(header["driver"], {"Any": Any}):
        call = lambda *args, **kwargs: driver(function, *args, **kwargs)  # noqa: E731
    results = []
    for case in header["cases"]:
        args = build(case["args"], reader, header["device"], header["framework"])
        kwargs = build(case["kwargs"], reader, header["device"], header["framework"])
        if case["fake"]:
            continue
        try:
            results.append(call(*args, **kwargs))
        except Exception:
            results.append(None)
    return results


def run_submission(cells: list[str], frames: list[bytes]) -> tuple[float, float]:
    """Execute one submission and make all calls; returns seconds on the wall and of CPU."""
    start, cpu = time.perf_counter(), time.process_time()
    module = types.ModuleType("submission")
    for cell in cells:
        with contextlib.suppress(Exception):
            exec(compile(cell, "cell", "exec"), module.__dict__)
    for frame in frames:
        call_all(frame, module.__dict__)
    return time.perf_counter() - start, time.process_time() - cpu


def main() -> None:
    """Read the job, run it, print the times."""
    job = json.load(sys.stdin)
    frames = [base64.b64decode(frame) for frame in job["frames"]]
    import torch

    torch.set_num_threads(1)
    if "standin" in {open_frame(frame)[0]["device"] for frame in frames}:
        standin_device.install()
    with contextlib.redirect_stdout(io.StringIO()):
        run_submission(job["submissions"][0], frames)  # warms up
        seconds = [run_submission(cells, frames) for cells in job["submissions"]]
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
