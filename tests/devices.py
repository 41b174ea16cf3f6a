"""The devices that a test is run on: the stand-in, and a GPU, where it is marked to need one."""

import pytest

from grader.grading.doctor import diagnose
from grader.grading.machine import Isolation
from grader.worker.devices import is_card

DEVICES = ["standin", pytest.param("cuda", marks=pytest.mark.gpu)]


def isolation_on(device: str) -> Isolation:
    """The isolation that a class is graded with: full, but on a GPU where that cannot be had."""
    if not is_card(device):
        return "full"
    here = (probe.works for probe in diagnose() if probe.needed or probe.layer == "cgroup")
    return "full" if all(here) else "process"
