"""otter: the real `otter assign`, the students' notebook in a real kernel, and the autograder.

The autograder runs as on Gradescope, by its own `run_autograder`, from the unpacked zip, in a
folder with `source`, `submission` and `results`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from small_course import ANSWERS, COURSE, NOTEBOOK, write_course  # type: ignore[import-not-found]

from grader.course import load_course
from grader.doctor import IsolationUnavailable, require_full
from grader.errors import CourseError
from grader.grading import Options, grade_class
from grader.lesson import load_lesson
from grader.otter import autograde
from grader.otter.assigning import Assigned, assign
from grader.otter.bundle import CONFIG, Grading, write_bundle
from grader.otter.master import master

HOME = Path(__file__).parents[1]
# What the small course lacks: an example that gives a name to a later cell, and given data.
EXAMPLE = '''\
four = double(2)
text = """two
lines"""
assert len(text) == 9
assert four == 4, f"not {four}"
'''
RICH = NOTEBOOK.replace("assert double(2) == 4\n", EXAMPLE) + (
    "\n# %% demo=true\nprint(four, shown)\n"
)


def full_isolation() -> bool:
    try:
        require_full()
    except IsolationUnavailable:
        return False
    return True


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_course(
        tmp_path_factory.mktemp("small") / "course",
        course=COURSE + "database: postgresql://me:secret@host/x\n",
        notebook=RICH,
    )
    (made / "assignments" / "one" / "data").mkdir()
    (made / "assignments" / "one" / "data" / "points.csv").write_text("1,2\n")
    (made / "reference").mkdir()
    (made / "reference" / "__init__.py").write_text("")
    return made


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


# The autograder


def unpack(bundle: Path, where: Path) -> Path:
    """Lay the zip out as Gradescope does; returns the folder that is /autograder there."""
    for name in ("source", "submission", "results"):
        (where / name).mkdir(parents=True)
    subprocess.run([sys.executable, "-c", _UNZIP, str(bundle), str(where / "source")], check=True)
    return where


_UNZIP = """
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for info in archive.infolist():
        path = archive.extract(info, sys.argv[2])
        os.chmod(path, (info.external_attr >> 16) & 0o777)
"""


def run_autograder(place: Path) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [place / "source" / "run_autograder", place],
        cwd="/",
        env=kept | {"CHAINRULE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def results(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((place / "results" / "results.json").read_text())
    return found


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
    assert {t["name"]: (t["score"], t["max_score"], t["status"]) for t in found["tests"]} == {
        "double": (2.0, 2.0, "passed"),
        "Counter": (3.0, 3.0, "passed"),
    }
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
    double, counter = found["tests"]
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


def test_setup_is_sound_shell(place: Path) -> None:
    for script in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", place / "source" / script], check=True)
    wanted = (place / "source" / "requirements.txt").read_text()
    assert "torch==" in wanted and "otter" not in wanted and "+" not in wanted.split("\n", 1)[1]


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
