"""docs/tutorial.md, typed line by line in one shell with the wheel: what it says comes out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documented import blocks, page  # type: ignore[import-not-found]

from grader.grading.doctor import diagnose
from tests.installed_wheel import install_wheel

PAGE = "tutorial.md"
NOT_RUN = "not run by the test"


def lines() -> list[str]:
    return [
        line[2:] for block in blocks(PAGE, "console") for line in block.text.splitlines()
        if line.startswith("$ ")
    ]  # fmt: skip


INSTALLING = 4
"""Lines that install: the wheel's installation, and this environment's libraries, stand for it."""


def test_every_line_is_run_or_says_that_it_is_not() -> None:
    left = [line for line in lines() if NOT_RUN in line]
    assert all(line.startswith("jupyter lab ") for line in left) and len(left) == 2
    assert lines()[INSTALLING - 1] == "pip install chainrule"
    assert lines()[INSTALLING - 2] in page("own-course.md")


def test_the_tutorial_ends_in_grades(tmp_path: Path) -> None:
    if not all(probe.works or not probe.needed for probe in diagnose()):
        pytest.skip("full isolation cannot be had here")
    installed = install_wheel(tmp_path).folder
    place = tmp_path / "empty"
    place.mkdir()
    typed = [line for line in lines()[INSTALLING:] if NOT_RUN not in line]
    programs = (installed / "bin", Path(sys.executable).parent, os.environ["PATH"])
    env = os.environ | {
        "PATH": os.pathsep.join(map(str, programs)), "PYTHONPATH": str(installed), "COLUMNS": "120",
    }  # fmt: skip
    script = "set -e\n" + "\n".join(typed)
    done = subprocess.run(
        ["bash", "-c", script], cwd=place, env=env, capture_output=True, text=True, check=False
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 0, said
    assert "Full isolation works on this machine" in said
    assert "0 complaints" in said and "2 students have a submission of d2l_shift." in said
    (table,) = blocks(PAGE, "text")
    for line in table.text.splitlines():
        assert " ".join(line.split()) in said
    for path in re.findall(r"`((?:build|exchange)/[\w./-]+)`", page(PAGE)):
        assert (place / "nets" / path).exists(), f"the tutorial names {path}"
