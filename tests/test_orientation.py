"""Heads, ends and written questions of the notebooks on sequences say what course.yml says."""

from pathlib import Path

import pytest
import yaml

from grader.course.syllabus import load_course
from grader.notebook import read_assignment
from grader.notebook.model import Prompt

OURS = Path(__file__).parents[1]
COURSE = load_course(OURS)
NAMES = ["lec11_names", "lec12_lstm", "lec13_attention"]


def prompts(name: str) -> list[str]:
    """The notebook's prompts, in order."""
    return [c.markdown for c in read_assignment(COURSE, name).cells if isinstance(c, Prompt)]


@pytest.mark.parametrize("name", NAMES)
def test_the_head_says_what_course_yml_says(name: str) -> None:
    plan, head = COURSE.plan(name), prompts(name)[0]
    points, written = sum(plan.points.values()), sum(plan.written.values())
    for text in (
        f"**Points** {points + written:g}: {points:g} for the exercises, {written:g} for the",
        f"**Due** {plan.due:%Y-%m-%d %H:%M} ({COURSE.timezone})",
        f"# Lecture {plan.lecture}: {plan.title.split(': ')[0]}",
        "**Afterwards you can**",
        "**Time**",
        "**To hand in:**",
        "https://",
    ):
        assert text in head, text


@pytest.mark.parametrize("name", NAMES)
def test_the_end_says_what_one_can_do_now(name: str) -> None:
    assert prompts(name)[-1].startswith("## What you can do now")


@pytest.mark.parametrize("name", NAMES)
def test_every_written_question_has_a_rubric_of_its_points(name: str) -> None:
    path = OURS / "solutions" / name / "written.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    plan = COURSE.plan(name).written
    assert list(written) == list(plan)
    for question, points in plan.items():
        assert len(written[question]["answer"]) > 200
        assert sum(part["points"] for part in written[question]["rubric"]) == points
        assert all(part["for"] for part in written[question]["rubric"])


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_sets_its_thread_count(name: str) -> None:
    text = (OURS / "assignments" / name / f"{name}.py").read_text(encoding="utf-8")
    assert "torch.set_num_threads(" in text
