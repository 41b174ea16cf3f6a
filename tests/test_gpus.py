"""Several GPUs: each has one worker at a time, slices count, and busy ones are left alone."""

import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from boxes import policy  # type: ignore[import-not-found]

pytest.importorskip("pynvml")

import pynvml
from recorded_nvml import (  # type: ignore[import-not-found]
    GIB,
    Library,
    Recorded,
    a100_in_slices,
    answering,
    h200,
    t4,
)
from small_course import write_course  # type: ignore[import-not-found]

from grader.controller.conversation import Allowance, Conversation, State
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.program import Program
from grader.controller.zygote import Zygote
from grader.course.syllabus import load_course
from grader.errors import UsageError
from grader.grading.gpus import Gpu, chosen, free_gpus, gpus_here, listed
from grader.grading.grading import Options, begin, shelf_of, workplace
from grader.grading.pool import run_all, slots
from grader.worker import gpu

LISTED = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f)
  MIG 3g.20gb     Device  0: (UUID: MIG-7d2e5a1c-4b3f-5e6d-8c9a-0b1c2d3e4f50)
  MIG 1g.5gb      Device  1: (UUID: MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/7/0)
GPU 1: Tesla T4 (UUID: GPU-6a9e5f0c-0b0f-7f3c-2d1c-3b9b8a4a1c55)
"""
SLICES = (
    Gpu("MIG-7d2e5a1c-4b3f-5e6d-8c9a-0b1c2d3e4f50", "MIG 3g.20gb"),
    Gpu("MIG-GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f/7/0", "MIG 1g.5gb"),
)
CARD = Gpu("GPU-6a9e5f0c-0b0f-7f3c-2d1c-3b9b8a4a1c55", "Tesla T4")


def test_nvidia_smi_names_cards_and_slices() -> None:
    assert listed(LISTED) == (*SLICES, CARD)
    assert listed("") == listed("No devices found.\n") == ()


def test_nvml_is_asked_first() -> None:
    cut, card = a100_in_slices(), t4()
    card.holders = {77: GIB}
    with answering(Library([cut, card])):
        found = gpus_here()
    assert [one.uuid for one in found] == [*(one.uuid for one in cut.slices), card.uuid]
    assert (found[-1].total, found[-1].used, found[-1].holders) == (card.total, card.used, (77,))


def test_without_nvml_nvidia_smi_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n[ $1 = -L ] && cat <<'END'\n{LISTED}END\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with answering(Library([], code=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)):
        assert gpus_here() == (*SLICES, CARD)
        program.write_text("#!/bin/sh\nexit 9\n")
        assert gpus_here() == ()
        monkeypatch.setattr(shutil, "which", lambda name: None)
        assert gpus_here() == ()


@pytest.mark.parametrize(
    ("visible", "numbers"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("1", [1]),
        ("2,0", [2, 0]),
        ("0,0", [0]),
        ("1,7,0", [1]),
        ("GPU-6a9e", [2]),
        ("MIG-", []),
        ("-1", []),
        (f"{SLICES[0].uuid},2", [0, 2]),
    ],
)
def test_what_cuda_would_see_is_used(visible: str | None, numbers: list[int]) -> None:
    found = (*SLICES, CARD)
    assert chosen(found, visible) == tuple(found[number] for number in numbers)


def test_the_environment_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    cards = [t4(), h200()]
    with answering(Library(cards)):
        assert [one.uuid for one in gpus_here()] == [cards[1].uuid]


def test_a_busy_gpu_is_left_to_others_and_named() -> None:
    idle, busy = h200(), t4()
    busy.used, busy.holders = 12 * GIB, {4711: 11 * GIB, 12: GIB}
    with answering(Library([busy, idle])):
        assert [one.uuid for one in free_gpus(gpus_here())] == [idle.uuid]
    with answering(Library([busy])), pytest.raises(UsageError) as caught:
        free_gpus(gpus_here())
    said = str(caught.value)
    assert said == (
        f"Tesla T4 ({busy.uuid}) is busy: 12.0 of its 15.0 GiB are in use (process 4711, 12): "
        "wait until it is free, or use --device cpu"
    )
    assert free_gpus(()) == ()


def seen_by(number: int, zygote: Zygote) -> tuple[str, str]:
    """The GPU that a judge's workers are given, and what is so in the worker."""
    worker = zygote.fork()
    try:
        allowance = Allowance(20.0, 60.0, 1000)
        state = State([], Limit(60.0), forks=1)
        link = Link(worker, 1000)
        conversation = Conversation(zygote, worker, link, allowance, state)
        source = (
            "import os, time\nprint(os.environ.get('CUDA_VISIBLE_DEVICES', ''))\ntime.sleep(.3)"
        )
        conversation.load(Program(((1, source),)), [])
        return zygote.gpu, link.output().decode().strip()
    finally:
        zygote.kill(worker)
        worker.close()


def used(*cards: Recorded, jobs: int, device: Literal["cpu", "cuda"]) -> list[tuple[str, str]]:
    """The GPUs of the slots, and what six workers in them were given."""
    with answering(Library(list(cards), code=0 if cards else pynvml.NVML_ERROR_UNKNOWN)):
        places = slots(replace(policy("process"), device=device), jobs)
    try:
        assert len(places) == (jobs if device == "cpu" else max(len(cards), 1))
        return [one.result for one in run_all(range(6), places, seen_by) if one.result]
    finally:
        for place in places:
            place.discard()


def test_each_slot_has_a_gpu_of_its_own() -> None:
    cards = [t4(), h200()]
    names = [card.uuid for card in cards]
    assert set(used(*cards, jobs=8, device="cuda")) == {(name, name) for name in names}


def test_where_nobody_tells_how_many_there_are_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert set(used(jobs=3, device="cuda")) == {("", "")}


def test_on_the_cpu_there_are_as_many_slots_as_jobs() -> None:
    assert set(used(t4(), jobs=3, device="cpu")) == {("", "")}


def test_nothing_is_chosen_where_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    gpu.choose("")
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "3"


def test_exercises_in_numpy_leave_gpus_alone(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    grading = begin(course, "one", Options(jobs=3, isolation="process", device="cuda"))
    shelf = shelf_of(grading, None)
    with answering(Library([t4()])), workplace(course, grading, 3, shelf) as here:
        assert len(here.places) == 3
        assert [one.result for one in run_all([0], here.places, seen_by)] == [("", "")]
