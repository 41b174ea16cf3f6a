"""A class with a term's usual troubles: extensions, excused work, groups that hand in once."""

from pathlib import Path

from grader.course.syllabus import Course, load_course
from grader.nbgrader.collecting import collect
from grader.nbgrader.releasing import release
from tests.loop_class import LATE, ONE, answered, graded, hand_in, set_manual, small_course

ROSTER = """\
id,first_name,last_name,group
ann,Ann,Ames,red
bob,Bob,Best,red
cat,Cat,Cole,
dan,Dan,Dorn,
eve,Eve,Ely,
"""
ARRANGED = """\
extensions:
  one:
    dan: 2026-03-11 12:00
excused:
  one: [eve]
"""
PENALTY_FREE, TWO_DAYS = 30.0, 80.0  # hours after the due date of all, 2026-03-08 23:59


def term_course(
    root: Path, arranged: str = ARRANGED, roster: str = ROSTER, settings: str = ""
) -> Course:
    """The course with its roster and what is arranged, released; `settings`: more of them."""
    small_course(root, f"{LATE}roster: people/roster.csv\n{settings}")
    (root / "people").mkdir()
    (root / "people/roster.csv").write_text(roster)
    (root / "people/arrangements.yml").write_text(arranged)
    course = load_course(root)
    release(course, ONE)
    return course


def term_class(root: Path, settings: str = "") -> Course:
    """Ann hands in for the red ones, Cat and Dan 30 hours late, Eve what nobody asks her for."""
    course = term_course(root, settings=settings)
    right = answered(course)
    hand_in(course, {"ann": right, "eve": right})
    hand_in(course, {"cat": right, "dan": right}, PENALTY_FREE)
    collect(course, ONE)
    graded(course)
    for student in ("ann", "cat", "dan"):
        set_manual(course, student, "why", 1.0, f"Well said, {student}.")
    return course
