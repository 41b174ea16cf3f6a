"""A class of thirty goes through the real nbgrader, half of it with damaged notebooks."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.syllabus import Course, load_course
from grader.demo.damage import DAMAGES, damaged
from grader.errors import UsageError
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import Entered, enter_scores
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from grader.results import Report
from tests.loop_class import (
    LATE,
    ONE,
    SQUARED,
    answered,
    autograded,
    graded,
    grades,
    hand_in,
    set_manual,
    small_course,
)

HOSTILE = (
    "<script>document.title='owned'</script><iframe src='https://x.example'></iframe>"
    "![p](https://x.example/p.png) \x1b[31mred\x1b]0;t\x07 \u202egnol"
)
RAISES = f"def double(x, scale=1.0):\n    raise ValueError({HOSTILE!r})\n"
HOURS = {"late": 30.0, "very_late": 24 * 20.0}


@dataclass(frozen=True)
class Class:
    course: Course
    report: Report
    entered: Entered


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Class:
    course = small_course(tmp_path_factory.mktemp("loop"))
    release(course, ONE)
    whole = answered(course)
    sound = {f"sound{n:02d}": whole for n in range(11)}
    broken = {f"broken_{d.__name__}": damaged(whole, d) for d in DAMAGES[:13]}
    odd = {
        "truncated": whole[: len(whole) // 2],
        "empty": b"",
        "mistaken": answered(course, double=SQUARED),
        "hostile": answered(course, double=RAISES, why=HOSTILE),
        "silent": answered(course, why="YOUR ANSWER HERE"),
    }
    hand_in(course, sound | broken | odd)
    for name, hours in HOURS.items():
        hand_in(course, {name: whole}, hours)
    collect(course, ONE)
    return Class(course, *graded(course))


def test_the_run_finishes_and_nobody_is_lost(school: Class) -> None:
    assert school.entered.failed == {}
    assert len(school.entered.entered) == len(school.report.submissions) == 31


def test_sound_and_damaged_notebooks_get_the_same_marks(school: Class) -> None:
    for result in school.report.submissions:
        if result.student.startswith(("sound", "broken")):
            found = grades(school.course, result.student)
            assert found["test-double"] == (2.0, None, 2.0), result.student
            assert found["test-Counter"] == (3.0, None, 3.0), result.student
            assert found["why"] == (None, None, 0.0), result.student


def test_damage_is_noted_and_soundness_is_not(school: Class) -> None:
    assert not [s for s in school.entered.rebuilt if s.startswith(("sound", "late", "silent"))]
    assert any("points" in n for n in school.entered.rebuilt["broken_points_changed"])
    assert "test-double was missing" in school.entered.rebuilt["broken_tests_deleted"]


def test_what_cannot_be_read_gets_nothing_and_says_why(school: Class) -> None:
    for student, says in (("truncated", "cut off"), ("empty", "is empty")):
        assert grades(school.course, student)["test-double"] == (0.0, None, 0.0)
        assert says in school.entered.rebuilt[student][0]


def test_a_blank_written_answer_is_zero_and_not_waited_for(school: Class) -> None:
    assert grades(school.course, "silent")["why"][0] == 0.0


def test_each_grade_cell_has_one_finite_result_and_no_stderr(school: Class) -> None:
    for result in school.report.submissions:
        for cell in autograded(school.course, result.student)["cells"]:
            if not cell["metadata"].get("nbgrader", {}).get("grade") or "outputs" not in cell:
                continue
            kinds = [output["output_type"] for output in cell["outputs"]]
            assert kinds == ["display_data", "execute_result"]
            score = float("".join(cell["outputs"][1]["data"]["text/plain"]))
            assert 0 <= score <= cell["metadata"]["nbgrader"]["points"]


def test_hint_and_message_are_nbgraders_comment(school: Class) -> None:
    with gradebook(school.course) as book:
        comment = book.find_comment("double", ONE, ONE, "mistaken").auto_comment
        assert comment.startswith("Twice, not squared.")
        assert book.find_comment("double", ONE, ONE, "sound00").auto_comment is None


def test_late_penalties_follow_the_course(school: Class) -> None:
    with gradebook(school.course) as book:
        penalties = {
            student: book.find_submission_notebook(ONE, ONE, student).late_submission_penalty
            for student in ("sound00", "late", "very_late")
        }
        due = book.find_assignment(ONE).duedate
    assert penalties == {"sound00": None, "late": 1.0, "very_late": 5.0}
    assert due.isoformat() == "2026-03-08T15:59:00"  # 23:59 in Shanghai, in UTC


def test_a_second_pass_changes_nothing(school: Class) -> None:
    again = enter_scores(school.course, ONE, school.report, "process")
    assert again.entered == () and len(again.unchanged) == 31


def test_a_manual_score_survives_whatever_is_graded_again(school: Class) -> None:
    course = school.course
    set_manual(course, "sound03", "why", 0.5, "Half of it.")
    set_manual(course, "sound03", "test-double", 1.0)
    hand_in(course, {"sound03": answered(course, double=SQUARED)}, hours=-1)
    collect(course, ONE)
    _, entered = graded(course)
    assert entered.entered == ("sound03",)
    found = grades(course, "sound03")
    assert found["why"] == (None, 0.5, 0.5)
    assert found["test-double"] == (0.0, 1.0, 1.0)


def test_a_changed_check_changes_only_what_it_must(school: Class) -> None:
    checks = school.course.root / "solutions" / ONE / "checks.py"
    kept = checks.read_text()
    checks.write_text(kept.replace('yield case(x, expect=6 * x, kwargs={"scale": 3.0})\n', ""))
    for name in [n for n in sys.modules if n.split(".")[0] == "solutions"]:
        del sys.modules[name]
    try:
        _, entered = graded(load_course(school.course.root))
    finally:
        checks.write_text(kept)
    # Marks stay as they were for all but those whose mark or message depends on the case.
    assert not [s for s in entered.entered if s.startswith(("sound00", "broken", "late"))]


def test_nbgrader_autograde_alone_takes_our_results(school: Class) -> None:
    args = ["autograde", ONE, "--student=mistaken", "--force"]
    command = [str(Path(sys.executable).with_name("nbgrader")), *args]
    config = school.course.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("__file__)", '__file__, isolation="process")'))
    done = subprocess.run(command, cwd=school.course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert grades(school.course, "mistaken")["test-double"] == (0.0, None, 0.0)
    assert "SAWarning" not in done.stderr


def test_feedback_says_what_the_student_may_know(school: Class) -> None:
    set_manual(school.course, "mistaken", "why", 1.0, "Well said.")
    with gradebook(school.course) as book:
        book.find_comment("double", ONE, ONE, "mistaken").manual_comment = "See me."
        book.db.commit()
    written = write_feedback(school.course, ONE)
    assert written.failed == {} and written.by_hand == ()
    page = written.pages["mistaken"].read_text()
    assert '<html lang="en">' in page
    for text in ("Twice a number.", "Counting.", "failed", "0 of 2", "Twice, not squared.",
                 "Well said.", "See me.", "The first", "passed"):  # fmt: skip
        assert text in page, text
    assert "assert double(2) == 4" not in page
    released = list((places_of(school.course).exchange / "small" / "feedback").glob("*.html"))
    assert len(released) == len(written.pages)


def test_hostile_text_is_inert_in_the_feedback(school: Class) -> None:
    page = write_feedback(school.course, ONE).pages["hostile"].read_text()
    body = page[page.index("<body>") :]
    assert not re.search(r"<(script|iframe|img|object|embed|link|svg)\b", page)
    assert not re.search(r"\son\w+=", re.sub(r"<pre>.*?</pre>", "", body, flags=re.S))
    assert "\x1b" not in page and "\u202e" not in page
    assert "default-src 'none'" in page
    assert "&lt;script&gt;" in body


def test_hostile_text_is_inert_in_what_the_formgrader_renders(school: Class) -> None:
    notebook = json.dumps(autograded(school.course, "hostile"), ensure_ascii=False)
    for cell in autograded(school.course, "hostile")["cells"]:
        if cell["cell_type"] == "markdown":
            assert "<script" not in "".join(cell["source"])
    assert "\x1b" not in notebook


def test_grading_before_anything_was_collected_says_so(tmp_path: Path) -> None:
    course = small_course(tmp_path, LATE)
    with pytest.raises(UsageError, match="submitted does not exist"):
        graded(course)
    with pytest.raises(UsageError, match="nothing of one is graded yet"):
        write_feedback(course, ONE)
