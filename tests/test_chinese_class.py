"""The demonstration's sample class, graded in Chinese: nothing that it is told stays English.

Wrong answers of every lecture, as they were told, are in `test_said.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.catalogue import load_catalogue, translated
from grader.course.syllabus import Course, load_course
from grader.demo.sample import make_class
from grader.exporting.gathering import exercise_titles, from_report
from grader.grading.grading import Options, grade_class
from grader.render.html import class_page, student_page
from grader.results import Report
from tests.test_said import left_in_english

ROOT = Path(__file__).parents[1]
NAME = "lec05_backprop"
STUDENTS = 8


@dataclass(frozen=True)
class Class:
    course: Course
    report: Report


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Class:
    course = load_course(ROOT)
    folder = tmp_path_factory.mktemp("sample")
    for student in make_class(course, NAME, STUDENTS):
        (folder / student.file).write_bytes(student.payload)
    report = grade_class(course, NAME, folder, Options(2, "cpu", "process"), keeping=None)
    return Class(course.in_language("zh"), report)


def test_somebody_was_told_something(school: Class) -> None:
    told = [e.message for one in school.report.submissions for e in one.exercises if e.message]
    assert len(set(told)) > 5  # how many there are hangs on the course's seed


def test_no_english_sentence_is_left(school: Class) -> None:
    catalogue = load_catalogue(school.course, NAME)
    for one in school.report.submissions:
        result = translated(one, catalogue)
        said = [(one.message, result.message)]
        for english, chinese in zip(one.exercises, result.exercises, strict=True):
            for key in ("hint", "further", "message"):
                lines = getattr(english, key).splitlines(), getattr(chinese, key).splitlines()
                said += list(zip(*lines, strict=True))
        for before, after in said:
            if before:
                assert after != before and not left_in_english(after), after


def test_pages_say_the_language_that_they_are_in(school: Class) -> None:
    titles = exercise_titles(school.course, NAME)
    grades = from_report(school.course, school.report, titles)
    for page in (class_page(grades), *(student_page(grades, one) for one in grades.worths)):
        assert '<html lang="zh">' in page
    assert "仿射层" in student_page(grades, grades.worths[0])
