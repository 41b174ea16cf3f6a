"""A definition with a changed statement is written as `ast.unparse` writes it."""

import ast
from pathlib import Path

import pytest

from grader.course.slips.insertions import insertions
from grader.course.slips.templates import Templates, inserted
from grader.course.slips.transforms import transforms_of

SOLUTIONS = Path(__file__).resolve().parents[1] / "solutions"


@pytest.mark.parametrize("lecture", ["lec05_backprop", "lec12_lstm"])
def test_changes_are_written_as_a_whole_would_be(lecture: str) -> None:
    source = (SOLUTIONS / lecture / "answers.py").read_text("utf-8")
    transforms = transforms_of(source)
    seen = 0
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            templates = Templates(node)
            for change in insertions(node, transforms)[::7]:
                with change.applied():
                    whole = ast.unparse(node)
                assert templates.changed(change) == whole
                seen += 1
    assert seen > 100


def test_a_statement_is_put_behind_the_docstring() -> None:
    (node,) = ast.parse('def f(a, b):\n    """Say."""\n    return a + b\n').body
    assert isinstance(node, ast.FunctionDef)
    before = ast.unparse(node)
    (one, other) = inserted(node, 1, ["a = b", "a, b = (b, a)"])
    assert one == 'def f(a, b):\n    """Say."""\n    a = b\n    return a + b'
    assert other == 'def f(a, b):\n    """Say."""\n    a, b = (b, a)\n    return a + b'
    assert ast.unparse(node) == before
