"""What a class costs, in counts that no busy machine changes, so that none grows unnoticed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from cost_of_a_class import Account, counted  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.controller.conversation import Allowance
from grader.controller.limit import Watch
from grader.controller.link import Link
from grader.controller.prepared import prepare
from grader.controller.session import Program, execute
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course, Limits, load_course
from grader.demo.sample import student_names
from grader.grading.doctor import diagnose
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping
from grader.grading.machine import libraries_of, policy_of
from grader.grading.store import Store
from grader.results import Report
from grader.worker.devices import SIMULATION

STUDENTS = 6
JOBS = 2
ROOMS = 2
"""Workers of a submission: one without what is forbidden, and one for what forbids nothing."""
MODULES = 2300
BARE = 1400
"""Modules without what simulates devices, or plots."""
FAULTS = 7000
SPARE = 2 * (1 + JOBS)
"""Workers that are ready when the run ends: of the zygote and its branch, one for each user."""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return load_course(red_course(tmp_path / "course", PATIENT))


def test_slow_libraries_are_imported_where_a_lecture_names_them() -> None:
    ours = load_course(Path(__file__).resolve().parents[1])
    plots, simulated = "matplotlib.pyplot", "torch._subclasses.fake_tensor"
    assert libraries_of(ours, "lec05_backprop") == (plots, simulated)
    assert libraries_of(ours, "lec06_convolution") == (plots, "sklearn.datasets")


def test_what_nobody_asks_for_is_not_imported() -> None:
    policy = policy_of(Limits(), "process", "cpu", ())
    with Zygote(policy) as bare, Zygote(replace(policy, libraries=(SIMULATION,))) as simulates:
        assert bare.counts()["modules"] < BARE < simulates.counts()["modules"]


def a_class(course: Course, remark: str, body: Callable[[str], str]) -> Path:
    folder = course.root / f"class_{remark}"
    folder.mkdir()
    for name in student_names(STUDENTS):
        (folder / f"{name}.py").write_text(f"{body(name)}\n# {name} {remark}\n")
    return folder


def graded(course: Course, folder: Path, jobs: int = JOBS) -> tuple[Account, Report]:
    full = all(probe.works for probe in diagnose() if probe.needed)
    options = Options(jobs=jobs, isolation="full" if full else "process")
    with counted() as account, Store(f"sqlite:///{course.root}/kept.sqlite") as store:
        report = grade_class(course, "one", folder, options, Keeping(store, course.root))
    assert all(one.status == "graded" for one in report.submissions)
    return account, report


def test_a_class_costs_a_fork_each_and_one_start(course: Course) -> None:
    account, report = graded(course, a_class(course, "first", lambda name: HONEST))
    assert all(one.score == one.max_score for one in report.submissions)
    (zygote,) = account.zygotes
    answers, students = ROOMS, ROOMS * STUDENTS
    assert answers + students <= zygote["forks"] <= answers + students + SPARE
    assert zygote["modules"] < MODULES
    assert zygote["huge"] + zygote["refused"] > 0
    assert zygote["workers_faults"] / zygote["forks"] < FAULTS

    account, _ = graded(course, a_class(course, "second", lambda name: HONEST))
    (zygote,) = account.zygotes
    assert students <= zygote["forks"] <= students + SPARE  # the answers are on record

    account, again = graded(course, course.root / "class_first")
    assert not account.zygotes and again.submissions == report.submissions


def wrong(name: str) -> str:
    return HONEST.replace("return 3 * x + 1", "return 3 * x") if name != "alice" else HONEST


def test_mistakes_are_run_once_for_all_judges_and_all_runs(course: Course) -> None:
    account, report = graded(course, a_class(course, "first", wrong))
    hinted = [one.exercises[0].mistake for one in report.submissions]
    assert hinted == [""] + ["no_shift"] * (STUDENTS - 1)
    first = account.of("forks")
    assert first <= ROOMS + ROOMS * STUDENTS + SPARE + 1

    account, _ = graded(course, a_class(course, "second", wrong))
    assert account.of("forks") <= ROOMS * STUDENTS + SPARE


def test_one_slot_and_several_tell_the_same(course: Course) -> None:
    folder = a_class(course, "both", wrong)
    _, several = graded(course, folder, jobs=3)
    (course.root / "kept.sqlite").unlink()
    _, alone = graded(course, folder, jobs=1)
    assert [plain(one) for one in several.submissions] == [plain(one) for one in alone.submissions]


def plain(result: object) -> object:
    return result.model_copy(update={"seconds": 0.0})  # type: ignore[attr-defined]


class Counting(Link):
    """Counts the frames that come."""

    frames = 0

    def receive_bytes(self, watch: Watch, most: tuple[int, int]) -> tuple[bytes, memoryview]:
        type(self).frames += 1
        return super().receive_bytes(watch, most)


def test_a_submission_sends_a_frame_for_each_call(course: Course) -> None:
    lesson, limits = load_lesson(course, "one"), course.limits_of("one")
    prepared = list(prepare(lesson, "seed", "cpu", limits.seconds).values())
    cells = tuple(enumerate(HONEST.split("\n\n\n"), 1))
    with Zygote(policy_of(limits, "process", "cpu", ())) as zygote:
        patient = Allowance(limits.seconds, limits.total_seconds, 1000)
        done = execute(zygote, Program(cells), prepared, patient, Counting)
        assert not done.faults and done.forks == ROOMS
        assert ROOMS <= zygote.counts()["forks"] <= ROOMS + 1  # the next one is made ready
    calls = sum(len(exercise.calls) for exercise in prepared)
    surveyed, loaded = 1, 1
    loading = surveyed + len(cells) + loaded
    assert Counting.frames <= ROOMS * loading + calls + len(prepared)
