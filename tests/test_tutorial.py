"""docs/tutorial.md, typed line by line in one shell: what it says comes out."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documented import DOCS, ROOT, blocks, page  # type: ignore[import-not-found]

from grader.grading.doctor import diagnose

PAGE = "tutorial.md"
NOT_RUN = "not run by the test"


def lines() -> list[str]:
    return [
        line[2:] for block in blocks(PAGE, "console") for line in block.text.splitlines()
        if line.startswith("$ ")
    ]  # fmt: skip


def test_every_line_is_run_or_says_that_it_is_not() -> None:
    left = [line for line in lines() if NOT_RUN in line]
    assert all(line.startswith("jupyter lab ") for line in left) and len(left) == 2
    assert lines()[:2] == ["make setup", "source .venv/bin/activate"]
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_tutorial_ends_in_grades(tmp_path: Path) -> None:
    if not all(probe.works or not probe.needed for probe in diagnose()):
        pytest.skip("full isolation cannot be had here")
    kit = tmp_path / "kit"
    shutil.copytree(DOCS / "examples", kit / "docs" / "examples")
    # What `make setup` makes is the environment that runs this test.
    typed = [line for line in lines()[2:] if NOT_RUN not in line]
    env = os.environ | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "120",
    }
    script = "set -e\n" + "\n".join(typed)
    done = subprocess.run(
        ["bash", "-c", script], cwd=kit, env=env, capture_output=True, text=True, check=False
    )
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 0, said
    assert "Full isolation works on this machine" in said
    assert "0 complaints" in said and "2 students have a submission of week1." in said
    assert said.index("alice │ 3 / 8 so far") < said.index("bob │ 6 / 8 so far")
    for path in re.findall(r"`(build/[\w./-]+)`", page(PAGE)):
        assert (kit / "mycourse" / path).exists(), f"the tutorial names {path}"
