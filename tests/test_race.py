"""Speed groups: by ratio to a rival, on inputs of their own, in one run."""

from pathlib import Path

import numpy as np
import pytest
from race_under_load import RIGHT, busy, race  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.comparing.judging import judge_race
from grader.comparing.outcomes import Round
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.grading.grading import Options, begin, grade_class
from grader.results import Report

COURSE = """\
course: fast
title: Fast
timezone: UTC
assignments:
  one:
    title: Sums
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {total: 4}
"""
NOTEBOOK = '''\
# %%
import numpy as np


# %% exercise="total"
def total(x):
    """The sum of squares."""
    raise NotImplementedError


# %% example="total"
assert total(np.ones(2)) == 2
'''
ANSWERS = '''\
"""Answers."""

import numpy as np


def total(x):
    return float(np.sum(x * x))
'''
CHECKS = '''\
import numpy as np

from grader.vocabulary import SPEED, Forbid, case, exercise, faster


def by_loop(x: np.ndarray) -> float:
    s = 0.0
    for v in x:
        s += float(v) * float(v)
    return s


@exercise(forbid=Forbid("the dot product", calls=("numpy.dot",)))
def total(rng):
    """The sum of squares."""
    x = rng.normal(size=7)
    yield case(x, expect=float(x @ x))
    x = rng.normal(size=200_000)
    # Half way: with all that is watched a right answer is some ten times as fast, a loop 0.7 times.
    race = faster(than=by_loop, ratio=3, reason="NumPy is hundreds of times as fast as the loop")
    yield case(x, expect=float(x @ x), group=SPEED, faster=race)
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("total", "Leave the loop to NumPy.")
def total_by_loop(x):
    s = 0.0
    for v in x:
        s = s + float(v) ** 2
    return s
"""
SUBMISSIONS = {
    "honest": "import numpy as np\ndef total(x):\n    return float((x ** 2).sum())\n",
    "loop": "def total(x):\n    return float(sum(float(v) ** 2 for v in x))\n",
    "remembers": (
        "import numpy as np\nkept = {}\n"
        "def total(x):\n"
        "    if x.size not in kept:\n"
        "        kept[x.size] = float(sum(float(v) ** 2 for v in x))\n"
        "    return kept[x.size]\n"
    ),
    "rescales": (
        "kept = {}\n"
        "def total(x):\n"
        "    if x.size not in kept:\n"
        "        kept[x.size] = float(x[0]), float(sum(float(v) ** 2 for v in x))\n"
        "    first, result = kept[x.size]\n"
        "    return result * (float(x[0]) / first) ** 2\n"
    ),
    "wrong_once": (
        "import numpy as np\ncalls = []\n"
        "def total(x):\n"
        "    calls.extend([x.size] * (x.size > 99))\n"
        "    return float((x ** 2).sum()) + (len(calls) == 2)\n"
    ),
    "cheats_when_large": (
        "import numpy as np\n"
        "def total(x):\n"
        "    return float(np.dot(x, x)) if x.size > 99 else float((x ** 2).sum())\n"
    ),
}
_LOOP = "float(sum(float(v) ** 2 for v in x))"
WATCHFUL = {
    # Each would call the library where it believes that nobody looks, and be slow elsewhere.
    "by_the_profiler": (
        "import sys\nimport numpy as np\n"
        "def total(x):\n"
        f"    return {_LOOP} if sys.getprofile() or x.size < 99 else float(np.dot(x, x))\n"
    ),
    "by_the_profiler_and_right_at_once": (
        "import sys\nimport numpy as np\n"
        "def total(x):\n"
        "    if sys.getprofile() is None and x.size > 99:\n"
        "        return float(np.dot(x, x))\n"
        f"    return {_LOOP}\n"
    ),
    "by_its_speed": (
        "import time\nimport numpy as np\n"
        "def cost():\n"
        "    begun = time.perf_counter()\n"
        "    for _ in range(3000): abs(-1)\n"
        "    return time.perf_counter() - begun\n"
        "usual = min(cost() for _ in range(20))\n"
        "def total(x):\n"
        "    watched = min(cost() for _ in range(3)) > 1.5 * usual\n"
        f"    return {_LOOP} if watched or x.size < 99 else float(np.dot(x, x))\n"
    ),
    "by_the_question": (
        "import sys\nimport numpy as np\n"
        "def asked():\n"
        "    frame = sys._getframe()\n"
        "    while frame and 'rules' not in frame.f_locals: frame = frame.f_back\n"
        "    return frame and frame.f_locals['rules']\n"
        "def total(x):\n"
        f"    return {_LOOP} if asked() or x.size < 99 else float(np.dot(x, x))\n"
    ),
    "with_a_clock_of_its_own": (
        "import time\n"
        "time.time = time.perf_counter = time.monotonic = time.process_time = lambda: 0.0\n"
        f"def total(x):\n    return {_LOOP}\n"
    ),
    "between_two_ticks": (
        "import time\n"
        "def total(x):\n"
        "    s = 0.0\n"
        "    for part in (x[i : i + 5000] for i in range(0, len(x), 5000)):\n"
        "        s += float(sum(float(v) ** 2 for v in part))\n"
        "        time.sleep(0.0005)\n"
        "    return s\n"
    ),
}
_SPIN = "def spin():\n    while True: sum(range(1000))\n"
ELSEWHERE = {
    "ahead_in_a_thread": (
        f"import threading\nimport numpy as np\n{_SPIN}"
        "threading.Thread(target=spin, daemon=True).start()\n"
        "def total(x):\n    return float((x ** 2).sum())\n"
    ),
    "ahead_in_a_child": (
        f"import os, threading\nimport numpy as np\n{_SPIN}"
        "try:\n"
        "    os.fork() or spin()\n"
        "except OSError:\n"
        "    threading.Thread(target=spin, daemon=True).start()\n"
        "def total(x):\n    return float((x ** 2).sum())\n"
    ),
    "while_its_rival_runs": (
        "import threading\nimport numpy as np\n"
        "waiting = threading.Event()\n"
        "def spin():\n"
        "    while waiting.wait(): sum(range(1000))\n"
        "threading.Thread(target=spin, daemon=True).start()\n"
        "def total(x):\n"
        "    waiting.clear()\n"
        "    try:\n"
        "        return float((x ** 2).sum())\n"
        "    finally:\n"
        "        waiting.set()\n"
    ),
    "in_threads": (
        "import threading\n"
        "def total(x):\n"
        "    parts = []\n"
        "    def work(y): parts.append(sum(float(v) ** 2 for v in y))\n"
        "    workers = [threading.Thread(target=work, args=(x[i::4],)) for i in range(4)]\n"
        "    for worker in workers: worker.start()\n"
        "    for worker in workers: worker.join()\n"
        "    return float(sum(parts))\n"
    ),
    "in_a_child": (
        "import os, signal, struct\n"
        "def total(x):\n"
        "    signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "    out, into = os.pipe()\n"
        "    try:\n"
        "        child = os.fork()\n"
        "    except OSError:\n"
        "        return float(sum(float(v) ** 2 for v in x))\n"
        "    if child == 0:\n"
        "        os.write(into, struct.pack('d', sum(float(v) ** 2 for v in x)))\n"
        "        os._exit(0)\n"
        "    result, = struct.unpack('d', os.read(out, 8))\n"
        "    os.close(out); os.close(into)\n"
        "    return result\n"
    ),
}


FAIR = {
    "honest": SUBMISSIONS["honest"],
    "honest_threads": (
        "from concurrent.futures import ThreadPoolExecutor\nimport numpy as np\n"
        "def total(x):\n"
        "    with ThreadPoolExecutor(2) as pool:\n"
        "        return float(sum(pool.map(lambda part: (part ** 2).sum(), (x[::2], x[1::2]))))\n"
    ),
}


def fast_course(root: Path, checks: str = CHECKS) -> Path:
    return Path(write_course(root, COURSE, NOTEBOOK, ANSWERS, checks, MISTAKES))


def graded(root: Path, submissions: dict[str, str]) -> Report:
    folder = root / "class"
    folder.mkdir()
    for student, source in submissions.items():
        (folder / f"{student}.py").write_text(source)
    return grade_class(load_course(root), "one", folder, Options(jobs=1), None)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return graded(fast_course(tmp_path_factory.mktemp("fast")), {**SUBMISSIONS, **WATCHFUL})


@pytest.fixture(scope="module")
def unwatched(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Nothing is forbidden, so threads and children are allowed."""
    free = CHECKS.replace('forbid=Forbid("the dot product", calls=("numpy.dot",))', "")
    return graded(fast_course(tmp_path_factory.mktemp("free"), free), {**ELSEWHERE, **FAIR})


def exercise_of(report: Report, student: str) -> tuple[str, float, str, str]:
    (submission,) = [s for s in report.submissions if s.student == student]
    (exercise,) = submission.exercises
    return exercise.verdict, exercise.score, exercise.mistake, exercise.message


def test_the_right_method_is_fast_enough(report: Report) -> None:
    assert exercise_of(report, "honest")[:2] == ("passed", 4.0)


def test_a_loop_is_right_but_too_slow(report: Report) -> None:
    verdict, score, mistake, message = exercise_of(report, "loop")
    assert (verdict, score, mistake) == ("failed", 2.0, "total_by_loop")
    assert "too slow" in message


@pytest.mark.parametrize("student", ELSEWHERE)
def test_a_loop_elsewhere_costs_the_same(unwatched: Report, student: str) -> None:
    verdict, score, _, message = exercise_of(unwatched, student)
    assert (verdict, score) == ("failed", 2.0) and "too slow" in message


@pytest.mark.parametrize("student", FAIR)
def test_beside_them_a_right_answer_wins(unwatched: Report, student: str) -> None:
    assert exercise_of(unwatched, student)[:2] == ("passed", 4.0)


@pytest.mark.parametrize("student", WATCHFUL)
def test_no_lap_is_told_from_another(report: Report, student: str) -> None:
    verdict, score, _, message = exercise_of(report, student)
    assert (verdict, score) in (("failed", 2.0), ("forbidden", 0.0)), message
    if verdict == "failed":
        assert message.startswith("right, but too slow: at least 3 times as fast as a plain loop")
        assert message.endswith("[speed, inputs (200000,)]")


@pytest.mark.parametrize("student", ["remembers", "rescales", "wrong_once"])
def test_each_lap_has_a_result_of_its_own(report: Report, student: str) -> None:
    verdict, score, _, message = exercise_of(report, student)
    assert (verdict, score) == ("failed", 2.0)
    assert "other inputs" in message


def test_a_forbidden_operation_for_large_inputs_only_is_seen(report: Report) -> None:
    verdict, score, _, message = exercise_of(report, "cheats_when_large")
    assert (verdict, score) == ("forbidden", 0.0)
    assert "numpy.dot" in message


def test_without_the_reason_there_is_no_ratio() -> None:
    from grader.vocabulary import faster

    with pytest.raises(ValueError, match="reason"):
        faster(than=exercise_of, ratio=3, reason=" ")


def test_laps_are_drawn_anew_and_the_same_for_everybody(tmp_path: Path) -> None:
    course = load_course(fast_course(tmp_path))
    one, other = (begin(course, "one", Options()).prepared["total"] for _ in range(2))
    number = next(n for n, call in enumerate(one.calls) if call.case.faster is not None)
    laps = [one.lap(number, lap, watched=False).calls[0].case for lap in range(3)]
    again = other.lap(number, 2, watched=True).calls[0].case
    assert np.array_equal(laps[2].args[0], again.args[0])
    drawn = [one.calls[number].case.args[0], *(case.args[0] for case in laps)]
    assert len({array.shape for array in drawn}) == 1
    for i, array in enumerate(drawn):
        for earlier in drawn[:i]:
            assert abs(np.corrcoef(array, earlier)[0, 1]) < 0.1
    assert [case.expect for case in laps] == [
        pytest.approx(float(c.args[0] @ c.args[0])) for c in laps
    ]


def test_a_check_that_draws_a_race_only_sometimes_is_told(tmp_path: Path) -> None:
    sometimes = CHECKS.replace("faster=race)", "faster=race if rng.random() < 0.5 else None)")
    course = load_course(fast_course(tmp_path, sometimes))
    laps = begin(course, "one", Options()).prepared["total"].laps
    with pytest.raises(CourseError, match="as many cases with faster= from every seed"):
        [laps.case(0, lap) for lap in range(40)]


def laps_of(*seconds: float, rival: float = 0.010) -> list[Round]:
    return [Round(True, mine, rival) for mine in seconds]


def test_one_lap_that_the_machine_spoilt_decides_nothing() -> None:
    from grader.vocabulary import faster

    asked = faster(than=exercise_of, ratio=3, reason="a loop does the same, one by one")
    assert judge_race(laps_of(0.001, 0.030, 0.001), asked) is None
    assert judge_race(laps_of(0.012, 0.001, 0.013), asked) is not None
    assert judge_race([*laps_of(0.012, 0.012), Round(True, 0.012, 0.5)], asked) is not None
    assert judge_race(laps_of(0.001, 0.030, 0.001, 0.030, 0.001), asked) is None


def test_beside_busy_loops() -> None:
    """A few of what `race_under_load.py` measures at length."""
    with busy(4):
        done = list(race(len(RIGHT), 3))
    assert len(done) == len(RIGHT) + 3
    assert not [one for one in done if one.wrong]
