"""One mistake costs its marks once: exercises that build on wrong ones, tried with right ones."""

from pathlib import Path
from typing import Any

import pytest
from small_course import write_course  # type: ignore[import-not-found]

from grader.controller.prepared import prepare
from grader.controller.program import Program
from grader.controller.session import execute
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import Course, load_course
from grader.errors import CourseError
from grader.grading.grading import Options, grade_class
from grader.grading.machine import allowance_of, policy_of
from grader.results import ExerciseResult, Report, SubmissionResult

COURSE = """\
course: chain
title: A chain of exercises
timezone: Asia/Shanghai
limits: {seconds: 4, total_seconds: 24, memory_mb: 400, disk_mb: 8}
assignments:
  one:
    title: The first
    lecture: 1
    framework: torch
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {scale: 2, parse: 1, chain: 4, total: 2, apart: 1}
"""

NOTEBOOK = "# %%\nimport torch\n\n" + "\n\n".join(
    f'# %% exercise="{name}"\ndef {name}({arguments}):\n    """Do."""\n'
    f'    raise NotImplementedError\n\n\n# %% example="{name}"\nassert callable({name})\n'
    for name, arguments in [
        ("scale", "x"), ("parse", "text"), ("chain", "x, times"), ("total", "x, text"),
        ("apart", "x"),
    ]
)  # fmt: skip

ANSWERS = """\
import torch


def scale(x):
    KEPT_FROM_STUDENTS = "only in the model answer"
    return 3 * x + 1


def parse(text):
    if text not in ("one", "two"):
        raise ValueError(f"{text} is no number")
    return ["one", "two"].index(text) + 1


def chain(x, times):
    outs = []
    for _ in range(times):
        x = scale(x)
        outs.append(x)
    return torch.stack(outs)


def total(x, text):
    try:
        return chain(x, parse(text)).sum(0)
    except ValueError:
        return torch.zeros_like(x)


def apart(x):
    return 3 * x
"""

CHECKS = '''\
import numpy as np

from grader.vocabulary import case, exercise


def chained(x, times):
    outs = []
    for _ in range(times):
        x = 3 * x + 1
        outs.append(x)
    return np.stack(outs)


@exercise()
def scale(rng):
    """Scale."""
    x = rng.normal(size=(3, 2))
    yield case(x, expect=3 * x + 1)
    yield case(x, expect=3 * x + 1, group="dtype and device", dtype="float32")


@exercise()
def parse(rng):
    """Read a number."""
    yield case("two", expect=2)


@exercise(uses=("scale",))
def chain(rng):
    """Scale again and again."""
    x = rng.normal(size=(2, 4))
    yield case(x, 3, expect=chained(x, 3))
    yield case(x, 1, expect=chained(x, 1), group="edge cases")
    yield case(x, 2, expect=chained(x, 2), group="dtype and device", dtype="float32")


@exercise(uses=("parse", "chain"))
def total(rng):
    """Add up."""
    x = rng.normal(size=5)
    yield case(x, "two", expect=chained(x, 2).sum(0))
    yield case(x, "ten", expect=0 * x)


@exercise()
def apart(rng):
    """On its own."""
    x = rng.normal(size=4)
    yield case(x, expect=3 * x)
'''

MISTAKES = """\
from grader.vocabulary import mistake


@mistake("scale", "Add 1 after the product.")
def no_shift(x):
    return 3 * x


@mistake("chain", "Keep every step, the first one, too.")
def first_step_lost(x, times):
    return torch.stack([scale(x)] * times)
"""

PARSE = ANSWERS[ANSWERS.index("def parse") : ANSWERS.index("def chain")]
CHAIN = ANSWERS[ANSWERS.index("def chain") : ANSWERS.index("def total")]
REST = ANSWERS[ANSWERS.index("def total") :]
RIGHT = f"import torch\n\ndef scale(x):\n    return 3 * x + 1\n\n{PARSE}{CHAIN}{REST}"


def wrong(old: str, new: str, source: str = RIGHT) -> str:
    assert old in source
    return source.replace(old, new, 1)


NO_SHIFT = wrong("return 3 * x + 1", "return 3 * x")
ASKS = "import os, gc, socket, struct, json\nimport torch\n"

FIRST_STEP = "def chain(x, times):\n    return torch.stack([scale(x)] * times)\n\n"

CLASS = {
    "right": RIGHT,
    "shifted": NO_SHIFT,
    "stub": wrong("return 3 * x + 1", "raise NotImplementedError"),
    "absent": wrong("def scale(x):\n    return 3 * x + 1\n", ""),
    "endless": wrong("return 3 * x + 1", "while True: pass"),
    "kills": wrong("return 3 * x + 1", "import os; os._exit(0)"),
    "two_wrong": wrong("return torch.stack(outs)", "return torch.stack(outs) + 1", NO_SHIFT),
    "known_above": wrong(CHAIN, FIRST_STEP, NO_SHIFT),
    "all_stubs": "\n".join(
        f"def {name}(*a):\n    raise NotImplementedError\n"
        for name in ("scale", "parse", "chain", "total", "apart")
    ),
    "edge_lost": wrong("return torch.stack(outs)",
                       "return torch.stack(outs) if times > 1 else None", NO_SHIFT),
    "graph": wrong("x = scale(x)", "x = scale(x.clone().requires_grad_()).detach()", NO_SHIFT),
    "callable_asked": wrong("x = scale(x)", "scale(print); x = scale(x)", NO_SHIFT),
    "forwards": wrong(CHAIN, "def chain(x, times):\n    return scale(x)\n\n", NO_SHIFT),
    "borrows": wrong("def apart(x):\n    return 3 * x", "def apart(x):\n    return scale(x) - 1",
                     wrong("return 3 * x + 1", "return x")),
    "keeps": wrong("x = scale(x)", "globals()['kept'] = scale; x = scale(x)", NO_SHIFT).replace(
        "def apart(x):\n    return 3 * x", "def apart(x):\n    return kept(x) - 1"),
    "searches": wrong("x = scale(x)", """import gc, sys
        found = [o for o in gc.get_objects() if isinstance(o, str) and "only in the" in o]
        found += [c for c in getattr(scale.__code__, "co_consts", ()) if "only in" in str(c)]
        x = 0 * x if found else scale(x)""", NO_SHIFT),
    "asks_for_ever": wrong("x = scale(x)", "while True: scale(x)", NO_SHIFT),
    "asks_much": wrong("x = scale(x)", "scale(torch.zeros(6_000_000)); x = scale(x)", NO_SHIFT),
    "asks_nonsense": wrong("x = scale(x)", """sock = [c.cell_contents for c in
            (scale.__closure__ or ()) if hasattr(c.cell_contents, "sendall")]
        for s in sock:
            head = json.dumps({"ask": "apart", "inputs": [[[]]]}).encode()
            s.sendall(struct.pack("<IQ", len(head), 0) + head)
            n, m = struct.unpack("<IQ", s.recv(12, socket.MSG_WAITALL))
            answer = s.recv(n + m, socket.MSG_WAITALL)
            assert b"cannot answer" in answer
        x = scale(x)""", ASKS + NO_SHIFT),
    "neighbour": RIGHT + "# the last one\n",
}  # fmt: skip


def graded(root: Path, policy: str = "full", only: tuple[str, ...] = ()) -> Report:
    course = COURSE + f"follow_through: {policy}\n"
    write_course(root / "course", course, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    folder = root / "class"
    folder.mkdir()
    for name in only or CLASS:
        (folder / f"{name}.py").write_text(CLASS[name], encoding="utf-8")
    return grade_class(load_course(root / "course"), "one", folder, Options(jobs=2), None)


@pytest.mark.parametrize(("share", "ended"), [(1.0, ""), (0.1, "timeout")])
def test_what_builds_on_something_endless_has_a_part_of_its_time(
    tmp_path: Path, share: float, ended: str
) -> None:
    write_course(tmp_path / "course", COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    course = load_course(tmp_path / "course")
    limits = course.limits_of("one")
    prepared = prepare(load_lesson(course, "one"), "seed", "cpu", limits.seconds)
    source = (
        "import time, torch\n\ndef scale(x):\n    while True: pass\n\n"
        "def chain(x, times):\n    begun = time.process_time()\n"
        "    while time.process_time() - begun < 1.0: pass\n"
    )
    chosen = [prepared["scale"], prepared["chain"]]
    with Zygote(policy_of(limits, "process", "cpu", ())) as zygote:
        done = execute(
            zygote, Program(((1, source),)), chosen, allowance_of(limits), after_hung=share
        )
    assert done.runs["scale"].ended == "timeout"
    assert done.runs["chain"].ended == ended


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return graded(tmp_path_factory.mktemp("chain"))


def of(report: Report, student: str) -> SubmissionResult:
    return next(s for s in report.submissions if s.student == student)


def named(report: Report, student: str, exercise: str) -> ExerciseResult:
    return next(e for e in of(report, student).exercises if e.name == exercise)


def test_a_second_set_of_stand_ins_costs_a_worker(tmp_path: Path) -> None:
    write_course(tmp_path / "course", COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    course = load_course(tmp_path / "course")
    forks = [forked(course, tmp_path / str(count), count) for count in (2, 5)]
    itself, total = 1, 1  # what answers for the stand-ins stays for the whole class
    assert forks[1] - forks[0] == 3 * (itself + total)


def forked(course: Course, folder: Path, count: int) -> int:
    """Workers of a class of students who all make the same mistake, graded one by one."""
    folder.mkdir()
    for number in range(count):
        (folder / f"s{number}.py").write_text(f"{NO_SHIFT}\n# {number}\n", encoding="utf-8")
    counts: dict[str, Any] = {}
    grade_class(course, "one", folder, Options(jobs=1), None, account=counts.update)
    return int(counts["forks"])


@pytest.mark.parametrize("student", ["right", "neighbour"])
def test_right_answers_are_not_tried_again(report: Report, student: str) -> None:
    result = of(report, student)
    assert result.score == 10 and not any(e.follow_through for e in result.exercises)


@pytest.mark.parametrize("student", ["shifted", "stub", "absent", "endless", "kills"])
def test_one_mistake_costs_its_marks_once(report: Report, student: str) -> None:
    result = of(report, student)
    assert result.status == "graded" and result.score == 8
    assert named(report, student, "scale").score == 0
    chain, total = named(report, student, "chain"), named(report, student, "total")
    assert (chain.verdict, chain.follow_through) == ("passed", ("scale",))
    assert chain.message == "right, given a right scale"
    assert (total.verdict, total.follow_through) == ("passed", ("scale", "chain"))
    assert total.message == "right, given a right scale and chain"
    assert all(group.passed for group in chain.groups)


def test_what_is_wrong_beyond_the_first_mistake_is_said(report: Report) -> None:
    chain = named(report, "two_wrong", "chain")
    assert (chain.verdict, chain.score, chain.follow_through) == ("failed", 0, ("scale",))
    assert chain.message.startswith("even with a right scale: the result: 24 of 24 entries")
    assert chain.hint == "The result is one more than what is asked."
    assert named(report, "two_wrong", "total").verdict == "passed"


def test_a_known_mistake_is_recognised_above_another(report: Report) -> None:
    assert named(report, "known_above", "chain").mistake == "first_step_lost"


def test_a_part_that_is_right_earns_its_part(report: Report) -> None:
    chain = named(report, "edge_lost", "chain")
    assert (chain.verdict, chain.score) == ("failed", 3.0)
    assert [group.name for group in chain.groups if not group.passed] == ["edge cases"]


def test_blank_stubs_are_not_tried_again(report: Report) -> None:
    result = of(report, "all_stubs")
    assert [e.verdict for e in result.exercises] == ["missing"] * 5
    assert not any(e.follow_through for e in result.exercises)


@pytest.mark.parametrize(("student", "verdict"), [("graph", "failed"), ("callable_asked", "error")])
def test_where_nobody_can_stand_in_the_first_account_stays(
    report: Report, student: str, verdict: str
) -> None:
    chain = named(report, student, "chain")
    assert (chain.verdict, chain.score, chain.follow_through) == (verdict, 0, ())
    assert "stand-in" not in chain.message


def test_forwarding_earns_nothing(report: Report) -> None:
    assert named(report, "forwards", "chain").score == 0


@pytest.mark.parametrize("student", ["borrows", "keeps"])
def test_no_other_exercise_gains(report: Report, student: str) -> None:
    assert named(report, student, "apart").score == 0


def test_no_model_answer_is_in_the_students_process(report: Report) -> None:
    assert named(report, "searches", "chain").verdict == "passed"


@pytest.mark.parametrize("student", ["asks_for_ever", "asks_much", "asks_nonsense"])
def test_questions_without_sense_end_nothing(report: Report, student: str) -> None:
    result = of(report, student)
    assert result.status == "graded" and named(report, student, "apart").verdict == "passed"
    assert named(report, student, "scale").score == 0


def test_half_the_marks_where_the_course_says_so(tmp_path: Path) -> None:
    report = graded(tmp_path, "half", ("shifted",))
    assert named(report, "shifted", "chain").score == 2
    assert of(report, "shifted").score == 1 + 2 + 1 + 1


def test_without_marks_the_message_is_still_true(tmp_path: Path) -> None:
    report = graded(tmp_path, "none", ("stub",))
    chain = named(report, "stub", "chain")
    assert (chain.score, chain.message) == (0, "right, given a right scale")


@pytest.mark.parametrize(
    ("uses", "complaint"),
    [
        ('uses=("nobody",)', "chain uses 'nobody', which is no exercise of this assignment"),
        ('uses=("total",)', "chain uses 'total', which does not come before it in course.yml"),
        ('uses=("chain",)', "chain uses 'chain', which does not come before it in course.yml"),
    ],
)
def test_uses_of_what_cannot_stand_in_are_refused(
    tmp_path: Path, uses: str, complaint: str
) -> None:
    checks = CHECKS.replace('uses=("scale",)', uses)
    root = write_course(tmp_path, COURSE, NOTEBOOK, ANSWERS, checks, MISTAKES)
    with pytest.raises(CourseError) as caught:
        load_lesson(load_course(root), "one")
    assert complaint in str(caught.value)


def test_a_class_cannot_stand_in(tmp_path: Path) -> None:
    answers = ANSWERS.replace("def scale(x):\n", "class scale:\n    def f(x):\n", 1)
    answers = answers.replace('    KEPT_FROM_STUDENTS = "only in the model answer"\n', "", 1)
    root = write_course(
        tmp_path, COURSE, NOTEBOOK, answers.replace("    return 3", "        return 3", 1),
        CHECKS, MISTAKES,
    )  # fmt: skip
    with pytest.raises(CourseError, match="uses 'scale', which is a class"):
        load_lesson(load_course(root), "one")
