"""What is simulated of a call, and what not: beside a stand-in, and after a real failure."""

import contextlib
import socket
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grader.comparing.outcomes import FLOOR
from grader.controller.prepared import PreparedExercise, prepare
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.worker import serve
from grader.worker.fake import UNDECIDED, try_on_cuda
from grader.worker.refusals import Refusals
from grader.worker.standins import stand_in
from grader.worker.wire import (
    Closed,
    parse_header,
    parse_prefix,
    prefix_size,
    receive_frame,
    send_frame,
)  # fmt: skip

PROJECT = Path(__file__).resolve().parents[1]
Ask = Callable[..., Any]


class Doubling:
    """The other end of a stand-in's socket: each question is answered with twice its array."""

    def __init__(self) -> None:
        self.ours, self._theirs = socket.socketpair()
        self.asked = 0
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        with contextlib.suppress(Closed):
            while True:
                header, body = receive_frame(self._theirs)
                self.asked += 1
                tree = header["inputs"][1][0][1][0]
                doubled = 2 * np.frombuffer(body, "<f4")
                send_frame(self._theirs, {"value": tree}, [doubled.tobytes()])

    def close(self) -> None:
        self.ours.close()
        self._thread.join(60)
        self._theirs.close()


@pytest.fixture
def twice() -> Iterator[Ask]:
    other = Doubling()
    yield stand_in(other.ours, "twice", FLOOR, "cpu", "torch")
    other.close()
    assert other.asked > 0


def test_what_comes_of_a_stand_in_is_where_its_inputs_are(twice: Ask) -> None:
    x = torch.ones(3)
    assert try_on_cuda(lambda x: twice(x + 1) + x, [x], {}) == {"fake": "ran", "devices": []}


def test_it_vouches_for_nothing_beside_it_and_for_no_stray(twice: Ask) -> None:
    x = torch.ones(3)
    assert try_on_cuda(lambda x: twice(x) + torch.ones(3), [x], {}) == UNDECIDED
    assert try_on_cuda(lambda x: twice(torch.ones(3)) + x, [x], {}) == UNDECIDED
    before = try_on_cuda(lambda x: twice(x + torch.ones(3)) + x, [x], {})
    assert before == {"fake": "mismatch"}


def exercise() -> PreparedExercise:
    lesson = load_lesson(load_course(PROJECT), "lec05_backprop")
    return prepare(lesson, "a seed", "cpu", 10.0)["affine_forward"]


def ran(function: Ask) -> tuple[list[dict[str, Any]], int]:
    """The frames of an exercise's calls, and how often the function was called."""
    calls: list[object] = []

    def counted(*args: Any) -> Any:
        calls.append(args)
        return function(*args)

    frame, start = exercise().frame, prefix_size()
    size, _ = parse_prefix(frame[:start])
    header = parse_header(frame[start : start + size])
    module = types.ModuleType("submission")
    vars(module)["affine_forward"] = counted
    told: list[dict[str, Any]] = []
    say = lambda frame, blobs=None: told.append(frame)  # noqa: E731
    serve.run(say, header, frame[start + size :], module, Refusals())
    return told[:-1], len(calls)


def test_a_case_that_raised_in_earnest_is_not_simulated() -> None:
    number = sum(not call.fake for call in exercise().calls)

    def fails(*args: Any) -> Any:
        raise ValueError("in earnest")

    frames, calls = ran(fails)
    assert calls == number
    assert [frame.get("fake") for frame in frames[number:]] == ["undecided"]
    assert all(frame["raised"]["type"] == "ValueError" for frame in frames[:number])

    frames, calls = ran(lambda a, w, b: a @ w + b)
    assert calls == number + 1
    assert [frame.get("fake") for frame in frames[number:]] == ["ran"]

    frames, calls = ran(lambda a, w, b: a @ w + torch.zeros(b.shape) + b)
    assert [frame.get("fake") for frame in frames[number:]] == ["mismatch"]
