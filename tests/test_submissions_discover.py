"""Discovering submissions: every layout that we accept, and every file that we never open."""

import os
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from submission_files import ASSIGNMENT, GOOD  # type: ignore[import-not-found]

from grader.errors import UsageError
from grader.submissions import Found, discover
from grader.submissions.model import Limits


def put(root: Path, *names: str) -> Path:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(GOOD)
    return root


def students(path: Path) -> list[str]:
    found = discover(path, ASSIGNMENT)
    assert all(one.payload == GOOD and not one.problem for one in found)
    return [one.student for one in found]


def problems(path: Path, limits: Limits | None = None) -> dict[str, str]:
    found = discover(path, ASSIGNMENT, limits or Limits())
    assert all((one.payload is None) == bool(one.problem) for one in found)
    assert len({one.student for one in found}) == len(found)
    return {one.file: one.problem for one in found}


def test_one_file(tmp_path: Path) -> None:
    put(tmp_path, "alice.ipynb", "bob.PY")
    assert students(tmp_path / "alice.ipynb") == ["alice"]
    assert students(tmp_path / "bob.PY") == ["bob"]


def test_folder_in_order_of_student(tmp_path: Path) -> None:
    put(tmp_path, "carol.py", "bob.ipynb", "alice.ipynb", "README.md", "grades.csv", "data/x.py")
    (tmp_path / ".git").mkdir()
    put(tmp_path / ".git", "hook.ipynb")
    assert students(tmp_path) == ["alice", "bob", "carol"]


@pytest.mark.parametrize(
    "student",
    [
        "李雷",
        "José Núñez",
        "O'Brien",
        "a.b-c_d",
        "alice@example.edu",
        "1234567",
        "Ωmega 2",
        "x" * 128,
    ],
)
def test_names_of_real_people_are_accepted(tmp_path: Path, student: str) -> None:
    assert students(put(tmp_path, f"{student}.ipynb")) == [student]


def test_notebook_before_script_of_the_same_student(tmp_path: Path) -> None:
    put(tmp_path, "alice.ipynb", "alice.py")
    (found,) = discover(tmp_path, ASSIGNMENT)
    assert found.file == "alice.ipynb"
    assert found.notes == ("Handed in too, and not graded: alice.py.",)


@pytest.mark.parametrize("inside", ["", "submitted"])
def test_nbgrader_tree(tmp_path: Path, inside: str) -> None:
    tree = tmp_path / "submitted"
    put(tree, f"alice/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", f"alice/{ASSIGNMENT}/helper.py")
    put(tree, f"bob/{ASSIGNMENT}/my work.ipynb", f"carol/lec04/{ASSIGNMENT}.ipynb")
    put(tree, f"alice/{ASSIGNMENT}/.ipynb_checkpoints/{ASSIGNMENT}.ipynb", "alice/notes.ipynb")
    put(tmp_path, f"source/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", f"release/{ASSIGNMENT}/x.ipynb")
    (tree / "alice" / ASSIGNMENT / "timestamp.txt").write_text("2025-01-01 10:00:00 UTC")
    assert students(tmp_path / inside) == ["alice", "bob"]


@pytest.mark.parametrize("below", ["", ASSIGNMENT, f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"])
def test_inside_the_tree_the_student_is_known(tmp_path: Path, below: str) -> None:
    put(tmp_path, f"submitted/alice/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    assert students(tmp_path / "submitted" / "alice" / below) == ["alice"]


def test_tree_without_a_notebook(tmp_path: Path) -> None:
    put(tmp_path, f"alice/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", f"bob/{ASSIGNMENT}/work.pdf")
    (problem,) = [one.problem for one in discover(tmp_path, ASSIGNMENT) if one.student == "bob"]
    assert problem == "No notebook was handed in, only work.pdf. Hand in a .ipynb file."


def test_tree_with_two_notebooks_that_nothing_tells_apart(tmp_path: Path) -> None:
    put(tmp_path, f"bob/{ASSIGNMENT}/one.ipynb", f"bob/{ASSIGNMENT}/two.ipynb")
    (problem,) = problems(tmp_path).values()
    assert "not clear which file is meant: one.ipynb, two.ipynb" in problem


def test_unpacked_lms_downloads(tmp_path: Path) -> None:
    put(tmp_path / "canvas", f"doejane_12_34_{ASSIGNMENT}.ipynb", "roe_1_2_notes.ipynb")
    put(tmp_path / "moodle", f"Jane Doe_12_assignsubmission_file_/{ASSIGNMENT}.ipynb")
    assert students(tmp_path / "canvas") == ["doejane", "roe_1_2_notes"]
    assert students(tmp_path / "moodle") == ["Jane Doe"]


def test_links_pipes_sockets_and_folders_are_never_opened(tmp_path: Path) -> None:
    put(tmp_path, "honest.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "honest.ipynb")
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "none")
    (tmp_path / "loop.ipynb").symlink_to(tmp_path / "loop.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    here = os.getcwd()
    with socket.socket(socket.AF_UNIX) as unix:
        os.chdir(tmp_path)
        unix.bind("socket.ipynb")
        os.chdir(here)
        found = problems(tmp_path)
    assert found.pop("honest.ipynb") == ""
    assert {name: text.split(",")[0] for name, text in found.items()} == {
        "link.ipynb": "The file is a link",
        "dangling.ipynb": "The file is a link",
        "loop.ipynb": "The file is a link",
        "pipe.ipynb": "The file is a named pipe",
        "folder.ipynb": "The file is a folder",
        "socket.ipynb": "The file is a socket",
    }
    for name in ("link.ipynb", "pipe.ipynb", "loop.ipynb"):
        assert problems(tmp_path / name) == {name: found[name]}


@pytest.mark.root
def test_devices_are_never_opened(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "device.ipynb", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("needs to be root to make a device")
    assert problems(tmp_path)["device.ipynb"].startswith("The file is a device")


def test_linked_folders_of_a_tree_are_never_entered(tmp_path: Path) -> None:
    put(tmp_path, f"secret/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    tree = put(tmp_path / "tree", f"alice/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")
    (tree / "mallory").symlink_to(tmp_path / "secret")
    (tree / "eve").mkdir()
    (tree / "eve" / ASSIGNMENT).symlink_to(tmp_path / "secret" / ASSIGNMENT)
    found = {one.student: one for one in discover(tree, ASSIGNMENT)}
    assert found["alice"].payload == GOOD
    assert found["mallory"].problem.startswith("The file is a link")
    assert found["eve"].problem.startswith("The file is a link")
    (tree / "mallory").unlink()
    shutil.rmtree(tree / "alice")
    (alone,) = discover(tree, ASSIGNMENT)
    assert alone == found["eve"]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.ipynb",
        "-rf.ipynb",
        ".ipynb",
        " alice.ipynb",
        "alice .ipynb",
        "a\nb.ipynb",
        "a\x1b[31m.ipynb",
        "evil\u202ebynpi.ipynb",
        "zero\u200bwidth.ipynb",
        "a'; DROP TABLE students;--.ipynb",
        "' OR '1'='1.ipynb",
        "=cmd().ipynb",
        "<script>.ipynb",
        "a\\b.ipynb",
        "$(id).ipynb",
        "`id`.ipynb",
        "x" * 129 + ".ipynb",
        "\u3164.ipynb",
        "\u0301.ipynb",
        "😀.ipynb",
        "..ipynb.ipynb",
        "C:.ipynb",
        "a|b.ipynb",
        "a;b.py",
    ],
)
def test_hostile_ids_are_refused_and_get_a_harmless_name(tmp_path: Path, name: str) -> None:
    put(tmp_path, "honest.ipynb", name)
    honest, refused = discover(tmp_path, ASSIGNMENT)
    assert replace(honest, content=honest.payload) == Found("honest", "honest.ipynb", GOOD, "")
    assert refused.student.startswith("unnamed_") and refused.student.isidentifier()
    assert refused.payload is None and refused.file.isprintable()
    assert refused.problem.isprintable() and "Rename the file" in refused.problem


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/a\xff\xfe.ipynb", "wb") as file:
        file.write(GOOD)
    (found,) = discover(tmp_path, ASSIGNMENT)
    assert found.problem and found.file.encode("utf-8") == rb"a\udcff\udcfe.ipynb"


@pytest.mark.parametrize(
    "pair", [("Bob.ipynb", "bob.ipynb"), ("straße.py", "STRASSE.py"), ("é.ipynb", "e\u0301.ipynb")]
)
def test_names_that_differ_by_case_or_writing_only(tmp_path: Path, pair: tuple[str, str]) -> None:
    found = problems(put(tmp_path, "honest.ipynb", *pair))
    assert found.pop("honest.ipynb") == ""
    assert len(found) == 2 and all("differ by case" in text for text in found.values())


def test_files_of_one_student_that_differ_by_case_only(tmp_path: Path) -> None:
    folder = f"alice/{ASSIGNMENT}"
    put(tmp_path, f"{folder}/{ASSIGNMENT}.ipynb", f"{folder}/{ASSIGNMENT.upper()}.ipynb")
    (problem,) = problems(tmp_path).values()
    assert "differ by case only" in problem


def test_a_file_over_the_cap_is_not_read(tmp_path: Path) -> None:
    put(tmp_path, "honest.ipynb")
    with open(tmp_path / "huge.ipynb", "wb") as file:
        file.truncate(1 << 40)
    found = problems(tmp_path)
    assert found["honest.ipynb"] == ""
    assert found["huge.ipynb"].startswith("The file is larger than 20 MiB. Clear all outputs")


def test_a_folder_of_very_many_files(tmp_path: Path) -> None:
    folder = f"alice/{ASSIGNMENT}"
    put(tmp_path, *(f"{folder}/{number}.py" for number in range(12)))
    (problem,) = problems(tmp_path, Limits(folder_files=10)).values()
    assert problem == "The folder holds more than 10 files. Hand in the notebook alone."


def test_a_file_exchanged_after_it_was_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "alice.ipynb", "secret.txt")
    listed = os.listdir

    def swap(folder: int) -> list[str]:
        names = listed(folder)
        real = os.open

        def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            if path == "alice.ipynb":
                (tmp_path / "alice.ipynb").unlink()
                (tmp_path / "alice.ipynb").symlink_to(tmp_path / "secret.txt")
            return real(path, flags, mode, dir_fd=dir_fd)

        monkeypatch.setattr(os, "open", opened)
        return names

    monkeypatch.setattr(os, "listdir", swap)
    (found,) = [one.held() for one in discover(tmp_path, ASSIGNMENT)]
    assert found.payload is None and found.problem.startswith("The file could not be opened")


def test_nothing_to_grade_is_the_callers_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("x")
    for path, text in [
        (tmp_path / "none", "does not exist"),
        (tmp_path / "empty", "holds no submission"),
        (tmp_path / "notes.txt", "is not a submission"),
        (Path("a\0b"), "a\\\\x00b"),
    ]:
        with pytest.raises(UsageError, match=text) as caught:
            discover(path, ASSIGNMENT)
        assert "\n" not in str(caught.value)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    put(tmp_path, "alice.ipynb", f"b/{ASSIGNMENT}/{ASSIGNMENT}.ipynb", ".x.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "alice.ipynb")
    before = len(os.listdir("/proc/self/fd"))
    discover(tmp_path, ASSIGNMENT)
    assert len(os.listdir("/proc/self/fd")) == before
