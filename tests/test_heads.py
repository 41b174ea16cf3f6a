"""What every notebook says at its top and its end, and what it does on a student's machine."""

import re
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from grader.course.syllabus import Course, load_course
from grader.notebook import compose, in_language, read_assignment
from grader.notebook.model import Code, Prompt

OURS = load_course(Path(__file__).parents[1])
NAMES = tuple(OURS.assignments)


def prompts(course: Course, name: str, language: str = "en") -> list[str]:
    notebook = in_language(read_assignment(course, name), language)
    return [c.markdown for c in notebook.cells if isinstance(c, Prompt)]


@pytest.mark.parametrize("name", NAMES)
def test_the_first_cell_says_what_for_how_long_for_what_and_until_when(name: str) -> None:
    plan = OURS.plan(name)
    head = " ".join(prompts(OURS, name)[0].split())
    exercises = sum(p for n, p in plan.points.items() if n not in plan.bonus)
    questions = sum(plan.written.values())
    assert re.search(r"\*\*Afterwards you can\*\* \w.{80,}", head)
    assert re.search(r"\*\*Time\*\* about \d+ hours\.", head)
    points = (
        f"**Points** {exercises + questions:g}: {exercises:g} for the exercises, {questions:g} for"
    )
    assert points in head
    assert f"**Due** {plan.due:%Y-%m-%d %H:%M} ({OURS.timezone})." in head
    assert "**To hand in:** restart the kernel" in head
    assert len(re.findall(r"\]\(https://[^)\s]+\)", head)) >= 2
    many = {1: "question", 2: "two questions", 3: "three questions"}[len(plan.written)]
    assert f"for the {many} at the end" in head


@pytest.mark.parametrize("name", NAMES)
def test_the_last_cell_says_what_the_student_can_do_now(name: str) -> None:
    last = prompts(OURS, name)[-1]
    assert last.startswith("## What you can do now\n\n- ")
    assert last.count("\n- ") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_head_and_end_stand_there_in_chinese(name: str) -> None:
    first, *_, last = prompts(OURS, name, "zh")
    for said in ("**学完之后，你能够**", "**用时**", "**分值**", "**截止**", "**提交方式**"):
        assert said in first
    assert last.startswith("## 现在你会了\n\n- ")
    assert last.count("\n- ") >= 3


@pytest.mark.parametrize("name", NAMES)
def test_who_uses_torch_sets_its_threads_at_once(name: str) -> None:
    first = next(c.source for c in read_assignment(OURS, name).cells if isinstance(c, Code))
    assert ("import torch" in first) == ("torch.set_num_threads(" in first)


@pytest.mark.parametrize("name", ["lec01_tensors", "lec06_convolution", "lec14_generative"])
def test_without_scikit_learn_a_sentence_says_so_and_the_rest_runs(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("sklearn", "sklearn.datasets"):
        monkeypatch.setitem(sys.modules, module, None)
    matplotlib.use("agg")
    cells = [cell.source for cell in compose(OURS, name).cells if cell.cell_type == "code"]
    variables: dict[str, Any] = {"__name__": "notebook"}
    for number, source in enumerate(cells):
        exec(compile(source, f"<cell {number}>", "exec", dont_inherit=True), variables)
    assert "pip install scikit-learn" in capsys.readouterr().out
