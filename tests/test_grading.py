"""A class graded: the record, what is known already, what cannot be read, and failures of ours."""

import json
import threading
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import CHECKS, PATIENT, red_course, shared_report  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError, UsageError
from grader.grading.doctor import diagnose
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.grading.machine import Isolation
from grader.grading.store import Store, default_url
from grader.results import Report, SubmissionResult

# One more exercise, whose judge breaks on one value that no model answer returns.
LEVEL = '''

def judge(value):
    return "" if 1 / (value - 13) < 0 else "that is too high"


@exercise()
def level(rng):
    """A level under 13."""
    yield case(expect=0.0, judge=judge)
'''
ANSWER = "\n\ndef level():\n    return 2.5\n"
STUB = (
    '\n\n# %% exercise="level"\ndef level():\n    """A level."""\n    raise NotImplementedError\n'
)
CELLS = [
    "%matplotlib inline\n%%time",
    "%load_ext autoreload\nget_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(1)",
    HONEST.partition("def scale")[0],
    "def scale" + HONEST.partition("def scale")[2] + ANSWER,
    "!rm -rf /",
    "this is no Python",
    "helper = 1 / 0",
]
ISOLATION: Isolation = "full" if all(p.works for p in diagnose() if p.needed) else "process"


def course_in(root: Path) -> Course:
    red_course(root)
    parts = {
        "course.yml": PATIENT.replace("Tally: 1}", "Tally: 1, level: 1}"),
        "solutions/one/checks.py": CHECKS + LEVEL,
    }
    for name, text in parts.items():
        (root / name).write_text(text)
    for name, text in {"solutions/one/answers.py": ANSWER, "assignments/one/one.py": STUB}.items():
        with open(root / name, "a") as file:
            file.write(text)
    return load_course(root)


def hand_in(folder: Path, **sources: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source)
    return folder


def a_class(folder: Path) -> Path:
    right = HONEST + ANSWER
    hand_in(
        folder,
        bob=right,
        carol="x = 1\n",
        dora="def scale(x):\n    return 3 * x\n",
        eve=right + "\ndef level():\n    return 13.0\n",
        frank="print 'old'\n",
        gina="",
        hugo=right + "\ndef level():\n    return 10**400\n",
    )
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "alice.ipynb")
    (folder / "ivan.ipynb").write_text('{"cells": [')
    return folder


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    def make(folder: Path) -> Report:
        options = Options(jobs=2, isolation=ISOLATION)
        return grade_class(
            course_in(folder / "course"), "one", a_class(folder / "class"), options, None
        )

    return shared_report("grading", tmp_path_factory, make)


def of(report: Report, student: str) -> SubmissionResult:
    return next(one for one in report.submissions if one.student == student)


@pytest.mark.parametrize(
    ("student", "status", "score", "verdicts"),
    [
        ("alice", "graded", 6, "passed passed passed passed"),
        ("bob", "graded", 6, "passed passed passed passed"),
        ("carol", "graded", 0, "missing missing missing missing"),
        ("dora", "graded", 0, "failed missing missing missing"),
        ("eve", "grader_error", 5, "passed passed passed grader_error"),
        ("frank", "unreadable", 0, ""),
        ("gina", "unreadable", 0, ""),
        ("hugo", "graded", 5, "passed passed passed failed"),
        ("ivan", "unreadable", 0, ""),
    ],
)
def test_everybody_gets_what_they_earn(
    report: Report, student: str, status: str, score: float, verdicts: str
) -> None:
    result = of(report, student)
    assert (result.status, result.score) == (status, score), result
    assert " ".join(one.verdict for one in result.exercises) == verdicts
    assert result.max_score == 6


def test_messages(report: Report) -> None:
    assert of(report, "dora").exercises[0].mistake == "no_shift"
    assert of(report, "dora").exercises[0].hint == "Add 1 after the product."
    assert "judge raised ZeroDivisionError" in of(report, "eve").exercises[3].message
    for student in ("frank", "gina", "ivan"):
        assert of(report, student).message.endswith(".")
    assert "scale is not defined" in of(report, "carol").exercises[0].message


def test_the_json_is_schema_1_exactly(report: Report) -> None:
    data = json.loads(report.to_json())
    assert list(data) == [
        "schema", "assignment", "isolation", "device", "checks", "round", "submissions",
        "clusters",
    ]  # fmt: skip
    assert (data["schema"], data["assignment"], len(data["checks"])) == (1, "one", 64)
    submission = data["submissions"][0]
    assert list(submission) == [
        "student", "file", "sha256", "status", "score", "max_score", "seconds", "message",
        "round", "exercises",
    ]  # fmt: skip
    assert (data["round"], submission["round"]) == (1, 1)
    exercise = submission["exercises"][0]
    assert list(exercise) == [
        "name", "verdict", "score", "max_score", "groups", "mistake", "hint", "message",
        "follow_through", "further", "fingerprint",
    ]  # fmt: skip
    assert exercise["groups"][0] == {
        "name": "values", "passed": True, "score": 1.0, "max_score": 1.0
    }  # fmt: skip
    assert [one["student"] for one in data["submissions"]] == sorted(
        one["student"] for one in data["submissions"]
    )


def without_seconds(report: Report) -> list[dict]:
    return [one.model_dump(exclude={"seconds", "file"}) for one in report.submissions]


def test_a_second_run_grades_only_what_changed(tmp_path: Path) -> None:
    """Also with fewer jobs, and confined less: then everything is graded anew, and is the same."""
    course, folder = course_in(tmp_path / "course"), tmp_path / "class"
    right = HONEST + ANSWER
    hand_in(folder, ann=right, ben="def scale(x):\n    return 3 * x\n", cem=right + "# mine\n")
    known: list[int] = []

    def progress(done: int, of: int, last: SubmissionResult | None) -> None:
        if last is None:
            known.append(done)

    with keeping(course) as kept, Store(default_url(course.root)) as store:

        def grade(isolation: Isolation = "process", **options: object) -> Report:
            made = Options(isolation=isolation, **options)  # type: ignore[arg-type]
            return grade_class(course, "one", folder, made, kept, progress)

        first = grade(jobs=2)
        assert grade() == first
        hand_in(folder, ben=right + "# ben\n", dan=right)  # dan's is known: it is ann's
        third = grade()
        assert known == [0, 3, 3]
        assert third.submissions[0] == first.submissions[0]
        assert [one.score for one in third.submissions] == [6, 6, 6, 6]
        assert third.submissions[1].student == "ben" and third.submissions[3].file == "dan.py"
        only = grade(only=("scale",))
        assert [one.max_score for one in only.submissions] == [2] * 4
        assert known[-1] == 0
        assert {one.max_score for one in store.latest("one")} == {6}
        if ISOLATION == "full":
            fourth = grade(isolation="full")
            assert known[-1] == 0 and fourth.isolation == "full"
            assert without_seconds(fourth) == without_seconds(third)


@pytest.mark.parametrize(
    ("name", "only", "error", "words"),
    [
        ("two", (), CourseError, "lists no assignment two"),
        ("one", ("scales",), UsageError, "no exercise 'scales'; it has: scale, product"),
    ],
)
def test_what_does_not_exist_is_said(
    tmp_path: Path, name: str, only: tuple[str, ...], error: type[Exception], words: str
) -> None:
    course = course_in(tmp_path / "course")
    with pytest.raises(error, match=words):
        grade_class(course, name, tmp_path, Options(only=only), None)


def test_a_model_answer_that_fails_stops_the_run(tmp_path: Path) -> None:
    course = course_in(tmp_path / "course")
    answers = course.root / "solutions/one/answers.py"
    answers.write_text(answers.read_text().replace("3 * x + 1", "3 * x + 1.001"))
    folder = hand_in(tmp_path / "class", ann=HONEST)
    with pytest.raises(CourseError, match="model answer to scale fails its own check: failed"):
        grade_class(course, "one", folder, Options(isolation="process"), None)


def test_a_zygote_killed_again_and_again_costs_nobody_a_mark(tmp_path: Path) -> None:
    course, folder = course_in(tmp_path / "course"), tmp_path / "class"
    slow = HONEST + ANSWER + "time.sleep(2)  # {}\n"
    hand_in(folder, ann=slow, ben=slow.format("ben"), cem=slow.format("cem"))
    killing, over = threading.Event(), threading.Event()

    def kill() -> None:
        while not over.is_set():
            if killing.wait(0.05):
                for child in psutil.Process().children():
                    child.kill()
                time.sleep(0.05)

    def progress(done: int, of: int, last: SubmissionResult | None) -> None:
        if last is not None:
            (killing.clear if last.status == "grader_error" or done == of else killing.set)()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with keeping(course) as kept:
            options = Options(jobs=1, isolation="process")
            report = grade_class(course, "one", folder, options, kept, progress)
            assert [one.status for one in report.submissions] == [
                "graded", "grader_error", "graded"
            ]  # fmt: skip
            broken = report.submissions[1]
            assert broken.message.startswith("the grader failed, not the submission")
            over.set()
            killer.join()
            again = grade_class(course, "one", folder, options, kept)
            assert [one.score for one in again.submissions] == [6, 6, 6]
            assert again.submissions[0] == report.submissions[0]
    finally:
        over.set()
        killer.join()
