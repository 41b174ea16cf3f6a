"""The autograder, as on Gradescope: by its own `run_autograder`, from the unpacked zip."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from otter_places import (  # type: ignore[import-not-found]
    full_isolation,
    otter_course,
    results,
    run_autograder,
    unpack,
)

from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.doctor import IsolationUnavailable
from grader.otter import autograde
from grader.otter.assigning import Assigned, assign
from grader.otter.bundle import CONFIG, PACKAGES, Grading, write_bundle

HOME = Path(__file__).parents[1]
# What the small course lacks: an example that gives a name to a later cell, and given data.


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return otter_course(tmp_path_factory.mktemp("small") / "course")


@pytest.fixture(scope="module")
def made(root: Path) -> Assigned:
    return assign(load_course(root), "one", root / "otter", Grading())


@pytest.fixture
def place(made: Assigned, tmp_path: Path) -> Path:
    found = unpack(made.autograder, tmp_path / "autograder")
    config = json.loads((found / "source" / CONFIG).read_text())
    if not full_isolation():
        (found / "source" / CONFIG).write_text(json.dumps(config | {"isolation": "process"}))
    return found


def test_the_autograder_grades_the_answers(made: Assigned, place: Path, root: Path) -> None:
    shutil.copy(made.answers, place / "submission" / "my work.ipynb")
    done = run_autograder(place)
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(place)
    assert found["score"] == 5.0
    tests = {t["name"]: (t.get("score"), t["max_score"], t.get("status")) for t in found["tests"]}
    assert tests == {
        "double": (2.0, 2.0, "passed"),
        "Counter": (3.0, 3.0, "passed"),
        "why": (None, 1.0, None),
    }
    assert "5 of 3 points so far" in found["output"]
    level = "full" if full_isolation() else "process"
    assert f"isolation: {level}" in found["output"]
    assert found["extra_data"]["chainrule"]["isolation"] == level
    # The same marks as at home come of the same checks and the same seed.
    course = load_course(place / "source" / "course")
    assert load_lesson(course, "one").digest == load_lesson(load_course(root), "one").digest


def test_the_autograder_names_the_mistake(made: Assigned, place: Path) -> None:
    node = nbformat.read(made.student, as_version=4)
    for cell in node.cells:
        if "def double" in cell.source:
            cell.source = "def double(x, scale=1.0):\n    return x * x"
    nbformat.write(node, place / "submission" / "one.ipynb")
    (place / "submission" / "notes.ipynb").write_text("not mine to grade")
    (place / "submission" / ".OTTER_LOG").write_bytes(b"\x80")
    done = run_autograder(place)
    assert done.returncode == 0, done.stdout + done.stderr
    found = results(place)
    double, counter, why = found["tests"]
    assert why["output"] == "Written: not graded yet"
    assert double["score"] == 0 and double["status"] == "failed"
    assert "Hint: Twice, not squared." in double["output"]
    assert "missing" in counter["output"]
    assert "otter" not in json.dumps(found), "otter's own cells are not run, nor reported"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "it holds no notebook"),
        ({"a.ipynb": "{}", "b.ipynb": "{}"}, "several files could be meant (a.ipynb, b.ipynb)"),
        ({"one.ipynb": "{ broken"}, ""),
    ],
)
def test_the_autograder_tells_what_to_mend(place: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (place / "submission" / name).write_text(text)
    assert run_autograder(place).returncode == 0
    found = results(place)
    assert found["score"] == 0 and said in found["output"]
    assert "hand it in again" in found["output"]


def test_a_link_is_not_followed(place: Path) -> None:
    (place / "submission" / "one.ipynb").symlink_to(place / "source" / "course" / "course.yml")
    assert run_autograder(place).returncode == 0
    assert "it holds no notebook" in results(place)["output"]


def test_our_fault_is_never_a_mark(made: Assigned, place: Path) -> None:
    shutil.copy(made.answers, place / "submission" / "one.ipynb")
    (place / "results" / "results.json").write_text('{"score": 5}')
    (place / "source" / "course" / "solutions" / "one" / "checks.py").write_text("1 / 0")
    done = run_autograder(place)
    assert done.returncode == 2 and "ZeroDivisionError" in done.stdout
    assert not (place / "results" / "results.json").exists()


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv") or not full_isolation(),
    reason="takes rights away, so it needs them first",
)
def test_in_a_container_without_namespaces(made: Assigned, place: Path) -> None:
    shutil.copy(made.answers, place / "submission" / "one.ipynb")
    refused = run_autograder(place, contained=True)
    assert refused.returncode == 2 and "unshare" in refused.stdout
    assert not (place / "results" / "results.json").exists()
    config = json.loads((place / "source" / CONFIG).read_text())
    (place / "source" / CONFIG).write_text(json.dumps(config | {"accept": "process"}))
    accepted = run_autograder(place, contained=True)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    found = results(place)
    assert found["score"] == 5.0
    assert "process isolation was used" in found["output"]
    assert found["extra_data"]["chainrule"]["isolation"] == "process"


def test_less_isolation_only_where_the_zip_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise IsolationUnavailable("no user namespaces")

    monkeypatch.setattr(autograde, "require_full", refuse)
    with pytest.raises(IsolationUnavailable, match='"accept": "process"'):
        autograde.choose_isolation(Grading())
    level, note = autograde.choose_isolation(Grading(accept="process"))
    assert level == "process" and "process isolation was used" in note
    assert autograde.choose_isolation(Grading(isolation="process")) == ("process", "")


def test_the_zip_holds_no_more_than_it_needs(made: Assigned, root: Path) -> None:
    with zipfile.ZipFile(made.autograder) as archive:
        names = archive.namelist()
        syllabus = archive.read("course/course.yml").decode()
        modes = {i.filename: (i.external_attr >> 16) & 0o777 for i in archive.infolist()}
    assert "secret@host" not in syllabus and "database" not in syllabus
    assert not [n for n in names if "__pycache__" in n or n.startswith(("/", ".."))]
    assert modes["run_autograder"] == modes["setup.sh"] == 0o755
    assert modes["course/.chainrule/seed"] == 0o600
    assert {n.split("/")[0] for n in names} == {
        "run_autograder", "setup.sh", "requirements.txt", CONFIG, "kit", "course",
    }  # fmt: skip
    assert made.autograder.stat().st_mode & 0o077 == 0
    course = load_course(root)
    bundles = [write_bundle(course, "one", root / f"{n}.zip", Grading()) for n in (1, 2)]
    assert bundles[0].read_bytes() == bundles[1].read_bytes()


def test_the_packages_that_setup_installs_are_all_that_grading_imports(place: Path) -> None:
    """Each foreign module that the autograder imports is of these packages or their needs."""
    program = "import sys, grader.otter.autograde; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={"PYTHONPATH": str(place / "source" / "kit")},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    owners = metadata.packages_distributions()
    imported = {owner for module in done.stdout.split() for owner in owners.get(module, [])}
    assert "otter-grader" not in imported and "nbgrader" not in imported
    assert {folded(name) for name in imported} <= installed_with(PACKAGES) | {"chainrule"}


def folded(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def installed_with(packages: Iterable[str]) -> set[str]:
    """Packages and what they need, and pip's own, which every venv has."""
    found = {"pip", "setuptools"}
    todo = [folded(package) for package in packages]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            with suppress(metadata.PackageNotFoundError):
                needs = metadata.requires(name) or []
                todo += [folded(re.split(r"[^\w.-]", n)[0]) for n in needs if "extra ==" not in n]
    return found


def test_setup_is_sound_shell(place: Path) -> None:
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", place / "source" / script], check=True)
    wanted = (place / "source" / "requirements.txt").read_text()
    assert "torch==" in wanted and "otter" not in wanted and "+" not in wanted.split("\n", 1)[1]
