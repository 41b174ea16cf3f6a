"""The secret seed: drawn once, kept privately, the same for everybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.secret import secret_seed
from grader.errors import CourseError


def test_it_is_drawn_once_and_private(tmp_path: Path) -> None:
    seed = secret_seed(tmp_path)
    assert len(seed) == 64 and secret_seed(tmp_path) == seed
    other = tmp_path / "other"
    other.mkdir()
    assert secret_seed(other) != seed
    assert (tmp_path / ".chainrule").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / ".chainrule" / "seed").stat().st_mode & 0o777 == 0o600


def test_two_processes_agree(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from grader.course.secret import secret_seed; "
        "print(secret_seed(pathlib.Path(sys.argv[1])))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    seeds = {process.communicate()[0] for process in running}
    assert seeds == {secret_seed(tmp_path) + "\n"}


def test_an_empty_one_is_a_complaint(tmp_path: Path) -> None:
    secret_seed(tmp_path)
    (tmp_path / ".chainrule" / "seed").write_text("\n")
    with pytest.raises(CourseError, match="empty; remove the file"):
        secret_seed(tmp_path)


def test_an_unreadable_one_is_a_complaint(tmp_path: Path) -> None:
    path = tmp_path / ".chainrule" / "seed"
    path.mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be read"):
        secret_seed(tmp_path)
    assert os.path.isdir(path)
