# ruff: noqa: E501 (a table of errors reads best with each in one line)
"""Assignments' notebooks: what is read, what is refused, which cells belong to which language."""

from pathlib import Path

import jupytext
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_course import COURSE, NOTEBOOK, write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.notebook import (
    Notebook,
    Prompt,
    demo_sources,
    example_source,
    in_language,
    read_assignment,
    stub_source,
    stub_submission,
    student_cells,
)
from grader.notebook.percent import cut

OURS = Path(__file__).parents[1]


def read(folder: Path, notebook: str = NOTEBOOK, course: str = COURSE) -> Notebook:
    return read_assignment(load_course(write_course(folder, course, notebook)), "one")


def refusal(folder: Path, notebook: str, course: str = COURSE) -> str:
    with pytest.raises(CourseError) as caught:
        read(folder, notebook, course)
    return str(caught.value).replace(f"{folder.resolve()}/", "").removeprefix("assignments/one/")


def test_the_cells_and_their_lines(tmp_path: Path) -> None:
    notebook = read(tmp_path)
    kinds = [type(cell).__name__ for cell in notebook.cells]
    assert kinds == [
        *("Prompt", "Code", "Stub", "Example", "Demo", "Stub", "Example", "Prompt", "Prompt")
    ]
    lines = NOTEBOOK.splitlines()
    for cell in notebook.cells:
        text = "# " + cell.markdown if isinstance(cell, Prompt) else cell.source
        assert text.splitlines()[0] == lines[cell.line - 1]


def test_the_sources(tmp_path: Path) -> None:
    notebook = read(tmp_path)
    assert notebook.exercises == ["double", "Counter"]
    assert stub_source(notebook, "double").startswith("def double(x, scale=1.0):")
    assert example_source(notebook, "double") == "assert double(2) == 4"
    assert stub_submission(notebook) == [
        "import numpy as np",
        stub_source(notebook, "double"),
        stub_source(notebook, "Counter"),
    ]
    assert len(demo_sources(notebook, ["en"])) == 3
    assert len(student_cells(notebook)) == 3


def test_a_translated_prompt_takes_the_place_of_its_original(tmp_path: Path) -> None:
    notebook = read(tmp_path)
    english = [c for c in in_language(notebook, "en").cells if isinstance(c, Prompt)]
    chinese = [c for c in in_language(notebook, "zh").cells if isinstance(c, Prompt)]
    assert [c.markdown for c in english] == ["# One", "Why?"]
    assert [c.markdown for c in chinese] == ["# One", "为什么？"]
    assert chinese[1].written == "why"


def test_several_translations_and_text_in_one_language_only(tmp_path: Path) -> None:
    more = NOTEBOOK + (
        '\n# %% [markdown] lang="fr"\n# Pourquoi ?\n\n# %% lang="fr"\nun = 1\n'
        '\n# %% [markdown] lang="fr"\n# Fin.\n'
    )
    texts = {
        language: [
            c.markdown
            for c in in_language(read(tmp_path, more), language).cells
            if isinstance(c, Prompt)
        ]
        for language in ("en", "fr", "zh")
    }
    assert texts["en"] == ["# One", "Why?"]
    assert texts["fr"] == ["# One", "Pourquoi ?", "Fin."]
    assert texts["zh"] == ["# One", "为什么？"]


@pytest.mark.parametrize("path", [None, *sorted((OURS / "assignments").glob("*/*.py"))])
def test_jupytext_reads_the_same_cells(path: Path | None) -> None:
    text = path.read_text(encoding="utf-8") if path else "# ---\n# jupyter:\n#   a: 1\n# ---\n\n" + NOTEBOOK.replace(
        "import numpy", "# %matplotlib inline\n# !ls\nimport numpy"
    ).replace("# Why?", "# Why?\n#\n# - not\n#   so")  # fmt: skip
    theirs = [
        (
            cell.cell_type,
            cell.source,
            {k: v for k, v in cell.metadata.items() if "lines_to" not in k},
        )
        for cell in jupytext.reads(text, fmt="py:percent").cells
    ]
    ours = [(raw.kind, raw.source, raw.metadata) for raw in cut(Path("one.py"), text)]
    assert ours == theirs


def test_magics_are_no_syntax_error(tmp_path: Path) -> None:
    read(tmp_path, NOTEBOOK.replace("import numpy", "# %matplotlib inline\nimport numpy"))


PLANTED = [
    ('example="double"', 'example="dubble"', "one.py:15: an example of dubble, which is no exercise here; did you mean double?"),
    ('exercise="double"', 'exercise="triple"', "one.py:9: no function or class triple in its exercise cell"),
    ('exercise="double"', 'exercise="Double"', "one.py:9: no function or class Double in its exercise cell; did you mean double?"),
    ('exercise="double"', 'exercice="double"', "one.py:8: unknown exercice= of a code cell; did you mean exercise?"),
    ('exercise="double"', "exercise=3", "one.py:8: exercise= of the cell: give text in quotes"),
    ('exercise="double"', 'exercise=""', "one.py:8: exercise= of the cell: give text in quotes"),
    ('exercise="double"', 'exercise="double" demo=true', "one.py:8: exercise and demo in one cell; a cell is for one thing"),
    ('exercise="double"', 'exercise="double" lang="zh"', "one.py:8: exercise= has no lang; its stub serves all languages"),
    ("demo=true", 'demo="yes"', "one.py:17: demo= of the cell: give true"),
    ("# %% demo=true\nshown = double(np.arange(3))", "# %% [markdown] demo=true\n# x", "one.py:17: unknown demo= of a markdown cell"),
    ("# %% demo=true", "# %% [raw]", "one.py:17: a raw cell; write code or [markdown]"),
    ("class Counter:", "class Counter(:", "one.py:22: not Python: invalid syntax"),
    ("shown = double(np.arange(3))", "shown = (1\n\n", "one.py:18: not Python: '(' was never closed"),
    ("shown = ", "double = ", "one.py:18: double is an exercise; give this another name"),
    ("shown = ", "for double in range(3): shown = ", "one.py:18: double is an exercise; give this another name"),
    ("import numpy as np", "import numpy as double", "one.py:5: double is an exercise; give this another name"),
    ("class Counter:", "def other():\n    pass\n\n\nclass Counter:", "one.py:22: other in the cell of Counter; one exercise a cell"),
    ("class Counter:", "two = 2\n\n\nclass Counter:", "one.py:22: the cell of Counter holds its stub alone; move this out"),
    ("class Counter:", "class Counter:\n    pass\n\n\nclass Counter:", "one.py:22: Counter is defined 2 times in its cell"),
    ("# %% demo=true\nshown = double(np.arange(3))", '# %% exercise="double"\ndef double(x):\n    raise NotImplementedError', "one.py:18: exercise double a second time, first in line 9"),
    ("# %%\nimport numpy", '# %% example="double"\nimport numpy', "one.py:5: an example of double before its stub in line 9"),
    ("# %% [markdown]\n# # One", "x = 1\n# %% [markdown]\n# # One", "one.py:1: text before the first cell; start it with a line `# %%`"),
    ('"""Twice x."""', '"""Twice x.\n# %%\n"""', "one.py:10: not Python: unterminated triple-quoted string literal (detected at line 2)"),
    ("# 为什么？", "# 为什么？\n\n# %% [markdown] lang=\"zh\"\n# 又", "one.py:54: a second lang=\"zh\" of the prompt in line 48"),
    ('lang="zh"', 'lang="zh" written="how"', 'one.py:51: written="how" translates the prompt in line 48, which has written="why"'),
    ("# # One", '# # One\n\n# %% [markdown] written="why"\n# Why not?', "one.py:51: written question why a second time, first in line 5"),
    ('written="why"', 'written="how"', "one.py:1: no written question why, but course.yml has assignments.one.written.why"),
    ('written="why"', "", "one.py:1: no written question why, but course.yml has assignments.one.written.why"),
    ("# Why?", "Why?", "one.py:48: a line of a [markdown] cell starts with `# `"),
    ("demo=true", "A plot", "one.py:17: cannot read 'A plot' of the cell; write key=\"value\""),
    ("demo=true", "demo=true demo=true", "one.py:17: demo= a second time; keep one of them"),
    (NOTEBOOK, "", "one.py:1: no cells; start each with a line `# %%`"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), PLANTED)
def test_planted_errors(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in NOTEBOOK
    assert refusal(tmp_path, NOTEBOOK.replace(old, new, 1)) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("double: 2,", "double: 2, triple: 1,", "one.py:1: no exercise triple, but course.yml has assignments.one.points.triple"),
        ("double: 2,", "doubl: 2,", "one.py:1: no exercise doubl, but course.yml has assignments.one.points.doubl; did you mean double?"),
        ("{why: 1}", "{why: 1, how: 1}", "one.py:1: no written question how, but course.yml has assignments.one.written.how"),
    ],
)  # fmt: skip
def test_points_and_exercises_belong_together(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert refusal(tmp_path, NOTEBOOK, COURSE.replace(old, new)) == message


def test_a_missing_or_unreadable_file(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path))
    path = tmp_path / "assignments/one/one.py"
    path.write_bytes(b"# %%\n\xff")
    with pytest.raises(CourseError, match=r"one\.py: not UTF-8 text"):
        read_assignment(course, "one")
    path.unlink()
    with pytest.raises(
        CourseError, match=r"does not exist; .*course\.yml lists the assignment one"
    ):
        read_assignment(course, "one")


@given(place=st.integers(0, len(NOTEBOOK)), cut=st.integers(0, 30), text=st.text(max_size=8))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_edit_is_read_or_refused(tmp_path: Path, place: int, cut: int, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    try:
        read(tmp_path, NOTEBOOK[:place] + text + NOTEBOOK[place + cut :])
    except CourseError as error:
        said = str(error)
    else:
        return
    assert "one.py" in said


@pytest.mark.parametrize("name", sorted(p.name for p in (OURS / "assignments").iterdir()))
def test_our_notebooks_are_read(name: str) -> None:
    course = load_course(OURS)
    if name in course.assignments:
        assert read_assignment(course, name).exercises
