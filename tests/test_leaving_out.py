"""Leaving an exercise or a question out is a line in course.yml, and no error anywhere."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course, load_course
from grader.course.written import load_written
from grader.errors import CourseError
from grader.nbgrader.collecting import collect
from grader.nbgrader.places import places_of
from grader.notebook import Prompt, compose, read_assignment
from grader.notebook.build import verify
from grader.notebook.leaving_out import said_instead
from grader.notebook.model import Cell
from grader.otter.master import master
from tests.loop_class import ONE, answered, graded, hand_in, small_course
from tests.small_course import COURSE, NOTEBOOK, write_course

OURS = load_course(Path(__file__).parents[1])
WITHOUT_DOUBLE = COURSE.replace("double: 2, ", "")


def without(course: Course, assignment: str, names: Iterable[str]) -> Course:
    """The course with some exercises and questions of an assignment left out."""
    plan, gone = course.plan(assignment), set(names)
    cut = plan.model_copy(
        update={
            "points": {name: points for name, points in plan.points.items() if name not in gone},
            "written": {name: points for name, points in plan.written.items() if name not in gone},
            "bonus": tuple(name for name in plan.bonus if name not in gone),
        }
    )
    return course.model_copy(update={"assignments": {**course.assignments, assignment: cut}})


def sources(cells: Iterable[Cell]) -> str:
    return "\n".join(c.markdown if isinstance(c, Prompt) else c.source for c in cells)


def test_stub_examples_and_what_needs_them_are_not_in_the_notebook(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path, course=WITHOUT_DOUBLE))
    notebook = read_assignment(course, "one")
    assert notebook.exercises == ["Counter"] and notebook.left_out == ("double",)
    shown = sources(notebook.cells)
    assert "def double" not in shown and "double(2)" not in shown
    assert "shown = double" not in shown, "a plot of it cannot run"
    english, chinese = said_instead("double", 1)
    assert english.markdown in shown and chinese.markdown in shown and chinese.lang == "zh"
    assert "class Counter" in shown and "import numpy" in shown
    verify(course, "one")
    assert load_lesson(course, "one").left_out == {"double"}
    given = [c.source for c in compose(course, "one").cells if "cached_property" in c.source]
    assert given[0] == "from functools import cached_property", "what the class needs at once"
    assert given[0] in [cell.source for cell in master(course, "one").cells]


def test_what_uses_a_broken_demo_goes_too_until_its_name_has_another_meaning(
    tmp_path: Path,
) -> None:
    more = (
        "\n# %% demo=true\nprint(shown)\n"
        "\n# %% demo=true\nshown = 3\nprint(shown, 1)\n"
        "\n# %% demo=true\nprint(shown, 2)\n"
    )
    root = write_course(tmp_path, course=WITHOUT_DOUBLE, notebook=NOTEBOOK + more)
    shown = sources(read_assignment(load_course(root), "one").cells)
    assert "print(shown)" not in shown
    assert "print(shown, 1)" in shown and "print(shown, 2)" in shown


def test_a_question_goes_with_its_translations_and_its_model_answer(tmp_path: Path) -> None:
    course = load_course(
        write_course(tmp_path, course=COURSE.replace("    written: {why: 1}\n", ""))
    )
    answers = tmp_path / "solutions" / "one" / "written.yml"
    answers.write_text("why:\n  answer: x\n  rubric: [{points: 7, for: y}]\n")
    shown = sources(read_assignment(course, "one").cells)
    assert "Why?" not in shown and "为什么" not in shown
    assert load_written(course, "one") == {}
    verify(course, "one")
    answers.write_text("whi:\n  answer: x\n  rubric: [{points: 7, for: y}]\n")
    with pytest.raises(CourseError, match=r"written\.yml:1: whi is no question of .*mean why\?"):
        verify(course, "one")


@pytest.mark.parametrize("assignment", OURS.assignments)
@pytest.mark.parametrize("first", [0, 1])
def test_half_of_our_exercises_can_be_left_out(assignment: str, first: int) -> None:
    """Both sides still fit together, and nothing is left of what is gone."""
    plan = OURS.plan(assignment)
    gone = set([*plan.points, *plan.written][first::2])
    course = without(OURS, assignment, gone)
    notebook = read_assignment(course, assignment)
    assert set(notebook.left_out) == gone
    compose(course, assignment)
    lesson = load_lesson(course, assignment)
    assert not any(mistake.exercise in gone for mistake in lesson.mistakes)
    assert not any(gone & set(exercise.uses) for exercise in lesson.exercises.values())


def test_otter_does_without_it_too() -> None:
    course = without(OURS, "lec05_backprop", ["affine_forward", "Value", "shapes_of_gradients"])
    made = "\n".join(cell.source for cell in master(course, "lec05_backprop").cells)
    assert 'def affine_forward(a, w, b):\n    """The affine layer' not in made
    assert "def affine_backward" in made and "class Value" not in made


def test_it_is_built_released_and_graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = small_course(tmp_path)
    text = whole.file.read_text()
    assert "double: 2, " in text
    whole.file.write_text(text.replace("double: 2, ", ""))
    course = load_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    for command in ("build", "release"):
        done = CliRunner().invoke(app, [command, ONE])
        assert done.exit_code == 0, done.output
        assert "left out: double (one: no points in course.yml)" in done.stderr
    assert "def double" not in places_of(course).released(ONE).read_text()
    hand_in(course, {"ada": answered(course)})
    collect(course, ONE)
    report, entered = graded(course)
    (only,) = report.submissions
    assert entered.entered and not entered.failed
    assert [(e.name, e.verdict, e.score) for e in only.exercises] == [("Counter", "passed", 3)]
