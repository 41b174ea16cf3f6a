"""Exercises are tried again in the worker that ran them, and in a fresh one unless they pass."""

from pathlib import Path
from typing import Any

import pytest
from small_course import write_course  # type: ignore[import-not-found]
from test_follow_through import (  # type: ignore[import-not-found]
    ANSWERS,
    CHECKS,
    COURSE,
    MISTAKES,
    NO_SHIFT,
    NOTEBOOK,
)

from grader.course.syllabus import Course, load_course
from grader.grading.grading import Options, grade_class
from grader.results import SubmissionResult

HEADER = "import os, sys, torch\nseen = []\n"
CHAIN = """
def chain(x, times):
    seen.append(times)
    if len(seen) > 4:  # three calls and a simulated one came before
        {what}
    outs = []
    for _ in range(times):
        x = scale(x)
        outs.append(x)
    return torch.stack(outs)
"""
SECOND_TIME = {
    "dies": "os._exit(0)",
    "crashes": "os.abort()",
    "raises": "raise ValueError(times)",
    "is_wrong": "x = x + 1",
    "hangs": "while True: pass",
    "leaves": "sys.exit()",
    "forges": "os.write(3, b'x' * 64)",
    "closes": "os.close(3)",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("staying") / "course"
    write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    return load_course(root)


def graded(course: Course, folder: Path, sources: dict[str, str]) -> tuple[Any, int]:
    folder.mkdir()
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
    counts: dict[str, Any] = {}
    report = grade_class(course, "one", folder, Options(jobs=1), None, account=counts.update)
    return {one.student: one for one in report.submissions}, counts["forks"]


def of(result: SubmissionResult, name: str) -> tuple[str, float, str]:
    (one,) = (each for each in result.exercises if each.name == name)
    return one.verdict, one.score, one.message


STORES = """
def scale(x):
    return 3 * x

inputs, answers = [], {}

def borrows(x):
    inputs.append(x)
    return answers.get(str(x), x)

def chain(x, times):
    for one in inputs:
        answers[str(one)] = scale(one)
    outs = []
    for _ in range(times):
        x = scale(x)
        outs.append(x)
    return torch.stack(outs)
"""
BORROWS = '''

@exercise(uses=("parse",))
def borrows(rng):
    """The same as scale, by itself."""
    x = rng.normal(size=4)
    yield case(x, expect=3 * x + 1)
'''


def test_answers_for_one_set_serve_no_other(tmp_path: Path) -> None:
    """What a stand-in says of another exercise's inputs earns that one nothing."""
    syllabus = COURSE.replace("apart: 1", "borrows: 1")
    notebook = NOTEBOOK.replace("apart", "borrows")
    answers = ANSWERS.replace(
        "def apart(x):\n    return 3 * x", "def borrows(x):\n    return 3 * x + 1"
    )
    checks = CHECKS[: CHECKS.index("@exercise()\ndef apart")] + BORROWS
    root = tmp_path / "course"
    write_course(root, syllabus, notebook, answers, checks, MISTAKES)
    source = f"import torch\n{STORES}\ndef parse(text):\n    return 0\n"
    results, _ = graded(load_course(root), tmp_path / "class", {"stores": source})
    assert of(results["stores"], "chain")[:2] == ("passed", 4.0)
    assert of(results["stores"], "borrows")[:2] == ("failed", 0.0)


def test_what_is_left_over_fails_nobody(course: Course, tmp_path: Path) -> None:
    """Whatever becomes of it the second time in one worker, a fresh one decides."""
    wrong = NO_SHIFT[NO_SHIFT.index("def scale") : NO_SHIFT.index("def chain")]
    rest = ANSWERS[ANSWERS.index("def total") :]
    parse = ANSWERS[ANSWERS.index("def parse") : ANSWERS.index("def chain")]
    sources = {
        name: "\n\n".join((HEADER, wrong, parse, CHAIN.format(what=what), rest))
        for name, what in SECOND_TIME.items()
    }
    results, forks = graded(course, tmp_path / "class", sources | {"honest": ANSWERS})
    assert of(results["honest"], "chain")[:2] == ("passed", 4.0)
    for name in SECOND_TIME:
        assert of(results[name], "scale")[0] == "failed"
        assert of(results[name], "chain") == ("passed", 4.0, "right, given a right scale"), name
    assert forks >= 2 * len(SECOND_TIME)
