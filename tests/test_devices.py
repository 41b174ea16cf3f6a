"""Grading and proving on a device: on the stand-in everywhere, on a GPU where there is one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from boxes import policy  # type: ignore[import-not-found]
from devices import DEVICES  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.comparing.judging import asked_of
from grader.comparing.outcomes import Call
from grader.controller.spare import runnable
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.grading.gpus import has_cuda
from grader.grading.machine import choose_device
from grader.grading.pool import Slot, slots
from grader.validate.record import Validation
from grader.validate.validating import Effort, validate
from grader.vocabulary import case, faster
from grader.worker.confine import Limits
from grader.worker.devices import Device

ROOT = Path(__file__).parents[1]
COURSE = """\
course: small
title: A small course
timezone: Asia/Shanghai
limits: {seconds: 60, total_seconds: 200}
assignments:
  one:
    title: The first
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {ramp: 2, mask: 1}
"""
NOTEBOOK = '''\
# %%
import torch

# %% exercise="ramp"
def ramp(x):
    """x + (0, 1, …)."""
    raise NotImplementedError


# %% example="ramp"
assert ramp(torch.zeros(2)).tolist() == [0, 1]


# %% exercise="mask"
def mask(n):
    """Who may look at whom."""
    raise NotImplementedError


# %% example="mask"
assert mask(1).item()
'''
ANSWERS = """\
import torch


def ramp(x):
    steps = torch.arange(len(x), dtype=x.dtype, device=x.device)
    return x + steps


def mask(n):
    return torch.ones(n, n, dtype=torch.bool).tril()
"""
CHECKS = '''\
import numpy as np

from grader.vocabulary import DEVICE, case, exercise


@exercise()
def ramp(rng):
    """The ramp."""
    for n, group, dtype in [(3, "values", "float64"), (4, DEVICE, "float32")]:
        x = rng.normal(size=n)
        yield case(x, expect=x + np.arange(n), group=group, dtype=dtype)


@exercise()
def mask(rng):
    """The mask: no argument of it has a device."""
    for n in (3, 5):
        yield case(n, expect=np.tril(np.ones((n, n), dtype=bool)))
'''
MISTAKES = """\
import torch

from grader.vocabulary import mistake


@mistake("ramp", "It begins with 0.")
def from_one(x):
    return x + torch.arange(1, len(x) + 1, dtype=x.dtype, device=x.device)


@mistake("ramp", "Add, do not multiply.")
def product(x):
    return x * torch.arange(len(x), dtype=x.dtype, device=x.device)


@mistake("ramp", "It goes up.")
def down(x):
    return x - torch.arange(len(x), dtype=x.dtype, device=x.device)


@mistake("mask", "Below the diagonal.")
def above(n):
    return torch.ones(n, n, dtype=torch.bool).triu()


@mistake("mask", "The diagonal, too.")
def strict(n):
    return torch.ones(n, n, dtype=torch.bool).tril(-1)


@mistake("mask", "Not everywhere.")
def everywhere(n):
    return torch.ones(n, n, dtype=torch.bool)
"""
FORGIVING = ('''
def anywhere(student, x):
    """Bring the result to where it belongs."""
    return student(x.cpu()).to(x)


@exercise(driver=anywhere)
def ramp''', '''
@exercise()
def ramp''')  # fmt: skip


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> Device:
    name: Device = request.param
    return name


@pytest.fixture
def places(device: Device) -> Iterator[list[Slot]]:
    made = slots(policy("process", Limits(), device=device), 1)
    yield made
    for place in made:
        place.discard()


def proved(
    folder: Path, places: list[Slot], device: Device, answers: str = ANSWERS, checks: str = CHECKS
) -> Validation:
    root = write_course(folder, COURSE, NOTEBOOK, answers, checks, MISTAKES)
    (root / "reference").mkdir()
    (root / "reference/__init__.py").touch()
    return validate(load_course(root), "one", Effort(2, True, device), places)


def test_a_course_that_handles_devices_holds(
    tmp_path: Path, places: list[Slot], device: Device
) -> None:
    found = proved(tmp_path, places, device)
    assert not [c for c in found.complaints if c.proof != "written"]
    assert (found.hinted, found.mistakes) == (6, 6)
    assert found.mutants == found.killed > 3


def test_an_answer_that_is_at_home_on_the_cpu_alone_stops_everything(
    tmp_path: Path, places: list[Slot], device: Device
) -> None:
    with pytest.raises(CourseError, match="ramp fails its own check"):
        proved(tmp_path, places, device, answers=ANSWERS.replace(", device=x.device", ""))


def test_a_check_that_forgives_where_a_result_is_lets_slips_live(
    tmp_path: Path, places: list[Slot], device: Device
) -> None:
    new, old = FORGIVING
    assert old in CHECKS
    found = proved(tmp_path, places, device, checks=CHECKS.replace(old, new))
    live = [one.subject for one in found.complaints if one.proof == "device handling"]
    assert "ramp: return x + steps -> return (x + steps).cpu()" in live
    assert found.killed == found.mutants - len(live)


def test_a_result_is_asked_to_be_on_the_device_of_tensors_alone() -> None:
    one = Call(case(np.ones(2), expect=np.ones(2)), False, 1.0, (b"1" * 16,), {})
    assert asked_of(one, "torch", "standin").device == "standin"
    none = Call(case(2, expect=np.ones(2)), False, 1.0, (), {})
    assert asked_of(none, "torch", "standin").device == ""
    assert asked_of(none, "torch", "cpu").device == "cpu"


def loop(x: np.ndarray) -> np.ndarray:
    return x


def test_a_race_waits_for_a_device_that_keeps_time() -> None:
    plain = case(np.ones(2), expect=np.ones(2))
    race = case(np.ones(3), expect=np.ones(3), faster=faster(loop, 2, "a loop takes twice that"))
    card = case(np.ones(4), expect=np.ones(4), needs="cuda")
    every = (plain, race, card)
    assert list(runnable(every, "standin")) == [plain]
    assert [len(list(runnable(every, device))) for device in ("cpu", "cuda")] == [2, 3]


def test_the_stand_in_is_taken_only_where_it_is_named() -> None:
    assert choose_device("standin") == "standin"
    assert choose_device("auto") == ("cuda" if has_cuda() else "cpu")


def test_numpys_assignments_are_proved_on_the_cpu_alone() -> None:
    done = CliRunner().invoke(app, ["validate", "lec01_tensors", "--device", "standin"])
    assert done.exit_code == 2
    assert "lec01_tensors: NumPy computes on the CPU alone" in done.output


@pytest.mark.skipif(has_cuda(), reason="this machine has a GPU")
def test_make_gpu_says_in_a_sentence_that_there_is_none(tmp_path: Path) -> None:
    binaries = Path(sys.executable).parent
    done = subprocess.run(
        ["make", "gpu", f"BIN={binaries}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 1 and "torch finds no GPU on this machine" in said[0]
