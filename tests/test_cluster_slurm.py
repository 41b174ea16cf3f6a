"""A class on a real Slurm of one node, whose jobs are started by dask-jobqueue."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_parts import (  # type: ignore[import-not-found]
    Parts,
    graded,
    hand_in,
    make_course,
    same,
    until,
)
from slurm_server import slurm  # type: ignore[import-not-found]

from grader.controller.zygote import grader_folder

pytest.importorskip("dask_jobqueue")
# As docs/cluster.md has it, but for the certificates: all of it is on loopback.
PROGRAM = """
import sys
from dask_jobqueue import SLURMCluster
cluster = SLURMCluster(
    cores=1, processes=1, memory="1GB", walltime="00:20:00",
    scheduler_options={"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"},
    interface=None, log_directory=sys.argv[1], local_directory=sys.argv[1],
    worker_extra_args=[
        "--preload", "grader.cluster.preload", "--resources", "slot=1", "--host", "127.0.0.1",
    ],
)
cluster.scale(jobs=1)
print(cluster.scheduler_address, flush=True)
sys.stdin.read()
cluster.close()
"""


@pytest.fixture(scope="module")
def configuration() -> Iterator[Path]:
    with slurm() as made:
        yield made


def test_a_class_on_slurm(configuration: Path, tmp_path: Path) -> None:
    course = make_course(tmp_path / "course")
    submissions = hand_in(tmp_path / "in", 6, 0.1)
    environment = os.environ | {"SLURM_CONF": str(configuration), "PYTHONPATH": grader_folder()}
    queue = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True, env=environment, cwd=course,
    )  # fmt: skip
    try:
        assert queue.stdout is not None and queue.stdin is not None
        parts = Parts(tmp_path, course, url=queue.stdout.readline().strip())
        done = graded(parts, course, submissions)
        assert same(done.report, graded(None, course, submissions).report)
        assert done.told == []
        queue.stdin.close()
        assert queue.wait(60) == 0
    finally:
        queue.kill()
        queue.wait()
    squeue = ["squeue", "-h"]
    until(
        lambda: not subprocess.run(squeue, capture_output=True, env=environment, check=True).stdout
    )
