"""An answer of bytes that came before is neither read nor judged again; any other is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.comparing import judging
from grader.comparing.compare import Asked
from grader.comparing.outcomes import Call, ExerciseRun, Failure, Outcome
from grader.controller import arrivals
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import execute
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.machine import allowance_of, policy_of


class Runs:
    """Runs programs on one exercise, and counts how often something is judged."""

    def __init__(self, root: Path, zygote: Zygote) -> None:
        course = load_course(root)
        limits = course.limits_of("one")
        prepared = prepare(load_lesson(course, "one"), "seed", "cpu", limits.seconds)
        self.exercise: PreparedExercise = next(iter(prepared.values()))
        self._zygote, self._allowance = zygote, allowance_of(limits)
        self.asked: Sequence[Asked] = self.run(HONEST, measured=True).asked
        self.judged = 0

    def run(self, source: str, *, measured: bool = False) -> ExerciseRun:
        asked = None if measured else {self.exercise.name: self.asked}
        program = Program(((1, source),))
        done = execute(self._zygote, program, [self.exercise], self._allowance, asked=asked)
        return done.runs[self.exercise.name]


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    root = red_course(tmp_path / "course", PATIENT)
    limits = load_course(root).limits_of("one")
    with Zygote(policy_of(limits, "process", "cpu", ())) as zygote:
        made = Runs(root, zygote)
        judge = judging.judge

        def counting(call: Call, outcome: Outcome, asked: Asked) -> Failure | None:
            made.judged += 1
            return judge(call, outcome, asked)

        monkeypatch.setattr(arrivals, "judge", counting)
        yield made


WRONG = HONEST.replace("return 3 * x + 1", "return 3 * x")
RAISES = HONEST.replace("return 3 * x + 1", "raise ValueError('no')")


def test_the_same_bytes_are_judged_once(runs: Runs) -> None:
    first = runs.run(HONEST)
    calls = len(runs.exercise.calls)
    assert runs.judged == calls and not first.failures
    again = runs.run(f"{HONEST}\n# another student's\n")
    assert runs.judged == calls
    assert again == first


def test_another_answer_is_judged_for_itself(runs: Runs) -> None:
    right, wrong = runs.run(HONEST), runs.run(WRONG)
    assert wrong.failures and not right.failures
    judged = runs.judged
    assert (runs.run(HONEST), runs.judged) == (right, judged)
    again = runs.run(WRONG)
    assert runs.judged == judged
    assert again.failures == wrong.failures and again.whole == wrong.whole


def test_an_exception_is_read_each_time(runs: Runs) -> None:
    """What may be said of it hangs on the program as well."""
    runs.run(RAISES)
    judged = runs.judged
    runs.run(f"\n\n{RAISES}")
    assert runs.judged > judged


def test_what_is_asked_is_part_of_it(runs: Runs) -> None:
    runs.run(HONEST)
    judged = runs.judged
    runs.asked = tuple(Asked(a.framework, a.dtype, a.device, a.bounds) for a in runs.asked)
    runs.run(HONEST)
    assert runs.judged == judged + len(runs.exercise.calls)


def test_few_answers_are_remembered(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "REMEMBERED", 2)
    for number in range(5):
        runs.run(HONEST.replace("return 3 * x + 1", f"return {number} * x + 1"))
    assert all(len(call.judged) <= 2 for call in runs.exercise.calls)
