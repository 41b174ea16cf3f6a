"""The race of `conv2d_fast` on an overloaded machine: right answers fail, or slow ones pass?

    python tests/race_under_load.py --right 300 --slow 300 --busy 8

prints a line for every wrong verdict, then the figures; exit code 1 if there was a wrong one.
"""

from __future__ import annotations

import argparse
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from grader.controller.session import Program, execute
from grader.controller.standards import Standards
from grader.controller.verdicts import judge_exercise
from grader.course.syllabus import load_course
from grader.grading.grading import Options, begin
from grader.grading.machine import Isolation, allowance_of, policy_of
from grader.grading.pool import run_all, slots

HEAD = """\
import numpy as np
import torch
import torch.nn.functional as F


def conv2d_fast(x, w, b, stride=1, padding=0):
    n, c, h, width = x.shape
    f, _, kh, kw = w.shape
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (h + 2 * padding - kh) // stride + 1
    ow = (width + 2 * padding - kw) // stride + 1
"""
_OFFSETS = """\
    out = b[None, :, None, None] + x.new_zeros(n, f, oh, ow)
    for k in range(kh):
        for l in range(kw):
            part = x[:, :, k : k + oh * stride : stride, l : l + ow * stride : stride]
            {body}
    return out
"""
RIGHT = {
    "unfold": """\
    columns = F.unfold(x, (kh, kw), stride=stride)
    return (w.reshape(f, -1) @ columns + b[:, None]).reshape(n, f, oh, ow)
""",
    "windows_einsum": """\
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w) + b[:, None, None]
""",
    "windows_tensordot": """\
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    out = torch.tensordot(windows, w, dims=([1, 4, 5], [1, 2, 3]))
    return out.permute(0, 3, 1, 2) + b[:, None, None]
""",
    "strided": """\
    s = x.stride()
    sizes = (n, c, oh, ow, kh, kw)
    strides = (s[0], s[1], s[2] * stride, s[3] * stride, s[2], s[3])
    windows = torch.as_strided(x, sizes, strides)
    return torch.einsum("ncijkl,fckl->nfij", windows, w) + b[None, :, None, None]
""",
    "windows_matmul": """\
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride).permute(0, 2, 3, 1, 4, 5)
    rows = windows.reshape(n * oh * ow, c * kh * kw)
    return (rows @ w.reshape(f, -1).T + b).reshape(n, oh, ow, f).permute(0, 3, 1, 2)
""",
    "offsets_einsum": _OFFSETS.format(
        body='out = out + torch.einsum("nchw,fc->nfhw", part, w[:, :, k, l])'
    ),
    "offsets_tensordot": _OFFSETS.format(
        body="out += torch.tensordot(w[:, :, k, l], part, dims=([1], [1])).transpose(0, 1)"
    ),
    "offsets_broadcast": _OFFSETS.format(
        body="out = out + (part[:, None] * w[:, :, k, l, None, None]).sum(2)"
    ),
    "offsets_channels": _OFFSETS.format(
        body="for m in range(c): out += part[:, m, None] * w[None, :, m, k, l, None, None]"
    ),
    "offsets_columns": """\
    parts = []
    for k in range(kh):
        for l in range(kw):
            part = x[:, :, k : k + oh * stride : stride, l : l + ow * stride : stride]
            parts.append(part.reshape(n, c, 1, -1))
    columns = torch.cat(parts, dim=2).reshape(n, c * kh * kw, -1)
    return (w.reshape(f, -1) @ columns).reshape(n, f, oh, ow) + b[:, None, None]
""",
}
_PIXELS = """\
    out = x.new_zeros(n, f, oh, ow)
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            {body}
    return out
"""
SLOW = {
    "pixels_product": _PIXELS.format(
        body="out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b"
    ),
    "pixels_einsum": _PIXELS.format(
        body='out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b'
    ),
    "pixels_broadcast": _PIXELS.format(
        body="out[:, :, i, j] = (window[:, None] * w).sum(dim=(2, 3, 4)) + b"
    ),
    "pixels_tensordot": _PIXELS.format(
        body="out[:, :, i, j] = torch.tensordot(window, w, dims=([1, 2, 3], [1, 2, 3])) + b"
    ),
    "pixels_filters": _PIXELS.format(
        body="for k in range(f): out[:, k, i, j] = (window * w[k]).sum(dim=(1, 2, 3)) + b[k]"
    ),
    "pixels_listed": """\
    rows = w.reshape(f, -1).T
    out = [
        x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw].reshape(n, -1) @ rows
        for i in range(oh)
        for j in range(ow)
    ]
    return torch.stack(out, dim=2).reshape(n, f, oh, ow) + b[:, None, None]
""",
    "pixels_of_numpy": """\
    a, v, out = x.cpu().numpy(), w.cpu().numpy(), np.zeros((n, f, oh, ow))
    for i in range(oh):
        for j in range(ow):
            window = a[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = (window[:, None] * v).sum(axis=(2, 3, 4))
    return torch.from_numpy(out).to(x) + b[:, None, None]
""",
}


@dataclass(frozen=True)
class Raced:
    """One answer: whether it is a right one, whether it passed, laps, seconds, what was said."""

    style: str
    right: bool
    passed: bool
    laps: int
    ratio: float
    seconds: float
    message: str

    @property
    def wrong(self) -> bool:
        """Whether the race has judged it wrongly."""
        return self.passed != self.right


SPIN = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Never stops, but for the end of whoever started it."""


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """So many processes that never stop."""
    command = [sys.executable, "-c", SPIN]
    spinning = [subprocess.Popen(command) for _ in range(loops)]
    try:
        yield
    finally:
        for one in spinning:
            one.kill()
            one.wait()


def race(right: int, slow: int, isolation: Isolation = "full", jobs: int = 2) -> Iterator[Raced]:
    """Race so many right and slow answers, taking the styles in turn."""
    course = load_course(Path(__file__).resolve().parents[1])
    grading = begin(course, "lec07_cnn", Options(only=("conv2d_fast",), isolation=isolation))
    limits = course.limits_of("lec07_cnn")
    places = slots(policy_of(limits, isolation, "cpu"), jobs)
    allowance = allowance_of(limits)
    only = grading.prepared["conv2d_fast"]
    tasks = [(s, True) for s in itertools.islice(itertools.cycle(RIGHT), right)]
    tasks += [(s, False) for s in itertools.islice(itertools.cycle(SLOW), slow)]
    try:
        standards = Standards(grading.lesson, grading.prepared, allowance, places[0].zygote())
        standard = standards.of(only.name, places[0].zygote(), explained=False)

        def work(task, zygote):  # type: ignore[no-untyped-def]
            style, is_right = task
            start = time.monotonic()
            source = HEAD + (RIGHT if is_right else SLOW)[style]
            done = execute(
                zygote, Program(((1, source),)), [only], allowance, asked=standards.asked
            )
            run = done.runs["conv2d_fast"]
            result = judge_exercise(standard, run, (), done.faults)
            passed = all(group.passed for group in result.groups)
            rounds = [one for outcome in run.outcomes for one in outcome.rounds]
            mine, rival = sum(r.seconds for r in rounds), sum(r.rival_seconds for r in rounds)
            return Raced(
                style, is_right, passed, len(rounds), rival / mine,
                time.monotonic() - start, result.message,
            )  # fmt: skip

        for finished in run_all(tasks, places, work):
            if finished.error:
                raise finished.error
            assert finished.result is not None
            yield finished.result
    finally:
        for place in places:
            place.discard()


def main() -> int:
    """Parse, race, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, number in (("right", 300), ("slow", 300), ("busy", 8), ("jobs", 2)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--isolation", choices=("full", "process"), default="full")
    asked = parser.parse_args()
    start = time.monotonic()
    with busy(asked.busy):
        done = list(race(asked.right, asked.slow, asked.isolation, asked.jobs))
    for one in done:
        if one.wrong:
            print(f"WRONG {one.style}: {one.message} (ratio {one.ratio:.1f}, {one.laps} laps)")
    for style in (*RIGHT, *SLOW):
        own = [one for one in done if one.style == style]
        if own:
            ratios = sorted(one.ratio for one in own)
            print(
                f"{style:18} {len(own):4}  ratio {ratios[0]:7.1f} {median(ratios):7.1f} "
                f"{ratios[-1]:7.1f}  laps at most {max(one.laps for one in own):2}  "
                f"{median(one.seconds for one in own):6.2f} s"
            )
    wrong = [sum(one.wrong for one in done if one.right is kind) for kind in (True, False)]
    print(
        f"beside {asked.busy} busy loops: {wrong[0]} of {asked.right} right answers fail, "
        f"{wrong[1]} of {asked.slow} slow ones pass; {time.monotonic() - start:.0f} s"
    )
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
