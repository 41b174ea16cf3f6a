"""otter's notebooks: the real `otter assign`, and `grader.check` in a real kernel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from otter_places import (  # type: ignore[import-not-found]
    full_isolation,
    otter_course,
)
from small_course import ANSWERS, NOTEBOOK, write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.grading.grading import Options, grade_class
from grader.otter.assigning import Assigned, assign
from grader.otter.bundle import Grading
from grader.otter.master import master

HOME = Path(__file__).parents[1]


# What the small course lacks: an example that gives a name to a later cell, and given data.
@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return otter_course(tmp_path_factory.mktemp("small") / "course")


@pytest.fixture(scope="module")
def made(root: Path) -> Assigned:
    return assign(load_course(root), "one", root / "otter", Grading())


def code_cells(path: Path) -> list[str]:
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def run_notebook(path: Path, cells: list[str]) -> list[Any]:
    """Run cells in a real kernel beside a notebook; a cell that fails does not stop the next."""
    node = nbformat.v4.new_notebook()
    node.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    client = NotebookClient(
        node, timeout=120, allow_errors=True, resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    return [cell.outputs for cell in node.cells]


def shown(outputs: list[Any]) -> str:
    parts = []
    for output in outputs:
        parts.append(output.get("text", ""))
        parts.append(output.get("data", {}).get("text/plain", ""))
        parts.append(output.get("evalue", ""))
    return "\n".join(parts)


def test_the_master_notebook_has_otters_blocks(root: Path) -> None:
    node = master(load_course(root), "one", ("data/points.csv",))
    raws = [c.source for c in node.cells if c.cell_type == "raw"]
    assert raws[0].startswith("# ASSIGNMENT CONFIG\nname: one")
    assert "data/points.csv" in raws[0]
    assert "# BEGIN QUESTION\nname: double\npoints: 2" in raws
    assert "# BEGIN QUESTION\nname: why\npoints: 1\nmanual: true" in raws
    for block in ("SOLUTION", "TESTS", "PROMPT", "QUESTION"):
        assert any(raw.startswith(f"# BEGIN {block}") for raw in raws)
        begun = sum(raw.startswith(f"# BEGIN {block}") for raw in raws)
        assert begun == sum(raw == f"# END {block}" for raw in raws)
    assert node == master(load_course(root), "one", ("data/points.csv",))


def test_students_get_stubs_and_no_answer(made: Assigned) -> None:
    cells = code_cells(made.student)
    (double,) = [cell for cell in cells if "def double" in cell]
    assert double.endswith("    raise NotImplementedError")
    assert "BEGIN" not in double and "_times" not in double
    (counter,) = [cell for cell in cells if "class Counter" in cell]
    assert counter.count("raise NotImplementedError") == 2 and "cached" not in counter
    text = made.student.read_text()
    for secret in ("_times", "cached_property", "TWO", "double_squared"):
        assert secret not in text
    assert (made.student.parent / "data" / "points.csv").is_file()
    assert sorted(p.name for p in made.student.parent.iterdir()) == ["data", "one.ipynb"]


def test_check_works_in_a_kernel_on_the_students_notebook(made: Assigned) -> None:
    cells = code_cells(made.student)
    right = "def double(x, scale=1.0):\n    return 2 * x * scale"
    wrong = "def double(x, scale=1.0):\n    return x * x + 1"
    place = next(n for n, cell in enumerate(cells) if "def double" in cell)
    check = cells[place + 1]
    assert check == 'grader.check("double")'
    before = cells[:place]
    outputs = run_notebook(
        made.student,
        [*before, check, cells[place], check, wrong, check, right, check, "four"],
    )
    undefined, stub, failed, passed, names = (shown(outputs[place + n]) for n in (0, 2, 4, 6, 7))
    assert "double is not defined yet: run its cell first" in undefined
    assert "NotImplementedError" in stub
    assert "AssertionError: not 5" in failed and "four == 4" in failed
    assert "double results: All test cases passed!" in passed
    assert names.strip() == "4.0"


def test_the_answers_pass_all_checks_in_a_kernel(made: Assigned) -> None:
    cells = [cell for cell in code_cells(made.answers) if "grader.export" not in cell]
    outputs = run_notebook(made.answers, cells)
    assert not [o for cell in outputs for o in cell if o.output_type == "error"]
    everything = shown(outputs[-1])
    assert cells[-1] == "grader.check_all()"
    assert "double results: All test cases passed!" in everything
    assert "Counter results: All test cases passed!" in everything


def test_what_otter_would_misread_is_refused(tmp_path: Path) -> None:
    odd = NOTEBOOK.replace("import numpy as np\n", "import numpy as np\nx = 1  # IGNORE\n")
    root = write_course(tmp_path / "course", notebook=odd)
    with pytest.raises(CourseError, match=r"otter does not render.*\n.*code cell 2"):
        assign(load_course(root), "one", tmp_path / "out", Grading())
    assert not (tmp_path / "out").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["course"]


def test_an_example_may_not_use_otters_name(tmp_path: Path) -> None:
    odd = NOTEBOOK.replace("assert double(2) == 4", "env = 2\nassert double(env) == 4")
    root = write_course(tmp_path, notebook=odd)
    with pytest.raises(CourseError, match="otter needs the name env"):
        master(load_course(root), "one")


def test_otters_cells_cost_nothing_at_home(made: Assigned, root: Path, tmp_path: Path) -> None:
    shutil.copy(made.answers, tmp_path / "alice.ipynb")
    level: Any = "full" if full_isolation() else "process"
    report = grade_class(
        load_course(root), "one", tmp_path / "alice.ipynb", Options(isolation=level), None
    )
    assert [s.score for s in report.submissions] == [5.0]
    assert ANSWERS not in made.student.read_text()


def test_the_courses_own_back_propagation(tmp_path: Path) -> None:
    """`grader.check("affine_backward")` of lecture 5, in a real kernel."""
    course = load_course(HOME)
    made = assign(course, "lec05_backprop", tmp_path / "out", Grading())
    cells = code_cells(made.student)
    place = next(n for n, cell in enumerate(cells) if "def affine_backward" in cell)
    right = "def affine_backward(dz, a, w):\n    return dz @ w.T, a.T @ dz, dz.sum(0)"
    wrong = right.replace("dz.sum(0)", "dz")
    check = 'grader.check("affine_backward")'
    outputs = run_notebook(made.student, [*cells[:2], wrong, check, right, check])
    assert cells[place + 1] == check
    assert "db has the shape of b, (3,), not (2, 3)" in shown(outputs[3])
    assert "passed" in shown(outputs[5]) and "failed" not in shown(outputs[5])
