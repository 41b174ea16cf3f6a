"""A class on a cluster: the same results whatever breaks, and nothing left running."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from cluster_parts import (  # type: ignore[import-not-found]
    CHAINRULE,
    Graded,
    Parts,
    Proxy,
    below,
    dask_workers,
    graded,
    hand_in,
    make_course,
    parts,
    same,
    until,
    words,
    zygotes,
)

from grader.results import Report

pytest.importorskip("distributed")
COUNT = 24
CONTROLLER = "grader.cluster.controller"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hand_in(tmp_path_factory.mktemp("handed") / "in", COUNT, 1.0)


@pytest.fixture(scope="module")
def untouched(course: Path, submissions: Path) -> Report:
    """The same class on one machine, with nothing broken."""
    return graded(None, course, submissions).report


@pytest.fixture(scope="module")
def running(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    with parts(tmp_path_factory.mktemp("parts"), course) as made:
        made.start_scheduler()
        yield made


class Machines:
    """Two machines of two slots, of which a test may break one."""

    def __init__(self, made: Parts) -> None:
        self.parts = made
        self.all = [made.start_worker() for _ in range(2)]

    def mend(self) -> list[subprocess.Popen]:
        self.all = [one for one in self.all if one.poll() is None]
        while len(self.all) < 2:
            self.all.append(self.parts.start_worker())
        until(lambda: self.parts.present() >= 2)
        return self.all


@pytest.fixture(scope="module")
def machines(running: Parts) -> Machines:
    return Machines(running)


def once_at(number: int, deed: Callable[[], object]) -> Callable[[int], None]:
    """What does a deed when so many are done, once."""
    did: list[object] = []

    def after(done: int) -> None:
        if done >= number and not did:
            did.append(deed())

    return after


def check(done: Graded, untouched: Report) -> None:
    assert same(done.report, untouched)
    assert len(done.kept) == done.rows == COUNT
    assert {one.student for one in done.kept} == {one.student for one in untouched.submissions}


def test_the_same_as_on_one_machine(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    machines.mend()
    done = graded(running, course, submissions)
    check(done, untouched)
    assert done.told == []
    statuses = {one.status for one in untouched.submissions}
    assert statuses == {"graded"} and len({one.score for one in untouched.submissions}) > 2


def test_a_dask_worker_is_killed(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    first, _ = machines.mend()
    (victim,) = dask_workers(first)
    beneath = set(victim.children(recursive=True))
    done = graded(running, course, submissions, once_at(1, victim.kill))
    check(done, untouched)
    assert any("is gone; what it had is graded again" in told for told in done.told)
    until(lambda: not any(one.is_running() for one in beneath))
    until(lambda: bool(dask_workers(first)))  # the nanny has started another


def test_a_controller_is_killed(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    first, _ = machines.mend()
    done = graded(
        running, course, submissions,
        once_at(1, lambda: controller(first).kill()),
    )  # fmt: skip
    check(done, untouched)


def controller(machine: subprocess.Popen) -> psutil.Process:
    until(lambda: bool(below(machine, CONTROLLER)))
    return below(machine, CONTROLLER)[0]


def test_a_zygote_is_killed(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    first, _ = machines.mend()
    done = graded(running, course, submissions, once_at(1, lambda: zygote(first).kill()))
    check(done, untouched)
    assert done.told == []


def zygote(machine: subprocess.Popen) -> psutil.Process:
    until(lambda: bool(zygotes(machine)))
    return zygotes(machine)[0]


def test_a_nanny_is_killed(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    first, _ = machines.mend()
    running.look()
    done = graded(running, course, submissions, once_at(1, first.kill))
    check(done, untouched)
    first.wait()
    until(lambda: not dask_workers(first))


def test_one_leaves_politely(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    first, _ = machines.mend()
    done = graded(running, course, submissions, once_at(1, first.terminate))
    check(done, untouched)
    assert done.told == []  # nothing was lost, so nothing was graded again
    assert first.wait(60) == 0 and "leaving" in words(first)


def test_one_joins_late(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    for one in machines.mend():
        one.terminate()
        one.wait(60)
    joined: list[subprocess.Popen] = []
    starter = threading.Thread(target=lambda: joined.append(running.start_worker()))
    starter.start()  # while the run waits
    done = graded(running, course, submissions)
    starter.join()
    machines.all = joined
    check(done, untouched)


def test_a_scheduler_is_killed_and_started_again(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report
) -> None:
    machines.mend()
    port = int(running.url.rsplit(":", 1)[1])

    def deed() -> None:
        assert running.scheduler is not None
        running.scheduler.kill()
        running.scheduler.wait()
        threading.Thread(target=running.start_scheduler, args=(port,)).start()

    done = graded(running, course, submissions, once_at(1, deed))
    check(done, untouched)
    assert any("the scheduler" in told for told in done.told)
    until(lambda: all(words(one).count("joined") == 2 for one in machines.all))


def test_a_client_is_killed_and_a_rerun_goes_on(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report,
    tmp_path: Path,
) -> None:  # fmt: skip
    machines.mend()
    out = tmp_path / "out.json"
    options = ["grade", "one", str(submissions), "--isolation", "process", "--enter", "--fresh"]
    options += ["--cluster", running.url, "--json", str(out)]
    first = running.start(CHAINRULE, *options)
    results = course / ".chainrule" / "results.sqlite"
    until(lambda: results.exists() and kept(results) >= 4, first)
    first.kill()
    first.wait()
    before = kept(results)
    assert before < COUNT
    options.remove("--fresh")
    assert running.start(CHAINRULE, *options).wait() == 0
    assert kept(results) == COUNT
    assert same(Report.model_validate_json(out.read_text()), untouched)


def kept(results: Path) -> int:
    import sqlite3

    with sqlite3.connect(f"file:{results}?mode=ro", uri=True) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM deliveries").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_a_slow_network(
    running: Parts, course: Path, submissions: Path, untouched: Report, tmp_path: Path
) -> None:
    proxy = Proxy(running.url, 0.1)
    far = running.start_worker(url=proxy.url)
    try:
        done = graded(running, course, submissions)
        check(done, untouched)
        assert proxy.carried > 10_000
    finally:
        far.terminate()
        far.wait(60)
        proxy.close()


def test_a_submission_that_kills_its_worker_three_times(
    running: Parts, machines: Machines, course: Path, tmp_path: Path
) -> None:
    """Whatever Dask worker has had one submission in progress for long is killed."""
    machines.mend()
    folder = hand_in(tmp_path / "in", 8, 0.0)
    poison = folder / "poison.py"
    poison.write_text(folder.joinpath("s0000.py").read_text().replace("sleep(0.0)", "sleep(3600)"))
    over = threading.Event()
    kills: list[int] = []

    def kill() -> None:
        while not over.wait(0.2):
            for machine in machines.all:
                old = [p for p in sleepers(machine) if time.time() - p.create_time() > 3]
                for worker in dask_workers(machine) if old else ():
                    with suppress(psutil.NoSuchProcess):
                        worker.kill()
                        kills.append(worker.pid)
                        worker.wait(30)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        done = graded(running, course, folder)
    finally:
        over.set()
        killer.join()
    (failed,) = [one for one in done.report.submissions if one.status == "grader_error"]
    assert failed.student == "poison" and "its machine died 3 times" in failed.message
    assert len(kills) >= 3
    others = [one for one in done.report.submissions if one.student != "poison"]
    poison.unlink()
    alone = graded(None, course, folder).report
    assert [one.score for one in others] == [one.score for one in alone.submissions]


def sleepers(machine: subprocess.Popen) -> list:
    """Confined workers: children of the zygote, or of its branch."""
    found = []
    for zygote in zygotes(machine):
        with suppress(psutil.NoSuchProcess):  # killed meanwhile
            found += zygote.children(recursive=True)
    return found


def test_others_are_refused_by_name(
    running: Parts, machines: Machines, course: Path, submissions: Path, untouched: Report,
    tmp_path: Path,
) -> None:  # fmt: skip
    (tmp_path / "old" / "torch-9.9.9.dist-info").mkdir(parents=True)
    metadata = tmp_path / "old" / "torch-9.9.9.dist-info" / "METADATA"
    metadata.write_text("Metadata-Version: 2.1\nName: torch\nVersion: 9.9.9\n")
    from grader.controller.zygote import grader_folder

    old_path = f"{tmp_path / 'old'}{os.pathsep}{grader_folder()}"
    other = make_course(tmp_path / "other")
    (other / "solutions" / "one" / "checks.py").open("a").write("# changed\n")
    machines.mend()
    strangers = [
        running.start_worker(env={"PYTHONPATH": old_path}),
        running.start_worker(cwd=other),
    ]
    try:
        done = graded(running, course, submissions)
        check(done, untouched)
        told = "\n".join(done.told)
        assert "its torch is 9.9.9, ours 2." in told
        assert "its checks of one are others than ours" in told
        shown = running.start(CHAINRULE, "cluster", running.url, "--json")
        assert shown.wait() == 0
        assert "its torch is 9.9.9" in words(shown) and "its checks of one" in words(shown)
        assert words(shown).count('"done":') == 4
    finally:
        for one in strangers:
            one.send_signal(signal.SIGINT)
            assert one.wait(60) == 0
