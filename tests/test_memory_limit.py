"""A limit on our own memory ends as a sentence, and never costs a student marks."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import red_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.controller import link
from grader.errors import OUT_OF_MEMORY
from grader.grading import grading
from grader.results import Report

RUN = "from grader.cli import app; app()"


@pytest.mark.parametrize(("mib", "words"), [(100, "at least"), (400, "at least"), (1800, "400")])
def test_too_little_memory_is_told(tmp_path: Path, mib: int, words: str) -> None:
    course = red_course(tmp_path / "course")
    (course / "alice.py").write_text(HONEST)
    done = subprocess.run(
        [sys.executable, "-c", RUN, "grade", "one", "alice.py", "--isolation", "process"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20)),
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.strip().startswith("chainrule: the limit on memory (`ulimit -v`)")
    assert words in done.stderr and "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize("where", ["receiving", "judging"])
def test_memory_of_ours_that_runs_out_is_our_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    course = red_course(tmp_path / "course")
    (course / "alice.py").write_text(HONEST + "\ndef scale(x): return x * 0\n")

    def nothing_left(*_: object) -> None:
        raise MemoryError

    monkeypatch.chdir(course)
    if where == "judging":
        monkeypatch.setattr(grading, "judged", nothing_left)
    else:
        graded = grading.grade_one

        def later(*args: object) -> object:
            monkeypatch.setattr(link.Link, "_fill", nothing_left)
            return graded(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(grading, "grade_one", later)
    command = ["grade", "one", "alice.py", "--isolation", "process", "--json", "out.json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 1 and "Traceback" not in done.stderr
    (result,) = Report.model_validate_json((course / "out.json").read_text()).submissions
    assert result.status == "grader_error"
    assert result.message == f"the grader failed, not the submission: {OUT_OF_MEMORY}"
