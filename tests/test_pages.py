"""What pages say: where to begin, each message once, the class in figures, the term."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from export_class import (  # type: ignore[import-not-found]
    BOB,
    CLASS,
    HOSTILE,
    report,
    result,
    submission,
    tags_of,
)
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_course import COURSE, write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import load_course
from grader.exporting.gathering import from_report
from grader.grading.store import Record, Store, default_url
from grader.nbgrader.beside import prompts
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.releasing import release
from grader.render.advice import NextStep, next_step
from grader.render.charts import columns, segments
from grader.render.figures import followed, items, marks_of, median_of, seen, unexplained
from grader.render.grades import Grades
from grader.render.html import Beside, class_page, student_page, term_page
from grader.render.term import term_of
from grader.render.worth import Offer, Worth, worth
from grader.results import Report, SubmissionResult
from tests.loop_class import (
    ONE,
    RIGHT,
    SQUARED,
    answered,
    graded,
    hand_in,
    set_manual,
    small_course,
)

PLAIN = COURSE.replace("    bonus: [Counter]\n    written: {why: 1}\n", "")
SAID = "ModuleNotFoundError: No module named 'x' (line 1 of the file)"
GIVEN = "right, given a right double"
WRONG = result("double", "failed", 0, 2, mistake="double_squared", hint="Twice, not squared.")
FOLLOWS = result("Counter", "passed", 3, 3, message=GIVEN, follow_through=("double",))


def grades_of(root: Path, graded: Report, course: str = PLAIN) -> Grades:
    return from_report(load_course(write_course(root, course=course)), graded)


def text(page: str) -> str:
    return " ".join(tags_of(page).text.split())


def scored(student: str, double: float, counter: float) -> SubmissionResult:
    return submission(
        student,
        result("double", "passed" if double == 2 else "failed", double, 2),
        result("Counter", "passed" if counter == 3 else "failed", counter, 3),
    )


def test_the_next_step_is_what_most_others_follow_from() -> None:
    offer = Offer({"a": 1, "b": 1, "c": 1, "d": 1})
    late = submission("x", result("a", "failed", 0, 1), result("b", "error", 0, 1),
                      result("c", "passed", 1, 1, follow_through=("b",)),
                      result("d", "failed", 0, 1, follow_through=("a", "b")))  # fmt: skip
    assert next_step(worth("x", offer, late)) == NextStep("b", False, 2)
    alone = submission("x", result("a", "passed", 1, 1), result("b", "missing", 0, 1),
                       result("c", "failed", 0, 1))  # fmt: skip
    assert next_step(worth("x", offer, alone)) == NextStep("b", True, 0)
    assert next_step(worth("x", offer, submission("x", result("a", "passed", 1, 1)))) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Next step: mend double first: one exercise follows"),
     ("zh", "下一步：先改好 double：有一道练习以它为前提")],
)  # fmt: skip
def test_the_next_step_is_said_with_a_link(tmp_path: Path, language: str, said: str) -> None:
    grades = grades_of(tmp_path, report(submission("dora", WRONG, FOLLOWS)))
    page = student_page(replace(grades, language=language), grades.worths[0])
    assert said in text(page)
    step = re.search(r'<p class="step">.*', page)
    assert step and '<a href="#x-double">' in step[0]


def test_a_message_of_many_exercises_stands_once(tmp_path: Path) -> None:
    both = [
        result(name, "error", 0, of, message=SAID) for name, of in (("double", 2), ("Counter", 3))
    ]
    grades = grades_of(tmp_path, report(submission("lena", *both)))
    page = student_page(grades, grades.worths[0])
    assert text(page).count(SAID) == 1
    assert "This holds for 2 exercises: double, Counter" in text(page)
    assert page.count('href="#x-1"') == 2
    of_file = grades_of(tmp_path, report(submission("lena", *both, message=SAID)))
    page = student_page(of_file, of_file.worths[0])
    assert text(page).count(SAID) == 1 and "This holds" not in page and "#x-1" not in page


def test_what_is_right_given_a_right_one_is_said_where_it_is(tmp_path: Path) -> None:
    third = result("Third", "passed", 1, 1, message=GIVEN, follow_through=("double",))
    grades = grades_of(tmp_path, report(submission("dora", WRONG, FOLLOWS, third)))
    page = student_page(grades, grades.worths[0])
    assert "This holds" not in page and GIVEN in page


def test_due_submitted_and_lateness_are_said() -> None:
    due = datetime(2026, 3, 8, 15, 59, tzinfo=UTC)
    one = replace(worth("bob", Offer({"double": 2, "Counter": 3}), BOB), due=due)
    grades = Grades("one", "One", (one,), Offer({}), zone="Asia/Shanghai")
    for came, late in (("2026-03-08 15:58:00.000000", False), ("2026-03-08 16:00:00", True)):
        page = student_page(grades, replace(one, timestamp=came))
        assert "<dt>Due</dt><dd>2026-03-08 23:59 (Asia/Shanghai)</dd>" in page
        assert ("<strong>late</strong>" in page) == late
    assert "Submitted" not in text(student_page(grades, one))


def test_what_is_not_graded_yet_leaves_a_percent_of_the_rest(tmp_path: Path) -> None:
    grades = grades_of(tmp_path, report(BOB), COURSE)
    said = text(student_page(grades, grades.worths[0]))
    assert "1.5 of 3 points so far · 75 % of what is graded" in said and "not graded yet" in said


@pytest.mark.parametrize("shown", [True, False])
def test_the_median_is_told_where_the_course_allows_and_the_class_is_large_enough(
    tmp_path: Path, shown: bool
) -> None:
    course = PLAIN + f"feedback: {{median: {str(shown).lower()}}}\n"
    marks = [scored(name, double, 3) for name, double in zip("abcde", (0, 1, 1, 2, 2), strict=True)]
    grades = grades_of(tmp_path, report(*marks), course)
    assert ("Median of the class" in student_page(grades, grades.worths[0])) == shown
    assert grades.median == (80.0 if shown else None)
    few = grades_of(tmp_path, report(*marks[:4]), course)
    assert "Median of the class" not in student_page(few, few.worths[0])


def test_a_median_is_of_final_marks_alone() -> None:
    offer = Offer({"double": 2, "Counter": 3}, written={"why": 1})
    open_ = tuple(worth(name, offer, scored(name, 2, 3)) for name in "abcde")
    assert median_of(open_) is None
    assert median_of([replace(one, written=()) for one in open_]) == 100.0


def test_every_verdict_has_colours_of_its_own_in_both_modes() -> None:
    from typing import get_args

    from grader.results import Verdict

    css = (Path(__file__).parents[1] / "grader/render/templates/page.css").read_text()
    inks = re.findall(r"--([a-z]+)-on: (#\w+)", css)
    assert len(inks) == 2 * len(get_args(Verdict)) and len({colour for _, colour in inks}) == 18
    assert all(f".f-{verdict} " in css for verdict in get_args(Verdict))


def test_the_prompt_stands_beside_the_answer_and_comments_are_markdown(tmp_path: Path) -> None:
    grades = grades_of(tmp_path, report(BOB))
    beside = Beside(
        answers={"double": "def double(x):\n    return x * x"},
        comments={"double": f"**Nearly.** {HOSTILE}\n\n# Big"},
        prompts={"double": "## Twice\n\nReturn $2x_i$."},
    )
    page = student_page(grades, grades.worths[0], beside)
    found = tags_of(page)
    assert "<strong>Nearly.</strong>" in page and "return x * x" in page
    assert "What was asked" in page and "<msub><mi>x</mi><mi>i</mi></msub>" in page
    assert found.tags.count("h1") == 1
    assert not {"script", "iframe", "img"} & set(found.tags)
    assert "<script>alert(1)</script>" in found.text


def cell(kind: str, source: str, **marks: object) -> NotebookNode:
    made = new_markdown_cell(source) if kind == "markdown" else new_code_cell(source)
    made.metadata["nbgrader"] = marks
    return made


def test_a_prompt_is_the_releases_text_above_the_answer_and_never_the_students() -> None:
    nb = new_notebook(cells=[
        cell("markdown", "# Title", locked=True, grade_id="text-1"),
        new_markdown_cell("## What I wrote"),
        cell("markdown", "## Part", locked=True, grade_id="text-2"),
        cell("markdown", "Do this.", locked=True, grade_id="text-3"),
        cell("code", "...", solution=True, grade_id="a"),
        cell("code", "assert secret", grade=True, locked=True, grade_id="test-a"),
        cell("code", "...", solution=True, grade_id="b"),
        cell("markdown", "Then that.", locked=True, grade_id="text-4"),
        cell("code", "...", solution=True, grade_id="c"),
    ])  # fmt: skip
    assert prompts(nb) == {"a": "## Part\n\nDo this.", "b": "## Part\n\nDo this.",
                           "c": "Then that."}  # fmt: skip


def test_the_figures_of_a_class() -> None:
    found = marks_of([0, 50, 60, 70, 100])
    assert found is not None
    assert (found.mean, found.median, found.quarters) == (56.0, 60, (50, 70))
    assert found.tenths == (1, 0, 0, 0, 0, 1, 1, 1, 0, 1) and found.deviation == 32.62
    assert marks_of([]) is None and marks_of([40.0]).quarters == (40, 40)  # type: ignore[union-attr]


def test_difficulty_and_discrimination(tmp_path: Path) -> None:
    strong = [scored(f"s{n}", 2, 3) for n in range(6)]
    weak = [scored(f"w{n}", 0, 0 if n < 5 else 3) for n in range(6)]
    told = items(grades_of(tmp_path, report(*strong, *weak)))
    assert told["double"].share == 0.5 and told["Counter"].share == pytest.approx(7 / 12)
    assert told["double"].discrimination == 0.85
    assert told["double"].groups == (("values", 6, 12),)
    few = items(grades_of(tmp_path, report(*strong)))
    assert few["double"].discrimination is None, "too few"
    same = items(grades_of(tmp_path, report(*strong, *[scored(f"t{n}", 2, 0) for n in range(6)])))
    assert same["double"].discrimination is None, "all have the same"


def test_mistakes_by_hint_followers_and_clusters(tmp_path: Path) -> None:
    odd = result("double", "failed", 0, 2, fingerprint="a-b-c")
    still = result("Counter", "failed", 0, 3, hint="One at a time.", follow_through=("double",))
    graded = report(submission("a", WRONG, FOLLOWS), submission("b", WRONG, still),
                    submission("c", odd), submission("d", odd))  # fmt: skip
    grades = grades_of(tmp_path, graded)
    assert [(m.exercise, m.hint, m.count) for m in seen(grades)] == [
        ("double", "Twice, not squared.", 2), ("Counter", "One at a time.", 1)]  # fmt: skip
    (apart,) = followed(grades)
    assert (apart.exercise, apart.given, apart.count, apart.passed) == (
        "Counter",
        ("double",),
        2,
        1,
    )
    assert unexplained(grades)[0].students == ("c", "d")
    said = text(class_page(grades))
    for part in ("Median", "Middle half", "Twice, not squared.", "Then right", "c, d"):
        assert part in said


def test_a_chart_is_as_wide_and_as_high_as_it_says() -> None:
    made = columns([0, 1, 2, 0, 0, 0, 0, 0, 0, 4])
    assert [c.height for c in made if c.count] == [37.5, 75.0, 150.0] and made[9].y == 0
    parts = segments([("failed", 3), ("passed", 1)])
    assert [p.verdict for p in parts] == ["passed", "failed"] and parts[1].x == 50.0


def test_a_class_page_has_one_picture_that_is_told_in_words(tmp_path: Path) -> None:
    page = class_page(grades_of(tmp_path, report(*CLASS)))
    found = tags_of(page)
    labels = [v for k, v in found.attributes if k == "aria-label"]
    assert len(labels) == 1 and "90–100: " in str(labels[0])
    assert " style=" not in page and "script" not in found.tags


def one(student: str, percent: float | None, **more: object) -> Worth:
    result_ = scored(student, 2 * (percent or 0) / 100, 3 * (percent or 0) / 100)
    made = worth(student, Offer({"double": 2, "Counter": 3}), None if percent is None else result_)
    return replace(made, **more)  # type: ignore[arg-type]


def test_a_term_is_a_table_of_students_and_assignments() -> None:
    offer = Offer({"double": 2, "Counter": 3})
    first = Grades("one", "One", (one("a", 80), one("b", None), one("c", 40)), offer)
    excused = one("b", None, standing="excused")
    second = Grades("two", "Two", (one("a", 60), excused), offer, names={"a": "Doe, Ann"})
    term = term_of([first, second])
    assert [(line.student, line.mean) for line in term.lines] == [("a", 70), ("b", 0), ("c", 40)]
    assert term.medians == (60, 60)
    page = term_page("Deep Learning", [first, second])
    for part in ("Over the term", "Doe, Ann", "nothing handed in", "excused", "Two"):
        assert part in text(page)


def test_the_command_writes_the_term(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_course(tmp_path, course=PLAIN)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["term"])
    assert done.exit_code == 2 and "no results yet" in done.output
    with Store(default_url(tmp_path)) as store:
        store.put(Record(assignment="one", key="bob", result=BOB))
    done = CliRunner().invoke(app, ["term"])
    assert done.exit_code == 0, done.output
    page = (tmp_path / "build" / "exports" / "term.html").read_text()
    assert "bob" in text(page) and "The first" in text(page) and "30" in text(page)
    done = CliRunner().invoke(app, ["term", "nope"])
    assert done.exit_code == 2 and "lists no assignment nope" in done.output


def test_a_page_of_nbgraders_has_median_prompt_comment_and_when_it_came(tmp_path: Path) -> None:
    course = small_course(tmp_path, "feedback: {median: true}\n")
    release(course, ONE)
    hand_in(course, {s: answered(course, RIGHT if s in "abc" else SQUARED) for s in "abcde"})
    collect(course, ONE)
    graded(course)
    for student in "abcde":
        set_manual(course, student, "why", 1.0, "Well *said*: $x^2$.")
    page = write_feedback(course, ONE).pages["d"].read_text()
    assert "<dt>Median of the class</dt><dd>100 %</dd>" in page
    assert "<dt>Submitted</dt><dd>2026-03-08 18:59 (Asia/Shanghai)</dd>" in page
    assert "<em>said</em>" in page and "<msup>" in page and "Why?" in text(page)
