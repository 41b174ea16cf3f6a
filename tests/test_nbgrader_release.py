"""A release: what is in it, what must never be, and that it runs in a real kernel."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from grader.course.secret import secret_seed
from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.nbgrader.leaks import check_release
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from tests.loop_class import ONE, small_course

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = small_course(tmp_path_factory.mktemp("release"))
    release(made, ONE)
    return made


def test_the_release_is_in_the_exchange_and_in_the_gradebook(course: Course) -> None:
    path = places_of(course).exchange / "small" / "outbound" / ONE / f"{ONE}.ipynb"
    assert path.read_bytes() == places_of(course).released(ONE).read_bytes()
    with gradebook(course) as book:
        assert book.find_notebook(ONE, ONE).max_score == 6.0


def test_the_release_holds_nothing_of_the_instructors_side(course: Course) -> None:
    text = places_of(course).released(ONE).read_text()
    for secret in ("_times", "math.sqrt", "BEGIN SOLUTION", "Twice, not squared", "double_squared",
                   "expect=", secret_seed(course.root)):  # fmt: skip
        assert secret not in text


def plant(course: Course, tmp_path: Path, change: Callable[[Any], None]) -> None:
    """Release with something planted in the notebook; raises what the check raises."""
    places = places_of(course)
    notebook = json.loads(places.released(ONE).read_text())
    change(notebook)
    (tmp_path / f"{ONE}.ipynb").write_text(json.dumps(notebook))
    source = places.of("source", ".", ONE) / f"{ONE}.ipynb"
    check_release(course, ONE, source, tmp_path)


def in_text(notebook: Any) -> None:
    notebook["cells"][0]["source"] = "# One\n\n    return _times(x, TWO) * np.float64(scale)"


def in_outputs(notebook: Any) -> None:
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "42"}]


def in_cell_metadata(notebook: Any) -> None:
    notebook["cells"][2]["metadata"]["note"] = {"deep": ["Twice, not squared."]}


def in_notebook_metadata(notebook: Any) -> None:
    notebook["metadata"]["authors"] = ["double_squared"]


def in_attachments(notebook: Any) -> None:
    notebook["cells"][0]["attachments"] = {"a.png": {"image/png": "aGk="}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (in_text, "a line of answers.py"),
        (in_outputs, "outputs"),
        (in_cell_metadata, "the hint of a mistake"),
        (in_notebook_metadata, "the name of a mistake"),
        (in_attachments, "attachments, not made by the build"),
        (lambda nb: nb["cells"].append(nb["cells"][0]), "cells, of a source with"),
    ],
)
def test_a_planted_leak_is_refused(
    course: Course, tmp_path: Path, change: Callable[[Any], None], says: str
) -> None:
    with pytest.raises(CourseError, match=f"(?s)must not see.*{says}"):
        plant(course, tmp_path, change)


def test_the_seed_and_stray_files_are_refused(course: Course, tmp_path: Path) -> None:
    seed = secret_seed(course.root)
    (tmp_path / "answers.py").write_text(f"SEED = '{seed}'")
    with pytest.raises(
        CourseError, match=r"answers\.py: a file that the build did not make"
    ) as told:
        plant(course, tmp_path, lambda nb: nb["metadata"].update(language_info={"name": seed}))
    assert "secret seed" in str(told.value) and seed not in str(told.value)


def test_a_refused_release_reaches_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course = small_course(tmp_path)
    folder = course.root / "build" / "nbgrader" / "release" / ONE
    folder.mkdir(parents=True)
    (folder / "solutions.txt").write_text("left over from somewhere")
    monkeypatch.setattr("nbgrader.converters.base.rmtree", lambda path: None)
    with pytest.raises(CourseError, match=r"solutions.txt"):
        release(course, ONE)
    assert not (places_of(course).exchange / "small" / "outbound" / ONE).exists()
    assert not folder.exists()


@pytest.mark.parametrize("name", list(load_course(ROOT).assignments))
def test_no_assignment_of_the_course_leaks(name: str, tmp_path: Path) -> None:
    from grader.nbgrader.leaks import without_solutions
    from grader.notebook.build import build

    course = load_course(ROOT)
    (source,) = build(course, [name], tmp_path)
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        cell["source"] = without_solutions("".join(cell["source"]), cell)
    folder = tmp_path / "release"
    folder.mkdir()
    (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
    check_release(course, name, source, folder)


def test_the_release_runs_top_to_bottom_in_a_real_kernel(course: Course) -> None:
    notebook = nbformat.read(places_of(course).released(ONE), as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    raised = {
        cell.metadata.get("nbgrader", {}).get("grade_id", ""): output.ename
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error"
    }
    assert raised.pop("test-double") == raised.pop("test-Counter") == "NotImplementedError"
    # What shows something with an answer meets the same stub.
    assert set(raised.values()) <= {"NotImplementedError"}
    assert all(re.match("demo-|example-", grade_id) for grade_id in raised)


def test_an_assignment_of_the_course_runs_there_too(tmp_path: Path) -> None:
    from grader.nbgrader.leaks import without_solutions
    from grader.notebook.build import build

    (source,) = build(load_course(ROOT), ["lec05_backprop"], tmp_path)
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        cell.source = without_solutions(cell.source, cell)
    NotebookClient(notebook, timeout=300, kernel_name="python3", allow_errors=True).execute()
    errors = {
        cell.metadata.nbgrader.grade_id: [o.ename for o in cell.outputs if o.output_type == "error"]
        for cell in notebook.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
    }
    tests = [grade_id for grade_id in errors if grade_id.startswith("test-")]
    assert tests and all(errors[grade_id] == ["NotImplementedError"] for grade_id in tests)
    assert {name for found in errors.values() for name in found} == {"NotImplementedError"}
