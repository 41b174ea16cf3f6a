"""The wheel, installed away from the checkout: its course releases, grades and validates."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.grading.doctor import diagnose
from tests.installed_wheel import REPOSITORY, Installed, install_wheel

LECTURE = "lec05_backprop"
LEFT_OUT = ("affine_forward", "relu_backward", "Value")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def course(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one lecture, of which three exercises are left out."""
    folder = tmp_path_factory.mktemp("mine") / "nets"
    installed(folder.parent, "new", "nets", "--lectures", LECTURE, "--title", "Nets")
    file = folder / "course.yml"
    lines = [
        line
        for line in file.read_text().splitlines()
        if line.split(":")[0].strip() not in (*LEFT_OUT, "bonus")
    ]
    file.write_text("\n".join(lines) + "\n")
    return folder


def test_nothing_of_the_checkout_is_used(installed: Installed, tmp_path: Path) -> None:
    program = (
        "import grader, grader.starting.starter as s; print(grader.__file__); "
        "print(s.starter()); print(s.example())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(installed.folder)},
    )  # fmt: skip
    assert all(Path(line).is_relative_to(installed.folder) for line in done.stdout.split())
    assert installed(tmp_path, "--version").stdout.startswith("chainrule ")
    installed(tmp_path, "new", "mycourse", "--example")
    assert (tmp_path / "mycourse" / "solutions" / "week1" / "checks.py").is_file()


def test_the_course_is_in_it_once_and_whole(installed: Installed) -> None:
    held = installed.folder / "grader" / "starting" / "course"
    for side in ("assignments", "solutions", "reference"):
        files = {p.relative_to(held) for p in (held / side).rglob("*") if p.is_file()}
        ours = (REPOSITORY / side).rglob("*")
        wanted = {p.relative_to(REPOSITORY) for p in ours if p.is_file() and p.suffix != ".pyc"}
        assert {path for path in files if path.suffix != ".pyc"} == wanted
    assert not (installed.folder / "assignments").exists()
    assert not (installed.folder / "tests").exists()


def test_it_releases_and_grades_and_students_check_with_the_wheel_alone(
    installed: Installed, course: Path, tmp_path: Path
) -> None:
    done = installed(course, "release", LECTURE)
    released = course / "exchange" / "nets" / "outbound" / LECTURE / f"{LECTURE}.ipynb"
    assert f"collect {LECTURE}" in done.stderr
    notebook = json.loads(released.read_text())
    source = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert not any(f"def {name}" in source or f"class {name}" in source for name in LEFT_OUT)
    mine = tmp_path / f"{LECTURE}.ipynb"
    shutil.copy(released, mine)
    done = installed(tmp_path, "check", mine.name, code=1)
    assert "0 of 7 examples pass" in done.stdout
    answers = (REPOSITORY / "solutions" / LECTURE / "answers.py").read_text()
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.py").write_text(answers)
    shutil.copy(released, tmp_path / "class" / "alan.ipynb")
    level = ["--isolation", "process", "--jobs", "1", "--json", str(tmp_path / "results.json")]
    installed(course, "grade", LECTURE, str(tmp_path / "class"), *level)
    ada, alan = json.loads((tmp_path / "results.json").read_text())["submissions"]
    assert (ada["student"], ada["score"], ada["max_score"]) == ("ada", 19.0, 19.0)
    assert (alan["student"], alan["score"]) == ("alan", 0.0)
    assert "did you mean lec05_backprop?" in installed(course, "release", "lec5", code=2).stderr


def test_it_validates(installed: Installed, course: Path) -> None:
    if missing := [p.layer for p in diagnose() if p.needed and not p.works]:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    few = ["--seeds", "1", "--no-mutants", "--jobs", "1", "--json"]
    (found,) = json.loads(installed(course, "validate", LECTURE, *few).stdout)
    assert found["complaints"] == [] and found["exercises"] == 7
