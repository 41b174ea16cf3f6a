"""The command line: exit codes, one clear line, a run that is stopped, and an ordinary user."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import AS_NOBODY  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.controller.zygote import grader_folder
from grader.grading.doctor import diagnose
from grader.grading.store import Store, default_url

RUN = "from grader.cli import app; app()"
NAMES = [f"student{number:02}" for number in range(6)]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(red_course(tmp_path / "course", PATIENT))


def hand_in(course: Path, extra: str = "") -> Path:
    folder = course / "class"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"{HONEST}\n{extra}  # {name}\n")
    return folder


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["one", "nowhere"], "nowhere does not exist"),
        (["one", "empty"], "holds no submission"),
        (["two", "class"], "lists no assignment two (it has: one)"),
        (["one", "class", "--only", "scales"], "no exercise 'scales'; it has: scale, product"),
        (["one", "class", "--json", "no/such/folder.json"], "no/such/folder.json does not exist"),
        (["one", "course.yml"], "not a submission"),
    ],
)
def test_what_is_typed_wrong_gets_one_line_and_exit_code_2(
    course: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], words: str
) -> None:
    hand_in(course)
    (course / "empty").mkdir()
    monkeypatch.chdir(course)
    done = CliRunner().invoke(app, ["grade", *command, "--isolation", "process"])
    assert done.exit_code == 2
    assert words in done.stderr and done.stderr.strip().count("\n") == 0
    assert done.stderr.strip().startswith("chainrule: ") and "Traceback" not in done.output


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("course.yml", "course: [", "course.yml"),
        ("course.yml", PATIENT.replace("scale: 2", "scale: -2"), "scale"),
        ("course.yml", PATIENT.replace("scale: 2", "scale: 2, other: 1"), "other"),
        ("solutions/one/checks.py", "1 / 0", "ZeroDivisionError"),
        ("solutions/one/mistakes.py", "def (", "mistakes.py"),
        ("solutions/one/answers.py", None, "answers.py"),
    ],
)
def test_a_broken_course_gets_one_line_and_exit_code_2(
    course: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str | None, words: str
) -> None:
    hand_in(course)
    (course / file).unlink() if text is None else (course / file).write_text(text)
    monkeypatch.chdir(course)
    done = CliRunner().invoke(app, ["grade", "one", "class", "--isolation", "process"])
    assert (done.exit_code, done.exception.__class__) == (2, SystemExit), done.output
    assert words in done.stderr and "Traceback" not in done.output
    assert done.stderr.strip().count("\n") == 0


def test_no_course_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", "one", "."])
    assert done.exit_code == 2 and "course.yml" in done.stderr


def started(course: Path, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-c", RUN, "grade", "one", "class", "--jobs", "1", *options]
    environment = os.environ | {"PYTHONPATH": grader_folder()}
    return subprocess.Popen(
        [*command, "--enter", "--isolation", "process"], cwd=course, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_is_resumed(course: Path, how: signal.Signals) -> None:
    hand_in(course, "time.sleep(0.5)")
    with started(course) as going:
        kept = 0
        while kept < 2 and going.poll() is None:
            time.sleep(0.1)
            if (course / ".chainrule" / "results.sqlite").exists():
                with Store(default_url(course)) as store:
                    kept = len(store.latest("one"))
        going.send_signal(how)
        _, complaint = going.communicate(timeout=120)
    assert going.returncode == (130 if how == signal.SIGINT else -how)
    if how == signal.SIGINT:
        assert "the next run goes on from there" in complaint and "Traceback" not in complaint
    with Store(default_url(course)) as store:
        before = {one.student: one for one in store.latest("one")}
    assert 2 <= len(before) < len(NAMES)
    with started(course, "--json", "report.json") as again:
        again.communicate(timeout=120)
    assert again.returncode == 0
    after = json.loads((course / "report.json").read_text())["submissions"]
    assert [one["student"] for one in after] == NAMES
    for one in after:
        assert one["score"] == 5
        if one["student"] in before:  # the very same record: it was not graded again
            assert one["seconds"] == before[one["student"]].seconds


def test_as_an_ordinary_user() -> None:
    """The command of a user without any right, fully isolated where this machine allows it."""
    if os.geteuid() != 0:
        pytest.skip("only root can start a command as another user")
    if missing := [p.layer for p in diagnose() if p.needed and not p.works]:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    root = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        course = red_course(root, PATIENT)
        hand_in(course)
        for path in [root, *root.rglob("*")]:
            os.chown(path, 65534, 65534)
        run = f"import sys; sys.path.insert(0, sys.argv[2]); del sys.argv[1:3]; {RUN}"
        command = [sys.executable, "-I", "-c", f"PROGRAM = {run!r}\n{AS_NOBODY}", "0"]
        options = ["grade", "one", "class", "--json", "-"]
        done = subprocess.run(
            [*command, grader_folder(), *options], cwd=root, text=True, capture_output=True,
            check=False, timeout=300, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["isolation"] == "full"
        assert [one["score"] for one in report["submissions"]] == [5] * len(NAMES)
        assert (root / ".chainrule" / "seed").stat().st_uid == 65534
    finally:
        shutil.rmtree(root)
