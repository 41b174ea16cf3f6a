"""Submitting and collecting: Unix users, links, backdating, and LMS downloads."""

import os
import pwd
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.arrivals import STAMP
from grader.nbgrader.collecting import collect, collect_zip
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import api_of
from tests.loop_class import (
    LATE,
    ONE,
    RIGHT,
    SQUARED,
    answered,
    graded,
    grades,
    hand_in,
    small_course,
)

ROSTER = "roster: roster.csv\n"
CLASS = """\
id,first_name,last_name,email
s1,Jane,Doe,jane@example.org
s2,José,Núñez,
s3,Wei,Li,
s4,Wei,Li,
s5,Ann,Late,
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    made = small_course(tmp_path / "course")
    release(made, ONE)
    return made


def submitted(course: Course, student: str) -> Path:
    return places_of(course).of("submitted", student, ONE)


def test_the_latest_is_collected_or_the_latest_before_the_due_date(course: Course) -> None:
    early, late = answered(course, double=SQUARED), answered(course)
    hand_in(course, {"ann": early}, hours=-9)
    hand_in(course, {"ann": late, "only_late": late}, hours=3)
    collect(course, ONE)
    assert (submitted(course, "ann") / f"{ONE}.ipynb").read_bytes() == late
    collect(course, ONE, before_due=True)
    assert (submitted(course, "ann") / f"{ONE}.ipynb").read_bytes() == early
    assert (submitted(course, "only_late") / f"{ONE}.ipynb").read_bytes() == late
    collect(course, ONE)
    assert (submitted(course, "ann") / f"{ONE}.ipynb").read_bytes() == late


def _as_user(course: Course, name: str, payload: bytes, home: Path) -> int:
    """Submit as another Unix user, in a process of that user; its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        user = pwd.getpwnam(name)
        folder = home / name / ONE
        folder.mkdir(parents=True)
        (folder / f"{ONE}.ipynb").write_bytes(payload)
        for path in (folder.parent, folder, folder / f"{ONE}.ipynb"):
            os.chown(path, user.pw_uid, user.pw_gid)
        api = api_of(course, Exchange={"assignment_dir": str(folder.parent),
                                       "cache": str(folder.parent / "cache")})  # fmt: skip
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
        api.coursedir.assignment_id = ONE
        submit = api.exchange.Submit(
            coursedir=api.coursedir, authenticator=api.authenticator, parent=api
        )
        submit.start()
        inbound = places_of(course).exchange / "small" / "inbound"
        # A student sees neither who else handed in, nor the instructor's side.
        os._exit(3 if os.access(inbound, os.R_OK) else 0)
    except BaseException as error:
        print(error)
        os._exit(1)


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as other users")
def test_different_unix_users_submit_and_are_collected(tmp_path: Path) -> None:
    home = Path("/tmp") / f"chainrule-users-{os.getpid()}"
    home.mkdir(mode=0o755)
    try:
        made = small_course(home / "course", LATE + "exchange: ../exchange\n")
        release(made, ONE)
        users = ["nobody", "daemon", "games"]
        for name in users:
            assert _as_user(made, name, answered(made), home) == 0
        owners = {
            path.name.split("+")[0]: path.owner()
            for path in (home / "exchange" / "small" / "inbound").iterdir()
        }
        assert owners == {name: name for name in users}
        inbound(made, "victim", made.plan(ONE).due - timedelta(hours=1))
        found = collect(made, ONE)
        assert set(users) <= set(found.students)
        assert [n for n in found.notes if "handed in by" in n] == [
            "victim: handed in by the user root"
        ]
        assert _mode(home / "exchange" / "small" / "inbound") & 0o777 == 0o733
    finally:
        import shutil

        shutil.rmtree(home)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def inbound(course: Course, student: str, when: datetime) -> Path:
    name = f"{student}+{ONE}+{when.astimezone(UTC).strftime(STAMP)}+abc"
    folder = places_of(course).exchange / "small" / "inbound" / name
    folder.mkdir()
    return folder


def test_links_and_pipes_are_not_followed(course: Course) -> None:
    secret = course.root / ".chainrule" / "seed"
    folder = inbound(course, "mallory", course.plan(ONE).due - timedelta(hours=1))
    (folder / f"{ONE}.ipynb").symlink_to(secret)
    (folder / "more.txt").symlink_to(secret)
    os.mkfifo(folder / "pipe.txt")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (folder / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    hand_in(course, {"honest": answered(course)})
    found = collect(course, ONE)
    kept = sorted(path.name for path in submitted(course, "mallory").iterdir())
    assert kept == ["one.ipynb", "timestamp.txt"]
    assert (submitted(course, "mallory") / "one.ipynb").read_bytes() == b""
    assert "2026-03-08" in (submitted(course, "mallory") / "timestamp.txt").read_text()
    assert sum("left out" in note for note in found.notes) == 4
    assert "honest" in found.students
    _, entered = graded(course)
    assert "honest" in entered.entered and entered.failed == {}


def test_a_folder_named_back_in_time_is_pointed_out(tmp_path: Path) -> None:
    course = small_course(tmp_path / "past")
    text = course.file.read_text().replace("2026-03-", "2020-03-")
    course.file.write_text(text)
    from grader.course.syllabus import load_course

    course = load_course(course.root)
    release(course, ONE)
    folder = inbound(course, "mallory", course.plan(ONE).due - timedelta(hours=1))
    (folder / f"{ONE}.ipynb").write_bytes(answered(course))
    assert any("mallory: says 2020-03-08" in note for note in collect(course, ONE).notes)


def test_another_name_or_a_script_is_brought_under_the_name_nbgrader_wants(course: Course) -> None:
    for student, file, payload in (
        ("browser", f"{ONE} (1).ipynb", answered(course)),
        ("script", f"{ONE}.py", f"import numpy as np\n\n{RIGHT}\n".encode()),
    ):
        folder = inbound(course, student, course.plan(ONE).due - timedelta(hours=1))
        (folder / file).write_bytes(payload)
    found = collect(course, ONE)
    assert any("browser: handed in as one (1).ipynb" in note for note in found.notes)
    _, entered = graded(course)
    assert entered.failed == {}
    assert grades(course, "browser")["test-double"][0] == 2.0
    assert grades(course, "script")["test-double"][0] == 2.0


def lms_course(tmp_path: Path) -> Course:
    root = tmp_path / "lms"
    root.mkdir()
    (root / "roster.csv").write_text(CLASS)
    course = small_course(root, LATE + ROSTER)
    release(course, ONE)
    return course


def test_a_canvas_download_is_collected_graded_and_given_feedback(tmp_path: Path) -> None:
    course = lms_course(tmp_path)
    whole = answered(course)
    archive = tmp_path / "canvas.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("doejane_101_9001_one.ipynb", answered(course, double=SQUARED))
        out.writestr("doejane_101_9002_one-1.ipynb", whole)
        out.writestr("lateann_LATE_105_9003_one.ipynb", whole)
        out.writestr("liwei_103_9004_one.ipynb", whole)
        out.writestr("strangerjoe_109_9005_one.ipynb", whole)
        out.writestr("../../evil_110_9006_one.ipynb", whole)
    found = collect_zip(course, ONE, archive)
    assert found.students == ("s1", "s5")
    lost = "\n".join(found.unassigned)
    assert "liwei is that of s3 and s4" in lost and "nobody in the roster is strangerjoe" in lost
    assert "leads out of it" in lost and len(found.unassigned) == 3
    assert any("s5: late; write the true time" in note for note in found.notes)
    assert (submitted(course, "s1") / f"{ONE}.ipynb").read_bytes() == whole
    stamp = (submitted(course, "s1") / "timestamp.txt").read_text()
    assert stamp == "2026-03-08 15:59:00.000000 UTC"
    graded(course)
    written = write_feedback(course, ONE)
    assert set(written.by_hand) == {"s1", "s5"} and written.failed == {}
    secret = (submitted(course, "s1") / "submission_secret.txt").read_text()
    collect_zip(course, ONE, archive)
    assert (submitted(course, "s1") / "submission_secret.txt").read_text() == secret


def test_a_moodle_download_is_collected(tmp_path: Path) -> None:
    course = lms_course(tmp_path)
    archive = tmp_path / "moodle.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("Jane Doe_201_assignsubmission_file_/one.ipynb", answered(course))
        out.writestr("José Núñez_202_assignsubmission_file_/my work.ipynb", answered(course))
    found = collect_zip(course, ONE, archive)
    assert found.students == ("s1", "s2") and found.unassigned == ()
    assert (submitted(course, "s2") / f"{ONE}.ipynb").is_file()


def test_an_archive_that_is_none_is_refused(tmp_path: Path) -> None:
    course = lms_course(tmp_path)
    (tmp_path / "no.zip").write_text("no archive")
    with pytest.raises(UsageError, match="not a zip archive"):
        collect_zip(course, ONE, tmp_path / "no.zip")
    with pytest.raises(UsageError, match="is no file"):
        collect_zip(course, ONE, tmp_path / "absent.zip")
