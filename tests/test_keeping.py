"""Results that the database does not take: kept, told where, taken in by the next run."""

import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from postgres_server import Server, server  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from test_store import result, spoil  # type: ignore[import-not-found]

from grader.course.syllabus import Course, load_course
from grader.errors import GraderError
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping, keeping, opened, unsaved_folder
from grader.grading.store import Store, default_url
from grader.results import Report, SubmissionResult

NAMES = [f"student{number}" for number in range(5)]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return load_course(red_course(tmp_path / "course", PATIENT))


def in_postgresql(course: Course, running: Server) -> Course:
    """The course with an empty database of its own."""
    running.sql("DROP TABLE IF EXISTS results, deliveries")
    file = course.root / "course.yml"
    file.write_text(f"database: {running.url}\n{file.read_text()}")
    return load_course(course.root)


def a_class(course: Course) -> Path:
    folder = course.root / "class"
    folder.mkdir(exist_ok=True)
    for name in NAMES:
        (folder / f"{name}.py").write_text(f"{HONEST}\n# {name}\n")
    return folder


class Steps:
    """Calls `act` after each result that was graded; counts what was known before."""

    def __init__(self, act: Callable[[int], object]) -> None:
        self.act, self.known, self.graded = act, 0, 0

    def __call__(self, done: int, of: int, last: SubmissionResult | None) -> None:
        if last is None:
            self.known = done
        else:
            self.graded += 1
            self.act(self.graded)


def grade(
    course: Course, kept: Keeping, act: Callable[[int], object] = lambda number: None
) -> tuple[Report, Steps]:
    steps = Steps(act)
    options = Options(jobs=1, isolation="process")
    return grade_class(course, "one", a_class(course), options, kept, steps), steps


def test_a_class_outlives_restarts_and_cut_connections(course: Course, postgresql: Server) -> None:
    course = in_postgresql(course, postgresql)
    starters: list[threading.Thread] = []

    def disturb(number: int) -> None:
        if number == 2:
            postgresql.stop()
            starters.append(threading.Timer(2.0, postgresql.start))
            starters[0].start()
        elif number == 4:
            postgresql.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    with keeping(course) as kept:
        report, steps = grade(course, kept, disturb)
    starters[0].join()
    assert [one.score for one in report.submissions] == [5] * len(NAMES)
    with keeping(course) as kept:
        again, steps = grade(course, kept)
        assert (again, steps.known) == (report, len(NAMES))
    assert not list(unsaved_folder(course).glob("*"))


def test_a_database_that_stays_away_costs_no_result(course: Course, postgresql: Server) -> None:
    course = in_postgresql(course, postgresql)
    folder = unsaved_folder(course)
    with Store(str(course.database), patience=0.5) as store:
        kept = Keeping(store, folder)
        report, _ = grade(course, kept, lambda number: number == 1 and postgresql.stop())
        try:
            with pytest.raises(GraderError, match="4 results are not in the database") as caught:
                kept.settle()
        finally:
            postgresql.start()
    assert [one.score for one in report.submissions] == [5] * len(NAMES)
    (file,) = folder.iterdir()
    assert str(file) in str(caught.value) and "takes them in" in str(caught.value)
    assert "INSERT" not in str(caught.value) and file.stat().st_mode & 0o077 == 0
    with file.open("a") as cut:
        cut.write('{"assignment": "one", "key": "cut off by a ki')
    with keeping(course) as kept:
        again, steps = grade(course, kept)
    assert (again, steps.known, steps.graded) == (report, len(NAMES), 0)
    assert not list(folder.iterdir())


def test_a_database_that_comes_back_before_the_end_has_it_all(
    course: Course, postgresql: Server
) -> None:
    course = in_postgresql(course, postgresql)
    with Store(str(course.database), patience=0.5) as store:
        kept = Keeping(store, unsaved_folder(course))
        kept.keep("one", "before", result("ann"))
        postgresql.stop()
        try:
            kept.keep("one", "during", result("ben"))
            with Store(default_url(course.root)) as other:  # nobody else takes it in meanwhile
                assert other.latest("one") == []
        finally:
            postgresql.start()
        with opened(course) as other:
            assert [one.student for one in other.latest("one")] == ["ann"]
        kept.keep("one", "after", result("cem"))
        kept.settle()
        assert [one.student for one in store.latest("one")] == ["ann", "ben", "cem"]
    assert not list(unsaved_folder(course).iterdir())


def test_fresh_results_and_damaged_ones_are_replaced(course: Course) -> None:
    with Store(default_url(course.root)) as store:
        for key in ("wrong", "damaged"):
            store_keeping = Keeping(store, unsaved_folder(course))
            store_keeping.keep("one", key, result(key, score=0.0))
        spoil(store, "UPDATE results SET body = '{' WHERE key = 'damaged'")
        usual = Keeping(store, unsaved_folder(course))
        assert usual.known("damaged") is None
        assert usual.known("wrong") == result("wrong", score=0.0)
        for key in ("wrong", "damaged"):
            usual.keep("one", key, result(key, score=2.0))
        assert [one.score for one in store.latest("one")] == [2.0, 0.0]
        fresh = Keeping(store, unsaved_folder(course), fresh=True)
        assert fresh.known("wrong") is None
        fresh.keep("one", "wrong", result("wrong", score=2.0))
        assert [one.score for one in store.latest("one")] == [2.0, 2.0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 512 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "disk", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)


def test_a_full_disk_costs_no_result(
    course: Course, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "temporary"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    folder, ballast = small_disk / "unsaved", small_disk / "ballast"
    with Store(default_url(small_disk)) as store:
        kept = Keeping(store, folder)
        kept.keep("one", "before", result("ann"))
        fill(ballast)
        for name in ("ben", "cem"):
            kept.keep("one", name, result(name, message="x" * 50_000))
        with pytest.raises(GraderError, match="2 results are not in the database") as caught:
            kept.settle()
        (file_elsewhere,) = elsewhere.iterdir()
        assert f"kept in {file_elsewhere}; move that file into {folder}" in str(caught.value)
        ballast.unlink()
    unsaved_folder(course).mkdir(parents=True)
    file_elsewhere.rename(unsaved_folder(course) / file_elsewhere.name)
    with opened(course) as store:
        assert [one.student for one in store.latest("one")] == ["ben", "cem"]
