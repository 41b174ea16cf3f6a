"""Ctrl-C while loops that never stop are in progress: what is graded is kept, nothing lives on."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.controller.zygote import grader_folder
from grader.grading.doctor import diagnose
from grader.grading.store import Store, default_url

RUN = "from grader.cli import app; app()"
LOOPS = {
    "b_cell": "while True: pass",
    "c_call": "def scale(x):\n    while True: pass",
    "d_children": "def scale(x):\n    os.fork()\n    while True: pass",
    "e_deaf": "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
}


def started(course: Path, isolation: str) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN, "grade", "one", "class", "--enter"]
    return subprocess.Popen(
        [*command, "--isolation", isolation, "--jobs", "2"], cwd=course, text=True,
        env=os.environ | {"PYTHONPATH": grader_folder()},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def descendants(going: subprocess.Popen) -> list[psutil.Process]:
    return psutil.Process(going.pid).children(recursive=True)


def ends(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=30)
    return not alive


def until(going: subprocess.Popen, condition) -> None:  # type: ignore[no-untyped-def]
    while not condition():
        assert going.poll() is None, going.communicate()
        time.sleep(0.05)


def kept(course: Path) -> int:
    if not (course / ".chainrule" / "results.sqlite").exists():
        return 0
    with Store(default_url(course)) as store:
        return len(store.latest("one"))


def seconds(process: psutil.Process) -> float:
    """The CPU time of a process; 0.0 of one that has ended since it was listed."""
    with suppress(psutil.NoSuchProcess):
        return float(process.cpu_times().user)
    return 0.0


def isolations() -> list[str]:
    full = all(probe.works for probe in diagnose() if probe.needed)
    return ["full", "process"] if full else ["process"]


@pytest.mark.parametrize("isolation", isolations())
def test_loops_in_progress_end_at_once(tmp_path: Path, isolation: str) -> None:
    # A loop may run for 1,000 s: whoever waited for one would not be back in time.
    course = Path(red_course(tmp_path, PATIENT.replace("seconds: 40", "seconds: 1000")))
    folder = course / "class"
    folder.mkdir()
    (folder / "a_right.py").write_text(HONEST)
    for name, loop in LOOPS.items():
        (folder / f"{name}.py").write_text(f"{HONEST}\n{loop}\n")
    with started(course, isolation) as going:
        until(going, lambda: kept(course) == 1)
        until(going, lambda: sum(seconds(p) > 0.3 for p in workers(going)) >= 2)
        left = descendants(going)
        going.send_signal(signal.SIGINT)
        _, complaint = going.communicate(timeout=100)
    assert going.returncode == 130
    assert "stopped: 1 result is kept of 5" in complaint and "Traceback" not in complaint
    assert ends(left)


def workers(going: subprocess.Popen) -> list[psutil.Process]:
    """Keepers have a zygote each, and those and their branches have workers."""
    try:
        keepers = psutil.Process(going.pid).children()
        zygotes = [zygote for keeper in keepers for zygote in keeper.children()]
        return [worker for zygote in zygotes for worker in zygote.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def test_while_libraries_are_imported(tmp_path: Path) -> None:
    course = Path(red_course(tmp_path, PATIENT))
    (course / "class").mkdir()
    (course / "class" / "a_right.py").write_text(HONEST)
    with started(course, "process") as going:
        until(going, lambda: len(descendants(going)) >= 2)
        left = descendants(going)
        going.send_signal(signal.SIGINT)
        _, complaint = going.communicate(timeout=100)
    assert going.returncode == 130
    assert "stopped: 0 results are kept of 1" in complaint and "Traceback" not in complaint
    assert ends(left)
