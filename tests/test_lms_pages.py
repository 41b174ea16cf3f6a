"""The pages about other programs: the files and columns that they name are those that are made."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from documented import DOCS, blocks, page, rows  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.render.sheets import CANVAS_IDS, MOODLE_ID
from grader.submissions import discover

EXAMPLE = DOCS / "examples" / "own_lecture"
WORKFLOW = DOCS / "examples" / "classroom" / "check.yml"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Path(shutil.copytree(EXAMPLE, tmp_path / "mycourse"))
    monkeypatch.chdir(made)
    return made


def test_the_names_that_the_page_shows_are_read_as_it_says(tmp_path: Path) -> None:
    names = re.findall(r"such as `([^`]+)`", page("lms.md"))
    assert len(names) == 2
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        for name in names:
            archive.writestr(name, (EXAMPLE / "handed_in" / "bob.ipynb").read_bytes())
    found = {one.student: one for one in discover(tmp_path / "submissions.zip", "week1")}
    assert set(found) == {"doejane", "Jane Doe"}
    assert all(one.payload is not None for one in found.values())


def test_the_columns_that_the_page_names_are_the_programs() -> None:
    told = page("lms.md")
    assert all(f"`{name}`" in told for name in (*CANVAS_IDS, MOODLE_ID))


def test_the_files_for_gradescope_are_those_of_the_table(course: Path) -> None:
    done = CliRunner().invoke(app, ["export", "otter", "week1"])
    assert done.exit_code == 0, done.output
    made = course / "build" / "exports" / "week1-otter"
    named = {row[0].strip("`") for row in rows(page("gradescope.md"))}
    assert named == {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}


def test_the_workflow_on_the_page_is_the_file() -> None:
    (shown,) = [b for b in blocks("classroom.md", "yaml") if "check.yml" in b.more]
    assert shown.text == WORKFLOW.read_text(encoding="utf-8")


def test_the_workflow_fails_where_an_example_fails(course: Path, tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    shutil.copy(course / "course.yml", template)
    shutil.copytree(course / "assignments", template / "assignments")
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["examples"]["steps"]
    check = steps[-1]["run"]
    env = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "LANG": "C.UTF-8"}

    def pushed(name: str) -> subprocess.CompletedProcess[str]:
        shutil.copy(course / "handed_in" / name, template / "week1.ipynb")
        words = ["bash", "-e", "-c", check]  # as GitHub runs it
        return subprocess.run(
            words, cwd=template, env=env, capture_output=True, text=True, check=False
        )

    right = pushed("bob.ipynb")
    assert right.returncode == 0, right.stdout + right.stderr
    assert "2 of 2 examples pass" in right.stdout
    broken = (course / "handed_in" / "bob.ipynb").read_text().replace("* gain", "+ gain")
    (course / "handed_in" / "broken.ipynb").write_text(broken)
    assert pushed("broken.ipynb").returncode == 1
    (course / "handed_in" / "torn.ipynb").write_text(broken[:200])
    assert pushed("torn.ipynb").returncode == 1
