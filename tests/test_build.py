# ruff: noqa: E501 (a table of errors reads best with each in one line)
"""Composing nbgrader's source: the answers in their stubs, the release without them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader import preprocessors
from nbgrader.nbgraderformat import MetadataValidator
from small_course import NOTEBOOK, write_course  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.notebook import compose, notebook_text, read_assignment
from grader.notebook.answers import read_answers
from grader.notebook.build import build, verify, write_whole
from grader.notebook.composing import answers_path

OURS = Path(__file__).parents[1]


def our_assignments() -> list[str]:
    return [n for n in load_course(OURS).assignments if (OURS / "assignments" / n).is_dir()]


def small(folder: Path, **parts: str) -> Course:
    return load_course(write_course(folder, **parts))


def run(cells: list[str]) -> dict[str, Any]:
    """Run sources one after another in one namespace."""
    names: dict[str, Any] = {"__name__": "notebook"}
    for number, cell in enumerate(cells):
        exec(compile_(cell, number), names)
    return names


def compile_(source: str, number: int) -> Any:
    return compile(source, f"<cell {number}>", "exec", dont_inherit=True)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def by_id(notebook: nbformat.NotebookNode) -> dict[str, nbformat.NotebookNode]:
    return {
        cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if cell.metadata.get("nbgrader")
    }  # fmt: skip


def released(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """What nbgrader's own preprocessors make of a source."""
    resources: dict[str, Any] = {}
    copy = nbformat.reads(notebook_text(notebook), as_version=4)
    for name in ("CheckCellMetadata", "LockCells", "ClearSolutions", "ClearHiddenTests", "CheckCellMetadata"):  # fmt: skip
        copy, resources = getattr(preprocessors, name)().preprocess(copy, resources)
    MetadataValidator().validate_nb(copy)
    nbformat.validate(copy)
    return copy


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_composed_notebook_runs(tmp_path: Path, language: str) -> None:
    names = run(code_of(compose(small(tmp_path), "one", language)))
    assert names["double"](3, scale=2.0) == 12
    assert names["Counter"](1).again() == 2
    assert "UNUSED" not in names


def test_the_cells_of_nbgrader(tmp_path: Path) -> None:
    cells = by_id(compose(small(tmp_path), "one"))
    kinds = {
        name: (c.metadata.nbgrader.grade, c.metadata.nbgrader.solution, c.metadata.nbgrader.locked)
        for name, c in cells.items()
    }
    graded, answer, locked = (True, False, True), (False, True, False), (False, False, True)
    assert kinds["double"] == kinds["Counter"] == answer
    assert kinds["test-double"] == kinds["test-Counter"] == graded
    assert kinds["why"] == (True, True, False)
    assert all(kinds[name] == locked for name in kinds if name.startswith(("text-", "demo-")))
    points = {
        n: c.metadata.nbgrader.points for n, c in cells.items() if "points" in c.metadata.nbgrader
    }
    assert points == {"test-double": 2, "test-Counter": 3, "why": 1}


def test_further_examples_and_exercises_without(tmp_path: Path) -> None:
    text = NOTEBOOK.replace("# %% demo=true", '# %% example="double"')
    text = text.replace('# %% example="Counter"', "# %% demo=true")
    cells = by_id(compose(small(tmp_path, notebook=text), "one"))
    assert cells["test-double"].source == "assert double(2) == 4"
    assert [name for name in cells if name.startswith("example-")] != []
    assert cells["test-Counter"].source == "# This exercise is checked by hidden cases only."


def test_equal_cells_have_ids_of_their_own(tmp_path: Path) -> None:
    text = NOTEBOOK + "\n# %% demo=true\nshown = double(np.arange(3))\n"
    ids = list(by_id(compose(small(tmp_path, notebook=text), "one")))
    assert len([name for name in ids if name.startswith("demo-")]) == 2 == len(set(ids) & {
        name for name in ids if name.startswith("demo-")
    })  # fmt: skip


def test_the_release_holds_no_answer(tmp_path: Path) -> None:
    blank = released(compose(small(tmp_path), "one"))
    text = "\n".join(cell.source for cell in blank.cells)
    for secret in (
        "_times",
        "TWO",
        "cached",
        "by=1",
        "self.by",
        "lecture has it",
        "again",
        "SOLUTION",
    ):
        assert secret not in text
    names = run(code_of(blank)[:1] + [by_id(blank)[name].source for name in ("double", "Counter")])
    with pytest.raises(NotImplementedError):
        names["double"](2)
    with pytest.raises(NotImplementedError):
        names["Counter"](2)


@pytest.mark.parametrize("name", our_assignments())
def test_our_releases_hold_no_answer_and_every_stub_raises(name: str) -> None:
    course = load_course(OURS)
    notebook = read_assignment(course, name)
    answers = read_answers(answers_path(course, name), notebook.exercises)
    blank = released(compose(course, name))
    student = notebook.path.read_text(encoding="utf-8")
    text = "\n".join(cell.source for cell in blank.cells)
    for line in answers.lines:
        if len(line.strip()) > 15 and line.strip() not in student:
            assert line.strip() not in text
    for exercise, cell in by_id(blank).items():
        if exercise in notebook.stubs:
            assert "raise NotImplementedError()" in cell.source
            assert len(cell.source) <= len(
                notebook.stubs[exercise].source
            ) + 30 * cell.source.count("YOUR CODE")


@pytest.mark.parametrize("name", our_assignments())
def test_our_assignments_fit_together(name: str) -> None:
    verify(load_course(OURS), name)


def test_a_kernel_runs_ours(tmp_path: Path) -> None:
    """A real kernel, from another folder, as nbgrader has it."""
    notebook = compose(load_course(OURS), "lec05_backprop")
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [o.output_type for cell in notebook.cells for o in cell.get("outputs", [])]
    assert "error" not in outputs and "stream" not in outputs


def test_same_input_same_bytes(tmp_path: Path) -> None:
    """Also in other processes, whose hashes of strings differ, and from another folder."""
    one = small(tmp_path / "a")
    other = small(tmp_path / "elsewhere" / "b")
    assert notebook_text(compose(one, "one")) == notebook_text(compose(other, "one"))
    program = (
        "import sys; from pathlib import Path; from grader.notebook.build import build; "
        "from grader.course.syllabus import load_course; "
        "build(load_course(Path(sys.argv[1])), ['one'], Path(sys.argv[2]))"
    )
    texts = set()
    for seed in ("1", "2"):
        out = tmp_path / seed
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(OURS), "TZ": f"UTC+{seed}"}
        subprocess.run([sys.executable, "-c", program, one.root, out], check=True, env=env)
        texts.add((out / "source/one/one.ipynb").read_bytes())
    assert texts == {notebook_text(compose(one, "one")).encode()}


def test_build_writes_nbgraders_layout(tmp_path: Path) -> None:
    course = small(tmp_path)
    (path,) = build(course, ["one"])
    assert path == course.root / "build/nbgrader/source/one/one.ipynb"
    read: Any = nbformat.read
    assert read(path, as_version=4) == compose(course, "one")
    assert [p.name for p in path.parent.iterdir()] == ["one.ipynb"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_failed_build_leaves_the_old_one(tmp_path: Path) -> None:
    (path,) = build(small(tmp_path), ["one"])
    before = path.read_bytes()
    with pytest.raises(CourseError):
        build(small(tmp_path, answers="double = 3"), ["one"])
    assert path.read_bytes() == before


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "x", "text")
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_helper_needed_at_once_goes_one_exercise_up(tmp_path: Path) -> None:
    cells = by_id(compose(small(tmp_path), "one"))
    assert "from functools import cached_property" in cells["double"].source
    assert "functools" not in cells["Counter"].source
