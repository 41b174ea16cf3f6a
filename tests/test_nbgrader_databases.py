"""The gradebook in PostgreSQL, and two writers on SQLite."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.nbgrader.collecting import collect
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from tests.loop_class import (
    LATE,
    ONE,
    SQUARED,
    answered,
    graded,
    grades,
    hand_in,
    set_manual,
    small_course,
)


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


@pytest.fixture
def postgresql() -> Iterator[str]:
    """URL of a throw-away cluster, run by an ordinary user."""
    binaries = _binaries()
    if binaries is None or not (binaries / "pg_ctl").exists():
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    pytest.importorskip("psycopg2")
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="chainrule-pg-"))
    shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        prefix = ["setpriv", f"--reuid={user}", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=folder)

    data, control = str(folder / "data"), str(binaries / "pg_ctl")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run(str(binaries / "initdb"), "-D", data, "-U", "teacher", "-A", "trust", "--no-sync")
    try:
        run(control, "-D", data, "-w", "-o", options, "-l", str(folder / "log"), "start")
        yield f"postgresql+psycopg2://teacher@127.0.0.1:{port}/postgres"
    finally:
        run(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def test_the_loop_runs_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    course = small_course(tmp_path, f"{LATE}database: {postgresql}\n")
    release(course, ONE)
    hand_in(course, {"ann": answered(course), "ben": answered(course, double=SQUARED)})
    hand_in(course, {"late": answered(course)}, hours=30)
    collect(course, ONE)
    _, entered = graded(course)
    assert entered.failed == {} and len(entered.entered) == 3
    assert grades(course, "ann")["test-double"] == (2.0, None, 2.0)
    assert grades(course, "ben")["test-double"] == (0.0, None, 0.0)
    set_manual(course, "ann", "why", 1.0)
    hand_in(course, {"ann": answered(course, double=SQUARED)}, hours=-1)
    collect(course, ONE)
    graded(course)
    assert grades(course, "ann")["why"] == (None, 1.0, 1.0)
    assert grades(course, "ann")["test-double"][0] == 0.0
    with gradebook(course) as book:
        late = book.find_submission_notebook(ONE, ONE, "late")
        assert (late.score, late.late_submission_penalty) == (5.0, 1.0)
    assert not (places_of(course).home / "gradebook.db").exists()


def test_two_nbgraders_at_once_lose_no_student(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    release(course, ONE)
    hand_in(course, {f"s{n}": answered(course) for n in range(8)})
    collect(course, ONE)
    graded(course)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("__file__)", '__file__, isolation="process")'))
    nbgrader = str(Path(sys.executable).with_name("nbgrader"))
    command = [nbgrader, "autograde", ONE, "--force"]
    both = [
        subprocess.Popen(
            [*command, f"--student={students}"],
            cwd=course.root,
            stderr=subprocess.PIPE,
            text=True,
        )
        for students in ("s[0-3]", "s[4-7]")
    ]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    for number in range(8):
        assert grades(course, f"s{number}")["test-Counter"] == (3.0, None, 3.0)
