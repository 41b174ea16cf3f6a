"""Model answers and rubrics: read strictly, shown to the instructor, never to a student."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.course.syllabus import Course, load_course
from grader.course.written import load_written
from grader.errors import CourseError
from grader.exporting.files import SUFFIXES, export
from grader.exporting.gathering import from_report
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.leaks import check_release
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from grader.notebook import compose
from grader.otter.assigning import Assigned, assign
from grader.otter.bundle import Grading
from tests.loop_class import ONE, answered, graded, hand_in, small_course
from tests.small_course import write_course

ANSWER = "Because one and one are two, as every mandarin duck knows."
REASON = "names the mandarin duck, or any other bird that can count"
WRITTEN = f"""\
why:
  answer: |
    {ANSWER}

    And $x_{{ij}}$ is no placeholder.
  rubric:
    - points: 0.5
      for: "{REASON}"
    - points: 0.5
      for: the sum
"""
OURS = Path(__file__).parents[1]


def with_written(root: Path, text: str = WRITTEN) -> Course:
    course = small_course(root)
    (root / "solutions" / ONE / "written.yml").write_text(text, encoding="utf-8")
    return course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = with_written(tmp_path_factory.mktemp("written"))
    release(made, ONE)
    return made


def test_a_model_answer_is_read_with_its_rubric(course: Course) -> None:
    found = load_written(course, ONE)["why"]
    assert found.answer.startswith(ANSWER) and found.points == 1
    assert [(one.points, one.reason) for one in found.rubric] == [(0.5, REASON), (0.5, "the sum")]
    assert f"\n- 0.5: {REASON}\n" in found.markdown()


def test_without_a_file_there_is_none(tmp_path: Path) -> None:
    assert load_written(load_course(write_course(tmp_path)), "one") == {}


RUBRIC = "  rubric: [{points: 1, for: x}]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"written\.yml:1: .*is null: give a mapping"),
        ("why: 3\n", r"written\.yml:1: why is 3: give a mapping"),
        ("why:\n  answer: x\n", r"written\.yml:1: why\.rubric is missing"),
        ("why:\n" + RUBRIC, r"written\.yml:1: why\.answer is missing"),
        ("why:\n  answer: ' '\n" + RUBRIC, r":2: why\.answer is ' ': give text that is not"),
        ("why:\n  answer: 3\n" + RUBRIC, r":2: why\.answer is 3: give text"),
        ("why:\n  answer: x\n  rubric: []\n", r":3: why\.rubric is \[\]: give at least one"),
        ("why:\n  answer: x\n  rubric: x\n", r":3: why\.rubric is 'x': give a list"),
        ("why:\n  answer: x\n" + RUBRIC.replace("1", "-1"), r"points is -1: give a number above 0"),
        ("why:\n  answer: x\n" + RUBRIC.replace("for", "fro"), r"unknown key; did you mean for\?"),
        ("why:\n  answer: x\n  rubrik: []\n" + RUBRIC, r":3: why\.rubrik: unknown key; .*rubric"),
        ("why:\n  answer: x\n" + RUBRIC.replace("1", "2"), r":3: why\.rubric adds up to 2 p"),
        ("wy:\n  answer: x\n" + RUBRIC, r":1: why is missing; .*; did you mean wy\?"),
        ("{}\n", r":1: why is missing; assignments\.one\.written in .* gives it 1 points"),
        ("why:\n  answer: '### END SOLUTION'\n" + RUBRIC, r"'END SOLUTION' is a mark of nbgrader"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        compose(with_written(tmp_path, text), ONE)


def test_the_instructor_sees_it_in_the_source_and_nobody_in_the_release(course: Course) -> None:
    places = places_of(course)
    source = (places.of("source", ".", ONE) / f"{ONE}.ipynb").read_text()
    assert ANSWER in source and REASON in source
    notebook = json.loads(places.released(ONE).read_text())
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    assert "".join(cells["why"]["source"]) == "YOUR ANSWER HERE"
    nothing_in(places.exchange, places.of("release", ".", ONE))


def test_the_gradebook_has_no_model_answer(course: Course) -> None:
    with gradebook(course) as book:
        sources = [cell.source for cell in book.find_notebook(ONE, ONE).source_cells]
    assert sources and not any("mandarin" in source for source in sources)


@pytest.mark.parametrize("text", [ANSWER, f"- 0.5: {REASON}"])
def test_a_model_answer_in_a_release_is_refused(course: Course, tmp_path: Path, text: str) -> None:
    places = places_of(course)
    notebook = json.loads(places.released(ONE).read_text())
    notebook["cells"][0]["source"] = text
    (tmp_path / f"{ONE}.ipynb").write_text(json.dumps(notebook))
    source = places.of("source", ".", ONE) / f"{ONE}.ipynb"
    with pytest.raises(CourseError, match="the model answer or rubric of why"):
        check_release(course, ONE, source, tmp_path)


def test_feedback_and_exports_hold_no_model_answer(course: Course, tmp_path: Path) -> None:
    hand_in(course, {"ada": answered(course), "ben": answered(course, why="YOUR ANSWER HERE")})
    collect(course, ONE)
    report, entered = graded(course)
    assert entered.failed == {}
    with gradebook(course) as book:
        needs = {
            student: book.find_grade("why", ONE, ONE, student).needs_manual_grade
            for student in ("ada", "ben")
        }
    assert needs == {"ada": True, "ben": False}, "an untouched answer is told from a written one"
    pages = write_feedback(course, ONE)
    assert len(pages.pages) == 2
    nothing_in(places_of(course).of("feedback", "ada", ONE), places_of(course).exchange)
    grades = from_report(course, report, {"double": "Twice a number."})
    for kind in ("csv", "canvas", "html", "gradescope", "junit"):
        export(grades, kind, tmp_path / f"{kind}{SUFFIXES.get(kind, '')}")
    nothing_in(tmp_path)


@pytest.fixture(scope="module")
def assigned(tmp_path_factory: pytest.TempPathFactory) -> Assigned:
    made = with_written(tmp_path_factory.mktemp("otter"))
    return assign(made, ONE, made.root / "otter", Grading())


def test_otters_instructor_sees_it_and_its_students_do_not(assigned: Assigned) -> None:
    for path in (assigned.master, assigned.answers):
        assert ANSWER in path.read_text() and REASON in path.read_text()
    nothing_in(assigned.student.parent)
    texts = ["".join(c["source"]) for c in json.loads(assigned.student.read_text())["cells"]]
    assert any("YOUR ANSWER HERE" in text for text in texts)


def nothing_in(*folders: Path) -> None:
    """Nothing of the model answer is in any file below these."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert b"mandarin" not in path.read_bytes(), path


def assignments() -> list[str]:
    return list(load_course(OURS).assignments)


@pytest.mark.parametrize("name", assignments())
def test_our_model_answers_are_answers(name: str) -> None:
    course = load_course(OURS)
    for question, answer in load_written(course, name).items():
        assert len(answer.answer) > 200, f"{question}: that is no answer to learn from"
        assert len({one.reason for one in answer.rubric}) == len(answer.rubric), question


PROMPT = """\
# %% [markdown]
# # One
#
# {{points}} points: {{points_of_exercises}} and {{points_of_questions}}, and {{points_of_bonus}}
# more. Due {{due}}. $\\\\frac{a}{{b}} + {{ab} }$ and {points} and {{ due }} stay.
"""


def prompted(root: Path, prompt: str, due: str = "2026-03-08 23:59") -> Course:
    course = small_course(root)
    for path, old, new in (
        (root / "assignments" / ONE / f"{ONE}.py", "# %% [markdown]\n# # One\n", prompt),
        (course.file, "2026-03-08 23:59", due),
    ):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
    return load_course(root)


def first_text(path: Path) -> str:
    cells: list[dict[str, Any]] = json.loads(path.read_text())["cells"]
    return next("".join(c["source"]) for c in cells if "# One" in "".join(c["source"]))


def test_a_due_date_that_changes_shows_in_every_way_out(tmp_path: Path) -> None:
    for due in ("2026-03-08 23:59", "2026-03-11 12:00"):
        course = prompted(tmp_path / due[8:10], PROMPT, due)
        release(course, ONE)
        out = assign(course, ONE, course.root / "otter", Grading())
        for path in (places_of(course).released(ONE), out.student):
            text = " ".join(first_text(path).split())
            assert "3 points: 2 and 1, and 3 more." in text
            assert f"Due {due} (Asia/Shanghai)." in text
            assert "frac{a}{{b}} + {{ab} }$ and {points} and {{ due }} stay." in text


def test_an_unknown_placeholder_is_refused(tmp_path: Path) -> None:
    course = prompted(tmp_path, "# %% [markdown]\n# # One\n#\n# by {{dew}}\n")
    with pytest.raises(CourseError, match=r"one\.py:4: unknown placeholder .*did you mean due\?"):
        compose(course, ONE)


@pytest.mark.parametrize("name", assignments())
def test_no_placeholder_is_left_in_ours(name: str) -> None:
    texts = [c.source for c in compose(load_course(OURS), name).cells if c.cell_type == "markdown"]
    assert texts and not any(re.search(r"\{\{[a-z_]{2,}\}\}", text) for text in texts)
