"""Notebooks and scripts as they really look, each with right answers: each gets full marks."""

from pathlib import Path

import pytest
from notebook_styles import ROOT, STYLES, files  # type: ignore[import-not-found]
from red_course import shared_report  # type: ignore[import-not-found]
from test_grading import ISOLATION  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import Report, SubmissionResult

LECTURE = "lec05_backprop"
NAMES = sorted(
    file
    for style in STYLES
    for file in files(style, LECTURE)
    # A plain text of all cells loses the answers that stand in cells with a cell magic.
    if file not in ("colab_plain.py", "kaggle_plain.py")
)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    def make(folder: Path) -> Report:
        handed_in = folder / "handed_in"
        handed_in.mkdir()
        for style in STYLES:
            for file, text in files(style, LECTURE).items():
                name = file.replace(".ipynb", "_notebook.ipynb")
                (handed_in / name).write_text(text, encoding="utf-8")
        return grade_class(
            load_course(ROOT), LECTURE, handed_in, Options(jobs=2, isolation=ISOLATION), None
        )

    return shared_report("real_notebooks", tmp_path_factory, make)


def of(report: Report, file: str) -> SubmissionResult:
    name = file.replace(".ipynb", "_notebook").removesuffix(".py")
    return next(one for one in report.submissions if one.student == name)


@pytest.mark.parametrize("file", NAMES)
def test_right_answers_have_full_marks(report: Report, file: str) -> None:
    result = of(report, file)
    wrong = [(e.name, e.verdict, e.message) for e in result.exercises if e.verdict != "passed"]
    assert result.status == "graded" and not wrong
    assert result.score == result.max_score


@pytest.mark.parametrize(
    ("file", "note"),
    [
        ("colab.ipynb", "`!pip` (in the 1st code cell, line 1)"),
        ("colab.ipynb", "`%cd` (in the cell of `graph_grads`, line 3)"),
        ("colab.ipynb", "No module named 'google' (in the cell of `graph_grads`, line 1)"),
        ("kaggle.ipynb", "No module named 'kaggle_secrets' (in the 1st code cell, line 2)"),
        ("server.ipynb", "`%%bash` (in the 1st code cell, line 1)"),
        ("server.ipynb", "`%%sh` (in the 2nd code cell, beginning `# get the data first`, line 2)"),
        ("vs_code_nbconvert.py", "`%pip` (line"),
        ("blog.ipynb", "`pip` (in the cell of `graph_grads`, line 1)"),
        ("blog_plain.py", "`pip` (line 1 of the file)"),
        ("blog_nbconvert.py", "of the file)"),
    ],
)
def test_what_was_left_out_is_told_with_its_place(report: Report, file: str, note: str) -> None:
    assert note in of(report, file).message


def test_a_harmless_magic_is_no_news(report: Report) -> None:
    assert "%matplotlib" not in of(report, "vs_code.ipynb").message
