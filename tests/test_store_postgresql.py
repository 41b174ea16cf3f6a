"""PostgreSQL that is restarted, that cuts connections, that is not there; and what is said then."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import Server, server  # type: ignore[import-not-found]
from test_store import record, result  # type: ignore[import-not-found]

from grader.course.fields import database_url
from grader.errors import GraderError, UsageError
from grader.grading.store import Store

OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as made:
        yield made


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_every_spelling_means_psycopg_3(running: Server, scheme: str, tmp_path: Path) -> None:
    url = database_url(running.url.replace("postgresql", scheme, 1), tmp_path)
    with Store(url) as store:
        store.put(record(scheme, scheme, result()))
        assert store.latest(scheme) == [result()]
        assert store._database._engine.driver == "psycopg"


def test_a_restart_between_writes_loses_nothing(running: Server, tmp_path: Path) -> None:
    with Store(database_url(running.url, tmp_path)) as store:
        store.put(record("restart", "r1", result("alice")))
        running.stop()
        starter = threading.Timer(2.0, running.start)
        starter.start()
        store.put(record("restart", "r2", result("bob")))
        starter.join()
        assert [one.student for one in store.latest("restart")] == ["alice", "bob"]


def test_connections_cut_between_and_inside_writes(running: Server, tmp_path: Path) -> None:
    """A trigger makes each write slow, so that most cuts fall inside of one."""
    with Store(database_url(running.url, tmp_path)) as store:
        running.sql(
            "CREATE FUNCTION slow() RETURNS trigger AS $$ BEGIN PERFORM pg_sleep(0.05); "
            "RETURN NEW; END $$ LANGUAGE plpgsql; "
            "CREATE TRIGGER slow BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION slow()"
        )
        over, cut = threading.Event(), []

        def kill() -> None:
            while not over.wait(0.17):
                cut.extend(running.sql(OTHERS))

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            for number in range(40):
                store.put(record("cut", f"cut {number}", result(f"student {number:02}")))
        finally:
            over.set()
            killer.join()
            running.sql("DROP TRIGGER slow ON deliveries; DROP FUNCTION slow")
        assert len(cut) > 5
        found = store.latest("cut")
    assert [one.student for one in found] == [f"student {number:02}" for number in range(40)]


def test_a_server_that_is_not_there_is_said_without_the_password(running: Server) -> None:
    url = f"postgresql+psycopg://me:{'s3cret'}@127.0.0.1:1/none?application_name=t0ken"
    with pytest.raises(GraderError, match=r"cannot be opened: .*refused") as caught:
        Store(url)
    told = str(caught.value)
    assert "127.0.0.1" in told and "database" in told
    assert not any(word in told for word in ("s3cret", "t0ken", "SELECT", "Traceback"))
    missing = running.url.replace("/postgres", "/n0where").replace("postgresql", PSYCOPG, 1)
    with pytest.raises(GraderError, match=r"cannot be opened: .*n0where.* does not exist"):
        Store(missing)


PSYCOPG = "postgresql+psycopg"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql+psycopg://me:s3cret@host:port/x", "cannot be read as a URL"),
        ("postgresql+nothing://me:s3cret@host/x", "of a kind that is not known"),
    ],
)
def test_a_wrong_url_is_said_without_the_password(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        Store(url)
    assert "s3cret" not in str(caught.value)


def test_a_missing_driver_is_said() -> None:
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from grader.grading.store import Store\n"
        "Store('postgresql+psycopg://me:s3cret@host/x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    last = done.stderr.strip().splitlines()[-1]
    assert "UsageError" in last and "psycopg is not installed" in last
    assert "chainrule[postgresql]" in last and "s3cret" not in done.stderr


def test_a_server_that_stays_away_is_given_up(running: Server, tmp_path: Path) -> None:
    with Store(database_url(running.url, tmp_path), patience=1.0) as store:
        running.stop()
        try:
            with pytest.raises(GraderError, match="of alice cannot be written down"):
                store.put(record("away", "away", result()))
        finally:
            running.start()
        store.put(record("away", "away", result()))
        assert store.latest("away") == [result()]


def test_graders_that_begin_at_once_on_an_empty_database(running: Server, tmp_path: Path) -> None:
    """Tables that two make at the same time are made once."""
    running.sql("CREATE DATABASE empty")
    url = database_url(running.url.replace("/postgres", "/empty"), tmp_path)
    gate, failed = threading.Barrier(6), []

    def begin(number: int) -> None:
        gate.wait()
        try:
            with Store(url) as store:
                store.put(record("begin", f"b{number}", result(f"student {number}")))
        except GraderError as error:
            failed.append(error)

    beginning = [threading.Thread(target=begin, args=(number,)) for number in range(6)]
    for one in beginning:
        one.start()
    for one in beginning:
        one.join()
    assert failed == []
    with Store(url) as store:
        assert len(store.latest("begin")) == 6
