"""The sample class earns the same on every device, but for what concerns the device."""

import pytest
from devices import DEVICES  # type: ignore[import-not-found]
from parity import ROOT, differences  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.worker.devices import Device


@pytest.mark.parametrize("device", DEVICES)
def test_a_class_earns_the_same_on_every_device(device: Device) -> None:
    assert list(differences(load_course(ROOT), "lec05_backprop", 13, device)) == []
