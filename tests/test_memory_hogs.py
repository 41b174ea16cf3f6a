"""Twenty ways to eat memory, on a busy machine: each reads `memory`, none `timeout`."""

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import MIB, policy, program  # type: ignore[import-not-found]
from race_under_load import busy  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.controller import zygote as controller
from grader.controller.prepared import prepare
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.standards import Standards
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.doctor import diagnose
from grader.worker.confine import Limits

HOGS = {
    "floats": "out = []\nwhile True: out.append(1.5)",
    "lists": "out = []\nwhile True: out.append(list(range(1000)))",
    "a_doubled_list": "a = [0]\nwhile True: a = a + a",
    "nested_lists": "a = []\nwhile True: a = [a]",
    "arrays": "out = []\nwhile True: out.append(np.ones(1 << 20))",
    "a_growing_array": "a = np.ones(1000)\nwhile True: a = np.concatenate([a, a])",
    "small_arrays": "out = []\nwhile True: out.append(np.ones(1 << 10))",
    "tensors": "out = []\nwhile True: out.append(torch.ones(1 << 18))",
    "a_growing_tensor": "a = torch.ones(10)\nwhile True: a = torch.cat([a, a])",
    "small_tensors": "out = []\nwhile True: out.append(torch.ones(1 << 10))",
    "a_graph": "y = x.new_ones(1 << 12).requires_grad_()\nwhile True: y = y * 1.0001",
    "bytes": "b = b'x'\nwhile True: b = b + b",
    "a_bytearray": "b = bytearray()\nwhile True: b.extend(bytes(1 << 16))",
    "text": "s = 'x'\nwhile True: s += s",
    "a_dictionary": "d, i = {}, 0\nwhile True: d[i] = str(i); i += 1",
    "a_set_of_pairs": "s, i = set(), 0\nwhile True: s.add((i, i)); i += 1",
    "objects": "class A: pass\nout = []\nwhile True:\n    a = A(); a.x = [1, 2, 3]; out.append(a)",
    "an_endless_iterator": "return list(iter(int, 1))",
    "mapped": "import mmap\nout = []\nwhile True:\n    m = mmap.mmap(-1, 1 << 24)\n"
    "    m.write(b'x' * (1 << 24)); out.append(m)",
    "recursion": "sys.setrecursionlimit(10**9)\n"
    "def f(k): return [k, f(k + [1] * 99)]\nreturn f([1])",
}


@pytest.fixture(params=["self", "nobody"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if not all(probe.works for probe in diagnose() if probe.needed):
        pytest.skip("this machine cannot confine fully")
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can start a zygote as another user")
    limits = Limits(memory_bytes=200 * MIB)
    run = program(request.param, controller.PROGRAM)
    with Zygote(policy("full", limits), program=run) as made:
        yield made


def test_hogs_read_memory(zygote: Zygote, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    root = red_course(tmp_path, PATIENT)
    checks = root / "solutions" / "one" / "checks.py"
    # On simulated tensors, which hold nothing, a hog is but a long loop.
    checks.write_text(checks.read_text().replace(', group="dtype and device"', ""))
    lesson = load_lesson(load_course(root), "one")
    prepared = prepare(lesson, "seed", "cpu", 10.0)
    allowance = Allowance(10.0, 60.0, 1000)
    standards = Standards(lesson, prepared, allowance, zygote)
    verdicts = {}
    with busy(4):
        for name, body in HOGS.items():
            source = f"{HONEST}\ndef scale(x):\n{textwrap.indent(body, '    ')}\n"
            program, exercises = Program(((1, source),)), list(prepared.values())
            done = execute(zygote, program, exercises, allowance, asked=standards.asked)
            for exercise in prepared:
                standard = standards.of(exercise, zygote, explained=False)
                judged = judge_exercise(standard, done.runs[exercise], (), done.faults)
                verdicts[name, exercise] = judged.verdict
    hogs = {name: verdicts[name, "scale"] for name in HOGS}
    # Without a cgroup only addresses bound the memory, and a library may crash for want of one
    # before anybody can say so: seen once in some sixty hogs, beside other load.
    crashed = 1 if request.node.callspec.params["zygote"] == "nobody" else 0
    assert list(hogs.values()).count("memory") >= len(HOGS) - crashed, hogs
    assert set(hogs.values()) <= {"memory", "error"}, hogs
    for name in HOGS:
        assert verdicts[name, "product"] == verdicts[name, "Tally"] == "passed", verdicts
