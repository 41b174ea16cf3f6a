"""A session's workers killed from outside, flooded output, and a program's units."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import policy  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.controller.findings import Explanations
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import Program
from grader.controller.session import MAX_KILLS, Allowance, execute
from grader.controller.standards import Standards
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.errors import GraderError
from grader.grading.doctor import diagnose
from grader.vocabulary import Forbid
from grader.worker.confine import Limits

PATIENCE = Allowance(60.0, 120.0, 1000)


@pytest.fixture(scope="module", params=["full", "process"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if request.param == "full" and not all(p.works for p in diagnose() if p.needed):
        pytest.skip("this machine cannot confine fully")
    with Zygote(policy(request.param, Limits())) as made:
        yield made


def cases(root: Path, seconds: float) -> list[PreparedExercise]:
    lesson = load_lesson(load_course(red_course(root, PATIENT)), "one")
    return list(prepare(lesson, "seed", "cpu", seconds).values())


@pytest.fixture
def prepared(tmp_path: Path) -> list[PreparedExercise]:
    return cases(tmp_path, 60.0)


@pytest.fixture
def hurried(tmp_path: Path) -> list[PreparedExercise]:
    return cases(tmp_path, 1.0)


def workers(zygote: Zygote) -> list[psutil.Process]:
    """The oldest first: the last one may be waiting for its turn."""
    assert zygote._process is not None
    keeper = psutil.Process(zygote._process.pid)
    found = [worker for z in keeper.children() for worker in z.children()]
    return sorted(found, key=lambda worker: worker.create_time())


@contextmanager
def killer(zygote: Zygote, times: int) -> Iterator[set[int]]:
    """Kills the first workers from outside, each when it has been at work for a while."""
    over = threading.Event()
    seen: set[int] = set()
    since: dict[int, float] = {}

    def kill() -> None:
        while not over.is_set() and len(seen) < times:
            for worker in [one for one in workers(zygote) if one.pid not in seen][:1]:
                with suppress(psutil.NoSuchProcess):
                    if time.monotonic() - since.setdefault(worker.pid, time.monotonic()) > 0.7:
                        seen.add(worker.pid)
                        worker.kill()
            time.sleep(0.02)

    zygote.wait_ready()
    while len(workers(zygote)) > 1:  # one of the test before is ending
        time.sleep(0.02)
    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


ROOMS = 2
"""Workers of a submission that goes well: one does without what `product` forbids."""
SLOW = {
    "loading": "time.sleep(2)",
    "a call": "def scale(x):\n    time.sleep(2)\n    return x",
    "a later exercise": "def product(a, b):\n    time.sleep(2)\n    return a @ b",
}


@pytest.mark.parametrize("moment", SLOW)
@pytest.mark.parametrize("times", [1, MAX_KILLS])
def test_workers_that_somebody_kills_cost_nothing(
    zygote: Zygote, prepared: list[PreparedExercise], moment: str, times: int
) -> None:
    program = Program(((1, f"{HONEST}\n{SLOW[moment]}\n"),), True)
    with killer(zygote, times) as seen:
        done = execute(zygote, program, prepared, PATIENCE)
    assert len(seen) == times and done.forks == times + ROOMS
    assert done.loaded and not done.faults
    assert {name: run.ended for name, run in done.runs.items()} == dict.fromkeys(
        ["scale", "product", "Tally"], ""
    )


@pytest.mark.parametrize("moment", SLOW)
def test_what_is_always_killed_is_our_fault(
    zygote: Zygote, prepared: list[PreparedExercise], moment: str
) -> None:
    program = Program(((1, f"{HONEST}\n{SLOW[moment]}\n"),), True)
    with killer(zygote, 1000), pytest.raises(GraderError, match="killed from outside"):
        execute(zygote, program, prepared, PATIENCE)


@pytest.mark.parametrize(
    "how",
    [
        "os.kill(os.getpid(), 9)",
        "os.kill(0, 9)",
        "os.killpg(os.getpid(), 9)",
        "import signal, threading; signal.pthread_kill(threading.get_ident(), 9)",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.syscall(62, os.getpid(), ctypes.c_long((1 << 32) + 9))",
    ],
)
def test_a_submission_cannot_kill_itself_and_call_it_our_fault(
    zygote: Zygote, hurried: list[PreparedExercise], how: str
) -> None:
    body = "\n".join(f"    {line}" for line in how.splitlines())
    source = f"{HONEST}\ndef scale(x):\n{body}\n    return right(x)\n"
    done = execute(zygote, Program(((1, source),), True), hurried, PATIENCE)
    scale = done.runs["scale"]
    assert done.forks <= 1 + ROOMS
    assert scale.ended in ("", "timeout", "crash")
    assert [done.runs[name].ended for name in ("product", "Tally")] == ["", ""]


def test_a_killed_mistake_is_not_remembered(zygote: Zygote, tmp_path: Path) -> None:
    root = red_course(tmp_path, PATIENT)
    path = root / "solutions" / "one" / "mistakes.py"
    path.write_text(
        path.read_text().replace("    return", "    import time\n    time.sleep(1)\n    return")
    )
    lesson = load_lesson(load_course(root), "one")
    prepared = prepare(lesson, "seed", "cpu", 60.0)
    standards = Standards(lesson, prepared, PATIENCE, zygote)

    def explained() -> Explanations:
        found = standards.of("scale", zygote).explanations
        assert found is not None
        return found

    with killer(zygote, 1000), pytest.raises(GraderError, match="killed from outside"):
        explained().mistakes()
    (known,) = explained().mistakes()
    assert known.name == "no_shift" and known.calls == len(prepared["scale"].calls)


@pytest.mark.parametrize(
    "body", ["time.sleep(1000)", "while True: pass", "while True: time.sleep(0.001)"]
)
def test_time_that_is_up(zygote: Zygote, hurried: list[PreparedExercise], body: str) -> None:
    source = f"{HONEST}\ndef scale(x):\n    {body}\n"
    done = execute(zygote, Program(((1, source),), True), hurried, PATIENCE)
    assert done.runs["scale"].ended == "timeout" and not done.runs["product"].ended


def test_all_the_time_that_is_up(zygote: Zygote, prepared: list[PreparedExercise]) -> None:
    source = "while True: pass\n" * 9 + HONEST
    done = execute(zygote, Program(((1, source),), True), prepared, Allowance(1.0, 3.0, 1000))
    assert {run.ended for run in done.runs.values()} == {"timeout"}
    assert done.forks < 9


def test_what_is_printed_is_kept_up_to_the_cap(
    zygote: Zygote, prepared: list[PreparedExercise]
) -> None:
    source = HONEST + "print('é' * 10_000)\nos._exit(0)\nprint('later' * 1000)\n"
    done = execute(zygote, Program(((1, source),), True), prepared, PATIENCE)
    assert len(done.output) == PATIENCE.output_bytes and done.output.startswith("é".encode())
    assert done.forks == 1 + ROOMS and [fault.ended for fault in done.faults] == ["crash"]


def test_a_test_of_ones_own_fails_alone_and_is_not_told(
    zygote: Zygote, prepared: list[PreparedExercise]
) -> None:
    own = "assert torch.mm(torch.ones(1, 1), torch.ones(1, 1)) == 1\nkept = torch.mm\n1 / 0\n"
    done = execute(zygote, Program(((1, f"{HONEST}\n{own}"),), True), prepared, PATIENCE)
    assert [fault.raised and fault.raised.type for fault in done.faults] == ["ZeroDivisionError"]
    assert {name: run.ended for name, run in done.runs.items()} == dict.fromkeys(
        ["scale", "product", "Tally"], ""
    )
    assert all(o.raised is None and not o.seen for run in done.runs.values() for o in run.outcomes)


def test_what_a_neighbours_rules_take_is_tried_again_alone(
    zygote: Zygote, prepared: list[PreparedExercise]
) -> None:
    """`scale`, with a rule of its own, may use what only `product` forbids."""
    other = Forbid("exp", ops=("exp",))
    ruled = [
        replace(one, exercise=replace(one.exercise, forbid=other)) if one.name == "scale" else one
        for one in prepared
    ]
    body = "    return 3 * x + 1 + 0 * torch.mm(torch.ones(1, 1), torch.ones(1, 1)).item()\n"
    source = f"{HONEST}\ndef scale(x):\n{body}"
    done = execute(zygote, Program(((1, source),), True), ruled, PATIENCE)
    assert done.forks == ROOMS + 1
    assert all(not o.seen and o.raised is None for o in done.runs["scale"].outcomes if not o.fake)


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
