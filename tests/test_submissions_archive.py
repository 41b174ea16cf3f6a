"""Archives from an LMS: each kind, and each way in which an archive attacks."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from submission_files import ASSIGNMENT, GOOD  # type: ignore[import-not-found]

from grader.errors import UsageError
from grader.submissions import Found, discover
from grader.submissions.model import Limits

NAME = f"{ASSIGNMENT}.ipynb"


def packed(tmp_path: Path, *names: str | zipfile.ZipInfo, data: bytes = GOOD) -> Path:
    path = tmp_path / "download.zip"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, data, zipfile.ZIP_DEFLATED)
    return path


def found(path: Path, limits: Limits | None = None) -> dict[str, Found]:
    result = discover(path, ASSIGNMENT, limits or Limits())
    assert len({one.student for one in result}) == len(result)
    return {one.student: one for one in result}


def graded(path: Path) -> dict[str, str]:
    result = found(path)
    assert all(one.payload == GOOD for one in result.values())
    return {student: one.file for student, one in result.items()}


def test_canvas(tmp_path: Path) -> None:
    path = packed(
        tmp_path,
        f"doejane_123_456_{NAME}",
        f"roejohn_LATE_124_460_{ASSIGNMENT}-1.ipynb",
        f"roejohn_124_450_{NAME}",
        "smith_125_470_my homework.ipynb",
        "smith_125_471_helper.py",
        "late_126_480_report.pdf",
    )
    result = found(path)
    assert {student: one.file for student, one in result.items()} == {
        "doejane": f"doejane_123_456_{NAME}",
        "late": "late_126_480_report.pdf",
        "roejohn": f"roejohn_LATE_124_460_{ASSIGNMENT}-1.ipynb",
        "smith": "smith_125_470_my homework.ipynb",
    }
    assert result["roejohn"].notes == (
        "The LMS marks it as late.",
        f"Handed in too, and not graded: {NAME}.",
    )
    assert result["late"].problem.startswith("No notebook was handed in, only report.pdf")
    assert result["doejane"].payload == GOOD and result["doejane"].notes == ()


def test_namesakes_are_told_apart_by_their_number(tmp_path: Path) -> None:
    path = packed(tmp_path, f"doe_1_10_{NAME}", f"doe_2_20_{NAME}", f"roe_3_30_{NAME}")
    assert list(graded(path)) == ["doe_1", "doe_2", "roe"]


def test_moodle(tmp_path: Path) -> None:
    path = packed(
        tmp_path,
        f"Jane Doe_12345_assignsubmission_file_/{NAME}",
        "Siobhán O'Brien_12346_assignsubmission_file_/Homework 5.ipynb",
        f"李雷_12347_assignsubmission_file/{NAME}",
        f"Ann Lee_12348_assignsubmission_file_{NAME}",
        "Jane Doe_12345_assignsubmission_onlinetext_/onlinetext.html",
    )
    assert list(graded(path)) == ["Ann Lee", "Jane Doe", "Siobhán O'Brien", "李雷"]


def test_a_single_moodle_submission_keeps_its_student(tmp_path: Path) -> None:
    path = packed(tmp_path, f"Jane Doe_12345_assignsubmission_file_/{NAME}")
    assert list(graded(path)) == ["Jane Doe"]


def test_plain_wrapped_and_by_folder(tmp_path: Path) -> None:
    for folder, names in {
        "plain": ["alice.ipynb", "bob.py"],
        "wrapped": ["class/alice.ipynb", "class/bob.py", "__MACOSX/class/._alice.ipynb"],
        "folders": [f"alice/{NAME}", f"bob/{NAME}"],
        "tree": [f"course/submitted/{one}/{ASSIGNMENT}/{NAME}" for one in ("alice", "bob")]
        + [f"course/source/{ASSIGNMENT}/{NAME}"],
    }.items():
        (tmp_path / folder).mkdir()
        assert list(graded(packed(tmp_path / folder, *names))) == ["alice", "bob"], folder


def test_names_stored_as_utf8_without_saying_so(tmp_path: Path) -> None:
    path = packed(tmp_path, "XXXXXX.ipynb")
    path.write_bytes(path.read_bytes().replace(b"XXXXXX", "李雷".encode()))
    assert list(graded(path)) == ["李雷"]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x.ipynb",
        "/etc/passwd",
        "class/../../x.ipynb",
        "..\\..\\x.ipynb",
        "C:\\x.ipynb",
        "c:x.ipynb",
        "a//b.ipynb",
        "./x.ipynb",
    ],
)
def test_zip_slip(tmp_path: Path, name: str) -> None:
    result = found(packed(tmp_path, "alice.ipynb", name))
    assert result.pop("alice").payload == GOOD
    (refused,) = result.values()
    assert "leads out of it" in refused.problem and refused.payload is None
    assert refused.student.startswith("unnamed_")


def test_a_name_cut_by_a_zero_byte(tmp_path: Path) -> None:
    path = packed(tmp_path, "alice.ipynb", "bobX.ipynb.txt")
    path.write_bytes(path.read_bytes().replace(b"bobX.ipynb", b"bob\0.ipynb"))
    result = found(path)
    assert result.pop("alice").payload == GOOD
    assert all(one.payload is None for one in result.values())


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_in_an_archive(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("mallory.ipynb")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    result = found(packed(tmp_path, "alice.ipynb", info, data=GOOD))
    assert result["alice"].payload == GOOD
    assert result["mallory"].payload is None and "never opened" in result["mallory"].problem


def test_names_that_differ_by_case_only(tmp_path: Path) -> None:
    result = found(packed(tmp_path, "alice.ipynb", "Bob.ipynb", "bob.ipynb"))
    assert result["alice"].payload == GOOD
    assert "case only" in result["Bob"].problem and "case only" in result["bob"].problem


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(tmp_path: Path) -> None:
    result = found(packed(tmp_path, "alice.ipynb", "bob.ipynb", "bob.ipynb"))
    assert result["alice"].payload == GOOD
    assert result["bob"].payload is None


def test_bombs(tmp_path: Path) -> None:
    packed(tmp_path, "alice.ipynb")
    packed(tmp_path, "large.ipynb", data=b" " * (21 << 20))
    path = packed(tmp_path, "dense.ipynb", data=b" " * (10 << 20))
    result = found(path)
    assert result["alice"].payload == GOOD
    assert result["large"].problem.startswith("The file is larger than 20 MiB")
    assert "out of all proportion" in result["dense"].problem


def test_a_size_that_lies(tmp_path: Path) -> None:
    data = b"{" + b"1" * 5000
    path = packed(tmp_path, "mallory.ipynb", data=data)
    size, lie = len(data).to_bytes(4, "little"), (50).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, lie))
    result = found(packed(tmp_path, "alice.ipynb"))
    assert result["alice"].payload == GOOD
    assert "damaged in the archive" in result["mallory"].problem


def test_an_archive_out_of_proportion_is_the_callers_error(tmp_path: Path) -> None:
    path = packed(tmp_path, *(f"s{number}.ipynb" for number in range(20)))
    for limits in [
        Limits(archive_entries=10),
        Limits(archive_unpacked_bytes=1000),
        Limits(archive_bytes=100),
        Limits(archive_index_bytes=100),
    ]:
        with pytest.raises(UsageError):
            discover(path, ASSIGNMENT, limits)


def test_encrypted_damaged_and_oddly_compressed(tmp_path: Path) -> None:
    path = packed(tmp_path, "alice.ipynb")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("odd.ipynb", GOOD, zipfile.ZIP_LZMA)
        archive.writestr("damaged.ipynb", b"QQQQQQQQ", zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"QQQQQQQQ", b"WWWWWWWW"))
    result = found(path)
    assert result["alice"].payload == GOOD
    assert "method" in result["odd"].problem
    assert "damaged" in result["damaged"].problem
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    assert "encrypted" in found(path)["alice"].problem


def test_a_zip_inside_a_zip(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(NAME, GOOD)
    path = packed(tmp_path, f"doe_1_2_{ASSIGNMENT}.zip", data=inner.getvalue())
    assert "only lec05_backprop.zip" in found(path)["doe"].problem


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", GOOD])
def test_not_an_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(UsageError, match="not a zip archive"):
        discover(tmp_path / "x.zip", ASSIGNMENT)


def test_an_archive_without_submissions(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no submission"):
        discover(packed(tmp_path, "readme.txt", "data.csv"), ASSIGNMENT)
