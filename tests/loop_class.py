"""A small course that has been released, and a class that hands in through nbgrader."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from grader.course.syllabus import Course, load_course
from grader.demo.loop import Handed, submit_all
from grader.demo.sample import Student
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.nbgrader.entering import Entered, enter_scores
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import gradebook
from grader.results import Report
from tests.small_course import COURSE, write_course

ONE = "one"
RIGHT = """\
def double(x, scale=1.0):
    return 2 * x * scale
"""
SQUARED = """\
def double(x, scale=1.0):
    return x * x
"""
COUNTER = """\
class Counter:
    def __init__(self, start, by=1):
        self.value, self.by = start, by

    def tick(self):
        self.value += self.by
        return self.value

    def twice(self):
        self.tick()
        self.tick()
"""
LATE = "late: {policy: deduct, percent_per_day: 10.0, grace_hours: 1.0}\n"
CONFIG = Path(__file__).parents[1] / "nbgrader_config.py"


def small_course(root: Path, more: str = LATE) -> Course:
    """A course of one assignment with nbgrader's configuration, not yet released."""
    write_course(root, course=COURSE + more)
    (root / CONFIG.name).write_text(CONFIG.read_text())
    return load_course(root)


def answered(
    course: Course,
    double: str = RIGHT,
    counter: str = COUNTER,
    why: str = "Because two ones are two.",
) -> bytes:
    """The released notebook with answers in it, as Jupyter saves it."""
    notebook = json.loads(places_of(course).released(ONE).read_text())
    answers = {"double": double, "Counter": counter, "why": why}
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = answers.get(grade_id, "".join(cell["source"]))
    return (json.dumps(notebook, indent=1) + "\n").encode()


def hand_in(course: Course, payloads: dict[str, bytes], hours: float = -5) -> None:
    """Submit by nbgrader's exchange, `hours` after the due date, as each student."""
    when: datetime = course.plan(ONE).due + timedelta(hours=hours)
    handed = [Handed(Student(s, f"{s}.ipynb", p, ""), when) for s, p in payloads.items()]
    submit_all(course, ONE, tuple(handed))


def graded(course: Course) -> tuple[Report, Entered]:
    """What `chainrule grade ASSIGNMENT` does, without the printing."""
    options = Options(2, "cpu", "process")
    with keeping(course) as kept:
        report = grade_class(course, ONE, places_of(course).submitted, options, kept)
    return report, enter_scores(course, ONE, report, "process")


def grades(course: Course, student: str) -> dict[str, Any]:
    """auto, manual and total score of each grade cell of a student, and `needs`."""
    with gradebook(course) as book:
        notebook = book.find_submission_notebook(ONE, ONE, student)
        return {
            grade.name: (grade.auto_score, grade.manual_score, grade.score)
            for grade in notebook.grades
        }


def set_manual(course: Course, student: str, cell: str, score: float, comment: str = "") -> None:
    """Grade by hand, as the formgrader does."""
    with gradebook(course) as book:
        grade = book.find_grade(cell, ONE, ONE, student)
        grade.manual_score, grade.needs_manual_grade = score, False
        if comment:
            book.find_comment(cell, ONE, ONE, student).manual_comment = comment
        book.db.commit()


def autograded(course: Course, student: str) -> dict[str, Any]:
    """The notebook that nbgrader's pass left."""
    path = places_of(course).of("autograded", student, ONE) / f"{ONE}.ipynb"
    return dict(json.loads(path.read_text()))
