"""The pool: what fails is tried again with a fresh zygote, and never stops the others."""

import threading

import pytest
from boxes import LIGHT, policy  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.errors import CourseError, GraderError
from grader.grading.pool import ATTEMPTS, Slot, run_all, slots


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> list[Slot]:
    made = slots(policy("process"), 2)
    monkeypatch.setattr("grader.grading.pool.Zygote", lambda policy: Zygote(policy, program=LIGHT))
    return made


def test_failures_of_ours_are_tried_again_and_then_told(places: list[Slot]) -> None:
    tries: dict[int, list[Zygote]] = {}
    lock = threading.Lock()

    def work(task: int, zygote: Zygote) -> int:
        with lock:
            tries.setdefault(task, []).append(zygote)
        if task == 3 and len(tries[task]) == 1:
            raise GraderError("once")
        if task == 5:
            raise GraderError("always")
        if task == 7:
            raise ZeroDivisionError
        if task == 8:
            raise CourseError("a check")
        return task * 10

    finished = {one.task: one for one in run_all(list(range(10)), places, work)}
    for place in places:
        place.discard()
    assert set(finished) == set(range(10))
    failed = {task: type(one.error) for task, one in finished.items() if one.error}
    assert failed == {5: GraderError, 7: ZeroDivisionError, 8: CourseError}
    assert all(finished[task].result == task * 10 for task in finished if task not in failed)
    assert len(tries[5]) == ATTEMPTS and len(tries[3]) == 2 and tries[3][0] is not tries[3][1]
    assert len(tries[7]) == 1


def test_ending_early_ends_the_threads(places: list[Slot]) -> None:
    before = threading.active_count()
    going = run_all(list(range(100)), places, lambda task, zygote: task)
    next(going)
    going.close()  # type: ignore[attr-defined]
    for place in places:
        place.discard()
    assert threading.active_count() == before
