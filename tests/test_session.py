"""A session's workers killed from outside, flooded output, and a program's units."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import policy  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.controller.execution import Execution
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.worker.confine import Limits

PATIENCE = Allowance(60.0, 120.0, 1000)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with Zygote(policy("process", Limits())) as made:
        yield made


@pytest.fixture
def prepared(tmp_path: Path) -> list[PreparedExercise]:
    course = load_course(red_course(tmp_path, PATIENT))
    return list(prepare(load_lesson(course, "one"), "seed", "cpu", 60.0).values())


def workers(zygote: Zygote) -> list[psutil.Process]:
    keeper = psutil.Process(zygote._process.pid)
    return [worker for z in keeper.children() for worker in z.children()]


def killed(zygote: Zygote, program: Program, exercises: list, times: int) -> Execution:
    """Run a program whose first workers are killed from outside."""
    over = threading.Event()

    def kill() -> None:
        seen: set[int] = set()
        while not over.is_set() and len(seen) < times:
            for worker in workers(zygote):
                if worker.pid not in seen and time.time() - worker.create_time() > 1.5:
                    seen.add(worker.pid)
                    worker.kill()
            time.sleep(0.02)

    zygote.wait_ready()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return execute(zygote, program, exercises, PATIENCE)
    finally:
        over.set()
        killer.join()


@pytest.mark.parametrize(
    "slow", ["time.sleep(3)", "def scale(x):\n    time.sleep(2)\n    return x"]
)
def test_a_worker_that_somebody_kills_costs_nothing(
    zygote: Zygote, prepared: list[PreparedExercise], slow: str
) -> None:
    done = killed(zygote, Program(((1, f"{HONEST}\n{slow}\n"),), True), prepared, 1)
    assert done.forks == 2 and done.loaded and not done.faults
    assert {name: run.ended for name, run in done.runs.items()} == dict.fromkeys(
        ["scale", "product", "Tally"], ""
    )


def test_one_that_dies_again_is_the_submissions(
    zygote: Zygote, prepared: list[PreparedExercise]
) -> None:
    slow = f"{HONEST}\ndef scale(x):\n    time.sleep(6)\n    return x\n"
    done = killed(zygote, Program(((1, slow),), True), prepared, 2)
    assert done.runs["scale"].ended == "crash" and done.forks == 3
    assert not done.runs["product"].ended


def test_what_is_printed_is_kept_up_to_the_cap(
    zygote: Zygote, prepared: list[PreparedExercise]
) -> None:
    source = HONEST + "print('é' * 10_000)\nos._exit(0)\nprint('later' * 1000)\n"
    done = execute(zygote, Program(((1, source),), True), prepared, PATIENCE)
    assert len(done.output) == PATIENCE.output_bytes and done.output.startswith("é".encode())
    assert done.forks == 2 and [fault.ended for fault in done.faults] == ["crash"]


def test_nothing_to_run_is_still_loaded(zygote: Zygote) -> None:
    source = "import os\nos._exit(0)\n1 / 0\n"
    done = execute(zygote, Program(((7, source),), True), [], PATIENCE)
    assert done.loaded and [(f.unit, f.cell) for f in done.faults] == [(1, 7), (2, 7)]


def test_many_faults_keep_the_first_and_the_last(zygote: Zygote) -> None:
    done = execute(zygote, Program(((1, "1 / 0\n" * 1000),), True), [], PATIENCE)
    units = [fault.unit for fault in done.faults]
    assert len(units) == 200 and units[:199] == list(range(199)) and units[-1] == 999


def test_a_programs_lines_words_and_units() -> None:
    program = Program(((3, "a = b1\n\nc"), (5, "")))
    assert program.words == {"a", "b1", "c"}
    assert list(program.lines_of(3)) == [1, 2, 3] and list(program.lines_of(5)) == [1]
    assert not program.lines_of(4)
    assert program.units >= 4
