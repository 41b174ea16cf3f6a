"""Hints beside the lines of model answers: where they may stand, and that they never go out."""

from pathlib import Path

import pytest
from small_course import ANSWERS, write_course  # type: ignore[import-not-found]

from grader.course.lesson import load_lesson
from grader.course.slips.hints import LONGEST, hints_of, without_hints
from grader.course.syllabus import load_course
from grader.demo.sample import Parts
from grader.errors import CourseError
from grader.nbgrader.leaks import secrets
from grader.notebook import compose, notebook_text, read_assignment
from grader.notebook.composing import solution_sources

OURS = Path(__file__).parents[1]

SOURCE = '''\
import math


# hint: everything in f
def f(a, b):
    """# hint: this is text."""
    x = a + b  # hint: the sum
    y = (
        x * 2,
        # hint: the quotient,
        # in its own line
        x / b,
        x - 1,  # hint: the difference
    )
    # hint: which entries?
    # Look at zero.
    if x > 0:
        x = -x
        x -= 1  # hint: the last step
    else:
        x = 3
    return y, math.exp(x)


def g(a):
    return a  # no hint
'''
AT = {
    5: "everything in f",
    7: "the sum",
    8: "everything in f",
    17: "which entries? Look at zero.",
    18: "which entries? Look at zero.",
    19: "the last step",
    21: "which entries? Look at zero.",
    22: "everything in f",
    26: "",
}


@pytest.mark.parametrize(("line", "hint"), AT.items())
def test_a_statement_has_its_own_hint_or_that_around_it(line: int, hint: str) -> None:
    assert hints_of(SOURCE).at(line, line) == hint


def test_lines_within_a_statement() -> None:
    found = hints_of(SOURCE)
    assert found.at(12, 8) == "the quotient, in its own line"
    assert found.at(13, 8) == "the difference"
    assert found.at(9, 8) == "everything in f"


def test_what_is_stripped() -> None:
    bare = without_hints(SOURCE)
    assert "hint: the" not in bare and "its own line" not in bare and "Look at zero" not in bare
    assert '"""# hint: this is text."""' in bare and "# no hint" in bare
    assert (
        "    x = a + b\n    y = (\n        x * 2,\n        x / b,\n        x - 1,\n    )\n" in bare
    )
    assert without_hints(bare) == bare


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1  # hint:\n", ":1: a hint has 1 to"),
        (f"x = 1  # hint: {'a' * (LONGEST + 1)}\n", ":1: a hint has 1 to"),
        ("x = 1\n# hint: nothing below\n", ":2: this hint stands at no statement"),
        ("# hint: one\nx = 1  # hint: two\n", ":2: a second hint"),
        ("x = (\n", ":1: "),
    ],
)
def test_hints_that_stand_wrong(source: str, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        hints_of(source)


HINTED = (
    ANSWERS.replace("TWO = math.sqrt(4)", "TWO = math.sqrt(4)  # hint: the step")
    .replace("    return a * b", "    return a * b  # hint: twice, not once")
    .replace("    # as the lecture has it", "    # hint: a factor is two")
    .replace("start, by\n", "start, by  # hint: counting begins at the start\n")
    .replace("    def twice", "    # hint: one more\n    def twice")
)


def test_no_hint_leaves_the_instructors_side(tmp_path: Path) -> None:
    root = write_course(tmp_path, answers=HINTED)
    course = load_course(root)
    notebook = read_assignment(course, "one")
    made = [notebook_text(compose(course, "one")), *solution_sources(course, notebook).values()]
    parts = Parts(load_lesson(course, "one"), notebook)
    made += [*parts.answers.values(), parts.helpers]
    assert not [text for text in made if "hint:" in text]
    assert any("return a * b" in text for text in made)


def test_hints_and_bare_lines_are_secrets_of_a_release(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path, answers=HINTED))
    found = dict(secrets(course, "one"))
    assert found["counting begins at the start"] == "a hint in answers.py"
    assert "return _times(x, TWO) * np.float64(scale)" in found


@pytest.mark.parametrize("name", list(load_course(OURS).assignments))
def test_the_courses_own_hints_stand_right(name: str) -> None:
    path = OURS / "solutions" / name / "answers.py"
    hints = hints_of(path.read_text(encoding="utf-8"), str(path))
    assert all(hint[-1] in ".?" for hint in hints.texts)
