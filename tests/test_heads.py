"""What stands at the head of a notebook is in course.yml; written questions have rubrics."""

from pathlib import Path

import pytest
import yaml

from grader.course.syllabus import load_course
from grader.notebook import read_assignment
from grader.notebook.model import Prompt

OURS = Path(__file__).parents[1]
COURSE = load_course(OURS)
HEADED = ["lec05_backprop", "lec07_cnn", "lec09_training"]


@pytest.mark.parametrize("name", HEADED)
def test_the_head_says_what_course_yml_says(name: str) -> None:
    plan = COURSE.plan(name)
    head = next(cell for cell in read_assignment(COURSE, name).cells if isinstance(cell, Prompt))
    points, written = sum(plan.points.values()), sum(plan.written.values())
    said = (
        f"**Points** {points + written:g}: {points:g} for the exercises, {written:g} for the",
        f"**Due** {plan.due:%Y-%m-%d %H:%M} ({COURSE.timezone})",
        f": {plan.title}",
    )
    for text in said:
        assert text in head.markdown, text


@pytest.mark.parametrize("name", HEADED)
def test_a_notebook_ends_with_what_one_can_do_now(name: str) -> None:
    prompts = [c for c in read_assignment(COURSE, name).cells if isinstance(c, Prompt)]
    assert prompts[-1].markdown.startswith("## What you can do now")


@pytest.mark.parametrize("name", HEADED)
def test_every_written_question_has_a_rubric_of_its_points(name: str) -> None:
    path = OURS / "solutions" / name / "written.yml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    plan = COURSE.plan(name).written
    assert list(written) == list(plan)
    for question, points in plan.items():
        assert len(written[question]["answer"]) > 200
        assert sum(part["points"] for part in written[question]["rubric"]) == points
        assert all(part["for"] for part in written[question]["rubric"])
