"""The student's own check with the notebook alone, and in an ordinary process, on any system."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from nbformat import from_dict
from nbgrader.utils import compute_checksum
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.controller.messages import CRASH, TIMEOUT, UNREACHED
from grader.course.syllabus import load_course
from grader.errors import UsageError
from grader.grading.alone import EDITED, UNCONFINED, Checked, check_alone, check_plainly
from grader.grading.plainly import Job, run_examples
from grader.submissions import Unreadable

RIGHT = "def double(x):\n    return 2 * x\n"


def code(source: str, name: str = "", *, given: bool = True) -> dict[str, Any]:
    """A code cell as nbgrader releases it."""
    cell: dict[str, Any] = {
        "cell_type": "code", "metadata": {}, "source": source, "outputs": [],
        "execution_count": None, "id": f"cell-{abs(hash((source, name)))}",
    }  # fmt: skip
    if name:
        marks = {
            "grade_id": name, "grade": name.startswith("test-"), "locked": given,
            "solution": not given, "points": 2.0, "schema_version": 3, "task": False,
        }  # fmt: skip
        cell["metadata"] = {"nbgrader": marks}
        marks["checksum"] = compute_checksum(from_dict(cell))
    return cell


def notebook(
    folder: Path,
    answer: str,
    *more: dict[str, Any],
    example: str = "assert double(2) == 4, 'two twos'",
) -> Path:
    cells = [
        code("import math"),
        code(answer, "double", given=False),
        code(example, "test-double"),
        code("1 / 0", "demo-0000"),
        *more,
    ]
    path = folder / "one.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    return path


def alone(path: Path) -> tuple[Checked, ...]:
    return check_alone(path).examples


def test_right_answers_pass(tmp_path: Path) -> None:
    more = code("assert double(3) == 6", "example-0000")
    (found,) = alone(notebook(tmp_path, RIGHT, more))
    assert (found.exercise, found.passed, found.message) == ("double", True, "")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("def double(x):\n    return x\n", "two twos"),
        ("def double(x):\n    raise NotImplementedError\n", "not answered yet"),
        ("def double(x):\n    return 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def double(x) return x\n", "NameError: name 'double' is not defined"),
        ("import os\ndef double(x):\n    os._exit(0)\n", CRASH.replace("the call", "a cell")),
    ],
)
def test_a_wrong_answer_says_what_the_example_says(tmp_path: Path, answer: str, says: str) -> None:
    (found,) = alone(notebook(tmp_path, answer))
    assert not found.passed and found.message.startswith(says)


def test_the_second_example_counts_and_an_example_leaves_nothing_behind(tmp_path: Path) -> None:
    more = code("assert x == 0, x", "example-0000")
    cells = [code("x = 0"), more]
    (found,) = alone(notebook(tmp_path, RIGHT, *cells, example="x = 7\nassert double(2) == 4"))
    assert found.passed
    wrong = code("assert double(3) == 7, 'not seven'", "example-0001")
    (found,) = alone(notebook(tmp_path, RIGHT, wrong))
    assert found.message == "not seven"


def test_cells_that_crash_are_left_out_and_a_magic_is_skipped(tmp_path: Path) -> None:
    more = [code("import os\nos._exit(3)"), code("%matplotlib inline\n!pip install x"), code("1/0")]
    (found,) = alone(notebook(tmp_path, RIGHT, *more))
    assert found.passed


def test_the_notebooks_process_imports_no_torch_of_itself() -> None:
    program = "import sys, grader.worker.plainly; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.stdout.strip() == "False"


def test_cells_and_examples_that_hang_are_stopped(tmp_path: Path) -> None:
    forever = "while True:\n    pass\n"
    cells = ((1, forever), (2, RIGHT))
    examples = ((3, "assert double(2) == 4"), (4, forever), (5, "assert double(1) == 2"))
    said = run_examples(Job(cells, examples, False, tmp_path), seconds=3.0)
    assert said == {3: "", 4: TIMEOUT.replace("the call", "a cell"), 5: ""}


def test_a_notebook_that_always_crashes_comes_to_an_end(tmp_path: Path) -> None:
    crashes = tuple((number, f"import os\nos._exit({number})") for number in range(1, 60))
    said = run_examples(Job(crashes, ((99, "assert True"),), False, tmp_path))
    assert said == {99: UNREACHED}


def test_a_changed_example_does_not_pass(tmp_path: Path) -> None:
    path = notebook(tmp_path, "def double(x):\n    return x\n")
    path.write_text(path.read_text().replace("double(2) == 4", "double(2) == 2"))
    (found,) = alone(path)
    assert (found.passed, found.message) == (False, EDITED)


def test_a_file_without_examples_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "one.py"
    script.write_text(RIGHT)
    with pytest.raises(Unreadable, match="holds no examples of a release"):
        check_alone(script)
    bare = tmp_path / "bare.ipynb"
    bare.write_text(
        json.dumps({"cells": [code(RIGHT)], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    with pytest.raises(Unreadable, match="holds no examples of a release"):
        check_alone(bare)
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        check_alone(tmp_path / "nowhere.ipynb")


def test_the_command_outside_of_any_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook(tmp_path, RIGHT)
    done = CliRunner().invoke(app, ["check", "one.ipynb"])
    assert done.exit_code == 0, done.output
    assert "1 of 1 examples pass" in done.stdout and UNCONFINED in done.stdout
    assert "hand it in" in done.stderr
    notebook(tmp_path, "def double(x):\n    return x\n")
    done = CliRunner().invoke(app, ["check", "one.ipynb"])
    assert done.exit_code == 1 and "two twos" in done.stdout and "mend double" in done.stderr


def test_a_chinese_notebook_is_told_in_chinese(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = notebook(tmp_path, "def double(x):\n    raise NotImplementedError\n")
    made = json.loads(path.read_text())
    made["metadata"] = {"chainrule": {"assignment": "one", "language": "zh"}}
    path.write_text(json.dumps(made))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["check", "one.ipynb"])
    assert done.exit_code == 1 and "没有隔离" in done.stdout and "未通过" in done.stdout
    assert "下一步： 先改好 double" in done.stderr


def test_with_a_course_but_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = red_course(tmp_path, PATIENT)
    monkeypatch.chdir(root)
    (root / "one.py").write_text(HONEST + "\ndef scale(x):\n    return x\n")
    checks = check_plainly(load_course(root), "one", root / "one.py")
    found = {one.exercise: one for one in checks.examples}
    assert found["scale"].message == "3 · 1 + 1 is 4" and found["Tally"].passed
    done = CliRunner().invoke(app, ["check", "one.py", "--isolation", "none"])
    assert done.exit_code == 1 and "2 of 3 examples pass" in done.stdout
    assert UNCONFINED in done.stdout
