"""The bench: what it prints was measured. No time is asserted, only what holds on any machine."""

from pathlib import Path

import pytest

from grader.bench.lectures import LectureCost, lectures
from grader.bench.measure import Figures, Sizes, Throughput, measure
from grader.bench.phases import phases_of
from grader.bench.stopwatch import CONFINED, OTHER, Stopwatch
from grader.course.syllabus import Course, load_course

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


SHOWN: list[tuple[int, int]] = []


@pytest.fixture(scope="module")
def figures(course: Course) -> Figures:
    sizes = Sizes((3, 4), 1, 1)
    return measure(
        course, "lec05_backprop", sizes, jobs=2, isolation="full",
        show=lambda done, of: SHOWN.append((done, of)),
    )  # fmt: skip


def test_it_says_how_far_it_is_from_nothing_to_the_whole(figures: Figures) -> None:
    whole = SHOWN[0][1]
    assert SHOWN[0] == (0, whole) and SHOWN[-1] == (whole, whole)
    assert sorted(SHOWN) == SHOWN and len(set(SHOWN)) > figures.submissions


def test_all_graders_get_notebooks_of_the_same_class(figures: Figures) -> None:
    assert figures.submissions == 3
    assert figures.nbgrader_submissions == figures.otter_submissions == 1
    assert [one.submissions for one in figures.further] == [4]


def test_ratios_are_those_of_the_rates(figures: Figures) -> None:
    for one in (figures, *figures.further):
        for ratio, peer in (
            (one.ratio_nbgrader, figures.nbgrader_per_second),
            (one.ratio_otter, figures.otter_per_second),
        ):
            assert ratio == pytest.approx(one.per_second / peer, rel=0.01, abs=0.06)
        assert one.cpu_ratio_nbgrader > 0 and one.cpu_ratio_otter > 0


def test_a_result_comes_before_the_last_one(figures: Figures) -> None:
    for one in (figures, *figures.further):
        assert 0 < one.first_result_seconds <= one.submissions / one.per_second + 0.01
        assert one.steady_per_second > 0


def test_cpu_time_is_told_by_process(figures: Figures) -> None:
    for one in (figures, *figures.further):
        assert one.controller_cpu_ms > 0 and one.worker_cpu_ms > 0 and one.zygote_cpu_ms > 0
        assert one.start_cpu_seconds > 0


def test_memory_and_overhead(figures: Figures) -> None:
    assert 0 < figures.worker_private_mib < figures.largest_process_mib
    assert figures.overhead_ms == pytest.approx(figures.graded_ms - figures.warm_ms, abs=0.11)


def test_a_stopwatch_counts_each_moment_once() -> None:
    hours = iter([1.0, 2.0, 5.0, 9.0, 10.0, 12.0])
    watch = Stopwatch(lambda: next(hours))
    inner = watch.around("inner", lambda: None)
    watch.around("outer", inner)()
    assert watch.told() == {CONFINED: 1.0, OTHER: 1.0 + 2.0, "outer": 3.0 + 1.0, "inner": 4.0}


def test_phases_are_measured_in_every_process(course: Course) -> None:
    found = phases_of(course, "d2l_shift", 2, "full")
    rows = {(row.process, row.phase): row.cpu_ms for row in found.phases}
    assert len(rows) == len(found.phases) and found.workers >= 1
    each = [row for row in found.phases if not row.once and row.process != "floor"]
    assert {row.process for row in each} == {"zygote", "workers", "controller"}
    for phase in (CONFINED, "survey of the source", "calls", "frames sent", "exit"):
        assert rows["workers", phase] > 0
    assert rows["floor", "the submission alone, in a warm process"] > 0
    assert rows["zygote", "start: imports"] > rows["zygote", "forks"] > 0


def test_lectures_are_measured_one_after_another(course: Course) -> None:
    (one,) = lectures(course, ["d2l_shift"], 2, "full")
    assert (one.assignment, one.exercises, one.submissions) == ("d2l_shift", 7, 2)
    assert one.graded == pytest.approx(one.controller + one.workers + one.zygote, abs=0.02)
    assert one.forks >= 1 and one.warm > 0 and one.once > 0
    assert one.ratio == pytest.approx(one.graded / one.warm, rel=0.05)


def test_what_bench_prints_is_documented() -> None:
    text = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    section = text.split("## How fast\n")[1].split("\n## ")[0]
    fields = (
        set(Figures.model_fields) | set(Throughput.model_fields) | set(LectureCost.model_fields)
    )
    assert not [name for name in sorted(fields) if f"`{name}`" not in section]
    for option in ("--submissions", "--phases", "--lectures", "--json", "--peers", "--otter"):
        assert option in section
