"""Titles, hints and messages in the course's language, looked up by their English text."""

from pathlib import Path

import pytest

from grader.course.catalogue import Catalogue, load_catalogue, translated
from grader.course.lesson import load_lesson
from grader.course.marked_yaml import load_marked
from grader.course.slips.hints import hints_of
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.results import ExerciseResult, SubmissionResult

ROOT = Path(__file__).parents[1]


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    """The course as it stands, in Chinese."""
    text = (ROOT / "course.yml").read_text(encoding="utf-8")
    (tmp_path / "course.yml").write_text(text.replace("language: en", "language: zh"))
    for folder in ("solutions", "reference", "assignments"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    return tmp_path


def submission(hint: str, message: str) -> SubmissionResult:
    exercise = ExerciseResult(
        name="affine_backward", verdict="failed", score=0, max_score=3, groups=(),
        mistake="x", hint=hint, message=message,
    )  # fmt: skip
    return SubmissionResult(
        student="alice", file="alice.py", sha256="", status="graded", score=0, max_score=3,
        seconds=0, exercises=(exercise,),
    )  # fmt: skip


def test_hints_and_messages_are_said_in_chinese(chinese: Path) -> None:
    catalogue = load_catalogue(load_course(chinese), "lec05_backprop")
    said = submission(
        "db has the shape of b: sum dZ over the observations.",
        "not answered yet: it raises NotImplementedError",
    )
    told = translated(said, catalogue).exercises[0]
    assert told.hint == "db 与 b 形状相同：对所有观测求 dZ 之和。"
    assert told.message.startswith("还没有作答")
    assert told.mistake == "x" and told.verdict == "failed"


def test_what_no_catalogue_has_stays_english(chinese: Path) -> None:
    catalogue = load_catalogue(load_course(chinese), "lec05_backprop")
    assert catalogue.say("never heard of") == "never heard of"


def test_an_english_course_reads_no_catalogue() -> None:
    assert load_catalogue(load_course(ROOT), "lec05_backprop") == Catalogue({})


def test_hints_of_several_slips_are_said_line_by_line() -> None:
    catalogue = Catalogue({"one": "一", "two": "二"})
    told = translated(submission("one\ntwo", ""), catalogue).exercises[0]
    assert told.hint == "一\n二"


def test_every_entry_of_the_lecture_is_a_title_or_hint_in_use() -> None:
    lesson = load_lesson(load_course(ROOT), "lec05_backprop")
    used = {e.title for e in lesson.exercises.values()} | {m.hint for m in lesson.mistakes}
    used |= hints_of(lesson.answers_source).texts
    words = load_marked(ROOT / "solutions" / "lec05_backprop" / "words.zh.yml").data
    assert set(words) <= used
    assert {e.title for e in lesson.exercises.values()} <= set(words)


def test_a_catalogue_that_is_no_mapping_is_refused(chinese: Path) -> None:
    course = load_course(chinese)
    (chinese / "solutions").unlink()
    folder = chinese / "solutions" / "lec05_backprop"
    folder.mkdir(parents=True)
    (folder / "words.zh.yml").write_text("- a list\n")
    with pytest.raises(CourseError, match="maps English texts"):
        load_catalogue(course, "lec05_backprop")
