"""The parts of the loop that need no nbgrader folder: late policy, roster, names."""

from pathlib import Path

import pytest

from grader.course.late import DAY, late_penalty
from grader.course.roster import Student, read_roster
from grader.course.syllabus import Late
from grader.errors import CourseError
from grader.nbgrader.collecting import owner
from grader.submissions import Found

DEDUCT = Late(policy="deduct", percent_per_day=10.0, grace_hours=1.0, max_days=3.0)
CLASS = (
    Student("s1", "Jane", "Doe", "jane@example.org"),
    Student("s2", "José", "Núñez"),
    Student("s3", "Wei", "Li"),
    Student("s4", "Wei", "Li"),
    Student("alice"),
)


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [
        (0, 0.0),
        (3600, 0.0),
        (3601, 2.0),
        (3600 + DAY, 2.0),
        (3601 + DAY, 4.0),
        (3600 + 3 * DAY, 6.0),
        (3601 + 3 * DAY, 20.0),
    ],
)
def test_late_days_are_counted_from_the_end_of_the_grace_time(
    seconds: float, penalty: float
) -> None:
    assert late_penalty(DEDUCT, 20.0, seconds) == penalty


def test_a_penalty_never_exceeds_the_score() -> None:
    steep = Late(policy="deduct", percent_per_day=60.0)
    assert late_penalty(steep, 5.0, 2 * DAY) == 5.0
    assert late_penalty(Late(policy="zero"), 5.0, 1) == 5.0
    assert late_penalty(Late(), 5.0, DAY) == late_penalty(DEDUCT, 0.0, DAY) == 0.0


def test_a_roster_is_read_with_names_and_without(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text('\ufeffid,last_name,first_name,group\ns1,"Doe, Jr.",Jane,A\n\nalice,,,\n')
    assert read_roster(path) == (
        Student("s1", "Jane", "Doe, Jr.", group="A"),
        Student("alice"),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ID,name\n1,x\n", "roster.csv:1: no column `id`.*did you mean"),
        ("id\nalice\nAlice\n", "roster.csv:3: the id 'Alice' is in line 2 already"),
        ("id\n../x\n", r"roster.csv:2: the id '../x' begins with a dot"),
        ("id\na+b\n", "contains a \\+, which nbgrader"),
        ("id\n'; DROP TABLE student; --\n", "roster.csv:2"),
    ],
)
def test_a_wrong_roster_names_file_and_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=says):
        read_roster(path)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("doejane", "s1"),
        ("Jane Doe", "s1"),
        ("núñezjosé", "s2"),
        ("José Núñez", "s2"),
        ("alice", "alice"),
        ("jane@example.org", "s1"),
        ("liwei", ""),
        ("nobody", ""),
    ],
)
def test_the_owner_of_an_upload_is_found_by_id_or_by_one_name(name: str, student: str) -> None:
    assert owner(Found(name, f"{name}.ipynb", b"{}", ""), CLASS) == student


def test_without_a_roster_the_name_is_the_id() -> None:
    assert owner(Found("doejane", "x.ipynb", b"{}", ""), None) == "doejane"
