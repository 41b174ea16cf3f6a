"""What a command imports before it does anything: little for help and completion, never torch."""

import os
import subprocess
import sys

import pytest

from grader.controller.zygote import grader_folder

HEAVY = (
    "torch", "numpy", "matplotlib", "sqlalchemy", "nbgrader", "nbformat", "nbconvert", "jupytext",
    "otter", "jinja2", "yaml", "psutil", "distributed", "sklearn", "pandas",
)  # fmt: skip
MOST = 550
"""Modules in all; 439 with rich 15 and typer 0.29, which brings pydantic to read the options."""

PROGRAM = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
sys.argv[0] = "chainrule"
from grader.cli import app
app()
"""


def imported(*arguments: str, **environment: str) -> set[str]:
    """The modules that a command of `chainrule` has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=os.environ | {"PYTHONPATH": grader_folder()} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout
    return set(done.stderr.split())


COMPLETION = {
    "_CHAINRULE_COMPLETE": "complete_bash",
    "COMP_WORDS": "chainrule gr",
    "COMP_CWORD": "1",
}


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--help"], {}),
        (["doctor", "--help"], {}),
        (["grade", "--help"], {}),
        (["validate", "--help"], {}),
        ([], COMPLETION),
    ],
)
def test_help_and_completion_import_little(
    arguments: list[str], environment: dict[str, str]
) -> None:
    modules = imported(*arguments, **environment)
    assert "grader.cli.main" in modules
    assert not modules & set(HEAVY)
    assert len(modules) < MOST


def test_the_doctor_tries_the_layers_without_a_heavy_library() -> None:
    modules = imported("doctor")
    assert "grader.grading.doctor" in modules
    assert not modules & (set(HEAVY) - {"numpy"})


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("grader.cli.grade_run", {"torch", "nbgrader", "nbformat", "matplotlib", "jinja2"}),
        ("grader.validate.validating", {"torch", "nbgrader", "nbformat", "matplotlib", "jinja2"}),
    ],
)
def test_what_a_class_waits_for_is_imported_lean(module: str, without: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert module in modules and not modules & without
