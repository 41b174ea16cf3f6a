"""The two exercises that ask for little of a GPU's memory: right answers of several styles hold
little enough, and what holds all products at once does not.

Weighed by what a worker holds of the machine's memory, which is not all that a GPU's would be.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import policy  # type: ignore[import-not-found]
from race_under_load import HEAD, RIGHT  # type: ignore[import-not-found]

pytest.importorskip("pynvml")

from held_memory import watched  # type: ignore[import-not-found]
from recorded_nvml import answering  # type: ignore[import-not-found]

from grader.controller import weighing
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.standards import answers_program
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.worker.confine import Limits

COURSE = Path(__file__).parents[1]
ALLOWANCE = Allowance(60.0, 120.0, 1000)
LEAN = {"lec07_cnn": "conv2d_fast", "lec13_attention": "scaled_dot_attention"}
MIB = 1 << 20

ATTENTION = """\
import math
import torch


def scaled_dot_attention(q, k, v, mask=None):
"""
ANSWERS = {
    **{f"convolution, {name}": ("lec07_cnn", HEAD + body) for name, body in RIGHT.items()},
    "attention, by hand": (
        "lec13_attention",
        f"""{ATTENTION}\
    scores = torch.matmul(q, k.transpose(-1, -2)) / math.sqrt(q.size(-1))
    if mask is not None:
        scores = torch.where(mask, scores, torch.tensor(-torch.inf, dtype=q.dtype))
    shifted = scores - scores.max(dim=-1, keepdim=True).values
    e = torch.exp(shifted)
    weights = e / e.sum(dim=-1, keepdim=True)
    return weights @ v
""",
    ),
    "attention, einsum": (
        "lec13_attention",
        f"""{ATTENTION}\
    scores = torch.einsum("...qd,...kd->...qk", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores.masked_fill(mask == 0, float("-inf"))
    return torch.einsum("...qk,...kd->...qd", torch.softmax(scores, -1), v)
""",
    ),
}
HOGS = {
    "convolution, all products": (
        "lec07_cnn",
        f"""{HEAD}\
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = (windows[:, None] * w[None, :, :, None, None]).sum(dim=(2, 5, 6))
    return out + b[:, None, None]
""",
    ),
    "attention, all products": (
        "lec13_attention",
        f"""{ATTENTION}\
    scores = (q[..., :, None, :] * k[..., None, :, :]).sum(-1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return torch.softmax(scores, dim=-1) @ v
""",
    ),
}


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(policy("process", Limits(memory_bytes=4096 * MIB))) as made:
        yield made


@pytest.fixture(scope="module")
def exercises() -> dict[str, PreparedExercise]:
    """By lecture: what is asked on a GPU, asked of workers on the CPU, without its races."""
    found = {}
    for lecture, name in LEAN.items():
        lesson = load_lesson(load_course(COURSE), lecture)
        one = prepare(lesson, "seed", "cuda", 60.0)[name]
        calls = [
            replace(call, case=replace(call.case, faster=None, group="values"))
            for call in one.calls
        ]
        found[lecture] = replace(one, device="cpu", calls=tuple(calls)).called(name)
    return found


@pytest.mark.parametrize("kind", [*ANSWERS, *HOGS, *LEAN])
def test_who_holds_too_much(
    kind: str,
    zygote: Zygote,
    exercises: dict[str, PreparedExercise],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weighing, "numbered_as_machine", lambda: True)
    lecture, source = (ANSWERS | HOGS).get(kind, (kind, ""))
    program = Program(((1, source),))
    if not source:
        program = answers_program(load_lesson(load_course(COURSE), lecture))
    exercise = exercises[lecture]
    with answering(watched(zygote)):
        run = execute(zygote, program, [exercise], ALLOWANCE).runs[exercise.name]
    weight = run.outcomes[-1].weight
    assert weight is not None and weight.right and not run.deferred
    assert weight.rival_peak > 30 * MIB, "too little to be weighed"
    heavy = [failure.trouble for failure in run.failures.values()]
    assert heavy == (["heavy"] if kind in HOGS else []), weight
