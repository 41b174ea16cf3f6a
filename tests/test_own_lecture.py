"""docs/own-lecture.md is about a course that is proven, and shows what stands in its files."""

import json
import re
import shutil
from pathlib import Path

import pytest
from documented import DOCS, blocks, page, rows, section  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course

PAGE = "own-lecture.md"
EXAMPLE = DOCS / "examples" / "own_lecture"
SHOWN = [(re.search(r'title="([^"]+)"', block.more), block.text) for block in blocks(PAGE)]
EXCERPTS = [(found[1], text) for found, text in SHOWN if found]


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = Path(shutil.copytree(EXAMPLE, tmp_path / "mycourse"))
    monkeypatch.chdir(made)
    return made


def test_the_example_is_proven(course: Path) -> None:
    done = CliRunner().invoke(app, ["validate", "week1", "--seeds", "3", "--jobs", "1", "--json"])
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)
    assert found["complaints"] == [] and found["exercises"] == 2
    assert found["hinted"] == found["mistakes"] >= 6 and found["equivalent"] == 1
    assert found["figures"] == found["gradients"] == 1


@pytest.mark.parametrize(("name", "text"), EXCERPTS, ids=[name for name, _ in EXCERPTS])
def test_what_is_shown_stands_in_the_file(name: str, text: str) -> None:
    assert text.strip("\n") in (EXAMPLE / name).read_text(encoding="utf-8")


def test_every_file_is_told_of() -> None:
    told = page(PAGE).split("\n## 1.")[0]
    for path in EXAMPLE.rglob("*"):
        if path.is_file() and path.parent.name != "handed_in" and path.name != "__init__.py":
            assert path.name in told, f"docs/own-lecture.md does not name {path.name}"


def test_every_exercise_has_three_mistakes_and_one_has_a_driver() -> None:
    lesson = load_lesson(load_course(EXAMPLE), "week1")
    for name in lesson.exercises:
        assert sum(mistake.exercise == name for mistake in lesson.mistakes) >= 3
    assert [name for name, one in lesson.exercises.items() if one.driver] == ["RunningMean"]
    assert any(mistake.further for mistake in lesson.mistakes)


@pytest.mark.parametrize("row", rows(section(PAGE, "## Prove it")), ids=lambda row: row[0])
def test_a_complaint_that_is_explained_exists(row: list[str]) -> None:
    said = re.sub(r"NAME|'other_mistake'|\d", "\0", row[0].strip("`"))
    code = "\n".join(path.read_text(encoding="utf-8")
                     for path in (DOCS.parent / "grader").rglob("*.py"))  # fmt: skip
    for part in said.split("\0"):
        assert part.strip() in code, f"nothing says {part!r}"


def test_the_draft_s_complaint_is_told_as_it_comes(course: Path) -> None:
    (course / "solutions" / "week1" / "equivalent.yml").unlink()
    done = CliRunner().invoke(app, ["validate", "week1", "--seeds", "1", "--jobs", "1"])
    assert done.exit_code == 1
    told = next(block.text for block in blocks(PAGE, "text") if "it survives" in block.text)
    assert " ".join(told.split()) in " ".join(done.output.split())
    assert page(PAGE).count("it survives: a case is missing") == 2
