"""The doctor's table, and the refusal to grade with less than was asked."""

import os
import sys

import pytest

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
