"""Exercises that differentiate, on simulated CUDA tensors: whatever happens, no mark is lost."""

import json
from typing import Any

import numpy as np
import torch

from grader.comparing.outcomes import Call
from grader.controller.arrivals import Arrivals, Purse
from grader.controller.conversation import Conversation, Lost, State
from grader.controller.limit import Limit
from grader.controller.prepared import Laps, PreparedExercise
from grader.controller.program import Program
from grader.controller.spare import Spares
from grader.vocabulary import Exercise, case
from grader.worker.fake import try_on_cuda


def fit(x: torch.Tensor) -> torch.Tensor:
    w = torch.zeros(x.shape[1], device=x.device, requires_grad=True)
    loss: Any = (x @ w).sum()
    loss.backward()
    assert w.grad is not None
    return w.grad


def forget_the_device(x: torch.Tensor) -> torch.Tensor:
    w = torch.zeros(x.shape[1], requires_grad=True)
    loss: Any = (x @ w).sum()
    loss.backward()
    assert w.grad is not None
    return w.grad


def test_a_graph_on_simulated_tensors_decides_nothing() -> None:
    assert try_on_cuda(fit, [torch.ones(2, 3)], {}) == {"fake": "undecided"}


def test_a_stray_cpu_tensor_still_shows_before_the_gradient_is_taken() -> None:
    assert try_on_cuda(forget_the_device, [torch.ones(2, 3)], {}) == {"fake": "mismatch"}


class Abandoned(Conversation):
    """A conversation whose worker answers `answered` frames and dies."""

    def __init__(self, answered: int) -> None:
        self.lost, self.answered = False, answered
        self._token, self._opening = "token", b'{"token":"token",'
        self._program = Program(())
        self._state = State([], Limit(60.0))

    def _send(self, frame: bytes) -> None:
        pass

    def _receive_bytes(self, seconds: float, most: tuple[int, int]) -> tuple[bytes, memoryview]:
        if not self.answered:
            raise Lost("crash")
        self.answered -= 1
        untouched = ["list", [["list", []], ["dict", []]]]
        frame = {"token": "token", "id": 0, "value": 1, "inputs": untouched}
        return json.dumps(frame).encode(), memoryview(b"")


def prepared() -> PreparedExercise:
    asked = case(expect=np.float64(1))
    calls = tuple(Call(asked, fake, 1.0, (), {}) for fake in (False, True, True))
    exercise = Exercise("f", "title", lambda rng: iter(()))
    laps = Laps(exercise, "seed", "cpu", "checks.py")
    spares = Spares(exercise, "cpu", "checks.py")
    return PreparedExercise(exercise, 1.0, "torch", "cpu", calls, (), b"", laps, spares)


def arriving() -> Arrivals:
    return Arrivals(prepared(), None, Purse())


def test_a_worker_that_dies_of_simulated_tensors_costs_nothing() -> None:
    conversation, arrivals = Abandoned(answered=1), arriving()
    assert conversation.run(prepared(), arrivals) == ""
    assert conversation.lost
    assert [o.fake for o in arrivals.run().outcomes] == ["", "undecided", "undecided"]


def test_a_worker_that_dies_of_a_real_call_does() -> None:
    conversation = Abandoned(answered=0)
    assert conversation.run(prepared(), arriving()) == "crash"
    assert not conversation.lost
