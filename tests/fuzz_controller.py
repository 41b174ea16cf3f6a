"""The controller against frames and submissions that no honest worker sends.

    python tests/fuzz_controller.py --frames 10000

First frames: those of honest outcomes with changes to their trees, bytes and sizes go over a
socket to the link, the reader and the judge. Then submissions in real confinement, beside honest
neighbours. It prints the highest memory held for one frame (by tracemalloc) and for one submission
(the growth of our resident memory, neighbours included), and the longest times of both: CPU seconds
of ours, and of a submission the seconds on the wall, too. Exit code 1 if anything is wrong: an
error of ours, a neighbour without full marks, more than 256 MiB, or more CPU than the clock allows.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import os
import random
import socket
import struct
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hoards import FRAMES, LOADING, VALUES, hoard, while_loading  # type: ignore[import-not-found]

from grader.controller.conversation import Allowance
from grader.course.syllabus import load_course
from grader.grading.grading import Grading, Options, begin, grade_one
from grader.grading.machine import policy_of
from grader.grading.pool import slots
from grader.submissions import discover, read

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 256 * 2**20
HOSTILE = [
    2**4000, -(10**300), 1e308, float("nan"), "", "x" * 5000, "\ud800", None, True, [], {},
    ["list", [0] * 5000], ["dict", [[k * (2**61 - 1), 0] for k in range(2000)]],
    ["dict", [["a", 1], ["a", 2]]], ["dict", [[[], 0]]],
    ["array", "tensor", "float64", [2**39], ""],
    ["array", "tensor", "O", [1], ""], ["form", "tensor", "float64", [4, 3], "cpu"],
    ["form", "array", "int8", [2**39, 2**39], "cpu"], ["long", "list"], ["opaque", "x" * 900],
    ["array", "scalar", "bool", [0, 2**39, 2**39], "cpu"], ["tuple", [["tuple", []]] * 900],
    ["seeded", 1, "cpu"], [[]], ["list", {}], {"x": {"y": 1}}, -1, 2**63, ["dict", [[2**64, 0]]],
]  # fmt: skip


@dataclass(frozen=True)
class Fuzzed:
    """How frames fared: how many were read, refused; the most bytes, the longest in seconds."""

    read: int
    refused: int
    bytes: int
    seconds: float
    worst: str


def fuzz_frames(grading: Grading, count: int, seed: int = 0) -> Fuzzed:
    """Send changed frames to the controller's side of a socket, one at a time.

    Any exception but those that a conversation expects comes out: it is a bug.
    """
    from grader.comparing.judging import asked_of
    from grader.controller.arrivals import Arrivals, Purse

    rng = random.Random(seed)
    exercises = list(grading.prepared.values())
    read_, refused, most, longest, worst = 0, 0, 0, 0.0, ""
    tracemalloc.start()
    try:
        for _ in range(count):
            exercise = rng.choice(exercises)
            asked = [asked_of(c, exercise.framework, exercise.device) for c in exercise.calls]
            raw = _frame(rng, exercise.calls[0])
            arrivals = Arrivals(exercise, asked, Purse())
            tracemalloc.reset_peak()
            before, begun = tracemalloc.get_traced_memory()[0], time.thread_time()
            came = _received(raw, exercise, arrivals)
            seconds = time.thread_time() - begun
            held = tracemalloc.get_traced_memory()[1] - before
            read_, refused = read_ + came, refused + (not came)
            most = max(most, held)
            if seconds > longest:
                longest, worst = seconds, repr(raw[12:120])
    finally:
        tracemalloc.stop()
    return Fuzzed(read_, refused, most, longest, worst)


def _received(raw: bytes, exercise: Any, arrivals: Any) -> bool:
    """Whether a frame was read, judged and told of; False if it was refused."""
    from grader.controller import caps, frames
    from grader.controller.findings import Standard
    from grader.controller.limit import Limit, Watch
    from grader.controller.link import Link
    from grader.controller.meter import Meter
    from grader.controller.program import Program
    from grader.controller.verdicts import judge_exercise
    from grader.controller.zygote import Worker
    from grader.worker.wire import Closed, ProtocolError

    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    meter = Meter(os.getpid(), None)
    worker = Worker(0, ours, reader, 0, meter)
    sender = threading.Thread(target=_send, args=(theirs, raw))
    sender.start()
    call = exercise.calls[0]
    try:
        watch = Watch(meter, Limit(1000.0))
        header, body = Link(worker, 100).receive(watch, caps.answer_frame(call.caps))
        arrivals.add(frames.outcome(header, body, call, Program(((1, "x = 1"),)), ""))
    except (ProtocolError, Closed):
        return False
    finally:
        worker.close()
        sender.join()
        os.close(writer)
    run = arrivals.run("protocol")
    asked = arrivals._given
    judge_exercise(Standard(exercise, tuple(asked)), run, (), ())
    return True


def _send(sock: socket.socket, raw: bytes) -> None:
    with sock, contextlib.suppress(OSError):
        sock.sendall(raw)


def _frame(rng: random.Random, call: Any) -> bytes:
    """The frame of an honest outcome, changed somewhere."""
    arrays: list[bytes] = []
    value = _tree(call.case.expect, arrays)
    inputs = ["list", [["list", call.tree["args"]], ["dict", list(call.tree["kwargs"].items())]]]
    header: Any = {"id": 0, "value": value, "inputs": inputs, "seen": []}
    body = b"".join([*arrays, *call.inputs])
    header = copy.deepcopy(header)
    for _ in range(rng.choice([0, 1, 1, 1, 2, 5])):
        _change(rng, header)
    if rng.random() < 0.1:
        header["raised"] = rng.choice([*HOSTILE, {"type": "E", "mro": ["x"] * 99, "cell": 1}])
    text = json.dumps(header).encode()
    way = rng.random()
    if way < 0.1:
        place = rng.randrange(len(text))
        text = text[:place] + rng.randbytes(rng.choice([1, 3, 50])) + text[place + 1 :]
    elif way < 0.2:
        body = body[: rng.randrange(len(body) + 1)] + rng.randbytes(rng.choice([0, 1, 4096]))
    elif way < 0.25:
        text = text[: rng.randrange(len(text))]
    elif way < 0.3:
        body += bytes(rng.choice([2**16, 2**20, 2**23]))
    sizes = [len(text), len(body)]
    if rng.random() < 0.1:
        sizes[rng.randrange(2)] = rng.choice([0, 1, 2**16, 2**31, len(text) + 1])
    return struct.pack("<IQ", *sizes) + text + body


def _tree(value: Any, arrays: list[bytes]) -> Any:
    if isinstance(value, list | tuple):
        return ["list", [_tree(item, arrays) for item in value]]
    if isinstance(value, dict):
        return ["dict", [[key, _tree(item, arrays)] for key, item in value.items()]]
    if isinstance(value, np.ndarray | np.generic):
        arrays.append(value.tobytes())
        return ["array", "tensor", value.dtype.name, list(np.shape(value)), "cpu"]
    return getattr(value, "value", value) if type(value) is not object else None


def _change(rng: random.Random, tree: Any) -> None:
    """Put something else somewhere into a tree."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(tree[key], list | dict) and tree[key] and rng.random() < 0.7:
            tree = tree[key]
            continue
        way = rng.random()
        if way < 0.6:
            tree[key] = copy.deepcopy(rng.choice(HOSTILE))
        elif way < 0.8 and isinstance(tree, list):
            tree.insert(key, copy.deepcopy(tree[key]))
        else:
            del tree[key]
        return


@dataclass(frozen=True)
class Hoarded:
    """What one submission has come to; `cpu`: seconds of ours; `wrong`: "" if nothing is."""

    name: str
    bytes: int
    seconds: float
    cpu: float
    verdicts: tuple[str, ...]
    messages: tuple[str, ...]
    wrong: str


def submissions(grading: Grading, honest: str, names: list[str]) -> dict[str, str]:
    """The worst submissions: those that put something in the place of every exercise, or of one."""
    found = {name: hoard(honest, names, body) for name, body in VALUES.items()}
    found |= {name: hoard(honest, names, body) for name, body in FRAMES.items()}
    found |= {name: while_loading(honest, body) for name, body in LOADING.items()}
    users = [name for name in names if grading.prepared[name].exercise.uses]
    for name in users[:1]:
        used = grading.prepared[name].exercise.uses[0]
        wrong = hoard(honest, [used], "return 0")
        for what, one in (("small", "np.ones(4)"), ("large", "np.ones(500_000)")):
            body = (
                f"while True:\n    try: {used}({one}, {one}, {one})\n    except RuntimeError: pass"
            )
            found[f"asks_for_ever_{what}"] = wrong + hoard("", [name], body)
    return found


def hoard_all(
    grading: Grading, course: Any, chosen: dict[str, str], allowance: Allowance
) -> Iterator[Hoarded]:
    """Grade each of the submissions while honest neighbours are graded all the time."""
    from grader.controller.standards import Standards

    limits = course.limits_of(grading.lesson.name)
    honest = Path(grading.lesson.answers_path).read_text(encoding="utf-8")
    places = slots(policy_of(limits, "full", "cpu"), 2)
    over, complaints = threading.Event(), []
    with tempfile.TemporaryDirectory() as folder:
        try:
            standards = Standards(grading.lesson, grading.prepared, allowance, places[0].zygote())

            def graded(name: str, source: str, place: Any) -> Any:
                path = Path(folder) / f"{name}.py"
                path.write_text(source, encoding="utf-8")
                submission = read(discover(path, grading.lesson.name)[0])
                return grade_one(grading, standards, submission, place.zygote(), allowance)

            def neighbour() -> None:
                while not over.is_set():
                    result = graded("honest", honest, places[1])
                    if result.score != result.max_score:
                        complaints.append(f"a neighbour has {result.score}: {result.exercises}")
                    over.wait(0.5)

            # Mistakes and mutants run when a failure first asks for them, once for all.
            graded("warm", hoard(honest, list(grading.prepared), "return 0.5"), places[0])
            beside = threading.Thread(target=neighbour)
            beside.start()
            try:
                for name, source in chosen.items():
                    yield _hoarded(name, source, graded, places[0], complaints, allowance)
            finally:
                over.set()
                beside.join()
        finally:
            for place in places:
                place.discard()


def _hoarded(
    name: str, source: str, graded: Any, place: Any, complaints: list[str], allowance: Allowance
) -> Hoarded:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, begun, cpu = _resident("VmRSS"), time.monotonic(), time.thread_time()
    verdicts, messages, wrong = (), (), ""
    try:
        result = graded(name, source, place)
        verdicts = tuple(one.verdict for one in result.exercises)
        messages = tuple(one.message for one in result.exercises)
        wrong = "" if result.status == "graded" else result.message
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    seconds, held = time.monotonic() - begun, _resident("VmHWM") - before
    cpu = time.thread_time() - cpu
    if cpu > allowance.total_seconds:
        wrong = wrong or f"{cpu:.0f} s of our CPU"
    if held > MOST_BYTES:
        wrong = wrong or f"{held / 2**20:.0f} MiB were held"
    wrong = wrong or "; ".join(complaints)
    complaints.clear()
    return Hoarded(name, held, seconds, cpu, verdicts, messages, wrong)


def _resident(what: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def main() -> int:
    """Parse, fuzz, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--assignment", default="lec05_backprop")
    parser.add_argument("--seconds", type=float, default=2.0, help="of a call; soon over")
    parser.add_argument("--total", type=float, default=12.0, help="seconds of a submission")
    parser.add_argument("--only", nargs="*", help="the submissions of these names alone")
    asked = parser.parse_args()
    course = load_course(ROOT)
    grading = begin(course, asked.assignment, Options())
    if asked.frames:
        done = fuzz_frames(grading, asked.frames, asked.seed)
        print(
            f"{done.read} frames read, {done.refused} refused: at most {done.bytes / 2**20:.1f} MiB"
            f" (tracemalloc) and {done.seconds:.3f} s of CPU for one, {done.worst}"
        )
    honest = Path(grading.lesson.answers_path).read_text(encoding="utf-8")
    chosen = submissions(grading, honest, list(grading.prepared))
    if asked.only is not None:
        chosen = {name: chosen[name] for name in asked.only}
    all_done = []
    allowance = Allowance(asked.seconds, asked.total, 2**16)
    print(f"submissions of at most {asked.total:g} s: MiB, seconds, CPU seconds of ours")
    for one in hoard_all(grading, course, chosen, allowance):
        all_done.append(one)
        told = ", ".join(sorted(set(one.verdicts)))
        print(
            f"{one.name:26} {one.bytes / 2**20:7.1f} {one.seconds:7.1f} {one.cpu:7.2f}  {told}"
            f"  {one.wrong}",
            flush=True,
        )
    if all_done:
        print(
            f"at most {max(one.bytes for one in all_done) / 2**20:.1f} MiB (resident), "
            f"{max(one.seconds for one in all_done):.1f} s and "
            f"{max(one.cpu for one in all_done):.2f} s of CPU of ours for one submission"
        )
    return 1 if any(one.wrong for one in all_done) else 0


if __name__ == "__main__":
    sys.exit(main())
