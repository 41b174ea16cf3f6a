"""The zygote and its client: forks, exits, deaths on either side, and what is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import LIGHT, RUNNER, SMALL, Gone, box, policy  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote, default_readable
from grader.errors import GraderError
from grader.grading.doctor import diagnose
from grader.worker import cgroup, wire
from grader.worker.confine import Isolation, Limits, Policy

PROJECT = Path(__file__).resolve().parents[1]


def _levels() -> list[Isolation]:
    full = all(probe.works for probe in diagnose() if probe.needed)
    return ["full", "process"] if full else ["process"]


@pytest.fixture(scope="module", params=["full", "process"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if request.param not in _levels():
        pytest.skip("this machine cannot confine fully")
    with Zygote(policy(request.param), program=LIGHT) as made:
        yield made


def test_a_policy_survives_json() -> None:
    made = Policy(
        "process", ("/a", "/b"), Limits(memory_bytes=1), slot=3, device="cuda", libraries=("x",)
    )
    assert Policy.from_json(json.loads(json.dumps(made.to_json()))) == made
    with pytest.raises(TypeError):
        Policy.from_json(made.to_json() | {"surprise": 1})


def test_a_zygote_imports_what_its_class_needs_and_no_more() -> None:
    for libraries, loaded in (((), False), (("colorsys", "not.installed"), True)):
        made = Policy("process", default_readable(), SMALL, libraries=libraries)
        with Zygote(made, program=LIGHT) as zygote, box(zygote) as worker:
            assert worker.run("import sys; result = 'colorsys' in sys.modules").result is loaded


def test_readable_paths_hold_python_and_nothing_of_ours() -> None:
    paths = default_readable()
    assert sys.prefix in paths and os.path.realpath(sys.base_prefix) in paths
    for path in (str(PROJECT), str(PROJECT / "solutions"), os.path.expanduser("~"), "/", "/etc"):
        assert not any(path == known or path.startswith(known + "/") for known in paths), path


def test_workers_answer_side_by_side(zygote: Zygote) -> None:
    with box(zygote) as one, box(zygote) as two, box(zygote) as three:
        slots = {worker.worker.slot for worker in (one, two, three)}
        assert len(slots) == 3
        for worker in (three, one, two):
            assert worker.run("result = 6 * 7").result == 42


def test_what_a_worker_prints_comes_through_its_pipe(zygote: Zygote) -> None:
    with box(zygote) as worker:
        worker.run("import sys, os; print('né'); os.write(2, b'raw'); sys.stderr.write('e\\ud800')")
        zygote.kill(worker.worker)
        assert worker.output() == "né\nrawe\\ud800"


@pytest.mark.parametrize(
    ("code", "number", "killed"),
    [
        ("import os; os._exit(7)", 7, None),
        ("import ctypes; ctypes.string_at(0)", None, signal.SIGSEGV),
    ],
)
def test_how_a_worker_ended(
    zygote: Zygote, code: str, number: int | None, killed: int | None
) -> None:
    with box(zygote) as worker:
        assert zygote.wait(worker.worker, 0.01) is None
        with pytest.raises(Gone):
            worker.run(code)
        ended = worker.exit()
        assert (ended.code, ended.signal, ended.oom) == (number, killed, False)
        assert ended.maxrss_kib > 10_000
        assert zygote.kill(worker.worker) == ended  # killing it again changes nothing
        assert zygote.wait(worker.worker, 0.0) == ended


def test_a_worker_whose_controller_hangs_up_ends(zygote: Zygote) -> None:
    with box(zygote) as worker:
        worker.worker.close()
        assert worker.exit().code == 0


def test_many_workers_one_after_another(zygote: Zygote) -> None:
    for i in range(20):
        with box(zygote) as worker:
            assert worker.run(f"result = {i}").result == i
            assert worker.worker.slot in (
                0,
                2,
            )  # the next one waits beside it; odd ones are the branch's


def test_too_many_workers_are_refused_and_the_rest_go_on() -> None:
    few = LIGHT.replace(
        "sys.exit(", "from grader.worker import forking\nforking.PLACES = 4\nsys.exit("
    )
    with Zygote(policy("process"), program=few) as zygote, box(zygote) as worker:
        with zygote.another() as other, box(other) as neighbour:
            with pytest.raises(GraderError, match="slot: a zygote has at most 2 workers"):
                zygote.fork()
            assert neighbour.run("result = 1").result == 1
        assert worker.run("result = 2").result == 2
        with box(zygote) as second:
            assert second.run("result = 3").result == 3


def test_users_have_workers_of_their_own_and_hear_of_no_others(zygote: Zygote) -> None:
    with zygote.another() as one, zygote.another() as two:
        with box(one) as first, box(two) as second:
            assert first.worker.slot != second.worker.slot
            with pytest.raises(Gone):
                second.run("import os; os._exit(5)")
            assert second.exit().code == 5
            assert first.run("result = 6 * 7").result == 42
            with pytest.raises(GraderError, match="not one of this zygote's"):
                one.wait(second.worker, 0.1)
        left = two.fork()
        wire.receive_frame(left.sock)
        two.close()
        with pytest.raises(wire.Closed):
            wire.receive_frame(left.sock)
        left.close()
        with box(one) as third:
            assert third.run("result = 1").result == 1


def test_when_the_first_user_hangs_up_everything_ends() -> None:
    with Zygote(policy("process"), program=LIGHT) as zygote, zygote.another() as other:
        worker = other.fork()
        wire.receive_frame(worker.sock)
        zygote.close()
        with pytest.raises(GraderError, match="zygote is dead"):
            other.wait(worker, 20.0)
        with pytest.raises(GraderError, match="zygote is dead"):
            other.fork()
        worker.close()


def test_a_dismissed_worker_ends_and_is_forgotten(zygote: Zygote) -> None:
    with zygote.another() as user:
        for _ in range(30):
            worker = user.fork()
            wire.receive_frame(worker.sock)
            user.dismiss(worker)
            with pytest.raises((wire.Closed, ConnectionError)):
                wire.receive_frame(worker.sock)
            worker.close()
        with box(user) as last:
            assert last.run("result = 1").result == 1
        assert not user._exits.keys() - {last.worker.pid} and len(user._live) <= 1


def test_a_dead_zygote_says_so() -> None:
    with Zygote(policy("process"), program=LIGHT) as zygote:
        worker = zygote.fork()
        wire.receive_frame(worker.sock)
        assert zygote._process is not None
        zygote._process.kill()
        with pytest.raises(GraderError, match="zygote is dead"):
            zygote.wait(worker, 20.0)
        for call in (zygote.fork, lambda: zygote.kill(worker), lambda: zygote.wait(worker, 1.0)):
            with pytest.raises(GraderError, match="zygote is dead"):
                call()
        worker.close()


@pytest.mark.parametrize("isolation", ["full", "process"])
def test_a_zygote_that_cannot_start_says_so(isolation: Isolation) -> None:
    if isolation not in _levels():
        pytest.skip("this machine cannot confine fully")
    with (
        Zygote(policy(isolation), program="raise SystemExit(5)") as zygote,
        pytest.raises(GraderError, match="exit code 5"),
    ):
        zygote.fork()


def test_a_start_that_takes_long_is_waited_for_as_long_as_it_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if sys.platform != "linux":
        pytest.skip("CPU time of others is read in /proc")
    monkeypatch.setattr("grader.controller.zygote._START_SECONDS", 0.5)
    monkeypatch.setattr("grader.controller.zygote._START_LOOKS", 1000)
    busy = "import time\nwhile time.process_time() < 1.5: pass\n" + LIGHT
    with Zygote(policy("process"), program=busy) as zygote, box(zygote) as worker:
        assert worker.run("result = 1").result == 1
    idle = "import time\ntime.sleep(60)"
    with (
        Zygote(policy("process"), program=idle) as zygote,
        pytest.raises(GraderError, match=r"no answer within .* s of CPU"),
    ):
        zygote.wait_ready()


def test_a_thread_that_is_ending_is_waited_for() -> None:
    program = "import threading, time\n" + LIGHT.replace(
        "sys.exit(",
        "zygote._import_everything = lambda: "
        "threading.Thread(target=time.sleep, args=(0.5,)).start()\nsys.exit(",
    )
    with Zygote(policy("process"), program=program) as zygote, box(zygote) as worker:
        assert worker.run("result = 1").result == 1


def test_threads_in_the_zygote_are_refused() -> None:
    if sys.platform != "linux":
        pytest.skip("threads are counted in /proc")
    program = "import threading, time\n" + LIGHT.replace(
        "sys.exit(",
        "zygote.gc.collect = lambda: None\n"
        "usual = zygote._import_everything\n"
        "def more():\n"
        "    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "    return usual()\n"
        "zygote._import_everything = more\nsys.exit(",
    )
    with (
        Zygote(policy("process"), program=program) as zygote,
        pytest.raises(GraderError, match="2 threads"),
    ):
        zygote.fork()


@pytest.mark.parametrize(
    ("patch", "layer"),
    [
        ("landlock.restrict = broken", "landlock"),
        (
            "cgroup.find_parents = lambda keeper: cgroup.Parents(1, *[Path('/no')] * 3)",
            "cgroup",
        ),
        ("rlimits.apply_rlimits = broken", "rlimits"),
        ("namespaces.change_root = broken", "root directory"),
        ("privileges.forbid_new_privileges = broken", "no_new_privs"),
        ("confine.Linux.load_filter = broken", "seccomp"),
    ],
)
def test_a_layer_that_fails_keeps_student_code_out(patch: str, layer: str) -> None:
    if "full" not in _levels():
        pytest.skip("this machine cannot confine fully")
    program = LIGHT.replace(
        "sys.exit(",
        "from pathlib import Path\n"
        "from grader.worker import cgroup, confine, landlock, namespaces, privileges, rlimits\n"
        "def broken(*_, **__): raise OSError('planted')\n"
        f"{patch}\nsys.exit(",
    )
    with Zygote(policy("full"), program=program) as zygote:
        if layer == "cgroup":  # the zygote itself cannot make the group
            with pytest.raises(GraderError, match="/no"):
                zygote.fork()
            return
        for _ in range(3):
            with pytest.raises(GraderError, match=f"{layer}: planted"):
                zygote.fork()


def test_landlock_holds_where_the_new_root_would_leak() -> None:
    if "full" not in _levels():
        pytest.skip("this machine cannot confine fully")
    program = LIGHT.replace(
        "sys.exit(",
        "import os, tempfile\nfrom grader.worker import namespaces\n"
        "place = namespaces.Scratch(tempfile.mkdtemp())\n"
        "os.mkdir(place.home), os.mkdir(place.tmp), os.chmod(place.place, 0o755)\n"
        "namespaces.free_scratch = lambda _: place\n"
        "namespaces.change_root = lambda *_: os.chdir(place.home)\nsys.exit(",
    )
    with Zygote(policy("full"), program=program) as zygote, box(zygote) as worker:
        for path in (str(PROJECT / "pyproject.toml"), "/etc/hostname", "/"):
            assert (
                worker.run(f"import os; os.open({path!r}, os.O_RDONLY)").error == "PermissionError"
            )


CONTROLLER = f"""
import os, signal, sys, time
sys.path[:0] = [{str(PROJECT)!r}, {str(PROJECT / "tests")!r}]
from boxes import LIGHT, box, policy
from grader.controller.zygote import Zygote
zygote = Zygote(policy(sys.argv[1]), program=LIGHT)
with box(zygote) as worker:
    print(zygote._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("isolation", ["full", "process"])
def test_everything_ends_with_the_controller(isolation: Isolation) -> None:
    if isolation not in _levels():
        pytest.skip("this machine cannot confine fully")
    done = subprocess.run(
        [sys.executable, "-c", CONTROLLER, isolation], stdout=subprocess.PIPE, check=False
    )
    assert done.returncode == -signal.SIGKILL
    session = int(done.stdout)
    assert _eventually(lambda: not _processes_of(session))
    assert not _groups_of(session)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("isolation", ["full", "process"])
def test_killing_the_keeper_kills_everything(isolation: Isolation) -> None:
    if isolation not in _levels():
        pytest.skip("this machine cannot confine fully")
    zygote = Zygote(policy(isolation), program=LIGHT)
    worker = zygote.fork()
    wire.receive_frame(worker.sock)
    assert zygote._process is not None
    keeper = zygote._process.pid
    os.kill(keeper, signal.SIGKILL)
    with pytest.raises(wire.Closed):
        wire.receive_frame(worker.sock)
    zygote.close()
    worker.close()
    assert _eventually(lambda: not _processes_of(keeper))
    # the groups it could not remove are removed by the next keeper
    with Zygote(policy(isolation), program=LIGHT) as other:
        other.wait_ready()
        assert not _groups_of(keeper)


def test_closing_leaves_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    before = set(os.listdir("/proc/self/fd")) if sys.platform == "linux" else set()
    for isolation in _levels():
        with Zygote(policy(isolation), program=LIGHT) as zygote:
            with box(zygote) as worker:
                worker.run("result = 1")
            assert zygote._process is not None
            keeper = zygote._process.pid
        zygote.close()
        assert not _groups_of(keeper)
        assert not _processes_of(keeper)
    assert not before or set(os.listdir("/proc/self/fd")) == before
    assert capfd.readouterr() == ("", "")


def test_the_runner_is_what_the_tests_think() -> None:
    assert RUNNER in LIGHT and SMALL.processes > 8


def _eventually(condition: "object", seconds: float = 20.0) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _processes_of(keeper: int) -> list[int]:
    """Live processes of the keeper's session or below it."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            state, parent, _, session = (path / "stat").read_text().rsplit(")", 1)[1].split()[:4]
        except OSError:
            continue
        if state != "Z" and (keeper in (int(session), int(parent)) or int(path.name) == keeper):
            found.append(int(path.name))
    return found


def _groups_of(keeper: int) -> list[Path]:
    parents = cgroup.locate() if sys.platform == "linux" else None
    if parents is None:
        return []
    folders = {parents.memory, parents.pids}
    return [path for folder in folders for path in folder.glob(f"chainrule-{keeper}-*")]
