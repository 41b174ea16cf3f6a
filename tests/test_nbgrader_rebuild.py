"""Notebooks put back into the form of the release, whatever happened to them."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from grader.course.syllabus import Course
from grader.demo.damage import DAMAGES, Damage, damaged, metadata_cleared
from grader.nbgrader.pieces import pieces_of
from grader.nbgrader.places import places_of
from grader.nbgrader.rebuild import Rebuilt, rebuild
from grader.nbgrader.releasing import release
from grader.submissions import Found
from tests.loop_class import COUNTER, ONE, RIGHT, SQUARED, answered, small_course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = small_course(tmp_path_factory.mktemp("rebuild"))
    release(made, ONE)
    return made


def rebuilt(course: Course, payload: bytes) -> Rebuilt:
    released = nbformat.read(places_of(course).released(ONE), as_version=4)
    return rebuild(released, pieces_of(Found("alice", "alice.ipynb", payload, "")))


def by_id(notebook: Any) -> dict[str, Any]:
    marked = [cell for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in marked}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_every_damage_is_mended(course: Course, damage: Damage) -> None:
    released = nbformat.read(places_of(course).released(ONE), as_version=4)
    made = rebuilt(course, damaged(answered(course), damage)).notebook
    nbformat.validate(made)
    frame, cells = by_id(released), by_id(made)
    assert list(cells) == list(frame)
    for grade_id, cell in cells.items():
        assert cell["metadata"]["nbgrader"] == frame[grade_id]["metadata"]["nbgrader"]
        assert cell["cell_type"] == frame[grade_id]["cell_type"]
        if not cell["metadata"]["nbgrader"]["solution"]:
            assert cell["source"] == frame[grade_id]["source"]
    assert cells["double"]["source"].strip() == RIGHT.strip()
    assert cells["Counter"]["source"].strip() == COUNTER.strip()
    assert cells["why"]["source"] == "Because two ones are two."
    assert made["metadata"]["kernelspec"] == released["metadata"]["kernelspec"]


def test_an_untouched_notebook_needs_no_note(course: Course) -> None:
    assert rebuilt(course, answered(course)).notes == ()


def test_damage_is_noted(course: Course) -> None:
    quiet = ("format_4", "saved_by", "kernel_swapped", "tests_moved")
    for damage in DAMAGES:
        notes = rebuilt(course, damaged(answered(course), damage)).notes
        assert notes or damage.__name__.startswith(quiet), damage.__name__


def edited(course: Course, edit: Any) -> dict[str, Any]:
    notebook = json.loads(answered(course))
    edit(notebook["cells"])
    return by_id(rebuilt(course, json.dumps(notebook).encode()).notebook)


def cell_of(cells: list[dict[str, Any]], grade_id: str) -> dict[str, Any]:
    found = [c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id]
    return found[0]


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "id": "new", "metadata": {}, "source": source, "outputs": [],
            "execution_count": None}  # fmt: skip


def test_the_last_definition_is_the_answer_as_when_cells_run(course: Course) -> None:
    made = edited(course, lambda cells: cells.append(code(SQUARED)))
    assert made["double"]["source"] == SQUARED


def test_two_exercises_in_one_cell_are_both_found(course: Course) -> None:
    def edit(cells: list[dict[str, Any]]) -> None:
        cell_of(cells, "double")["source"] = RIGHT + "\n\n" + COUNTER
        cells.remove(cell_of(cells, "Counter"))

    made = edited(course, edit)
    assert "class Counter" in made["double"]["source"]
    assert made["Counter"]["source"].startswith("# Answered in another cell")


def test_an_answer_written_below_the_question_or_in_it_is_found(course: Course) -> None:
    def below(cells: list[dict[str, Any]]) -> None:
        at = cells.index(cell_of(cells, "why"))
        cells[at]["source"] = "YOUR ANSWER HERE"
        cells.insert(at + 1, {"cell_type": "markdown", "metadata": {}, "source": "Below."})

    def inside(cells: list[dict[str, Any]]) -> None:
        at = cells.index(cell_of(cells, "why"))
        cells[at - 1]["source"] += "\n\nInside."
        del cells[at]

    assert "Below." in edited(course, below)["why"]["source"]
    assert edited(course, inside)["why"]["source"] == "Inside."


def test_an_answer_survives_cleared_metadata(course: Course) -> None:
    payload = damaged(answered(course, why="Text *with* marks."), metadata_cleared)
    assert by_id(rebuilt(course, payload).notebook)["why"]["source"] == "Text *with* marks."


def test_a_written_answer_with_markup_is_shown_inert_and_kept_as_it_was(course: Course) -> None:
    text = "<script>alert(1)</script> ![a](http://x.example/a.png)"
    cell = by_id(rebuilt(course, answered(course, why=text)).notebook)["why"]
    assert "<script" not in cell["source"]
    assert cell["metadata"]["chainrule"]["text"] == text


def test_the_students_own_cells_stay_where_they_were(course: Course) -> None:
    notebook = json.loads(answered(course))
    at = notebook["cells"].index(cell_of(notebook["cells"], "double"))
    notebook["cells"].insert(at, code("helper = 3"))
    made = rebuilt(course, json.dumps(notebook).encode()).notebook
    sources = [cell["source"] for cell in made["cells"]]
    assert sources.index("helper = 3") < sources.index(RIGHT.strip() + "\n")
    assert made["cells"][sources.index("helper = 3")]["metadata"] == {"chainrule": {"own": True}}


def test_nothing_at_all_becomes_the_blank_release(course: Course, tmp_path: Path) -> None:
    released = nbformat.read(places_of(course).released(ONE), as_version=4)
    assert rebuild(released, []).notebook["cells"] == released["cells"]
