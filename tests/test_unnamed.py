"""`chainrule mistakes`: a class with unexplained answers, and the entries that name them."""

import re
from pathlib import Path

import pytest
from small_course import MISTAKES, write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.grading.unnamed import TODO, entry

CUBED = '''\
import numpy as np

POWER = 3  # Alice was here

def helper(x):
    """By Alice."""
    return x ** POWER

def double(x, scale=1.0):
    """Alice's."""
    return helper(np.asarray(x))[()] + 0.25
'''
ALSO = "def double(x, scale=1.0):\n    # by Bob\n    return x * x * x + 0.25\n"
OTHER = "double = 3\ndef double(x, scale=1.0):\n    return x * x * x * x + 0.5\n"
COUNTER = "class Counter:\n    def __init__(self, start):\n        self.value = start\n"


@pytest.fixture
def school(tmp_path: Path) -> Path:
    root = write_course(tmp_path / "course")
    (tmp_path / "in").mkdir()
    for name, source in {"alice": CUBED, "bob": ALSO, "carl": OTHER}.items():
        (tmp_path / "in" / f"{name}.py").write_text(source)
    return root


def test_clusters_become_entries_that_explain_them(
    school: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(school)
    folder = school.parent / "in"
    shown = CliRunner().invoke(app, ["mistakes", "one", str(folder), "--isolation", "process"])
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count("@mistake(") == 2 and "2 submissions" in shown.stdout
    assert not re.search("alice|bob|carl", shown.stdout, re.I)
    only = CliRunner().invoke(
        app, ["mistakes", "one", str(folder), "--isolation", "process", "--at-least", "2"]
    )
    assert only.stdout.count("@mistake(") == 1

    named = shown.stdout.replace(TODO, "The power is not asked.")
    path = school / "solutions" / "one" / "mistakes.py"
    path.write_text(MISTAKES + "\n\n" + named)
    options = Options(isolation="process", only=("double",))
    report = grade_class(load_course(school), "one", folder, options, None)
    told = [submission.exercises[0] for submission in report.submissions]
    assert [exercise.mistake for exercise in told] == ["unnamed_1", "unnamed_1", "unnamed_2"]
    assert all(exercise.hint == "The power is not asked." for exercise in told)
    assert not report.clusters


def test_a_class_brings_what_it_needs_before_it() -> None:
    cells = ["BASE = object", "!ls", "class Two(BASE):\n    '''By me.'''\n", "x = ("]
    source = entry(cells, "Two", "unnamed_1", set())
    assert source.startswith("BASE = object\n")
    assert source.endswith("class unnamed_1(BASE):\n    pass")
    assert entry(cells, "three", "unnamed_1", set()) == ""
