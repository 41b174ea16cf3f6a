"""The houses: the notebook's town is the hidden ones', and what its head says is in course.yml."""

import csv
from pathlib import Path

import numpy as np
import pytest

from grader.course.lesson import load_module
from grader.course.syllabus import load_course
from grader.notebook import read_assignment
from grader.notebook.model import Code, Prompt

OURS = Path(__file__).parents[1]
COURSE = load_course(OURS)
NAME = "d2l_houses"


@pytest.fixture(scope="module")
def notebook() -> dict:
    """What the notebook's own cells define: the town, and the reading of files."""
    names: dict = {}
    for cell in read_assignment(COURSE, NAME).cells:
        if isinstance(cell, Code):
            source = cell.source.replace("import matplotlib.pyplot as plt", "")
            exec(compile(source, NAME, "exec"), names)
    return names


@pytest.mark.parametrize("seed", [0, 17])
def test_hidden_towns_are_drawn_as_the_notebooks(notebook: dict, seed: int) -> None:
    town = load_module(OURS, f"solutions.{NAME}.town")
    shown = notebook["houses"](400, seed)
    table, prices = town.draw(400, np.random.default_rng(seed))
    assert list(shown) == [*table, "price"]
    assert np.array_equal(shown.pop("price"), prices)
    for name, column in table.items():
        assert shown[name].dtype == column.dtype
        assert np.array_equal(shown[name], column, equal_nan=column.dtype.kind == "f"), name


def test_another_seed_is_another_town(notebook: dict) -> None:
    one, other = (notebook["houses"](300, seed)["price"].mean() for seed in (1, 2))
    assert one != other


def test_files_of_the_competition_are_read(notebook: dict, tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["Id", "Alley", "LotArea", "Note"], ["1", "NA", "8450", 'a "b", c'],
             ["2", "Grvl", "NA", ""], ["3", "", "7.5", "12"]]
        )  # fmt: skip
    table = notebook["read_table"](path)
    assert table["Id"].tolist() == [1, 2, 3]
    assert table["Alley"].tolist() == ["", "Grvl", ""]
    assert table["Note"].tolist() == ['a "b", c', "", "12"]
    assert table["LotArea"][[0, 2]].tolist() == [8450, 7.5]
    assert np.isnan(table["LotArea"][1])
    # Words in the training file are words in the test file, though there they look like numbers.
    path.write_text("Id,Alley,LotArea,Note\n4,NA,NA,13\n", encoding="utf-8")
    like = notebook["read_table"](path, like=table)
    assert {name: column.dtype.kind for name, column in like.items()} == {
        "Id": "f", "Alley": "U", "LotArea": "f", "Note": "U"
    }  # fmt: skip


def test_what_is_written_is_read_again(notebook: dict, tmp_path: Path) -> None:
    table = notebook["houses"](50, 4)
    notebook["write_table"](tmp_path / "town.csv", table)
    again = notebook["read_table"](tmp_path / "town.csv")
    for name, column in table.items():
        assert np.array_equal(column, again[name], equal_nan=column.dtype.kind == "f"), name


def test_the_head_of_the_notebook_says_what_course_yml_says() -> None:
    plan = COURSE.plan(NAME)
    head = next(cell for cell in read_assignment(COURSE, NAME).cells if isinstance(cell, Prompt))
    points, written = sum(plan.points.values()), sum(plan.written.values())
    text = " ".join(head.markdown.split())
    said = (
        f"**Points** {points + written:g}: {points:g} for the exercises, {written:g} for the",
        f"**Due** {plan.due:%Y-%m-%d %H:%M} ({COURSE.timezone})",
        f": {plan.title}",
    )
    for wanted in said:
        assert wanted in text, wanted


def test_the_steps_of_the_prompt_are_those_of_the_check() -> None:
    judges = load_module(OURS, f"solutions.{NAME}.judges")
    prompts = [c.markdown for c in read_assignment(COURSE, NAME).cells if isinstance(c, Prompt)]
    (prompt,) = [text for text in prompts if "How points are given" in text]
    worth = COURSE.plan(NAME).points["predict_prices"]
    steps = [f"| {below:.3f} | {part}" for below, part in zip(judges.STEPS, "5111", strict=True)]
    for text in (*steps, f"points of {worth:g}", f"{judges.OF_ONE_KIND}", f"{judges.WITH_GAPS}"):
        assert text in prompt, text
