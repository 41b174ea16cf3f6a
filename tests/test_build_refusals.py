# ruff: noqa: E501 (a table of errors reads best with each in one line)
"""What the build refuses: stubs, answers, checks and mistakes that do not fit together."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_course import (  # type: ignore[import-not-found]
    ANSWERS,
    CHECKS,
    MISTAKES,
    NOTEBOOK,
    write_course,
)

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.notebook import compose
from grader.notebook.build import verify


def small(folder: Path, **parts: str) -> Course:
    return load_course(write_course(folder, **parts))


def solution(course: Course, exercise: str) -> str:
    cells = compose(course, "one").cells
    return next(
        c.source for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == exercise
    )


def refusal(folder: Path, **parts: str) -> str:
    course = small(folder, **parts)
    with pytest.raises(CourseError) as caught:
        verify(course, "one")
    said = str(caught.value).replace(f"{folder.resolve()}/", "")
    return said.replace("assignments/one/", "").removeprefix("solutions/one/")


WRONG_ANSWERS = [
    ("def double(x, scale=1.0)", "def double(x, scale=2.0)", "answers.py:19: double(x, scale=2.0) differs from its stub double(x, scale=1.0) in one.py:9"),
    ("def double(x, scale=1.0)", "def double(y, scale=1.0)", "answers.py:19: double(y, scale=1.0) differs from its stub double(x, scale=1.0) in one.py:9"),
    ("def double(x, scale=1.0)", "def double(x, scale=1.0, more=0)", "answers.py:19: double(x, scale=1.0, more=0) differs from its stub double(x, scale=1.0) in one.py:9"),
    ("def double(x, scale=1.0)", "def double(x, *, scale=1.0)", "answers.py:19: double(x, *, scale=1.0) differs from its stub double(x, scale=1.0) in one.py:9"),
    ("start, by=1", "start, by", "answers.py:27: __init__(self, start, by) differs from its stub __init__(self, start) in one.py:27"),
    ("def double", "def dubble", "answers.py:1: no answer of the exercise double; define it here"),
    ("def double", "def double(): pass\ndef double", "answers.py:20: double is defined a second time, first in line 19"),
    ("def double(x, scale=1.0):", "class double:", "answers.py:21: not Python: 'return' outside function"),
    ("def double(x, scale=1.0):", "class double:\n  def f(self, x):", "answers.py:19: double is a class here, but a function in one.py:9"),
    ("class Counter:", "class Counter(dict):", "answers.py:24: the bases of Counter differ from those of its stub in one.py:22"),
    ("def double", "@np.vectorize\ndef double", "answers.py:20: the decorators of double differ from those of its stub in one.py:9"),
    ("step = 1", "step = 2", "answers.py:25: step differs from what is given in one.py:25"),
    ("    step = 1\n", "", "answers.py:24: Counter lacks step, which is given in one.py:25"),
    ("def tick", "def tock", "answers.py:24: Counter lacks tick, which its stub has in one.py:32"),
    ("    again = tick", "    again = twice", "answers.py:40: this needs twice, which the stub gives below its last blank, in one.py:22; move it up"),
    ("UNUSED = 3", "print(3)", "answers.py:16: answers.py holds definitions, imports and assignments; move this into a function"),
    ("UNUSED = 3", "from __future__ import annotations", "answers.py:16: not Python: from __future__ imports must occur at the beginning of the file"),
    ("import math\n", "from __future__ import annotations\nimport math\n", "answers.py:3: from __future__ changes the meaning of a whole file, not of one cell; do without"),
    ("UNUSED = 3", "double = 3", "answers.py:16: double is an exercise; define it by def or class, once"),
    ("UNUSED = 3", "UNUSED = (3", "answers.py:16: not Python: '(' was never closed"),
    ("UNUSED = 3", "# END SOLUTION", "answers.py:16: 'END SOLUTION' is a mark of nbgrader, set by the build; write it otherwise"),
    ("TWO", "shown", "answers.py:8: shown is overwritten in one.py:18; use another name"),
    ("import numpy as np", "import math as np", "answers.py:6: np is something else in one.py:5; use another name"),
    ("_times(x, TWO)", "Counter(x)", "answers.py:19: double uses Counter, which students write later, in one.py:22"),
    ("    # as the lecture has it\n    return _times(x, TWO) * np.float64(scale)", "    raise NotImplementedError", "answers.py:19: double holds no answer yet"),
    ("    # as the lecture has it\n    return _times(x, TWO) * np.float64(scale)", "  return 2 * x", "answers.py:20: double is indented by 2 spaces, its stub by 4"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG_ANSWERS)
def test_answers_that_do_not_fit(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ANSWERS
    found = refusal(tmp_path, answers=ANSWERS.replace(old, new))
    assert found == message or (message.endswith(": ") and found.startswith(message))


WRONG_STUBS = [
    ("    raise NotImplementedError", "    x = 3\n    raise NotImplementedError", "one.py:11: the stub double may hold its docstring and `raise NotImplementedError` alone"),
    ('    """Twice x."""\n    raise', '    """Twice x."""; raise', "one.py:10: `raise NotImplementedError` needs a line of its own"),
    ("# # One", "# # One BEGIN SOLUTION", "one.py:2: 'BEGIN SOLUTION' is a mark of nbgrader, set by the build; write it otherwise"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG_STUBS)
def test_stubs_that_cannot_be_filled(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in NOTEBOOK
    assert refusal(tmp_path, notebook=NOTEBOOK.replace(old, new, 1)) == message


def test_a_class_without_blanks(tmp_path: Path) -> None:
    said = refusal(
        tmp_path,
        notebook=NOTEBOOK.replace("raise NotImplementedError", "pass").replace(
            "pass", "raise NotImplementedError", 1
        ),
    )
    assert said.startswith("answers.py:27: __init__ differs from what is given in one.py:27")


WRONG_CHECKS = [
    ("yield case(x, expect=2 * x)", "yield case(x, 1, 2, expect=2 * x)", "checks.py:4: case 1 of double does not fit double(x, scale=1.0): too many positional arguments"),
    ('{"scale": 3.0}', '{"scales": 3.0}', "checks.py:4: case 2 of double does not fit double(x, scale=1.0): got an unexpected keyword argument 'scales'"),
    ("case(3, 4, expect=7)", "case(3, expect=7)", "checks.py:19: case 1 of Counter does not fit run(student, start, times): missing a required argument: 'times'"),
    ("yield case(3, 4, expect=7)", "yield 3", "checks.py:19: check Counter yields a int; yield case(...)"),
    ("yield case(3, 4, expect=7)", "yield from ()", "checks.py:19: check Counter yields no case"),
    ("yield case(3, 4, expect=7)", "yield case(3, 4, expect=1 / 0)", "checks.py:19: check Counter cannot draw its cases: ZeroDivisionError: division by zero"),
    ("def double", "def dubble", "checks.py:5: a check of dubble, no exercise in one.py; did you mean double?"),
    ("@exercise(driver=run)\n", "", "checks.py:1: no check of Counter, one.py:22"),
    ("def Counter(rng)", "def double(rng)", "checks.py:20: a second exercise double, first in line 5; rename one"),
    ("def run", "def run(:", "checks.py:12: not Python: invalid syntax"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), WRONG_CHECKS)
def test_checks_that_do_not_fit(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CHECKS
    assert refusal(tmp_path, checks=CHECKS.replace(old, new)) == message


def test_mistakes_that_do_not_fit(tmp_path: Path) -> None:
    twice = MISTAKES + MISTAKES.split("\n\n\n")[1]
    assert refusal(tmp_path, mistakes=twice) == (
        "mistakes.py:8: a second mistake double_squared, first in line 5; rename one"
    )
    unknown = refusal(tmp_path, mistakes=MISTAKES.replace('"double"', '"triple"'))
    assert unknown.startswith("mistakes.py") and "triple" in unknown


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    course = small(tmp_path)
    for name in ("answers.py", "mistakes.py", "checks.py"):
        (tmp_path / "solutions/one" / name).unlink()
        with pytest.raises(CourseError, match=rf"solutions/one/{name}: "):
            verify(course, "one")


def test_a_helper_needed_at_once_by_the_first_exercise(tmp_path: Path) -> None:
    # A notebook with Counter before double: no region above it could hold the import.
    start, end = NOTEBOOK.index('# %% exercise="double"'), NOTEBOOK.index('# %% exercise="Counter"')
    notebook = NOTEBOOK[:start] + NOTEBOOK[end:] + "\n" + NOTEBOOK[start:end]
    said = refusal(tmp_path, notebook=notebook)
    assert said == (
        "answers.py:4: the definition of Counter, the first exercise, needs this at once; "
        "put it into a code cell of the notebook too"
    )
    with_import = notebook.replace(
        "import numpy", "from functools import cached_property\nimport numpy"
    )
    assert "functools" not in solution(small(tmp_path, notebook=with_import), "Counter")


@given(place=st.integers(0, len(ANSWERS)), cut=st.integers(0, 30), text=st.text(max_size=8))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_edit_of_the_answers_is_composed_or_refused(
    tmp_path: Path, place: int, cut: int, text: str
) -> None:
    text = text.encode("utf-8", "replace").decode()
    try:
        compose(small(tmp_path, answers=ANSWERS[:place] + text + ANSWERS[place + cut :]), "one")
    except CourseError as error:
        said = str(error)
    else:
        return
    assert "answers.py" in said
