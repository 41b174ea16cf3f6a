"""The doctor's table, and the refusal to grade with less than was asked."""

import os
import sys

import pynvml
import pytest
from recorded_nvml import (  # type: ignore[import-not-found]
    NOT_TOLD,
    Library,
    Recorded,
    answering,
    h200,
    t4,
)

from grader.errors import GraderError, UsageError
from grader.grading import doctor
from grader.worker import probe
from grader.worker.confine import Policy
from grader.worker.probe import Probe

GOOD = Probe("landlock", True, "version 7", True)
BAD = Probe("namespaces", False, "Operation not permitted", True)
SPARE = Probe("cgroup", False, "none writable", False)


def test_every_layer_is_tried_once_with_a_detail() -> None:
    found = doctor.diagnose()
    assert len({one.layer for one in found}) == len(found) >= 8
    assert all(one.detail for one in found)
    assert found[-1].layer == "all together"
    if found[-1].works:
        assert all(one.works for one in found if one.needed)


def test_what_is_missing_is_named_with_the_option_that_accepts_less() -> None:
    with pytest.raises(doctor.IsolationUnavailable) as caught:
        doctor.require_full([GOOD, BAD, SPARE])
    message = str(caught.value)
    assert "namespaces: Operation not permitted" in message and "--isolation process" in message
    assert "landlock" not in message and "cgroup" not in message
    assert isinstance(caught.value, UsageError)


def test_what_is_not_needed_does_not_stop_anyone() -> None:
    doctor.require_full([GOOD, SPARE])


def test_a_machine_without_linux_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "is_linux", lambda: False)
    found = probe.probe_all(Policy())
    assert all(not one.works and one.detail == "needs Linux" for one in found)
    with pytest.raises(doctor.IsolationUnavailable, match="needs Linux"):
        doctor.require_full(found)


def test_a_broken_trial_is_ours_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_PROGRAM", "raise SystemExit('planted')")
    with pytest.raises(GraderError, match="planted"):
        doctor.diagnose()


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_probe_that_raises_or_dies_does_not_work() -> None:
    def fail() -> str:
        raise OSError("planted")

    def leave() -> str:
        raise SystemExit

    def die() -> str:
        os._exit(3)

    assert probe.in_fork(lambda: "fine") == (True, "fine")
    assert probe.in_fork(fail) == (False, "planted")
    assert probe.in_fork(leave) == (False, "SystemExit")
    assert probe.in_fork(die) == (False, "the probe's process was killed")


def rows(*cards: Recorded, torch_finds: bool = True, code: int = 0) -> dict[str, Probe]:
    with answering(Library(list(cards), code=code)), pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "has_cuda", lambda: torch_finds)
        patch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        patch.setenv("PATH", "/nowhere")
        found = doctor.diagnose_gpus()
    assert not any(one.needed for one in found) and all(one.detail for one in found)
    doctor.require_full([GOOD, *found])
    return {one.layer: one for one in found}


def test_a_gpu_its_driver_and_its_memory_are_told() -> None:
    found = rows(h200())
    assert {name: one.works for name, one in found.items()} == {
        "GPU": True, "GPU memory": True, "NVML": True,
    }  # fmt: skip
    assert found["GPU"].detail == "NVIDIA H200"
    assert found["GPU memory"].detail == "NVIDIA H200: 0.6 of 140.4 GiB in use"
    assert found["NVML"].detail.startswith("driver 580.95.05")


def test_a_machine_without_a_gpu_is_told_what_follows() -> None:
    found = rows(torch_finds=False, code=pynvml.NVML_ERROR_DRIVER_NOT_LOADED)
    assert list(found) == ["GPU"] and not found["GPU"].works
    assert "run on the CPU" in found["GPU"].detail


def test_what_is_wrong_with_a_gpu_is_named() -> None:
    busy = t4()
    busy.used, busy.holders = 12 << 30, {7: NOT_TOLD}
    found = rows(busy, torch_finds=False)
    assert not any(one.works for one in found.values())
    assert "is it a build for CUDA?" in found["GPU"].detail
    assert "is busy: 12.0 of its 15.0 GiB are in use (process 7)" in found["GPU memory"].detail
    assert "does not tell what a process holds" in found["NVML"].detail


def test_a_gpu_without_nvml_is_no_error() -> None:
    found = rows(code=pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)
    assert found["GPU"].works and "not named" in found["GPU"].detail
    assert not found["NVML"].works and "memory on a GPU is not measured" in found["NVML"].detail
