"""The pool: what fails is tried again with a fresh zygote, and never stops the others."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from boxes import LIGHT, box, policy  # type: ignore[import-not-found]

from grader.controller.records import Memory, Records
from grader.controller.zygote import Zygote
from grader.errors import CourseError, GraderError
from grader.grading.feeding import run_fed
from grader.grading.pool import ATTEMPTS, Slot, run_all, slots


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[Slot]:
    made = slots(policy("process"), 2)
    monkeypatch.setattr("grader.grading.pool.Zygote", lambda policy: Zygote(policy, program=LIGHT))
    return made


def note(file: Path, *words: object) -> None:
    """Judges are processes: what they do is written down."""
    with file.open("a") as out:
        out.write(" ".join(map(str, words)) + "\n")


def noted(file: Path) -> list[list[str]]:
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


def end(places: list[Slot]) -> None:
    for place in places:
        place.discard()


class Odd(Exception):
    """An error that no pickle brings back."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"odd {one} {two}")


def test_failures_of_ours_are_tried_again_and_then_told(places: list[Slot], tmp_path: Path) -> None:
    log = tmp_path / "tries"

    def zygote_of(user: Zygote) -> int:
        with box(user) as worker:
            return int(worker.run("import os; result = os.getppid()").result or 0)

    def work(task: int, zygote: Zygote) -> int:
        before = sum(number == str(task) for number, _ in noted(log))
        note(log, task, os.getpid())
        assert zygote_of(zygote) >= 0
        if task == 3 and before == 0:
            raise GraderError("once")
        if task == 5:
            raise GraderError("always")
        if task == 7:
            raise ZeroDivisionError
        if task == 8:
            raise CourseError("a check")
        if task == 9:
            raise Odd(1, 2)
        return task * 10

    finished = {one.task: one for one in run_all(list(range(12)), places, work)}
    end(places)
    assert set(finished) == set(range(12))
    failed = {task: type(one.error) for task, one in finished.items() if one.error}
    assert failed == {5: GraderError, 7: ZeroDivisionError, 8: CourseError, 9: RuntimeError}
    assert str(finished[9].error) == "odd 1 2"
    assert all(finished[task].result == task * 10 for task in finished if task not in failed)
    tries = Counter(int(task) for task, _ in noted(log))
    assert tries == {task: ATTEMPTS if task in (3, 5) else 1 for task in range(12)}
    judges = {int(task): judge for task, judge in noted(log)}
    assert len(set(judges.values())) >= 2


def test_a_zygote_that_dies_and_a_judge_that_is_killed_lose_nobody(
    places: list[Slot], tmp_path: Path
) -> None:
    log = tmp_path / "tries"

    def work(task: int, zygote: Zygote) -> int:
        first = not any(number == str(task) for number, _ in noted(log))
        note(log, task, os.getpid())
        if task == 4 and first:
            os.kill(os.getpid(), signal.SIGKILL)
        with box(zygote) as worker:
            if task == 2 and first:
                keeper = next(
                    one for one in psutil.Process(os.getppid()).children() if one.children()
                )
                keeper.kill()
            return int(worker.run(f"result = {task} * 10").result)

    finished = {one.task: one for one in run_all(list(range(12)), places, work)}
    end(places)
    assert {task: one.result for task, one in finished.items()} == {n: n * 10 for n in range(12)}
    assert max(Counter(task for task, _ in noted(log)).values()) == ATTEMPTS


def test_a_zygote_that_never_starts_fails_every_task(monkeypatch: pytest.MonkeyPatch) -> None:
    made = slots(policy("process"), 2)
    dead = "raise SystemExit(5)"
    monkeypatch.setattr("grader.grading.pool.Zygote", lambda policy: Zygote(policy, program=dead))
    finished = list(run_all([1, 2, 3], made, lambda task, zygote: task))
    end(made)
    assert {one.task for one in finished} == {1, 2, 3}
    assert all("exit code 5" in str(one.error) for one in finished)


def test_what_kills_its_judge_twice_is_our_fault_alone(places: list[Slot]) -> None:
    def work(task: int, zygote: Zygote) -> int:
        if task == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return task

    finished = {one.task: one for one in run_all([0, 1, 2, 3, 4, 5], places, work)}
    end(places)
    assert {n for n, one in finished.items() if one.error} == {1}
    assert "killed" in str(finished[1].error)


def test_a_record_is_made_once_for_all_judges(places: list[Slot], tmp_path: Path) -> None:
    log, shelf = tmp_path / "made", Memory()
    records = Records(shelf)

    def work(task: int, zygote: Zygote) -> list[int]:
        def make() -> list[int]:
            note(log, task)
            time.sleep(0.2)
            if len(noted(log)) == 1:
                raise ValueError("the first time")
            return [1, 2, 3]

        return records.once(("a", "record"), make)

    finished = list(run_all(list(range(8)), places, work, [records]))
    end(places)
    assert [type(one.error) for one in finished if one.error] == [ValueError]
    assert all(one.result == [1, 2, 3] for one in finished if not one.error)
    assert len(noted(log)) == 2
    assert Records(shelf).once(("a", "record"), lambda: [0]) == [1, 2, 3]


def test_ending_early_ends_the_judges(places: list[Slot]) -> None:
    before = {one.pid for one in psutil.Process().children()}
    going = run_all(list(range(100)), places, lambda task, zygote: task)
    next(going)
    assert {one.pid for one in psutil.Process().children()} - before
    going.close()  # type: ignore[attr-defined]
    end(places)
    assert {one.pid for one in psutil.Process().children()} == before


class AllAtOnce:
    """A feed that brings all its tasks when it is first asked."""

    def __init__(self, tasks: list[bytes]) -> None:
        self.tasks: list[bytes] | None = tasks
        self.reading, writing = os.pipe()
        os.close(writing)

    def fileno(self) -> int:
        return self.reading

    def take(self) -> list[bytes] | None:
        tasks, self.tasks = self.tasks, None
        return tasks


@pytest.mark.timeout(60)
def test_tasks_and_results_may_both_be_larger_than_a_pipe(places: list[Slot]) -> None:
    feed = AllAtOnce([bytes([number]) * 2**21 for number in range(12)])
    finished = list(run_fed(feed, places, lambda task, zygote: task[::-1]))
    end(places)
    os.close(feed.reading)
    assert sorted(one.result[0] for one in finished if one.result) == list(range(12))
