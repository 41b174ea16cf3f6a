"""What isolation "process" still holds, and what holds where there are no cgroups."""

import os
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import SMALL, WITHOUT_CGROUP, Box, Gone, attacker, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.grading.doctor import diagnose

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

PROJECT = str(Path(__file__).resolve().parents[1])


def works(*layers: str) -> bool:
    found = {probe.layer: probe.works for probe in diagnose()}
    return all(found[layer] for layer in layers)


@pytest.fixture(scope="module", params=["self", "nobody"])
def weaker(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can start a zygote as another user")
    if not works("landlock", "seccomp"):
        pytest.skip("without Landlock and seccomp, isolation by process holds little")
    with Zygote(policy("process"), program=program(request.param)) as made:
        yield made


@pytest.fixture
def hostile(weaker: Zygote) -> Iterator[Box]:
    with attacker(weaker) as worker:
        yield worker


def test_a_process_cannot_read_the_project(hostile: Box) -> None:
    for path in (f"{PROJECT}/pyproject.toml", "/etc/passwd", f"/proc/{os.getpid()}/environ"):
        assert hostile.run(f"open({path!r})").error == "PermissionError", path
    assert hostile.run(f"import os; os.listdir({PROJECT!r})").error == "PermissionError"


def test_a_process_writes_only_into_its_own_folder(hostile: Box) -> None:
    assert hostile.run("open('/tmp/planted', 'w')").error == "PermissionError"
    folder = hostile.run("import os; open('x', 'w').close(); result = os.getcwd()").result
    assert Path(folder, "x").exists()
    hostile.zygote.kill(hostile.worker)
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.fork()",
        "import os, sys; os.execv(sys.executable, ['python'])",
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.socket()",
        "import os; os.kill(OURS, 0)",
        "import os; os.kill(os.getppid(), 9)",
        "import os; os.memfd_create('x')",
    ],
)
def test_a_process_may_not(hostile: Box, code: str) -> None:
    # Our number is not in the test's name: it differs between pytest's own workers.
    assert hostile.run(code.replace("OURS", str(os.getpid()))).error == "PermissionError"


def test_a_process_has_no_capabilities_and_an_empty_environment(hostile: Box) -> None:
    assert hostile.run("import os; result = len(os.environ)").result == 3
    answer = hostile.run("import os; os.chown('.', 1, 1)")
    assert answer.error == "PermissionError"


def test_a_process_dies_with_its_zygote() -> None:
    with Zygote(policy("process"), program=program("self")) as zygote, attacker(zygote) as worker:
        worker.run("import time; result = 1")
        assert zygote.kill(worker.worker).signal == 9


def test_memory_of_a_process_is_bounded(hostile: Box) -> None:
    code = "hoard = [b'x' * (16 << 20) for i in range(64)]"
    try:
        assert hostile.run(code).error == "MemoryError"
    except Gone:
        assert hostile.exit().oom


@pytest.fixture(scope="module")
def ungrouped() -> Iterator[Zygote]:
    if not works("all together"):
        pytest.skip("this machine cannot confine fully")
    with Zygote(policy(), program=WITHOUT_CGROUP) as made:
        yield made


def test_without_a_cgroup_addresses_bound_memory(ungrouped: Zygote) -> None:
    with attacker(ungrouped) as worker:
        answer = worker.run("hoard = [b'x' * (16 << 20) for i in range(64)]")
        assert answer.error == "MemoryError"


def test_without_a_cgroup_there_are_no_children(ungrouped: Zygote) -> None:
    with attacker(ungrouped) as worker:
        assert worker.run("import os; os.fork()").error == "PermissionError"


def test_without_a_cgroup_threads_are_counted_by_user(ungrouped: Zygote) -> None:
    code = """
        import threading, time
        made, result = 0, None
        try:
            for _ in range(1000):
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                made += 1
        except RuntimeError as error:
            result = made
    """
    with attacker(ungrouped) as worker:
        assert worker.run(textwrap.dedent(code)).result < SMALL.processes
