"""The secret seed: drawn once, kept privately, the same for everybody."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_course import write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.secret import mend, secret_seed
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


def test_nothing_is_for_others_however_it_is_made(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; os.umask(0); root = pathlib.Path(sys.argv[1])\n"
        "from grader.course.rounds import mark_shown\n"
        "from grader.grading.keeping import Spill\n"
        "from grader.grading.store import Record, Store, default_url\n"
        "from grader.results import SubmissionResult\n"
        "from grader.course.secret import secret_seed\n"
        "result = SubmissionResult(student='s', file='f', sha256='0', status='graded', score=0.0,\n"
        "                          max_score=1.0, seconds=0.0)\n"
        "record = Record(assignment='one', key='k', result=result)\n"
        "store = Store(default_url(root)); store.put(record)\n"
        "Spill(root / '.chainrule' / 'unsaved').add(record)\n"
        "mark_shown(root, 'one', 1); secret_seed(root)\n"
        "for path in sorted((root / '.chainrule').rglob('*')):\n"
        "    print(path.name.partition('-')[0], oct(path.stat().st_mode & 0o777))\n"
        "    print(path.name)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")
    assert {"results.sqlite", "results.sqlite-wal", "results.sqlite-shm", "seed"} <= set(said)
    modes = {line.split()[1] for line in said if " 0o" in line}
    assert modes == {"0o600", "0o700"} and "unsaved 0o700" in said
    assert (tmp_path / ".chainrule").stat().st_mode & 0o777 == 0o700


def test_what_was_open_is_shut_with_a_note(tmp_path: Path) -> None:
    secret_seed(tmp_path)
    folder = tmp_path / ".chainrule"
    (folder / "seed").chmod(0o644)
    folder.chmod(0o755)
    notes = mend(tmp_path)
    assert len(notes) == 2 and all("was open to other users" in note for note in notes)
    assert mend(tmp_path) == ()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "seed").stat().st_mode & 0o777 == 0o600


def test_a_link_elsewhere_is_followed_and_links_in_it_are_not(tmp_path: Path) -> None:
    away, other = tmp_path / "away", tmp_path / "other"
    away.mkdir(mode=0o755)
    other.write_text("not ours")
    other.chmod(0o644)
    (away / "link").symlink_to(other)
    root = tmp_path / "root"
    root.mkdir()
    (root / ".chainrule").symlink_to(away)
    assert len(mend(root)) == 1 and away.stat().st_mode & 0o777 == 0o700
    assert other.stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_what_is_open_and_somebody_elses_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ".chainrule"
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    for path in (tmp_path, *tmp_path.parents):
        if path.stat().st_uid == os.getuid() and str(path) not in ("/", "/tmp"):
            path.chmod(path.stat().st_mode | 0o055)
    script = (
        "import os, pathlib, sys; from grader.course.secret import secret_seed; "
        "os.setresuid(65534, 65534, 65534); secret_seed(pathlib.Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True)
    assert "CourseError" in done.stderr and "chmod -R go-rwx" in done.stderr


def test_a_command_says_what_it_has_shut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_course(tmp_path)
    secret_seed(tmp_path)
    (tmp_path / ".chainrule").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    first, second = (CliRunner().invoke(app, ["feedback", "one"]) for _ in range(2))
    assert "mended: " in first.output and "open to other users" in first.output
    assert "mended" not in second.output
