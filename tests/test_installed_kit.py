"""Installed among the libraries, the kit and the course in it are hidden from student code."""

import os
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import LIGHT, box, policy  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote, grader_folder
from grader.grading.doctor import diagnose
from grader.worker.zygote import _forget_path


def test_below_a_readable_path_our_package_is_shown_empty() -> None:
    """As in site-packages, where a worker reads the libraries, and where answers lie, too."""
    if missing := [probe.layer for probe in diagnose() if probe.needed and not probe.works]:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    ours = policy()
    beside = replace(ours, readable=(*ours.readable, grader_folder()))
    package = str(Path(grader_folder()) / "grader")
    with Zygote(beside, program=LIGHT) as zygote, box(zygote) as worker:
        shown = worker.run(f"import os; result = sorted(os.listdir({grader_folder()!r}))")
        assert "grader" in shown.result and "solutions" in shown.result
        assert worker.run(f"import os; result = os.listdir({package!r})").result == []
        answer = worker.run(f"open({package + '/errors.py'!r})")
        assert answer.error == "FileNotFoundError"
        answer = worker.run(f"open({package + '/mine'!r}, 'w')")
        assert answer.error in ("OSError", "PermissionError"), answer


def test_the_libraries_own_folder_stays_on_the_module_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    libraries, elsewhere = sysconfig.get_path("purelib"), os.sep + "elsewhere"
    monkeypatch.setattr(sys, "argv", ["x", "y"])
    for root, left in ((libraries, [libraries, elsewhere]), (elsewhere, [libraries])):
        monkeypatch.setattr(sys, "path", ["", libraries, elsewhere])
        _forget_path(root)
        assert sys.path == left
