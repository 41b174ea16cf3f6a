"""The store: deliveries twice, killed writers, namesakes, broken files; SQLite and PostgreSQL."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from postgres_server import Server, server  # type: ignore[import-not-found]

from grader.course.fields import database_url
from grader.errors import GraderError
from grader.grading.store import DamagedResult, Record, Store, default_url, result_key
from grader.results import SubmissionResult

MESSAGE = "né '; DROP TABLE results;--"


def result(student: str = "alice", score: float = 1.0, **changes: object) -> SubmissionResult:
    record = {
        "student": student, "file": f"{student}.py", "sha256": "ab", "status": "graded",
        "score": score, "max_score": 2.0, "seconds": 0.1, "message": MESSAGE,
    }  # fmt: skip
    return SubmissionResult.model_validate(record | changes)


def record(assignment: str, key: str, one: SubmissionResult, **changes: object) -> Record:
    parts = {"assignment": assignment, "key": key, "result": one}
    return Record.model_validate(parts | changes)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return default_url(tmp_path)
    return database_url(request.getfixturevalue("postgresql").url, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened


def spoil(store: Store, statement: str) -> None:
    """Change the database behind the store's back."""
    store._database.run(lambda connection: connection.exec_driver_sql(statement), "spoilt")


def key(text: str, request: pytest.FixtureRequest) -> str:
    return result_key(text, request.node.name, "seed", "cpu", "full")


def test_a_second_delivery_changes_nothing(store: Store, request: pytest.FixtureRequest) -> None:
    name, one = request.node.name, key("one", request)
    assert store.get(one) is None
    store.put(record(name, one, result(score=1.0)))
    store.put(record(name, one, result(score=2.0)))
    assert store.get(one) == result(score=1.0)
    assert store.latest(name) == [result(score=1.0)]


def test_a_result_made_afresh_replaces_the_stored_one(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name, one = request.node.name, key("one", request)
    store.put(record(name, one, result(score=0.0)))
    store.put(record(name, one, result(score=2.0), replaces=True))
    assert store.get(one) == result(score=2.0)
    assert [each.score for each in store.latest(name)] == [2.0]


def test_what_is_not_delivered_is_known_and_not_of_the_class(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name, one = request.node.name, key("one", request)
    store.put(record(name, one, result(), delivered=False))
    assert store.get(one) == result() and store.latest(name) == []


def test_the_last_delivery_of_a_student_counts(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name = request.node.name
    store.put(record(name, key("first", request), result(score=1.0)))
    store.put(record(name, key("second", request), result(score=2.0)))
    assert [one.score for one in store.latest(name)] == [2.0]
    store.put(record(name, key("first", request), result(score=1.0)))
    assert [one.score for one in store.latest(name)] == [1.0]
    assert store.get(key("second", request)) == result(score=2.0)


def test_what_is_taken_in_late_replaces_no_later_delivery(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name, hour = request.node.name, timedelta(hours=1)
    now = datetime.now(UTC)
    store.put(record(name, key("second", request), result(score=2.0), written=now))
    early = record(name, key("first", request), result(score=1.0), written=now - hour)
    store.take_in(early)
    assert [one.score for one in store.latest(name)] == [2.0]
    assert store.get(key("first", request)) == result(score=1.0)
    store.take_in(record(name, key("third", request), result(score=0.0), written=now + hour))
    assert [one.score for one in store.latest(name)] == [0.0]


def test_two_students_with_the_same_bytes(store: Store, request: pytest.FixtureRequest) -> None:
    name, shared = request.node.name, key("shared", request)
    store.put(record(name, shared, result("bob", message="Handed in too: bob_old.py.")))
    store.put(record(name, shared, result("alice", message="")))
    found = store.latest(name)
    assert [(one.student, one.file, one.message) for one in found] == [
        ("alice", "alice.py", ""),
        ("bob", "bob.py", "Handed in too: bob_old.py."),
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
from test_store import record, result
with Store(sys.argv[1]) as store:
    for number in range(100_000):
        store.put(record("a", f"key {number}", result(f"student {number}")))
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
        store.put(record("a", "key new", result("new")))


def test_a_broken_file_is_our_fault_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / ".chainrule" / "results.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 1000)
    with pytest.raises(GraderError, match="cannot be opened: file is not a database"):
        Store(default_url(tmp_path))
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(GraderError, match="cannot be opened: no folder for"):
        Store(default_url(tmp_path))


@pytest.mark.parametrize("body", ["{}", "", "no JSON", '{"student": "alice", "new": 1}', "null"])
def test_a_damaged_result_is_told_by_name_and_can_be_replaced(
    store: Store, request: pytest.FixtureRequest, body: str
) -> None:
    name = request.node.name
    one, other = key("one", request), key("other", request)
    store.put(record(name, one, result("alice")))
    store.put(record(name, other, result("bob")))
    spoil(store, f"UPDATE results SET body = '{body}' WHERE key = '{one}'")
    with pytest.raises(DamagedResult, match="grade again"):
        store.get(one)
    alice, bob = store.latest(name)
    assert (alice.student, alice.status, bob) == ("alice", "grader_error", result("bob"))
    assert "result of alice is damaged" in alice.message
    assert f"chainrule grade {name}" in alice.message
    store.put(record(name, one, result("alice"), replaces=True))
    assert store.latest(name) == [result("alice"), result("bob")]


def test_a_delivery_without_a_result_does_not_vanish(
    store: Store, request: pytest.FixtureRequest
) -> None:
    name, one = request.node.name, key("one", request)
    store.put(record(name, one, result()))
    spoil(store, f"DELETE FROM results WHERE key = '{one}'")
    assert [(each.student, each.status) for each in store.latest(name)] == [
        ("alice", "grader_error")
    ]


def test_a_database_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    with Store(default_url(tmp_path)) as store:
        store.put(record("a", "key", result()))
        spoil(store, "ALTER TABLE deliveries DROP COLUMN message")
    with Store(default_url(tmp_path)) as store:
        assert store.latest("a") == [result()]
        store.put(record("a", "key", result(message="new")))
        assert [one.message for one in store.latest("a")] == ["new"]


def test_what_the_database_refuses_is_said_without_the_result(store: Store) -> None:
    spoil(store, "ALTER TABLE results RENAME TO away")
    try:
        for work in (
            lambda: store.get("key"),
            lambda: store.latest("a"),
            lambda: store.put(record("a", "key", result())),
        ):
            with pytest.raises(GraderError) as caught:
                work()
            assert caught.value.__cause__ is None and caught.value.__suppress_context__
            for word in (MESSAGE, "SELECT", "INSERT", "sha256", "parameters"):
                assert word not in str(caught.value)
        assert "the result of alice cannot be written down" in str(caught.value)
    finally:
        spoil(store, "ALTER TABLE away RENAME TO results")


def test_a_file_locked_for_a_while_is_waited_for(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    code = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN EXCLUSIVE'); print('locked', flush=True); time.sleep(3)"
    )
    file = url.removeprefix("sqlite:///")
    with (
        Store(url) as store,
        subprocess.Popen([sys.executable, "-c", code, file], stdout=subprocess.PIPE) as locker,
    ):
        assert locker.stdout is not None and locker.stdout.readline() == b"locked\n"
        store.put(record("a", "key", result()))
        assert store.latest("a") == [result()]


def test_a_file_locked_for_ever_is_said(tmp_path: Path) -> None:
    url = default_url(tmp_path)
    with Store(url, patience=0.3) as store:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GraderError, match=r"of alice cannot be written down: .*locked"):
            store.put(record("a", "key", result()))
        other.close()
        store.put(record("a", "key", result()))


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """The file may grow no more: what SQLite sees where a disk is full."""
    with Store(default_url(tmp_path)) as store:
        store.put(record("a", "key", result()))
        pages = "PRAGMA max_page_count = 1"  # clamped to what the file has
        store._database.run(lambda connection: connection.exec_driver_sql(pages), "limited")
        long = result("bob", message="x" * 100_000)
        with pytest.raises(GraderError, match=r"of bob cannot be written down: .*full"):
            store.put(record("a", "other", long))
        assert store.latest("a") == [result()]
