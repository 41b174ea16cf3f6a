"""A result that is lost between its being finished and its being fetched holds nobody up."""

import gc
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_parts import (  # type: ignore[import-not-found]
    Parts,
    dask_workers,
    make_course,
    parts,
    until,
)

from grader.cluster import scheduler
from grader.cluster.scheduler import Link

pytest.importorskip("distributed")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Parts]:
    with parts(tmp_path, make_course(tmp_path / "course")) as made:
        made.start_scheduler()
        yield made


@pytest.fixture
def machine(running: Parts) -> subprocess.Popen:
    made: subprocess.Popen = running.start_worker()
    return made


@pytest.fixture
def link(
    running: Parts, machine: subprocess.Popen, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Link]:
    monkeypatch.setattr(scheduler, "_RESULT_SECONDS", 3.0)
    made = Link(running.address)
    yield made
    made.close()
    # What Dask leaves is told of when it is collected: within an import, Python 3.11 may break.
    gc.collect()


def finished(link: Link, name: str, function: Callable[..., Any], given: Any) -> Any:
    """The future of a call that has come to its end."""
    (there,) = link.present()
    future = link.submit(there.address, name, "slot", function, given)
    until(lambda: future.status != "pending")
    return future


def test_a_result_comes_or_is_lost_and_nobody_waits(link: Link, machine: subprocess.Popen) -> None:
    assert link.result(finished(link, "kept", bytes, 100)) == bytes(100)
    failed = finished(link, "fails", int, "x")
    assert link.result(failed) is None and link.why(failed).startswith("ValueError: ")
    lost = finished(link, "lost", bytes, 100)
    for worker in dask_workers(machine):
        worker.kill()
        worker.wait(30)
    assert link.result(lost) is None
    assert link.connected and link.why(lost) == ""
