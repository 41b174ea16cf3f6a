"""Exports: what each format says, and that nothing a student wrote acts in any of them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from export_class import (  # type: ignore[import-not-found]
    ALICE,
    BOB,
    CAROL,
    CLASS,
    DAN,
    EVE,
    MALLORY,
    report,
    result,
    submission,
    tags_of,
)
from hypothesis import given
from hypothesis import strategies as st
from small_course import write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.exporting.gathering import from_report
from grader.inert import no_formula, plain
from grader.render.grades import Grades, summaries
from grader.render.gradescope import results_json
from grader.render.html import class_page, student_page
from grader.render.junit import junit
from grader.render.sheets import canvas, column, moodle, reasons, table
from grader.render.worth import Entry, Mark, Offer, Worth, worth


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


@pytest.fixture
def grades(course_root: Path) -> Grades:
    return from_report(load_course(course_root), report(*CLASS), {"double": "Twice a number."})


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def of(grades: Grades, student: str) -> Worth:
    return {one.student: one for one in grades.worths}[student]


def test_percent_leaves_the_bonus_out_of_the_maximum(grades: Grades) -> None:
    found = {one.student: (one.total, one.possible, one.percent) for one in grades.worths}
    assert found["alice"] == (5.0, 3.0, 100.0)  # a bonus of 3, and 1 for what was written
    assert found["bob"] == (1.5, 3.0, 50.0)
    assert found["carol"] == (0.0, 3.0, 0.0)
    assert found["dan"] == (None, 3.0, None)


OFFER = Offer({"double": 2, "Counter": 3}, frozenset({"Counter"}), {"why": 1})


def entry(penalty: float = 0.0, **marks: Mark) -> Entry:
    auto = {"double": Mark(2, auto=0.0), "Counter": Mark(3, auto=1.5)}
    return Entry({**auto, **marks}, penalty)


def test_what_a_person_gave_goes_before_what_the_grader_gave() -> None:
    found = worth("bob", OFFER, BOB, entry(double=Mark(2, auto=0.0, manual=1.0, extra=0.5)))
    part = found.part("double")
    assert part is not None and (part.score, part.by_hand) == (1.5, True)
    assert found.total == 3.0 and found.why_open == "not graded yet: why"


def test_a_written_question_is_graded_or_not_yet_and_never_zero_by_default() -> None:
    blank = worth("bob", OFFER, BOB, entry(why=Mark(1, waiting=True)))
    assert blank.written[0].score is None and blank.waiting == ("why",)
    zero = worth("bob", OFFER, BOB, entry(why=Mark(1, manual=0.0)))
    assert zero.written[0].score == 0.0 and zero.why_open == ""
    silent = worth("bob", OFFER, BOB, entry(why=Mark(1, auto=0.0)))
    assert silent.written[0].score == 0.0 and silent.why_open == ""


def test_a_hand_given_score_of_an_earlier_grading_counts_and_is_not_final() -> None:
    found = worth("bob", OFFER, BOB, entry(why=Mark(1, manual=1.0, waiting=True)))
    assert found.total == 2.5 and "look once more: why" in found.why_open


def test_a_penalty_is_taken_off_and_never_below_nothing() -> None:
    graded = {"why": Mark(1, manual=1.0)}
    assert worth("bob", OFFER, BOB, entry(0.5, **graded)).total == 2.0
    assert worth("bob", OFFER, BOB, entry(9.0, **graded)).total == 0.0


def test_points_that_changed_after_grading_count_by_their_share() -> None:
    found = worth("bob", Offer({"double": 4, "Counter": 6}), BOB)
    assert (found.total, found.possible) == (3.0, 10.0)
    less = worth("bob", Offer({"double": 4}), BOB)
    assert "no points for Counter" in less.why_open
    more = worth("bob", Offer({"double": 2, "Counter": 3, "Third": 1}), BOB)
    assert more.why_open == "not graded yet: Third"


def test_whoever_is_on_the_roster_and_not_in_the_results_is_missing(course_root: Path) -> None:
    roster = {"alice": "Doe, Alice", "zoe": "Zoe"}
    found = from_report(load_course(course_root), report(ALICE), roster=roster)
    zoe = of(found, "zoe")
    assert (zoe.standing, zoe.total, zoe.reason) == ("missing", None, "not among these results")
    assert len(found.handed_in) == 1


def test_table_has_every_submission_and_exercise(grades: Grades) -> None:
    found = {row["student"]: row for row in rows(table(grades))}
    assert found["alice"]["score"] == "5"
    assert found["bob"]["Counter"] == "1.5"
    assert found["bob"]["double mistake"] == "double_squared"
    assert found["carol"]["status"] == "unreadable"
    assert (found["carol"]["score"], found["carol"]["double"]) == ("0", "")
    assert found["alice"]["why"] == "not graded yet" and found["alice"]["final"] == "no"
    assert found["dan"]["score"] == found["dan"]["percent"] == ""


def test_no_cell_is_a_formula(grades: Grades) -> None:
    for text in (table(grades), canvas([column(grades)]), moodle([column(grades, "=1+1")])):
        assert text.startswith('"') and text.endswith('"\r\n')
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                assert cell[:1] not in "=+-@\t\r" or cell == ""


@given(st.text())
def test_any_text_becomes_one_harmless_cell(text: str) -> None:
    cell = no_formula(text)
    assert cell[:1] == "" or cell[0] not in "=+-@＝＋－＠\t\r\n"
    assert not set(cell) & {"\n", "\r", "\t", "\0", "\x1b"}
    cell.encode()
    plain(text).encode()


def test_canvas_without_a_gradebook_gets_the_exercises_points(grades: Grades) -> None:
    found = rows(canvas([column(grades, "One (77)")], "SIS User ID"))
    assert found[0]["Student"] == "    Points Possible"
    assert found[0]["One (77)"] == "2"
    scores = {row["SIS User ID"]: row["One (77)"] for row in found[1:]}
    assert scores["alice"] == "2" and scores["bob"] == "1.5" and scores["carol"] == "0"
    assert "dan" not in scores and "eve" not in scores
    assert list(found[0])[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def test_moodle_gets_grade_and_feedback_side_by_side(grades: Grades) -> None:
    found = {row["ID number"]: row for row in rows(moodle([column(grades)]))}
    assert found["bob"]["The first"] == "1.5"
    assert found["bob"]["The first feedback"].startswith("double 0/2: Twice, not squared.; Counter")
    said = "all of it is right; Written questions are not in here."
    assert found["alice"]["The first feedback"] == said
    assert "dan" not in found and "eve" not in found


def test_reasons_say_why_a_grade_is_no_plain_one(grades: Grades) -> None:
    found = {row["student"]: row for row in rows(reasons(column(grades)))}
    assert set(found) == {"carol", "dan", "eve"}
    assert found["carol"]["in the import"] == "0"
    assert found["eve"]["reason"] == "not graded yet: double"


def test_gradescope_results(grades: Grades) -> None:
    bob = json.loads(results_json(grades, of(grades, BOB.student)))
    assert bob["score"] == 1.5
    double, counter, why = bob["tests"]
    assert "score" not in why and "not graded yet" in why["output"]
    assert double["name"] == "double" and double["status"] == "failed"
    assert (double["score"], double["max_score"]) == (0.0, 2.0)
    assert "Twice a number." in double["output"] and "Hint: Twice, not squared." in double["output"]
    assert "ZeroDivisionError" in counter["output"]
    assert "isolation: full" in bob["output"] and "Written questions" in bob["output"]
    assert bob["extra_data"]["chainrule"]["isolation"] == "full"
    assert json.loads(results_json(grades, of(grades, CAROL.student)))["score"] == 0.0
    assert "status" not in json.loads(results_json(grades, of(grades, EVE.student)))["tests"][0]


def test_gradescope_gives_no_mark_where_the_grader_failed(grades: Grades) -> None:
    dan = json.loads(results_json(grades, of(grades, DAN.student)))
    assert "score" not in dan and "tests" not in dan


def test_gradescope_output_is_plain_text(grades: Grades) -> None:
    text = results_json(grades, of(grades, MALLORY.student))
    for test in json.loads(text)["tests"]:
        assert test["output_format"] == "text"
        assert not set(test["output"]) & {"\x1b", "\u202e", "\0", "\ud800"}


def test_junit_counts_and_kinds(grades: Grades) -> None:
    root = ElementTree.fromstring(junit(grades))
    assert root.tag == "testsuites"
    counts = {key: int(root.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 14, "failures": 4, "errors": 1, "skipped": 5}
    bob = root.findall("testsuite")[1]
    failure = bob.findall("testcase")[0].find("failure")
    assert failure is not None and failure.attrib["message"] == "Twice, not squared."
    assert failure.attrib["type"] == "failed"
    mallory = root.findall("testsuite")[5].findall("testcase")[0].find("failure")
    assert mallory is not None and mallory.text and "<script>" in mallory.text


@pytest.mark.parametrize("language", ["en", "zh", "xx"])
def test_pages_are_inert_and_whole(grades: Grades, language: str) -> None:
    spoken = replace(grades, language=language)
    for page, charts in (
        (student_page(spoken, of(spoken, MALLORY.student)), 0),
        (class_page(spoken, {0: "students/a b.html"}), 3),
    ):
        assert "unsafe-inline" not in page and " style=" not in page
        found = tags_of(page)
        assert not {"script", "iframe", "img", "object", "embed", "form", "link"} & set(found.tags)
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert found.tags.count("svg") == charts, "the histogram, and a row an exercise"
        assert ("lang", "zh" if language == "zh" else "en") in found.attributes
        assert "http://" not in page and "https://" not in page
        assert "\x1b" not in page and "\u202e" not in page
    assert (
        "<script>alert(1)</script>"
        in tags_of(student_page(grades, of(grades, MALLORY.student))).text
    )
    assert "{{7*7}}" in tags_of(student_page(grades, of(grades, MALLORY.student))).text


def test_a_students_page_says_title_verdict_points_hint_and_message(grades: Grades) -> None:
    text = tags_of(student_page(grades, of(grades, BOB.student))).text
    for part in ("Twice a number.", "failed", "0 of 2", "Twice, not squared.", "ZeroDivision"):
        assert part in text
    assert "1.5 of 3 points so far" in text and "bonus" in text and "not graded yet" in text


def test_class_page_links_students(grades: Grades) -> None:
    found = tags_of(class_page(grades, {0: "students/alice.html"}))
    assert ("href", "students/alice.html") in found.attributes
    assert "double_squared" in found.text


def test_what_is_right_given_a_right_one_is_shown_to_the_instructor(course_root: Path) -> None:
    said = "right, given a right double"
    followed = result("Counter", "passed", 3, 3, message=said, follow_through=("double",))
    wrong = result("double", "failed", 0, 2)
    both = report(submission("dora", wrong, followed), submission("emil", wrong, followed))
    grades = from_report(load_course(course_root), both)
    assert summaries(grades)[1].followed == 2
    row = rows(table(grades))[0]
    assert row["Counter given"] == "double"
    assert "passed 2 (2 by follow-through)" in class_page(grades, {})
    assert said in student_page(grades, grades.worths[0])
