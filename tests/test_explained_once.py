"""What is told of a failure is worked out once for all who fail in the very same way."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.comparing.outcomes import ExerciseRun, Failure, Outcome
from grader.controller import explaining
from grader.controller.findings import Evidence, Explanations, Finding, Standard
from grader.controller.prepared import prepare
from grader.controller.records import Few, Memory, Records
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.worker.wire import Array


@pytest.fixture
def standard(tmp_path: Path) -> Standard:
    lesson = load_lesson(load_course(red_course(tmp_path / "course", PATIENT)), "one")
    name, prepared = next(iter(prepare(lesson, "seed", "cpu", 1.0).items()))
    assert name
    return Standard(prepared, (), explanations(Few(Records(), ("told",))))


def explanations(few: Few) -> Explanations:
    return Explanations((), list, none, none, none, none, none, few.once)


def none(_: Evidence) -> list[Evidence]:
    return []


def failed(number: float, message: str = "wrong") -> tuple[ExerciseRun, Finding]:
    value = Array("array", "float64", "cpu", (2,), np.array([1.0, number]))
    failure = Failure("difference", message)
    run = ExerciseRun((Outcome(value),), "", {0: failure}, (), frozenset({0}))
    return run, Finding("failed", message, 0, failure)


def test_the_same_failure_is_explained_once_and_another_anew(
    standard: Standard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def explain(
        standard: Standard, run: ExerciseRun, finding: Finding, facts: object
    ) -> tuple[str, str]:
        asked.append(float(run.outcomes[0].value.data[1]))
        return "", f"hint {len(asked)}"

    monkeypatch.setattr(explaining, "explain", explain)
    monkeypatch.setattr(explaining, "fuller", lambda *_: "")
    told = [explaining.explained(standard, *failed(n)) for n in (2.0, 2.0, 3.0, 2.0, np.nan)]
    assert asked[:2] == [2.0, 3.0] and len(asked) == 3
    assert [hint for _, hint, _ in told] == ["hint 1", "hint 1", "hint 2", "hint 1", "hint 3"]
    assert explaining.explained(standard, *failed(2.0, "of another kind"))[1] == "hint 4"
    run, finding = failed(2.0)
    assert explaining.explained(standard, ExerciseRun(run.outcomes * 2, "", run.failures),
                                finding)[1] == "hint 5"  # fmt: skip


def test_what_is_kept_stays_small(standard: Standard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "explain", lambda *_: ("", "a hint"))
    monkeypatch.setattr(explaining, "fuller", lambda *_: "")
    memory = Memory()
    few = replace(standard, explanations=explanations(Few(Records(memory), ("told",), 3)))
    for number in range(10):
        assert explaining.explained(few, *failed(number)) == ("", "a hint", "")
    assert memory.count == 3


def test_what_one_process_was_told_another_need_not_work_out(
    standard: Standard, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = iter(["first", "second"])
    monkeypatch.setattr(explaining, "explain", lambda *_: ("", next(hints)))
    monkeypatch.setattr(explaining, "fuller", lambda *_: "")
    memory = Memory()
    for _ in range(2):
        one = replace(standard, explanations=explanations(Few(Records(memory), ("told",))))
        assert explaining.explained(one, *failed(2.0)) == ("", "first", "")
