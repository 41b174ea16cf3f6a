"""A race as on a GPU: by our clock, each side alone, many calls a lap, and every result compared.

Where there is no GPU the same race is run on the CPU, which shows all but what only a GPU has.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from devices import isolation_on  # type: ignore[import-not-found]
from gpu_attacks import (  # type: ignore[import-not-found]
    CHEATS,
    HEAD,
    HONEST,
    ON_STREAMS,
    SLOW_ANSWERS,
)
from on_gpu import DEVICES  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.comparing.judging import UNBELIEVED, judge_race
from grader.comparing.outcomes import Round
from grader.controller import gpu_race, session
from grader.controller.nvml import Ceiling
from grader.course.syllabus import load_course
from grader.grading.grading import Options, begin, grade_class
from grader.results import ExerciseResult, Report
from grader.vocabulary import faster

COURSE = """\
course: race
title: Race
timezone: UTC
limits: {seconds: 20, total_seconds: 120}
assignments:
  one:
    title: Gaps
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {gaps: 4, double: 1}
"""
NOTEBOOK = '''\
# %%
import torch


# %% exercise="gaps"
def gaps(x, y):
    """The squared distances between the rows of x and those of y."""
    raise NotImplementedError


# %% example="gaps"
assert gaps(torch.ones(1, 2), torch.ones(1, 2)) == 0


# %% exercise="double"
def double(x):
    """2 x."""
    raise NotImplementedError


# %% example="double"
assert double(torch.ones(1)) == 2
'''
DOUBLE = "\n\ndef double(x):\n    return 2 * x\n"
ANSWERS = (
    '"""Answers."""\n\n\ndef gaps(x, y):\n    return ((x[:, None] - y) ** 2).sum(-1)\n' + DOUBLE
)
CHECKS = '''\
from grader.vocabulary import SPEED, case, exercise, faster


def by_pairs(x, y):
    import torch

    return torch.stack([torch.stack([((a - b) ** 2).sum() for b in y]) for a in x])


@exercise()
def gaps(rng):
    """Squared distances."""
    def probe(n, m, **rest):
        x, y = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
        return case(x, y, expect=((x[:, None] - y) ** 2).sum(-1), **rest)

    yield probe(5, 4)
    race = faster(
        than=by_pairs, ratio=4, reason="whole rows at once are 30 times as fast", operations=3600
    )
    yield probe(30, 40, group=SPEED, faster=race)


@exercise()
def double(rng):
    """Double."""
    x = rng.normal(size=3)
    yield case(x, expect=2 * x)
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("gaps", "Square the differences.")
def not_squared(x, y):
    return (x[:, None] - y).sum(-1)
"""


def course(root: Path) -> Path:
    return Path(write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES))


def graded(root: Path, device: str, submissions: dict[str, str]) -> Report:
    folder = root / "class"
    folder.mkdir()
    for student, source in submissions.items():
        (folder / f"{student}.py").write_text(HEAD + source + DOUBLE)
    options = Options(jobs=1, device=device, isolation=isolation_on(device))  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        if device == "cpu":  # the race that a GPU has
            patch.setattr(session, "raced", gpu_race.raced_on_gpu)
        return grade_class(load_course(course(root)), "one", folder, options, None)


@pytest.fixture(scope="module", params=DEVICES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("race")
    return graded(root, request.param, {**HONEST, **SLOW_ANSWERS, **CHEATS})


@pytest.fixture(scope="module")
def on_streams(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return graded(tmp_path_factory.mktemp("streams"), "cuda", {**HONEST, **ON_STREAMS})


def exercises(report: Report, student: str) -> list[ExerciseResult]:
    (found,) = [one for one in report.submissions if one.student == student]
    assert found.status == "graded", found.message
    return list(found.exercises)


def lost(report: Report, student: str) -> str:
    """The message of who has all points but the race's, and all of the next exercise."""
    race, other = exercises(report, student)
    assert (race.verdict, race.score) == ("failed", 2.0), race
    assert (other.verdict, other.score) == ("passed", 1.0)
    return race.message


@pytest.mark.parametrize("student", HONEST)
def test_right_methods_win(report: Report, student: str) -> None:
    race, other = exercises(report, student)
    assert (race.verdict, race.score, race.message) == ("passed", 4.0, "")
    assert other.verdict == "passed"


@pytest.mark.parametrize("student", SLOW_ANSWERS)
def test_what_is_slow_loses_whatever_clocks_say(report: Report, student: str) -> None:
    assert "right, but too slow: at least 4 times" in lost(report, student)


@pytest.mark.parametrize("student", CHEATS)
def test_every_result_of_every_lap_counts(report: Report, student: str) -> None:
    assert "too slow" not in lost(report, student)


@pytest.mark.parametrize("student", ON_STREAMS)
@pytest.mark.gpu
def test_work_on_another_stream_is_waited_for(on_streams: Report, student: str) -> None:
    assert lost(on_streams, student)


@pytest.mark.gpu
@pytest.mark.parametrize("student", HONEST)
def test_beside_them_right_methods_win(on_streams: Report, student: str) -> None:
    assert exercises(on_streams, student)[0].verdict == "passed"


def test_a_lap_is_as_many_calls_as_take_the_rival_long_enough() -> None:
    assert [gpu_race._calls(seconds) for seconds in (0.0, 0.001, 0.006, 0.02, 0.049, 3.0)] == [
        gpu_race.MOST_CALLS, gpu_race.MOST_CALLS, 9, 3, 2, 1,
    ]  # fmt: skip


def test_no_two_calls_of_a_race_have_the_same_inputs(tmp_path: Path) -> None:
    exercise = begin(load_course(course(tmp_path)), "one", Options()).prepared["gaps"]
    number = next(n for n, call in enumerate(exercise.calls) if call.case.faster is not None)
    laps = [exercise.lap(number, n, watched=True, calls=3) for n in range(4)]
    drawn = [blob for lap in laps for call in lap.calls for blob in call.inputs]
    assert len(drawn) == 4 * 3 * 2 and len(set(drawn)) == len(drawn)
    shapes = {call.case.args[0].shape for lap in laps for call in lap.calls}
    assert shapes == {(30, 3)}


T4 = Ceiling(320.064e9, 8.1408e12)
H200 = Ceiling(4916.7e9, 66.9e12)


def test_what_a_card_cannot_do_is_known_by_its_figures() -> None:
    gib = float(1 << 30)
    assert T4.floor(gib, 0) == pytest.approx(3.355e-3, rel=1e-3)
    assert H200.floor(gib, 0) == pytest.approx(0.2184e-3, rel=1e-3)
    product = 2.0 * 4096**3  # of two matrices in float32
    moved = 3 * 4 * 4096.0**2
    assert T4.floor(moved, product) == pytest.approx(16.88e-3, rel=1e-3)
    assert H200.floor(moved, product) == pytest.approx(2.054e-3, rel=1e-3)
    # TF32 on the H200 does it in a third of a millisecond, which is not what was asked for.
    assert H200.floor(moved, product) > product / 494e12 * 3


def test_the_floor_of_a_lap_counts_what_comes_and_goes(tmp_path: Path) -> None:
    exercise = begin(load_course(course(tmp_path)), "one", Options()).prepared["gaps"]
    number = next(n for n, call in enumerate(exercise.calls) if call.case.faster is not None)
    lap = exercise.lap(number, 0, watched=True, calls=2)
    asked = exercise.calls[number].case.faster
    assert asked is not None
    moved = 2 * 8 * (30 * 3 + 40 * 3 + 30 * 40)
    assert gpu_race._floor(Ceiling(1.0, 1e30), lap.calls, asked) == moved
    assert gpu_race._floor(Ceiling(1e30, 1.0), lap.calls, asked) == 2 * 3600
    assert gpu_race._floor(None, lap.calls, asked) == 0.0


def test_a_time_that_no_card_can_do_is_not_believed() -> None:
    asked = faster(than=course, ratio=3, reason="a loop does the same, one by one")
    laps = [Round(True, 0.002, 0.1, floor=0.001)] * 5
    assert judge_race(laps, asked) is None
    failure = judge_race([*laps, replace(laps[0], seconds=0.0005)], asked)
    assert failure is not None and failure.message == UNBELIEVED


@pytest.mark.gpu
def test_memory_that_was_freed_is_poisoned() -> None:
    import torch

    from grader.worker import gpu

    for size in (3, 1000, 100_000, 3_000_000):
        kept = torch.full((size,), 7.0, device="cuda")
        place = kept.data_ptr()
        del kept
        gpu.poison()
        found = torch.empty(size, device="cuda")
        assert found.isnan().all() or found.data_ptr() != place
    gpu.flush()


def test_without_a_gpu_nothing_is_begun_by_chilling() -> None:
    import torch

    from grader.worker import gpu

    if not torch.cuda.is_available():
        gpu.flush()
        gpu.poison()
        gpu.settle()
        assert not torch.cuda.is_initialized()  # type: ignore[no-untyped-call]
