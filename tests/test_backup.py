"""Backup, restore and forgetting a student: tried on a class that went through everything."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.course.syllabus import Course, load_course
from grader.errors import UsageError
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.totals import class_grades
from grader.term.backup import backup, restore
from grader.term.forget import forget, traces
from tests.loop_class import ONE, SQUARED, answered, graded, hand_in
from tests.postgres_server import server
from tests.term_class import ROSTER, term_class

SIDES = ("course.yml", "assignments", "solutions", "nbgrader_config.py")
KEPT_BY_HAND = ("roster.csv", "arrangements.yml")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = term_class(tmp_path_factory.mktemp("kept"))
    write_feedback(course, ONE)
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("csv", "html", "canvas"):
            assert run(course, patch, "export", kind, ONE).exit_code == 0
        assert run(course, patch, "answers", ONE, "double").exit_code == 0
    return course


def run(course: Course, patch: pytest.MonkeyPatch, *words: str) -> Result:
    patch.chdir(course.root)
    return CliRunner().invoke(app, list(words))


def fresh_copy(course: Course, root: Path) -> Course:
    """What git would bring to another machine: no roster, no results."""
    root.mkdir()
    for side in SIDES:
        path = course.root / side
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, root / side)
    return load_course(root)


def totals(course: Course) -> dict[str, tuple[float | None, str]]:
    return {one.student: (one.total, one.by) for one in class_grades(course, ONE).worths}


def files(root: Path) -> dict[str, bytes]:
    aside = ("-wal", "-shm", ".sqlite", ".db", ".writing")
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.endswith(aside) and "__pycache__" not in path.parts
    }


def test_a_course_goes_to_another_machine(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "course.tar.gz"
    done = run(course, monkeypatch, "backup", str(made))
    assert done.exit_code == 0 and "secret seed" in done.output, done.output
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    other = fresh_copy(course, tmp_path / "other")
    done = run(other, monkeypatch, "restore", str(made))
    assert done.exit_code == 0, done.output
    assert files(other.root) == files(course.root)
    assert totals(other) == totals(course)
    _, entered = graded(other)
    assert entered.entered == () and len(entered.unchanged) == 4
    seed = other.root / ".chainrule" / "seed"
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    done = run(other, monkeypatch, "restore", str(made))
    assert done.exit_code == 2 or "as they were" in done.output


def test_a_database_that_is_in_use_is_copied_whole(course: Course, tmp_path: Path) -> None:
    path = course.root / ".chainrule" / "results.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM deliveries")
        backup(course, tmp_path / "b.tar.gz")
        other.execute("ROLLBACK")
    restored = fresh_copy(course, tmp_path / "other")
    restore(restored, tmp_path / "b.tar.gz")
    assert totals(restored) == totals(course)


def test_nothing_is_written_over(course: Course, tmp_path: Path) -> None:
    made = tmp_path / "b.tar.gz"
    made.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        backup(course, made)
    assert made.read_text() == "mine"
    made.unlink()
    backup(course, made)
    other = fresh_copy(course, tmp_path / "other")
    (other.root / ".chainrule").mkdir(mode=0o700)
    (other.root / ".chainrule" / "seed").write_text("another")
    before = files(other.root)
    with pytest.raises(UsageError, match=r"1 files are there already and differ: .*seed"):
        restore(other, made)
    assert files(other.root) == before
    assert sorted(p.name for p in other.root.iterdir() if p.name.startswith(".restore")) == []


def edited(source: Path, target: Path, entry: str, text: bytes, name: str = "") -> None:
    """A backup with one file changed, or added under another name."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for one in old:
            packed = old.extractfile(one)
            assert packed is not None
            payload = packed.read()
            if one.name == entry:
                payload = text
                one.name, one.size = name or one.name, len(text)
            new.addfile(one, io.BytesIO(payload))


def test_what_is_no_whole_backup_of_this_course_is_refused(course: Course, tmp_path: Path) -> None:
    made, bad = tmp_path / "b.tar.gz", tmp_path / "bad.tar.gz"
    backup(course, made)
    other = fresh_copy(course, tmp_path / "other")
    before = files(other.root)
    bad.write_bytes(made.read_bytes()[:-2000])
    with pytest.raises(UsageError, match="is no whole backup"):
        restore(other, bad)
    edited(made, bad, "state/seed", b"evil")
    with pytest.raises(UsageError, match="state/seed in it is missing or damaged"):
        restore(other, bad)
    with tarfile.open(made) as tar:
        first = tar.next()
        assert first is not None
        packed = tar.extractfile(first)
        assert packed is not None
        manifest = json.loads(packed.read())
    sums = manifest["files"]
    sums["nbgrader/../../../out"] = sums.pop("state/seed")
    edited(made, tmp_path / "half.tar.gz", "manifest.json", json.dumps(manifest).encode())
    seed = (course.root / ".chainrule" / "seed").read_bytes()
    edited(tmp_path / "half.tar.gz", bad, "state/seed", seed, "nbgrader/../../../out")
    with pytest.raises(UsageError, match="leads out of the course"):
        restore(other, bad)
    elsewhere = replace_course_name(other)
    with pytest.raises(UsageError, match="is of the course 'small'"):
        restore(elsewhere, made)
    (tmp_path / "text").write_text("no tar")
    with pytest.raises(UsageError, match="is no whole backup"):
        restore(other, tmp_path / "text")
    assert files(other.root) == before


def replace_course_name(course: Course) -> Course:
    return course.model_copy(update={"course": "another"})


def test_a_server_is_said_not_to_be_in_it(course: Course, tmp_path: Path) -> None:
    on_server = course.model_copy(update={"database": "postgresql+psycopg://h/n"})
    assert backup(on_server, tmp_path / "b.tar.gz").elsewhere == (
        "results.sqlite",
        "gradebook.sqlite",
    )


def mentions(root: Path, student: str) -> list[str]:
    """Files whose bytes or names hold the id."""
    return [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if student in path.relative_to(root).as_posix()
        or (path.is_file() and student.encode() in path.read_bytes())
    ]


NAMED = "zoefinch"


def test_a_student_is_forgotten_in_every_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = term_class(tmp_path)
    roster = tmp_path / "people" / "roster.csv"
    roster.write_text(f"{ROSTER}{NAMED},Zoe,Finch,red\n")
    same = answered(course)
    hand_in(course, {NAMED: same, "bob": answered(course, double=SQUARED)}, -50)
    collect(course, ONE)
    graded(course)
    hand_in(course, {NAMED: same}, 3)  # the group's last: ann's and bob's pages name it
    collect(course, ONE)
    graded(course)
    write_feedback(course, ONE)
    for kind in ("csv", "html"):
        assert run(course, monkeypatch, "export", kind, ONE).exit_code == 0
    assert run(course, monkeypatch, "answers", ONE).exit_code == 0
    rest = {s: t for s, t in totals(course).items() if s in ("cat", "dan", "eve")}
    assert len(mentions(tmp_path, NAMED)) > 10
    listed = run(course, monkeypatch, "forget", NAMED)
    assert listed.exit_code == 0 and "Nothing is removed yet" in listed.output
    assert "handed in for ann, bob, too" in listed.output
    assert len(mentions(tmp_path, NAMED)) > 10
    done = run(course, monkeypatch, "forget", NAMED, "--apply")
    assert done.exit_code == 0, done.output
    assert f"{roster}:7" in done.output.replace("\n", "")
    assert mentions(tmp_path, NAMED) == ["people/roster.csv"]
    roster.write_text(ROSTER)
    after = totals(course)
    assert {s: after[s] for s in rest} == rest and NAMED not in after
    assert after["ann"] == (6.0, "ann"), "whose bytes were the same still has the result"
    again = run(course, monkeypatch, "forget", NAMED)
    assert f"Nothing is kept of {NAMED}" in again.output
    assert not traces(course, NAMED).anything


def test_a_student_is_forgotten_on_a_server(tmp_path: Path) -> None:
    with server() as running:
        course = term_class(tmp_path, f"database: {running.url}\n")
        before = totals(course)
        assert set(before) >= {"ann", "cat"} and running.dumped().count(b"cat") > 2
        forget(course, "cat")
        dump = running.dumped()
        assert not re.search(rb"\bcat\b", dump) and re.search(rb"\bann\b", dump)
        after = totals(course)
        assert after["cat"] == (None, "") and after["ann"] == before["ann"]
        assert not traces(course, "cat").anything


def test_an_id_within_another_is_not_touched(tmp_path: Path) -> None:
    course = term_class(tmp_path)
    write_feedback(course, ONE)
    before = totals(course)
    forget(course, "ca")
    assert totals(course) == before
    assert (tmp_path / "build/nbgrader/feedback/cat").is_dir()
