"""The store: deliveries twice, killed writers, namesakes, broken files; SQLite and PostgreSQL."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.grading.store import Store, default_url, result_key
from grader.results import SubmissionResult


def result(student: str = "alice", score: float = 1.0, **changes: object) -> SubmissionResult:
    record = {
        "student": student, "file": f"{student}.py", "sha256": "ab", "status": "graded",
        "score": score, "max_score": 2.0, "seconds": 0.1, "message": "né '; DROP TABLE results;--",
    }  # fmt: skip
    return SubmissionResult.model_validate(record | changes)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A server of our own, on a socket in a temporary folder."""
    pytest.importorskip("psycopg2")
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        pytest.skip("no PostgreSQL server is installed")
    folder = Path(tempfile.mkdtemp())
    user: dict[str, int] = {}
    if os.geteuid() == 0:  # the server refuses to be run by root
        os.chown(folder, 65534, 65534)
        user = {"user": 65534, "group": 65534}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, options = folder / "data", f"-p {port} -k {folder} -c listen_addresses="
    steps = [
        ["initdb", "-D", str(data), "-U", "tester", "-A", "trust", "--no-sync"],
        ["pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"],
    ]
    for step in steps:
        done = subprocess.run(step, cwd=folder, capture_output=True, check=False, **user)  # type: ignore[call-overload]
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {done.stderr.decode()[-200:]}")
    yield f"postgresql+psycopg2://tester@/postgres?host={folder}&port={port}"
    stop = ["pg_ctl", "-D", str(data), "-m", "immediate", "stop"]
    subprocess.run(stop, cwd=folder, check=False, capture_output=True, **user)  # type: ignore[call-overload]
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        url = default_url(tmp_path)
    else:
        url = request.getfixturevalue("postgresql")
    with Store(url) as opened:
        yield opened


def key(text: str, request: pytest.FixtureRequest) -> str:
    return result_key(text, request.node.name, "seed", "cpu", "full")


def test_a_second_delivery_changes_nothing(store: Store, request: pytest.FixtureRequest) -> None:
    name, one = request.node.name, key("one", request)
    assert store.get(one) is None
    store.put(name, one, result(score=1.0))
    store.put(name, one, result(score=2.0))
    assert store.get(one) == result(score=1.0)
    assert store.latest(name) == [result(score=1.0)]


def test_the_last_delivery_of_a_student_counts(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name = request.node.name
    store.put(name, key("first", request), result(score=1.0))
    store.put(name, key("second", request), result(score=2.0))
    assert [one.score for one in store.latest(name)] == [2.0]
    store.put(name, key("first", request), result(score=1.0))
    assert [one.score for one in store.latest(name)] == [1.0]
    assert store.get(key("second", request)) == result(score=2.0)


def test_two_students_with_the_same_bytes(store: Store, request: pytest.FixtureRequest) -> None:
    name, shared = request.node.name, key("shared", request)
    store.put(name, shared, result("bob"))
    store.put(name, shared, result("alice"))
    found = store.latest(name)
    assert [(one.student, one.file) for one in found] == [
        ("alice", "alice.py"),
        ("bob", "bob.py"),
    ]
    assert store.latest("another assignment") == []


def test_a_key_names_all_that_a_result_depends_on() -> None:
    parts = ["sha", "checks", "seed", "cpu", "full"]
    others = [[*parts[:n], "other", *parts[n + 1 :]] for n in range(5)]
    assert len({result_key(*each) for each in [parts, *others]}) == 6
    assert result_key("ab", "c", "", "", "") != result_key("a", "bc", "", "", "")


WRITER = """
import sys
from grader.grading.store import Store
from test_store import result
with Store(sys.argv[1]) as store:
    for number in range(100_000):
        store.put("a", f"key {number}", result(f"student {number}"))
        print(number, flush=True)
"""


def test_a_killed_writer_leaves_whole_results(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, env=environment, text=True
    ) as writer:
        assert writer.stdout is not None
        told = [int(next(writer.stdout)) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout if line.endswith("\n")]
    with Store(url) as store:
        kept = {one.student for one in store.latest("a")}
        assert {f"student {number}" for number in told} <= kept
        assert len(kept) <= len(told) + 1
        for number in told:
            assert store.get(f"key {number}") == result(f"student {number}")
        store.put("a", "key new", result("new"))


def test_a_broken_file_is_our_fault_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / ".chainrule" / "results.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(GraderError, match="cannot be opened"):
        Store(default_url(tmp_path))
    with pytest.raises(GraderError, match="cannot be opened"):
        Store("postgresql+psycopg2://nobody@127.0.0.1:1/none")


def test_a_broken_record_is_our_fault_and_said_so(tmp_path: Path) -> None:
    with Store(default_url(tmp_path)) as store:
        store.put("a", "key", result())
        with store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE results SET body = '{}'")
        with pytest.raises(GraderError, match="cannot be read"):
            store.get("key")
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE results")
        with pytest.raises(GraderError, match="cannot be read"):
            store.get("key")
        with pytest.raises(GraderError, match="could not be written"):
            store.put("a", "key", result())
