"""Mutants of model answers: what is changed, what is left alone, and the list of equivalents."""

import ast
from pathlib import Path

import pytest

from grader.course.slips.mutants import Mutant, mutants
from grader.errors import CourseError
from grader.validate.equivalent import equivalents, stale

ANSWERS = '''"""Answers."""
import numpy as np


def helper(x=1):
    return x + 1


@staticmethod
def f(x: int = 2, *, eps: float = 1e-5) -> "np.ndarray":
    """Return 1 + x."""
    y: int = x
    y = y - 1
    if x < 0:
        raise ValueError("x < 0" + str(1 + 1))
    for k in range(1, 3):
        y += x[k:]
    return y


class Net:
    """A net."""

    size = 3

    def forward(self, x):
        return np.exp(x).sum(axis=-1, keepdims=True)
'''


def afters(body: str) -> set[str]:
    """The changed statements of a function with this body."""
    source = "def f(a, b, c):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return {mutant.after for mutant in mutants(source, ["f"])}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return a + b", {"return a - b", "return -(a + b)"}),
        ("return a @ b", {"return a * b"}),
        ("return a // b ** 2", {"return a * b ** 2", "return a // (b * 2)", "return a // b ** 3"}),
        ("return -a", {"return a"}),
        ("return a, b[0]", {"return (-a, b[0])", "return (a, -b[0])", "return (a, b[1])"}),
        ("return a < b", {"return a <= b"}),
        ("return a == b and c", {"return a != b and c", "return a == b or c"}),
        ("return not a", {"return a"}),
        ("return a if b > 0 else c", {"return a if not b > 0 else c", "return a if b >= 0 else c"}),
        ("return a * 1", {"return a * 0", "return a * 2"}),
        ("return a * 0.5", {"return a * 1.0"}),
        ("return g(a, True)", {"return g(a, False)", "return g(True, a)"}),
        (
            "return a.sum(axis=1)",
            {"return a.sum(axis=0)", "return a.sum()", "return a.mean(axis=1)"},
        ),
        ("return a.sum(dim=-1)", {"return a.sum(dim=0)", "return a.sum(dim=1)"}),
        ("return a.sum(dim=-2)", {"return a.sum(dim=-1)"}),
        ("return a.sum((0, 1))", {"return a.sum((1, 1))", "return a.sum((0, 2))"}),
        ("return a.sum(axis=(0, 1))", {"return a.sum(axis=(0,))", "return a.sum(axis=(1,))"}),
        ("return a[1:b:2]", {"return a[:b:2]", "return a[1::2]", "return a[1:b]"}),
        ("return a.T", {"return a"}),
        ("return a.exp() + g.log(b)", {"return a + g.log(b)", "return a.exp() + b"}),
        ("return max(a, b)", {"return min(a, b)", "return max(b, a)"}),
        ("a += b\nreturn a", {"a -= b", "a = b", "pass"}),
        ("c[0] = a\nreturn c", {"pass", "c[1] = a"}),
        ("if a:\n    b = 1\nreturn b", {"if not a:", "b = 2", "pass"}),
    ],
)
def test_operators(body: str, expected: set[str]) -> None:
    assert expected <= afters(body)


@pytest.mark.parametrize(
    ("body", "unwanted"),
    [
        ("d = a\nreturn d", "pass"),
        ("return a", "pass"),
        ("'a' + b\nreturn '%s' % a", "return '%s' * a"),
        ("return g(*a, b)", "return g(b, *a)"),
        ("if a == b:\n    return c", "if not a == b:"),
    ],
)
def test_changes_that_are_not_made(body: str, unwanted: str) -> None:
    assert unwanted not in afters(body)


def test_the_contract_and_the_prose_stay() -> None:
    made = mutants(ANSWERS, ["f", "Net"])
    for mutant in made:
        tree, original = ast.parse(mutant.source), ast.parse(ANSWERS)
        f, g = tree.body[3], original.body[3]
        assert isinstance(f, ast.FunctionDef) and isinstance(g, ast.FunctionDef)
        assert ast.dump(f.args) == ast.dump(g.args)
        assert ast.dump(f.decorator_list[0]) == ast.dump(g.decorator_list[0])
        assert ast.get_docstring(f) == ast.get_docstring(g)
        assert ast.dump(tree.body[2]) == ast.dump(original.body[2])
    assert "raise ValueError('x < 0' + str(1 - 1))" not in {mutant.after for mutant in made}
    assert {mutant.exercise for mutant in made} == {"f", "Net"}


def test_every_mutant_is_new_and_compiles() -> None:
    made = mutants(ANSWERS, ["helper", "f", "Net"])
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in made]
    assert len(set(trees)) == len(trees) == len({mutant.key for mutant in made})
    assert ast.dump(ast.parse(ANSWERS)) not in trees
    for mutant in made:
        compile(mutant.source, "mutant", "exec")
        assert "\n" not in mutant.key
        assert len(ANSWERS.splitlines()) >= mutant.line > 0


def test_the_order_is_fixed_and_the_answers_unharmed() -> None:
    assert mutants(ANSWERS, ["f", "Net"]) == mutants(ANSWERS, {"Net", "f"})


def test_lines_and_keys() -> None:
    source = "def f(a):\n    a = a + 1\n    a = a + 1\n    return a\n"
    made = {mutant.key: mutant.line for mutant in mutants(source, ["f"])}
    assert made["f: a = a + 1 -> a = a - 1"] == 2
    assert made["f: a = a + 1 -> a = a - 1 #2"] == 3
    moved = mutants("# a new line\n\n" + source, ["f"])
    assert [mutant.key for mutant in moved] == list(made)


def test_answers_that_cannot_be_read() -> None:
    with pytest.raises(CourseError, match="line 1"):
        mutants("def f(:", ["f"])
    with pytest.raises(CourseError, match="relu"):
        mutants(ANSWERS, ["f", "relu"])


def test_equivalents(tmp_path: Path) -> None:
    path = tmp_path / "equivalent.yml"
    assert equivalents(path) == {}
    path.write_text('- mutant: "f: return a -> return -a"\n  reason: "a is zero here"\n')
    assert equivalents(path) == {"f: return a -> return -a": "a is zero here"}
    path.write_text("")
    assert equivalents(path) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mutant: a\n", "a list"),
        ("- mutant: a\n", ":1: .*exactly the keys"),
        ("- mutant: a\n  reason: b\n  why: c\n", "exactly the keys"),
        ("- mutant: a\n  reason: b\n- mutant: c\n  reason: ''\n", ":3: reason must be"),
        ("- mutant: 3\n  reason: b\n", "mutant must be"),
        ("- mutant: a\n  reason: b\n- mutant: a\n  reason: c\n", ":3: .*twice"),
        ("- a\n", "exactly the keys"),
    ],
)
def test_bad_equivalents(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "equivalent.yml"
    path.write_text(text)
    with pytest.raises(CourseError, match=message):
        equivalents(path)


def test_stale_entries() -> None:
    made = [Mutant("f", "number", 1, "return 1", "return 2", "", "", 1)]
    assert stale({"f: return 1 -> return 2": "", "f: gone -> away": ""}, made) == [
        "f: gone -> away"
    ]
