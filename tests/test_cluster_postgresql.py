"""A cluster and PostgreSQL: restarted in the middle, and two graders on one at once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_parts import (  # type: ignore[import-not-found]
    Graded,
    Parts,
    graded,
    hand_in,
    make_course,
    parts,
    same,
)
from postgres_server import Server, server  # type: ignore[import-not-found]

from grader.course.fields import database_url

pytest.importorskip("distributed")
COUNT = 12


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    with server() as made:
        yield made


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def running(
    postgres: Server, course: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Parts]:
    with parts(tmp_path_factory.mktemp("parts"), course) as made:
        made.start_scheduler()
        made.start_worker()
        yield made


def rows(postgres: Server) -> list[int]:
    tables = ("deliveries", "results")
    return [postgres.sql(f"SELECT count(*) FROM {one}")[0][0] for one in tables]


def test_two_graders_on_one_database_at_once(
    postgres: Server, running: Parts, course: Path, tmp_path: Path
) -> None:
    """Both have the same class: whoever comes second with a result changes nothing."""
    submissions = hand_in(tmp_path / "in", COUNT, 0.1)
    url = database_url(postgres.url, course)
    done: list[Graded] = []
    both = [
        threading.Thread(
            target=lambda: done.append(graded(running, course, submissions, database=url))
        )
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join()
    first, second = done
    assert same(first.report, second.report)
    assert rows(postgres) == [COUNT, COUNT]
    assert same(first.report, graded(None, course, submissions).report)


def test_it_is_restarted_in_the_middle(
    postgres: Server, running: Parts, course: Path, tmp_path: Path
) -> None:
    submissions = hand_in(tmp_path / "in", COUNT, 0.3)
    before = rows(postgres)
    did: list[threading.Timer] = []

    def restart(done: int) -> None:
        if done >= 3 and not did:
            postgres.stop()
            did.append(threading.Timer(2.0, postgres.start))
            did[0].start()

    url = database_url(postgres.url, course)
    broken = graded(running, course, submissions, restart, database=url)
    did[0].join()
    assert same(broken.report, graded(None, course, submissions).report)
    assert len(broken.kept) == COUNT and rows(postgres)[0] == before[0]
    assert rows(postgres)[1] == before[1] + COUNT  # other bytes, so other results
